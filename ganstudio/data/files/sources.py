"""Opening whatever holds pictures: folders, archives, and single files of many. A new kind is one file and one row."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.data.files import archives, file_lists, films, frames, parquet, shards

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager
    from pathlib import Path

    from ganstudio.data.files.archives import Source
    from ganstudio.data.skips import Skips


def open_source(path: Path, skips: Skips) -> AbstractContextManager[Source]:
    """Open a folder, archive or single file; what is passed over while reading is noted in ``skips``.

    Hidden files, Thumbs.db and the like are nobody's pictures and pass unnoted. Raises DatasetError, on entering the
    context or while reading, when the whole can't be read or goes beyond a limit.
    """
    if path.is_dir():
        return shards.open_shards(path, skips) if shards.is_shards(path) else archives.open_folder(path, skips)
    head = archives.read_head(path)
    if archives.is_zip(head):
        return archives.open_zip(path, skips)
    if archives.is_tar(path, head):
        return archives.open_tar(path, skips)
    for fits, opener in SOURCES.items():
        if fits(path, head):
            return opener(path, skips)
    return archives.open_file(path)


SOURCES: Mapping[Callable[[Path, bytes], bool], Callable[[Path, Skips], AbstractContextManager[Source]]] = {
    file_lists.is_list: lambda path, skips: file_lists.open_listed(path, skips, open_source),
    films.is_film: films.open_film,
    parquet.holds_pictures: parquet.open_pictures,
    frames.is_animation: frames.open_frames,
}
"""Whether a file that begins with these bytes is of a kind, and what opens it."""
