"""Differentiable augmentation (Zhao et al. 2020, arXiv:2006.10738): everything that D sees is changed at random.

With few images D learns them by heart, and G is led to copy. Changing the real images alone would teach G to make
changed ones; so both kinds are changed, by operations that G's gradient passes through.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.experiment import AugmentationSpec


def augment(images_nchw: Tensor, spec: AugmentationSpec, random: torch.Generator) -> Tensor:
    """Images in [-1, 1] changed one by one, (n, c, h, w); with all strengths 0 as they are, and no number is drawn."""
    if spec.colour:
        images_nchw = _recolour(images_nchw, spec.colour, random)
    if spec.translation:
        images_nchw = _translate(images_nchw, spec.translation, random)
    if spec.cutout:
        images_nchw = _cut_out(images_nchw, spec.cutout, random)
    return images_nchw


def _uniform(count: int, random: torch.Generator) -> Tensor:
    return torch.rand((count, 1, 1, 1), generator=random, device=random.device)


def _recolour(images: Tensor, strength: float, random: torch.Generator) -> Tensor:
    """Brightness, saturation and contrast; at strength 1 as far as in the paper's code."""
    count = len(images)
    images = images + strength * (_uniform(count, random) - 0.5)
    if images.shape[1] > 1:
        grey = images.mean(dim=1, keepdim=True)
        images = grey + (images - grey) * (1 + strength * (2 * _uniform(count, random) - 1))
    mean = images.mean(dim=(1, 2, 3), keepdim=True)
    return mean + (images - mean) * (1 + strength * (_uniform(count, random) - 0.5))


def _translate(images: Tensor, share: float, random: torch.Generator) -> Tensor:
    """Moved by whole pixels, at most ``share`` of the side each way; what comes in repeats the edge."""
    count, _, height, width = images.shape
    rows, columns = (_moved(count, side, share, random) for side in (height, width))
    first = torch.arange(count, device=images.device)[:, None, None]
    return images.permute(0, 2, 3, 1)[first, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def _moved(count: int, side: int, share: float, random: torch.Generator) -> Tensor:
    most = round(share * side)
    by = torch.randint(-most, most + 1, (count, 1), generator=random, device=random.device)
    return (torch.arange(side, device=random.device) + by).clamp(0, side - 1)


def _cut_out(images: Tensor, share: float, random: torch.Generator) -> Tensor:
    """A grey square of ``share`` of the side, its middle anywhere in the image."""
    count, _, height, width = images.shape
    inside = []
    for side in (height, width):
        middle = torch.randint(0, side, (count, 1), generator=random, device=random.device)
        place = torch.arange(side, device=random.device)
        half = share * side / 2
        inside.append((place >= middle - half) & (place < middle + half))
    hole = inside[0][:, None, :, None] & inside[1][:, None, None, :]
    return images.masked_fill(hole, 0.0)
