"""What the members of a group are called: by what they differ in, and nothing else."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from ganstudio.experiment import Experiment

ASIDE = ("name", "summary", "device", "measures")
"""Settings that change nothing about the game itself."""
MOST_NAMED = 2

# How people call the settings that are compared most often; {} is the value.
WORDS = {
    "seed": "seed {}",
    "objective.kind": "{}",
    "objective.generator_update": "{}",
    "schedule.discriminator_steps": "k = {}",
    "schedule.batch_size": "batch {}",
    "optimisers.generator.kind": "G {}",
    "optimisers.discriminator.kind": "D {}",
    "optimisers.generator.learning_rate": "G rate {}",
    "optimisers.discriminator.learning_rate": "D rate {}",
}


def differing_paths(experiments: Sequence[Experiment]) -> list[str]:
    """Dotted paths of the settings in which the members differ, in the form's order.

    What belongs to a kind, as its learning rate to an optimiser, is compared among members of that kind: that Adam's
    differs from SGD's goes without saying.
    """
    members = [_settings(experiment) for experiment in experiments]
    found = []
    for path in dict.fromkeys(path for member in members for path in member):
        alike: dict[tuple[Any, ...], list[Any]] = {}
        for member in members:
            if path in member:
                alike.setdefault(_kinds_above(path, member), []).append(member[path])
        if any(value != values[0] for values in alike.values() for value in values):
            found.append(path)
    return found


def _kinds_above(path: str, settings: Mapping[str, Any]) -> tuple[Any, ...]:
    """The kinds of the specs that a setting is part of, but for the setting itself."""
    parents = path.split(".")[:-1]
    tags = (".".join([*parents[:depth], "kind"]) for depth in range(1, len(parents) + 1))
    return tuple(settings.get(tag) for tag in tags if tag != path)


def member_names(experiments: Sequence[Experiment]) -> tuple[str, ...]:
    """A short name for each member, no two alike: "saturating", "k = 5", "hinge, D rate 0.0002"."""
    paths = differing_paths(experiments)
    names = []
    for experiment in experiments:
        settings = _settings(experiment)
        parts = [_words(path, settings[path]) for path in paths if path in settings]
        names.append(", ".join(parts[:MOST_NAMED]) + (", …" if len(parts) > MOST_NAMED else ""))
    if len(set(names)) < len(names) or not all(names):
        return tuple(f"{chr(ord('A') + index)}{': ' if name else ''}{name}" for index, name in enumerate(names))
    return tuple(names)


def _settings(experiment: Experiment) -> dict[str, Any]:
    plain = experiment.model_dump()
    return dict(_leaves({name: value for name, value in plain.items() if name not in ASIDE}))


def _leaves(settings: Mapping[str, Any], before: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in settings.items():
        if isinstance(value, dict):
            yield from _leaves(value, f"{before}{name}.")
        else:
            yield before + name, value


def _words(path: str, value: Any) -> str:
    if isinstance(value, str):
        value = value.replace("non_", "non-").replace("_", " ")
    elif isinstance(value, float):
        value = f"{value:g}"
    *parents, name = path.split(".")
    player = {"generator": "G ", "discriminator": "D "}.get(parents[-1] if parents else "", "")
    return WORDS.get(path, f"{player}{name.replace('_', ' ')} {{}}").format(value)
