"""Images sorted by the folders that they lie in: classes, test splits, and what is said of the rest."""

import numpy as np
import pytest

from ganstudio.data import DatasetError, labels
from ganstudio.data.files import splits
from ganstudio.data.images import sorting
from ganstudio.data.images import way as ways


def sort(names, code=None):
    """The class of each name, None where it is of none, and whether it is of a test split."""
    way, _ = sorting.sort(names, (), code, "set")
    told = [None] * len(names) if way.labels is None else [way.classes[one] if one >= 0 else None for one in way.labels]
    return told, way.aside.tolist(), way


def out_of(names, code=None):
    """Whether each is left out as a mask, and what is said of it."""
    way, _ = sorting.sort(names, (), code, "set")
    return [False] * len(names) if way.out is None else way.out.tolist(), way.notes


def within(folder, count=4):
    return [f"{folder}/{index}.png" for index in range(count)]


@pytest.mark.parametrize(
    ("names", "classes"),
    [
        (["cat/1.png", "dog/1.png", "cat/2.png"], ["cat", "dog", "cat"]),
        (["set/deep/b/1.png", "set/deep/a/x/1.png"], ["b", "a"]),
        (["./cat/1.png", "/dog/1.png"], ["cat", "dog"]),
        (["1.png", "2.png"], [None, None]),
        (["cat/1.png", "cat/2.png"], [None, None]),
        (["cat/1.png", "dog/1.png", "stray.png"], ["cat", "dog", None]),
        (["set/cat/1.png", "set/dog/1.png", "stray.png"], ["cat", "dog", None]),
        (["a.png", "b.png", "c.png", "x/1.png", "y/1.png"], [None] * 5),
    ],
)
def test_classes_are_the_folders_that_differ(names, classes):
    assert sort(names)[:2] == (classes, [False] * len(names))


@pytest.mark.parametrize(
    ("train", "test"),
    [
        ("train", "test"), ("training", "validation"), ("Train", "Test"), ("TRAIN", "VAL"), ("seg_train", "seg_test"),
        ("training_set", "test_set"), ("train2017", "val2017"), ("train_images", "dev"), ("trainset", "testset"),
        ("flowers-train", "flowers-valid"), ("set/train", "set/eval"), ("seg_train/seg_train", "seg_test/seg_test"),
        ("DIV_train_HR", "DIV_valid_HR"), ("01 train", "02 test"), ("images/train", "images/val"),
    ],
)  # fmt: skip
def test_folders_that_split_a_set_are_no_classes(train, test):
    names = [f"{split}/{kind}/{index}.png" for split in (train, test) for kind in ("cat", "dog") for index in range(3)]
    told, aside, way = sort(names)
    assert told == (["cat"] * 3 + ["dog"] * 3) * 2
    assert aside == [False] * 6 + [True] * 6
    told, aside, _ = sort([f"{split}/{index}.png" for split in (train, test) for index in range(3)])
    assert (told, aside) == ([None] * 6, [False] * 3 + [True] * 3)
    told, aside, _ = sort(names, ways.ALL_FOLDERS)
    assert (len(set(told)), any(aside)) == (2, False)
    assert "are for tests" in way.words


@pytest.mark.parametrize(
    ("folders", "aside"),
    [
        (["bus", "car", "train"], []),
        (["cats", "dogs", "test"], ["test"]),
        (["beaker", "flask", "test_tube"], []),
        (["bullet_train", "test_tube", "zebra"], []),
        (["bullet_train", "freight_train"], []),
        (["train", "test", "val"], ["test", "val"]),
        (["train", "train_extra", "val"], ["val"]),
        (["train", "unlabeled", "test"], ["test"]),
        (["train_1", "train_2"], []),
        (["test", "val"], []),
        (["train"], []),
        (["latest", "contest", "trainer"], []),
    ],
)
def test_a_folder_is_a_split_or_a_class_by_what_stands_next_to_it(folders, aside):
    names = [name for folder in folders for name in within(folder)]
    told, kept, way = sort(names)
    assert sorted({name.split("/")[0] for name, one in zip(names, kept, strict=True) if one}) == aside
    classes = set(told) - {None}
    if folders in (["train", "test", "val"], ["train_1", "train_2"], ["test", "val"], ["train"]):
        assert classes == set()
    elif not aside:
        assert classes == set(folders)
    if "bus" in folders:
        assert way.notes == ("train is taken for a class, as the folders next to it are",)
        assert sort(names, ways.SPLITS)[0] == ["bus"] * 4 + ["car"] * 4 + [None] * 4


def test_domains_of_unpaired_sets_are_classes():
    names = [name for folder in ("trainA", "trainB", "testA", "testB") for name in within(folder, 2)]
    told, aside, _ = sort(names)
    assert told == ["A", "A", "B", "B"] * 2
    assert aside == [False] * 4 + [True] * 4
    assert set(sort(within("trainA") + within("testA"))[0]) == {None}


def test_a_test_split_without_classes_is_of_none():
    names = [*within("train/cat"), *within("train/dog"), *within("test")]
    told, aside, way = sort(names)
    assert told == ["cat"] * 4 + ["dog"] * 4 + [None] * 4
    assert aside == [False] * 8 + [True] * 4
    assert way.notes == ("no folder tells the class of 4 images for tests, such as test/0.png",)


def test_nothing_but_tests_is_trained_on():
    names = [*within("test/cat"), *within("test/dog")]
    told, aside, _ = sort([*names, *within("val/cat")])
    assert (set(told), any(aside)) == ({"cat", "dog"}, False)
    assert sort([*names, *within("val/cat")])[2].notes == ("all images lie in test and val, and are trained on",)


def test_folders_that_number_the_files_are_no_classes():
    style = [f"{index // 1000:05}/img{index:08}.png" for index in range(0, 3000, 250)]
    flickr = [f"{index // 1000 * 1000:05}/{index:05}.png" for index in range(0, 30000, 500)]
    for names in (style, flickr):
        told, _, way = sort(names)
        assert set(told) == {None}
        assert "number the files, and are no classes" in way.notes[0]
        assert None not in sort(names, ways.ALL_FOLDERS)[0]
    signs = [f"{kind:05}/{index:05}_00000.ppm" for kind in range(3) for index in range(4)]
    assert set(sort(signs)[0]) == {"00000", "00001", "00002"}


def test_too_many_folders_and_one_each_are_no_classes():
    many = [f"{index}/{which}.png" for index in range(labels.MAX_CLASSES + 1) for which in range(2)]
    told, _, way = sort(many)
    assert (set(told), way.notes) == ({None}, ("1,001 folders are no classes: there are at most 1,000",))
    told, _, way = sort([f"person {index}/face.png" for index in range(30)])
    assert set(told) == {None}
    assert way.notes == ("30 folders are no classes: they hold 30 images, about one each",)
    outside = [*(f"{index}.png" for index in range(10)), *within("a", 3), *within("b", 3)]
    told, _, way = sort(outside)
    assert set(told) == {None}
    assert way.notes == ("a and b are no classes, as 10 of 16 images lie in none of them",)
    assert sort(outside, ways.INNERMOST)[0][-6:] == ["a"] * 3 + ["b"] * 3


def test_nested_folders_can_be_taken_by_the_innermost():
    names = [*within("animals/cat"), *within("animals/dog"), *within("plants/rose")]
    assert set(sort(names)[0]) == {"animals", "plants"}
    assert set(sort(names, ways.INNERMOST)[0]) == {"cat", "dog", "rose"}
    _, found = sorting.sort(names, (), None, "set")
    assert [way.code for way in found] == [ways.FOLDERS, ways.INNERMOST, ways.NONE]
    assert found[1].words == "3 classes by the innermost folder: cat (4), dog (4) and rose (4)"


def test_classes_are_in_counting_order_and_unknown_ways_are_refused():
    names = [name for index in range(12) for name in within(str(index), 2)]
    assert sort(names)[2].classes == tuple(map(str, range(12)))
    with pytest.raises(DatasetError, match=r'"set" has no labels "colour"; its images can be sorted by folders, none'):
        sort(names, "colour")
    assert sort(names, ways.NONE)[0] == [None] * 24
    assert sort(["1.png"], ways.NONE)[0] == [None]
    assert sort(names, ways.SPLITS)[2].classes == tuple(map(str, range(12)))


def test_sorting_many_names_takes_no_time():
    names = [f"set/{'train' if index % 5 else 'test'}/{index % 7}/{index:06}.jpg" for index in range(50_000)]
    told, aside, _ = sort(names)
    assert (len(set(told)), np.sum(aside)) == (7, 10_000)


@pytest.mark.parametrize("name", ["trainer", "latest", "protest", "testament", "valley", "contest2"])
def test_words_that_only_hold_a_split_are_none(name):
    assert splits.told_by(name) is None


@pytest.mark.parametrize(
    ("images", "masks", "told", "classes"),
    [
        (within("images"), within("annotations/trimaps"), "annotations/trimaps/0.png", [None]),
        (within("JPEGImages"), within("SegmentationClass", 3), "SegmentationClass/0.png", [None]),
        (
            [f"{kind}/{kind} ({index}).png" for kind in ("benign", "malignant") for index in range(4)],
            [f"{kind}/{kind} ({index})_mask.png" for kind in ("benign", "malignant") for index in range(4)],
            "benign/benign (0)_mask.png",
            ["benign", "malignant"],
        ),
        (
            [f"train/{index:03}.jpg" for index in range(5)],
            [f"train_masks/{index:03}_mask.gif" for index in range(5)],
            "train_masks/000_mask.gif",
            [None],
        ),
    ],
    ids=["pets", "voc", "behind", "carvana"],
)  # fmt: skip
def test_masks_of_images_are_left_out_and_told(images, masks, told, classes):
    names = [*images, *masks]
    out, notes = out_of(names)
    assert out == [False] * len(images) + [True] * len(masks)
    assert any(f"{len(masks)} images seem to be masks of others, such as {told} of " in note for note in notes)
    found, aside, _ = sort(names)
    assert list(dict.fromkeys(found[: len(images)])) == classes
    assert found[len(images) :] == [None] * len(masks)
    assert not any(aside)
    assert not any(out_of(names, ways.ALL_FOLDERS)[0])


@pytest.mark.parametrize(
    "names",
    [
        [*within("mask"), *within("no_mask")],
        [*within("with_mask"), *within("without_mask")],
        [*within("labels"), *within("boxes")],
        ["a.png", "a_2.png", "mask.png", "b_mask.png"],
        [*within("images"), "masks/x.png", "masks/y.png"],
    ],
    ids=["mask", "with", "labels", "alone", "others"],
)
def test_what_is_only_called_like_masks_stays(names):
    assert out_of(names) == ([False] * len(names), out_of(names)[1])


@pytest.mark.parametrize("word", ["part_", "fold", "batch ", "images_part_"])
def test_folders_that_number_parts_of_a_set_are_no_classes(word):
    names = [*within(f"{word}1"), *within(f"{word}2")]
    assert sort(names)[0] == [None] * 8
    assert f"{word}1 and {word}2 number the files, and are no classes" in sort(names)[2].notes
    assert set(sort(names, ways.ALL_FOLDERS)[0]) == {f"{word}1", f"{word}2"}
    assert set(sort([*within(f"{word}1"), *within("bus")])[0]) == {f"{word}1", "bus"}


def test_what_names_begin_with_is_offered_for_classes():
    names = [f"train/{kind}.{index}.jpg" for kind in ("cat", "dog") for index in range(4)]
    found, _, way = sort(names)
    assert found == [None] * 8
    assert "cat and dog are what names begin with: labels=names takes these for classes" in way.notes
    assert sort(names, ways.NAMES)[0] == ["cat"] * 4 + ["dog"] * 4
    assert not any("begin with" in note for note in sort(within("a", 9))[2].notes)
    assert not any("begin with" in note for note in sort([f"img_{index}.png" for index in range(9)])[2].notes)
