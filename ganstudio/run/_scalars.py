"""Every scalar of a run, in one SQLite file that survives a kill and can be read while it is written."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from ganstudio.run._disk import sync
from ganstudio.run._lock import RunError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FILE = "metrics.sqlite"

# One statement with many rows costs 1.2 us a scalar, executemany 2.2 (measured, 7 scalars a step). SQLite's oldest
# limit is 999 values a statement.
_ROWS_A_STATEMENT = 240
_INSERT = "INSERT INTO scalars VALUES "
_ROW = "(?,?,?,?)"
_CREATE = (
    "CREATE TABLE IF NOT EXISTS {} "
    "(step INTEGER NOT NULL, seconds REAL NOT NULL, name TEXT NOT NULL, value REAL NOT NULL)"
)
_FULL_INSERT = _INSERT + ",".join([_ROW] * _ROWS_A_STATEMENT)
_COLUMNS = np.dtype([("step", np.int64), ("seconds", np.float64), ("name", np.int8), ("value", np.float64)])
_RECORDS_AT_ONCE = 1 << 19


class ScalarStore:
    """The table ``scalars(step, seconds, name, value)`` of a run, opened at its first use, by one thread."""

    _TABLES: ClassVar[dict[str, str]] = {
        "scalars": "step INTEGER NOT NULL, seconds REAL NOT NULL, name TEXT NOT NULL, value REAL NOT NULL"
    }

    def __init__(self, run: Path, *, read_only: bool) -> None:
        self._path = run / FILE
        self._read_only = read_only
        self._connection: sqlite3.Connection | None = None
        self._waiting: list[tuple[tuple[str, ...], npt.NDArray[np.float64]]] = []

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
        with self._plainly() as connection:
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
        for names, rows in self._waiting:
            self._insert(connection, names, rows)

    def _forget_stored(self) -> None:
        self._waiting.clear()

    def _sync(self) -> None:
        """Have the disk itself hold the log of what was committed since it was last moved into the database.

        With synchronous = NORMAL SQLite syncs the log only when it moves it, after some thousand pages; a commit that
        synced it each second would keep the disk busy. Opening the log next to SQLite is safe, as SQLite's locks lie on
        other files (closing a second descriptor of a file drops the process's locks on it).
        """
        log = self._path.with_name(self._path.name + "-wal")
        try:
            sync(log)
            sync(log.parent)
        except FileNotFoundError:
            return  # no log: where the system can't have one SQLite syncs each commit itself
        except OSError as error:
            raise RunError(f"{log}: the recorded scalars cannot be synced to the disk: {error.strerror}") from None

    @staticmethod
    def _insert(connection: sqlite3.Connection, names: tuple[str, ...], rows: npt.NDArray[np.float64]) -> None:
        """What isn't finite is left out."""
        values = rows[:, 2:]
        row, column = np.nonzero(np.isfinite(values))
        flat: list[int | float | str] = [0] * (4 * len(row))
        flat[0::4] = rows[row, 0].astype(np.int64).tolist()
        flat[1::4] = rows[row, 1].tolist()
        flat[2::4] = [names[index] for index in column.tolist()]
        flat[3::4] = values[row, column].tolist()
        full = 4 * _ROWS_A_STATEMENT
        for start in range(0, len(flat), full):
            part = flat[start : start + full]
            statement = _FULL_INSERT if len(part) == full else _INSERT + ",".join([_ROW] * (len(part) // 4))
            connection.execute(statement, part)

    def read(self, names: Sequence[str]) -> npt.NDArray[np.float64]:
        """What was recorded: rows (n, 2 + len(names)) of step, seconds, values; NaN where a value is missing."""
        if self._read_only and not self._path.exists():
            return np.empty((0, 2 + len(names)))
        self.commit()
        with self._plainly() as connection:
            parts = list(self._parts(connection, names))
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
        if self._read_only and not self._path.exists():
            return
        self.commit()
        rest = np.empty((0, 2 + len(names)))
        with self._plainly() as connection:
            for part in self._parts(connection, names):
                if len(rest) and len(part) and (rest[-1, :2] == part[0, :2]).all():
                    part[0] = np.where(np.isnan(part[0]), rest[-1], part[0])
                    rest = rest[:-1]
                rows = np.concatenate([rest, part])
                keys = rows[:, 0] + 1j * rows[:, 1]
                rows = rows[keys >= np.maximum.accumulate(keys)]
                rest = rows[-1:]
                yield rows[:-1]
            yield rest

    @staticmethod
    def _parts(connection: sqlite3.Connection, names: Sequence[str]) -> Iterator[npt.NDArray[np.float64]]:
        """Tables as ``read`` gives them, of some of the records each: all at once would take a gigabyte in a long run.

        One pass over the records, whatever the number of names: a pass for each took twice the time.
        """
        (last,) = connection.execute("SELECT max(rowid) FROM scalars").fetchone()
        places = " ".join(f"WHEN ? THEN {place}" for place in range(len(names)))
        marks = ",".join("?" * len(names))
        query = (
            f"SELECT step, seconds, CASE name {places} END, value FROM scalars "
            f"WHERE rowid > ? AND rowid <= ? AND name IN ({marks})"
        )
        for start in range(0, (last or 0) if names else 0, _RECORDS_AT_ONCE):
            values = (*names, start, start + _RECORDS_AT_ONCE, *names)
            found = np.fromiter(connection.execute(query, values), _COLUMNS)
            # A row is a step and its time: single updates of one player repeat the step, never the time. As the two
            # parts of a complex number they sort together, first by the step.
            times, place = np.unique(found["step"] + 1j * found["seconds"], return_inverse=True)
            rows = np.full((len(times), 2 + len(names)), np.nan)
            rows[:, 0], rows[:, 1] = times.real, times.imag
            rows[place, 2 + found["name"].astype(np.intp)] = found["value"]
            yield rows

    def copy_after(self, step: int, path: Path) -> bool:
        """Copy every scalar after ``step`` into a file of its own; whether there are any. Nothing is half copied."""
        self.commit()
        aside = path.with_name(f".{path.name}.new")
        aside.unlink(missing_ok=True)
        with self._plainly() as connection:
            if connection.execute("SELECT 1 FROM scalars WHERE step > ? LIMIT 1", (step,)).fetchone() is None:
                return False
            connection.execute("ATTACH DATABASE ? AS aside", (str(aside),))
            try:
                connection.execute("PRAGMA aside.journal_mode = DELETE")
                connection.execute(_CREATE.format("aside.scalars"))
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

    def truncate(self, step: int) -> None:
        """Forget every scalar after ``step``."""
        self.commit()
        with self._plainly() as connection:
            for table in self._TABLES:
                connection.execute(f"DELETE FROM {table} WHERE step > ?", (step,))
            connection.commit()

    def close(self) -> None:
        """Commit and let go of the file."""
        try:
            self.commit()
            if self._connection is not None and not self._read_only:
                self._tidy(self._connection)
        finally:
            if self._connection is not None:
                self._connection.close()
                self._connection = None

    @staticmethod
    def _tidy(connection: sqlite3.Connection) -> None:
        """Leave one file, which a reader opens without making others beside it; not while one reads."""
        with suppress(sqlite3.OperationalError):
            connection.execute("PRAGMA journal_mode = DELETE")

    @contextmanager
    def _plainly(self) -> Iterator[sqlite3.Connection]:
        """The open connection; SQLite's errors in plain words."""
        try:
            if self._connection is None:
                self._connection = self._connected()
            yield self._connection
        except sqlite3.Error as error:
            raise RunError(f"{self._path}: the recorded scalars cannot be used: {error}") from None

    def _connected(self) -> sqlite3.Connection:
        if self._read_only:
            return self._connected_for_reading()
        connection = sqlite3.connect(self._path)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        for table, columns in self._TABLES.items():
            connection.execute(f"CREATE TABLE IF NOT EXISTS {table} ({columns})")
        return connection

    def _connected_for_reading(self) -> sqlite3.Connection:
        """Beside a writer; or, on a medium that can't be written, of the file as it is (WAL wants to make files)."""
        for mode in ("mode=ro", "immutable=1"):
            connection = sqlite3.connect(f"{self._path.resolve().as_uri()}?{mode}", uri=True)
            try:
                connection.execute("PRAGMA trusted_schema = OFF")
                connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
            except sqlite3.OperationalError:
                connection.close()
                if mode == "immutable=1":
                    raise
            else:
                return connection
        raise AssertionError("unreachable: the last mode returns or raises")
