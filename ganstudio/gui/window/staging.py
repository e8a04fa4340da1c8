"""The stages before a game, in the menu Train: what each is and how long, and to skip or repeat one by hand."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMenu

from ganstudio.gui.game.undo import Turn
from ganstudio.gui.parts.chips import steps_text
from ganstudio.gui.settings.values import has_all, plain_at
from ganstudio.gui.text.words import value_label
from ganstudio.presets import ExperimentError, plan_of, present, repeated, skipped
from ganstudio.training.messages import RepeatStage, Restage, SkipStage

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QAction

    from ganstudio.experiment import Experiment
    from ganstudio.gui.game.model import Game
    from ganstudio.gui.settings.values import Settings
    from ganstudio.training.messages import Adjusted

    Change = Callable[[Experiment, int], Mapping[str, object]]


class Staging(QObject):
    """Fills the submenu when it is opened; it is there for games that have stages.

    ``turned`` carries what was skipped or repeated as one ``Turn``, whose sides are settings.
    """

    turned = Signal(object)

    def __init__(self, menu: QMenu, before: QAction | None, game: Game) -> None:
        super().__init__(menu)
        self._game = game
        self._asked: tuple[str, Change, Experiment] | None = None
        self.menu = QMenu("S&tages", menu)
        self.menu.setObjectName("stages")
        self.menu.setToolTipsVisible(True)
        self._entry = self.menu.menuAction()
        menu.insertMenu(before, self.menu) if before is not None else menu.addMenu(self.menu)
        self.menu.aboutToShow.connect(self.fill)
        for signal in (game.opened, game.group_opened, game.failed):
            signal.connect(lambda _event: self._follow())
        game.adjusted.connect(self._on_adjusted)
        game.notice.connect(lambda event: self._expect(None) if event.setting else None)  # nothing was changed
        game.broken.connect(lambda _event: self._expect(None))
        self._follow()

    @property
    def _experiment(self) -> Experiment | None:
        single = self._game.single is not None and self._game.way_back is None
        return self._game.experiment if single else None

    # --- a Turned ---

    def put(self, settings: Settings) -> None:
        """Have the stages as they were; where steps have been made since, the game says why it can't be."""
        self._game.act(Restage(settings))

    def stands(self, settings: Settings) -> bool:
        """Whether the game has these."""
        return self._experiment is not None and has_all(self._experiment, settings)

    def takes(self, _settings: Settings) -> bool:
        """Whether there is a game that may have them."""
        return self._experiment is not None

    def _skip(self, kind: str) -> None:
        self._expect((f"Skip {value_label(kind)}", skipped))
        self._game.act(SkipStage())

    def _repeat(self, kind: str, place: int) -> None:
        self._expect((f"Repeat {value_label(kind)}", partial(repeated, place=place)))
        self._game.act(RepeatStage(place))

    def _expect(self, asked: tuple[str, Change] | None) -> None:
        experiment = self._experiment
        self._asked = None if asked is None or experiment is None else (*asked, experiment)

    def _on_adjusted(self, event: Adjusted) -> None:
        """Remember the whole of what was asked for, at the first of its settings that is in force."""
        if self._asked is None:
            return
        name, change, before = self._asked
        with suppress(ExperimentError):
            settings = change(before, event.step)
            if event.path in settings and settings[event.path] == event.value:
                self._asked = None
                sides = tuple((path, plain_at(before, path)) for path in settings), tuple(settings.items())
                self.turned.emit(Turn(of=self, name=name, before=sides[0], after=sides[1]))
                return
        self._expect((name, change))  # from what was changed before that

    # --- the menu ---

    def _follow(self) -> None:
        self._expect(None)  # what was asked of the game before is not this one's
        experiment = self._experiment
        self._entry.setVisible(experiment is not None and bool(plan_of(experiment)))

    def fill(self) -> None:
        """Offer what can be done at the present step."""
        self.menu.clear()
        if (experiment := self._experiment) is None:
            return
        from ganstudio.modalities import counted  # with numpy: not before the window is painted

        game, now = self._game, present(experiment, self._game.step)
        if now is not None:
            skip = self.menu.addAction(f"&Skip the Rest of {value_label(now.kind)}")
            skip.setToolTip(f"End this stage at step {max(game.step, now.first + 1):,}, not {now.end:,}, and go on")
            skip.triggered.connect(lambda _on=False: self._skip(now.kind))
            self.menu.addSeparator()
        for place, stage in enumerate(plan_of(experiment)):
            if stage.kind == "adversarial":
                continue  # the game, between a stage and its repetition
            lasts = steps_text((stage.first + 1, stage.end))
            repeat = self.menu.addAction(f"Repeat {value_label(stage.kind)} ({lasts})")
            if stage == now:
                repeat.setText(f"&Begin {value_label(stage.kind)} Again from Here")
                repeat.setToolTip(f"It is to end at step {stage.end:,}, and then lasts {stage.steps:,} more from here")
            elif not (why_not := _why_not(experiment, game.step, place)):
                repeat.setToolTip(f"{counted(stage.steps, 'more step')} of it now; then the game goes on")
            else:
                repeat.setEnabled(False)
                repeat.setToolTip("It is still to come" if now and stage.first >= now.end else why_not)
            repeat.triggered.connect(lambda _on=False, kind=stage.kind, place=place: self._repeat(kind, place))


def _why_not(experiment: Experiment, step: int, place: int) -> str:
    """Why the stage at a place of the plan can't be repeated now; "" where it can."""
    try:
        repeated(experiment, step, place)
    except ExperimentError as error:
        return str(error)
    return ""
