"""Features of images from a small network that is trained on the data in hand. Nothing is downloaded.

The network learns to redraw an image from a few numbers, and to tell its class from the same numbers where the data has
labels. Classes alone would let it forget whatever they do not need, such as blur or the width of a stroke; pixels alone
would let it overlook what a few of them mean. Distances in these features can be compared between runs on the same
data and seed only: they are not those of the published Inception network.
Names of tensors: n images, c channels, h, w pixels, f features, k classes.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, mse_loss

from ganstudio.networks.descent import build_optimiser, descend

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.measurements.estimate import Samples

FEATURES = 64
_CHANNELS, _MOST_CHANNELS = 16, 64
_SMALLEST_SIDE, _LARGEST_SIDE = 4, 32
_DRAWING_UNITS = 256
_STEPS, _BATCH, _RATE = 1000, 64, 2e-3
_CLASS_WEIGHT = 3.0  # of the cross-entropy beside the share of the variance that is not redrawn
_ROWS = 256


class _Network(nn.Module):
    """Images (n, c, h, w) to features (n, f); from them the image again, and logits of the classes (n, k).

    Larger images are halved to 32 pixels first, or training would take minutes: what is finer is not seen.
    """

    def __init__(self, shape: tuple[int, ...], classes: int) -> None:
        super().__init__()
        channels, *sides = shape
        halved: list[nn.Module] = []
        while max(sides) > _LARGEST_SIDE:
            halved.append(nn.AvgPool2d(2, ceil_mode=True))
            sides = [(side + 1) // 2 for side in sides]
        self.shrink = nn.Sequential(*halved)
        pixels = channels * math.prod(sides)
        layers: list[nn.Module] = []
        after = _CHANNELS
        while max(sides) > _SMALLEST_SIDE or not layers:
            layers += [nn.Conv2d(channels, after, 3, stride=2, padding=1), nn.LeakyReLU(0.2)]
            channels, after = after, min(2 * after, _MOST_CHANNELS)
            sides = [(side + 1) // 2 for side in sides]
        self.trunk = nn.Sequential(self.shrink, *layers, nn.Flatten(), nn.Linear(channels * math.prod(sides), FEATURES))
        self.draw = nn.Sequential(
            nn.Linear(FEATURES, _DRAWING_UNITS), nn.LeakyReLU(0.2), nn.Linear(_DRAWING_UNITS, pixels)
        )
        self.judge = nn.Sequential(nn.LeakyReLU(0.2), nn.Linear(FEATURES, classes)) if classes else None

    def loss(self, images: Tensor, labels: Tensor | None, unit: float) -> Tensor:
        """The share of the pixels' variance ``unit`` that is not redrawn, and the cross-entropy of the classes."""
        features = self.trunk(images)
        lost = mse_loss(self.draw(features), self.shrink(images).flatten(1)) / unit
        if self.judge is None or labels is None:
            return lost
        told = self.judge(features)
        known = labels >= 0
        if not known.all():  # some are of no class
            told, labels = told[known], labels[known]
        # Of none the sum is 0, and so are the judge's gradients, which have to be there.
        return lost + (_CLASS_WEIGHT * cross_entropy(told, labels) if len(labels) else told.sum())


@dataclass(frozen=True, kw_only=True, eq=False)
class FeatureExtractor:
    """A trained network. Its features have mean 0 and variance 1 each over the images that it was trained on.

    classes: how many it tells apart, 0 where there were no labels.
    """

    network: _Network
    mean: Tensor
    deviation: Tensor
    classes: int

    @torch.no_grad()
    def features(self, images_nchw: Samples) -> npt.NDArray[np.float32]:
        """Features (n, 64), float32, of images (n, c, h, w) in model units."""
        found = [self.network.trunk(part) for part in _parts(images_nchw)]
        features: npt.NDArray[np.float32] = ((torch.cat(found) - self.mean) / self.deviation).numpy()
        return features

    @torch.no_grad()
    def probabilities(self, images_nchw: Samples) -> npt.NDArray[np.float32]:
        """Probability of each class (n, k), float32, of images (n, c, h, w) in model units; only where k > 0."""
        assert self.network.judge is not None
        found = [self.network.judge(self.network.trunk(part)).softmax(1) for part in _parts(images_nchw)]
        probabilities: npt.NDArray[np.float32] = torch.cat(found).numpy()
        return probabilities


def _parts(images_nchw: Samples) -> tuple[Tensor, ...]:
    return torch.split(torch.from_numpy(images_nchw), _ROWS)


def train_extractor(
    images_nchw: Samples, labels: npt.NDArray[np.integer] | None = None, *, seed: int = 0
) -> FeatureExtractor:
    """Train on images (n, c, h, w) in model units, with their classes (n,) from 0 on where they are known, -1: none.

    Takes some 10 s for images of 32 x 32 on one core, however many there are. The same seed gives the same network;
    torch's global random state is left as it was.
    """
    classes = int(labels.max()) + 1 if labels is not None and len(np.unique(labels[labels >= 0])) > 1 else 0
    images = torch.from_numpy(images_nchw)
    targets = torch.from_numpy(labels.astype(np.int64)) if labels is not None and classes else None
    # Of equal images nothing can be lost.
    unit = float(images.var(dim=0).mean()) or 1.0
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed accelerators too, for good
        network = _Network(tuple(images.shape[1:]), classes)
        weights = list(network.parameters())
        optimiser = build_optimiser(torch.optim.Adam, weights, betas=(0.9, 0.99), fused=True)
        for step in range(_STEPS):
            for group in optimiser.param_groups:
                group["lr"] = _RATE * min(1.0, (step + 1) / 20) * (0.505 + 0.495 * math.cos(math.pi * step / _STEPS))
            chosen = torch.randint(len(images), (_BATCH,))
            with torch.enable_grad():
                loss = network.loss(images[chosen], None if targets is None else targets[chosen], unit)
                gradients = torch.autograd.grad(loss, weights)
            descend(optimiser, weights, gradients)
    network.eval().requires_grad_(False)
    with torch.no_grad():
        features = torch.cat([network.trunk(part) for part in torch.split(images, _ROWS)])
    doubles = features.double()
    mean, deviation = doubles.mean(dim=0), doubles.std(dim=0)
    # The size of a minibatch moves a feature's last digit: of equal images that is all that varies, and no scale.
    varies = deviation > 1e-5 * mean.abs()
    return FeatureExtractor(
        network=network,
        mean=mean.float(),
        deviation=torch.where(varies, deviation, torch.ones_like(deviation)).float(),
        classes=classes,
    )
