"""Chips that open a menu: several layers share one place in the plane's header."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QColor, QIcon, QKeyEvent, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QMenu

from ganstudio.gui.parts.chips import Chip

if TYPE_CHECKING:
    from collections.abc import Iterable

_MARK = " ▾"


class _StayingMenu(QMenu):
    """A menu that stays open while things are ticked in it."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Tick with the mouse, and stay."""
        chosen = self.activeAction()
        if chosen is not None and chosen.isCheckable() and chosen.isEnabled():
            chosen.trigger()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Tick with the space bar, and stay; Enter ticks and closes."""
        chosen = self.activeAction()
        if event.key() == Qt.Key.Key_Space and chosen is not None and chosen.isCheckable():
            chosen.trigger()
        else:
            super().keyPressEvent(event)


def _dots(colour: str) -> QIcon:
    """A ring, and a filled dot once it is ticked, as on the chips."""
    icon = QIcon()
    for state, brush in ((QIcon.State.Off, Qt.BrushStyle.NoBrush), (QIcon.State.On, QColor(colour))):
        pixmap = QPixmap(16, 16)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(colour), 1.5))
        painter.setBrush(brush)
        painter.drawEllipse(QRectF(3, 3, 10, 10))
        painter.end()
        icon.addPixmap(pixmap, QIcon.Mode.Normal, state)
        icon.addPixmap(pixmap, QIcon.Mode.Active, state)
    return icon


class MenuChip(Chip):
    """A chip with entries to tick; it looks switched on while one of them is."""

    changed = Signal()

    def __init__(self, name: str, tip: str, menu: QMenu | None = None) -> None:
        super().__init__(name + _MARK, tip)
        self.setAccessibleName(name)
        self.entries: dict[str, QAction] = {}
        self._menu = menu or _StayingMenu(self)
        self._menu.setParent(self, self._menu.windowFlags())
        self._menu.setToolTipsVisible(True)
        self.clicked.connect(self.open_menu)

    def add(self, key: str, text: str, tip: str, colour: str | None = None) -> QAction:
        """One more entry to tick, with its layer's colour if it has one."""
        entry = self._menu.addAction(text)
        entry.setCheckable(True)
        entry.setToolTip(tip)
        if colour is not None:
            entry.setIcon(_dots(colour))
            entry.setIconVisibleInMenu(True)
        entry.toggled.connect(self._on_toggled)
        self.entries[key] = entry
        return entry

    def entries_told(self) -> list[tuple[str, str]]:
        """The entries with their tooltips."""
        entries = self.entries.values()
        return [(entry.text(), entry.toolTip()) for entry in entries if entry.toolTip() != entry.text()]

    def chosen(self) -> frozenset[str]:
        """Keys of the entries that are ticked and offered."""
        return frozenset(key for key, entry in self.entries.items() if entry.isChecked() and entry.isVisible())

    def offer(self, keys: Iterable[str]) -> None:
        """Offer these entries only; the others keep their ticks for when they are offered again.

        Where something was ticked and nothing of what is offered now is, all of it is.
        """
        offered, before = set(keys), self.chosen()
        for key, entry in self.entries.items():
            entry.setVisible(key in offered)
        if before and not self.chosen():
            for key in offered:
                self.entries[key].setChecked(True)
        self.update_state()

    def update_state(self) -> None:
        """Look switched on or off."""
        self.setChecked(bool(self.chosen()))
        self.updateGeometry()

    def nextCheckState(self) -> None:
        """Do nothing: what is ticked decides, not the click that opens the menu."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Open with the arrow too, as menus do."""
        if event.key() in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_menu()
        else:
            super().keyPressEvent(event)

    def open_menu(self) -> None:
        """Show the entries under the chip."""
        self._menu.popup(self.mapToGlobal(QPoint(0, self.height() + 2)))

    def _on_toggled(self, on: bool) -> None:
        self.update_state()
        self.changed.emit()


class ChoiceChip(MenuChip):
    """A chip that shows which one of its entries is chosen; "" is none of them."""

    def __init__(self, name: str, none: str, tip: str) -> None:
        super().__init__(name, tip, QMenu())
        self._name = name
        self._group = QActionGroup(self)
        self._texts: dict[str, str] = {}
        self._none = none

    def add_choice(self, key: str, short: str, text: str, tip: str) -> None:
        """One more to choose from; ``short`` is what the chip then shows."""
        self._texts[key] = short
        self._group.addAction(self.add(key, text, tip))

    def describe(self, key: str, short: str, text: str, tip: str) -> None:
        """Call a choice something else."""
        self._texts[key] = short
        self.entries[key].setText(text)
        self.entries[key].setToolTip(tip)
        self.update_state()

    def add_none(self) -> None:
        """The last entry: nothing."""
        self._menu.addSeparator()
        self.add_choice("", self._name, self._none, "")

    @property
    def choice(self) -> str:
        """The key of what is chosen."""
        return next((key for key, entry in self.entries.items() if entry.isChecked()), "")

    def choose(self, key: str) -> None:
        """Choose an entry."""
        self.entries[key].setChecked(True)

    def update_state(self) -> None:
        """Show the choice in the chip's own words."""
        key = self.choice
        self.setText(self._texts.get(key, self._name) + _MARK)
        self.setAccessibleName(self._name if not key else f"{self._name}: {self._texts[key]}")
        self.setChecked(bool(key))
        self.updateGeometry()

    def _on_toggled(self, on: bool) -> None:
        self.update_state()
        if on:  # not for the last choice, which the group unticks
            self.changed.emit()
