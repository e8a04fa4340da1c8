"""What a generator makes of small images, next to what interpolation makes of them, and to what fools single figures.

Apart from the package, as it needs torch.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganstudio.data.givens import LowResolution, build_sampler
from ganstudio.data.images.striped import draw_striped
from ganstudio.experiment import LowResolutionSpec, StripedSpec
from ganstudio.latent import draw_latents, latent_space
from ganstudio.measurements.estimate import EstimationError
from ganstudio.measurements.restoration import consistency, detail, psnr, ssim, with_noise
from ganstudio.measurements.stripes import NEAR, direction_errors, hues
from ganstudio.measurements.texture import texture
from ganstudio.networks import Inputs
from ganstudio.networks.super_resolution import enlarged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment
    from ganstudio.networks import Generator

    Floats = npt.NDArray[np.float32]
    Row = dict[str, float | None]

MOST = 500
"""Images that are enlarged and compared, fewer where they are large."""
_FLOATS = 1 << 25  # that each row may take in memory, 128 MB; spectra of it take some ten times as much
INTERPOLATED, NOISY, OTHER, KEPT, MADE = "interpolated", "noise", "other_phase", "content", "generator"
"""What is compared: cubic interpolation, and that with noise of just the power that it lacks; of striped digits the
originals with another phase, which no small image tells; G as its content stage left it, and G."""
_AT_ONCE = 64


def enlarging_figures(
    experiment: Experiment, dataset: Dataset, generators: Mapping[str, Generator], seed: int = 0
) -> dict[str, Any]:
    """Figures of each row under "enlarging", and of what images they are; nothing where G is given no small images.

    generators: by the name of their row. Images that were held out are enlarged where there are any. A figure is None
    where it can't be measured, as SSIM of images below 11 pixels.
    """
    spec = experiment.given_to_all
    if not isinstance(spec, LowResolutionSpec) or dataset.at is None or dataset.count is None:
        return {}
    random = np.random.default_rng((seed, 17))
    first, there = (dataset.count, dataset.held_out) if dataset.held_out else (0, dataset.count)
    chosen = first + random.permutation(there)[: min(MOST, max(1, _FLOATS // math.prod(dataset.shape)))]
    real, sampler = dataset.at(chosen), build_sampler(spec, dataset)
    assert isinstance(sampler, LowResolution)
    small = torch.from_numpy(sampler.small(real, random))
    smooth = enlarged(small, spec.factor).numpy()
    rows = {INTERPOLATED: smooth, NOISY: with_noise(smooth, real, spec.factor, random)}
    if isinstance(experiment.dataset, StripedSpec):
        rows[OTHER] = other_phase(experiment.dataset, dataset, chosen, random)
    latents = draw_latents(latent_space(experiment, dataset), len(chosen), torch.Generator().manual_seed(seed))
    rows |= {name: made_of(generator, Inputs(latents, small)) for name, generator in generators.items()}
    hue = hues(enlarged(torch.from_numpy(sampler.shrunk(real)), spec.factor).numpy())
    known = hue if isinstance(experiment.dataset, StripedSpec) else None
    return {
        "enlarging_images": len(chosen),
        "enlarging_from": "held out" if dataset.held_out else "training",
        "enlarging_factor": spec.factor,
        "enlarging": {name: figures_of(images, real, spec.factor, known) for name, images in rows.items()},
    }


def figures_of(images: Floats, real: Floats, factor: int, hue: npt.NDArray[np.floating] | None) -> Row:
    """A row's figures. hue: of striped digits, by which the direction of their stripes is known."""
    images = np.clip(images, -1, 1)
    row: Row = {
        "psnr": psnr(images, real),
        "ssim": _known(lambda: ssim(images, real)),
        "detail": _known(lambda: detail(images, real, factor)),
        "texture": _known(lambda: texture(images, real)),
        "consistency": consistency(images, real, factor),
    }
    if hue is not None:
        errors = direction_errors(images, hue)
        row |= {"direction": float(np.median(errors)), "direction_near": float((errors < NEAR).mean())}
    return row


@torch.no_grad()
def made_of(generator: Generator, inputs: Inputs) -> Floats:
    """What G makes of small images, on the processor."""
    return np.concatenate([generator(part).numpy() for part in inputs.portions(_AT_ONCE)])


def other_phase(spec: StripedSpec, dataset: Dataset, chosen: npt.NDArray[np.int64], random: np.random.Generator) -> Any:
    """The same striped digits with their stripes moved: as good as can be known, (n, 3, s, s) in model units."""
    assert dataset.labels is not None
    phases, made = random.uniform(0, 2 * np.pi, len(chosen)), np.empty((len(chosen), *dataset.shape), np.float32)
    for label in np.unique(dataset.labels[chosen]):
        places = np.flatnonzero(dataset.labels[chosen] == label)
        factors = {name: values[chosen[places]] for name, values in dataset.factors.items()} | {"phase": phases[places]}
        made[places] = draw_striped(int(label), factors, spec.size, spec.contrast) / np.float32(127.5) - 1
    return made


def _known(measure: Callable[[], float]) -> float | None:
    try:
        return measure()
    except EstimationError:
        return None
