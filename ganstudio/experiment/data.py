"""p_data: every kind of source that samples come from."""

from __future__ import annotations

from typing import Annotated, Any, Literal

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
from ganstudio.experiment.music import FolkSpec, MidiSpec
from ganstudio.experiment.pairs import PairsSpec
from ganstudio.experiment.sounds import NotesSpec
from ganstudio.experiment.texts import GrammarSpec, OracleSpec, TextsSpec
from ganstudio.experiment.written import Encoding, encoding


class DigitsSpec(Spec):
    """1,797 handwritten digits of 8x8 pixels (UCI, as bundled with scikit-learn): images that train in minutes."""

    kind: Literal["digits"] = "digits"
    size: int = knob(8, "Side of the images; the 8x8 originals are enlarged smoothly", unit="pixels", ge=8, le=128)
    held_out: int = knob(0, "How many of the last are kept aside for measures", unit="images", ge=0, le=1_700)


def _flips() -> Any:
    return knob(False, "Whether each image is mirrored left to right half of the times that it is drawn")


Turn = Literal["none", "left", "around", "right", "mirror", "flip", "transpose", "transverse"]


def _turn() -> Any:
    return knob(
        "none",
        "How images that are stored turned are set upright: quarter turns, a half turn, left with right, top with "
        "bottom, rows with columns (as in EMNIST), or columns with rows from the other end",
    )


def _classes() -> Any:
    return Field(
        default=(),
        description="Which classes are used, by name; empty: all, and what is of no class",
        json_schema_extra={"unit": "classes"},
        max_length=1_000,
    )


Header = Literal["auto", "yes", "no"]


def _label() -> Any:
    return Field(
        default=None,
        description="Which column of a table holds the class, counted from 0; -1: none does; empty: one named label or "
        "class, one of words that come again, or the last, if it is of few whole numbers",
        ge=-1,
    )


def _header() -> Any:
    return knob("auto", "Whether a table's first line names its columns; auto: where words stand above numbers")


TestSplit = Literal["keep_aside", "train_on", "leave_out"]
Missing = Literal["leave_out", "keep"]


def _test_split(default: TestSplit) -> Any:
    return knob(
        default,
        "What becomes of a test split, such as a folder val next to train, t10k-images next to train-images, or lines "
        "that a column calls test: it is kept aside for measures, trained on as well, or left out",
    )


def _missing() -> Any:
    return knob(
        "leave_out",
        "What becomes of points with a number such as -9999 that is far from all others, as programs write it for a "
        "missing value: they are left out, or kept and trained on",
    )


class ImagesSpec(Spec):
    """Images in a folder, its subfolders, a zip or tar archive, or one image file."""

    kind: Literal["images"] = "images"
    path: str = Field(description="Folder, archive or file that holds the images", min_length=1)
    size: int = knob(32, "Side of the images that are trained on", unit="pixels", ge=8, le=256)
    channels: Literal["auto", 1, 3] = knob("auto", "1 for grey, 3 for colour; auto: grey when every image is grey")
    fit: Literal["crop", "pad", "stretch"] = knob("crop", "How an image that is not square becomes square")
    background: Literal["auto", "white", "black", "grey"] = knob(
        "auto", "What is behind transparency and around padding; auto: white behind transparency, else black"
    )
    turn: Turn = _turn()
    flips: bool = _flips()
    classes: tuple[str, ...] = _classes()
    limit: int = knob(
        0, "How many images are used at most, chosen at random; 0: all", unit="images", zero="all", ge=0, le=10**9
    )
    duplicates: Literal["keep", "drop_exact", "drop_near"] = knob(
        "keep", "Which images that are there again are left out: none, the same pixels, or what looks the same"
    )
    labels: str | None = Field(
        default=None,
        description="What tells the class of each image: folders, innermost (the folder that it lies in), all_folders "
        "(train and test among them), splits (train and test never), names (what these begin with), none, or "
        "what a table calls it; empty: the likeliest of these",
        max_length=200,
    )
    test_split: TestSplit = _test_split("keep_aside")
    held_out: int = knob(0, "How many are kept aside for measures", unit="images", ge=0, le=50_000)


class ArraySpec(Spec):
    """Arrays in a file, .npy, .npz, CIFAR's, MATLAB's, HDF5, Parquet or a CSV of pixels: points or images."""

    kind: Literal["array"] = "array"
    path: str = Field(description="The file, or CIFAR's folder", min_length=1)
    key: str | None = Field(
        default=None,
        description="Which array of several; with a * behind, all whose names begin so; empty: the first that fits",
    )
    layout: str | None = Field(
        default=None,
        description="How its axes are laid out, parted by commas: n samples, k classes, h height, w width, c colours, "
        "p coordinates; n,h,w,c or n,hw or wh,n or n,h16w11; empty: as neighbouring pixels are most alike",
        max_length=80,
    )
    labels: int | None = _label()
    header: Header = _header()
    encoding: Encoding = encoding()
    size: int | None = knob(None, "Side of the images; empty: as they are", unit="pixels", ge=8, le=256)
    turn: Turn = _turn()
    flips: bool = _flips()
    classes: tuple[str, ...] = _classes()
    limit: int = knob(
        0, "How many images are drawn from at most, chosen at random; 0: all", unit="images", zero="all", ge=0, le=10**9
    )
    test_split: TestSplit = _test_split("keep_aside")
    held_out: int = knob(0, "How many images are kept aside for measures", unit="images", ge=0, le=50_000)
    missing: Missing = _missing()


class TableSpec(Spec):
    """A CSV file with two columns of numbers, and perhaps one of classes: points of the plane."""

    kind: Literal["table"] = "table"
    path: str = Field(description="The CSV file", min_length=1)
    columns: tuple[int, int] | None = Field(
        default=None,
        description="Which two columns, counted from 0; empty: those called x and y, else the first two of numbers "
        "that do not count the lines",
    )
    labels: int | None = _label()
    header: Header = _header()
    encoding: Encoding = encoding()
    decimal: Literal["auto", "point", "comma"] = knob(
        "auto", "Which sign stands before decimals; the other one may part thousands. auto: by how they are placed"
    )
    test_split: TestSplit = _test_split("keep_aside")
    missing: Missing = _missing()


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


class IdxSpec(Spec):
    """Images in an IDX file, as MNIST and its sisters come in, and their labels where a file of them lies beside it."""

    kind: Literal["idx"] = "idx"
    path: str = Field(description="The file of images, such as train-images-idx3-ubyte.gz", min_length=1)
    labels: str | None = Field(default=None, description="The file of labels; empty: the one beside the images, if any")
    size: int | None = knob(None, "Side of the images; empty: as they are", unit="pixels", ge=8, le=256)
    turn: Turn = _turn()
    flips: bool = _flips()
    classes: tuple[str, ...] = _classes()
    limit: int = knob(
        0, "How many images are drawn from at most, chosen at random; 0: all", unit="images", zero="all", ge=0, le=10**9
    )
    test_split: TestSplit = _test_split("leave_out")
    held_out: int = knob(0, "How many of the last are kept aside for measures", unit="images", ge=0, le=50_000)


class MnistSpec(Spec):
    """MNIST: 60,000 handwritten digits, and 10,000 held out; fetched once with ganstudio datasets get mnist."""

    kind: Literal["mnist"] = "mnist"
    size: int = knob(28, "Side of the images; other than 28 they are resized", unit="pixels", ge=8, le=128)


class FashionMnistSpec(Spec):
    """Fashion-MNIST: 60,000 pieces of clothing, 10,000 held out; fetched with ganstudio datasets get fashion_mnist."""

    kind: Literal["fashion_mnist"] = "fashion_mnist"
    size: int = knob(28, "Side of the images; other than 28 they are resized", unit="pixels", ge=8, le=128)


class KmnistSpec(Spec):
    """KMNIST: 60,000 cursive Japanese characters, 10,000 held out; fetched with ganstudio datasets get kmnist."""

    kind: Literal["kmnist"] = "kmnist"
    size: int = knob(28, "Side of the images; other than 28 they are resized", unit="pixels", ge=8, le=128)


class Cifar10Spec(Spec):
    """CIFAR-10: 50,000 small colour photographs, 10,000 held out; fetched with ganstudio datasets get cifar10."""

    kind: Literal["cifar10"] = "cifar10"
    size: int = knob(32, "Side of the images; other than 32 they are resized", unit="pixels", ge=8, le=128)


class DspritesSpec(Spec):
    """dSprites: shapes whose size, turn and place are known; fetched with ganstudio datasets get dsprites."""

    kind: Literal["dsprites"] = "dsprites"
    size: int = knob(32, "Side of the images; the originals have 64", unit="pixels", ge=8, le=128)
    count: int = knob(
        50_000, "How many of the 737,280 are trained on, chosen at random", unit="images", ge=10, le=700_000, log=True
    )
    held_out: int = knob(1_000, "Further images, kept aside for measures", unit="images", ge=0, le=30_000)
    seed: int = knob(0, "Seed of the choice", ge=0, le=2**32 - 1)


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
    DigitsSpec: ("handwritten, 8 x 8", "digits"),
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
