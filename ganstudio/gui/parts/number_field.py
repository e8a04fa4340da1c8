"""A number that is typed where it stands: a small field over the value of a slider."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QLineEdit, QToolTip, QWidget

from ganstudio.gui.text.numbers import short, signed

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent

_BEGIN = frozenset("0123456789.,-+\u2212")
"""What a number begins with: typed on a control that has the focus, it opens the field."""


def begins_number(event: QKeyEvent) -> bool:
    """Whether a key is the first of a number that is typed."""
    plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
    return plain and len(event.text()) == 1 and event.text() in _BEGIN


def number_of(text: str) -> float:
    """The number that is written, with a point or a comma and any minus. ValueError, in words: it is none."""
    plain = text.strip().replace("\u2212", "-").replace(",", ".")
    try:
        value = float(plain)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise ValueError(f"“{text.strip()}” is no number: type one such as 1.5 or \u22120.25")
    return value


class NumberField(QLineEdit):
    """Enter takes what is typed, Escape and leaving it don't. ``typed`` carries the number, ``closed`` ends it.

    low, high: what it may be.
    """

    typed = Signal(float)
    closed = Signal()
    untaken = True
    """Nothing is taken before it closes: until then what is undone is what is typed."""

    def __init__(self, owner: QWidget, name: str, low: float, high: float) -> None:
        super().__init__(owner)
        self._named, self._low, self._high = name, low, high
        self.setObjectName("numberField")
        self.setAccessibleName(f"Value of {name}")
        self.setAlignment(Qt.AlignmentFlag.AlignRight)
        self.setAcceptDrops(False)  # what is dropped here is meant for the window
        self.setFrame(False)
        self.setMaxLength(24)
        self.setStyleSheet("padding: 0px 2px; min-height: 0px;")
        self.editingFinished.connect(self._left)
        self.textEdited.connect(lambda _text: QToolTip.hideText())

    def begin(self, text: str, *, select: bool) -> None:
        """Show it with this text, selected or with the cursor behind it."""
        self.setText(text)
        if select:
            self.selectAll()
        self.show()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape; all else is typed."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take()
        elif event.key() == Qt.Key.Key_Escape:
            self._close()
        else:
            super().keyPressEvent(event)

    def _take(self) -> None:
        try:
            value = number_of(self.text())
            if not self._low <= value <= self._high:
                raise ValueError(f"{self._named} can be from {signed(short(self._low))} to {signed(short(self._high))}")
        except ValueError as error:
            self.setAccessibleDescription(str(error))
            QToolTip.showText(self.mapToGlobal(QPoint(0, self.height())), str(error), self)
            self.selectAll()
            return
        self._close()
        self.typed.emit(value)

    def _left(self) -> None:
        if not self.hasFocus():
            self._close()

    def _close(self) -> None:
        if self.isHidden():
            return
        QToolTip.hideText()
        owner, had = self.parentWidget(), self.hasFocus()
        self.hide()
        if had and owner is not None:
            owner.setFocus(Qt.FocusReason.TabFocusReason)
        self.closed.emit()
        self.deleteLater()
