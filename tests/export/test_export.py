from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from ganstudio.experiment import Experiment
from ganstudio.export import ExportError, curves_png, sample_grid, save_samples
from ganstudio.modalities import Images, Points

GREY = Images((1, 8, 8))
NAMES = ("d_loss", "g_loss", "d_real", "d_fake", "value")


def images(count: int, side: int = 8, channels: int = 1) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 200, (count, side, side, channels), dtype=np.uint8)


def scalars(count: int) -> np.ndarray:
    random = np.random.default_rng(0)
    rows = random.random((count, 2 + len(NAMES)))
    rows[:, 0] = np.arange(1, count + 1)
    rows[:, -1] -= 1.5
    return rows


def test_a_grid_is_near_a_square_and_enlarges_small_images() -> None:
    grid = sample_grid(images(10))
    assert grid.mode == "L"
    assert grid.size == (2 + 4 * 34, 2 + 3 * 34)
    cell = np.asarray(grid)[2:34, 2:34]
    np.testing.assert_array_equal(cell[::4, ::4], images(10)[0, :, :, 0])
    np.testing.assert_array_equal(cell[3::4, 3::4], images(10)[0, :, :, 0])


def test_a_grid_in_colour_with_chosen_columns() -> None:
    grid = sample_grid(images(3, 40, 3), columns=3)
    assert (grid.mode, grid.size) == ("RGB", (2 + 3 * 42, 44))
    np.testing.assert_array_equal(np.asarray(grid)[2:42, 44:84], images(3, 40, 3)[1])


def test_samples_come_back_from_arrays(tmp_path) -> None:
    samples = images(3)
    save_samples(tmp_path / "new" / "a.npy", samples, GREY)
    save_samples(tmp_path / "a.npz", samples, GREY)
    np.testing.assert_array_equal(np.load(tmp_path / "new" / "a.npy"), samples)
    with np.load(tmp_path / "a.npz") as stored:
        np.testing.assert_array_equal(stored["samples"], samples)


def test_images_become_a_grid_and_points_a_plot(tmp_path) -> None:
    save_samples(tmp_path / "a.PNG", images(4), GREY)
    with Image.open(tmp_path / "a.PNG") as picture:
        assert picture.size == (70, 70)
    points = np.array([[0.0, 1.0], [np.nan, 0.0]], np.float32)
    for name, real in (("b.png", None), ("c.png", points[:1] + 5)):
        save_samples(tmp_path / name, points, Points(), real=real)
        with Image.open(tmp_path / name) as picture:
            assert picture.size == (720, 720)
            assert len(set(picture.convert("L").get_flattened_data())) > 5


def test_another_ending_is_refused_in_words(tmp_path) -> None:
    with pytest.raises(ExportError, match=r"a\.jpg: images are written as \.png, \.npy, \.npz"):
        save_samples(tmp_path / "a.jpg", images(1), GREY)


def test_a_place_that_cannot_be_written_is_named(tmp_path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ExportError, match=r"a\.npy: cannot be written: "):
        save_samples(tmp_path / "file" / "a.npy", images(1), GREY)
    with pytest.raises(ExportError, match=r"curves\.png: cannot be written: "):
        curves_png(tmp_path / "file" / "curves.png", scalars(3), NAMES, Experiment())


@pytest.mark.parametrize("count", [0, 1, 2, 300, 20_000])
def test_curves_of_any_length_are_drawn(count: int, tmp_path) -> None:
    rows = scalars(count)
    rows[: count // 3, 3] = np.nan
    curves_png(tmp_path / "curves.png", rows, NAMES, Experiment())
    with Image.open(tmp_path / "curves.png") as picture:
        assert picture.size == (990, 990)


def test_painting_loses_no_peak() -> None:
    from ganstudio.export.plots import _envelope

    values = np.zeros(100_000)
    values[[12_345, 67_890]] = 7.0, -7.0
    _, low, high = _envelope(np.arange(100_000.0), values)
    assert (low.min(), high.max()) == (-7.0, 7.0)
    assert 3000 < len(low) <= 4000


def test_exports_need_no_pyplot_and_load_nothing_heavy_beforehand() -> None:
    script = """
import sys, ganstudio.export, ganstudio.export.scatter as plots, numpy as np
assert not {"PIL", "matplotlib", "torch", "PySide6"} & set(sys.modules)
plots.scatter(np.zeros((1, 2), np.float32), None)
assert "matplotlib.pyplot" not in sys.modules
"""
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
