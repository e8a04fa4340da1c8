"""One run's database: opened warily, read within a bound of work, and written with the checksums of its rows."""

from __future__ import annotations

import sqlite3
import threading
from bisect import bisect_left, bisect_right
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.run import _blocks, _recorded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from ganstudio.run._recorded import Recorded

# One statement with many rows costs 1.2 us a scalar, executemany 2.2 (measured, 7 scalars a step); the checksum a tenth
# of a microsecond more. SQLite's oldest limit is 999 values a statement.
_ROWS_A_STATEMENT = 240
_INSERT = "INSERT INTO scalars VALUES "
_ROW = "(?,?,?,?)"
_FULL_INSERT = _INSERT + ",".join([_ROW] * _ROWS_A_STATEMENT)

# A value that claims more bytes than this is none of ours.
_LONGEST_VALUE = 1 << 20
# What SQLite may do to read a database: reading a row takes some ten instructions, and some thirty bytes of the file.
_INSTRUCTIONS, _INSTRUCTIONS_A_BYTE = 4_000_000, 2
_A_TIME = 10_000
_CHECK_SECONDS = 2.0


def _guarded(connection: sqlite3.Connection) -> sqlite3.Connection:
    """The connection, made wary of what the file may hold."""
    connection.text_factory = bytes
    connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, _LONGEST_VALUE)
    connection.execute("PRAGMA trusted_schema = OFF")
    connection.execute("PRAGMA cell_size_check = ON")
    connection.execute("PRAGMA mmap_size = 0")
    return connection


def connected(path: Path) -> sqlite3.Connection:
    """A connection for writing; nothing is changed by it yet, in case the file has to be kept as it is."""
    connection = sqlite3.connect(path)
    try:
        return _guarded(connection)
    except sqlite3.Error:
        connection.close()
        raise


def log_ahead(connection: sqlite3.Connection) -> None:
    """Write to a log first, so that others may read meanwhile."""
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")


def begun(path: Path, tables: Mapping[str, str], connection: sqlite3.Connection | None = None) -> sqlite3.Connection:
    """A new database, or one that was left before its tables were made; ``tables``: columns by name."""
    connection = connection or connected(path)
    log_ahead(connection)
    connection.execute("BEGIN")
    for name, columns in tables.items():
        connection.execute(f"CREATE TABLE IF NOT EXISTS {name} ({columns})")
    connection.execute(f"PRAGMA application_id = {_blocks.VERSION}")
    connection.commit()
    return connection


def connected_for_reading(path: Path) -> sqlite3.Connection:
    """Next to a writer; or, on a medium that can't be written, of the file as it is (WAL wants to make files)."""
    for mode in ("mode=ro", "immutable=1"):
        connection = sqlite3.connect(f"{path.resolve().as_uri()}?{mode}", uri=True)
        try:
            _guarded(connection).execute("PRAGMA query_only = ON")
            connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        except sqlite3.OperationalError:
            connection.close()
            if mode == "immutable=1":
                raise
        except sqlite3.Error:
            connection.close()
            raise
        else:
            return connection
    raise AssertionError("unreachable: the last mode returns or raises")


@contextmanager
def bounded(connection: sqlite3.Connection, path: Path) -> Iterator[None]:
    """Within a bound of work, which a database that leads in circles would exceed."""
    left = _INSTRUCTIONS + _INSTRUCTIONS_A_BYTE * path.stat().st_size

    def count() -> bool:
        nonlocal left
        left -= _A_TIME
        return left < 0

    connection.set_progress_handler(count, _A_TIME)
    try:
        yield
    finally:
        with suppress(sqlite3.ProgrammingError):  # closed, while somebody had not read to the end
            connection.set_progress_handler(None, 0)


@contextmanager
def at_one_moment(connection: sqlite3.Connection) -> Iterator[None]:
    """Read as the file is now, although it is being written; on a writer's own connection nothing is needed."""
    if connection.in_transaction or not _reads_only(connection):
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        with suppress(sqlite3.ProgrammingError):
            connection.rollback()


def _reads_only(connection: sqlite3.Connection) -> bool:
    return bool(connection.execute("PRAGMA query_only").fetchone()[0])


def quick_check(connection: sqlite3.Connection) -> str:
    """What SQLite finds wrong with the order of the pages; nothing where it is not through within its time."""
    over = threading.Event()

    def stop() -> None:
        over.set()
        connection.interrupt()

    timer = threading.Timer(_CHECK_SECONDS, stop)
    timer.start()
    try:
        (found,) = connection.execute("PRAGMA quick_check(1)").fetchone() or (b"ok",)
    except sqlite3.Error as error:
        return "" if over.is_set() else str(error)
    finally:
        timer.cancel()
        timer.join()
    return "" if found == b"ok" else found.decode("utf-8", "replace").replace("\n", " ")


def insert(connection: sqlite3.Connection, waiting: list[tuple[tuple[str, ...], npt.NDArray[np.float64]]]) -> None:
    """Add rows, and a block for each some thousand of them. A value that isn't finite is left out."""
    parts = []
    for names, rows in waiting:
        values = rows[:, 2:]
        row, column = np.nonzero(np.isfinite(values))
        known = np.array(names, object)
        parts.append((rows[row, 0].astype(np.int64), rows[row, 1], known[column], values[row, column]))
    step, seconds, name, value = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    for start in range(0, len(step), _blocks.MOST_ROWS):
        part = slice(start, start + _blocks.MOST_ROWS)
        names_told = name[part].tolist()
        _insert_block(connection, step[part], seconds[part], names_told, value[part])


def _insert_block(
    connection: sqlite3.Connection,
    step: npt.NDArray[np.int64],
    seconds: npt.NDArray[np.float64],
    names: list[str],
    value: npt.NDArray[np.float64],
) -> None:
    flat: list[int | float | str] = [0] * (4 * len(step))
    flat[0::4], flat[1::4], flat[2::4], flat[3::4] = step.tolist(), seconds.tolist(), names, value.tolist()
    full = 4 * _ROWS_A_STATEMENT
    for start in range(0, len(flat), full):
        part = flat[start : start + full]
        statement = _FULL_INSERT if len(part) == full else _INSERT + ",".join([_ROW] * (len(part) // 4))
        last = connection.execute(statement, part).lastrowid
    assert last is not None
    known = _recorded.checksum(step, seconds, [name.encode() for name in names], value)
    connection.execute("INSERT INTO blocks VALUES (?, ?, ?)", (last - len(step) + 1, last, known))


def write(connection: sqlite3.Connection, part: Recorded) -> None:
    """Add rows that were read elsewhere, to the transaction at hand."""
    names = [part.names[place].decode() for place in part.name.tolist()]
    for start in range(0, len(part), _blocks.MOST_ROWS):
        own = slice(start, start + _blocks.MOST_ROWS)
        _insert_block(connection, part.step[own], part.seconds[own], names[own], part.value[own])


def adopt(connection: sqlite3.Connection) -> None:
    """Give a run from before there were checksums a place for those to come."""
    if connection.execute("PRAGMA application_id").fetchone() != (0,):
        return
    connection.execute("BEGIN")
    connection.execute(f"CREATE TABLE IF NOT EXISTS blocks ({_blocks.TABLES['blocks']})")
    (first, last) = connection.execute("SELECT min(rowid), max(rowid) FROM scalars").fetchone()
    if first is not None:
        connection.execute("INSERT INTO blocks VALUES (?, ?, ?)", (first, last, _blocks.UNKNOWN))
    connection.execute(f"PRAGMA application_id = {_blocks.VERSION}")
    connection.commit()


def forget(connection: sqlite3.Connection, step: int) -> None:
    """Delete the rows after a step, and give the blocks that lose some the checksum of what stays.

    A block that is damaged keeps its old one, so that it goes on to be known as damaged.
    """
    gone = [
        rowid for (rowid,) in connection.execute("SELECT rowid FROM scalars WHERE step > ? ORDER BY rowid", (step,))
    ]
    if not gone:
        return
    blocks = connection.execute("SELECT first, last, checksum FROM blocks ORDER BY first").fetchall()
    touched = [block for block in blocks if bisect_left(gone, block[0]) < bisect_right(gone, block[1])]
    sound = {first for first, last, known in touched if known in (_blocks.UNKNOWN, _known(connection, first, last)[2])}
    connection.execute("DELETE FROM scalars WHERE step > ?", (step,))
    for first, last, known in touched:
        connection.execute("DELETE FROM blocks WHERE first = ?", (first,))
        begin, end, now = _known(connection, first, last)
        if begin is not None:
            kept = known if known == _blocks.UNKNOWN or first not in sound else now
            connection.execute("INSERT INTO blocks VALUES (?, ?, ?)", (begin, end, kept))


def _known(connection: sqlite3.Connection, first: int, last: int) -> tuple[int | None, int | None, int | None]:
    """First and last rowid of the rows in a range, and their checksum; None where there are none, or none of ours."""
    begin, end = connection.execute(
        "SELECT min(rowid), max(rowid) FROM scalars WHERE rowid BETWEEN ? AND ?", (first, last)
    ).fetchone()
    query = "SELECT step, seconds, name, value FROM scalars WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
    rows = connection.execute(query, (first, last)).fetchmany(_blocks.MOST_ROWS + 1)
    return begin, end, _recorded.checksum_of(rows)


def tidy(connection: sqlite3.Connection) -> None:
    """Leave one file, which a reader opens without making others next to it; not while one reads."""
    with suppress(sqlite3.OperationalError):
        connection.execute("PRAGMA journal_mode = DELETE")
