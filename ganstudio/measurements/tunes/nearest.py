"""The training tune that a tune is nearest to, looked up while a slider is turned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.data import Dataset

    Symbols = npt.NDArray[np.integer[Any]]

ASIDE = 200
"""Tunes kept aside that are looked up too: what can be no copy shows how near others come."""
_PORTION = 256
"""Tunes that are read at one go: of 4,096 as events the training would wait for as long as a second."""


class TrainingTunes:
    """Training tunes as symbols (n, t), and in how many steps tunes kept aside differ from theirs, least and median.

    aside is None where no tune is kept aside.
    """

    aside: tuple[int, int] | None = None

    def __init__(self, training_nt: Symbols) -> None:
        # Step by step, not tune by tune: comparing one step of all tunes is many times as fast.
        self._steps_tn = np.ascontiguousarray(training_nt.T)

    @classmethod
    def of(cls, dataset: Dataset, wanted: Callable[[], bool] = lambda: True) -> TrainingTunes | None:
        """Those of a dataset, which takes seconds for many; None as soon as they are ``wanted`` no more."""
        assert dataset.at is not None, "tunes are a list"
        assert dataset.count is not None, "tunes are a list"
        count, at, kind = dataset.count, dataset.at, dataset.modality
        places = np.arange(count + min(dataset.held_out, ASIDE))
        parts = []
        for start in range(0, len(places), _PORTION):
            if not wanted():
                return None
            parts.append(kind.to_people(at(places[start : start + _PORTION])))
        tunes = np.concatenate(parts)
        found, apart = cls(tunes[:count]), []
        for tune in tunes[count:]:
            if not wanted():
                return None
            apart.append(found.nearest(tune)[1])
        if apart:
            found.aside = (min(apart), round(float(np.median(apart))))
        return found

    def nearest(self, tune: Symbols) -> tuple[Symbols, int]:
        """The training tune (t,) nearest to a tune (t,), and in how many steps they differ."""
        different = (self._steps_tn != tune[:, None]).sum(axis=0, dtype=np.uint16)
        index = int(different.argmin())
        return self._steps_tn[:, index].copy(), int(different[index])
