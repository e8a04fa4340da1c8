"""Which tests are long: by how long they took, and listed as they are called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests import timing

if TYPE_CHECKING:
    import pytest


def test_every_test_that_is_listed_is_there() -> None:
    gone = [name for name in timing.listed() if not (timing.ROOT / name.partition("::")[0]).is_file()]
    files = {name.partition("::")[0] for name in timing.listed()} - {name.partition("::")[0] for name in gone}
    there = set().union(*(timing.tests_of(timing.ROOT / file) for file in files))
    assert sorted((timing.listed() - there) | set(gone)) == [], "make test-times writes the list anew"


def test_the_longest_are_long_until_the_others_fit_and_of_each_file_one_is_short() -> None:
    seconds = {"a.py::x": [9.0, 9.0], "a.py::y": [1.0, 3.0], "b.py::only": [30.0], "a.py::z": [2.5]}
    assert timing.long_of(seconds, 0.5) == ["a.py::x", "a.py::z"]
    assert timing.long_of(seconds, 0.69) == ["a.py::x"]
    assert timing.long_of(seconds, 1.0) == []


def test_results_are_read_by_test_whatever_its_parameters(tmp_path) -> None:
    cases = (
        '<testcase classname="tests.gui.test_a" name="test_b[1]" time="0.5" />',
        '<testcase classname="tests.gui.test_a" name="test_b[a::b[0]]" time="1.5" />',
    )
    results = tmp_path / "results.xml"
    results.write_text(f"<testsuites><testsuite>{''.join(cases)}</testsuite></testsuites>", encoding="utf-8")
    assert timing.seconds_of(results) == {"tests/gui/test_a.py::test_b": [0.5, 1.5]}


def test_those_listed_are_marked(request: pytest.FixtureRequest) -> None:
    for item in request.session.items:
        name = timing.without_parameters(item.nodeid)
        assert (item.get_closest_marker("long") is not None) == (name in timing.listed()), item.nodeid
