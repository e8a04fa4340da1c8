"""Points of a plane in a plot that needs no display."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from ganstudio.modalities import Samples

# On white paper, darker than on the window's dark ground: D and data in blue and teal, G in pink and amber.
REAL, FAKE, MUTED = "#0f8b80", "#c96f00", "#6b7280"


def scatter(samples: Samples, real: Samples | None) -> Figure:
    """Points (n, 2) in a plot, real ones, if any, behind them."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(6, 6), dpi=120, layout="constrained")
    axes = figure.subplots()
    if real is not None:
        axes.scatter(real[:, 0], real[:, 1], s=5, color=REAL, alpha=0.5, linewidths=0, label="real")
    shown = samples[np.isfinite(samples).all(axis=1)]
    axes.scatter(shown[:, 0], shown[:, 1], s=5, color=FAKE, alpha=0.6, linewidths=0, label="generated")
    axes.set_aspect("equal", adjustable="datalim")
    # Below the axes, where no point hides it.
    figure.legend(loc="outside lower center", frameon=False, markerscale=3, ncols=2)
    tidy(axes)
    return figure


def tidy(axes: Axes) -> None:
    """Leave out the two edges that no axis is on."""
    axes.spines[["top", "right"]].set_visible(False)


def paint(file: BinaryIO, figure: Figure) -> None:
    """Write a figure as PNG."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    canvas: Any = FigureCanvasAgg(figure)
    canvas.print_png(file)
