"""F6: from pane to pane of the window, in the order that the eye takes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication

from ganstudio.gui.parts.stops import reach, stops

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PySide6.QtWidgets import QWidget


class Pane(NamedTuple):
    """A part of the window. home: where the keyboard comes to first; None: the first of its stops of Tab."""

    widget: QWidget
    home: QWidget | None = None


class Panes(QObject):
    """Moves the focus between the panes that are visible; each is come back to where it was left.

    found: the panes as they are now. The ones before ``bars`` are bars: from nowhere, the first that is none comes.
    """

    def __init__(self, window: QWidget, found: Callable[[], Sequence[Pane]], bars: int) -> None:
        super().__init__(window)
        self._found, self._bars = found, bars

    def go(self, way: int) -> None:
        """Go on to the next pane, 1, or back to the one before, -1."""
        panes = list(self._found())
        focused = QApplication.focusWidget()
        here = next((at for at, pane in enumerate(panes) if _holds(pane.widget, focused)), None)
        start = here if here is not None else self._bars - 1 if way > 0 else 0
        for step in range(1, len(panes) + 1):
            pane = panes[(start + way * step) % len(panes)]
            if pane.widget.isVisible() and (stop := _stop_of(pane)) is not None:
                reach(stop)
                return


def _holds(pane: QWidget, widget: QWidget | None) -> bool:
    return widget is not None and (pane is widget or pane.isAncestorOf(widget))


def _stop_of(pane: Pane) -> QWidget | None:
    """Where the focus goes in a pane: where it was, else its home, else its first stop of Tab."""
    left = pane.widget.focusWidget()
    for widget in (left, pane.home):
        if widget is not None and widget.isVisible() and widget.isEnabled() and _holds(pane.widget, widget):
            return widget
    return next(iter(stops(pane.widget)), None)
