"""The sample to learn from that one of G's is nearest to, by the kind of samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ganstudio.measurements.tunes.nearest import TrainingTunes
from ganstudio.modalities import ByKind

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


LIKENESSES: ByKind[Callable[[Dataset], Likeness] | None] = ByKind(None, melody=TrainingTunes)
"""None: it is not shown with the sliders."""
