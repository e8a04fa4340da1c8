"""Tables written in every way are read right or asked about: none is wrong in silence."""

import numpy as np
import pytest

from ganstudio.data import build_dataset, open_path
from ganstudio.data.arrays.images import resized
from ganstudio.data.errors import Undecided
from ganstudio.data.reading import importers
from ganstudio.experiment import ArraySpec
from tests.data import table_variants


def fault(spec, dataset, variant):
    """How the dataset differs from what the table holds; empty: not at all."""
    if variant.points is not None:
        found, wanted, most = dataset.modality.to_people(dataset.at(np.arange(dataset.count))), variant.points, 1e-3
        most += 1e-6 * np.abs(wanted).max()
    else:
        wanted, most = variant.images[:, None], 1
        if getattr(spec, "size", None) is not None:
            wanted, most = resized(wanted, spec.size), 3
        found = dataset.feed.bytes_at(np.arange(dataset.count)).astype(int) if dataset.feed else np.empty(0)
    if found.shape != wanted.shape:
        return f"{found.shape} in place of {wanted.shape}"
    if np.abs(found - wanted).max() > most:
        return f"other samples: {found[0].ravel()[:3]} in place of {wanted[0].ravel()[:3]}"
    found = () if dataset.labels is None else [dataset.classes[one] for one in dataset.labels]
    return "" if list(found) == list(variant.labels or ()) else f"other classes: {dataset.classes}"


def chosen(spec, variant):
    """What somebody who knows the table would choose."""
    fields = {"labels": -1 if variant.label is None else variant.label}
    if variant.columns is not None:
        fields["columns"] = variant.columns
    if isinstance(spec, ArraySpec):
        height, width = variant.images.shape[1:]
        fields |= {"layout": "n,hw" if height == width else f"n,h{height}w{width}", "size": min(height, width)}
    return spec.model_copy(update=fields)


@pytest.mark.parametrize("kind", ["points", "images"])
def test_every_variant_is_read_right_or_asked(tmp_path, kind):
    asked, told, wrong = [], [], []
    made = list(getattr(table_variants, kind)())
    for number, variant in enumerate(made):
        folder = tmp_path / str(number)
        folder.mkdir()
        path = variant.save(folder)
        try:
            spec, dataset = open_path(path)
        except Undecided as error:
            asked.append((variant.name, str(error)))
            spec = chosen(importers.propose(path), variant)
            dataset = build_dataset(spec)
        if fault(spec, dataset, variant) and "the first two of 3 of numbers" in " ".join(dataset.notes):
            # Of three columns of numbers any two may be meant: the card says which, and which is left out.
            told.append(variant.name)
            spec = chosen(spec, variant)
            dataset = build_dataset(spec)
        if found := fault(spec, dataset, variant):
            wrong.append((variant.name, found, dataset.notes))
    assert wrong == []
    assert len(made) == {"points": 150, "images": 90}[kind]
    assert len(asked) <= 1, asked
    assert len(told) <= {"points": 15, "images": 0}[kind], told
