"""All the tiles of a group: in a grid, with one range, one probe and one game that is followed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ring import shows_focus
from ganstudio.gui.rooms.group.camera import Bounds, columns_for
from ganstudio.gui.rooms.group.tile_paint import HEADER
from ganstudio.gui.rooms.group.tiles import EDGE, Plane, Tile

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from ganstudio.training.messages import GroupFrame

_GAP = 6
_LARGE = 200  # pixels of a picture's width from which a tile is large
AT_ONCE = 16
"""Tiles that get a new picture in one refresh: about 15 ms."""
_SETTLE_MS = 40  # a mouse on its way over several tiles follows none of them
_REST_MS = 120  # while a plane is dragged its landscape is asked for some times a second, not with every pixel
_ARROWS = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}


class TileWall(QWidget):
    """Tiles as large as fit. Arrows move between them, Enter opens the one that is followed, Escape follows none."""

    wanted = Signal(int)
    """Open this game as a run of its own."""
    followed = Signal(object)
    """The game whose curve stands out: the one under the mouse, else the one that was clicked, else None."""
    ranged = Signal()
    """The range was zoomed or moved."""
    seen = Signal(object)
    """The part of the plane that the tiles show, (x_low, x_high, y_low, y_high), once it has come to rest."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.plane = Plane()
        self.tiles: list[Tile] = []
        self._picked: int | None = None
        self._under: int | None = None
        self._told: int | None = None
        self._columns = 1
        self._frame: GroupFrame | None = None
        self._due = self._next = 0  # tiles that the frame is still to be shown in, and the first of them
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._tell)
        self._seen: Bounds | None = None
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self._tell_seen)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(200, 110)
        self.setAccessibleName("Planes of all games")

    def sizeHint(self) -> QSize:
        """Room for a few tiles."""
        return QSize(560, 420)

    # --- what it shows ---

    def open(
        self,
        names: Sequence[str],
        colours: Sequence[tuple[str, str]],
        real: npt.NDArray[np.float32],
        home: Bounds,
    ) -> None:
        """Make a tile a game, with the data and nothing generated yet.

        colours: of each game's curve, as it is and while it is the one that is followed.
        """
        for tile in self.tiles:
            tile.hide()
            tile.deleteLater()
        self._settle.stop()
        self._picked = self._under = self._told = self.plane.probe = self._frame = None
        self._due = self._next = 0
        self._seen = None  # the games begin with landscapes over the data
        self.plane.camera.set_home(home)
        self.plane.set_real(real)
        self.tiles = [Tile(k, *both, self.plane, self) for k, both in enumerate(zip(names, colours, strict=True))]
        for tile in self.tiles:
            tile.picked.connect(self.pick)
            tile.wanted.connect(self.wanted)
            tile.pointed.connect(lambda point, index=tile.index: self._point(index, point))
            tile.moved.connect(self._range_changed)
            tile.show()
        self._arrange()

    def show_frame(self, frame: GroupFrame) -> None:
        """Show every game's points and landscape: the newest frame wins, at the next ``refresh``."""
        self._frame, self._due = frame, len(self.tiles)

    def refresh(self) -> None:
        """Show what is new, of many games in turn: 64 pictures at once would take longer than a window may stand."""
        if self._frame is None:
            return
        landscapes = self._frame.landscapes
        for _ in range(min(self._due, AT_ONCE)):
            tile = self.tiles[self._next % len(self.tiles)]
            landscape = None if landscapes is None else landscapes[tile.index]
            tile.show_frame(self._frame.generated[tile.index], landscape, self._frame.bounds)
            self._next = tile.index + 1
            self._due -= 1

    def redraw(self) -> None:
        """Draw all pictures anew."""
        for tile in self.tiles:
            tile.redraw()

    def mirror(self, seen: TileWall) -> None:
        """Show the layers and the part of the plane that another wall shows, from now on."""
        self.plane.camera, self.plane.shown = seen.plane.camera, seen.plane.shown
        self.redraw()

    def set_layer(self, name: str, on: bool) -> None:
        """Switch one of ``LAYERS`` in all tiles."""
        (self.plane.shown.add if on else self.plane.shown.discard)(name)
        self.redraw()

    def fit(self) -> None:
        """Back to where the data lies."""
        self.plane.camera.fit()
        self._range_changed()

    def pick(self, index: int | None) -> None:
        """Follow a game until another is picked; the same once more, or None: none."""
        self._picked = None if index == self._picked else index
        self._tell()

    # --- what happens to it ---

    def _point(self, index: int, point: tuple[float, float] | None) -> None:
        """The mouse is on a point of the plane in one tile: show it in all."""
        under = index if point is not None else None
        if under != self._under:
            self._under = under
            self._settle.start()
        if point != self.plane.probe:
            self.plane.probe = point
            for tile in self.tiles:
                tile.update()

    def _tell(self) -> None:
        self._settle.stop()
        game = self._under if self._under is not None else self._picked
        for tile in self.tiles:
            tile.set_chosen(tile.index == game)
        if game != self._told:
            self._told = game
            self.followed.emit(game)

    def _range_changed(self) -> None:
        self.redraw()
        self._await_rest()
        self.ranged.emit()

    def _await_rest(self) -> None:
        if not self._rest.isActive():
            self._rest.start()

    def _tell_seen(self) -> None:
        if not self.tiles or self.tiles[0].picture_rect().isEmpty():
            return
        seen = self.plane.camera.seen(self.tiles[0].picture_rect().size())
        if seen != self._seen:
            self._seen = seen
            self.seen.emit(seen)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the tiles where they fit."""
        super().resizeEvent(event)
        self._arrange()

    def height_in_a_row(self) -> int:
        """How high the tiles are where all stand next to one another, as wide as the wall."""
        across = (self.width() + _GAP) // max(len(self.tiles), 1) - _GAP
        return round(max(across - 2 * EDGE, 24) / self._shape()) + HEADER + EDGE

    def _shape(self) -> float:
        """A picture's width by its height."""
        left, right, low, high = self.plane.camera.home
        return min(max((right - left) / (high - low), 0.5), 2.0)

    def _arrange(self) -> None:
        """Pictures of the plane's own shape, as large as fits."""
        count = len(self.tiles)
        if not count:
            return
        shape = self._shape()
        extra = HEADER + EDGE
        self._columns = columns_for(count, self.width() + _GAP, self.height() + _GAP, extra + _GAP, shape)
        rows = -(-count // self._columns)
        across = (self.width() + _GAP) // self._columns - _GAP
        down = (self.height() + _GAP) // rows - _GAP
        picture = max(min((across - 2 * EDGE) / shape, down - extra), 24)
        width, height = round(picture * shape) + 2 * EDGE, round(picture) + extra
        self.plane.large = width >= _LARGE
        x0 = max((self.width() + _GAP - self._columns * (width + _GAP)) // 2, 0)
        for tile in self.tiles:
            row, column = divmod(tile.index, self._columns)
            tile.setGeometry(x0 + column * (width + _GAP), row * (height + _GAP), width, height)
            tile.redraw()
        self._await_rest()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Enter and Escape."""
        if event.key() in _ARROWS and self.tiles:
            right, down = _ARROWS[Qt.Key(event.key())]
            at = self._picked if self._picked is not None else -right - down * self._columns
            to = min(max(at + right + down * self._columns, 0), len(self.tiles) - 1)
            if to != self._picked:
                self.pick(to)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._picked is not None:
            self.wanted.emit(self._picked)
        elif event.key() == Qt.Key.Key_Escape and self._picked is not None:
            self.pick(None)
        else:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """A ring around all tiles while the keyboard is here."""
        if self.tiles and shows_focus(self):
            painter = QPainter(self)
            painter.setPen(QPen(QColor(theme.FOCUS), 1))
            corners = self.tiles[0].geometry().united(self.tiles[min(self._columns, len(self.tiles)) - 1].geometry())
            painter.drawRect(corners.united(self.tiles[-1].geometry()).adjusted(-2, -2, 1, 1))
