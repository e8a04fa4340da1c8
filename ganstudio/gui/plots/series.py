"""What the stacked plots are told: their curves, and the x axis that they share."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from PySide6.QtGui import QColor

from ganstudio.gui.looks import theme
from ganstudio.gui.plots.decimate import Extremes, Floats, PixelColumns

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from ganstudio.training.records.history import History


@dataclass(frozen=True)
class Series:
    """One quantity of a plot: what to read of the history, in the plot's unit."""

    name: str
    colour: str
    average: Callable[[History], Floats]
    raw: Callable[[History], Floats] | None = None
    band: Callable[[History], tuple[Floats, Floats]] | None = None


def scalar_series(name: str, colour: str, scalar: str) -> Series:
    """The moving average of one of ``messages.SCALARS`` and, faint, what it was on each minibatch."""
    return Series(name, colour, lambda history: history.average(scalar), lambda history: history.raw(scalar))


@dataclass(frozen=True)
class Timeline:
    """What all plots share: place of each row on the x axis, the visible range, marks as (x, text)."""

    x: npt.NDArray[np.float64]
    low: float
    high: float
    time: bool
    columns: PixelColumns
    marks: tuple[tuple[float, str], ...] = ()


@dataclass
class Blocks:
    """Extremes of a series' columns, kept from one refresh to the next."""

    average: Extremes = field(default_factory=Extremes)
    raw: Extremes = field(default_factory=Extremes)
    low: Extremes = field(default_factory=Extremes)
    high: Extremes = field(default_factory=Extremes)


@cache
def blend(colour: str, share: float, background: str = theme.BACKGROUND) -> int:
    """``share`` of ``colour`` over ``background`` as one opaque 32-bit pixel: painted faster than a translucent one."""
    front, back = QColor(colour), QColor(background)
    pairs = (front.red(), back.red()), (front.green(), back.green()), (front.blue(), back.blue())
    red, green, blue = (round(share * a + (1 - share) * b) for a, b in pairs)
    return 0xFF000000 | red << 16 | green << 8 | blue
