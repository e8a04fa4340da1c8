"""Values of settings by their dotted paths: looked up, and put into an experiment."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganstudio.experiment import Spec
from ganstudio.presets import ExperimentError, with_setting

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ganstudio.experiment import Experiment

Settings = tuple[tuple[str, object], ...]
"""Paths with their values."""


def with_all(experiment: Experiment, settings: Iterable[tuple[str, object]]) -> Experiment:
    """The experiment with these settings, one after the other. ExperimentError: one of them does not fit."""
    for path, value in settings:
        experiment = with_setting(experiment, path, value)
    return experiment


def has_all(experiment: Experiment, settings: Iterable[tuple[str, object]]) -> bool:
    """Whether an experiment has just these settings."""
    try:
        return with_all(experiment, settings) == experiment
    except ExperimentError:
        return False


def spec_at(experiment: Experiment, path: str) -> Spec:
    """The spec that holds some settings; the experiment itself where the path is empty."""
    spec: Spec = experiment
    for name in path.split(".") if path else ():
        spec = getattr(spec, name)
    return spec


def value_at(experiment: Experiment, path: str) -> Any:
    """The value of a setting; a number in the path counts the members of a list."""
    found: Any = experiment
    for name in path.split("."):
        found = found[int(name)] if name.isdecimal() else getattr(found, name)
    return found


def plain_at(experiment: Experiment, path: str) -> Any:
    """The value of a setting as a change is sent and written down: of plain values alone."""
    found = value_at(experiment, path)
    if isinstance(found, tuple):
        return [each.model_dump() if isinstance(each, Spec) else each for each in found]
    return found.model_dump() if isinstance(found, Spec) else found
