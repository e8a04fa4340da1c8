"""The images at the ends of a code, and the file that keeps what was measured."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.measurements.extremes import extremes
from ganstudio.measurements.record import Record, RecordError


def test_a_continuous_code_has_two_ends() -> None:
    said = np.array([0.3, -1.5, 2.0, 0.1, -0.2], np.float32)
    low, high = extremes(said, 2)
    assert (low.end, low.indices.tolist()) == ("lowest", [1, 4])
    assert (high.end, high.indices.tolist()) == ("highest", [2, 0])
    np.testing.assert_array_equal(high.readings, said[[2, 0]])


def test_each_value_has_the_images_that_are_surest_of_it() -> None:
    said = np.array([[0.9, 0.1, 0], [0.6, 0.4, 0], [0.2, 0.8, 0], [0.99, 0.01, 0]], np.float32)
    found = extremes(said, 2)
    assert [one.end for one in found] == ["0", "1", "2"]
    assert [one.indices.tolist() for one in found] == [[3, 0], [2], []]
    assert found[0].readings.tolist() == pytest.approx([0.99, 0.9])


def test_more_are_wanted_than_there_are() -> None:
    low, high = extremes(np.array([1.0, 2.0], np.float32), 9)
    assert (low.indices.tolist(), high.indices.tolist()) == ([0, 1], [1, 0])


def test_a_record_comes_back_as_it_was(tmp_path) -> None:
    pictures = {"nearest": np.arange(2 * 3 * 4 * 4, dtype=np.uint8).reshape(2, 3, 4, 4, 1)}
    Record({"step": 3, "name": "ä", "none": None}, pictures).save(tmp_path / "m.npz")
    found = Record.load(tmp_path / "m.npz")
    assert found.figures == {"step": 3, "name": "ä", "none": None}
    np.testing.assert_array_equal(found.pictures["nearest"], pictures["nearest"])
    assert [path.name for path in tmp_path.iterdir()] == ["m.npz"]


def test_other_files_are_refused_in_words(tmp_path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], dtype=object))
    (tmp_path / "b.npz").write_bytes(b"PK\x03\x04 broken")
    np.savez(tmp_path / "c.npz", other=np.zeros(3))
    for path in (*tmp_path.iterdir(), tmp_path / "none.npz"):
        with pytest.raises(RecordError, match=f"{path.name}: not a file of measures"):
            Record.load(path)
    with pytest.raises(RecordError, match="cannot be written"):
        Record({}).save(tmp_path / "nowhere" / "m.npz")
