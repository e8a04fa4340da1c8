"""Cards of clips, while they are read and afterwards, and pictures of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.card import Card, few_to_learn_from
from ganstudio.data.clips.preparing import MOST_CLIPS, tones_of
from ganstudio.data.clips.tally import Tally
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import archives, loose
from ganstudio.data.images import sorting, thumbnails
from ganstudio.data.images.cards import class_counts, sortings
from ganstudio.data.images.way import BY_NAMES
from ganstudio.modalities import Sound

if TYPE_CHECKING:
    from collections import Counter

    import numpy.typing as npt

    from ganstudio.data.cache.entries import Entry
    from ganstudio.data.clips.preparing import Reading
    from ganstudio.data.dataset import Dataset
    from ganstudio.data.images.choosing import Choice
    from ganstudio.experiment import ClipsSpec


def so_far(spec: ClipsSpec, modality: Sound, reading: Reading) -> Card:
    """What is known of sounds while they are read."""
    path = Path(spec.path)
    code = spec.labels if spec.labels in BY_NAMES else None
    way, _ = sorting.sort(reading.names, (), code, path.name, Sound.words)
    return Card(
        name=path.name,
        kind=Sound.kind,
        verdict=verdict(path, reading.tally.kinds),
        spec=spec,
        modality=modality,
        complete=False,
        count=len(reading.names),
        facts=reading.tally.rows(),
        classes=class_counts(way.labels, way.classes),
        skipped=reading.skips.named,
        skipped_more=reading.skips.more,
    )


def of_entry(spec: ClipsSpec, entry: Entry, choice: Choice, dataset: Dataset) -> Card:
    """All that is known of clips that were prepared, and of which some were chosen."""
    path, tally = Path(spec.path), Tally.of_facts(entry.facts["tally"])
    return Card(
        name=path.name,
        kind=Sound.kind,
        verdict=verdict(path, tally.kinds),
        spec=spec,
        modality=dataset.modality,
        complete=True,
        count=len(choice.rows),
        held_out=choice.held_out,
        facts=tally.rows(),
        classes=class_counts(dataset.labels, dataset.classes),
        skipped=dataset.skipped,
        skipped_more=dataset.skipped_more,
        duplicates=choice.duplicates,
        notes=(*dataset.notes, *tally.notes(), *_remarks(spec, entry, choice, dataset)),
        readings=sortings(choice),
    )


def _remarks(spec: ClipsSpec, entry: Entry, choice: Choice, dataset: Dataset) -> tuple[str, ...]:
    notes = []
    if spec.representation == "auto":
        measured = tones_of(entry)
        notes.append(f"taken as {measured.representation}, since {measured.reason}")
    count, distinct = len(entry.images), len(np.unique(entry.tables["digests"]))
    if distinct == 1 and count > 1:
        notes.append("all clips are the same: there is one sound to learn")
    elif distinct < count and not choice.duplicates:
        again = count - distinct
        are = "clip is there again, to the sample; it" if again == 1 else "clips are there again, to the sample; they"
        notes.append(f"{again:,} {are} can be left out")
    if entry.facts["files"] > MOST_CLIPS:
        notes.append(f"{MOST_CLIPS:,} of {entry.facts['files']:,} files are read, chosen at random")
    elif entry.facts["is_full"]:
        notes.append(f"there are at most {MOST_CLIPS:,} clips; what comes after them was not read")
    notes += few_to_learn_from(dataset.count, "clip")
    return tuple(notes)


def verdict(path: Path, kinds: Counter[str]) -> str:
    """What sounds at a path were taken for, and why."""
    named = [kind for kind, _ in kinds.most_common(3)]
    begin = f"{', '.join(named[:-1])} and {named[-1]}" if len(named) > 1 else "".join(named)
    try:
        head = b"" if path.is_dir() else loose.read_head(path)
    except DatasetError:
        head = b""
    if path.is_dir() or not head:
        return f"a folder of sounds: its files are {begin}"
    if archives.is_zip(head):
        return f"a zip archive of sounds: its files are {begin}"
    if archives.is_tar(path, head):
        return f"a tar archive of sounds: its files are {begin}"
    if kinds.total() > 1:
        return f"files of sounds: they are {begin}"
    return f"a sound: the file is {begin}"


def small_pictures(clips: npt.NDArray[np.int16], modality: Sound) -> npt.NDArray[np.uint8]:
    """Thumbnails (k, 48, 48, 3) of clips (k, t)."""
    return thumbnails.shrunk(pictures(clips, modality).transpose(0, 3, 1, 2))


def pictures(clips: npt.NDArray[np.int16], modality: Sound) -> npt.NDArray[np.uint8]:
    """Spectrograms (k, h, w, 3) of clips (k, t)."""
    return modality.pictures(modality.encode(waves(clips)))


def waves(clips: npt.NDArray[np.int16]) -> npt.NDArray[np.float32]:
    """Clips as waves from -1 to 1."""
    return clips.astype(np.float32) / np.float32(32767)
