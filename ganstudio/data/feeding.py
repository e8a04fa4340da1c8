"""Minibatches of stored images: gathered from memory or from a file of ours that is mapped, without a loop over them.

Legend: n, c, h, w as in images_nchw; m the samples of a dataset, in its own order.
"""

from __future__ import annotations

import mmap
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import limits
from ganstudio.data.blocks import FileRows

if TYPE_CHECKING:
    from ganstudio.data.locks import Hold
    from ganstudio.modalities import Pixels

_Indices = npt.NDArray[np.integer]

MAPPED_SHARE = 0.5
"""Of the memory; a mapped file that is larger will not stay in the system's cache and is asked for image by image."""


class Feed:
    """Images (n, c, h, w) as samples of a dataset: in memory, mapped from the cache, or read from a user's file.

    order: (m,) which image each sample is; None: all as they lie. flips: whether draws are mirrored at random.
    hold: what keeps the file in use.
    """

    def __init__(
        self,
        images: Pixels | FileRows,
        order: npt.NDArray[np.int64] | None = None,
        *,
        flips: bool = False,
        hold: Hold | None = None,
    ) -> None:
        self.images, self.order = images, order
        self._hold = hold
        self._flips = flips
        self._ahead = _ReadAhead.of(images)

    def of(self, samples: _Indices, *, flips: bool) -> Feed:
        """Some of these samples, of the same images."""
        rows = samples.astype(np.int64) if self.order is None else self.order[samples]
        return Feed(self.images, rows, flips=flips, hold=self._hold)

    def __len__(self) -> int:
        return len(self.images) if self.order is None else len(self.order)

    @property
    def flips(self) -> bool:
        """Whether draws are mirrored at random."""
        return self._flips

    @property
    def is_mapped(self) -> bool:
        """Whether the images lie in a file of ours rather than in memory."""
        return isinstance(self.images, np.memmap)

    def bytes_at(self, indices: _Indices) -> Pixels:
        """The samples of these indices as they are stored, uint8 (k, c, h, w)."""
        rows = indices if self.order is None else self.order[indices]
        if isinstance(self.images, FileRows):
            return self.images.take(rows)
        if self._ahead:
            self._ahead.ask(rows)
        if self.images.flags.c_contiguous:
            return np.asarray(self.images.take(rows, axis=0))
        return np.ascontiguousarray(self.images[rows])  # take would first copy all of them

    def at(self, indices: _Indices) -> npt.NDArray[np.float32]:
        """The samples of these indices, float32 (k, c, h, w) from -1 to 1."""
        return _to_floats(self.bytes_at(indices))

    def draw(self, wanted: int, below: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        """So many of the samples before number ``below``, each as likely as another, from -1 to 1."""
        return self.mirrored(rng.integers(0, below, wanted), rng)

    def mirrored(self, indices: _Indices, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        """The samples of these indices as ``at`` gives them, mirrored at random where draws are."""
        batch = self.bytes_at(indices)
        if self._flips:
            mirrored = rng.random(len(indices)) < 0.5
            batch[mirrored] = batch[mirrored][..., ::-1]
        return _to_floats(batch)


def _to_floats(batch: Pixels) -> npt.NDArray[np.float32]:
    floats = batch.astype(np.float32)
    floats /= np.float32(127.5)
    floats -= np.float32(1)
    return floats


class _ReadAhead:
    """Asks the system for all images of a minibatch before the first is touched, so that a disk reads them at once.

    Without it each would be waited for by itself; and without being told that they come in no order, the system would
    read megabytes around each. Measured from a disk of 50,000 accesses a second, a file that is not in memory:
    9,000 colour images of 32 x 32 a second without it, 55,000 with it.
    """

    def __init__(self, images: np.memmap, held: mmap.mmap) -> None:
        held.madvise(mmap.MADV_RANDOM)
        self._map = held
        self._first = images.offset % mmap.ALLOCATIONGRANULARITY
        self._row = images[0].nbytes

    @classmethod
    def of(cls, images: Pixels | FileRows) -> _ReadAhead | None:
        """For images that lie in a mapped file too large for the memory; None for others, where it would only cost."""
        held = getattr(images, "_mmap", None)
        memory = limits.machine_bytes()
        if not isinstance(images, np.memmap) or held is None or memory is None or not hasattr(mmap, "MADV_WILLNEED"):
            return None
        if images.nbytes <= MAPPED_SHARE * memory:
            return None
        return cls(images, held)

    def ask(self, rows: _Indices) -> None:
        """Ask for the images of these rows."""
        first = self._first + rows.astype(np.int64) * self._row
        starts = first - first % mmap.PAGESIZE
        for start, length in zip(starts.tolist(), (first + self._row - starts).tolist(), strict=True):
            self._map.madvise(mmap.MADV_WILLNEED, start, length)
