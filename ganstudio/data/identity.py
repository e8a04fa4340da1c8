"""Which data these are: what a run keeps of its data, so that it can tell when they are others.

The content is told by a word for each class, so that a class that was renamed, moved or emptied is told from images
that were changed. The order of the samples counts for nothing, nor does where they lie.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.blocks import evenly
from ganstudio.data.dataset import Dataset, Partners
from ganstudio.data.errors import DatasetError
from ganstudio.data.images import duplicates
from ganstudio.data.points.units import density_word, in_units_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ganstudio.modalities import Modality, Samples

MOST_ROWS = 2**16
"""Images that are looked at; of more, evenly many of every class, evenly spaced."""
_PORTION = 2**22  # bytes that are looked at at once
_WORD = 8  # bytes, and those of a point
_TOLD = 5  # classes that a sentence names
_UNITS: dict[str, Callable[[Dataset, Any], Dataset]] = {"points": in_units_of}
"""How samples of a kind come into the model units of a run that began with other ones of the same kind."""
_Rows = npt.NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class ClassIdentity:
    """One class. count: its samples, held out ones too; share: how often it is drawn; content: a word of 16 letters."""

    name: str
    count: int
    share: float
    content: str


@dataclass(frozen=True, kw_only=True)
class Identity:
    """What is kept of a dataset: enough to name its classes, to show samples in its units, and to tell it from others.

    modality, count, held_out: as in ``Dataset``. content: of the samples that are of no class; empty where
    there is no list of samples to look at. partners: what kind of sample belongs to each; None: nothing does.
    """

    name: str
    modality: Modality
    count: int | None
    held_out: int
    classes: tuple[ClassIdentity, ...]
    content: str
    partners: Modality | None = None

    @property
    def names(self) -> tuple[str, ...]:
        """What the classes are called, in the order in which a game was told them."""
        return tuple(one.name for one in self.classes)


def identify(dataset: Dataset) -> Identity:
    """Look at a dataset's samples: all points, and at most ``MOST_ROWS`` images."""
    rows, edges = _by_class(dataset)
    shares = dataset.shares() if dataset.has_classes else np.zeros(len(dataset.classes))
    return Identity(
        name=dataset.name,
        modality=dataset.modality,
        count=dataset.count,
        held_out=dataset.held_out,
        classes=tuple(
            ClassIdentity(
                name=name,
                count=int(edges[index + 1] - edges[index]),
                share=float(shares[index]),
                content=_content(dataset, rows[edges[index] : edges[index + 1]], len(dataset.classes)),
            )
            for index, name in enumerate(dataset.classes)
        ),
        content=_content(dataset, rows[: edges[0]], 1) or density_word(dataset),
        partners=None if dataset.partners is None else dataset.partners.modality,
    )


def fitted(dataset: Dataset, kept: Identity, *, conditional: bool) -> Dataset:
    """The data as a run that keeps ``kept`` takes them: its units, its classes in its order; notes say what changed.

    conditional: whether the players are told the classes. Raises DatasetError, which says what would be right, where
    the data are of another shape, or a class that the players are told is missing or new.
    """
    now = identify(dataset)
    in_units = _into_units_of(dataset, kept.modality)
    if in_units is None:
        raise DatasetError(
            f'"{now.name}" holds {now.modality.described}, but the run was trained on {kept.modality.described}: put '
            "the data back as they were, or begin a new run on these"
        )
    if kept.partners is not None and now.partners != kept.partners:
        found = f"come with {now.partners.described}" if now.partners else "come alone"
        raise DatasetError(
            f'the samples of "{now.name}" {found}, but the run was trained on some that come with '
            f"{kept.partners.described}: put the data back as they were, or begin a new run on these"
        )
    if conditional and set(now.names) != set(kept.names):
        raise DatasetError(
            f'"{now.name}" has other classes than those that the run was told: {_classes_changed(kept, now)}; put the '
            "classes back as they were, or begin a new run on these"
        )
    told = _changes(kept, now)
    note = (f"the data are not those that the run began with: {told}",) if told else ()
    return _with_classes(replace(in_units, notes=(*note, *dataset.notes)), kept)


def stand_in(kept: Identity) -> Dataset:
    """A dataset that has everything but samples, for who only asks about shape, units and classes.

    Drawing from it raises DatasetError.
    """

    def gone(*_: object) -> npt.NDArray[np.float32]:
        raise DatasetError(f'the data of the run, "{kept.name}", were not read')

    def gone_classed(*_: object) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        return gone(), np.empty(0, np.int64)

    return Dataset(
        name=kept.name,
        modality=kept.modality,
        draw=gone,
        count=kept.count,
        classes=kept.names,
        draw_classed=gone_classed if kept.classes else None,
        class_shares=np.array([one.share for one in kept.classes]) if kept.classes else None,
        partners=None if kept.partners is None else Partners(modality=kept.partners, at=gone, mirrored=gone),
    )


def _by_class(dataset: Dataset) -> tuple[_Rows | range, npt.NDArray[np.int64]]:
    """The rows of class i from the i-th edge to the next; before the first those that are of none."""
    labels, total = dataset.labels, (dataset.count or 0) + dataset.held_out if dataset.at is not None else 0
    if labels is None or len(labels) != total:
        return range(total), np.full(len(dataset.classes) + 1, total)
    rows = np.argsort(labels, kind="stable")
    return rows, np.searchsorted(labels[rows], np.arange(len(dataset.classes) + 1))


# --- looking ----------------------------------------------------------------------------------------------------------


def _content(dataset: Dataset, rows: _Rows | range, parts: int) -> str:
    """A word for the samples of these rows, in whatever order they lie; empty for none."""
    if not len(rows) or dataset.at is None:
        return ""
    feed = dataset.feed
    if feed is not None:
        most = min(len(rows), max(1, MOST_ROWS // parts))
        rows = np.asarray(rows)[evenly(len(rows), most)]
    step = max(1, _PORTION // (feed.images[0].nbytes if feed is not None else 4 * math.prod(dataset.shape)))
    total = np.uint64(0)
    for first in range(0, len(rows), step):
        some = np.asarray(rows[first : first + step])
        if feed is not None:
            words = duplicates.digests(feed.bytes_at(some))
        else:
            words = _words(dataset.modality.to_people(dataset.at(some)))
        with np.errstate(over="ignore"):  # modulo 2^64
            total += _mixed(words).sum(dtype=np.uint64)
    return f"{int(total):016x}"


def _words(samples: Samples) -> npt.NDArray[np.uint64]:
    """A word for each sample: what it is itself, where it takes as little room as a point."""
    if samples[:1].nbytes == _WORD:
        return np.ascontiguousarray(samples).view(np.uint64).ravel()
    return duplicates.digests(samples)


def _mixed(words: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Words of which every bit depends on every bit (Steele et al. 2014, SplitMix64), so that they may be summed."""
    mixed = words + np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return mixed ^ (mixed >> np.uint64(31))


# --- fitting ----------------------------------------------------------------------------------------------------------


def _into_units_of(dataset: Dataset, modality: Modality) -> Dataset | None:
    """The same samples in the model units of the run, those in which its networks are at home; None: they have none."""
    if dataset.modality == modality:
        return dataset
    convert = _UNITS.get(modality.kind) if dataset.modality.kind == modality.kind else None
    return None if convert is None else convert(dataset, modality)


def _with_classes(dataset: Dataset, kept: Identity) -> Dataset:
    """The same classes in the order in which the run knows them; as they are where they are not the same."""
    names = kept.names
    if dataset.classes == names or set(dataset.classes) != set(names):
        return dataset
    places = np.array([names.index(name) for name in dataset.classes])
    classed, labels = dataset.draw_classed, dataset.labels

    def renumbered(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        return np.where(labels >= 0, places[labels], labels)

    def classed_renumbered(
        count: int, rng: np.random.Generator
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]:
        assert classed is not None
        samples, drawn = classed(count, rng)
        return samples, renumbered(drawn)

    return replace(
        dataset,
        classes=names,
        labels=None if labels is None else renumbered(labels),
        draw_classed=None if classed is None else classed_renumbered,
        class_shares=None if dataset.class_shares is None else dataset.class_shares[np.argsort(places)],
    )


# --- in words ---------------------------------------------------------------------------------------------------------


def _changes(kept: Identity, now: Identity) -> str:
    """What is different, from what is plainest to what is found by looking at the samples; empty: nothing is."""
    told = []
    before, after = (one.count for one in (kept, now))
    if before != after:
        told.append(f"{_many(after)} in place of {_many(before)}")
    if kept.held_out != now.held_out:
        told.append(f"{now.held_out:,} held out in place of {kept.held_out:,}")
    if set(kept.names) != set(now.names):
        told.append(_classes_changed(kept, now))
    told += _contents_changed(kept, now)
    return "; ".join(told)


def _many(count: int | None) -> str:
    return "samples without end" if count is None else f"{count:,} sample{'s' if count != 1 else ''}"


def _classes_changed(kept: Identity, now: Identity) -> str:
    """Which classes are missing, new, or called otherwise."""
    missing = [one for one in kept.classes if one.name not in now.names]
    new = [one for one in now.classes if one.name not in kept.names]
    renamed: dict[str, str] = {}
    for one in missing:
        same = [other.name for other in new if one.content and other.content == one.content]
        if len(same) == 1 and same[0] not in renamed.values():
            renamed[one.name] = same[0]
    told = [f"what was class {before!r} is called {after!r} now" for before, after in list(renamed.items())[:_TOLD]]
    if len(renamed) > _TOLD:
        told.append(f"{len(renamed) - _TOLD:,} more are called otherwise")
    if gone := [one.name for one in missing if one.name not in renamed]:
        told.append(f"{_named(gone)} {'is' if len(gone) == 1 else 'are'} missing")
    if added := [one.name for one in new if one.name not in renamed.values()]:
        told.append(f"{_named(added)} {'is' if len(added) == 1 else 'are'} new")
    return ", ".join(told)


def _contents_changed(kept: Identity, now: Identity) -> list[str]:
    """Which samples are others, where as many are there as before; a number that changed says so by itself."""
    before, after = _contents(kept), _contents(now)
    changed = [name for name, one in before.items() if name in after and after[name] != one]
    told = []
    holders = {content: name for name, content in before.items() if Counter(before.values())[content] == 1}
    moved = {name: holders[after[name]] for name in changed if after[name] in holders}
    for name, other in list(moved.items())[:_TOLD]:
        told.append(f"class {name!r} holds what was in {other!r}")
    if rest := [name for name in changed if name and name not in moved]:
        told.append(f"the samples of {_named(rest)} are others")
    if "" in changed:
        told.append("the samples are others" if not now.classes else "the samples of no class are others")
    return told


def _contents(one: Identity) -> Mapping[str, str]:
    """The word of each class, and under no name that of what is of none."""
    found = {each.name: each.content for each in one.classes if each.content}
    return {**found, "": one.content} if one.content else found


def _named(names: list[str]) -> str:
    more = f" and {len(names) - _TOLD:,} more" if len(names) > _TOLD else ""
    return ("class " if len(names) == 1 else "classes ") + ", ".join(map(repr, names[:_TOLD])) + more
