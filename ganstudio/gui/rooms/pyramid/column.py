"""One level: the image so far, what the level adds to it, and its noise under the user's hands."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QSizePolicy

from ganstudio.gui.gallery.grouped import NoiseControls
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action, muted_label
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.noise import MOST_STRENGTH
from ganstudio.gui.parts.one_picture import OnePicture, around_grey
from ganstudio.gui.parts.sliders import NamedSlider
from ganstudio.gui.rooms.pyramid.swapping import CarriedPicture
from ganstudio.gui.text.numbers import number
from ganstudio.scalars import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from ganstudio.gui.parts.noise import GroupNoise
    from ganstudio.modalities import Modality, Pixels

_PERCENT = 100


class Seen(NamedTuple):
    """An image (h, w, c) at a level, and what that has more than the coarser one enlarged (h, w, c), model units.

    residual: None at the base.
    """

    image: Pixels
    residual: npt.NDArray[np.floating] | None


class LevelColumn(NoiseControls):
    """Its signals say what the user wants of the level, besides what they want of its noise.

    Another strength of it; a real image below; a sheet of samples that differ in its noise alone; that it learns or
    rests; to swap its noise with the sample that is chosen, or with what its picture was dragged onto.
    """

    strengthened = Signal(float)
    real_wanted, sheet_wanted = Signal(bool), Signal(bool)
    swapped, carried = Signal(), Signal(object)
    learning_wanted = Signal(bool)

    def __init__(self, kind: Modality, *, base: bool) -> None:
        _, height, width = kind.shape
        self.called = called = f"{width} × {height}"
        super().__init__(
            f"the noise at {called}",
            "Turns the noise of this level: it and all finer ones change, coarser ones stay. Every angle is as likely "
            "as any other; 0 is the draw itself",
            action("Draw", f"Draw other noise for {called}, and keep that of the other levels"),
            Chip("Lock", f"Keep the noise of {called} when all levels are drawn anew"),
        )
        self.setObjectName(f"level {width}")
        self._base, self._gain = base, 1.0
        self._made: Seen | None = None
        self._truth: Seen | None = None
        self._called = f"Base, {called}" if base else called
        self._key = f"level_{width}" if height == width else f"level_{width}x{height}"
        self._progress = self._measured = ""
        self.title = muted_label(self._called)
        self.picture = CarriedPicture(f"Image at {called}")
        self.added = OnePicture(f"Added at {called}")
        self.added.setToolTip("What this level adds to the coarser image: nothing is mid grey")
        self.real_picture = OnePicture(f"Real image at {called}")
        self.real_added = OnePicture(f"Real detail at {called}")
        self.real_added.setToolTip("What the real image has more than its coarser one: G is to add the like")
        self.names = muted_label("Real"), muted_label("Made by G")
        self.strength = NamedSlider("Strength", 0, round(MOST_STRENGTH * _PERCENT), _PERCENT)
        self.strength.ends = (0.0, MOST_STRENGTH)
        self.strength.setAccessibleName(f"Strength of the noise at {called}")
        self.strength.setToolTip("Share of the noise: 1 is what the level was trained with, 0 is none")
        self.sheet = Chip("Variants", f"A sheet of samples that differ in the noise of {called} alone")
        self.learns = Chip(
            "Learns", "Let this level take its turns in the training; off, it rests and the others have its steps"
        )
        self.swap = action("Swap", f"Swap the noise of {called} with the sample that is chosen below")
        self.real = Chip(
            "Real below",
            "Give this level a real coarse image in place of the one that was made, as in its training, and show the "
            "real image next to it: so you see how much of a fault is its own",
            theme.REAL,
        )
        self._arrange()
        self._wire()
        self.show_truth(None)
        self.allow_swap(False)

    def _arrange(self) -> None:
        pictures = QGridLayout()
        pictures.setSpacing(4)
        for column, name in enumerate(self.names):
            pictures.addWidget(name, 0, column)
        for row, pair in enumerate(((self.real_picture, self.picture), (self.real_added, self.added)), start=1):
            for column, one in enumerate(pair):
                pictures.addWidget(one, row, column)
            pictures.setRowStretch(row, 1)
        stacked(
            self.title,
            (pictures, 1),
            self.turn,
            self.strength,
            FlowLayout(self.throw, self.lock, self.learns, self.sheet, self.real, self.swap),
            on=self,
            spacing=4,
        )
        # What the base has not leaves its room, so that the knobs of all levels stand side by side.
        for absent in (self.added, self.real) if self._base else ():
            policy: QSizePolicy = absent.sizePolicy()
            policy.setRetainSizeWhenHidden(True)
            absent.setSizePolicy(policy)
            absent.hide()

    def _wire(self) -> None:
        self.strength.valueChanged.connect(lambda value: self.strengthened.emit(value / _PERCENT))
        self.strength.typed.connect(self.strengthened)
        self.real.toggled.connect(self.real_wanted)
        self.sheet.toggled.connect(self.sheet_wanted)
        self.learns.clicked.connect(lambda: self.learning_wanted.emit(self.learns.isChecked()))
        self.swap.clicked.connect(lambda: self.swapped.emit())
        self.picture.carried.connect(self.carried)

    def show_noise(self, noise: GroupNoise) -> None:
        """Put the knobs where the noise stands, without a signal."""
        super().show_noise(noise)
        self.strength.exact = noise.strength
        self.strength.show_value(round(noise.strength * _PERCENT), number(noise.strength))

    def show_progress(self, made: int, wanted: int, *, learns: bool) -> None:
        """Say how many steps the level has made of how many, and whether it goes on."""
        self._progress = f"{made:,} of {counted(wanted, 'step')}" if learns else f"{made:,}, rests"
        self._entitle()
        blocked = self.learns.blockSignals(True)
        self.learns.setChecked(learns)
        self.learns.blockSignals(blocked)
        self.learns.update()

    def show_measured(self, figures: Mapping[str, Any]) -> None:
        """Say how far the patches that the level adds are off, and real ones kept aside; figures by name.

        Where others are measured and this one is not, as the base, its line stays empty.
        """
        found, floor = (figures.get(f"{self._key}_swd{ending}") for ending in ("", "_floor"))
        self._measured, told = "", ""
        if isinstance(found, int | float) and isinstance(floor, int | float):
            self._measured = f"Patches {found:.0f}, real {floor:.0f}"
            told = (
                "Distance of the patches that this level adds to real coarse images, times 1,000, and that of real "
                f"images kept aside: the lower, the better. Measured at step {figures.get('step', 0):,}; Measures (M) "
                "makes it anew"
            )
        elif any(name.startswith("level_") and name.endswith("_swd") for name in figures):
            self._measured = " "
        self.title.setToolTip(told)
        self._entitle()

    def _entitle(self) -> None:
        self.title.setText("\n".join(filter(None, (self._called, self._progress, self._measured))))

    def show_step(self, made: Seen) -> None:
        """Show the image so far, and what was added to the coarser one."""
        self._made = made
        self.picture.show_image(made.image)
        self.show_gain(self._gain)

    def show_truth(self, truth: Seen | None) -> None:
        """Show a real image at this level next to the made one; None: there is none."""
        self._truth = truth
        for name in self.names:
            name.setVisible(truth is not None)
        self.real_picture.setVisible(truth is not None)
        self.real_added.setVisible(truth is not None and not self._base)
        self.real_picture.show_image(None if truth is None else truth.image)
        self.show_gain(self._gain)

    def show_gain(self, gain: float) -> None:
        """Show what is added so many times as strong."""
        self._gain = gain
        for shown, seen in ((self.added, self._made), (self.real_added, self._truth)):
            residual = None if seen is None else seen.residual
            shown.show_image(None if residual is None else around_grey(residual, gain))

    def allow_swap(self, on: bool) -> None:
        """Whether there are samples to swap noise with."""
        self.swap.setVisible(on)
        self.picture.set_carried(on)
