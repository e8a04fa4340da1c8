"""Directions of z that were found in a run's latent space, kept with it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from ganstudio.run import _reading
from ganstudio.run._disk import keep_aside, write_aside
from ganstudio.run._lock import RunError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ganstudio.directions import Direction

FILE = "directions.json"


def directions_of(run: Path) -> tuple[Direction, ...]:
    """The directions that a run keeps, in order; none where nobody looked for any. Raises RunError."""
    from ganstudio.directions import DirectionError, unpacked

    path = run / FILE
    if not os.path.lexists(path):
        return ()
    told = _reading.json_object(path) or {}
    try:
        return unpacked(told)
    except DirectionError as error:
        raise RunError(f"{path}: {error}") from None


def keep_directions(run: Path, directions: Sequence[Direction]) -> None:
    """Have a run keep these, and no others; a file that can't be read is moved aside. Raises OSError."""
    from ganstudio.directions import packed

    path = run / FILE
    if directions or os.path.lexists(path):
        try:
            directions_of(run)
        except RunError:
            keep_aside(path)
        write_aside(path, packed(directions))
