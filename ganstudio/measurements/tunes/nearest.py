"""The training tune that a tune is nearest to, looked up while a slider is turned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ganstudio.data import Dataset

    Symbols = npt.NDArray[np.integer[Any]]

ASIDE = 200
"""Tunes kept aside that are looked up too: what can be no copy shows how near others come."""
_PORTION = 4_096


class TrainingTunes:
    """Real tunes as symbols. aside: in how many steps tunes kept aside differ from their nearest, least and median.

    aside is None where no tune is kept aside.
    """

    def __init__(self, dataset: Dataset) -> None:
        assert dataset.at is not None, "tunes are a list"
        assert dataset.count is not None, "tunes are a list"
        count, at, kind = dataset.count, dataset.at, dataset.modality
        places = np.arange(count + min(dataset.held_out, ASIDE))
        parts = [kind.to_people(at(places[start : start + _PORTION])) for start in range(0, len(places), _PORTION)]
        tunes = np.concatenate(parts)
        self._training: Symbols = tunes[:count]
        apart = [self.nearest(tune)[1] for tune in tunes[count:]]
        self.aside = (min(apart), round(float(np.median(apart)))) if apart else None

    def nearest(self, tune: Symbols) -> tuple[Symbols, int]:
        """The training tune (t,) nearest to a tune (t,), and in how many steps they differ."""
        different = (self._training != tune).sum(axis=1)
        index = int(different.argmin())
        return self._training[index], int(different[index])
