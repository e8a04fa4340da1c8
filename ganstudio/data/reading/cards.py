"""Cards of datasets, from what is known of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.arrays import dataset as arrays
from ganstudio.data.card import Card, MeanImage, Reading, SomePoints, few_to_learn_from
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import containers
from ganstudio.data.images.cards import class_counts, mean_image
from ganstudio.experiment import ArraySpec, DensitySpec, IdxSpec, PairsSpec, Spec, TableSpec, TextsSpec
from ganstudio.experiment.places import place_of
from ganstudio.modalities import Points

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import DatasetSpec

SHOWN_POINTS = 2_000
"""How many points a card shows."""


def of_dataset(spec: DatasetSpec, path: Path, dataset: Dataset, *, guessed: bool = False) -> Card:
    """What can be told of a dataset of any kind by looking at it.

    guessed: whether it is still to be chosen what the samples are: then nothing is said of how many there are.
    """
    words = dataset.modality.words
    few = () if guessed else few_to_learn_from(dataset.count, words.one, words.many)
    on_plane = isinstance(dataset.modality, Points)
    kind = "density" if on_plane and dataset.count is None else dataset.modality.kind
    picture: MeanImage | SomePoints | None = None
    if dataset.feed is not None:
        picture = mean_image(dataset.feed)
    elif on_plane:
        picture = SomePoints(dataset.modality.to_people(dataset.draw(SHOWN_POINTS, np.random.default_rng(0))))
    return Card(
        name=dataset.name,
        kind=kind,
        verdict=_verdict(spec, dataset),
        spec=spec,
        modality=dataset.modality,
        partners=None if dataset.partners is None else dataset.partners.modality,
        complete=True,
        count=(dataset.count or 0) + dataset.held_out,
        held_out=dataset.held_out,
        classes=class_counts(dataset.labels, dataset.classes),
        skipped=dataset.skipped,
        skipped_more=dataset.skipped_more,
        picture=picture,
        notes=(*dataset.notes, *few),
        facts=dataset.facts,
        readings=_readings(spec),
    )


def _readings(spec: DatasetSpec) -> tuple[Reading, ...]:
    """The ways to take an array, that which is taken among them; none where there is nothing to choose."""
    if not isinstance(spec, ArraySpec):
        return ()
    try:
        found = arrays.words_of_readings(place_of(spec.path), spec.key, arrays.way(spec))
    except DatasetError:  # it is gone, and what was kept of it is shown
        return ()
    if len(found) < 2:
        return ()
    return tuple(
        Reading(name="layout", value=one.code, words=words, more=(("size", arrays.side_for(one)),))
        for one, words in found.items()
    )


_VERDICTS: dict[type[Spec], str] = {
    IdxSpec: "an IDX file of images, by the numbers that it begins with: {source}",
    TableSpec: "points, by two columns of a table: {source}",
    PairsSpec: "pictures with the normals of their surfaces: {source}",
    TextsSpec: "sentences: {source}",
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
