"""Numbers such as -9999 that stand for no value: told by how they are written, and how far they are from all others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_Points = npt.NDArray[np.float64]

_NINES = re.compile(r"-?9{2,}(\.(9+|25))?|-?(8{4,}|7{4,})")
_SURE = re.compile(r"-9{3,}(\.(9+|25))?")
_BITS = (15, 16, 31, 32, 63)
_ENDS = frozenset(float(end) for bits in _BITS for end in (2**bits - 1, -(2**bits)))  # of whole numbers of so many bits
_HUGE = 1e19
"""Programs fill gaps with 1e20, 9.97e36 or the largest float; measured values of that size are rare."""
_HUGE_BY = 1_000  # times the span of all others that such a number is away from them
_SURE_BY = 0.1
_MOST = 3  # in a column; more are a series, such as 9, 99, 999


@dataclass(frozen=True)
class Code:
    """A number that stands for no value. column: 0 across, 1 up; count: how often it comes.

    low, high: between what all the others are.
    """

    column: int
    value: float
    count: int
    low: float
    high: float

    def told(self, column: str) -> str:
        """What to say of it. column: what the column is called."""
        times = "once" if self.count == 1 else f"{self.count:,} times"
        return (
            f"{self.value:.10g} in {column}, {times}, is taken for a missing value, as all others are from "
            f"{self.low:.5g} to {self.high:.5g}: such points are left out; missing=keep trains on them"
        )


def codes(parts: Iterable[_Points], lows: _Points, highs: _Points) -> tuple[Code, ...]:
    """Those of points (n, 2) in blocks (k, 2), whose lowest and highest coordinates are given, (2,) each.

    The blocks are gone through only where one of these may be such a number.
    """
    found: list[Code] = []
    while (code := _next(parts, found, lows, highs)) is not None:
        found.append(code)
        lows, highs = _ends(parts, found)
    columns = [code.column for code in found]
    return tuple(code for code in found if columns.count(code.column) <= _MOST)


def are_whole(block: _Points, found: Sequence[Code]) -> npt.NDArray[np.bool_]:
    """Which points (k,) of a block have a value on both axes."""
    kept = np.ones(len(block), np.bool_)
    for code in found:
        kept &= block[:, code.column] != code.value
    return kept


def _next(parts: Iterable[_Points], found: Sequence[Code], lows: _Points, highs: _Points) -> Code | None:
    for column in (0, 1):
        for end in (float(lows[column]), float(highs[column])):
            if _may_be(end) and (code := _judged(parts, found, column, end)) is not None:
                return code
    return None


def _ends(parts: Iterable[_Points], found: Sequence[Code]) -> tuple[_Points, _Points]:
    lows, highs = np.full(2, np.inf), np.full(2, -np.inf)
    for block in parts:
        kept = block[are_whole(block, found)]
        if len(kept):
            lows, highs = np.minimum(lows, kept.min(axis=0)), np.maximum(highs, kept.max(axis=0))
    return lows, highs


def _may_be(value: float) -> bool:
    if not np.isfinite(value):
        return False
    return abs(value) >= _HUGE or value in _ENDS or _NINES.fullmatch(_written(value)) is not None


def _written(value: float) -> str:
    return repr(value).removesuffix(".0")


def _judged(parts: Iterable[_Points], found: Sequence[Code], column: int, value: float) -> Code | None:
    """The number at one end of a column, if it is far from all others."""
    count, low, high = 0, np.inf, -np.inf
    for block in parts:
        numbers = (block[are_whole(block, found)] if found else block)[:, column]
        rest = numbers[numbers != value]
        count += len(numbers) - len(rest)
        if len(rest):
            low, high = min(low, float(rest.min())), max(high, float(rest.max()))
    away, span = min(abs(value - low), abs(value - high)), high - low
    least = _HUGE_BY * span if abs(value) >= _HUGE else span
    if count > 1 and low >= 0 and _SURE.fullmatch(_written(value)):
        least = _SURE_BY * span
    return Code(column, value, count, low, high) if 0 < span < np.inf and away > least else None
