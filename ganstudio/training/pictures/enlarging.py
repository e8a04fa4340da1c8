"""A picture that somebody dropped, enlarged by G as it is now, next to interpolation and to its content stage's G."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from ganstudio.latent import draw_latents
from ganstudio.networks.enlarging import enlarged_picture, mixed, shrunk_picture
from ganstudio.networks.super_resolution import SuperResolutionGenerator
from ganstudio.training.messages import Enlarge, Enlarged
from ganstudio.training.pictures.plane import copy_weights, frozen_copy, tensors

if TYPE_CHECKING:
    from ganstudio.training.step.games import System


class Enlarging:
    """Enlarges pictures with copies of one game's G; whoever calls sees to it that nothing is updated meanwhile."""

    def __init__(self, trainer: System) -> None:
        made, kept = trainer.average.module, trainer.games[""].kept
        assert isinstance(made, SuperResolutionGenerator)
        assert kept is None or isinstance(kept, SuperResolutionGenerator)
        # On the processor, where pictures are made beside the training.
        self._made = frozen_copy(made).cpu()
        self._content = None if kept is None else frozen_copy(kept).cpu()
        self._latents = draw_latents(trainer.latent, 1, torch.Generator().manual_seed(0))

    @classmethod
    def of(cls, trainer: System) -> Enlarging | None:
        """Of a game whose G makes pictures of any size; None of all others."""
        return cls(trainer) if isinstance(trainer.average.module, SuperResolutionGenerator) else None

    def update(self, trainer: System) -> None:
        """Take over the weights of G, and of that of its content stage."""
        copy_weights(tensors(self._made), tensors(trainer.average.module))
        if self._content is not None and (kept := trainer.games[""].kept) is not None:
            copy_weights(tensors(self._content), tensors(kept))

    def answer(self, request: Enlarge, game: int, step: int) -> Enlarged:
        """All ways to enlarge the picture that is asked about."""
        assert request.picture is not None
        factor, small, original = self._made.factor, request.picture, None
        if request.shrink:
            small = shrunk_picture(request.picture, factor)
            height, width = (factor * side for side in small.shape[:2])
            original = request.picture[:height, :width]
        network = self._made if self._content is None else mixed(self._content, self._made, request.invention)
        ways = {"bicubic": None, "content": self._content, "generator": network}
        pictures = {
            name: enlarged_picture(way, small, factor, self._latents)
            for name, way in ways.items()
            if way is not None or name == "bicubic"
        }
        if original is not None:
            pictures["original"] = original
        return Enlarged(request=request.request, game=game, step=step, pictures=pictures)
