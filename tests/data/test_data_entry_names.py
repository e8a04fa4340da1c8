"""Names in archives that don't say how they are written: in which encoding, and with which slashes."""

import io
import tarfile
import zipfile

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import build_dataset, labels
from ganstudio.data.files import encodings
from ganstudio.experiment import ImagesSpec


class Unsaid(zipfile.ZipInfo):
    """An entry whose name is written as these bytes, and does not say in which encoding."""

    def __init__(self, raw):
        super().__init__(raw.decode("latin-1"))
        self.raw, self.create_system = raw, 0

    def _encodeFilenameFlags(self):
        return self.raw, self.flag_bits & ~0x800


def png(shade):
    file = io.BytesIO()
    Image.new("L", (8, 8), shade).save(file, "PNG")
    return file.getvalue()


def zipped(path, names):
    with zipfile.ZipFile(path, "w") as archive:
        for index, name in enumerate(names):
            archive.writestr(Unsaid(name), png(10 * index + 5))
    return path


def counts(path, **choices):
    dataset = build_dataset(ImagesSpec(path=str(path), size=8, **choices))
    return dict(zip(dataset.classes, np.bincount(dataset.labels).tolist(), strict=True))


@pytest.mark.parametrize(
    ("encoding", "names"),
    [
        ("gbk", ["猫", "狗", "鸟类"]),
        ("cp932", ["犬", "ねこ", "動物"]),
        ("cp932", ["表", "ソ連", "能力"]),  # with the byte of a backslash in each
        ("utf-8", ["猫", "犬", "Größe"]),
        ("cp437", ["Größe", "für", "señal"]),
        ("cp1252", ["Größe", "Grüße", "klein"]),
        ("cp866", ["кошка", "собака"]),
    ],
)
def test_names_in_zips_that_do_not_say_their_encoding(tmp_path, encoding, names):
    raw = [f"pets/{name}/{index}.png".encode(encoding) for name in names for index in range(2)]
    assert counts(zipped(tmp_path / "a.zip", raw)) == dict.fromkeys(sorted(names), 2)


def test_backslashes_part_folders_in_zips(tmp_path):
    raw = [rf"pets\{name}\{index}.png".encode() for name in ("cat", "dog") for index in range(3)]
    assert counts(zipped(tmp_path / "a.zip", [b"pets\\cat\\", *raw])) == {"cat": 3, "dog": 3}
    hidden = [b"__MACOSX\\cat\\._0.png", *raw]
    assert counts(zipped(tmp_path / "b.zip", hidden)) == {"cat": 3, "dog": 3}


def test_a_name_is_one_whatever_its_bytes(tmp_path):
    raw = [b"a\x98/0.png", b"a\x98/1.png", b"a\x9f\xff/0.png", b"a\x9f\xff/1.png"]
    assert sorted(counts(zipped(tmp_path / "a.zip", raw)).values()) == [2, 2]


def test_names_in_tars_that_are_no_utf_8(tmp_path):
    with tarfile.open(tmp_path / "a.tar", "w", encoding="gbk", format=tarfile.GNU_FORMAT) as archive:
        for name in ("鱼", "狗"):
            for index in range(2):
                entry, data = tarfile.TarInfo(f"{name}/{index}.png"), png(40 * index + 9)
                entry.size = len(data)
                archive.addfile(entry, io.BytesIO(data))
    assert counts(tmp_path / "a.tar") == {"狗": 2, "鱼": 2}


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("Größe, Grüße, klein", "cp1252"),
        ("été à Orléans", "cp1252"),
        ("城市, 乡村, 海洋", "gbk"),
        ("かぼちゃ, トマト", "cp932"),
        ("собака, кошка, птица", "cp1251"),
        ("anything", "utf-8"),
    ],
)
def test_text_is_read_in_the_encoding_that_makes_words_of_it(text, encoding):
    assert encodings.decoded(text.encode(encoding)) == text


def test_classes_stand_in_the_order_in_which_people_count():
    def ordered(words):
        return [words[index] for index in labels.in_order(words)]

    assert ordered(["10", "9", "-1", "2.5", "0"]) == ["-1", "0", "2.5", "9", "10"]
    assert ordered(["class 10", "class 2", "class", "b3", "b20", "B7"]) == ["B7", "b3", "b20", "class", "class 2",
                                                                             "class 10"]  # fmt: skip
    assert ordered(["01", "1", "001", "9" * 5_000, "a"])[-2:] == ["9" * 5_000, "a"]
    indices, names = labels.from_values(np.array(["10", "2", "10", "1"]))
    assert (indices.tolist(), names) == ([2, 1, 2, 0], ("1", "2", "10"))
