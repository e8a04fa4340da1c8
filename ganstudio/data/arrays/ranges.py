"""From the values of images to bytes: which values are black and white, and what lies behind transparency."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ganstudio.modalities import Pixels

Array = npt.NDArray[Any]

_BLACK_TO_WHITE = 128  # a maximum below: the values don't span 0..255, such as scikit-learn's digits with 0..16
_SLACK = 1e-3  # of rounding, in values that were normalised


@dataclass(frozen=True, kw_only=True)
class Range:
    """byte = value * scale + offset; taken: what to say of it. clear: how opaque a pixel is, from its fourth value.

    clear: factor and offset that bring it to 0..1; None where there is no fourth value.
    """

    scale: float
    offset: float
    taken: str
    clear: tuple[float, float] | None = None

    @property
    def is_plain(self) -> bool:
        """Whether bytes stay as they are."""
        return self.scale == 1 and not self.offset and self.clear is None

    def to_bytes(self, values: Array) -> Pixels:
        """Images (n, 1, 3 or 4, h, w) as bytes (n, 1 or 3, h, w); behind what is transparent it is white."""
        if self.is_plain and values.dtype == np.uint8:
            return values
        shades = np.clip(values[:, :3].astype(np.float32) * self.scale + self.offset, 0, 255)
        if self.clear is not None:
            alpha = np.clip(values[:, 3:].astype(np.float32) * self.clear[0] + self.clear[1], 0, 1)
            shades = shades * alpha + 255 * (1 - alpha)
        made: Pixels = np.rint(shades).astype(np.uint8)
        return made


def found(name: str, blocks: Iterable[Array]) -> Range:
    """The range of finite images, which come in blocks (k, channels, h, w) anew for each ``for``.

    What they span decides, not their type. Raises DatasetError where they are of no range that is known.
    """
    low, high, over, is_clear = np.inf, -np.inf, np.inf, False
    for block in blocks:
        if block.dtype == np.uint8 and block.shape[1] != 4 and high >= _BLACK_TO_WHITE and low < high:
            break  # whatever else there is of bytes, they are taken as they are
        if len(block):
            low, high = min(low, float(block[:, :3].min())), max(high, float(block[:, :3].max()))
            is_clear = block.shape[1] == 4
            over = min(over, float(block[:, 3:].min())) if is_clear else over
    scale, offset, taken = _ends(name, low, high, blocks)
    if not is_clear:
        return Range(scale=scale, offset=offset, taken=taken)
    # Colours from -1 to 1 mostly come with an alpha from 0 to 1; else both are of one range.
    clear = (1.0, 0.0) if offset and over >= 0 else (scale / 255, offset / 255)
    return Range(scale=scale, offset=offset, taken=f"{taken}, the fourth channel as alpha over white", clear=clear)


def _ends(name: str, low: float, high: float, blocks: Iterable[Array]) -> tuple[float, float, str]:
    if low == high:
        raise DatasetError(f'"{name}" holds images whose every pixel is {low:g}; a GAN needs some that differ')
    if low >= -_SLACK and high <= 1 + _SLACK:
        return 255.0, 0.0, "values taken as 0 to 1"
    if low >= -1 - _SLACK and high <= 1 + _SLACK:
        return 127.5, 127.5, "values taken as -1 to 1"
    if low >= 0 and high < _BLACK_TO_WHITE:
        return 255 / high, 0.0, f"values 0 to {high:g} stretched from black to white"
    if low >= 0 and high <= 255:
        return 1.0, 0.0, "values taken as 0 to 255"
    if low >= 0 and high <= 65535 and _are_whole(blocks):
        top = (1 << int(high).bit_length()) - 1  # the largest of as many bits
        bits = f", as none is above {high:g}" if top < 65535 else ""
        return 255 / top, 0.0, f"values taken as 0 to {top}{bits}"
    raise DatasetError(
        f'"{name}" holds images with values from {low:g} to {high:g}; bring them to 0 to 1, -1 to 1 or 0 to 255; '
        "if they are no images, save two numbers for each point"
    )


def _are_whole(blocks: Iterable[Array]) -> bool:
    """Whether all values are whole numbers; MATLAB keeps those as floats."""
    return all(block.dtype.kind in "iu" or bool((block == np.rint(block)).all()) for block in blocks)
