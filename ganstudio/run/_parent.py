"""Which run another one was branched from."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from ganstudio.run import _reading
from ganstudio.run._lock import RunError

PARENT = "parent.json"
_MOST_STEPS = 10**12


@dataclass(frozen=True)
class Parent:
    """The run that another one was branched from, and at which step. run: where it lay then."""

    run: str
    step: int

    @property
    def name(self) -> str:
        """What its folder was called."""
        return Path(self.run).name


def parent_of(run: Path) -> Parent | None:
    """What a run was branched from; None where it was not, or does not say so rightly."""
    if not os.path.lexists(run / PARENT):
        return None
    try:
        told = _reading.json_object(run / PARENT) or {}
    except RunError:
        return None
    path, step = told.get("run"), told.get("step")
    return Parent(path, step) if isinstance(path, str) and type(step) is int and 0 <= step < _MOST_STEPS else None
