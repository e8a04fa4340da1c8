"""Many pictures from the bytes of their files, in portions, beside whoever reads the files.

In threads, not processes: Pillow lets go of the interpreter while it decodes large photographs, and of small pictures
most of the time is Python's. 10,000 JPEGs of 32 x 32 took 1.0 s in one thread, 1.0 s in two and 2.1 s in two processes,
half of which was their start (measured beside other work on two cores).
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import limits
from ganstudio.data.files import pictures, wide
from ganstudio.data.images import duplicates, thumbnails

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ganstudio.data.files.pictures import Decoded
    from ganstudio.data.images.duplicates import Words
    from ganstudio.experiment import ImagesSpec
    from ganstudio.modalities import Pixels

_File = tuple[str, bytes]

MAX_THREADS = 4
"""More would take memory for as many photographs at once, and a network or disk is not that fast."""
_FIRST, _FILES = 16, 64  # files of the first portion, which is there to be shown at once, and of the others
_PORTION = 2**22  # bytes of files, or of what becomes of them, after which a portion ends
_SMALL = 2**16  # bytes of a file below which decoding it is mostly Python


@dataclass(kw_only=True)
class Portion:
    """What became of some files. images: (k, c, size, size), grey if all are; thumbnails: (k, 48, 48, 3) if wanted.

    skipped: name and reason of those that are no pictures. files: how many were looked at.
    """

    files: int
    names: list[str] = field(default_factory=list)
    pictures: list[Decoded] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    images: Pixels | None = None
    thumbnails: Pixels | None = None
    digests: Words | None = None
    looks: Words | None = None


def portions(
    files: Iterable[_File], spec: ImagesSpec, *, with_thumbnails: bool, bits: int = wide.BITS
) -> Iterator[Portion]:
    """Decode the files as ``spec`` says, in their order. To be used up within ``pillow_rules``.

    bits: how many are in use in pictures of 16 bits.
    """
    threads = min(MAX_THREADS, os.cpu_count() or 1)
    room = limits.memory_bytes() // threads
    waiting: deque[Future[Portion]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="decoding")
    try:
        for some in _gathered(files, spec.size):
            is_small = sum(len(data) for _, data in some) < _SMALL * len(some)
            while len(waiting) >= (1 if is_small else threads):
                yield waiting.popleft().result()
            waiting.append(pool.submit(_decode, some, spec, room, bits, with_thumbnails))
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def _gathered(files: Iterable[_File], size: int) -> Iterator[list[_File]]:
    most = max(1, min(_FILES, _PORTION // (3 * size * size)))
    some: list[_File] = []
    wanted, length = min(most, _FIRST), 0
    for name, data in files:
        some.append((name, data))
        length += len(data)
        if len(some) >= wanted or length >= _PORTION:
            yield some
            some, wanted, length = [], most, 0
    if some:
        yield some


def _decode(files: list[_File], spec: ImagesSpec, room: int, bits: int, with_thumbnails: bool) -> Portion:
    portion = Portion(files=len(files))
    for name, data in files:
        try:
            one = pictures.decoded(
                data, spec.size, spec.channels, spec.fit, spec.background, turn=spec.turn, bits=bits, room=room
            )
        except pictures.UnreadablePicture as error:
            portion.skipped.append((name, str(error)))
        else:
            portion.names.append(name)
            portion.pictures.append(one)
    if portion.pictures:
        portion.images = stacked([one.pixels for one in portion.pictures], spec.size)
        portion.digests = np.concatenate([duplicates.digests(one.pixels[None]) for one in portion.pictures])
        portion.looks = duplicates.looks(portion.images)
        if with_thumbnails:
            portion.thumbnails = thumbnails.shrunk(portion.images)
    return portion


def stacked(pixels: list[Pixels], size: int) -> Pixels:
    """Grey (size, size) and colour (size, size, 3) as one (k, channels, size, size); grey only if all are."""
    channels = 3 if any(one.ndim == 3 for one in pixels) else 1
    stacked = np.empty((len(pixels), channels, size, size), np.uint8)
    for index, one in enumerate(pixels):
        stacked[index] = one.transpose(2, 0, 1) if one.ndim == 3 else one
    return stacked
