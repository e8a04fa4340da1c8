"""The prior p_z in one and two dimensions: density, colours, and G between the lines of its grid. Knows no widget.

Shapes: n latents, d dimensions of z, a × b lines of the grid.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.experiment import LatentSpec

Floats = npt.NDArray[np.floating[Any]]

GRID_LINES = 25
"""Lines of the manifold's grid each way, as the frames bring it."""


@dataclass(frozen=True, kw_only=True)
class _Prior:
    """One kind of prior, of independent dimensions.

    density and below take one dimension, (…) to (…): p(z) and P(Z < z). within takes (n, 2) and tells which share of
    the mass lies nearer to the centre, (n,). grid_reach is where the manifold's grid ends.
    """

    grid_reach: float
    density: Callable[[Floats], Floats]
    below: Callable[[Floats], Floats]
    within: Callable[[Floats], Floats]
    ticks: tuple[int, ...]
    rings: tuple[float, ...]
    words: str


def _normal_density(z: Floats) -> Floats:
    return np.exp(-(z**2) / 2) / math.sqrt(2 * math.pi)


def _normal_below(z: Floats) -> Floats:
    # numpy has no error function, and scipy would take longer to load than this takes for the few thousand there are.
    return np.array([(1 + math.erf(value / math.sqrt(2))) / 2 for value in z.ravel().tolist()]).reshape(z.shape)


_PRIORS = {
    "normal": _Prior(
        grid_reach=2.0,  # as in ganstudio/latent.py, which loads torch; a test holds the two equal
        density=_normal_density,
        below=_normal_below,
        within=lambda z_n2: 1 - np.exp(-(z_n2**2).sum(1) / 2),
        ticks=(-2, -1, 0, 1, 2),
        rings=(1.0, 2.0, 3.0),
        words="standard normal",
    ),
    "uniform": _Prior(
        grid_reach=0.98,
        density=lambda z: np.where(np.abs(z) <= 1, 0.5, 0.0),
        below=lambda z: np.clip((z + 1) / 2, 0, 1),
        within=lambda z_n2: np.clip(np.abs(z_n2).max(1), 0, 1) ** 2,
        ticks=(-1, 0, 1),
        rings=(),
        words="uniform on (\u22121, 1)",
    ),
}


def ticks(spec: LatentSpec) -> tuple[int, ...]:
    """Where an axis of z has its ticks."""
    return _PRIORS[spec.prior].ticks


def rings(spec: LatentSpec) -> tuple[float, ...]:
    """Radii of the contours that are worth drawing in two dimensions: whole standard deviations of a normal."""
    return _PRIORS[spec.prior].rings


def words(spec: LatentSpec) -> str:
    """The prior's name in a sentence."""
    return _PRIORS[spec.prior].words


def density(spec: LatentSpec, z: Floats) -> Floats:
    """p_z of one dimension at z, (…) to (…); in more dimensions it is the product over them."""
    return _PRIORS[spec.prior].density(np.asarray(z, float))


def grid_axis(spec: LatentSpec, lines: int = GRID_LINES) -> Floats:
    """Where the manifold's grid has its lines in each dimension: (lines,)."""
    return np.linspace(-1, 1, lines) * _PRIORS[spec.prior].grid_reach


def colours(spec: LatentSpec, latents_nd: Floats) -> npt.NDArray[np.uint8]:
    """A colour for each latent (n, 1 or 2), so that neighbours in z look alike: (n, 3) RGB.

    Two dimensions: hue by the angle; pale in the centre, full and darker outwards. One: hue along the line, from red to
    violet. Both by shares of the prior's mass, so that every colour is about as frequent as any other.
    """
    prior, latents = _PRIORS[spec.prior], np.asarray(latents_nd, float)
    assert latents.ndim == 2
    assert latents.shape[1] in (1, 2), "more dimensions have no colours"
    if latents.shape[1] == 1:
        share = prior.below(latents[:, 0])
        return _srgb(np.full(len(share), 0.76), np.full(len(share), 0.13), np.radians(25 + 290 * share))
    share = prior.within(latents)
    angle = np.arctan2(latents[:, 1], latents[:, 0])
    return _srgb(0.93 - 0.25 * share, 0.16 * np.sqrt(share), angle)


def _srgb(lightness: Floats, chroma: Floats, hue: Floats) -> npt.NDArray[np.uint8]:
    """Oklab's cylinder (n,), (n,), radians (n,) to sRGB (n, 3).

    Equal steps look equal there, which hues of HSV do not. Source: B. Ottosson, "A perceptual color space for image
    processing", 2020.
    """
    lab = np.stack([lightness, chroma * np.cos(hue), chroma * np.sin(hue)])
    cones = np.array(
        [
            [1, 0.3963377774, 0.2158037573],
            [1, -0.1055613458, -0.0638541728],
            [1, -0.0894841775, -1.2914855480],
        ]
    )
    primaries = np.array(
        [
            [4.0767416621, -3.3077115913, 0.2309699292],
            [-1.2684380046, 2.6097574011, -0.3413193965],
            [-0.0041960863, -0.7034186147, 1.7076147010],
        ]
    )
    linear = np.clip(primaries @ (cones @ lab) ** 3, 0, 1)
    shown = np.where(linear <= 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)
    colours: npt.NDArray[np.uint8] = np.round(shown.T * 255).astype(np.uint8)
    return colours
