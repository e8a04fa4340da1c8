"""Which alarms held at which step of a run: they need what no later look can see again, such as samples of then."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganstudio.run import _reading
from ganstudio.run._disk import write_aside
from ganstudio.run._lock import RunError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

FILE = "alarms.json"
MOST = 200
"""Changes that are kept, the newest: those between two checkpoints are what is ever asked for."""
_MOST_WORDS = 1000


@dataclass(frozen=True)
class Alarm:
    """kind: as ``measurements.alerts.Kind`` has them. since: the step at which it began. evidence: what was seen."""

    kind: str
    since: int
    evidence: str


Alarms = tuple[tuple[Alarm, ...], ...]
"""Of each game those that hold."""


def keep(run: Path, step: int, alarms: Sequence[Sequence[Alarm]]) -> None:
    """Write down what holds from a step on; what was told of later ones is forgotten. Raises OSError."""
    try:
        before = [entry for entry in _entries(run) if entry["step"] <= step]
    except RunError:
        before = []  # it says nothing any more
    games = [[[each.kind, each.since, each.evidence] for each in own] for own in alarms]
    write_aside(run / FILE, json.dumps({"told": [*before, {"step": step, "games": games}][-MOST:]}) + "\n")


def kept(run: Path, step: int, games: int) -> Alarms | None:
    """What held at a step in each of so many games; None where that is not known, or can't be read."""
    try:
        told = [entry for entry in _entries(run) if entry["step"] <= step]
        found = tuple(tuple(_alarm(each, step) for each in own) for own in told[-1]["games"]) if told else ()
    except (RunError, ValueError, TypeError):
        return None
    return found if len(found) == games else None


def _entries(run: Path) -> list[dict[str, Any]]:
    told = (_reading.json_object(run / FILE) or {}).get("told", [])
    if not isinstance(told, list) or not all(_is_entry(entry) for entry in told):
        raise RunError(f"{run / FILE}: not a record of alarms")
    return told


def _is_entry(entry: object) -> bool:
    return isinstance(entry, dict) and type(entry.get("step")) is int and isinstance(entry.get("games"), list)


def _alarm(told: Any, step: int) -> Alarm:
    """Raises ValueError and TypeError for what is none."""
    kind, since, evidence = told
    if not (isinstance(kind, str) and type(since) is int and 0 <= since <= step and isinstance(evidence, str)):
        raise ValueError("not an alarm")
    return Alarm(kind, since, evidence[:_MOST_WORDS])
