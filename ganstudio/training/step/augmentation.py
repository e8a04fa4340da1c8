"""Differentiable augmentation (Zhao et al. 2020, arXiv:2006.10738): everything that D sees is changed at random.

With few images D learns them by heart, and G is led to copy. Changing the real images alone would teach G to make
changed ones; so both kinds are changed, by operations that G's gradient passes through.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch
from torch.nn.functional import grid_sample, max_pool2d

from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.experiment import AugmentationSpec

CHANGEABLE: ByKind[bool] = ByKind(False, images=True)
"""Whether samples of a kind can be changed so, and views of them compared."""


def augment(images_nchw: Tensor, spec: AugmentationSpec, random: torch.Generator) -> Tensor:
    """Images in [-1, 1] changed one by one, (n, c, h, w); with all strengths 0 as they are, and no number is drawn."""
    if spec.colour:
        images_nchw = _recolour(images_nchw, spec.colour, random)
    if spec.translation or spec.zoom or spec.rotation:
        images_nchw = _move(images_nchw, spec, random)
    if spec.stroke:
        images_nchw = _thicken(images_nchw, spec.stroke, random)
    if spec.cutout:
        images_nchw = _cut_out(images_nchw, spec.cutout, random)
    return images_nchw


def turn(images_nchw: Tensor, degrees: float, random: torch.Generator) -> Tensor:
    """All images (n, c, h, w) turned alike, by one random angle of up to ``degrees`` to either side."""
    angle = math.radians(degrees) * (2 * _uniform(1, random).flatten() - 1)
    return _sample(images_nchw, _rotation(angle, torch.ones_like(angle)).expand(len(images_nchw), 2, 2))


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


def _move(images: Tensor, spec: AugmentationSpec, random: torch.Generator) -> Tensor:
    """Moved, enlarged or made smaller about the middle, and turned, bilinearly; what comes in repeats the edge.

    The paper moves by whole pixels and does no more; fractions, the zoom and the turn are as in Karras et al. 2020
    (arXiv:2006.06676). Between pixels what G writes in single ones is lost, so that D must look at shapes (measured
    with InfoGAN's codes on glyphs: after 2,300 steps .75 of the classes were read rightly, and .55 with whole pixels).
    """
    count = len(images)
    factor = 1 + spec.zoom * (2 * _uniform(count, random).flatten() - 1)
    moves = torch.rand((count, 2, 1), generator=random, device=random.device)
    moves = 2 * spec.translation * (2 * moves - 1)
    turned = torch.diag_embed(torch.stack([factor, factor], dim=1))
    if spec.rotation:
        angle = math.radians(spec.rotation) * (2 * _uniform(count, random).flatten() - 1)
        turned = _rotation(angle, factor)
    return _sample(images, turned, moves)


def _rotation(angle: Tensor, factor: Tensor) -> Tensor:
    """Matrices (n, 2, 2) that turn by angles (n,), radians, and stretch by factors."""
    sine, cosine = factor * angle.sin(), factor * angle.cos()
    return torch.stack([torch.stack([cosine, -sine], dim=1), torch.stack([sine, cosine], dim=1)], dim=1)


def _sample(images: Tensor, turned: Tensor, moves: Tensor | None = None) -> Tensor:
    """Images at places of their own plane: turned (n, 2, 2) and moved (n, 2, 1), in halves of the side.

    The places are torch's affine_grid's, which takes ten times as long for their small matrices.
    """
    across, down = (_middles(side, images) for side in (images.shape[3], images.shape[2]))
    towards = turned[:, :, :, None, None]
    places = towards[:, :, 0] * across + towards[:, :, 1] * down[:, None]
    if moves is not None:
        places = places + moves[:, :, :, None]
    return grid_sample(images, places.permute(0, 2, 3, 1), padding_mode="border", align_corners=False)


def _middles(side: int, like: Tensor) -> Tensor:
    """Where the middles of pixels are (side,), in halves of the side from the centre."""
    return (2 * torch.arange(side, device=like.device, dtype=like.dtype) + 1) / side - 1


def _thicken(images: Tensor, strength: float, random: torch.Generator) -> Tensor:
    """Bright lines made thicker or thinner, dark ones the other way.

    Part of the way to the brightest or darkest of each pixel's 3 x 3 neighbours: grey-scale dilation and erosion.
    """
    share = strength * (2 * _uniform(len(images), random) - 1)
    brightest, darkest = max_pool2d(images, 3, 1, 1), -max_pool2d(-images, 3, 1, 1)
    return images + share.clamp_min(0) * (brightest - images) + (-share).clamp_min(0) * (darkest - images)


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
