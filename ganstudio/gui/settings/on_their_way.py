"""Edits that were sent to the game and have no answer yet."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ganstudio.gui.settings.values import Settings


class OnTheirWay:
    """The oldest first. Each change of a game that has begun is answered by itself, taken or refused, by its path.

    Before it has begun an edit begins it anew, and is answered by the game that comes.
    """

    def __init__(self) -> None:
        self._edits: list[tuple[Settings, bool]] = []

    @property
    def settings(self) -> Settings:
        """All of them, paths with their values."""
        return tuple(chain.from_iterable(edit for edit, _ in self._edits))

    def send(self, changes: Settings, *, started: bool) -> None:
        """These are sent just now. started: to a game that has begun."""
        self._edits.extend(((change,), True) for change in changes) if started else self._edits.append((changes, False))

    def answer(self, path: str) -> None:
        """The oldest change of a setting was taken or refused; what is told of other settings answers none."""
        answered = next((edit for edit in self._edits if edit[1] and edit[0][0][0] == path), None)
        if answered is not None:
            self._edits.remove(answered)

    def open(self) -> None:
        """A game has come: what was sent to the one before has no answer, and the oldest that begins one has its."""
        self._edits = [edit for edit in self._edits if not edit[1]][1:]

    def refuse(self) -> None:
        """A game that was asked for does not come, and the one that stands goes on."""
        refused = next((edit for edit in self._edits if not edit[1]), None)
        if refused is not None:
            self._edits.remove(refused)

    def clear(self) -> None:
        """No answer will come."""
        self._edits.clear()
