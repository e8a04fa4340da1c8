"""One picture: from the bytes of a file to square pixels, through Pillow.

Legend: h, w, c as in images_hwc; pixels are uint8, (size, size) for grey and (size, size, 3) for colour.
"""

from __future__ import annotations

import io
import math
import struct
import warnings
import zlib
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np
import numpy.typing as npt

from ganstudio.data.files import turning, wide

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL import Image

    from ganstudio.experiment import Turn

Pixels = npt.NDArray[np.uint8]
Channels = Literal["auto", 1, 3]
Fit = Literal["crop", "pad", "stretch"]
Background = Literal["auto", "white", "black", "grey"]

# What people keep pictures in. Pillow opens far more, some of it by starting other programs (EPS).
_FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "BMP", "TIFF", "PPM", "AVIF", "JPEG2000", "ICO", "QOI")

_ORIENTATION, _ON_ITS_SIDE = 274, (5, 6, 7, 8)  # the EXIF tag, and its values that mean a quarter turn

# Damaged files make Pillow's decoders raise nearly anything; each of these has been seen for one format or another.
_DAMAGE = (
    OSError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    AttributeError,
    ArithmeticError,
    RuntimeError,
    MemoryError,
    EOFError,
    struct.error,
    zlib.error,
)


class UnreadablePicture(ValueError):
    """A picture that can't be decoded; the message is a predicate, such as ``is not an image``."""


class NoPicture(UnreadablePicture):
    """The file holds something else: no picture of a kind that is known."""


@dataclass(frozen=True, slots=True)
class Decoded:
    """A picture as it is trained on, and what its original was like.

    width, height: of the original, upright. clear: whether it may be transparent somewhere. kind: JPEG, PNG and so on.
    peak: the largest value of one of 16 bits, see ``wide``; 0 for all others.
    """

    pixels: Pixels
    width: int
    height: int
    is_colour: bool
    clear: bool
    kind: str
    peak: int = 0


@contextmanager
def pillow_rules() -> Iterator[None]:
    """Within it Pillow's warning of a decompression bomb is an error, and its remarks on odd files are silent."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", module=r"PIL\.")
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        yield


def decoded(
    data: bytes,
    size: int,
    channels: Channels = "auto",
    fit: Fit = "crop",
    background: Background = "auto",
    *,
    turn: Turn = "none",
    bits: int = wide.BITS,
    room: int | None = None,
) -> Decoded:
    """The first frame, turned upright as its EXIF orientation says, made square and ``size`` pixels wide.

    What is transparent becomes white unless ``background`` says otherwise, as most viewers show it: black drawings on
    clear ground stay to be seen. With channels ``auto`` the answer is grey for pictures without colour, whatever their
    format. turn: see ``turning``. bits: in use of 16, see ``wide``. room: bytes that decoding may take; None: as many
    as it needs.
    To be called within ``pillow_rules``. Raises UnreadablePicture.
    """
    with opened(data) as image, damage_as_reasons():
        kind, needed, raw = image.format or "", bytes_needed(image), wide.raw_mode(image)
        # A JPEG can be decoded at 1/2, 1/4 or 1/8 of its size; twice the target loses nothing that is to be seen.
        width, height = image.size
        draft = image.draft(None, (2 * size, 2 * size))
        if draft and not image.info.get("progressive"):
            needed = bytes_needed(image)
        if room is not None and needed > room:
            raise UnreadablePicture(
                f"takes {needed / 1e6:,.0f} MB to decode, more than {room / 1e6:,.0f} MB; make it smaller, or let "
                f"datasets take more memory"
            )
        from PIL import ImageOps

        upright = image.getexif().get(_ORIENTATION, 1)
        ImageOps.exif_transpose(image, in_place=True)
        if draft is None:  # TIFF files are turned when they are decoded, and told as they are then
            width, height = image.size
        elif upright in _ON_ITS_SIDE:
            width, height = height, width
        clear = image.has_transparency_data
        paper, margin = ("white", "white" if clear else "black") if background == "auto" else (background, background)
        flat, peak = _narrowed(image, data, raw, bits, paper) or (flattened(image, paper), 0)
        square = _make_square(flat, size, fit, margin)
        pixels = np.asarray(square)
        plain = without_colour(pixels)
        if channels == 3:
            made = pixels if pixels.ndim == 3 else np.repeat(pixels[..., None], 3, axis=2)
        else:
            made = plain if channels == "auto" or plain.ndim == 2 else np.asarray(square.convert("L"))
        if turn != "none":
            made = np.ascontiguousarray(turning.turned_hwc(made, turn))
        return Decoded(made, width, height, plain.ndim == 3, clear, kind, peak)


def whole(data: bytes) -> Pixels:
    """The first frame as it is, upright: (h, w, 1) without colour, (h, w, 3), or (h, w, 4) where it is transparent.

    To be called within ``pillow_rules``. Raises UnreadablePicture.
    """
    with opened(data) as image, damage_as_reasons():
        from PIL import ImageOps

        ImageOps.exif_transpose(image, in_place=True)
        if image.has_transparency_data and not image.mode.startswith("I"):
            return np.asarray(image.convert("RGBA"))
        plain = without_colour(np.asarray(flattened(image)))
        return plain[..., None] if plain.ndim == 2 else plain


def dimensions(data: bytes) -> tuple[int, int]:
    """Width and height, from the header alone. To be called within ``pillow_rules``. Raises UnreadablePicture."""
    with opened(data) as image:
        return image.size


def resize(pixels: Pixels, size: int, fit: Fit = "crop") -> Pixels:
    """Pixels (h, w) or (h, w, 3), made square and ``size`` pixels wide."""
    from PIL import Image

    return np.asarray(_make_square(Image.fromarray(pixels), size, fit, "black"))


def without_colour(pixels: Pixels) -> Pixels:
    """Grey (h, w) for pixels (h, w, 3) whose three channels are equal everywhere; otherwise the pixels as they are."""
    if pixels.ndim == 2:
        return pixels
    red = pixels[..., 0]
    is_grey = bool((red == pixels[..., 1]).all()) and bool((red == pixels[..., 2]).all())
    return np.ascontiguousarray(red) if is_grey else pixels


@contextmanager
def opened(data: bytes) -> Iterator[Image.Image]:
    """A picture whose header was read. Raises UnreadablePicture."""
    from PIL import Image, UnidentifiedImageError

    if not data:
        raise UnreadablePicture("is empty")
    try:
        image = Image.open(io.BytesIO(data), formats=_FORMATS)
    except UnidentifiedImageError:
        raise NoPicture("is not an image") from None
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise UnreadablePicture(_too_large()) from None
    except _DAMAGE as error:
        raise UnreadablePicture(f"is damaged ({error})") from error
    with image:
        # Not left to the warning: another thread may have changed by now what becomes of warnings.
        if image.width * image.height > (Image.MAX_IMAGE_PIXELS or math.inf):
            raise UnreadablePicture(_too_large())
        yield image


def _too_large() -> str:
    from PIL import Image

    return f"has more than {(Image.MAX_IMAGE_PIXELS or 0) / 1e6:.0f} million pixels"


def bytes_needed(image: Image.Image) -> int:
    """What decoding takes at most: the picture, a copy in other colours, and what a progressive JPEG keeps beside."""
    bands = 1 if image.mode in ("1", "L", "P") else 4
    return image.width * image.height * bands * (3 if image.info.get("progressive") else 2)


@contextmanager
def damage_as_reasons() -> Iterator[None]:
    """What goes wrong while pixels are decoded becomes an UnreadablePicture with its reason."""
    try:
        yield
    except UnreadablePicture:
        raise
    except _DAMAGE as error:
        raise UnreadablePicture(f"is damaged ({str(error) or type(error).__name__})") from error


def flattened(image: Image.Image, paper: str = "white") -> Image.Image:
    """Grey as L, everything else as RGB, over ``paper`` where it is transparent."""
    from PIL import Image

    if image.has_transparency_data and not image.mode.startswith("I"):
        over = image.convert("RGBA")
        under = Image.new("RGBA", over.size, paper)
        under.alpha_composite(over)
        return under.convert("RGB")
    if image.mode == "F":
        raise UnreadablePicture("holds floating-point pixels; save it with 8 or 16 bits")
    if image.mode.startswith("I"):  # 16 bits, brought to those in use; Pillow's own conversion would clip at 255
        peak = int(np.asarray(image).max())
        found = _narrowed(image, b"", "", wide.bits_in_use(peak) if peak > 0 else wide.BITS, paper)
        assert found is not None
        return found[0]
    return image.convert("L" if image.mode in ("1", "L") else "RGB")


def _narrowed(image: Image.Image, data: bytes, raw: str, bits: int, paper: str) -> tuple[Image.Image, int] | None:
    try:
        return wide.flattened(image, data, raw, bits, paper)
    except wide.NotWide:
        raise UnreadablePicture("holds 32-bit pixels; save it with 8 or 16 bits") from None


def _make_square(image: Image.Image, size: int, fit: Fit, margin: str) -> Image.Image:
    from PIL import Image

    width, height = image.size
    if (width, height) == (size, size):
        return image
    if fit == "pad":
        scale = size / max(width, height)
        inside = (max(1, round(width * scale)), max(1, round(height * scale)))
        canvas = Image.new(image.mode, (size, size), margin)
        canvas.paste(_scale(image, inside, None), ((size - inside[0]) // 2, (size - inside[1]) // 2))
        return canvas
    side = min(width, height)
    left, top = (width - side) / 2, (height - side) / 2
    box = (left, top, left + side, top + side) if fit == "crop" else None
    return _scale(image, (size, size), box)


def _scale(image: Image.Image, to: tuple[int, int], box: tuple[float, float, float, float] | None) -> Image.Image:
    from PIL import Image

    shrinks = to[0] <= image.width and to[1] <= image.height
    # Lanczos is the sharper one for shrinking, and rings when it enlarges.
    method = Image.Resampling.LANCZOS if shrinks else Image.Resampling.BICUBIC
    return image.resize(to, method, box=box, reducing_gap=3.0)
