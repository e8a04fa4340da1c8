"""How the data are taken, where there are several ways: a choice, and the question while one is owed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QWidget

from ganstudio.gui.forms.fields import ChoiceBox
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.laid import stacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.data.card import Reading
    from ganstudio.experiment import DatasetSpec

OPEN = "Choose…"
_HEADINGS = {"layout": "How it is read", "labels": "How it is sorted"}
_MANY = 24  # that are listed; what else there might be is typed


class ReadingChoice(QWidget):
    """``changed`` carries a mapping of the fields of the spec that are to be other than before."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._readings: tuple[Reading, ...] = ()
        self.heading = QLabel(_HEADINGS["layout"])
        self.heading.setProperty("role", "heading")
        self.box = ChoiceBox([])
        self.box.setObjectName("layout")
        self.box.setAccessibleName(self.heading.text())
        self.heading.setBuddy(self.box)
        self.box.changed.connect(self._choose)
        stacked(self.heading, self.box, on=self, spacing=theme.SPACING)
        self.hide()

    def show_readings(self, readings: Sequence[Reading], spec: DatasetSpec, *, owed: bool = False) -> None:
        """Offer these, and show that which is chosen, the first where none is. owed: whether one has to be chosen."""
        readings = tuple(readings[:_MANY])
        self.setVisible(bool(readings))
        if not readings:
            return
        name = readings[0].name
        chosen = getattr(spec, name, None)
        if chosen is None and not owed:
            chosen = readings[0].value
        if readings != self._readings:
            self._readings = readings
            self.heading.setText(_HEADINGS[name])
            self.box.setObjectName(name)
            self.box.setAccessibleName(self.heading.text())
            self.box.blockSignals(True)
            self.box.clear()
            if chosen is None:
                self.box.addItem(OPEN, None)
            for one in readings:
                self.box.addItem(one.words, one.value)
                self.box.describe(one.value, f"{one.words}\n{name}: {one.value}")
            self.box.blockSignals(False)
        if self.box.findData(chosen) >= 0:
            self.box.show_value(chosen)

    def _choose(self, value: object) -> None:
        one = next((one for one in self._readings if one.value == value), None)
        if one is not None:
            self.changed.emit(one.fields)
        elif self._readings:  # the question again
            self.changed.emit({self._readings[0].name: None})
