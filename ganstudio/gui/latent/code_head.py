"""What stands at the head of a code's control: its colour and symbol, its name, and how much of it samples tell."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QLineEdit, QWidget

from ganstudio.gui.latent.code_words import information_text, information_tip, prior_words
from ganstudio.gui.looks import theme
from ganstudio.gui.looks.theme import code_colour
from ganstudio.gui.text.words import name_of

if TYPE_CHECKING:
    from ganstudio.experiment import CodeSpec

_NAME_WIDTHS, _METER_WIDTHS, _SYMBOL_WIDTH = (76, 96), (100, 128), 30
"""Of names and meters the least width and the one where there is room."""
_LONGEST_NAME = 40


class NameEdit(QLineEdit):
    """A code's name, editable in place: Enter or leaving it takes the name over, Escape brings the old one back."""

    renamed = Signal(str)

    def __init__(self, name: str, symbol: str) -> None:
        super().__init__(name)
        self._name = name
        self.setPlaceholderText("name it")
        self.setMaxLength(_LONGEST_NAME)
        self.setMinimumWidth(_NAME_WIDTHS[0])
        self.setMaximumWidth(_NAME_WIDTHS[1])
        self.setAcceptDrops(False)  # what is dropped here is meant for the window
        self.setAccessibleName(f"Name of {symbol}")
        self.setToolTip("What this code turned out to mean, such as digit or slant: kept with the run")
        self.editingFinished.connect(self._take)

    @property
    def untaken(self) -> bool:
        """Whether something is typed that is not the name yet."""
        return self.text() != self._name

    def set_name(self, name: str) -> None:
        """Show the name that is in force, unless another is being typed."""
        typing = self.hasFocus() and self.untaken
        self._name = name
        if not typing:
            self.setText(name)
            self.setCursorPosition(0)

    def _take(self) -> None:
        name = self.text().strip()
        self.setText(name)
        if name != self._name:
            self._name = name
            self.renamed.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape: as it was."""
        if event.key() == Qt.Key.Key_Escape and self.text() != self._name:
            self.setText(self._name)
        else:
            super().keyPressEvent(event)


class InformationMeter(QWidget):
    """L_I of a code in words; of a categorical one also as a bar that is full at H(c)."""

    def __init__(self, index: int, code: CodeSpec) -> None:
        super().__init__()
        self._code, self._colour = code, code_colour(index)
        self._nats: float | None = None
        self.setMinimumWidth(_METER_WIDTHS[0])
        self.setFixedHeight(26)
        self.setToolTip(information_tip(code))
        self.set_information(None)

    def sizeHint(self) -> QSize:
        """Room for the readout."""
        return QSize(_METER_WIDTHS[1], self.height())

    @property
    def text(self) -> str:
        """What is written."""
        return information_text(self._code, self._nats)

    def set_information(self, nats: float | None) -> None:
        """Show L_I, nats; None or NaN: not known."""
        self._nats = nats
        self.setAccessibleName(self.text)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write the readout, and the bar below it."""
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(theme.FONT_SMALL)
        painter.setFont(font)
        painter.setPen(QColor(theme.MUTED if self._nats is None else theme.TEXT))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        bar = self._code.kind == "categorical"
        painter.drawText(self.rect().adjusted(0, 0, 0, -5 if bar else 0), right, self.text)
        if not bar:
            return
        painter.fillRect(QRectF(0, self.height() - 6, self.width(), 3), QColor(theme.OUTLINE))
        if self._nats is not None and math.isfinite(self._nats):
            share = min(max(self._nats / self._code.entropy, 0), 1)
            painter.fillRect(QRectF(0, self.height() - 6, share * self.width(), 3), QColor(self._colour))


class Dot(QLabel):
    """A code's colour and symbol."""

    def __init__(self, index: int, code: CodeSpec) -> None:
        super().__init__(name_of(index, "c"))
        self._colour = code_colour(index)
        self.setFixedWidth(_SYMBOL_WIDTH)
        self.setContentsMargins(12, 0, 0, 0)
        self.setToolTip(f"{name_of(index, 'c')} is {prior_words(code)}")

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the square before the symbol."""
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(QRectF(0, self.height() / 2 - 4, 8, 8), QColor(self._colour))

    def minimumSizeHint(self) -> QSize:
        """Room for both."""
        return QSize(_SYMBOL_WIDTH, 20)
