"""A row of widgets that goes on below itself where it is too narrow."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout

if TYPE_CHECKING:
    from PySide6.QtWidgets import QLayoutItem, QWidget

_LEAST_GAP = 2
"""Pixels between two widgets, at least."""


class FlowLayout(QLayout):
    """Widgets side by side, each as wide as it wants to be, and further ones in rows below.

    last: widgets that stand at the right end where all fit in one row, and follow the others where they don't; so that
    none of them stands alone below, for the want of a few pixels, all move closer together before.
    It asks for as much height as all its rows take at the width that it has now: who gives it a height without a look
    at its width, such as a splitter, would put what stands below over the last rows.
    After Qt's own example of a flow layout: https://doc.qt.io/qt-6/qtwidgets-layouts-flowlayout-example.html
    """

    def __init__(self, *widgets: QWidget, last: tuple[QWidget, ...] = ()) -> None:
        super().__init__()
        self._heights: dict[int, int] = {}  # by width: each is asked for dozens of times while a window is put together
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(4)
        self._items: list[QLayoutItem] = []
        self._last = last
        self._width = self._high = 0  # kept here: Qt forgets a layout's geometry whenever it asks anew
        for widget in (*widgets, *last):
            self.addWidget(widget)

    def fill(self, *widgets: QWidget) -> None:
        """Hold these in place of all but those at the right end; what it holds no more is hidden."""
        held = {item.widget(): item for item in self._items}
        self._items = []
        for widget in (*widgets, *self._last):
            if widget in held:
                self._items.append(held.pop(widget))
            else:
                self.addWidget(widget)
        for gone in held:
            if gone is not None:
                gone.hide()
        self.invalidate()

    def addItem(self, item: QLayoutItem) -> None:
        """Take a widget's item to the end."""
        self._items.append(item)
        self._heights.clear()

    def count(self) -> int:
        """How many items there are, hidden ones among them."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item, None past the last."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove an item, None past the last."""
        self._heights.clear()
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """It wants no more room than it needs."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """The narrower, the higher."""
        return True

    def invalidate(self) -> None:
        """Forget what was found out, as something in it has changed."""
        self._heights.clear()
        super().invalidate()

    def heightForWidth(self, width: int) -> int:
        """Height of all rows at a width."""
        if width not in self._heights:
            self._heights[width] = self._place(QRect(0, 0, width, 0), move=False)
        return self._heights[width]

    def setGeometry(self, rect: QRect) -> None:
        """Put everything into its place."""
        super().setGeometry(rect)
        self._width, high = rect.width(), self._place(rect, move=True)
        if high != self._high:
            self._high = high
            self.update()

    def sizeHint(self) -> QSize:
        """All in one row."""
        return self._side_by_side(self._shown())

    def minimumSize(self) -> QSize:
        """The widest item, and the rows of the width that there is."""
        found = QSize(0, 0)
        for item in self._shown():
            found = found.expandedTo(item.minimumSize() if item.widget() is None else item.sizeHint())
        return found.expandedTo(QSize(0, self.heightForWidth(self._width))) if self._width else found

    def _shown(self) -> list[QLayoutItem]:
        return [item for item in self._items if not item.isEmpty()]

    def _side_by_side(self, items: list[QLayoutItem], gap: int | None = None) -> QSize:
        sizes = [item.sizeHint() for item in items]
        gap = self.spacing() if gap is None else gap
        width = sum(size.width() for size in sizes) + max(len(sizes) - 1, 0) * gap
        return QSize(width, max((size.height() for size in sizes), default=0))

    def _gap(self, width: int) -> int:
        """Between two widgets of a row: the spacing, or less where all then fit in one row, ``last`` at its end."""
        shown = self._shown()
        gaps = range(self.spacing(), _LEAST_GAP - 1, -1) if self._last else ()
        return next((gap for gap in gaps if self._side_by_side(shown, gap).width() <= width), self.spacing())

    def _rows(self, width: int, gap: int) -> list[list[QLayoutItem]]:
        rows: list[list[QLayoutItem]] = []
        for item in self._shown():
            if rows and self._side_by_side([*rows[-1], item], gap).width() <= width:
                rows[-1].append(item)
            else:
                rows.append([item])
        return rows

    def _place(self, rect: QRect, *, move: bool) -> int:
        gap = self._gap(rect.width())
        rows, y = self._rows(rect.width(), gap), rect.y()
        for row in rows:
            whole = self._side_by_side(row, gap)
            x, spare = rect.x(), rect.width() - whole.width() if len(rows) == 1 else 0
            for item in row:
                if spare and item.widget() in self._last:
                    x, spare = x + spare, 0
                size = item.sizeHint()
                if move:
                    high = y + (whole.height() - size.height()) // 2
                    item.setGeometry(QRect(x, high, min(size.width(), rect.width()), size.height()))
                x += size.width() + gap
            y += whole.height() + self.spacing()
        return y - self.spacing() - rect.y() if rows else 0
