"""The latents of one game of two, as a whole: turned on a circle of draws, drawn anew, or held."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganstudio.gui.parts.chips import Chip, action, muted_label
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.sliders import NamedSlider

if TYPE_CHECKING:
    from ganstudio.gui.parts.noise import GroupNoise

_WHOLE = 180


class GroupControls(QWidget):
    """``turned`` carries degrees, ``held`` whether it is to stay; ``thrown`` asks for another draw."""

    turned = Signal(float)
    thrown = Signal()
    held = Signal(bool)

    def __init__(self, called: str, keeps: str) -> None:
        """Called: the group's name. keeps: what stays when the other one is drawn."""
        super().__init__()
        self.called = called
        self.setObjectName(f"group {called.lower()}")
        self.title = muted_label(called)
        self.turn = NamedSlider("Turn", -_WHOLE, _WHOLE, 0)
        self.turn.setAccessibleName(f"Turn of the {called.lower()}")
        self.turn.setToolTip(
            f"Turns all of z that makes the {called.lower()} along a circle of draws, of which each is as likely as "
            "any other; 0 is the draw itself. Its single dimensions are among the sliders below"
        )
        self.throw = action("Draw", f"Draw another {called.lower()}; {keeps}")
        self.hold = Chip("Hold", f"Keep this {called.lower()} whatever else is drawn, chosen or moved")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(2)
        layout.addLayout(FlowLayout(self.title, self.throw, self.hold))
        layout.addWidget(self.turn)
        self.turn.valueChanged.connect(lambda value: self.turned.emit(float(value)))
        self.turn.typed.connect(self.turned)
        self.throw.clicked.connect(lambda: self.thrown.emit())
        self.hold.toggled.connect(self._on_held)

    def _on_held(self, on: bool) -> None:
        self.turn.setEnabled(not on)
        self.throw.setEnabled(not on)
        self.held.emit(on)

    def name_latents(self, first: int, last: int) -> None:
        """Say which dimensions of z it has, counted from 1."""
        self.title.setToolTip(f"z {first} to {last} of the sliders below")

    def show_noise(self, noise: GroupNoise) -> None:
        """Put the knob where the noise stands, without a signal."""
        self.turn.exact = noise.angle
        self.turn.show_value(round(noise.angle), f"{noise.angle:.0f}°".replace("-", "\u2212"))
