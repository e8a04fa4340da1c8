"""Tunes from MIDI files: a folder, its subfolders, a zip or tar archive, or one file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.data.card import Card
from ganstudio.data.images import thumbnails
from ganstudio.data.music.dataset import as_seen, music_dataset
from ganstudio.data.music.preparing import MELODY, prepared, some_of
from ganstudio.data.watching import Watch
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Melody, counted

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import MidiSpec


def build_midi(spec: MidiSpec) -> Dataset:
    """The windows of all tunes. Raises DatasetError when nothing is usable."""
    return read_midi(spec, Watch())[1]


def read_midi(spec: MidiSpec, watch: Watch) -> tuple[Card, Dataset]:
    """The dataset and its card, which ``watch`` is told of on the way. Raises as ``build_midi`` does."""
    path = place_of(spec.path)
    found, said = prepared(spec, watch)
    tunes, names, held_out = found.split(spec.aside)
    modality = as_seen(MELODY, spec.seen)
    dataset = music_dataset(
        path.name,
        tunes,
        modality,
        source=f"{counted(len(tunes), 'window')} of four bars from {counted(len(found.names), 'tune')} of {path.name}",
        held_out=held_out,
        skips=found.skips,
        notes=(*found.notes(), *said),
    )
    card = Card(
        name=path.name,
        kind=Melody.kind,
        verdict=_verdict(path, found.files),
        spec=spec,
        modality=modality,
        complete=True,
        count=len(tunes),
        held_out=held_out,
        facts=found.facts(spec),
        skipped=dataset.skipped,
        skipped_more=dataset.skipped_more,
        notes=dataset.notes,
    )
    if watch.wants_thumbnails:
        shown = tunes[: thumbnails.MAX_SHOWN]
        small = thumbnails.shrunk(MELODY.pictures(shown).transpose(0, 3, 1, 2))
        watch.thumbnails(0, small, names[: len(shown)])
    watch.card(card)
    return card, dataset


def first_pictures(spec: MidiSpec, count: int) -> npt.NDArray[np.uint8]:
    """Rolls (k, h, w, 3) of the first windows, without reading all. Raises DatasetError."""
    return MELODY.pictures(some_of(spec, count).split(spec.aside)[0][:count])


def _verdict(path: Path, files: int) -> str:
    if path.is_dir():
        return "a folder of MIDI files"
    return "a MIDI file, by what it begins with" if files == 1 else f"MIDI files: {files:,} of them"
