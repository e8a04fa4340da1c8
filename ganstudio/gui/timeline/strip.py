"""The strip that the timeline is scrubbed on: from step 0 at the left to now at the right."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import step_text
from ganstudio.gui.parts.ring import brought_by_tab

if TYPE_CHECKING:
    from PySide6.QtCore import QEvent

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.game.past import Past

EMPTY = "No moments yet: they are kept while G learns"
_NONE_KEPT = "No moments are kept: Timeline is 0 in the settings"
_HEIGHT, _MARGIN, _NOW = 26, 9, 6
_KEYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_PageUp: -10, Qt.Key.Key_PageDown: 10}


class TimelineStrip(QWidget):
    """Drag along it, or click; with the focus, arrows go from moment to moment, Home to the first, End to now."""

    def __init__(self, game: Game, past: Past) -> None:
        super().__init__()
        self.setObjectName("timeline_strip")
        self._game, self._past = game, past
        self._ringed = False
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(80)
        self.setAccessibleName("Timeline")
        self.setToolTip(
            "Drag to see G as it was; the right end is now. Arrows go from moment to moment, Home to the first, End "
            "and Escape to now. Diamonds are checkpoints, from which a new run can be branched"
        )
        for signal in (past.moved, past.grown):
            signal.connect(self.update)

    def sizeHint(self) -> QSize:
        """As wide as there is room for."""
        return QSize(240, _HEIGHT)

    # --- geometry ---

    @property
    def _end(self) -> int:
        """The step at the right end."""
        last = self._past.steps[-1] if self._past.steps else 0
        return max(self._game.step, last, 1)

    def place_of(self, step: int) -> float:
        """Where a step stands, in pixels from the left."""
        return _MARGIN + step / self._end * max(self.width() - 2 * _MARGIN, 1)

    def step_at(self, x: float) -> int | None:
        """The step of the moment nearest to a place; None at the right end: now."""
        if x >= self.width() - _MARGIN - _NOW:
            return None
        return self._past.nearest(round((x - _MARGIN) / max(self.width() - 2 * _MARGIN, 1) * self._end))

    # --- hands ---

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Go there."""
        if event.button() == Qt.MouseButton.LeftButton and self._past.steps:
            self._past.go(self.step_at(event.position().x()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Scrub while the button is held; else say which moment is under the mouse."""
        if not self._past.steps:
            return
        step = self.step_at(event.position().x())
        if event.buttons() & Qt.MouseButton.LeftButton:
            self._past.go(step)
        told = "now" if step is None else step_text(step)
        QToolTip.showText(event.globalPosition().toPoint(), told[:1].upper() + told[1:], self)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go from moment to moment."""
        key = event.key()
        if key in _KEYS:
            self._past.turn(_KEYS[Qt.Key(key)])
        elif key == Qt.Key.Key_Home and self._past.steps:
            self._past.go(self._past.steps[0])
        elif key == Qt.Key.Key_End or (key == Qt.Key.Key_Escape and self._past.shown is not None):
            self._past.go(None)
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Ring it when the keyboard brought the focus."""
        self._ringed = brought_by_tab(event)
        super().focusInEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Say nothing any more."""
        QToolTip.hideText()
        super().leaveEvent(event)

    # --- painting ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the groove, a tick for each moment, the checkpoints, and what is seen."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self._past.steps:
            self._paint_empty(painter)
            return
        middle, past = self.height() / 2, self._past
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.OUTLINE))
        painter.drawRoundedRect(QRectF(_MARGIN, middle - 1.5, self.width() - 2 * _MARGIN, 3), 1.5, 1.5)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setPen(QColor(theme.OUTLINE))
        for x in {round(self.place_of(step)) for step in past.steps}:
            painter.drawLine(x, round(middle - 5), x, round(middle + 4))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(theme.BACKGROUND), 1))
        painter.setBrush(QColor(theme.TEXT))
        for step in past.checkpoints:
            painter.drawPolygon(_diamond(self.place_of(step), middle))
        if past.beside is not None:
            painter.setBrush(QColor(theme.CHOSEN))
            painter.drawRoundedRect(QRectF(self.place_of(past.beside) - 3, 3, 6, self.height() - 6), 2, 2)
        at = self.width() - _MARGIN if past.shown is None else self.place_of(past.shown)
        ring = theme.FOCUS if self.hasFocus() and self._ringed else theme.BACKGROUND
        painter.setPen(QPen(QColor(ring), 1.5))
        painter.setBrush(QColor(theme.ACCENT))
        painter.drawRoundedRect(QRectF(at - 4, 4, 8, self.height() - 8), 3, 3)

    def _paint_empty(self, painter: QPainter) -> None:
        experiment = self._game.experiment
        kept = experiment is None or experiment.measures.timeline > 0
        painter.setPen(QColor(theme.MUTED))
        words = painter.fontMetrics().elidedText(
            EMPTY if kept else _NONE_KEPT, Qt.TextElideMode.ElideRight, self.width()
        )
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)


def _diamond(x: float, y: float) -> QPolygonF:
    return QPolygonF([QPointF(x, y - 4.5), QPointF(x + 4.5, y), QPointF(x, y + 4.5), QPointF(x - 4.5, y)])
