"""Films of samples that are made while they are written."""

import numpy as np
import pytest
from PIL import Image

from ganstudio.export import ExportError, Made, save_sheets, save_walk
from ganstudio.modalities import Images, Points

COLOUR = Images((3, 8, 8))


def shade(start, stop):
    """Image k is all of the colour (k, 2 k, 255 - k)."""
    values = np.arange(start, stop, dtype=np.uint8)
    return np.stack([values, 2 * values, 255 - values], -1)[:, None, None].repeat(8, 1).repeat(8, 2)


def frames_of(path):
    with Image.open(path) as film:
        for place in range(film.n_frames):
            film.seek(place)
            yield np.asarray(film.convert("RGB"), int)


@pytest.mark.parametrize("suffix", [".gif", ".webp", ".apng"])
def test_a_film_s_samples_are_made_a_few_at_a_time_and_each_stands_in_its_place(suffix, tmp_path):
    asked = []

    def part(start, stop):
        asked.append(stop - start)
        return shade(start, stop)

    save_walk(tmp_path / f"film{suffix}", Made(100, part), COLOUR, rate=25, size=16)
    assert max(asked) <= 32
    assert sum(asked) <= 2 * 100 + 3  # a palette is found before
    frames = list(frames_of(tmp_path / f"film{suffix}"))
    assert len(frames) == 100
    for place in (0, 31, 32, 99):
        np.testing.assert_allclose(frames[place][8, 8], shade(place, place + 1)[0, 0, 0], atol=12)


def test_too_many_frames_are_told_before_any_but_the_first_is_made(tmp_path):
    asked = []

    def part(start, stop):
        asked.append((start, stop))
        return shade(start, stop)

    large = Made(3000, part)
    with pytest.raises(ExportError, match=r"a\.apng: 3,000 frames of 1024 × 1024 pixels are more than 2 GB"):
        save_walk(tmp_path / "a.apng", large, COLOUR, rate=25, size=1024)
    with pytest.raises(ExportError, match="6,000 are the most"):
        save_walk(tmp_path / "a.gif", Made(6001, part), COLOUR, rate=25, size=16)
    assert set(asked) == {(0, 1)}


def test_moments_are_made_one_by_one(tmp_path):
    save_sheets(tmp_path / "a.webp", 5, lambda k: shade(k * 20, k * 20 + 4), COLOUR, rate=5, size=64)
    frames = list(frames_of(tmp_path / "a.webp"))
    assert len(frames) == 5
    assert frames[4].shape[0] >= 64
    assert abs(int(frames[4][8, 8, 0]) - 80) < 12


def test_points_are_drawn_on_a_plot_of_all(tmp_path):
    points = np.linspace(-2, 2, 40)[:, None].repeat(2, 1).astype(np.float32)
    save_walk(tmp_path / "a.webp", Made.at_once(points), Points(), rate=25, size=256)
    assert len(list(frames_of(tmp_path / "a.webp"))) == 40
