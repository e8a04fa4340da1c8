"""The figures of pictures that are made of normals."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt
    import torch

    from ganstudio.data import Dataset
    from ganstudio.experiment import DatasetSpec, LatentSpec
    from ganstudio.networks import Generator
    from ganstudio.networks.chain import ChainedGenerator
    from ganstudio.training.checkpoints.loaded import LoadedGenerator

    Floats = npt.NDArray[np.float32]

_AT_ONCE = 250  # maps, or pictures, that are made at one go


def surface_figures_of(generator: LoadedGenerator, seed: int, tell: Callable[[str], None]) -> dict[str, Any]:
    """The figures as JSON has them; none where the generator makes no normals, or there are too few pictures."""
    from ganstudio.measurements import EstimationError
    from ganstudio.measurements.figure import told
    from ganstudio.measurements.surface_figures import surface_figures
    from ganstudio.networks.chain import ChainedGenerator

    partners = generator.dataset.partners
    kinds = generator.network.way_kinds(generator.dataset.modality)
    network = generator.network
    if not isinstance(network, ChainedGenerator) or partners is None or kinds[-1] != partners.modality:
        return {}
    tell("learning to read normals off real pictures, and reading them off generated ones")
    both, twins = Both(network, generator.latent, generator.device, seed), _twins(generator.experiment.dataset)
    try:
        return told(surface_figures(generator.dataset, both, twins=twins, seed=seed))
    except EstimationError:
        return {}  # the images' own figures say why


class Both:
    """The two generators of a chain, each with a random stream of its own."""

    def __init__(self, network: ChainedGenerator, space: LatentSpec, device: torch.device, seed: int) -> None:
        """Network: both; space: of the latents of both."""
        import torch

        self._network, self._space, self._device = network, space, device
        self._random = [torch.Generator().manual_seed(seed + place) for place in (3, 4)]

    def structure(self, count: int) -> Floats:
        """So many maps of normals (n, 3, h, w)."""
        return self._made(self._network.first, 0, count, None)

    def paint(self, normals: Floats) -> Floats:
        """Pictures (n, c, h, w) of maps, each in a style of its own."""
        return self._made(self._network.second, 1, len(normals), normals)

    def _made(self, part: Generator, place: int, count: int, given: Floats | None) -> Floats:
        import torch

        from ganstudio.latent import draw_latents
        from ganstudio.networks import Inputs

        columns = list(self._network.columns.values())[place]
        latents = draw_latents(self._space, count, self._random[place])[:, columns]
        inputs = Inputs(latents, None if given is None else torch.from_numpy(given)).to(self._device)
        with torch.no_grad():
            made: Floats = torch.cat([part(one).cpu() for one in inputs.portions(_AT_ONCE)]).numpy()
        return made


def _twins(spec: DatasetSpec) -> Dataset | None:
    """The same surfaces with another look, where the data are made so."""
    from ganstudio.data import build_dataset
    from ganstudio.experiment import ScenesSpec

    if not isinstance(spec, ScenesSpec):
        return None
    return build_dataset(spec.model_copy(update={"style_seed": (spec.style_seed + 1) % 2**32}))
