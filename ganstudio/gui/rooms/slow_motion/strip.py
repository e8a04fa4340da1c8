"""The stages of a step side by side, the one that is shown lit; and a gradient's norm in each layer as bars."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QTextDocument,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.rooms.slow_motion.words import WORDS
from ganstudio.gui.text.words import value_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ganstudio.training.messages import Stage

COLOURS = {"discriminator": theme.DISCRIMINATOR, "generator": theme.GENERATOR}
NAMES = {"discriminator": "Discriminator", "generator": "Generator"}
_CAPTION, _CELL, _GAP, _BETWEEN = 18, 26, 3, 12


class StageStrip(QWidget):
    """One cell a stage: D's of the round that is shown, then G's; of several games those of the one that is shown.

    ``chosen`` carries the index of the one clicked.
    """

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setFixedHeight(_CAPTION + _CELL + 1)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setAccessibleName("Stages of the step")
        WaysOut(self, "Stages of the step")
        self._stages: tuple[Stage, ...] = ()
        self._current = 0

    def set_stages(self, stages: Sequence[Stage]) -> None:
        """Show these stages, the first lit."""
        self._stages, self._current = tuple(stages), 0
        self.update()

    def set_current(self, index: int) -> None:
        """Light one stage."""
        self._current = index
        self.update()

    def rounds(self) -> int:
        """How many moves D makes in the step."""
        game = self._stages[self._current].game if self._stages else ""
        of_d = [stage for stage in self._stages if stage.player == "discriminator" and stage.game == game]
        return max((stage.round for stage in of_d), default=1)

    def cells(self) -> list[tuple[int, QRectF]]:
        """The stages that have a cell now, by index, and where."""
        if not self._stages:
            return []
        current = self._stages[self._current]
        shown = current.round if current.player == "discriminator" else self.rounds()
        own = [k for k, each in enumerate(self._stages) if each.game == current.game]
        indices = [k for k in own if self._stages[k].player == "generator" or self._stages[k].round == shown]
        split = sum(self._stages[k].player == "discriminator" for k in indices)
        gaps = _GAP * (len(indices) - 1)
        if 0 < split < len(indices):
            gaps += _BETWEEN - _GAP  # both players move
        width = (self.width() - gaps) / len(indices)
        cells, left = [], 0.0
        for place, index in enumerate(indices):
            cells.append((index, QRectF(left, _CAPTION, width, _CELL)))
            left += width + (_BETWEEN if place + 1 == split else _GAP)
        return cells

    def sizeHint(self) -> QSize:
        """Room for every stage's name."""
        return QSize(760, self.height())

    def minimumSizeHint(self) -> QSize:
        """Room for every stage's sign."""
        return QSize(380, self.height())

    # --- painting and mouse ---

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw who moves, and the cells."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        font = QFont(self.font())
        font.setPixelSize(theme.FONT_SMALL)
        painter.setFont(font)
        cells = self.cells()
        metrics = painter.fontMetrics()
        wide = all(
            metrics.horizontalAdvance(WORDS[self._stages[index].name].short) + 6 <= box.width() for index, box in cells
        )
        for player, colour in COLOURS.items():
            boxes = [box for index, box in cells if self._stages[index].player == player]
            if boxes:
                painter.setPen(QColor(colour))
                room = QRectF(boxes[0].left(), 0, boxes[-1].right() - boxes[0].left(), _CAPTION - 3)
                painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, self._caption(player))
        for index, box in cells:
            self._paint_cell(painter, index, box, wide)

    def _caption(self, player: str) -> str:
        current, rounds = self._stages[self._current], self.rounds()
        if current.learner:
            return value_label(current.learner)
        if player == "generator" or rounds == 1:
            return NAMES[player]
        shown = current.round if current.player == "discriminator" else rounds
        return f"{NAMES[player]}, move {shown} of {rounds}"

    def _paint_cell(self, painter: QPainter, index: int, box: QRectF, wide: bool) -> None:
        stage = self._stages[index]
        colour, lit = QColor(COLOURS[stage.player]), index == self._current
        fill, edge = QColor(colour), QColor(colour)
        fill.setAlphaF(1.0 if lit else 0.28 if index < self._current else 0.0)
        edge.setAlphaF(1.0 if lit else 0.75)
        painter.setPen(QPen(edge, 1))
        painter.setBrush(fill)
        inner = box.adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(inner, theme.RADIUS, theme.RADIUS)
        ink = QColor(theme.ON_ACCENT if lit else theme.TEXT if index < self._current else theme.MUTED)
        words = WORDS[stage.name]
        if wide or "<" not in words.symbol:
            painter.setPen(ink)
            painter.drawText(inner, Qt.AlignmentFlag.AlignCenter, words.short if wide else words.symbol)
            return
        text = QTextDocument()
        text.setDefaultFont(painter.font())
        text.setDocumentMargin(0)
        text.setHtml(f'<span style="color:{ink.name()}">{words.symbol}</span>')
        painter.save()
        painter.translate(inner.center() - QPointF(text.idealWidth() / 2, text.size().height() / 2))
        text.drawContents(painter)
        painter.restore()

    def index_at(self, place: QPointF) -> int | None:
        """Which stage's cell lies under a place of the widget."""
        return next((index for index, box in self.cells() if box.contains(place)), None)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a stage."""
        index = self.index_at(event.position())
        if index is not None and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(index)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point at what can be clicked."""
        over = self.index_at(event.position()) is not None
        self.setCursor(Qt.CursorShape.PointingHandCursor if over else Qt.CursorShape.ArrowCursor)

    def event(self, event: QEvent) -> bool:
        """Name the stage under the mouse."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.index_at(QPointF(event.pos()))
            if index is not None:
                stage = self._stages[index]
                QToolTip.showText(event.globalPos(), f"{NAMES[stage.player]}: {WORDS[stage.name].short.lower()}", self)
            else:
                QToolTip.hideText()
            return True
        return super().event(event)


class LayerBars(QWidget):
    """The gradient's norm in each layer of weights, from the input to the output, against the largest."""

    def __init__(self) -> None:
        super().__init__()
        self.setToolTip("Norm of the gradient in each layer of weights, from the input to the output")
        self.setAccessibleName("Norm of the gradient in each layer")
        WaysOut(self, "Gradient by layer", self.as_text)
        self._norms: npt.NDArray[Any] = np.empty(0)
        self._colour, self._column = theme.ACCENT, 14

    def set_norms(self, norms: npt.NDArray[Any], colour: str) -> None:
        """Show norms (a,) in a player's colour."""
        self._norms, self._colour = np.nan_to_num(np.asarray(norms, float)), colour
        self._column = max(14, QFontMetrics(self._small()).horizontalAdvance(str(len(self._norms))) + 5)
        self.setFixedWidth(max(self._column * len(self._norms) + 4, 60))
        self.update()

    def as_text(self) -> str:
        """The norms with a tab before each, as a spreadsheet takes them."""
        rows = [("Layer", "Norm of the gradient"), *enumerate(self._norms.tolist(), start=1)]
        return "\n".join(f"{layer}\t{norm}" for layer, norm in rows)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the bars above their numbers."""
        painter, column = QPainter(self), self._column
        painter.setFont(self._small())
        line = painter.fontMetrics().height()
        high, largest = self.height() - line - 2, max(self._norms.max(initial=0.0), 1e-30)
        for k, norm in enumerate(self._norms.tolist()):
            tall = max(norm / largest * high, 1)
            painter.fillRect(QRectF(2 + column * k, high - tall, column - 4, tall), QColor(self._colour))
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(QRectF(column * k, high + 2, column, line), Qt.AlignmentFlag.AlignCenter, str(k + 1))

    def _small(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(theme.FONT_SMALL)
        return font
