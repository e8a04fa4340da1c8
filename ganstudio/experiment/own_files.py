"""Data of one's own that lie in files: images, arrays, tables, IDX."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from ganstudio.experiment._base import Spec, knob
from ganstudio.experiment.written import Encoding, encoding

Turn = Literal["none", "left", "around", "right", "mirror", "flip", "transpose", "transverse"]
Header = Literal["auto", "yes", "no"]
TestSplit = Literal["keep_aside", "train_on", "leave_out"]
Missing = Literal["leave_out", "keep"]


def _flips() -> Any:
    return knob(False, "Whether each image is mirrored left to right half of the times that it is drawn")


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


def _label() -> Any:
    return Field(
        default=None,
        description="Which column of a table holds the class, counted from 0; -1: none does; empty: one named label or "
        "class, one of words that come again, or the last, if it is of few whole numbers",
        ge=-1,
    )


def _header() -> Any:
    return knob("auto", "Whether a table's first line names its columns; auto: where words stand above numbers")


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
