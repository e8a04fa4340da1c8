"""Numbers that went wrong: which, at which step, and settings that may keep them from going wrong again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.presets import with_setting

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.scalars import Scalar
    from ganstudio.training.messages import StepPhase

RATES = ("optimisers.generator.learning_rate", "optimisers.discriminator.learning_rate")


def first_wrong(
    rows: npt.NDArray[np.float64],
    scalars: Sequence[Scalar],
    phase: StepPhase = "both",
    absent: npt.NDArray[np.bool_] | None = None,
) -> tuple[int, str] | None:
    """The index of the first of a trainer's rows with a number that is not finite, and which, as a clause.

    rows: (n, 2 + scalars), as ``Trainer.drain`` has them. phase: who moved in these steps; the other's are NaN.
    absent: (n, scalars), which of them their stage does not make.
    """
    columns = [index for index, scalar in enumerate(scalars) if phase == "both" or scalar.player in (None, phase)]
    values = rows[:, 2:][:, columns]
    left_out = np.array([scalars[column].sparse for column in columns]) & np.isnan(values)
    wrong = ~np.isfinite(values) & ~left_out
    if absent is not None:
        wrong &= ~absent[:, columns]
    if not wrong.any():
        return None
    index = int(np.argmax(wrong.any(axis=1)))
    names = [scalars[column].called or scalars[column].label for column in np.array(columns)[wrong[index]]]
    first, *others = dict.fromkeys(names)
    more = {0: "", 1: f", nor is {others[0] if others else ''}"}.get(
        len(others), f", nor are {len(others)} others of that step"
    )
    return index, f"{first} is no longer a finite number{more}"


def rates(experiment: Experiment) -> dict[str, float]:
    """The learning rates of all players, those set in the arrangement too, by their paths."""
    found = {path: getattr(experiment.optimisers, path.split(".")[1]).learning_rate for path in RATES}
    first = getattr(experiment.arrangement, "optimisers", None)
    if first is not None:
        found |= {f"arrangement.{path}": getattr(first, path.split(".")[1]).learning_rate for path in RATES}
    return found


def slower(experiment: Experiment, factor: float) -> Experiment:
    """The experiment with all players' learning rates times ``factor``, from 0 to 1."""
    for path, rate in rates(experiment).items():
        experiment = with_setting(experiment, path, rate * factor)
    return experiment
