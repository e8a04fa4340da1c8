"""The classes of a dataset: how many samples each has, and which are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QToolButton,
    QWidget,
)

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.text.plain import plain_tip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data.card import ClassCount

_COUNT = Qt.ItemDataRole.UserRole
_SHARE = Qt.ItemDataRole.UserRole + 1
_ROW = 24
_MOST_ROWS = 10  # in view; more are scrolled


class ClassList(QWidget):
    """A bar for each class. ``changed`` carries those that are used when a person ticks: empty for all, None for none.

    Where classes can't be left out, the bars have no ticks.
    """

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._heading = QLabel()
        self._heading.setProperty("role", "heading")
        self._all = QToolButton()
        self._all.setObjectName("moreButton")
        self._all.clicked.connect(self._toggle_all)
        self.list = _Bars()
        self.list.setItemDelegate(_BarDelegate(self.list))
        self.list.toggled.connect(self._toggle)
        row = QHBoxLayout()
        row.addWidget(self._heading, 1)
        row.addWidget(self._all)
        stacked(row, self.list, on=self, spacing=4)
        self.hide()

    @property
    def used(self) -> tuple[str, ...]:
        """The classes that are ticked, in order."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return tuple(item.text() for item in items if item.checkState() == Qt.CheckState.Checked)

    def clear(self) -> None:
        """Show none."""
        self.list.clear()
        self.hide()

    def show_counts(self, classes: Sequence[ClassCount], *, used: Sequence[str], choosable: bool) -> None:
        """Show these; used: those that are, empty for all. One that is left out keeps the count that it had."""
        known = {self.list.item(row).text(): self.list.item(row) for row in range(self.list.count())}
        for one in classes:
            item = known.get(one.name)
            if item is None:
                item = QListWidgetItem(one.name)
                item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable)
                self.list.addItem(item)
                known[one.name] = item
            item.setData(_COUNT, one.count)
        most = max((item.data(_COUNT) for item in known.values()), default=1)
        for name, item in known.items():
            item.setData(_SHARE, item.data(_COUNT) / max(most, 1))
            item.setToolTip(plain_tip(f"{name}: {item.data(_COUNT):,}"))
            if choosable:
                item.setCheckState(Qt.CheckState.Unchecked if used and name not in used else Qt.CheckState.Checked)
        self.list.choosable = choosable
        rows = min(len(known), _MOST_ROWS)
        self.list.setFixedHeight(rows * _ROW + 2)
        self.setVisible(bool(known))
        self._tell()

    def _toggle(self, item: QListWidgetItem) -> None:
        on = item.checkState() == Qt.CheckState.Checked
        item.setCheckState(Qt.CheckState.Unchecked if on else Qt.CheckState.Checked)
        self._say()

    def _toggle_all(self) -> None:
        on = len(self.used) < self.list.count()
        for row in range(self.list.count()):
            self.list.item(row).setCheckState(Qt.CheckState.Checked if on else Qt.CheckState.Unchecked)
        self._say()

    def _say(self) -> None:
        self._tell()
        used = self.used
        self.changed.emit(() if len(used) == self.list.count() else used or None)

    def _tell(self) -> None:
        count, used = self.list.count(), len(self.used)
        whole = used == count or not self.list.choosable
        self._heading.setText(f"Classes · {count:,}" if whole else f"Classes · {used:,} of {count:,} used")
        self._all.setText("None" if used == count else "All")
        self._all.setToolTip("Leave all out, to tick some" if used == count else "Use all of them")
        self._all.setVisible(self.list.choosable)


class _Bars(QListWidget):
    toggled = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.choosable = False
        self.setMouseTracking(True)
        self.setUniformItemSizes(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setAccessibleName("Classes")
        self.viewport().setAcceptDrops(False)
        self.itemClicked.connect(self._toggle)

    def event(self, event: QEvent) -> bool:
        """Keep Space, which would be Play, for ticking."""
        if (
            event.type() == QEvent.Type.ShortcutOverride
            and isinstance(event, QKeyEvent)
            and event.key() == Qt.Key.Key_Space
            and self.choosable
        ):
            event.accept()
            return True
        return super().event(event)

    def _toggle(self, item: QListWidgetItem) -> None:
        if self.choosable:
            self.toggled.emit(item)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Space ticks the current class; Enter is the card's."""
        if event.key() == Qt.Key.Key_Space and self.choosable and self.currentItem():
            self.toggled.emit(self.currentItem())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            event.ignore()
        else:
            super().keyPressEvent(event)


class _BarDelegate(QStyledItemDelegate):
    """Paints a class: a bar as long as its share of the largest, a tick, the name, the count."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """One line."""
        return QSize(80, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one class."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        place = option.rect.adjusted(1, 1, -7, -1)
        ticked = index.data(Qt.ItemDataRole.CheckStateRole)
        used = ticked is None or Qt.CheckState(ticked) == Qt.CheckState.Checked
        bar = QColor(theme.REAL)
        bar.setAlphaF(0.32 if used else 0.10)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(theme.SURFACE))
        painter.drawRoundedRect(place, 3, 3)
        painter.setBrush(bar)
        length = max(2, round(place.width() * index.data(_SHARE)))
        painter.drawRoundedRect(QRect(place.topLeft(), QSize(length, place.height())), 3, 3)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(theme.FOCUS), 2))
            painter.drawRoundedRect(place, 3, 3)
        words = place.adjusted(8, 0, -8, 0)
        if ticked is not None:
            self._tick(painter, QRect(place.left() + 6, place.center().y() - 6, 13, 13), used)
            words.setLeft(place.left() + 27)
        painter.setPen(QColor(theme.TEXT if used else theme.DISABLED))
        count = f"{index.data(_COUNT):,}"
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, count)
        words.setRight(words.right() - painter.fontMetrics().horizontalAdvance(count) - 8)
        name = painter.fontMetrics().elidedText(index.data(), Qt.TextElideMode.ElideMiddle, words.width())
        painter.drawText(words, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, name)
        painter.restore()

    def _tick(self, painter: QPainter, box: QRect, on: bool) -> None:
        painter.setPen(QPen(QColor(theme.ACCENT if on else theme.OUTLINE), 1))
        painter.setBrush(QColor(theme.ACCENT if on else theme.RAISED))
        painter.drawRoundedRect(box, 3, 3)
        if on:
            painter.setPen(QPen(QColor(theme.ON_ACCENT), 1.8))
            painter.drawPolyline([box.topLeft() + each for each in (QPoint(3, 7), QPoint(6, 10), QPoint(10, 4))])
