"""Experiments in files: the shipped presets, somebody's own, and the one that a run was made from."""

from __future__ import annotations

import math
import os
import re
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import tomli_w
from pydantic import ValidationError

from ganstudio.experiment import Experiment
from ganstudio.presets import _errors, _toml
from ganstudio.presets._errors import ExperimentError
from ganstudio.resources import resource
from ganstudio.system.files import FileFault, read_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_Tables = TypeVar("_Tables")
_PLACE = re.compile(r"^# place: (\d+)$", re.MULTILINE)
"""How a preset's file says where it stands in the list, which goes from the easiest to the hardest to learn."""


def loads(text: str, source: str = "experiment") -> Experiment:
    """The experiment that a TOML text describes.

    Raises ExperimentError, which begins with ``source``.
    """
    try:
        data = _toml.parsed(text)
    except ValueError as error:
        raise ExperimentError(f"{source}: {error}") from None
    return validated(data, source)


def validated(data: dict[str, Any], source: str = "") -> Experiment:
    """The experiment that plain data describes.

    Raises ExperimentError, which begins with ``source`` if there is one.
    """
    try:
        return Experiment.model_validate(data)
    except ValidationError as error:
        raise _errors.from_validation(error, source, data) from None


def load_experiment(path: Path | str) -> Experiment:
    """The experiment in a TOML file; a relative path to its data is taken from the file's folder.

    Raises ExperimentError when the file can't be read or says something wrong.
    """
    path = Path(path)
    return anchored(validated(read_table(path), str(path)), path.parent)


def read_table(path: Path) -> dict[str, Any]:
    """The plain tables of a TOML file, whatever they say. Raises ExperimentError, which begins with the path."""
    return _read(path, _toml.parsed)


def skim_table(path: Path) -> Mapping[str, Any]:
    """As ``read_table``, for who looks at many files and changes nothing of what they say."""
    return _read(path, _toml.skimmed)


def _read(path: Path, parse: Callable[[str], _Tables]) -> _Tables:
    try:
        return parse(read_text(path, _toml.MOST_BYTES))
    except FileFault as error:
        raise ExperimentError(str(error)) from None
    except ValueError as error:
        raise ExperimentError(f"{path}: {error}") from None


def anchored(experiment: Experiment, folder: Path) -> Experiment:
    """The same experiment with the path to its data made absolute, a relative one starting at ``folder``.

    Raises ExperimentError where it can't be a path.
    """
    given = getattr(experiment.dataset, "path", None)
    if given is None:
        return experiment
    try:
        absolute = str((folder / Path(given).expanduser()).resolve())
    except (OSError, ValueError, RuntimeError) as error:  # a home that nobody has, a NUL, links in a circle
        raise ExperimentError(f"dataset.path: found {_errors.shown(given)}, which is no path here: {error}") from None
    return experiment.model_copy(update={"dataset": experiment.dataset.model_copy(update={"path": absolute})})


def dumps(experiment: Experiment) -> str:
    """TOML with every setting, the defaults too, so that a later change of a default doesn't change an old run.

    A relative path to the data, in memory relative to the working folder, is written absolute.
    """
    return tomli_w.dumps(anchored(experiment, Path.cwd()).model_dump(exclude_none=True))


def preset_names() -> list[str]:
    """Names of the shipped presets, by the place that each file gives; those without one follow by name."""
    return list(_in_order())


@cache
def _in_order() -> tuple[str, ...]:
    return tuple(sorted((path.stem for path in resource("presets").glob("*.toml")), key=_place))


def _place(name: str) -> tuple[float, str]:
    found = _PLACE.search(resource("presets", f"{name}.toml").read_text(encoding="utf-8"))
    return (int(found[1]) if found else math.inf), name


def preset_file(name: str) -> Path:
    """The TOML file of a shipped preset.

    Raises ExperimentError, which names the presets there are.
    """
    names = preset_names()
    if name not in names:
        hint = _errors.suggestion(name, names)
        raise ExperimentError(f"{name}: no such preset{hint}, allowed: {', '.join(names)}")
    return resource("presets", f"{name}.toml")


@cache
def load_preset(name: str) -> Experiment:
    """A shipped preset, read once: its file is as the program's own. Raises ExperimentError as ``preset_file``."""
    return load_experiment(preset_file(name))


def find_experiment(text: str) -> Experiment:
    """The experiment that somebody means: a preset's name, a TOML file, or a run's folder.

    Raises ExperimentError.
    """
    names = preset_names()
    path = Path(text).expanduser()
    if text in names:
        return load_preset(text)
    if path.is_dir():
        if os.path.lexists(path / "group.toml"):
            raise ExperimentError(f"{text}: holds several games side by side, expected one; --resume goes on with them")
        if not os.path.lexists(path / "experiment.toml"):
            raise ExperimentError(f"{text}: a folder without experiment.toml, expected a preset, a TOML file or a run")
        return load_experiment(path / "experiment.toml")
    if path.exists():
        return load_experiment(path)
    hint = _errors.suggestion(text, names)
    raise ExperimentError(f"{text}: neither a preset nor a file{hint}, presets: {', '.join(names)}")
