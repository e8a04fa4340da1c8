"""Points of the latent space: drawn from the prior, laid out on a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    import numpy.typing as npt
    from torch import Tensor

    from ganstudio.experiment import LatentSpec

# The manifold grid spans the bulk of the prior: 95 % of a standard normal in each dimension, nearly all of a uniform.
GRID_REACH = {"normal": 2.0, "uniform": 0.98}


def draw_latents(spec: LatentSpec, count: int, generator: torch.Generator) -> Tensor:
    """Draw z from the prior p_z: (count, d) float32, on the generator's device."""
    shape = (count, spec.dimensions)
    if spec.prior == "normal":
        return torch.randn(shape, generator=generator, device=generator.device)
    return torch.rand(shape, generator=generator, device=generator.device).mul_(2).sub_(1)


def latent_grid(spec: LatentSpec, lines: int) -> npt.NDArray[np.float32]:
    """A regular grid over the first two dimensions of z, the others 0: (lines * columns, d), row by row.

    columns is ``lines``, or 1 when z has one dimension.
    """
    axis = np.linspace(-1, 1, lines, dtype=np.float32) * np.float32(GRID_REACH[spec.prior])
    if spec.dimensions == 1:
        return axis[:, None]
    grid = np.zeros((lines * lines, spec.dimensions), np.float32)
    grid[:, 0], grid[:, 1] = np.repeat(axis, lines), np.tile(axis, lines)
    return grid
