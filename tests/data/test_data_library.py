"""The datasets that were used: remembered, found again, and seen to have changed or gone."""

import json
import os

import numpy as np
import pytest

from ganstudio.data import open_path, open_paths
from ganstudio.data.card import Card
from ganstudio.data.reading import library
from ganstudio.experiment import ImagesSpec, RingSpec, TableSpec
from ganstudio.modalities import Images, Points
from tests import file_samples

PICTURE = file_samples.picture()


def card(spec, **changes):
    told = {"name": "set", "kind": "images", "verdict": "a folder", "modality": Images((3, 8, 8)), "count": 6}
    return Card(spec=spec, complete=True, **{**told, **changes})


@pytest.fixture
def folder(tmp_path):
    for name, data in file_samples.PICTURES.items():
        (tmp_path / "数据 集" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "数据 集" / name).write_bytes(data)
    return tmp_path / "数据 集"


def test_what_was_used_comes_back_newest_first(folder, tmp_path, home):
    table = tmp_path / "a.csv"
    table.write_bytes(file_samples.points_csv())
    library.remember(card(ImagesSpec(path=str(folder), size=8, classes=("a",))), PICTURE)
    library.remember(card(TableSpec(path=str(table)), name="a.csv", kind="points", modality=Points()), None)
    second, first = library.entries()
    assert (first.path, first.state, first.count, first.shape) == (folder, "here", 6, (3, 8, 8))
    assert first.spec == ImagesSpec(path=str(folder), size=8, classes=("a",))
    assert first.thumbnail.read_bytes() == PICTURE
    assert first.thumbnail.is_relative_to(home / "datasets" / "library")
    assert (second.name, second.kind, second.thumbnail) == ("a.csv", "points", None)
    assert second.used[:4].isdecimal()
    library.remember(card(ImagesSpec(path=str(folder), size=16)), None)  # again: in front, once, its picture kept
    newest, other = library.entries()
    assert (newest.spec.size, newest.thumbnail.read_bytes(), other.name) == (16, PICTURE, "a.csv")
    library.forget(folder)
    assert [one.name for one in library.entries()] == ["a.csv"]
    library.forget(folder)
    assert sorted(path.suffix for path in (home / "datasets" / "library").iterdir()) == [".json"]


def test_what_has_no_source_is_not_remembered():
    library.remember(card(RingSpec(), kind="points", modality=Points()), PICTURE)
    assert library.entries() == []


def test_sources_that_changed_or_went(folder, tmp_path):
    table = tmp_path / "a.csv"
    table.write_bytes(file_samples.points_csv())
    for spec in (ImagesSpec(path=str(folder), size=8), TableSpec(path=str(table))):
        library.remember(card(spec), None)
    facts = table.stat()
    table.write_bytes(b"1,2\n3,4\n")
    os.utime(table, ns=(facts.st_atime_ns, facts.st_mtime_ns))  # another size alone
    assert [one.state for one in library.entries()] == ["changed", "here"]
    os.utime(folder / "a", ns=(1, 1))  # another time alone
    assert [one.state for one in library.entries()] == ["changed", "changed"]
    table.unlink()
    folder.rename(tmp_path / "elsewhere")
    assert [one.state for one in library.entries()] == ["gone", "gone"]
    (tmp_path / "elsewhere").rename(folder)
    library.remember(card(ImagesSpec(path=str(folder), size=8)), None)
    assert library.entries()[0].state == "here"


def test_of_files_dropped_together_each_counts(tmp_path):
    paths = [tmp_path / f"{each}.png" for each in range(3)]
    for path in paths:
        path.write_bytes(PICTURE)
    library.remember(card(open_paths(paths)[0]), None)
    assert library.entries()[0].state == "here"
    paths[1].write_bytes(file_samples.picture(size=(12, 12)))
    assert library.entries()[0].state == "changed"
    paths[1].unlink()
    assert library.entries()[0].state == "gone"


def test_what_is_damaged_is_passed_over(folder, home):
    spec = open_path(folder)[0]
    library.remember(card(spec), PICTURE)
    place = home / "datasets" / "library"
    (good,) = place.glob("*.json")
    told = json.loads(good.read_text())
    wrong = [
        b"", b"{", b"[]", b"null", b"\xff" * 50, b"[" * 100_000,
        *(json.dumps({**told, **each}).encode() for each in (
            {"spec": {"kind": "none"}}, {"spec": None}, {"kind": "smell"}, {"order": "x"}, {"shape": 3}, {"path": 7},
            {"count": "many"}, {"shape": ["a"]},
        )),
        json.dumps({key: value for key, value in told.items() if key != "verdict"}).encode(),
    ]  # fmt: skip
    for index, data in enumerate(wrong):
        (place / f"{index}.json").write_bytes(data)
    (entry,) = library.entries()
    assert entry.spec == spec
    library.remember(card(spec), None)
    assert len(library.entries()) == 1


def test_no_more_than_so_many_are_kept(tmp_path, monkeypatch):
    monkeypatch.setattr(library, "MAX_ENTRIES", 3)
    for each in range(5):
        path = tmp_path / f"{each}.csv"
        path.write_text("1,2\n3,4\n")
        library.remember(card(TableSpec(path=str(path)), name=path.name), PICTURE)
    assert [one.name for one in library.entries()] == ["4.csv", "3.csv", "2.csv"]


def test_what_is_used_now_is_the_newest_whatever_the_clock_was_set_to(tmp_path, monkeypatch):
    monkeypatch.setattr(library, "MAX_ENTRIES", 3)
    clock = [4_000_000_000_000_000_000]  # in the year 2096
    monkeypatch.setattr(library.time, "time_ns", lambda: clock[0])
    for name in "abcde":
        (tmp_path / name).write_bytes(file_samples.points_csv())
        library.remember(card(TableSpec(path=str(tmp_path / name)), name=name), PICTURE)
        clock[0] = 1_800_000_000_000_000_000  # and back
    assert [one.name for one in library.entries()] == ["e", "d", "c"]


def test_where_nothing_can_be_written_nothing_is_said(tmp_path):
    (tmp_path / "file").write_text("no folder")
    table = tmp_path / "a.csv"
    table.write_text("1,2\n3,4\n")
    library.remember(card(TableSpec(path=str(table))), PICTURE, home=tmp_path / "file")
    assert library.entries(home=tmp_path / "file") == []
    assert np.isfinite(open_path(table)[1].modality.scale)
