"""The training tune that the sliders' tune is nearest to, next to it: whether G has copied is seen and heard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganstudio.gui.parts.chips import Chip, action
from ganstudio.gui.rooms.music.roll import Roll
from ganstudio.scalars import counted

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ganstudio.modalities import Melody, Samples
    from ganstudio.training.messages import Nearest

_EMPTY = "No tune of G is shown: turn a slider"
_READING = "Reading the tunes…"
_AGAIN = "Switch Nearest off and on to read them again."


def differing(steps: int, melody: Melody) -> str:
    """In how many of its steps a tune is another than one that it is compared with."""
    return f"{steps} of {counted(melody.steps, 'step')} {'differs' if steps == 1 else 'differ'}"


class NearestTune(QObject):
    """A chip that shows it, its roll, and a button that plays it. ``wished`` tells that it is shown or hidden."""

    wished = Signal()
    pressed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.chip = Chip("Nearest", "The training tune nearest to what the sliders make, below: has G copied it?")
        self.button = action("Play nearest", "Hear the training tune that is nearest")
        self.roll = Roll()
        for name, part in {"chip": self.chip, "play": self.button, "roll": self.roll}.items():
            part.setObjectName(f"tune_nearest_{name}")
        self.sounds = False
        """Whether it is heard; also that of before, when another one or none is shown by now."""
        self.clear()
        self.roll.hide()
        self.button.hide()
        self.chip.toggled.connect(self._on_toggled)
        self.button.clicked.connect(self.pressed)

    @property
    def wanted(self) -> bool:
        """Whether it is to be shown."""
        return self.chip.isChecked()

    @property
    def tune(self) -> Samples | None:
        """The training tune (steps,) that is shown."""
        return self.roll.tune

    def clear(self) -> None:
        """Show none: a real tune is looked at, or none at all."""
        self._show_none(_EMPTY)

    def show_unknown(self, refused: str = "") -> None:
        """Show that the training tunes are still read; or why they can't be, a sentence."""
        if self.wanted:
            self._show_none(f"{refused} {_AGAIN}" if refused else _READING)

    def _show_none(self, why: str) -> None:
        self.roll.clear(why)
        self._allow()

    def _allow(self) -> None:
        """Have the button where there is something to hear, or to stop."""
        self.button.setEnabled(self.sounds or self.tune is not None)

    def show_nearest(self, nearest: Nearest, to: npt.NDArray[np.int8], melody: Melody) -> None:
        """Show what is nearest to a tune (steps,), and where both are the same."""
        if not self.wanted:
            return
        title = f"nearest training tune: {differing(nearest.different, melody)}"
        if nearest.different == 0:
            title = "nearest training tune: the same in all steps"
        told = "Underlined: the same in both. "
        if nearest.aside is not None:
            least, median = nearest.aside
            title += f" · tunes kept aside: {median}"
            told += (
                "Tunes kept aside, which can be no copies, differ from theirs in "
                f"{counted(least, 'step')} or more, half of them in up to {median}. "
            )
        self.roll.show_tune(nearest.sample, melody, title, same=nearest.sample == to, told=told)
        self._allow()

    def show_playing(self, share: float | None) -> None:
        """Show how far it is, while it is heard."""
        self.roll.show_playing(share)
        self.sounds = share is not None
        self.button.setText("Stop nearest" if self.sounds else "Play nearest")
        self._allow()

    def _on_toggled(self, on: bool) -> None:
        self.roll.setVisible(on)
        self.button.setVisible(on)
        self.wished.emit()  # before it is cleared, so that whoever hears it knows whether it sounds
        if not on:
            self.clear()
