"""Cards of datasets, from what is known of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.arrays import dataset as arrays
from ganstudio.data.cache import entries as cache
from ganstudio.data.card import Card, ClassCount, Reading
from ganstudio.data.dataset import DatasetError
from ganstudio.data.files import archives, containers, wide
from ganstudio.data.images import sorting
from ganstudio.data.images.tally import Shades, Tally
from ganstudio.experiment import ArraySpec, DensitySpec, IdxSpec, Spec, TableSpec
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Points

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    import numpy.typing as npt

    from ganstudio.data.cache.entries import Entry
    from ganstudio.data.dataset import Dataset
    from ganstudio.data.feeding import Feed
    from ganstudio.data.images.choosing import Choice
    from ganstudio.data.skips import Skips
    from ganstudio.experiment import DatasetSpec, ImagesSpec

SHOWN_POINTS = 2_000
"""How many points a card shows."""

_COUNTED = 2**26  # bytes of pixels that mean and shades are made of at most, of images spread evenly over all
_PORTION = 2**20  # bytes of pixels that are counted at once


def so_far(
    spec: ImagesSpec, shape: tuple[int, ...], names: Sequence[str], *, tally: Tally, shades: Shades, skips: Skips
) -> Card:
    """What is known of pictures while they are read. names: of those that were read."""
    path = Path(spec.path)
    way, _ = sorting.sort(names, (), spec.labels if spec.labels in sorting.BY_FOLDER else None, path.name)
    return Card(
        name=path.name,
        kind="images",
        verdict=verdict(path, tally.kinds),
        spec=spec,
        shape=shape,
        complete=False,
        count=len(names),
        sizes=tally.common_sizes,
        grey=tally.grey,
        colour=tally.colour,
        clear=tally.clear,
        classes=_counts(way.labels, way.classes),
        skipped=skips.named,
        skipped_more=skips.more,
        mean=shades.mean,
        histogram=shades.histogram,
    )


def of_entry(spec: ImagesSpec, entry: Entry, choice: Choice, dataset: Dataset) -> Card:
    """All that is known of pictures that were prepared, and of which some were chosen."""
    path, tally = Path(spec.path), Tally.of_facts(entry.facts["tally"])
    mean, histogram = entry.tables["mean"], entry.tables["histogram"]
    if not choice.is_all:
        assert dataset.feed is not None
        mean, histogram = _shades(dataset.feed)
    return Card(
        name=path.name,
        kind="images",
        verdict=verdict(path, tally.kinds),
        spec=spec,
        shape=dataset.shape,
        complete=True,
        count=len(choice.rows),
        held_out=choice.held_out,
        sizes=tally.common_sizes,
        grey=tally.grey,
        colour=tally.colour,
        clear=tally.clear,
        classes=_counts(dataset.labels, dataset.classes),
        skipped=dataset.skipped,
        skipped_more=dataset.skipped_more,
        duplicates=choice.duplicates,
        mean=mean,
        histogram=histogram,
        notes=(*dataset.notes, *_remarks(entry, tally, choice)),
        readings=_sortings(choice),
    )


def _sortings(choice: Choice) -> tuple[Reading, ...]:
    """The ways to sort images, none where there is nothing to choose."""
    sorted_by = [way for way in choice.ways if way.labels is not None]
    is_plain = not choice.way.notes and not choice.way.aside.any() and choice.way is choice.ways[0]
    if len(sorted_by) < 2 and is_plain:
        return ()
    return tuple(
        Reading(name="labels", value=way.code, words=way.words, more=(("classes", ()),)) for way in choice.ways
    )


def of_dataset(spec: DatasetSpec, path: Path, dataset: Dataset) -> Card:
    """What can be told of a dataset of any kind by looking at it."""
    on_plane = isinstance(dataset.modality, Points)
    kind = "density" if on_plane and dataset.count is None else dataset.modality.kind
    mean = histogram = points = None
    if dataset.feed is not None:
        mean, histogram = _shades(dataset.feed)
    elif on_plane:
        points = dataset.modality.to_people(dataset.draw(SHOWN_POINTS, np.random.default_rng(0)))
    return Card(
        name=dataset.name,
        kind=kind,
        verdict=_verdict(spec, dataset),
        spec=spec,
        shape=dataset.shape,
        complete=True,
        count=(dataset.count or 0) + dataset.held_out,
        held_out=dataset.held_out,
        classes=_counts(dataset.labels, dataset.classes),
        skipped=dataset.skipped,
        skipped_more=dataset.skipped_more,
        mean=mean,
        histogram=histogram,
        points=points,
        notes=dataset.notes,
        readings=_readings(spec),
    )


def _readings(spec: DatasetSpec) -> tuple[Reading, ...]:
    """The ways to take an array, that which is taken among them; none where there is nothing to choose."""
    if not isinstance(spec, ArraySpec):
        return ()
    try:
        found = arrays.readings(place_of(spec.path), spec.key, arrays.way(spec))
    except DatasetError:  # it is gone, and what was kept of it is shown
        return ()
    if len(found) < 2:
        return ()
    return tuple(
        Reading(name="layout", value=one.code, words=one.words(), more=(("size", arrays.side_for(one)),))
        for one in found
    )


_VERDICTS: dict[type[Spec], str] = {
    IdxSpec: "an IDX file of images, by the numbers that it begins with: {source}",
    TableSpec: "points, as lines of the text hold two columns of numbers: {source}",
    DensitySpec: "a density, as it is one picture without colour: {source}",
}


def _verdict(spec: DatasetSpec, dataset: Dataset) -> str:
    if isinstance(spec, ArraySpec):
        try:
            found = containers.find(place_of(spec.path))
        except DatasetError:  # it is gone, and what was kept of it is shown
            found = None
        return f"{found.what}: {dataset.source}" if found else dataset.source
    return _VERDICTS.get(type(spec), "{source}").format(source=dataset.source)


def verdict(path: Path, kinds: Counter[str]) -> str:
    """What pictures at a path were taken for, and why."""
    try:
        head = b"" if path.is_dir() else archives.read_head(path)
    except DatasetError:
        head = b""
    named = [kind for kind, _ in kinds.most_common(3)]
    several = len(named) > 1
    begin = f"as {', '.join(named[:-1])} and {named[-1]} do" if several else f"as {''.join(named)} does"
    if path.is_dir() or not head:
        return f"a folder of images: its files begin {begin}"
    if archives.is_zip(head):
        return f"a zip archive of images: its files begin {begin}"
    if archives.is_tar(path, head):
        return f"a tar archive of images: its files begin {begin}"
    if kinds.total() > 1:
        return "a file of many images, told by what it begins with"
    return f"an image: it begins {begin}"


def _counts(indices: npt.NDArray[np.int64] | None, classes: Sequence[str]) -> tuple[ClassCount, ...]:
    if indices is None:
        return ()
    counts = np.bincount(indices[indices >= 0], minlength=len(classes)).tolist()
    return tuple(ClassCount(name=name, count=count) for name, count in zip(classes, counts, strict=True))


def _shades(feed: Feed) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """Mean image and histogram of all samples, or of as many as ``_COUNTED`` allows, spread evenly."""
    size = feed.images[0].size
    chosen = np.unique(np.linspace(0, len(feed) - 1, min(len(feed), max(1, _COUNTED // size))).astype(np.int64))
    shades, step = Shades(), max(1, _PORTION // size)
    for first in range(0, len(chosen), step):
        shades.add(feed.bytes_at(chosen[first : first + step]))
    assert shades.mean is not None
    assert shades.histogram is not None
    return shades.mean, shades.histogram


def _remarks(entry: Entry, tally: Tally, choice: Choice) -> tuple[str, ...]:
    count = len(entry.images)
    distinct = len(np.unique(entry.tables["digests"]))
    notes = []
    if distinct == 1 and count > 1:
        notes.append("all images are the same: there is one picture to learn")
    elif distinct < count and not choice.duplicates:
        again = count - distinct
        are = "image is there again, to the pixel; it" if again == 1 else "images are there again, to the pixel; they"
        notes.append(f"{again:,} {are} can be left out")
    bits = entry.facts.get("bits", 0)
    if 0 < bits < wide.BITS:
        notes.append(f"pictures of 16 bits use {bits} of them: 0 to {(1 << bits) - 1:,} is taken as black to white")
    if tally.even:
        notes.append(
            "1 image is of one shade all over"
            if tally.even == 1
            else f"{tally.even:,} images are of one shade all over"
        )
    size = entry.images.nbytes / 1e6
    if entry.hold is None:
        notes.append(f'held in memory ({size:,.0f} MB), as nothing can be kept in "{cache.folder()}"')
    else:
        notes.append(f"held in a cache of {size:,.0f} MB" if size >= 1 else "held in a cache")
    return tuple(notes)
