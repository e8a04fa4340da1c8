"""The sliders of z, one for each dimension."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ganstudio.gui.parts.roving import Roving
from ganstudio.gui.parts.sliders import ROW, STEPS, NamedSlider
from ganstudio.gui.text.numbers import number
from ganstudio.gui.text.words import name_of

if TYPE_CHECKING:
    from collections.abc import Collection

    from PySide6.QtGui import QResizeEvent

_COLUMN = 230  # the least width of a column of sliders
_GUTTER = 18
_TIP = (
    "Drag it, or use Left and Right; Up and Down go to the next. Type a number for an exact value. Double-click its "
    "name to set it to 0. L locks it: Randomise and Nudge leave it where it is"
)


class LatentSliders(QWidget):
    """A slider for each dimension of z, in one to three columns by the width there is; one stop of Tab."""

    moved = Signal(int, float)  # dimension, share of the range from -1 to 1
    taken = Signal(int, bool)  # dimension, whether by the mouse rather than by a key
    let_go = Signal()
    typed = Signal(int, float)  # dimension, value of z
    lock_wanted = Signal(int)  # dimension

    def __init__(self) -> None:
        super().__init__()
        self.sliders: list[NamedSlider] = []
        self._roving = Roving(self)

    @property
    def current(self) -> QWidget | None:
        """The slider that Tab stops at; None: there are none."""
        return self._roving.current

    def set_count(self, count: int) -> None:
        """Have this many sliders."""
        for slider in self.sliders[count:]:
            slider.hide()
            slider.deleteLater()
        del self.sliders[count:]
        for dimension in range(len(self.sliders), count):
            slider = NamedSlider(name_of(dimension), -STEPS, STEPS, 0, self)
            slider.setToolTip(_TIP)
            slider.among = self._roving
            slider.valueChanged.connect(lambda value, k=dimension: self.moved.emit(k, value / STEPS))
            slider.sliderPressed.connect(lambda k=dimension: self.taken.emit(k, True))
            slider.actionTriggered.connect(lambda _key, k=dimension: self.taken.emit(k, False))
            slider.sliderReleased.connect(self.let_go)
            slider.typed.connect(lambda value, k=dimension: self.typed.emit(k, value))
            slider.lock_wanted.connect(lambda k=dimension: self.lock_wanted.emit(k))
            slider.show()
            self.sliders.append(slider)
        widest = self.fontMetrics().horizontalAdvance(name_of(10 ** len(str(count)) - 2)) + 8
        for slider in self.sliders:
            slider.name_width, slider.locked = widest, False
        self._roving.set_members(self.sliders)
        self._arrange()

    def show_values(self, values: list[float], limit: float) -> None:
        """Move all knobs to these values of z, without a signal."""
        for slider, value in zip(self.sliders, values, strict=True):
            slider.ends, slider.exact = (-limit, limit), value
            slider.show_value(round(max(-1.0, min(1.0, value / limit)) * STEPS), number(value))

    def show_locked(self, locked: Collection[int]) -> None:
        """Underline the names of those that stay where they are."""
        for dimension, slider in enumerate(self.sliders):
            slider.locked = dimension in locked
            slider.update()

    def show_one(self, dimension: int, value: float) -> None:
        """Write the value of a slider that the user moved."""
        self.sliders[dimension].text, self.sliders[dimension].exact = number(value), value
        self.sliders[dimension].update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Arrange the columns anew."""
        self._arrange()
        super().resizeEvent(event)

    def _arrange(self) -> None:
        count = len(self.sliders)
        columns = max(1, min(self.width() // _COLUMN, 3, count))
        width = (self.width() - (columns - 1) * _GUTTER) // columns
        for k, slider in enumerate(self.sliders):
            line, column = divmod(k, columns)
            slider.setGeometry(column * (width + _GUTTER), line * ROW, width, ROW)
        height = -(-count // columns) * ROW
        if self.minimumHeight() != height:
            self.setMinimumHeight(height)
