"""The figures of each level of a pyramid, made of real coarse images."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.experiment import DatasetSpec
    from ganstudio.measurements.level_figures import Maker
    from ganstudio.training.checkpoints.loaded import LoadedGenerator

_AT_ONCE = 250  # images that a level makes at one go


def level_figures_of(generator: LoadedGenerator, seed: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """The figures as JSON has them; none where the generator is no pyramid, or there are too few images."""
    from ganstudio.measurements import EstimationError
    from ganstudio.measurements.figure import told
    from ganstudio.measurements.level_figures import level_figures
    from ganstudio.networks.cascade import Cascade

    if not isinstance(generator.network, Cascade):
        return {}
    tell("measuring each level on real coarse images")
    makers, twins = makers_of(generator, seed), _twins(generator.experiment.dataset)
    try:
        return told(level_figures(generator.dataset, makers, twins=twins, seed=seed))
    except EstimationError:
        return {}  # the images' own figures say why


def makers_of(generator: LoadedGenerator, seed: int) -> list[Maker]:
    """What each level but the base makes of coarse images, coarse to fine, from a random stream of its own."""
    import torch

    from ganstudio.latent import draw_latents
    from ganstudio.networks import Inputs

    def maker(place: int) -> Maker:
        part, columns = parts[place]
        random = torch.Generator().manual_seed(seed + place)
        space = generator.latent.model_copy(update={"dimensions": columns.stop - columns.start, "codes": ()})

        @torch.no_grad()
        def make(coarse: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
            inputs = Inputs(draw_latents(space, len(coarse), random), torch.from_numpy(coarse)).to(generator.device)
            made: npt.NDArray[np.float32] = torch.cat([part(one).cpu() for one in inputs.portions(_AT_ONCE)]).numpy()
            return made

        return make

    network: Any = generator.network
    parts = list(zip(network.parts, network.columns.values(), strict=True))
    return [maker(place) for place in range(1, len(parts))]


def _twins(spec: DatasetSpec) -> Dataset | None:
    """The same images with other detail, where the data are made so."""
    from ganstudio.data import build_dataset
    from ganstudio.experiment import StripedSpec

    if not isinstance(spec, StripedSpec):
        return None
    return build_dataset(spec.model_copy(update={"phase_seed": (spec.phase_seed + 1) % 2**32}))
