"""Classes told by how the names of sounds begin: 3_theo_12.wav is a 3, kick_01.wav a kick."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import labels
from ganstudio.data.images.way import Column

if TYPE_CHECKING:
    from collections.abc import Sequence

BEFORE = "before_underscore"
"""What ``ClipsSpec.labels`` is for classes told so."""
_EACH = 3  # sounds of a class, on average at least: fewer are names, not classes


def by_beginning(names: Sequence[str]) -> Column | None:
    """What stands before the first underscore of the names of files, as classes of them; None where these are none."""
    heads = [PurePosixPath(name).stem.partition("_") for name in names]
    words = sorted({head.strip() for head, underscore, _ in heads if underscore and head.strip()})
    if not 2 <= len(words) <= min(labels.MAX_CLASSES, len(names) // _EACH):
        return None
    classes = [words[index] for index in labels.in_order(words)]
    place = {word: index for index, word in enumerate(classes)}
    found = np.array([place.get(head.strip(), -1) if underscore else -1 for head, underscore, _ in heads], np.int64)
    are_numbers = all(word.isdecimal() for word in classes)
    told = f"the {'number' if are_numbers else 'word'} before the first underscore of each name"
    return Column(code=BEFORE, source=told, labels=found, classes=tuple(classes), is_likely=False)
