"""What the renderer looks at: copies of the players, and the study of the plane that spans many slices."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import torch

from ganstudio.networks import Inputs
from ganstudio.training.pictures.energies import Energies
from ganstudio.training.pictures.enlarging import Enlarging
from ganstudio.training.pictures.plane import copy_weights, frozen_copy, tensors
from ganstudio.training.pictures.sceneries import SCENERIES
from ganstudio.training.pictures.ways import walk

if TYPE_CHECKING:
    from collections.abc import Generator

    import numpy.typing as npt
    from torch import Tensor

    from ganstudio.training.messages import (
        Walk,
    )
    from ganstudio.training.pictures.plane import Layers
    from ganstudio.training.pictures.ways import Way
    from ganstudio.training.step.games import System


Made: TypeAlias = "tuple[npt.NDArray[Any], ...]"


class Study:
    """How far the work that spans many slices has come: for one game, one part of the plane."""

    def __init__(self) -> None:
        self.work: Generator[None, None, Layers] | None = None
        self.result: Layers = {}
        self.fresh = True
        self.spent, self.rest_until = 0.0, 0.0


class Scene:
    """Copies of the players and what is looked at. game: its number, which answers carry."""

    def __init__(self, trainer: System, game: int) -> None:
        self.game = game
        self.modality = trainer.dataset.modality
        self.dimensions = trainer.latent.width
        self.device = trainer.device
        self.inputs = trainer.fixed_inputs
        self.scenery = SCENERIES[self.modality.kind](trainer)
        self.energies = Energies.of(trainer)
        self.enlarging = Enlarging.of(trainer)
        self.step = trainer.step_count
        self._generator = frozen_copy(trainer.average.module)
        self._kinds = (*trainer.generator.way_kinds(self.modality), self.modality)

    def update(self, trainer: System) -> None:
        """Take over the trainer's weights."""
        copy_weights(tensors(self._generator), tensors(trainer.average.module))
        self.scenery.update(trainer)
        if self.energies is not None:
            self.energies.update(trainer)
        if self.enlarging is not None:
            self.enlarging.update(trainer)
        self.step = trainer.step_count

    def inputs_of(self, latents_nd: npt.NDArray[Any], like: int) -> Inputs:
        """Latents, and with each of them what the fixed sample of that place is given."""
        latents, given = torch.from_numpy(latents_nd), self.inputs.given
        if given is None:
            return Inputs(latents)
        return Inputs(latents, given[like % len(given)].expand(len(latents), *given.shape[1:]))

    def walk(self, request: Walk) -> Way | None:
        """What each level makes on the way; None where there are none."""
        return walk(self._generator, self.modality, request.latents, request.real, request.at, self.device)

    def made_of(self, inputs: Inputs) -> Tensor:
        """G of these, as D sees it."""
        return self._generator(inputs.to(self.device))

    def generate(self, inputs: Inputs) -> npt.NDArray[Any]:
        """G of these, in units for people."""
        return self.modality.to_people(self.made_of(inputs).cpu().numpy())

    def made(self, inputs: Inputs) -> Made:
        """``generate`` as a way of one step."""
        return (self.generate(inputs),)

    def way(self, inputs: Inputs) -> Made:
        """What G goes through, and last the samples; each in units of its kind."""
        steps = self._generator.way(inputs.to(self.device))
        return tuple(kind.to_people(step.cpu().numpy()) for kind, step in zip(self._kinds, steps, strict=True))
