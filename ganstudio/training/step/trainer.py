"""One game: the networks, their optimisers, and the step in which they take turns. No files, no clocks but one.

Legend for names of tensors: n samples, d latent dimensions; x real samples, g generated ones, in model units; y their
classes, one-hot.
"""

from __future__ import annotations

import time
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch import Tensor

from ganstudio.experiment import AugmentationSpec
from ganstudio.latent import Batch, Prior, draw_latents, real_batch
from ganstudio.networks import (
    AutoencoderDiscriminator,
    Inputs,
    build_discriminator,
    build_generator,
    build_recogniser,
    opinion,
    uses_batch_statistics,
)
from ganstudio.objectives import build_objective, value
from ganstudio.objectives.energy import ENERGY_FAKE, ENERGY_REAL, LIKENESS_FAKE, LIKENESS_REAL, pulling_away
from ganstudio.objectives.information import Information, information_scalars
from ganstudio.presets import check_game
from ganstudio.scalars import COMMON, D_FAKE, D_GRADIENT, D_LOSS, D_REAL, G_GRADIENT, G_LOSS, VALUE
from ganstudio.training.step.augmentation import CHANGEABLE, augment, turn
from ganstudio.training.step.ema import ExponentialMovingAverage
from ganstudio.training.step.onlooking import Observer, Sight
from ganstudio.training.step.optimisers import PlayerOptimiser
from ganstudio.training.step.schedules import head_start, instance_noise, learning_rate_factor, penalty_factor

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.objectives import Judge
    from ganstudio.scalars import Scalar
    from ganstudio.training.messages import StepPhase
    from ganstudio.training.step.onlooking import Player


class Trainer:
    """Trains G against D on one device. Everything random comes from the experiment's seed.

    Raises ValueError where the networks can't make or judge such data, or D is not one for the objective.
    """

    def __init__(self, experiment: Experiment, dataset: Dataset, device: torch.device) -> None:
        self.dataset = dataset
        self.device = device
        seeds = np.random.SeedSequence(experiment.seed).generate_state(4).tolist()
        torch.manual_seed(seeds[0])  # the networks' initial weights, and what a gradient penalty draws
        self.prior = Prior.of(experiment, dataset)
        self.latent, self._given = self.prior.space, self.prior.sampler.shape
        self.generator = build_generator(experiment.generator, self.latent.width, dataset.shape, self._given).to(device)
        shown = self._given if experiment.given.judged else None
        self.discriminator = build_discriminator(experiment.discriminator, dataset.shape, self.latent, shown).to(device)
        self.recogniser = build_recogniser(experiment.recogniser, self.discriminator, experiment.latent)
        if self.recogniser is not None:
            self.recogniser.to(device)
        self.average = ExponentialMovingAverage(self.generator)
        self.data_random = np.random.default_rng(seeds[1])
        self.latent_random = torch.Generator(device).manual_seed(seeds[2])
        fixed = torch.Generator(device).manual_seed(seeds[3])
        draw = self.prior.fixed if dataset.modality.side_by_side else self.prior.draw
        self.fixed_inputs = draw(dataset.modality.fixed, fixed)
        self.optimisers = {
            "generator": PlayerOptimiser(list(self.generator.parameters()), experiment.optimisers.generator),
            "discriminator": PlayerOptimiser(
                # Q learns on D's trunk, in D's moves.
                [*self.discriminator.parameters(), *(self.recogniser.parameters() if self.recogniser else ())],
                experiment.optimisers.discriminator,
            ),
        }
        # One batch is half the calls; but batch normalisation must see real and generated samples apart.
        self._judge_apart = uses_batch_statistics(self.discriminator)
        self._encodes = isinstance(self.discriminator, AutoencoderDiscriminator)
        self._silent = torch.full((), float("nan"), device=device)
        self._rows: list[tuple[int, float, tuple[str, ...], Tensor]] = []
        self._numbers: dict[str, Tensor] = {}
        self._noise = 0.0
        self._penalty = 1.0
        self._compared = 1
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
        self.information = Information(experiment.latent)
        self.scalars = self._declared(experiment)
        self.names = tuple(scalar.name for scalar in self.scalars)
        self.optimisers["generator"].adjust(experiment.optimisers.generator)
        self.optimisers["discriminator"].adjust(experiment.optimisers.discriminator)

    def check(self, experiment: Experiment) -> None:
        """Raise ValueError where D is not for the objective, or samples are to be changed that can't be."""
        check_game(experiment)
        if CHANGEABLE[self.dataset.modality.kind]:
            return
        many = self.dataset.modality.words.many
        if any(experiment.augmentation.model_dump().values()):
            raise ValueError(f"augmentation: is for images, but the data are {many}: set its strengths to 0")
        if experiment.recogniser.compares:
            name = "consistency" if experiment.recogniser.consistency else "equivariance"
            raise ValueError(f"recogniser.{name}: is of views of images, but the data are {many}: set it to 0")

    def _declared(self, experiment: Experiment) -> tuple[Scalar, ...]:
        """The numbers of a step, in the order of a row; the first are those that every game has."""
        opinions = {D_REAL: ENERGY_REAL, D_FAKE: ENERGY_FAKE} if self._encodes else {}
        common = (opinions.get(scalar, scalar) for scalar in COMMON)
        alike = (LIKENESS_REAL, LIKENESS_FAKE) if self._encodes else ()
        return (*common, *information_scalars(experiment.latent), *alike)

    # --- the step ---

    def step(self, phase: StepPhase = "both", observer: Observer | None = None) -> None:
        """One step: k moves of D and one of G; or, by hand, one move of one of them."""
        began = time.perf_counter()
        observer = observer or Observer()
        schedule = self.experiment.schedule
        self._noise = instance_noise(schedule, self.step_count)
        by_hand = phase == "discriminator"
        self._penalty = penalty_factor(self.objective, schedule, self.step_count, by_hand=by_hand)
        # As with the penalty: one step of an interval, or a move by hand, which stands for itself alone.
        self._compared = 1 if by_hand else self.experiment.recogniser.interval
        self._numbers.clear()
        if phase != "generator":
            for _ in range(schedule.discriminator_steps if phase == "both" else 1):
                self._move_discriminator(observer)
        if phase != "discriminator":
            self._move_generator(observer)
            self.average.update(self.generator, schedule.average)
        row = torch.stack([self._numbers.get(name, self._silent) for name in self.names])
        self.step_count += 1
        self.seconds += time.perf_counter() - began - observer.seconds
        self._rows.append((self.step_count, self.seconds, self.names, row))

    def _tell(self, scalar: Scalar, number: Tensor) -> None:
        """Enter a number into the step's row; of several moves of a player the last one counts."""
        self._numbers[scalar.name] = number.detach()

    def _move_discriminator(self, observer: Observer) -> None:
        batch = self._draw_real()
        y, given = batch.y, self._shown(batch.given)
        x = self._seen(batch.x)
        inputs = self._draw_inputs(batch)
        with torch.no_grad():
            g = self._seen(self.generator(inputs))
        real, fake, features, of_real = self._judge(x, g, y, given)
        loss = self.objective.discriminator_loss(real, fake)
        information = self._inform(features, inputs.latents)
        total = loss if information is None else loss - self._gain(information)
        if self._compares:
            total = total - self._comparison(batch, of_real)
        if self.objective.penalises and self._penalty > 0:
            every = self.objective.every
            some_y, some_given = (None if each is None else each[::every] for each in (y, given))
            judge = self._judge_of_slopes(some_y, len(x[::every]), some_given)
            total = total + self._penalty * self.objective.penalty(judge, x[::every], g[::every])
        sight = Sight(inputs, x, g, real, fake, loss, total, information, y, given)
        self._tell(D_GRADIENT, self._descend("discriminator", sight, observer))
        with torch.no_grad():
            self._tell(D_LOSS, loss)
            self._tell(D_REAL, opinion(self.discriminator, real).mean())
            self._tell(D_FAKE, opinion(self.discriminator, fake).mean())
            self._tell(VALUE, value(real, fake))
            if self._encodes:
                self._tell(LIKENESS_REAL, pulling_away(of_real))
                self._tell(LIKENESS_FAKE, pulling_away(features))

    def _move_generator(self, observer: Observer) -> None:
        pairs = self.objective.pairs
        batch = self._draw_real() if pairs or self._given is not None else None
        inputs = self._draw_inputs(batch)
        y = None if self.latent.label is None else inputs.latents[:, self.latent.label_columns]
        g, given = self._seen(self.generator(inputs)), self._shown(inputs.given)
        x, real = None, None
        if batch is not None and pairs:
            x = self._seen(batch.x)
            real, fake, features, _ = self._judge(x, g, y, given)
        else:
            fake, features = self.discriminator.judge(g, y, given)
        loss = self.objective.generator_loss(fake, real)
        information = self._inform(features, inputs.latents)
        total = loss if information is None else loss - self._gain(information)
        if self.objective.repels:
            assert isinstance(self.discriminator, AutoencoderDiscriminator)
            total = total + self.objective.repulsion(features)
        sight = Sight(inputs, x, g, real, fake, loss, total, information, y, given)
        self._tell(G_LOSS, loss)
        self._tell(G_GRADIENT, self._descend("generator", sight, observer))

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

    def _judge(
        self, x: Tensor, g: Tensor, y: Tensor | None, given: Tensor | None
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """D's logits for real and generated samples that the same is known of, its features of generated and real."""
        if self._judge_apart:
            real, of_real = self.discriminator.judge(x, y, given)
            return real, *self.discriminator.judge(g, y, given), of_real
        twice = [None if each is None else torch.cat([each, each]) for each in (y, given)]
        outputs, features = self.discriminator.judge(torch.cat([x, g]), *twice)
        return outputs[: len(x)], outputs[len(x) :], features[len(x) :], features[: len(x)]

    def _judge_of_slopes(self, y: Tensor | None, count: int, given: Tensor | None = None) -> Judge:
        """D as a penalty asks it: for ``count`` samples of classes y, or for real and generated ones behind each other.

        Where the samples of a minibatch influence one another, it judges the two kinds apart, as in its loss.
        """
        if y is None and given is None and not self._judge_apart:
            return self.discriminator
        return lambda samples: torch.cat([self.discriminator(part, y, given) for part in torch.split(samples, count)])

    def _inform(self, features: Tensor, latents: Tensor) -> Tensor | None:
        """What Q tells of the codes that were given to G: L_I of each, kept for the step's row."""
        if self.recogniser is None:
            return None
        bounds = self.information.bounds(self.recogniser(features), latents, self.recogniser.columns)
        for scalar, bound in zip(information_scalars(self.experiment.latent), bounds.unbind(), strict=True):
            self._tell(scalar, bound)
        return bounds

    def _gain(self, bounds: Tensor) -> Tensor:
        """What the players' losses are less by for the informations of the codes."""
        return self.information.gain(bounds, early=head_start(self.experiment, self.step_count))

    @property
    def _compares(self) -> bool:
        spec = self.experiment.recogniser
        return self.recogniser is not None and spec.compares and self.step_count % self._compared == 0

    def _comparison(self, batch: Batch, features: Tensor) -> Tensor:
        """What D's loss is less by where Q agrees with itself on real images, by D's features of them and seen anew.

        It counts for as many steps as lie between two comparisons, a move by hand for itself.
        """
        assert self.recogniser is not None
        spec, columns, gain = self.experiment.recogniser, self.recogniser.columns, features.new_zeros(())
        said = self.recogniser(features)
        if spec.consistency and self.information.has_categorical:
            anew = self._read(self._seen(batch.x, spec.views), batch.y, batch.given)
            table = self.recogniser.together
            gain = gain + spec.consistency * self.information.consistency(said, anew, columns, table, spec.memory)
        if spec.equivariance and self.information.has_continuous:
            turned = self._seen(turn(batch.x, spec.view_rotation, self.latent_random), AugmentationSpec())
            gain = gain - spec.equivariance * self.information.unevenness(
                said, self._read(turned, batch.y, batch.given), columns
            )
        return self._compared * gain

    def _read(self, samples: Tensor, y: Tensor | None, given: Tensor | None = None) -> Tensor:
        assert self.recogniser is not None
        parameters: Tensor = self.recogniser(self.discriminator.judge(samples, y, self._shown(given))[1])
        return parameters

    def _descend(self, player: Player, sight: Sight, observer: Observer) -> Tensor:
        optimiser = self.optimisers[player]
        factor = learning_rate_factor(self.experiment.schedule, self.step_count, player)
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
        return real_batch(self.prior, self.batch_size, self.data_random, self.device)

    def _draw_inputs(self, batch: Batch | None) -> Inputs:
        """Inputs with what is given with real samples, and their classes, that G's are to be held against; or any."""
        latents = draw_latents(self.latent, self.batch_size, self.latent_random)
        if batch is None:
            return Inputs(latents)
        if batch.y is not None:
            latents[:, self.latent.label_columns] = batch.y
        return Inputs(latents, batch.given)

    # --- what is read from it ---

    def drain(self) -> npt.NDArray[np.float64]:
        """Return the scalars of every step since the last call, (n, 2 + scalars): step, seconds, and ``scalars``.

        NaN where a step had no such number: its player did not move, or it was made with another objective.
        """
        rows, self._rows = self._rows, []
        table = np.full((len(rows), 2 + len(self.names)), np.nan)
        for names, of_names in groupby(enumerate(rows), key=lambda row: row[1][2]):
            places, made = zip(*of_names, strict=True)
            columns = [index for index, name in enumerate(names) if name in self.names]
            steps, seconds, _, numbers = zip(*made, strict=True)
            part = table[places[0] : places[-1] + 1]
            part[:, 0], part[:, 1] = steps, seconds
            into = [2 + self.names.index(names[column]) for column in columns]
            part[:, into] = torch.stack(numbers).cpu().numpy()[:, columns]
        return table

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
