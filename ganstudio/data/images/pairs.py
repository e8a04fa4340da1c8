"""Pictures and the normals of their surfaces, off a folder: two folders of equal names, or halves of images.

What is a map is told by its values: the pixels of a normal map are vectors of length 1. Legend: n pairs, s pixels a
side.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import numpy as np

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import archives, pictures
from ganstudio.data.images import maps
from ganstudio.data.images.dataset import check_room, image_dataset
from ganstudio.data.images.scenes import with_normals
from ganstudio.data.skips import Skips
from ganstudio.experiment.places import place_of
from ganstudio.modalities.normals import from_pixels, is_map
from ganstudio.system.files import FileFault, read_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import PairsSpec

    Floats = npt.NDArray[np.float32]

Reading = Literal["folders", "depth", "halves"]

NEEDED = (
    "to learn how surfaces are painted, each picture needs the map of its normals, or of its depth: two folders of "
    "pictures and of maps with files of equal names, or images whose right half is the map. Pictures alone do not do, "
    "as estimating their normals takes a model that is not here"
)
_LOOKED_AT = 6  # pairs that tell what is a map
_MAP_WORDS = ("normal", "depth", "disp", "height")


@dataclass(frozen=True)
class Found:
    """What is where. pairs: paths of a picture and its map; of halves the same one twice. words: that, for people."""

    reading: Reading
    pairs: tuple[tuple[str, str], ...]
    words: str


def holds_pairs(path: Path) -> bool:
    """Whether a folder is of pairs, by the names of its files and the values of a few."""
    try:
        return path.is_dir() and _find(path, "auto") is not None
    except DatasetError:
        return False


def build_pairs(spec: PairsSpec) -> Dataset:
    """All pairs of a folder, square from the middle of each; normals as partners. Raises DatasetError for none."""
    path = place_of(spec.path)
    if not path.is_dir():
        raise DatasetError(f'"{path.name}" is no folder: pairs are read from a folder; unpack an archive first')
    found = _find(path, spec.reading)
    if found is None:
        raise DatasetError(f'"{path.name}" holds no pairs: {NEEDED}')
    check_room("So many pairs", len(found.pairs), 9, spec.size)
    skips, images, normals = Skips(), [], []
    with pictures.pillow_rules():
        for picture, own in found.pairs:
            try:
                images.append(_picture(_pixels(picture), spec.size, half=0 if found.reading == "halves" else None))
                normals.append(_normals(own, found.reading, spec))
            except pictures.UnreadablePicture as error:
                del images[len(normals) :]
                skips.add(archives.printable(os.path.relpath(picture, path)), str(error))
    if not images:
        raise DatasetError(f'"{path.name}" holds no pair that can be read: {skips.sentence()}')
    dataset = image_dataset(
        path.name,
        np.stack(images),
        source=f"{len(images):,} pairs: {found.words}",
        skips=skips,
        held_out=spec.held_out,
        flips=spec.flips,
    )
    return replace(with_normals(dataset, np.stack(normals)), notes=(f"Pairs: {found.words}",))


# --- what is where ----------------------------------------------------------------------------------------------------


def _find(path: Path, wanted: str) -> Found | None:
    """The pairs of a folder; None: there are none of the reading that is wanted."""
    by_folder: dict[str, dict[str, str]] = defaultdict(dict)
    for folder, _, names in archives.walk(path, lambda _error: None):
        for name in names:
            stem, ending = os.path.splitext(name)
            if ending.lower() in _ENDINGS:
                by_folder[os.path.relpath(folder, path)][_plain(stem)] = os.path.join(folder, name)
    with pictures.pillow_rules():
        found = None if wanted == "halves" else _in_folders(by_folder, wanted)
        if found is None and wanted in ("auto", "halves"):
            found = _halves(by_folder)
    return found


_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".npy", ".ppm", ".pgm"})


def _plain(stem: str) -> str:
    """A file's name without what says that it is a map: a_normal, a-depth and a are of one pair."""
    lower = stem.lower()
    for word in ("_normals", "_normal", "-normal", "_depth", "-depth", "_rgb", "_color", "_colour"):
        lower = lower.removesuffix(word)
    return lower


def _in_folders(by_folder: dict[str, dict[str, str]], wanted: str) -> Found | None:
    """Of two folders that share most names, the one with maps."""
    folders = sorted(by_folder)
    couples = [(one, other) for place, one in enumerate(folders[:50]) for other in folders[place + 1 : 50]]
    shared = {couple: by_folder[couple[0]].keys() & by_folder[couple[1]].keys() for couple in couples}
    couple = max(shared, key=lambda one: len(shared[one]), default=None)
    if couple is None or len(shared[couple]) < 2:
        return None
    stems = sorted(shared[couple])
    looked = _spread(stems)
    kinds = {one: _kind_of([by_folder[one][stem] for stem in looked], one) for one in couple}
    for reading in ("folders", "depth"):
        maps = [one for one in couple if kinds[one] == reading]
        if len(maps) == 1 and wanted in ("auto", reading):
            own = maps[0]
            other = couple[0] if own == couple[1] else couple[1]
            what = "normal maps" if reading == "folders" else "depth maps, of which normals were made,"
            return Found(
                reading,
                tuple((by_folder[other][stem], by_folder[own][stem]) for stem in stems),
                f"pictures in {other}, {what} in {own}, by files of equal names",
            )
    return None


def _kind_of(paths: Sequence[str], folder: str) -> str:
    """What lies in a folder, by some of its files: normal maps, depth maps, or pictures."""
    told = [_look(path) for path in paths]
    if told and sum(one == "normals" for one in told) > len(told) / 2:
        return "folders"
    named = any(word in folder.lower() for word in _MAP_WORDS[1:])
    grey = sum(one == "depth" for one in told) > len(told) / 2
    return (
        "depth" if grey and (named or any(path.endswith(".npy") for path in paths) or _is_deep(paths)) else "pictures"
    )


def _is_deep(paths: Sequence[str]) -> bool:
    """Whether greys are of more than 256 levels, as only measurements are."""
    try:
        return any(_pixels(path).dtype != np.uint8 for path in paths)
    except pictures.UnreadablePicture:
        return False


def _look(path: str) -> str:
    try:
        return maps.kind_of(_pixels(path))
    except pictures.UnreadablePicture:
        return ""


def _halves(by_folder: dict[str, dict[str, str]]) -> Found | None:
    """Images twice as wide as high, whose right half is a map."""
    paths = sorted(path for files in by_folder.values() for path in files.values() if not path.endswith(".npy"))
    looked = _spread(paths)
    maps = 0
    for path in looked:
        try:
            pixels = _pixels(path)
        except pictures.UnreadablePicture:
            continue
        height, width, channels = pixels.shape
        wide = abs(width - 2 * height) <= max(2, 0.02 * width)
        maps += channels == 3 and wide and is_map(pixels[:, width // 2 :])
    if len(paths) < 2 or maps <= len(looked) / 2:
        return None
    return Found("halves", tuple((path, path) for path in paths), "the right half of each image is its normal map")


def _spread(items: Sequence[str]) -> list[str]:
    """Some, evenly spread over all."""
    return (
        [items[place] for place in np.unique(np.linspace(0, len(items) - 1, _LOOKED_AT).astype(int))] if items else []
    )


# --- pixels and normals -----------------------------------------------------------------------------------------------


def _pixels(path: str) -> npt.NDArray[np.generic]:
    """An image (h, w, 1 or 3) as it is stored. Raises UnreadablePicture."""
    try:
        data = read_bytes(Path(path), maps.MOST_BYTES)
    except FileFault as error:
        raise pictures.UnreadablePicture(str(error)) from None
    return maps.stored(data, path)


def _picture(pixels: npt.NDArray[np.generic], size: int, half: int | None = None) -> npt.NDArray[np.uint8]:
    """A picture (3, s, s) of stored pixels. half: 0 or 1, the left or right one."""
    if pixels.dtype != np.uint8:
        raise pictures.UnreadablePicture("is a map of depth where a picture was expected")
    part = _half(pixels, half)
    square = pictures.resize(np.ascontiguousarray(part[..., 0] if part.shape[2] == 1 else part), size)
    colour = np.repeat(square[..., None], 3, axis=2) if square.ndim == 2 else square
    return np.ascontiguousarray(colour.transpose(2, 0, 1))


def _half(pixels: npt.NDArray[np.generic], half: int | None) -> npt.NDArray[np.generic]:
    middle = pixels.shape[1] // 2
    return pixels if half is None else pixels[:, :middle] if half == 0 else pixels[:, middle:]


def _normals(path: str, reading: Reading, spec: PairsSpec) -> npt.NDArray[np.float16]:
    """The normals (3, s, s) of a map; unit vectors again after the change of size, as a mean of such is shorter."""
    pixels = _pixels(path)
    if reading == "depth":
        return _of_depth(pixels, spec).astype(np.float16)
    normals: Floats = from_pixels(_picture(pixels, spec.size, half=1 if reading == "halves" else None)[None])[0]
    if spec.green == "down":
        normals[1] *= -1
    return normals.astype(np.float16)


def _of_depth(pixels: npt.NDArray[np.generic], spec: PairsSpec) -> Floats:
    """Normals (3, s, s) of a map of depth."""
    depth = maps.fitted(pixels[..., 0].astype(np.float32), spec.size, spec.size)
    if depth.max() <= depth.min():
        raise pictures.UnreadablePicture("is a map of one depth")
    return maps.slopes(depth, near=spec.near, relief=spec.relief, coarse=pixels.dtype == np.uint8)
