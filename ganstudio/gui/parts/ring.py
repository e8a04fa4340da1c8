"""The ring around what the keyboard is in: when it is drawn, and that no picture that leaves the window has it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PySide6.QtGui import QFocusEvent
    from PySide6.QtWidgets import QWidget

_PICTURED = "is_pictured"


def brought_by_tab(event: QFocusEvent) -> bool:
    """Whether the keyboard brought the focus: after a click nobody has to be told where it is."""
    return event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)


@contextmanager
def pictured(widget: QWidget) -> Iterator[None]:
    """Within it the widget is painted for a file or the clipboard, without a ring."""
    widget.setProperty(_PICTURED, True)
    try:
        yield
    finally:
        widget.setProperty(_PICTURED, False)


def is_pictured(widget: QWidget) -> bool:
    """Whether a widget is being painted for a file or the clipboard, by itself or in what holds it."""
    each: QWidget | None = widget
    while each is not None:
        if each.property(_PICTURED):
            return True
        each = each.parentWidget()
    return False


def shows_focus(widget: QWidget) -> bool:
    """Whether a widget is to be painted as the one that the keyboard is in."""
    return widget.hasFocus() and not is_pictured(widget)
