"""Lines and files that are for tests: kept aside, whatever kind of file tells which they are."""

import gzip

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.data.files import splits
from ganstudio.data.reading.opening import open_path
from ganstudio.experiment import TableSpec
from tests import file_samples

SIDE = 16


def faces(usages, header="emotion,pixels,Usage"):
    """As FER2013 is published: the pixels in one field; image i is of the shade i + ramps."""
    ramp = np.add.outer(np.arange(SIDE), np.arange(SIDE)) * 4
    rows = [f"{i % 7},{' '.join(map(str, (ramp + i).ravel()))},{usage}" for i, usage in enumerate(usages)]
    return "\n".join([header, *rows]) + "\n"


USAGES = ["Training"] * 40 + ["PublicTest", "PrivateTest"] * 10


@pytest.mark.parametrize(
    ("choice", "count", "held"), [("keep_aside", 40, 20), ("train_on", 60, 0), ("leave_out", 40, 0)]
)
@pytest.mark.parametrize("mixed", [False, True])
def test_lines_of_pixels_that_are_for_tests(tmp_path, choice, count, held, mixed):
    usages = [USAGES[(7 * i) % 60] for i in range(60)] if mixed else USAGES
    path = tmp_path / "fer2013.csv"
    path.write_text(faces(usages))
    spec, dataset = open_path(path, choices={"test_split": choice})
    assert spec.test_split == choice
    assert (dataset.count, dataset.held_out, dataset.shape) == (count, held, (1, SIDE, SIDE))
    assert dataset.classes == tuple("0123456")
    shades = np.rint((dataset.at(np.arange(count + held))[:, 0, 0, 0] + 1) * 127.5).astype(int)  # the image's number
    trained = [i for i, usage in enumerate(usages) if choice == "train_on" or usage == "Training"]
    tests = [i for i, usage in enumerate(usages) if held and usage != "Training"]
    assert shades.tolist() == trained + tests
    assert dataset.labels.tolist() == [i % 7 for i in trained + tests]
    assert any('PrivateTest and PublicTest in column 2 "Usage"; its 20 images are' in note for note in dataset.notes)


def test_a_table_of_points_keeps_its_tests_aside_and_takes_them_for_no_classes(tmp_path):
    path = tmp_path / "points.csv"
    lines = [f"{7 * i % 50},{i + i % 3 / 10},{'val' if i % 5 == 0 else 'train'},{'ab'[i % 2]}" for i in range(50)]
    path.write_text("x,y,split,kind\n" + "\n".join(lines))
    dataset = build_dataset(TableSpec(path=str(path)))
    assert (dataset.count, dataset.held_out, dataset.classes) == (40, 10, ("a", "b"))
    numbers = dataset.modality.to_people(dataset.at(np.arange(50)))[:, 1].round().astype(int)
    assert numbers[40:].tolist() == list(range(0, 50, 5))
    assert dataset.labels.tolist() == [i % 2 for i in numbers]
    drawn = dataset.modality.to_people(dataset.draw(500, np.random.default_rng(0)))[:, 1].round().astype(int)
    assert set(drawn.tolist()) == {i for i in range(50) if i % 5}
    assert any('test split: val in column 2 "split"; its 10 points are kept aside' in note for note in dataset.notes)
    assert build_dataset(TableSpec(path=str(path), test_split="train_on")).count == 50
    left = build_dataset(TableSpec(path=str(path), test_split="leave_out"))
    assert (left.count, left.held_out) == (40, 0)
    path.write_text("x,y,split\n" + "\n".join(line.rpartition(",")[0] for line in lines))
    assert build_dataset(TableSpec(path=str(path))).classes == ()


@pytest.mark.parametrize(
    ("words", "called", "is_split"),
    [
        ({"Training", "PublicTest", "PrivateTest"}, "Usage", True),
        ({"train", "test"}, "", True),
        ({"train"}, "split", True),
        ({"train"}, "vehicle", False),
        ({"train", "bus", "car"}, "split", False),
        ({"test"}, "kind", False),
        (set(), "split", False),
        ({"0", "1"}, "partition", True),
        ({"0", "1", "2"}, "data_split", True),
        ({"0.0", "1.0"}, "Split", True),
        ({"0", "1"}, "kind", False),
        ({"0", "3"}, "partition", False),
        ({"True", "False"}, "is_train", True),
        ({"0", "1"}, "isTest", True),
        ({"yes", "no"}, "test set", True),
        ({"0", "1"}, "training_load", False),
        ({"2", "5"}, "test", False),
    ],
)
def test_a_column_splits_a_set_where_all_its_words_say_so(words, called, is_split):
    assert splits.are_named(words, called) == is_split


NUMBERED = {
    "partition": lambda i: ("0", "1", "2")[(i % 5 == 0) + (i % 10 == 0)],
    "split": lambda i: f"{i % 5 == 0:.1f}",
    "is_train": lambda i: str(i % 5 != 0),
    "test": lambda i: str(int(i % 5 == 0)),
}


@pytest.mark.parametrize("name", NUMBERED)
@pytest.mark.parametrize("place", ["first", "last"])
def test_a_column_of_numbers_that_is_called_a_split_is_one(tmp_path, name, place):
    path = tmp_path / "points.csv"
    rows = [(f"{7 * i % 50 + 0.25},{i + i % 3 / 10}", NUMBERED[name](i)) for i in range(50)]
    lines = [",".join(row if place == "last" else row[::-1]) for row in (("x,y", name), *rows)]
    path.write_text("\n".join(lines))
    dataset = build_dataset(TableSpec(path=str(path)))
    assert (dataset.count, dataset.held_out, dataset.classes) == (40, 10, ())
    numbers = dataset.modality.to_people(dataset.at(np.arange(50)))[:, 1].round().astype(int)
    assert numbers[40:].tolist() == list(range(0, 50, 5))
    assert any(f'in column {0 if place == "first" else 2} "{name}"; its 10 points are' in one for one in dataset.notes)


@pytest.mark.parametrize(
    ("name", "told", "said"),
    [
        ("fold", lambda i: i % 5, "which numbers the folds of a cross-validation"),
        ("cv_fold", lambda i: i % 10, "which numbers the folds of a cross-validation"),
        ("split", lambda i: int(i % 5 != 0), "whose numbers don't tell which lines are for tests"),
    ],
)
def test_other_numbers_of_sorting_are_no_classes_and_are_told(tmp_path, name, told, said):
    path = tmp_path / "points.csv"
    path.write_text("\n".join([f"x,y,{name}", *(f"{7 * i % 50 + 0.25},{i / 7:.3f},{told(i)}" for i in range(50))]))
    dataset = build_dataset(TableSpec(path=str(path)))
    assert (dataset.count, dataset.held_out, dataset.classes) == (50, 0, ())
    assert any(f'left out: column 2 "{name}" {said}' in note for note in dataset.notes)
    chosen = build_dataset(TableSpec(path=str(path), labels=2))
    assert len(chosen.classes) == len({told(i) for i in range(50)})


@pytest.mark.parametrize("form", ["folder", "archive"])
def test_cifars_test_batch_is_kept_aside(tmp_path, form):
    data = {f"data_batch_{each}.bin": file_samples.cifar() for each in (1, 2)} | {
        "test_batch.bin": file_samples.cifar(3)
    }
    path = tmp_path / "cifar-10-batches-bin"
    path.mkdir()
    for name, content in data.items():
        (path / name).write_bytes(content)
    if form == "archive":
        files = {f"cifar-10-batches-bin/{name}": content for name, content in data.items()}
        path = tmp_path / "cifar-10-binary.tar.gz"
        path.write_bytes(file_samples.tarred(files, gzip.compress))
    spec, dataset = open_path(path)
    train = 2 * file_samples.COUNT
    assert (dataset.count, dataset.held_out, len(dataset.labels)) == (train, 3, train + 3)
    tests = np.frombuffer(data["test_batch.bin"], np.uint8).reshape(3, -1)
    assert dataset.labels[train:].tolist() == [int(dataset.classes.index(str(one))) for one in tests[:, 0]]
    np.testing.assert_allclose(
        (dataset.at(np.arange(train, train + 3)) + 1) * 127.5, tests[:, 1:].reshape(-1, 3, 32, 32), atol=0.01
    )
    assert any("test_batch.bin; its 3 images are kept aside" in note for note in dataset.notes)
    assert build_dataset(spec.model_copy(update={"test_split": "train_on"})).count == train + 3
    assert build_dataset(spec.model_copy(update={"test_split": "leave_out"})).held_out == 0
