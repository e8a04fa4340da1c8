"""Every scalar of a run, in one SQLite file that survives a kill and can be read while it is written."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from ganstudio.run import _blocks, _database
from ganstudio.run._blocks import DamageError, Recorded
from ganstudio.run._checkpoints import latest_checkpoint
from ganstudio.run._disk import move_aside, sync
from ganstudio.run._lock import RunError
from ganstudio.run._reading import check_database

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import Self

FILE = "metrics.sqlite"

_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_ERROR, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_SCHEMA,
        sqlite3.SQLITE_FORMAT,
    }
)  # fmt: skip


class ScalarStore:
    """The table ``scalars(step, seconds, name, value)`` of a run, opened at its first use, by one thread.

    What is not as it was written is left out when it is read. A database whose pages or tables are out of order a
    writer moves aside, and begins a new one with what can be read. ``missing`` says what was left out, in sentences.
    """

    _TABLES: ClassVar[dict[str, str]] = _blocks.TABLES

    def __init__(self, run: Path, *, read_only: bool) -> None:
        self._run = run
        self._path = run / FILE
        self._read_only = read_only
        self._connection: sqlite3.Connection | None = None
        self._waiting: list[tuple[tuple[str, ...], npt.NDArray[np.float64]]] = []
        self._known: dict[_blocks.Block, bool] = {}
        self.missing: list[str] = []

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

    def _let_go(self) -> None:
        self._known.clear()
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    @contextmanager
    def _plainly(self) -> Iterator[None]:
        """SQLite's errors in plain words."""
        try:
            yield
        except (sqlite3.Error, DamageError) as error:
            raise RunError(f"{self._path}: the recorded scalars cannot be used: {error}") from None

    def _streamed(self, names: Sequence[str]) -> Iterator[Recorded]:
        """The rows that are as they were written, of ``names`` at least; in the end ``missing`` tells of the others."""
        if self._read_only:
            connection = self._opened_for_reading()
        else:
            with self._plainly():
                connection = self._opened()
        if connection is None:
            return
        faults: list[str] = []
        try:
            with _database.bounded(connection, self._path), _database.at_one_moment(connection):
                yield from _blocks.stream(connection, faults, names, self._known)
        except sqlite3.Error as error:
            faults.append(str(error))
        self._tell(faults)

    def _tell(self, faults: Sequence[str], more: str = "") -> None:
        if faults:
            self.missing.append(f"The run's curves are damaged. {self._path}: {'; '.join(faults)}.{more}")

    def _is_expected(self) -> bool:
        """Whether there must be curves: before the first checkpoint there need not be any."""
        return latest_checkpoint(self._run) is not None

    # --- opening ---

    def _opened_for_reading(self) -> sqlite3.Connection | None:
        """The connection for reading; None, and ``missing`` says why, where there is nothing to be read."""
        if self._connection is not None:
            return self._connection
        try:
            if not check_database(self._path):
                if self._is_expected():
                    self._tell(["there is no such file"])
                return None
            self._connection = _database.connected_for_reading(self._path)
            self._check_tables(self._connection, strict=False)
            if fault := _database.quick_check(self._connection):
                self._tell([fault])
        except (sqlite3.Error, DamageError) as error:
            self._let_go()
            self._tell([str(error)])
        except RunError as error:
            self.missing.append(f"The run's curves can't be read. {error}.")
        return self._connection

    def _check_tables(self, connection: sqlite3.Connection, *, strict: bool) -> bool:
        """Whether all tables are there, and in order; DamageError where they are not, or there must be some."""
        lacking = self._TABLES.keys() - _blocks.check_schema(connection, self._TABLES, strict=strict) - {"blocks"}
        if lacking and self._is_expected():
            raise DamageError(f"the table {min(lacking)} is missing")
        return not lacking

    def _opened(self) -> sqlite3.Connection:
        """The connection for writing, to a database that is in order."""
        if self._connection is None:
            try:
                self._connection = self._opened_sound()
            except BaseException:
                self._let_go()
                raise
        return self._connection

    def _opened_sound(self) -> sqlite3.Connection:
        try:
            there = check_database(self._path)
            if self._path.is_symlink():  # wherever it leads to, nothing is written there
                self._connection = _database.connected_for_reading(self._path) if there else None
                return self._rebuilt("it is a link to another file")
            if not there:
                if self._is_expected():
                    self._tell(["there is no such file"])
                return _database.begun(self._path, self._TABLES)
            self._connection = _database.connected(self._path)
            if not self._check_tables(self._connection, strict=True):
                return _database.begun(self._path, self._TABLES, self._connection)
            why = _database.quick_check(self._connection)
        except (RunError, DamageError) as error:
            why = str(error)
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF not in _DAMAGE:
                raise
            why = str(error)
        if why:
            return self._rebuilt(why)
        assert self._connection is not None
        _database.log_ahead(self._connection)
        _database.adopt(self._connection)
        return self._connection

    def _rebuilt(self, why: str) -> sqlite3.Connection:
        """Begin a new database with the rows that can be read, and keep the damaged one under another name."""
        fresh = self._path.with_name(f".{FILE}.new")
        faults = [why]
        try:
            for ending in ("", "-journal", "-wal", "-shm"):
                fresh.with_name(fresh.name + ending).unlink(missing_ok=True)
            connection = _database.begun(fresh, self._TABLES)
            try:
                if self._connection is not None:
                    self._salvage(self._connection, connection, faults)
                connection.commit()
                _database.tidy(connection)
            finally:
                connection.close()
                self._let_go()
            aside = move_aside(self._path)
            for ending in ("-journal", "-wal", "-shm"):
                log = self._path.with_name(FILE + ending)
                if log.is_symlink() or log.exists():
                    log.rename(aside.with_name(aside.name + ending))
            fresh.rename(self._path)
        except OSError as error:
            raise RunError(f"{self._path}: is damaged and cannot be moved aside: {error.strerror}") from None
        self._tell(faults, f" The damaged file is kept as {aside.name}.")
        self._connection = _database.connected(self._path)
        _database.log_ahead(self._connection)
        return self._connection

    def _salvage(self, damaged: sqlite3.Connection, fresh: sqlite3.Connection, faults: list[str]) -> None:
        """Copy what can be read into a new database, in the transaction at hand."""
        try:
            with _database.bounded(damaged, self._path):
                _blocks.check_schema(damaged, self._TABLES, strict=False)
                for part in _blocks.stream(damaged, faults):
                    with self._plainly():
                        _database.write(fresh, part)
        except (sqlite3.Error, DamageError) as error:
            if str(error) not in faults:
                faults.append(str(error))
