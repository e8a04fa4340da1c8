"""Folders and archives of images, as people publish them, are sorted right or asked about: none is wrong in silence."""

import numpy as np
import pytest

from ganstudio.data import build_dataset, labels
from ganstudio.data.reading import opening
from tests.data import folder_variants

FOLDERS, TABLES = list(folder_variants.by_folders()), list(folder_variants.by_tables())


def read(variant, path):
    """Classes with their counts, how many are held out, and how many are of no class."""
    dataset = build_dataset(opening.propose(path, 8))
    counts = {}
    if dataset.labels is not None:
        counts = dict(zip(dataset.classes, np.bincount(dataset.labels[dataset.labels >= 0]).tolist(), strict=True))
    none = 0 if dataset.labels is None else int((dataset.labels < 0).sum())
    assert dataset.count + dataset.held_out == sum(name.endswith(".png") for name in variant.files)
    assert {one.name.rpartition("/")[2] for one in dataset.skipped} == set(variant.left_out), variant.name
    return counts, dataset.held_out, none, dataset


@pytest.mark.parametrize("variant", FOLDERS, ids=lambda variant: variant.name)
def test_folders_are_sorted_right(tmp_path, variant):
    counts, held_out, none, dataset = read(variant, variant.save(tmp_path))
    assert (counts, held_out, none) == (variant.classes, variant.tests, variant.none)
    assert list(dataset.classes) == [list(counts)[index] for index in labels.in_order(list(counts))]
    told = " ".join(dataset.notes)
    assert ("taken for a test split" in told, "tells the class of" in told) == (variant.tests > 0, variant.none > 0)


@pytest.mark.parametrize("variant", TABLES, ids=lambda variant: variant.name)
def test_tables_are_read_right(tmp_path, variant):
    counts, held_out, none, dataset = read(variant, variant.save(tmp_path))
    assert (counts, held_out, none) == (variant.classes, variant.tests, variant.none)
    assert "the classes are told by " in dataset.notes[0]


def test_there_are_many():
    assert len(FOLDERS) + len(TABLES) >= 120
