"""What several games with one clock recorded, a row of all of them a step, in the same file as a run's scalars.

As rows of ``scalars`` a band of 64 seeds would write some 20,000 a second: 2.4 % of the time, 3 GB an hour. A row of
packed numbers a step is far less, and of a long training evenly spaced steps are enough.
"""

from __future__ import annotations

import sqlite3
import zlib
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from ganstudio.run import _database
from ganstudio.run._scalars import ScalarStore

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from typing import Self

Table = Literal["steps", "looks", "estimates"]
MOST_BYTES: dict[Table, int] = {"steps": 64 << 20, "looks": 4 << 20, "estimates": 16 << 20}
"""When a table holds more, every other step of it is let go."""
LEAST_ROWS = 1 << 9
_SEAL = 4  # bytes of CRC-32 behind the numbers of a row


class GroupStore(ScalarStore):
    """Adds ``steps``, ``looks`` and ``estimates``, each (step, numbers): as bytes whatever the training packs.

    Of ``steps`` those remain that are multiples of a stride, a power of two, so that they stay evenly spaced; it is
    kept as the database's ``user_version``. Of the others, which come when there is time, every other step remains.
    """

    _TABLES: ClassVar[dict[str, str]] = ScalarStore._TABLES | {
        "steps": "step INTEGER PRIMARY KEY, numbers BLOB NOT NULL",
        "looks": "step INTEGER PRIMARY KEY, numbers BLOB NOT NULL",
        "estimates": "step INTEGER NOT NULL, numbers BLOB NOT NULL",
    }

    def __init__(self, run: Path, *, read_only: bool) -> None:
        super().__init__(run, read_only=read_only)
        self._packed: dict[Table, list[tuple[int, bytes]]] = {table: [] for table in MOST_BYTES}
        self._counts: dict[Table, int] = {}

    def record_packed(self, table: Table, rows: Iterable[tuple[int, bytes]]) -> None:
        """Keep rows of step and numbers, on disk with the next ``commit``."""
        self._packed[table].extend(rows)

    def read_packed(self, table: Table) -> list[tuple[int, bytes]]:
        """What was recorded and not let go, in order of the steps.

        What is no such row, or not as it was written, is left out, and ``missing`` says so.
        """
        self.commit()
        connection = self._readable()
        faults: list[str] = []
        found = [] if connection is None else self._sound(connection, table, faults)
        self._tell(faults)
        return found

    def _sound(self, connection: sqlite3.Connection, table: Table, faults: list[str]) -> list[tuple[int, bytes]]:
        """The rows that are as they were written."""
        found, wrong = [], 0
        try:
            with _database.bounded(connection, self._path):
                for row in connection.execute(f"SELECT step, numbers FROM {table} ORDER BY step, rowid"):
                    if (unsealed := _unsealed(*row)) is None:
                        wrong += 1
                    else:
                        found.append(unsealed)
        except sqlite3.Error as error:
            faults.append(str(error))
        if wrong:
            one = wrong == 1
            lost = "1 step of the members is" if one else f"{wrong:,} steps of the members are"
            faults.append(f"{lost} left out: {'it is not as it was' if one else 'they are not as they were'} written")
        return found

    def _salvage(self, damaged: sqlite3.Connection, fresh: sqlite3.Connection, faults: list[str]) -> None:
        super()._salvage(damaged, fresh, faults)
        for table in MOST_BYTES:
            rows = self._sound(damaged, table, faults)
            fresh.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", map(_sealed, rows))
            if table == "steps":
                # The largest power of two that divides every step.
                stride = min((step & -step for step, _ in rows if step), default=1)
                fresh.execute(f"PRAGMA user_version = {stride}")

    def hand_over(self, other: Self) -> None:
        """Give another store what could not be written; there it goes onto the disk with the next ``commit``."""
        super().hand_over(other)
        for table, rows in self._packed.items():
            other._packed[table][:0] = rows
            rows.clear()

    def _is_due(self) -> bool:
        return super()._is_due() or any(self._packed.values())

    def _store(self, connection: sqlite3.Connection) -> None:
        super()._store(connection)
        (stride,) = connection.execute("PRAGMA user_version").fetchone()
        for table, rows in self._packed.items():
            spaced = [row for row in rows if table != "steps" or row[0] % max(1, stride) == 0]
            connection.executemany(f"INSERT OR REPLACE INTO {table} VALUES (?, ?)", map(_sealed, spaced))
            if spaced:
                self._thin(connection, table, len(spaced), len(spaced[0][1]), max(1, stride))

    def _forget_stored(self) -> None:
        super()._forget_stored()
        for rows in self._packed.values():
            rows.clear()

    def _forget(self, connection: sqlite3.Connection, step: int) -> None:
        super()._forget(connection, step)
        for table in MOST_BYTES:
            connection.execute(f"DELETE FROM {table} WHERE step > ?", (step,))
        self._counts.clear()

    def _thin(self, connection: sqlite3.Connection, table: Table, new: int, width: int, stride: int) -> None:
        """Keep every other row for as long as there are too many. They are counted once: that reads the whole table."""
        most = max(LEAST_ROWS, MOST_BYTES[table] // width)
        self._counts[table] = self._counts[table] + new if table in self._counts else _count(connection, table)
        while self._counts[table] > most and (before := self._counts[table]):
            if table == "steps":
                stride *= 2
                connection.execute("DELETE FROM steps WHERE step % ? != 0", (stride,))
                connection.execute(f"PRAGMA user_version = {stride}")
            else:
                ranked = f"SELECT step, dense_rank() OVER (ORDER BY step) AS place FROM {table}"
                connection.execute(f"DELETE FROM {table} WHERE step IN (SELECT step FROM ({ranked}) WHERE place % 2)")
            self._counts[table] = _count(connection, table)
            if self._counts[table] == before:  # all of one step
                break


def _sealed(row: tuple[int, bytes]) -> tuple[int, bytes]:
    """A row as it is kept: behind its numbers the checksum of both."""
    step, numbers = row
    return step, numbers + zlib.crc32(numbers, step & 0xFFFFFFFF).to_bytes(_SEAL, "little")


def _unsealed(step: Any, kept: Any) -> tuple[int, bytes] | None:
    """A row as it was recorded; None where it is another."""
    if not isinstance(step, int) or not isinstance(kept, bytes) or step < 0:
        return None
    row = (step, kept[:-_SEAL])
    return row if _sealed(row)[1] == kept else None


def _count(connection: sqlite3.Connection, table: Table) -> int:
    (count,) = connection.execute(f"SELECT count(*) FROM {table}").fetchone()
    return int(count)
