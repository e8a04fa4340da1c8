"""The room of sentences: asks for them while it is shown, and again with every frame of the game."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.experiment import SequenceGeneratorSpec
from ganstudio.gui.parts.room import AskingRoom
from ganstudio.gui.rooms.sentences.view import SentencesView
from ganstudio.modalities import Sentences
from ganstudio.presets import plan_of, present

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from ganstudio.gui.game.model import Game
    from ganstudio.training.messages import Composed, Opened, Scalars

_AS_LONG = 1.1
"""How many times as long as its controls a game may have trained for both to count as equally long."""


class SentencesRoom(AskingRoom):
    """What only a game has whose G writes word by word."""

    name = "Sentences"
    icon = "list"
    tip = "What G writes, what D says of each word, and quality against diversity next to what is no GAN"

    def __init__(self, parent: QObject, game: Game) -> None:
        self.view = SentencesView()
        super().__init__(parent, game, self.view, self.view.changed)
        self._began, self._seconds = 0.0, 0.0  # of the training: when likelihood ended, and now
        self._controls: float | None = None
        game.composed.connect(self._on_composed)
        game.scalars.connect(self._on_scalars)

    # --- what the window asks ---

    @staticmethod
    def fits(opened: Opened) -> bool:
        """Whether its G writes word by word."""
        experiment = opened.experiment
        return isinstance(experiment.generator, SequenceGeneratorSpec) and isinstance(opened.modality, Sentences)

    # --- what it asks and is told ---

    def _ask_of(self, opened: Opened) -> None:
        view = self.view
        if not view.controls.isChecked():
            self._controls = None
        elif self._controls is None:
            self._controls = self._length
        chosen, place = view.selection
        self._asked = self._game.bridge.compose(
            prefix=view.beginning,
            temperature=view.heat,
            before=view.before.isChecked(),
            seed=view.seed,
            chosen=chosen,
            place=place,
            seconds=self._controls,
        )

    def _ask_no_more(self) -> None:
        self._game.bridge.compose(show=False)

    def _on_composed(self, event: Composed) -> None:
        if not self._shown or event.request != self._asked:
            return
        experiment, marked, trained = self._game.experiment, event.marked_at, event.controls_seconds
        played = experiment is not None and marked is not None and present(experiment, marked - 1) is None
        as_long = trained is not None and self._length <= _AS_LONG * trained
        self.view.show_composed(event, played=played, as_long=as_long)
        if event.more and self._game.state != "playing":  # with every frame it comes by itself
            self._ask()

    @property
    def _length(self) -> float:
        """For how long the game itself has trained, in seconds; 1 at least, which controls are given."""
        return max(self._seconds - self._began, 1.0)

    @property
    def _learnt(self) -> int:
        """The last step of the likelihood stage, as it is now: it may be skipped or begun again."""
        experiment = self._game.experiment
        plan = () if experiment is None else plan_of(experiment)
        return next((one.end for one in plan if one.kind == "likelihood"), 0)

    def _on_scalars(self, event: Scalars) -> None:
        if not len(event.rows):
            return
        before = event.rows[event.rows[:, 0] <= self._learnt]
        if len(before):
            self._began = float(before[-1, 1])
        self._seconds = float(event.rows[-1, 1])

    def _on_opened(self, opened: Opened) -> None:
        self._began = self._seconds = 0.0
        self._controls = None
        if not self.fits(opened):
            return
        assert isinstance(opened.modality, Sentences)
        keeps = any(stage.keeps for stage in opened.experiment.stages)
        told = f"G was trained on {opened.data_name}: {opened.modality.described}"
        self.view.open(opened.modality, told, keeps=keeps)
        self._ask()
