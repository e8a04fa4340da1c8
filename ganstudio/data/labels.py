"""Classes of samples: from folders' names or arrays of labels; and some samples of every kind kept aside."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.experiment.places import text_of

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_CLASSES = 1_000
"""More distinct labels than that are numbers of the samples rather than classes; ImageNet has so many."""

LABEL_NAMES = frozenset({"label", "labels", "class", "classes", "target", "targets", "category", "species"})
"""What a column or array of classes is called, in small letters. One called y may be a coordinate as well."""

Labels = tuple[npt.NDArray[np.int64], tuple[str, ...]]
"""The class of each sample (n,), an index of the classes' names."""

_NUMBER = re.compile(r"[+-]?[0-9]{1,15}(\.[0-9]{1,15})?")


def from_values(values: npt.NDArray[Any]) -> Labels | None:
    """What labels (n,), whole numbers or words, say; None where they are no classes."""
    if values.dtype.kind not in "iubUS":
        return None
    distinct, labels = np.unique(values, return_inverse=True)
    if not 2 <= len(distinct) <= MAX_CLASSES:
        return None
    if distinct.dtype.kind in "US":
        order = np.array(in_order(distinct.astype(str).tolist()))
        distinct, labels = distinct[order], np.argsort(order)[labels]
    names = distinct.astype(str) if distinct.dtype.kind != "b" else distinct.astype(int).astype(str)
    return labels.astype(np.int64).ravel(), tuple(names.tolist())


def in_order(words: Sequence[str]) -> list[int]:
    """The indices of words as people order them: numbers by their size, and ``class 2`` before ``class 10``."""
    numbers = [_number(word) for word in words]
    if None not in numbers:
        return sorted(range(len(words)), key=lambda index: (numbers[index], words[index]))
    return sorted(range(len(words)), key=lambda index: _natural(words[index]))


def _number(word: str) -> float | None:
    if not _NUMBER.fullmatch(word):
        return None
    return float(word)


def _natural(word: str) -> tuple[list[str], str]:
    # Digits compare by how many there are first: so they need not become numbers, which may be too long for any.
    parts = re.split(r"([0-9]+)", word)
    digits = [part.lstrip("0") for part in parts[1::2]]
    parts[1::2] = [f"{len(part):03}{part}" for part in digits]
    return parts, word


def from_words(words: Sequence[str], labels: npt.NDArray[Any]) -> Labels | None:
    """Classes by distinct words, and the number of each sample's word (n,); None where there are not several.

    They come in the order of ``in_order``. No two words become one: 1 and 01 are two classes.
    """
    if not 2 <= len(words) <= MAX_CLASSES:
        return None
    shown = _without_fractions(words)
    order = in_order(shown)
    places = np.empty(len(words), np.int64)
    places[order] = np.arange(len(words))
    return places[labels], tuple(text_of(shown[index]) for index in order)


def _without_fractions(words: Sequence[str]) -> Sequence[str]:
    """Whole numbers that pandas wrote as 1.0, as some were missing, without their fractions."""
    if not all(word.endswith(".0") and word[:-2].lstrip("+-").isdecimal() for word in words):
        return words
    return [word[:-2] for word in words]


def keep_aside(count: int, held_out: int, *per_sample: npt.NDArray[Any]) -> None:
    """Move a random choice of ``held_out`` of ``count`` samples to the end of each array (count, ...), in place.

    Files come sorted by class, so that the last ones alone would be of one class. The choice is the same every time.
    """
    if not 0 < held_out < count:
        return
    chosen = np.random.default_rng(0).choice(count, held_out, replace=False)
    end = count - held_out
    to_end = chosen[chosen < end]
    from_end = np.setdiff1d(np.arange(end, count), chosen)
    for values in per_sample:
        values[to_end], values[from_end] = values[from_end], values[to_end]


_BECOMES = {
    "keep_aside": "kept aside for measures",
    "train_on": "trained on as well",
    "leave_out": "left out",
}


def split_note(told: str, counted: str, becomes: str) -> str:
    """What to say of a test split. told: its name; counted: ``12 images``; becomes: a spec's ``test_split``."""
    return f"taken for a test split: {told}; its {counted} are {_BECOMES[becomes]}"
