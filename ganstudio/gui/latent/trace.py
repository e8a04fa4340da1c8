"""The path of the slider that is held, which is shown for as long as somebody turns it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal

if TYPE_CHECKING:
    import numpy.typing as npt

TURNED_MS = 1500
"""How long after the last key a slider still counts as turned: keys come one by one, a mouse button stays down."""


class HeldTrace(QObject):
    """Where G(z) goes while one slider is moved from end to end; a path that nobody asks about would hide the points.

    ``changed`` carries G(z), the path (n, ...) or None where no slider is held, and what the slider is called.
    """

    changed = Signal(object, object, str)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._point: npt.NDArray[Any] | None = None
        self._path: npt.NDArray[Any] | None = None
        self._name = ""
        self._down = False
        self._turned = QTimer(self, singleShot=True, interval=TURNED_MS)
        self._turned.timeout.connect(self._tell)

    @property
    def held(self) -> bool:
        """Whether a slider is held."""
        return self._down or self._turned.isActive()

    def take(self, name: str, *, by_mouse: bool) -> None:
        """A slider is held by the mouse, or turned by a key; the path known so far may be another slider's."""
        if name != self._name:
            self._path = None
        self._name, self._down = name, by_mouse
        self._turned.stop() if by_mouse else self._turned.start()
        self._tell()

    def let_go(self) -> None:
        """The mouse has let go of the slider."""
        self._down = False
        self._tell()

    def forget(self) -> None:
        """Another game: nothing is known or held."""
        self._point = self._path = None
        self._name, self._down = "", False
        self._turned.stop()

    def show(self, point: npt.NDArray[Any], path: npt.NDArray[Any]) -> None:
        """Know what G makes of the sliders and along the one that moved last."""
        self._point, self._path = point, path
        self._tell()

    def _tell(self) -> None:
        if self._point is not None:
            self.changed.emit(self._point, self._path if self.held else None, self._name)
