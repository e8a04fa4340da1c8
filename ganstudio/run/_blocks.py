"""The rows of a run's database, read whole and held against the checksums that were written with them.

Each commit adds rows to ``scalars`` and, in the same transaction, blocks: which rows they are, by rowid, and the CRC-32
of what they say. SQLite itself sees damage to the order of its pages, and none to the bytes of a value.
"""

from __future__ import annotations

import sqlite3
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from ganstudio.run._recorded import Gathered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ganstudio.run._recorded import Recorded

Block = tuple[int, int, int]
"""The rowids of its first and last row, and the checksum."""

VERSION = int.from_bytes(b"GSr1")
"""``PRAGMA application_id`` of a database with checksums; 0 is one from before there were any."""
TABLES = {
    "scalars": "step INTEGER NOT NULL, seconds REAL NOT NULL, name TEXT NOT NULL, value REAL NOT NULL",
    "blocks": "first INTEGER PRIMARY KEY, last INTEGER NOT NULL, checksum INTEGER NOT NULL",
}
UNKNOWN = -1
"""In the place of a checksum: of rows from before there were any."""
MOST_ROWS = 4080
"""Rows of a block: what is lost where one of its bytes is."""


class DamageError(Exception):
    """The database is not as this program writes it; the message says how."""


def check_schema(connection: sqlite3.Connection, tables: Mapping[str, str], *, strict: bool) -> set[str]:
    """Which of the tables there are, which must be no more than tables; ``tables``: columns by name.

    strict: that nothing else hangs on these tables either, such as a trigger, which writing to them would set off.
    Raises DamageError; what a view or a generated column would compute may have no end.
    """
    names = ", ".join(f"'{name}'" for name in tables)
    query = f"SELECT name, type, rootpage FROM sqlite_schema WHERE tbl_name COLLATE NOCASE IN ({names})"
    found = [(_text(name), kind, root) for name, kind, root in connection.execute(query).fetchall()]
    for name, kind, root in found:
        if kind != b"table" or name not in tables:
            if strict or name in tables:
                raise DamageError(f"{name} is not a table of ours")
            continue
        if not isinstance(root, int) or root < 1:
            raise DamageError(f"the table {name} has no rows of its own")
        told = connection.execute(f"PRAGMA table_xinfo({name})").fetchall()
        columns = [[_text(column[1]), _text(column[2]).upper()] for column in told]
        if columns != [column.split()[:2] for column in tables[name].split(", ")] or any(column[6] for column in told):
            raise DamageError(f"the table {name} has other columns")
    return {name for name, _, _ in found} & tables.keys()


def stream(
    connection: sqlite3.Connection, faults: list[str], names: Sequence[str] = (), known: dict[Block, bool] | None = None
) -> Iterator[Recorded]:
    """All rows that are as they were written, some AT_ONCE at a time; ``faults`` gets what was left out, and why.

    known: whether the blocks that were read before are right, which is not told again; of these only the rows of
    ``names`` are read. To be called with the schema checked. Raises sqlite3.Error where nothing can be read at all.
    """
    gathered = Gathered()
    wrong = _Wrong()
    blocks = _blocks(connection, faults)
    known = {} if known is None else known
    own = f"{_OF_BLOCK} AND name IN ({','.join('?' * len(names))}) ORDER BY rowid"
    for block in blocks:
        first, last, expected = block
        if expected == UNKNOWN:
            yield from _unchecked(connection, first, last, gathered, faults)
            continue
        if block in known:
            if known[block]:
                gathered.add(connection.execute(own, (first, last, *names)).fetchmany(MOST_ROWS), None)
            continue
        try:
            rows = connection.execute(f"{_OF_BLOCK} ORDER BY rowid", (first, last)).fetchmany(MOST_ROWS + 1)
            sound, why = bool(rows) and gathered.add(rows, expected), "its bytes are not those that were written"
        except sqlite3.Error as error:
            sound, why = False, str(error)
        known[block] = sound
        wrong.note(rows[-1][0] if sound else None, rows[0][0] if sound else None, why)
        if gathered.many:
            yield from gathered.take()
    yield from gathered.take()
    if wrong.count:
        faults.append(str(wrong))
    if _strays(connection, blocks):
        faults.append("it holds rows that no checksum is of; they are left out")


_OF_BLOCK = "SELECT step, seconds, name, value FROM scalars WHERE rowid BETWEEN ? AND ?"


def _blocks(connection: sqlite3.Connection, faults: list[str]) -> list[Block]:
    """The blocks: first and last rowid, and the checksum. One of everything, without any, where there are none."""
    everything = [(-(2**63), 2**63 - 1, UNKNOWN)]
    try:
        (version,) = connection.execute("PRAGMA application_id").fetchone()
        there = connection.execute("SELECT 1 FROM sqlite_schema WHERE name = 'blocks'").fetchone() is not None
        if version == 0 and not there:
            return everything
        if version != VERSION or not there:
            raise DamageError("its checksums are not there, or not of this version")
        found = connection.execute("SELECT first, last, checksum FROM blocks ORDER BY first").fetchall()
        if any(type(number) is not int for block in found for number in block):
            raise DamageError("a checksum is no number")
        if any(first > last for first, last, _ in found) or any(a[1] >= b[0] for a, b in pairwise(found)):
            raise DamageError("its checksums overlap")
    except (DamageError, sqlite3.Error) as error:
        faults.append(f"what it holds can't be checked: {error}")
        return everything
    return found


class _Wrong:
    """Which blocks could not be used: the steps around the first gap, and how many gaps there are."""

    def __init__(self) -> None:
        self.count = 0
        self._why = ""
        self._last: int | None = None
        self._edges: list[int | None] = []

    def note(self, last: int | None, first: int | None, why: str) -> None:
        """A block that was read from step ``first`` to ``last``, or that could not be, which is why."""
        if last is None:
            if not self.count:
                self._edges, self._why = [self._last, None], why
            self.count += 1
            return
        if self.count and self._edges[1] is None:
            self._edges[1] = first
        self._last = last

    def __str__(self) -> str:
        before, after = self._edges
        begin = "from the start" if before is None else f"after step {before:,}"
        end = "to the end" if after is None else f"up to step {after:,}"
        more = f", {self.count:,} parts of it in all" if self.count > 1 else ""
        return f"the curves have a gap {begin} {end}{more} ({self._why})"


def _strays(connection: sqlite3.Connection, blocks: list[Block]) -> bool:
    """Whether there are rows between the blocks, before or behind them."""
    edges = [-(2**63) - 1, *(edge for first, last, _ in blocks for edge in (first, last)), 2**63]
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        if high - low < 2:
            continue
        query = "SELECT 1 FROM scalars WHERE rowid BETWEEN ? AND ? LIMIT 1"
        try:
            if connection.execute(query, (low + 1, high - 1)).fetchone():
                return True
        except sqlite3.Error:
            return True
    return False


def _unchecked(
    connection: sqlite3.Connection, first: int, last: int, gathered: Gathered, faults: list[str]
) -> Iterator[Recorded]:
    """What can be read of rows without checksums: from the front up to where it fails, then from the back."""
    failure, reached, ours = "", first - 1, True
    for order, operator in (("", ">="), (" DESC", ">")):
        query = (
            f"SELECT step, seconds, name, value, rowid FROM scalars WHERE rowid {operator} ? AND rowid <= ? "
            f"ORDER BY rowid{order}"
        )
        try:
            cursor = connection.execute(query, (max(reached, first), last))
            while rows := cursor.fetchmany(MOST_ROWS):
                ours = gathered.add([row[:4] for row in rows], None) and ours
                reached = reached if failure else rows[-1][4]
                if gathered.many:
                    yield from gathered.take()
        except sqlite3.Error as error:
            failure = failure or str(error)
        else:
            break
    yield from gathered.take()
    if failure:
        faults.append(f"the curves have gaps ({failure})")
    if not ours:
        faults.append("some rows are not what this program records; they are left out")


def _text(value: Any) -> str:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value)
