"""What is drawn: ink on square cells, and the Gaussians of a mixture. No Qt in here.

Legend: cells_hw holds ink from 0 to 1, row 0 at the top; places of the brush are (column, row) in cells.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, TypeVar

import numpy as np
import numpy.typing as npt

from ganstudio.data.points.picture_density import LEVELS, rows_of_ink
from ganstudio.experiment import DensitySpec, DrawingSpec, GaussianSpec, MixtureSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

Cells = npt.NDArray[np.float64]
State = TypeVar("State")

SIDE = 64
"""Cells along a side of what is drawn by hand."""

_KEPT = 200  # steps that can be taken back
_SEEN = 0.5 / (len(LEVELS) - 1)  # less ink than that is none once it is written


class Undo(Generic[State]):
    """What there was before each change, the newest last."""

    def __init__(self) -> None:
        self._states: deque[State] = deque(maxlen=_KEPT)

    def keep(self, state: State) -> None:
        """Remember what is about to be changed."""
        self._states.append(state)

    def back(self) -> State | None:
        """What there was before the newest change; None: nothing was changed."""
        return self._states.pop() if self._states else None

    def __bool__(self) -> bool:
        return bool(self._states)


# --- ink --------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Brush:
    """What a stroke does: radius in cells, strength from 0 to 1; an eraser takes all the ink whatever its strength."""

    radius: float = 3.0
    strength: float = 1.0
    soft: bool = True
    erases: bool = False

    def touch(self, distance: Cells) -> Cells:
        """How much of the stroke a cell gets whose middle is so far, in cells, from its line: 0 to 1."""
        if self.soft:
            return np.asarray(np.exp(-2 * (distance / self.radius) ** 2))
        return np.clip(self.radius + 0.5 - distance, 0, 1)  # a rim one cell wide, so that circles look round


class Ink:
    """Cells that take ink. They are replaced, never changed, so that what is undone is what there was.

    file: the picture that the cells show as well as they can, as long as nothing was painted over it.
    """

    def __init__(self, side: int = SIDE) -> None:
        self.cells: Cells = np.zeros((side, side))
        self.file: DensitySpec | None = None
        self._undo: Undo[tuple[Cells, DensitySpec | None]] = Undo()

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._undo)

    @property
    def is_blank(self) -> bool:
        """Whether nothing would be left once it is written."""
        return bool(self.cells.max() <= _SEEN)

    def begin(self) -> None:
        """What follows, until the next ``begin``, is taken back at once."""
        self._undo.keep((self.cells, self.file))

    def stroke(self, start: tuple[float, float], end: tuple[float, float], brush: Brush) -> None:
        """Lead a brush along a line; a place of whole numbers is the corner of a cell."""
        self.file = None
        amount = brush.touch(self._distances(np.array(start), np.array(end)))
        if brush.erases:
            self.cells = np.minimum(self.cells, 1 - amount)
        else:
            self.cells = np.maximum(self.cells, brush.strength * amount)

    def replace(self, ink: npt.NDArray[np.floating], file: DensitySpec | None = None) -> None:
        """Show ink (h, w) of any shape instead, that of ``file`` if it is one's."""
        self.cells, self.file = fitted(ink, len(self.cells)), file

    def clear(self) -> None:
        """Take all the ink away, as one change."""
        if self.cells.any():
            self.begin()
            self.cells, self.file = np.zeros_like(self.cells), None

    def undo(self) -> bool:
        """Take the newest change back; whether there was one."""
        before = self._undo.back()
        if before is not None:
            self.cells, self.file = before
        return before is not None

    def spec(self) -> DrawingSpec | DensitySpec | None:
        """The picture's file as long as it is untouched, else the drawing; None while there is no ink."""
        if self.file is not None or self.is_blank:
            return self.file
        return DrawingSpec(rows=rows_of_ink(self.cells))

    def _distances(self, start: Cells, end: Cells) -> Cells:
        """From each cell's middle to a segment."""
        middles = np.stack(np.meshgrid(*2 * [np.arange(len(self.cells)) + 0.5]), axis=-1)
        along = end - start
        share = np.clip((middles - start) @ along / max(float(along @ along), 1e-12), 0, 1)
        return np.asarray(np.hypot(*np.moveaxis(middles - start - share[..., None] * along, -1, 0)))


def fitted(ink: npt.NDArray[np.floating], side: int) -> Cells:
    """Ink (h, w) in the middle of (side, side) cells, its shape kept, each cell the mean of what lies under it."""
    fine = 4 * side  # four samples each way in a cell
    height, width = ink.shape
    step = max(height, width) / fine
    rows, columns = (np.floor((np.arange(fine) + 0.5 - fine / 2) * step + n / 2).astype(int) for n in (height, width))
    inside = ((rows >= 0) & (rows < height))[:, None] & ((columns >= 0) & (columns < width))
    sampled = ink[np.ix_(rows.clip(0, height - 1), columns.clip(0, width - 1))] * inside
    return np.asarray(sampled.reshape(side, 4, side, 4).mean(axis=(1, 3)))


# --- a mixture --------------------------------------------------------------------------------------------------------

# What can be reached with the mouse; the spec's own bounds are wider.
LEAST_SIGMA, MOST_SIGMA = 1e-4, 10.0
LEAST_WEIGHT, MOST_WEIGHT = 0.01, 100.0
_FARTHEST = 1000.0
_MOST = 256


class Modes:
    """The Gaussians of a mixture, of which one may be selected."""

    def __init__(self, components: Sequence[GaussianSpec] = ()) -> None:
        self.components = tuple(components)
        self.selected: int | None = None
        self._undo: Undo[tuple[GaussianSpec, ...]] = Undo()

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return bool(self._undo)

    @property
    def chosen(self) -> GaussianSpec | None:
        """The one that is selected."""
        return None if self.selected is None else self.components[self.selected]

    @property
    def shares(self) -> list[float]:
        """Each component's share of the samples."""
        total = sum(one.weight for one in self.components)
        return [one.weight / total for one in self.components]

    def begin(self) -> None:
        """What follows, until the next ``begin``, is taken back at once."""
        self._undo.keep(self.components)

    def add(self, x: float, y: float) -> bool:
        """Add one like the selected or newest and select it; False: there are as many as a mixture may have."""
        if len(self.components) == _MOST:
            return False
        self.begin()
        like = self.chosen or (self.components[-1] if self.components else GaussianSpec())
        self.components = (*self.components, like)
        self.selected = len(self.components) - 1
        self.change(x=x, y=y)
        return True

    def change(self, **values: float) -> None:
        """Change the selected one's x, y, sigma or weight, kept within bounds."""
        if self.selected is None:
            return
        bounds = {"sigma": (LEAST_SIGMA, MOST_SIGMA), "weight": (LEAST_WEIGHT, MOST_WEIGHT)}
        kept = {}
        for name, value in values.items():
            low, high = bounds.get(name, (-_FARTHEST, _FARTHEST))
            kept[name] = float(f"{min(max(value, low), high):.4g}")  # as exact as a hand is, and short in the file
        changed = self.components[self.selected].model_copy(update=kept)
        self.components = (*self.components[: self.selected], changed, *self.components[self.selected + 1 :])

    def remove(self) -> None:
        """Remove the selected one."""
        if self.selected is not None:
            self.begin()
            self.components = self.components[: self.selected] + self.components[self.selected + 1 :]
            self.selected = None

    def even_out(self) -> None:
        """Give all the weight 1 and the standard deviation of the selected one, or of the middle one of all."""
        if self.components:
            self.begin()
            middle = sorted(one.sigma for one in self.components)[len(self.components) // 2]
            sigma = self.chosen.sigma if self.chosen else middle
            self.components = tuple(one.model_copy(update={"sigma": sigma, "weight": 1.0}) for one in self.components)

    def undo(self) -> bool:
        """Take the newest change back; whether there was one."""
        before = self._undo.back()
        if before is None:
            return False
        if len(before) != len(self.components):
            self.selected = None
        self.components = before
        return True

    def spec(self) -> MixtureSpec | None:
        """The mixture; None while it has no component."""
        return MixtureSpec(components=self.components) if self.components else None

    def reach(self) -> tuple[float, float, float]:
        """The middle (x, y) of a square that holds all, and half its side."""
        if not self.components:
            return 0.0, 0.0, 1.5
        ends = np.array([[(one.x + k * one.sigma, one.y + k * one.sigma) for one in self.components] for k in (-3, 3)])
        low, high = ends.min(axis=(0, 1)), ends.max(axis=(0, 1))
        (x, y), half = (low + high) / 2, 1.15 * float((high - low).max()) / 2
        return float(x), float(y), half
