"""What an autoencoder as D makes of samples: their energies, and its reconstructions, made from copies of weights."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.networks import AutoencoderDiscriminator
from ganstudio.training.pictures.plane import copy_weights, frozen_copy, tensors

if TYPE_CHECKING:
    import numpy.typing as npt
    from torch import Tensor

    from ganstudio.modalities import Samples
    from ganstudio.training.step.games import System

COUNT = 160
"""Samples a side whose energies frames tell: the same ones every time, so that what changes is D and G.

Of 16x16 glyphs they take 25 ms (measured), so that frames still come three times a second."""


class Energies:
    """Judges samples of one game of energies; whoever calls sees to it that nothing is updated meanwhile.

    real: samples of the data (n, *shape) in model units. inputs: for as many of G.
    """

    def __init__(self, trainer: System) -> None:
        assert isinstance(trainer.discriminator, AutoencoderDiscriminator), "only an autoencoder gives energies"
        self._modality, self._device = trainer.dataset.modality, trainer.device
        self._discriminator = frozen_copy(trainer.discriminator)
        self.real = torch.from_numpy(trainer.dataset.draw(COUNT, np.random.default_rng(0))).to(self._device)
        random = torch.Generator(self._device).manual_seed(0)
        self.inputs = trainer.prior.draw(COUNT, random)

    @classmethod
    def of(cls, trainer: System) -> Energies | None:
        """The energies of a trainer's game; None where D is no autoencoder."""
        return cls(trainer) if isinstance(trainer.discriminator, AutoencoderDiscriminator) else None

    def update(self, trainer: System) -> None:
        """Take over D's weights."""
        copy_weights(tensors(self._discriminator), tensors(trainer.discriminator))

    def judge(self, samples: Tensor) -> npt.NDArray[np.float32]:
        """The energy (n,) of samples in model units."""
        energies: npt.NDArray[np.float32] = -self._discriminator(samples).cpu().numpy()
        return energies

    def inspect(self, samples: Samples) -> tuple[Samples, npt.NDArray[np.float32]]:
        """What D makes of samples, both in people's units, and their energies (n,)."""
        model = torch.from_numpy(self._modality.to_model(samples)).to(self._device)
        assert isinstance(self._discriminator, AutoencoderDiscriminator)
        made = self._discriminator.reconstruct(model).cpu().numpy()
        return self._modality.to_people(made), self.judge(model)
