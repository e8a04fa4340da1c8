"""The Help menu: all keys, all terms, and what this program is and where it keeps things."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import (
    QDialogButtonBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from ganstudio import __version__
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.dialog import Dialog
from ganstudio.gui.parts.mnemonics import give_mnemonics
from ganstudio.gui.text.plain import plain_tip
from ganstudio.gui.window.action_table import ACTIONS
from ganstudio.system.logs import log_file

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ganstudio.gui.text import glossary

LOCAL = (
    ("Tab, Shift+Tab", "Next", "To the next control, or back to the one before"),
    ("Arrows", "In a list", "From preset to preset, run to run, slider to slider, plot to plot, picture to picture"),
    ("Left, Right", "Slider or plot", "Turn the slider; move the crosshair of a plot"),
    ("0 … 9, −, Enter, F2", "Slider", "Type its value; Enter takes it, Escape does not"),
    ("L", "Slider", "Lock it, or let it go: Randomise and Nudge leave it where it is"),
    ("0 … 9", "Values of a code", "Choose the value"),
    ("Home, End", "Slider or plot", "To an end"),
    ("Home", "Plane of z, or light", "To the centre; the light to where it was"),
    (
        "Left, Right, Page Up, Page Down",
        "Timeline",
        "To the next moment, or ten on; Home to the first, End to now",
    ),
    ("Ctrl+Left, Ctrl+Right", "Walk", "Move the pin along the walk"),
    ("Left, Right", "Slow motion", "To the stage before, or the next"),
    ("Left, Right", "Upscale", "Move the edge between the two; Shift and an arrow points, +, − and 0 zoom"),
    ("+, −", "Plot", "Zoom the axis of steps"),
    (
        "1 … 9, +, −, R, Tab",
        "Full view",
        "Choose a pin, walk faster or slower, draw anew, see one or all; Space walks",
    ),
    ("Enter", "Chosen", "Open the preset or run, enlarge the picture, train on the data"),
    ("Space", "Class, or sample of sounds", "Choose the class; hear the sample again"),
    (
        "A … K",
        "Sounds",
        "Play the classes, or a code's values, from the picture or the latent code, or before any part was chosen",
    ),
    ("Shift+Arrows", "Sounds", "Hear a picture's sound together with those before"),
    ("Escape", "Room", "Back to the game"),
    ("Escape", "Name or number", "As it was before it was typed over"),
    ("Delete", "Data", "Take it from the list of what was used"),
    ("Delete, Backspace", "Walk, or drawn points", "Take the chosen ones away"),
    ("Arrows, Shift+Arrows", "Drawn points", "Move the chosen ones a little, or further"),
    ("Menu, Shift+F10", "Picture or plot", "Save or copy it"),
)
"""Keys that belong to what has the focus: (key, where, what it does)."""


class Page(Dialog):
    """A table of words that can be searched."""

    def __init__(self, title: str, heads: Sequence[str], rows: Sequence[Sequence[str]], parent: QWidget | None) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.search = QLineEdit(clearButtonEnabled=True)
        self.search.setAccessibleName("Find")
        self.search.setAcceptDrops(False)
        label = QLabel("&Find")
        label.setBuddy(self.search)
        self.table = QTableWidget(len(rows), len(heads))
        self.table.setAccessibleName(title)
        self.table.setHorizontalHeaderLabels(list(heads))
        self.table.verticalHeader().hide()
        self.table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.table.setTabKeyNavigation(False)
        self.table.setWordWrap(True)
        for row, texts in enumerate(rows):
            for column, text in enumerate(texts):
                item = QTableWidgetItem(text)
                item.setTextAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
                self.table.setItem(row, column, item)
        header = self.table.horizontalHeader()
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setStretchLastSection(True)
        self.table.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        self.nothing = QLabel(alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self.nothing.setProperty("role", "muted")
        self.nothing.hide()
        self.search.textChanged.connect(self._filter)
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACING)
        for widget in (label, self.search, self.table, self.nothing, _close(self)):
            layout.addWidget(widget, 0 if widget is not self.nothing else 1)
        give_mnemonics(self)
        self.resize(760, 560)

    def _filter(self, text: str) -> None:
        wanted = text.casefold().split()
        found = False
        for row in range(self.table.rowCount()):
            cells = [self.table.item(row, column) for column in range(self.table.columnCount())]
            words = " ".join(cell.text() for cell in cells if cell is not None).casefold()
            fits = all(word in words for word in wanted)
            self.table.setRowHidden(row, not fits)
            found = found or fits
        self.table.setVisible(found)
        self.nothing.setVisible(not found)
        self.nothing.setText(f"“{text.strip()}” is not here")


def shortcuts(parent: QWidget | None = None) -> Page:
    """All keys: of the table of actions, and of what has the focus."""
    native = QKeySequence.SequenceFormat.NativeText
    rows = [
        (", ".join(QKeySequence(key).toString(native) for key in (spec.shortcut, *spec.also)), spec.text, spec.tip)
        for spec in ACTIONS
        if spec.shortcut
    ]
    return Page("Keyboard Shortcuts", ("Key", "What", "It does"), [*rows, *LOCAL], parent)


def terms(found: Sequence[glossary.Term], parent: QWidget | None = None) -> Page:
    """The glossary."""
    return Page("Glossary", ("Term", "Meaning"), found, parent)


class About(Dialog):
    """Version and licence, and where runs and the log are, with buttons that open their folders."""

    def __init__(self, runs: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("About GAN Studio")
        title = QLabel(f"GAN Studio {__version__}")
        title.setProperty("role", "title")
        self.words = QLabel(
            "A desktop playground for generative adversarial networks.\n"
            "Licence: MIT. © 2026 The GAN Studio developers\n\n"
            f"Runs: {runs}\nLog: {log_file()}\n\nNothing of either is sent anywhere.",
            wordWrap=True,
        )
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        buttons = _close(self)
        for text, folder in (("Open &Runs", runs), ("Open &Log's Folder", log_file().parent)):
            button = buttons.addButton(text, QDialogButtonBox.ButtonRole.ActionRole)
            button.setToolTip(plain_tip(str(folder)))
            button.setEnabled(folder.is_dir())
            button.clicked.connect(lambda _on=False, folder=folder: QDesktopServices.openUrl(_url(folder)))
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACING)
        for widget in (title, self.words, buttons):
            layout.addWidget(widget)


def _url(folder: Path) -> QUrl:
    return QUrl.fromLocalFile(str(folder))


def _close(dialog: Dialog) -> QDialogButtonBox:
    buttons = QDialogButtonBox()
    close = buttons.addButton("&Close", QDialogButtonBox.ButtonRole.RejectRole)
    close.setAutoDefault(False)
    buttons.rejected.connect(dialog.reject)
    return buttons
