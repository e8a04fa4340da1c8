"""The estimators of the divergences by name. Apart from the package, since the probe needs torch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.measurements.histogram import histogram
from ganstudio.measurements.neighbours import neighbours
from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from ganstudio.measurements.estimate import Estimator, Sides, Work


def _probe(sides: Sides, samples: int, seed: int) -> Work:
    """``probe.probe``, which brings torch with it, when the first slice is asked for."""
    from ganstudio.measurements.probe import probe

    return (yield from probe(sides, samples, seed))


LEFT_OUT: ByKind[frozenset[str]] = ByKind(frozenset({"histogram"}), points=frozenset())
"""Estimators that a training does not run for samples of a kind, though its settings, which are for any data, ask."""
ESTIMATORS: dict[str, Estimator] = {"probe": _probe, "histogram": histogram, "neighbours": neighbours}
"""(sides, samples a side, seed) -> the work of estimating, in slices."""
