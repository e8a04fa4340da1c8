"""Tables by kind of sample."""

from __future__ import annotations

from typing import TypeVar

Row = TypeVar("Row")


class ByKind(dict[str, Row]):
    """A row for each kind of sample that is special somewhere, and one for all others."""

    def __init__(self, others: Row, **rows: Row) -> None:
        super().__init__(rows)
        self.others = others

    def __missing__(self, _kind: str) -> Row:
        return self.others
