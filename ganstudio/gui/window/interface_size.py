"""How large everything is in the window: chosen in the View menu, kept, and in force from the next start on."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize
from PySide6.QtGui import QActionGroup, QGuiApplication
from PySide6.QtWidgets import QMenu

from ganstudio.gui.window.shell import FRAME, LEAST_SIZE

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


def in_force() -> float:
    """The size that everything is shown at now, percent, whoever chose it."""
    try:
        return 100 * float(os.environ.get(SCALE, "1"))
    except ValueError:
        return 100.0


def fits(screen: QSize, size: float = 0.0) -> bool:
    """Whether a screen, in the pixels of the size in force, has room for the whole window at another size, percent."""
    share = in_force() / size if size else 1.0
    room = QSize(int(screen.width() * share), int(screen.height() * share)) - FRAME
    return room.expandedTo(LEAST_SIZE) == room


def scrolled_words(screen: QSize) -> str:
    """What is told where the size in force is too large for the screen."""
    smaller = [size for size in SIZES if fits(screen, size)]
    up_to = f" Up to {smaller[-1]} % all of it fits on this screen." if smaller else ""
    return (
        f"At {in_force():.0f} % this screen has no room for the whole window: it is scrolled.{up_to} "
        "View > Interface Size has smaller ones."
    )


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
            screens = [screen.availableSize() for screen in QGuiApplication.screens()]
            told = f"The interface will be shown at {size} % the next time GAN Studio is started."
            scrolled = " This screen has no room for the whole window then: it will be scrolled."
            self._tell(told if any(fits(screen, size) for screen in screens) else told + scrolled)
