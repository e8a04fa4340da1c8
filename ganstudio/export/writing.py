"""Files of exports, made in memory and written whole or not at all."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from ganstudio.run import write_aside

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


class ExportError(ValueError):
    """Something that can't be written; the message says what and what would be right."""


def write(path: Path, save: Callable[[BinaryIO], Any]) -> None:
    """Have ``save`` make a file's content in memory, and write it, whole or not at all. Raises ExportError."""
    packed = io.BytesIO()  # numpy and Pillow don't say why a file can't be written
    save(packed)
    with told(path):
        write_aside(path, packed.getbuffer())


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Raise the OSErrors in here as ExportErrors, in words."""
    try:
        yield
    except OSError as error:
        raise ExportError(f"{path}: cannot be written: {error.strerror or error}") from None
