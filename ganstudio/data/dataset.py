"""What every kind of data becomes: something that minibatches are drawn from."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.errors import DatasetError
from ganstudio.experiment.places import text_of
from ganstudio.modalities import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from ganstudio.data.errors import Skipped
    from ganstudio.data.feeding import Feed
    from ganstudio.data.skips import Skips
    from ganstudio.modalities import Modality

FloatArray = npt.NDArray[np.floating]
Classed = tuple[npt.NDArray[np.float32], npt.NDArray[np.int64]]
"""Samples (count, *shape) in model units, and the class of each (count,)."""

_POINTS_AT_ONCE, _IMAGES_AT_ONCE = 1024, 32
"""Samples that are gathered in a millisecond or two."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Partners:
    """A second sample, of another kind, that belongs to each sample of a dataset.

    at: indices (n,), as of ``Dataset.at`` -> float32 (n, *shape) in model units. mirrored: partners in model units ->
    as they are when the samples that they belong to are mirrored, left for right.
    """

    modality: Modality
    at: Callable[[npt.NDArray[np.integer]], npt.NDArray[np.float32]]
    mirrored: Callable[[npt.NDArray[np.float32]], npt.NDArray[np.float32]]


@dataclass(frozen=True, kw_only=True, eq=False)
class Dataset:
    """p_data. Minibatches are in *model units*, which ``modality`` turns into people's.

    modality: what a sample is.
    draw: (count, generator) -> float32 array (count, *shape) in model units, independent draws with replacement. From a
    list it takes ``generator.integers(0, self.count, count)`` first.
    count: number of samples, some of which may be equal; None: a distribution that never runs out.
    log_density: (n, 2) points in people's units -> (n,) nats, where it is known exactly; -inf where there is no mass.
    facts: what is known of the originals, a label and a text each.
    modes, mode_sigma: (m, 2) means of an equal-weight Gaussian mixture and their standard deviation, in data units.
    skipped: what was found and could not be read, by name; skipped_more: how many beyond those, counted only.
    notes: what else is worth knowing, a sentence each.
    source: where the data came from and how it was taken, for people.
    held_out: how many samples are kept aside after the ``count`` that are drawn from, for measures alone.
    at: indices (n,) from 0 to count + held_out - 1 -> float32 (n, *shape) in model units; None: there is no such list.
    feed: where images come from, with their bytes; None: the samples are no images.
    labels: the class of each of these samples, an index of ``classes``, -1: of none. factors: what else is known of it.
    draw_classed: as ``draw``, from the same random numbers, and the class of each sample (count,), for a distribution
    whose classes are no list; class_shares: how often it draws each.
    recorded: indices (n,), as of ``at`` -> int16 (n, t), how these sounds were before networks saw them; None: they are
    heard as ``modality`` makes them sound.
    partners: what belongs to each of these samples, such as the normals of what a picture shows; None: nothing does.
    log_probability: samples in people's units (n, ...) -> (n,) nats, where each one's probability is known exactly;
    -inf where it is never drawn. first_fault: such samples -> (n,) the place of the first part with which each can't be
    of the data any more, as many as there are where there is none; None where nobody knows.
    """

    name: str
    modality: Modality
    draw: Callable[[int, np.random.Generator], npt.NDArray[np.float32]]
    count: int | None = None
    log_density: Callable[[FloatArray], npt.NDArray[np.float64]] | None = None
    modes: npt.NDArray[np.float64] | None = None
    mode_sigma: float | None = None
    skipped: tuple[Skipped, ...] = field(default=())
    skipped_more: int = 0
    notes: tuple[str, ...] = ()
    source: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    held_out: int = 0
    at: Callable[[npt.NDArray[np.integer]], npt.NDArray[np.float32]] | None = None
    feed: Feed | None = None
    labels: npt.NDArray[np.int64] | None = None
    classes: tuple[str, ...] = ()
    factors: Mapping[str, npt.NDArray[np.float64]] = field(default_factory=dict)
    draw_classed: Callable[[int, np.random.Generator], Classed] | None = None
    class_shares: npt.NDArray[np.float64] | None = None
    recorded: Callable[[npt.NDArray[np.integer]], npt.NDArray[np.int16]] | None = None
    partners: Partners | None = None
    log_probability: Callable[[npt.NDArray[np.integer]], npt.NDArray[np.float64]] | None = None
    first_fault: Callable[[npt.NDArray[np.integer]], npt.NDArray[np.int64]] | None = None

    @property
    def shape(self) -> tuple[int, ...]:
        """Of a sample in model units."""
        return self.modality.shape

    @property
    def skipped_count(self) -> int:
        """How many things were skipped, the named ones and the others."""
        return len(self.skipped) + self.skipped_more

    @property
    def has_classes(self) -> bool:
        """Whether the class of what is drawn can be told, and there are at least two to tell apart."""
        labels = self.labels
        listed = labels is not None and self.at is not None and bool((labels[: self.count] >= 0).any())
        return (listed or self.draw_classed is not None) and len(self.classes) > 1

    def draw_labelled(self, count: int, rng: np.random.Generator) -> Classed:
        """Samples as from ``draw``, from the same random numbers, and the class of each (count,); needs classes.

        Only of samples that are of a class, where some are of none.
        """
        assert self.has_classes
        if self.draw_classed is not None:
            return self.draw_classed(count, rng)
        assert self.labels is not None
        assert self.count is not None
        known = np.flatnonzero(self.labels[: self.count] >= 0)
        if len(known) < self.count:
            assert self.at is not None
            some = known[rng.integers(0, len(known), count)]
            return self.at(some) if self.feed is None else self.feed.mirrored(some, rng), self.labels[some]
        # ``draw`` chooses from the list before it does anything else, such as mirroring what was chosen.
        indices = deepcopy(rng).integers(0, self.count, count)
        return self.draw(count, rng), self.labels[indices]

    def draw_paired(self, count: int, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
        """Samples as from ``draw``, from the same random numbers, and the partner of each; needs partners.

        Where a sample is mirrored, so is its partner.
        """
        assert self.partners is not None
        assert self.count is not None
        same = deepcopy(rng)
        x = self.draw(count, rng)
        indices = same.integers(0, self.count, count)
        partners = self.partners.at(indices)
        if self.feed is not None and self.feed.flips:
            mirrored = same.random(count) < 0.5
            partners[mirrored] = self.partners.mirrored(partners[mirrored])
        return x, partners

    def each_once(self, rng: np.random.Generator) -> Callable[[int], Iterator[npt.NDArray[np.float32]]] | None:
        """What gives so many samples in random order, in pieces, no row of the list twice; None where there is no list.

        As ``draw`` gives them, in model units; all there are where more are asked for.
        """
        at, count, feed = self.at, self.count, self.feed
        if at is None or count is None:
            return None
        piece = _POINTS_AT_ONCE if feed is None else _IMAGES_AT_ONCE

        def rows(wanted: int) -> Iterator[npt.NDArray[np.float32]]:
            order = rng.choice(count, min(wanted, count), replace=False)
            for start in range(0, len(order), piece):
                some = order[start : start + piece]
                yield at(some) if feed is None else feed.mirrored(some, rng)

        return rows

    def shares(self) -> npt.NDArray[np.float64]:
        """How often ``draw_labelled`` draws each class (classes,), from 0 to 1."""
        assert self.has_classes
        if self.class_shares is not None:
            return self.class_shares
        assert self.labels is not None
        drawn = self.labels[: self.count]
        counts = np.bincount(drawn[drawn >= 0], minlength=len(self.classes))
        return np.asarray(counts / counts.sum())


def drawn_from(name: str, one: str, total: int, held_out: int) -> int:
    """How many of so many samples there are to draw from. Raises DatasetError where none is left.

    one: what a sample is called.
    """
    if total - held_out < 1:
        aside = f"{counted(held_out, one)} {'is' if held_out == 1 else 'are'} to be held out"
        raise DatasetError(f"{name}: {aside}, but there {'is' if total == 1 else 'are'} {total:,}; hold out fewer")
    return total - held_out


def dataset_of(
    name: str,
    rows: npt.NDArray[Any],
    modality: Modality,
    *,
    source: str,
    held_out: int,
    skips: Skips | None,
    labels: npt.NDArray[np.integer] | None = None,
    **known: Any,
) -> Dataset:
    """Samples that are all in memory: rows (n, ...) in people's units, of which the last ``held_out`` are never drawn.

    known: what else there is to know of them, as fields of ``Dataset``.
    """
    count = len(rows) - held_out

    def at(indices: npt.NDArray[np.integer]) -> npt.NDArray[np.float32]:
        return modality.to_model(rows[indices])

    def draw(wanted: int, rng: np.random.Generator) -> npt.NDArray[np.float32]:
        return at(rng.integers(0, count, wanted))

    return Dataset(
        name=text_of(name),
        modality=modality,
        draw=draw,
        at=at,
        count=count,
        held_out=held_out,
        skipped=skips.named if skips else (),
        skipped_more=skips.more if skips else 0,
        source=text_of(source),
        labels=None if labels is None else labels.astype(np.int64),
        **known,
    )
