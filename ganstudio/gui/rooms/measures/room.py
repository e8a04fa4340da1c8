"""The room of the measures: which run they are of, when they are made, and where they are kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganstudio.experiment import code_names
from ganstudio.gui.rooms.measures.process import FILE, Measuring
from ganstudio.gui.rooms.measures.view import MeasuresView
from ganstudio.gui.rooms.measures.words import KINDS
from ganstudio.gui.sound.sounds import waves_of

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.opening.fetcher import Fetcher
    from ganstudio.gui.rooms.measures.words import Kind
    from ganstudio.gui.sound.sounds import Sounds
    from ganstudio.training.messages import Checkpointed, Opened


class MeasuresRoom(QObject):
    """Measures G as it is now: a checkpoint is asked for, and measured once it is on disk.

    ``measured`` carries the figures that are shown, by name: those just made, or those that the opened run keeps.
    """

    measured = Signal(object)

    def __init__(self, parent: QObject, game: Game, fetcher: Fetcher, sounds: Sounds) -> None:
        super().__init__(parent)
        self._game, self._fetcher = game, fetcher
        self._waits = self._inception = False
        self.view = MeasuresView()
        self.measuring = Measuring(self)
        self.view.wanted.connect(self._begin)
        self.view.stopped.connect(self._give_up)
        self.view.weights_wanted.connect(self._get_weights)
        self.measuring.told.connect(self.view.show_running)
        self.measuring.done.connect(self._show)
        self.measuring.failed.connect(self.view.show_failed)
        self.view.played.connect(lambda samples, kind, tag: sounds.play(partial(waves_of, kind, samples), tag))
        self.view.hushed.connect(sounds.stop)
        sounds.moved.connect(self.view.show_playing)
        game.opened.connect(self._on_opened)
        game.run_created.connect(lambda _event: self.view.set_started(True))
        game.adjusted.connect(lambda event: self.view.name_codes(code_names(event.experiment.latent.codes)))
        game.checkpointed.connect(self._on_checkpoint)
        game.not_saved.connect(self._on_not_saved)
        game.group_opened.connect(lambda _opened: self._leave())

    def close(self) -> None:
        """Give up what is being measured."""
        self.measuring.stop()

    # --- measuring ---

    def _begin(self, inception: bool) -> None:
        if not self._game.started:
            return
        self._waits, self._inception = True, inception
        self.view.show_running("writing a checkpoint")
        self._game.keep()

    def _on_checkpoint(self, event: Checkpointed) -> None:
        if self._waits:
            self._waits = False
            self.view.show_running("starting")
            self.measuring.start(event.path.parent.parent, estimator=self._kind.estimator, inception=self._inception)

    def _on_not_saved(self, why: str) -> None:
        if self._waits:  # what is being measured has its checkpoint, and goes on
            self._waits = False
            self.view.show_failed(why)

    def _give_up(self) -> None:
        if self._waits or self.measuring.running:
            self._waits = False
            self.measuring.stop()
            self.view.show_failed("Given up; press Measure to begin again.")

    def _show(self, path: Path) -> None:
        from ganstudio.measurements.record import Record, RecordError

        try:
            record = Record.load(path)
        except RecordError as error:
            self.view.show_failed(str(error))
            return
        self.view.show_record(record)
        self.measured.emit(record.figures)

    # --- which run ---

    def _on_opened(self, opened: Opened) -> None:
        self._leave()
        self.view.name_codes(code_names(opened.experiment.latent.codes))
        self.view.open(self._kind, started=self._game.started)
        self._look_for_weights()
        if opened.run is not None and (kept := opened.run / FILE).is_file():
            self._show(kept)

    def _leave(self) -> None:
        self.measuring.stop()
        self._waits = False
        self.view.open(KINDS.others, started=False)

    @property
    def _kind(self) -> Kind:
        return KINDS.others if self._game.single is None else KINDS[self._game.single.modality.kind]

    # --- the FID's weights ---

    def _look_for_weights(self) -> None:
        from ganstudio.data.known.known import is_here
        from ganstudio.data.published.weights import INCEPTION

        self.view.set_weights(is_here(INCEPTION))

    def _get_weights(self) -> None:
        from ganstudio.data.published.weights import INCEPTION

        self._fetcher.offer(INCEPTION, self._look_for_weights)
