"""Two to four games on the same data from the same start, stepped in turn."""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import nn

from ganstudio.scalars import COMMON
from ganstudio.training.group.group import check_plane
from ganstudio.training.step.games import generator_of
from ganstudio.training.step.standing import set_shared_random, shared_random
from ganstudio.training.step.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    import numpy.typing as npt
    from torch import Tensor

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.networks import Generator, Inputs
    from ganstudio.training.messages import StepPhase
    from ganstudio.training.step.games import Kept

PLAYERS = ("generator", "discriminator")


def _looked_at(discriminator: nn.Module, points: Tensor) -> Tensor:
    """D's logits for points, D left as it is: asked in training it would count them among its minibatches."""
    discriminator.eval()
    logits: Tensor = discriminator(points)
    discriminator.train()
    return logits


class Duel:
    """A ``Group`` of ordinary trainers: each does bit for bit what it would do alone, with as many threads.

    Raises ValueError where the data are no points of the plane, or a network does not fit them.
    """

    def __init__(self, experiments: Sequence[Experiment], dataset: Dataset, device: torch.device) -> None:
        check_plane(dataset)
        self.experiments = tuple(experiments)
        self.dataset = dataset
        self.device = device
        self.trainers: list[Trainer] = []
        self._random: list[dict[str, Any]] = []
        for experiment in experiments:
            self.trainers.append(Trainer(experiment, dataset, device))
            self._random.append(shared_random(device))
        self.fixed_inputs = self.trainers[0].fixed_inputs
        self.scalars = COMMON

    @property
    def step_count(self) -> int:
        """Steps that every member has made."""
        return self.trainers[0].step_count

    def step(self, phase: StepPhase = "both") -> None:
        """One step of every member."""
        for index, trainer in enumerate(self.trainers):
            with self._own_random(index):
                trainer.step(phase)

    def adjust(self, experiments: Sequence[Experiment]) -> None:
        """Take over the live settings of ``experiments``, one a member, from the next step on.

        Raises ValueError, with nothing changed in any member, where one of them can't take its own.
        """
        for trainer, experiment in zip(self.trainers, experiments, strict=True):
            trainer.check(experiment)
        self.experiments = tuple(experiments)
        for trainer, experiment in zip(self.trainers, experiments, strict=True):
            trainer.adjust(experiment)

    def drain(self) -> npt.NDArray[np.float64]:
        """The scalars of every step since the last call: for each member rows as a Trainer's, (m, n, 2 + 7)."""
        return np.stack([trainer.drain()[:, : 2 + len(self.scalars)] for trainer in self.trainers])

    @property
    def member_seconds(self) -> tuple[float, ...]:
        """How long each member has been trained: they take turns."""
        return tuple(trainer.seconds for trainer in self.trainers)

    @property
    def seconds(self) -> float:
        """How long all of them together have been trained."""
        return sum(self.member_seconds)

    def generators(self, *, average: bool) -> nn.ModuleList:
        """All members' Gs as one network; their averages, if asked for."""
        return nn.ModuleList([generator_of(trainer, average=average) for trainer in self.trainers])

    def generate(self, inputs: Inputs, *, average: bool) -> Tensor:
        """What each member's G makes of the same inputs, (m, n, 2) in model units; its average, if asked for."""
        return self.made_by(self.generators(average=average), inputs)

    @torch.no_grad()
    def made_by(self, generators: nn.Module, inputs: Inputs) -> Tensor:
        """What a copy of ``generators`` makes of the same inputs, (m, n, 2) in model units."""
        return torch.stack([generator(inputs) for generator in generators.children()])

    def of_member(self, generators: nn.Module, index: int) -> nn.Module:
        """A member's own G out of a copy of ``generators``."""
        return list(generators.children())[index]

    @torch.no_grad()
    def judge(self, points: Tensor) -> Tensor:
        """Each D's logits (m, k) for points (k, 2) in model units."""
        return torch.stack([_looked_at(trainer.discriminator, points) for trainer in self.trainers])

    def freeze(self, *, average: bool) -> Callable[[int], Generator]:
        """All members' Gs as they are now, whatever the training makes of them."""
        frozen = [deepcopy(generator_of(trainer, average=average)) for trainer in self.trainers]
        return frozen.__getitem__

    @contextmanager
    def member(self, index: int) -> Iterator[Trainer]:
        """The member's trainer, to be saved."""
        with self._own_random(index):
            yield self.trainers[index]

    def parts(self) -> list[AbstractContextManager[Kept]]:
        """What a checkpoint holds apart: each member's trainer, within its own random stream."""
        return [self.member(index) for index in range(len(self.trainers))]

    def unequal_starts(self) -> list[str]:
        """The players whose weights are not the same in all members; before the first step: the initial ones."""
        return [player for player in PLAYERS if not self._are_equal(player)]

    def _are_equal(self, player: str) -> bool:
        first, *others = ([*getattr(trainer, player).parameters()] for trainer in self.trainers)
        return all(
            len(first) == len(other) and all(torch.equal(a, b) for a, b in zip(first, other, strict=True))
            for other in others
        )

    # A gradient penalty draws from torch's global stream, of which there is one; alone, each member has it to itself.

    @contextmanager
    def _own_random(self, index: int) -> Iterator[None]:
        set_shared_random(self.device, self._random[index])
        yield
        self._random[index] = shared_random(self.device)
