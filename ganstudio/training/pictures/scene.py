"""What is looked at of a game: copies of its players, as they are now and as G was at moments that the run keeps."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeAlias

import torch

from ganstudio.networks import Inputs
from ganstudio.training.pictures.composing import Composing
from ganstudio.training.pictures.energies import Energies
from ganstudio.training.pictures.enlarging import Enlarging
from ganstudio.training.pictures.likeness import Lookup
from ganstudio.training.pictures.moment import Visited
from ganstudio.training.pictures.plane import copy_weights, frozen_copy, tensors
from ganstudio.training.pictures.sceneries import SCENERIES
from ganstudio.training.pictures.ways import walk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt
    from torch import Tensor

    from ganstudio.networks import Generator
    from ganstudio.training.messages import Revisit, Walk
    from ganstudio.training.pictures.moment import Moment
    from ganstudio.training.pictures.ways import Way
    from ganstudio.training.step.games import System

    Made: TypeAlias = tuple[npt.NDArray[Any], ...]


class Scene:
    """Copies of the players and what is looked at. game: its number, which answers carry.

    Besides ``update`` all of it is called by one thread. looked_up: called, by another one, once samples that were
    asked for in vain can be looked up.
    """

    def __init__(self, trainer: System, game: int, looked_up: Callable[[], None]) -> None:
        self.game = game
        self.modality = trainer.dataset.modality
        self.latent = trainer.latent
        self.dimensions = trainer.latent.width
        self.device = trainer.device
        self.inputs = trainer.fixed_inputs
        self.scenery = SCENERIES[self.modality.kind](trainer)
        self.energies = Energies.of(trainer)
        self.enlarging = Enlarging.of(trainer)
        self.composing = Composing.of(trainer)
        self.step = trainer.step_count
        self._generator = frozen_copy(trainer.average.module)
        self._visited: Visited[Generator] = Visited(lambda: frozen_copy(self._generator))
        self._at: Moment[Generator] | None = None
        reader = trainer.games[""].reader
        self._reader = None if reader is None else frozen_copy(reader).eval()
        self._kinds = (*trainer.generator.way_kinds(self.modality), self.modality)
        self.lookup = Lookup(trainer.dataset, looked_up)

    def update(self, trainer: System) -> None:
        """Take over the trainer's weights; by whichever thread holds these."""
        copy_weights(tensors(self._generator), tensors(trainer.average.module))
        if self._reader is not None and (reader := trainer.games[""].reader) is not None:
            copy_weights(tensors(self._reader), tensors(reader))
        self.scenery.update(trainer)
        if self.energies is not None:
            self.energies.update(trainer)
        if self.enlarging is not None:
            self.enlarging.update(trainer)
        if self.composing is not None:
            self.composing.update(trainer)
        self.step = trainer.step_count

    # --- which moment is shown ---

    @property
    def past(self) -> bool:
        """Whether G is shown as it was."""
        return self._at is not None

    @property
    def shown_step(self) -> int:
        """The step of the G that is shown."""
        return self.step if self._at is None else self._at.step

    @property
    def generator(self) -> Generator:
        """The G that is shown."""
        return self._generator if self._at is None else self._at.generator

    @property
    def visit(self) -> int:
        """The number of the last request for a moment."""
        return self._visited.visit

    def revisit(self, request: Revisit) -> None:
        """Show the moment that is asked for, and have the other one beside it.

        Raises RunError where one can't be read: then now is shown, or nothing beside it.
        """
        try:
            self._visited.go(request)
        finally:
            self._show(self._visited.at)

    @contextmanager
    def showing_beside(self) -> Iterator[Moment[Generator] | None]:
        """Show the moment that stands beside meanwhile; None where there is none."""
        if (beside := self._visited.beside) is None:
            yield None
            return
        at = self._at
        self._show(beside)
        try:
            yield beside
        finally:
            self._show(at)

    def _show(self, moment: Moment[Generator] | None) -> None:
        self._at = moment
        self.scenery.show(None if moment is None else moment.generator)

    # --- what is made ---

    def inputs_of(self, latents_nd: npt.NDArray[Any], like: int) -> Inputs:
        """Latents, and with each of them what the fixed sample of that place is given."""
        latents, given = torch.from_numpy(latents_nd), self.inputs.given
        if given is None:
            return Inputs(latents)
        return Inputs(latents, given[like % len(given)].expand(len(latents), *given.shape[1:]))

    def walk(self, request: Walk) -> Way | None:
        """What each level, or each game of a chain, makes on the way; None where there are none."""
        return walk(self.generator, self.modality, request.latents, request.real, request.at, self.device, self._reader)

    def made_of(self, inputs: Inputs) -> Tensor:
        """What the G that is shown makes, in model units."""
        return self.generator(inputs.to(self.device))

    def generate(self, inputs: Inputs) -> npt.NDArray[Any]:
        """The same in people's units."""
        return self.modality.to_people(self.made_of(inputs).cpu().numpy())

    def made(self, inputs: Inputs) -> Made:
        """The same, alone of its kind."""
        return (self.generate(inputs),)

    def way(self, inputs: Inputs) -> Made:
        """What G goes through, and last the samples; each in units of its kind."""
        steps = self.generator.way(inputs.to(self.device))
        return tuple(kind.to_people(step.cpu().numpy()) for kind, step in zip(self._kinds, steps, strict=True))
