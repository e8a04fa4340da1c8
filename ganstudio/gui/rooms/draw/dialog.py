"""A distribution of one's own: painted with a brush, taken from a picture, or put together from Gaussians."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QTabWidget, QVBoxLayout, QWidget

from ganstudio.data import DatasetError, as_mixture
from ganstudio.experiment import DensitySpec, DrawingSpec, MixtureSpec
from ganstudio.gui.looks import icons, theme
from ganstudio.gui.opening.paths import paths_in
from ganstudio.gui.parts.dialog import Dialog
from ganstudio.gui.parts.drop import take_copy, take_no_drops
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.mnemonics import give_mnemonics
from ganstudio.gui.rooms.draw.brush import BrushTab
from ganstudio.gui.rooms.draw.mixture import MixtureTab
from ganstudio.gui.rooms.draw.preview import Preview

if TYPE_CHECKING:
    from ganstudio.experiment import DatasetSpec

_SIDE = 260  # width of the column beside the canvas


class DrawDialog(Dialog):
    """Draw p_data. ``chosen`` carries the spec when it is to be trained on.

    current: what it begins with, where that is a mixture, a drawing or a density; rings, grids and pairs are mixtures.
    """

    chosen = Signal(object)

    def __init__(self, current: DatasetSpec | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Draw a distribution")
        self.setAcceptDrops(True)
        self.brush = BrushTab()
        self.mixture = MixtureTab()
        self.tabs = QTabWidget()
        self.tabs.addTab(self.brush, "Brush")
        self.tabs.addTab(self.mixture, "Mi&xture")
        self.preview = Preview()
        self.name_field = QLineEdit()
        self.name_field.setMaxLength(80)
        self.name_field.setPlaceholderText("my distribution")
        self.name_field.setAccessibleName("Name")
        self.undo_button = QPushButton("Undo")
        self.undo_button.setIcon(icons.icon("undo"))
        self.undo_button.setToolTip("Take the newest change back (Ctrl+Z)")
        self.train_button = QPushButton("Train on this")
        self.train_button.setProperty("primary", True)
        self.cancel_button = QPushButton("Cancel")
        self.hint, self.reason, self.error = QLabel(), QLabel(), QLabel()
        for label, role in ((self.hint, "help"), (self.reason, "help"), (self.error, "error")):
            label.setProperty("role", role)
            label.setWordWrap(True)
        self.reason.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._lay_out()
        take_no_drops(self)  # what is dropped here is meant for the dialog
        self._connect()
        self._refresh()
        self._begin_with(current)
        self._tab().canvas.setFocus()
        give_mnemonics(self)

    def _lay_out(self) -> None:
        side = QWidget()
        side.setFixedWidth(_SIDE)
        heading = QLabel("Preview")
        heading.setProperty("role", "heading")
        heading.setFixedHeight(self.tabs.tabBar().sizeHint().height())
        name = QLabel("Na&me")
        name.setBuddy(self.name_field)
        column = stacked(heading, self.preview, name, self.name_field, self.hint, None, on=side, spacing=theme.SPACING)
        column.addWidget(self.error)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACING)
        buttons.addWidget(self.undo_button)
        buttons.addWidget(self.reason, 1)
        buttons.addWidget(self.cancel_button)
        buttons.addWidget(self.train_button)
        upper = QHBoxLayout()
        upper.setSpacing(2 * theme.SPACING)
        upper.addWidget(self.tabs, 1)
        upper.addWidget(side)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 8, 14, 14)
        layout.setSpacing(theme.SPACING + 4)
        layout.addLayout(upper, 1)
        layout.addLayout(buttons)
        self.resize(830, 710)

    def _connect(self) -> None:
        self.brush.changed.connect(self._refresh)
        self.brush.refused.connect(self.error.setText)
        self.mixture.changed.connect(self._refresh)
        self.tabs.currentChanged.connect(lambda _index: self._refresh())
        self.undo_button.clicked.connect(self.undo)
        # While the name is typed, its field keeps Ctrl+Z for itself.
        QShortcut(QKeySequence(QKeySequence.StandardKey.Undo), self, self.undo)
        self.cancel_button.clicked.connect(self.reject)
        self.train_button.clicked.connect(self._train)
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)  # Enter in the name is no decision

    def dataset_spec(self) -> DatasetSpec | None:
        """What is drawn in the tab that is shown; None while there is nothing."""
        return self._tab().spec()

    def name(self) -> str:
        """What the experiment is to be called; empty: nothing was said."""
        return self.name_field.text().strip()

    def undo(self) -> None:
        """Take the newest change in the tab that is shown back."""
        self._tab().undo()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take one file."""
        if len(event.mimeData().urls()) == 1 and len(paths_in(event.mimeData())) == 1:
            take_copy(event)

    def dropEvent(self, event: QDropEvent) -> None:
        """Begin with the picture that was dropped."""
        if take_copy(event) and self.brush.load(paths_in(event.mimeData())[0]):
            self.tabs.setCurrentWidget(self.brush)

    def _tab(self) -> BrushTab | MixtureTab:
        tab = self.tabs.currentWidget()
        assert isinstance(tab, BrushTab | MixtureTab)
        return tab

    def _begin_with(self, current: DatasetSpec | None) -> None:
        mixture = as_mixture(current) if current is not None else None
        self.mixture.show_spec(mixture or MixtureSpec())
        if mixture is not None:
            self.tabs.setCurrentWidget(self.mixture)
        if isinstance(current, DrawingSpec | DensitySpec):
            try:
                self.brush.show_spec(current)
            except DatasetError as error:  # its file is gone
                self.error.setText(str(error))

    def _refresh(self) -> None:
        tab, spec = self._tab(), self.dataset_spec()
        self.hint.setText(tab.hint)
        self.preview.show_samples(spec, tab.frame_of_view)
        self.undo_button.setEnabled(tab.can_undo)
        self.train_button.setEnabled(spec is not None)
        reason = "" if spec else f"{tab.reason}, so there are no samples to train on"
        self.train_button.setToolTip(reason or "Train on samples of this")
        self.reason.setText(reason)
        self.error.clear()

    def _train(self) -> None:
        self.chosen.emit(self.dataset_spec())
        self.accept()
