"""What a move has before it: minibatches, as the players see them, and what D says of them.

Legend for names of tensors: n samples; x real samples, g generated ones, in model units; y their classes, one-hot.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from ganstudio.latent import Batch, draw_latents, real_batch
from ganstudio.networks import Inputs, uses_batch_statistics
from ganstudio.objectives import Sight
from ganstudio.training.step.augmentation import augment, turn

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from ganstudio.experiment import AugmentationSpec, Experiment
    from ganstudio.latent import Prior
    from ganstudio.networks import Discriminator, Generator
    from ganstudio.objectives import Judge


class Sights:
    """Draws minibatches from the game's random streams and shows them to its players.

    Terms ask it for more than the minibatch: it is their ``Views`` and their ``Players``. silent: stands for what no D
    was asked, without a number.
    """

    def __init__(
        self,
        prior: Prior,
        generator: Generator,
        discriminator: Discriminator,
        *,
        data_random: np.random.Generator,
        latent_random: torch.Generator,
        device: torch.device,
        silent: Tensor,
    ) -> None:
        self.generator, self.discriminator, self.latent_random = generator, discriminator, latent_random
        self._prior, self._latent, self._given = prior, prior.space, prior.sampler.shape
        self._data_random, self._device, self._silent = data_random, device, silent
        # One batch is half the calls; but batch normalisation must see real and generated samples apart.
        self.judges_apart = uses_batch_statistics(discriminator)
        self.noise = 0.0
        """The standard deviation of the instance noise in force."""
        self.makes_given: Callable[[int], Tensor] | None = None
        """What G is given of instead of the data while another game makes it, for so many samples."""

    def adjust(self, experiment: Experiment) -> None:
        """Take over how many samples a minibatch has, and how they are augmented."""
        self._augmentation, self._asked = experiment.augmentation, experiment.schedule.batch_size

    # --- what a move begins with ---

    def judging(self) -> Sight:
        """Real samples, and as many generated ones that the same is known of, before D: nothing leads back to G."""
        batch = self.draw_real()
        x = self.seen(batch.x)
        inputs = self.draw_inputs(batch)
        with torch.no_grad():
            g = self.seen(self.generator(inputs))
        return self._judged(inputs, batch, x, g)

    def making(self, *, pairs: bool) -> Sight:
        """Generated samples, with the way back to G, before D; with ``pairs`` next to real ones known for the same."""
        batch = self.draw_real() if pairs or self._given is not None else None
        inputs = self.draw_inputs(batch)
        made = self.generator(inputs)
        g = self.seen(made)
        if batch is not None and pairs:
            sight = self._judged(inputs, batch, self.seen(batch.x), g)
            sight.made = made
            return sight
        y = None if self._latent.label is None else inputs.latents[:, self._latent.label_columns]
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

    def alone(self, *, makes: bool) -> Sight:
        """Real samples, which D is not asked about, with what G makes for the same where a move ``makes`` that."""
        batch = self.draw_real()
        inputs = self.draw_inputs(batch)
        return Sight(
            inputs=inputs,
            x=None,
            g=batch.x,
            real=None,
            fake=self._silent,
            drawn=batch.x,
            made=self.generator(inputs) if makes else None,
            labels=batch.y,
            players=self,
        )

    # --- minibatches ---

    @property
    def batch_size(self) -> int:
        """Samples in a minibatch: as many as asked for, and up to whole packs where D judges packs."""
        return self._asked + -self._asked % self.discriminator.packing

    def draw_real(self) -> Batch:
        """Real samples, with what is given with them and their classes where the players are told these."""
        return real_batch(self._prior, self.batch_size, self._data_random, self._device, parts=True)

    def draw_inputs(self, batch: Batch | None) -> Inputs:
        """Inputs with what is given with real samples, and their classes, that G's are to be held against; or any."""
        latents = draw_latents(self._latent, self.batch_size, self.latent_random)
        if batch is None:
            return Inputs(latents)
        if batch.y is not None:
            latents[:, self._latent.label_columns] = batch.y
        return Inputs(latents, batch.given if self.makes_given is None else self.makes_given(self.batch_size))

    def seen(self, samples: Tensor, augmentation: AugmentationSpec | None = None) -> Tensor:
        """Samples as D sees them: augmented, with the instance noise, and in packs where it judges packs."""
        samples = augment(samples, augmentation or self._augmentation, self.latent_random)
        if self.noise:
            noise = torch.randn(samples.shape, generator=self.latent_random, device=self._device)
            samples = samples + self.noise * noise
        return self.discriminator.pack(samples)

    def _shown(self, given: Tensor | None) -> Tensor | None:
        """What D is shown of what G is given: in packs where it judges packs; None where it is shown nothing."""
        return None if given is None or not self.discriminator.sees_given else self.discriminator.pack(given)

    def _judged(self, inputs: Inputs, batch: Batch, x: Tensor, g: Tensor) -> Sight:
        """What D says of real samples x and generated ones g that the same is known of."""
        y, given, made_of = batch.y, self._shown(batch.given), self._shown(inputs.given)
        if self.judges_apart:
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
        if y is None and given is None and not self.judges_apart:
            return self.discriminator, x, g

        def judge(samples: Tensor) -> Tensor:
            return torch.cat([self.discriminator(part, y, given) for part in torch.split(samples, len(x))])

        return judge, x, g

    def features_of(self, samples: Tensor, sight: Sight, augmentation: AugmentationSpec) -> Tensor:
        """D's features (n, f) of samples in place of the real ones, augmented so and seen with the noise in force."""
        return self.discriminator.judge(self.seen(samples, augmentation), sight.labels, sight.given)[1]

    def turned(self, samples: Tensor, degrees: float) -> Tensor:
        """Samples turned alike, by one random angle of up to so many degrees to either side."""
        return turn(samples, degrees, self.latent_random)
