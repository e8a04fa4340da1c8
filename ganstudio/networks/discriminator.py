"""What all discriminators are: something that judges samples by features, which others may read as well."""

from __future__ import annotations

from torch import Tensor, nn


class Discriminator(nn.Module):
    """Samples (n, *shape) to outputs (n,), more for what D takes for real. feature_size: how many features it has."""

    feature_size: int

    def read(self, samples: Tensor) -> tuple[Tensor, Tensor]:
        """Outputs (n,), and the features (n, feature_size) that they were judged by."""
        raise NotImplementedError

    def forward(self, samples: Tensor) -> Tensor:
        """Judge samples."""
        return self.read(samples)[0]
