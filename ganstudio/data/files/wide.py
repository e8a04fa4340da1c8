"""Pictures of 16 bits a value, which cameras, microscopes and scanners write, often with fewer of them in use.

A set whose brightest value is 3,500 was taken with 12 bits: taken as 16, all of it would be nearly black. So all
pictures of a set are brought to the range in use, 0 to the next 2^n - 1 above their brightest value.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from PIL import Image

BITS = 16

_LOW = {"RGB;16B": "RGB;16L", "RGBA;16B": "RGBA;16L"}
"""Pillow keeps the upper byte of a colour's 16 bits. Read as if the bytes were the other way round, it keeps the lower
one."""


class NotWide(ValueError):
    """Values beyond 16 bits."""


def raw_mode(image: Image.Image) -> str:
    """How the file holds its values, where those are 16 bits of colours; to be asked before it is decoded."""
    tiles: Any = getattr(image, "tile", [])
    modes = {tile.args if isinstance(tile.args, str) else str((tile.args or ("",))[0]) for tile in tiles[:1]}
    return next((mode for mode in modes if mode in _LOW), "")


def bits_in_use(peak: int) -> int:
    """How many bits hold values up to ``peak``, 8 at least."""
    return max(8, peak.bit_length())


def flattened(image: Image.Image, data: bytes, raw: str, bits: int, paper: str) -> tuple[Image.Image, int] | None:
    """The picture with 8 bits a value, 2^bits - 1 being white, over ``paper`` where it is transparent; and its peak.

    raw: what ``raw_mode`` told of it. The peak is the file's largest value, or above it: of colours the upper byte
    counts.
    None where it is no picture of 16 bits. Raises NotWide.
    """
    if image.mode.startswith("I"):
        return _grey(image, bits, paper)
    if not raw:
        return None
    over = np.asarray(image)
    peak = (int(over[..., :3].max()) << 8) + 255
    clear = image.info.get("transparency")
    if bits == BITS and clear is None:
        return (_over(over, paper), peak)
    values = over.astype(np.uint16) << 8 | np.asarray(_lower(data, raw))
    shades = _scaled(values[..., :3], bits)
    alpha = np.full((*over.shape[:2], 1), 255, np.uint8)
    if over.shape[2] == 4:  # of as many bits as the colours, where it fits into them
        alpha = _scaled(values[..., 3:], bits if values[..., 3].max() < 1 << bits else BITS)
    if clear is not None:
        alpha = np.where((values[..., :3] == np.array(clear, np.uint16)).all(axis=2, keepdims=True), np.uint8(0), alpha)
    return _over(np.concatenate([shades, alpha], axis=2), paper), peak


def _grey(image: Image.Image, bits: int, paper: str) -> tuple[Image.Image, int]:
    from PIL import Image, ImageColor

    values = np.asarray(image)
    if values.min() < 0 or values.max() >= 1 << BITS:
        raise NotWide
    shades = _scaled(values, bits)
    clear = image.info.get("transparency")
    if isinstance(clear, int):
        shades = np.where(values == clear, np.uint8(ImageColor.getrgb(paper)[0]), shades)
    return Image.fromarray(shades), int(values.max())


def _scaled(values: npt.NDArray[Any], bits: int) -> npt.NDArray[np.uint8]:
    return np.rint(np.minimum(values * (255 / ((1 << bits) - 1)), 255)).astype(np.uint8)


def _over(values: npt.NDArray[np.uint8], paper: str) -> Image.Image:
    from PIL import Image

    image = Image.fromarray(values)
    if image.mode == "RGB":
        return image
    under = Image.new("RGBA", image.size, paper)
    under.alpha_composite(image)
    return under.convert("RGB")


def _lower(data: bytes, raw: str) -> Image.Image:
    """The lower bytes of the colours, turned upright as the picture was."""
    from PIL import Image, ImageOps

    image = Image.open(io.BytesIO(data))
    image.tile = [tile._replace(args=_lowered(tile.args, raw)) for tile in image.tile]
    ImageOps.exif_transpose(image, in_place=True)
    return image


def _lowered(args: Any, raw: str) -> Any:
    return _LOW[raw] if isinstance(args, str) else (_LOW[raw], *args[1:])
