"""How alike the textures of two images are, whatever the phase: same stripes a little to the side are the same texture.

No network and nothing learned: energies of Gabor filters, as in models of the visual cortex (Adelson and Bergen 1985).
Names of tensors: n images, h, w pixels, f filters.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.measurements.estimate import EstimationError

if TYPE_CHECKING:
    Images = npt.NDArray[np.floating]

Floats = npt.NDArray[np.float32]

DIRECTIONS = 8
SIDE = 9
"""Of a filter, in pixels."""
POOLED = 8
"""Side of the squares over which energy is a mean: within one, where a stripe lies is not told."""
_LEAST = 1e-5  # energy below which there is rounding alone, for images from -1 to 1
_SCALES = ((0.25, 1.8), (0.38, 1.2))  # cycles a pixel, and the deviation of the window in pixels
_AT_ONCE = 1 << 20  # values of spectra in memory: 8 MB


def texture(images_nchw: Images, real_nchw: Images) -> float:
    """Mean absolute difference of local energies over their real mean: 0 for equal textures, near 1 for none.

    images, real: (n, c, h, w) from -1 to 1, one of each pair; their grey is compared. It knows how strong stripes
    are and how they lie, in 8 directions and 2 scales, and not their phase. Raises EstimationError for images with a
    side below 8 pixels, and where the real ones are without any texture.
    """
    assert images_nchw.shape == real_nchw.shape, "images are compared in pairs"
    made, real = energies(images_nchw), energies(real_nchw)
    if (mean := float(real.mean(dtype=np.float64))) < _LEAST:
        raise EstimationError("the real images have no texture that others could be held against")
    return float(np.abs(made - real).mean(dtype=np.float64)) / mean


def energies(images_nchw: Images) -> Floats:
    """Root of the local energy (n, f, h / 8, w / 8) at each scale and in each direction, of the grey of images.

    What is left of a square of 8 at the right and lower edge is not seen. EstimationError: a side is below 8 pixels.
    """
    grey = np.asarray(images_nchw, np.float32).mean(1)
    height, width = grey.shape[1:]
    if min(height, width) < POOLED:
        raise EstimationError(
            f"textures are of images of at least {POOLED} × {POOLED} pixels, found {width} × {height}"
        )
    padded = (height + SIDE - 1, width + SIDE - 1)
    spectra = np.fft.rfft2(filters(), padded)
    portion = max(1, _AT_ONCE // spectra.size)
    return np.concatenate([_of(grey[at : at + portion], spectra, padded) for at in range(0, len(grey), portion)])


def _of(grey_nhw: Floats, spectra: npt.NDArray[np.complex128], padded: tuple[int, int]) -> Floats:
    height, width = grey_nhw.shape[1:]
    # Mirrored beyond its edges: with black there, an even grey would have a texture.
    edge = SIDE // 2
    wide = np.pad(grey_nhw, ((0, 0), (edge, edge), (edge, edge)), "reflect")
    answers = np.fft.irfft2(np.fft.rfft2(wide, padded)[:, None, None] * spectra, padded)
    here = answers[..., 2 * edge :, 2 * edge :]  # where the filters lie within it
    energy = np.square(here).sum(2)  # of a filter and its neighbour in quadrature: no phase is left
    down, across = height // POOLED, width // POOLED
    squares = energy[..., : down * POOLED, : across * POOLED]
    pooled = squares.reshape(*energy.shape[:2], down, POOLED, across, POOLED).mean((3, 5))
    return np.asarray(np.sqrt(pooled), np.float32)


def filters() -> npt.NDArray[np.float64]:
    """Pairs in quadrature (f, 2, 9, 9), each of length 1 and blind to an even grey."""
    reach = np.arange(SIDE) - SIDE // 2
    down, across = np.meshgrid(reach, reach, indexing="ij")
    found = []
    for cycles, deviation in _SCALES:
        window = np.exp(-(across**2 + down**2) / (2 * deviation**2))
        for direction in np.pi * np.arange(DIRECTIONS) / DIRECTIONS:
            along = across * np.cos(direction) + down * np.sin(direction)
            for phase in (0.0, np.pi / 2):
                wave = window * np.cos(2 * np.pi * cycles * along + phase)
                wave -= window * (wave.sum() / window.sum())
                found.append(wave / np.linalg.norm(wave))
    return np.reshape(found, (-1, 2, SIDE, SIDE))
