"""Arrays from .npy and .npz files."""

import io
import zipfile

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset, limits
from ganstudio.data.arrays import dataset as arrays
from ganstudio.experiment import ArraySpec
from tests.data.pixels import stored


def load(path, **options):
    return build_dataset(ArraySpec(path=str(path), **options))


def saved(tmp_path, values, name="a.npy"):
    path = tmp_path / name
    np.save(path, values)
    return path


@pytest.fixture
def rng():
    return np.random.default_rng(0)


# --- points -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["f8", "f4", ">f8", "f2", "i4", "u1"])
def test_points(tmp_path, rng, dtype):
    points = (rng.standard_normal((500, 2)) * [3, 9] + [40, 50]).astype(dtype)
    dataset = load(saved(tmp_path, points))
    assert (dataset.shape, dataset.count, dataset.modality.kind) == ((2,), 500, "points")
    assert dataset.source == "500 points of a.npy"
    batch = dataset.draw(200_000, rng)
    assert batch.dtype == np.float32
    assert batch.mean(axis=0) == pytest.approx([0, 0], abs=0.02)
    assert batch.var(axis=0).mean() == pytest.approx(1, abs=0.02)
    known = {tuple(point) for point in points.astype(np.float64).round(3)}
    assert {tuple(point) for point in dataset.modality.to_people(batch[:100]).astype(np.float64).round(3)} <= known


def test_one_of_a_kind_is_told_as_one(tmp_path, rng):
    one = saved(tmp_path, rng.integers(0, 256, (1, 16, 16), np.uint8), "one.npy")
    dataset = load(one, layout="n,h,w")
    assert dataset.source.startswith("1 image of one.npy, ")
    assert "read as 1 image of 16 × 16, grey" in " ".join(dataset.notes)


def test_points_that_are_not_finite_are_skipped(tmp_path, rng):
    points = rng.standard_normal((10, 2))
    points[3, 0], points[7, 1] = np.nan, np.inf
    dataset = load(saved(tmp_path, points))
    assert dataset.count == 8
    assert [one.name for one in dataset.skipped] == ["row 3", "row 7"]
    with pytest.raises(DatasetError, match="no finite point: 10 were skipped"):
        load(saved(tmp_path, np.full((10, 2), np.nan)))


def test_points_without_spread_or_too_large(tmp_path, rng):
    for points in (np.full((9, 2), 3.5), np.zeros((9, 2)), np.ones((1, 2)), 1e9 + rng.random((9, 2))):
        with pytest.raises(DatasetError, match=r"all \(nearly\) the same|a single point"):
            load(saved(tmp_path, points))
    for size in (1e300, 1e35):
        with pytest.raises(DatasetError, match="too large"):
            load(saved(tmp_path, rng.standard_normal((9, 2)) * size))


# --- images -----------------------------------------------------------------------------------------------------------


def shades(rng, *shape):
    values = rng.integers(0, 256, shape).astype(np.uint8)
    values.flat[:2] = 0, 255
    return values


@pytest.mark.parametrize(
    ("shape", "expected"),
    [
        ((20, 16, 16), (1, 16, 16)),
        ((20, 16, 16, 1), (1, 16, 16)),
        ((20, 16, 16, 3), (3, 16, 16)),
        ((20, 1, 16, 16), (1, 16, 16)),
        ((20, 3, 16, 16), (3, 16, 16)),
    ],
)
def test_layouts_of_images(tmp_path, rng, shape, expected):
    values = shades(rng, *shape)
    dataset = load(saved(tmp_path, values))
    assert (dataset.shape, dataset.count) == (expected, 20)
    as_nchw = values.transpose(0, 3, 1, 2) if values.ndim == 4 and shape[3] < 4 else values.reshape(20, *expected)
    known = {image.tobytes() for image in as_nchw}
    drawn = stored(dataset, dataset.draw(50, rng))
    assert {image.tobytes() for image in drawn} <= known


@pytest.mark.parametrize(
    ("convert", "taken"),
    [
        (lambda v: v, "0 to 255"),
        (lambda v: v.astype(np.float32), "0 to 255"),
        (lambda v: v.astype(np.int64), "0 to 255"),
        (lambda v: v / 255, "0 to 1"),
        (lambda v: (v / 255).astype(np.float16), "0 to 1"),
        (lambda v: v / 127.5 - 1, "-1 to 1"),
        (lambda v: v / 255 * 16, "0 to 16 stretched"),
        (lambda v: v.astype(np.uint16) * 257, "0 to 65535"),
    ],
)
def test_ranges_of_values(tmp_path, rng, convert, taken):
    values = shades(rng, 40, 8, 8)
    dataset = load(saved(tmp_path, convert(values)))
    assert taken in dataset.source
    same = load(saved(tmp_path, values, "b.npy"))
    drawn, expected = (one.modality.to_people(one.draw(30, np.random.default_rng(1))) for one in (dataset, same))
    assert drawn == pytest.approx(expected, abs=1.01 if "float16" in str(convert(values).dtype) else 0.51)


def test_binary_images(tmp_path, rng):
    for values in (rng.random((9, 8, 8)) > 0.5, (rng.random((9, 8, 8)) > 0.5).astype(np.uint8)):
        assert set(np.unique(load(saved(tmp_path, values)).draw(9, rng))) == {-1, 1}


def test_ranges_that_are_unclear(tmp_path, rng):
    for low, high in ((-3, 3), (0, 300), (-1, 200)):
        with pytest.raises(DatasetError, match="bring them to 0 to 1, -1 to 1 or 0 to 255"):
            load(saved(tmp_path, rng.uniform(low, high, (99, 8, 8))))
    with pytest.raises(DatasetError, match="every pixel is 7"):
        load(saved(tmp_path, np.full((9, 8, 8), 7.0)))


def test_images_that_are_not_finite_are_skipped(tmp_path, rng):
    values = rng.random((10, 8, 8))
    values[4, 0, 0] = np.nan
    dataset = load(saved(tmp_path, values))
    assert (dataset.count, dataset.skipped[0].name) == (9, "row 4")
    with pytest.raises(DatasetError, match="no finite image"):
        load(saved(tmp_path, np.full((5, 8, 8), np.inf)))


def test_sizes_of_images(tmp_path, rng):
    path = saved(tmp_path, shades(rng, 5, 20, 28, 3))
    with pytest.raises(DatasetError, match=r"images of 28 × 20 pixels.*set size"):
        load(path)
    dataset = load(path, size=16)
    assert dataset.shape == (3, 16, 16)
    assert "cut to 16 × 16" in dataset.source
    assert arrays.propose(path)[1] == 16
    with pytest.raises(DatasetError, match="set size"):
        load(saved(tmp_path, shades(rng, 5, 4, 4)))
    assert arrays.propose(saved(tmp_path, shades(rng, 2, 3, 300, 300)))[1] == 128
    assert arrays.propose(saved(tmp_path, shades(rng, 2, 28, 28)))[1] is None


def test_limits(tmp_path, rng, monkeypatch):
    path = saved(tmp_path, shades(rng, 9, 8, 8))
    points = saved(tmp_path, rng.standard_normal((80, 2)), "points.npy")
    monkeypatch.setenv(limits.MEMORY, "5e-7")
    assert load(path).count == 9  # it stays where it is
    with pytest.raises(DatasetError, match="takes more than"):
        load(path, size=16)
    with pytest.raises(DatasetError, match="save a part of it"):
        load(points)


# --- files ------------------------------------------------------------------------------------------------------------


def test_npz_takes_the_key_or_the_first_that_fits(tmp_path, rng):
    path = tmp_path / "集 合.npz"
    points = rng.standard_normal((50, 2))
    np.savez(path, labels=np.arange(50), points=points, images=shades(rng, 50, 8, 8))
    assert load(path).source == "50 points of 集 合.npz: points"
    assert load(path, key="images").shape == (1, 8, 8)
    with pytest.raises(DatasetError, match=r'no array "nothing"; it holds: labels \(50,\), points'):
        load(path, key="nothing")
    with pytest.raises(DatasetError, match=r"has the shape \(50,\); it should hold points as"):
        load(path, key="labels")
    np.savez_compressed(path, a=np.arange(5), b=np.arange(6))
    with pytest.raises(DatasetError, match="holds no array that can be used: a"):
        load(path)
    np.savez(path, only=np.arange(5))
    with pytest.raises(DatasetError, match="has the shape"):
        load(path)
    np.savez(path)
    with pytest.raises(DatasetError, match="no array that can be used: none"):
        load(path)


def test_shapes_that_do_not_fit(tmp_path):
    for shape in ((5,), (5, 3), (5, 2, 2, 2), (2, 2, 2, 2, 2)):
        with pytest.raises(DatasetError, match="it should hold points as"):
            load(saved(tmp_path, np.ones(shape)))
    for shape in ((0, 2), (0, 8, 8)):
        with pytest.raises(DatasetError, match="is empty"):
            load(saved(tmp_path, np.ones(shape)))


def test_pickles_are_refused(tmp_path):
    values = np.empty((3, 2), object)
    with pytest.raises(DatasetError, match="pickled Python objects, which are not loaded"):
        load(saved(tmp_path, values))
    np.savez(tmp_path / "a.npz", points=values)
    with pytest.raises(DatasetError, match="pickled Python objects"):
        load(tmp_path / "a.npz", key="points")
    for values in (np.array([["a", "b"]]), np.ones((3, 2), complex)):
        with pytest.raises(DatasetError, match="not plain numbers"):
            load(saved(tmp_path, values))


def test_damaged_files(tmp_path, rng):
    whole = saved(tmp_path, rng.random((500, 2))).read_bytes()
    path = tmp_path / "b.npy"
    for length in (8, 40, 120, 5000):
        path.write_bytes(whole[:length])
        with pytest.raises(DatasetError, match=r'"b.npy" is damaged or cut short'):
            load(path)
    path.write_bytes(b"something else")
    with pytest.raises(DatasetError, match=r"no file of arrays; save it with numpy\.save"):
        load(path)
    with pytest.raises(DatasetError, match="there is nothing at"):
        load(tmp_path / "gone.npy")
    np.savez(tmp_path / "a.npz", points=rng.random((500, 2)))
    whole = bytearray((tmp_path / "a.npz").read_bytes())
    (tmp_path / "c.npz").write_bytes(whole[:-20])
    whole[3000] ^= 255
    (tmp_path / "d.npz").write_bytes(whole)
    for name in ("c.npz", "d.npz"):
        with pytest.raises(DatasetError, match="is damaged or cut short"):
            load(tmp_path / name)


def test_header_that_claims_too_much(tmp_path):
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<f8", "fortran_order": False, "shape": (10**12, 2)})
    with zipfile.ZipFile(tmp_path / "a.npz", "w") as archive:
        archive.writestr("points.npy", header.getvalue() + bytes(100))
    (tmp_path / "a.npy").write_bytes(header.getvalue() + bytes(100))
    for name, message in (("a.npz", "damaged or cut short"), ("a.npy", "damaged or cut short")):
        with pytest.raises(DatasetError, match=message):
            load(tmp_path / name)
