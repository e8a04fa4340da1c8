"""What each generator of a pyramid or a chain makes on the way to a sample, and what is told of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch

from ganstudio.data.images.halving import enlarged, halved
from ganstudio.networks.cascade import Cascade
from ganstudio.networks.chain import ChainedGenerator
from ganstudio.networks.normals_reader import NormalsReader

if TYPE_CHECKING:
    from collections.abc import Collection

    import numpy as np
    import numpy.typing as npt

    from ganstudio.modalities import Modality, Samples
    from ganstudio.networks import Generator, Reader


class Way(NamedTuple):
    """steps: samples in people's units, coarse to fine.

    added: of a pyramid, by each step but the first, (n, h, w, c) in model units; of pictures made of normals, what a
    reader reads off them, (n, h/2, w/2, 3), where there is one.
    """

    steps: tuple[Samples, ...]
    added: tuple[npt.NDArray[np.float32], ...]


def walk(
    generator: Generator,
    modality: Modality,
    latents: npt.NDArray[np.float32],
    real: Samples | None,
    at: Collection[int],
    device: torch.device,
    reader: Reader | None = None,
) -> Way | None:
    """The way to the samples of latents (n, width); None where the generator is made of no others.

    real: an image in people's units, of which the levels at these places, counted from the coarsest, are given what
    belongs there in place of what was made; in a chain it is what the second is given, itself. reader: of a chain.
    """
    if isinstance(generator, ChainedGenerator):
        return _chained(generator, modality, torch.from_numpy(latents).to(device), real if at else None, reader)
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


def _chained(
    generator: ChainedGenerator,
    modality: Modality,
    latents: torch.Tensor,
    real: Samples | None,
    reader: Reader | None,
) -> Way:
    kinds, given = (*generator.way_kinds(modality), modality), None
    if real is not None:
        one = torch.from_numpy(kinds[-2].to_model(real[None])).to(latents.device)
        given = one.expand(len(latents), *one.shape[1:])
    between, made = generator.way_from(latents, given)
    steps = tuple(kind.to_people(step.cpu().numpy()) for kind, step in zip(kinds[-2:], (between, made), strict=True))
    if not isinstance(reader, NormalsReader):
        return Way(steps, ())
    return Way(steps, (reader(made).permute(0, 2, 3, 1).cpu().numpy(),))
