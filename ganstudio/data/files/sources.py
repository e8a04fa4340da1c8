"""Opening what holds pictures or sounds: folders, archives, files of many. A new kind is one file and one row."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ganstudio.data.files import archives, file_lists, films, frames, loose, parquet, shards

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ganstudio.data.files.loose import Source
    from ganstudio.data.skips import Skips


def open_source(path: Path, skips: Skips, largest: int | None = None) -> AbstractContextManager[Source]:
    """Open a folder, archive or single file; what is passed over while reading is noted in ``skips``.

    largest: bytes of a file, beyond which it is passed over; None: ``loose.MAX_MEMBER_BYTES``.

    Hidden files, Thumbs.db and the like are nobody's pictures and pass unnoted. Raises DatasetError, on entering the
    context or while reading, when the whole can't be read or goes beyond a limit.
    """
    if path.is_dir():
        is_shards = shards.is_shards(path)
        return shards.open_shards(path, skips) if is_shards else loose.open_folder(path, skips, largest)
    head = loose.read_head(path)
    if archives.is_zip(head):
        return archives.open_zip(path, skips, largest)
    if archives.is_tar(path, head):
        return archives.open_tar(path, skips, largest)
    if file_lists.is_list(path, head):
        return file_lists.open_listed(path, skips, partial(open_source, largest=largest))
    for fits, opener in SOURCES.items():
        if fits(path, head):
            return opener(path, skips)
    return loose.open_file(path, largest)


SOURCES: Mapping[Callable[[Path, bytes], bool], Callable[[Path, Skips], AbstractContextManager[Source]]] = {
    films.is_film: films.open_film,
    parquet.holds_pictures: parquet.open_pictures,
    frames.is_animation: frames.open_frames,
}
"""Whether a file that begins with these bytes is of a kind, and what opens it."""
