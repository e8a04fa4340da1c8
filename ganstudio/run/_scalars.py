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
_FULL_INSERT = _INSERT + ",".join([_ROW] * _ROWS_A_STATEMENT)
_COLUMNS = np.dtype([("step", np.int64), ("seconds", np.float64), ("value", np.float64)])


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
        query = "SELECT step, seconds, value FROM scalars WHERE name = ?"
        with self._plainly() as connection:
            found = [np.fromiter(connection.execute(query, (name,)), _COLUMNS) for name in names]
        # A row is a step and its time: single updates of one player repeat the step, never the time. As the two parts
        # of a complex number they sort together, first by the step.
        keys = [part["step"] + 1j * part["seconds"] for part in found]
        times = np.unique(np.concatenate(keys)) if keys else np.empty(0, np.complex128)
        rows = np.full((len(times), 2 + len(names)), np.nan)
        rows[:, 0], rows[:, 1] = times.real, times.imag
        for column, (key, part) in enumerate(zip(keys, found, strict=True), start=2):
            rows[np.searchsorted(times, key), column] = part["value"]
        return rows

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
