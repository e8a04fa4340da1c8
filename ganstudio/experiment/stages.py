"""What the players learn before the game itself, stage by stage."""

from __future__ import annotations

import math
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob
from ganstudio.experiment.training import AdamSpec, OptimiserSpec


def _steps() -> int:
    steps: int = knob(1000, "How many steps it lasts", unit="steps", ge=1, le=100_000_000, live=True)
    return steps


def _half_wave(gone: float) -> float:
    """From 1 to 0 while ``gone`` goes from 0 to 1."""
    return 0.5 + 0.5 * math.cos(math.pi * gone)


class StageBase(Spec):
    """What there is to know of a stage in which D is not asked; slow motion tells it.

    equation: what is learnt to be small; about: the same in words, with {samples} for what samples are called.
    """

    equation: ClassVar[str] = ""
    about: ClassVar[str] = ""

    @property
    def adds(self) -> str:
        """The term that G's loss has from then on, with its weight."""
        return ""

    @property
    def keeps(self) -> bool:
        """Whether G is kept as the stage leaves it."""
        return False

    @property
    def compares(self) -> bool:
        """Whether G's samples are held to the originals from then on."""
        return False

    def factor(self, _gone: float) -> float:
        """What G's learning rate is multiplied by when this share of the stage is over."""
        return 1.0


def _rate() -> float:
    rate: float = knob(1.0, "What G's learning rate is multiplied by in this stage", gt=0, le=100, log=True)
    return rate


def _decay() -> Literal["none", "cosine"]:
    decay: Literal["none", "cosine"] = knob("none", "Cosine: the rate falls to 0 at the stage's end, along a half wave")
    return decay


class JudgeStageSpec(StageBase):
    """D learns alone to tell real samples from those that G makes now."""

    kind: Literal["judge"] = "judge"
    steps: int = _steps()


class ContentStageSpec(StageBase):
    """G learns alone to make the real sample itself of what it is given, by their squared difference."""

    kind: Literal["content"] = "content"
    steps: int = _steps()
    rate: float = _rate()
    decay: Literal["none", "cosine"] = _decay()
    keep: bool = knob(False, "Keep G as this stage leaves it, to hold the game's G against it and to mix the two")

    @property
    def keeps(self) -> bool:
        """Where it is asked for."""
        return self.keep

    def factor(self, gone: float) -> float:
        """The rate, and how far it has fallen."""
        return self.rate * (1.0 if self.decay == "none" else _half_wave(gone))

    equation: ClassVar[str] = "E (G(z, y) − x)²"
    about: ClassVar[str] = "how far what it made is from the real {samples} that gave y, by their squared difference"


class LikelihoodStageSpec(StageBase):
    """G learns alone to find real samples likely; for generators that can tell how likely a sample is."""

    kind: Literal["likelihood"] = "likelihood"
    steps: int = _steps()
    rate: float = _rate()
    decay: Literal["none", "cosine"] = _decay()
    keep: bool = knob(False, "Keep G as this stage leaves it, to hold what the game makes of it against")

    @property
    def keeps(self) -> bool:
        """Where it is asked for."""
        return self.keep

    def factor(self, gone: float) -> float:
        """The rate, and how far it has fallen."""
        return self.rate * (1.0 if self.decay == "none" else _half_wave(gone))

    equation: ClassVar[str] = "−E log p<sub>g</sub>(x)"
    about: ClassVar[str] = "how unlikely it would be to make these real {samples}"


class ReaderBase(StageBase):
    """Stages in which a network learns to read off a real sample what G is given with it, and stands still after that.

    From then on G's loss has a term for how far what is read off its samples lies from what it was given.
    """

    steps: int = _steps()
    optimiser: OptimiserSpec = Field(default=AdamSpec(beta1=0.9), description="How it learns")
    decay: Literal["none", "cosine"] = knob("none", "Cosine: its rate falls to 0 at the stage's end, along a half wave")
    weight: float = knob(1.0, "Weight in G's loss of how far its samples are from what was given", ge=0, le=1000)

    def factor(self, gone: float) -> float:
        """What the reader's learning rate is multiplied by when this share of the stage is over."""
        return 1.0 if self.decay == "none" else _half_wave(gone)


class ReaderStageSpec(ReaderBase):
    """A network learns to read off a real sample what G is given with it, and stands still after that.

    From then on G's loss has a term for how far what is read off its samples lies from what it was given.
    """

    kind: Literal["reader"] = "reader"
    width: int = knob(128, "Units in each of its hidden layers", ge=1, le=4096)
    depth: int = knob(2, "Number of its hidden layers", ge=1, le=12)

    equation: ClassVar[str] = "E (F(x) − y)²"
    about: ClassVar[str] = "how far what it reads off real {samples} is from what was given with them, squared"

    @property
    def adds(self) -> str:
        """How far what is read off G's samples is from what it was given."""
        return f"{self.weight:g} E (F(G(z, y)) − y)²" if self.weight else ""


class NormalsStageSpec(ReaderBase):
    """A network learns to read the normals off real pictures, and stands still after that.

    From then on G's loss has a term for how far the normals read off its pictures are turned from those it was given.
    """

    kind: Literal["normals"] = "normals"
    width: int = knob(24, "Channels at half the side; two and three times as many further in", ge=4, le=256)

    equation: ClassVar[str] = "1 − E F(x) · y"
    about: ClassVar[str] = "one less the cosine between the normals read off real {samples} and theirs"

    @property
    def adds(self) -> str:
        """How far the normals read off G's pictures are turned from those it was given."""
        return f"{self.weight:g} (1 − E F(G(z, y)) · y)" if self.weight else ""


class FeaturesStageSpec(ReaderBase):
    """A network learns to tell how real images are turned; its features, in which G is then held to the original.

    They are of a network that is trained here, on these data, in this stage: no published one is fetched.
    """

    kind: Literal["features"] = "features"
    width: int = knob(24, "Channels at half the side; two and three times as many further in", ge=4, le=256)
    weight: float = knob(
        1.0,
        "Weight in G's loss of how far its images are from the originals in the features of this network, which is "
        "trained here, on these data: no published one is fetched",
        ge=0,
        le=1000,
    )

    equation: ClassVar[str] = "−E log F(k | x turned k quarters)"
    about: ClassVar[str] = "how unlikely it finds the number of quarters that real {samples} were turned by"

    @property
    def adds(self) -> str:
        """How far G's image is from the original in these features."""
        return f"{self.weight:g} E ‖φ(G(z, y)) − φ(x)‖²" if self.weight else ""

    @property
    def compares(self) -> bool:
        """As far as the term weighs."""
        return bool(self.weight)


class AdversarialStageSpec(StageBase):
    """The game of G and D, which also follows the last stage."""

    kind: Literal["adversarial"] = "adversarial"
    steps: int = _steps()


StageSpec = Annotated[
    JudgeStageSpec
    | ContentStageSpec
    | LikelihoodStageSpec
    | ReaderStageSpec
    | NormalsStageSpec
    | FeaturesStageSpec
    | AdversarialStageSpec,
    Field(discriminator="kind"),
]
