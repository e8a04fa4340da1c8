"""What the games of a duel may differ in: which settings, and which values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, get_args

from ganstudio.experiment import Experiment, MinimaxSpec, OptimisersSpec, Spec, samples_of
from ganstudio.gui.text.numbers import short
from ganstudio.presets import ExperimentError, with_setting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

LEAST, MOST = 2, 4
"""Games in a duel."""


@dataclass(frozen=True)
class Option:
    """One setting that games may differ in.

    paths: the fields that get the value, all of them. choices: what can be chosen; empty: numbers are typed.
    start: the values to begin with.
    """

    title: str
    help: str
    paths: tuple[str, ...]
    start: tuple[Any, ...]
    choices: tuple[str, ...] = ()
    whole: bool = False


def options(experiment: Experiment) -> tuple[Option, ...]:
    """What games like ``experiment`` can differ in; the first is the one that a duel is opened for most."""
    found = [_update(), _objective(experiment)] if experiment.objective.updates else []
    found += [
        _count_of_d(),
        _optimiser(),
        *(_rate(experiment, player) for player in ("discriminator", "generator")),
    ]
    if not experiment.objective.updates:
        found.append(_objective(experiment))
    if "gamma" in type(experiment.objective).model_fields:
        found.append(_gamma(experiment))
    return (*found, _noise())


def current(experiment: Experiment, option: Option) -> Any:
    """The option's value now; None where its fields do not agree."""
    found = []
    for path in option.paths:
        value: Any = experiment
        for name in path.split("."):
            value = getattr(value, name)
        found.append(value)
    return found[0] if len(set(found)) == 1 else None


def with_value(experiment: Experiment, option: Option, value: Any) -> Experiment:
    """The same experiment with the option's fields at ``value``. Raises ValueError, in words, where it can't be."""
    for path in option.paths:
        try:
            experiment = with_setting(experiment, path, value)
        except ExperimentError as error:
            raise ValueError(str(error).replace(path, option.title)) from None
    return experiment


def numbers(text: str, *, whole: bool) -> tuple[float, ...]:
    """The numbers in a text, with commas, semicolons or spaces between them.

    Raises ValueError, in words, for what is no number, for a double, and for fewer than 2 or more than 4.
    """
    found: list[float] = []
    for part in re.split(r"[,;\s]+", text.strip(" ,;\t")):
        if not part:
            continue
        try:
            value = int(part) if whole else float(part)
        except ValueError:
            wanted = "a whole number, such as 5" if whole else "a number, such as 0.001 or 1e-3"
            raise ValueError(f"{part} is not {wanted}") from None
        if value in found:
            raise ValueError(f"{part} stands there twice")
        found.append(value)
    check_count(len(found))
    return tuple(found)


def check_count(count: int) -> None:
    """Raise ValueError, in words, unless so many games make a duel."""
    if not LEAST <= count <= MOST:
        raise ValueError(f"A duel has {LEAST} to {MOST} games: {count or 'none'} would be too {_too(count)}")


def _too(count: int) -> str:
    return "few" if count < LEAST else "many"


def _kinds(spec: type[Spec], name: str, fits: Callable[[Any], bool] = lambda _: True) -> tuple[str, ...]:
    """The kinds that a field with a tagged union takes, of those members that fit."""
    members = get_args(spec.model_fields[name].annotation)
    return tuple(str(member.model_fields["kind"].default) for member in members if fits(member))


def _update() -> Option:
    choices = get_args(MinimaxSpec.model_fields["generator_update"].annotation)
    help_text = "Saturating descends log(1 - D), non-saturating ascends log D, combined does both"
    return Option("Generator's update", help_text, ("objective.generator_update",), choices, choices)


def _objective(experiment: Experiment) -> Option:
    # Energies are an autoencoder's alone: they would need another D, and the games' planes show what Ds believe. Nor
    # are points enlarged, or drawn part by part.
    choices = _kinds(Experiment, "objective", lambda spec: not (spec.energies or spec.needs_small or spec.needs_dice))
    others = [kind for kind in choices if kind != experiment.objective.kind]
    start = (experiment.objective.kind, *others[:2])
    help_text = "What D and G minimise; each with the defaults of its kind, but for the one in use"
    return Option("Objective", help_text, ("objective.kind",), start, choices)


def _count_of_d() -> Option:
    help_text = "k: how many updates D makes for each of G"
    return Option("D steps (k)", help_text, ("schedule.discriminator_steps",), (1, 2, 5), whole=True)


def _optimiser() -> Option:
    choices = _kinds(OptimisersSpec, "generator")
    paths = ("optimisers.generator.kind", "optimisers.discriminator.kind")
    help_text = "How both players descend; each with the defaults of its kind, but for the one in use"
    return Option("Optimiser", help_text, paths, choices, choices)


def _rate(experiment: Experiment, player: str) -> Option:
    letter = player[0].upper()
    now = getattr(experiment.optimisers, player).learning_rate
    path = f"optimisers.{player}.learning_rate"
    start = (now / 2, now, now * 2)
    return Option(f"{letter}'s learning rate", f"Step size of {letter}", (path,), start)


def _gamma(experiment: Experiment) -> Option:
    without = type(experiment.objective).model_fields["gamma"].default == 0
    start = (0.0, 0.02, 0.1) if without else (0.002, 0.02, 0.2)
    help_text = "Weight of the penalty on D's slope"
    return Option("Gamma (γ)", help_text, ("objective.gamma",), start)


def _noise() -> Option:
    help_text = "Standard deviation at first of the noise added to all that D sees"
    return Option("Instance noise", help_text, ("schedule.instance_noise",), (0.0, 0.1, 0.3))


def texts(values: Sequence[float]) -> str:
    """Numbers as they are typed: 0.0005, 0.001, 0.002."""
    return ", ".join(map(short, values))


def on_plane(experiment: Experiment) -> bool:
    """Whether its data may be points of the plane, as far as that is known before they are read."""
    return samples_of(experiment.dataset) in ("points", None)


WHY_NOT: Mapping[str, str] = {
    "samples": "Games side by side are for points of the plane: choose one of the presets on the plane first",
    "networks": "A seed band computes all seeds at once, which works for fully connected networks (MLP) only",
}
