"""InfoGAN's codes c in the hand: for each its name, a control, and how much of it samples tell; and the class y."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QKeyEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from ganstudio.experiment import LabelSpec, code_names
from ganstudio.gui import theme
from ganstudio.gui.latent.code_words import information_text, information_tip, prior_words
from ganstudio.gui.latent.state import code_limit
from ganstudio.gui.latent.value_buttons import ValueButtons
from ganstudio.gui.numbers import number
from ganstudio.gui.parts.chips import muted_label
from ganstudio.gui.parts.laid import in_line, stacked
from ganstudio.gui.parts.sliders import STEPS, NamedSlider
from ganstudio.gui.theme import code_colour
from ganstudio.gui.words import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt

    from ganstudio.experiment import CategoricalCodeSpec, CodeSpec, ContinuousCodeSpec
    from ganstudio.gui.latent.state import LatentState
    from ganstudio.gui.parts.pixels import Packed

_NAME_WIDTHS, _METER_WIDTHS, _SYMBOL_WIDTH = (76, 96), (100, 128), 30
"""Of names and meters the least width and the one where there is room."""
_LONGEST_NAME = 40
_CAPTION = "Codes c: G is led to use them, Q reads them back"
_CLASS_CAPTION = "Class y: told to both players, as the data name it"
_ONE_LINE = 460
"""From this width on a continuous code's slider stands beside its name, else below it."""


class NameEdit(QLineEdit):
    """A code's name, editable in place: Enter or leaving it takes the name over, Escape brings the old one back."""

    renamed = Signal(str)

    def __init__(self, name: str, symbol: str) -> None:
        super().__init__(name)
        self._name = name
        self.setPlaceholderText("name it")
        self.setMaxLength(_LONGEST_NAME)
        self.setMinimumWidth(_NAME_WIDTHS[0])
        self.setMaximumWidth(_NAME_WIDTHS[1])
        self.setAcceptDrops(False)  # what is dropped here is meant for the window
        self.setAccessibleName(f"Name of {symbol}")
        self.setToolTip("What this code turned out to mean, such as digit or slant: kept with the run")
        self.editingFinished.connect(self._take)

    @property
    def untaken(self) -> bool:
        """Whether something is typed that is not the name yet."""
        return self.text() != self._name

    def set_name(self, name: str) -> None:
        """Show the name that is in force, unless another is being typed."""
        typing = self.hasFocus() and self.untaken
        self._name = name
        if not typing:
            self.setText(name)
            self.setCursorPosition(0)

    def _take(self) -> None:
        name = self.text().strip()
        self.setText(name)
        if name != self._name:
            self._name = name
            self.renamed.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape: as it was."""
        if event.key() == Qt.Key.Key_Escape and self.text() != self._name:
            self.setText(self._name)
        else:
            super().keyPressEvent(event)


class InformationMeter(QWidget):
    """L_I of a code in words; of a categorical one also as a bar that is full at H(c)."""

    def __init__(self, index: int, code: CodeSpec) -> None:
        super().__init__()
        self._code, self._colour = code, code_colour(index)
        self._nats: float | None = None
        self.setMinimumWidth(_METER_WIDTHS[0])
        self.setFixedHeight(26)
        self.setToolTip(information_tip(code))
        self.set_information(None)

    def sizeHint(self) -> QSize:
        """Room for the readout."""
        return QSize(_METER_WIDTHS[1], self.height())

    @property
    def text(self) -> str:
        """What is written."""
        return information_text(self._code, self._nats)

    def set_information(self, nats: float | None) -> None:
        """Show L_I, nats; None or NaN: not known."""
        self._nats = nats
        self.setAccessibleName(self.text)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Write the readout, and the bar below it."""
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(theme.FONT_SMALL)
        painter.setFont(font)
        painter.setPen(QColor(theme.MUTED if self._nats is None else theme.TEXT))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        bar = self._code.kind == "categorical"
        painter.drawText(self.rect().adjusted(0, 0, 0, -5 if bar else 0), right, self.text)
        if not bar:
            return
        painter.fillRect(QRectF(0, self.height() - 6, self.width(), 3), QColor(theme.OUTLINE))
        if self._nats is not None and math.isfinite(self._nats):
            share = min(max(self._nats / self._code.entropy, 0), 1)
            painter.fillRect(QRectF(0, self.height() - 6, share * self.width(), 3), QColor(self._colour))


class _Dot(QLabel):
    """A code's colour and symbol."""

    def __init__(self, index: int, code: CodeSpec) -> None:
        super().__init__(name_of(index, "c"))
        self._colour = code_colour(index)
        self.setFixedWidth(_SYMBOL_WIDTH)
        self.setContentsMargins(12, 0, 0, 0)
        self.setToolTip(f"{name_of(index, 'c')} is {prior_words(code)}")

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        painter = QPainter(self)
        painter.fillRect(QRectF(0, self.height() / 2 - 4, 8, 8), QColor(self._colour))

    def minimumSizeHint(self) -> QSize:
        return QSize(_SYMBOL_WIDTH, 20)


class CodeControls(QWidget):
    """A control for each code of a ``LatentState``, in order. It keeps no values: ``show_state`` reads them.

    ``changed`` (code, value) carries what the user turned, a value's number or a continuous value; ``renamed`` (code,
    name) a new name; ``typed`` (code, value) a continuous value that was typed. ``taken`` (code, by the mouse) and
    ``let_go`` tell when a continuous code's slider is held. ``struck`` and ``released`` carry the code and the value
    whose button is held, as a key of an instrument is.
    """

    changed = Signal(int, float)
    renamed = Signal(int, str)
    taken = Signal(int, bool)
    let_go = Signal()
    typed = Signal(int, float)
    struck = Signal(int, int)
    released = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self._layout = stacked(on=self, spacing=theme.SPACING - 2)
        self._body: QWidget | None = None
        self._wide = False
        self._clear()

    def set_codes(self, codes: Sequence[CodeSpec]) -> None:
        """Have controls for these codes; none: the whole is hidden."""
        self._clear()
        self.setVisible(bool(codes))
        if not codes:
            return
        self._body = QWidget()
        rows = stacked(on=self._body, spacing=theme.SPACING - 2)
        if isinstance(label := codes[-1], LabelSpec):
            codes = codes[:-1]
            self._add_class(rows, len(codes), label)
        if codes:
            rows.addWidget(_caption(_CAPTION))
        for index, code in enumerate(codes):
            if code.kind == "categorical":
                self._add_categorical(rows, index, code)
            else:
                self._add_continuous(rows, index, code)
        self._layout.addWidget(self._body)

    @property
    def first(self) -> QWidget | None:
        """The control of the first code; None where there are no codes."""
        found = {**self.buttons, **self.sliders}
        return found[min(found)] if found else None

    @property
    def piano(self) -> ValueButtons | None:
        """The buttons of the class, else those of the first code that has values: the keyboard plays them."""
        return next(iter(self.buttons.values()), None)

    def _clear(self) -> None:
        if self._body is not None:
            self._body.hide()
            self._body.deleteLater()
            self._body = None
        self.names: list[NameEdit] = []
        self.meters: list[InformationMeter] = []
        self.buttons: dict[int, ValueButtons] = {}
        self.sliders: dict[int, NamedSlider] = {}
        self._limits: dict[int, float] = {}
        self._grids: list[tuple[QGridLayout, NamedSlider]] = []

    def _head(self, index: int, code: CodeSpec) -> tuple[_Dot, NameEdit, InformationMeter]:
        name, meter = NameEdit(code.name, name_of(index, "c")), InformationMeter(index, code)
        name.renamed.connect(lambda text: self.renamed.emit(index, text))
        self.names.append(name)
        self.meters.append(meter)
        return _Dot(index, code), name, meter

    def _add_categorical(self, rows: QVBoxLayout, index: int, code: CategoricalCodeSpec) -> None:
        dot, name, meter = self._head(index, code)
        buttons = self._add_buttons(index, ValueButtons(code.size))
        rows.addLayout(in_line(dot, name, muted_label(f"{code.size} values"), None, meter, spacing=theme.SPACING - 2))
        rows.addWidget(buttons)

    def _add_class(self, rows: QVBoxLayout, index: int, label: LabelSpec) -> None:
        buttons = self._add_buttons(index, ValueButtons(label.size, label.names))
        buttons.setAccessibleName("Class")
        rows.addWidget(_caption(_CLASS_CAPTION))
        rows.addWidget(buttons)

    def _add_buttons(self, index: int, buttons: ValueButtons) -> ValueButtons:
        buttons.chosen.connect(lambda value: self.changed.emit(index, float(value)))
        buttons.struck.connect(lambda value: self.struck.emit(index, value))
        buttons.let_go.connect(lambda value: self.released.emit(index, value))
        self.buttons[index] = buttons
        return buttons

    def _add_continuous(self, rows: QVBoxLayout, index: int, code: ContinuousCodeSpec) -> None:
        dot, name, meter = self._head(index, code)
        limit, slider = code_limit(code), NamedSlider("", -STEPS, STEPS, 0)
        inside = round(code.reach / limit * STEPS)
        slider.trained = (-inside, inside)
        slider.widest_text = number(-limit)
        slider.name_width = 1
        slider.setAccessibleName(code.name or name_of(index, "c"))
        within = "one standard deviation" if code.prior == "normal" else "what the networks are trained on"
        slider.setToolTip(
            f"Drag it, use the arrow keys, or type a number. Between the posts: {within}, "
            f"{number(-code.reach)} to {number(code.reach)}"
            + ("" if code.prior == "normal" else ". Beyond them G was never trained")
        )
        slider.ends = (-limit, limit)
        slider.valueChanged.connect(lambda position: self.changed.emit(index, position / STEPS * limit))
        slider.sliderPressed.connect(lambda: self.taken.emit(index, True))
        slider.actionTriggered.connect(lambda _key: self.taken.emit(index, False))
        slider.sliderReleased.connect(self.let_go)
        slider.typed.connect(lambda value: self.typed.emit(index, value))
        self.sliders[index], self._limits[index] = slider, limit
        grid = QGridLayout()
        grid.setSpacing(theme.SPACING - 2)
        grid.setColumnStretch(2, 1)
        for column, widget in ((0, dot), (1, name), (3, meter)):
            grid.addWidget(widget, 0, column)
        self._grids.append((grid, slider))
        self._place(grid, slider)
        rows.addLayout(grid)

    def _place(self, grid: QGridLayout, slider: NamedSlider) -> None:
        """Put a slider beside its name where there is room, else below."""
        grid.removeWidget(slider)
        if self._wide:
            grid.addWidget(slider, 0, 2)
        else:
            grid.addWidget(slider, 1, 0, 1, 4)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold to the width there is."""
        super().resizeEvent(event)
        if self._wide != (self.width() >= _ONE_LINE):
            self._wide = not self._wide
            for grid, slider in self._grids:
                self._place(grid, slider)

    # --- what the view calls ---

    def show_state(self, state: LatentState) -> None:
        """Show the values that the state has, without a signal."""
        for index, buttons in self.buttons.items():
            buttons.set_value(int(state.code(index)))
        for index, slider in self.sliders.items():
            value, limit = state.code(index), self._limits[index]
            slider.exact = value
            slider.show_value(round(max(-1.0, min(1.0, value / limit)) * STEPS), number(value))

    def show_images(self, pictured: Sequence[int], packed: Packed) -> None:
        """Show what G makes of each value of the pictured codes, in order: (values, h, w) packed pixels."""
        start = 0
        for index in pictured:
            buttons = self.buttons[index]
            buttons.set_images(packed[start : start + buttons.size_of_code])
            start += buttons.size_of_code

    def set_names(self, codes: Sequence[CodeSpec]) -> None:
        """Show the names that are in force."""
        named = [code for code in codes if not isinstance(code, LabelSpec)]
        for index, (code, name, edit) in enumerate(zip(named, code_names(named), self.names, strict=True)):
            edit.set_name(code.name)
            control = self.buttons.get(index) or self.sliders[index]
            control.setAccessibleName(name)

    def set_information(self, nats: Sequence[float] | npt.NDArray[np.floating] | None) -> None:
        """Show L_I of each code, nats; None: not known yet."""
        for index, meter in enumerate(self.meters):
            meter.set_information(None if nats is None else float(nats[index]))


def _caption(text: str) -> QLabel:
    return muted_label(text, wraps=True)
