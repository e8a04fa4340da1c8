"""Pictures of 16 bits a value: the range in use, transparent shades, and pictures that are stored turned."""

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import build_dataset
from ganstudio.data.files import pictures, turning
from ganstudio.data.images import preparing
from ganstudio.data.reading import reading
from ganstudio.data.reading.reading import read
from ganstudio.experiment import ArraySpec, IdxSpec, ImagesSpec
from tests import file_samples

SIDE = 16
KINDS = {1: 0, 3: 2, 4: 6}  # of PNG, by how many channels there are


def png16(values, clear=None):
    """A PNG of 16 bits of values (h, w, c); clear: the shade or colour that is transparent."""

    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    height, width, channels = values.shape
    rows = b"".join(b"\0" + row.astype(">u2").tobytes() for row in values)
    transparent = b"" if clear is None else chunk(b"tRNS", np.asarray(clear, ">u2").tobytes())
    head = struct.pack(">2I5B", width, height, 16, KINDS[channels], 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        [chunk(b"IHDR", head), transparent, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    )


def tiff12(values):
    """A TIFF of 12 bits of values (h, w), packed: two values in three bytes."""
    flat = values.ravel().astype(int)
    data = b"".join(
        bytes([a >> 4, (a & 15) << 4 | b >> 8, b & 255]) for a, b in zip(flat[::2], flat[1::2], strict=True)
    )
    height, width = values.shape
    tags = [(256, width), (257, height), (258, 12), (259, 1), (262, 1), (273, 8 + 2 + 9 * 12 + 4), (277, 1)]
    tags += [(278, height), (279, len(data))]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + bytes(4) + data


def values_of(bits, count=4, channels=1):
    """Smooth values (count, h, w, channels) of which the brightest needs all the bits."""
    shades = file_samples.smooth(count, SIDE, channels).transpose(0, 2, 3, 1).astype(np.int64)
    values = shades * ((1 << bits) - 1) // 255
    values.flat[0] = (1 << bits) - 1
    return values


def taken(tmp_path, files):
    folder = tmp_path / "set"
    folder.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (folder / name).write_bytes(data)
    card, dataset = read(folder, ImagesSpec(path=str(folder), size=SIDE))
    return card, dataset.feed.bytes_at(np.arange(len(dataset.feed))).transpose(0, 2, 3, 1)


@pytest.mark.parametrize("bits", range(8, 17))
@pytest.mark.parametrize(("channels", "opaque"), [(1, None), (3, None), (4, "16 bits"), (4, "as many")])
def test_the_range_in_use_is_black_to_white(tmp_path, bits, channels, opaque):
    values = values_of(bits, channels=channels)
    if channels == 4:
        values[..., 3] = 65535 if opaque == "16 bits" else (1 << bits) - 1
    card, images = taken(tmp_path, {f"{each}.png": png16(one) for each, one in enumerate(values)})
    wanted = np.rint(values[..., :3] * (255 / ((1 << bits) - 1)))
    slack = 0 if channels == 1 or bits < 16 else 1  # of colours of 16 bits the upper byte is what Pillow keeps
    assert np.abs(images.astype(int) - wanted).max() <= slack
    told = [note for note in card.notes if "16 bits" in note]
    assert told == (
        [f"pictures of 16 bits use {bits} of them: 0 to {(1 << bits) - 1:,} is taken as black to white"]
        if bits < 16
        else []
    )
    first = reading.preview(tmp_path / "set", card.spec)
    assert np.array_equal(first, images)


def test_the_brightest_of_the_set_counts_for_all(tmp_path):
    values = values_of(12)
    values[1:] //= 300  # which by themselves would be brought to 8 bits
    _, images = taken(tmp_path, {f"{each}.png": png16(one) for each, one in enumerate(values)})
    assert np.array_equal(images, np.rint(values * (255 / 4095)))


def test_pictures_of_8_bits_among_them_stay_as_they_are(tmp_path):
    values, plain = values_of(10), file_samples.smooth(1, SIDE)[0, 0]
    file = io.BytesIO()
    Image.fromarray(plain).save(file, "PNG")
    _, images = taken(tmp_path, {"a.png": png16(values[0]), "b.png": file.getvalue()})
    assert np.array_equal(images[0], np.rint(values[0] * (255 / 1023)))
    assert np.array_equal(images[1, ..., 0], plain)


@pytest.mark.parametrize("bits", [12, 16])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_transparent_shade_is_white(tmp_path, bits, channels):
    values = values_of(bits, channels=channels)
    clear = values[0, 5, 5]
    hidden = (values == clear).all(axis=3, keepdims=True)
    _, images = taken(tmp_path, {f"{each}.png": png16(one, clear) for each, one in enumerate(values)})
    assert np.array_equal(images, np.where(hidden, 255, np.rint(values * (255 / ((1 << bits) - 1)))))
    on_black = pictures.decoded(png16(values[0], clear), SIDE, background="black", bits=bits)
    assert on_black.clear
    assert (on_black.pixels.reshape(SIDE, SIDE, -1)[5, 5] == 0).all()


def test_a_tiff_of_12_bits(tmp_path):
    values = values_of(12)[..., 0]
    card, images = taken(tmp_path, {f"{each}.tif": tiff12(one) for each, one in enumerate(values)})
    assert np.array_equal(images[..., 0], np.rint(values * (255 / 4095)))
    assert "use 12 of them" in " ".join(card.notes)


def test_what_earlier_versions_prepared_too_dark_is_read_again(tmp_path, monkeypatch):
    values = values_of(12)
    with monkeypatch.context() as patch:
        patch.setattr(preparing.wide, "bits_in_use", lambda _peak: 16)
        dark = taken(tmp_path, {f"{each}.png": png16(one) for each, one in enumerate(values)})[1]
        assert dark.max() == 16
        told = preparing._Preparation._facts

        def without_bits(self, classes):
            return {name: value for name, value in told(self, classes).items() if name != "bits"}

        patch.setattr(preparing._Preparation, "_facts", without_bits)
    entries = list((preparing.cache.folder()).iterdir())
    assert len(entries) == 1
    found = preparing.cache.find(entries[0].name)
    older = preparing.cache.Entry(
        images=found.images,
        tables=found.tables,
        facts={name: value for name, value in found.facts.items() if name != "bits"},
    )
    assert preparing._was_misread(older)
    assert not preparing._was_misread(found)


# --- pictures that are stored turned ----------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["TIFF", "JPEG", "PNG"])
@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_size_of_a_turned_picture_is_told_upright(kind, orientation):
    exif, file = Image.Exif(), io.BytesIO()
    exif[274] = orientation
    Image.fromarray(file_samples.smooth(1, 64)[0, 0, :32]).save(file, kind, exif=exif)
    with pictures.pillow_rules():
        one = pictures.decoded(file.getvalue(), 8)
    assert (one.width, one.height) == ((32, 64) if orientation > 4 else (64, 32))


WANTED = {
    "none": lambda image: image,
    "left": lambda image: [list(row) for row in zip(*image, strict=True)][::-1],
    "around": lambda image: [row[::-1] for row in image[::-1]],
    "right": lambda image: [list(row)[::-1] for row in zip(*image, strict=True)],
    "mirror": lambda image: [row[::-1] for row in image],
    "flip": lambda image: image[::-1],
    "transpose": lambda image: [list(row) for row in zip(*image, strict=True)],
    "transverse": lambda image: [list(row)[::-1] for row in zip(*image, strict=True)][::-1],
}


@pytest.mark.parametrize("turn", turning.TURNS)
def test_images_are_set_upright_whatever_they_come_from(tmp_path, turn):
    images = file_samples.smooth(5, SIDE)
    wanted = np.stack([np.array(WANTED[turn](one[0].tolist())) for one in images])
    np.save(tmp_path / "a.npy", images[:, 0])
    (tmp_path / "train-images-idx3-ubyte").write_bytes(file_samples.idx(images[:, 0]))
    (tmp_path / "set").mkdir()
    for each, one in enumerate(images):
        Image.fromarray(one[0]).save(tmp_path / "set" / f"{each}.png")
    for spec in (
        ArraySpec(path=str(tmp_path / "a.npy"), turn=turn),
        IdxSpec(path=str(tmp_path / "train-images-idx3-ubyte"), turn=turn),
        ImagesSpec(path=str(tmp_path / "set"), size=SIDE, turn=turn),
    ):
        dataset = build_dataset(spec)
        assert np.array_equal(dataset.feed.bytes_at(np.arange(5))[:, 0], wanted), spec.kind
        assert [note for note in dataset.notes if "each image is taken" in note] == list(turning.note(turn))
        assert np.array_equal(reading.preview(tmp_path, spec)[..., 0], wanted)


def test_a_turn_in_colour():
    image = file_samples.smooth(1, SIDE, 3)[0].transpose(1, 2, 0)
    file = io.BytesIO()
    Image.fromarray(image).save(file, "PNG")
    assert np.array_equal(pictures.decoded(file.getvalue(), SIDE, turn="right").pixels, np.rot90(image, -1))
