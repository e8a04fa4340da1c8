"""What the gallery can show, by chips of which one is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, exclusive

if TYPE_CHECKING:
    from collections.abc import Mapping

MODES: Mapping[str, tuple[str, ...]] = {
    "generated": ("Generated", "What G makes of the same random z, again and again as it learns", theme.FAKE),
    "real": ("Real", "The data", theme.REAL),
    "both": ("Side by side", "Both, to compare", theme.FAKE, theme.REAL),
    "given": ("Given", "What G was given, what it made of it, and the real samples behind it", theme.REAL),
    "way": ("Way", "The steps on the way to each sample, such as what one G makes for the next", theme.FAKE),
    "sheet": (
        "Traversal",
        "A sheet of samples: each row and column changes one input of G alone, such as a code c",
    ),
}
"""Of each the chip's text, what it means, and its colours."""
_SOME = ("given", "way")
"""Those that not every game has."""


class Modes(QObject):
    """Which mode is shown, and which is wished for: where a game lacks that, it shows what G makes meanwhile.

    ``changed`` comes whenever one is chosen, also by the user.
    """

    changed = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.chips = {mode: Chip(*words) for mode, words in MODES.items()}
        self.wished = "generated"
        self._group = exclusive(*self.chips.values())
        self.lack(_SOME)
        self._group.idToggled.connect(self._take)

    @property
    def shown(self) -> str:
        """The mode that is shown."""
        return list(MODES)[self._group.checkedId()]

    def lack(self, modes: tuple[str, ...]) -> None:
        """Offer all but these in this game, and show what is wished for if there is that."""
        self._lacking = modes
        for mode in _SOME:
            self.chips[mode].setVisible(mode not in modes)
        self.choose(self.wished)

    def choose(self, mode: str) -> None:
        """Show this one as soon as there is a game that has it."""
        self.chips["generated" if mode in self._lacking else mode].setChecked(True)
        self.wished = mode

    def _take(self, index: int, on: bool) -> None:
        if on:  # once for the one that is left and once for the one that is chosen
            self.wished = list(MODES)[index]
            self.changed.emit()
