"""Single files that hold many pictures, read as if they were archives of them: a new kind is one file and one row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.data.files import films, frames, parquet, several

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ganstudio.data.files.archives import Source
    from ganstudio.data.skips import Skips

SOURCES: Mapping[Callable[[Path, bytes], bool], Callable[[Path, Skips], AbstractContextManager[Source]]] = {
    several.is_list: several.open_listed,
    films.is_film: films.open_film,
    parquet.holds_pictures: parquet.open_pictures,
    frames.is_animation: frames.open_frames,
}
"""Whether a file that begins with these bytes is of a kind, and what opens it."""
