"""Numbers that went wrong: which, at which step, and settings that may keep them from going wrong again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.presets import with_setting
from ganstudio.training.messages import SCALARS

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import StepPhase

RATES = ("optimisers.generator.learning_rate", "optimisers.discriminator.learning_rate")
_NAMES = {
    "d_loss": "D's loss",
    "g_loss": "G's loss",
    "d_real": "D(x)",
    "d_fake": "D(G(z))",
    "value": "the game's value",
    "d_gradient": "the gradient of D's weights",
    "g_gradient": "the gradient of G's weights",
}
_REST = "what D's features tell"
"""Of the columns behind: the codes' information, and how alike an autoencoder's codes are."""
_OF_GENERATOR = ("g_loss", "g_gradient")


def first_wrong(rows: npt.NDArray[np.float64], phase: StepPhase = "both") -> tuple[int, str] | None:
    """The index of the first of a trainer's rows with a number that is not finite, and which, as a clause.

    rows: (n, 2 + 7 or more), as ``Trainer.drain`` has them. phase: who moved in these steps; the other's are NaN.
    """
    values = rows[:, 2:]
    if phase == "both":
        columns = list(range(values.shape[1]))
    else:
        of_generator = phase == "generator"
        columns = [index for index, name in enumerate(SCALARS) if (name in _OF_GENERATOR) == of_generator]
    wrong = ~np.isfinite(values[:, columns])
    if not wrong.any():
        return None
    index = int(np.argmax(wrong.any(axis=1)))
    names = [_NAMES[SCALARS[column]] if column < len(SCALARS) else _REST for column in np.array(columns)[wrong[index]]]
    first, *others = dict.fromkeys(names)
    more = {0: "", 1: f", nor is {others[0] if others else ''}"}.get(
        len(others), f", nor are {len(others)} others of that step"
    )
    return index, f"{first} is no longer a finite number{more}"


def slower(experiment: Experiment, factor: float) -> Experiment:
    """The experiment with both players' learning rates times ``factor``, from 0 to 1."""
    for path in RATES:
        player = path.split(".")[1]
        rate = getattr(experiment.optimisers, player).learning_rate
        experiment = with_setting(experiment, path, rate * factor)
    return experiment
