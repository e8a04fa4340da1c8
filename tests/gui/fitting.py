"""Tells what in a window overlaps, is cut, or has no room for its words.

``python -m tests.gui.fitting FOLDER`` holds the window, at the scale that the environment says, against small screens.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenuBar,
    QScrollArea,
    QTabBar,
    QToolButton,
    QWidget,
)

from ganstudio.gui.parts.chips import Chip
from ganstudio.gui.parts.elided import ElidedLabel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OVER = "lies_over"
"""The property of what lies over other things by design, such as a notice: it goes, and it may cover them."""


def faults(window: QWidget) -> list[str]:
    """All that does not fit in a window as it is shown, a line each; empty where everything does."""
    found = []
    for widget in (window, *window.findChildren(QWidget)):
        if widget.isVisible() and widget.window() is window and not _scrolled_away(widget):
            found += [f"{_called(widget)}: {fault}" for fault in _faults_of(widget)]
    return found


def _faults_of(widget: QWidget) -> Iterator[str]:
    yield from _overlapping(widget)
    if (cut := _cut(widget)) is not None:
        yield cut
    yield from _words(widget)


def _children(widget: QWidget) -> list[QWidget]:
    """What is seen of a widget's own parts, but for what lies over the others by design."""
    if isinstance(widget, QAbstractSpinBox | QComboBox | QTabBar | QMenuBar | QLineEdit):
        return []  # Qt's own, whose parts share the place
    return [
        child
        for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if child.isVisible() and not child.isWindow() and not child.property(OVER) and not child.size().isEmpty()
    ]


def _overlapping(widget: QWidget) -> Iterator[str]:
    children = _children(widget)
    for k, one in enumerate(children):
        for other in children[k + 1 :]:
            shared = one.geometry() & other.geometry()
            if not shared.isEmpty() and not _handles(one, other):
                yield f"{_called(one)} {_box(one.geometry())} overlaps {_called(other)} {_box(other.geometry())}"


def _handles(one: QWidget, other: QWidget) -> bool:
    """A splitter's handle is wider than it looks, to be taken hold of."""
    return any(each.metaObject().className() == "QSplitterHandle" for each in (one, other))


def _cut(widget: QWidget) -> str | None:
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or _handles(widget, widget):
        return None
    if isinstance(parent.parentWidget(), QAbstractScrollArea):
        area = parent.parentWidget()
        if isinstance(area, QScrollArea) and area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            return f"is {widget.width()} wide, its column {parent.width()}" if widget.width() > parent.width() else None
        return None  # it can be scrolled to
    box = widget.geometry()
    if parent.rect().contains(box) or box.isEmpty():
        return None
    return f"{_box(box)} reaches beyond {_called(parent)} {_box(parent.rect())}"


def _words(widget: QWidget) -> Iterator[str]:
    """Whether there is room for what is written on it."""
    size = widget.size()
    if isinstance(widget, ElidedLabel):
        if widget.text() != widget.whole and widget.whole not in widget.toolTip():
            yield f"{widget.text()!r} is cut and has no tooltip"
    elif isinstance(widget, QLabel) and widget.text():
        needed = QLabel.sizeHint(widget) if not widget.wordWrap() else QLabel.minimumSizeHint(widget)
        height = widget.heightForWidth(size.width()) if widget.wordWrap() else needed.height()
        if size.width() < needed.width() or size.height() < height:
            yield f"{widget.text()[:40]!r} needs {needed.width()} x {height}, has {size.width()} x {size.height()}"
    elif isinstance(widget, Chip | QToolButton) or (isinstance(widget, QAbstractButton) and widget.text()):
        needed = widget.sizeHint() if isinstance(widget, Chip) else widget.minimumSizeHint()
        if isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
            needed = widget.iconSize()  # no words are on it, then
        if size.width() < needed.width() or size.height() < needed.height():
            yield f"{widget.text()!r} needs {needed.toTuple()}, has {size.toTuple()}"
    elif isinstance(widget, QComboBox):
        arrow = 30
        needed = widget.fontMetrics().horizontalAdvance(widget.currentText()) + arrow
        if size.width() < needed and widget.currentText() not in widget.toolTip():
            yield f"{widget.currentText()!r} needs {needed}, has {size.width()}"
    elif isinstance(widget, QTabBar):
        for index in range(widget.count()):
            if widget.isTabVisible(index) and not widget.rect().contains(widget.tabRect(index)):
                yield f"the tab {widget.tabText(index)!r} is cut"


def _scrolled_away(widget: QWidget) -> bool:
    """Whether none of it is in what is seen of the scroll areas that it stands in."""
    return widget.visibleRegion().isEmpty() and any(isinstance(each, QAbstractScrollArea) for each in _above(widget))


def _above(widget: QWidget) -> Iterator[QWidget]:
    while (parent := widget.parentWidget()) is not None:
        widget = parent
        yield widget


def _called(widget: QWidget) -> str:
    name = widget.objectName() or widget.accessibleName() or getattr(widget, "text", lambda: "")()
    place = QRect(widget.mapTo(widget.window(), QPoint()), widget.size())
    return f"{type(widget).__name__} {str(name)[:40]!r} at {_box(place)}"


def _box(rect: QRect) -> str:
    return f"({rect.x()}, {rect.y()}, {rect.width()} x {rect.height()})"


def main(folder: str) -> int:
    """Open the window on a game and print what does not fit on each screen; the exit status."""
    from pathlib import Path

    from PySide6.QtCore import QElapsedTimer, QSize

    from ganstudio.gui.app import make_application
    from ganstudio.gui.seam.bridge import TrainingBridge
    from ganstudio.gui.window.main_window import MainWindow
    from ganstudio.gui.window.shell import FRAME

    app = make_application()
    window = MainWindow(Path(folder) / "runs", bridge=TrainingBridge(in_process=True))
    window.show()
    clock, amiss = QElapsedTimer(), 0

    def wait(seconds: float, check: Callable[[], object]) -> None:
        clock.start()
        while not check() and clock.elapsed() < 1000 * seconds:
            app.processEvents()

    wait(60, lambda: window.game.state == "paused")
    for screen in (QSize(911, 512), QSize(1024, 640), QSize(1440, 900)):
        window.resize(screen - FRAME)
        wait(5, lambda: not faults(window))
        found = [] if window.size() == screen - FRAME else [f"the window is {window.size().toTuple()}"]
        found += faults(window)
        amiss += len(found)
        said = "\n".join(["", *found]) if found else " fits"
        sys.stdout.write(f"{screen.width()}x{screen.height()} at {window.devicePixelRatioF()}:{said}\n")
    window.leave()
    return int(amiss > 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
