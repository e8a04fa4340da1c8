"""A verb of the command line in a process beside the window: its lines, its result, and why there is none."""

import sys

import pytest
from PySide6.QtCore import QObject

from ganstudio.gui.parts.beside import Beside
from ganstudio.system import programs


@pytest.fixture
def beside(monkeypatch):
    """A process whose first word is a script, run in place of the program."""
    monkeypatch.setattr(programs, "program", lambda script, *words: (sys.executable, "-c", script, *words))
    owner = QObject()
    yield Beside(owner)
    owner.deleteLater()


def number(printed: str) -> int:
    return int(printed)


def test_progress_is_told_a_line_each_and_the_result_is_made_of_what_is_printed(qtbot, beside):
    lines = []
    beside.told.connect(lines.append)
    script = "import sys; sys.stderr.write('one\\n\\ntwo\\rthree\\n'); print(' 7 ')"
    with qtbot.waitSignal(beside.done, timeout=60_000) as done:
        beside.carry_out(script, result=number)
        assert beside.running
    assert (lines, done.args, beside.running) == (["one", "two", "three"], [7], False)


HALVES = """
import sys, time
sys.stderr.write("half way\\nganstudio: what was asked ")
sys.stderr.flush()
time.sleep(0.3)
sys.stderr.write("for is no run\\n")
sys.exit(2)
"""


@pytest.mark.parametrize(
    ("script", "why"),
    [
        (HALVES, "what was asked for is no run"),
        ("import sys; sys.stderr.write('ganstudio: no line ends here'); sys.exit(2)", "no line ends here"),
        ("raise SystemExit(3)", "it ended unexpectedly (exit code 3)"),
        ("print('seven')", "invalid literal for int() with base 10: 'seven'"),
    ],
    ids=["in two halves", "without an end", "without a word", "no result"],
)
def test_a_failure_is_told_whole_and_once(qtbot, beside, script, why):
    lines, results = [], []
    beside.told.connect(lines.append)
    beside.done.connect(results.append)
    with qtbot.waitSignal(beside.failed, timeout=60_000) as failed:
        beside.carry_out(script, result=number)
    assert (failed.args, results, beside.running) == ([why], [], False)
    assert not any(line.startswith("ganstudio") for line in lines)


def test_what_begins_ends_what_went_on(qtbot, beside):
    results = []
    beside.done.connect(results.append)
    beside.carry_out("import time; time.sleep(60)", result=number)
    with qtbot.waitSignal(beside.done, timeout=60_000):
        beside.carry_out("print(2)", result=number)
    assert results == [2]
