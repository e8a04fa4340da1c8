"""The sample to learn from that one of G's is nearest to, by the kind of samples."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from ganstudio.measurements.tunes.nearest import TrainingTunes
from ganstudio.modalities import ByKind
from ganstudio.training.messages import Nearest

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

    from ganstudio.data import Dataset


class Likeness(Protocol):
    """Finds it in a few milliseconds. aside: as in ``training.messages.Nearest``."""

    aside: tuple[int, int] | None

    def nearest(self, tune: npt.NDArray[Any], /) -> tuple[npt.NDArray[Any], int]:
        """The nearest sample, and in how many of its parts it differs."""
        ...


LIKENESSES: ByKind[Callable[[Dataset, Callable[[], bool]], Likeness | None] | None] = ByKind(
    None, melody=TrainingTunes.of
)
"""What reads the samples that are looked up, for as long as they are wanted; None: none is shown with the sliders."""


class Lookup:
    """Looks up samples of one dataset, which are read in a thread of its own at the first question.

    ``there`` is called in that thread once they are read.
    """

    def __init__(self, dataset: Dataset, there: Callable[[], None]) -> None:
        self._dataset, self._there = dataset, there
        self._build = LIKENESSES[dataset.modality.kind]
        self._likeness: Likeness | None = None
        self._ended = threading.Event()
        self._thread: threading.Thread | None = None

    @property
    def reading(self) -> bool:
        """Whether samples are asked for that are still read."""
        return self._thread is not None and self._likeness is None

    def nearest(self, sample: npt.NDArray[Any]) -> Nearest | None:
        """The real sample that one of G's is nearest to; None while they are read, and for kinds without an answer."""
        if self._build is None or self._ended.is_set():
            return None
        if self._thread is None:
            self._thread = threading.Thread(target=self._read, args=(self._build,), name="likeness", daemon=True)
            self._thread.start()
        if (likeness := self._likeness) is None:
            return None
        found, different = likeness.nearest(sample)
        return Nearest(sample=found, different=different, aside=likeness.aside)

    def close(self) -> None:
        """Give up reading, and wait until what is read just now is."""
        self._ended.set()
        if self._thread is not None:
            self._thread.join()

    def _read(self, build: Callable[[Dataset, Callable[[], bool]], Likeness | None]) -> None:
        self._likeness = build(self._dataset, lambda: not self._ended.is_set())
        if self._likeness is not None:
            self._there()
