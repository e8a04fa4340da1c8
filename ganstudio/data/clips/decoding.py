"""Many recordings from the bytes of their files, in portions, beside whoever reads the files.

In threads: numpy's Fourier transforms let go of the interpreter, and most decoders are programs of their own.
"""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.clips import cutting
from ganstudio.data.files import sounds
from ganstudio.data.images import duplicates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy.typing as npt

    from ganstudio.data.files.sounds import Decoded
    from ganstudio.data.images.duplicates import Words
    from ganstudio.experiment import ClipsSpec

_File = tuple[str, bytes]

MAX_THREADS = 4
AT_ONCE = 2**28
"""Bytes of files that are decoded at the same time; one that is longer is decoded alone."""
_FIRST, _FILES = 16, 64  # files of the first portion, which is there to be shown at once, and of the others
_PORTION = 2**22  # bytes of files after which a portion ends


@dataclass(frozen=True, slots=True)
class Recording:
    """What a recording was like, without its wave, and how many clips are of it."""

    name: str
    rate: int
    channels: int
    seconds: float
    kind: str
    is_clipped: bool
    is_one_channel: bool
    is_cut_short: bool
    clips: int

    @classmethod
    def of(cls, name: str, one: Decoded, clips: int) -> Recording:
        """What ``Decoded`` says of it."""
        return cls(
            name,
            one.rate,
            one.channels,
            one.seconds,
            one.kind,
            one.clipped >= CLIPPED,
            one.is_one_channel,
            one.is_cut_short,
            clips,
        )


CLIPPED = 1e-3
"""Share of a recording's values cut off at full scale from which it counts as clipped: one peak is not heard."""


@dataclass(kw_only=True)
class Portion:
    """What became of some files. clips: int16 (k, t). skipped: name and reason of those that give none."""

    files: int
    recordings: list[Recording] = field(default_factory=list)
    skipped: list[tuple[str, str]] = field(default_factory=list)
    clips: npt.NDArray[np.int16] | None = None
    digests: Words | None = None


def portions(files: Iterable[_File], spec: ClipsSpec) -> Iterator[Portion]:
    """Decode and cut the files as ``spec`` says, in their order. Raises what a watch raises."""
    threads = min(MAX_THREADS, os.cpu_count() or 1)
    waiting: deque[tuple[int, Future[Portion]]] = deque()
    pool = ThreadPoolExecutor(threads, thread_name_prefix="decoding")
    with sounds.Decoders() as decoders:
        try:
            for some in _gathered(files):
                size = sum(len(data) for _, data in some)
                while waiting and (len(waiting) >= threads or size + sum(one for one, _ in waiting) > AT_ONCE):
                    yield waiting.popleft()[1].result()
                # Within a copy of the context, which holds the watch that is asked whether this is still wanted.
                waiting.append((size, pool.submit(copy_context().run, _decode, some, spec, decoders)))
            while waiting:
                yield waiting.popleft()[1].result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _gathered(files: Iterable[_File]) -> Iterator[list[_File]]:
    some: list[_File] = []
    wanted, length = _FIRST, 0
    for name, data in files:
        some.append((name, data))
        length += len(data)
        if len(some) >= wanted or length >= _PORTION:
            yield some
            some, wanted, length = [], _FILES, 0
    if some:
        yield some


def _decode(files: list[_File], spec: ClipsSpec, decoders: sounds.Decoders) -> Portion:
    portion = Portion(files=len(files))
    made = []
    for name, data in files:
        try:
            one = sounds.decoded(data, spec.rate, decoders)
        except sounds.UnreadableSound as error:
            portion.skipped.append((name, str(error)))
            continue
        begins = cutting.starts(one.wave, spec.rate, spec.length, spec.cut)
        made.append(cutting.clips(one.wave, begins, spec.length))
        portion.recordings.append(Recording.of(name, one, len(begins)))
    if made:
        portion.clips = np.concatenate(made)
        portion.digests = duplicates.digests(portion.clips)
    return portion
