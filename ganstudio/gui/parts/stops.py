"""Where Tab stops, in the order that the eye takes: from left to right and down, one part of a window after another.

Qt goes in the order in which widgets were made, and those that come with a game are made last.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget

if TYPE_CHECKING:
    from collections.abc import Iterator

_TAB = Qt.FocusPolicy.TabFocus.value
_MARGIN = 24  # above and below what comes into view


def stops(part: QWidget) -> list[QWidget]:
    """The widgets of a part of a window that Tab stops at now, the part itself among them."""
    own = [part] if _stops(part) else []
    groups = [(child, found) for child in _children(part) if (found := stops(child))]
    return own + [stop for _, found in _read(groups) for stop in found]


def go_on(window: QWidget, *, forward: bool) -> bool:
    """Move the focus to the next stop of a window, or the one before; whether there is any."""
    found = stops(window)
    if not found:
        return False
    focused = QApplication.focusWidget()
    if focused is not None and not focused.isEnabled() and window.isAncestorOf(focused):
        reach(_nearest(focused, window, found))  # a button that was pressed has been switched off by it
        return True
    if focused in found:
        to = found.index(focused) + (1 if forward else -1)
    else:
        to = _after(found, focused) if forward else _after(found, focused) - 1
    reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
    reach(found[to % len(found)], reason)
    return True


def _nearest(focused: QWidget, window: QWidget, found: list[QWidget]) -> QWidget:
    """The stop that lies nearest to a widget, in the smallest part of the window that holds it and has any."""
    around, near = focused.parentWidget(), found
    while around is not None and around is not window:
        if inside := stops(around):
            near = inside
            break
        around = around.parentWidget()
    beside = [stop for stop in near if not stop.isAncestorOf(focused)] or near
    middle = _middle(focused, window)
    return min(beside, key=lambda stop: (_middle(stop, window) - middle).manhattanLength())


def _middle(widget: QWidget, window: QWidget) -> QPoint:
    return widget.mapTo(window, widget.rect().center())


def reach(stop: QWidget, reason: Qt.FocusReason = Qt.FocusReason.TabFocusReason) -> None:
    """Give a widget the focus, and bring it into view where it is scrolled away."""
    stop.setFocus(reason)
    around = stop.parentWidget()
    while around is not None:
        if isinstance(around, QScrollArea):
            around.ensureWidgetVisible(stop, 0, _MARGIN)
        around = around.parentWidget()


def _after(found: list[QWidget], focused: QWidget | None) -> int:
    """Where the first stop is that lies in what has the focus, as a page has that is no stop itself."""
    if focused is None:
        return 0
    return next((at for at, stop in enumerate(found) if focused.isAncestorOf(stop)), 0)


def _stops(widget: QWidget) -> bool:
    return bool(widget.focusPolicy().value & _TAB) and widget.isEnabled() and widget.focusProxy() is None


def _children(part: QWidget) -> Iterator[QWidget]:
    for child in part.children():
        if isinstance(child, QWidget) and child.isVisible() and not child.isWindow():
            yield child


def _read(groups: list[tuple[QWidget, list[QWidget]]]) -> list[tuple[QWidget, list[QWidget]]]:
    """Siblings as they are read: those whose middle lies beside the first of a line stand in that line."""
    left = sorted(groups, key=lambda group: (group[0].y(), group[0].x()))
    read = []
    while left:
        first = left[0][0].geometry()
        line = [group for group in left if first.top() <= group[0].geometry().center().y() <= first.bottom()]
        line = line or left[:1]
        read += sorted(line, key=lambda group: group[0].x())
        left = [group for group in left if group not in line]
    return read
