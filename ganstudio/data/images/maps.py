"""Maps of normals and of depth: which of them a file holds, and unit vectors of any size that are made of it.

What a map is is told by its values: the pixels of a normal map are vectors of length 1. Legend: h, w pixels; vectors
(h, w, 3) point right, up and towards the viewer.
"""

from __future__ import annotations

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import numpy_files, pictures
from ganstudio.modalities.normals import from_pixels, is_map, unit
from ganstudio.system.files import FileFault, read_bytes

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Stored = npt.NDArray[np.generic]

Kind = Literal["normals", "depth", "picture"]

RELIEF = 0.5
"""How far the nearest is from the farthest in a map of depth, as a share of the side, where nothing else is said."""
MOST_BYTES = 64 << 20
_SMOOTH = 3  # times that depth is averaged with its neighbours, as it comes in steps of a grey level
_LEAST = 8  # pixels of a side
_HUGE = 1e30  # what is more than that may be farther apart than a number can say
_LONGEST = 4  # times as long as wide: what is longer is a table
_OFF, _SHARE = 0.05, 0.9  # how far from 1 the length of a vector may be, and of how many


@dataclass(frozen=True)
class SurfaceMap:
    """A map as it lies in a file. values: of normals vectors (n, h, w, 3), of depth (1, h, w), all finite.

    coarse: whether depth comes in steps of a grey level, of which there are 256. name: of the file.
    """

    name: str
    kind: Literal["normals", "depth"]
    values: Floats
    coarse: bool = False

    @property
    def is_depth(self) -> bool:
        """Whether it is one of depth, else of normals."""
        return self.kind == "depth"

    def normals(
        self, height: int, width: int, *, green: str = "up", near: str = "bright", relief: float = RELIEF
    ) -> Floats:
        """Unit vectors (n, height, width, 3) of the middle of the map.

        green: where green points to in a map of normals, up or down. near: what is nearer in one of depth, bright or
        dark; relief: how far the nearest is from the farthest, as a share of the shorter side.
        """
        if self.is_depth:
            plane = fitted(self.values[0], height, width)
            return slopes(plane, near=near, relief=relief, coarse=self.coarse).transpose(1, 2, 0)[None]
        found = np.stack(
            [np.stack([fitted(one[..., axis], height, width) for axis in range(3)], -1) for one in self.values]
        )
        if green == "down":
            found[..., 1] *= -1
        return unit(found, axis=3)  # a mean of unit vectors is shorter


def read_map(path: Path) -> SurfaceMap:
    """The map of normals or of depth in a picture or an array (.npy). Raises DatasetError for anything else."""
    name = path.name
    try:
        data = read_bytes(path, MOST_BYTES)
        with pictures.pillow_rules():
            vectors = _vectors(data) if name.lower().endswith(".npy") else None
            values = stored(data, name) if vectors is None else np.empty((0, 0, 3))
    except (FileFault, pictures.UnreadablePicture) as error:
        told = str(error) if isinstance(error, FileFault) else f'"{name}" {error}'
        raise DatasetError(
            f"{told}: a map of normals is a picture in colour, such as a PNG, and one of depth a grey picture or an "
            "array of rows and columns (.npy)"
        ) from None
    if vectors is not None:
        return SurfaceMap(name, "normals", vectors)
    if kind_of(values) == "normals":
        pixels = np.asarray(values, np.uint8).transpose(2, 0, 1)
        return SurfaceMap(name, "normals", from_pixels(pixels[None]).transpose(0, 2, 3, 1))
    if values.shape[2] != 1:
        raise DatasetError(
            f'"{name}" is no map of normals: red, green and blue of each pixel, from 0 to 255 for -1 to 1, are to be '
            "a vector of length 1. It is no map of depth either, as that is grey. A photograph tells no normals by "
            "itself: estimating them takes a model that is not here"
        )
    depth = values[..., 0].astype(np.float32)
    if min(depth.shape) < _LEAST or max(depth.shape) > _LONGEST * min(depth.shape):
        raise DatasetError(f'"{name}" has {depth.shape[0]:,} rows of {depth.shape[1]:,} numbers, which is no map')
    if depth.max() <= depth.min():
        raise DatasetError(f'"{name}" is a map of one depth: nothing stands out of it')
    return SurfaceMap(name, "depth", depth[None], coarse=values.dtype == np.uint8)


def kind_of(values: Stored) -> Kind:
    """What stored pixels (h, w, 1 or 3) may be of; a grey picture may be one of depth."""
    if values.shape[2] == 1:
        return "depth"
    return "normals" if is_map(values) else "picture"


def stored(data: bytes, name: str) -> Stored:
    """An image (h, w, 1 or 3) as it is stored: uint8, or the numbers of a map of depth.

    name: of the file, whose ending says whether it is an array. To be called within ``pillow_rules``. Raises
    UnreadablePicture.
    """
    if os.path.splitext(name)[1].lower() == ".npy":
        return _numbers(data)
    with pictures.opened(data) as image:
        deep = image.mode.startswith(("I", "F"))
        if deep:
            with pictures.damage_as_reasons():
                return _finite(np.asarray(image))[..., None]
    colours = pictures.whole(data)[..., :3]
    plain = colours[..., 0] if colours.shape[2] == 1 else pictures.without_colour(colours)
    return plain[..., None] if plain.ndim == 2 else plain


def fitted(plane: Floats, height: int, width: int) -> Floats:
    """The middle (height, width) of numbers (h, w): means where there are fewer of them then, else between pixels."""
    from PIL import Image

    rows, columns = plane.shape
    high = max(1, min(rows, round(columns * height / width)))
    wide = max(1, min(columns, round(rows * width / height)))
    top, left = (rows - high) // 2, (columns - wide) // 2
    how = Image.Resampling.BOX if high >= height and wide >= width else Image.Resampling.BILINEAR
    part = np.ascontiguousarray(plane[top : top + high, left : left + wide], np.float32)
    return np.asarray(Image.fromarray(part).resize((width, height), how), np.float32)


def slopes(depth: Floats, *, near: str, relief: float, coarse: bool) -> Floats:
    """Normals (3, h, w) of depth (h, w): (-s dz/dx, -s dz/dy, 1), smoothed, with x to the right and y up."""
    if (most := float(np.abs(depth).max())) > _HUGE:
        depth = depth / most
    span = float(depth.max() - depth.min())
    z = (depth - depth.min()) / (span or 1.0) * (1 if near == "bright" else -1)
    for _ in range(_SMOOTH if coarse else 0):
        around = np.pad(z, 1, mode="edge")
        z = (around[:-2, 1:-1] + around[2:, 1:-1] + around[1:-1, :-2] + around[1:-1, 2:] + 4 * z) / 8
    down, across = np.gradient(z * relief * min(z.shape))
    normals: Floats = unit(np.stack([-across, down, np.ones_like(z)])[None])[0]
    return normals


# --- numbers ----------------------------------------------------------------------------------------------------------


def _array(data: bytes) -> Stored:
    if not numpy_files.is_npy(Path(), data):  # what is called so may be an archive of several
        raise pictures.UnreadablePicture("is no array")
    try:
        found: Stored = np.load(io.BytesIO(data), allow_pickle=False)
    except numpy_files.UNREADABLE as error:
        raise pictures.UnreadablePicture(f"is no array ({error})") from None
    return found


def _numbers(data: bytes) -> Stored:
    array = _array(data)
    if array.ndim == 2 and array.dtype.kind in "fiu" and min(array.shape) > 1:
        return _finite(array)[..., None]
    if array.ndim == 3 and array.shape[2] in (1, 3) and array.dtype == np.uint8:
        return np.asarray(array)
    raise pictures.UnreadablePicture(f"is an array of shape {array.shape}; a map of depth is of rows and columns")


def _vectors(data: bytes) -> Floats | None:
    """Maps (n, h, w, 3) of unit vectors in an array, as ``sample --way normals`` writes them; None: it holds none."""
    array = _array(data)
    if array.dtype.kind != "f" or array.ndim not in (3, 4):
        return None
    several = array if array.ndim == 4 else array[None]
    if several.shape[1] == 3 and several.shape[3] != 3:
        several = several.transpose(0, 2, 3, 1)
    if several.shape[3] != 3 or min(several.shape) < 1 or min(several.shape[1:3]) < _LEAST:
        return None
    with np.errstate(over="ignore", invalid="ignore"):
        lengths = np.sqrt(np.square(several.astype(np.float32)).sum(-1))
        if not np.isfinite(lengths).all() or (np.abs(lengths - 1) < _OFF).mean() < _SHARE:
            return None
    return unit(several.astype(np.float32), axis=3)


def _finite(depth: Stored) -> Floats:
    """Depth (h, w) as float32. Raises UnreadablePicture where a pixel has none: a normal can't be told from it."""
    with np.errstate(over="ignore"):
        found = depth.astype(np.float32)
    if missing := int((~np.isfinite(found)).sum()):
        raise pictures.UnreadablePicture(f"has no depth (NaN or infinite) at {missing:,} of {found.size:,} pixels")
    return found
