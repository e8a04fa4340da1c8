"""Which settings a game that is trained can take: as its experiment is at the step at hand, or why it can't be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganstudio.presets import ExperimentError, check_past, is_changeable, with_setting, with_settings
from ganstudio.training.arrangements import games_and_data
from ganstudio.training.session.room import check_change

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ganstudio.experiment import Experiment
    from ganstudio.training.step.games import System


def changed(system: System, path: str, value: object) -> Experiment:
    """The experiment with one setting changed from the next step on.

    Raises ValueError where the setting is fixed once a run is going, can't have the value, is of what is over, takes
    more memory than there is, or does not suit the game's networks.
    """
    before = system.experiment
    if not is_changeable(path):
        raise ExperimentError(f"{path} can't change while a run is going; it takes effect on a new run")
    after = with_setting(before, path, value)
    check_past(before, after, system.step_count)
    games = games_and_data(before, system.dataset)
    for name, (one, data) in games_and_data(after, system.dataset).items():
        check_change([games[name][0]], [one], data, system.device)
    system.check(after)  # which refuses an objective that this D is not for
    return after


def restaged(system: System, change: Callable[[Experiment, int], Mapping[str, Any]]) -> Mapping[str, Any]:
    """The settings, by their paths, with which a stage is skipped or repeated: together they make an experiment.

    Raises ValueError as ``changed`` does, and where the stage can't be skipped or repeated.
    """
    before = system.experiment
    settings = change(before, system.step_count)
    after = with_settings(before, list(settings.items()))
    check_past(before, after, system.step_count)
    system.check(after)
    return settings
