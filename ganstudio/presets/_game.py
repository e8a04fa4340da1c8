"""Whether the players and what they minimise go together, which no single setting can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.experiment import LowResolutionSpec
from ganstudio.presets._errors import ExperimentError

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment


AUTOENCODERS = frozenset({"autoencoder", "conv_autoencoder"})
"""Kinds of discriminators whose outputs are energies, and what the energy objective needs."""


def check_game(experiment: Experiment) -> None:
    """Raise ExperimentError unless D's output is what the objective takes it for, and it can be told what it is to be.

    Not a validator of the spec: where settings are changed one at a time, such a pair differs for a moment.
    """
    if experiment.arrangement.makes_given:
        _check_arranged(experiment)
        return
    objective, network = experiment.objective.kind, experiment.discriminator.kind
    if experiment.objective.energies and network not in AUTOENCODERS:
        raise ExperimentError(
            f"discriminator.kind: found '{network}', but the {objective} objective needs 'autoencoder' or "
            "'conv_autoencoder', whose reconstruction error is the energy"
        )
    if not experiment.objective.energies and network in AUTOENCODERS:
        raise ExperimentError(
            f"objective.kind: found '{objective}', but with an autoencoder as D it must be 'energy': an autoencoder "
            "gives energies and no logits"
        )
    if experiment.objective.needs_small and not isinstance(experiment.given, LowResolutionSpec):
        raise ExperimentError(
            f"objective.kind: found '{objective}', which holds G's samples to the smaller images that it is given, but "
            f"given.kind is '{experiment.given.kind}': set that to 'low_resolution', or choose another objective"
        )
    if experiment.objective.needs_prefixes and not getattr(experiment.discriminator, "judges_prefixes", False):
        raise ExperimentError(
            f"discriminator.kind: found '{network}', but with objective.credit = 'prefix' D gives each word its part "
            "of the reward and must be 'prefix'; or set objective.credit to 'rollouts', which any D will do for"
        )
    if not experiment.latent.dimensions and not experiment.given.gives:
        raise ExperimentError(
            "latent.dimensions: found 0, but G is given nothing that it could make samples of: set it to 1 or more, or "
            "choose something to give G (given.kind)"
        )
    _check_what_is_told(experiment)


def _check_what_is_told(experiment: Experiment) -> None:
    told, packing = experiment.conditioning.labels, packing_of(experiment)
    if told != "off" and experiment.discriminator.kind in AUTOENCODERS:
        raise ExperimentError(
            f"conditioning.labels: found '{told}', which adds to D's logit, but an autoencoder as D has energies: set "
            "it to 'off', or take another discriminator and objective"
        )
    if told != "off" and packing > 1:
        raise ExperimentError(
            f"discriminator.packing: found {packing}, but with conditioning.labels = '{told}' D is told the class of "
            "each sample, and a pack has several: set one of them back, packing to 1 or labels to 'off'"
        )
    if experiment.latent.codes and experiment.given.judged:
        raise ExperimentError(
            "given.judged: found true, but Q reads the codes of samples alone off D's features: set it to false, or "
            "remove latent.codes"
        )
    if experiment.latent.codes and packing > 1:
        raise ExperimentError(
            f"discriminator.packing: found {packing}, but Q reads the codes of single samples off D's features, which "
            "are then of packs: set packing to 1, or remove latent.codes"
        )


def _check_arranged(experiment: Experiment) -> None:
    """Where other games make what G is given: that something is given, and that each of them can be played."""
    kind = experiment.arrangement.kind
    if not experiment.given.gives:
        raise ExperimentError(
            f"arrangement.kind: found '{kind}', in which a first generator makes what G is "
            "given, but given.kind is 'nothing': choose what is given, or set arrangement.kind to 'single'"
        )
    if kind == "pyramid":
        _check_pyramid(experiment)
    if joint := getattr(experiment.arrangement, "joint", 0.0):
        _check_joint(experiment, joint)
    for name, game in experiment.games.items():
        try:
            check_game(game)
        except ExperimentError as error:
            at = "arrangement." if name in experiment.arrangement.own else ""
            raise ExperimentError(f"{at}{error}") from None


def _check_joint(experiment: Experiment, joint: float) -> None:
    """Where the second G is given what the first makes, raise ExperimentError unless no real sample is asked of it."""
    told, at = experiment.conditioning.labels, f"arrangement.joint: found {joint:g}, but"
    if told != "off":
        raise ExperimentError(
            f"{at} with conditioning.labels = '{told}' D is told the class of each "
            "sample, and what the first G makes is of none: set one of them back, joint to 0 or labels to 'off'"
        )
    none = "and what the second G makes of samples of the first has no original"
    for index, stage in enumerate(experiment.stages):
        if stage.compares:
            raise ExperimentError(
                f"{at} with the stage '{stage.kind}' (stages.{index}) G is held to the original, {none}: set joint to "
                "0, or remove the stage"
            )
    if experiment.objective.needs_small:
        raise ExperimentError(
            f"{at} objective.kind = '{experiment.objective.kind}' holds G to the original, {none}: set joint to 0, or "
            "choose another objective"
        )


def _check_pyramid(experiment: Experiment) -> None:
    """Raise ExperimentError where the levels would be given or told anything but the coarser image."""
    given, told = experiment.given, experiment.conditioning.labels
    codes, stages = len(experiment.latent.codes), len(experiment.stages)
    changed = any(experiment.augmentation.model_dump().values())
    checks: tuple[tuple[str, object, bool, str], ...] = (
        (
            "given.kind",
            given.kind,
            given.kind != "level",
            "each level is given one of half the sides: set it to 'level'",
        ),
        ("given.judged", "false", not given.judged, "D must see what was added to the coarser image: set it to true"),
        (
            "latent.codes",
            codes,
            codes > 0,
            "Q can't read codes of images that planes of noise are made into: remove them",
        ),
        ("conditioning.labels", told, told != "off", "its levels are told no classes: set it to 'off'"),
        ("stages", stages, stages > 0, "its games are played from the first step on: remove them"),
        ("augmentation", "some", changed, "a changed image no longer fits the coarser one: set its strengths to 0"),
    )
    for path, found, wrong, why in checks:
        if wrong:
            raise ExperimentError(f"{path}: found {found!r}, but the arrangement is a pyramid, and {why}")


def packing_of(experiment: Experiment) -> int:
    """How many samples D judges as one."""
    packing: int = getattr(experiment.discriminator, "packing", 1)
    return packing


def judged(experiment: Experiment) -> str:
    """What D judges where it is more than a sample, such as ``packs of 2 samples``; nothing where it is no more.

    Then V bounds the Jensen-Shannon divergence of these, which is never below that of the samples alone: leaving a part
    out loses information.
    """
    if (packing := packing_of(experiment)) > 1:
        return f"packs of {packing} samples"
    return "pairs of a sample and its class" if experiment.conditioning.labels != "off" else ""
