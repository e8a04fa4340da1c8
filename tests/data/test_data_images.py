"""Images: digits, folders, zip and tar archives, and everything that can be wrong with them."""

import contextlib
import io
import os
import stat
import struct
import tarfile
import zipfile
import zlib

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import DatasetError, build_dataset, skips
from ganstudio.data.files import loose, pictures
from ganstudio.data.images import folder as images
from ganstudio.data.reading import opening
from ganstudio.experiment import DigitsSpec, ImagesSpec
from tests.data.pixels import stored


def encoded(colour=(200, 30, 60), size=(16, 16), kind="PNG", mode="RGB", **options):
    file = io.BytesIO()
    Image.new(mode, size, colour).save(file, kind, **options)
    return file.getvalue()


def load(path, size=8, **options):
    return build_dataset(ImagesSpec(path=str(path), size=size, **options))


def one(dataset):
    """The dataset's only image, (channels, height, width) in 0..255."""
    assert dataset.count == 1
    return stored(dataset, dataset.draw(1, np.random.default_rng(0)))[0]


def skipped(dataset):
    return {each.name: each.reason for each in dataset.skipped}


def zipped(path, members, compression=zipfile.ZIP_DEFLATED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def tarred(path, members, mode="w"):
    with tarfile.open(path, mode) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return path


# --- digits -----------------------------------------------------------------------------------------------------------


def test_digits_are_scikit_learns():
    from sklearn.datasets import load_digits

    dataset = build_dataset(DigitsSpec())
    assert (dataset.shape, dataset.count) == ((1, 8, 8), 1797)
    batch = dataset.draw(300, np.random.default_rng(0))
    assert batch.dtype == np.float32
    assert (batch.min(), batch.max()) == (-1, 1)
    known = {tuple(np.rint(image.ravel() * 255 / 16)) for image in load_digits().images}
    assert all(tuple(np.rint(image.ravel())) in known for image in stored(dataset, batch))


@pytest.mark.parametrize("size", [9, 32])
def test_digits_are_enlarged_smoothly(size):
    dataset = build_dataset(DigitsSpec(size=size))
    assert dataset.shape == (1, size, size)
    small = build_dataset(DigitsSpec()).draw(500, np.random.default_rng(1))
    large = dataset.draw(500, np.random.default_rng(1))
    assert large.mean() == pytest.approx(small.mean(), abs=0.03)
    assert -1 <= large.min() <= large.max() <= 1


def test_draws_repeat_with_the_seed():
    dataset = build_dataset(DigitsSpec())
    one, again, other = (dataset.draw(16, np.random.default_rng(seed)) for seed in (4, 4, 5))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)


# --- one picture ------------------------------------------------------------------------------------------------------


def decode(data, size=8, **options):
    with pictures.pillow_rules():
        return pictures.decoded(data, size, **options).pixels


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "ICO"])
def test_kinds_of_picture(kind):
    assert decode(encoded(kind=kind)).reshape(-1, 3).mean(axis=0) == pytest.approx([200, 30, 60], abs=6)


def halves(size=(40, 20)):
    """Left half white, right half black."""
    image = Image.new("L", size)
    image.paste(255, (0, 0, size[0] // 2, size[1]))
    return image


def as_bytes(image, kind="PNG", **options):
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def test_fit_makes_squares():
    data = as_bytes(halves())
    crop, pad, stretch = (decode(data, fit=fit).astype(int) for fit in ("crop", "pad", "stretch"))
    assert crop.shape == pad.shape == stretch.shape == (8, 8)
    assert crop[:, 0] == pytest.approx(np.full(8, 255), abs=3)
    assert crop[:, 7] == pytest.approx(np.zeros(8), abs=3)
    assert stretch[:, 0] == pytest.approx(np.full(8, 255), abs=3)
    assert (pad[:2].max(), pad[6:].max()) == (0, 0)  # bars above and below
    assert pad[2:6, 0] == pytest.approx(np.full(4, 255), abs=3)


def test_exif_orientation_is_applied():
    exif = Image.Exif()
    exif[274] = 6  # to be turned by 90 degrees clockwise: left becomes top
    upright = decode(as_bytes(halves((16, 16)), "JPEG", quality=95, exif=exif.tobytes())).astype(int)
    assert upright[0] == pytest.approx(np.full(8, 255), abs=8)
    assert upright[7] == pytest.approx(np.zeros(8), abs=8)


def test_transparency_becomes_white_paper():
    assert decode(encoded((0, 0, 0, 0), mode="RGBA")).min() == 255
    assert decode(encoded((0, 0, 0, 255), mode="RGBA")).max() == 0
    assert decode(encoded((0, 128), mode="LA")).mean() == pytest.approx(127, abs=1)
    palette = Image.new("P", (8, 8), 0)
    palette.putpalette([10, 20, 30, 40, 50, 60])
    assert decode(as_bytes(palette, transparency=0)).min() == 255
    wide = decode(encoded((0, 0, 0, 255), mode="RGBA", size=(16, 8)), fit="pad")
    assert (wide[0].min(), wide[4].max()) == (255, 0)


def test_sixteen_bits_keep_their_range():
    wide = Image.fromarray(np.full((8, 8), 65535 // 2, np.uint16))
    assert decode(as_bytes(wide)).mean() == pytest.approx(127.5, abs=0.6)
    with pytest.raises(pictures.UnreadablePicture, match="floating-point pixels"):
        decode(as_bytes(Image.fromarray(np.ones((8, 8), np.float32)), "TIFF"))
    with pytest.raises(pictures.UnreadablePicture, match="32-bit pixels"):
        decode(as_bytes(Image.fromarray(np.full((8, 8), 70_000, np.int32)), "TIFF"))


def chunk(name, body):
    return struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))


def bomb(side):
    header = struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")


@pytest.mark.parametrize("side", [10_000, 40_000])  # Pillow warns of the one, and raises for the other
def test_decompression_bomb_is_an_error(side):
    with pytest.raises(pictures.UnreadablePicture, match="more than 89 million pixels"):
        decode(bomb(side))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF"])
def test_damaged_pictures_say_so(kind):
    data = as_bytes(Image.effect_noise((64, 64), 50), kind)
    rng = np.random.default_rng(0)
    for cut in (0, 3, 20, 60, len(data) // 2):
        with pytest.raises(pictures.UnreadablePicture, match=r"is (damaged|empty|not an image)"):
            decode(data[:cut])
    for _ in range(150):  # whatever the damage: an image, or that one error and no other
        broken = bytearray(data)
        for at in rng.integers(0, min(len(data), 400), 6):
            broken[at] = rng.integers(256)
        with contextlib.suppress(pictures.UnreadablePicture):
            assert decode(bytes(broken)).shape[:2] == (8, 8)


# --- folders ----------------------------------------------------------------------------------------------------------


def test_folder_with_chinese_names_spaces_and_clutter(tmp_path):
    root = tmp_path / "我的 图片 folder"
    (root / "子 文件夹").mkdir(parents=True)
    (root / ".hidden").mkdir()
    (root / "红色 1.png").write_bytes(encoded())
    (root / "子 文件夹" / "b.JPG").write_bytes(encoded(kind="JPEG"))
    (root / ".hidden" / "c.png").write_bytes(encoded())
    (root / ".DS_Store").write_bytes(b"clutter")
    (root / "Thumbs.db").write_bytes(b"clutter")
    (root / "读我.txt").write_text("not an image", encoding="utf-8")
    (root / "empty.png").touch()
    (root / "more.zip").write_bytes(b"PK\x03\x04")
    calls = []
    dataset = images.build_images(ImagesSpec(path=str(root), size=8), progress=lambda *call: calls.append(call))
    assert (dataset.count, dataset.shape, dataset.name) == (2, (3, 8, 8), "我的 图片 folder")
    assert skipped(dataset).keys() == {"读我.txt", "empty.png", "more.zip"}
    assert skipped(dataset)["读我.txt"] == "is not an image"
    assert skipped(dataset)["empty.png"] == "is empty"
    assert "archive" in skipped(dataset)["more.zip"]
    assert "2 colour images" in dataset.source
    assert calls[-1][0] <= calls[-1][1] == 5


@pytest.mark.skipif(os.name == "nt", reason="symbolic links need a privilege there")
def test_folder_follows_links_to_files_and_survives_the_others(tmp_path):
    (tmp_path / "set").mkdir()
    (tmp_path / "a.png").write_bytes(encoded())
    (tmp_path / "set" / "link.png").symlink_to(tmp_path / "a.png")
    (tmp_path / "set" / "broken.png").symlink_to(tmp_path / "gone.png")
    (tmp_path / "set" / "loop").symlink_to(tmp_path / "set")
    os.mkfifo(tmp_path / "set" / "pipe.png")
    dataset = load(tmp_path / "set")
    assert dataset.count == 1
    assert "can't be read" in skipped(dataset)["broken.png"]
    assert skipped(dataset)["pipe.png"] == "is not a file"
    assert skipped(dataset)["loop"] == "is a link to a folder; drop that one"


def test_colours_grey_only_if_all_are(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded(80, mode="L"))
    (tmp_path / "b.png").write_bytes(encoded((90, 90, 90)))
    assert load(tmp_path).shape == (1, 8, 8)
    assert load(tmp_path, channels=3).shape == (3, 8, 8)
    (tmp_path / "c.png").write_bytes(encoded((90, 90, 100)))
    mixed = load(tmp_path)
    assert mixed.shape == (3, 8, 8)
    values = {tuple(np.rint(image[:, 0, 0])) for image in stored(mixed, mixed.draw(50, np.random.default_rng(0)))}
    assert values == {(80, 80, 80), (90, 90, 90), (90, 90, 100)}
    assert load(tmp_path, channels=1).shape == (1, 8, 8)


def test_single_image_becomes_model_units(tmp_path):
    path = tmp_path / "one.png"
    path.write_bytes(encoded((255, 0, 51)))
    dataset = load(path)
    assert dataset.draw(2, np.random.default_rng(0))[0, :, 0, 0] == pytest.approx([1, -1, -0.6])
    assert one(dataset)[:, 3, 3] == pytest.approx([255, 0, 51])


def test_nothing_usable_names_reasons_and_counts(tmp_path):
    with pytest.raises(DatasetError, match="is an empty folder"):
        load(tmp_path)
    for index in range(5):
        (tmp_path / f"{index}.txt").write_text("hello")
    with pytest.raises(DatasetError, match=r"5 were skipped: 0.txt is not an image; .*; and 2 more"):
        load(tmp_path)
    with pytest.raises(DatasetError, match=r'"0.txt" is not an image'):
        load(tmp_path / "0.txt")
    with pytest.raises(DatasetError, match="there is nothing at"):
        load(tmp_path / "gone")


def test_more_skipped_than_are_named(tmp_path, monkeypatch):
    monkeypatch.setattr(skips, "NAMED", 2)
    for index in range(5):
        (tmp_path / f"{index}.txt").write_text("hello")
    (tmp_path / "a.png").write_bytes(encoded())
    dataset = load(tmp_path)
    assert (len(dataset.skipped), dataset.skipped_more, dataset.skipped_count) == (2, 3, 5)


def test_limits_of_folders(tmp_path, monkeypatch):
    for index in range(3):
        (tmp_path / f"{index}.png").write_bytes(encoded())
    with monkeypatch.context() as patch:
        patch.setenv("GANSTUDIO_CACHE_GB", str(2 * 3 * 64 / 1e9))
        with pytest.raises(DatasetError, match=r"of the disk, at 8 × 8 pixels; choose a smaller size"):
            load(tmp_path)
    for limit, value, message in (
        ("MAX_TOTAL_BYTES", 100, "choose a part of it"),
        ("MAX_MEMBERS", 2, "more than 2 files"),
        ("MAX_MEMBER_BYTES", 10, r"holds no image that can be read: 3 were skipped: 0.png is larger than"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(loose, limit, value)
            with pytest.raises(DatasetError, match=message):
                load(tmp_path)
    monkeypatch.setattr(loose, "MAX_MEMBER_BYTES", 10)
    with pytest.raises(DatasetError, match="too large for one image"):
        load(tmp_path / "0.png")


@pytest.mark.parametrize(("side", "proposed"), [(4, 8), (12, 8), (24, 16), (28, 32), (32, 32), (100, 64), (900, 128)])
def test_proposed_size(tmp_path, side, proposed):
    (tmp_path / "a.png").write_bytes(encoded(size=(side, 2 * side)))
    assert images.propose_size(tmp_path) == proposed


# --- archives ---------------------------------------------------------------------------------------------------------


MEMBERS = {
    "图 片/a b.png": encoded(),
    "b.jpg": encoded(kind="JPEG"),
    "__MACOSX/._b.jpg": b"clutter",
    ".hidden.png": encoded(),
    "notes.txt": b"hello",
    "inner.zip": b"PK\x03\x04",
}


@pytest.mark.parametrize("name", ["a.zip", "a.tar", "a.tar.gz", "a.tgz", "a.tar.xz", "a.tar.bz2", "wrong name.png"])
def test_archives(tmp_path, name):
    path = tmp_path / name
    if name.endswith((".zip", ".png")):
        zipped(path, MEMBERS)
    else:
        tarred(path, MEMBERS, "w:" + {"tgz": "gz", "tar": ""}.get(name.split(".")[-1], name.split(".")[-1]))
    before = sorted(tmp_path.iterdir())
    dataset = load(path)
    assert sorted(tmp_path.iterdir()) == before  # nothing was unpacked
    assert (dataset.count, dataset.shape) == (2, (3, 8, 8))
    assert skipped(dataset).keys() == {"notes.txt", "inner.zip"}


def test_links_in_archives_are_not_followed(tmp_path):
    secret = tmp_path / "secret.png"
    secret.write_bytes(encoded())
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("link.png")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, str(secret))
        archive.writestr("../../a.png", encoded())
    dataset = load(tmp_path / "a.zip")
    assert (dataset.count, skipped(dataset)) == (1, {"link.png": "is a link, not a file"})

    with tarfile.open(tmp_path / "a.tar", "w") as archive:
        link = tarfile.TarInfo("link.png")
        link.type, link.linkname = tarfile.SYMTYPE, str(secret)
        archive.addfile(link)
        archive.add(secret, "a.png")
    dataset = load(tmp_path / "a.tar")
    assert (dataset.count, skipped(dataset)) == (1, {"link.png": "is a link or a device, not a file"})


def with_flag(path, count):
    """Set the encryption flag of the first ``count`` members, in both of their headers."""
    data = bytearray(path.read_bytes())
    for magic, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = -1
        for _ in range(count):
            at = data.index(magic, at + 1)
            data[at + offset] |= 1
    path.write_bytes(data)


def test_encrypted_zip(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.png": encoded(), "b.png": encoded()})
    with_flag(path, 1)
    assert skipped(load(path)) == {"a.png": "is encrypted"}
    path = zipped(tmp_path / "a.zip", {"a.png": encoded(), "b.png": encoded()})
    with_flag(path, 2)
    with pytest.raises(DatasetError, match=r'"a.zip" is encrypted; unpack it with its password'):
        load(path)


def test_an_entry_without_a_name(tmp_path):
    path = tmp_path / "set.zip"
    zipped(path, {"a.png": encoded(), "?": encoded()})
    # zipfile writes no such entry; a damaged file has one. Its name becomes a byte of what may follow names.
    data = path.read_bytes()
    last = data.rindex(b"PK\x01\x02")
    path.write_bytes(data[: last + 28] + struct.pack("<HH", 0, 1) + data[last + 32 :])
    dataset = load(path)
    assert dataset.count == 1
    assert skipped(dataset) == {"set.zip": "has an entry without a name"}


def test_damaged_zips(tmp_path):
    path = zipped(tmp_path / "a.zip", {"a.png": encoded(), "b.png": encoded()}, zipfile.ZIP_STORED)
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) - 30])
    with pytest.raises(DatasetError, match="damaged or cut short zip archive"):
        load(path)
    broken = bytearray(whole)
    broken[50] ^= 255  # inside of a.png: its checksum is wrong
    path.write_bytes(broken)
    assert skipped(load(path)) == {"a.png": "is damaged in the archive"}
    method = bytearray(whole)
    at = method.index(b"PK\x01\x02")
    method[at + 10] = 99  # the code of AES
    path.write_bytes(method)
    assert skipped(load(path)) == {"a.png": "is packed in a way that can't be read here"}


def test_a_zip_of_a_later_version_is_refused_in_words(tmp_path):
    path = tmp_path / "later.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.png", b"x")
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 6] = 126  # the version that is needed to unpack it: 12.6
    path.write_bytes(data)
    with pytest.raises(DatasetError, match="damaged or cut short zip archive"):
        opening.open_path(path)


def test_zip_bombs(tmp_path, monkeypatch):
    path = zipped(tmp_path / "a.zip", {"a.png": encoded(), "bomb.png": bytes(2_000_000)})
    monkeypatch.setattr(loose, "MAX_MEMBER_BYTES", 1_000_000)
    assert skipped(load(path)) == {"bomb.png": "is larger than 1 MB"}
    lying = path.read_bytes().replace(struct.pack("<I", 2_000_000), struct.pack("<I", 500_000))
    path.write_bytes(lying)
    assert skipped(load(path)) == {"bomb.png": "is damaged in the archive"}
    zipped(path, {"a.png": encoded(), "bomb.png": bytes(2_000_000)})
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "home"))  # where it was not read before
    monkeypatch.setattr(loose, "MAX_TOTAL_BYTES", 1_500_000)
    with pytest.raises(DatasetError, match="unpacks to more than"):
        load(path)
    monkeypatch.setattr(loose, "MAX_MEMBERS", 1)
    with pytest.raises(DatasetError, match="more than 1 files"):
        load(path)


def test_tar_bombs(tmp_path, monkeypatch):
    path = tarred(tmp_path / "a.tar.gz", {"a.png": encoded(), "bomb.png": bytes(2_000_000)}, "w:gz")
    monkeypatch.setattr(loose, "MAX_MEMBER_BYTES", 1_000_000)
    assert skipped(load(path)) == {"bomb.png": "is larger than 1 MB"}
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "home"))  # where it was not read before
    with monkeypatch.context() as patch:
        patch.setattr(loose, "MAX_TOTAL_BYTES", 1_500_000)
        with pytest.raises(DatasetError, match="unpacks to more than"):
            load(path)
    monkeypatch.setattr(loose, "MAX_MEMBERS", 1)
    with pytest.raises(DatasetError, match="more than 1 files"):
        load(path)
    monkeypatch.undo()
    header = tarfile.TarInfo("pax")  # an extended header that claims 7 GB for itself, which tarfile would read at once
    header.type, header.size = tarfile.XHDTYPE, 7 * 2**30
    (tmp_path / "b.tar").write_bytes(header.tobuf() + bytes(1024))
    with pytest.raises(DatasetError, match="unpacks to more than"):
        load(tmp_path / "b.tar")


@pytest.mark.parametrize("kind", ["", "gz", "xz"])
def test_tar_that_is_cut_short_gives_what_it_has(tmp_path, kind):
    noise, other = (as_bytes(Image.effect_noise((128, 128), 90)) for _ in range(2))
    path = tarred(tmp_path / f"a.tar.{kind}", {"a.png": noise, "b.png": other}, f"w:{kind}")
    whole = path.read_bytes()
    path.write_bytes(whole[: len(noise) + 2000])
    dataset = load(path)
    assert dataset.count == 1
    assert skipped(dataset)[path.name].startswith("is damaged or cut short after")
    path.write_bytes(whole[:100] if kind else whole[:700])
    with pytest.raises(DatasetError):
        load(path)


def test_archive_without_images(tmp_path):
    with pytest.raises(DatasetError, match=r'"a.zip" holds no image that can be read: 1 was skipped: a.txt is not'):
        load(zipped(tmp_path / "a.zip", {"a.txt": b"hello"}))
    with pytest.raises(DatasetError, match=r'"b.zip" is empty'):
        load(zipped(tmp_path / "b.zip", {}))
