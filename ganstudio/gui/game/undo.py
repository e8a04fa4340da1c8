"""What a person turned, in order, to be taken back and done again: settings of the open game, and its latent code."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Protocol

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 200
"""Steps that are kept; of more the oldest are forgotten."""


class Turned(Protocol):
    """Holds what is turned. A side is a value of its own kind: how things stood before, or after."""

    def put(self, side: Any) -> None:
        """Turn it there, as a person would, without telling that it was turned."""

    def stands(self, side: Any) -> bool:
        """Whether it is there now."""

    def takes(self, side: Any) -> bool:
        """Whether that can still be: of another game it may not."""


@dataclass(frozen=True, kw_only=True)
class Turn:
    """One step. name: for the menu. hold: the press of a key or button that it was made in; see ``Hold``."""

    of: Turned
    name: str
    before: Any
    after: Any
    hold: int = 0


class UndoHistory(QObject):
    """Steps that can be undone and redone, the newest last. Several of one name in one hold are one step.

    ``changed`` comes when there are others.
    """

    changed = Signal()

    def __init__(self, hold: Callable[[], int], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._hold = hold
        self._done: deque[Turn] = deque(maxlen=MOST)
        self._undone: list[Turn] = []

    @property
    def undoable(self) -> str | None:
        """The name of what ``undo`` takes back; None: there is nothing."""
        return self._done[-1].name if self._done else None

    @property
    def redoable(self) -> str | None:
        """The name of what ``redo`` does again; None: there is nothing."""
        return self._undone[-1].name if self._undone else None

    def __len__(self) -> int:
        return len(self._done)

    def add(self, turn: Turn) -> None:
        """Remember what was just done; what was undone before it can't be done again."""
        turn = replace(turn, hold=self._hold())
        last = self._done[-1] if self._done else None
        if last is not None and (last.of, last.name, last.hold) == (turn.of, turn.name, turn.hold):
            self._done[-1] = replace(last, after=turn.after)
            if turn.of.stands(last.before):
                self._done.pop()  # dragged away and back
        else:
            self._done.append(turn)
        self._undone.clear()
        self.changed.emit()

    def undo(self) -> None:
        """Take the newest step back."""
        if self._done:
            turn = self._done.pop()
            self._undone.append(turn)
            turn.of.put(turn.before)
            self.changed.emit()

    def redo(self) -> None:
        """Do again what was undone last."""
        if self._undone:
            turn = self._undone.pop()
            self._done.append(turn)
            turn.of.put(turn.after)
            self.changed.emit()

    def clear(self) -> None:
        """Forget everything."""
        self._done.clear()
        self._undone.clear()
        self.changed.emit()

    def tidy(self) -> None:
        """Forget what is of another game, and what would change nothing, as where a change was refused."""
        self._done = deque((turn for turn in self._done if turn.of.takes(turn.before)), maxlen=MOST)
        self._undone = [turn for turn in self._undone if turn.of.takes(turn.after)]
        while self._done and self._done[-1].of.stands(self._done[-1].before):
            self._done.pop()
        while self._undone and self._undone[-1].of.stands(self._undone[-1].after):
            self._undone.pop()
        self.changed.emit()
