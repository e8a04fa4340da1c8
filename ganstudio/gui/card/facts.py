"""What is known of a dataset, beside its pictures: counts, sizes, classes, mean and histogram, skips and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import (
    QGridLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ganstudio.data.card import MeanImage
from ganstudio.gui.card.classes import ClassList
from ganstudio.gui.card.words import facts, skipped_lines
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ways_out import WaysOut

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.data.card import Card
    from ganstudio.experiment import DatasetSpec

_CHANNELS = {1: (theme.TEXT,), 3: ("#ff6b6b", "#6bd77a", "#6fa0ff")}
_MEAN = 84
_SKIP_LINES, _SKIP_LETTERS = 9, 30  # in view; a line, at most as long as fits in the narrow column


class Facts(QScrollArea):
    """A column of what is known; parts that have nothing to say are not there."""

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.classes = ClassList()
        self.stats = ImageStats()
        self._table = QGridLayout()
        self._table.setHorizontalSpacing(10)
        self._table.setVerticalSpacing(4)
        self._table.setColumnStretch(1, 1)
        self._rows: list[tuple[QLabel, QLabel]] = []
        self._stats_heading, self._skipped_heading, self._notes_heading = _heading(), _heading(), _heading()
        self._stats_heading.setText("Mean and brightness")
        self._notes_heading.setText("Worth knowing")
        self.skipped = QPlainTextEdit(readOnly=True)
        self.skipped.document().setDocumentMargin(2)
        self.skipped.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)  # lines are broken
        self.skipped.setAccessibleName("Skipped")
        self.skipped.setAcceptDrops(False)  # what is dropped here is meant for the window
        self.skipped.viewport().setAcceptDrops(False)
        self.skipped.setStyleSheet(
            f"font-size: {theme.FONT_SMALL}px; padding: 0; border: none; background: transparent;"
        )
        self.notes = QLabel(wordWrap=True)
        self.notes.setProperty("role", "muted")
        self.notes.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        page = QWidget()
        page.setObjectName("page")
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 6, 0)
        column.setSpacing(theme.SPACING + 2)
        column.addLayout(self._table)
        for widget in (
            self.classes,
            self._stats_heading,
            self.stats,
            self._skipped_heading,
            self.skipped,
            self._notes_heading,
            self.notes,
        ):
            column.addWidget(widget)
        column.addStretch(1)
        self.setWidget(page)
        self.clear()

    def clear(self) -> None:
        """Know nothing."""
        self._fill([])
        self.classes.clear()
        for widget in (
            self._stats_heading,
            self.stats,
            self._skipped_heading,
            self.skipped,
            self._notes_heading,
            self.notes,
        ):
            widget.hide()

    def show_card(self, card: Card, chosen: DatasetSpec) -> None:
        """Tell what the card says; chosen: the choices as they stand."""
        self._fill(facts(card))
        used = getattr(chosen, "classes", ())
        self.classes.show_counts(card.classes, used=used, choosable="classes" in type(card.spec).model_fields)
        picture = card.picture
        self._stats_heading.setVisible(isinstance(picture, MeanImage))
        self.stats.setVisible(isinstance(picture, MeanImage))
        if isinstance(picture, MeanImage):
            self.stats.show_stats(picture.mean, picture.histogram)
        self._show_skipped(card)
        self._notes_heading.setVisible(bool(card.notes))
        self.notes.setVisible(bool(card.notes))
        self.notes.setText("\n".join(f"{note[:1].upper()}{note[1:].rstrip('.')}." for note in card.notes))

    def _show_skipped(self, card: Card) -> None:
        lines = skipped_lines(card)
        count = len(card.skipped) + card.skipped_more
        self._skipped_heading.setText(f"Skipped · {count:,}")
        self._skipped_heading.setVisible(bool(lines))
        self.skipped.setVisible(bool(lines))
        text = "\n".join(lines)
        if text != self.skipped.toPlainText():
            self.skipped.setPlainText(text)
        room = sum(1 + len(line) // _SKIP_LETTERS for line in lines[:_SKIP_LINES])
        self.skipped.setFixedHeight(min(room, _SKIP_LINES) * self.skipped.fontMetrics().lineSpacing() + 18)

    def _fill(self, rows: list[tuple[str, str]]) -> None:
        while len(self._rows) < len(rows):
            name, value = QLabel(), QLabel(wordWrap=True)
            name.setProperty("role", "muted")
            name.setAlignment(Qt.AlignmentFlag.AlignTop)
            value.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            self._table.addWidget(name, len(self._rows), 0)
            self._table.addWidget(value, len(self._rows), 1)
            self._rows.append((name, value))
        for index, (name, value) in enumerate(self._rows):
            shown = index < len(rows)
            name.setVisible(shown)
            value.setVisible(shown)
            name.setText(rows[index][0] if shown else "")
            value.setText(rows[index][1] if shown else "")


class ImageStats(QWidget):
    """The mean of all images, and how often each brightness occurs in each channel."""

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_MEAN)
        self.setAccessibleName("Mean image and histogram")
        WaysOut(self, "Mean and brightness")
        self.setToolTip("The mean of all images; how often each brightness occurs, from black to white")
        self._mean: QImage | None = None
        self._histogram: npt.NDArray[np.float64] = np.zeros((1, 64))

    def sizeHint(self) -> QSize:
        """The mean, and as much for the histogram."""
        return QSize(2 * _MEAN, _MEAN)

    def show_stats(self, mean: npt.NDArray[np.uint8], histogram: npt.NDArray[np.int64]) -> None:
        """mean: uint8 (h, w, 1 or 3); histogram: (channels, 256)."""
        pixels = np.ascontiguousarray(np.broadcast_to(mean, (*mean.shape[:2], 3)))
        height, width, _ = pixels.shape
        self._mean = QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
        # Four values a bin: a histogram of a few images is all spikes.
        counts = histogram.reshape(len(histogram), 64, 4).sum(axis=2).astype(np.float64)
        # Roots: a background of one value would leave everything else flat.
        self._histogram = np.sqrt(counts / max(counts.max(), 1.0))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw both on one line."""
        if self._mean is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.drawImage(QRectF(0, 0, _MEAN, _MEAN), self._mean)
        box = QRectF(_MEAN + 10, 0.5, self.width() - _MEAN - 11, _MEAN - 1)
        painter.setPen(QPen(QColor(theme.BORDER), 1))
        painter.setBrush(QColor(theme.SURFACE))
        painter.drawRect(box)
        painter.setCompositionMode(QPainter.CompositionMode.CompositionMode_Plus)
        for counts, colour in zip(self._histogram, _CHANNELS[len(self._histogram)], strict=True):
            shade = QColor(colour)
            shade.setAlphaF(0.42)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(shade)
            across = np.linspace(box.left() + 1, box.right() - 1, len(counts))
            down = box.bottom() - 1 - counts * (box.height() - 8)
            outline = [QPointF(x, y) for x, y in zip(across.tolist(), down.tolist(), strict=True)]
            floor = box.bottom() - 1
            painter.drawPolygon(QPolygonF([QPointF(box.left() + 1, floor), *outline, QPointF(box.right() - 1, floor)]))


def _heading() -> QLabel:
    label = QLabel()
    label.setProperty("role", "heading")
    label.setContentsMargins(0, 6, 0, 0)
    return label
