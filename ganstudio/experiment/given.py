"""What G is given besides its latents, and whether D is shown it as well."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob


class NothingSpec(Spec):
    """G makes samples of its latents alone."""

    kind: Literal["nothing"] = "nothing"

    gives: ClassVar[bool] = False
    """Whether there is anything that G is given."""
    parts: ClassVar[tuple[str, str]] = ("first", "second")
    """What two games are called of which the first makes it, and the second makes samples of it."""
    judged: ClassVar[bool] = False


class LowResolutionSpec(Spec):
    """G is given a smaller copy of a real image, and makes one of full size of it."""

    kind: Literal["low_resolution"] = "low_resolution"
    factor: int = knob(
        4, "How many times smaller its sides are; it must divide those of the data's images", ge=2, le=64
    )
    noise: float = knob(
        0.0,
        "Noise on the small image, drawn anew each time, its standard deviation in grey levels: hides what shrinking "
        "leaves of the fine structure",
        ge=0,
        le=128,
    )
    crop: int = knob(
        0,
        "Side of the parts that are learnt from, cut out anew each time where images are larger; 0: whole images. It "
        "must be divisible by the factor",
        unit="pixels",
        zero="whole images",
        ge=0,
        le=512,
    )
    judged: bool = knob(
        True, "D is shown what G was given next to each sample, so that the two must go together (a conditional GAN)"
    )

    gives: ClassVar[bool] = True
    parts: ClassVar[tuple[str, str]] = ("first", "second")


class LevelSpec(Spec):
    """G is given a real image of half the sides, rounded up, and makes the next finer level of a pyramid of it."""

    kind: Literal["level"] = "level"
    judged: bool = knob(
        True, "D is shown the coarser image next to each sample, so that it can tell what was added to it"
    )

    gives: ClassVar[bool] = True
    parts: ClassVar[tuple[str, str]] = ("first", "second")


class NormalsSpec(Spec):
    """G is given the normals of the surfaces that a picture shows, and paints them (Style and structure)."""

    kind: Literal["normals"] = "normals"
    judged: bool = knob(
        True, "D is shown the normals next to each picture, so that it can tell whether the picture is of them"
    )

    gives: ClassVar[bool] = True
    parts: ClassVar[tuple[str, str]] = ("structure", "style")


GivenSpec = Annotated[NothingSpec | LowResolutionSpec | LevelSpec | NormalsSpec, Field(discriminator="kind")]
