"""Reading what lies at a path: its card as it becomes known, and the dataset that is trained on."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.cache import unpacking
from ganstudio.data.clips import folder as clips
from ganstudio.data.errors import Undecided
from ganstudio.data.files.sound_decoders import Decoders
from ganstudio.data.images import folder as images
from ganstudio.data.images import thumbnails
from ganstudio.data.music import midi
from ganstudio.data.reading import cards, importers
from ganstudio.data.reading.looks import count_of, first_pictures, lines_of, thumbnails_of
from ganstudio.data.watching import Watch, watched_by
from ganstudio.experiment import ClipsSpec, ImagesSpec, MidiSpec
from ganstudio.experiment.places import place_of

if TYPE_CHECKING:
    import numpy.typing as npt

    from ganstudio.data.card import Card
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import DatasetSpec

__all__ = ["Watch", "preview", "read", "thumbnails_of"]

_AT_ONCE = 128  # thumbnails told at once


def read(path: Path, spec: DatasetSpec | None = None, *, watch: Watch | None = None) -> tuple[Card, Dataset]:
    """The card and the dataset of what lies at ``path``.

    spec: the choices; None: what lies there is found out, and they are proposed. What was read before with the same
    choices is found in the cache. Raises DatasetError.
    """
    from ganstudio.data import build_dataset

    watch, path = watch or Watch(), Path(os.path.abspath(path.expanduser()))
    with watched_by(watch), Decoders():
        spec = spec or importers.propose(path)
        if isinstance(spec, ImagesSpec):
            return images.read_images(spec, watch)
        if isinstance(spec, ClipsSpec):
            return clips.read_clips(spec, watch)
        if isinstance(spec, MidiSpec):
            return midi.read_midi(spec, watch)
        question, guess = "", spec
        try:
            dataset = build_dataset(spec)
        except Undecided as error:  # shown as it is likeliest, and not to be trained on before somebody chose
            question, guess = str(error), spec.model_copy(update=error.options[0])
            dataset = build_dataset(guess)
        card = replace(cards.of_dataset(guess, path, dataset, guessed=bool(question)), spec=spec, question=question)
        where = unpacking.told_of(place_of(getattr(spec, "path", "")))
        card = replace(card, notes=(*card.notes, *([where] if where else [])))
    _show(dataset, watch)
    watch.card(card)
    return card, dataset


def _show(dataset: Dataset, watch: Watch) -> None:
    if not watch.wants_thumbnails:
        return
    shown, one = min(count_of(dataset), thumbnails.MAX_SHOWN), dataset.modality.words.one
    for first in range(0, shown, _AT_ONCE):
        indices = np.arange(first, min(first + _AT_ONCE, shown))
        names = lines_of(dataset, indices) or tuple(f"{one} {index:,}" for index in indices)
        watch.thumbnails(first, thumbnails_of(dataset, indices), names)


def preview(path: Path, spec: DatasetSpec, count: int = 12) -> npt.NDArray[np.uint8]:
    """Pictures of the first samples (k, h, w, 1 or 3) as these choices make them; quickly, and nothing is kept.

    Of points there are none: (0, 0, 0, 1). Raises DatasetError.
    """
    from ganstudio.data import build_dataset

    if isinstance(spec, ImagesSpec):
        return images.first_images(spec, count).transpose(0, 2, 3, 1)
    if isinstance(spec, ClipsSpec):
        return clips.first_pictures(spec, count)
    if isinstance(spec, MidiSpec):
        return midi.first_pictures(spec, count)
    try:
        dataset = build_dataset(spec)
    except Undecided as error:
        dataset = build_dataset(spec.model_copy(update=error.options[0]))
    return first_pictures(dataset, count)
