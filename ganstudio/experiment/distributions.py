"""p_data in the plane: distributions by formula, put together of Gaussians, drawn, or taken from a picture."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from ganstudio.experiment._base import Spec, knob


class RingSpec(Spec):
    """Gaussians evenly spaced on a circle: the classic test for mode collapse."""

    kind: Literal["ring"] = "ring"
    modes: int = knob(8, "Number of Gaussians on the circle", ge=1, le=64)
    radius: float = knob(1.0, "Radius of the circle", gt=0, le=100)
    sigma: float = knob(0.01, "Standard deviation of each Gaussian", gt=0, le=10, log=True)


class GridSpec(Spec):
    """Gaussians on a square grid: many modes, each easily lost."""

    kind: Literal["grid"] = "grid"
    side: int = knob(5, "Gaussians along one side of the grid", ge=1, le=16)
    spacing: float = knob(2.0, "Distance between neighbouring means", gt=0, le=100)
    sigma: float = knob(0.05, "Standard deviation of each Gaussian", gt=0, le=10, log=True)


class DisjointSpec(Spec):
    """Two Gaussians far apart: supports that do not meet, where the saturating update stalls."""

    kind: Literal["disjoint"] = "disjoint"
    distance: float = knob(4.0, "Distance between the two means", gt=0, le=100)
    sigma: float = knob(0.3, "Standard deviation of each Gaussian", gt=0, le=10, log=True)


class LineSpec(Spec):
    """A straight segment, blurred: the simplest one-dimensional manifold in the plane."""

    kind: Literal["line"] = "line"
    length: float = knob(2.0, "Length of the segment", gt=0, le=100)
    angle: float = knob(30.0, "Angle to the first axis", unit="degrees", ge=-180, le=180)
    sigma: float = knob(0.02, "Standard deviation of the blur", gt=0, le=10, log=True)


class MoonsSpec(Spec):
    """Two interleaved half circles: two curved pieces that a generator must tear its latent space to fit."""

    kind: Literal["two_moons"] = "two_moons"
    sigma: float = knob(0.05, "Standard deviation of the blur", gt=0, le=10, log=True)


class SpiralSpec(Spec):
    """Spiral arms: long thin curves that come close to one another."""

    kind: Literal["spiral"] = "spiral"
    arms: int = knob(2, "Number of arms", ge=1, le=8)
    turns: float = knob(1.0, "Turns that each arm makes", gt=0, le=4)
    sigma: float = knob(0.02, "Standard deviation of the blur", gt=0, le=10, log=True)


class SwissRollSpec(Spec):
    """A rolled-up strip seen from its end: one spiral that grows with its angle."""

    kind: Literal["swiss_roll"] = "swiss_roll"
    sigma: float = knob(0.02, "Standard deviation of the blur, the roll's radius being 1", gt=0, le=10, log=True)


class GaussianSpec(Spec):
    """One Gaussian of a mixture, alike in all directions."""

    x: float = knob(0.0, "First coordinate of its mean", ge=-1000, le=1000)
    y: float = knob(0.0, "Second coordinate of its mean", ge=-1000, le=1000)
    sigma: float = knob(0.1, "Its standard deviation", gt=0, le=10, log=True)
    weight: float = knob(1.0, "Its weight beside the others'; they need not sum to 1", gt=0, le=1000, log=True)


def _triangle() -> tuple[GaussianSpec, ...]:
    return (GaussianSpec(x=-0.8, y=-0.5), GaussianSpec(x=0.8, y=-0.5), GaussianSpec(x=0.0, y=0.8))


class MixtureSpec(Spec):
    """Gaussians anywhere in the plane, each with a spread and a weight of its own."""

    kind: Literal["mixture"] = "mixture"
    components: tuple[GaussianSpec, ...] = Field(
        default_factory=_triangle,  # not made before it is needed: that would build a validator at import
        description="The Gaussians, each with its mean, standard deviation and weight",
        json_schema_extra={"unit": "Gaussians"},
        min_length=1,
        max_length=256,
    )


InkRow = Annotated[str, Field(pattern=r"^[.1-9a-z]*$", min_length=1, max_length=256)]

_FACE = (
    "................",
    "................",
    "................",
    "....zz....zz....",
    "....zz....zz....",
    "....zz....zz....",
    "................",
    "................",
    "................",
    "..zz........zz..",
    "..zzz......zzz..",
    "...zzz....zzz...",
    "....zzzzzzzz....",
    "......zzzz......",
    "................",
    "................",
)


class DrawingSpec(Spec):
    """A picture drawn by hand, as a density: the more ink in a cell, the more samples come from it."""

    kind: Literal["drawing"] = "drawing"
    rows: tuple[InkRow, ...] = knob(
        _FACE,
        "The cells from the top, a character each: . is no ink, 1 to 9 and then a to z ever more",
        unit="rows",
        min_length=1,
        max_length=256,
    )

    @field_validator("rows")
    @classmethod
    def _is_a_picture(cls, rows: tuple[str, ...]) -> tuple[str, ...]:
        if len(set(map(len, rows))) > 1:
            raise ValueError(f"rows of {min(map(len, rows))} to {max(map(len, rows))} cells; all must be as long")
        if not any(row.strip(".") for row in rows):
            raise ValueError("no cell has ink; at least one needs a character from 1 to 9 or a to z")
        return rows


class DensitySpec(Spec):
    """A picture from a file, as a density: the more ink in a pixel, the more samples come from it."""

    kind: Literal["density"] = "density"
    path: str = Field(description="The image file", min_length=1)
    ink: Literal["auto", "dark", "bright"] = knob("auto", "What holds the mass; auto: the rarer of dark and bright")
    threshold: float = knob(0.1, "Share of the strongest ink below which a pixel is paper", ge=0, lt=1)
    contrast: float = knob(1.0, "Exponent of the ink: above 1 the strongest gains, below 1 the faint", ge=0.1, le=10)
    size: int = knob(256, "Longer side; a larger picture is made smaller, none larger", unit="pixels", ge=8, le=1024)
