"""Long curves to the pixels there are: what each column of pixels has to cover, from every row that falls into it.

``width`` columns of pixels lie over the visible range of x; a span is the (low, high) that a curve covers in each, NaN
where it has nothing. Rows number in the millions, so work goes by ``reduceat`` and, beyond that, by blocks kept ready.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
Span = tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]

_BLOCK = 8
_BLOCKS_A_COLUMN = 16  # at least: an edge that is moved to a block's is off by no more than a sixteenth of a column
_NO_EXTREMES = np.empty(0, np.float32)


@dataclass(frozen=True)
class PixelColumns:
    """Which rows fall into which column of pixels; one for all curves over the same x.

    edges: (width + 1,) first row at or beyond each column's left edge. shares: (width + 1,) where that edge lies
    between the row before it, 0, and that row, 1; NaN outside the rows. blocks: edges are rounded to whole blocks.
    within: (width + 1,) whether it lies within a stretch of steps, for which the rows on both its sides stand.
    """

    edges: npt.NDArray[np.intp]
    shares: npt.NDArray[np.float64]
    before: npt.NDArray[np.intp]
    after: npt.NDArray[np.intp]
    blocks: bool
    within: npt.NDArray[np.bool_]


def pixel_columns(x: Floats, low: float, high: float, width: int, thinned: int = 0) -> PixelColumns:
    """Place the rows at ``x``, which must not decrease, into ``width`` columns over [low, high].

    thinned: how many rows, from the first, stand in pairs for a stretch of steps.
    """
    marks = np.linspace(low, high, width + 1)
    edges = np.searchsorted(x, marks)
    edges[-1] = np.searchsorted(x, high, side="right")
    if not len(x):
        nothing = np.zeros_like(edges)
        return PixelColumns(nothing, np.full(width + 1, np.nan), nothing, nothing, False, nothing > 0)
    before, after = np.maximum(edges - 1, 0), np.minimum(edges, len(x) - 1)
    gap = x[after] - x[before]
    inside = (edges > 0) & (edges < len(x)) & (gap > 0)
    shares = np.full(width + 1, np.nan)
    shares[inside] = (marks[inside] - x[before[inside]]) / gap[inside]
    blocks = bool(edges[-1] - edges[0] > _BLOCKS_A_COLUMN * _BLOCK * width)
    if blocks:
        edges[:-1] -= edges[:-1] % _BLOCK
    return PixelColumns(edges, shares, before, after, blocks, inside & (before < thinned) & (before % 2 == 0))


class Extremes:
    """Least and greatest of each whole block of a column that only grows."""

    def __init__(self) -> None:
        self._low = self._high = _NO_EXTREMES

    def grow(self, values: Floats) -> None:
        """Take in the blocks that have become whole since the last call."""
        known, whole = len(self._low), len(values) // _BLOCK
        if whole > known:
            fresh = values[known * _BLOCK : whole * _BLOCK].reshape(-1, _BLOCK)
            self._low = np.concatenate([self._low, np.fmin.reduce(fresh, axis=1)])
            self._high = np.concatenate([self._high, np.fmax.reduce(fresh, axis=1)])

    def span(self, values: Floats, columns: PixelColumns) -> Span:
        """What ``values`` cover in each column: its rows, and the lines that lead in and out of it."""
        with np.errstate(invalid="ignore", over="ignore"):  # what is infinite leaves the plot, without a warning
            return self._span(values, columns)

    def _span(self, values: Floats, columns: PixelColumns) -> Span:
        edges = columns.edges
        width = len(edges) - 1
        low, high = np.full(width, np.nan), np.full(width, np.nan)
        filled = edges[1:] > edges[:-1]
        if filled.any():
            starts, stop = edges[:-1][filled], edges[-1]
            if columns.blocks:
                self.grow(values)
                low[filled], high[filled] = self._by_blocks(values, starts, stop)
            else:
                low[filled] = np.fmin.reduceat(values[:stop], starts)
                high[filled] = np.fmax.reduceat(values[:stop], starts)
        if len(values):
            before, after = values[columns.before], values[columns.after]
            crossing = before * (1.0 - columns.shares) + after * columns.shares
            least, most = (np.where(columns.within, of(before, after), crossing) for of in (np.fmin, np.fmax))
            low = np.fmin(low, np.fmin(least[:-1], least[1:]))
            high = np.fmax(high, np.fmax(most[:-1], most[1:]))
        return low, high

    def _by_blocks(self, values: Floats, starts: npt.NDArray[np.intp], stop: int) -> tuple[Floats, Floats]:
        whole = stop // _BLOCK
        first = starts // _BLOCK
        short = first >= whole  # the last column may lie in a block that is not whole yet
        low, high = np.full(len(starts), np.nan), np.full(len(starts), np.nan)
        low[~short] = np.fmin.reduceat(self._low[:whole], first[~short])
        high[~short] = np.fmax.reduceat(self._high[:whole], first[~short])
        if stop > whole * _BLOCK:
            rest = values[whole * _BLOCK : stop]
            low[-1], high[-1] = np.fmin(low[-1], np.fmin.reduce(rest)), np.fmax(high[-1], np.fmax.reduce(rest))
        return low, high


def robust_range(spans: list[Span], share: float = 0.01) -> tuple[float, float] | None:
    """Range that holds the spans but for the most extreme ``share`` of the columns; None where nothing is finite.

    A single spike must not flatten a whole run; it leaves the plot through its top.
    """
    lows = np.sort(np.concatenate([low[np.isfinite(low)] for low, _ in spans])) if spans else np.empty(0)
    highs = np.sort(np.concatenate([high[np.isfinite(high)] for _, high in spans])) if spans else np.empty(0)
    if not len(lows) or not len(highs):
        return None
    return float(lows[int(share * len(lows))]), float(highs[len(highs) - 1 - int(share * len(highs))])


def fill(pixels: npt.NDArray[np.uint32], rows: Span, colour: int, thickness: int = 1) -> None:
    """Paint, in each column of ``pixels`` (height, width), from row ``rows[0]`` down to ``rows[1]``, NaN: nothing.

    Thickness: pixels that the thinnest place has.
    """
    height = len(pixels)
    more = thickness - 1
    first, last = np.clip(rows[0], -9, height + 9), np.clip(rows[1], -9, height + 9)  # which keeps NaN
    empty = np.isnan(first) | np.isnan(last)
    first[empty], last[empty] = height + 9, -9
    # 16 bits: a mask of many pixels is compared four times as fast.
    begin = np.floor(first).astype(np.int16) - np.int16(more // 2)
    end = np.floor(last).astype(np.int16) + np.int16(more - more // 2)
    top, bottom = max(int(begin.min()), 0), min(int(end.max()) + 1, height)
    if top < bottom:
        down = np.arange(top, bottom, dtype=np.int16)[:, None]
        mask = down >= begin
        mask &= down <= end
        np.copyto(pixels[top:bottom], np.uint32(colour), where=mask)
