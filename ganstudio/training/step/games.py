"""One game or several with one clock, as those see them who look on: who measures, and who watches for what goes wrong.

Legend for names of tensors: m members, n samples.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    import numpy.typing as npt
    import torch
    from torch import Tensor, nn

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment, LatentSpec
    from ganstudio.latent import Prior
    from ganstudio.networks import Discriminator, Generator, Inputs
    from ganstudio.scalars import Scalar
    from ganstudio.training.messages import StepPhase
    from ganstudio.training.step.onlooking import Observer
    from ganstudio.training.step.optimisers import PlayerOptimiser
    from ganstudio.training.step.stages import Stage
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

    @property
    def seconds(self) -> float:
        """How long all of them together have been trained."""
        ...

    def generators(self, *, average: bool) -> nn.Module:
        """All members' Gs as one network, that of a single game itself; their averages, if asked for."""
        ...

    def generate(self, inputs: Inputs, *, average: bool) -> Tensor:
        """What each member's G makes of the same inputs, (m, n, *shape) in model units; its average, if asked for."""
        ...

    def freeze(self, *, average: bool) -> Callable[[int], Generator]:
        """All members' Gs as they are now, whatever the training makes of them: by index a copy of one's own."""
        ...


class Kept(Protocol):
    """What a checkpoint is of: a game, or a seed band, whose networks are one."""

    device: torch.device
    experiment: Experiment
    seconds: float
    step_count: int

    @property
    def optimisers(self) -> dict[str, PlayerOptimiser]:
        """Of all players, by their names in a checkpoint."""
        ...

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

    def networks(self) -> dict[str, nn.Module]:
        """All that has weights, by the name of its file in a checkpoint."""
        ...

    def state(self) -> dict[str, Any]:
        """Everything but the networks: tensors, numbers and strings."""
        ...

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over what ``state`` returned; the networks' weights are loaded apart."""
        ...


class Averaged(Protocol):
    """The average of a generator."""

    @property
    def module(self) -> Generator:
        """The generator with averaged weights."""
        ...


class System(Protocol):
    """Games that make samples together: what session, pictures, measures and checkpoints see.

    Of a single game it is the game itself. games: by name; "" is the one whose samples are shown. fixed_real: the real
    samples that what the fixed inputs are given was made of, in model units; None where they are given nothing.
    """

    dataset: Dataset
    device: torch.device
    experiment: Experiment
    fixed_inputs: Inputs
    fixed_real: Tensor | None
    latent: LatentSpec
    prior: Prior
    seconds: float
    step_count: int

    @property
    def games(self) -> Mapping[str, Trainer]:
        """Those that there are."""
        ...

    @property
    def generator(self) -> Generator:
        """From all latents to the sample."""
        ...

    @property
    def average(self) -> Averaged:
        """Its average, which is shown and kept."""
        ...

    @property
    def discriminator(self) -> Discriminator:
        """D of the game whose samples are shown."""
        ...

    @property
    def recogniser(self) -> nn.Module | None:
        """Q of that game, where there are codes."""
        ...

    @property
    def optimisers(self) -> dict[str, PlayerOptimiser]:
        """Of all players, by their names in a checkpoint."""
        ...

    @property
    def stages(self) -> tuple[Stage, ...]:
        """What steps are made of, in order; the last has no end."""
        ...

    @property
    def stage(self) -> Stage:
        """That of the next step."""
        ...

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """The numbers of a step, in the order of a row."""
        ...

    @property
    def names(self) -> tuple[str, ...]:
        """Their names."""
        ...

    def networks(self) -> dict[str, nn.Module]:
        """All that has weights, by the name of its file in a checkpoint: "generator", or "first.generator"."""
        ...

    def step(self, phase: StepPhase = "both", observer: Observer | None = None) -> None:
        """One step of the present stage; or, by hand, one move of each player on one side."""
        ...

    def check(self, experiment: Experiment) -> None:
        """Raise ValueError where the games can't be played like that."""
        ...

    def adjust(self, experiment: Experiment) -> None:
        """Take over live settings from the next step on. Raises ValueError, with nothing changed, as ``check``."""
        ...

    def drain(self) -> npt.NDArray[np.float64]:
        """The scalars of every step since the last call, (n, 2 + scalars); NaN where a step had no such number."""
        ...

    def absent(self, steps: npt.NDArray[np.float64], phase: StepPhase) -> npt.NDArray[np.bool_] | None:
        """Which numbers the steps of these numbers have by their stage not, (n, scalars); None: all are there."""
        ...

    def state(self) -> dict[str, Any]:
        """Everything but the networks: tensors, numbers and strings."""
        ...

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over what ``state`` returned; the networks' weights are loaded apart."""
        ...


class Solo:
    """A system as a group of one."""

    def __init__(self, trainer: System) -> None:
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

    @property
    def seconds(self) -> float:
        """How long it has been trained."""
        return self._trainer.seconds

    def generators(self, *, average: bool) -> nn.Module:
        """G, or its average."""
        return generator_of(self._trainer, average=average)

    def generate(self, inputs: Inputs, *, average: bool) -> Tensor:
        """The samples of these inputs, (1, n, *shape) in model units."""
        return generator_of(self._trainer, average=average)(inputs)[None]

    def freeze(self, *, average: bool) -> Callable[[int], Generator]:
        """G as it is now."""
        frozen = deepcopy(generator_of(self._trainer, average=average))
        return lambda _: frozen


def generator_of(trainer: System, *, average: bool) -> Generator:
    """The G that plays, or its average."""
    return trainer.average.module if average else trainer.generator
