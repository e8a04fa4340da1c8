"""What a schedule makes of the settings step by step: rates that fall, noise and penalties that fade. No torch, no Qt.

The trainer takes its values from here, and the window shows the same next to the settings.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.experiment import EARLY_WEIGHT, ReaderBase
from ganstudio.scalars import PLAYERS

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment, ScheduleSpec
    from ganstudio.scalars import Player

GEOMETRIC_END = 0.01
"""Share of the learning rate that is left where it fell by the same factor each step."""


def instance_noise(schedule: ScheduleSpec, step: int) -> float:
    """Standard deviation of the instance noise at ``step``, model units: falls in a line to 0, or by a constant factor.

    Sønderby et al. 2016 (arXiv:1610.04490), Huszár 2016: noise on both kinds of samples lets narrow supports overlap,
    so that G is shown the way to every mode before they part. V then bounds the JSD of the two blurred distributions,
    which is never more than that of the sharp ones. A constant factor gives each scale as many steps as any other, as
    in the noise levels of Song and Ermon 2019 (arXiv:1907.05600).
    """
    share = step / (schedule.noise_share * schedule.steps)
    if share >= 1:
        return 0.0
    if 0 < schedule.noise_end < schedule.instance_noise:
        return float(schedule.instance_noise * (schedule.noise_end / schedule.instance_noise) ** share)
    return schedule.instance_noise * (1 - share)


def penalty_factor(objective: object, schedule: ScheduleSpec, step: int) -> float:
    """How much of its weight the objective's penalty has at ``step``: 1, or falling with the noise, or by itself.

    Noise of deviation s lets the best D have slopes of the order of 1 / s and no steeper ones: weighed with s^2, their
    penalty stays what it was beside the rest of the loss. R3GAN lowers its gamma as it goes, too (Huang et al. 2024).

    Without noise a penalty of weight gamma blurs what D tells over a length of some 2 sqrt(gamma), model units: of what
    is finer, such as the width of a mode, G is told little. It falls to ``penalty_end`` by the same factor each step.
    """
    fallen = (step / schedule.steps - schedule.penalty_start) / schedule.penalty_span
    factor: float = schedule.penalty_end ** min(1.0, max(0.0, fallen))
    if not getattr(objective, "fades", False) or schedule.instance_noise == 0:
        return factor
    return factor * (instance_noise(schedule, step) / schedule.instance_noise) ** 2


def learning_rate_factor(schedule: ScheduleSpec, step: int, player: Player) -> float:
    """Share of a player's learning rate at ``step``: 1, then falling just after the last step to 0 or GEOMETRIC_END.

    D's is a power of G's.
    """
    start = schedule.decay_start * schedule.steps
    if schedule.decay == "none" or step < start:
        return 1.0
    left = max(0.0, (schedule.steps - step) / (schedule.steps - start))
    factor = left if schedule.decay == "linear" else GEOMETRIC_END ** (1 - left)
    return factor if player == "generator" else factor**schedule.discriminator_decay


def average_memory(decay: float, updates: int) -> float:
    """Share of the average of G's weights that an update keeps: it is warmed up over the first ones."""
    return min(decay, (1 + updates) / (10 + updates))


def of_game(experiment: Experiment, step: int) -> tuple[Experiment, int]:
    """The game that follows the stages, as if it were alone, and how many of its steps were made before ``step``.

    Its schedule's shares are of the steps that are left for it; in the stages before it stands where it begins.
    """
    if not experiment.stages:
        return experiment, step
    before, schedule = sum(stage.steps for stage in experiment.stages), experiment.schedule
    alone = {"schedule": schedule.model_copy(update={"steps": max(1, schedule.steps - before)}), "stages": ()}
    return experiment.model_copy(update=alone), max(0, step - before)


def in_force(experiment: Experiment, step: int) -> dict[str, float]:
    """The values that the next step takes, where a schedule makes them others than the settings say, by their path.

    step: how many were made. Of a penalty that is taken every so many steps it is the weight on the average. Moves by
    hand of one player alone are steps of the schedule too, but not of the average of G's weights.
    """
    factor = _of_stage(experiment, step)
    experiment, step = of_game(experiment, step)
    schedule, objective = experiment.schedule, experiment.objective
    found = {
        f"optimisers.{player}.learning_rate": getattr(experiment.optimisers, player).learning_rate
        * learning_rate_factor(schedule, step, player)
        for player in PLAYERS
    }
    found["optimisers.generator.learning_rate"] *= factor
    found["schedule.instance_noise"] = instance_noise(schedule, step)
    found["schedule.average"] = average_memory(schedule.average, step)
    for name in ("gamma", "penalty"):
        if (weight := getattr(objective, name, None)) is not None:
            found[f"objective.{name}"] = weight * penalty_factor(objective, schedule, step)
    if head_start(experiment, step):
        for index, code in enumerate(experiment.latent.codes):
            if code.kind == "categorical":
                found[f"latent.codes.{index}.weight"] = EARLY_WEIGHT * code.weight
    return found


def _of_stage(experiment: Experiment, step: int) -> float:
    """What the stage of the next step multiplies G's learning rate by."""
    for spec in experiment.stages:
        if step < spec.steps:
            return 1.0 if isinstance(spec, ReaderBase) else spec.factor(step / spec.steps)
        step -= spec.steps
    return 1.0


def head_start(experiment: Experiment, step: int) -> bool:
    """Whether Q still learns its categories from views of real images before all."""
    spec = experiment.recogniser
    return bool(spec.consistency) and step < spec.head_start * experiment.schedule.steps
