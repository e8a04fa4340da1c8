"""Ways out for what is seen: save a picture, or copy it, from the menu of any widget that it is installed on."""

from __future__ import annotations

import atexit
import shutil
import tempfile
from contextlib import suppress
from functools import cache
from math import ceil
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QMimeData, QObject, QPoint, QSize, QStandardPaths, Qt, QThreadPool, QUrl, Signal
from PySide6.QtGui import QDrag, QGuiApplication, QPainter, QPixmap
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from ganstudio.gui.looks.pictures import as_png
from ganstudio.gui.opening.paths import OWN
from ganstudio.gui.parts.drag_out import DragOut
from ganstudio.gui.parts.host import ask_place, command_of, named, origin_of, tell
from ganstudio.gui.parts.ring import pictured
from ganstudio.gui.parts.saving import written
from ganstudio.system.writing import write_out

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ganstudio.modalities import Wave

    Sounds = Mapping[str, Callable[[], tuple[Wave, int]]]
    Files = Mapping[str, tuple[str, str, Callable[[], bytes]]]

SCALES = (1, 2, 4)
_PICTURES = QStandardPaths.StandardLocation.PicturesLocation
_MUSIC = QStandardPaths.StandardLocation.MusicLocation
_MOST_PIXELS = 64_000_000
"""Of a picture that is saved: what a screen shows at 4x is far below it."""


def picture_of(widget: QWidget, scale: int) -> QPixmap:
    """A widget as it is shown, ``scale`` pixels for each of its device-independent ones, or as many as are bearable."""
    size = widget.size()
    while scale > 1 and size.width() * size.height() * scale * scale > _MOST_PIXELS:
        scale -= 1
    # What keeps pixels of its own makes as many as are wanted.
    kept = [each.magnify for each in (widget, *widget.findChildren(QWidget)) if hasattr(each, "magnify")]
    for magnify in kept:
        magnify(scale / widget.devicePixelRatioF())
    try:
        pixmap = QPixmap(size * scale)
        pixmap.setDevicePixelRatio(scale)
        with pictured(widget):
            QWidget.render(widget, pixmap)  # of a graphics view it would be the scene's
    finally:
        for magnify in kept:
            magnify(1.0)
    pixmap.setDevicePixelRatio(1)
    return pixmap


def grabbed(widget: QWidget) -> QPixmap:
    """A widget as it is shown, with as many pixels as on the screen."""
    with pictured(widget):
        return widget.grab()


def picture_for(widget: QWidget, room: QSize) -> QPixmap:
    """A widget as it is shown, with at least as many pixels as it takes to fill a room of this size."""
    fill = min(room.width() / max(widget.width(), 1), room.height() / max(widget.height(), 1))
    return picture_of(widget, max(ceil(fill), 1))


class WaysOut(QObject):
    """The menu of a widget that shows a picture: Save and Copy, at 1, 2 or 4 pixels for each of the screen's.

    The picture can be dragged out of the window, too: it is dropped as a PNG. Where a drag means something else already
    it takes Ctrl. What is saved or dragged says where it comes from, where the window is a ``Source``.

    It opens by the right button and, where the keyboard is in the widget, by the menu key. A window that is a ``Host``
    names the files and tells what came of it.

    title: of what is shown, for the menu and the file's name. text: the same as lines of text, where it is a table.
    sounds: what there is to be heard when the menu opens: of each sound, or several one after another, the menu's
    words, and what makes its waves, int16 (n,) or (k, n), and their rate. drawn: of lines and letters, so that it can
    be saved as SVG; dragged: whether a plain drag takes it out.
    offers: adds to the menu what can be done with what is shown at a place of the widget.
    files: what else there is to be saved then: the menu's words, the kind of file, its ending, what makes its bytes.
    """

    sounds: Callable[[], Sounds] | None = None
    offers: Callable[[QMenu, QPoint], None] | None = None
    files: Callable[[], Files] | None = None
    _written = Signal(str, bool)

    def __init__(
        self,
        widget: QWidget,
        title: str,
        text: Callable[[], str] | None = None,
        *,
        drawn: bool = False,
        dragged: bool = True,
    ) -> None:
        super().__init__(widget)
        self.setObjectName("waysOut")
        self.drawn = drawn
        self.dragging = DragOut(widget, lambda: self.drag(), plain=dragged and text is None)  # a table's chooses cells
        self.widget, self.title, self._text = widget, title, text
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        widget.customContextMenuRequested.connect(self._offer)
        self._written.connect(self._tell)

    def menu(self) -> QMenu:
        """What can be done with the picture, and with those inside it that have no focus of their own."""
        menu = QMenu(self.widget)
        self._fill(menu)
        for inner in inside(self.widget):
            inner._fill(menu.addMenu(inner.title))
        return menu

    def _fill(self, menu: QMenu) -> None:
        save = menu.addMenu("&Save Picture")
        for scale in SCALES:
            save.addAction(f"&{scale}×…").triggered.connect(lambda _on=False, scale=scale: self.ask(scale))
        copy = menu.addMenu("&Copy Picture")
        for scale in SCALES:
            copy.addAction(f"&{scale}×").triggered.connect(lambda _on=False, scale=scale: self.copy(scale))
        if self.drawn:
            menu.addAction("Save as S&VG…").triggered.connect(lambda _on=False: self.ask_svg())
        if (command := command_of(self.widget)) is not None:
            copied = menu.addAction("Copy as Co&mmand")
            copied.setToolTip("The line that makes what G makes again in a terminal")
            copied.triggered.connect(lambda _on=False: QGuiApplication.clipboard().setText(command))
        for words, make in (self.sounds() if self.sounds is not None else {}).items():
            menu.addAction(words).triggered.connect(lambda _on=False, make=make: self.ask_sound(make))
        for words, (kind, ending, content) in (self.files() if self.files is not None else {}).items():
            menu.addAction(words).triggered.connect(
                lambda _on=False, kind=kind, ending=ending, content=content: self.ask_file(kind, ending, content)
            )
        if self._text is not None:
            menu.addAction("Copy as &Text").triggered.connect(self.copy_text)

    def drag(self) -> None:
        """Take the picture out of the window, as a PNG file; at twice its size, as screens of paper want it."""
        drag = QDrag(self.widget)
        drag.setMimeData(self.mime())
        small = self.picture(1).scaled(160, 120, Qt.AspectRatioMode.KeepAspectRatio)
        drag.setPixmap(small)
        drag.exec(Qt.DropAction.CopyAction)

    def mime(self) -> QMimeData:
        """The picture for other programs, as a file and as itself."""
        picture = self.picture(2)
        path = _drag_folder() / named(self.widget, self.title, ".png")
        mime = QMimeData()
        mime.setImageData(picture.toImage())
        mime.setData(OWN, b"")
        with suppress(OSError):  # without room for a file there is still the picture itself
            self._put(picture, path)
            mime.setUrls([QUrl.fromLocalFile(str(path))])
        return mime

    def ask_svg(self) -> None:
        """Let the user say where the drawing is to go, and write it there."""
        from ganstudio.origins import signed

        drawing = self.svg()
        chosen = ask_place(self.widget, self.title, _PICTURES, "SVG", ".svg")
        if chosen is not None:
            self._tell(*written(chosen, lambda: write_out(chosen, signed(drawing, ".svg", origin_of(self.widget)))))

    def svg(self) -> bytes:
        """The widget as a drawing of lines and letters; what is made of pixels in it stays so."""
        from PySide6.QtSvg import QSvgGenerator

        buffer, generator = QBuffer(), QSvgGenerator()
        buffer.open(QBuffer.OpenModeFlag.WriteOnly)
        generator.setOutputDevice(buffer)
        generator.setSize(self.widget.size())
        generator.setViewBox(self.widget.rect())
        generator.setTitle(self.title)
        generator.setResolution(round(self.widget.logicalDpiX()))
        painter = QPainter(generator)
        with pictured(self.widget):
            QWidget.render(self.widget, painter, QPoint())
        painter.end()
        return bytes(buffer.data().data())

    def _put(self, picture: QPixmap, path: Path) -> None:
        from ganstudio.origins import signed

        write_out(path, signed(as_png(picture), ".png", origin_of(self.widget)))

    def _offer(self, place: QPoint) -> None:
        menu = self.menu()
        if self.offers is not None:
            self.offers(menu, place)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.widget.mapToGlobal(place))

    def picture(self, scale: int) -> QPixmap:
        """The widget as it is shown, ``scale`` pixels for each of its device-independent ones."""
        return picture_of(self.widget, scale)

    def copy(self, scale: int = 1) -> None:
        """Put the picture into the clipboard."""
        QGuiApplication.clipboard().setImage(self.picture(scale).toImage())

    def copy_text(self) -> None:
        """Put the table into the clipboard, as a spreadsheet takes it."""
        assert self._text is not None
        QGuiApplication.clipboard().setText(self._text())

    def ask(self, scale: int) -> None:
        """Let the user say where the picture is to go, and write it there."""
        picture = self.picture(scale)  # as it was when the menu was opened
        chosen = ask_place(self.widget, self.title, _PICTURES, "PNG", ".png")
        if chosen is not None:
            self.save(picture, chosen)

    def ask_sound(self, make: Callable[[], tuple[Wave, int]]) -> None:
        """Let the user say where a sound is to go, and write it there; several stand one after another.

        In a thread, as a wall of sounds whose phases are searched for takes some seconds.
        """
        chosen = ask_place(self.widget, self.title, _MUSIC, "WAV", ".wav")
        if chosen is None:
            return

        def save() -> None:
            told = self._save_sound(*make(), chosen)
            with suppress(RuntimeError):  # the window was closed meanwhile, which waited for the file
                self._written.emit(*told)

        pool = self.findChild(QThreadPool) or QThreadPool(self)
        pool.start(save)

    def ask_file(self, kind: str, ending: str, content: Callable[[], bytes]) -> None:
        """Let the user say where a file of music is to go, and write it there."""
        chosen = ask_place(self.widget, self.title, _MUSIC, kind, ending)
        if chosen is not None:
            self._tell(*written(chosen, lambda: write_out(chosen, content())))

    def save(self, picture: QPixmap, path: Path) -> None:
        """Write the picture, whole or not at all; the window tells where, or why it can't be."""
        self._tell(*written(path, lambda: self._put(picture, path)))

    def _save_sound(self, waves: Wave, rate: int, path: Path) -> tuple[str, bool]:
        from ganstudio.playing import as_wav, in_a_row

        return written(path, lambda: write_out(path, as_wav(in_a_row(waves, rate), rate)))

    def _tell(self, text: str, wrong: bool) -> None:
        if not tell(self.widget, text, wrong=wrong) and wrong:
            QMessageBox.warning(self.widget.window(), "It is not saved", text)


@cache
def _drag_folder() -> Path:
    """Where dragged pictures lie until the program ends: other programs read them after the drop."""
    folder = tempfile.mkdtemp(prefix="ganstudio-drag-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return Path(folder)


def all_inside(widget: QWidget) -> Sequence[WaysOut]:
    """The ways out of all visible pictures within a widget, the uppermost first."""
    found = [each for each in widget.findChildren(WaysOut) if each.widget.isVisible() and each.widget is not widget]
    return sorted(found, key=lambda each: each.widget.mapTo(widget, QPoint()).toTuple()[::-1])


def inside(widget: QWidget) -> Sequence[WaysOut]:
    """Those of pictures that the keyboard can't come to by themselves; to one of a row of plots it can, by arrows."""
    return [each for each in all_inside(widget) if each.widget.focusPolicy() == Qt.FocusPolicy.NoFocus]


def way_out_of(widget: QWidget | None, room: QWidget | None = None) -> WaysOut | None:
    """The ways out of a widget, or of the nearest around it that has some; not of all that a room holds, or more."""
    while widget is not None:
        own = widget.findChild(WaysOut, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if own is not None:
            return own
        if widget is room or widget.isWindow() or (room is not None and widget.isAncestorOf(room)):
            return None
        if within := inside(widget):
            return within[0]
        widget = widget.parentWidget()
    return None
