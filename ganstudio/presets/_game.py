"""Whether the players and what they minimise go together, which no single setting can say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.presets._errors import ExperimentError

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment


AUTOENCODERS = frozenset({"autoencoder", "conv_autoencoder"})
"""Kinds of discriminators whose outputs are energies, and what the energy objective needs."""


def check_game(experiment: Experiment) -> None:
    """Raise ExperimentError unless D's output is what the objective takes it for.

    Not a validator of the spec: where settings are changed one at a time, such a pair differs for a moment.
    """
    objective, network = experiment.objective.kind, experiment.discriminator.kind
    if objective == "energy" and network not in AUTOENCODERS:
        raise ExperimentError(
            f"discriminator.kind: found '{network}', but the energy objective needs 'autoencoder' or "
            "'conv_autoencoder', whose reconstruction error is the energy"
        )
    if objective != "energy" and network in AUTOENCODERS:
        raise ExperimentError(
            f"objective.kind: found '{objective}', but with an autoencoder as D it must be 'energy': an autoencoder "
            "gives energies and no logits"
        )
