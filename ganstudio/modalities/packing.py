"""Kinds of sample as they stand in the files of a run, which may be anybody's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.modalities.images import Images
from ganstudio.modalities.known import MODALITIES
from ganstudio.modalities.points import Points

if TYPE_CHECKING:
    from ganstudio.modalities.modality import Modality, Samples


def packed(modality: Modality) -> dict[str, Any]:
    """What a modality is, as JSON can hold it."""
    return {"kind": modality.kind, **{field.name: getattr(modality, field.name) for field in fields(modality)}}  # type: ignore[arg-type]


def unpacked(values: object) -> Modality:
    """The modality that ``packed`` made these values of. Raises ValueError where they say nothing that is known."""
    if not isinstance(values, Mapping) or not all(isinstance(name, str) for name in values):
        raise ValueError("what samples are is told by a table with a kind")
    facts = {name: tuple(value) if isinstance(value, list) else value for name, value in values.items()}
    kind = facts.pop("kind", None)
    make = MODALITIES.get(kind) if isinstance(kind, str) else None
    if make is None:
        raise ValueError(f"samples of kind {kind!r} are not known; known are {', '.join(MODALITIES)}")
    try:
        return make(**facts)
    except (TypeError, ValueError) as error:
        raise ValueError(f"what is told of {kind} is not right: {error}") from None


def guessed(samples: Samples) -> Modality | None:
    """What samples in people's units are whose run is of a version that only knew points and images.

    Points are in no certain units, as nothing told them. None: they are neither.
    """
    if samples.ndim == 4 and samples.dtype == np.uint8 and samples.shape[-1] in (1, 3) and 0 not in samples.shape[1:]:
        height, width, channels = samples.shape[1:]
        return Images((channels, height, width))
    if samples.ndim == 2 and samples.dtype.kind == "f" and samples.shape[-1] == 2:
        return Points()
    return None
