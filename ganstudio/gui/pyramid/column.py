"""One level: the image so far, what the level adds to it, and its noise under the user's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganstudio.gui import theme
from ganstudio.gui.numbers import number
from ganstudio.gui.parts.chips import Chip, action, muted_label
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.noise import MOST_STRENGTH
from ganstudio.gui.parts.one_picture import OnePicture, around_grey
from ganstudio.gui.parts.sliders import NamedSlider

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ganstudio.gui.parts.noise import GroupNoise
    from ganstudio.modalities import Modality, Pixels

_WHOLE = 180
_PERCENT = 100


class LevelColumn(QWidget):
    """Its signals say what the user wants of the level.

    Another angle or strength of its noise; other noise; a lock; a real image below; or a sheet of samples that differ
    in its noise alone.
    """

    turned, strengthened = Signal(float), Signal(float)
    thrown = Signal()
    locked, real_wanted, sheet_wanted = Signal(bool), Signal(bool), Signal(bool)

    def __init__(self, kind: Modality, *, base: bool) -> None:
        super().__init__()
        _, height, width = kind.shape
        self.called = f"{width} × {height}"
        self.setObjectName(f"level {width}")
        self._residual: npt.NDArray[np.floating] | None = None
        title = muted_label(f"Base, {self.called}" if base else self.called)
        self.picture = OnePicture(f"Image at {self.called}")
        self.added = OnePicture(f"Added at {self.called}")
        self.added.setToolTip("What this level adds to the coarser image: nothing is mid grey")
        self.turn = NamedSlider("Turn", -_WHOLE, _WHOLE, 0)
        self.turn.setAccessibleName(f"Turn of the noise at {self.called}")
        self.turn.setToolTip(
            "Turns the noise of this level: it and all finer ones change, coarser ones stay. Every angle is as likely "
            "as any other; 0 is the draw itself"
        )
        self.strength = NamedSlider("Strength", 0, round(MOST_STRENGTH * _PERCENT), _PERCENT)
        self.strength.ends = (0.0, MOST_STRENGTH)
        self.strength.setAccessibleName(f"Strength of the noise at {self.called}")
        self.strength.setToolTip("Share of the noise: 1 is what the level was trained with, 0 is none")
        self.throw = action("Draw", f"Draw other noise for {self.called}, and keep that of the other levels")
        self.lock = Chip("Lock", f"Keep the noise of {self.called} when all levels are drawn anew")
        self.real = Chip(
            "Real below",
            "Give this level a real coarse image in place of the one that was made, as in its training: so you see how "
            "much of a fault is its own",
            theme.REAL,
        )
        self.sheet = Chip("Variants", f"A sheet of samples that differ in the noise of {self.called} alone")
        self.real.setVisible(not base)
        self.added.setVisible(not base)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        layout.addWidget(title)
        layout.addWidget(self.picture, 1)
        if base:
            layout.addStretch(1)  # where the others have what they add
        layout.addWidget(self.added, 1)
        layout.addWidget(self.turn)
        layout.addWidget(self.strength)
        layout.addLayout(FlowLayout(self.throw, self.lock, self.sheet, self.real))
        self.turn.valueChanged.connect(lambda value: self.turned.emit(float(value)))
        self.turn.typed.connect(self.turned)
        self.strength.valueChanged.connect(lambda value: self.strengthened.emit(value / _PERCENT))
        self.strength.typed.connect(self.strengthened)
        self.throw.clicked.connect(lambda: self.thrown.emit())
        self.lock.toggled.connect(self.locked)
        self.real.toggled.connect(self.real_wanted)
        self.sheet.toggled.connect(self.sheet_wanted)

    def show_noise(self, noise: GroupNoise) -> None:
        """Put the knobs where the noise stands, without a signal."""
        self.turn.exact, self.strength.exact = noise.angle, noise.strength
        self.turn.show_value(round(noise.angle), f"{noise.angle:.0f}°".replace("-", "\u2212"))
        self.strength.show_value(round(noise.strength * _PERCENT), number(noise.strength))

    def show_step(self, image: Pixels, residual: npt.NDArray[np.floating] | None, gain: float) -> None:
        """Show the image (h, w, c) so far, and what was added to the coarser one (h, w, c) in model units."""
        self.picture.show_image(image)
        self._residual = residual
        self.show_gain(gain)

    def show_gain(self, gain: float) -> None:
        """Show what was added so many times as strong."""
        self.added.show_image(None if self._residual is None else around_grey(self._residual, gain))
