"""Numbers that stand for a missing value, such as -9999, are told, left out, or kept if somebody says so."""

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.data.points.missing import codes
from ganstudio.experiment import ArraySpec, TableSpec

RANDOM = np.random.default_rng(0)
POINTS = np.stack([RANDOM.uniform(-5, 35, 200), RANDOM.uniform(40, 90, 200)], axis=1).round(2)
FILLS = [
    -9999,
    -999,
    99999,
    -999.25,
    999.9,
    -99999.0,
    9.96921e36,
    -1e30,
    1e20,
    32767 * 2.0**16 + 65535,
    -2147483648,
    8888,
]


def told_of(points):
    return [(code.column, code.value, code.count) for code in codes([points], points.min(axis=0), points.max(axis=0))]


def drawn(dataset):
    count = dataset.count + dataset.held_out
    return dataset.modality.to_people(dataset.at(np.arange(count))).astype(np.float64)


@pytest.mark.parametrize("fill", FILLS, ids=str)
@pytest.mark.parametrize("column", [0, 1])
def test_what_programs_fill_gaps_with_is_told(fill, column):
    points = POINTS.copy()
    points[[3, 50, 120], column] = fill
    assert told_of(points) == [(column, float(fill), 3)]


def test_several_of_them_are_told_on_both_axes():
    points = POINTS.copy()
    points[3, 0], points[4, 0], points[5, 1] = -9999, -99999, 99999
    assert sorted(told_of(points)) == [(0, -99999.0, 1), (0, -9999.0, 1), (1, 99999.0, 1)]


def test_a_negative_one_that_comes_again_among_large_numbers_is_told():
    points = np.abs(POINTS) * [200, 1]
    points[[3, 9], 0] = -999
    assert told_of(points) == [(0, -999.0, 2)]


OTHERS = {
    "ages up to 99": np.stack([np.arange(1, 100), np.arange(1, 100)[::-1]], axis=1),
    "years": np.stack([np.arange(1900, 2000), np.arange(100)], axis=1),
    "powers of ten less one": np.stack([10.0 ** np.arange(1, 9) - 1, np.arange(8)], axis=1),
    "powers of two": np.stack([2.0 ** np.arange(20), np.arange(20)], axis=1),
    "many sizes": np.stack([10.0 ** np.arange(1, 21), np.arange(20)], axis=1),
    "far from others, but no such number": np.stack([[*range(99), 54_321], np.arange(100)], axis=1),
    "two clusters": np.concatenate([RANDOM.normal(0, 60, (50, 2)), RANDOM.normal(950, 60, (50, 2)), [[999, 999]]]),
    "all alike": np.full((5, 2), -9999.0),
}


@pytest.mark.parametrize("name", OTHERS)
def test_other_numbers_are_left_alone(name):
    assert told_of(np.asarray(OTHERS[name], np.float64)) == []


def table(tmp_path, **options):
    points = POINTS.copy()
    points[[3, 50], 0] = -9999
    lines = [
        f"{x:g},{y:g},{'even' if k % 2 == 0 else 'odd'},{'test' if k >= 180 else 'train'}"
        for k, (x, y) in enumerate(points)
    ]
    (tmp_path / "weather.csv").write_text("\n".join(["temp,humidity,class,split", *lines]))
    return build_dataset(TableSpec(path=str(tmp_path / "weather.csv"), **options))


def test_of_a_table_they_are_left_out_and_said(tmp_path):
    dataset = table(tmp_path)
    whole = np.delete(np.arange(200), [3, 50])
    assert (dataset.count, dataset.held_out) == (178, 20)
    np.testing.assert_allclose(drawn(dataset), POINTS[whole], atol=1e-3)
    assert [dataset.classes[one] for one in dataset.labels] == [("even", "odd")[k % 2] for k in whole]
    (note,) = [note for note in dataset.notes if "-9999" in note]
    assert note.startswith(
        '-9999 in column 0 "temp", 2 times, is taken for a missing value, as all others are from -4.'
    )
    assert "missing=keep" in note
    assert dataset.skipped_count == 2


def test_of_a_table_they_are_kept_where_somebody_says_so(tmp_path):
    dataset = table(tmp_path, missing="keep")
    assert (dataset.count, dataset.held_out) == (180, 20)
    assert drawn(dataset)[3, 0] == pytest.approx(-9999, abs=1)
    assert not [note for note in dataset.notes if "-9999" in note]


@pytest.mark.parametrize("dtype", ["<f4", "<f8", "<i4"])
def test_of_an_array_too(tmp_path, dtype):
    points = POINTS.copy()
    points[[3, 50], 1] = -9999
    np.save(tmp_path / "a.npy", points.astype(dtype))
    left = build_dataset(ArraySpec(path=str(tmp_path / "a.npy")))
    assert left.count == 198
    assert drawn(left)[:, 1].min() >= 39
    assert "-9999 in the second column, 2 times" in left.notes[-1]
    assert [one.name for one in left.skipped] == ["row 3", "row 50"]
    kept = build_dataset(ArraySpec(path=str(tmp_path / "a.npy"), missing="keep"))
    assert kept.count == 200
