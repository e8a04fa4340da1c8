"""What stands below the levels: samples that differ in the noise of one, or others to swap one level's noise with."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, muted_label
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.rooms.pyramid.swapping import OTHERS, CarriedSamples

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from PySide6.QtCore import QPoint

    from ganstudio.gui.parts.noise import GroupedNoise
    from ganstudio.gui.rooms.pyramid.column import LevelColumn
    from ganstudio.modalities import Pixels

    Latents = npt.NDArray[np.float32]

_WALL = 140


class SamplesBelow(QWidget):
    """A wall, and a line that says what is shown. ``chip`` switches to the samples that noise is swapped with.

    ``changed``: others are to be made. ``swapped``: the noise is another. ``shown``: the wall has just come.
    """

    changed = Signal()
    swapped = Signal()
    shown = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._columns: Sequence[LevelColumn] = ()
        self._noise: GroupedNoise | None = None
        self._fixed: Latents | None = None
        self._variants_of: int | None = None
        self.others: Latents | None = None
        """The latents (OTHERS, width) of the samples that noise is swapped with; None: these are not shown."""
        self.own = ""
        """What a picture is called that was dropped and is shown next to the levels; empty: none is."""
        self.chip = Chip(
            "Samples", "Other samples below, to swap one level's noise with: drag a level's picture onto one, or back"
        )
        self.told = muted_label(wraps=True)
        self.wall = CarriedSamples()
        self.wall.setMinimumHeight(_WALL)
        self.wall.setAccessibleName("Samples that differ in the noise of one level")
        self._way_out = WaysOut(self.wall, "Variants")
        stacked(self.told, self.wall, on=self, spacing=theme.SPACING)
        self.chip.toggled.connect(self._on_samples)
        self.wall.carried.connect(self._on_sample_carried)

    def open(self, columns: Sequence[LevelColumn], noise: GroupedNoise, fixed: Latents) -> None:
        """Show nothing yet of another game. columns: its levels; fixed: its fixed latents (n, width)."""
        self._columns, self._noise, self._fixed = columns, noise, fixed
        self._variants_of = self.others = None
        for place, column in enumerate(columns):
            column.sheet_wanted.connect(partial(self._on_sheet, place))
            column.swapped.connect(partial(self._swap_chosen, place))
            column.carried.connect(partial(self._on_level_carried, place))
        self.chip.setChecked(False)

    def latents(self, noise: GroupedNoise) -> Latents:
        """What is to be made (n, width): the sample of the noise as it stands first, then what stands here."""
        if self._variants_of is not None:
            return noise.variants(self._variants_of)
        own = noise.latents[None]
        return own if self.others is None else np.concatenate([own, self.others])

    def show_samples(self, made: Pixels) -> None:
        """Show what was made of them."""
        if len(made) > 1:
            self.wall.set_samples(made if self.others is None else made[1:])

    def swap(self, place: int, index: int) -> None:
        """Swap the noise of one level between what the columns show and a sample below them."""
        assert self.others is not None
        assert self._noise is not None
        self.others[index] = self._noise.swap(place, self.others[index])
        self.wall.outline(index)
        self.swapped.emit()
        self.tell(f"They swapped the noise of {self._columns[place].called}, and kept that of all other levels")

    def tell(self, done: str = "") -> None:
        """Say what is shown beside the levels' own, and show the wall where there is something in it."""
        told = [done]
        if self.own:
            told.append(f"{self.own}, taken apart: next to each level is what G makes of the coarser one")
        if self._variants_of is not None:
            called = self._columns[self._variants_of].called
            told.append(f"The same image with other noise at {called}; the first is the one above")
        if self.others is not None and not done:
            told.append("Drag a level's picture onto a sample, or a sample onto a level, to swap that level's noise")
        text = ". ".join(one for one in told if one)
        self.told.setText(text)
        self.told.setVisible(bool(text))
        opens, hidden = self._variants_of is not None or self.others is not None, self.wall.isHidden()
        self.wall.setVisible(opens)
        self.setVisible(opens or bool(text))
        if opens and hidden:
            self.shown.emit()

    def _on_sheet(self, place: int, on: bool) -> None:
        if on:
            self.chip.setChecked(False)
            for other, column in enumerate(self._columns):
                if other != place:
                    column.sheet.setChecked(False)
        elif self._variants_of != place:
            return
        self._variants_of = place if on else None
        self.tell()
        self.changed.emit()

    def _on_samples(self, on: bool) -> None:
        if on and self._fixed is not None:
            for column in self._columns:
                column.sheet.setChecked(False)
            self.others = self._fixed[1 : OTHERS + 1].copy()
        else:
            self.others = None
        self.wall.set_carried(self.others is not None)
        self._way_out.dragging.plain = self.others is None
        self.wall.clear()
        for column in self._columns:
            column.allow_swap(self.others is not None)
        self.tell()
        self.changed.emit()

    def _on_level_carried(self, place: int, to: QPoint) -> None:
        if (index := self.wall.at_global(to)) is not None:
            self.swap(place, index)

    def _on_sample_carried(self, index: int, to: QPoint) -> None:
        for place, column in enumerate(self._columns):
            if column.rect().contains(column.mapFromGlobal(to)):
                self.swap(place, index)

    def _swap_chosen(self, place: int) -> None:
        if (index := self.wall.chosen) is not None:
            self.swap(place, index)
        else:
            self.told.setText("Choose a sample below first, or drag the level's picture onto it.")
