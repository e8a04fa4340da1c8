"""Many controls of a kind as one stop of the Tab key: the arrows go from one to the next, and it is kept which."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QPoint, Qt

from ganstudio.gui.parts.stops import reach

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

DIRECTIONS = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, -1),
    Qt.Key.Key_Down: (0, 1),
}


class Roving(QObject):
    """Keeps one of its members in the order of Tab: the one that had the focus last, at first the first.

    A member has two signals: ``walked`` carries the arrow key that asks for its neighbour, ``focused`` comes when it
    has the focus.
    """

    def __init__(self, frame: QWidget) -> None:
        super().__init__(frame)
        self._frame = frame
        self._members: list[QWidget] = []
        self._current: QWidget | None = None

    @property
    def current(self) -> QWidget | None:
        """The member that Tab stops at; None: there are none."""
        return self._current

    def set_members(self, members: Sequence[Any]) -> None:
        """Have these, in the order that the eye takes; those of before keep their place in the order of Tab."""
        for member in members:
            if member not in self._members:
                member.walked.connect(lambda key, member=member: self.walk(member, key))
                member.focused.connect(lambda member=member: self.take(member))
        self._members = list(members)
        self.take(self._current if self._current in self._members else next(iter(members), None))

    def take(self, current: QWidget | None) -> None:
        """Let Tab stop at this member."""
        self._current = current
        for member in self._members:
            policy = Qt.FocusPolicy.StrongFocus if member is current else Qt.FocusPolicy.ClickFocus
            if member.focusPolicy() != policy:
                member.setFocusPolicy(policy)

    def walk(self, member: QWidget, key: int) -> None:
        """Move the focus from a member to the nearest visible one in the arrow's direction."""
        here, (right, down) = self._place(member), DIRECTIONS[Qt.Key(key)]
        near = []
        for place, other in enumerate(self._members):
            if other.isHidden() or not other.isEnabled():
                continue
            way = self._place(other) - here
            ahead, beside = way.x() * right + way.y() * down, abs(way.x() * down) + abs(way.y() * right)
            if ahead > 0:
                # What lies beside counts more than what lies ahead: an arrow keeps its row or column where it can.
                near.append((2 * beside + ahead, place))
        if near:
            reach(self._members[min(near)[1]])

    def _place(self, member: QWidget) -> QPoint:
        return member.mapTo(self._frame, member.rect().topLeft())
