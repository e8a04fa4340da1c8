"""Small pictures of samples, for a contact sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ganstudio.modalities import Pixels

SIDE = 48
"""Side of a thumbnail, in pixels."""
MAX_SHOWN = 10_000
"""So many are told while a dataset is read: 70 MB. Others are there to be asked for."""


def shrunk(images_nchw: Pixels) -> Pixels:
    """Images (k, 1 or 3, h, w) as colour thumbnails (k, 48, 48, 3).

    One side after the other, and all images as one tall picture each time: the same as an image at a time, without
    what Pillow takes for each.
    """
    count, channels, height, width = images_nchw.shape
    if 3 * width == 2 * SIDE:
        return _of_two_thirds(images_nchw)
    narrow = _to_width(images_nchw.reshape(-1, width)).reshape(-1, height, SIDE)
    turned = np.ascontiguousarray(narrow.transpose(0, 2, 1)).reshape(-1, height)
    small_ncwh = _to_width(turned).reshape(count, channels, SIDE, SIDE)
    small = np.ascontiguousarray(small_ncwh.transpose(0, 3, 2, 1))
    return small if channels == 3 else np.repeat(small, 3, axis=3)


def _of_two_thirds(images_nchw: Pixels) -> Pixels:
    """The same for sides of 32, the most common one, at half the cost: of each two pixels three, the mean between.

    Pillow would weigh the neighbours of the outer ones a little, too.
    """
    count, channels = images_nchw.shape[:2]
    rows = np.ascontiguousarray(images_nchw).reshape(-1, 2, 2 * SIDE // 3)
    tall = np.empty((len(rows), 3, 2 * SIDE // 3), np.uint8)
    _spread(rows[:, 0], rows[:, 1], tall.transpose(1, 0, 2))
    pixels = tall.reshape(-1, 2)
    wide = np.empty((len(pixels), 3), np.uint8)
    _spread(pixels[:, 0], pixels[:, 1], wide.T)
    small = wide.reshape(count, channels, SIDE, SIDE).transpose(0, 2, 3, 1)
    return np.ascontiguousarray(small) if channels == 3 else np.repeat(small, 3, axis=3)


def _spread(left: Pixels, right: Pixels, three: Pixels) -> None:
    three[0], three[2] = left, right
    three[1] = (left >> 1) + (right >> 1) + (left & right & 1)


def _to_width(rows: Pixels) -> Pixels:
    """Rows of pixels (n, w) as (n, 48)."""
    from PIL import Image

    method = Image.Resampling.BOX if rows.shape[1] > SIDE else Image.Resampling.BILINEAR
    return np.asarray(Image.fromarray(rows).resize((SIDE, len(rows)), method))
