"""Q of InfoGAN (Chen et al. 2016, arXiv:1606.03657): reads the codes off a sample, from the features that D has of it.

D's trunk is shared, so that Q costs little more than its own two layers.
"""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor, nn

from ganstudio.experiment import CategoricalCodeSpec, CodeSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.experiment import RecogniserSpec


def parameters_of(code: CodeSpec) -> int:
    """How many numbers Q says of a code: a logit for each value, or the mean and the log of the variance."""
    return code.size if isinstance(code, CategoricalCodeSpec) else 2


class Recogniser(nn.Module):
    """D's features (n, f) to the parameters (n, p) of Q(c | x), the codes' one after another as in ``columns``."""

    def __init__(self, spec: RecogniserSpec, features: int, codes: Sequence[CodeSpec]) -> None:
        super().__init__()
        ends = list(accumulate((parameters_of(code) for code in codes), initial=0))
        self.columns = tuple(slice(start, stop) for start, stop in pairwise(ends))
        for index, code in enumerate(codes):
            if isinstance(code, CategoricalCodeSpec):
                self.register_buffer(f"together{index}", torch.full((code.size, code.size), code.size**-2.0))
        normal = spec.normalisation == "batch"
        self.layers = nn.Sequential(
            nn.Linear(features, spec.width, bias=not normal),
            nn.BatchNorm1d(spec.width) if normal else nn.Identity(),
            nn.LeakyReLU(0.2),
            nn.Linear(spec.width, ends[-1]),
        )

    def together(self, index: int) -> Tensor:
        """How often the values of categorical code ``index`` are read together off two views, (size, size), averaged.

        All pairs alike at first. It is kept with the weights, so that a run goes on as if it had not stopped.
        """
        return self.get_buffer(f"together{index}")

    def _load_from_state_dict(self, state_dict: dict[str, Any], prefix: str, *args: Any) -> None:
        # Runs from before the tables were kept begin with new ones.
        for name, table in self.named_buffers(recurse=False):
            state_dict.setdefault(prefix + name, table)
        super()._load_from_state_dict(state_dict, prefix, *args)

    def forward(self, features_nf: Tensor) -> Tensor:
        """Read the codes: logits of the categorical ones, mean and log variance of the continuous ones, (n, p)."""
        parameters: Tensor = self.layers(features_nf)
        return parameters
