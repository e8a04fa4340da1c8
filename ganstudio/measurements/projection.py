"""From a sample back to latents: whose sample is the nearest that G makes, as far as gradients lead there.

Legend: k starts, n latents drawn at random.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.experiment import CategoricalCodeSpec
from ganstudio.modalities.sound import Sound
from ganstudio.networks import Inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import numpy.typing as npt
    from torch import Tensor

    from ganstudio.experiment import LatentSpec
    from ganstudio.modalities import Modality
    from ganstudio.networks import Generator

RANDOM = 10_000
"""Samples of the prior that the distance is told next to; the nearest of them are the starts."""
STARTS, STEPS = 8, 300
RATE = 0.05
MOST = {"normal": 3.0, "uniform": 1.0}
"""How far from 0 a dimension of z may go: G was trained on next to nothing beyond."""
_PORTION = 100
_WINDOW, _MAGNITUDES = 256, (1e-2, 30.0)
"""Samples of a frame, and the magnitudes at -1 and 1, of the spectrogram that waves are compared in."""


class ProjectionError(ValueError):
    """A sample that can't be projected; the message says why, and what can be."""


@dataclass(frozen=True)
class Found:
    """Where the search stands after ``step`` steps.

    latents: (d,) the best ones so far; distance: the root mean square of the differences of G's sample from the one
    looked for, in model units, which go from -1 to 1, or of what ``compared_of`` has in their place; of_random: the
    smallest among RANDOM samples of the prior, whose latents are ``nearest`` (d,).
    """

    step: int
    latents: npt.NDArray[np.float32]
    distance: float
    of_random: float
    nearest: npt.NDArray[np.float32]

    @property
    def ratio(self) -> float:
        """The distance as a share of the best random sample's."""
        return self.distance / self.of_random if self.of_random else 1.0


def check_projectable(generator: Generator, *, gives: bool) -> None:
    """Raise ProjectionError where no gradient leads from a sample back to latents alone."""
    if not generator.differentiable:
        raise ProjectionError("this G makes its samples by throwing dice, and no gradient leads back through these")
    if gives:
        raise ProjectionError("this G makes its samples of what it is given, and not of latents alone")


def project(
    generator: Generator,
    space: LatentSpec,
    draws: Tensor,
    sample: Tensor,
    *,
    starts: int = STARTS,
    steps: int = STEPS,
    wanted: Callable[[], bool] = lambda: True,
    compared: Callable[[Tensor], Tensor] | None = None,
) -> Iterator[Found]:
    """Look for the latents of a sample (*shape), in model units; what is found is yielded before and after each step.

    draws: (n, d) of the prior. From the nearest of them on z and the continuous codes are led by Adam, with a rate that
    falls to 0; categories and the class stay as each start has them. What is found is never worse than before.
    wanted: asked while draws are looked at, which may take long; where it says no, nothing is found. compared: what of
    samples (n, *shape) distances are of, as ``compared_of`` has it; None: all of them.
    """
    compared = compared or _whole
    sample = compared(sample.to(draws.device)[None])
    with torch.no_grad():
        parts = []
        for part in torch.split(draws, _PORTION):
            if not wanted():
                return
            parts.append(_distances(generator, part, sample, compared))
        random = torch.cat(parts)
        order = random.argsort()[:starts]
    fixed = draws[order].clone()
    moved, reach = _moved(space, draws.device)
    best, latents = float(random[order[0]]), fixed[0].clone()
    told = best, latents.cpu().numpy().copy()
    yield Found(0, told[1], best, *told)
    free = fixed.clone().requires_grad_(True)
    optimiser = torch.optim.Adam([free], RATE) if steps else None
    for step in range(1, steps + 1):
        assert optimiser is not None
        optimiser.param_groups[0]["lr"] = RATE * 0.5 * (1 + np.cos(np.pi * step / steps))
        made = torch.where(moved, free, fixed)
        distances = _distances(generator, made, sample, compared)
        (free.grad,) = torch.autograd.grad(distances.square().sum(), free)
        reached = distances.detach()
        nearest = int(reached.argmin())
        if float(reached[nearest]) < best:
            best, latents = float(reached[nearest]), made[nearest].detach().clone()
        optimiser.step()
        with torch.no_grad():
            free.copy_(torch.minimum(torch.maximum(free, -reach), reach))
        yield Found(step, latents.cpu().numpy(), best, *told)


def compared_of(modality: Modality) -> Callable[[Tensor], Tensor] | None:
    """What of samples of a kind two are compared in; None: in all of what networks see.

    Of sounds that networks see as waves it is their spectrogram: two waves that sound alike may differ in every phase.
    """
    own = isinstance(modality, Sound) and not modality.means.is_framed
    return _spectrogram if own else None


def _whole(samples: Tensor) -> Tensor:
    return samples


def _spectrogram(waves: Tensor) -> Tensor:
    """Log magnitudes (n, bins, frames) of waves (n, 1, 1, t), from -1 to 1 as those of pictures."""
    window = torch.hann_window(_WINDOW, device=waves.device)
    spectra = torch.stft(waves.flatten(1), _WINDOW, _WINDOW // 2, window=window, return_complex=True)
    low, high = (math.log(magnitude) for magnitude in _MAGNITUDES)
    return (spectra.abs().clamp_min(_MAGNITUDES[0]).log() - low) / (high - low) * 2 - 1


def _distances(generator: Generator, latents: Tensor, sample: Tensor, compared: Callable[[Tensor], Tensor]) -> Tensor:
    """Root mean squares (n,) of the differences."""
    made = compared(generator(Inputs(latents)))
    return (made - sample).flatten(1).square().mean(1).sqrt()


def _moved(space: LatentSpec, device: torch.device) -> tuple[Tensor, Tensor]:
    """Which columns are led, and how far from 0 each may go, (d,) both."""
    moved = torch.ones(space.width, dtype=torch.bool, device=device)
    reach = torch.full((space.width,), MOST[space.prior], device=device)
    for code, columns in zip(space.codes, space.code_columns, strict=True):
        if isinstance(code, CategoricalCodeSpec):
            moved[columns] = False
        else:
            reach[columns] = code.reach * MOST[code.prior]
    return moved, reach
