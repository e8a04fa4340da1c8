"""The settings that a run is gone on with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.presets import ExperimentError, is_changeable, with_setting

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment
    from ganstudio.run._checkpoints import Choice
    from ganstudio.run._folder import RunFolder


def in_force(folder: RunFolder, choice: Choice) -> tuple[Experiment, list[str]]:
    """The settings of a checkpoint, with what was changed after it was written and before the next step was made.

    Also returns what of that can't be, a sentence each. Raises ExperimentError where the run has no checkpoint and its
    own settings can't be read.
    """
    experiment, amiss = choice.experiment, []
    for change in folder.changes():
        if change.step == choice.step and is_changeable(change.path):
            try:
                experiment = with_setting(experiment, change.path, change.value)
            except ExperimentError as error:
                amiss.append(f"{change.path} stays as it was before step {change.step:,}: {error}")
    return experiment, amiss
