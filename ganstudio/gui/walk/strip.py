"""The strip of pins under what G makes: their pictures in order, and what is done with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QColor, QIcon, QKeyEvent, QMouseEvent, QPixmap
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDoubleSpinBox,
    QListWidget,
    QListWidgetItem,
    QMenu,
    QVBoxLayout,
    QWidget,
)

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.spin import with_air
from ganstudio.gui.walk.player import WalkPlayer

if TYPE_CHECKING:
    from ganstudio.gui.walk.pins import Pin, Pins

SIDE = 38
"""Pixels of a pin's picture."""
_WAYS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_OFTEN = "Choose three pins in their order: the first, less the second, and the third"


class _List(QListWidget):
    """The pins: dragged into another order, Delete lets go, F2 names.

    They are dragged by hand, not by the system: what takes a drag of the system's would take files, too. ``moved``
    carries the place that a pin had, and that it is put to; Ctrl with Left and Right moves the one that is chosen.
    """

    removed = Signal()
    moved = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._held: int | None = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Delete lets the chosen ones go."""
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removed.emit()
        elif event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() in _WAYS:
            here = self.currentRow()
            self._move(here, here + _WAYS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    def _move(self, here: int, there: int) -> None:
        if 0 <= here < self.count() and 0 <= there < self.count() and here != there:
            self.moved.emit(here, there)
            self.setCurrentRow(there)

    def _row_at(self, event: QMouseEvent) -> int | None:
        item = self.itemAt(event.position().toPoint())
        return None if item is None else self.row(item)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take a pin."""
        self._held = self._row_at(event) if event.button() == Qt.MouseButton.LeftButton else None
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Show that one is held; a drag chooses no others."""
        if self._held is not None and event.buttons() & Qt.MouseButton.LeftButton:
            self.viewport().setCursor(Qt.CursorShape.ClosedHandCursor)
        else:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Put it where the mouse is."""
        held, self._held = self._held, None
        self.viewport().unsetCursor()
        there = self._row_at(event)
        if held is not None and there is not None and held != there:
            self._move(held, there)
            return
        super().mouseReleaseEvent(event)


class WalkStrip(QWidget):
    """Hidden while there are no pins.

    ``chosen`` carries the point of a pin that is gone to; ``export_wanted`` what is to be exported.
    """

    chosen = Signal(object)
    export_wanted = Signal(str)

    def __init__(self, pins: Pins) -> None:
        super().__init__()
        self.setObjectName("walkStrip")
        self.pins, self.player = pins, WalkPlayer(pins)
        self.list = self._made_list()
        self.play = Chip("Walk", "Go from pin to pin, live, also while G learns")
        self.loop = Chip("Loop", "From the last pin back to the first")
        self.ease = Chip("Ease", "Slow at each pin and fast between; else evenly")
        for chip in (self.loop, self.ease):
            chip.setChecked(True)
        self.seconds = with_air(QDoubleSpinBox())
        self.seconds.setRange(0.1, 60)
        self.seconds.setSingleStep(0.5)
        self.seconds.setValue(pins.seconds)
        self.seconds.setSuffix(" s")
        self.seconds.setToolTip("Time from pin to pin")
        self.seconds.setAccessibleName("Seconds from pin to pin")
        self.seconds.setFixedWidth(86)
        self.more = action("More", "Random pins, arithmetic of pins, and a grid between four of them")
        self.menu = QMenu(self)
        self.menu.setToolTipsVisible(True)
        self.wander = self._entry("&Random Pins", "Add four pins that are drawn from the prior: a random walk")
        self.calculate = self._entry("&A \u2212 B + C", _OFTEN)
        self.corners = self._entry("&Grid between Four…", "Export a grid whose corners are the first four pins")
        self.export = action("Export…", "Write the walk to a file: a film, or one sound")
        self._wire()
        self._arrange()
        self._show()

    def _made_list(self) -> _List:
        made = _List()
        made.setObjectName("pins")
        made.setAccessibleName("Pins")
        made.setViewMode(QListWidget.ViewMode.IconMode)
        made.setFlow(QListWidget.Flow.LeftToRight)
        made.setWrapping(False)
        made.setMovement(QListWidget.Movement.Static)
        made.setDragDropMode(QAbstractItemView.DragDropMode.NoDragDrop)
        made.setAcceptDrops(False)
        made.viewport().setAcceptDrops(False)
        made.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        made.setEditTriggers(QAbstractItemView.EditTrigger.EditKeyPressed)
        made.setIconSize(QSize(SIDE, SIDE))
        made.setGridSize(QSize(SIDE + 16, SIDE + 24))
        made.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        made.setFixedHeight(SIDE + 38)
        made.setToolTip(
            "Click a pin to go there, drag it to another place (or Ctrl with Left and Right), F2 names it, Delete lets "
            "it go. P pins what the sliders make"
        )
        return made

    def _entry(self, text: str, tip: str) -> QAction:
        """An entry of the menu."""
        entry = self.menu.addAction(text)
        entry.setToolTip(tip)
        return entry

    def _wire(self) -> None:
        pins, player = self.pins, self.player
        pins.changed.connect(self._show)
        self.list.itemClicked.connect(lambda item: self.go_to(self.list.row(item)))
        self.list.itemActivated.connect(lambda item: self.go_to(self.list.row(item)))
        self.list.itemChanged.connect(lambda item: pins.rename(self.list.row(item), item.text()))
        self.list.removed.connect(lambda: pins.remove([index.row() for index in self.list.selectedIndexes()]))
        self.list.moved.connect(self._on_moved)
        self.play.toggled.connect(player.play)
        player.playing_changed.connect(self._show_playing)
        self.loop.toggled.connect(lambda on: setattr(pins, "loop", on))
        self.ease.toggled.connect(lambda on: setattr(pins, "ease", on))
        self.seconds.valueChanged.connect(lambda value: setattr(pins, "seconds", value))
        self.more.clicked.connect(lambda: self.menu.popup(self.more.mapToGlobal(self.more.rect().bottomLeft())))
        self.wander.triggered.connect(lambda _on=False: pins.wander())
        self.calculate.triggered.connect(lambda _on=False: self._on_calculate())
        self.corners.triggered.connect(lambda _on=False: self.export_wanted.emit("corners"))
        self.export.clicked.connect(lambda: self.export_wanted.emit("walk"))
        self.list.itemSelectionChanged.connect(self._follow)

    def _arrange(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACING, 0, theme.SPACING, 0)
        layout.setSpacing(theme.SPACING - 4)
        layout.addLayout(FlowLayout(self.play, self.loop, self.ease, self.seconds, self.more, self.export))
        layout.addWidget(self.list)

    def go_to(self, place: int) -> None:
        """Put a pin on the sliders, and go on from there."""
        if 0 <= place < len(self.pins.all):
            self.player.go_to(place)
            self.chosen.emit(self.pins.all[place].latents)

    def _on_moved(self, here: int, there: int) -> None:
        places = list(range(len(self.pins.all)))
        places.insert(there, places.pop(here))
        self.pins.order(places)

    def _on_calculate(self) -> None:
        rows = [index.row() for index in self.list.selectedIndexes()]
        if len(rows) == 3:
            self.pins.calculate(*rows)

    def _show(self) -> None:
        """Show the pins that there are."""
        blocked = self.list.blockSignals(True)
        self.list.clear()
        for pin in self.pins.all:
            item = QListWidgetItem(_icon(pin), pin.name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsEditable)
            self.list.addItem(item)
        self.list.blockSignals(blocked)
        self.setVisible(bool(self.pins.all))
        self._follow()

    def _show_playing(self, on: bool) -> None:
        blocked = self.play.blockSignals(True)
        self.play.setChecked(on)
        self.play.blockSignals(blocked)
        self.play.update()

    def _follow(self) -> None:
        """Let that be done which the pins allow."""
        count = len(self.pins.all)
        self.play.setEnabled(count > 1)
        self.export.setEnabled(count > 1)
        self.corners.setEnabled(count >= 4)
        self.calculate.setEnabled(len(self.list.selectedIndexes()) == 3)


def _icon(pin: Pin) -> QIcon:
    """The pin's picture as large as there is room, or an empty frame."""
    if pin.picture is None:
        empty = QPixmap(SIDE, SIDE)
        empty.fill(QColor(theme.RAISED))
        return QIcon(empty)
    smooth = (
        Qt.TransformationMode.SmoothTransformation
        if pin.picture.width() > SIDE
        else Qt.TransformationMode.FastTransformation
    )
    return QIcon(QPixmap.fromImage(pin.picture).scaled(SIDE, SIDE, Qt.AspectRatioMode.KeepAspectRatio, smooth))
