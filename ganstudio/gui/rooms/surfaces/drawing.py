"""A map of one's own in the view: where it comes from, and what the brushes do to it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, Signal
from PySide6.QtWidgets import QFileDialog

from ganstudio.data import DatasetError
from ganstudio.gui.looks.pictures import as_png
from ganstudio.gui.parts.host import tell
from ganstudio.gui.parts.pixels import pack, picture
from ganstudio.gui.parts.saving import usual_folder
from ganstudio.gui.rooms.surfaces.own import OwnMap
from ganstudio.origins import read_origin

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from ganstudio.gui.rooms.surfaces.page import SurfacesPage
    from ganstudio.gui.rooms.surfaces.stamps import Stamp
    from ganstudio.modalities import Normals

    Floats = npt.NDArray[np.float32]

_PICTURES = QStandardPaths.StandardLocation.PicturesLocation
_KINDS = "Maps (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff *.ppm *.pgm *.npy);;All files (*)"
MAPS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".ppm", ".pgm", ".npy"})
"""Endings of what may be a map."""
_AS_DATA = "Drop it on the gallery to look at it as data"


class Drawing(QObject):
    """Holds the map, and puts strokes into it. ``changed``: another one is to be painted, or none."""

    changed = Signal()

    def __init__(self, page: SurfacesPage, seen: Callable[[], Floats | None]) -> None:
        """Page: with canvas and tools; seen: the normals (h, w, 3) that are shown, which drawing begins on."""
        super().__init__(page)
        self._page, self._seen = page, seen
        self._kind: Normals | None = None
        self.own: OwnMap | None = None
        page.open_map.clicked.connect(self._ask)
        page.own.clicked.connect(lambda: self.set_map(None))
        page.map.changed.connect(self._read_otherwise)
        page.brushes.chosen.connect(self._take_brush)
        page.brushes.size_slider.valueChanged.connect(lambda _value: self._take_brush())
        page.brushes.emptied.connect(self._empty)
        page.brushes.undone.connect(self._undo)
        page.normals.undo_wanted.connect(self._undo)
        page.normals.begun.connect(self._begin)
        page.normals.led.connect(self._lead)
        page.normals.resized.connect(
            lambda steps: page.brushes.size_slider.setValue(page.brushes.size_slider.value() + steps)
        )
        page.normals.ways_out.files = self._files
        self._show()

    @property
    def normals(self) -> Floats | None:
        """The map that is to be painted (h, w, 3); None: that of the first G."""
        return None if self.own is None else self.own.normals

    def open(self, kind: Normals) -> None:
        """Another game, whose maps are of a kind: what one drew stays, where it is of their size."""
        if self.own is not None and self.own.normals.shape[:2] != kind.shape[1:]:
            self.own = None
        self._kind = kind
        self._show()

    def set_map(self, own: OwnMap | None) -> None:
        """Paint this map in place of the first G's; None: those again."""
        self.own = own
        self._show()
        self.changed.emit()

    def take(self, path: Path) -> bool:
        """Paint the map in a file that was dropped; False: it is for the window, as ever."""
        if self._kind is None or path.suffix.lower() not in MAPS or not path.is_file():
            return False
        try:
            self._load(path)
        except DatasetError as error:
            if path.suffix.lower() == ".npy" or read_origin(path) is not None:
                return False
            tell(self._page, f"{error}. {_AS_DATA}.", wrong=True)
        return True

    def _ask(self) -> None:
        if self._kind is None:
            return
        where = str(usual_folder(_PICTURES))
        path, _ = QFileDialog.getOpenFileName(self._page.window(), "Open Map", where, _KINDS)
        if path:
            try:
                self._load(Path(path))
            except DatasetError as error:
                tell(self._page, f"{error}.", wrong=True)

    def _load(self, path: Path) -> None:
        from ganstudio.data.images.maps import read_map

        assert self._kind is not None
        _, height, width = self._kind.shape
        self.set_map(OwnMap.of_file(read_map(path), height, width))

    def _read_otherwise(self) -> None:
        if self.own is not None:
            self._page.map.read(self.own)
            self.changed.emit()

    # --- brushes ---

    def _take_brush(self) -> None:
        brushes = self._page.brushes
        self._page.normals.set_brush(None if brushes.form is None else brushes.size_slider.value() / 100)

    def _begin(self, x: float, y: float) -> None:
        self._put(self._page.brushes.stamp(x, y))

    def _empty(self) -> None:
        self._put(self._page.brushes.empty_room())

    def _put(self, stamp: Stamp) -> None:
        """Begin a stroke; on what is seen, where there is no map of one's own yet."""
        if self.own is None:
            seen = self._seen()
            if seen is None:
                return
            self.own = OwnMap(seen)
        self.own.begin(stamp)
        self._show()
        self.changed.emit()

    def _lead(self, x: float, y: float) -> None:
        """A plane is painted all along the way; other shapes are moved to their place."""
        if self.own is None or not self.own.can_undo:
            return
        stamp = self._page.brushes.stamp(x, y)
        if stamp.form == "plane":
            self.own.lead(x, y)
        else:
            self.own.move(stamp)
        self.changed.emit()

    def _undo(self) -> None:
        if self.own is not None and self.own.can_undo:
            self.own.undo()
            if self.own.source is None and not (self.own.can_undo or self.own.forgets):
                self.own = None  # drawing had begun on G's
            self._show()
            self.changed.emit()

    # --- what is seen of it ---

    def _show(self) -> None:
        self._page.own.setVisible(self.own is not None)
        self._page.map.show_map(self.own)
        self._page.brushes.undo.setEnabled(self.own is not None and self.own.can_undo)

    def _files(self) -> dict[str, tuple[str, str, Callable[[], bytes]]]:
        """The map itself, each of its pixels one of the file's, to be opened again here or elsewhere."""
        seen, kind = self._seen(), self._kind
        if seen is None or kind is None:
            return {}
        image = picture(pack(kind.pictures(seen[None]))[0])
        return {"Save Normal &Map…": ("PNG", ".png", lambda: as_png(image))}
