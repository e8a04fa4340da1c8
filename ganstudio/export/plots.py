"""Plots that need no display: curves of a run, and points of several games."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.export.scatter import FAKE, MUTED, REAL, paint, tidy
from ganstudio.export.writing import write
from ganstudio.measurements import LOG2, jsd_bound, moving_average, value_statistics
from ganstudio.presets import judged

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ganstudio.experiment import Experiment

    FloatArray = npt.NDArray[np.float64]

_DISCRIMINATOR, _GENERATOR = "#3f6ae0", "#d6336c"
_POINTS_PAINTED = 4000
"""Values of a curve that are painted: a few for each column of pixels."""


def save_games(path: Path, made: Sequence[npt.NDArray[np.float32]], names: Sequence[str]) -> None:
    """Write a PNG with a plot of points (n, 2) for each of several games, as a file of their run.

    Raises ExportError when it can't be written.
    """
    from matplotlib.figure import Figure

    across = math.ceil(math.sqrt(len(made)))
    down = math.ceil(len(made) / across)
    figure = Figure(figsize=(2.6 * across, 2.8 * down), dpi=100, layout="constrained")
    finite = [points[np.isfinite(points).all(axis=1)] for points in made]
    everything = np.concatenate(finite)
    low, high = np.quantile(everything, [0.005, 0.995], axis=0) if len(everything) else (np.zeros(2), np.ones(2))
    edge = 0.1 * max(float(np.max(high - low)), 1e-6)
    for place, (points, name) in enumerate(zip(finite, names, strict=True), start=1):
        axes = figure.add_subplot(down, across, place)
        axes.scatter(points[:, 0], points[:, 1], s=2, color=FAKE, linewidths=0)
        axes.set(title=name, xlim=(low[0] - edge, high[0] + edge), ylim=(low[1] - edge, high[1] + edge), aspect="equal")
        axes.tick_params(labelsize=6)
    _save_figure(figure, path, of_run=True)


def curves_png(
    path: Path, rows: FloatArray, names: Sequence[str], experiment: Experiment, *, of_run: bool = False
) -> None:
    """Plot a run's scalars: losses, D(x) and D(G(z)), the bound on the JSD; ExportError when it can't be written.

    rows: (n, 2 + len(names)) of step, seconds, values; NaN where a value is missing. of_run: as in ``written``.
    """
    from matplotlib.figure import Figure

    columns = {name: rows[:, index] for index, name in enumerate(names, start=2)}
    steps = rows[:, 0]
    figure = Figure(figsize=(9, 9), dpi=110, layout="constrained")
    losses, beliefs, divergence = figure.subplots(3, 1, sharex=True)
    figure.suptitle(f"{experiment.name}: {experiment.objective.kind.replace('_', ' ')}, seed {experiment.seed}")
    window = experiment.measures.window
    _plot_averages(losses, steps, columns, {"d_loss": ("D", _DISCRIMINATOR), "g_loss": ("G", _GENERATOR)}, window)
    losses.set_ylabel("loss")
    energies = experiment.objective.energies
    sign = "E" if energies else "D"
    opinions = {"d_real": (f"{sign}(x)", REAL), "d_fake": (f"{sign}(G(z))", FAKE)}
    _plot_averages(beliefs, steps, columns, opinions, window)
    if energies:
        beliefs.set(ylabel="energy")
    else:
        beliefs.axhline(0.5, color=MUTED, linewidth=0.8, linestyle=":")
        beliefs.set(ylabel="probability", ylim=(-0.03, 1.03))
    _plot_bound(divergence, steps, columns["value"], window, judged(experiment))
    divergence.set_xlabel(f"step (lines: moving averages over {window} steps)")
    _save_figure(figure, path, of_run=of_run)


def _plot_averages(
    axes: Axes,
    steps: FloatArray,
    columns: Mapping[str, FloatArray],
    wanted: Mapping[str, tuple[str, str]],
    window: int,
) -> None:
    """Each column raw and faint behind its moving average."""
    for name, (label, colour) in wanted.items():
        x, low, high = _envelope(steps, columns[name])
        axes.fill_between(x, low, high, color=colour, alpha=0.25, linewidth=0.6)
        chosen = _thinned(len(steps))
        axes.plot(steps[chosen], moving_average(columns[name], window)[chosen], color=colour, label=label)
    axes.legend(loc="upper right", frameon=False, ncols=2)
    tidy(axes)


def _plot_bound(axes: Axes, steps: FloatArray, value: FloatArray, window: int, of: str) -> None:
    """Log 2 + V/2 with two standard errors on either side, clipped to where a JSD lies; of packs, or samples alone."""
    statistics = value_statistics(value, window)
    chosen = _thinned(len(steps))
    bound, error = jsd_bound(statistics.mean[chosen]), statistics.standard_error[chosen]
    low, high = (
        np.clip(edge, 0, LOG2) for edge in (bound - error, bound + error)
    )  # the error of V/2 is half of V's, doubled
    axes.fill_between(steps[chosen], low, high, color=_DISCRIMINATOR, alpha=0.25, linewidth=0, label="± 2 std. errors")
    axes.plot(steps[chosen], np.clip(bound, 0, LOG2), color=_DISCRIMINATOR, label="lower bound, log 2 + V/2")
    of_what = f" of {of}" if of else ""
    for level, name in ((0.0, "0: equal"), (LOG2, "log 2: disjoint")):
        axes.axhline(level, color=MUTED, linewidth=0.8, linestyle=":")
        axes.annotate(
            name,
            (0.995, level),
            xycoords=("axes fraction", "data"),
            xytext=(0, 2),
            textcoords="offset points",
            horizontalalignment="right",
            fontsize="small",
            color=MUTED,
        )
    axes.set(ylabel=f"JSD{of_what} (nats)", ylim=(-0.03, LOG2 + 0.07))
    axes.legend(loc="center right", frameon=False)
    tidy(axes)


def _envelope(steps: FloatArray, values: FloatArray) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Steps, least and greatest values of neighbours, at most as many as are painted: no peak of a long run is lost."""
    finite = np.isfinite(values)
    steps, values = steps[finite], values[finite]
    stride = max(1, math.ceil(len(values) / _POINTS_PAINTED))
    starts = np.arange(0, len(values), stride)
    if not len(starts):
        return steps, values, values
    if stride == 1:
        # Neighbours in pairs, so that the raw curve is a band without gaps.
        following = np.append(values[1:], values[-1:])
        return steps, np.minimum(values, following), np.maximum(values, following)
    return steps[starts], np.minimum.reduceat(values, starts), np.maximum.reduceat(values, starts)


def _thinned(count: int) -> npt.NDArray[np.int64]:
    """Which of ``count`` values of a smooth curve are painted: evenly spaced, the first and the last among them."""
    return np.unique(np.linspace(0, max(0, count - 1), min(count, _POINTS_PAINTED)).astype(np.int64))


def _save_figure(figure: Figure, path: Path, *, of_run: bool) -> None:
    write(path, lambda file: paint(file, figure), of_run=of_run)
