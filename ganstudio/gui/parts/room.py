"""Rooms next to the game's own scene: what stands at their top, and those that ask G for something while seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import action, muted_label

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from PySide6.QtCore import SignalInstance

    from ganstudio.gui.game.model import Game
    from ganstudio.training.messages import Opened


class RoomView(QWidget):
    """Has a name, a line that tells of it, and a way back. ``closed`` asks to leave it."""

    closed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.title, self.told = QLabel(name), muted_label()
        self.title.setProperty("role", "title")
        self.told.setWordWrap(True)
        self._close = action("Close", "Back to the game (Escape)")
        self._close.clicked.connect(self.closed)
        leave = QShortcut(QKeySequence(Qt.Key.Key_Escape), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
        leave.activated.connect(self.closed)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)

    def _laid_out(self, *buttons: QWidget, right: int = 2 * theme.SPACING) -> QVBoxLayout:
        """The name, buttons and Close in a line, and what is told below; all else is added to it. right: a margin."""
        head = QHBoxLayout()
        head.setSpacing(theme.SPACING)
        head.addWidget(self.title)
        head.addStretch(1)
        for button in (*buttons, self._close):
            head.addWidget(button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2 * theme.SPACING, 2 * theme.SPACING, right, theme.SPACING)
        layout.setSpacing(theme.SPACING)
        layout.addLayout(head)
        layout.addWidget(self.told)
        return layout


class AskingRoom(QObject):
    """A room that only some games have: it asks while it is shown, and is answered again with every frame.

    changed: of its view, asks for something else.
    """

    def __init__(self, parent: QObject, game: Game, view: RoomView, changed: SignalInstance) -> None:
        super().__init__(parent)
        self._game = game
        self.closed = view.closed
        self._asked, self._shown = 0, False
        changed.connect(self._ask)
        game.opened.connect(self._on_opened)

    @staticmethod
    def fits(opened: Opened) -> bool:
        """Whether this game has it."""
        raise NotImplementedError

    def enter(self) -> None:
        """It is shown from now on."""
        self._shown = True
        self._ask()

    def leave(self) -> None:
        """It is no longer shown: nothing needs to be made for it."""
        if self._shown:
            self._shown = False
            self._ask_no_more()

    def take(self, paths: Sequence[Path]) -> bool:
        """Take what is dropped; False: it is data to look at."""
        return False

    def close(self) -> None:
        """Nothing goes on beside the training."""

    def _ask(self) -> None:
        opened = self._game.single
        if self._shown and opened is not None and self.fits(opened):
            self._ask_of(opened)

    def _ask_of(self, opened: Opened) -> None:
        """Ask for what is to be shown of this game, and keep the request's number."""
        raise NotImplementedError

    def _ask_no_more(self) -> None:
        """No answer is wanted any more."""
        raise NotImplementedError

    def _on_opened(self, opened: Opened) -> None:
        """Another game, which may be one that has no such room."""
        raise NotImplementedError
