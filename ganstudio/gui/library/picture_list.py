"""A list of things with a picture each: the name beside it, and a line of detail below the name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QListWidget, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from ganstudio.gui.looks import theme

if TYPE_CHECKING:
    from collections.abc import Sequence

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
        self.setResizeMode(QListWidget.ResizeMode.Adjust)  # the narrower, the more lines
        self.viewport().setAcceptDrops(False)  # what is dropped here is meant for the window
        # Not itemActivated: some desktops send it for one click, others for two.
        self.itemClicked.connect(lambda item: self.chosen.emit(item))

    def dataChanged(
        self,
        first: QModelIndex | QPersistentModelIndex,
        last: QModelIndex | QPersistentModelIndex,
        roles: Sequence[int] = (),
    ) -> None:
        """Lay all out again only where an item has come to need another height: that is a look at every item."""
        needed = self.sizeHintForIndex(first).height() if first.row() == last.row() else -1
        own = QListWidget if needed != self.visualRect(first).height() else QAbstractItemView
        own.dataChanged(self, first, last, roles)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter chooses the current one."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentItem():
            self.chosen.emit(self.currentItem())
        else:
            super().keyPressEvent(event)


class PictureDelegate(QStyledItemDelegate):
    """Paints picture at the left, name and detail beside it, which take as many lines as they need."""

    def __init__(self, view: QAbstractItemView) -> None:
        super().__init__(view)
        self._view = view
        self._width = 0
        self._heights: dict[tuple[str | None, ...], int] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Room for the picture, and for all of the words in the width that there is."""
        told = (index.data(), index.data(KIND), index.data(DETAIL))
        width = self._view.viewport().width()
        if width != self._width:
            self._width = width
            self._heights.clear()
        if (height := self._heights.get(told)) is None:
            room = max(width - _BESIDE, 40)
            fonts = _fonts(option)
            needed = sum(_height(text, font, room) for text, font in zip(told, fonts, strict=True) if text)
            self._heights[told] = height = max(PICTURE.height() + 20, needed + 28)
        return QSize(120, height)

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
        inset = 5 if index.data(KIND) else 10
        words = QRect(left, card.top() + inset, card.right() - left - 8, card.height() - 2 * inset)
        self._write(painter, option, words, index)
        painter.restore()

    def _write(
        self, painter: QPainter, option: QStyleOptionViewItem, words: QRect, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        bold, small, _ = _fonts(option)
        wrap = Qt.TextFlag.TextWordWrap.value | Qt.AlignmentFlag.AlignLeft.value
        painter.setFont(bold)
        painter.setPen(QColor(theme.TEXT))
        painter.drawText(words, wrap | Qt.AlignmentFlag.AlignTop.value, _breakable(index.data()))
        painter.setFont(small)
        painter.setPen(QColor(index.data(TONE) or theme.MUTED))
        detail = _breakable(index.data(DETAIL) or "")
        painter.drawText(words, wrap | Qt.AlignmentFlag.AlignBottom.value, detail)
        if kind := index.data(KIND):
            above, below = _height(index.data(), bold, words.width()), _height(detail, small, words.width())
            between = words.adjusted(0, above, 0, -below)
            painter.drawText(between, wrap | Qt.AlignmentFlag.AlignVCenter.value, _breakable(kind))


_BESIDE = 8 + 7 + PICTURE.width() + 10 + 8 + 9  # all of an item's width that is not for words


def _fonts(option: QStyleOptionViewItem) -> tuple[QFont, QFont, QFont]:
    """Of the name, of what stands between, of the detail."""
    bold, small = QFont(option.font), QFont(option.font)
    bold.setBold(True)
    small.setPixelSize(theme.FONT_SMALL)
    return bold, small, small


def _height(text: str, font: QFont, width: int) -> int:
    wrap = Qt.TextFlag.TextWordWrap.value
    return QFontMetrics(font).boundingRect(QRect(0, 0, width, 10_000), wrap, _breakable(text)).height()


def _breakable(text: str) -> str:
    """A name of a file has no spaces where a line could end, but marks after which it may."""
    return "".join(f"{mark}\u200b" if mark in "_-." else mark for mark in text)
