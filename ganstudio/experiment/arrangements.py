"""Which games there are in an experiment, and in which stages they are played."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, ClassVar, Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob
from ganstudio.experiment.games import MinimaxSpec, ObjectiveSpec
from ganstudio.experiment.given import NothingSpec
from ganstudio.experiment.latents import ConditioningSpec, LatentSpec, RecogniserSpec
from ganstudio.experiment.players import (
    DiscriminatorSpec,
    GeneratorSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    latents_for,
)
from ganstudio.experiment.pyramid import PyramidSpec
from ganstudio.experiment.training import AugmentationSpec, OptimisersSpec

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.experiment import Experiment

Row = tuple[str, str, int]
"""A stage before the game: the path of the setting that says how many steps it lasts, its kind, and how many."""


def _rows(experiment: Experiment) -> tuple[Row, ...]:
    return tuple((f"stages.{place}.steps", stage.kind, stage.steps) for place, stage in enumerate(experiment.stages))


class SingleSpec(Spec):
    """One game of one G and one D."""

    kind: Literal["single"] = "single"

    makes_given: ClassVar[bool] = False
    """Whether what G is given is made by another generator, and not asked of whoever wants samples."""
    own_word: ClassVar[str] = ""
    """What those players are called in a sentence that are set in the arrangement itself."""

    @property
    def own(self) -> frozenset[str]:
        """The names of the games whose players are set in the arrangement itself."""
        return frozenset()

    def plan(self, experiment: Experiment) -> tuple[Row, ...]:
        """The stages before the game, in order."""
        return _rows(experiment)

    def latent(self, experiment: Experiment, shape: Sequence[int]) -> LatentSpec:
        """What all generators together are given of latents for samples of this shape: z, the codes."""
        return latents_for(experiment.latent, experiment.generator, shape)

    def games(self, experiment: Experiment) -> dict[str, Experiment]:
        """The experiment of each game by the game's name, "" for the last; each is of one game alone."""
        return {"": experiment}


class ChainSpec(Spec):
    """Two games: a first generator makes what the generator of this experiment is given.

    Each is trained on the data by itself, the first on what is given alone; together they make samples of latents.
    """

    kind: Literal["chain"] = "chain"
    steps: int = knob(1000, "Steps in which the first game is played alone", unit="steps", ge=0, live=True)
    apart: int = knob(
        0,
        "Steps in which the second game is then played alone, behind its stages; both go on together after that",
        unit="steps",
        ge=0,
        live=True,
    )
    joint: float = knob(
        0.0,
        "Weight in the first G's loss of what the second D says of samples that are made of its own, once both are "
        "played; the second game is then given those as well. 0: each goes on learning from the data alone",
        ge=0,
        le=100,
    )
    dimensions: int = knob(2, "Number of dimensions of the first generator's z", ge=1, le=512)
    generator: GeneratorSpec = Field(default=MLPGeneratorSpec(), description="The first game's G")
    discriminator: DiscriminatorSpec = Field(default=MLPDiscriminatorSpec(), description="The first game's D")
    objective: ObjectiveSpec = Field(default=MinimaxSpec(), description="What the first game's players minimise")
    optimisers: OptimisersSpec = Field(default=OptimisersSpec(), description="How the first game's players learn")

    makes_given: ClassVar[bool] = True
    own_word: ClassVar[str] = "first"

    @property
    def own(self) -> frozenset[str]:
        """The first game's players are set here."""
        return frozenset({"first"})

    def plan(self, experiment: Experiment) -> tuple[Row, ...]:
        """The first game alone, the second's stages, the second alone."""
        first, second = getattr(experiment.given, "parts", NothingSpec.parts)
        ahead = (("arrangement.steps", first, self.steps),) if self.steps else ()
        return (*ahead, *_rows(experiment), *((("arrangement.apart", second, self.apart),) if self.apart else ()))

    def latent(self, experiment: Experiment, shape: Sequence[int]) -> LatentSpec:
        """Z of the first generator, and behind it that of the second."""
        z = experiment.latent.model_copy(update={"dimensions": self.dimensions + experiment.latent.dimensions})
        return latents_for(z, experiment.generator, shape)

    def games(self, experiment: Experiment) -> dict[str, Experiment]:
        """That of the first game, which learns what is given in the experiment's other one, and that one's."""
        schedule, before = experiment.schedule, self.apart + sum(stage.steps for stage in experiment.stages)
        one = {"arrangement": SingleSpec()}
        first = {
            "seed": (experiment.seed + 1) % 2**32,
            "latent": LatentSpec(prior=experiment.latent.prior, dimensions=self.dimensions),
            "given": NothingSpec(),
            "generator": self.generator,
            "discriminator": self.discriminator,
            "recogniser": RecogniserSpec(),
            "conditioning": ConditioningSpec(),
            "objective": self.objective,
            "optimisers": self.optimisers,
            "schedule": schedule.model_copy(update={"steps": max(1, schedule.steps - before)}),
            "stages": (),
            "augmentation": AugmentationSpec(),
        }
        last = {"schedule": schedule.model_copy(update={"steps": max(1, schedule.steps - self.steps)})}
        return {"first": experiment.model_copy(update=first | one), "": experiment.model_copy(update=last | one)}


ArrangementSpec = Annotated[SingleSpec | ChainSpec | PyramidSpec, Field(discriminator="kind")]
