"""Earlier runs, newest first: a picture, the name, how far each came and when it was begun."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import (
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStackedLayout,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from ganstudio.gui import theme
from ganstudio.gui.words import value_label
from ganstudio.run import RunSummary, list_runs

EMPTY = "No runs yet.\n\nA run is kept here as soon as it has been played, and can be gone on with at any time."
_SUMMARY = Qt.ItemDataRole.UserRole
_DETAIL = Qt.ItemDataRole.UserRole + 1
_PICTURE = QSize(64, 48)


class RunsView(QWidget):
    """The runs in a folder. ``chosen(path)`` comes when one is clicked, or Enter is pressed on it."""

    chosen = Signal(Path)

    def __init__(self, runs: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._pictures: dict[Path, tuple[Path, QPixmap]] = {}
        self.list = _RunList()
        self.list.setItemDelegate(_RunDelegate(self.list))
        self.list.chosen.connect(self._choose)
        self._empty = QLabel(EMPTY)
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._empty.setContentsMargins(24, 48, 24, 24)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.list)
        self.setFocusProxy(self.list)
        self.refresh()

    def refresh(self) -> None:
        """Look at the folder again. The run that was current stays so."""
        current = self.list.currentItem()
        kept = current.data(_SUMMARY).path if current else None
        place = self.list.verticalScrollBar().value()
        self.list.clear()
        now = datetime.now()
        for summary in list_runs(self._runs):
            item = QListWidgetItem(value_label(summary.name))
            item.setData(_SUMMARY, summary)
            item.setData(_DETAIL, f"step {summary.step:,} · {ago(summary.when, now)}")
            item.setData(Qt.ItemDataRole.DecorationRole, self._picture(summary))
            item.setToolTip(f"{summary.when:%A %d %B %Y, %H:%M}\n{summary.path}")
            self.list.addItem(item)
            if summary.path == kept:
                self.list.setCurrentItem(item)
        self.list.verticalScrollBar().setValue(place)
        self._stack.setCurrentWidget(self.list if self.list.count() else self._empty)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_SUMMARY).path)

    def _picture(self, summary: RunSummary) -> QPixmap:
        """The run's newest picture, or one drawn from its newest samples; read again only when there is a newer one."""
        source = summary.thumbnail or summary.frame
        if source is None:
            return QPixmap()
        known, picture = self._pictures.get(summary.path, (None, QPixmap()))
        if known != source:
            picture = QPixmap(str(source)) if source.suffix == ".png" else _from_samples(source)
            # Kept small: a run's picture may be thousands of pixels wide, and a list may hold hundreds.
            if not picture.isNull():
                picture = picture.scaled(
                    _PICTURE * 3, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
            self._pictures[summary.path] = (source, picture)
        return picture


class _RunList(QListWidget):
    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Earlier runs")
        # Not itemActivated: some desktops send it for one click, others for two.
        self.itemClicked.connect(lambda item: self.chosen.emit(item))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the current run."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem():
            self.chosen.emit(self.currentItem())
        else:
            super().keyPressEvent(event)


class _RunDelegate(QStyledItemDelegate):
    """Paints a run: picture at the left, name and detail beside it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for the picture."""
        return QSize(120, _PICTURE.height() + 20)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one run."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        card = option.rect.adjusted(8, 3, -8, -3)
        state = option.state
        hovered = bool(state & QStyle.StateFlag.State_MouseOver)
        focused = bool(state & QStyle.StateFlag.State_HasFocus)
        selected = bool(state & QStyle.StateFlag.State_Selected)
        painter.setPen(QPen(QColor(theme.FOCUS), 2) if focused else QPen(QColor(theme.BORDER), 1))
        painter.setBrush(QColor(theme.SELECTED if selected else theme.RAISED if hovered else theme.SURFACE))
        painter.drawRoundedRect(card, theme.RADIUS, theme.RADIUS)
        frame = QRect(card.left() + 7, card.center().y() - _PICTURE.height() // 2 + 1, *_PICTURE.toTuple())
        painter.fillRect(frame, QColor(theme.BACKGROUND))
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if not picture.isNull():
            place = QRect(frame.topLeft(), picture.size().scaled(_PICTURE, Qt.AspectRatioMode.KeepAspectRatio))
            place.moveCenter(frame.center())
            painter.drawPixmap(place, picture)
        left = frame.right() + 11
        words = QRect(left, frame.top() + 3, card.right() - left - 8, frame.height() - 6)
        self._write(painter, option, words, index)
        painter.restore()

    def _write(
        self, painter: QPainter, option: QStyleOptionViewItem, words: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        font = option.font
        font.setBold(True)
        painter.setFont(font)
        painter.setPen(QColor(theme.TEXT))
        name = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft, name)
        font.setBold(False)
        font.setPixelSize(theme.FONT_SMALL)
        painter.setFont(font)
        painter.setPen(QColor(theme.MUTED))
        detail = painter.fontMetrics().elidedText(index.data(_DETAIL), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, detail)


def ago(when: datetime, now: datetime) -> str:
    """How long ago, for people: just now, 5 minutes ago, yesterday, 3 November 2026."""
    seconds = (now - when).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return _count(int(seconds // 60), "minute")
    if seconds < 86400 and when.date() == now.date():
        return _count(int(seconds // 3600), "hour")
    days = (now.date() - when.date()).days
    if days == 1:
        return "yesterday"
    return _count(days, "day") if days < 7 else f"{when.day} {when:%B %Y}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'} ago"


def _from_samples(path: Path) -> QPixmap:
    """A picture of samples on disk: points (n, 2) or images (n, height, width, channels) of uint8."""
    import numpy as np  # with thumbnails, what takes longest to load: only where there is a run to paint

    from ganstudio.gui import thumbnails

    try:
        samples = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return QPixmap()  # somebody's broken file is no reason to hide the run
    if samples.ndim == 2 and samples.shape[1] == 2:
        return QPixmap.fromImage(thumbnails.of_points(samples, theme.FAKE))
    if samples.ndim == 4 and samples.dtype == np.uint8 and samples.shape[-1] in (1, 3):
        return QPixmap.fromImage(thumbnails.of_images(samples))
    return QPixmap()
