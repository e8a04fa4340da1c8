"""Cards of measured tunes: histograms of notes, and tunes next to the training tune that each is nearest to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QWidget

from ganstudio.gui.parts.chips import action
from ganstudio.gui.rooms.measures.greys import GreyLegend
from ganstudio.gui.rooms.measures.histogram import ShareBars, Shares
from ganstudio.gui.rooms.music.nearest import differing
from ganstudio.gui.rooms.music.roll import Roll
from ganstudio.modalities import Melody, unpacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

A, B = "sample", "training"
"""Tags of the two that are heard."""
_HEIGHT = 170


@dataclass(frozen=True, eq=False)
class Pairs:
    """G's tunes (k, t) and the training tune (k, t) that each is nearest to. aside: of tunes that can be no copies."""

    melody: Melody
    made: npt.NDArray[np.int8]
    training: npt.NDArray[np.int8]
    different: Sequence[int]
    aside: Sequence[int]

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> Pairs:
        """What a file of measures tells. Raises ValueError where it does not fit together."""
        try:
            melody = unpacked(told["modality"])
            made, training = (np.array(told[name], np.int8) for name in ("made", "training"))
            different, aside = ([int(steps) for steps in told[name]] for name in ("different", "aside"))
        except (KeyError, TypeError, OverflowError) as error:
            raise ValueError(f"no pairs of tunes: {error}") from None
        if not isinstance(melody, Melody):
            raise ValueError("no pairs of tunes: they are of another kind")
        wanted = (len(different), melody.steps)
        if not different or made.shape != wanted or training.shape != wanted or len(aside) != 2:
            raise ValueError("no pairs of tunes: they differ in length")
        return cls(melody, made, training, different, aside)


def histograms_of(told: Mapping[str, Any]) -> QWidget:
    """All histograms, two in a row, and which line is which. Raises ValueError where a file tells none."""
    if not isinstance(told, Mapping) or not told:
        raise ValueError("no histograms")
    found = [Shares.of(one) for one in told.values()]
    page = QWidget()
    grid = QGridLayout(page)
    grid.setContentsMargins(0, 0, 0, 0)
    grid.addWidget(GreyLegend(list(found[0].controls)), 0, 0, 1, 2)
    for place, shares in enumerate(found):
        last = place == len(found) - 1 and place % 2 == 0
        grid.addWidget(ShareBars(shares), 1 + place // 2, place % 2, 1, 2 if last else 1)
    return page


class NearestTunes(QWidget):
    """A sample above the training tune that it is nearest to, one pair at a time; each is played, or one after another.

    ``played`` carries a tune (1, t), its kind and its tag; ``hushed`` asks for silence.
    """

    played = Signal(object, object, object)
    hushed = Signal()

    def __init__(self, pairs: Pairs) -> None:
        super().__init__()
        self.pairs, self.index = pairs, 0
        self._sounds: str | None = None
        self.rolls = {A: Roll(), B: Roll()}
        self.buttons = {A: action("Play sample", ""), B: action("Play training tune", "")}
        self.before, self.next = action("‹", "The pair before"), action("›", "The next pair")
        self.before.setAccessibleName("The pair before")
        self.next.setAccessibleName("The next pair")
        self.told = QLabel(wordWrap=True)
        self.told.setProperty("role", "muted")
        self._arrange()
        self.show_pair(0)

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        head = QHBoxLayout()
        for widget in (self.before, self.next):
            head.addWidget(widget)
        head.addWidget(self.told, 1)
        grid.addLayout(head, 0, 0, 1, 2)
        for column, (name, roll) in enumerate(self.rolls.items()):
            roll.setObjectName(f"nearest_{name}")
            roll.setFixedHeight(_HEIGHT)
            roll.struck.connect(lambda _pitch, _steps, name=name: self._press(name))
            self.buttons[name].setObjectName(f"nearest_play_{name}")
            self.buttons[name].clicked.connect(lambda _on=False, name=name: self._press(name))
            grid.addWidget(roll, 1, column)
            grid.addWidget(self.buttons[name], 2, column)
        self.before.clicked.connect(lambda: self.show_pair(self.index - 1))
        self.next.clicked.connect(lambda: self.show_pair(self.index + 1))

    def show_pair(self, index: int) -> None:
        """Show a pair by its place; those that come nearest are first."""
        pairs = self.pairs
        self.index = min(max(index, 0), len(pairs.different) - 1)
        steps, (least, median) = pairs.different[self.index], pairs.aside
        self.told.setText(
            f"{self.index + 1} of {len(pairs.different)}: {differing(steps, pairs.melody)}. Tunes kept "
            f"aside, which can be no copies, differ in {least} or more, half of them in up to {median}"
        )
        self.before.setEnabled(self.index > 0)
        self.next.setEnabled(self.index < len(pairs.different) - 1)
        self.rolls[A].show_tune(pairs.made[self.index], pairs.melody, "G's tune")
        self.rolls[B].show_tune(pairs.training[self.index], pairs.melody, "nearest training tune")
        if self._sounds is not None:
            self.hushed.emit()

    def show_playing(self, playing: Sequence[tuple[Any, float]]) -> None:
        """Show how far what sounds is: (tag, share from 0 to 1) of each."""
        shares = dict(playing)
        self._sounds = next((name for name in self.rolls if name in shares), None)
        for name, roll in self.rolls.items():
            roll.show_playing(shares.get(name))
            called = "sample" if name == A else "training tune"
            self.buttons[name].setText(f"Stop {called}" if name in shares else f"Play {called}")

    def _press(self, name: str) -> None:
        if self._sounds == name:
            self.hushed.emit()
        else:
            tune = self.pairs.made if name == A else self.pairs.training
            self.played.emit(tune[[self.index]], self.pairs.melody, name)
