"""Marks on the curves: where a setting was changed by hand, and where stages of the training begin."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from ganstudio.experiment import PyramidSpec
from ganstudio.gui.text.numbers import signed
from ganstudio.gui.text.words import setting_name, value_label
from ganstudio.presets import plan_of

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment
    from ganstudio.gui.game.model import Game
    from ganstudio.gui.plots.view import CurvesView
    from ganstudio.training.messages import Adjusted, Opened

_BEGINS = {"adversarial": "the game begins"}
_STAGED = ("stages", "arrangement.")
"""What the paths of settings begin with that say how long stages last."""


class CurveMarks:
    """Marks the curves of the open game."""

    def __init__(self, curves: CurvesView, game: Game) -> None:
        self._curves, self._game = curves, game

    def open(self, opened: Opened) -> None:
        """Mark the stages of a game that was opened."""
        self._mark_stages(opened.experiment, 0)

    def follow(self, event: Adjusted) -> None:
        """Mark a change by hand, and the stages that are still to come where it moves them."""
        if event.path.startswith("latent.") and event.path.endswith(".name"):
            return  # what a code is called changes nothing in the game
        if event.path.startswith(_STAGED):
            self._mark_stages(event.experiment, event.step)
        self._curves.mark(event.step, _told(event))

    def _mark_stages(self, experiment: Experiment, step: int) -> None:
        """Mark where stages that are still to come at a step begin, and the game after them."""
        plan, game = plan_of(experiment), self._game.single
        begins = [(one.first, one.kind) for one in plan]
        if plan and game is not None:
            begins.append((plan[-1].end, game.stages[-1][1]))
        self._curves.unmark(step)
        for first, kind in begins:
            if first and first >= step:
                self._curves.mark(first, _BEGINS.get(kind, f"{value_label(kind)} begins"))


def _told(event: Adjusted) -> str:
    """A change by hand, as the settings panel calls the setting and its value."""
    value = event.value
    if isinstance(spec := event.experiment.arrangement, PyramidSpec) and event.path == "arrangement.later":
        return f"The levels' shares of the steps are {' : '.join(map(str, spec.shares(max(1, event.step))))}"
    if event.path == "stages":
        told = ", ".join(value_label(one["kind"]) for one in value) or "none"
    elif isinstance(value, Mapping):
        told = value_label(value.get("kind", ""))
    elif isinstance(value, bool):
        told = "on" if value else "off"
    elif isinstance(value, str):
        told = value_label(value)
    else:
        told = signed(f"{value:,}" if isinstance(value, int) else f"{value}")
    return f"{setting_name(event.path)} = {told}"
