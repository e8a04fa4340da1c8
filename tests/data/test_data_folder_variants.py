"""Folders and archives of images, as people publish them, are sorted right or asked about: none is wrong in silence."""

import json
from pathlib import Path

import numpy as np
import pytest

from ganstudio.cli import main
from ganstudio.data import build_dataset, labels
from ganstudio.data.identity import fitted, identify
from ganstudio.data.reading import importers, reading
from ganstudio.experiment import ImagesSpec
from tests.data import folder_variants

FOLDERS, TABLES = list(folder_variants.by_folders()), list(folder_variants.by_tables())


def read(variant, path):
    """Classes with their counts, how many are held out, and how many are of no class."""
    dataset = build_dataset(importers.propose(path, 8))
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


@pytest.fixture
def stray(tmp_path):
    """Two classes of 4, a test split of 4 that is of none, and one image beside them."""
    pictures = iter(folder_variants.PICTURES)
    for name in (f"{folder}/{index}.png" for folder in ("train/cat", "train/dog", "test") for index in range(4)):
        (tmp_path / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "set" / name).write_bytes(next(pictures))
    (tmp_path / "set" / "train" / "preview.png").write_bytes(next(pictures))
    return ImagesSpec(path=str(tmp_path / "set"), size=8)


def test_what_is_of_no_class_is_drawn_only_where_classes_are_not_asked_for(stray):
    dataset = build_dataset(stray)
    assert (dataset.count, dataset.held_out, dataset.classes) == (9, 4, ("cat", "dog"))
    assert sorted(dataset.labels.tolist()) == [-1] * 5 + [0] * 4 + [1] * 4
    assert dataset.shares() == pytest.approx([0.5, 0.5], abs=1e-12)
    samples, drawn = dataset.draw_labelled(400, np.random.default_rng(0))
    assert set(drawn.tolist()) == {0, 1}
    listed = {image.tobytes(): label for image, label in zip(dataset.at(np.arange(9)), dataset.labels, strict=False)}
    assert [listed[image.tobytes()] for image in samples] == drawn.tolist()
    assert len({image.tobytes() for image in dataset.draw(400, np.random.default_rng(0))}) == 9
    identity = identify(dataset)
    assert [one.count for one in identity.classes] == [4, 4]
    assert fitted(dataset, identity, conditional=True).notes == dataset.notes


@pytest.mark.parametrize(
    ("choices", "counts"),
    [
        ({}, (9, 4)),
        ({"held_out": 2}, (7, 6)),
        ({"limit": 5}, (5, 4)),
        ({"classes": ("cat",)}, (4, 0)),
        ({"test_split": "train_on"}, (13, 0)),
        ({"test_split": "train_on", "held_out": 2}, (11, 2)),
        ({"test_split": "leave_out"}, (9, 0)),
        ({"labels": "all_folders"}, (13, 0)),
        ({"labels": "none"}, (9, 4)),
    ],
)
def test_a_test_split_is_kept_aside_unless_somebody_says_otherwise(stray, choices, counts):
    dataset = build_dataset(stray.model_copy(update=choices))
    assert (dataset.count, dataset.held_out) == counts
    tests = {path.read_bytes() for path in (Path(stray.path) / "test").iterdir()}
    if dataset.held_out == len(tests):
        card, _ = reading.read(Path(stray.path), stray.model_copy(update=choices))
        assert (card.held_out, card.count) == (4, sum(counts))
        assert "taken for a test split: test; its 4 images are kept aside for measures" in card.notes


def test_a_test_image_that_is_trained_on_as_well_is_no_test(stray):
    (Path(stray.path) / "test" / "0.png").write_bytes((Path(stray.path) / "train" / "cat" / "0.png").read_bytes())
    dataset = build_dataset(stray.model_copy(update={"duplicates": "drop_exact"}))
    assert (dataset.count, dataset.held_out) == (9, 3)


def test_the_card_offers_the_other_ways(stray, capsys):
    card, _ = reading.read(Path(stray.path))
    assert [one.value for one in card.readings] == ["folders", "all_folders", "none"]
    assert card.reading is card.readings[0]
    assert main(["datasets", stray.path]) == 0
    printed = capsys.readouterr().out
    assert "13 images of 8 × 8 pixels, grey, 4 of them held out" in printed
    assert "2 classes: cat (4), dog (4)" in printed
    assert "no folder tells the class of 1 image, train/preview.png" in printed
    assert "could be taken otherwise, by --set dataset.labels=..." in printed
    assert "all_folders: 2 classes by folder, train and test among them: test (4) and train (9)" in printed


def test_a_split_without_classes_can_be_taken_otherwise(stray):
    for name in ("cat", "dog"):
        for path in (Path(stray.path) / "train" / name).iterdir():
            path.rename(Path(stray.path) / "train" / f"{name}{path.name}")
    card, _ = reading.read(Path(stray.path), stray)
    assert (card.classes, card.held_out) == ((), 4)
    assert [one.value for one in card.readings] == ["folders", "all_folders"]


def test_a_preview_of_classes_that_a_table_tells(tmp_path):
    rows = [f"{index}.png,{'cat' if index % 2 else 'dog'}" for index in range(8)]
    for index in range(8):
        (tmp_path / f"{index}.png").write_bytes(folder_variants.PICTURES[index])
    (tmp_path / "labels.csv").write_text("\n".join(["file,label", *rows]), encoding="utf-8")
    spec = reading.read(tmp_path)[0].spec.model_copy(update={"classes": ("cat",)})
    shown, dataset = reading.preview(tmp_path, spec), build_dataset(spec)
    assert dataset.count == 4
    assert np.array_equal(shown, dataset.feed.bytes_at(np.arange(4)).transpose(0, 2, 3, 1))


def test_a_preview_shows_what_is_trained_on(stray):
    dataset = build_dataset(stray)
    shown = reading.preview(Path(stray.path), stray)
    assert np.array_equal(shown, dataset.feed.bytes_at(np.arange(9)).transpose(0, 2, 3, 1))
    for path in sorted(Path(stray.path).rglob("*.png")):
        path.rename(path.with_name(f"new {path.name}"))
    assert len(reading.preview(Path(stray.path), stray)) == 12


@pytest.mark.parametrize(
    ("name", "text", "classes"),
    [
        ("attributes.txt", "4\nMale Smiling\n0.png 1 -1\n1.png -1 -1\n2.png 1 1\n3.png -1 1\n", None),
        ("some.csv", "file,weight\n0.png,0.5\n1.png,1.5\n2.png,2.5\n3.png,0.5\n", None),
        ("empty.csv", "file,label\n0.png,\n1.png,NA\n2.png,\n3.png,\n", None),
        ("missing.csv", "file,label\n0.png,a\n1.png,NA\n2.png,b\n3.png,a\n", {"a": 2, "b": 1}),
        ("twice.csv", "file,label\n0.png,a\n0.png,b\n1.png,a\n2.png,b\n3.png,b\n", {"a": 1, "b": 2}),
        ("other.csv", "file,label\nx.png,a\ny.png,b\n", None),
        ("more.csv", "file,label\n0.png,a\n1.png,b\n2.png,a\n3.png,b\n" + "z.png,c\n" * 9, {"a": 2, "b": 2}),
        ("dataset.json", '{"labels": null}', None),
        ("broken.json", '{"labels": [["0.png", 1', None),
        ("split.csv", "file,split\n0.png,train\n1.png,train\n2.png,train\n3.png,test\n", None),
        ("both.csv", "file,label,data set\n0.png,a,train\n1.png,b,train\n2.png,a,train\n3.png,b,test\n",
         {"a": 2, "b": 2}),
        ("folders.csv", "file,none\n0.png,a\n1.png,b\n2.png,a\n3.png,b\n", {"a": 2, "b": 2}),
    ],
)  # fmt: skip
def test_tables_that_say_little_or_less(tmp_path, name, text, classes):
    for index in range(4):
        (tmp_path / f"{index}.png").write_bytes(folder_variants.PICTURES[index])
    (tmp_path / name).write_text(text, encoding="utf-8")
    dataset = build_dataset(ImagesSpec(path=str(tmp_path), size=8))
    found = None
    if dataset.labels is not None:
        found = dict(zip(dataset.classes, np.bincount(dataset.labels[dataset.labels >= 0]).tolist(), strict=True))
    assert (dataset.count + dataset.held_out, found) == (4, classes)
    assert dataset.held_out == ("split" in text or "data set" in text)
    if name == "attributes.txt":
        assert "the images can be sorted by attributes.txt, Male and by attributes.txt, Smiling" in dataset.notes[0]
        male = build_dataset(ImagesSpec(path=str(tmp_path), size=8, labels="Male"))
        assert male.labels.tolist() == [1, 0, 1, 0]
    elif classes is None and not dataset.held_out:
        assert [one.name for one in dataset.skipped] == [name]


COCO = {
    "images": [{"id": 10 + index, "file_name": f"{index}.png", "width": 64, "license": 1} for index in range(8)],
    "categories": [{"id": 17, "name": "cat"}, {"id": 18, "name": "dog"}],
    "annotations": [{"id": index, "image_id": 10 + index, "category_id": 17 + index % 2} for index in range(8)],
}


def pictures_with(folder, name, text, count=8):
    """A folder of pictures 0.png, 1.png and so on, with a file next to them."""
    folder.mkdir()
    for index, picture in zip(range(count), folder_variants.PICTURES, strict=False):
        (folder / f"{index}.png").write_bytes(picture)
    (folder / name).write_text(text)
    return build_dataset(ImagesSpec(path=str(folder), size=8))


def test_cocos_categories_are_classes_where_an_image_has_one(tmp_path):
    one = pictures_with(tmp_path / "one", "instances_train2017.json", json.dumps(COCO))
    assert (one.classes, one.labels.tolist()) == (("cat", "dog"), [0, 1] * 4)
    several = [*COCO["annotations"], {"id": 99, "image_id": 11, "category_id": 17}]
    some = pictures_with(tmp_path / "some", "labels.json", json.dumps({**COCO, "annotations": several}))
    assert (some.classes, some.labels.tolist()) == (("cat", "dog"), [0, -1, 0, 1, 0, 1, 0, 1])
    assert "labels.json (images of one category), category tells no class of 1 image" in some.notes
    none = pictures_with(tmp_path / "none", "captions.json", json.dumps({**COCO, "annotations": [], "categories": []}))
    assert none.classes == ()


@pytest.mark.parametrize("column", ["id", "text", "caption", "number"])
def test_a_column_that_differs_for_each_image_tells_no_classes(tmp_path, column):
    rows = [f"{index}.png,{index if column in ('id', 'number') else f'a picture of {index}'}" for index in range(8)]
    assert pictures_with(tmp_path / "set", "metadata.csv", "\n".join([f"file_name,{column}", *rows])).classes == ()


@pytest.mark.parametrize(("column", "held"), [("partition", 3), ("split", 3), ("kind", 0)])
def test_celebas_numbers_tell_the_test_split(tmp_path, column, held):
    numbers = [0, 0, 0, 0, 0, 1, 2, 2]
    text = "\n".join([f"image_id,{column}", *(f"{index}.png,{number}" for index, number in enumerate(numbers))])
    dataset = pictures_with(tmp_path / "set", "list_eval_partition.csv", text)
    assert dataset.held_out == held
    assert dataset.classes == (() if held else ("0", "1", "2"))


def test_there_are_many():
    assert len(FOLDERS) + len(TABLES) >= 120
