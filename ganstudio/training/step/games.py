"""One game or several with one clock, as those see them who look on: who measures, and who watches for what goes wrong.

Legend for names of tensors: m members, n samples.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    import torch
    from torch import Tensor, nn

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.networks import Generator, Inputs
    from ganstudio.scalars import Scalar
    from ganstudio.training.step.ema import ExponentialMovingAverage
    from ganstudio.training.step.optimisers import PlayerOptimiser
    from ganstudio.training.step.trainer import Trainer


MOST_IN_A_DUEL = 4


class Games(Protocol):
    """experiments: the settings in force, one a member."""

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """The settings in force, one a member."""
        ...

    @property
    def dataset(self) -> Dataset:
        """p_data, the same for all."""
        ...

    @property
    def device(self) -> torch.device:
        """Where all of them are computed."""
        ...

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """The numbers that each step of every member has, in the order of a row behind step and seconds."""
        ...

    @property
    def step_count(self) -> int:
        """Steps that every member has made."""
        ...

    @property
    def member_seconds(self) -> tuple[float, ...]:
        """How long each member has been trained."""
        ...

    def generate(self, inputs: Inputs, *, average: bool) -> Tensor:
        """What each member's G makes of the same inputs, (m, n, *shape) in model units; its average, if asked for."""
        ...

    def freeze(self, *, average: bool) -> Callable[[int], Generator]:
        """All members' Gs as they are now, whatever the training makes of them: by index a copy of one's own."""
        ...


class Kept(Protocol):
    """What a checkpoint is of: a game, or a seed band, whose networks are one."""

    average: ExponentialMovingAverage[Any]
    device: torch.device
    experiment: Experiment
    optimisers: dict[str, PlayerOptimiser]
    seconds: float
    step_count: int

    @property
    def generator(self) -> nn.Module:
        """G, or those of a band, stacked."""
        ...

    @property
    def discriminator(self) -> nn.Module:
        """D, or those of a band, stacked."""
        ...

    @property
    def recogniser(self) -> nn.Module | None:
        """Q, where there are codes."""
        ...

    def state(self) -> dict[str, Any]:
        """Everything but the networks: tensors, numbers and strings."""
        ...

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over what ``state`` returned; the networks' weights are loaded apart."""
        ...


class Solo:
    """A single game as a group of one."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self.dataset = trainer.dataset
        self.device = trainer.device

    @property
    def experiments(self) -> tuple[Experiment, ...]:
        """The settings in force."""
        return (self._trainer.experiment,)

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """The numbers of each step."""
        return self._trainer.scalars

    @property
    def step_count(self) -> int:
        """Steps made."""
        return self._trainer.step_count

    @property
    def member_seconds(self) -> tuple[float, ...]:
        """How long it has been trained."""
        return (self._trainer.seconds,)

    def generate(self, inputs: Inputs, *, average: bool) -> Tensor:
        """The samples of these inputs, (1, n, *shape) in model units."""
        return generator_of(self._trainer, average=average)(inputs)[None]

    def freeze(self, *, average: bool) -> Callable[[int], Generator]:
        """G as it is now."""
        frozen = deepcopy(generator_of(self._trainer, average=average))
        return lambda _: frozen


def generator_of(trainer: Trainer, *, average: bool) -> Generator:
    """The G that plays, or its average."""
    return trainer.average.module if average else trainer.generator
