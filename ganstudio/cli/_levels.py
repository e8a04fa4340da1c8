"""Samples of a pyramid of generators: made of a coarse picture, or with the noise of its levels from another seed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.cli._terminal import UsageError

if TYPE_CHECKING:
    import argparse

    import numpy as np
    import numpy.typing as npt

    from ganstudio.modalities import Modality, Samples
    from ganstudio.networks.cascade import Cascade
    from ganstudio.training.checkpoints.loaded import LoadedGenerator

    Floats = npt.NDArray[np.float32]

_AT_ONCE = 500


def is_asked(arguments: argparse.Namespace) -> bool:
    """Whether a coarse picture is named, or the seed of the levels' noise."""
    return arguments.coarse is not None or arguments.noise_seed is not None


def made_of(
    arguments: argparse.Namespace, generator: LoadedGenerator, latents: Floats
) -> list[tuple[Samples, Modality]]:
    """The steps from the coarse to the fine, and what each is; the first is the coarse picture, where one is named.

    latents: (n, width) of ``--seed``. Raises UsageError where the run has no pyramid, and for what is no picture.
    """
    network = _cascade_of(arguments, generator)
    base = next(iter(network.columns.values())).stop
    if arguments.noise_seed is not None:
        other = generator.draw_latents(len(latents), arguments.noise_seed)
        latents[:, base:] = other[:, base:]
    if arguments.coarse is None:
        return list(zip(generator.way(latents), generator.kinds, strict=True))
    place, coarse = _read(arguments, generator)
    steps, kinds = _from(generator, network, latents, place, coarse), generator.kinds[place:]
    return [(kind.to_people(step), kind) for step, kind in zip(steps, kinds, strict=True)]


def _cascade_of(arguments: argparse.Namespace, generator: LoadedGenerator) -> Cascade:
    from ganstudio.networks.cascade import Cascade

    if not isinstance(generator.network, Cascade):
        raise UsageError(
            f"{arguments.run}: --coarse and --noise-seed are for a G that works from the coarse to the fine, level by "
            "level, as that of the preset lapgan does"
        )
    return generator.network


def _read(arguments: argparse.Namespace, generator: LoadedGenerator) -> tuple[int, Floats]:
    """At which level the picture stands, counted from the coarsest, and the picture (c, h, w) in model units.

    One that is as large as a level's is taken as it is. Any other is brought to the size of the samples, and made as
    small as the coarsest from there, as the images were that the levels have learnt from.
    """
    from ganstudio.data.images.fitting import UnfitPictureError, as_sample, read_single
    from ganstudio.data.images.halving import halved

    kinds = generator.kinds
    try:
        pixels = read_single(arguments.coarse)
    except UnfitPictureError as error:
        raise UsageError(f"--coarse {arguments.coarse}: {error}") from None
    sides = [kind.shape[1:] for kind in kinds[:-1]]
    if pixels.shape[:2] in sides:
        place = sides.index(pixels.shape[:2])
        return place, kinds[place].to_model(as_sample(pixels, kinds[place]))[0]
    return 0, halved(kinds[-1].to_model(as_sample(pixels, kinds[-1])), len(kinds) - 1)[0]


def _from(generator: LoadedGenerator, network: Cascade, latents: Floats, place: int, coarse: Floats) -> list[Floats]:
    """The picture for each of the latents, and what the finer levels make of it: (n, c, h, w) in model units each."""
    import numpy as np
    import torch

    one = torch.from_numpy(coarse).to(generator.device)
    made: list[list[Floats]] = []
    for start in range(0, len(latents), _AT_ONCE):
        some = torch.from_numpy(latents[start : start + _AT_ONCE]).to(generator.device)
        with torch.no_grad():
            way = network.way_from(some, {place + 1: one.expand(len(some), *one.shape)})
        made.append([step.cpu().numpy() for step in way[place + 1 :]])
    steps = [np.concatenate(parts) for parts in zip(*made, strict=True)]
    return [np.broadcast_to(coarse, (len(latents), *coarse.shape)), *steps]
