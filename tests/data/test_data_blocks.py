"""Arrays read some rows at a time: no file of a user's is mapped, and none needs to fit into the memory."""

import os
import subprocess
import sys

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset, limits
from ganstudio.data.blocks import Blocks, FileRows
from ganstudio.data.cache import entries as cache
from ganstudio.data.images import caching
from ganstudio.experiment import ArraySpec, IdxSpec


@pytest.fixture
def images():
    return np.random.default_rng(0).integers(0, 256, (60, 16, 16), np.uint8)


def array(path, values):
    np.save(path, values)
    return path


def built(path, **options):
    return build_dataset(ArraySpec(path=str(path), **options))


def cut(path):
    os.truncate(path, 2000)


def test_rows_of_a_file_are_those_of_the_array(tmp_path, images):
    path = array(tmp_path / "a.npy", images)
    rows = FileRows(path, images.dtype, path.stat().st_size - images.nbytes, images.shape)
    assert (len(rows), rows.shape, rows.nbytes) == (60, images.shape, images.nbytes)
    for chosen in ([3], [5, 6, 7], [59, 0, 0, 31], []):
        assert np.array_equal(rows.take(np.array(chosen, int)), images[chosen])
    turned = rows.turned((256,), lambda block: block.reshape(-1, 256)).turned((2, 128), lambda b: b.reshape(-1, 2, 128))
    assert np.array_equal(turned.take(np.array([4, 2])), images[[4, 2]].reshape(2, 2, 128))
    assert np.array_equal(turned.whole(), images.reshape(60, 2, 128))
    assert np.array_equal(np.concatenate(list(Blocks.of(images))), images)


@pytest.mark.parametrize(
    "change", [cut, os.remove, lambda path: path.write_bytes(b"x" * 99_999), lambda path: os.utime(path, (1, 1))]
)
def test_a_file_that_was_changed_is_told(tmp_path, images, change):
    path = array(tmp_path / "a.npy", images)
    rows = FileRows(path, images.dtype, 128, images.shape)
    change(path)
    with pytest.raises(DatasetError, match=r'"a.npy" was changed, moved or cut short since it was opened; put it back'):
        rows.take(np.array([50]))


def test_a_file_shorter_than_its_shape_is_damaged(tmp_path, images):
    with pytest.raises(DatasetError, match="damaged or cut short"):
        FileRows(array(tmp_path / "a.npy", images), images.dtype, 129, images.shape)


def idx(path, values):
    head = b"\0\0\x08\x03" + b"".join(side.to_bytes(4, "big") for side in values.shape)
    path.write_bytes(head + values.tobytes())
    return path


@pytest.mark.parametrize("worth_keeping", [100, 10**9], ids=["from the cache", "from memory"])
@pytest.mark.parametrize("kind", ["npy", "idx"])
def test_a_file_cut_while_it_is_trained_on_is_not_missed(tmp_path, images, monkeypatch, worth_keeping, kind):
    monkeypatch.setattr(caching, "WORTH_KEEPING", worth_keeping)
    path = (array if kind == "npy" else idx)(tmp_path / f"a.{kind}", images)
    dataset = build_dataset((ArraySpec if kind == "npy" else IdxSpec)(path=str(path)))
    cut(path)
    assert np.array_equal(dataset.feed.bytes_at(np.arange(60))[:, 0], images)


def test_without_room_in_the_cache_it_is_read_from_its_file_and_told_when_that_is_cut(tmp_path, images, monkeypatch):
    monkeypatch.setattr(caching, "WORTH_KEEPING", 100)
    monkeypatch.setenv(limits.CACHE, "1e-6")
    path = array(tmp_path / "a.npy", images)
    dataset = built(path, held_out=5)
    assert isinstance(dataset.feed.images, FileRows)
    assert not list(cache.folder().glob("[!.]*"))
    assert dataset.draw(9, np.random.default_rng(0)).shape == (9, 1, 16, 16)
    cut(path)
    with pytest.raises(DatasetError, match="cut short since it was opened"):
        dataset.draw(9, np.random.default_rng(0))


def test_images_are_converted_block_by_block(tmp_path, images, monkeypatch):
    monkeypatch.setattr("ganstudio.data.blocks.PORTION", 5000)
    values = images.astype(np.float64) / 255
    values[7] = np.nan
    np.savez_compressed(tmp_path / "a.npz", x=values)
    whole, parts = (built(array(tmp_path / "b.npy", values)), built(tmp_path / "a.npz"))
    for dataset in (whole, parts):
        assert dataset.skipped[0].name == "row 7"
        assert np.array_equal(dataset.feed.bytes_at(np.arange(59))[:, 0], np.delete(images, 7, axis=0))


@pytest.mark.parametrize("order", ["C", "F"])
def test_points_of_many_blocks_are_those_of_one(tmp_path, monkeypatch, order):
    points = np.random.default_rng(0).normal((5e5, -3), (2, 9), (4000, 2)).astype(np.float32)
    points[11, 1] = np.inf
    path = array(tmp_path / "a.npy", np.asarray(points, order=order))
    whole = built(path)
    monkeypatch.setattr("ganstudio.data.blocks.PORTION", 1000)
    np.savez(tmp_path / "b.npz", points=np.asarray(points, order=order))
    for other in (built(path), built(tmp_path / "b.npz")):
        assert (other.count, other.skipped[0].name) == (3999, "row 11")
        assert other.modality.scale == pytest.approx(whole.modality.scale, rel=1e-9)
        np.testing.assert_allclose(other.at(np.arange(3999)), whole.at(np.arange(3999)), atol=1e-5)
    kept_points = np.delete(points, 11, axis=0).astype(np.float64)
    assert whole.modality.scale == pytest.approx(np.sqrt(((kept_points - kept_points.mean(0)) ** 2).mean()), rel=1e-6)


def test_points_beyond_the_limit_are_refused_with_numbers(tmp_path, monkeypatch):
    path = array(tmp_path / "a.npy", np.random.default_rng(0).normal(size=(20_000, 2)))
    (tmp_path / "a.csv").write_text("".join(f"{one / 2},{one % 7}\n" for one in range(20_000)))
    monkeypatch.setenv(limits.MEMORY, "0.0001")
    with pytest.raises(DatasetError, match=r"more than 0.0001 GB .*, some 0.00018 GB; .*11,111 points would"):
        built(path)
    from ganstudio.data import open_path

    with pytest.raises(DatasetError, match=r"a.csv\" takes more than .* points would fit"):
        open_path(tmp_path / "a.csv")


MEASURE = """
import sys
from pathlib import Path
from ganstudio.data import build_dataset
from ganstudio.experiment import ArraySpec

def told(name):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(name + ":")) / 1024

before = told("VmRSS")
dataset = build_dataset(ArraySpec(path=sys.argv[1]))
sys.stdout.write(f"{dataset.count} {told('VmHWM') - before}")
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells the peak of a process so")
@pytest.mark.parametrize("packed", [False, True])
def test_reading_points_takes_little_more_than_is_trained_on(tmp_path, packed):
    points = np.random.default_rng(0).normal(size=(2_500_000, 2))  # 40 MB, of which 20 are kept
    path = tmp_path / ("a.npz" if packed else "a.npy")
    (np.savez if packed else np.save)(path, points)
    done = subprocess.run([sys.executable, "-c", MEASURE, str(path)], capture_output=True, text=True, check=True)
    count, megabytes = done.stdout.split()
    assert count == "2500000"
    assert 15 < float(megabytes) < 75
