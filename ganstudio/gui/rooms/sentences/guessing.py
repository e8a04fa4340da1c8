"""Which is real? Two sentences, one of them G's, and a score for the person."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import action, muted_label
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.rooms.sentences.lines import TokenLines

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.modalities import Sentences


class Guessing(QWidget):
    """A pair stays until it is answered and another one is asked for. ``wanted`` asks for other sentences."""

    wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.pair = TokenLines("Two sentences, one of them real")
        self.told = muted_label(wraps=True)
        self.next = action("Next", "Another pair")
        self.right = self.asked = 0
        self._real_row: int | None = None
        self._answered = False
        self._random = random.Random()
        stacked(self.pair, self.told, self.next, on=self, spacing=2 * theme.SPACING)
        self.pair.chosen.connect(lambda row, _place: self.answer(row))
        self.next.clicked.connect(self._go_on)
        self.clear()

    @property
    def real_row(self) -> int | None:
        """Which of the two is real; None: there are none."""
        return self._real_row

    def clear(self) -> None:
        """Another game: the score begins anew."""
        self.right = self.asked = 0
        self._forget()

    def show_these(self, kind: Sentences, made: npt.NDArray[np.integer], real: npt.NDArray[np.integer]) -> None:
        """Take a pair of these sentences (n, t), unless one stands that is not answered or not left."""
        if self._real_row is not None or not len(made) or not len(real):
            return
        self._real_row = self._random.randrange(2)
        pair = [made[self._random.randrange(len(made))], real[self._random.randrange(len(real))]]
        self.pair.show_these(kind, np.stack(pair if self._real_row == 1 else pair[::-1]))
        self.told.setText("One of the two is real: click it")

    def answer(self, row: int) -> None:
        """Say that this one is real."""
        if self._real_row is None or self._answered:
            return
        self._answered = True
        self.asked += 1
        was_right = row == self._real_row
        self.right += was_right
        which = "first" if self._real_row == 0 else "second"
        begin = "Right" if was_right else "No"
        self.told.setText(
            f"{begin}: the {which} is real. {self.right} of {self.asked} right; by guessing it would be half"
        )
        self.next.setEnabled(True)

    def _go_on(self) -> None:
        self._forget()
        self.wanted.emit()

    def _forget(self) -> None:
        self._real_row, self._answered = None, False
        self.pair.clear()
        self.next.setEnabled(False)
