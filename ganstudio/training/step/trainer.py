"""One game: the networks, their optimisers, and the step in which they take turns. No files, no clocks but one.

Legend for names of tensors: n samples, d latent dimensions; x real samples, g generated ones, in model units; y their
classes, one-hot.
"""

from __future__ import annotations

import time
from copy import deepcopy
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from ganstudio.latent import Prior, learnt_shape
from ganstudio.networks import (
    build_discriminator,
    build_generator,
    build_reader,
    build_recogniser,
)
from ganstudio.objectives import Sight, build_objective
from ganstudio.presets import check_game
from ganstudio.training.step.augmentation import CHANGEABLE
from ganstudio.training.step.ema import ExponentialMovingAverage, copy_into
from ganstudio.training.step.moves import GRADIENTS, scalars_of
from ganstudio.training.step.onlooking import Observer
from ganstudio.training.step.optimisers import PlayerOptimiser
from ganstudio.training.step.rows import Rows
from ganstudio.training.step.schedules import instance_noise, learning_rate_factor, of_game
from ganstudio.training.step.sights import Sights
from ganstudio.training.step.stages import (
    KEPT,
    all_moves,
    check_parts,
    check_stages,
    check_with_gradient,
    check_without_gradient,
    keeps,
    reader_of,
    stages_of,
)
from ganstudio.training.step.standing import state_of, take_over
from ganstudio.training.step.starting import show_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt
    from torch import nn

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.scalars import Player
    from ganstudio.training.messages import StepPhase
    from ganstudio.training.step.moves import Move
    from ganstudio.training.step.stages import Stage


_NOBODY = Observer()


class Trainer:
    """Trains G against D on one device. Everything random comes from the experiment's seed.

    Raises ValueError where the networks can't make or judge such data, or D is not one for the objective.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, device: torch.device) -> None:
        self.dataset = dataset
        self.device = device
        self.games: Mapping[str, Trainer] = {"": self}
        seeds = np.random.SeedSequence(experiment.seed).generate_state(4).tolist()
        torch.manual_seed(seeds[0])  # the networks' initial weights, and what a gradient penalty draws
        self.prior = Prior.of(experiment, dataset)
        self.latent, self._given = self.prior.space, self.prior.sampler.shape
        self.generator = build_generator(experiment.generator, self.latent.width, dataset.shape, self._given)
        check_parts(experiment, self.prior.sampler, any_size=self.generator.any_size)
        show_data(self.generator, dataset, seeds[1])
        self.generator.to(device)
        shown = self._given if experiment.given.judged else None
        seen = learnt_shape(self.prior.sampler, dataset.shape)
        self.discriminator = build_discriminator(experiment.discriminator, seen, self.latent, shown).to(device)
        self.recogniser = build_recogniser(experiment.recogniser, self.discriminator, experiment.latent)
        if self.recogniser is not None:
            self.recogniser.to(device)
        check_stages(
            experiment,
            differentiable=self.generator.differentiable,
            tells_likelihood=self.generator.tells_likelihood,
        )
        learns = reader_of(experiment)
        self.reader = None if learns is None else build_reader(learns, dataset.shape, self._given).to(device)
        self.average = ExponentialMovingAverage(self.generator)
        # G as the last content stage left it, which the game's own G is held against and mixed with.
        self.kept = deepcopy(self.average.module) if keeps(experiment) else None
        self.data_random = np.random.default_rng(seeds[1])
        self.latent_random = torch.Generator(device).manual_seed(seeds[2])
        fixed = torch.Generator(device).manual_seed(seeds[3])
        self.fixed_inputs, self.fixed_real = self.prior.looked_at(dataset.modality, fixed)
        self.optimisers = {
            "generator": PlayerOptimiser(list(self.generator.parameters()), experiment.optimisers.generator),
            "discriminator": PlayerOptimiser(
                # Q learns on D's trunk, in D's moves.
                [*self.discriminator.parameters(), *(self.recogniser.parameters() if self.recogniser else ())],
                experiment.optimisers.discriminator,
            ),
        }
        if learns is not None and self.reader is not None:
            self.optimisers["reader"] = PlayerOptimiser(list(self.reader.parameters()), learns.optimiser)
        self._rows = Rows(device)
        self._tell, self._silent = self._rows.tell, self._rows.silent
        self.sights = Sights(
            self.prior,
            self.generator,
            self.discriminator,
            data_random=self.data_random,
            latent_random=self.latent_random,
            device=device,
            silent=self._silent,
        )
        self._clock, self._schedule = 0, experiment.schedule
        self.step_count = 0
        self.seconds = 0.0
        self.adjust(experiment)

    def adjust(self, experiment: Experiment) -> None:
        """Take over the live settings of ``experiment`` from the next step on; states and weights stay.

        Raises ValueError, with nothing changed, as ``check`` does.
        """
        self.check(experiment)
        self.experiment = experiment
        self.sights.adjust(experiment)
        self.objective = build_objective(experiment.objective)
        self.stages = stages_of(self)
        self.moves = self.stages[-1].moves
        self.scalars = scalars_of(all_moves(self.stages))
        self.names = tuple(scalar.name for scalar in self.scalars)
        self.optimisers["generator"].adjust(experiment.optimisers.generator)
        self.optimisers["discriminator"].adjust(experiment.optimisers.discriminator)
        if (learns := reader_of(experiment)) is not None:
            self.optimisers["reader"].adjust(learns.optimiser)

    def check(self, experiment: Experiment) -> None:
        """Raise ValueError where D is not for the objective, or samples are to be changed that can't be.

        And where a stage or the objective asks for what this G does not have.
        """
        check_game(experiment)
        check_stages(
            experiment,
            differentiable=self.generator.differentiable,
            tells_likelihood=self.generator.tells_likelihood,
        )
        if self.generator.differentiable:
            check_with_gradient(experiment)
        else:
            check_without_gradient(experiment)
        if CHANGEABLE[self.dataset.modality.kind]:
            return
        many = self.dataset.modality.words.many
        if any(experiment.augmentation.model_dump().values()):
            raise ValueError(f"augmentation: is for images, but the data are {many}: set its strengths to 0")
        if experiment.recogniser.compares:
            name = "consistency" if experiment.recogniser.consistency else "equivariance"
            raise ValueError(f"recogniser.{name}: is of views of images, but the data are {many}: set it to 0")

    # --- the step ---

    def step(self, phase: StepPhase = "both", observer: Observer | None = None) -> None:
        """One step: the moves of its stage, in the game k of D and one of G; or, by hand, one of one of them."""
        observer = observer or _NOBODY
        began, waited = time.perf_counter(), observer.seconds
        stage, (game, self._clock) = self.stage, of_game(self.experiment, self.step_count)
        schedule = self._schedule = game.schedule
        self.sights.noise = instance_noise(schedule, self._clock)
        self._rows.begin()
        by_hand = phase != "both"
        # Before the game no steps are counted, of which one would bear the weight of several.
        own_weight = by_hand or stage.end is not None
        for move in stage.moves_of(phase):
            for _ in range(1 if by_hand else move.times):
                self._make(move, observer, by_hand=own_weight)
            if move.player == "generator":
                self.average.update(self.generator, schedule.average)
        if self.kept is not None and stage.keeps:
            copy_into(self.kept, self.average.module)
        row = self._rows.stacked(self.names)
        self.step_count += 1
        self.seconds += time.perf_counter() - began - (observer.seconds - waited)
        self._rows.add(self.step_count, self.seconds, self.names, row)

    @property
    def stage(self) -> Stage:
        """That of the next step."""
        return next(stage for stage in self.stages if stage.end is None or self.step_count < stage.end)

    def absent(self, steps: npt.NDArray[np.float64], phase: StepPhase) -> npt.NDArray[np.bool_] | None:
        """Which numbers the steps of these numbers don't have, (n, scalars), as their stage does not make them.

        None: they have all that the phase has.
        """
        if not self.experiment.stages:
            return None
        ends = [stage.end for stage in self.stages if stage.end is not None]
        lacks = np.array([[name not in stage.told(phase) for name in self.names] for stage in self.stages])
        found: npt.NDArray[np.bool_] = lacks[np.searchsorted(ends, steps)]
        return found

    def _make(self, move: Move, observer: Observer, *, by_hand: bool) -> None:
        if move.alone:
            self._learn(move, observer)
            return
        sight = self.sights.judging() if move.player == "discriminator" else self.sights.making(pairs=move.pairs)
        for scalar, number in move.add_up(sight, self._clock, by_hand=by_hand):
            self._tell(scalar, number)
        self._tell(GRADIENTS[move.player], self._descend(move.player, sight, observer))
        with torch.no_grad():
            for told in move.numbers:
                self._tell(told.scalar, told.of(sight))

    def _learn(self, move: Move, observer: Observer) -> None:
        """A move without D, at the rate of its stage."""
        sight = self.sights.alone(makes=move.makes)
        for scalar, number in move.add_up(sight, self._clock, by_hand=True):
            self._tell(scalar, number)
        optimiser = self.optimisers[move.learner or move.player]
        observer.learned(move, sight)
        gradients = torch.autograd.grad(sight.total, optimiser.parameters)
        factor = move.factor(self.stage.gone(self.step_count))
        observer.differentiated(gradients, optimiser.spec.learning_rate * factor)
        optimiser.step(gradients, factor)
        observer.moved()
        if not move.learner:
            self._tell(GRADIENTS[move.player], torch.stack(torch._foreach_norm(gradients)).norm())

    def _descend(self, player: Player, sight: Sight, observer: Observer) -> Tensor:
        optimiser = self.optimisers[player]
        factor = learning_rate_factor(self._schedule, self._clock, player)
        observer.judged(player, sight)
        # Gradients of this player's weights only: the other's are neither computed nor left behind.
        gradients = torch.autograd.grad(sight.total, optimiser.parameters)
        observer.differentiated(gradients, optimiser.spec.learning_rate * factor)
        optimiser.step(gradients, factor)
        observer.moved()
        # As torch.nn.utils.get_total_norm, which takes twice as long to sort the tensors by device first.
        norm: Tensor = torch.stack(torch._foreach_norm(gradients)).norm()
        return norm

    # --- what is read from it ---

    def drain(self) -> npt.NDArray[np.float64]:
        """Return the scalars of every step since the last call, (n, 2 + scalars): step, seconds, and ``scalars``.

        NaN where a step had no such number: its player did not move, or it was made with another objective.
        """
        return self._rows.drain(self.names)

    def networks(self) -> dict[str, nn.Module]:
        """All that has weights, by the name of its file in a checkpoint."""
        readers = {"recogniser": self.recogniser, "reader": self.reader, KEPT: self.kept}
        return {
            "generator": self.generator,
            "average": self.average.module,
            "discriminator": self.discriminator,
            **{name: network for name, network in readers.items() if network is not None},
        }

    def state(self) -> dict[str, Any]:
        """Everything but the networks that the next steps depend on: tensors, numbers and strings."""
        return state_of(
            self,
            latent_random=self.latent_random.get_state(),
            data_random=self.data_random.bit_generator.state,
        )

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over what ``state`` returned; the networks' weights are loaded apart."""
        take_over(self, state)
        self.latent_random.set_state(state["latent_random"])
        self.data_random.bit_generator.state = state["data_random"]
