"""What the samples of a run are: ``samples/modality.json``, read with care, as the run may be somebody else's."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from ganstudio.run._disk import write_aside
from ganstudio.run._lock import RunError
from ganstudio.run._reading import json_object

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.modalities import Modality, Samples

FILE = "modality.json"
LARGEST_SAMPLE = 3 * 1_024**2
"""Numbers in one."""


def keep_modality(folder: Path, modality: Modality, samples: Samples) -> None:
    """Say in a folder of samples what they are, where nothing says so yet and they don't show it as all versions know.

    Raises OSError where the disk won't.
    """
    from ganstudio.modalities import guessed, packed

    path, seen = folder / FILE, guessed(samples)
    if (seen is None or seen.kind != modality.kind) and not path.exists():
        write_aside(path, (json.dumps(packed(modality), indent=1) + "\n").encode())


def modality_of(path: Path, samples: Samples) -> Modality | None:
    """What the samples are that were read from a file; None where that is not known, or not rightly told.

    Nothing is said of points and images, which samples show by themselves.
    """
    from ganstudio.modalities import guessed

    try:
        told = json_object(path.parent / FILE)
        modality = guessed(samples) if told is None else known_modality(told)
    except (RunError, ValueError):
        return None
    return modality if modality is not None and _fit(samples, modality) else None


def known_modality(values: Any) -> Modality:
    """The modality that a file tells of. Raises ValueError where it tells none, or one of samples beyond all bounds."""
    from ganstudio.modalities import unpacked

    modality = unpacked(values)
    whole = all(isinstance(side, int) and not isinstance(side, bool) and side > 0 for side in modality.shape)
    if not whole or math.prod(modality.shape) > LARGEST_SAMPLE:
        raise ValueError(f"samples have up to {LARGEST_SAMPLE:,} numbers, not {modality.shape}")
    return modality


def _fit(samples: Samples, modality: Modality) -> bool:
    """Whether samples look as the modality's do, so that it can make pictures of them."""
    import numpy as np

    example = modality.to_people(np.zeros((1, *modality.shape), np.float32))
    return samples.shape[1:] == example.shape[1:] and samples.dtype.kind == example.dtype.kind and len(samples) > 0
