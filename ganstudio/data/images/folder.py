"""Images from a folder, its subfolders, a zip or tar archive, or one file."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import islice
from pathlib import Path, PurePosixPath
from statistics import median
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.cache import entries as cache
from ganstudio.data.errors import DatasetError, Skipped
from ganstudio.data.files import pictures, turning, wide
from ganstudio.data.files.sources import open_source
from ganstudio.data.images import cards, thumbnails
from ganstudio.data.images import dataset as pixels
from ganstudio.data.images.choosing import choose, names_of
from ganstudio.data.images.decoding import stacked
from ganstudio.data.images.preparing import nothing_usable, prepared
from ganstudio.data.skips import Skips
from ganstudio.data.watching import Watch, watcher
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Images, counted

if TYPE_CHECKING:
    from ganstudio.data.cache.entries import Entry
    from ganstudio.data.card import Card
    from ganstudio.data.dataset import Dataset
    from ganstudio.data.images.choosing import Choice
    from ganstudio.experiment import ClipsSpec, ImagesSpec
    from ganstudio.modalities import Pixels
    from ganstudio.modalities.modality import Words

Progress = Callable[[int, int], None]
"""Called with (files done, files in all; 0 while unknown), or a ``Watch``. What it raises ends the loading."""

_LOOKED_AT = 256  # files whose headers propose a size; enough for a median
_SHOWN_AT_ONCE = 128  # thumbnails
_FITTED = {"crop": "cut to", "pad": "padded to", "stretch": "stretched to"}


def build_images(spec: ImagesSpec, *, progress: Progress | None = None) -> Dataset:
    """Decode everything that is there to ``spec.size``, once: later it is found in the cache.

    Raises DatasetError when nothing is usable, or it would not fit.
    """
    return read_images(spec, watching(progress))[1]


def watching(progress: Progress | None) -> Watch:
    """A watch that tells what ``progress`` asks for; None: whoever watches this reading."""
    if progress is None or isinstance(progress, Watch):
        return progress or watcher()
    return _Progress(progress)


def read_images(spec: ImagesSpec, watch: Watch) -> tuple[Card, Dataset]:
    """The dataset and its card, which ``watch`` is told of on the way. Raises as ``build_images`` does."""
    found = prepared(spec, watch)
    name = Path(spec.path).name
    choice = choose(found.entry, spec, name)
    if not len(choice.rows):
        raise DatasetError(f'"{name}" holds no image of the classes chosen; choose others')
    dataset = _dataset(spec, found.entry, choice, found.notes)
    card = cards.of_entry(spec, found.entry, choice, dataset)
    if not found.was_shown and watch.wants_thumbnails:
        watch.card(replace(card, complete=False))
        _show(found.entry, np.sort(choice.rows), watch)
    watch.card(card)
    return card, dataset


def first_images(spec: ImagesSpec, count: int) -> Pixels:
    """The first images (k, channels, size, size) as these choices make them, without reading all. Raises DatasetError.

    Which are left out as duplicates, or by the limit, is not known before all are read.
    """
    path = place_of(spec.path)
    known = known_names(spec, path)
    for wanted in (known.__contains__, _by_folder(spec)) if known else (_by_folder(spec),):
        some, peak, skips = _read_first(spec, count, wide.BITS, wanted)
        if 0 < peak < 1 << (wide.BITS - 1):
            some, _, skips = _read_first(spec, count, wide.bits_in_use(peak), wanted)
        if some:  # else what was prepared is of other files than lie there now
            return stacked(some, spec.size)
    raise nothing_usable(path, skips)


def _read_first(
    spec: ImagesSpec, count: int, bits: int, wanted: Callable[[str], bool]
) -> tuple[list[Pixels], int, Skips]:
    skips, peak = Skips(), 0
    some: list[Pixels] = []
    with open_source(place_of(spec.path), skips) as source, pictures.pillow_rules():
        for name, data in source.files:
            if not wanted(name):
                continue
            try:
                one = pictures.decoded(
                    data, spec.size, spec.channels, spec.fit, spec.background, turn=spec.turn, bits=bits
                )
                some.append(one.pixels)
                peak = max(peak, one.peak)
            except pictures.UnreadablePicture as error:
                skips.add(name, str(error))
            if len(some) == count:
                break
    return some, peak, skips


def known_names(spec: ImagesSpec | ClipsSpec, path: Path, words: Words = Images.words) -> set[str]:
    """The names of the files that are drawn from, by what was prepared of them last; none where nothing was."""
    entry = cache.newest_of(path)
    if entry is None or "columns" not in entry.facts or entry.facts["choices"]["kind"] != spec.kind:
        return set()
    every = spec.model_copy(update={"limit": 0, "held_out": 0, "duplicates": "keep"})
    try:
        choice = choose(entry, every, path.name, words)
    except DatasetError:  # classes that are not there any more
        return set()
    names = names_of(entry)
    return {names[row] for row in choice.rows[: len(choice.rows) - choice.held_out].tolist()}


def _by_folder(spec: ImagesSpec) -> Callable[[str], bool]:
    """Whether an image of this name is of the classes chosen, as far as its folders tell."""
    return lambda name: not spec.classes or bool(set(spec.classes) & set(PurePosixPath(name).parts[:-1]))


class _Progress(Watch):
    def __init__(self, told: Progress) -> None:
        self._told = told

    def progress(self, done: int, total: int) -> None:
        self._told(done, total)


def _show(entry: Entry, rows: npt.NDArray[np.int64], watch: Watch) -> None:
    names = names_of(entry)
    rows = rows[: thumbnails.MAX_SHOWN]
    parts = [rows[first : first + _SHOWN_AT_ONCE] for first in range(0, len(rows), _SHOWN_AT_ONCE)]
    shown = 0
    with ThreadPoolExecutor(2, thread_name_prefix="thumbnails") as pool:
        try:
            for part, small in zip(
                parts, pool.map(lambda some: thumbnails.shrunk(entry.images[some]), parts), strict=True
            ):
                watch.thumbnails(shown, small, tuple(names[row] for row in part.tolist()))
                shown += len(part)
        finally:
            pool.shutdown(cancel_futures=True)


def _dataset(spec: ImagesSpec, entry: Entry, choice: Choice, notes: tuple[str, ...]) -> Dataset:
    images, facts, name = entry.images, entry.facts, Path(spec.path).name
    count = counted(len(choice.rows), f"{'grey' if images.shape[1] == 1 else 'colour'} image")
    return pixels.image_dataset(
        name,
        images,
        source=f"{count} of {name}, {_FITTED[spec.fit]} {spec.size} × {spec.size}",
        skips=Skips([Skipped(name=name, reason=reason) for name, reason in facts["skipped"]], facts["skipped_more"]),
        labels=choice.labels,
        classes=choice.classes,
        held_out=choice.held_out,
        order=None if choice.is_all and not choice.held_out else choice.rows,
        flips=spec.flips,
        hold=entry.hold,
        notes=(*notes, *choice.notes, *turning.note(spec.turn)),
    )


def propose_size(path: Path) -> int:
    """The side to train on: ``pixels.power_of_two`` of the images' median shorter side.

    128 where no header can be read; reading the images will say why. Raises DatasetError as ``build_images`` does.
    """
    sides: list[int] = []
    with open_source(path, Skips()) as source, pictures.pillow_rules():
        for _, data in islice(source.files, _LOOKED_AT):
            try:
                sides.append(min(pictures.dimensions(data)))
            except pictures.UnreadablePicture:
                continue
    if not sides:
        return 128
    return pixels.power_of_two(median(sides))
