"""The frames of an animated GIF, WebP or APNG, and the pages of a TIFF, as pictures of their own."""

from __future__ import annotations

import io
import math
from contextlib import contextmanager
from typing import TYPE_CHECKING

from ganstudio.data import archives, pictures
from ganstudio.data.archives import Source
from ganstudio.data.dataset import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from PIL import Image

    from ganstudio.data.skips import Skips

MAX_FRAMES = 20_000
"""Frames of one file; a quarter of an hour at 25 a second."""

_ANIMATED = (b"GIF8", b"RIFF", b"\x89PNG", b"II*\0", b"MM\0*", b"II+\0", b"MM\0+")


def is_animation(path: Path, head: bytes) -> bool:
    """Whether the file holds several pictures; False as well where it can't be read."""
    return head.startswith(_ANIMATED) and count(path) > 1


def count(path: Path) -> int:
    """How many pictures the file holds; 0 where it can't be read."""
    try:
        with pictures.pillow_rules(), pictures._opened(_read(path)) as image, _sound():
            return int(getattr(image, "n_frames", 1))
    except (pictures.UnreadablePicture, DatasetError):
        return 0


@contextmanager
def open_frames(path: Path, skips: Skips) -> Iterator[Source]:
    """Frames in their order, as ``archives.open_source`` gives files. Raises DatasetError."""
    total = count(path)
    if total > MAX_FRAMES:
        raise DatasetError(f'"{path.name}" holds {total:,} frames, more than {MAX_FRAMES:,}; choose a part of it')
    yield Source(total=total, files=_frames(path, total, skips))


def _frames(path: Path, total: int, skips: Skips) -> Iterator[tuple[str, bytes]]:
    unpacked = 0
    with pictures.pillow_rules():
        try:
            with pictures._opened(_read(path)) as image:
                for index in range(total):
                    name = f"frame {index + 1:05}"
                    try:
                        with _sound():
                            data = _frame(image, index)
                    except pictures.UnreadablePicture as error:
                        skips.add(name, str(error))
                        continue
                    unpacked += len(data)
                    if unpacked > archives.MAX_TOTAL_BYTES:
                        raise archives.too_much(path)
                    yield name, data
        except pictures.UnreadablePicture as error:
            skips.add(path.name, str(error))


@contextmanager
def _sound() -> Iterator[None]:
    """Turn what damaged files and bombs make Pillow raise into UnreadablePicture."""
    from PIL.Image import MAX_IMAGE_PIXELS, DecompressionBombError, DecompressionBombWarning

    try:
        with pictures._damage_as_reasons():
            yield
    except (DecompressionBombError, DecompressionBombWarning):
        raise pictures.UnreadablePicture(f"has more than {(MAX_IMAGE_PIXELS or 0) / 1e6:.0f} million pixels") from None


def _frame(image: Image.Image, index: int) -> bytes:
    """One frame as an uncompressed TIFF, which holds whatever modes these formats have."""
    from PIL.Image import MAX_IMAGE_PIXELS, DecompressionBombError

    image.seek(index)
    if image.width * image.height > (MAX_IMAGE_PIXELS or math.inf):  # each page of a TIFF has a size of its own
        raise DecompressionBombError
    file = io.BytesIO()
    frame = image.convert("RGBA" if image.has_transparency_data else "RGB") if image.mode == "P" else image
    frame.save(file, "TIFF", save_all=False, exif=b"")
    return file.getvalue()


def _read(path: Path) -> bytes:
    data = archives.read_head(path, archives.MAX_MEMBER_BYTES + 1)
    if len(data) > archives.MAX_MEMBER_BYTES:
        raise DatasetError(f'"{path.name}" is larger than {archives.MAX_MEMBER_BYTES / 2**20:.0f} MB')
    return data
