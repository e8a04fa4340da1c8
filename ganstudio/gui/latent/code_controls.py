"""InfoGAN's codes c in the hand: for each its name, a control, and how much of it samples tell; and the class y."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from ganstudio.experiment import LabelSpec, code_names
from ganstudio.gui.latent.code_head import Dot, InformationMeter, NameEdit
from ganstudio.gui.latent.state import code_limit
from ganstudio.gui.latent.value_buttons import ValueButtons
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import muted_label
from ganstudio.gui.parts.laid import in_line, stacked
from ganstudio.gui.parts.sliders import STEPS, NamedSlider
from ganstudio.gui.text.numbers import number
from ganstudio.gui.text.words import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    from PySide6.QtGui import QResizeEvent

    from ganstudio.experiment import CategoricalCodeSpec, CodeSpec, ContinuousCodeSpec
    from ganstudio.gui.latent.state import LatentState
    from ganstudio.gui.parts.pixels import Packed

_CAPTION = "Codes c: G is led to use them, Q reads them back"
_CLASS_CAPTION = "Class y: told to both players, as the data name it"
_ONE_LINE = 460
"""From this width on a continuous code's slider stands beside its name, else below it."""


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
            rows.addWidget(muted_label(_CAPTION, wraps=True))
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

    def _head(self, index: int, code: CodeSpec) -> tuple[Dot, NameEdit, InformationMeter]:
        name, meter = NameEdit(code.name, name_of(index, "c")), InformationMeter(index, code)
        name.renamed.connect(lambda text: self.renamed.emit(index, text))
        self.names.append(name)
        self.meters.append(meter)
        return Dot(index, code), name, meter

    def _add_categorical(self, rows: QVBoxLayout, index: int, code: CategoricalCodeSpec) -> None:
        dot, name, meter = self._head(index, code)
        buttons = self._add_buttons(index, ValueButtons(code.size))
        rows.addLayout(in_line(dot, name, muted_label(f"{code.size} values"), None, meter, spacing=theme.SPACING - 2))
        rows.addWidget(buttons)

    def _add_class(self, rows: QVBoxLayout, index: int, label: LabelSpec) -> None:
        buttons = self._add_buttons(index, ValueButtons(label.size, label.names))
        buttons.setAccessibleName("Class")
        rows.addWidget(muted_label(_CLASS_CAPTION, wraps=True))
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
