"""Looking on while a dataset is read."""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data.card import Card

_One = TypeVar("_One")
_OFTEN = 2_048
"""Lines, rows or words between two questions: some hundredths of a second."""


class Watch:
    """Told what is read while it is read; this one looks at nothing, and what is of interest is overridden.

    What a method raises ends the reading, and nothing of it is left behind. All are called from the reading thread.
    """

    def __call__(self, done: int, total: int) -> None:
        """Progress, so that a watch is taken wherever only that is asked for."""
        self.progress(done, total)

    def go_on(self) -> None:
        """Some of a long file was read, or of what may wait for ever; often."""

    def progress(self, done: int, total: int) -> None:
        """So many files are done; total: 0 while it is unknown."""

    def thumbnails(self, first: int, images: npt.NDArray[np.uint8], names: tuple[str, ...]) -> None:
        """The next samples in order from number ``first``: uint8 (k, 48, 48, 3), and a name of each."""

    def card(self, card: Card) -> None:
        """What is known by now: at most four times a second, and once it is complete."""

    @property
    def wants_thumbnails(self) -> bool:
        """Whether there is anybody to show thumbnails to; making them takes a third of the time."""
        return type(self).thumbnails is not Watch.thumbnails


_LOOKING: ContextVar[Watch | None] = ContextVar("watch", default=None)


@contextmanager
def watched_by(watch: Watch) -> Iterator[None]:
    """Have the watch asked, by all reading within, whether it is to go on."""
    token = _LOOKING.set(watch)
    try:
        yield
    finally:
        _LOOKING.reset(token)


def watcher() -> Watch:
    """Who watches this reading; one that looks at nothing where nobody does."""
    return _LOOKING.get() or Watch()


def still_wanted() -> None:
    """Ask whether to go on reading. Raises what the watch does."""
    if (watch := _LOOKING.get()) is not None:
        watch.go_on()


def while_wanted(many: Iterable[_One], often: int = _OFTEN) -> Iterator[_One]:
    """The same ones in turn, with the question between every so many whether to go on. Raises what the watch does."""
    for place, one in enumerate(many):
        if place % often == 0:
            still_wanted()
        yield one
