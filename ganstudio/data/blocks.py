"""Arrays that are read some rows at a time: what a file holds need not fit into the memory.

Nothing of a user's file is ever mapped. A mapped file that somebody cuts short while a page of it is touched ends the
program without a word (SIGBUS); one that is read says so.
"""

from __future__ import annotations

import math
import os
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.errors import DatasetError
from ganstudio.data.watching import still_wanted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path
    from typing import BinaryIO

Array = npt.NDArray[Any]

PORTION = 2**22
"""Bytes of a block."""


def evenly(count: int, most: int) -> npt.NDArray[np.int64]:
    """The numbers of at most so many of ``count`` rows, spread evenly, the first and the last among them."""
    # Each is another, as there are no more of them than rows: numpy.unique, which loads a library, is not needed.
    return np.linspace(0, count - 1, min(count, most)).astype(np.int64)


class Blocks:
    """Rows (count, *row) of one type, that come in blocks, in their order and anew for each ``for``.

    parts: makes the blocks, of so many rows each. held: bytes that are in memory all the while.
    """

    def __init__(
        self, shape: tuple[int, ...], dtype: np.dtype[Any], parts: Callable[[int], Iterator[Array]], held: int = 0
    ) -> None:
        self.shape, self.dtype, self.held = shape, dtype, held
        self._parts = parts

    @classmethod
    def of(cls, values: Array) -> Blocks:
        """An array that is in memory."""

        def parts(rows: int) -> Iterator[Array]:
            return (values[first : first + rows] for first in range(0, len(values), rows))

        return cls(values.shape, values.dtype, parts, held=values.nbytes)

    @classmethod
    def joined(cls, several: Sequence[Blocks]) -> Blocks:
        """All rows of several, one after the other."""
        shape = (sum(map(len, several)), *several[0].shape[1:])
        dtype = np.result_type(*(one.dtype for one in several))
        held = sum(one.held for one in several)
        return cls(shape, dtype, lambda rows: (block for one in several for block in one._parts(rows)), held)

    def __len__(self) -> int:
        return self.shape[0]

    def __iter__(self) -> Iterator[Array]:
        for block in self._parts(max(1, PORTION // max(1, math.prod(self.shape[1:]) * self.dtype.itemsize))):
            still_wanted()
            yield block

    def turned(self, row: tuple[int, ...], change: Callable[[Array], Array]) -> Blocks:
        """The same rows, each block of them changed into one of rows of another shape."""
        return Blocks((len(self), *row), self.dtype, lambda rows: map(change, self._parts(rows)), self.held)

    def whole(self) -> Array:
        """All rows as one array."""
        values = np.empty(self.shape, self.dtype)
        done = 0
        for block in self:
            values[done : done + len(block)] = block
            done += len(block)
        return values


class FileRows(Blocks):
    """Rows that lie one behind the other in a file, from ``offset`` on: any of them are read when they are asked for.

    The file is opened for each reading and never held. Raises DatasetError where it is shorter than it should be, and
    later where it was changed since.
    """

    def __init__(
        self,
        path: Path,
        dtype: np.dtype[Any],
        offset: int,
        shape: tuple[int, ...],
        *,
        turned: tuple[tuple[int, ...], Callable[[Array], Array]] | None = None,
    ) -> None:
        self._path, self._offset, self._stored = path, offset, shape
        row, self._change = turned or (shape[1:], lambda block: block)
        super().__init__((shape[0], *row), dtype, self._in_order)
        self._row_bytes = math.prod(shape[1:]) * dtype.itemsize
        self._facts = self._look()
        if self._facts[0] < offset + shape[0] * self._row_bytes:
            raise DatasetError(f'"{path.name}" is damaged or cut short; save or fetch it again')

    @property
    def nbytes(self) -> int:
        """Bytes of all rows."""
        return len(self) * self._row_bytes

    def turned(self, row: tuple[int, ...], change: Callable[[Array], Array]) -> FileRows:
        """As in ``Blocks``."""
        before = self._change
        both = (row, lambda block: change(before(block)))
        return FileRows(self._path, self.dtype, self._offset, self._stored, turned=both)

    def __getitem__(self, index: int) -> Array:
        return self.take(np.array([index]))[0]  # type: ignore[no-any-return]

    def take(self, rows: npt.NDArray[np.integer]) -> Array:
        """The rows (k, *row) of these numbers."""
        stored = np.empty((len(rows), *self._stored[1:]), self.dtype)
        if len(rows):
            with self._opened() as file:
                self._read(file, rows, stored)
        return np.ascontiguousarray(self._change(stored))

    def _in_order(self, rows: int) -> Iterator[Array]:
        for first in range(0, len(self), rows):
            yield self.take(np.arange(first, min(first + rows, len(self))))

    def _read(self, file: BinaryIO, rows: npt.NDArray[np.integer], into: Array) -> None:
        room = into.reshape(-1).view(np.uint8).data
        if int(rows[-1]) - int(rows[0]) + 1 == len(rows) and bool((np.diff(rows) == 1).all()):
            self._fill(file, int(rows[0]), room)
            return
        for place, row in enumerate(rows.tolist()):
            self._fill(file, row, room[place * self._row_bytes : (place + 1) * self._row_bytes])

    def _fill(self, file: BinaryIO, row: int, room: memoryview) -> None:
        file.seek(self._offset + row * self._row_bytes)
        done = 0
        while done < len(room):
            count = file.readinto(room[done:])  # type: ignore[attr-defined]  # of an unbuffered file
            if not count:
                raise self._changed()
            done += count

    def _opened(self) -> BinaryIO:
        try:
            file = self._path.open("rb", buffering=0)
        except OSError as error:
            raise self._changed() from error
        if self._facts_of(file.fileno()) != self._facts:
            file.close()
            raise self._changed()
        return file

    def _look(self) -> tuple[int, ...]:
        try:
            return self._facts_of(os.fspath(self._path))
        except OSError as error:
            raise DatasetError(f'"{self._path.name}" can\'t be read: {error.strerror or error}') from error

    @staticmethod
    def _facts_of(path: str | int) -> tuple[int, ...]:
        facts = os.stat(path)
        return facts.st_size, facts.st_mtime_ns, facts.st_ino

    def _changed(self) -> DatasetError:
        return DatasetError(
            f'"{self._path.name}" was changed, moved or cut short since it was opened; put it back, or open it again'
        )
