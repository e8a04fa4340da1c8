"""Striped digits: the hue tells the stripes' direction, nothing tells their phase, and the images show it."""

import time

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset
from ganstudio.data.reading.made import preview, read
from ganstudio.experiment import StripedSpec
from ganstudio.measurements.stripes import direction_errors, direction_figures, directions, hues


def images_of(dataset):
    return dataset.at(np.arange(dataset.count + dataset.held_out)).astype(np.float64)


def small(**given):
    return StripedSpec(**{"count": 900, "held_out": 100, **given})


def halved(images):
    n, c, h, w = images.shape
    return images.reshape(n, c, h // 2, 2, w // 2, 2).mean(axis=(3, 5))


def enlarged(images):
    """Blocks of four: no new detail, as when a small image is enlarged."""
    return images.repeat(2, axis=2).repeat(2, axis=3)


@pytest.fixture(scope="module")
def striped():
    return build_dataset(small())


def test_the_spec_decides_every_bit(striped):
    again, other = build_dataset(small()), build_dataset(small(seed=1))
    assert np.array_equal(images_of(striped), images_of(again))
    assert not np.array_equal(images_of(striped), images_of(other))
    assert (striped.shape, striped.count, striped.held_out) == ((3, 32, 32), 900, 100)
    assert np.bincount(striped.labels).tolist() == [100] * 10


def test_factors_are_uniform_and_of_every_image(striped):
    reach = {
        "rotation": (-25, 25),
        "thickness": (0.10, 0.16),
        "x": (-0.08, 0.08),
        "y": (-0.08, 0.08),
        "hue": (0, 1),
        "phase": (0, 2 * np.pi),
    }
    assert set(striped.factors) == set(reach)
    for name, (low, high) in reach.items():
        values, width = striped.factors[name], high - low
        assert values.shape == (1000,)
        assert values.min() == pytest.approx(low, abs=0.02 * width)
        assert values.max() == pytest.approx(high, abs=0.02 * width)
        assert values.std() == pytest.approx(width / 12**0.5, rel=0.06)


def test_hue_and_direction_are_read_off_real_images(striped):
    images, hue = images_of(striped), striped.factors["hue"]
    away = np.abs((hues(images) - hue + 0.5) % 1 - 0.5)
    assert np.median(away) == pytest.approx(0.004, abs=0.004)
    assert np.quantile(away, 0.99) < 0.03
    by_factor = direction_errors(images, hue)
    assert np.median(by_factor) == pytest.approx(4.8, abs=0.8)
    figures = direction_figures(images)
    assert figures.median == pytest.approx(4.9, abs=0.8)
    assert figures.near == pytest.approx(0.96, abs=0.03)


def test_a_small_copy_keeps_the_hue_and_loses_the_direction(striped):
    images = images_of(striped)
    coarse = enlarged(enlarged(halved(halved(images))))
    away = np.abs((hues(coarse) - striped.factors["hue"] + 0.5) % 1 - 0.5)
    assert np.median(away) == pytest.approx(0.01, abs=0.01)
    figures = direction_figures(coarse)
    assert figures.median == pytest.approx(45, abs=10)
    assert figures.near == pytest.approx(1 / 6, abs=0.1)


def test_another_phase_moves_the_stripes_and_nothing_else(striped):
    moved = build_dataset(small(phase_seed=1))
    for name, values in striped.factors.items():
        assert np.array_equal(values, moved.factors[name]) == (name != "phase")
    one, other = images_of(striped), images_of(moved)
    assert np.abs(one - other).mean() > 0.1
    apart = np.abs((directions(one) - directions(other) + np.pi / 2) % np.pi - np.pi / 2)
    assert np.rad2deg(np.median(apart)) == pytest.approx(3, abs=3)
    # A copy of an eighth of the side sees a stripe as a single grey, so that the two are the same there.
    eighth = np.abs(halved(halved(halved(one))) - halved(halved(halved(other)))).mean()
    assert eighth == pytest.approx(0.02, abs=0.02)


def test_phase_follows_from_neither_hue_nor_digit(striped):
    turned = np.exp(1j * striped.factors["phase"])
    for told in (np.exp(2j * np.pi * striped.factors["hue"]), np.exp(2j * np.pi * striped.labels / 10)):
        assert abs((turned * told.conj()).mean()) < 0.1
        assert abs((turned * told).mean()) < 0.1


def test_ink_is_pale_and_stripes_are_as_strong_as_asked(striped):
    images = (images_of(striped) + 1) / 2
    assert np.quantile(images.min(axis=1).max(axis=(1, 2)), [0, 1]) == pytest.approx([0.95, 0.95], abs=0.01)
    plain = images_of(build_dataset(small(contrast=0)))
    assert direction_figures(plain).median == pytest.approx(45, abs=10)
    strong = (images_of(build_dataset(small(contrast=0.6))) + 1) / 2
    assert strong.max() <= 1  # nothing is cut off
    corner = strong[:, :, :2, :].reshape(1000, 3, -1)
    brightest = corner.max(axis=1)
    ratio = np.median((brightest.max(axis=1) - brightest.min(axis=1)) / (brightest.max(axis=1) + brightest.min(axis=1)))
    assert ratio == pytest.approx(0.55, abs=0.06)


def test_another_size_has_the_same_truth():
    figures = direction_figures(images_of(build_dataset(small(size=48))))
    assert figures.median == pytest.approx(4.5, abs=1.5)
    assert figures.near > 0.9


def test_ten_thousand_of_32_pixels_take_seconds():
    start = time.process_time()
    build_dataset(StripedSpec(count=10_000, held_out=0))
    assert 0 < time.process_time() - start < 9


def test_too_many_say_so(monkeypatch):
    monkeypatch.setenv("GANSTUDIO_MEMORY_GB", "1e-6")
    with pytest.raises(DatasetError, match="So many striped digits takes more"):
        build_dataset(small())


def test_the_card_tells_of_them_and_a_preview_draws_only_what_is_shown():
    card, _ = read(small())
    assert (card.count, card.held_out, card.complete, card.kind) == (1000, 100, True, "images")
    assert [one.name for one in card.classes] == list("0123456789")
    start = time.process_time()
    assert preview(StripedSpec(count=200_000), 12).shape == (12, 32, 32, 3)
    assert 0 <= time.process_time() - start < 1
