"""Layouts: which axis of an array means what, written as letters, and the array seen that way.

Legend: n samples, k classes (an axis along which each class has n samples), h height, w width, c colours, p the two
coordinates of a point. Axes are parted by commas; the letters of one axis are nested, the last changing fastest, and a
number is a letter's size: ``n,h,w,c``; ``n,hwc`` (flat, colours interleaved); ``n,chw`` (planes); ``wh,n`` (MATLAB: an
image a column, its own columns one after another); ``n,h16w11``; ``h,w,p`` (points in rows and columns, as of a mesh).
The notation of einops, without its brackets, which a shell would want quoted.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy.typing as npt

from ganstudio.data.errors import DatasetError
from ganstudio.modalities import counted

Array = npt.NDArray[Any]

LETTERS = "nkhwcp"
COLOURS = {1: "grey", 3: "colour", 4: "colour with transparency"}
"""How many colours an image may have."""
SIDES = (4, 1024)
"""Smallest and largest side that an axis of its own may have to be taken for an image's by itself."""
FLAT_SIDES = (8, 512)
"""The same where an image's pixels share an axis: the fewer its sides may be, the fewer tables are taken for images."""
CLASSED_PIXELS = 64 * 64
"""Most of the pixels on an axis that are told apart by class on two others: such arrays are of small images."""
MAX_ASPECT = 4.0
"""Longer side by shorter, of images whose sides are guessed."""

_AXIS = re.compile(r"([nkhwcp])(\d*)")
_EXPLICIT = ("n,h,w", "h,w,n", "n,h,w,c", "n,c,h,w", "h,w,c,n", "h,w,n,c", "c,h,w,n", "k,n,h,w", "h,w,n,k", "n,k,h,w")
_COMMON = ("n,h,w", "n,h,w,c", "n,c,h,w")
_ONE = ("h,w", "h,w,c", "c,h,w")  # a single picture
_GRIDS = ("h,w,p", "p,h,w")  # points of a mesh
_FLAT = ("n,{}", "{},n")
_FLAT_COLOURS = ("n,{},c", "n,c,{}", "{},c,n", "c,{},n")
_FLAT_CLASSES = ("k,n,{}", "n,k,{}", "{},n,k", "{},k,n")


@dataclass(frozen=True)
class Layout:
    """A layout with all its sizes. axes: for each axis of the array its letters and their sizes."""

    axes: tuple[tuple[tuple[str, int], ...], ...]

    @property
    def sizes(self) -> dict[str, int]:
        """The size of each letter."""
        return {letter: size for axis in self.axes for letter, size in axis}

    @property
    def count(self) -> int:
        """How many samples there are."""
        letters = "hw" if self.is_grid else "nk"
        return math.prod(self.sizes.get(letter, 1) for letter in letters)

    @property
    def image(self) -> tuple[int, int, int]:
        """Colours, height and width of an image."""
        sizes = self.sizes
        return sizes.get("c", 1), sizes["h"], sizes["w"]

    @property
    def is_points(self) -> bool:
        """Whether the samples are points."""
        return "p" in self.sizes

    @property
    def is_grid(self) -> bool:
        """Whether the samples are points that lie in rows and columns, as those of a mesh."""
        return self.is_points and "h" in self.sizes

    @property
    def is_one_picture(self) -> bool:
        """Whether the whole array is a single image."""
        return not self.is_points and "n" not in self.sizes

    @property
    def counts_first(self) -> bool:
        """Whether each row of the array is a sample: so it can be read some rows at a time."""
        return len(self.axes[0]) == 1 and self.axes[0][0][0] == "n" and "k" not in self.sizes

    @property
    def is_flat(self) -> bool:
        """Whether an image's pixels share an axis."""
        return any("h" in dict(axis) and "w" in dict(axis) for axis in self.axes)

    @property
    def is_square(self) -> bool:
        """Whether images are as wide as high."""
        return not self.is_points and self.image[1] == self.image[2]

    @property
    def aspect(self) -> float:
        """The longer side by the shorter."""
        _, height, width = self.image
        return max(height, width) / min(height, width)

    @property
    def code(self) -> str:
        """As it is written: with sizes only where they could not be told from the array's shape."""
        return ",".join("".join(self._written(axis) for axis in each) for each in self.axes)

    def _written(self, axis: tuple[str, int]) -> str:
        letter, size = axis
        alone = not self.is_flat or not any({"h", "w"} & dict(each).keys() and axis in each for each in self.axes)
        told = (letter in "hw" and not self.is_square) or (letter == "c" and size != 3)
        return f"{letter}{size}" if told and not alone else letter

    def words(self, count: int | None = None) -> str:
        """What it makes of the array: ``40 images of 16 × 16, colour``.

        count: how many samples there are, where other arrays are laid out alike.
        """
        count = count or self.count
        if self.is_points:
            return counted(count, "point")
        colours, height, width = self.image
        what = f"{width} × {height}, {COLOURS.get(colours, f'{colours} colours')}"
        if self.is_one_picture:
            return f"one picture of {what}"
        classes = f", {self.sizes['k']} classes of {self.sizes['n']:,}" if "k" in self.sizes else ""
        return f"{counted(count, 'image')} of {what}{classes}{self._order()}"

    def _order(self) -> str:
        letters = "".join(letter for axis in self.axes if len(axis) > 1 for letter, _ in axis)
        if not letters:
            return ""
        colours = {0: "its planes of colour one after another", len(letters) - 1: "its colours side by side"}
        along = "along its rows" if letters.index("h") < letters.index("w") else "along its columns"
        told = [colours[letters.index("c")]] if letters.find("c") in colours else []
        return f" ({', '.join(['each flat, ' + along, *told])})"

    def seen(self, values: Array) -> Array:
        """The samples: images (n, c, h, w), or (k, n, c, h, w) by class; points (n, 2). A view wherever there is one.

        values: of the shape that the layout is of, or some rows of it where the first axis is of one letter.
        """
        flat = [axis for each in self.axes for axis in each]
        sizes = [size for _, size in flat]
        if len(self.axes[0]) == 1:
            sizes[0] = len(values)
        split = values.reshape(sizes)
        wanted = [letter for letter in ("knhwp" if self.is_points else "knchw") if letter in self.sizes]
        turned = split.transpose([[letter for letter, _ in flat].index(letter) for letter in wanted])
        if self.is_points:
            return turned.reshape(-1, 2) if self.is_grid else turned
        if "c" not in self.sizes:
            turned = turned[..., None, :, :]
        return turned[None] if "n" not in self.sizes else turned


def parse(code: str, shape: tuple[int, ...]) -> Layout:
    """The layout that is written so, of an array of this shape. Raises DatasetError where it does not fit."""
    parts = [_AXIS.findall(axis) for axis in code.split(",")]
    letters = [letter for axis in parts for letter, _ in axis]
    written = ",".join("".join(f"{letter}{size}" for letter, size in axis) for axis in parts)
    wrong = None
    if written != code or not all(parts):
        wrong = f"it is made of the letters {', '.join(LETTERS)} and sizes, with a comma between axes"
    elif len(set(letters)) < len(letters):
        wrong = "a letter stands in it twice"
    elif not (({"h", "w"} <= set(letters) and "p" not in letters) or set(letters) in ({"n", "p"}, {"h", "w", "p"})):
        wrong = "it needs h and w, or for points n and p, or h, w and p"
    elif len(parts) != len(shape):
        wrong = f"it is of {len(parts)} axes, and the array has {len(shape)}: {shape}"
    if wrong is None:
        found = tuple(
            _sized([(letter, int(size or 0)) for letter, size in axis], length)
            for axis, length in zip(parts, shape, strict=True)
        )
        whole = tuple(axis for axis in found if axis is not None)
        if len(whole) == len(found):
            return Layout(whole)
        wrong = f"the sizes do not fit the array's shape, {shape}; name them, such as n,h16w11"
    raise DatasetError(f'layout "{code}": {wrong}. It is such as n,h,w,c or n,hw or wh,n')


def goes_on(layout: Layout, shape: tuple[int, ...]) -> bool:
    """Whether another array of this shape can hold more samples of that layout's, of the same sides."""
    try:
        other = parse(layout.code, shape)
    except DatasetError:
        return False
    return layout.is_points or other.image == layout.image


def _sized(axis: list[tuple[str, int]], length: int) -> tuple[tuple[str, int], ...] | None:
    """The letters of one axis with all their sizes; None where they don't come to its length."""
    sizes = dict(axis)
    open_letters = [letter for letter, size in axis if not size]
    if len(open_letters) > 1 and "c" in open_letters:
        sizes["c"] = 3
        open_letters.remove("c")
    known = math.prod(size for size in sizes.values() if size)
    rest = length // known if known and length % known == 0 else 0
    if len(open_letters) == 1:
        sizes[open_letters[0]] = rest
    elif open_letters in (["h", "w"], ["w", "h"]):
        sizes["h"] = sizes["w"] = math.isqrt(rest)
    elif open_letters:
        return None
    if math.prod(sizes.values()) != length or sizes.get("p", 2) != 2 or not length:
        return None
    return tuple(sizes.items())


# --- what an array could be -------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)  # asked again for each card and each choice
def possible(shape: tuple[int, ...], *, from_matlab: bool = False) -> tuple[Layout, ...]:
    """Every layout that an array of this shape could plausibly have, the commoner first; none: it can't be used.

    from_matlab: images lie along its last axis as often as along its first, and a column is stored from the top.
    """
    if not shape or min(shape) < 1:
        return ()
    codes = [code for code in (*_EXPLICIT, *_ONE) if code.count(",") + 1 == len(shape)]
    found = [layout for code in codes if (layout := _explicit(code, shape)) is not None]
    if len(shape) == 2 and 2 in shape:
        along = [code for code, axis in (("n,p", 1), ("p,n", 0)) if shape[axis] == 2 and (axis or shape[1] > 2)]
        found = [parse(along[0], shape)]
        if along[0] == "n,p":
            return tuple(found)
    if len(shape) == 3:
        found += [parse(code, shape) for code in _GRIDS if _holds_mesh(code, shape)]
    flat = {2: _FLAT, 3: (*_FLAT_COLOURS, *_FLAT_CLASSES)}.get(len(shape), ())
    for code in flat:
        found += _flat(code, shape, from_matlab=from_matlab)
    kept = {layout.code: layout for layout in found}
    return tuple(sorted(kept.values(), key=lambda layout: weight(layout, from_matlab=from_matlab)))


def _holds_mesh(code: str, shape: tuple[int, ...]) -> bool:
    sizes = dict(zip(code.split(","), shape, strict=True))
    return sizes["p"] == 2 and min(sizes["h"], sizes["w"]) >= SIDES[0]


def _explicit(code: str, shape: tuple[int, ...]) -> Layout | None:
    layout = Layout(tuple(((letter, size),) for letter, size in zip(code.split(","), shape, strict=True)))
    colours, height, width = layout.image
    least = FLAT_SIDES[0] if layout.is_one_picture else SIDES[0]
    if colours not in COLOURS or min(height, width) < least:
        return None
    if "k" in layout.sizes and (layout.sizes["k"] > 1_000 or set(COLOURS) & set(shape)):
        return None
    if code == "c,h,w" and colours != 3:  # one or four grey images are more likely
        return None
    if code in _COMMON:  # where somebody chose such shapes, they are what they seem
        return layout
    is_likely = layout.aspect <= MAX_ASPECT and max(height, width) <= (10_000 if layout.is_one_picture else SIDES[1])
    return layout if is_likely else None


def _flat(code: str, shape: tuple[int, ...], *, from_matlab: bool) -> list[Layout]:
    """The layouts of images whose pixels share the axis that stands as braces."""
    axis = code.split(",").index("{}")
    apart = "c" in code
    if apart and shape[code.split(",").index("c")] != 3:
        return []
    if "k" in code and (not 2 <= shape[code.split(",").index("k")] <= 1_000 or set(COLOURS) & set(shape)):
        return []
    found = []
    for colours in (1,) if apart else COLOURS:
        values = shape[axis]
        if "k" in code and values > CLASSED_PIXELS:
            continue
        if values % colours or not FLAT_SIDES[0] ** 2 <= values // colours <= FLAT_SIDES[1] ** 2:
            continue
        for height, width in _sides(values // colours, square="k" in code or colours == 4):
            # Columns are what a column of a MATLAB array is filled with; rows everywhere else, as Python writes them.
            order = "wh" if from_matlab and axis == 0 else "hw"
            for nested in (order,) if colours == 1 else (f"{order}c", f"c{order}"):
                sized = nested.replace("h", f"h{height}").replace("w", f"w{width}").replace("c", f"c{colours}")
                found.append(parse(code.format(sized), shape))
    return found


def _sides(pixels: int, *, square: bool) -> list[tuple[int, int]]:
    """Heights and widths of images of so many pixels, none longer than ``MAX_ASPECT`` times the other."""
    side = math.isqrt(pixels)
    if square:
        return [(side, side)] if side * side == pixels else []
    least = max(FLAT_SIDES[0], math.ceil(math.sqrt(pixels / MAX_ASPECT)))
    shorter = [each for each in range(least, side + 1) if pixels % each == 0]
    return [sides for each in shorter for sides in dict.fromkeys([(each, pixels // each), (pixels // each, each)])]


def weight(layout: Layout, *, from_matlab: bool) -> float:
    """How much smoother than the commonest another layout has to be: 1 for n,h,w of squares."""
    if layout.is_points:
        return 5.0 if layout.is_grid else 0.5
    letters = ["".join(letter for letter, _ in axis) for axis in layout.axes]
    found = 1.0
    if layout.is_one_picture:
        found = 1.1
    elif letters[0] not in ("n", "k") and not from_matlab:
        found = 1.15
    if letters == ["h", "w", "n", "c"] or (letters[0] == "c" and not layout.is_one_picture):
        found *= 1.3
    if "k" in layout.sizes:
        first = "".join(letters).index("k") < "".join(letters).index("n")
        found *= 1.3 if first != from_matlab else 1.35
    if layout.is_flat:
        found *= 1.2 * layout.aspect ** (1 / 3) if not layout.is_square else 1.0
    elif not layout.is_square and not layout.is_one_picture:
        found *= 1.5
    return found if layout.image[0] != 4 else 1.2 * found
