"""Initial weights other than torch's own."""

from __future__ import annotations

from torch import nn

_SLOPE = 0.2


def start_as_he(network: nn.Module) -> None:
    """Let each layer keep the size of what passes through it (He et al. 2015, arXiv:1502.01852); shifts begin at 0.

    torch's own weights are smaller, so that a D of several layers begins at chance and may stay there.
    """
    for module in network.modules():
        if isinstance(module, (nn.Conv2d, nn.Linear)):
            nn.init.kaiming_normal_(module.weight, a=_SLOPE)
            if module.bias is not None:
                nn.init.zeros_(module.bias)
