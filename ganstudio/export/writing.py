"""Files of exports, made in memory and written whole or not at all."""

from __future__ import annotations

import io
import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from ganstudio.origins import signed
from ganstudio.system.writing import check_out, write_aside, write_out

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ganstudio.origins import Origin


class ExportError(ValueError):
    """Something that can't be written; the message says what and what would be right."""


def write(path: Path, save: Callable[[BinaryIO], Any], origin: Origin | None = None, *, of_run: bool = False) -> None:
    """Have ``save`` make a file's content in memory, and write it, whole or not at all. Raises ExportError.

    origin: where it comes from, which the file then says, where its format has a place for that. of_run: as in
    ``written``.
    """
    packed = io.BytesIO()  # numpy and Pillow don't say why a file can't be written
    save(packed)
    written(path, signed(packed.getvalue(), path.suffix.lower(), origin), of_run=of_run)


def written(path: Path, data: bytes | memoryview, *, of_run: bool = False) -> None:
    """Write what somebody asked for, whole or not at all, in a folder that is made if need be. Raises ExportError.

    of_run: it is a file that every run has, and nobody named it. A run may be somebody else's: a link that stands there
    is replaced, wherever it leads to, and a pipe or a device is refused.
    """
    with told(path):
        path.parent.mkdir(parents=True, exist_ok=True)
        (write_aside if of_run else write_out)(path, data)


def check_place(path: Path, *, folder: bool = False) -> None:
    """Find out whether a file can be written there, before it is made; folder: or files into it. Raises ExportError.

    Nothing is left there, nor are folders made, as what is to be written may fail.
    """
    place = path.absolute()
    with told(path):
        if not folder and place.parent.is_dir():
            check_out(place)
            return
        there = next(each for each in ([place] if folder else []) + list(place.parents) if os.path.lexists(each))
        check_out(there / "sample")


@contextmanager
def told(path: Path) -> Iterator[None]:
    """Raise the OSErrors in here as ExportErrors, in words."""
    try:
        yield
    except OSError as error:
        raise ExportError(f"{path}: cannot be written: {error.strerror or error}") from None
