"""Small pictures of samples, for a contact sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from ganstudio.data.pictures import Pixels

SIDE = 48
"""Side of a thumbnail, in pixels."""
MAX_SHOWN = 10_000
"""So many are told while a dataset is read: 70 MB. Others are there to be asked for."""


def shrunk(images_nchw: Pixels) -> Pixels:
    """Images (k, 1 or 3, h, w) as colour thumbnails (k, 48, 48, 3)."""
    from PIL import Image

    count, channels, side = images_nchw.shape[:3]
    small = np.empty((count, SIDE, SIDE, 3), np.uint8)
    method = Image.Resampling.BOX if side > SIDE else Image.Resampling.BILINEAR
    upright = images_nchw[:, 0] if channels == 1 else np.ascontiguousarray(images_nchw.transpose(0, 2, 3, 1))
    for index, pixels in enumerate(upright):
        one = np.asarray(Image.fromarray(pixels).resize((SIDE, SIDE), method))
        small[index] = one[..., None] if channels == 1 else one
    return small
