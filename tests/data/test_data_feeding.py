"""Minibatches come from wherever the images lie, and are the same from everywhere."""

import os

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import DatasetError, build_dataset, feeding, limits
from ganstudio.data.feeding import Feed
from ganstudio.data.files.fingerprint import WHOLE, fingerprint
from ganstudio.data.images import caching, thumbnails
from ganstudio.experiment import ArraySpec
from tests.data.pictures_on_disk import smooth


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (60, 3, 9, 9), np.uint8)


def test_the_same_batches_from_memory_from_a_map_and_from_one_too_large_for_the_memory(images, tmp_path, monkeypatch):
    np.save(tmp_path / "a.npy", images)
    mapped = np.load(tmp_path / "a.npy", mmap_mode="r")
    order = np.random.default_rng(1).permutation(60)[:40]
    small = Feed(mapped, order)
    monkeypatch.setattr(feeding, "MAPPED_SHARE", 0.0)
    large = Feed(mapped, order)
    if limits.machine_bytes() is not None:
        assert small._ahead is None
        assert large._ahead is not None
    memory = Feed(images, order)
    assert [len(memory), len(small), len(large)] == [40, 40, 40]
    for feed in (memory, small, large):
        batch = feed.draw(500, 30, np.random.default_rng(2))
        assert batch.dtype == np.float32
        assert np.array_equal(batch, memory.draw(500, 30, np.random.default_rng(2)))
        assert np.array_equal(feed.bytes_at(np.arange(40)), images[order])
        assert np.array_equal(feed.at(np.array([3])), images[order[[3]]].astype(np.float32) / np.float32(127.5) - 1)


def test_images_with_channels_last_are_kept_as_networks_take_them(images, tmp_path, monkeypatch):
    monkeypatch.setattr(caching, "WORTH_KEEPING", 1000)
    last = np.ascontiguousarray(images.transpose(0, 2, 3, 1))
    np.save(tmp_path / "a.npy", last)
    dataset = build_dataset(ArraySpec(path=str(tmp_path / "a.npy"), held_out=5))
    assert dataset.feed.is_mapped
    assert (dataset.count, dataset.held_out, dataset.shape) == (55, 5, (3, 9, 9))
    found = dataset.feed.bytes_at(np.arange(60))
    assert found.flags.c_contiguous
    assert sorted(one.tobytes() for one in found) == sorted(one.tobytes() for one in images)
    assert dataset.draw(7, np.random.default_rng(0)).flags.c_contiguous
    assert np.array_equal(np.load(tmp_path / "a.npy"), last)  # what is held out was not moved in the file


def test_every_sample_is_as_likely_as_another(images):
    batch = Feed(images).draw(60_000, 60, np.random.default_rng(0))
    first = np.rint((batch[:, 0, 0, 0] + 1) * 127.5).astype(int)
    shares = np.bincount(first, minlength=256) / 60_000
    expected = np.bincount(images[:, 0, 0, 0], minlength=256) / 60
    assert shares == pytest.approx(expected, abs=0.003)


# --- thumbnails -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [8, 28, 48, 64, 100])
@pytest.mark.parametrize("channels", [1, 3])
def test_thumbnails_are_pillows(side, channels):
    images = np.random.default_rng(0).integers(0, 256, (5, channels, side, side), np.uint8)
    found = thumbnails.shrunk(images)
    assert found.shape == (5, 48, 48, 3)
    method = Image.Resampling.BOX if side > 48 else Image.Resampling.BILINEAR
    for one, small in zip(images, found, strict=True):
        pixels = one[0] if channels == 1 else one.transpose(1, 2, 0)
        expected = np.asarray(Image.fromarray(pixels).resize((48, 48), method)).reshape(48, 48, channels)
        assert np.array_equal(small, np.broadcast_to(expected, (48, 48, 3)))


def test_thumbnails_of_the_commonest_size_are_nearly_pillows():
    rng = np.random.default_rng(0)
    images = np.stack([np.asarray(smooth(rng, 32)).transpose(2, 0, 1) for _ in range(5)])
    for one, small in zip(images, thumbnails.shrunk(images), strict=True):
        expected = Image.fromarray(one.transpose(1, 2, 0)).resize((48, 48), Image.Resampling.BILINEAR)
        difference = np.abs(small.astype(int) - np.asarray(expected))
        assert 0 < difference.mean() < 3
        assert difference.max() <= 12
    grey = images[:, :1]
    assert np.array_equal(thumbnails.shrunk(grey), np.repeat(thumbnails.shrunk(images)[..., :1], 3, axis=3))


# --- what tells one content from another ------------------------------------------------------------------------------


def test_fingerprints_of_files(tmp_path):
    one, other = tmp_path / "one", tmp_path / "other"
    one.write_bytes(b"the same")
    other.write_bytes(b"the same")
    assert fingerprint(one) == fingerprint(other)
    assert fingerprint(one, other) != fingerprint(one)
    other.write_bytes(b"another!")
    assert fingerprint(one) != fingerprint(other)
    with pytest.raises(DatasetError, match="there is nothing at"):
        fingerprint(tmp_path / "gone")


def test_fingerprints_of_long_files_look_at_both_ends_and_the_time(tmp_path):
    path = tmp_path / "long"
    with path.open("wb") as file:
        file.truncate(WHOLE + 10)
    os.utime(path, (1, 1))
    seen = {fingerprint(path)}
    for at in (0, WHOLE + 9):
        with path.open("r+b") as file:
            file.seek(at)
            file.write(b"x")
        os.utime(path, (1, 1))
        seen.add(fingerprint(path))
    os.utime(path, (2, 2))
    seen.add(fingerprint(path))
    assert len(seen) == 4
    os.utime(path, (1, 1))
    assert fingerprint(path) in seen


def test_fingerprints_of_folders(tmp_path):
    root = tmp_path / "one"
    (root / "sub").mkdir(parents=True)
    for name in ("a.png", "sub/b.png"):
        (root / name).write_bytes(b"x")
        os.utime(root / name, (1, 1))
    before = fingerprint(root)
    (root / ".hidden").write_bytes(b"y")
    (root / "Thumbs.db").write_bytes(b"y")
    assert fingerprint(root) == before  # nobody's pictures
    root.rename(tmp_path / "two")
    assert fingerprint(tmp_path / "two") == before
    os.utime(tmp_path / "two" / "sub" / "b.png", (2, 2))
    assert fingerprint(tmp_path / "two") != before


# --- limits -----------------------------------------------------------------------------------------------------------


def test_limits_are_set_in_gigabytes(monkeypatch):
    for name in (limits.MEMORY, limits.CACHE):
        monkeypatch.delenv(name, raising=False)
    assert (limits.memory_bytes(), limits.cache_bytes()) == (4_000_000_000, 20_000_000_000)
    monkeypatch.setenv(limits.MEMORY, "0.5")
    assert limits.memory_bytes() == 500_000_000
    for wrong in ("-1", "nan", "lots", "1e9"):
        monkeypatch.setenv(limits.MEMORY, wrong)
        with pytest.raises(DatasetError, match="it should be a number of gigabytes, such as 4"):
            limits.memory_bytes()
    assert limits.machine_bytes() is None or limits.machine_bytes() > 10**8
