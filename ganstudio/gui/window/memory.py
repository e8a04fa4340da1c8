"""What the window was left as, kept in the settings: its place, its panels and splitters, what its views show.

What a settings file holds may be anybody's, or of another version: what does not fit is passed over.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QByteArray, QObject, QRect
from PySide6.QtGui import QGuiApplication

from ganstudio.gui.window.shell import FRAME

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QSettings
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMainWindow, QSplitter

    from ganstudio.gui.sound.sounds import Sounds
    from ganstudio.gui.window.rooms import Rooms
    from ganstudio.gui.window.shell import Shell

_PANELS = ("toggle_library", "toggle_settings", "toggle_latent")
_GRIP = 60
"""Pixels of a title bar that must be on a screen, or nobody could move the window."""


class Memory(QObject):
    """Reads and writes the settings. ``kept`` None: nothing is remembered.

    A panel is remembered as a person last had it, not as it gave way to a narrow window or to games side by side.
    """

    def __init__(self, kept: QSettings | None, actions: Mapping[str, QAction], parent: QObject) -> None:
        super().__init__(parent)
        self._kept, self._actions = kept, actions
        self._wanted: dict[str, bool] = {}
        for name in _PANELS:
            actions[name].triggered.connect(lambda on, name=name: self._wanted.update({name: on}))

    def place(self, window: QMainWindow) -> None:
        """Put the window where it was, on a screen that there is."""
        geometry = self._value("geometry")
        if isinstance(geometry, QByteArray):
            window.restoreGeometry(geometry)
            bring_back(window)

    def restore_shell(self, shell: Shell) -> None:
        """Show the panels and the library's page as they were left."""
        for name in _PANELS:
            if isinstance(shown := self._read("panels").get(name), bool):
                self._wanted[name] = shown
                self._actions[name].setChecked(shown)
        page = self._read("library").get("page")
        if isinstance(page, int) and 0 <= page < shell.library.count():
            shell.library.setCurrentIndex(page)
        self._restore(shell.columns)

    def restore_rooms(self, rooms: Rooms, shell: Shell) -> None:
        """Show what the views showed."""
        self._restore(shell.columns)  # whose right column has come since
        self._restore(rooms.scene.across)
        rooms.scene.restore(self._read("views"))
        rooms.group.restore(self._read("side_by_side"))

    def restore_sounds(self, sounds: Sounds) -> None:
        """Be as loud as it was."""
        sounds.restore(self._read("sounds"))

    def keep(self, window: QMainWindow, shell: Shell, rooms: Rooms | None, sounds: Sounds | None) -> None:
        """Write everything down."""
        if self._kept is None:
            return
        self._kept.setValue("geometry", window.saveGeometry())
        self._write("panels", self._wanted)
        self._write("library", {"page": shell.library.currentIndex()})
        splitters = [shell.columns] if rooms is None else [shell.columns, rooms.scene.across]
        for splitter in splitters:
            if all(splitter.sizes()):  # else a part of it was folded away
                self._kept.setValue(f"splitters/{splitter.objectName()}", splitter.saveState())
        if sounds is not None:
            self._write("sounds", sounds.state())
        if rooms is not None:
            self._write("views", rooms.scene.state())
            self._write("side_by_side", rooms.group.state())

    # --- one value ---

    def _value(self, name: str) -> object:
        return None if self._kept is None else self._kept.value(name)

    def _restore(self, splitter: QSplitter) -> None:
        state = self._value(f"splitters/{splitter.objectName()}")
        if isinstance(state, QByteArray):
            splitter.restoreState(state)

    def _read(self, name: str) -> dict[str, Any]:
        text = self._value(name)
        try:
            found = json.loads(text) if isinstance(text, str) else {}
        except ValueError:
            return {}
        return found if isinstance(found, dict) else {}

    def _write(self, name: str, state: Mapping[str, Any]) -> None:
        assert self._kept is not None
        self._kept.setValue(name, json.dumps(state))


def bring_back(window: QMainWindow) -> None:
    """Move a window whose title bar is on no screen, or which is larger than its screen, to where it can be reached."""
    inner = window.geometry()
    bar = QRect(inner.left(), inner.top() - FRAME.height(), inner.width(), FRAME.height())
    for screen in QGuiApplication.screens():
        seen = screen.availableGeometry().intersected(bar)
        if seen.width() >= _GRIP and seen.height() >= FRAME.height() // 2:
            room = screen.availableGeometry()
            break
    else:
        room = QGuiApplication.primaryScreen().availableGeometry()
        window.move(room.topLeft())
    size = (room.size() - FRAME).expandedTo(window.minimumSize())
    if not window.isMaximized() and (window.width() > size.width() or window.height() > size.height()):
        window.resize(window.size().boundedTo(size))
