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

from ganstudio.latent import Batch, Prior, draw_latents, learnt_shape, real_batch
from ganstudio.networks import (
    Inputs,
    build_discriminator,
    build_generator,
    build_reader,
    build_recogniser,
    uses_batch_statistics,
)
from ganstudio.objectives import Sight, build_objective
from ganstudio.presets import check_game
from ganstudio.training.step.augmentation import CHANGEABLE, augment, turn
from ganstudio.training.step.ema import ExponentialMovingAverage, copy_into
from ganstudio.training.step.moves import GRADIENTS, scalars_of
from ganstudio.training.step.onlooking import Observer
from ganstudio.training.step.optimisers import PlayerOptimiser
from ganstudio.training.step.rows import Rows
from ganstudio.training.step.schedules import instance_noise, learning_rate_factor, of_game
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
from ganstudio.training.step.starting import show_data

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt
    from torch import nn

    from ganstudio.data import Dataset
    from ganstudio.experiment import AugmentationSpec, Experiment
    from ganstudio.objectives import Judge
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
        # One batch is half the calls; but batch normalisation must see real and generated samples apart.
        self._judge_apart = uses_batch_statistics(self.discriminator)
        self._rows = Rows(device)
        self._tell, self._silent = self._rows.tell, self._rows.silent
        self._noise, self._clock, self._schedule = 0.0, 0, experiment.schedule
        self.makes_given: Callable[[int], Tensor] | None = None
        """What G is given of instead of the data while another game makes it, for so many samples."""
        self.step_count = 0
        self.seconds = 0.0
        self.adjust(experiment)

    def adjust(self, experiment: Experiment) -> None:
        """Take over the live settings of ``experiment`` from the next step on; states and weights stay.

        Raises ValueError, with nothing changed, as ``check`` does.
        """
        self.check(experiment)
        self.experiment = experiment
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
        self._noise = instance_noise(schedule, self._clock)
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
        sight = self._judging() if move.player == "discriminator" else self._making(pairs=move.pairs)
        for scalar, number in move.add_up(sight, self._clock, by_hand=by_hand):
            self._tell(scalar, number)
        self._tell(GRADIENTS[move.player], self._descend(move.player, sight, observer))
        with torch.no_grad():
            for told in move.numbers:
                self._tell(told.scalar, told.of(sight))

    def _learn(self, move: Move, observer: Observer) -> None:
        """A move without D, at the rate of its stage."""
        batch = self._draw_real()
        inputs = self._draw_inputs(batch)
        made = self.generator(inputs) if move.makes else None
        sight = Sight(
            inputs=inputs,
            x=None,
            g=batch.x,
            real=None,
            fake=self._silent,
            drawn=batch.x,
            made=made,
            labels=batch.y,
            players=self,
        )
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

    def _judging(self) -> Sight:
        """Real samples, and as many generated ones that the same is known of, before D: nothing leads back to G."""
        batch = self._draw_real()
        x = self._seen(batch.x)
        inputs = self._draw_inputs(batch)
        with torch.no_grad():
            g = self._seen(self.generator(inputs))
        return self._judged(inputs, batch, x, g)

    def _making(self, *, pairs: bool) -> Sight:
        """Generated samples, with the way back to G, before D; with ``pairs`` next to real ones known for the same."""
        batch = self._draw_real() if pairs or self._given is not None else None
        inputs = self._draw_inputs(batch)
        made = self.generator(inputs)
        g = self._seen(made)
        if batch is not None and pairs:
            sight = self._judged(inputs, batch, self._seen(batch.x), g)
            sight.made = made
            return sight
        y = None if self.latent.label is None else inputs.latents[:, self.latent.label_columns]
        given = self._shown(inputs.given)
        fake, features = self.discriminator.judge(g, y, given)
        return Sight(
            inputs=inputs,
            x=None,
            g=g,
            real=None,
            fake=fake,
            of_fake=features,
            made=made,
            labels=y,
            given=given,
            players=self,
        )

    def _seen(self, samples: Tensor, augmentation: AugmentationSpec | None = None) -> Tensor:
        """Samples as D sees them: augmented, with the instance noise, and in packs where it judges packs."""
        samples = augment(samples, augmentation or self.experiment.augmentation, self.latent_random)
        if self._noise:
            noise = torch.randn(samples.shape, generator=self.latent_random, device=self.device)
            samples = samples + self._noise * noise
        return self.discriminator.pack(samples)

    def _shown(self, given: Tensor | None) -> Tensor | None:
        """What D is shown of what G is given: in packs where it judges packs; None where it is shown nothing."""
        return None if given is None or not self.discriminator.sees_given else self.discriminator.pack(given)

    def _judged(self, inputs: Inputs, batch: Batch, x: Tensor, g: Tensor) -> Sight:
        """What D says of real samples x and generated ones g that the same is known of."""
        y, given, made_of = batch.y, self._shown(batch.given), self._shown(inputs.given)
        if self._judge_apart:
            real, of_real = self.discriminator.judge(x, y, given)
            fake, of_fake = self.discriminator.judge(g, y, made_of)
        else:
            pairs = ((y, y), (given, made_of))
            twice = [None if one is None or other is None else torch.cat([one, other]) for one, other in pairs]
            outputs, features = self.discriminator.judge(torch.cat([x, g]), *twice)
            real, fake = outputs[: len(x)], outputs[len(x) :]
            of_real, of_fake = features[: len(x)], features[len(x) :]
        return Sight(
            inputs=inputs,
            x=x,
            g=g,
            real=real,
            fake=fake,
            of_real=of_real,
            of_fake=of_fake,
            drawn=batch.x,
            labels=y,
            given=given,
            asks=self,
            views=self,
            players=self,
        )

    # --- what terms may ask beyond that ---

    def slopes(self, sight: Sight, every: int) -> tuple[Judge, Tensor, Tensor]:
        """D as a penalty asks it: of each so many-th sample, or of real and generated ones behind each other.

        Where the samples of a minibatch influence one another, it judges the two kinds apart, as in its loss.
        """
        assert sight.x is not None, "a penalty is of D's move"
        x, g = sight.x[::every], sight.g[::every]
        y, given = (None if each is None else each[::every] for each in (sight.labels, sight.given))
        if y is None and given is None and not self._judge_apart:
            return self.discriminator, x, g

        def judge(samples: Tensor) -> Tensor:
            return torch.cat([self.discriminator(part, y, given) for part in torch.split(samples, len(x))])

        return judge, x, g

    def features_of(self, samples: Tensor, sight: Sight, augmentation: AugmentationSpec) -> Tensor:
        """D's features (n, f) of samples in place of the real ones, augmented so and seen with the noise in force."""
        return self.discriminator.judge(self._seen(samples, augmentation), sight.labels, sight.given)[1]

    def turned(self, samples: Tensor, degrees: float) -> Tensor:
        """Samples turned alike, by one random angle of up to so many degrees to either side."""
        return turn(samples, degrees, self.latent_random)

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

    @property
    def batch_size(self) -> int:
        """Samples in a minibatch: as many as asked for, and up to whole packs where D judges packs."""
        asked = self.experiment.schedule.batch_size
        return asked + -asked % self.discriminator.packing

    def _draw_real(self) -> Batch:
        """Real samples, with what is given with them and their classes where the players are told these."""
        return real_batch(self.prior, self.batch_size, self.data_random, self.device, parts=True)

    def _draw_inputs(self, batch: Batch | None) -> Inputs:
        """Inputs with what is given with real samples, and their classes, that G's are to be held against; or any."""
        latents = draw_latents(self.latent, self.batch_size, self.latent_random)
        if batch is None:
            return Inputs(latents)
        if batch.y is not None:
            latents[:, self.latent.label_columns] = batch.y
        return Inputs(latents, batch.given if self.makes_given is None else self.makes_given(self.batch_size))

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
        return {
            "step": self.step_count,
            "seconds": self.seconds,
            "average_updates": self.average.updates,
            "optimisers": {player: optimiser.state() for player, optimiser in self.optimisers.items()},
            "torch_random": torch.get_rng_state(),
            "latent_random": self.latent_random.get_state(),
            "cuda_random": torch.cuda.get_rng_state(self.device) if self.device.type == "cuda" else None,
            "data_random": self.data_random.bit_generator.state,
        }

    def load_state(self, state: dict[str, Any]) -> None:
        """Take over what ``state`` returned; the networks' weights are loaded apart."""
        self.step_count, self.seconds = state["step"], state["seconds"]
        self.average.updates = state["average_updates"]
        for player, optimiser in self.optimisers.items():
            optimiser.load_state(state["optimisers"][player])
        torch.set_rng_state(state["torch_random"])
        self.latent_random.set_state(state["latent_random"])
        if self.device.type == "cuda" and state["cuda_random"] is not None:
            torch.cuda.set_rng_state(state["cuda_random"], self.device)
        self.data_random.bit_generator.state = state["data_random"]
