"""Drawn digits: what is said of each image is what is to be seen in it."""

import time

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset
from ganstudio.data.images import glyphs
from ganstudio.experiment import GlyphsSpec
from tests.data.pixels import stored


def drawn(label, size=64, **given):
    """One digit per value given; the other factors in the middle of their range."""
    count = len(next(iter(given.values())))
    middle = {"rotation": 0.0, "thickness": glyphs.THICKNESS, "x": 0.0, "y": 0.0}
    factors = {name: np.asarray(given.get(name, np.full(count, value)), float) for name, value in middle.items()}
    return glyphs.draw_glyphs(label, factors, size)


def images_of(dataset):
    return stored(dataset, dataset.at(np.arange(dataset.count + dataset.held_out)))[:, 0].astype(float)


def test_the_spec_decides_every_bit():
    spec = GlyphsSpec(count=300, held_out=40)
    one, again, other = (build_dataset(each) for each in (spec, spec, GlyphsSpec(count=300, held_out=40, seed=1)))
    assert np.array_equal(images_of(one), images_of(again))
    assert np.array_equal(one.labels, again.labels)
    assert not np.array_equal(one.labels, other.labels)
    assert (one.shape, one.count, one.held_out) == ((1, 16, 16), 300, 40)
    assert one.classes == tuple("0123456789")
    assert np.bincount(one.labels).tolist() == [34] * 10


def test_factors_are_uniform_within_their_ranges_and_of_every_image():
    dataset = build_dataset(GlyphsSpec(size=8, count=4000, rotation=20, thickness=0.4, shift=0.1))
    reach = {"rotation": (-20, 20), "thickness": (0.066, 0.154), "x": (-0.1, 0.1), "y": (-0.1, 0.1)}
    assert set(dataset.factors) == set(reach)
    for name, (low, high) in reach.items():
        values = dataset.factors[name]
        assert values.shape == (5000,)
        width = high - low
        assert values.min() == pytest.approx(low, abs=0.01 * width)
        assert values.max() == pytest.approx(high, abs=0.01 * width)
        assert values.std() == pytest.approx(width / 12**0.5, rel=0.03)


def test_ink_grows_with_thickness_and_its_middle_moves_with_the_place():
    thin, thick = drawn(5, thickness=[0.06, 0.12]).astype(float).sum(axis=(1, 2))
    assert thick / thin == pytest.approx(2, rel=0.08)
    here, there = drawn(0, x=[0.0, 0.1], y=[0.0, -0.05]).astype(float)
    grid = (np.arange(64) + 0.5) / 64

    def middle(image):
        return (image.sum(axis=0) @ grid / image.sum(), image.sum(axis=1) @ grid / image.sum())

    assert middle(here) == pytest.approx((0.5, 0.5), abs=0.002)
    assert middle(there) == pytest.approx((0.6, 0.45), abs=0.002)


@pytest.mark.parametrize("turn", [-30, 20])
def test_rotation_turns_clockwise_by_its_degrees(turn):
    """The main axis of the ink of a digit of long strokes, from its second moments."""

    def slope(image):
        down, across = np.nonzero(image > 127)
        spread = np.cov(across, down)
        return np.rad2deg(0.5 * np.arctan2(2 * spread[0, 1], spread[0, 0] - spread[1, 1]))

    upright, turned = drawn(0, rotation=[0, turn], size=128)
    # An axis has no direction: angles count modulo half a turn.
    assert (slope(turned) - slope(upright) - turn + 90) % 180 - 90 == pytest.approx(0, abs=1)


def test_edges_are_soft_and_no_corner_is_cut_off():
    image = drawn(8, rotation=[17.0])[0]
    assert 0.02 < ((image > 0) & (image < 255)).mean() < 0.2
    images = images_of(build_dataset(GlyphsSpec(size=64, count=1000, held_out=0)))
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]])
    assert border.max() == 0
    assert images.max() == 255


def test_sizes_show_the_same_digits():
    small, large = (images_of(build_dataset(GlyphsSpec(size=size, count=50, held_out=0))) for size in (16, 64))
    assert np.abs(large.reshape(50, 16, 4, 16, 4).mean(axis=(2, 4)) - small).mean() < 4  # of 255


def test_classes_are_told_apart_by_the_nearest_image():
    dataset = build_dataset(GlyphsSpec(count=4000, held_out=300))
    images = images_of(dataset).reshape(4300, -1)
    known, asked = images[:4000], images[4000:]
    distances = (known**2).sum(axis=1)[None] - 2 * asked @ known.T
    right = dataset.labels[:4000][distances.argmin(axis=1)] == dataset.labels[4000:]
    assert 0.97 < right.mean() <= 1


def test_ten_thousand_of_32_pixels_take_seconds():
    start = time.process_time()
    build_dataset(GlyphsSpec(size=32, count=10_000, held_out=0))
    assert 0 < time.process_time() - start < 5


def test_too_many_say_so(monkeypatch):
    monkeypatch.setenv("GANSTUDIO_MEMORY_GB", "1e-6")
    with pytest.raises(DatasetError, match="So many drawn digits takes more"):
        build_dataset(GlyphsSpec(count=10))
