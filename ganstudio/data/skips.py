"""Keeping count of what could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.data.errors import Skipped

if TYPE_CHECKING:
    from collections.abc import Iterable

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

    def sentence(self, first: int = 3) -> str:
        """The count and the first few reasons: ``12 were skipped: a.txt is not an image; ...``; empty for none."""
        if not self.count:
            return ""
        reasons = "; ".join(f"{one.name} {one.reason}" for one in self._named[:first])
        others = self.count - min(first, len(self._named))
        tail = f"; and {others:,} more" if others else ""
        return f"{self.count:,} {'was' if self.count == 1 else 'were'} skipped: {reasons}{tail}"
