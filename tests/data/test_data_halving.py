"""Halving images and enlarging them again: exact at any side, and what torch makes of even ones."""

import numpy as np
import pytest
import torch
from torch.nn.functional import avg_pool2d, interpolate

from ganstudio.data.images.halving import averaging, enlarged, enlarging, halved, pyramid, rebuilt


def noise(*shape):
    return np.random.default_rng(0).uniform(-1, 1, shape).astype(np.float32)


@pytest.mark.parametrize(
    ("shape", "halvings", "coarsest"),
    [
        ((4, 3, 32, 32), 2, (8, 8)),
        ((4, 1, 28, 28), 2, (7, 7)),
        ((3, 3, 45, 30), 3, (6, 4)),
        ((2, 1, 9, 17), 1, (5, 9)),
        ((2, 3, 97, 101), 4, (7, 7)),
    ],
)
def test_a_pyramid_gives_its_image_back(shape, halvings, coarsest):
    images = noise(*shape)
    levels = pyramid(images, halvings)
    assert levels[-1].shape[-2:] == coarsest
    assert len(levels) == halvings + 1
    assert np.abs(rebuilt(levels) - images).max() <= 1e-6
    assert np.abs(levels[0]).max() > 0.5  # the detail is in the levels, not in the coarsest


def test_even_sides_are_halved_and_enlarged_as_torch_does():
    images = noise(5, 3, 16, 24)
    small = halved(images)
    np.testing.assert_allclose(small, avg_pool2d(torch.from_numpy(images), 2).numpy(), atol=1e-6)
    back = interpolate(torch.from_numpy(small), size=(16, 24), mode="bilinear", align_corners=False).numpy()
    np.testing.assert_allclose(enlarged(small, 16, 24), back, atol=1e-6)


@pytest.mark.parametrize("side", [7, 8, 15, 33])
def test_both_maps_keep_what_is_even(side):
    np.testing.assert_allclose(averaging(side).sum(1), 1, atol=1e-6)
    np.testing.assert_allclose(enlarging(side).sum(1), 1, atol=1e-6)
    # Every pixel counts as much as any other: the mean stays.
    np.testing.assert_allclose(averaging(side).mean(0), 1 / side, atol=1e-6)


def test_odd_sides_are_enlarged_as_torch_does():
    small = noise(2, 1, 4, 8)
    back = interpolate(torch.from_numpy(small), size=(7, 15), mode="bilinear", align_corners=False).numpy()
    np.testing.assert_allclose(enlarged(small, 7, 15), back, atol=1e-6)


def test_shared_matrices_cannot_be_written():
    with pytest.raises(ValueError, match="read-only"):
        averaging(8)[0, 0] = 1
