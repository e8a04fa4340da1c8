"""Games that make an image from the coarse to the fine, one a level."""

from __future__ import annotations

from functools import lru_cache
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from ganstudio.experiment._base import Spec, knob
from ganstudio.experiment.games import MinimaxSpec, ObjectiveSpec
from ganstudio.experiment.given import NothingSpec
from ganstudio.experiment.latents import LatentSpec, with_planes
from ganstudio.experiment.players import (
    DiscriminatorSpec,
    GeneratorSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    planes_of,
)
from ganstudio.experiment.training import AdamSpec, OptimisersSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.experiment import Experiment


def level_name(level: int) -> str:
    """What the game of a level is called: 0 is the finest, whose samples are shown."""
    return f"level{level}" if level else ""


@lru_cache(maxsize=64)
def turns(shares: tuple[int, ...]) -> tuple[int, ...]:
    """One round of turns: at each the place of the share that is owed most steps, the first of equals."""
    made, all_of_them, order = [0] * len(shares), sum(shares), []
    for step in range(1, all_of_them + 1):
        owed = [share * step - had * all_of_them for share, had in zip(shares, made, strict=True)]
        chosen = owed.index(max(owed))
        made[chosen] += 1
        order.append(chosen)
    return tuple(order)


@lru_cache(maxsize=64)
def _made_in_a_round(shares: tuple[int, ...]) -> tuple[tuple[int, ...], ...]:
    """How many steps each game has made after each number of turns, from none to a whole round."""
    found = [(0,) * len(shares)]
    for chosen in turns(shares):
        found.append(tuple(had + (place == chosen) for place, had in enumerate(found[-1])))
    return tuple(found)


class PyramidSpec(Spec):
    """An image from the coarse to the fine (LAPGAN, Denton et al. 2015): a base makes a small one, levels add detail.

    The game of this experiment is the pattern of every level but the base, whose players are named here. Each game
    learns from the data by itself: a level from real images of half the side. A step belongs to one of them.
    """

    kind: Literal["pyramid"] = "pyramid"
    levels: tuple[int, ...] = knob(
        (30, 16, 7),
        "The games from the coarse to the fine, the base first, and of the steps how many each gets for those of the "
        "others: with 30, 16, 7 it is 16 of every 53 for the second of three. Each game but the base doubles the side",
        unit="levels",
        min_length=2,
        max_length=6,
    )
    later: tuple[int, ...] = knob(
        (),
        "Other shares from a step on: the step, then each game's share, 0 for one that rests; more of them behind",
        live=True,
        max_length=700,
    )
    generator: GeneratorSpec = Field(
        default=MLPGeneratorSpec(width=384, activation="leaky_relu"), description="The base's G"
    )
    discriminator: DiscriminatorSpec = Field(default=MLPDiscriminatorSpec(width=384), description="The base's D")
    objective: ObjectiveSpec = Field(default=MinimaxSpec(gamma=0.3), description="What the base's players minimise")
    optimisers: OptimisersSpec = Field(
        default=OptimisersSpec(
            generator=AdamSpec(learning_rate=1e-3, beta1=0.0, beta2=0.9),
            discriminator=AdamSpec(learning_rate=1e-3, beta1=0.0, beta2=0.9),
        ),
        description="How the base's players learn",
    )
    batch_size: int = knob(64, "Samples in a minibatch of the base", ge=2, le=65536)
    penalty_interval: int = knob(1, "Of so many steps of the base one has its penalty", ge=1, le=64)
    average: float = knob(0.998, "EMA of the base's G", ge=0, lt=1)

    makes_given: ClassVar[bool] = True
    own_word: ClassVar[str] = "base's"

    @field_validator("levels")
    @classmethod
    def _are_shares(cls, levels: tuple[int, ...]) -> tuple[int, ...]:
        if not all(1 <= share <= 1000 for share in levels):
            raise ValueError("each level's share of the steps is a whole number from 1 to 1,000")
        return levels

    @model_validator(mode="after")
    def _shares_follow(self) -> PyramidSpec:
        rows = self.spans[1:]
        if len(self.later) % (len(self.levels) + 1):
            raise ValueError(
                f"later: each change is a step and {len(self.levels)} shares, {len(self.levels) + 1} numbers; found "
                f"{len(self.later)}"
            )
        steps = [0, *(first for first, _ in rows)]
        if any(after <= before for before, after in pairwise(steps)):
            raise ValueError("later: the steps from which shares change are above 0, each above the one before")
        if not all(all(0 <= share <= 1000 for share in shares) and any(shares) for _, shares in rows):
            raise ValueError("later: shares are whole numbers from 0 to 1,000, and one game at least goes on learning")
        return self

    @property
    def spans(self) -> tuple[tuple[int, tuple[int, ...]], ...]:
        """The number of steps after which shares are in force, and these shares, in order."""
        width = len(self.levels) + 1
        rows = [self.later[at : at + width] for at in range(0, len(self.later), width)]
        return ((0, self.levels), *((row[0], row[1:]) for row in rows))

    def _span(self, step: int) -> tuple[int, tuple[int, ...]]:
        return next(span for span in reversed(self.spans) if span[0] <= step)

    def shares(self, step: int) -> tuple[int, ...]:
        """Those in force after ``step`` steps."""
        return self._span(step)[1]

    def turn(self, step: int) -> int:
        """The place of the game, coarse to fine, that the step after ``step`` of them belongs to."""
        first, shares = self._span(step)
        order = turns(shares)
        return order[(step - first) % len(order)]

    def own_steps(self, step: int) -> tuple[int, ...]:
        """How many steps each game has made, coarse to fine, after ``step`` steps in all."""
        made = [0] * len(self.levels)
        for (first, shares), (end, _) in zip(self.spans, (*self.spans[1:], (step, ())), strict=True):
            if (count := min(end, step) - first) <= 0:
                break
            rounds, rest = divmod(count, sum(shares))
            part = _made_in_a_round(shares)[rest]
            made = [had + rounds * share + more for had, share, more in zip(made, shares, part, strict=True)]
        return tuple(made)

    def with_shares(self, step: int, shares: Sequence[int]) -> tuple[int, ...]:
        """What ``later`` is where these shares take the place of the others after ``step`` steps."""
        kept = [(first, own) for first, own in self.spans[1:] if first < step]
        before = kept[-1][1] if kept else self.levels
        rows = kept if tuple(shares) == before else [*kept, (max(1, step), tuple(shares))]
        return tuple(number for first, own in rows for number in (first, *own))

    @property
    def halvings(self) -> int:
        """How many times an image is halved until it is the base's."""
        return len(self.levels) - 1

    @property
    def own(self) -> frozenset[str]:
        """The names of the games whose players are set here."""
        return frozenset({level_name(self.halvings)})

    def plan(self, _experiment: Experiment) -> tuple[tuple[str, str, int], ...]:
        """There are no stages before the games."""
        return ()

    def latent(self, experiment: Experiment, shape: Sequence[int]) -> LatentSpec:
        """Z of the base, and behind it the noise of each level, coarse to fine."""
        if len(shape) != 3:
            return experiment.latent  # there are no such games, which is said where they are built
        sides = list(accumulate(range(self.halvings - 1), lambda one, _: _half(one), initial=tuple(shape)))
        planes = [one for side in reversed(sides) for one in planes_of(experiment.generator, side)]
        return with_planes(experiment.latent, planes)

    def games(self, experiment: Experiment) -> dict[str, Experiment]:
        """Those of the base and of each level up to the finest, which is called ""."""
        found = {}
        lasts = self._lasts(experiment.schedule.steps)
        for level, steps in zip(range(self.halvings, -1, -1), lasts, strict=True):
            of_game = {
                "seed": (experiment.seed + level) % 2**32,
                "schedule": self._schedule(experiment, steps, base=level == self.halvings),
                "arrangement": type(experiment).model_fields["arrangement"].get_default(),  # a single game
            }
            own = self._of_base() if level == self.halvings else {"latent": _no_z(experiment.latent)}
            found[level_name(level)] = experiment.model_copy(update={**of_game, **own})
        return found

    def _of_base(self) -> dict[str, object]:
        players = {name: getattr(self, name) for name in ("generator", "discriminator", "objective", "optimisers")}
        return {"given": NothingSpec(), **players}

    def _lasts(self, steps: int) -> list[int]:
        """How many steps each game is to make of all."""
        if self.later:
            return [max(1, own) for own in self.own_steps(steps)]
        return [max(1, round(steps * share / sum(self.levels))) for share in self.levels]

    def _schedule(self, experiment: Experiment, steps: int, *, base: bool) -> Spec:
        own = {name: getattr(self, name) for name in ("batch_size", "penalty_interval", "average")} if base else {}
        return experiment.schedule.model_copy(update={"steps": steps, **own})


def _half(shape: tuple[int, ...]) -> tuple[int, ...]:
    channels, height, width = shape
    return channels, -(-height // 2), -(-width // 2)


def _no_z(latent: LatentSpec) -> LatentSpec:
    """Of the finer levels: their noise is planes alone."""
    return latent.model_copy(update={"dimensions": 0})
