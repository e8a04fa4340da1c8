"""The editors that forms are made of: each holds one value, and says ``changed`` when a person changes it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QKeyEvent, QValidator, QWheelEvent
from PySide6.QtWidgets import QCheckBox, QComboBox, QDoubleSpinBox, QLineEdit, QSizePolicy, QWidget

from ganstudio.gui.parts.spin import with_air
from ganstudio.gui.text.numbers import Bounds, short
from ganstudio.gui.text.words import value_label

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

# What may stand in a number box while it is typed, scientific notation and a comma for the point included.
_PARTIAL = re.compile(r"[+-]?\d*[.,]?\d*(?:[eE][+-]?\d*)?")


class NumberBox(QDoubleSpinBox):
    """A number that is typed, in scientific notation if wanted, or stepped in the way that suits it.

    ``changed`` comes once typing is finished and at every step, with an int where ``whole``. zero: the word that stands
    for 0, and is typed for it. suffix: what stands behind the number; of_one: behind 1, where that is another.
    """

    changed = Signal(object)

    def __init__(
        self,
        bounds: Bounds,
        step: Callable[[float, int], float],
        *,
        whole: bool = False,
        suffix: str = "",
        of_one: str = "",
        zero: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.lineEdit().setAcceptDrops(False)  # what is dropped here is meant for the window
        self._zero = zero
        self._suffixes = suffix, of_one or suffix
        self._step = step
        self._whole = whole
        self.setDecimals(0 if whole else 15)
        # Beyond 2**53 a double skips whole numbers.
        self.setRange(max(bounds.least(), -(2.0**53)), min(bounds.most(), 2.0**53))
        self.setKeyboardTracking(False)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(72)
        with_air(self)
        self.valueChanged.connect(self._on_value)
        self._follow_count()

    def current(self) -> float:
        """The value, an int where the box is for whole numbers."""
        return round(self.value()) if self._whole else self.value()

    def show_value(self, value: float) -> None:
        """Take a value without saying so; one that is there already leaves what is being typed alone."""
        if value != self.current():
            with QSignalBlocker(self):
                self.setValue(value)
            self._follow_count()

    @property
    def untaken(self) -> bool:
        """Whether something is typed that is not the value yet."""
        return self._bare(self.text()) != self.textFromValue(self.value())

    def stepBy(self, steps: int) -> None:
        """Go up or down in this box's way."""
        self.interpretText()
        self.setValue(min(max(self._step(self.value(), steps), self.minimum()), self.maximum()))
        self.selectAll()

    def textFromValue(self, value: float) -> str:
        """The shortest form that keeps ten digits; the word for 0 where there is one."""
        return self._zero if self._zero and value == 0 else short(value)

    def valueFromText(self, text: str) -> float:
        """The number in a text, or the value there was when it holds none."""
        number = self._number(text)
        return self.value() if number is None else number

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Whether a text is a number within the bounds, or the word for 0, or may become one."""
        bare = self._bare(text)
        if not _PARTIAL.fullmatch(bare) and not (bare and self._zero.startswith(bare.lower())):
            return QValidator.State.Invalid, text, position
        number = self._number(text)
        good = number is not None and self.minimum() <= number <= self.maximum()
        return (QValidator.State.Acceptable if good else QValidator.State.Intermediate), text, position

    def fixup(self, text: str) -> str:
        """A number out of bounds becomes the nearest that is allowed."""
        number = self._number(text)
        if number is None:
            return self.textFromValue(self.value())
        return self.textFromValue(min(max(number, self.minimum()), self.maximum()))

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn with the wheel only when focused: otherwise the page is being scrolled."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()

    def _on_value(self) -> None:
        self._follow_count()
        self.changed.emit(self.current())

    def _follow_count(self) -> None:
        suffix = self._suffixes[self.value() == 1]
        if suffix != self.suffix():
            self.setSuffix(suffix)

    def _bare(self, text: str) -> str:
        for suffix in self._suffixes:
            text = text.removesuffix(suffix)
        return text.strip()

    def _number(self, text: str) -> float | None:
        bare = self._bare(text)
        if self._zero and bare.lower() == self._zero:
            return 0.0
        try:
            number = float(bare.replace(",", "."))
        except ValueError:
            return None
        if self._whole and not number.is_integer():
            return None
        return number


class ChoiceBox(QComboBox):
    """One of a few values, shown by their labels. ``changed`` comes with the value."""

    changed = Signal(object)

    def __init__(self, values: Sequence[object], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(7)
        self.setMinimumWidth(72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMaxVisibleItems(16)
        for value in values:
            self.addItem(value_label(value), value)
        self.currentIndexChanged.connect(lambda _index: self.changed.emit(self.current()))

    def current(self) -> object:
        """The value that is chosen."""
        return self.currentData()

    def describe(self, value: object, words: str) -> None:
        """Explain one of the values in its tooltip."""
        self.setItemData(self.findData(value), words, Qt.ItemDataRole.ToolTipRole)

    def show_value(self, value: object) -> None:
        """Take a value without saying so; one that was not among the choices is added to them."""
        with QSignalBlocker(self):
            if self.findData(value) < 0:
                self.addItem(value_label(value), value)
            self.setCurrentIndex(self.findData(value))

    def showPopup(self) -> None:
        """Open the list, wide enough for its longest label."""
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 16)
        super().showPopup()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Turn with the wheel only when focused: otherwise the page is being scrolled."""
        if self.hasFocus():
            super().wheelEvent(event)
        else:
            event.ignore()


class SwitchBox(QCheckBox):
    """Yes or no. ``changed`` comes with the bool."""

    changed = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.toggled.connect(lambda on: self.changed.emit(on))

    def current(self) -> bool:
        """Whether it is on."""
        return self.isChecked()

    def show_value(self, value: bool) -> None:
        """Take a value without saying so."""
        with QSignalBlocker(self):
            self.setChecked(value)


class TextBox(QLineEdit):
    """A text, or what is written as one: a path, a pair of numbers, nothing at all.

    ``changed`` comes when typing is finished, with what ``parse`` makes of the text; ``failed`` comes with the reason
    when it raises ValueError. Escape brings back what was there.
    """

    changed = Signal(object)
    failed = Signal(str)

    def __init__(self, parse: Callable[[str], object], placeholder: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAcceptDrops(False)  # what is dropped here is meant for the window
        self._parse = parse
        self._value: object = None
        self.setPlaceholderText(placeholder)
        self.setMinimumWidth(72)
        self.editingFinished.connect(self._finish)

    def current(self) -> object:
        """The value as it was last taken."""
        return self._value

    @property
    def untaken(self) -> bool:
        """Whether something is typed that is not the value yet."""
        return self.text() != _written(self._value)

    def show_value(self, value: object) -> None:
        """Take a value without saying so; one that is there already leaves what is being typed alone."""
        if value == self._value and (self.hasFocus() or self.text() == _written(value)):
            return
        self._value = value
        self.setText(_written(value))
        self.setCursorPosition(0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape brings back the text that was there."""
        if event.key() == Qt.Key.Key_Escape and self.text() != _written(self._value):
            self.setText(_written(self._value))
            return
        super().keyPressEvent(event)

    def _finish(self) -> None:
        if self.text() == _written(self._value):
            return
        try:
            value = self._parse(self.text().strip())
        except ValueError as error:
            self.failed.emit(str(error))
            return
        if value != self._value:
            self._value = value
            self.changed.emit(value)


def _written(value: object) -> str:
    if value is None:
        return ""
    if not isinstance(value, tuple):
        return str(value)
    return ", ".join(f'"{one}"' if "," in str(one) else str(one) for one in value)
