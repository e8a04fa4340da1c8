"""How much the samples of a minibatch differ, as one more feature (Karras et al. 2017, arXiv:1710.10196, sec. 3).

D judges samples one by one and sees of no single one that all of them are alike; with this feature it does.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_MEMORY = 0.1  # share of the newest minibatch in what is usual, as batch normalisation has it


class MinibatchDeviation(nn.Module):
    """Features (n, c, ...) to (n, c + 1, ...): the last is one number, the same everywhere.

    It is the standard deviation over the minibatch of each feature at each place, and the mean of these. Evaluated, a
    sample is judged as if it stood in a usual minibatch: whatever else is asked about with it, as in a heat map, is
    none that D was trained on.
    """

    usual: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("usual", torch.ones(()))

    def forward(self, features: Tensor) -> Tensor:
        """Add the feature."""
        deviation = self.usual
        if self.training:
            # The 1e-8 is the authors': the root has no slope at 0, where all samples are the same.
            deviation = features.var(0, correction=0).add(1e-8).sqrt().mean()
            with torch.no_grad():
                self.usual.lerp_(deviation, _MEMORY)
        return torch.cat([features, deviation.expand(len(features), 1, *features.shape[2:])], 1)
