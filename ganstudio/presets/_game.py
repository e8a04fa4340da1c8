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
    if not experiment.latent.dimensions and not experiment.given.gives:
        raise ExperimentError(
            "latent.dimensions: found 0, but G is given nothing that it could make samples of: set it to 1 or more, or "
            "choose something to give G (given.kind)"
        )
    _check_what_is_told(experiment)
    _check_chain(experiment)


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


def _check_chain(experiment: Experiment) -> None:
    """Where other games make what G is given: that something is given, and that they can be played."""
    if not experiment.arrangement.makes_given:
        return
    if not experiment.given.gives:
        raise ExperimentError(
            f"arrangement.kind: found '{experiment.arrangement.kind}', in which a first generator makes what G is "
            "given, but given.kind is 'nothing': choose what is given, or set arrangement.kind to 'single'"
        )
    for name, game in experiment.games.items():
        if name:
            try:
                check_game(game)
            except ExperimentError as error:
                raise ExperimentError(f"arrangement.{error}") from None


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
