"""How much of a Gaussian mixture a generator reaches: the protocol of the VEEGAN and PacGAN papers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt

SAMPLES = 2500
"""How many samples the protocol draws."""
RADIUS = 3.0
"""Within how many standard deviations of a mean a sample is of high quality; of the data itself 98.9 % are."""
STRICT_SHARE = 0.1
"""Which part of its fair share of the samples a mode needs to count strictly."""


@dataclass(frozen=True, kw_only=True)
class ModeCoverage:
    """What samples reach of a mixture.

    modes: means with at least one high-quality sample. modes_strict: with at least a tenth of their fair share.
    high_quality: share of the samples within 3 standard deviations of a mean.
    mode_kl: KL of the modes' shares of the high-quality samples to uniform, nats; None when there are none.
    counts: (m,) high-quality samples of each mode.
    """

    modes: int
    modes_strict: int
    high_quality: float
    mode_kl: float | None
    counts: tuple[int, ...]


def mode_coverage(points: npt.NDArray[np.floating[Any]], modes: npt.NDArray[np.float64], sigma: float) -> ModeCoverage:
    """Compare points (n, 2) with a mixture of Gaussians at ``modes`` (m, 2), all in data units.

    Srivastava et al. 2017 (VEEGAN), Lin et al. 2018 (PacGAN). Points that aren't finite are of low quality.
    """
    assert points.ndim == 2, points.shape
    assert len(points), "coverage of no points"
    # Unlike a matrix of products, differences keep their digits when sigma is small beside the means.
    squares = np.square(points[:, None, :].astype(np.float64) - modes[None, :, :]).sum(axis=2)
    squares = np.where(np.isfinite(squares), squares, np.inf)
    nearest = squares.argmin(axis=1)
    good = squares[np.arange(len(points)), nearest] <= (RADIUS * sigma) ** 2
    counts = np.bincount(nearest[good], minlength=len(modes))
    return ModeCoverage(
        modes=int((counts > 0).sum()),
        modes_strict=int((counts >= max(1.0, STRICT_SHARE * len(points) / len(modes))).sum()),
        high_quality=float(good.mean()),
        mode_kl=_kl_to_uniform(counts) if counts.any() else None,
        counts=tuple(counts.tolist()),
    )


def _kl_to_uniform(counts: npt.NDArray[np.int64]) -> float:
    shares = counts[counts > 0] / counts.sum()
    # Rounding alone may leave -1e-17 where the shares are equal.
    return max(0.0, float(np.sum(shares * np.log(shares * len(counts)))))
