"""p_data: every kind of source that samples come from."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob
from ganstudio.experiment.clips import ClipsSpec
from ganstudio.experiment.distributions import (
    DensitySpec,
    DisjointSpec,
    DrawingSpec,
    GridSpec,
    LineSpec,
    MixtureSpec,
    MoonsSpec,
    RingSpec,
    SpiralSpec,
    SwissRollSpec,
)
from ganstudio.experiment.fetched import Cifar10Spec, DspritesSpec, FashionMnistSpec, KmnistSpec, MnistSpec
from ganstudio.experiment.music import FolkSpec, MidiSpec
from ganstudio.experiment.own_files import ArraySpec, IdxSpec, ImagesSpec, TableSpec
from ganstudio.experiment.pairs import PairsSpec
from ganstudio.experiment.sounds import NotesSpec
from ganstudio.experiment.texts import GrammarSpec, OracleSpec, TextsSpec


class DigitsSpec(Spec):
    """1,797 handwritten digits of 8x8 pixels (UCI, as bundled with scikit-learn): images that train in minutes."""

    kind: Literal["digits"] = "digits"
    size: int = knob(8, "Side of the images; the 8x8 originals are enlarged smoothly", unit="pixels", ge=8, le=128)
    held_out: int = knob(0, "How many of the last are kept aside for measures", unit="images", ge=0, le=1_700)


class GlyphsSpec(Spec):
    """Digits drawn with a ruler, their class, rotation, thickness and place known: what codes learn can be checked."""

    kind: Literal["glyphs"] = "glyphs"
    size: int = knob(16, "Side of the images", unit="pixels", ge=8, le=128)
    count: int = knob(10_000, "Images to train on", unit="images", ge=10, le=200_000, log=True)
    seed: int = knob(0, "Seed that the images are drawn from", ge=0, le=2**32 - 1)
    rotation: float = knob(30.0, "Furthest turn to either side", unit="degrees", ge=0, le=75)
    thickness: float = knob(0.5, "Furthest that strokes are thinner or thicker, as a share of the mean", ge=0, le=0.9)
    shift: float = knob(0.03, "Furthest shift from the middle, as a share of the side", ge=0, le=0.25)
    held_out: int = knob(1_000, "Further images, kept aside for measures", unit="images", ge=0, le=50_000)


class StripedSpec(Spec):
    """Digits on striped grounds: the hue tells which way the stripes run, and nothing tells where they begin."""

    kind: Literal["striped"] = "striped"
    size: int = knob(32, "Side of the images; a stripe is an eighth of it wide", unit="pixels", ge=24, le=128)
    count: int = knob(10_000, "Images to train on", unit="images", ge=10, le=200_000, log=True)
    seed: int = knob(0, "Seed that the images are drawn from", ge=0, le=2**32 - 1)
    phase_seed: int = knob(
        0, "Seed of where the stripes begin; another one gives the same images with stripes moved", ge=0, le=2**32 - 1
    )
    contrast: float = knob(0.45, "How much brighter and darker than the ground the stripes are", ge=0, le=0.6)
    held_out: int = knob(2_000, "Further images, kept aside for measures", unit="images", ge=0, le=50_000)


class ScenesSpec(Spec):
    """A sphere or a box in the corner of a room: pictures whose surfaces, colours and light are known at each pixel."""

    kind: Literal["scenes"] = "scenes"
    size: int = knob(32, "Side of the pictures", unit="pixels", ge=16, le=128)
    count: int = knob(10_000, "Pictures to train on", unit="images", ge=10, le=200_000, log=True)
    things: Literal["both", "spheres", "boxes", "none"] = knob(
        "both", "What stands in the room; none: only its floor and its walls"
    )
    tilt: float = knob(15.0, "How far the camera looks down at one end of its range", unit="degrees", ge=5, le=85)
    tilt_to: float = knob(60.0, "How far it looks down at the other end", unit="degrees", ge=5, le=85)
    turn: float = knob(40.0, "Furthest that the room is turned to either side", unit="degrees", ge=0, le=44)
    ambient: float = knob(0.25, "Share of the light that comes from everywhere", ge=0, le=1)
    seed: int = knob(0, "Seed that the rooms and things are drawn from", ge=0, le=2**32 - 1)
    style_seed: int = knob(
        0, "Seed of colours and light; another one gives the same surfaces with another look", ge=0, le=2**32 - 1
    )
    held_out: int = knob(1_000, "Further pictures, kept aside for measures", unit="images", ge=0, le=50_000)


DatasetSpec = Annotated[
    RingSpec
    | GridSpec
    | MoonsSpec
    | SpiralSpec
    | SwissRollSpec
    | LineSpec
    | DisjointSpec
    | MixtureSpec
    | DrawingSpec
    | DigitsSpec
    | ImagesSpec
    | ArraySpec
    | TableSpec
    | DensitySpec
    | GlyphsSpec
    | StripedSpec
    | ScenesSpec
    | PairsSpec
    | IdxSpec
    | MnistSpec
    | FashionMnistSpec
    | KmnistSpec
    | Cifar10Spec
    | DspritesSpec
    | NotesSpec
    | ClipsSpec
    | FolkSpec
    | GrammarSpec
    | OracleSpec
    | MidiSpec
    | TextsSpec,
    Field(discriminator="kind"),
]

SAMPLES: dict[type[Spec], str | None] = {
    RingSpec: "points",
    GridSpec: "points",
    MoonsSpec: "points",
    SpiralSpec: "points",
    SwissRollSpec: "points",
    LineSpec: "points",
    DisjointSpec: "points",
    MixtureSpec: "points",
    DrawingSpec: "points",
    TableSpec: "points",
    DensitySpec: "points",
    DigitsSpec: "images",
    ImagesSpec: "images",
    GlyphsSpec: "images",
    StripedSpec: "images",
    ScenesSpec: "images",
    PairsSpec: "images",
    IdxSpec: "images",
    MnistSpec: "images",
    FashionMnistSpec: "images",
    KmnistSpec: "images",
    Cifar10Spec: "images",
    DspritesSpec: "images",
    NotesSpec: "sound",
    ClipsSpec: "sound",
    FolkSpec: "melody",
    GrammarSpec: "sentences",
    OracleSpec: "sentences",
    MidiSpec: "melody",
    TextsSpec: "sentences",
    ArraySpec: None,
}
"""Which kind of samples data are; None: that depends on what is in them."""


_FETCHED = (MnistSpec, FashionMnistSpec, KmnistSpec, Cifar10Spec, DspritesSpec)
_TOLD: dict[type[Spec], tuple[str, str]] = {
    DigitsSpec: ("handwritten, 8 × 8", "digits"),
    GlyphsSpec: ("from known factors", "ebgan_glyphs"),
    StripedSpec: ("fine stripes by hue", "lapgan"),
    ScenesSpec: ("surfaces and light known", "style_structure"),
    NotesSpec: ("of known pitch", "sound_notes"),
    FolkSpec: ("by rules that are known", "folk"),
    GrammarSpec: ("by a grammar that is known", "text_small"),
    OracleSpec: ("with exact probabilities", "seqgan"),
}
"""Of data that are made here: words for a list, and the preset whose picture stands for them."""


def made_here() -> dict[type[Spec], tuple[str, str]]:
    """All data that need no file and are no points of the plane, with their words and their picture, or empty ones."""
    found = [
        spec
        for spec, kind in SAMPLES.items()
        if kind not in (None, "points") and "path" not in spec.model_fields and spec not in _FETCHED
    ]
    return {spec: _TOLD.get(spec, ("", "")) for spec in found}


def samples_of(spec: DatasetSpec) -> str | None:
    """The kind of samples of some data, as far as it is known without reading them; None: it is not."""
    kind = SAMPLES[type(spec)]
    if kind is None and isinstance(spec, ArraySpec) and spec.layout is not None:
        return "points" if "p" in spec.layout else "images"
    return kind
