"""How large everything is in the window: chosen in the View menu, kept, and in force from the next start on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QMenu

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtCore import QSettings

SIZES = (90, 100, 110, 125, 150, 175, 200)
"""Percent."""
KEY = "interface_size"
SCALE = "QT_SCALE_FACTOR"


def kept_size(settings: QSettings) -> int:
    """The size that was chosen, percent; 100 where none was, or where the file has something else."""
    try:
        size = int(str(settings.value(KEY, 100)))
    except ValueError:
        return 100
    return size if size in SIZES else 100


def scale_to(settings: QSettings) -> None:
    """Have Qt scale to the size that was chosen. Qt looks there once, when the application object is made.

    A factor that the environment has already is the user's, and stays.
    """
    if (size := kept_size(settings)) != 100:
        os.environ.setdefault(SCALE, str(size / 100))


class InterfaceSize(QObject):
    """The sizes as a menu; the one that is chosen is kept in the settings, and ``tell`` says when it is in force."""

    def __init__(self, menu: QMenu, settings: QSettings, tell: Callable[[str], object]) -> None:
        super().__init__(menu)
        self._settings, self._tell = settings, tell
        self._in_force = kept_size(settings)
        self.menu = QMenu("&Interface Size", menu)
        menu.addMenu(self.menu)
        self._group = QActionGroup(self)
        for size in SIZES:
            entry = self.menu.addAction(f"{size} %")
            entry.setCheckable(True)
            entry.setChecked(size == self._in_force)
            entry.triggered.connect(lambda _on, size=size: self._choose(size))
            self._group.addAction(entry)

    def _choose(self, size: int) -> None:
        self._settings.setValue(KEY, size)
        self._settings.sync()
        if size == self._in_force:
            self._tell(f"The interface stays at {size} %.")
        else:
            self._tell(f"The interface will be shown at {size} % the next time GAN Studio is started.")
