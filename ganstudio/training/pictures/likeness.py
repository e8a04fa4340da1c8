"""The sample to learn from that one of G's is nearest to, by the kind of samples."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Protocol

from ganstudio.measurements.tunes.nearest import TrainingTunes
from ganstudio.modalities import ByKind
from ganstudio.run import reason
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
_TROUBLE = (OSError, ValueError, ArithmeticError, RuntimeError, MemoryError)
"""As disks, damaged files and too little memory raise them."""


class Lookup:
    """Looks up samples of one dataset, which are read in a thread of its own at the first question.

    ``there`` is called in that thread once they are read, or once they have turned out not to be readable. One thread
    asks; another may ``close`` it at any time.
    """

    refused = ""
    """Why they can't be read, a sentence; "": they can, as far as is known."""

    def __init__(self, dataset: Dataset, there: Callable[[], None]) -> None:
        self._dataset, self._there = dataset, there
        self._build = LIKENESSES[dataset.modality.kind]
        self._likeness: Likeness | None = None
        self._ended, self._done = threading.Event(), threading.Event()
        self._starting = threading.Lock()  # else a thread is joined that is made and not begun yet
        self._thread: threading.Thread | None = None

    @property
    def reading(self) -> bool:
        """Whether samples are asked for that are still read."""
        return self._thread is not None and not self._done.is_set()

    def nearest(self, sample: npt.NDArray[Any]) -> Nearest | None:
        """The real sample that one of G's is nearest to.

        None while they are read, where they can't be, and for kinds without an answer.
        """
        if self._build is None:
            return None
        with self._starting:
            if self._ended.is_set():
                return None
            if self._thread is None:
                thread = threading.Thread(target=self._read, args=(self._build,), name="likeness", daemon=True)
                thread.start()
                self._thread = thread
        if (likeness := self._likeness) is None:
            return None
        found, different = likeness.nearest(sample)
        return Nearest(sample=found, different=different, aside=likeness.aside)

    def forgive(self) -> None:
        """Read them at the next question where they could not be read: nobody asks for them now, and they may be back.

        As long as somebody does, they are not read anew, which each move of a slider would begin.
        """
        with self._starting:
            if self.refused and self._thread is not None and not self._thread.is_alive():
                self._thread, self.refused = None, ""
                self._done.clear()

    def close(self) -> None:
        """Give up reading, and wait until what is read just now is."""
        with self._starting:
            self._ended.set()
            thread = self._thread
        if thread is not None:
            thread.join()

    def _read(self, build: Callable[[Dataset, Callable[[], bool]], Likeness | None]) -> None:
        why = "an error in the program"
        try:
            self._likeness = build(self._dataset, lambda: not self._ended.is_set())
            why = ""
        except _TROUBLE as error:
            why = "there is not enough memory" if isinstance(error, MemoryError) else reason(error)
        finally:  # whatever it was: nobody waits for samples that do not come
            if why:
                self.refused = f"The training {self._dataset.modality.words.many} can't be read: {why}."
            self._done.set()
            if not self._ended.is_set():
                self._there()
