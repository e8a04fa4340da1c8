"""A list of things with a picture each: the name beside it, and a line of detail below the name."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QListWidget, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ganstudio.gui import theme

DETAIL = Qt.ItemDataRole.UserRole + 1
"""The line below the name."""
TONE = Qt.ItemDataRole.UserRole + 2
"""The colour of that line, where it is not the usual one."""
KIND = Qt.ItemDataRole.UserRole + 3
"""A line between the two, where there is one."""
PICTURE = QSize(64, 48)


class PictureList(QListWidget):
    """``chosen`` carries the item that is clicked, or on which Enter is pressed."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.viewport().setAcceptDrops(False)  # what is dropped here is meant for the window
        # Not itemActivated: some desktops send it for one click, others for two.
        self.itemClicked.connect(lambda item: self.chosen.emit(item))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the current one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem():
            self.chosen.emit(self.currentItem())
        else:
            super().keyPressEvent(event)


class PictureDelegate(QStyledItemDelegate):
    """Paints picture at the left, name and detail beside it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for the picture."""
        return QSize(120, PICTURE.height() + 20)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one of them."""
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
        frame = QRect(card.left() + 7, card.center().y() - PICTURE.height() // 2 + 1, *PICTURE.toTuple())
        painter.fillRect(frame, QColor(theme.BACKGROUND))
        picture = index.data(Qt.ItemDataRole.DecorationRole)
        if not picture.isNull():
            size = picture.deviceIndependentSize().toSize()
            if size.width() > PICTURE.width() or size.height() > PICTURE.height():  # small drawings keep their size
                size = size.scaled(PICTURE, Qt.AspectRatioMode.KeepAspectRatio)
            place = QRect(frame.topLeft(), size)
            place.moveCenter(frame.center())
            painter.drawPixmap(place, picture)
        left = frame.right() + 11
        inset = -2 if index.data(KIND) else 3
        words = QRect(left, frame.top() + inset, card.right() - left - 8, frame.height() - 2 * inset)
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
        painter.setPen(QColor(index.data(TONE) or theme.MUTED))
        detail = painter.fontMetrics().elidedText(index.data(DETAIL), Qt.TextElideMode.ElideRight, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignBottom | Qt.AlignmentFlag.AlignLeft, detail)
        if kind := index.data(KIND):
            kind = painter.fontMetrics().elidedText(kind, Qt.TextElideMode.ElideRight, words.width())
            painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, kind)
