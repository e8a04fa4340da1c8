"""The stages before a game, in the menu Train: what each is and how long, and to skip or repeat one by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMenu

from ganstudio.gui.words import value_label
from ganstudio.presets import ExperimentError, plan_of, present, repeated
from ganstudio.training.messages import RepeatStage, SkipStage

if TYPE_CHECKING:
    from PySide6.QtGui import QAction

    from ganstudio.experiment import Experiment
    from ganstudio.gui.game.model import Game


class Staging(QObject):
    """Fills the submenu when it is opened; it is there for games that have stages."""

    def __init__(self, menu: QMenu, before: QAction | None, game: Game) -> None:
        super().__init__(menu)
        self._game = game
        self.menu = QMenu("S&tages", menu)
        self.menu.setObjectName("stages")
        self.menu.setToolTipsVisible(True)
        self._entry = self.menu.menuAction()
        menu.insertMenu(before, self.menu) if before is not None else menu.addMenu(self.menu)
        self.menu.aboutToShow.connect(self.fill)
        for signal in (game.opened, game.group_opened, game.failed):
            signal.connect(lambda _event: self._follow())
        self._follow()

    @property
    def _experiment(self) -> Experiment | None:
        single = self._game.single is not None and self._game.way_back is None
        return self._game.experiment if single else None

    def _follow(self) -> None:
        experiment = self._experiment
        self._entry.setVisible(experiment is not None and bool(plan_of(experiment)))

    def fill(self) -> None:
        """Offer what can be done at the present step."""
        self.menu.clear()
        if (experiment := self._experiment) is None:
            return
        game, now = self._game, present(experiment, self._game.step)
        if now is not None:
            skip = self.menu.addAction(f"&Skip the Rest of {value_label(now.kind)}")
            skip.setToolTip(f"End this stage at step {max(game.step, now.first + 1):,}, not {now.end:,}, and go on")
            skip.triggered.connect(lambda _on=False: game.act(SkipStage()))
            self.menu.addSeparator()
        for place, stage in enumerate(plan_of(experiment)):
            if stage.kind == "adversarial":
                continue  # the game, between a stage and its repetition
            lasts = f"steps {stage.first + 1:,} to {stage.end:,}"
            repeat = self.menu.addAction(f"Repeat {value_label(stage.kind)} ({lasts})")
            if stage == now:
                repeat.setText(f"&Begin {value_label(stage.kind)} Again from Here")
                repeat.setToolTip(f"It is to end at step {stage.end:,}, and then lasts {stage.steps:,} more from here")
            elif not (why_not := _why_not(experiment, game.step, place)):
                repeat.setToolTip(f"{stage.steps:,} more steps of it now; the game goes on after them")
            else:
                repeat.setEnabled(False)
                repeat.setToolTip("It is still to come" if now and stage.first >= now.end else why_not)
            repeat.triggered.connect(lambda _on=False, place=place: game.act(RepeatStage(place)))


def _why_not(experiment: Experiment, step: int, place: int) -> str:
    """Why the stage at a place of the plan can't be repeated now; "" where it can."""
    try:
        repeated(experiment, step, place)
    except ExperimentError as error:
        return str(error)
    return ""
