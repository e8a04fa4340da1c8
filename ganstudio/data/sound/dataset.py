"""A set of waves as a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import limits
from ganstudio.data.dataset import Dataset, dataset_of, drawn_from
from ganstudio.data.errors import DatasetError

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
    drawn_from(name, "sound", len(waves), held_out)
    check_room(name, len(waves), modality)
    return dataset_of(
        name,
        modality.encode(waves),
        modality,
        source=source,
        held_out=held_out,
        skips=skips,
        labels=labels,
        classes=tuple(classes),
        notes=notes,
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
