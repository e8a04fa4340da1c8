"""Figures of restored images, on pictures of which the truth is known: fine stripes whose phase a small image hides."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate

from ganstudio.measurements import EstimationError
from ganstudio.measurements.restoration import consistency, detail, fine_power, psnr, shrunk, ssim, with_noise
from ganstudio.measurements.texture import energies, filters, texture

COUNT, SIDE, PERIOD = 64, 32, 4


def striped(
    seed: int = 0, *, phase_seed: int = 1, turn: float = 0.0, strength: float = 0.5
) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    """Images (n, 3, 32, 32) of one colour each with stripes of 4 pixels, finer than images smaller by 4 can show."""
    random, phases = np.random.default_rng(seed), np.random.default_rng(phase_seed)
    direction = random.uniform(0, np.pi, COUNT)[:, None, None] + turn
    colour = random.uniform(-0.4, 0.4, (COUNT, 3, 1, 1))
    y, x = np.mgrid[:SIDE, :SIDE]
    along = x * np.cos(direction) + y * np.sin(direction)
    wave = np.sin(2 * np.pi * along / PERIOD + phases.uniform(0, 2 * np.pi, COUNT)[:, None, None])
    return (colour + strength * wave[:, None]).astype(np.float32)


REAL = striped()
SMALL = shrunk(REAL, 4)
ENLARGED = interpolate(torch.from_numpy(SMALL), scale_factor=4, mode="bicubic").numpy()
OTHER_PHASE = striped(phase_seed=2)
NOISY = with_noise(ENLARGED, REAL, 4, np.random.default_rng(0))


def test_equal_images_are_at_the_best_end() -> None:
    assert psnr(REAL, REAL) == pytest.approx(106, abs=0.1)
    assert ssim(REAL, REAL) == pytest.approx(1, abs=1e-9)
    assert detail(REAL, REAL, 4) == pytest.approx(1, abs=1e-9)
    assert consistency(REAL, REAL, 4) == pytest.approx(106, abs=0.1)
    assert texture(REAL, REAL) == pytest.approx(0, abs=1e-9)


def test_psnr_is_that_of_the_error() -> None:
    error = np.random.default_rng(3).normal(0, 0.02, REAL.shape)
    assert psnr(0.5 * REAL + error, 0.5 * REAL) == pytest.approx(20 * np.log10(2 / 0.02), abs=0.05)


def test_what_is_beyond_black_and_white_is_cut_off() -> None:
    white = np.ones((2, 1, 16, 16), np.float32)
    assert psnr(3 * white, white) == pytest.approx(106, abs=0.1)
    assert ssim(3 * white, white) == pytest.approx(1, abs=1e-9)


def test_ssim_is_that_of_single_windows() -> None:
    """By the equation itself, in one place."""
    one, other = (each[:1, :, 5:16, 9:20].astype(np.float64).mean(1)[0] for each in (REAL, OTHER_PHASE))
    window = np.exp(-np.square(np.arange(11) - 5) / 4.5)
    weights = np.outer(window, window) / window.sum() ** 2
    means = [(weights * each).sum() for each in (one, other)]
    variances = [(weights * np.square(each)).sum() - mean**2 for each, mean in zip((one, other), means, strict=True)]
    common = (weights * one * other).sum() - means[0] * means[1]
    expected = (2 * means[0] * means[1] + 0.0004) * (2 * common + 0.0036)
    expected /= (means[0] ** 2 + means[1] ** 2 + 0.0004) * (sum(variances) + 0.0036)
    assert ssim(REAL[:1, :, 5:16, 9:20], OTHER_PHASE[:1, :, 5:16, 9:20]) == pytest.approx(expected, abs=1e-6)


def test_power_is_told_apart_at_the_small_images_limit() -> None:
    y, x = np.mgrid[:32, :32]
    for cycles, expected in ((3, 0.0), (4, 0.0), (5, 0.02), (13, 0.02)):  # of 32 pixels; up to 4 a small one can show
        wave = 0.2 * np.sin(2 * np.pi * cycles * (x + 2 * y) / 32 if cycles == 5 else 2 * np.pi * cycles * x / 32)
        assert fine_power(np.broadcast_to(wave, (1, 1, 32, 32)), 4) == pytest.approx(expected, abs=1e-9)


def test_another_phase_is_the_same_texture_with_all_detail_and_the_pixels_of_no_stripes() -> None:
    """What the small image tells is kept in both; only what it does not tell differs."""
    assert 0 < texture(OTHER_PHASE, REAL) < 0.12
    assert detail(OTHER_PHASE, REAL, 4) == pytest.approx(1, abs=0.03)
    assert consistency(OTHER_PHASE, REAL, 4) > 28
    # The mean of 10 log10 (1 - cos) of all phases is -3 dB, which is what leaving the stripes out costs.
    assert psnr(OTHER_PHASE, REAL) == pytest.approx(psnr(ENLARGED, REAL), abs=1)


def test_merely_enlarged_images_have_no_detail() -> None:
    assert 0 < detail(ENLARGED, REAL, 4) < 0.1
    assert 0.6 < texture(ENLARGED, REAL) < 1


def test_noise_of_the_right_power_has_detail_and_no_texture() -> None:
    assert detail(NOISY, REAL, 4) == pytest.approx(0.8, abs=0.07)  # its peaks are cut off at black and white
    assert 0.5 < texture(NOISY, REAL) < 1
    assert consistency(NOISY, REAL, 4) > 25
    np.testing.assert_array_equal(with_noise(REAL, REAL, 4, np.random.default_rng(0)), REAL)


def test_texture_knows_direction_and_strength() -> None:
    turned, weaker = striped(phase_seed=2, turn=np.pi / 6), striped(phase_seed=2, strength=0.25)
    assert texture(turned, REAL) > 6 * texture(OTHER_PHASE, REAL)
    assert texture(weaker, REAL) == pytest.approx(0.5, abs=0.1)


def test_filters_are_pairs_that_an_even_grey_does_not_move() -> None:
    found = filters()
    assert found.shape == (16, 2, 9, 9)
    np.testing.assert_allclose(np.square(found).sum((2, 3)), 1, atol=1e-9)
    np.testing.assert_allclose(found.sum((2, 3)), 0, atol=1e-9)
    np.testing.assert_allclose((found[:, 0] * found[:, 1]).sum((1, 2)), 0, atol=1e-9)


def test_energies_are_those_of_torchs_convolutions() -> None:
    grey = torch.from_numpy(REAL[:3]).mean(1, keepdim=True)
    kernels = torch.from_numpy(filters()).float().flatten(0, 1)[:, None].flip(2, 3)
    mirrored = torch.nn.functional.pad(grey, (4, 4, 4, 4), mode="reflect")
    answers = torch.nn.functional.conv2d(mirrored, kernels).unflatten(1, (16, 2))
    expected = torch.nn.functional.avg_pool2d(answers.square().sum(2), 8).sqrt()
    np.testing.assert_allclose(energies(REAL[:3]), expected, atol=2e-5)


def test_energies_are_of_whole_squares_at_any_size() -> None:
    wide = np.random.default_rng(0).normal(0, 1, (2, 1, 19, 42)).astype(np.float32)
    assert energies(wide).shape == (2, 16, 2, 5)


def test_what_cannot_be_measured_is_told() -> None:
    small, even = np.zeros((1, 3, 6, 20), np.float32), np.full((1, 3, 16, 16), 0.3, np.float32)
    with pytest.raises(EstimationError, match="at least 8 × 8 pixels, found 20 × 6"):
        texture(small, small)
    with pytest.raises(EstimationError, match="at least 11 × 11 pixels, found 20 × 6"):
        ssim(small, small)
    with pytest.raises(EstimationError, match="nothing that the small ones could not show"):
        detail(even, even, 4)
    with pytest.raises(EstimationError, match="no texture"):
        texture(even, even)


def test_an_even_grey_has_no_texture_however_bright() -> None:
    for level in (-1.0, -0.3, 0.004, 1.0):
        assert energies(np.full((1, 3, 24, 24), level, np.float32)).max() < 1e-5
    brighter = REAL + np.linspace(-0.4, 0.4, COUNT, dtype=np.float32)[:, None, None, None]
    assert texture(brighter, REAL) == pytest.approx(0, abs=1e-5)
