"""What is measured of samples of a kind besides the divergences: figures, each next to what real samples get."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ganstudio.data import Dataset
    from ganstudio.measurements.estimate import Draw
    from ganstudio.measurements.figure import Figure


def _of_tunes(dataset: Dataset, draw: Draw, seed: int) -> Iterable[Figure]:
    """Those of tunes, which bring torch with them, when they are asked for."""
    from ganstudio.measurements.tunes.figures import melody_figures

    return melody_figures(dataset, draw, seed)


MEASURES: ByKind[Callable[[Dataset, Draw, int], Iterable[Figure]] | None] = ByKind(None, melody=_of_tunes)
"""(dataset, what draws G's samples in model units, seed) -> figures of samples of a kind; EstimationError where there
can be none. None: nothing is measured but the divergences. Those of images have pictures too, and stand in ``images``.
"""
