"""Several games with one clock: what a duel and a seed band have in common, and which games may be in one.

Legend for names of tensors: m members, n samples.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from ganstudio.experiment import MLPDiscriminatorSpec
from ganstudio.modalities import Points
from ganstudio.networks.mlp import MLPDiscriminator, MLPGenerator
from ganstudio.objectives import build_objective
from ganstudio.presets import ExperimentError, check_game, packing_of, with_setting
from ganstudio.scalars import PLAYERS
from ganstudio.training.step.games import MOST_IN_A_DUEL, Games

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    import numpy as np
    import numpy.typing as npt
    from torch import Tensor, nn

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment, Spec
    from ganstudio.networks import Inputs
    from ganstudio.training.messages import StartGroup, StepPhase
    from ganstudio.training.step.games import Kept
    from ganstudio.training.step.trainer import Trainer

MOST_SEEDS = 64


class Group(Games, Protocol):
    """Games that are stepped together. fixed_inputs: what every member is shown with."""

    fixed_inputs: Inputs

    def step(self, phase: StepPhase = "both") -> None:
        """One step of every member."""
        ...

    def adjust(self, experiments: Sequence[Experiment]) -> None:
        """Take over the live settings of ``experiments``, one a member, from the next step on.

        Raises ValueError, with nothing changed in any member, where one of them can't take its own.
        """
        ...

    def drain(self) -> npt.NDArray[np.float64]:
        """The scalars of every step since the last call: for each member rows as a Trainer's, (m, n, 2 + 7)."""
        ...

    def made_by(self, generators: nn.Module, inputs: Inputs) -> Tensor:
        """What a copy of ``generators`` makes of the same inputs, (m, n, 2) in model units."""
        ...

    def of_member(self, generators: nn.Module, index: int) -> nn.Module:
        """A member's own G out of a copy of ``generators``."""
        ...

    def judge(self, points: Tensor) -> Tensor:
        """Each D's logits (m, k) for points (k, 2) in model units."""
        ...

    def parts(self) -> list[AbstractContextManager[Kept]]:
        """What a checkpoint holds apart, each to be saved or loaded within its context."""
        ...

    def member(self, index: int) -> AbstractContextManager[Trainer]:
        """A trainer that stands where the member does, random streams and all, to be saved; not to be stepped."""
        ...


def members_of(start: StartGroup) -> tuple[Experiment, ...]:
    """The experiments that the members train, or ValueError that says why there can be no such group."""
    experiments = start.experiments
    if any(experiment.latent.codes for experiment in experiments):
        raise ValueError("latent.codes: several games at once are trained without codes, found some; remove them first")
    if any(experiment.conditioning.labels != "off" for experiment in experiments):
        raise ValueError("conditioning.labels: several games at once are trained without classes: set it to 'off'")
    if any(experiment.stages or experiment.arrangement.makes_given for experiment in experiments):
        raise ValueError(
            "stages: several games at once are played from the first step on, one of each: remove the stages, and set "
            "arrangement.kind to 'single'"
        )
    if any(experiment.given.gives for experiment in experiments):
        raise ValueError("given.kind: several games at once make samples of latents alone: set it to 'nothing'")
    if (packed := max(map(packing_of, experiments))) > 1:
        raise ValueError(
            f"discriminator.packing: found {packed}, but several games at once are shown what D says of single points: "
            "set it to 1"
        )
    if start.seeds:
        if len(experiments) != 1:
            raise ValueError(f"a seed band trains one experiment, found {len(experiments)}")
        if not 1 <= start.seeds <= MOST_SEEDS:
            raise ValueError(f"a seed band has 1 to {MOST_SEEDS} seeds, found {start.seeds}")
        seeds = range(experiments[0].seed, experiments[0].seed + start.seeds)
        return tuple(with_setting(experiments[0], "seed", seed) for seed in seeds)
    if not 2 <= len(experiments) <= MOST_IN_A_DUEL:
        raise ValueError(f"a duel has 2 to {MOST_IN_A_DUEL} experiments, found {len(experiments)}")
    for name in ("dataset", "seed", "latent"):
        if any(getattr(experiment, name) != getattr(experiments[0], name) for experiment in experiments):
            raise ValueError(f"{name}: the members of a duel differ in it, but must share dataset, seed and latent")
    for experiment in experiments:
        check_game(experiment)
        if experiment.objective.energies:
            raise ValueError("objective.kind: a duel compares what Ds believe, so that none may give energies")
    return experiments


def with_setting_in_all(experiments: Sequence[Experiment], path: str, value: object) -> list[Experiment]:
    """The members' experiments with a setting changed in all that have it; ExperimentError where none takes it."""
    changed, refused = [], None
    for experiment in experiments:
        try:
            other = with_setting(experiment, path, value)
            check_game(other)
        except ExperimentError as error:
            other, refused = experiment, error
        changed.append(other)
    if refused is not None and changed == list(experiments):
        raise refused
    return changed


def check_plane(dataset: Dataset) -> None:
    """ValueError unless the data are points of the plane, which is all that a group is shown on."""
    if not isinstance(dataset.modality, Points):
        raise ValueError(
            f'"{dataset.name}" holds {dataset.modality.words.many}; several games at once need points of the plane'
        )


def check_stackable(trainers: Sequence[Trainer]) -> None:
    """ValueError unless both players are perceptrons, whose weights can be stacked."""
    trainer = trainers[0]
    for player, network, family in (
        ("generator", trainer.generator, MLPGenerator),
        ("discriminator", trainer.discriminator, MLPDiscriminator),
    ):
        if not isinstance(network, family):
            kind = getattr(trainer.experiment, player).kind
            raise ValueError(f"{player}.kind: a seed band needs 'mlp', found '{kind}'")
    discriminator = trainer.experiment.discriminator
    assert isinstance(discriminator, MLPDiscriminatorSpec)
    if discriminator.normalisation != "none" or discriminator.minibatch_deviation:
        raise ValueError(
            "discriminator: a seed band computes all networks as one, which it can't where D is spectrally normalised "
            "or sees the minibatch's deviation: set normalisation to 'none' and minibatch_deviation to false"
        )


def check_separable(spec: Spec) -> None:
    """ValueError unless all terms of an objective are means over single samples or pairs."""
    game = build_objective(spec)
    if not all(term.separable for player in PLAYERS for term in game.terms(player)):
        raise ValueError(
            f"objective.kind: found '{getattr(spec, 'kind', '')}', whose loss is no mean over single samples or pairs, "
            "but a seed band computes all seeds' minibatches as one: choose another objective, or train one seed at a "
            "time"
        )
