"""A table of numbers whose cells are coloured by how much they are."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.plots import paint
from ganstudio.gui.plots.series import blend
from ganstudio.gui.text.plain import plain_tip

_HEAD, _ROW, _ROW_HEAD, _GAP = 34, 38, 118, 2
_LEAST, _MOST = 62, 120  # width of a column
STRONGEST = 0.5
"""Of a cell's colour: white words are read on it at 5.6:1, and no other ink on any that is stronger."""


@dataclass(frozen=True)
class Cell:
    """share: how strong its colour is, from -1 to 1; a negative one has the other colour. detail: smaller, below."""

    share: float
    text: str
    detail: str = ""


class HeatTable(QWidget):
    """Cells by row and column; heads of rows have a swatch in their own colour, heads of columns a second line."""

    def __init__(
        self, rows: list[tuple[str, str]], columns: list[tuple[str, str]], cells: list[list[Cell]], words: str
    ) -> None:
        super().__init__()
        self.rows, self.columns, self.cells = rows, columns, cells
        self._head = _HEAD if any(detail for _, detail in columns) else _HEAD // 2 + 2
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(words)
        self.setToolTip(words)
        WaysOut(self, words, self.as_text)

    def sizeHint(self) -> QSize:
        """Room for all rows."""
        return QSize(_ROW_HEAD + len(self.columns) * _MOST, self._head + len(self.rows) * _ROW)

    def minimumSizeHint(self) -> QSize:
        """As narrow as the numbers can be read."""
        return QSize(_ROW_HEAD + len(self.columns) * _LEAST, self.sizeHint().height())

    def as_text(self) -> str:
        """The table with a tab between its cells, as a spreadsheet takes it."""
        head = [" ".join(filter(None, column)) for column in self.columns]
        lines = [["", *head]]
        for (name, _), cells in zip(self.rows, self.cells, strict=True):
            lines.append([name, *(" ".join(filter(None, (cell.text, cell.detail))) for cell in cells)])
        return "\n".join("\t".join(line) for line in lines)

    def _width(self) -> float:
        """Of a column."""
        return min(max((self.width() - _ROW_HEAD) / max(len(self.columns), 1), _LEAST), _MOST)

    def tip_at(self, place: QPoint) -> str:
        """The whole name of a head, which may be cut; of a cell its row, its column and what it says."""
        column = int((place.x() - _ROW_HEAD) // self._width())
        row = (place.y() - self._head) // _ROW
        in_row, in_column = 0 <= row < len(self.rows), 0 <= column < len(self.columns)
        names = [self.rows[row][0]] if in_row else []
        names += [" ".join(filter(None, self.columns[column]))] if in_column else []
        if in_row and in_column:
            cell = self.cells[row][column]
            return f"{', '.join(names)}: {' '.join(filter(None, (cell.text, cell.detail)))}"
        return names[0] if len(names) == 1 else self.toolTip()

    def event(self, event: QEvent) -> bool:
        """Tell what the mouse is on."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), plain_tip(self.tip_at(event.pos())), self)
            return True
        return super().event(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw heads and cells."""
        painter = QPainter(self)
        small, plain, width = paint.small(self.font()), self.font(), self._width()
        middle = Qt.AlignmentFlag.AlignCenter
        painter.setFont(small)
        for column, (name, detail) in enumerate(self.columns):
            left = _ROW_HEAD + column * width
            for line, (text, colour) in enumerate(((name, theme.TEXT), (detail, theme.MUTED))):
                painter.setPen(QColor(colour))
                text = QFontMetrics(small).elidedText(text, Qt.TextElideMode.ElideRight, int(width) - 4)
                painter.drawText(QRectF(left, line * (_HEAD / 2 - 1), width, _HEAD / 2), middle, text)
        for row, ((name, colour), cells) in enumerate(zip(self.rows, self.cells, strict=True)):
            top = self._head + row * _ROW
            painter.fillRect(QRectF(0, top + _ROW / 2 - 4, 8, 8), QColor(colour))
            painter.setFont(plain)
            painter.setPen(QColor(theme.TEXT))
            text = painter.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, _ROW_HEAD - 22)
            painter.drawText(QRectF(14, top, _ROW_HEAD - 20, _ROW), Qt.AlignmentFlag.AlignVCenter, text)
            for column, cell in enumerate(cells):
                box = QRectF(_ROW_HEAD + column * width, top, width, _ROW).adjusted(0, 0, -_GAP, -_GAP)
                self._cell(painter, box, cell)

    def _cell(self, painter: QPainter, box: QRectF, cell: Cell) -> None:
        share = min(abs(cell.share), 1.0)
        colour = theme.GENERATOR if cell.share < 0 else theme.ACCENT
        painter.fillRect(box, QColor.fromRgb(blend(colour, STRONGEST * share, theme.SURFACE)))
        painter.setPen(QColor("#ffffff"))
        lines = [(cell.text, self.font())]
        if cell.detail:
            lines.append((cell.detail, paint.small(self.font())))
        height = box.height() / len(lines)
        for index, (text, font) in enumerate(lines):
            painter.setFont(font)
            line = QRectF(box.left(), box.top() + index * height, box.width(), height)
            painter.drawText(line, Qt.AlignmentFlag.AlignCenter, text)
