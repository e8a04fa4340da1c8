"""Pictures of any size through a generator that enlarges: in tiles without seams, grey, in colour, or transparent.

Legend: h, w pixels of a small picture, f how many times larger it becomes.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, cast

import numpy as np
import numpy.typing as npt
import torch

from ganstudio.data.givens import shrinking
from ganstudio.networks.generator import Inputs
from ganstudio.networks.super_resolution import enlarged

if TYPE_CHECKING:
    from collections.abc import Iterator

    from torch import Tensor

    from ganstudio.networks.super_resolution import SuperResolutionGenerator

    Pixels = npt.NDArray[np.uint8]
    Floats = npt.NDArray[np.float32]

TILE = 128
"""Side of a tile in small pixels, without what it overlaps by."""
OVERLAP = 16
"""Small pixels that a tile takes from its neighbours, at least: with them it is the whole picture's part bit by bit."""
_GREY = np.array([0.299, 0.587, 0.114], np.float32)  # ITU-R BT.601


def mixed(
    content: SuperResolutionGenerator, made: SuperResolutionGenerator, invention: float
) -> SuperResolutionGenerator:
    """A generator between two that differ in their weights alone: 0 is the first, 1 the second (Wang et al. 2018).

    Weights that grew apart from the same ones can be interpolated: between squared errors and a judge lies all of the
    trade, without training. The second itself where ``invention`` is 1.
    """
    if invention == 1:
        return made
    between = deepcopy(made)
    with torch.no_grad():
        for weight, first in zip(between.parameters(), content.parameters(), strict=True):
            weight.copy_(torch.lerp(first, weight, invention))
    return between


def enlarged_picture(network: SuperResolutionGenerator | None, pixels: Pixels, factor: int, latents: Tensor) -> Pixels:
    """A picture (h, w, 1, 3 or 4), enlarged: (f h, f w, as many). network: None interpolates.

    latents: (1, d) of G. A grey G enlarges the brightness of a picture in colour and leaves the colours to
    interpolation; one for colour gets a grey picture three times. How transparent it is, is interpolated.
    """
    colours = pixels[..., :3] if pixels.shape[2] >= 3 else pixels[..., :1]
    small = _to_model(colours)
    channels = small.shape[1] if network is None else network.leave.out_channels
    if channels == small.shape[1]:
        made = _made(network, small, factor, latents)
    elif channels == 1:
        grey = np.tensordot(_GREY, small[0], 1)[None, None]
        made = _made(None, small - grey, factor, latents)
        made += _made(network, grey, factor, latents)
    else:
        made = _made(network, np.repeat(small, channels, 1), factor, latents).mean(1, keepdims=True)
    out = [_to_pixels(made)]
    if pixels.shape[2] == 4:
        out.append(_to_pixels(_made(None, _to_model(pixels[..., 3:]), factor, latents)))
    return np.concatenate(out, axis=2)


@torch.no_grad()
def _made(network: SuperResolutionGenerator | None, small: Floats, factor: int, latents: Tensor) -> Floats:
    """One image (1, c, h, w) enlarged, tile by tile."""
    given, overlap = torch.from_numpy(small), OVERLAP
    if network is not None:
        overlap = max(OVERLAP, network.reach)
    made = np.empty((*small.shape[:2], *(factor * side for side in small.shape[2:])), np.float32)
    for rows, taken_rows in _spans(small.shape[2], overlap):
        for columns, taken_columns in _spans(small.shape[3], overlap):
            part = given[:, :, taken_rows, taken_columns]
            tile = (enlarged(part, factor) if network is None else network(Inputs(latents, part))).numpy()
            within = (_within(rows, taken_rows, factor), _within(columns, taken_columns, factor))
            made[:, :, _times(rows, factor), _times(columns, factor)] = tile[:, :, *within]
    return made


def _spans(side: int, overlap: int) -> Iterator[tuple[slice, slice]]:
    """Parts of a line of pixels, and each with what it takes from its neighbours.

    What is taken is always as long: a convolution of another shape may add up in another order.
    """
    long = min(side, TILE + 2 * overlap)
    if long == side:
        yield slice(0, side), slice(0, side)
        return
    start = 0
    while start < side:
        first = min(max(0, start - overlap), side - long)
        stop = side if first + long == side else first + long - overlap
        yield slice(start, stop), slice(first, first + long)
        start = stop


def _times(span: slice, factor: int) -> slice:
    return slice(factor * span.start, factor * span.stop)


def _within(span: slice, taken: slice, factor: int) -> slice:
    return slice(factor * (span.start - taken.start), factor * (span.stop - taken.start))


def _to_model(pixels: Pixels) -> Floats:
    return np.ascontiguousarray(pixels.transpose(2, 0, 1)[None].astype(np.float32) / np.float32(127.5) - 1)


def _to_pixels(image: Floats) -> Pixels:
    """An image (1, c, h, w), which is changed: of a large picture there is no room for copies."""
    image *= np.float32(127.5)
    image += np.float32(127.5)
    levels = np.rint(np.clip(image, 0, 255, out=image), out=image)[0].astype(np.uint8)
    return cast("Pixels", np.ascontiguousarray(levels.transpose(1, 2, 0)))


def shrunk_picture(pixels: Pixels, factor: int) -> Pixels:
    """A picture (h, w, c) made smaller as G's data are, cut to whole squares first: (h / f, w / f, c)."""
    height, width = (side - side % factor for side in pixels.shape[:2])
    image = _to_model(pixels[:height, :width])
    return _to_pixels(np.asarray(shrinking(height, factor) @ image @ shrinking(width, factor).T, np.float32))
