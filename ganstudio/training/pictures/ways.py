"""What each generator of a pyramid makes on the way to a sample, and what it adds to the one before."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from ganstudio.data.images.halving import enlarged, halved
from ganstudio.networks.cascade import Cascade

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    import numpy.typing as npt

    from ganstudio.modalities import Modality, Samples
    from ganstudio.networks import Generator


class Way(NamedTuple):
    """steps: images in people's units, coarse to fine; added: by each but the first, (n, h, w, c) in model units."""

    steps: tuple[Samples, ...]
    added: tuple[npt.NDArray[np.float32], ...]


def walk(
    generator: Generator,
    modality: Modality,
    latents: npt.NDArray[np.float32],
    real: Samples | None,
    at: Collection[int],
    device: torch.device,
) -> Way | None:
    """The way to the samples of latents (n, width); None where the generator is no pyramid.

    real: an image in people's units, of which the levels at these places, counted from the coarsest, are given what
    belongs there in place of what was made.
    """
    if not isinstance(generator, Cascade):
        return None
    kinds = (*generator.way_kinds(modality), modality)
    given = {}
    if real is not None:
        image = modality.to_model(real[None])
        for place in at:
            coarse = torch.from_numpy(halved(image, len(kinds) - place))
            given[place] = coarse.expand(len(latents), *coarse.shape[1:]).to(device)
    made = [step.cpu() for step in generator.way_from(torch.from_numpy(latents).to(device), given)]
    added = []
    for place in range(1, len(made)):
        before = given[place].cpu() if place in given else made[place - 1]
        residual = made[place].numpy() - enlarged(before.numpy(), *made[place].shape[-2:])
        added.append(residual.transpose(0, 2, 3, 1))
    return Way(tuple(kind.to_people(step.numpy()) for kind, step in zip(kinds, made, strict=True)), tuple(added))
