"""Keeping count of what could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.data.errors import DatasetError, Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

NAMED = 200
"""How many are kept by name: more than anybody reads, few enough for a message; the rest are counted."""


class Skips:
    """What was skipped so far: all are counted, the first ``NAMED`` are kept by name.

    A reason is a predicate, so that name and reason read as a sentence: ``a.png`` ``is cut short``.
    """

    def __init__(self, named: Iterable[Skipped] = (), more: int = 0) -> None:
        self._named = list(named)
        self.count = len(self._named) + more

    def add(self, name: str, reason: str) -> None:
        """Note that ``name`` was skipped."""
        self.count += 1
        if len(self._named) < NAMED:
            self._named.append(Skipped(name=name, reason=reason))

    @property
    def named(self) -> tuple[Skipped, ...]:
        """The first that were skipped."""
        return tuple(self._named)

    @property
    def more(self) -> int:
        """How many were skipped beyond those that are kept by name."""
        return self.count - len(self._named)

    def nothing_left(self, path: Path, should: str, none: str) -> DatasetError:
        """What to say of a path where nothing could be read. should: what it should hold; none: what it holds not."""
        if not self.count:
            what = "is an empty folder" if path.is_dir() else "is empty"
            return DatasetError(f'"{path.name}" {what}; it should hold {should}')
        if self.count == 1 and self._named[0].name == path.name:
            return DatasetError(f'"{path.name}" {self._named[0].reason}')
        return DatasetError(f'"{path.name}" holds no {none}: {self.sentence()}. It should hold {should}')

    def sentence(self, first: int = 3) -> str:
        """The count and the first few reasons: ``12 were skipped: a.txt is not an image; ...``; empty for none."""
        if not self.count:
            return ""
        reasons = "; ".join(f"{one.name} {one.reason}" for one in self._named[:first])
        others = self.count - min(first, len(self._named))
        tail = f"; and {others:,} more" if others else ""
        return f"{self.count:,} {'was' if self.count == 1 else 'were'} skipped: {reasons}{tail}"
