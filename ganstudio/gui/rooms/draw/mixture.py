"""The mixture's canvas with its tools: add, remove, even out, and sliders for the selected Gaussian."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QPushButton, QVBoxLayout, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts import chips
from ganstudio.gui.parts.sliders import NamedSlider
from ganstudio.gui.rooms.draw.models import LEAST_SIGMA, LEAST_WEIGHT, MOST_SIGMA, MOST_WEIGHT, Modes
from ganstudio.gui.rooms.draw.modes import ModesCanvas
from ganstudio.gui.text.numbers import number
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.experiment import MixtureSpec
    from ganstudio.gui.rooms.draw.preview import Frame

_STEPS = 400  # of a slider, each a factor


class MixtureTab(QWidget):
    """A mixture that is edited with the mouse. ``changed`` comes with every change, and of the view."""

    changed = Signal()
    hint = (
        "Drag a Gaussian to move it, its grip or the wheel to widen it. Double-click adds one, Delete removes it. "
        "On the empty plane: drag to move it, wheel to zoom."
    )
    reason = "There is no Gaussian yet"

    def __init__(self) -> None:
        super().__init__()
        self.modes = Modes()
        self.canvas = ModesCanvas(self.modes)
        self.add_button = QPushButton("Add")
        self.add_button.setToolTip("Add a Gaussian in the middle of the view; a double-click adds one where it is made")
        self.remove_button = QPushButton("Remove")
        self.remove_button.setToolTip("Remove the selected Gaussian (Delete)")
        self.even_button = QPushButton("Even out")
        self.even_button.setToolTip(
            "Give all Gaussians the same weight and standard deviation: only then can the modes reached be counted"
        )
        self.fit_button = QPushButton("Fit")
        self.fit_button.setToolTip("Bring all of the mixture into view")
        self.readout = chips.muted_label()
        self.sigma_slider = NamedSlider("Sigma (σ)", 0, _STEPS, _position(0.1, LEAST_SIGMA, MOST_SIGMA))
        self.sigma_slider.setToolTip("Standard deviation of the selected Gaussian")
        self.weight_slider = NamedSlider("Weight", 0, _STEPS, _position(1.0, LEAST_WEIGHT, MOST_WEIGHT))
        self.weight_slider.setToolTip("Weight of the selected Gaussian beside the others'")
        for slider in (self.sigma_slider, self.weight_slider):
            slider.widest_text = "100.0 %"
            slider.name_width = self.fontMetrics().horizontalAdvance("Sigma (σ)") + 8
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.SPACING, 0, 0)
        column.setSpacing(theme.SPACING)
        column.addLayout(
            chips.row(self.add_button, self.remove_button, self.even_button, None, self.readout, self.fit_button)
        )
        column.addWidget(self.canvas, 1)
        column.addWidget(self.sigma_slider)
        column.addWidget(self.weight_slider)
        self._connect()
        self._show()

    def _connect(self) -> None:
        self.canvas.changed.connect(self._show)
        self.canvas.changed.connect(self.changed)
        self.add_button.clicked.connect(lambda: self._do(lambda: self.modes.add(*self.frame_of_view[:2])))
        self.remove_button.clicked.connect(lambda: self._do(self.modes.remove))
        self.even_button.clicked.connect(lambda: self._do(self.modes.even_out))
        self.fit_button.clicked.connect(self.canvas.fit)
        for slider, name, low, high in (
            (self.sigma_slider, "sigma", LEAST_SIGMA, MOST_SIGMA),
            (self.weight_slider, "weight", LEAST_WEIGHT, MOST_WEIGHT),
        ):
            slider.ends = (low, high)
            slider.sliderPressed.connect(self.modes.begin)
            slider.typed.connect(lambda value, slider=slider, name=name: self._slide(slider, name, value))
            slider.valueChanged.connect(
                lambda position, slider=slider, name=name, low=low, high=high: self._slide(
                    slider, name, low * (high / low) ** (position / _STEPS)
                )
            )

    @property
    def frame_of_view(self) -> Frame:
        """What part of the plane is seen."""
        return self.canvas.frame_of_view

    def spec(self) -> MixtureSpec | None:
        """The mixture; None while it is empty."""
        return self.modes.spec()

    def show_spec(self, spec: MixtureSpec) -> None:
        """Begin with a mixture."""
        self.modes.components, self.modes.selected = spec.components, None
        self.canvas.fit()

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return self.modes.can_undo

    def undo(self) -> None:
        """Take the newest change back."""
        if self.modes.undo():
            self._tell()

    def _do(self, act: Callable[[], object]) -> None:
        act()
        self._tell()

    def _slide(self, slider: NamedSlider, name: str, value: float) -> None:
        if not slider.isSliderDown():  # by the keyboard: each press is a change of its own
            self.modes.begin()
        self.modes.change(**{name: value})
        self._tell()

    def _tell(self) -> None:
        self.canvas.update()
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        chosen, count = self.modes.chosen, len(self.modes.components)
        for widget in (self.remove_button, self.sigma_slider, self.weight_slider):
            widget.setEnabled(chosen is not None)
        self.even_button.setEnabled(count > 1)
        if chosen is None:
            self.readout.setText(f"{count} {'Gaussian' if count == 1 else 'Gaussians'}")
            for slider in (self.sigma_slider, self.weight_slider):
                slider.show_value(slider.value(), "")
            return
        assert self.modes.selected is not None
        self.readout.setText(f"x {number(chosen.x)}, y {number(chosen.y)}")
        self.sigma_slider.show_value(_position(chosen.sigma, LEAST_SIGMA, MOST_SIGMA), f"{chosen.sigma:.3g}")
        self.sigma_slider.exact, self.weight_slider.exact = chosen.sigma, chosen.weight
        share = self.modes.shares[self.modes.selected]
        self.weight_slider.show_value(_position(chosen.weight, LEAST_WEIGHT, MOST_WEIGHT), percent(share))


def _position(value: float, low: float, high: float) -> int:
    return round(_STEPS * math.log(min(max(value, low), high) / low) / math.log(high / low))
