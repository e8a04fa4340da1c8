"""A set of tunes as a dataset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ganstudio.data.dataset import Dataset, dataset_of, drawn_from

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data.skips import Skips
    from ganstudio.experiment.music import Seen
    from ganstudio.modalities import Melody


def as_seen(modality: Melody, seen: Seen) -> Melody:
    """The same tunes as networks are to see them. As events, each step may begin a note."""
    return replace(modality, events=modality.steps) if seen == "events" else modality


def music_dataset(
    name: str,
    tunes_nt: npt.NDArray[np.int8],
    modality: Melody,
    *,
    source: str,
    held_out: int = 0,
    skips: Skips | None = None,
    factors: Mapping[str, npt.NDArray[np.float64]] | None = None,
    notes: tuple[str, ...] = (),
) -> Dataset:
    """Tunes (n, steps) as symbols, the last ``held_out`` of which are never drawn; factors (n,) each.

    Raises DatasetError when nothing is left to draw from.
    """
    drawn_from(name, "tune", len(tunes_nt), held_out)
    return dataset_of(
        name,
        tunes_nt,
        modality,
        source=source,
        held_out=held_out,
        skips=skips,
        notes=notes,
        factors=dict(factors or {}),
    )
