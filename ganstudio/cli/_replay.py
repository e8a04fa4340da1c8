"""What was changed by hand in a run, read to be done again at the same steps in another one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, get_args

from ganstudio.cli._terminal import UsageError
from ganstudio.experiment import DeviceSpec
from ganstudio.presets import ExperimentError, is_changeable, with_setting
from ganstudio.run import Change
from ganstudio.system.files import FileFault, read_text
from ganstudio.training.messages import StepPhase

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.experiment import Experiment

THREADS = "device.threads"
_MOST_BYTES = 1 << 26


def replayed(path: Path, experiment: Experiment) -> tuple[tuple[Change, ...], int | None]:
    """The changes in a file, and with how many threads its run was computed, where that is known.

    Raises UsageError, which names the line, where one could not be made in a game of this experiment.
    """
    try:
        lines = read_text(path, _MOST_BYTES).split("\n")
    except FileFault as error:
        raise UsageError(f"--changes {error}") from None
    changes: list[Change] = []
    for number, line in enumerate(lines, start=1):
        if not line and number == len(lines):
            break
        try:
            change = _read(line)
            if changes and change.step < changes[-1].step:
                raise ValueError(f"is of step {change.step:,}, behind one of step {changes[-1].step:,}")
            experiment = _tried(change, experiment)
        except (ValueError, RecursionError) as error:
            raise UsageError(f"--changes {path}, line {number}: {error}") from None
        changes.append(change)
    return tuple(changes), _threads(path)


def _read(line: str) -> Change:
    try:
        data = json.loads(line, parse_constant=_refuse)
        step, path, value = data["step"], data["path"], data["value"]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise ValueError(f"not a change: {line[:60]!r}") from None
    if type(step) is not int or not 0 <= step < 10**12 or not isinstance(path, str):
        raise ValueError(f"not a change: {line[:60]!r}")
    return Change(step, path, value)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _tried(change: Change, experiment: Experiment) -> Experiment:
    """The experiment after a change; ValueError where that can't be made."""
    if change.path == "step":
        if change.value not in get_args(StepPhase):
            raise ValueError(f"not a move of a player: {change.value!r}")
        return experiment
    if change.path == THREADS:
        most = DeviceSpec(threads=change.value) if type(change.value) is int and change.value > 0 else None
        if most is None:
            raise ValueError(f"not a number of threads: {change.value!r}")
        return experiment
    if not is_changeable(change.path):
        raise ExperimentError(f"{change.path} can't change while a run is going")
    return with_setting(experiment, change.path, change.value)


def _threads(path: Path) -> int | None:
    """Numbers depend on the threads in their last digits: those of the run that the file lies in."""
    try:
        known = json.loads(read_text(path.with_name("environment.json"), 1 << 20))
        count = known["threads"]
        return DeviceSpec(threads=count).threads or None if type(count) is int else None
    except (ValueError, TypeError, KeyError, RecursionError):
        return None
