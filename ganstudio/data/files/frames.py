"""The frames of an animated GIF, WebP or APNG, and the pages of a TIFF, as pictures of their own."""

from __future__ import annotations

import io
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ganstudio.data import limits
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import loose, pictures
from ganstudio.data.files.loose import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL import Image

    from ganstudio.data.skips import Skips

MAX_FRAMES = 20_000
"""Frames of one file; a quarter of an hour at 25 a second."""
MAX_PIXELS = 4 * 10**9
"""Pixels of all frames together: two thousand of 1920 x 1080, and a minute of unpacking."""
FEW_PIXELS, PIXELS_PER_BYTE = 2 * 10**7, 10_000
"""So many pixels any file may unpack to, and so many more for each of its bytes: a small one that is more is a bomb."""
MAX_SIDE = 1024
"""Longer side that frames are brought down to: four times the largest image that is trained on."""

_ANIMATED = (b"GIF8", b"RIFF", b"\x89PNG", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def is_animation(path: Path, head: bytes) -> bool:
    """Whether the file holds several pictures; False as well where it can't be read."""
    return head.startswith(_ANIMATED) and count(path) > 1


def count(path: Path) -> int:
    """How many pictures the file holds; 0 where it can't be read."""
    try:
        with pictures.pillow_rules(), pictures.opened(_read(path)) as image, _sound():
            return int(getattr(image, "n_frames", 1))
    except (pictures.UnreadablePicture, DatasetError):
        return 0


@contextmanager
def open_frames(path: Path, skips: Skips) -> Iterator[Source]:
    """Frames in their order, as ``open_source`` gives files. Raises DatasetError."""
    total = count(path)
    if total > MAX_FRAMES:
        raise _too_much(path, f"{total:,} frames, more than {MAX_FRAMES:,}")
    yield Source(total=total, files=_frames(path, total, skips))


def _frames(path: Path, total: int, skips: Skips) -> Iterator[tuple[str, bytes]]:
    data = _read(path)
    most = left = min(MAX_PIXELS, FEW_PIXELS + PIXELS_PER_BYTE * len(data))
    with pictures.pillow_rules():
        try:
            with pictures.opened(data) as image:
                if total * image.width * image.height > most:  # before any is unpacked
                    raise _too_much(path, f"more than {most / 1e6:,.0f} million pixels")
                for index in range(total):
                    name = f"frame {index + 1:05}"
                    try:
                        with _sound():
                            frame = _frame(image, index)
                            left -= image.width * image.height
                    except pictures.UnreadablePicture as error:
                        skips.add(name, str(error))
                        continue
                    if left < 0:
                        raise _too_much(path, f"more than {most / 1e6:,.0f} million pixels")
                    yield name, frame
        except pictures.UnreadablePicture as error:
            skips.add(path.name, str(error))


@contextmanager
def _sound() -> Iterator[None]:
    """Turn what damaged files and bombs make Pillow raise into UnreadablePicture."""
    from PIL.Image import MAX_IMAGE_PIXELS, DecompressionBombError, DecompressionBombWarning

    try:
        with pictures.damage_as_reasons():
            yield
    except (DecompressionBombError, DecompressionBombWarning):
        raise pictures.UnreadablePicture(f"has more than {(MAX_IMAGE_PIXELS or 0) / 1e6:.0f} million pixels") from None


def _frame(image: Image.Image, index: int) -> bytes:
    """One frame as an uncompressed TIFF, which holds whatever modes these formats have."""
    from PIL.Image import MAX_IMAGE_PIXELS, DecompressionBombError

    image.seek(index)
    if image.width * image.height > (MAX_IMAGE_PIXELS or math.inf):  # each page of a TIFF has a size of its own
        raise DecompressionBombError
    check_room(image)
    file = io.BytesIO()
    frame = image.convert("RGBA" if image.has_transparency_data else "RGB") if image.mode == "P" else image
    if max(frame.size) > MAX_SIDE and frame.mode in ("L", "RGB", "RGBA"):
        frame = frame.copy()
        frame.thumbnail((MAX_SIDE, MAX_SIDE))
    frame.save(file, "TIFF", save_all=False, exif=b"")
    return file.getvalue()


def check_room(image: Image.Image) -> None:
    """Raise UnreadablePicture where decoding a picture would take more memory than reading may."""
    needed = 2 * pictures.bytes_needed(image)  # once more for what it is converted to
    if needed > limits.memory_bytes():
        raise pictures.UnreadablePicture(
            f"takes {needed / 1e6:,.0f} MB to decode, more than {limits.memory_bytes() / 1e6:,.0f} MB; make it "
            f"smaller, or set {limits.MEMORY} to more"
        )


def _too_much(path: Path, what: str) -> DatasetError:
    return DatasetError(f'"{path.name}" holds {what}; choose a part of it')


def _read(path: Path) -> bytes:
    data = loose.read_head(path, loose.MAX_MEMBER_BYTES + 1)
    if len(data) > loose.MAX_MEMBER_BYTES:
        raise DatasetError(f'"{path.name}" is larger than {loose.MAX_MEMBER_BYTES / 2**20:.0f} MB')
    return data
