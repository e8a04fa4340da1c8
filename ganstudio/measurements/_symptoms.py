"""Signs of a broken game. Each returns its evidence in words, or nothing where it is not there. numpy only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.scalars import percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    Doubles = npt.NDArray[np.float64]

SURE = 0.99
"""Above it D is sure of data, and below 1 - SURE of samples."""
DOUBTLESS = 0.05
"""Below this D(G(z)) the saturating update has lost 95 % of its strength."""
FAINT = 0.1
"""Part of its strongest level so far below which G's gradient is called collapsed. Healthy games end at 0.3, by decay,
with D unsure; five that stalled at 0.0025 to 0.1 and falling."""
FLAT = 0.003
"""Root mean square of D's means on data less those on samples, one minibatch each, below which D tells nothing apart.
Healthy games mostly stay above 0.006, but two moons learnt to the end came to 0.0005; a dead D is at 0.0000."""
DIFFERENT = 0.06
"""JSD in nats from which p_g is not p_data. Over 16 cells a healthy ring ends at 0.02 to 0.07, two moons and
the spiral at 0.005; games with a dead D at 0.12 to 0.35."""
MISSING = 0.25
"""Share of the modes, or of the data, that G must miss. Healthy games miss at most a tenth once warmed up, but for
the spiral, which misses 0.38 for a while as it is learnt."""
REACHED = 0.1
"""Part of the data's share of a mode that G's samples need to reach it, as in the strict count of the protocol."""
NEAR = 0.25
"""Distance, in standard deviations of the data, within which a sample stands for a point. Between modes of the ring
there are 1.08 of them, between the arms of the spiral 0.9."""
SWING, TURNS = 0.5, 4
"""Standard deviation of the samples' mean along its way, in those of the data, and how often it must cross its middle.
Healthy games swing by 0.05 to 0.2; those whose players chase each other by 0.6 to 20."""
LOOKS = 8
"""Points of the way, at least."""
SCALAR_SWING, PERIODIC = 0.04, 0.4
"""Standard deviation of D(G(z)) over blocks of 10 steps, and the height of its autocorrelation at its period. Healthy
games have 0.007 to 0.044, the last at a height of 0.02; those that circle have 0.05 to 0.19, many at 0.4 to 0.6."""
CELLS_DEPTH = 4
"""Halvings of the data into cells: 16."""


class Target:
    """p_data, as samples are compared with it: real points (m, 2), and the means (k, 2) of a mixture, if known."""

    def __init__(self, real: Doubles, modes: Doubles | None) -> None:
        self._centre = real.mean(axis=0)
        self._scale = float(np.sqrt(real.var(axis=0).mean())) or 1.0
        self._real = self.standardise(real[:500])
        self._modes = None if modes is None or len(modes) < 2 else np.asarray(modes, np.float64)
        self._shares = None if self._modes is None else self._shares_of(real)
        self._cuts = _cuts(real, CELLS_DEPTH)
        self._cell_shares = _counts(real, self._cuts) / len(real)

    def standardise(self, points: Doubles) -> Doubles:
        """Points (..., 2) in standard deviations of the data from its mean."""
        return np.asarray((points - self._centre) / self._scale)

    def divergence(self, points: Doubles) -> float:
        """JSD in nats between the shares of points (n, 2) and data in 16 cells of equal mass.

        No more than the JSD of the distributions but for noise (data processing inequality), biased up by about
        16 / 8 (1 / n + 1 / m): 0.003 at 1,000 and 2,000.
        """
        return _jsd(_counts(points, self._cuts) / len(points), self._cell_shares)

    def collapse(self, points: Doubles) -> str:
        """Modes, or where none are known parts of the data, that points (n, 2) leave out.

        A sample counts for the nearest mode, however far: a game under way has few within 3 standard deviations.
        """
        if self._shares is None:
            far = _nearest(self._real, self.standardise(points)) > NEAR
            if far.mean() < MISSING:
                return ""
            return f"G makes nothing near {percent(far.mean(), 0)} of the data"
        shares = self._shares_of(points)
        missed = int((shares < REACHED * self._shares).sum())
        if missed < MISSING * len(shares):
            return ""
        most = percent(shares.max(), 0)
        return f"G reaches {len(shares) - missed} of {len(shares)} modes; {most} of its samples lie in one"

    def _shares_of(self, points: Doubles) -> Doubles:
        assert self._modes is not None
        squares = np.square(points[:, None, :] - self._modes[None, :, :]).sum(axis=2)
        counts = np.bincount(squares.argmin(axis=1), minlength=len(self._modes))
        return np.asarray(counts / len(points), np.float64)


# --- from scalars -----------------------------------------------------------------------------------------------------


def broken(names: Sequence[str]) -> str:
    """Numbers, by name, that are no longer finite."""
    shown = ", ".join(names[:3]) + (" and more" if len(names) > 3 else "")
    return f"{shown} became infinite or NaN"


def perfect(real: Doubles, fake: Doubles) -> str:
    """D sure of both, from D(x) and D(G(z)) (n,)."""
    if real.mean() <= SURE or fake.mean() >= 1 - SURE:
        return ""
    return f"D(x) is {real.mean():.4f} and D(G(z)) {fake.mean():.4f}: D tells every sample from the data"


def vanishing(fake: Doubles, gradient: float, peak: float) -> str:
    """G's gradient collapsed against its own ``peak`` while D is sure of the samples, from D(G(z)) (n,)."""
    if fake.mean() >= DOUBTLESS or gradient >= FAINT * peak:
        return ""
    fall = f"1/{peak / gradient:,.0f} of" if 1000 * gradient > peak else "less than a thousandth of"
    return f"G's gradient is {gradient:.2g}, {fall} the {peak:.2g} it was, while D(G(z)) is {fake.mean():.4f}"


def flatness(real: Doubles, fake: Doubles) -> float | None:
    """D's level, from D(x) and D(G(z)) (n,), where it is the same for both in every minibatch; else None."""
    gap = float(np.sqrt(np.square(real - fake).mean()))
    return float(fake.mean()) if gap < FLAT else None


def constant(level: float | None, jsd: float) -> str:
    """D the same everywhere though the JSD, nats, shows that samples and data differ; else it is as it should be."""
    if level is None or jsd < DIFFERENT:
        return ""
    return (
        f"D says {level:.3f} to data and samples alike, as if the game had converged, "
        f"yet they differ: JSD at least {jsd:.2f} nats"
    )


def swinging_scalar(fake: Doubles) -> str:
    """D(G(z)) (n,) up and down with a clear period, which must fit twice into what is known."""
    blocks = fake[: len(fake) // 10 * 10].reshape(-1, 10).mean(axis=1)
    if len(blocks) < 100 or blocks.std() < SCALAR_SWING:
        return ""
    period, height = _period(blocks[:, None])
    if height < PERIODIC:
        return ""
    return f"D(G(z)) goes up and down by {blocks.std():.2f} about {fake.mean():.2f} every {10 * period:,.0f} steps"


# --- from samples -----------------------------------------------------------------------------------------------------


def swinging_samples(path: Sequence[tuple[int, Doubles]]) -> str:
    """The way of the samples' mean: (step, (2,) in standard deviations of the data) at some steps, in order."""
    if len(path) < LOOKS:
        return ""
    steps = np.array([step for step, _ in path], np.float64)
    way = _detrended(np.array([mean for _, mean in path]), steps)
    along = way @ np.linalg.svd(way, full_matrices=False)[2][0]
    swing, turns = float(along.std()), int((np.diff(np.sign(along)) != 0).sum())
    if swing < SWING or turns < TURNS:
        return ""
    span = steps[-1] - steps[0]
    return (
        f"The mean of G's samples swings by {swing:.1f} standard deviations of the data "
        f"and crossed its middle {turns} times in {span:,.0f} steps"
    )


# --- how --------------------------------------------------------------------------------------------------------------


def _detrended(values: Doubles, at: Doubles) -> Doubles:
    """Values (n, c) less their best straight lines."""
    design = np.stack([np.ones_like(at), at - at.mean()], axis=1)
    return np.asarray(values - design @ np.linalg.lstsq(design, values, rcond=None)[0])


def _period(values: Doubles) -> tuple[int, float]:
    """Lag and height of the autocorrelation's first peak past its first zero, for values (n, 1); (0, 0) if none."""
    way = _detrended(values, np.arange(len(values), dtype=np.float64))[:, 0]
    power = np.square(np.abs(np.fft.rfft(way, 2 * len(way))))
    lags = np.fft.irfft(power)[: len(way) // 2] / np.arange(len(way), len(way) - len(way) // 2, -1)
    below = np.flatnonzero(lags < 0)
    if not len(below):
        return 0, 0.0
    peak = int(below[0] + lags[below[0] :].argmax())
    return peak, float(lags[peak] / lags[0])


def _nearest(points: Doubles, others: Doubles) -> Doubles:
    """Distance of each of points (n, 2) to the nearest of others (m, 2), right to 1e-7 of their spread about 0."""
    # A product of matrices is several times as fast as the differences.
    squares = np.square(others).sum(axis=1) - 2 * points @ others.T
    return np.asarray(np.sqrt(np.maximum(np.square(points).sum(axis=1) + squares.min(axis=1), 0.0)))


Cuts = tuple[int, float, "Cuts", "Cuts"] | None


def _cuts(points: Doubles, depth: int) -> Cuts:
    """Halve points (n, 2) at the median of their wider axis, ``depth`` times over: 2 ** depth cells of equal mass."""
    if depth == 0:
        return None
    axis = int(points.std(axis=0).argmax())
    where = float(np.median(points[:, axis]))
    left = points[:, axis] <= where
    if left.all():  # many equal points: nothing on the right
        left[len(left) // 2 :] = False
    return axis, where, _cuts(points[left], depth - 1), _cuts(points[~left], depth - 1)


def _counts(points: Doubles, cuts: Cuts) -> Doubles:
    """How many of points (n, 2) lie in each cell."""
    if cuts is None:
        return np.array([len(points)], np.float64)
    axis, where, low, high = cuts
    left = points[:, axis] <= where
    return np.concatenate([_counts(points[left], low), _counts(points[~left], high)])


def _jsd(p: Doubles, q: Doubles) -> float:
    middle = (p + q) / 2
    return (_kl(p, middle) + _kl(q, middle)) / 2


def _kl(p: Doubles, q: Doubles) -> float:
    there = p > 0
    return float(np.sum(p[there] * np.log(p[there] / q[there])))
