"""Which columns of a table are the points, chosen by their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from ganstudio.experiment import ArraySpec, TableSpec
from ganstudio.gui.forms.fields import ChoiceBox
from ganstudio.gui.looks import theme
from ganstudio.gui.text.words import value_label

if TYPE_CHECKING:
    from collections.abc import Sequence


FOUND = "Automatic"
NO_CLASSES = "None"


class ColumnChoices(QWidget):
    """``changed`` carries a mapping of the fields of a ``TableSpec`` that are to be other than before."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._of_pixels = False
        self._coordinates: tuple[QWidget, ...] = ()
        self.across, self.up, self.label = ChoiceBox([]), ChoiceBox([]), ChoiceBox([])
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(theme.SPACING)
        grid.setHorizontalSpacing(0)  # as in the rows of the form below it
        grid.setColumnMinimumWidth(0, theme.LABEL_WIDTH)
        grid.setColumnStretch(1, 1)
        for row, (title, box) in enumerate((("Across", self.across), ("Up", self.up), ("Class", self.label))):
            label = QLabel(title)
            label.setBuddy(box)
            box.setAccessibleName(title)
            if box is not self.label:
                self._coordinates += (label, box)
            grid.addWidget(label, row, 0)
            grid.addWidget(box, row, 1)
        self.across.changed.connect(lambda column: self._choose(column, self.up.current(), column))
        self.up.changed.connect(lambda column: self._choose(self.across.current(), column, column))
        self.label.changed.connect(self._choose_label)

    def show_columns(self, names: Sequence[str], spec: TableSpec | ArraySpec) -> None:
        """Offer the columns of these names, and show those that are chosen: of pixels, that of the class alone."""
        self._of_pixels = isinstance(spec, ArraySpec)
        for widget in self._coordinates:
            widget.setVisible(not self._of_pixels)
        if tuple(names) != self._names:
            self._names = tuple(names)
            for box in (self.across, self.up, self.label):
                box.blockSignals(True)
                box.clear()
                box.addItem(FOUND, None)
                for column, name in enumerate(names):
                    box.addItem(name or f"{value_label('column')} {column}", column)
                box.blockSignals(False)
            self.label.blockSignals(True)
            self.label.insertItem(1, NO_CLASSES, -1)
            self.label.blockSignals(False)
        across, up = (None if isinstance(spec, ArraySpec) else spec.columns) or (None, None)
        for box, value in ((self.across, across), (self.up, up), (self.label, spec.labels)):
            box.show_value(value)

    def _choose_label(self, column: object) -> None:
        # Without that column, or with another one, the pixels may be as many as another layout has.
        self.changed.emit({"labels": column, **({"layout": None} if self._of_pixels else {})})

    def _choose(self, across: object, up: object, newest: object) -> None:
        """A pair, or none: with one of them, the other is the column after it."""
        if newest is None:
            self.changed.emit({"columns": None})
            return
        assert isinstance(newest, int)
        other = newest + 1 if newest + 1 < len(self._names) else newest - 1
        pair = (other if across is None else across, other if up is None else up)
        self.changed.emit({"columns": pair})
