"""Recorded rows as columns, and the checksum of what they say."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

Row = tuple[Any, ...]

AT_ONCE = 1 << 18
"""Rows that are handed on together: all of a long run would take a gigabyte."""
_TYPES = (int, float, bytes, float)
_LONGEST_NAME, _MOST_NAMES = 200, 10_000
_MOST_STEPS = 10**12


@dataclass(frozen=True)
class Recorded:
    """Rows in the order of their rowids, by columns (n,); ``name`` holds places in ``names``."""

    step: npt.NDArray[np.int64]
    seconds: npt.NDArray[np.float64]
    value: npt.NDArray[np.float64]
    name: npt.NDArray[np.int32]
    names: list[bytes]

    def __len__(self) -> int:
        return len(self.step)

    def table(self, names: Sequence[str]) -> npt.NDArray[np.float64]:
        """Rows (k, 2 + len(names)) of step, seconds, values in order of the steps; NaN where a value is missing."""
        columns = {name.encode("utf-8", "surrogatepass"): place for place, name in enumerate(names)}
        column = np.array([columns.get(name, -1) for name in self.names], np.intp)[self.name]
        own = column >= 0
        # A row is a step and its time: single updates of one player repeat the step, never the time. As the two parts
        # of a complex number they sort together, first by the step.
        times, place = np.unique(self.step[own] + 1j * self.seconds[own], return_inverse=True)
        rows = np.full((len(times), 2 + len(names)), np.nan)
        rows[:, 0], rows[:, 1] = times.real, times.imag
        rows[place, 2 + column[own]] = self.value[own]
        return rows


def checksum(
    step: npt.NDArray[np.int64],
    seconds: npt.NDArray[np.float64],
    names: Sequence[bytes],
    value: npt.NDArray[np.float64],
) -> int:
    """CRC-32 of rows by columns (n,), as they come back from SQLite, for which -0.0 is 0.0."""
    known = zlib.crc32(step.astype("<i8").tobytes())
    known = zlib.crc32((seconds + 0.0).astype("<f8").tobytes(), known)
    known = zlib.crc32((value + 0.0).astype("<f8").tobytes(), known)
    return zlib.crc32(b"\0".join(names), known)


def checksum_of(rows: list[Row]) -> int | None:
    """The checksum of rows of step, seconds, name, value; None where there are none, or they can't be ours."""
    if not rows or not _are_ours(rows, {}):
        return None
    step, seconds, names, value = zip(*rows, strict=True)
    return checksum(np.array(step, np.int64), np.array(seconds), names, np.array(value))


class Gathered:
    """Rows as they are read, as columns."""

    def __init__(self) -> None:
        self._places: dict[bytes, int] = {}
        self._parts: list[tuple[npt.NDArray[Any], ...]] = []
        self._count = 0

    @property
    def many(self) -> bool:
        return self._count >= AT_ONCE

    def add(self, rows: list[Row], known: int | None) -> bool:
        """Take rows of step, seconds, name, value; False where they are not those of the checksum ``known``.

        Where none is known, rows that can't be ours are left out, and False says that there were some.
        """
        sound = _are_ours(rows, self._places)
        if not sound and known is not None:
            return False
        kept = rows if sound else [row for row in rows if _are_ours([row], self._places)]
        if not kept:
            return sound
        step, seconds, names, value = zip(*kept, strict=True)
        columns = (np.array(step, np.int64), np.array(seconds), np.array(value))
        if known is not None and known != checksum(columns[0], columns[1], names, columns[2]):
            return False
        for name in set(names).difference(self._places):
            self._places[name] = len(self._places)
        self._parts.append((*columns, np.array([self._places[name] for name in names], np.int32)))
        self._count += len(kept)
        return sound

    def take(self) -> Iterator[Recorded]:
        """What has come together since, if anything."""
        if self._parts:
            step, seconds, value, name = (np.concatenate(parts) for parts in zip(*self._parts, strict=True))
            yield Recorded(step, seconds, value, name, list(self._places))
        self._parts.clear()
        self._count = 0


def _are_ours(rows: list[Row], known: dict[bytes, int]) -> bool:
    """Whether rows are of the types and within the bounds of what this program records."""
    if not rows:
        return True
    step, seconds, names, value = zip(*rows, strict=True)
    if any(
        set(map(type, column)) != {kind} for column, kind in zip((step, seconds, names, value), _TYPES, strict=True)
    ):
        return False
    new = set(names).difference(known)
    if len(known) + len(new) > _MOST_NAMES or not all(map(_is_name, new)):
        return False
    finite = np.isfinite(np.array(seconds)).all() and np.isfinite(np.array(value)).all()
    return bool(finite) and min(step) >= 0 and max(step) <= _MOST_STEPS


def _is_name(name: bytes) -> bool:
    try:
        return 0 < len(name) <= _LONGEST_NAME and name.decode("utf-8").isprintable()
    except UnicodeDecodeError:
        return False
