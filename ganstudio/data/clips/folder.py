"""Clips of sounds from a folder, its subfolders, a zip or tar archive, or one file."""

from __future__ import annotations

import time
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.clips import cards, cutting, tones
from ganstudio.data.clips.preparing import clips_of, largest_file, nothing_usable, prepared, tones_of
from ganstudio.data.errors import DatasetError, Skipped
from ganstudio.data.files import sounds
from ganstudio.data.files.sources import open_source
from ganstudio.data.images import thumbnails
from ganstudio.data.images.choosing import choose, names_of
from ganstudio.data.images.folder import Progress, known_names, watching
from ganstudio.data.skips import Skips
from ganstudio.data.sound.dataset import check_room, sound_dataset
from ganstudio.experiment import ClipsSpec
from ganstudio.experiment.clips import LEAST_SECONDS, STEP
from ganstudio.experiment.places import place_of, text_of
from ganstudio.modalities import Sound, counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.data.cache.entries import Entry
    from ganstudio.data.card import Card
    from ganstudio.data.clips.decoding import Portion
    from ganstudio.data.clips.preparing import Reading
    from ganstudio.data.dataset import Dataset
    from ganstudio.data.images.choosing import Choice
    from ganstudio.data.watching import Watch

TELLING = 0.25
"""Seconds between two cards of what is known so far."""
_SHOWN_AT_ONCE = 128  # thumbnails
_LOOKED_AT, _LOOKED_BYTES = 64, 2**27  # recordings that propose a length, and bytes of what is passed by for them
_LOOKED_SECONDS = 60  # of each recording that is only looked at
_MOST_SHARE = 90  # percent of the recordings that a proposed clip holds whole
_LONGEST, _OF_LONG = 2.048, 1.024  # seconds: of a proposed clip, and of one out of recordings longer than that


def build_clips(spec: ClipsSpec, *, progress: Progress | None = None) -> Dataset:
    """Decode and cut everything that is there, once: later it is found in the cache.

    Raises DatasetError when nothing is usable, or it would not fit.
    """
    return read_clips(spec, watching(progress))[1]


def read_clips(spec: ClipsSpec, watch: Watch) -> tuple[Card, Dataset]:
    """The dataset and its card, which ``watch`` is told of on the way. Raises as ``build_clips`` does."""
    found = prepared(spec, watch, _Teller(spec, watch))
    name = Path(spec.path).name
    choice = choose(found.entry, spec, name, Sound.words)
    if not len(choice.rows):
        raise DatasetError(f'"{name}" holds no sound of the classes chosen; choose others')
    dataset = _dataset(spec, found.entry, choice, found.notes)
    card = cards.of_entry(spec, found.entry, choice, dataset)
    if watch.wants_thumbnails:
        watch.card(replace(card, complete=False))
        _show(found.entry, choice.rows, _modality(spec, tones_of(found.entry)), watch)
    watch.card(card)
    return card, dataset


def first_pictures(spec: ClipsSpec, count: int) -> npt.NDArray[np.uint8]:
    """Pictures (k, h, w, 3) of the first clips as these choices make them, without reading all. Raises DatasetError.

    Which are left out as duplicates, by the limit or by a table is not known before all are read.
    """
    path = place_of(spec.path)
    known = known_names(spec, path, Sound.words)
    by_name = partial(_is_of, spec)
    for wanted in (known.__contains__, by_name) if known else (by_name,):
        made, skips = _first_clips(spec, count, wanted)
        if made:  # else what was prepared is of other files than lie there now
            clips = np.concatenate(made)
            measured = tones.of_measures(*tones.measured(clips, spec.rate))
            return cards.pictures(clips, _modality(spec, measured))
    if spec.classes and not skips.count:
        raise DatasetError(f'"{path.name}" holds no sound of the classes chosen; choose others')
    raise nothing_usable(path, skips)


def _first_clips(
    spec: ClipsSpec, count: int, wanted: Callable[[str], bool]
) -> tuple[list[npt.NDArray[np.int16]], Skips]:
    skips = Skips()
    made: list[npt.NDArray[np.int16]] = []
    with open_source(place_of(spec.path), skips, largest_file()) as source, sounds.Decoders() as decoders:
        for name, data in source.files:
            if not wanted(name):
                continue
            try:
                one = sounds.decoded(data, spec.rate, decoders, until=_LOOKED_SECONDS)
            except sounds.UnreadableSound as error:
                skips.add(name, str(error))
                continue
            begins = cutting.starts(one.wave, spec.rate, spec.length, spec.cut)
            made.append(cutting.clips(one.wave, begins[: count - sum(map(len, made))], spec.length))
            if sum(map(len, made)) >= count:
                break
    return made, skips


def propose(path: Path) -> ClipsSpec:
    """Clips that hold most of the recordings whole, by the lengths of some; of long recordings, a second of each.

    Raises DatasetError as ``build_clips`` does.
    """
    spec = ClipsSpec(path=text_of(path))
    lengths: list[float] = []
    passed = 0
    with open_source(path, Skips(), largest_file()) as source, sounds.Decoders() as decoders:
        step = max(1, source.total // _LOOKED_AT)
        for index, (_, data) in enumerate(islice(source.files, step * _LOOKED_AT)):
            passed += len(data)
            if passed > _LOOKED_BYTES and lengths:
                break
            if index % step:
                continue
            try:
                one = sounds.decoded(data, spec.rate, decoders, until=_LOOKED_SECONDS)
            except sounds.UnreadableSound:
                continue
            begin = cutting.starts(one.wave, spec.rate, spec.length, "beginning")[0]
            lengths.append((len(one.wave) - begin) / spec.rate)
    if not lengths:
        return spec
    most = float(np.percentile(lengths, _MOST_SHARE))
    seconds = _OF_LONG if most > _LONGEST and float(np.median(lengths)) > _LONGEST else min(most, _LONGEST)
    steps = max(2, int(np.ceil(round(seconds * spec.rate) / STEP)))
    return spec.model_copy(update={"seconds": max(steps * STEP / spec.rate, LEAST_SECONDS)})


class _Teller:
    """Tells a watch what is read, while it is."""

    def __init__(self, spec: ClipsSpec, watch: Watch) -> None:
        self._spec, self._watch = spec, watch
        self._modality = Sound("magnitude", spec.rate, spec.length)  # pictures of any of them are alike
        self._shown, self._told, self._pause = 0, time.monotonic() - TELLING, TELLING

    def __call__(self, reading: Reading, portion: Portion) -> None:
        if not reading.names:
            return
        if portion.clips is not None and self._watch.wants_thumbnails and self._shown < thumbnails.MAX_SHOWN:
            small = cards.small_pictures(portion.clips, self._modality)
            self._watch.thumbnails(self._shown, small, tuple(reading.names[self._shown :][: len(small)]))
            self._shown += len(small)
        began = time.monotonic()
        if began - self._told >= self._pause:
            self._watch.card(cards.so_far(self._spec, self._modality, reading))
            self._told = time.monotonic()
            self._pause = max(TELLING, 10 * (self._told - began))


def _show(entry: Entry, rows: npt.NDArray[np.int64], modality: Sound, watch: Watch) -> None:
    """Small pictures of all samples in their own order, which is not that in which they were read."""
    names = names_of(entry)
    for first in range(0, min(len(rows), thumbnails.MAX_SHOWN), _SHOWN_AT_ONCE):
        some = rows[first : first + _SHOWN_AT_ONCE]
        small = cards.small_pictures(clips_of(entry)[some], modality)
        watch.thumbnails(first, small, tuple(names[row] for row in some.tolist()))


def _dataset(spec: ClipsSpec, entry: Entry, choice: Choice, notes: tuple[str, ...]) -> Dataset:
    facts, name, rows = entry.facts, Path(spec.path).name, choice.rows
    modality, clips = _modality(spec, tones_of(entry)), clips_of(entry)
    check_room(name, len(rows), modality)
    made = sound_dataset(
        name,
        cards.waves(clips[rows]),
        modality,
        source=f"{counted(len(rows), 'clip')} of {name}, {modality.seconds:.3g} s at {modality.rate:,} Hz",
        skips=Skips([Skipped(name=name, reason=reason) for name, reason in facts["skipped"]], facts["skipped_more"]),
        labels=None if choice.labels is None else choice.labels[rows],
        classes=choice.classes,
        held_out=choice.held_out,
        notes=(*notes, *choice.notes),
    )

    def recorded(indices: npt.NDArray[np.integer]) -> npt.NDArray[np.int16]:
        # The entry, not its clips alone, keeps their file in use.
        chosen: npt.NDArray[np.int16] = clips_of(entry)[rows[indices]]
        return chosen

    return replace(made, recorded=recorded)


def _modality(spec: ClipsSpec, measured: tones.Tones) -> Sound:
    codec = measured.representation if spec.representation == "auto" else spec.representation
    return Sound(codec, spec.rate, spec.length)


def _is_of(spec: ClipsSpec, name: str) -> bool:
    """Whether a sound of this name is of the classes chosen, as far as its folders and its name tell."""
    path = PurePosixPath(name)
    return not spec.classes or bool(set(spec.classes) & {*path.parts[:-1], path.stem.partition("_")[0]})
