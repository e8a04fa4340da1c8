"""A list of sentences as a dataset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data import limits
from ganstudio.data.dataset import Dataset, dataset_of, drawn_from
from ganstudio.data.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ganstudio.data.skips import Skips
    from ganstudio.modalities import Sentences

    Tokens = npt.NDArray[np.int32]
    LogProbability = Callable[[npt.NDArray[np.integer]], npt.NDArray[np.float64]]
    FirstFault = Callable[[npt.NDArray[np.integer]], npt.NDArray[np.int64]]

_MEGABYTE = 1e6


def sentence_dataset(
    name: str,
    modality: Sentences,
    drawn: Callable[[int, np.random.Generator], Tokens],
    *,
    count: int,
    held_out: int,
    seed: int,
    source: str,
    log_probability: LogProbability | None = None,
    first_fault: FirstFault | None = None,
) -> Dataset:
    """``count`` + ``held_out`` sentences (n, length), drawn once, as data. Raises DatasetError as ``listed``."""
    check_room(name, count + held_out, modality)
    tokens = drawn(count + held_out, np.random.default_rng(seed))
    return listed(
        name,
        tokens,
        modality,
        held_out=held_out,
        source=source,
        log_probability=log_probability,
        first_fault=first_fault,
    )


def listed(
    name: str,
    tokens_nt: Tokens,
    modality: Sentences,
    *,
    source: str,
    held_out: int = 0,
    skips: Skips | None = None,
    notes: Sequence[str] = (),
    facts: Sequence[tuple[str, str]] = (),
    labels: npt.NDArray[np.integer] | None = None,
    classes: Sequence[str] = (),
    log_probability: LogProbability | None = None,
    first_fault: FirstFault | None = None,
) -> Dataset:
    """Sentences (n, length) as the numbers of their words, of which the last ``held_out`` are never drawn.

    Raises DatasetError when nothing is left to draw from, or memory is too small.
    """
    drawn_from(name, "sentence", len(tokens_nt), held_out)
    check_room(name, len(tokens_nt), modality)
    return dataset_of(
        name,
        tokens_nt,
        modality,
        source=source,
        held_out=held_out,
        skips=skips,
        labels=labels,
        classes=tuple(classes),
        notes=tuple(notes),
        facts=tuple(facts),
        log_probability=log_probability,
        first_fault=first_fault,
    )


def check_room(what: str, count: int, modality: Sentences) -> None:
    """Raise DatasetError when so many sentences would take more memory than they may, as numbers."""
    need = 4 * count * modality.length
    if need > limits.memory_bytes():
        fit = limits.memory_bytes() // (4 * modality.length)
        raise DatasetError(
            f"{what}: {count:,} sentences take {need / _MEGABYTE:,.0f} MB of memory, more than the "
            f"{limits.memory_bytes() / _MEGABYTE:,.0f} MB that they may: take at most {fit:,}, or set {limits.MEMORY} "
            "to more"
        )
