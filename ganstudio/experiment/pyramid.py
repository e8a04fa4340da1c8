"""Games that make an image from the coarse to the fine, one a level."""

from __future__ import annotations

from itertools import accumulate
from typing import TYPE_CHECKING, ClassVar, Literal

from pydantic import Field, field_validator

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
        for level, share in zip(range(self.halvings, -1, -1), self.levels, strict=True):
            of_game = {
                "seed": (experiment.seed + level) % 2**32,
                "schedule": self._schedule(experiment, share, base=level == self.halvings),
                "arrangement": type(experiment).model_fields["arrangement"].get_default(),  # a single game
            }
            own = self._of_base() if level == self.halvings else {"latent": _no_z(experiment.latent)}
            found[level_name(level)] = experiment.model_copy(update={**of_game, **own})
        return found

    def _of_base(self) -> dict[str, object]:
        players = {name: getattr(self, name) for name in ("generator", "discriminator", "objective", "optimisers")}
        return {"given": NothingSpec(), **players}

    def _schedule(self, experiment: Experiment, share: int, *, base: bool) -> Spec:
        steps = max(1, round(experiment.schedule.steps * share / sum(self.levels)))
        own = {name: getattr(self, name) for name in ("batch_size", "penalty_interval", "average")} if base else {}
        return experiment.schedule.model_copy(update={"steps": steps, **own})


def _half(shape: tuple[int, ...]) -> tuple[int, ...]:
    channels, height, width = shape
    return channels, -(-height // 2), -(-width // 2)


def _no_z(latent: LatentSpec) -> LatentSpec:
    """Of the finer levels: their noise is planes alone."""
    return latent.model_copy(update={"dimensions": 0})
