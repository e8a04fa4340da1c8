"""A run's database, opened warily: one that is out of order is moved aside, and a new one holds what can be read."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, ClassVar

from ganstudio.run import _blocks, _database
from ganstudio.run._blocks import DamageError
from ganstudio.run._checkpoints import latest_checkpoint
from ganstudio.run._disk import keep_aside
from ganstudio.run._lock import RunError
from ganstudio.run._reading import check_database

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

FILE = "metrics.sqlite"

_DAMAGE = frozenset(
    {
        sqlite3.SQLITE_ERROR, sqlite3.SQLITE_INTERRUPT, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_TOOBIG, sqlite3.SQLITE_MISMATCH, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_SCHEMA,
        sqlite3.SQLITE_FORMAT,
    }
)  # fmt: skip


class MendedDatabase:
    """The database in a run's folder, opened at its first use, by one thread. ``missing``: what was left out, in words.

    Its tables, columns by name, are ``_TABLES``.
    """

    _TABLES: ClassVar[dict[str, str]] = _blocks.TABLES

    def __init__(self, run: Path, *, read_only: bool) -> None:
        self._run = run
        self._path = run / FILE
        self._read_only = read_only
        self._connection: sqlite3.Connection | None = None
        self._known: dict[_blocks.Block, bool] = {}
        self.missing: list[str] = []

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

    def _tell(self, faults: Sequence[str], more: str = "") -> None:
        if faults:
            self.missing.append(f"The run's curves are damaged. {self._path}: {'; '.join(faults)}.{more}")

    def _is_expected(self) -> bool:
        """Whether there must be curves: before the first checkpoint there need not be any."""
        return latest_checkpoint(self._run) is not None

    def _readable(self) -> sqlite3.Connection | None:
        """The connection to read by; None, and ``missing`` says why, where there is nothing to be read."""
        if self._read_only:
            return self._opened_for_reading()
        with self._plainly():
            return self._opened()

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
        """Begin a new database with the rows that can be read, and keep the damaged one under another name.

        A crash on the way leaves one of the two under the name.
        """
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
            aside = keep_aside(self._path)
            for ending in ("-journal", "-wal", "-shm"):
                log = self._path.with_name(FILE + ending)
                if log.is_symlink() or log.exists():
                    log.rename(aside.with_name(aside.name + ending))
            fresh.replace(self._path)
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
