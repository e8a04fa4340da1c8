"""Points of the latent space: drawn from the prior, laid out on a grid."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
from torch.nn.functional import one_hot

from ganstudio.experiment import CategoricalCodeSpec

if TYPE_CHECKING:
    import numpy.typing as npt
    from torch import Tensor

    from ganstudio.experiment import CodeSpec, LatentSpec

# The manifold grid spans the bulk of the prior: 95 % of a standard normal in each dimension, nearly all of a uniform.
GRID_REACH = {"normal": 2.0, "uniform": 0.98}


def draw_latents(spec: LatentSpec, count: int, generator: torch.Generator) -> Tensor:
    """Draw [z, c] from their priors: (count, spec.width) float32, on the generator's device; categories as one-hot."""
    codes = [_draw_code(code, count, generator) for code in spec.codes]
    z = _draw(spec.prior, (count, spec.dimensions), generator)
    return torch.cat([z, *codes], dim=1) if codes else z


def _draw(prior: str, shape: tuple[int, int], generator: torch.Generator) -> Tensor:
    if prior == "normal":
        return torch.randn(shape, generator=generator, device=generator.device)
    return torch.rand(shape, generator=generator, device=generator.device).mul_(2).sub_(1)


def _draw_code(code: CodeSpec, count: int, generator: torch.Generator) -> Tensor:
    if isinstance(code, CategoricalCodeSpec):
        values = torch.randint(code.size, (count,), generator=generator, device=generator.device)
        return one_hot(values, code.size).float()
    return code.reach * _draw(code.prior, (count, 1), generator)


def latent_grid(spec: LatentSpec, lines: int) -> npt.NDArray[np.float32]:
    """A regular grid over the first two dimensions of z, the others 0: (lines * columns, spec.width), row by row.

    Codes stand at their first value, or 0.

    columns is ``lines``, or 1 when z has one dimension.
    """
    axis = np.linspace(-1, 1, lines, dtype=np.float32) * np.float32(GRID_REACH[spec.prior])
    grid = np.zeros((lines if spec.dimensions == 1 else lines * lines, spec.width), np.float32)
    if spec.dimensions == 1:
        grid[:, 0] = axis
    else:
        grid[:, 0], grid[:, 1] = np.repeat(axis, lines), np.tile(axis, lines)
    for code, columns in zip(spec.codes, spec.code_columns, strict=True):
        if isinstance(code, CategoricalCodeSpec):
            grid[:, columns.start] = 1
    return grid
