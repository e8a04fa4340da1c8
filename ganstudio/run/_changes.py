"""What was changed by hand while a run was trained: a line of JSON for each change, in the order in which they came."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganstudio.experiment import Spec
from ganstudio.run import _reading
from ganstudio.run._disk import keep_aside, write_aside
from ganstudio.run._lock import RunError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

FILE = "changes.jsonl"
_MOST_STEPS = 10**12
_MOST_WRONG = 1000  # lines that can't be read, after which the file is given up


@dataclass(frozen=True)
class Change:
    """A live field that was changed by hand: its new value counts from ``step`` on."""

    step: int
    path: str
    value: Any


def add(run: Path, changes: Iterable[Change]) -> None:
    """Write some more down, at once: all of them or, where the disk won't, none. Raises OSError."""
    rest = memoryview(packed(changes).encode())
    with (run / FILE).open("ab", buffering=0) as file:
        before = file.seek(0, os.SEEK_END)
        try:
            while rest:
                rest = rest[file.write(rest) :]
        except OSError:
            with suppress(OSError):  # else the next line would be written behind half a one, and neither could be read
                file.truncate(before)
            raise


def read(run: Path) -> tuple[list[Change], list[str]]:
    """The changes that can be read, and what is wrong with the file, a sentence or none.

    A last line cut short by a crash is left out.
    """
    path = run / FILE
    try:
        lines = _reading.lines(path)
    except RunError as error:
        return [], [f"What was changed by hand is not known. {error}."]
    if lines is None:
        return [], []
    found, wrong = [], []
    for number, line in enumerate(lines[:-1], start=1):  # what follows the last "\n" was cut short
        try:
            found.append(_change(line))
        except ValueError:
            wrong.append(number)
            if len(wrong) == _MOST_WRONG:
                break
    if not wrong:
        return found, []
    shown = lines[wrong[0] - 1][:60].decode("utf-8", "replace")
    which = f"{path}, line {wrong[0]}: not a change: {shown!r}"
    others = f", nor are {len(wrong) - 1:,} other lines" if len(wrong) > 1 else ""
    return found, [f"Some of what was changed by hand is not known. {which}{others}."]


def mend(run: Path) -> list[str]:
    """Drop a last line that a crash cut short, so that the next one starts on a line of its own.

    A file with anything else wrong is moved aside, which a sentence says; what can be read of it is kept. Raises
    OSError.
    """
    path = run / FILE
    found, wrong = read(run)
    if path.is_symlink() and not wrong:
        wrong = [f"{path}: is a link to another file, through which nothing is written."]
    if wrong:
        kept = keep_aside(path)
        wrong = [f"{one} The damaged file is kept as {kept.name}." for one in wrong]
    if wrong or (_reading.lines(path) or [b""])[-1] != b"":
        write_aside(path, packed(found))
    return wrong


def parted(changes: Sequence[Change], step: int) -> tuple[list[Change], list[Change]]:
    """Those that led to a step, and the others. A move of one player that was made at the step leads beyond it."""
    led: list[Change] = []
    others: list[Change] = []
    for change in changes:
        leads = change.step < step or (change.step == step and change.path != "step")
        (led if leads else others).append(change)
    return led, others


def packed(changes: Iterable[Change]) -> str:
    """Changes as a file holds them."""
    return "".join(map(_line, changes))


def _line(change: Change) -> str:
    plain = change.value.model_dump() if isinstance(change.value, Spec) else change.value
    return json.dumps({"step": change.step, "path": change.path, "value": plain}) + "\n"


def _change(line: bytes) -> Change:
    """The change in a line. Raises ValueError."""
    data = _reading.plain_json(line.decode("utf-8"))
    if not (isinstance(data, dict) and data.keys() == {"step", "path", "value"}):
        raise ValueError("not a change")
    step, path = data["step"], data["path"]
    if type(step) is not int or not 0 <= step <= _MOST_STEPS or not isinstance(path, str):
        raise ValueError("not a change")
    return Change(step=step, path=path, value=data["value"])
