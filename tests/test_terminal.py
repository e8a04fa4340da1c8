"""What a terminal would obey rather than show is written escaped: names of files are somebody else's."""

import re

import pytest
from PIL import Image

from ganstudio import cli
from ganstudio.cli import _terminal

BAD = "\x1b[31mred\x07\x08\x9b\u202egnp\u2028\u2066x\ufeff\x7f"
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufeff]")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("\x1b[31m", "\\x1b[31m"),
        ("two\nlines\r", "two\\nlines\\r"),
        ("a\u202eb", "a\\u202eb"),
        ("naïve 数字 \u00a0é", "naïve 数字 \u00a0é"),
        ("man\u200dwoman", "man\u200dwoman"),
        ("\udc80", "\\udc80"),
    ],
)
def test_a_text_is_shown_on_one_line(text, shown):
    assert _terminal.shown(text) == shown


@pytest.mark.parametrize("write", ["warn", "note", "progress"])
def test_what_is_said_on_the_side_is_one_line(capsys, write):
    ways = {"warn": _terminal.warn, "note": _terminal.note, "progress": _terminal.Progress(quiet=False).note}
    ways[write](f"{BAD}\nanother")
    out = capsys.readouterr().err
    assert out.count("\n") == 1
    assert not OBEYED.search(out)


def test_a_result_keeps_its_own_lines(capsys):
    _terminal.say(f"one\ntwo {BAD}")
    out = capsys.readouterr().out
    assert out.count("\n") == 2
    assert not OBEYED.search(out)


def test_the_card_of_a_folder_with_names_to_be_obeyed(tmp_path, capsys):
    """Names with line breaks too: none of them makes a line of its own."""
    name = f"{BAD}\nganstudio: all is well"
    folder = tmp_path / "data"
    for label in ("one", "two"):
        (folder / f"{label}{name}").mkdir(parents=True)
        for index in range(3):
            Image.new("L", (16, 16), 20 * index).save(folder / f"{label}{name}" / f"{index}.png")
    (folder / f"bad{name}.png").write_bytes(b"none")
    assert cli.main(["datasets", str(folder)]) == 0
    out = capsys.readouterr().out
    assert "\\x1b[31mred" in out
    assert not OBEYED.search(out)
    assert not [line for line in out.splitlines() if line.startswith("ganstudio: all is well")]
