"""How well images are restored from smaller ones: pixel by pixel, in structure, in detail, and shrunk again.

Images are (n, c, h, w) in model units, from -1 to 1, one of each pair; what lies outside is cut off first, as a file
would. No single figure tells all: the mean of all that may have been has the best PSNR and no detail, and noise of the
right power has detail and is no picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt

from ganstudio.data.givens import shrinking
from ganstudio.measurements.estimate import EstimationError

if TYPE_CHECKING:
    Images = npt.NDArray[np.floating]

Floats = npt.NDArray[np.float32]
Doubles = npt.NDArray[np.float64]

RANGE = 2.0
"""From the darkest to the brightest, in model units."""
_LEAST = 1e-10  # mean squared error below which images are taken for equal: 106 dB
_WINDOW, _DEVIATION = 11, 1.5
_STABLE = (0.01, 0.03)


def psnr(images_nchw: Images, real_nchw: Images) -> float:
    """Peak signal-to-noise ratio in dB, the mean over images; 106 where they are equal."""
    made, real = _both(images_nchw, real_nchw)
    errors = np.square(made - real).mean((1, 2, 3))
    return float((10 * np.log10(RANGE**2 / np.maximum(errors, _LEAST))).mean())


def ssim(images_nchw: Images, real_nchw: Images) -> float:
    """Structural similarity of their grey, the mean over images and places; 1 where they are equal.

    Wang et al. 2004: a Gaussian window of 11 pixels and deviation 1.5. EstimationError: a side is below 11 pixels.
    """
    made, real = (each.mean(1) for each in _both(images_nchw, real_nchw))
    height, width = made.shape[1:]
    if min(height, width) < _WINDOW:
        raise EstimationError(f"SSIM is of images of at least {_WINDOW} × {_WINDOW} pixels, found {width} × {height}")
    rows, columns = _blurring(height), _blurring(width)

    def local(values: Doubles) -> Doubles:
        return rows @ values @ columns.T

    first, second = ((share * RANGE) ** 2 for share in _STABLE)
    mean_made, mean_real = local(made), local(real)
    products, squares = mean_made * mean_real, mean_made**2 + mean_real**2
    common = local(made * real) - products
    variances = local(made**2) + local(real**2) - squares
    alike = (2 * products + first) * (2 * common + second) / ((squares + first) * (variances + second))
    return float(alike.mean())


def detail(images_nchw: Images, real_nchw: Images, factor: int) -> float:
    """Power above what images smaller by ``factor`` can show, over that of the real ones: 1 is as much.

    More is not better than 1, and noise has it too: look at ``texture`` as well. EstimationError: the real ones have
    none.
    """
    made, real = (fine_power(each, factor) for each in _both(images_nchw, real_nchw))
    if real < _LEAST:
        raise EstimationError("the real images show nothing that the small ones could not show as well")
    return made / real


def fine_power(images_nchw: Images, factor: int) -> float:
    """Power of their grey above the Nyquist frequency of images smaller by ``factor``, a pixel; squared model units."""
    grey = np.asarray(images_nchw, np.float64).mean(1)
    height, width = grey.shape[1:]
    power = np.square(np.abs(np.fft.fft2(grey))) / (height * width) ** 2
    return float((power * _fine(height, width, factor)).sum((1, 2)).mean())


def consistency(images_nchw: Images, real_nchw: Images, factor: int) -> float:
    """PSNR in dB of images and real ones, both made smaller by ``factor``: whether they agree with the small image."""
    made, real = _both(images_nchw, real_nchw)
    return psnr(shrunk(made, factor), shrunk(real, factor))


def shrunk(images_nchw: Images, factor: int) -> Doubles:
    """Images made smaller, as ``LowResolution`` makes them."""
    height, width = images_nchw.shape[2:]
    return np.asarray(shrinking(height, factor) @ images_nchw @ shrinking(width, factor).T, np.float64)


def with_noise(images_nchw: Images, real_nchw: Images, factor: int, random: np.random.Generator) -> Floats:
    """Images with white noise of just the power that they lack above the small images' Nyquist frequency.

    The control of ``detail``: as much of it as the real ones have, and no picture. One that lacks none stays.
    """
    lacks = fine_power(real_nchw, factor) - fine_power(images_nchw, factor)
    height, width = images_nchw.shape[2:]
    spectrum = np.fft.fft2(random.standard_normal(images_nchw.shape)) * _fine(height, width, factor)
    noise = np.fft.ifft2(spectrum).real
    loudness = np.sqrt(max(0.0, lacks) / fine_power(noise, factor))
    return np.asarray(images_nchw + loudness * noise, np.float32)


def _both(images_nchw: Images, real_nchw: Images) -> tuple[Doubles, Doubles]:
    assert images_nchw.shape == real_nchw.shape, "images are compared in pairs"
    return np.clip(images_nchw, -1, 1, dtype=np.float64), np.clip(real_nchw, -1, 1, dtype=np.float64)


def _fine(height: int, width: int, factor: int) -> npt.NDArray[np.bool_]:
    """Which of an image's frequencies (h, w) a smaller one can't show."""
    down, across = np.fft.fftfreq(height)[:, None], np.fft.fftfreq(width)[None]
    return cast("npt.NDArray[np.bool_]", np.maximum(np.abs(down), np.abs(across)) > 0.5 / factor)


def _blurring(side: int) -> Doubles:
    """The matrix (side - 10, side) of the Gaussian window at all places where it lies within a line of pixels."""
    window = np.exp(-np.square(np.arange(_WINDOW) - _WINDOW // 2) / (2 * _DEVIATION**2))
    matrix = np.zeros((side - _WINDOW + 1, side))
    for place, row in enumerate(matrix):
        row[place : place + _WINDOW] = window / window.sum()
    return matrix
