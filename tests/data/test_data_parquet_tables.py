"""Parquet files of columns that mean different things: told by the rules of text tables."""

import importlib

import numpy as np
import pytest

from ganstudio.data import DatasetError
from ganstudio.data.errors import Undecided
from ganstudio.data.files import foreign
from ganstudio.data.reading.opening import open_path
from ganstudio.experiment import ArraySpec, TableSpec
from tests import file_samples

pytest.importorskip("pyarrow")
COUNT = 60
RANDOM = np.random.default_rng(0)
ACROSS, UP = RANDOM.normal(size=(2, COUNT)).round(3)


@pytest.fixture(autouse=True)
def _read_here(monkeypatch):
    """Read in this process, as the start of another takes a second."""

    def asked(library, question, path, *details):
        reader = importlib.import_module(f"ganstudio.data.files.{foreign._READERS[library]}")
        for message in foreign.answers(reader, question, path, *details):
            if message != b"Z":
                yield foreign.heard(message)

    monkeypatch.setattr(foreign, "ask", asked)


def opened(tmp_path, columns, /, **choices):
    path = tmp_path / "a.parquet"
    path.write_bytes(file_samples.parquet(columns))
    return open_path(path, choices=choices)


def points(dataset):
    return dataset.modality.to_people(dataset.at(np.arange(dataset.count + dataset.held_out)))


@pytest.mark.parametrize(
    "others",
    [
        {"Id": np.arange(1, COUNT + 1), "other": RANDOM.normal(size=COUNT)},
        {"t": np.linspace(0, 5, COUNT), "name": [f"row {each}" for each in range(COUNT)]},
        {"when": [f"2024-01-{each % 28 + 1:02}" for each in range(COUNT)], "other": RANDOM.normal(size=COUNT)},
    ],
    ids=["id", "time", "dates"],
)
def test_the_columns_that_are_called_so_are_the_points(tmp_path, others):
    kind = [("a", "b", "c")[each % 3] for each in range(COUNT)]
    spec, dataset = opened(tmp_path, {**others, "x": ACROSS, "y": UP, "species": kind})
    assert isinstance(spec, TableSpec)
    assert dataset.classes == ("a", "b", "c")
    assert dataset.labels.tolist() == [each % 3 for each in range(COUNT)]
    assert points(dataset) == pytest.approx(np.stack([ACROSS, UP], axis=1), abs=1e-5)
    assert any("as they are called so" in note for note in dataset.notes)
    assert any(note.startswith("left out: ") for note in dataset.notes)


def test_columns_can_be_chosen_and_are_asked_for_where_nothing_tells(tmp_path):
    some = {"a": ACROSS, "b": UP, "c": UP + 1, "d": ACROSS - 1}
    _, dataset = opened(tmp_path, some, columns=(3, 2))
    assert points(dataset) == pytest.approx(np.stack([ACROSS - 1, UP + 1], axis=1), abs=1e-5)
    with pytest.raises(Undecided, match="20 columns of numbers, and nothing tells which two"):
        opened(tmp_path, {f"f{each}": RANDOM.normal(size=COUNT) for each in range(20)})
    with pytest.raises(DatasetError, match=r'one column of numbers, column 1 "n" .*column 0 "text" holds words'):
        opened(tmp_path, {"text": [f"hello {each}" for each in range(COUNT)], "n": ACROSS})


def test_rows_without_a_value_are_skipped_and_those_for_tests_kept_aside(tmp_path):
    holes = [None if each % 10 == 3 else value for each, value in enumerate(ACROSS.tolist())]
    split = ["test" if each % 4 == 0 else "train" for each in range(COUNT)]
    _, dataset = opened(tmp_path, {"x": holes, "y": UP, "z": UP, "split": split})
    assert (dataset.count, dataset.held_out, dataset.skipped_count) == (39, 15, 6)
    assert dataset.classes == ()


def test_amounts_of_money_are_numbers(tmp_path):
    price = [f"${1000 * each + 0.5:,.2f}" for each in range(1, 40)]
    _, dataset = opened(tmp_path, {"price": price, "share": [f"{each % 17}.5%" for each in range(1, 40)]})
    wanted = [[1000 * each + 0.5, each % 17 + 0.5] for each in range(1, 40)]
    assert points(dataset) == pytest.approx(np.array(wanted), abs=0.01)


def images():
    ramp = np.add.outer(np.arange(16), np.arange(16)) * 4
    return np.array([ramp + each for each in range(COUNT)])


@pytest.mark.parametrize("form", ["words", "lists", "nested"])
def test_pixels_in_one_column(tmp_path, form):
    cells = {
        "words": [" ".join(map(str, one.ravel())) for one in images()],
        "lists": [one.ravel().tolist() for one in images()],
        "nested": [one.tolist() for one in images()],
    }[form]
    spec, dataset = opened(tmp_path, {"label": [each % 7 for each in range(COUNT)], "pixels": cells})
    assert isinstance(spec, ArraySpec)
    assert (dataset.count, dataset.shape) == (COUNT, (1, 16, 16))
    assert np.array_equal(np.rint((dataset.at(np.arange(COUNT))[:, 0] + 1) * 127.5), images())
    assert dataset.labels.tolist() == [each % 7 for each in range(COUNT)]


def test_lists_of_different_lengths_are_refused_in_words(tmp_path):
    cells = [one.ravel().tolist() for one in images()]
    cells[7] = cells[7][:-16]
    with pytest.raises(DatasetError, match='has lists of different lengths in its column "pixels"'):
        opened(tmp_path, {"pixels": cells})


def test_the_first_rows_and_some_from_further_on_tell_what_columns_mean(tmp_path):
    count = 20_000
    kind = ["a"] * (count // 2) + ["b"] * (count // 2)  # sorted by class
    _, dataset = opened(
        tmp_path, {"t": np.arange(count), "x": np.resize(ACROSS, count), "y": np.resize(UP, count), "k": kind}
    )
    assert (dataset.count, dataset.classes) == (count, ("a", "b"))
    assert np.bincount(dataset.labels).tolist() == [count // 2, count // 2]
