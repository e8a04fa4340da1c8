"""What is measured of samples of a kind besides the divergences: figures, each next to what real samples get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ganstudio.data import Dataset
    from ganstudio.measurements.estimate import Draw
    from ganstudio.measurements.figure import Figure


MEASURES: ByKind[Callable[[Dataset, Draw, int], Iterable[Figure]] | None] = ByKind(None)
"""(dataset, what draws G's samples in model units, seed) -> figures of samples of a kind; EstimationError where there
can be none. None: nothing is measured but the divergences. Kinds of which more is measured than figures have a row of
their own in the verb ``measure``.
"""
