"""Points of the plane that somebody measured: drawn row by row, with replacement."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import limits
from ganstudio.data.dataset import Dataset
from ganstudio.data.errors import DatasetError
from ganstudio.experiment.places import text_of
from ganstudio.modalities import Points

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ganstudio.data.skips import Skips

_Points = npt.NDArray[np.float64]

KEPT = 8
"""Bytes of a point that is trained on."""
LABELLED = 24
"""Bytes of a label while labels are sorted into classes."""


def check_room(name: str, count: int, each: int, held: int = 0) -> None:
    """Raise DatasetError where so many points take more memory than they may. each: bytes of one; held: beside them."""
    most = limits.memory_bytes()
    if count * each + held > most:
        fits = max(0, int(most // (each + held / max(count, 1))))
        raise DatasetError(
            f'"{name}" takes more than {most / 1e9:g} GB of memory, some {(count * each + held) / 1e9:.3g} GB; save a '
            f"part of it ({fits:,} points would fit), or set {limits.MEMORY} to more"
        )


def point_dataset(
    name: str,
    parts: _Points | Iterable[_Points],
    *,
    source: str,
    spread: Spread | None = None,
    skips: Skips | None = None,
    labels: npt.NDArray[np.int64] | None = None,
    classes: Sequence[str] = (),
    held_out: int = 0,
) -> Dataset:
    """Points (n, 2), or in blocks (k, 2), all finite, and the class of each (n,). The last ``held_out`` are not drawn.

    They are gone through twice, or once where their spread is known already. One scale for both axes keeps the shape.
    Raises DatasetError when they are all the same, or beyond what 32-bit floats hold.
    """
    if isinstance(parts, np.ndarray):
        parts = (parts,)
    spread = spread or Spread.of(parts)
    centre, scale = spread.centre, spread.scale
    _check_spread(name, spread, skips)
    rows = np.empty((spread.count, 2), np.float32)
    done = 0
    for block in parts:
        rows[done : done + len(block)] = (block - centre) / scale
        done += len(block)

    def at(indices: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        return np.asarray(rows.take(indices, axis=0))

    def draw(count: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        return at(rng.integers(0, len(rows) - held_out, count))

    return Dataset(
        name=text_of(name),
        modality=Points.around(centre, scale),
        draw=draw,
        count=len(rows) - held_out,
        held_out=held_out,
        skipped=skips.named if skips else (),
        skipped_more=skips.more if skips else 0,
        source=text_of(source),
        at=at,
        labels=labels,
        classes=tuple(classes),
    )


class Spread:
    """Mean, spread and ends of points that come in blocks (Chan, Golub and LeVeque 1983)."""

    def __init__(self) -> None:
        self.count = 0
        self.lows, self.highs = np.full(2, np.inf), np.full(2, -np.inf)
        self.centre: _Points = np.zeros(2)
        self._squares = 0.0

    @classmethod
    def of(cls, parts: Iterable[_Points]) -> Spread:
        """That of all blocks."""
        spread = cls()
        for block in parts:
            spread.add(block)
        return spread

    def add(self, block: _Points) -> None:
        """Take (k, 2) points."""
        if not len(block):
            return
        with np.errstate(over="ignore", invalid="ignore"):  # said in words later
            mean = block.mean(axis=0)
            away = block - mean
            count, apart = self.count + len(block), mean - self.centre
            self._squares += float((away * away).sum() + (apart * apart).sum() * self.count * len(block) / count)
            self.centre = self.centre + apart * (len(block) / count)
            self.count = count
            for column in (0, 1):  # one by one: along pairs numpy reduces ten times as slowly
                self.lows[column] = min(self.lows[column], block[:, column].min())
                self.highs[column] = max(self.highs[column], block[:, column].max())

    @property
    def largest(self) -> float:
        """The largest coordinate, its sign aside."""
        return float(max(np.abs(self.lows).max(), np.abs(self.highs).max())) if self.count else 0.0

    @property
    def scale(self) -> float:
        """Root of the mean square of a coordinate's distance from the centre."""
        squares = self._squares / max(1, 2 * self.count)
        return math.sqrt(squares) if squares >= 0 else math.nan


def _check_spread(name: str, spread: Spread, skips: Skips | None) -> None:
    scale, largest = spread.scale, spread.largest
    if not math.isfinite(scale) or max(scale, np.abs(spread.centre).max()) > 1e30:
        raise DatasetError(f'"{name}" holds numbers that are too large, up to {largest:.3g}; rescale them')
    # Below that share of the coordinates 32-bit floats can't tell the points apart.
    if scale <= 1e-6 * largest:
        many = f"{spread.count:,} points that are all (nearly) the same" if spread.count > 1 else "a single point"
        others = f" ({skips.sentence()})" if skips and skips.count else ""
        raise DatasetError(f'"{name}" holds {many}; a GAN needs some that differ{others}')
