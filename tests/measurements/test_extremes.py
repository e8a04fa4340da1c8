"""The images at the ends of a code, and the file that keeps what was measured."""

from __future__ import annotations

import io
import zipfile

import numpy as np
import pytest

from ganstudio.measurements import record
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


def _packed(path, entries) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in entries.items():
            file.writestr(f"{name}.npy", content)


def _npy(shape, content=b"", dtype="|u1") -> bytes:
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": dtype, "fortran_order": False, "shape": shape})
    return header.getvalue() + content


FIGURES = {"figures": _npy((2,), b"{}")}


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"nearest": _npy((3, 1 << 20, 1 << 10, 1 << 10, 3))}, "its header tells of 9,895,604,649,984 bytes, and 0"),
        ({"nearest": _npy((1, 1, 1, 2, 2), b"abc")}, "its header tells of 4 bytes, and 3 are there"),
        ({"nearest": _npy((-1, 1, 1, 1, -2), b"ab")}, "its header tells of"),
        ({"nearest": _npy((1, 1, 1, 1, 1), b"0" * 8, "<f8")}, "neither figures nor pictures"),
        ({"nearest": _npy((1,), b"", "|O")}, "neither figures nor pictures"),
        ({"nearest": b"no array"}, "magic"),
        ({"nearest": _npy((2, 2), b"abcd")}, "neither figures nor pictures"),
        ({f"{place}": b"" for place in range(1001)}, "it holds 1,002 arrays"),
        ({"figures": _npy((2,), b"[]")}, "its figures have no names"),
        ({"figures": _npy((100_000,), b"[" * 100_000)}, "nested too deep"),
    ],
)
def test_a_file_that_lies_is_refused_before_memory_is_taken_for_it(tmp_path, entries, words) -> None:
    _packed(tmp_path / "m.npz", FIGURES | entries)
    with pytest.raises(RecordError, match=f"m.npz: not a file of measures: .*{words}"):
        Record.load(tmp_path / "m.npz")


def test_what_would_fill_the_memory_is_not_unpacked(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(record, "MOST_BYTES", 10_000)
    _packed(tmp_path / "m.npz", FIGURES | {"nearest": _npy((1, 1, 1, 1, 20_000), bytes(20_000))})
    with pytest.raises(RecordError, match=r"m\.npz: not a file of measures: it unpacks to 20,\d+ bytes"):
        Record.load(tmp_path / "m.npz")
    (tmp_path / "m.npz").write_bytes(bytes(20_000))
    with pytest.raises(RecordError, match=r"m\.npz: not a file of measures: too large: 20,000 bytes"):
        Record.load(tmp_path / "m.npz")


def test_other_files_are_refused_in_words(tmp_path) -> None:
    np.save(tmp_path / "a.npy", np.array([{"a": 1}], dtype=object))
    (tmp_path / "b.npz").write_bytes(b"PK\x03\x04 broken")
    np.savez(tmp_path / "c.npz", other=np.zeros(3))
    for path in (*tmp_path.iterdir(), tmp_path / "none.npz"):
        with pytest.raises(RecordError, match=f"{path.name}: not a file of measures"):
            Record.load(path)
    with pytest.raises(RecordError, match="cannot be written"):
        Record({}).save(tmp_path / "nowhere" / "m.npz")
