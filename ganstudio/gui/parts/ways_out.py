"""Ways out for what is seen: save a picture, or copy it, from the menu of any widget that it is installed on."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from PySide6.QtCore import QObject, QPoint, QStandardPaths, Qt
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QMenu, QMessageBox, QWidget

from ganstudio.gui.parts.saving import ask_where, usual_folder
from ganstudio.gui.pictures import save_png
from ganstudio.playing import as_wav, in_a_row
from ganstudio.system.writing import write_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from ganstudio.modalities import Wave

    Sounds = Mapping[str, Callable[[], tuple[Wave, int]]]

SCALES = (1, 2, 4)
_MOST_PIXELS = 64_000_000
"""Of a picture that is saved: what a screen shows at 4x is far below it."""


@runtime_checkable
class Host(Protocol):
    """A window that knows what its pictures are of."""

    def shown(self) -> tuple[str, ...]:
        """The run and the step that are shown, for a file's name."""

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say what came of it."""


class WaysOut(QObject):
    """The menu of a widget that shows a picture: Save and Copy, at 1, 2 or 4 pixels for each of the screen's.

    It opens by the right button and, where the keyboard is in the widget, by the menu key. A window that is a ``Host``
    names the files and tells what came of it.

    title: of what is shown, for the menu and the file's name. text: the same as lines of text, where it is a table.
    sounds: what there is to be heard when the menu opens: of each sound, or several one after another, the menu's
    words, and what makes its waves, int16 (n,) or (k, n), and their rate.
    """

    sounds: Callable[[], Sounds] | None = None

    def __init__(self, widget: QWidget, title: str, text: Callable[[], str] | None = None) -> None:
        super().__init__(widget)
        self.setObjectName("waysOut")
        self.widget, self.title, self._text = widget, title, text
        widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        widget.customContextMenuRequested.connect(self._offer)

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
        for words, make in (self.sounds() if self.sounds is not None else {}).items():
            menu.addAction(words).triggered.connect(lambda _on=False, make=make: self.ask_sound(make))
        if self._text is not None:
            menu.addAction("Copy as &Text").triggered.connect(self.copy_text)

    def _offer(self, place: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.widget.mapToGlobal(place))

    def picture(self, scale: int) -> QPixmap:
        """The widget as it is shown, ``scale`` pixels for each of its device-independent ones."""
        size = self.widget.size()
        while scale > 1 and size.width() * size.height() * scale * scale > _MOST_PIXELS:
            scale -= 1
        magnify = getattr(self.widget, "magnify", None)
        if magnify is not None:  # what keeps pixels of its own makes as many as are wanted
            magnify(scale / self.widget.devicePixelRatioF())
        try:
            pixmap = QPixmap(size * scale)
            pixmap.setDevicePixelRatio(scale)
            QWidget.render(self.widget, pixmap)  # of a graphics view it would be the scene's
        finally:
            if magnify is not None:
                magnify(1.0)
        pixmap.setDevicePixelRatio(1)
        return pixmap

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
        chosen = self._asked(QStandardPaths.StandardLocation.PicturesLocation, "PNG", ".png")
        if chosen is not None:
            self.save(picture, chosen)

    def ask_sound(self, make: Callable[[], tuple[Wave, int]]) -> None:
        """Let the user say where a sound is to go, and write it there; several stand one after another."""
        chosen = self._asked(QStandardPaths.StandardLocation.MusicLocation, "WAV", ".wav")
        if chosen is not None:
            waves, rate = make()
            self.save_sound(waves, rate, chosen)

    def _asked(self, place: QStandardPaths.StandardLocation, kind: str, ending: str) -> Path | None:
        window = self.widget.window()
        shown = window.shown() if isinstance(window, Host) else ()
        near = usual_folder(place) / file_name(*shown, self.title, suffix=ending)
        return ask_where(window, f"Save {self.title}", near, {kind: (ending,)})

    def save(self, picture: QPixmap, path: Path) -> None:
        """Write the picture, whole or not at all; the window tells where, or why it can't be."""
        self._write(path, lambda: save_png(picture, path))

    def save_sound(self, waves: Wave, rate: int, path: Path) -> None:
        """Write a sound (n,), or several (k, n) in a row, as a WAV file, as ``save`` writes a picture."""
        self._write(path, lambda: write_aside(path, as_wav(in_a_row(waves, rate), rate)))

    def _write(self, path: Path, write: Callable[[], None]) -> None:
        try:
            write()
        except OSError as error:
            why = error.strerror or str(error)
            self._tell(f"{path} can't be written: {why}. Choose another place.", wrong=True)
        else:
            self._tell(f"Saved {path}.")

    def _tell(self, text: str, *, wrong: bool = False) -> None:
        window = self.widget.window()
        if isinstance(window, Host):
            window.tell(text, wrong=wrong)
        elif wrong:
            QMessageBox.warning(window, "It is not saved", text)


def file_name(*parts: str, suffix: str = ".png") -> str:
    """A name for a file, of what it is of: a run, a step, what is shown; any file system takes it."""
    return "_".join(filter(None, (re.sub(r"[^\w.\-]+", "-", part).strip("-.") for part in parts)))[:120] + suffix


def all_inside(widget: QWidget) -> Sequence[WaysOut]:
    """The ways out of all visible pictures within a widget."""
    return [each for each in widget.findChildren(WaysOut) if each.widget.isVisible() and each.widget is not widget]


def inside(widget: QWidget) -> Sequence[WaysOut]:
    """Those of pictures that the keyboard can't come to by themselves."""
    tab = Qt.FocusPolicy.TabFocus.value
    return [each for each in all_inside(widget) if not each.widget.focusPolicy().value & tab]


def way_out_of(widget: QWidget | None) -> WaysOut | None:
    """The ways out of a widget, or of the nearest around it that has some."""
    while widget is not None:
        own = widget.findChild(WaysOut, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if own is not None:
            return own
        if (within := inside(widget)) and not widget.isWindow():
            return within[0]
        widget = widget.parentWidget()
    return None
