"""What went wrong with data, in words for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganstudio.experiment.places import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class DatasetError(ValueError):
    """Data that can't be used; the message says what, where and what would be right."""

    def __init__(self, message: str = "") -> None:
        super().__init__(text_of(message))  # a file's name may hold what nothing can write


class Undecided(DatasetError):
    """Data that can be taken for several things, and nothing in them tells which: somebody has to choose.

    options: the fields of the spec that would decide it, the likeliest first.
    """

    def __init__(self, why: str, options: Iterable[Mapping[str, Any]]) -> None:
        super().__init__(why)
        self.options = tuple(dict(one) for one in options)

    @property
    def layouts(self) -> tuple[str, ...]:
        """The likeliest ways to lay an array out, as ``ArraySpec.layout`` writes them."""
        return tuple(one["layout"] for one in self.options if "layout" in one)


@dataclass(frozen=True, kw_only=True)
class Skipped:
    """One thing in a dataset that could not be read."""

    name: str
    reason: str
