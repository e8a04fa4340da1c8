"""A player's optimiser, whose settings and kind may change between any two steps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from ganstudio.experiment import AdamSpec, RMSpropSpec, SGDSpec
from ganstudio.networks.descent import build_optimiser, descend, laid_out_as

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor, nn

    from ganstudio.experiment import ScheduleSpec, Spec
    from ganstudio.objectives import Objective
    from ganstudio.training.onlooking import Player

Parameters = list["nn.Parameter"]

GEOMETRIC_END = 0.01
"""Share of the learning rate that is left where it fell by the same factor each step."""


def _adam(spec: AdamSpec) -> dict[str, Any]:
    return {"betas": (spec.beta1, spec.beta2), "weight_decay": spec.weight_decay}


def _rmsprop(spec: RMSpropSpec) -> dict[str, Any]:
    return {"alpha": spec.alpha}


def _sgd(spec: SGDSpec) -> dict[str, Any]:
    return {"momentum": spec.momentum}


# The fused forms are 15-30 % faster on a processor than the loop and foreach forms (measured); RMSprop has none.
FAMILIES: dict[type[Spec], tuple[Callable[..., torch.optim.Optimizer], Callable[[Any], dict[str, Any]], dict[str, Any]]]
FAMILIES = {
    AdamSpec: (torch.optim.Adam, _adam, {"fused": True}),
    RMSpropSpec: (torch.optim.RMSprop, _rmsprop, {}),
    SGDSpec: (torch.optim.SGD, _sgd, {"fused": True}),
}

STATES: dict[type[Spec], tuple[str, ...]]
STATES = {
    AdamSpec: ("step", "exp_avg", "exp_avg_sq"),
    RMSpropSpec: ("step", "square_avg"),
    SGDSpec: ("momentum_buffer",),
}
"""What torch keeps of each weight: a count of steps, and tensors like the weight."""


class PlayerOptimiser:
    """Moves one player. Each kind of optimiser that was used keeps its state, so that switching back loses nothing."""

    def __init__(self, parameters: Parameters, spec: Any) -> None:
        self.parameters = parameters
        self._kinds: dict[str, torch.optim.Optimizer] = {}
        self.adjust(spec)

    def adjust(self, spec: Any) -> None:
        """Take other settings, or another kind, from the next step on."""
        build, settings, fused = FAMILIES[type(spec)]
        if spec.kind not in self._kinds:
            extra = fused if self.parameters[0].device.type in ("cpu", "cuda") else {}
            self._kinds[spec.kind] = build_optimiser(
                build, self.parameters, lr=spec.learning_rate, **settings(spec), **extra
            )
        self.spec = spec
        self._optimiser = self._kinds[spec.kind]
        for group in self._optimiser.param_groups:
            group.update(settings(spec))

    def step(self, gradients: tuple[Tensor, ...], factor: float) -> None:
        """Move along the gradients with the learning rate times ``factor``."""
        for group in self._optimiser.param_groups:
            group["lr"] = self.spec.learning_rate * factor
        descend(self._optimiser, self.parameters, gradients)

    def state(self) -> dict[str, Any]:
        """Return every kind's state, for a checkpoint."""
        return {kind: optimiser.state_dict() for kind, optimiser in self._kinds.items()}

    @staticmethod
    def kinds_of_state() -> dict[str, tuple[str, ...]]:
        """The names of what each kind keeps of a weight."""
        return {getattr(spec_type(), "kind", ""): names for spec_type, names in STATES.items()}

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over what ``state`` returned, but for the settings in it: these are the experiment's.

        Its tensors must be those of this player (``state.read_training`` sees to it): torch does not look at them.
        """
        current = self.spec
        for spec_type in FAMILIES:
            spec = spec_type()
            if (kind := getattr(spec, "kind", "")) in state:
                self.adjust(current if kind == current.kind else spec)
                groups = self._kinds[kind].state_dict()["param_groups"]
                self._kinds[kind].load_state_dict({"state": state[kind]["state"], "param_groups": groups})
                self._lay_out(self._kinds[kind])
        self.adjust(current)

    def _lay_out(self, optimiser: torch.optim.Optimizer) -> None:
        """Averages of gradients lie in memory as their weights do, also those of a run that was kept otherwise."""
        for weight in self.parameters:
            averages = optimiser.state[weight]
            for name, values in averages.items():
                if torch.is_tensor(values) and values.shape == weight.shape:
                    averages[name] = laid_out_as(weight.detach(), values)


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


def penalty_factor(objective: Objective, schedule: ScheduleSpec, step: int, *, by_hand: bool = False) -> float:
    """How much of its weight the objective's penalty has at ``step``: 1, or falling with the noise, or by itself.

    Noise of deviation s lets the best D have slopes of the order of 1 / s and no steeper ones: weighed with s^2, their
    penalty stays what it was beside the rest of the loss. R3GAN lowers its gamma as it goes, too (Huang et al. 2024).

    Without noise a penalty of weight gamma blurs what D tells over a length of some 2 sqrt(gamma), model units: of what
    is finer, such as the width of a mode, G is told little. It falls to ``penalty_end`` by the same factor each step.

    Of every ``penalty_interval`` steps one bears the weight of all, and the others do without the second derivative:
    lazy regularisation (Karras et al. 2020, arXiv:1912.04958). A move that D makes by hand bears its own weight: taking
    turns with G's, D's would else fall on steps without a penalty, or on those with that of all.
    """
    interval = 1 if by_hand else schedule.penalty_interval
    if step % interval:
        return 0.0
    fallen = (step / schedule.steps - schedule.penalty_start) / schedule.penalty_span
    factor: float = interval * schedule.penalty_end ** min(1.0, max(0.0, fallen))
    if not objective.fades or schedule.instance_noise == 0:
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
