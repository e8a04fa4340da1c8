"""A folder of Parquet files with pictures, as data hubs publish a set: its shards, one after another."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from ganstudio.data.files import inside, loose, parquet
from ganstudio.data.files.loose import Source

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from ganstudio.data.skips import Skips


def is_shards(path: Path) -> bool:
    """Whether the folder holds Parquet files of pictures, and no pictures of its own."""
    return bool(inside.survey(path).shards)


@contextmanager
def open_shards(path: Path, skips: Skips) -> Iterator[Source]:
    """The pictures of all shards, as ``open_source`` gives files; of a split set those to train on."""
    found = inside.survey(path).shards
    taken = inside.trained_on(found, path)
    for one in found:
        if one not in taken:
            skips.add(loose.printable(one.relative_to(path).as_posix()), "is of another split; drop it by itself")
    files = _files(taken, skips)
    try:
        yield Source(total=0, files=files)
    finally:
        files.close()


def _files(shards: tuple[Path, ...], skips: Skips) -> Generator[tuple[str, bytes]]:
    for shard in shards:
        with parquet.open_pictures(shard, skips) as source:
            for name, data in source.files:
                folder, slash, row = name.rpartition("/")
                yield f"{folder}{slash}{loose.printable(shard.stem)}, {row}", data
