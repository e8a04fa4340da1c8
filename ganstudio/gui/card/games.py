"""Which game is to be trained on data that several of the presets' games suit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QWidget

from ganstudio.gui.forms.fields import ChoiceBox
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.text.words import value_label
from ganstudio.presets import GAMES, load_preset

if TYPE_CHECKING:
    from ganstudio.data.card import Card

_AUTOMATIC = "The open game's, if it fits"
_TIP = "The networks and the recipe of the game that is open, where these are for such data; else a usual one for them"


class GameChoice(QWidget):
    """Hidden where there is nothing to choose."""

    def __init__(self) -> None:
        super().__init__()
        self._kind = ""
        self.heading = QLabel("Game")
        self.heading.setProperty("role", "heading")
        self.box = ChoiceBox([])
        self.box.setObjectName("game")
        self.box.setAccessibleName("Game")
        self.heading.setBuddy(self.box)
        stacked(self.heading, self.box, on=self, spacing=theme.SPACING)
        self.clear()

    @property
    def preset(self) -> str:
        """The preset whose game is wanted; empty: as it comes."""
        return "" if self.isHidden() else self.box.currentData() or ""

    def clear(self) -> None:
        """Other data: nothing is chosen."""
        self._kind = ""
        self.hide()

    def show_card(self, card: Card) -> None:
        """Offer the games that suit such data."""
        kind = card.modality.kind if card.partners is None else ""
        if kind == self._kind:
            return
        self._kind = kind
        self.setVisible(kind in GAMES)
        self.box.clear()
        self.box.addItem(_AUTOMATIC, "")
        self.box.describe("", _TIP)
        for name in GAMES.get(kind, ()):
            self.box.addItem(value_label(name), name)
            self.box.describe(name, load_preset(name).summary)
        self.box.setCurrentIndex(0)
