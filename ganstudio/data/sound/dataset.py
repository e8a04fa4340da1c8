"""A set of waves as a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import limits
from ganstudio.data.dataset import Dataset
from ganstudio.data.errors import DatasetError
from ganstudio.experiment.places import text_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ganstudio.data.skips import Skips
    from ganstudio.modalities import Sound

_MEGABYTE = 1e6


def sound_dataset(
    name: str,
    waves: npt.NDArray[np.float32],
    modality: Sound,
    *,
    source: str,
    skips: Skips | None = None,
    labels: npt.NDArray[np.integer] | None = None,
    classes: Sequence[str] = (),
    factors: Mapping[str, npt.NDArray[np.float64]] | None = None,
    held_out: int = 0,
    notes: tuple[str, ...] = (),
) -> Dataset:
    """Waves (n, ``modality.length``) from -1 to 1, encoded once and kept at half precision, as people's units are.

    Labels (n,) are indices of ``classes``, -1: of none; factors (n,) each. The last ``held_out`` are never drawn.
    Raises DatasetError when nothing is left to draw from, or memory is too small.
    """
    count = len(waves) - held_out
    if count < 1:
        raise DatasetError(
            f"{name}: {held_out:,} sounds are to be held out, but there are {len(waves):,}; hold out fewer"
        )
    check_room(name, len(waves), modality)
    kept = modality.encode(waves)

    def at(indices: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        return modality.to_model(kept[indices])

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
        labels=None if labels is None else labels.astype(np.int64),
        classes=tuple(classes),
        factors=dict(factors or {}),
    )


def check_room(what: str, count: int, modality: Sound) -> None:
    """Raise DatasetError when so many sounds would take more memory than they may: as waves, and encoded."""
    each = 4 * modality.length + 2 * int(np.prod(modality.shape))
    if count * each > limits.memory_bytes():
        fit = limits.memory_bytes() // each
        raise DatasetError(
            f"{what}: {count:,} sounds of {modality.seconds:.3g} s take {count * each / _MEGABYTE:,.0f} MB of memory, "
            f"more than the {limits.memory_bytes() / _MEGABYTE:,.0f} MB that they may: take at most {fit:,}, or "
            f"shorter ones, or set {limits.MEMORY} to more"
        )
