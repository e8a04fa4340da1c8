"""How much the samples of a minibatch differ, as one more feature (Karras et al. 2017, arXiv:1710.10196, sec. 3).

D judges samples one by one and sees of no single one that all of them are alike; with this feature it does.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

_MEMORY = 0.1  # share of the newest minibatch in what is usual, as batch normalisation has it


class MinibatchDeviation(nn.Module):
    """Features (n, c, ...) to (n, c + 1, ...): the last is one number, the same everywhere.

    It is the standard deviation over the minibatch of each feature at each place, and the mean of these; with groups,
    over as many samples that follow one another, where these make up the minibatch. Evaluated, a sample is judged as
    if it stood in a usual minibatch: whatever else is asked about with it, as in a heat map, is none that D was trained
    on.
    """

    usual: Tensor

    def __init__(self, group: int = 0) -> None:
        """Look at groups of so many samples; 0: at all of the minibatch."""
        super().__init__()
        self.group = group
        self.register_buffer("usual", torch.ones(()))

    def forward(self, features: Tensor) -> Tensor:
        """Add the feature."""
        deviation = self.usual
        if self.training and self.group and len(features) % self.group == 0:
            return torch.cat([features, self._of_groups(features)], 1)
        if self.training:
            # The 1e-8 is the authors': the root has no slope at 0, where all samples are the same.
            deviation = features.var(0, correction=0).add(1e-8).sqrt().mean()
            with torch.no_grad():
                self.usual.lerp_(deviation, _MEMORY)
        return torch.cat([features, deviation.expand(len(features), 1, *features.shape[2:])], 1)

    def _of_groups(self, features: Tensor) -> Tensor:
        """The deviation within the group of each sample, (n, 1, ...)."""
        grouped = features.view(-1, self.group, *features.shape[1:])
        deviations: Tensor = grouped.var(1, correction=0).add(1e-8).sqrt().flatten(1).mean(1)
        with torch.no_grad():
            self.usual.lerp_(deviations.mean(), _MEMORY)
        each = deviations.repeat_interleave(self.group)
        return each.view(-1, 1, *[1] * (features.dim() - 2)).expand(len(features), 1, *features.shape[2:])
