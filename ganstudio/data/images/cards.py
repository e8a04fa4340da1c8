"""Cards of pictures, while they are read and afterwards."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.blocks import evenly
from ganstudio.data.cache import entries as cache
from ganstudio.data.card import Card, ClassCount, MeanImage, Reading, few_to_learn_from
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import archives, loose, wide
from ganstudio.data.images import sorting
from ganstudio.data.images.statistics import Shades, Tally
from ganstudio.data.images.way import BY_NAMES
from ganstudio.modalities import Images

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Sequence

    import numpy.typing as npt

    from ganstudio.data.cache.entries import Entry
    from ganstudio.data.dataset import Dataset
    from ganstudio.data.feeding import Feed
    from ganstudio.data.images.choosing import Choice
    from ganstudio.data.skips import Skips
    from ganstudio.experiment import ImagesSpec

_COUNTED = 2**26  # bytes of pixels that mean and shades are made of at most, of images spread evenly over all
_PORTION = 2**20  # bytes of pixels that are counted at once


def so_far(
    spec: ImagesSpec, shape: tuple[int, ...], names: Sequence[str], *, tally: Tally, shades: Shades, skips: Skips
) -> Card:
    """What is known of pictures while they are read. names: of those that were read."""
    path = Path(spec.path)
    way, _ = sorting.sort(names, (), spec.labels if spec.labels in BY_NAMES else None, path.name)
    return Card(
        name=path.name,
        kind="images",
        verdict=verdict(path, tally.kinds),
        spec=spec,
        modality=Images(shape),
        complete=False,
        count=len(names),
        facts=tally.rows(),
        values=tally.values(),
        classes=class_counts(way.labels, way.classes),
        skipped=skips.named,
        skipped_more=skips.more,
        picture=shades.picture,
    )


def of_entry(spec: ImagesSpec, entry: Entry, choice: Choice, dataset: Dataset) -> Card:
    """All that is known of pictures that were prepared, and of which some were chosen."""
    path, tally = Path(spec.path), Tally.of_facts(entry.facts["tally"])
    picture = MeanImage(entry.tables["mean"], entry.tables["histogram"])
    if not choice.is_all:
        assert dataset.feed is not None
        picture = mean_image(dataset.feed)
    return Card(
        name=path.name,
        kind="images",
        verdict=verdict(path, tally.kinds),
        spec=spec,
        modality=dataset.modality,
        complete=True,
        count=len(choice.rows),
        held_out=choice.held_out,
        facts=tally.rows(),
        values=tally.values(),
        classes=class_counts(dataset.labels, dataset.classes),
        skipped=dataset.skipped,
        skipped_more=dataset.skipped_more,
        duplicates=choice.duplicates,
        picture=picture,
        notes=(*dataset.notes, *_remarks(entry, tally, choice), *few_to_learn_from(dataset.count, "image")),
        readings=sortings(choice),
    )


def sortings(choice: Choice) -> tuple[Reading, ...]:
    """The ways to sort images, none where there is nothing to choose."""
    sorted_by = [way for way in choice.ways if way.labels is not None]
    is_plain = not choice.way.notes and not choice.way.aside.any() and choice.way is choice.ways[0]
    if len(sorted_by) < 2 and is_plain:
        return ()
    return tuple(
        Reading(name="labels", value=way.code, words=way.words, more=(("classes", ()),)) for way in choice.ways
    )


def verdict(path: Path, kinds: Counter[str]) -> str:
    """What pictures at a path were taken for, and why."""
    try:
        head = b"" if path.is_dir() else loose.read_head(path)
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


def class_counts(indices: npt.NDArray[np.int64] | None, classes: Sequence[str]) -> tuple[ClassCount, ...]:
    """How many samples each class has; none where there are no classes. indices: -1 is of no class."""
    if indices is None:
        return ()
    counts = np.bincount(indices[indices >= 0], minlength=len(classes)).tolist()
    return tuple(ClassCount(name=name, count=count) for name, count in zip(classes, counts, strict=True))


def mean_image(feed: Feed) -> MeanImage:
    """Mean image and histogram of all samples, or of as many as ``_COUNTED`` allows, spread evenly."""
    size = feed.images[0].size
    chosen = evenly(len(feed), max(1, _COUNTED // size))
    shades, step = Shades(), max(1, _PORTION // size)
    for first in range(0, len(chosen), step):
        shades.add(feed.bytes_at(chosen[first : first + step]))
    assert shades.picture is not None
    return shades.picture


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
