"""What a dropped path is, and what the data room as a whole keeps to."""

import io
import os
import re
import subprocess
import sys
import tarfile
import time
import typing
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import BUILDERS, DatasetError, build_dataset, open_path
from ganstudio.data.files import file_lists
from ganstudio.data.known.known import KNOWN
from ganstudio.data.reading import foreign_kinds, opening
from ganstudio.experiment import (
    SAMPLES,
    ArraySpec,
    ClipsSpec,
    DatasetSpec,
    DensitySpec,
    IdxSpec,
    ImagesSpec,
    MidiSpec,
    PairsSpec,
    TableSpec,
    TextsSpec,
)

FILES = {ClipsSpec, MidiSpec, ImagesSpec, PairsSpec, ArraySpec, TableSpec, DensitySpec, IdxSpec, TextsSpec}


def picture(size=(40, 40), kind="PNG"):
    file = io.BytesIO()
    Image.effect_noise(size, 60).save(file, kind)
    return file.getvalue()


def test_every_spec_has_its_builder():
    union = typing.get_args(typing.get_args(DatasetSpec)[0])
    assert set(BUILDERS) == set(union)


@pytest.mark.parametrize("kind", [kind for kind in BUILDERS if kind not in FILES and kind().kind not in KNOWN])
def test_every_builtin_keeps_the_contract(kind):
    dataset = build_dataset(kind())
    batch = dataset.draw(32, np.random.default_rng(0))
    assert batch.shape == (32, *dataset.shape)
    assert batch.dtype == np.float32
    assert len(dataset.modality.to_people(batch)) == len(batch)
    assert dataset.modality.kind == SAMPLES[kind]
    assert (dataset.name, dataset.source) != ("", "")


def test_import_is_light():
    code = "import sys, ganstudio.data; print({'torch', 'PIL', 'scipy', 'matplotlib', 'PySide6'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_folder_of_images(tmp_path, monkeypatch):
    (tmp_path / "set 集").mkdir()
    for index in range(3):
        (tmp_path / "set 集" / f"{index}.png").write_bytes(picture())
    monkeypatch.chdir(tmp_path)
    calls = []
    spec, dataset = open_path(Path("set 集"), progress=lambda *call: calls.append(call))
    assert spec == ImagesSpec(path=str(tmp_path / "set 集"), size=32)
    assert (dataset.count, dataset.shape) == (3, (1, 32, 32))
    assert calls == [(3, 3)]  # the first few files are one portion
    assert open_path(Path("set 集"), size=16)[1].shape == (1, 16, 16)
    assert build_dataset(spec).count == 3


def test_names_lie_and_content_counts(tmp_path):
    points = np.random.default_rng(0).random((9, 2))
    np.savez(tmp_path / "arrays.npz", points=points)
    np.save(tmp_path / "points.npy", points)
    (tmp_path / "arrays.png").write_bytes((tmp_path / "arrays.npz").read_bytes())
    (tmp_path / "points.csv").write_bytes((tmp_path / "points.npy").read_bytes())
    (tmp_path / "picture.csv").write_bytes(picture())
    (tmp_path / "table.npy").write_text("1,2\n3,4\n")
    (tmp_path / "table").write_text("1 2\n3 4\n")
    with zipfile.ZipFile(tmp_path / "images.npz", "w") as archive:
        archive.writestr("a.png", picture())
    with tarfile.open(tmp_path / "images.jpg", "w:xz") as archive:
        archive.add(tmp_path / "picture.csv", "a.png")
    with tarfile.open(tmp_path / "images", "w", format=tarfile.USTAR_FORMAT) as archive:
        archive.add(tmp_path / "picture.csv", "a.png")
    kinds = {path.name: type(open_path(path)[0]) for path in sorted(tmp_path.iterdir())}
    assert kinds == {
        "arrays.npz": ArraySpec,
        "arrays.png": ArraySpec,
        "points.npy": ArraySpec,
        "points.csv": ArraySpec,
        "picture.csv": DensitySpec,
        "table.npy": TableSpec,
        "table": TableSpec,
        "images.npz": ImagesSpec,
        "images.jpg": ImagesSpec,
        "images": ImagesSpec,
    }


def test_arrays_get_a_size_where_they_need_one(tmp_path):
    rng = np.random.default_rng(0)
    np.save(tmp_path / "a.npy", rng.random((4, 28, 28)))
    np.save(tmp_path / "b.npy", rng.random((4, 200, 100)))
    assert open_path(tmp_path / "a.npy")[0] == ArraySpec(path=str(tmp_path / "a.npy"))
    spec, dataset = open_path(tmp_path / "b.npy")
    assert (spec.size, dataset.shape) == (64, (1, 64, 64))
    assert open_path(tmp_path / "a.npy", size=16)[1].shape == (1, 16, 16)


def zip_of(*names):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"")
    return file.getvalue()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "is an empty file"),
        (b"\x00\x00\x00\x18ftypmp42" + bytes(40), "is a video, whose frames ffmpeg reads"),
        (b"\x00\x00\x00\x18ftypheic" + bytes(40), "HEIC photograph"),
        (b"RIFF\x00\x00\x00\x00WAVEfmt " + bytes(40), "is damaged, or packed in a way that can't be read here"),
        (b"MThd" + bytes(40), "is damaged: it ends before what it tells of does"),
        (b"\x00\x00\x00\x18ftypM4A " + bytes(40), "is AAC, which can't be read here; save it as WAV, FLAC, MP3"),
        (b"RIFF\x00\x00\x00\x00AVI " + bytes(40), "is a video"),
        (b"%PDF-1.7\n" + bytes(40), "PDF"),
        (b"7z\xbc\xaf\x27\x1c" + bytes(40), "7z archive"),
        (b"\x80\x04\x95" + bytes(40), "pickle, which is not loaded"),
        (b"\x1f\x8b\x08" + bytes(40), "compressed file, not an archive of images"),
        (b"\x89HDF\r\n" + bytes(40), "HDF5"),
        (bytes(range(256)), "no kind of file that can be trained on"),
        (b"PK\x03\x04" + bytes(40), "damaged or cut short zip"),
        (zip_of("[Content_Types].xml"), "Office document"),
        (zip_of("archive/data.pkl"), "PyTorch file"),
        (zip_of("a.txt"), "holds no image that can be read: 1 was skipped: a.txt is empty"),
        (b"Once upon a time\nthere was a GAN\n", "is text without points"),
        (b"%abc-2.1\nX: 1\nT:A jig\nM:6/8\nL:1/8\nK:Em\nB2E G2E|\n", "is ABC notation, .* into MIDI"),
        (b"X:1\r\nT:A jig\r\nK:Em\r\nB2E G2E|\r\n", "is ABC notation"),
        (b"K:Em\nX:1\n", "is text without points"),
        (b"X: the unknown\nK: a constant\n", "is text without points"),
        (b"x = 1\ny = [1, 2]\nfor a in b:\n    c(1, 2)\nd\ne\nf\n3, 4\n3, 5\n", "is text without points"),
        (b"\x89PNG\r\n\x1a\n" + bytes(40), "dropped.thing"),
        (picture()[:300], "is damaged"),
        (b"\x93NUMPY\x01\x00", "damaged or cut short"),
    ],
)
def test_verdicts(tmp_path, monkeypatch, content, message):
    monkeypatch.setenv("PATH", str(tmp_path))  # ffmpeg, where there is one, would have a look at the videos
    path = tmp_path / "dropped.thing"
    path.write_bytes(content)
    with pytest.raises(DatasetError, match=message):
        open_path(path)


ABC = b"X:1\nT:A jig\nM:6/8\nL:1/8\nK:Em\nB2E G2E|\n"


@pytest.mark.parametrize("kind", ["folder", "zip", "tar", "list"])
def test_tunes_in_abc_notation_are_told_as_such_wherever_they_lie(kind, tmp_path):
    folder = tmp_path / "tunes"
    folder.mkdir()
    for name in ("a.abc", "b.ABC", "readme"):
        (folder / name).write_bytes(ABC if name != "readme" else b"Jigs and reels")
    path = folder
    if kind == "zip":
        path = tmp_path / "tunes.zip"
        path.write_bytes(zip_of("a.abc", "in/b.abc"))
    elif kind == "tar":
        path = tmp_path / "tunes.tar"
        with tarfile.open(path, "w") as archive:
            archive.add(folder, "tunes")
    elif kind == "list":
        path = file_lists.gather([folder / "a.abc", folder / "b.ABC"])
    with pytest.raises(DatasetError, match=f'"{re.escape(path.name)}" holds ABC notation, .* into MIDI'):
        open_path(path)


def test_what_is_called_as_abc_files_are_or_lies_among_others_is_not_told_as_them(tmp_path):
    (tmp_path / "cache.abc").write_bytes(b"Ogawa" + bytes(40))  # Alembic
    with pytest.raises(DatasetError, match=r"holds no image that can be read"):
        open_path(tmp_path)
    (tmp_path / "cache.abc").write_bytes(ABC)
    (tmp_path / "a.csv").write_text("x,y\n" + "1.5,2\n3,4.5\n" * 30)
    assert open_path(tmp_path)[1].count == 60


def test_many_numbers_of_tunes_without_a_key_are_looked_through_once():
    begun = time.process_time()
    assert foreign_kinds.foreign(b"X:1\n" * 16_384) is None
    assert 0 <= time.process_time() - begun < 5  # a minute where each was followed to the end


def test_verdicts_by_path(tmp_path):
    with pytest.raises(DatasetError, match="there is nothing at"):
        open_path(tmp_path / "gone")
    with pytest.raises(DatasetError, match=r"is an empty folder; .*, sounds or MIDI files, .* can be trained on$"):
        open_path(tmp_path)
    (tmp_path / "in" / "it").mkdir(parents=True)
    with pytest.raises(DatasetError, match="is an empty folder"):
        open_path(tmp_path)
    (tmp_path / "a.txt").write_text("only words")
    with pytest.raises(DatasetError, match=r'"a.txt" has 1 different sentence to learn from, .* 500 are needed'):
        open_path(tmp_path / "a.txt")
    with pytest.raises(
        DatasetError,
        match=r"holds no image that can be read: 1 was skipped: a.txt is not an image"
        r"\. It should hold images, such as PNG or JPEG files",
    ):
        open_path(tmp_path)
    (tmp_path / "ring.toml").write_text("[dataset]\nkind = 'ring'\n")
    with pytest.raises(DatasetError, match="if it is an experiment, open it as one"):
        open_path(tmp_path / "ring.toml")


def test_a_folder_that_may_not_be_looked_into_is_not_told_as_an_empty_one(tmp_path, monkeypatch):
    look = os.scandir

    def refuse(path):
        if str(path) == str(tmp_path / "mine"):
            raise PermissionError(13, "Permission denied")
        return look(path)

    (tmp_path / "mine").mkdir()
    monkeypatch.setattr(os, "scandir", refuse)
    with pytest.raises(DatasetError, match=r"can.t be opened \(Permission denied\)") as told:
        open_path(tmp_path / "mine")
    assert "empty" not in str(told.value)


def test_files_without_permission_say_so(tmp_path, monkeypatch):
    path = tmp_path / "a.png"
    path.write_bytes(picture())

    def refuse(*_args, **_options):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(type(path), "open", refuse)  # permissions don't bind the superuser that tests may run as
    with pytest.raises(DatasetError, match=r'"a.png" may not be read: you have no permission'):
        open_path(path)


def test_no_verdict_is_hidden_by_one_before_it():
    for index, (offset, magic, _) in enumerate(foreign_kinds.FOREIGN):
        for earlier_offset, earlier, _ in foreign_kinds.FOREIGN[:index]:
            assert not (offset == earlier_offset and magic.startswith(earlier))


@pytest.mark.parametrize("name", ["a.csv", "a.png", "a.npy", "a.zip"])
@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\nsize 12345\n", "Git LFS keeps; .* git lfs pull"),
        ("<!DOCTYPE html><html><body><table><tr><td>1</td><td>2</td></tr></table></html>\n", "is a web page"),
        ("<html>\n<head><title>404, 1, 2</title></head>\n</html>", "is a web page"),
    ],
    ids=["lfs", "page", "404"],
)
def test_what_came_in_place_of_a_file_is_told(tmp_path, name, content, words):
    (tmp_path / name).write_text(content)
    with pytest.raises(DatasetError, match=words):
        opening.open_path(tmp_path / name)
