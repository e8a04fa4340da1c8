"""How far two sets of features are apart, as wholes: the Frechet distance, and the kernel distance."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.measurements.estimate import EstimationError

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.measurements.estimate import Doubles

_EPSILON = 1e-6
_ROWS = 512
"""Rows of a matrix of kernels that are in memory at one go."""


def frechet_local(left: npt.NDArray[np.floating], right: npt.NDArray[np.floating]) -> float:
    """Frechet distance of Gaussians fitted to features (n, f) and (m, f), in squared units of the features.

    |mu - nu|^2 + tr(C + D - 2 (C D)^(1/2)) (Dowson and Landau 1982), the formula of Heusel et al. 2017. Local, since it
    is the FID in name only: its features are not those of the published network, and its values are not comparable
    with published ones. It is biased up by about 1/n: hold it against real samples at the same n.
    Raises EstimationError where a side has no more samples than features.
    """
    dimension = left.shape[1]
    fewest = min(len(left), len(right))
    if fewest <= dimension:
        raise EstimationError(f"a Frechet distance in {dimension} features needs more samples a side than {fewest}")
    (mean, covariance), (other_mean, other_covariance) = _moments(left), _moments(right)
    some = _EPSILON * np.eye(dimension)
    return frechet_of_gaussians(mean, covariance + some, other_mean, other_covariance + some)


def frechet_inception(left: npt.NDArray[np.floating], right: npt.NDArray[np.floating]) -> float:
    """The published FID (Heusel et al. 2017) of Inception's features (n, 2048) and (m, 2048).

    With no more samples than features it is the distance of Gaussians that are flat in some directions: defined, but
    far above what more samples give, so that only figures of the same n can be compared; published ones are of 10,000
    or 50,000. Raises EstimationError for fewer than 2 samples a side.
    """
    if min(len(left), len(right)) < 2:
        raise EstimationError("the FID needs 2 images a side or more")
    return frechet_of_gaussians(*_moments(left), *_moments(right))


def frechet_of_gaussians(mean: Doubles, covariance: Doubles, other_mean: Doubles, other_covariance: Doubles) -> float:
    """|mu - nu|^2 + tr(C + D - 2 (C D)^(1/2)) of means (f,) and covariances (f, f), at least 0."""
    values, vectors = np.linalg.eigh(covariance)
    root = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
    # C^(1/2) D C^(1/2) has the eigenvalues of C D, and is symmetric: no complex root can come of rounding.
    middle = root @ other_covariance @ root
    crossed = np.sqrt(np.maximum(np.linalg.eigvalsh((middle + middle.T) / 2), 0.0)).sum()
    apart = float(((mean - other_mean) ** 2).sum() + np.trace(covariance) + np.trace(other_covariance) - 2 * crossed)
    return max(0.0, apart)


def _moments(features: npt.NDArray[np.floating]) -> tuple[Doubles, Doubles]:
    doubles = features.astype(np.float64)
    covariance = np.cov(doubles, rowvar=False).reshape(doubles.shape[1], -1)
    return doubles.mean(axis=0), (covariance + covariance.T) / 2


@dataclass(frozen=True, kw_only=True)
class KernelDistance:
    """Squared maximum mean discrepancy, unbiased: around 0, below it too, where both sides are of one distribution."""

    value: float
    standard_error: float


def kernel_distance(left: npt.NDArray[np.floating], right: npt.NDArray[np.floating]) -> KernelDistance:
    """Kernel distance of features (n, f) and (m, f) with the kernel (x.y / f + 1)^3 (Binkowski et al. 2018).

    The first min(n, m) of each side are taken, paired, so that the estimate is one U-statistic (Gretton et al. 2012,
    lemma 6), whose variance is 4 (n - 2) / (n (n - 1)) zeta_1 + 2 / (n (n - 1)) zeta_2 (Hoeffding 1948). Memory grows
    with n, not with its square. Raises EstimationError for fewer than 4 samples a side.
    """
    count = min(len(left), len(right))
    if count < 4:
        raise EstimationError(f"a kernel distance needs 4 samples a side or more, found {count}")
    x, y = left[:count].astype(np.float64), right[:count].astype(np.float64)
    rows, squares = np.empty(count), 0.0
    for start in range(0, count, _ROWS):
        part = slice(start, min(start + _ROWS, count))
        terms = _kernel(x[part], x) + _kernel(y[part], y) - _kernel(x[part], y) - _kernel(y[part], x)
        terms[np.arange(len(terms)), np.arange(part.start, part.stop)] = 0.0
        rows[part] = terms.sum(axis=1)
        squares += float((terms**2).sum())
    pairs = count * (count - 1)
    value = float(rows.sum()) / pairs
    second = max(0.0, squares / pairs - value**2)
    # The rows' means vary by zeta_1, and by what is left of zeta_2 in a mean of so many terms.
    first = max(0.0, float((rows / (count - 1)).var(ddof=1)) - second / (count - 1))
    variance = (4 * (count - 2) * first + 2 * second) / pairs
    return KernelDistance(value=value, standard_error=math.sqrt(variance))


def _kernel(left: Doubles, right: Doubles) -> Doubles:
    kernel: Doubles = (left @ right.T / left.shape[1] + 1.0) ** 3
    return kernel
