"""A classifier of sounds, trained on the spot, and its features. Nothing is downloaded.

Legend: n sounds, p planes, b bins, f frames, k classes.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn.functional import cross_entropy, dropout

from ganstudio.networks.descent import build_optimiser, descend

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]

FEATURES = 64
_CHANNELS, _WIDTH = 64, 5
_STEPS, _BATCH, _RATE = 600, 64, 1e-3
_MOVED, _NOISE, _DROPPED = 3, 0.1, 0.4
"""So that few clips are not learnt by heart: frames moved by up to 3, noise, and a share of what is seen left out."""
_ROWS = 512


class _Network(nn.Module):
    """Planes (n, p, b, f) to features (n, 64), and these to logits (n, k): two strided convolutions over time."""

    def __init__(self, shape: tuple[int, ...], classes: int) -> None:
        super().__init__()
        planes, bins, frames = shape
        self.first = nn.Conv1d(planes * bins, _CHANNELS, _WIDTH, stride=2, padding=2)
        self.second = nn.Conv1d(_CHANNELS, _CHANNELS, _WIDTH, stride=2, padding=2)
        self.features = nn.Linear(_CHANNELS * ((frames + 3) // 4), FEATURES)
        self.classes = nn.Linear(FEATURES, classes)

    def read(self, planes_npbf: Tensor, dropped: float = 0.0) -> Tensor:
        """Features (n, 64)."""
        hidden = self.second(self.first(planes_npbf.flatten(1, 2)).relu()).relu().flatten(1)
        features: Tensor = self.features(dropout(hidden, dropped)).relu()
        return features


@dataclass(frozen=True, kw_only=True, eq=False)
class SoundClassifier:
    """A trained classifier."""

    network: _Network

    @torch.no_grad()
    def features(self, planes: Floats) -> Floats:
        """Features (n, 64) of sounds in model units."""
        found: Floats = torch.cat([self.network.read(part) for part in _parts(planes)]).numpy()
        return found

    @torch.no_grad()
    def probabilities(self, planes: Floats) -> Floats:
        """Probability (n, k) of each class."""
        said = [self.network.classes(self.network.read(part)).softmax(1) for part in _parts(planes)]
        found: Floats = torch.cat(said).numpy()
        return found


def train_classifier(planes: Floats, labels: npt.NDArray[np.integer], classes: int, *, seed: int) -> SoundClassifier:
    """Train on sounds (n, p, b, f) in model units of these classes (n,), 0 to ``classes`` - 1; some seconds.

    The same seed gives the same network; torch's global random state is left as it was.
    """
    known, targets = torch.from_numpy(planes), torch.from_numpy(labels.astype(np.int64))
    with torch.random.fork_rng(devices=[]):
        torch.default_generator.manual_seed(seed)  # torch.manual_seed would seed accelerators too, for good
        network = _Network(tuple(planes.shape[1:]), classes)
        weights = list(network.parameters())
        optimiser = build_optimiser(torch.optim.Adam, weights, lr=_RATE, fused=True)
        for _ in range(_STEPS):
            chosen = torch.randint(len(known), (_BATCH,))
            moved = torch.roll(known[chosen], int(torch.randint(-_MOVED, _MOVED + 1, ())), 3)
            with torch.enable_grad():
                features = network.read(moved + _NOISE * torch.randn_like(moved), _DROPPED)
                loss = cross_entropy(network.classes(dropout(features, _DROPPED)), targets[chosen])
                gradients = torch.autograd.grad(loss, weights)
            descend(optimiser, weights, gradients)
    return SoundClassifier(network=network.eval().requires_grad_(False))


def _parts(planes: Floats) -> tuple[Tensor, ...]:
    return torch.split(torch.from_numpy(np.ascontiguousarray(planes)), _ROWS)
