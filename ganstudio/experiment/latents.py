"""The prior that G starts from: noise, codes and classes, and who reads them."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob
from ganstudio.experiment.training import AugmentationSpec

if TYPE_CHECKING:
    from collections.abc import Sequence


class CategoricalCodeSpec(Spec):
    """A code that takes one of so many values, such as the class of a digit; G is given it as a one-hot vector."""

    kind: Literal["categorical"] = "categorical"
    name: str = knob("", "What the code turned out to mean, in your words", live=True, max_length=40)
    size: int = knob(10, "Number of values, all equally likely", ge=2, le=256)
    weight: float = knob(1.0, "Weight lambda of this code's information in both losses", ge=0, le=1000, live=True)

    @property
    def width(self) -> int:
        """How many of G's inputs it takes."""
        return self.size

    @property
    def entropy(self) -> float:
        """H(c), nats."""
        return math.log(self.size)


class ContinuousCodeSpec(Spec):
    """A code that takes any value of a range, such as the slant of a digit."""

    kind: Literal["continuous"] = "continuous"
    name: str = knob("", "What the code turned out to mean, in your words", live=True, max_length=40)
    prior: Literal["uniform", "normal"] = knob("uniform", "Uniform on (-reach, reach), or normal around 0")
    reach: float = knob(1.0, "Half the width of the uniform prior, standard deviation of the normal one", gt=0, le=100)
    weight: float = knob(0.1, "Weight lambda of this code's information in both losses", ge=0, le=1000, live=True)

    @property
    def width(self) -> int:
        """How many of G's inputs it takes."""
        return 1

    @property
    def entropy(self) -> float:
        """Differential entropy h(c), nats: it may be negative, and is no ceiling of the information."""
        spread = 2 * self.reach if self.prior == "uniform" else math.sqrt(2 * math.pi * math.e) * self.reach
        return math.log(spread)


CodeSpec = Annotated[CategoricalCodeSpec | ContinuousCodeSpec, Field(discriminator="kind")]


class LabelSpec(CategoricalCodeSpec):
    """The class y of a sample, which the data name and which is told to both players: no code that Q must find.

    No experiment holds one: it is made of the dataset's classes and their shares, and stands behind the codes.
    """

    name: str = "class"
    names: tuple[str, ...] = Field(default=(), description="What the classes are called")
    shares: tuple[float, ...] = Field(default=(), description="How often each is drawn")


Planes = tuple[int, int, int]
"""How many planes of noise, and their height and width."""


class LatentSpec(Spec):
    """The prior p_z that the latent code z is drawn from, and InfoGAN's codes c beside it: G is given [z, c]."""

    prior: Literal["normal", "uniform"] = knob("normal", "Standard normal, or uniform on (-1, 1)")
    dimensions: int = knob(2, "Number of dimensions of z; 0: none, where G is given something else", ge=0, le=512)
    codes: tuple[CodeSpec, ...] = knob(
        (),
        "InfoGAN's codes c, which G is led to use and Q to read off its samples; none: an ordinary GAN",
        unit="codes",
        max_length=16,
    )

    @property
    def width(self) -> int:
        """How many inputs G has: z, and then each code in its order."""
        return self.dimensions + sum(code.width for code in self.codes)

    @property
    def turned(self) -> int:
        """How many dimensions of z, from the first, have a slider each: all but those in planes of noise."""
        return self.dimensions

    @property
    def code_columns(self) -> tuple[slice, ...]:
        """Which of G's inputs each code takes."""
        ends = list(accumulate((code.width for code in self.codes), initial=self.dimensions))
        return tuple(slice(start, stop) for start, stop in pairwise(ends))

    @property
    def label(self) -> LabelSpec | None:
        """The class that G is given behind the codes; None: none, as in every latent space that an experiment asks."""
        last = self.codes[-1] if self.codes else None
        return last if isinstance(last, LabelSpec) else None

    def with_label(self, label: LabelSpec | None) -> LatentSpec:
        """The same with a class behind the codes; None: as it is."""
        return self if label is None else self.model_copy(update={"codes": (*self.codes, label)})

    @property
    def label_columns(self) -> slice:
        """Which of G's inputs the class takes; there must be one."""
        assert self.label is not None
        return self.code_columns[-1]


class PlanesLatentSpec(LatentSpec):
    """A latent space whose last dimensions of z are planes of noise, pixel by pixel: far too many to turn one by one.

    No experiment holds one: it is made of the networks and of how large the images are.
    """

    dimensions: int = Field(ge=0)
    planes: tuple[Planes, ...] = Field(description="One after another, as they stand in z", min_length=1)

    @property
    def turned(self) -> int:
        """The dimensions before the planes."""
        return self.dimensions - sum(map(math.prod, self.planes))

    @property
    def plane_columns(self) -> tuple[slice, ...]:
        """Which of G's inputs the planes of each level take."""
        sizes = [math.prod(planes) for planes in self.planes]
        ends = list(accumulate(sizes, initial=self.turned))
        return tuple(slice(start, stop) for start, stop in pairwise(ends))


def with_planes(latent: LatentSpec, planes: Sequence[Planes]) -> LatentSpec:
    """The same latent space with planes of noise behind z; none: as it is."""
    if not planes:
        return latent
    size = sum(math.prod(one) for one in planes)
    return PlanesLatentSpec(
        prior=latent.prior, dimensions=latent.dimensions + size, codes=latent.codes, planes=tuple(planes)
    )


def code_names(codes: Sequence[CodeSpec | LabelSpec]) -> tuple[str, ...]:
    """What codes are called everywhere: as the user named them, or else c₁, c₂, ...; no two are called alike.

    Where only plain letters will do, as in the command line's figures, ``plain_name`` spells them.
    """
    names: list[str] = []
    for place, code in enumerate(codes, start=1):
        own = "c" + str(place).translate(_SUBSCRIPTS)
        names.append(f"{code.name} ({own})" if code.name in names else code.name or own)
    return tuple(names)


def plain_name(name: str) -> str:
    """A code's name with c1 for c₁."""
    return name.translate({sub: plain for plain, sub in _SUBSCRIPTS.items()})


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


EARLY_WEIGHT = 0.05
"""Share of lambda that a categorical code has in Q's head start. At 0 D's features told classes apart less well."""


class RecogniserSpec(Spec):
    """Q of InfoGAN: a small head on D's features that reads the codes off a sample. Idle where there are no codes."""

    width: int = knob(128, "Units in Q's hidden layer", ge=1, le=4096)
    normalisation: Literal["batch", "none"] = knob("batch", "Batch normalisation of Q's hidden layer")
    consistency: float = knob(
        0.0,
        "How strongly Q is led to read one category off two views of a real image, and all categories equally often "
        "(Ji et al. 2018), in lambdas of the code; for images",
        ge=0,
        le=100,
        live=True,
    )
    equivariance: float = knob(
        0.0,
        "How strongly it is asked that turning all images alike moves what Q reads of a continuous code alike in all, "
        "so that it means the same in every class, in lambdas of the code; for images",
        ge=0,
        le=1000,
        live=True,
    )
    head_start: float = knob(
        0.0,
        "Share of the steps in which Q learns its categories from views of real images before all: categorical codes, "
        "which hold fast to what they stand for first, count a twentieth till then",
        ge=0,
        lt=1,
        live=True,
    )
    interval: int = knob(2, "Steps from one comparison of views to the next; it counts for all", ge=1, le=16, live=True)
    memory: float = knob(
        0.97,
        "Of the table that counts which categories go together, the share that is kept from comparison to comparison: "
        "a minibatch alone counts them roughly; 0: as published, each by itself",
        ge=0,
        lt=1,
        live=True,
    )
    view_colour: float = knob(1.0, "Farthest change of a view's brightness and contrast", ge=0, le=1, live=True)
    view_translation: float = knob(0.1, "Farthest move of a view, as a share of the side", ge=0, le=0.5, live=True)
    view_zoom: float = knob(0.3, "Farthest zoom of a view in or out, as a share of the size", ge=0, le=0.5, live=True)
    view_rotation: float = knob(25.0, "Farthest turn of a view to either side", unit="degrees", ge=0, le=180, live=True)
    view_stroke: float = knob(0.0, "How far a view's lines are made thicker or thinner", ge=0, le=1, live=True)

    @property
    def compares(self) -> bool:
        """Whether real images are seen twice."""
        return self.consistency > 0 or self.equivariance > 0

    @property
    def views(self) -> AugmentationSpec:
        """How far the second view of a real image may differ from it; the first is as D sees it."""
        return AugmentationSpec(
            colour=self.view_colour,
            translation=self.view_translation,
            zoom=self.view_zoom,
            rotation=self.view_rotation,
            stroke=self.view_stroke,
        )


class ConditioningSpec(Spec):
    """Whether both players are told the class of each sample, as in a conditional GAN (Mirza and Osindero 2014)."""

    labels: Literal["off", "projection"] = knob(
        "off",
        "Projection: both players are told the class of each sample; D's logit gains what the class makes of its "
        "features (Miyato and Koyama 2018). For data with classes",
    )
