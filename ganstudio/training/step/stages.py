"""Stages of a game: which moves its steps are made of, and for how many steps.

Which stage a step belongs to follows from its number, so that a run goes on in the stage where it stopped.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import accumulate
from typing import TYPE_CHECKING, Any

from ganstudio.experiment import (
    AdversarialStageSpec,
    ContentStageSpec,
    FeaturesStageSpec,
    JudgeStageSpec,
    LikelihoodStageSpec,
    NormalsStageSpec,
    ReaderBase,
    ReaderStageSpec,
    Spec,
)
from ganstudio.objectives import BUILDERS, build_objective
from ganstudio.objectives.before import agreement, content, likelihood, reading
from ganstudio.training.step.moves import Move, Weighted, moves_of
from ganstudio.training.step.schedules import of_game

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.data import Sampler
    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import StepPhase
    from ganstudio.training.step.trainer import Trainer

Moves = tuple[Move, ...]


@dataclass(frozen=True)
class Stage:
    """What the steps after ``first`` of them are made of, up to ``end``. end: None: until the training ends.

    kind: as in the settings. keeps: whether G is kept as the stage leaves it.
    """

    kind: str
    first: int
    end: int | None
    moves: Moves
    keeps: bool = False

    def gone(self, step: int) -> float:
        """Which share of it is over after ``step`` steps in all; 0 where it has no end."""
        return 0.0 if self.end is None else (step - self.first) / (self.end - self.first)

    def moves_of(self, phase: StepPhase) -> Moves:
        """Those of a whole step, or of one player's side."""
        return self.moves if phase == "both" else tuple(move for move in self.moves if move.player == phase)

    def told(self, phase: StepPhase) -> frozenset[str]:
        """The names of the numbers that such a step has."""
        return frozenset(scalar.name for move in self.moves_of(phase) for scalar in move.scalars)


def stages_of(game: Trainer) -> tuple[Stage, ...]:
    """A game's stages as its settings in force say; the last is the game itself, without end."""
    specs = game.experiment.stages
    ends = list(accumulate(spec.steps for spec in specs))
    found: list[Stage] = []
    agrees: tuple[Weighted, ...] = ()
    for spec, first, end in zip((*specs, AdversarialStageSpec()), (0, *ends), (*ends, None), strict=True):
        moves = [
            replace(move, terms=(*move.terms, *agrees)) if move.player == "generator" and not move.alone else move
            for move in MOVES[type(spec)](spec, game)
        ]
        found.append(Stage(spec.kind, first, end, tuple(moves), keeps=spec.keeps))
        if isinstance(spec, ReaderBase) and spec.weight:
            assert game.reader is not None
            agrees = (Weighted(agreement(game.reader), _Steady(spec.weight)),)
    return tuple(found)


@dataclass(frozen=True)
class _Steady:
    weight: float

    def __call__(self, step: int) -> float:
        return self.weight


def all_moves(stages: tuple[Stage, ...]) -> Moves:
    """The moves of all stages, those of the game first."""
    return tuple(move for stage in reversed(stages) for move in stage.moves)


KEPT = "content"
"""The file in a checkpoint of G as a stage left it."""


def keeps(experiment: Experiment) -> bool:
    """Whether G is kept as one of the stages leaves it; the last of these counts."""
    return any(stage.keeps for stage in experiment.stages)


def reader_of(experiment: Experiment) -> ReaderBase | None:
    """The stage in which a reader learns; None: there is none."""
    return next((spec for spec in experiment.stages if isinstance(spec, ReaderBase)), None)


# --- what can't be ----------------------------------------------------------------------------------------------------


def check_stages(experiment: Experiment, *, differentiable: bool, tells_likelihood: bool) -> None:
    """Raise ValueError where a stage asks for what the game does not have.

    differentiable: whether the gradient in a sample reaches the weights of this G; tells_likelihood: whether it can
    tell how likely a sample is.
    """
    kind = experiment.generator.kind
    reader: ReaderBase | None = None
    for index, spec in enumerate(experiment.stages):
        at = f"stages.{index}.kind: found '{spec.kind}', but"
        if isinstance(spec, ContentStageSpec | ReaderBase) and not experiment.given.gives:
            raise ValueError(
                f"{at} G is given nothing of a real sample that it could be held to: choose what it is given "
                "(given.kind), or remove the stage"
            )
        if isinstance(spec, ContentStageSpec | ReaderBase) and not differentiable:
            raise ValueError(f"{at} no gradient passes through the samples of a generator of kind '{kind}': remove it")
        if isinstance(spec, LikelihoodStageSpec) and not tells_likelihood:
            raise ValueError(f"{at} a generator of kind '{kind}' can't tell how likely a sample is: remove it")
        if not isinstance(spec, ReaderBase):
            continue
        if reader is not None and reader.model_copy(update={"steps": spec.steps}) != spec:
            raise ValueError(f"{at} there is a reader before it, and a game has one at most: remove it")
        reader = spec  # or once more the same, which learns on


def check_parts(experiment: Experiment, sampler: Sampler, *, any_size: bool) -> None:
    """Raise ValueError where parts of images are to be learnt from by a G that makes images of one size only."""
    if sampler.parts is not None and not any_size:
        raise ValueError(
            f"given.crop: found {experiment.given.crop}, but a generator of kind "  # type: ignore[union-attr]
            f"'{experiment.generator.kind}' makes images of one size only: set it to 0, or choose 'super_resolution'"
        )


def _rewarding() -> str:
    """The objectives that G follows without a gradient in its samples, for a sentence."""
    return " or ".join(
        f"'{spec.model_fields['kind'].default}'" for spec, game in BUILDERS.items() if not game.through_samples
    )


def check_with_gradient(experiment: Experiment) -> None:
    """Raise ValueError where the game moves G by how likely its samples are, which this G can't tell."""
    if not BUILDERS[type(experiment.objective)].through_samples:
        raise ValueError(
            f"objective.kind: '{experiment.objective.kind}' makes what D rewards more likely, and a generator of kind "
            f"'{experiment.generator.kind}' can't tell how likely a sample is: choose a generator that throws dice, "
            "such as 'sequence' for sentences, or another objective, whose gradient passes through samples"
        )


def check_without_gradient(experiment: Experiment) -> None:
    """Raise ValueError where the game moves G by the gradient in its samples, which this G's do not pass on."""
    why, kind = "G is moved by the gradient that passes through its samples", experiment.generator.kind
    if build_objective(experiment.objective).through_samples:
        raise ValueError(
            f"objective.kind: with '{experiment.objective.kind}' {why}, and through those of a generator of kind "
            f"'{kind}' none passes: choose an objective that rewards samples, such as {_rewarding()}, or another "
            "generator"
        )
    if experiment.latent.codes:
        raise ValueError(
            f"latent.codes: with codes {why}, and through those of a generator of kind '{kind}' none passes: remove "
            "them, or choose another generator"
        )


# --- what each kind of stage is made of -------------------------------------------------------------------------------


def _adversarial(_spec: AdversarialStageSpec, game: Trainer) -> Moves:
    return moves_of(of_game(game.experiment, 0)[0], game.objective, game.recogniser)


def _judge(_spec: JudgeStageSpec, game: Trainer) -> Moves:
    of_d, _ = moves_of(of_game(game.experiment, 0)[0], game.objective, game.recogniser)
    return (replace(of_d, times=1),)


def _content(spec: ContentStageSpec, game: Trainer) -> Moves:
    return (Move(player="generator", terms=(Weighted(content()),), alone=True, makes=True, factor=spec.factor),)


def _likelihood(spec: LikelihoodStageSpec, _game: Trainer) -> Moves:
    return (Move(player="generator", terms=(Weighted(likelihood()),), alone=True, factor=spec.factor),)


def _reader(spec: ReaderBase, game: Trainer) -> Moves:
    assert game.reader is not None
    terms = (Weighted(reading(game.reader)),)
    return (Move(player="discriminator", terms=terms, alone=True, learner="reader", factor=spec.factor),)


MOVES: dict[type[Spec], Callable[[Any, Trainer], Moves]] = {
    JudgeStageSpec: _judge,
    ContentStageSpec: _content,
    LikelihoodStageSpec: _likelihood,
    ReaderStageSpec: _reader,
    NormalsStageSpec: _reader,
    FeaturesStageSpec: _reader,
    AdversarialStageSpec: _adversarial,
}
