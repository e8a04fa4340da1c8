"""What draws samples of a run's generator for measures, always the same ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from ganstudio.measurements.estimate import Draw
    from ganstudio.training.checkpoints.loaded import LoadedGenerator


SEED = 0


def step_back() -> None:
    """Leave the machine to whatever else runs: one thread, of a lower priority where there are any."""
    import os

    import torch

    torch.set_num_threads(1)
    if hasattr(os, "nice"):
        os.nice(5)  # a third of a core's time beside a training that wants all of it


def draw_from(generator: LoadedGenerator) -> Draw:
    """What draws samples (count, *shape) in model units from a run's generator, always the same ones in turn."""
    import torch

    random = torch.Generator().manual_seed(SEED)

    @torch.no_grad()
    def draw(count: int) -> npt.NDArray[np.float32]:
        inputs = generator.prior.draw(count, random).to(generator.device)
        samples: npt.NDArray[np.float32] = generator.network(inputs).cpu().numpy()
        return samples

    return draw


def labelled_draw_from(
    generator: LoadedGenerator,
) -> Callable[[int], tuple[npt.NDArray[np.float32], npt.NDArray[np.int64] | None]]:
    """As ``draw_from``, with the class (count,) that each sample was asked for; None where G is told none."""
    import torch

    random = torch.Generator().manual_seed(SEED)

    @torch.no_grad()
    def draw(count: int) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64] | None]:
        inputs = generator.prior.draw(count, random).to(generator.device)
        asked = None
        if generator.latent.label is not None:
            asked = inputs.latents[:, generator.latent.label_columns].argmax(1).cpu().numpy()
        return generator.network(inputs).cpu().numpy(), asked

    return draw
