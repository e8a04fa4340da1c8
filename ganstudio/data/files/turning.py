"""Images turned, mirrored or transposed as a whole: what was stored on its side is set upright.

EMNIST's images are stored with rows and columns exchanged, as MATLAB writes them, and cameras' files come turned.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.blocks import FileRows

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ganstudio.experiment import Turn
    from ganstudio.modalities import Pixels

Array = npt.NDArray[Any]

TURNS: Mapping[str, Callable[[Array], Array]] = {
    "none": lambda images: images,
    "left": lambda images: np.rot90(images, 1, (-2, -1)),
    "around": lambda images: images[..., ::-1, ::-1],
    "right": lambda images: np.rot90(images, -1, (-2, -1)),
    "mirror": lambda images: images[..., ::-1],
    "flip": lambda images: images[..., ::-1, :],
    "transpose": lambda images: images.swapaxes(-2, -1),
    "transverse": lambda images: images[..., ::-1, ::-1].swapaxes(-2, -1),
}
"""What each choice makes of images (..., h, w): quarter turns, a half turn, left with right, top with bottom, rows with
columns about either diagonal. A view."""


def set_upright(images: Pixels | FileRows, turn: Turn) -> Pixels | FileRows:
    """Square images (n, c, size, size), in memory or in a file, as ``turn`` says."""
    if isinstance(images, FileRows):
        return images.turned(images.shape[1:], TURNS[turn])
    return TURNS[turn](images)


def turned_hwc(image: Array, turn: Turn) -> Array:
    """One image (h, w) or (h, w, c) as ``turn`` says, a view."""
    return TURNS[turn](image) if image.ndim == 2 else TURNS[turn](image.transpose(2, 0, 1)).transpose(1, 2, 0)


def note(turn: Turn) -> tuple[str, ...]:
    """What to say of it on the card."""
    words = {
        "left": "a quarter turn to the left",
        "around": "turned upside down",
        "right": "a quarter turn to the right",
        "mirror": "mirrored left to right",
        "flip": "flipped top to bottom",
        "transpose": "with rows and columns exchanged",
        "transverse": "with rows and columns exchanged, and turned upside down",
    }
    return (f"each image is taken {words[turn]}",) if turn in words else ()
