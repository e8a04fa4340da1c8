"""Every scalar of a run, in one SQLite file that survives a kill and can be read while it is written."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.run import _blocks, _database
from ganstudio.run._disk import sync
from ganstudio.run._lock import RunError
from ganstudio.run._mending import FILE, MendedDatabase

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Self

    from ganstudio.run._recorded import Recorded


class ScalarStore(MendedDatabase):
    """The table ``scalars(step, seconds, name, value)`` of a run, opened at its first use, by one thread.

    What is not as it was written is left out when it is read.
    """

    def __init__(self, run: Path, *, read_only: bool) -> None:
        super().__init__(run, read_only=read_only)
        self._waiting: list[tuple[tuple[str, ...], npt.NDArray[np.float64]]] = []

    # --- writing ---

    def record(self, names: Sequence[str], rows: npt.NDArray[np.float64]) -> None:
        """Keep rows (n, 2 + len(names)) of step, seconds, values, on disk with the next ``commit``."""
        self._waiting.append((tuple(names), rows))

    def commit(self, *, durable: bool = False) -> None:
        """Make what was recorded safe against a kill, and, where ``durable``, against a power cut.

        What a full disk refuses waits for the next time.
        """
        self._commit()
        if durable and self._connection is not None:
            self._sync()

    def _commit(self) -> None:
        if not self._is_due():
            return
        with self._plainly():
            connection = self._opened()
            try:
                self._store(connection)
                connection.commit()
            except sqlite3.Error:
                connection.rollback()
                raise
        self._forget_stored()

    def _is_due(self) -> bool:
        return bool(self._waiting)

    def _store(self, connection: sqlite3.Connection) -> None:
        """Write what waits into the transaction at hand."""
        if self._waiting:
            _database.insert(connection, self._waiting)

    def _forget_stored(self) -> None:
        self._waiting.clear()

    def _sync(self) -> None:
        """Have the disk itself hold what was committed: move the log into the database, which syncs both.

        With synchronous = NORMAL SQLite does so by itself after some thousand pages only; a commit that synced the
        log each second would keep the disk busy. While somebody reads, the log stays, and is synced where it is.
        Opening it next to SQLite is safe, as SQLite's locks lie on other files (closing a second descriptor of a file
        drops the process's locks on it).
        """
        with self._plainly():
            assert self._connection is not None
            self._connection.execute("PRAGMA busy_timeout = 0")
            (busy, *_) = self._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        log = self._path.with_name(FILE + "-wal")
        try:
            if busy:
                sync(log)
            sync(self._run)
        except FileNotFoundError:
            return  # no log: where the system can't have one SQLite syncs each commit itself
        except OSError as error:
            raise RunError(f"{log}: the recorded scalars cannot be synced to the disk: {error.strerror}") from None

    def copy_after(self, step: int, path: Path) -> bool:
        """Copy every scalar after ``step`` into a file of its own; whether there are any. Nothing is half copied."""
        self.commit()
        aside = path.with_name(f".{path.name}.new")
        aside.unlink(missing_ok=True)
        with self._plainly():
            connection = self._opened()
            if connection.execute("SELECT 1 FROM scalars WHERE step > ? LIMIT 1", (step,)).fetchone() is None:
                return False
            connection.execute("ATTACH DATABASE ? AS aside", (str(aside),))
            try:
                connection.execute("PRAGMA aside.journal_mode = DELETE")
                connection.execute(f"CREATE TABLE aside.scalars ({_blocks.TABLES['scalars']})")
                connection.execute(
                    "INSERT INTO aside.scalars SELECT step, seconds, name, value FROM scalars WHERE step > ?", (step,)
                )
                connection.commit()
            except sqlite3.Error:
                connection.rollback()
                aside.unlink(missing_ok=True)
                raise
            finally:
                connection.execute("DETACH DATABASE aside")
        aside.replace(path)
        return True

    def copy_until(self, step: int, run: Path) -> None:
        """Copy what can be read of the scalars up to ``step`` into the folder of a run that has none."""
        connection = self._opened_for_reading()
        if connection is None:
            return
        with self._plainly():
            fresh = _database.begun(run / FILE, self._TABLES)
            try:
                self._salvage(connection, fresh, [])
                _database.forget(fresh, step)
                fresh.commit()
                _database.tidy(fresh)
            finally:
                fresh.close()

    def truncate(self, step: int) -> None:
        """Forget every scalar after ``step``."""
        self.commit()
        with self._plainly():
            connection = self._opened()
            try:
                self._forget(connection, step)
                connection.commit()
            except sqlite3.Error:
                connection.rollback()
                raise

    def _forget(self, connection: sqlite3.Connection, step: int) -> None:
        """Delete what is after a step in the transaction at hand."""
        _database.forget(connection, step)

    # --- reading ---

    def read(self, names: Sequence[str]) -> npt.NDArray[np.float64]:
        """What was recorded: rows (n, 2 + len(names)) of step, seconds, values; NaN where a value is missing."""
        self.commit()
        parts = [part.table(names) for part in self._streamed(names)]
        rows = np.concatenate([np.empty((0, 2 + len(names))), *parts])
        keys = rows[:, 0] + 1j * rows[:, 1]
        if len(parts) < 2 or np.all(keys[1:] > keys[:-1]):
            return rows
        # Parts that overlap: at least the row in which one ends and the next begins is in two pieces.
        times, place = np.unique(keys, return_inverse=True)
        together = np.full((len(times), rows.shape[1]), np.nan)
        for column in range(rows.shape[1]):
            known = ~np.isnan(rows[:, column])
            together[place[known], column] = rows[known, column]
        return together

    def parts(self, names: Sequence[str]) -> Iterator[npt.NDArray[np.float64]]:
        """The same in tables of some ten thousand rows, each as soon as it is read.

        What a damaged database holds out of order is left out.
        """
        self.commit()
        rows = np.empty((0, 2 + len(names)))
        for recorded in self._streamed(names):
            part, rest = recorded.table(names), rows[-1:]
            if len(rows):
                yield rows[:-1]  # the last one may go on in this part
            if len(rest) and len(part) and (rest[-1, :2] == part[0, :2]).all():
                part[0] = np.where(np.isnan(part[0]), rest[-1], part[0])
                rest = rest[:-1]
            rows = np.concatenate([rest, part])
            keys = rows[:, 0] + 1j * rows[:, 1]
            rows = rows[keys >= np.maximum.accumulate(keys)]
        yield rows

    def names(self) -> tuple[str, ...]:
        """What numbers were recorded, by their names, in the order in which they came."""
        self.commit()
        found: dict[bytes, None] = {}
        for recorded in self._streamed(()):
            found.update(dict.fromkeys(recorded.names))
        return tuple(name.decode("utf-8", "surrogatepass") for name in found)

    def hand_over(self, other: Self) -> None:
        """Give another store what could not be written; there it goes onto the disk with the next ``commit``."""
        other._waiting[:0] = self._waiting
        self._waiting.clear()

    def close(self) -> None:
        """Commit and let go of the file."""
        try:
            self.commit()
            if self._connection is not None and not self._read_only:
                _database.tidy(self._connection)
        finally:
            self._let_go()

    def _streamed(self, names: Sequence[str]) -> Iterator[Recorded]:
        """The rows that are as they were written, of ``names`` at least; in the end ``missing`` tells of the others."""
        connection = self._readable()
        if connection is None:
            return
        faults: list[str] = []
        try:
            with _database.bounded(connection, self._path), _database.at_one_moment(connection):
                yield from _blocks.stream(connection, faults, names, self._known)
        except sqlite3.Error as error:
            faults.append(str(error))
        self._tell(faults)
