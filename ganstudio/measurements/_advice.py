"""What to try when a game goes wrong, in the words of the settings and with the values that they have."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ganstudio.experiment import Experiment


def advice(kind: str, experiment: Experiment) -> str:
    """Up to three things to try against an alert of this kind, the most promising first."""
    ways = [way for way in _WAYS[kind](experiment) if way][:3]
    lead = "Nothing recovers from it: start over with" if kind == "not_finite" else "Try"
    return f"{lead} {', or '.join(ways)}."


def _not_finite(experiment: Experiment) -> list[str]:
    return [
        _rate(experiment, "discriminator", 0.3),
        _rate(experiment, "generator", 0.3),
    ]


def _perfect(experiment: Experiment) -> list[str]:
    return [
        _noise(experiment),
        _penalty(experiment),
        _moves(experiment, max(1, experiment.schedule.discriminator_steps // 2)),
        _rate(experiment, "discriminator", 0.3),
    ]


def _vanishing(experiment: Experiment) -> list[str]:
    return [_update(experiment), *_perfect(experiment)]


def _constant(experiment: Experiment) -> list[str]:
    return [
        _activation(experiment),
        _rate(experiment, "discriminator", 0.3),
        _wider(experiment),
        "another seed",
    ]


def _collapse(experiment: Experiment) -> list[str]:
    return [
        _noise(experiment),
        _penalty(experiment),
        _relativistic(experiment),
        _moves(experiment, experiment.schedule.discriminator_steps + 1),
    ]


def _oscillation(experiment: Experiment) -> list[str]:
    return [
        _penalty(experiment),
        _rate(experiment, "generator", 0.3),
        _momentum(experiment),
        _noise(experiment),
    ]


_WAYS: Mapping[str, Callable[[Experiment], list[str]]] = {
    "not_finite": _not_finite,
    "perfect_discriminator": _perfect,
    "vanishing_gradient": _vanishing,
    "constant_discriminator": _constant,
    "mode_collapse": _collapse,
    "oscillation": _oscillation,
}


# --- single settings; empty where one is as it should be --------------------------------------------------------------


def _noise(experiment: Experiment) -> str:
    now = experiment.schedule.instance_noise
    return f"instance noise of {max(0.3, 2 * now):g} instead of {now:g}" if now < 1 else ""


def _penalty(experiment: Experiment) -> str:
    objective = experiment.objective
    now = getattr(objective, "gamma", None)
    if now is None or _has_batch_statistics(experiment):  # a slope across a batch is no slope of D
        return ""
    return f"a penalty on D's slope (gamma {max(0.02, 5 * now):g} instead of {now:g})"


def _update(experiment: Experiment) -> str:
    objective = experiment.objective
    saturates = getattr(objective, "generator_update", "") == "saturating"
    return "the non-saturating update of G instead of the saturating one" if saturates else ""


def _relativistic(experiment: Experiment) -> str:
    fits = experiment.objective.classifies and not _has_batch_statistics(experiment)
    return "the relativistic objective" if fits else ""


def _has_batch_statistics(experiment: Experiment) -> bool:
    return getattr(experiment.discriminator, "normalisation", "none") == "batch"


def _moves(experiment: Experiment, wanted: int) -> str:
    now = experiment.schedule.discriminator_steps
    return f"{wanted} instead of {now} D steps (k) for each of G" if wanted != now else ""


def _rate(experiment: Experiment, player: str, factor: float) -> str:
    now = getattr(experiment.optimisers, player).learning_rate
    wanted = f"{factor * now:.1g}".replace("e-0", "e-")
    return f"a learning rate of {wanted} instead of {now:g} for {player[0].upper()}"


def _momentum(experiment: Experiment) -> str:
    players = (experiment.optimisers.generator, experiment.optimisers.discriminator)
    now = max(getattr(player, "beta1", 0.0) for player in players)
    return f"beta 1 of 0.5 instead of {now:g}" if now > 0.5 else ""


def _activation(experiment: Experiment) -> str:
    now = getattr(experiment.discriminator, "activation", None)
    return "leaky ReLU in D: with ReLU all of its units can die" if now == "relu" else ""


def _wider(experiment: Experiment) -> str:
    now = getattr(experiment.discriminator, "width", None)
    return f"a wider D ({2 * now} instead of {now})" if now else ""
