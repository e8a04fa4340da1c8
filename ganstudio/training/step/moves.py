"""A step as data: which player moves, how often, and what it descends."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from ganstudio.objectives.information import Consistency, Evenness, Gain, Information, information_numbers
from ganstudio.scalars import COMMON, D_GRADIENT, G_GRADIENT
from ganstudio.training.step.schedules import head_start, penalty_factor

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from ganstudio.experiment import Experiment
    from ganstudio.networks import Recogniser
    from ganstudio.objectives import Game, Number, Sight, Term
    from ganstudio.scalars import Player, Scalar

GRADIENTS: dict[Player, Scalar] = {"discriminator": D_GRADIENT, "generator": G_GRADIENT}
"""The norm of the gradient that moved each player."""


def _always(_when: float) -> float:
    return 1.0


@dataclass(frozen=True)
class Weighted:
    """A term of a move's loss. weight: its share at a step, by its number; interval: of so many steps one bears it."""

    term: Term
    weight: Callable[[int], float] = _always
    interval: int = 1

    def at(self, step: int, *, by_hand: bool = False) -> float:
        """Its weight in a step that comes after ``step`` others; 0: the term is not computed.

        One step of the interval bears the weight of all, and the others do without: lazy regularisation (Karras et al.
        2020, arXiv:1912.04958). A move by hand bears its own: taking turns with the other player's, it would else fall
        on steps without the term, or on those with that of all.
        """
        interval = 1 if by_hand else self.interval
        return 0.0 if step % interval else interval * self.weight(step)


@dataclass(frozen=True, kw_only=True)
class Move:
    """One update of one player, made ``times`` over in a step. numbers: what is told of it beside its terms.

    alone: D is not asked in it. makes: whether G's samples are wanted then. learner: what moves in the player's place,
    a network of its side that is no player; "": the player. factor: of its learning rate, by the share of its stage
    that is over; of a move in the game the schedule says it.
    """

    player: Player
    terms: tuple[Weighted, ...]
    numbers: tuple[Number, ...] = ()
    times: int = 1
    alone: bool = False
    makes: bool = False
    learner: str = ""
    factor: Callable[[float], float] = _always

    @property
    def pairs(self) -> bool:
        """Whether a term needs real samples, where the player makes generated ones."""
        return any(weighted.term.pairs for weighted in self.terms)

    @property
    def scalars(self) -> tuple[Scalar, ...]:
        """The numbers that the move has."""
        told = [
            replace(scalar, sparse=weighted.interval > 1)
            for weighted in self.terms
            if (scalar := weighted.term.scalar) is not None
        ]
        gradient = () if self.learner else (GRADIENTS[self.player],)
        return (*told, *(number.scalar for number in self.numbers), *gradient)

    def add_up(self, sight: Sight, step: int, *, by_hand: bool) -> list[tuple[Scalar, Tensor]]:
        """Put the loss and the sum of all terms into what the move has before it. What its terms tell, each alone."""
        told, total = [], None
        for weighted in self.terms:
            weight = weighted.at(step, by_hand=by_hand)
            if not weight:
                continue
            value = weighted.term(sight)
            if weighted.term.scalar is not None:
                told.append((weighted.term.scalar, value))
            share = value if weight == 1 else weight * value
            if total is None:
                sight.loss, total = value, share
            else:
                total = total + share
        assert total is not None, "a move has a term"
        sight.total = total
        return told


def moves_of(experiment: Experiment, game: Game, recogniser: Recogniser | None = None) -> tuple[Move, ...]:
    """The moves of a step: k of D, and one of G.

    Of each player the objective's own loss comes first, then what Q adds to it, then what else the objective does.
    """
    times: dict[Player, int] = {"discriminator": experiment.schedule.discriminator_steps, "generator": 1}
    moves = []
    for player, count in times.items():
        own, *more = (_scheduled(experiment, term) for term in game.terms(player))
        asked: list[Weighted] = []
        numbers = game.numbers(player)
        if recogniser is not None:
            asked = _of_codes(experiment, recogniser, real=player == "discriminator")
            numbers = (*information_numbers(experiment.latent), *numbers)
        moves.append(Move(player=player, terms=(own, *asked, *more), numbers=numbers, times=count))
    return tuple(moves)


def _scheduled(experiment: Experiment, term: Term) -> Weighted:
    schedule = experiment.schedule
    if not term.penalises:
        return Weighted(term)
    return Weighted(term, partial(penalty_factor, term, schedule), schedule.penalty_interval)


def _of_codes(experiment: Experiment, recogniser: Recogniser, *, real: bool) -> list[Weighted]:
    """What Q adds to a player's loss; where there are ``real`` samples what it reads of these, too."""
    information, spec = Information(experiment.latent), experiment.recogniser

    def while_early(step: int, *, early: bool) -> float:
        return float(head_start(experiment, step) == early)

    found = [
        Weighted(Gain(information, recogniser, early=early), partial(while_early, early=early))
        for early in ((False, True) if spec.consistency else (False,))
    ]
    if real and spec.consistency and information.has_categorical:
        term: Term = Consistency(information, recogniser, spec)
        found.append(Weighted(term, partial(_steady, spec.consistency), spec.interval))
    if real and spec.equivariance and information.has_continuous:
        term = Evenness(information, recogniser, spec)
        found.append(Weighted(term, partial(_steady, spec.equivariance), spec.interval))
    return found


def _steady(weight: float, step: int) -> float:
    return weight


def scalars_of(moves: Sequence[Move]) -> tuple[Scalar, ...]:
    """The numbers of a step, in the order of a row: first those that every game has."""
    found = {scalar.name: scalar for move in moves for scalar in move.scalars}
    common = [found.pop(scalar.name) for scalar in COMMON]
    return (*common, *found.values())
