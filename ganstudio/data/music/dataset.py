"""A set of tunes as a dataset."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ganstudio.data.dataset import Dataset
from ganstudio.data.errors import DatasetError
from ganstudio.experiment.places import text_of

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
    count = len(tunes_nt) - held_out
    if count < 1:
        raise DatasetError(
            f"{name}: {held_out:,} tunes are to be held out, but there are {len(tunes_nt):,}; hold out fewer"
        )

    def at(indices: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        return modality.to_model(tunes_nt[indices])

    def draw(wanted: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        return at(rng.integers(0, count, wanted))

    return Dataset(
        name=text_of(name),
        modality=modality,
        draw=draw,
        at=at,
        count=count,
        held_out=held_out,
        skipped=skips.named if skips else (),
        skipped_more=skips.more if skips else 0,
        notes=notes,
        source=text_of(source),
        factors=dict(factors or {}),
    )
