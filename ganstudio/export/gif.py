"""Animated GIFs of one palette: found once for all frames, and each pixel looked up in a table of colours.

Pillow's own path finds a palette for every frame, and dithers it to the one before: a hundred times slower here, and
what stands still flickers.
"""

from __future__ import annotations

import io
import struct
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy.typing as npt

    from ganstudio.modalities import Pixels

_BITS = 5  # of each colour in the table
_LOOKED_AT = 1 << 16  # pixels of all frames together that the palette is made of
_SHORTEST = 2
"""Hundredths of a second that browsers show a frame for at least."""


def gif_of(frames: Sequence[Pixels], rate: float, told: Iterable[int] = ()) -> bytes:
    """A film that goes on and on, of frames (h, w, 1 or 3) of one size, so many a second.

    told: taken from once after each frame, by who wants to know how far it is.
    """
    height, width, channels = frames[0].shape
    palette = _greys() if channels == 1 else _palette(frames)
    table = None if channels == 1 else _table(palette)
    file = io.BytesIO()
    file.write(b"GIF89a" + struct.pack("<HHBBB", width, height, 0xF7, 0, 0) + palette.tobytes())
    file.write(b"\x21\xff\x0bNETSCAPE2.0\x03\x01\x00\x00\x00")
    progress, shown = iter(told), 0
    for index, frame in enumerate(frames):
        # Hundredths that add up: 30 a second are 3, 3 and 4 of them in turn.
        until = max(shown + _SHORTEST, round(100 * (index + 1) / rate))
        file.write(b"\x21\xf9\x04\x04" + struct.pack("<H", until - shown) + b"\x00\x00")
        file.write(b"\x2c" + struct.pack("<HHHHB", 0, 0, width, height, 0))
        file.write(_packed(frame[..., 0] if table is None else _looked_up(frame, table)))
        shown = until
        next(progress, None)
    file.write(b";")
    return file.getvalue()


def _greys() -> npt.NDArray[np.uint8]:
    return np.repeat(np.arange(256, dtype=np.uint8)[:, None], 3, axis=1)


def _palette(frames: Sequence[Pixels]) -> npt.NDArray[np.uint8]:
    """The 256 colours (256, 3) that fit all frames best."""
    from PIL import Image

    pixels = len(frames) * frames[0].shape[0] * frames[0].shape[1]
    stride = max(1, round((pixels / _LOOKED_AT) ** 0.5))
    # Of every frame, so that none is without its colours; of many frames fewer pixels each.
    looked_at = np.concatenate([frame[::stride, ::stride].reshape(-1, 3) for frame in frames])[None]
    found = Image.fromarray(looked_at).quantize(256, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE).getpalette()
    colours = np.zeros((256, 3), np.uint8)
    flat = np.asarray(found or [], np.uint8)[: 3 * 256]
    colours[: len(flat) // 3] = flat.reshape(-1, 3)
    return colours


def _table(palette: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    """The nearest place in the palette of each colour of 5 bits a channel."""
    middle = np.arange(1 << _BITS) * 8 + 4
    cube = np.stack(np.meshgrid(middle, middle, middle, indexing="ij"), -1).reshape(-1, 3).astype(np.float32)
    colours = palette.astype(np.float32)
    nearest: npt.NDArray[np.uint8] = ((colours**2).sum(1) - 2 * cube @ colours.T).argmin(1).astype(np.uint8)
    return nearest


def _looked_up(frame: Pixels, table: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint8]:
    cut = (frame >> (8 - _BITS)).astype(np.uint16)
    places: npt.NDArray[np.uint8] = table[cut[..., 0] << 2 * _BITS | cut[..., 1] << _BITS | cut[..., 2]]
    return places


def _packed(indices: npt.NDArray[np.uint8]) -> bytes:
    """The blocks of an image of places in the palette (h, w), by Pillow's encoder."""
    from PIL import Image, ImageFile

    height, width = indices.shape
    image = Image.frombytes("P", (width, height), np.ascontiguousarray(indices).tobytes())
    image.encoderinfo = {}
    image.encoderconfig = (8, False)
    packed = io.BytesIO()
    packed.write(b"\x08")
    ImageFile._save(image, packed, [ImageFile._Tile("gif", (0, 0, width, height), 0, "P")])
    packed.write(b"\x00")
    return packed.getvalue()
