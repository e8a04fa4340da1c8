"""One experiment with many seeds, as one batched computation.

Legend for names of tensors: s members, n samples, d latent dimensions, p weights of one network; x real samples,
g generated ones, in model units.
"""

from __future__ import annotations

import time
from contextlib import contextmanager, nullcontext
from copy import deepcopy
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganstudio.latent import draw_latents
from ganstudio.networks import Inputs
from ganstudio.objectives import Sight, build_objective
from ganstudio.scalars import COMMON
from ganstudio.training.group.group import check_plane, check_separable, check_stackable
from ganstudio.training.group.pending import Moves, Pending
from ganstudio.training.group.stacked import StackedMLP
from ganstudio.training.step.ema import ExponentialMovingAverage
from ganstudio.training.step.moves import moves_of
from ganstudio.training.step.optimisers import PlayerOptimiser
from ganstudio.training.step.schedules import instance_noise, learning_rate_factor
from ganstudio.training.step.standing import state_of, take_over
from ganstudio.training.step.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    import numpy.typing as npt
    from torch import Tensor, nn

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.networks import Generator
    from ganstudio.objectives import Game, Judge
    from ganstudio.training.messages import StepPhase
    from ganstudio.training.step.games import Kept
    from ganstudio.training.step.moves import Move


class Band:
    """A ``Group`` whose members differ in the seed alone.

    Initial weights, minibatches, latents and instance noise are drawn from each member's own streams, so that a member
    follows the single run with its seed up to rounding, which adversarial training blows up in the long run. Only what
    the Wasserstein penalty draws comes from one stream for all.

    To an objective the members' minibatches are one large minibatch of s * n samples. Its losses are means of terms
    with one sample, or one pair, each, so that s times the loss is the sum of the members' losses and the gradient in
    a member's weights is that of its own loss.

    Raises ValueError where the data are no points of the plane, the networks no perceptrons, or the objective has a
    term that is no such mean.
    """

    objective: Game

    def __init__(self, experiments: Sequence[Experiment], dataset: Dataset, device: torch.device) -> None:
        check_plane(dataset)
        self.dataset = dataset
        self.device = device
        self._members = [Trainer(experiment, dataset, device) for experiment in experiments]
        check_stackable(self._members)
        self.fixed_inputs = self._members[0].fixed_inputs
        self.scalars = COMMON
        self.generator = StackedMLP([member.generator for member in self._members])  # type: ignore[misc]
        self.discriminator = StackedMLP([member.discriminator for member in self._members])  # type: ignore[misc]
        self.average = ExponentialMovingAverage(self.generator)
        self.recogniser = None  # a band is trained without codes
        specs = experiments[0].optimisers
        self.optimisers = {
            "generator": PlayerOptimiser([self.generator.weights_sp], specs.generator),
            "discriminator": PlayerOptimiser([self.discriminator.weights_sp], specs.discriminator),
        }
        self._pending = Pending(len(self._members))
        self._noise = 0.0
        self.step_count = 0
        self.seconds = 0.0
        self.adjust(experiments)

    def adjust(self, experiments: Sequence[Experiment]) -> None:
        """Take over the live settings of ``experiments``, one a member, from the next step on.

        Raises ValueError, with nothing changed in any member, where one of them can't take its own.
        """
        for member, experiment in zip(self._members, experiments, strict=True):
            member.check(experiment)
            check_separable(experiment.objective)
        if self._pending.is_waiting:
            self._pending.settle(self.objective)
        self.experiments = tuple(experiments)
        self.experiment = experiments[0]
        self.objective = build_objective(self.experiment.objective)
        self.moves = moves_of(self.experiment, self.objective)
        self.optimisers["generator"].adjust(self.experiment.optimisers.generator)
        self.optimisers["discriminator"].adjust(self.experiment.optimisers.discriminator)

    # --- the step ---

    def step(self, phase: StepPhase = "both") -> None:
        """One step of every member: k moves of D and one of G; or, by hand, one move of one of them."""
        began = time.perf_counter()
        schedule = self.experiment.schedule
        self._noise = instance_noise(schedule, self.step_count)
        of_discriminator, of_generator = self.moves
        judged, d_gradient, answered, g_gradient = None, None, None, None
        if phase != "generator":
            for _ in range(of_discriminator.times if phase == "both" else 1):
                judged, d_gradient = self._move_discriminator(of_discriminator, by_hand=phase != "both")
        if phase != "discriminator":
            answered, g_gradient = self._move_generator(of_generator, by_hand=phase != "both")
            self.average.update(self.generator, schedule.average)
        self.step_count += 1
        self.seconds += time.perf_counter() - began
        self._pending.add(Moves(self.step_count, self.seconds, judged, d_gradient, answered, g_gradient))
        if phase != "both" or self._pending.is_full:
            self._pending.settle(self.objective)

    def _move_discriminator(self, move: Move, *, by_hand: bool) -> tuple[tuple[Tensor, Tensor], Tensor]:
        x = self._blurred(self._draw_real())
        latents = self._draw_latents()
        with torch.no_grad():
            g = self._blurred(self.generator(latents))
        sight = self._seen(latents, x, g, *self._judge(x.flatten(0, 1), g.flatten(0, 1)))
        gradient = self._descend(move, self.discriminator, sight, by_hand=by_hand)
        assert sight.real is not None
        return (sight.real.detach(), sight.fake.detach()), gradient

    def _move_generator(self, move: Move, *, by_hand: bool) -> tuple[tuple[Tensor, Tensor | None], Tensor]:
        latents = self._draw_latents()
        g = self._blurred(self.generator(latents))
        x = self._blurred(self._draw_real()) if move.pairs else None
        if x is not None:
            sight = self._seen(latents, x, g, *self._judge(x.flatten(0, 1), g.flatten(0, 1)))
        else:
            sight = self._seen(latents, None, g, None, self.discriminator(g).squeeze(2))
        gradient = self._descend(move, self.generator, sight, by_hand=by_hand)
        return (sight.fake.detach(), None if sight.real is None else sight.real.detach()), gradient

    def _seen(self, latents: Tensor, x: Tensor | None, g: Tensor, real: Tensor | None, fake: Tensor) -> Sight:
        """What a move has before it: samples (s * n, 2), logits (s, n)."""
        flat_x = None if x is None else x.flatten(0, 1)
        return Sight(inputs=Inputs(latents), x=flat_x, g=g.flatten(0, 1), real=real, fake=fake, asks=self)

    def slopes(self, sight: Sight, every: int) -> tuple[Judge, Tensor, Tensor]:
        """D as a penalty asks it, with each so many-th sample of every member's minibatch."""
        assert sight.x is not None, "a penalty is of D's move"
        shape = (len(self._members), -1, 2)
        some_x, some_g = (samples.view(shape)[:, ::every] for samples in (sight.x, sight.g))
        self._penalised = some_x.shape[1]
        return self._judge_flat, some_x.flatten(0, 1), some_g.flatten(0, 1)

    def _judge(self, flat_x: Tensor, flat_g: Tensor) -> tuple[Tensor, Tensor]:
        """D's logits (s, n) for real and generated samples (s * n, 2)."""
        shape = (len(self._members), -1, 2)
        x, g = flat_x.view(shape), flat_g.view(shape)
        real, fake = self.discriminator(torch.cat([x, g], 1)).squeeze(2).split([x.shape[1], g.shape[1]], 1)
        return real, fake

    def _judge_flat(self, samples: Tensor) -> Tensor:
        """D as a penalty asks it: one or more minibatches of (s * n, 2) behind one another, to as many logits."""
        members = len(self._members)
        count = samples.shape[0] // (members * self._penalised)
        batches = samples.view(count, members, self._penalised, 2).transpose(0, 1).flatten(1, 2)
        logits: Tensor = self.discriminator(batches).view(members, count, self._penalised).transpose(0, 1).flatten()
        return logits

    def _descend(self, move: Move, network: StackedMLP, sight: Sight, *, by_hand: bool) -> Tensor:
        move.add_up(sight, self.step_count, by_hand=by_hand)
        (gradient_sp,) = torch.autograd.grad(len(self._members) * sight.total, [network.weights_sp])
        factor = learning_rate_factor(self.experiment.schedule, self.step_count, move.player)
        self.optimisers[move.player].step((gradient_sp,), factor)
        norms: Tensor = torch.linalg.vector_norm(gradient_sp, dim=1)
        return norms

    def _draw_real(self) -> Tensor:
        count = self.experiment.schedule.batch_size
        samples = np.stack([self.dataset.draw(count, member.data_random) for member in self._members])
        return torch.from_numpy(samples).to(self.device)

    def _draw_latents(self) -> Tensor:
        spec, count = self.experiment.latent, self.experiment.schedule.batch_size
        return torch.stack([draw_latents(spec, count, member.latent_random) for member in self._members])

    def _blurred(self, samples: Tensor) -> Tensor:
        if self._noise == 0:
            return samples
        shape = samples.shape[1:]
        noise = [torch.randn(shape, generator=m.latent_random, device=self.device) for m in self._members]
        return samples + self._noise * torch.stack(noise)

    # --- what is read from it ---

    def drain(self) -> npt.NDArray[np.float64]:
        """The scalars of every step since the last call: for each member rows as a Trainer's, (s, n, 2 + 7)."""
        self._pending.settle(self.objective)
        return self._pending.drain()

    @property
    def member_seconds(self) -> tuple[float, ...]:
        """How long each member has been trained: all together."""
        return (self.seconds,) * len(self._members)

    def generators(self, *, average: bool) -> StackedMLP:
        """All members' Gs as one network; their averages, if asked for."""
        return self.average.module if average else self.generator

    def generate(self, inputs: Inputs, *, average: bool) -> Tensor:
        """What each member's G makes of the same inputs, (s, n, 2) in model units; its average, if asked for."""
        return self.made_by(self.generators(average=average), inputs)

    @torch.no_grad()
    def made_by(self, generators: nn.Module, inputs: Inputs) -> Tensor:
        """What a copy of ``generators`` makes of the same inputs, (s, n, 2) in model units."""
        samples: Tensor = generators(inputs.latents.expand(len(self._members), -1, -1))
        return samples

    def of_member(self, generators: nn.Module, index: int) -> Generator:
        """A member's own G out of a copy of ``generators``."""
        assert isinstance(generators, StackedMLP)
        generator = deepcopy(self._members[index].generator)
        generators.hand_out(index, generator)
        return generator

    @torch.no_grad()
    def judge(self, points: Tensor) -> Tensor:
        """Each D's logits (s, k) for points (k, 2) in model units."""
        logits: Tensor = self.discriminator(points.expand(len(self._members), -1, -1))
        return logits.squeeze(2)

    def freeze(self, *, average: bool) -> Callable[[int], Generator]:
        """All members' Gs as they are now, whatever the training makes of them: by index a copy of one's own."""
        return partial(self.of_member, deepcopy(self.generators(average=average)))

    def parts(self) -> list[AbstractContextManager[Kept]]:
        """What a checkpoint holds apart: one thing, the stacked weights of all."""
        return [nullcontext(self)]

    def networks(self) -> dict[str, nn.Module]:
        """The stacked players and the average, by their files in a checkpoint."""
        return {"generator": self.generator, "average": self.average.module, "discriminator": self.discriminator}

    def state(self) -> dict[str, Any]:
        """Everything but the networks that the next steps depend on; the members' streams in their order."""
        return state_of(
            self,
            latent_random=[member.latent_random.get_state() for member in self._members],
            data_random=[member.data_random.bit_generator.state for member in self._members],
        )

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over what ``state`` returned; the networks' weights are loaded apart."""
        take_over(self, state)
        streams = zip(self._members, state["latent_random"], state["data_random"], strict=True)
        for member, latent_random, data_random in streams:
            member.latent_random.set_state(latent_random)
            member.data_random.bit_generator.state = data_random

    @contextmanager
    def member(self, index: int) -> Iterator[Trainer]:
        """A trainer with the member's weights, averages, optimisers' states and random streams."""
        trainer = self._members[index]
        trainer.adjust(self.experiments[index])
        self.generator.hand_out(index, trainer.generator)
        self.discriminator.hand_out(index, trainer.discriminator)
        self.generators(average=True).hand_out(index, trainer.average.module)
        optimisers = {
            player: network.member_state(self.optimisers[player].state(), index)
            for player, network in (("generator", self.generator), ("discriminator", self.discriminator))
        }
        done = {"step": self.step_count, "seconds": self.seconds, "average_updates": self.average.updates}
        trainer.load_state(trainer.state() | done | {"optimisers": optimisers})
        yield trainer
