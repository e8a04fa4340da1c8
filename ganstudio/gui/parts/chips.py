"""Small buttons that the views share: layers to switch on and off, one of several to choose."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QLinearGradient, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QHBoxLayout, QLabel, QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.laid import in_line
from ganstudio.gui.parts.ring import brought_by_tab

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

_DOT = 10
_PAD = 8
_GAP = 5


class Chip(QAbstractButton):
    """A rounded toggle; with a dot in its layer's colour it is the legend too. Two colours make a split dot."""

    def __init__(self, text: str, tip: str, *colours: str) -> None:
        super().__init__()
        self.setText(text)
        self.setToolTip(tip)
        self.setAccessibleName(text)
        self.setAccessibleDescription(tip)
        self.setCheckable(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self._colours = colours
        self._ringed = self._marked = False

    def mark(self, text: str) -> None:
        """Write the text with the letter underlined that an & stands before; Alt with it presses the button."""
        self._marked = True
        self.setText(text)
        self.updateGeometry()

    def _mnemonic(self) -> Qt.TextFlag:
        """How the text is to be read: any other & is what somebody called something."""
        return Qt.TextFlag.TextShowMnemonic if self._marked else Qt.TextFlag.TextSingleLine

    def entries_told(self) -> list[tuple[str, str]]:
        """What can be chosen in it and what that means, where it opens a menu."""
        return []

    def sizeHint(self) -> QSize:
        """Room for the dot and the text."""
        metrics = self.fontMetrics()
        dot = _DOT + _GAP if self._colours else 0
        words = metrics.size(self._mnemonic(), self.text()).width()
        return QSize(words + dot + 2 * _PAD, max(metrics.height() + 8, 26))

    def minimumSizeHint(self) -> QSize:
        """Room for all of it: a row that is too narrow for its chips goes on below."""
        return self.sizeHint()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Ring the button when the keyboard brought the focus, not when the window opened."""
        self._ringed = brought_by_tab(event)
        super().focusInEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pill, the dot and the name."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, box = self.isChecked() or not self.isCheckable(), QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        edge = theme.FOCUS if self.hasFocus() and self._ringed else theme.MUTED if self.underMouse() else theme.OUTLINE
        painter.setPen(QPen(QColor(edge), 1))
        painter.setBrush(QColor(theme.BORDER if self.isDown() else theme.RAISED) if on else Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(box, theme.RADIUS, theme.RADIUS)
        left = _PAD
        if self._colours:
            self._paint_dot(painter, QRectF(left, (self.height() - _DOT) / 2, _DOT, _DOT), on)
            left += _DOT + _GAP
        painter.setPen(QColor(theme.DISABLED if not self.isEnabled() else theme.TEXT if on else theme.MUTED))
        room = self.rect().adjusted(left, 0, 4 - _PAD, 0)
        mnemonic = self._mnemonic()
        text = self.fontMetrics().elidedText(self.text(), Qt.TextElideMode.ElideRight, room.width(), mnemonic)
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter | mnemonic, text)

    def _paint_dot(self, painter: QPainter, box: QRectF, on: bool) -> None:
        paint = QLinearGradient(box.topLeft(), box.topRight())
        last = len(self._colours) - 1
        for k, colour in enumerate(self._colours):
            paint.setColorAt(max(k / (last + 1), 0), QColor(colour))
            paint.setColorAt(min((k + 1) / (last + 1) - 1e-3, 1), QColor(colour))
        painter.setPen(QPen(paint, 1.5))
        painter.setBrush(paint if on else Qt.BrushStyle.NoBrush)
        painter.drawEllipse(box.adjusted(1, 1, -1, -1))


def muted_label(text: str = "", *, wraps: bool = False) -> QLabel:
    """A label that stands back: steps, readouts, hints. wraps: whether it may take several lines."""
    label = QLabel(text, wordWrap=wraps)
    label.setProperty("role", "muted")  # which the stylesheet knows
    return label


def terms(root: QWidget) -> list[tuple[str, str]]:
    """What the chips within a widget are called, with what their tooltips say."""
    found = []
    for chip in root.findChildren(Chip):
        if chip.isCheckable() and chip.window() is root.window():  # not of a dialog of the window's
            tip = chip.toolTip().removeprefix("Show or hide: ")
            found.append((chip.accessibleName().partition(":")[0], tip[:1].upper() + tip[1:]))
            found += chip.entries_told()
    return found


def action(text: str, tip: str) -> Chip:
    """A button of the same look that does something once."""
    chip = Chip(text, tip)
    chip.setCheckable(False)
    return chip


def exclusive(*chips: Chip) -> QButtonGroup:
    """Exactly one of these is on; the first to begin with."""
    group = QButtonGroup(chips[0])
    for k, chip in enumerate(chips):
        group.addButton(chip, k)
    chips[0].setChecked(True)
    return group


def row(*widgets: QWidget | None) -> QHBoxLayout:
    """Widgets side by side; None stands for the stretch between left and right."""
    return in_line(*widgets, spacing=4)


def step_text(step: int) -> str:
    """A step for people: step 12,000."""
    return f"step {step:,}"


def steps_text(steps: Sequence[float] | npt.NDArray[np.floating]) -> str:
    """The step of one row, or the first and last of a stretch: steps 4,001 to 4,016."""
    first, last = int(steps[0]), int(steps[-1])
    return step_text(last) if first == last else f"steps {first:,} to {last:,}"
