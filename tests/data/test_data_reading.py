"""Cards as they become known, thumbnails as they are read, previews; datasets kept from files of arrays."""

import gzip
import io
import struct
import zipfile

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import DatasetError, build_dataset
from ganstudio.data.cache import entries as cache
from ganstudio.data.files import pictures
from ganstudio.data.images import caching, preparing
from ganstudio.data.reading.reading import Watch, preview, read, thumbnails_of
from ganstudio.experiment import ArraySpec, DensitySpec, IdxSpec, ImagesSpec, TableSpec
from tests.data.pictures_on_disk import encoded, folder_of, smooth


class Seen(Watch):
    def __init__(self):
        self.cards, self.files, self.names, self.images = [], [], [], []

    def progress(self, done, total):
        self.files.append((done, total))

    def thumbnails(self, first, images, names):
        assert first == len(self.names)
        assert len(images) == len(names)
        self.names += names
        self.images += list(images)

    def card(self, card):
        self.cards.append(card)


@pytest.fixture
def mixed(tmp_path):
    """A zip of pictures of several kinds and sizes in two classes, and of what is none."""
    rng = np.random.default_rng(0)
    with zipfile.ZipFile(tmp_path / "mixed.zip", "w") as archive:
        for index in range(100):
            name = f"{'red' if index % 4 else 'grey'}/{index:03}"
            if index % 4:
                archive.writestr(name + ".jpg", encoded(smooth(rng, 40), "JPEG"))
            else:
                archive.writestr(name + ".png", encoded(smooth(rng, 24, channels=1)))
        clear = smooth(rng, 40).convert("RGBA")
        clear.putalpha(100)
        archive.writestr("red/clear.webp", encoded(clear, "WEBP"))
        archive.writestr("grey/even.png", encoded(Image.new("L", (24, 24), 9)))
        archive.writestr("red/notes.txt", b"no picture")
    return tmp_path / "mixed.zip"


def test_the_card_tells_all_of_it(mixed):
    watch = Seen()
    card, dataset = read(mixed, watch=watch)
    assert card is watch.cards[-1]
    assert (card.name, card.kind, card.complete) == ("mixed.zip", "images", True)
    assert card.verdict == "a zip archive of images: its files begin as JPEG, PNG and WEBP do"
    assert card.spec == ImagesSpec(path=str(mixed), size=32)
    assert (card.count, card.shape, dataset.shape) == (102, (3, 32, 32), (3, 32, 32))
    sizes = [{"width": 40, "height": 40, "count": 76}, {"width": 24, "height": 24, "count": 26}]
    assert card.values == {"sizes": sizes, "grey": 26, "colour": 76, "clear": 1}
    assert card.facts == (
        ("Size", "40 × 40 (76)\n24 × 24 (26)"),
        ("Colour", "76 in colour, 26 grey, 1 with transparency"),
    )
    assert [(one.name, one.count) for one in card.classes] == [("grey", 26), ("red", 76)]
    assert [(one.name, one.reason) for one in card.skipped] == [("red/notes.txt", "is not an image")]
    assert "1 image is of one shade all over" in card.notes
    stored = dataset.feed.bytes_at(np.arange(102))
    assert card.picture.mean == pytest.approx(stored.mean(axis=0).transpose(1, 2, 0), abs=0.51)
    assert card.picture.histogram.tolist() == [
        np.bincount(stored[:, each].ravel(), minlength=256).tolist() for each in range(3)
    ]


def test_it_is_told_while_it_is_read(mixed, monkeypatch):
    monkeypatch.setattr(preparing, "TELLING", 0.0)
    watch = Seen()
    card, dataset = read(mixed, watch=watch)
    counts = [one.count for one in watch.cards]
    assert counts == sorted(counts)
    assert counts[0] == 16  # the first portion is a small one, to be seen at once
    assert [one.complete for one in watch.cards] == [False] * (len(counts) - 1) + [True]
    assert watch.cards[0].shape == (3, 32, 32)
    assert sum(one.count for one in watch.cards[0].classes) == 16
    assert watch.files[0] == (16, 103)
    assert watch.files[-1] == (103, 103)
    assert len(watch.names) == card.count == 102
    assert watch.names[:2] == ["grey/000.png", "red/001.jpg"]
    assert np.array_equal(np.stack(watch.images), thumbnails_of(dataset, np.arange(102)))


def test_a_second_time_everything_is_told_again(mixed):
    first, second = Seen(), Seen()
    card, _ = read(mixed, watch=first)
    again, _ = read(mixed, watch=second)
    for name in (field for field in vars(card) if field != "picture"):
        assert getattr(again, name) == getattr(card, name), name
    assert np.array_equal(card.picture.mean, again.picture.mean)
    assert np.array_equal(card.picture.histogram, again.picture.histogram)
    assert second.names == first.names
    assert np.array_equal(np.stack(second.images), np.stack(first.images))
    assert [one.complete for one in second.cards] == [False, True]  # the card is there before all thumbnails are


def test_choices_are_shown_in_the_files_order(mixed):
    watch = Seen()
    card, _ = read(mixed, ImagesSpec(path=str(mixed), size=16, classes=("grey",), held_out=5), watch=watch)
    assert card.count == len(watch.names) == 26
    assert watch.names == sorted(watch.names)
    assert all(name.startswith("grey/") for name in watch.names)


def test_cards_come_at_most_four_times_a_second(tmp_path):
    path = folder_of(tmp_path / "many", 300, side=8)
    watch = Seen()
    read(path, watch=watch)
    assert len(watch.files) >= 5
    assert 2 <= len(watch.cards) < len(watch.files)


# --- previews ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3])
def test_a_preview_is_what_would_be_trained_on(mixed, channels):
    spec = ImagesSpec(path=str(mixed), size=20, channels=channels, fit="pad", background="grey", classes=("red",))
    shown = preview(mixed, spec, 5)
    assert shown.shape == (5, 20, 20, channels)
    dataset = build_dataset(spec)
    assert np.array_equal(shown.transpose(0, 3, 1, 2), dataset.feed.bytes_at(np.arange(5)))
    assert not cache.folder().exists() or len(list(cache.folder().iterdir())) == 1  # of the dataset, not of the preview


def test_previews_of_other_things(tmp_path):
    np.save(tmp_path / "a.npy", np.random.default_rng(0).integers(0, 256, (5, 24, 24), np.uint8))
    assert preview(tmp_path / "a.npy", ArraySpec(path=str(tmp_path / "a.npy"), size=8), 3).shape == (3, 8, 8, 1)
    (tmp_path / "a.csv").write_text("0,1\n2,3\n5,5\n")
    assert preview(tmp_path / "a.csv", TableSpec(path=str(tmp_path / "a.csv"))).size == 0
    (tmp_path / "none").mkdir()
    with pytest.raises(DatasetError, match="is an empty folder"):
        preview(tmp_path / "none", ImagesSpec(path=str(tmp_path / "none")))


@pytest.mark.parametrize(("background", "shade"), [("auto", 255), ("white", 255), ("black", 0), ("grey", 128)])
def test_backgrounds(background, shade):
    with pictures.pillow_rules():
        clear = pictures.decoded(encoded(Image.new("RGBA", (16, 8))), 8, 1, "pad", background)
        solid = pictures.decoded(encoded(Image.new("L", (16, 8), 77)), 8, 1, "pad", background)
    assert clear.clear
    assert (clear.pixels == shade).all()
    assert (solid.pixels[3:5] == 77).all()
    assert (solid.pixels[[0, -1]] == (0 if background == "auto" else shade)).all()


def test_pictures_that_take_more_memory_than_they_may(tmp_path):
    large = encoded(Image.new("RGB", (1000, 1000)))
    photograph = encoded(Image.new("RGB", (1000, 1000)), "JPEG")
    progressive = encoded(Image.new("RGB", (1000, 1000)), "JPEG", progressive=True)
    with pictures.pillow_rules():
        for data in (large, progressive):
            with pytest.raises(pictures.UnreadablePicture, match=r"takes \d+ MB to decode, more than 2 MB"):
                pictures.decoded(data, 16, room=2_000_000)
        assert pictures.decoded(photograph, 16, room=2_000_000).width == 1000  # decoded at an eighth of its size
        assert pictures.decoded(large, 16, room=20_000_000).height == 1000


def test_an_upright_size_is_told_of_a_picture_on_its_side():
    exif = Image.Exif()
    exif[274] = 6
    with pictures.pillow_rules():
        one = pictures.decoded(encoded(Image.new("L", (60, 20)), "JPEG", exif=exif.tobytes()), 8)
    assert (one.width, one.height, one.is_colour, one.kind) == (20, 60, False, "JPEG")


# --- other kinds ------------------------------------------------------------------------------------------------------


def idx_file(path, images, packed):
    data = struct.pack(">HBB3I", 0, 8, 3, *images.shape) + images.tobytes()
    path.write_bytes(gzip.compress(data, 1) if packed else data)
    return path


def test_images_of_a_file_are_kept_unpacked_or_plain(tmp_path, monkeypatch):
    monkeypatch.setattr(caching, "WORTH_KEEPING", 1000)
    images = np.random.default_rng(0).integers(0, 256, (50, 28, 28), np.uint8)
    plain = idx_file(tmp_path / "images-idx3-ubyte", images, packed=False)
    packed = idx_file(tmp_path / "packed.gz", images, packed=True)
    for path, entries in ((plain, 1), (packed, 2)):
        card, dataset = read(path, IdxSpec(path=str(path), held_out=10))
        assert dataset.feed.is_mapped
        assert (card.count, dataset.count, card.kind) == (50, 40, "images")
        assert np.array_equal(dataset.feed.bytes_at(np.arange(50))[:, 0], images)
        assert len(list(cache.folder().iterdir())) == entries
    packed.unlink()
    card, dataset = read(packed, IdxSpec(path=str(packed), held_out=10))
    assert "can't be read any more" in card.notes[0]
    assert np.array_equal(dataset.feed.bytes_at(np.arange(50))[:, 0], images)


def test_what_is_kept_has_all_that_was_built(tmp_path, monkeypatch):
    monkeypatch.setattr(caching, "WORTH_KEEPING", 1000)
    values = np.random.default_rng(0).random((40, 12, 12))
    values[3] = np.nan
    np.savez(tmp_path / "a.npz", x=values, y=np.arange(40) % 3)
    spec = ArraySpec(path=str(tmp_path / "a.npz"), key="x", held_out=6)
    first, again = build_dataset(spec), build_dataset(spec)
    assert len(list(cache.folder().iterdir())) == 1
    for name in ("name", "shape", "count", "held_out", "classes", "skipped", "source"):
        assert getattr(first, name) == getattr(again, name), name
    assert first.skipped[0].name == "row 3"
    assert np.array_equal(first.labels, again.labels)
    for dataset in (first, again):
        stored = dataset.feed.bytes_at(np.arange(39))
        kept_rows = np.delete(values, 3, axis=0)
        for image, label in zip(stored, dataset.labels, strict=True):
            row = np.abs(kept_rows * 255 - image[0]).max(axis=(1, 2)).argmin()
            assert np.delete(np.arange(40) % 3, 3)[row] == label


def test_cards_of_points_and_densities(tmp_path):
    rng = np.random.default_rng(0)
    np.savetxt(tmp_path / "a.csv", rng.normal((3, 5), 1, (500, 2)), delimiter=",")
    card, _ = read(tmp_path / "a.csv")
    assert (card.kind, card.count, card.shape) == ("points", 500, (2,))
    assert card.picture.points.shape == (2000, 2)
    assert card.picture.points.mean(axis=0) == pytest.approx([3, 5], abs=0.2)
    assert "two columns of a table" in card.verdict
    ink = Image.new("L", (30, 30), 255)
    ink.paste(0, (0, 0, 30, 10))
    ink.save(tmp_path / "ink.png")
    card, _ = read(tmp_path / "ink.png")
    assert (card.kind, type(card.spec), card.count) == ("density", DensitySpec, 0)
    assert card.picture.points[:, 1].min() > 0.3


def test_names_that_no_encoding_holds(tmp_path):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(
            "a\udcff.png".encode("utf-8", "surrogateescape").decode("cp437"), encoded(Image.new("L", (8, 8)))
        )
        archive.writestr("新\n行.png", encoded(Image.new("L", (8, 8), 3)))
    (tmp_path / "a.zip").write_bytes(file.getvalue())
    first, again = Seen(), Seen()
    read(tmp_path / "a.zip", watch=first)
    read(tmp_path / "a.zip", watch=again)
    assert first.names == again.names
    assert "新\n行.png" in first.names
