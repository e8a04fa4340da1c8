"""Pictures and the normals of their surfaces, off a folder or an archive: two folders of equal names, or halves.

What is a map is told by its values: the pixels of a normal map are vectors of length 1. A few files tell which reading
it is; then each map is looked at as it is read. Legend: n pairs, s pixels a side.
"""

from __future__ import annotations

import os
from collections import defaultdict
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal

import numpy as np

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import pictures
from ganstudio.data.files.sources import open_source
from ganstudio.data.images import maps, pair_files
from ganstudio.data.images.dataset import check_room, image_dataset
from ganstudio.data.images.scenes import with_normals
from ganstudio.data.skips import Skips
from ganstudio.data.watching import watcher
from ganstudio.experiment.places import place_of
from ganstudio.modalities import counted
from ganstudio.modalities.normals import from_pixels, is_map

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import numpy.typing as npt

    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import PairsSpec

    Floats = npt.NDArray[np.float32]
    Stored = npt.NDArray[np.generic]

Reading = Literal["folders", "depth", "halves"]
Role = Literal["picture", "map"]

NEEDED = (
    "to learn how surfaces are painted, each picture needs the map of its normals, or of its depth: two folders of "
    "pictures and of maps with files of equal names, or images whose right half is the map. Pictures alone do not do, "
    "as estimating their normals takes a model that is not here"
)
_LOOKED_AT = 6  # pairs that tell what is a map
_MAP_WORDS = ("normal", "depth", "disp", "height")
_ENDINGS = frozenset({".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff", ".npy", ".ppm", ".pgm"})
_UNNAMED = 1_000  # files of an archive after which one without pictures is taken to have none
_TOLD_EVERY = 16  # files between two words on how far it is
_ROUGHLY = 0.02
_NOT_HALVED = "has a right half that is no map of normals, or is not twice as wide as high"


@dataclass(frozen=True)
class Found:
    """What is where. pairs: names of a picture and its map; of halves the same one twice. words: that, for people."""

    reading: Reading
    pairs: tuple[tuple[str, str], ...]
    words: str


@dataclass
class Half:
    """What was read of a pair so far. wrong: names of files, and why they can't be used."""

    picture: npt.NDArray[np.uint8] | None = None
    map: npt.NDArray[np.float16] | None = None
    wrong: list[tuple[str, str]] = field(default_factory=list)


def holds_pairs(path: Path) -> bool:
    """Whether a folder or an archive is of pairs, by the names of its files and the values of a few."""
    try:
        return pair_files.is_container(path) and _find(path, "auto") is not None
    except DatasetError:
        return False


def build_pairs(spec: PairsSpec) -> Dataset:
    """All pairs of a folder or an archive, square from the middle of each; normals as partners.

    Whoever watches this reading is told how far it is, and can end it. Raises DatasetError for none.
    """
    path = place_of(spec.path)
    if not pair_files.is_container(path):
        raise DatasetError(f'"{path.name}" is a single file: pairs are read from a folder, a zip or a tar archive')
    found = _find(path, spec.reading)
    if found is None:
        raise DatasetError(f'"{path.name}" holds no pairs: {NEEDED}')
    check_room("So many pairs", len(found.pairs), 9, spec.size)
    skips, images, normals = Skips(), [], []
    for (name, _), half in zip(found.pairs, _read(path, found, spec), strict=True):
        if half.picture is not None and half.map is not None:
            images.append(half.picture)
            normals.append(half.map)
        else:
            skips.add(*(half.wrong[0] if half.wrong else (name, "can't be read, or its map can't")))
    if not images and all(one.reason == _NOT_HALVED for one in skips.named):
        raise DatasetError(f'"{path.name}" holds no pairs: {NEEDED}')
    if not images:
        raise DatasetError(f'"{path.name}" holds no pair that can be read: {skips.sentence()}')
    dataset = image_dataset(
        path.name,
        np.stack(images),
        source=f"{counted(len(images), 'pair')}: {found.words}",
        skips=skips,
        held_out=spec.held_out,
        flips=spec.flips,
    )
    return replace(with_normals(dataset, np.stack(normals)), notes=(f"Pairs: {found.words}",))


def _read(path: Path, found: Found, spec: PairsSpec) -> list[Half]:
    """Read each file once, in the order in which they lie; what belongs to no pair is passed by."""
    roles: dict[str, tuple[int, tuple[Role, ...]]] = {}
    for place, (picture, own) in enumerate(found.pairs):
        if picture == own:
            roles[picture] = (place, ("picture", "map"))
        else:
            roles[picture], roles[own] = (place, ("picture",)), (place, ("map",))
    halves, watch, done = [Half() for _ in found.pairs], watcher(), 0
    passed = Skips()
    with pictures.pillow_rules(), open_source(path, passed) as source:
        for name, data in source.files:
            watch.go_on()
            if name not in roles:
                continue
            place, wanted = roles[name]
            try:
                _take(halves[place], maps.stored(data, name), wanted, found.reading, spec)
            except pictures.UnreadablePicture as error:
                halves[place].wrong.append((name, str(error)))
            done += 1
            if done % _TOLD_EVERY == 1:
                watch.progress(done, len(roles))
    watch.progress(len(roles), len(roles))
    for one in passed.named:
        if one.name in roles:
            halves[roles[one.name][0]].wrong.append((one.name, one.reason))
    return halves


def _take(half: Half, pixels: Stored, roles: Sequence[Role], reading: Reading, spec: PairsSpec) -> None:
    """Keep what a file is of a pair, as small as it is trained on. Raises UnreadablePicture."""
    halved = reading == "halves"
    if halved and not _is_halved(pixels):
        raise pictures.UnreadablePicture(_NOT_HALVED)
    if "map" in roles:
        half.map = _normals(pixels, reading, spec).astype(np.float16)
    if "picture" in roles:
        half.picture = _picture(pixels, spec.size, half=0 if halved else None)


# --- what is where ----------------------------------------------------------------------------------------------------


def _find(path: Path, wanted: str) -> Found | None:
    """The pairs of a folder or archive; None: there are none of the reading that is wanted."""
    by_folder = _listed(path)
    with pictures.pillow_rules():
        found = None if wanted == "halves" else _in_folders(path, by_folder, wanted)
        if found is None and wanted in ("auto", "halves"):
            found = _halves(path, by_folder, asked=wanted == "halves")
    return found


def _listed(path: Path) -> dict[str, dict[str, str]]:
    """The names of what may be pictures or maps, by their folder and by what they have in common with their pair's."""
    by_folder: dict[str, dict[str, str]] = defaultdict(dict)
    for place, name in enumerate(pair_files.names_in(path)):
        folder, _, file = name.rpartition("/")
        stem, ending = os.path.splitext(file)
        if ending.lower() in _ENDINGS:
            by_folder[folder or "."][_plain(stem)] = name
        elif place >= _UNNAMED and not by_folder and not path.is_dir():
            break
    return by_folder


def _plain(stem: str) -> str:
    """A file's name without what says that it is a map: a_normal, a-depth and a are of one pair."""
    lower = stem.lower()
    for word in ("_normals", "_normal", "-normal", "_depth", "-depth", "_rgb", "_color", "_colour"):
        lower = lower.removesuffix(word)
    return lower


def _in_folders(path: Path, by_folder: Mapping[str, Mapping[str, str]], wanted: str) -> Found | None:
    """Of two folders that share most names, the one with maps."""
    folders = sorted(by_folder)
    couples = [(one, other) for place, one in enumerate(folders[:50]) for other in folders[place + 1 : 50]]
    shared = {couple: by_folder[couple[0]].keys() & by_folder[couple[1]].keys() for couple in couples}
    couple = max(shared, key=lambda one: len(shared[one]), default=None)
    if couple is None or len(shared[couple]) < 2:
        return None
    stems = sorted(shared[couple])
    looked = {one: [by_folder[one][stem] for stem in _spread(stems)] for one in couple}
    seen = _seen(path, [name for names in looked.values() for name in names])
    kinds = {one: _kind_of([seen.get(name) for name in looked[one]], looked[one], one) for one in couple}
    for reading in ("folders", "depth"):
        own = [one for one in couple if kinds[one] == reading]
        if len(own) == 1 and wanted in ("auto", reading):
            other = couple[0] if own[0] == couple[1] else couple[1]
            what = "normal maps" if reading == "folders" else "depth maps, of which normals were made,"
            return Found(
                reading,
                tuple((by_folder[other][stem], by_folder[own[0]][stem]) for stem in stems),
                f"pictures in {other}, {what} in {own[0]}, by files of equal names",
            )
    return None


def _seen(path: Path, names: Sequence[str]) -> dict[str, Stored]:
    """The pixels of some files; what can't be read is not among them."""
    found = {}
    for name, data in pair_files.some_of(path, frozenset(names)).items():
        try:
            found[name] = maps.stored(data, name)
        except pictures.UnreadablePicture:
            continue
    return found


def _kind_of(pixels: Sequence[Stored | None], names: Sequence[str], folder: str) -> str:
    """What lies in a folder, by some of its files: normal maps, depth maps, or pictures."""
    told = ["" if one is None else maps.kind_of(one) for one in pixels]
    if told and sum(one == "normals" for one in told) > len(told) / 2:
        return "folders"
    named = any(word in folder.lower() for word in _MAP_WORDS[1:])
    # Greys of more than 256 levels are measurements.
    deep = any(one is not None and one.dtype != np.uint8 for one in pixels)
    grey = sum(one == "depth" for one in told) > len(told) / 2
    return "depth" if grey and (named or deep or any(name.endswith(".npy") for name in names)) else "pictures"


def _halves(path: Path, by_folder: Mapping[str, Mapping[str, str]], *, asked: bool) -> Found | None:
    """Images twice as wide as high, whose right half is a map.

    A few tell whether that is the reading, unless it is asked for. Each is looked at when it is read, and left out
    where it is otherwise.
    """
    names = [name for files in by_folder.values() for name in files.values() if not name.endswith(".npy")]
    if len(names) < 2:
        return None
    if not asked:
        # Of a tar the first: it would be read to its end for others.
        looked = names[:_LOOKED_AT] if pair_files.is_stream(path) else _spread(names)
        if sum(_is_halved(pixels) for pixels in _seen(path, looked).values()) <= len(looked) / 2:
            return None
    words = "the right half of each image is its normal map"
    return Found("halves", tuple((name, name) for name in sorted(names)), words)


def _is_halved(pixels: Stored) -> bool:
    """Whether an image is twice as wide as high, and its right half a map of normals."""
    height, width, channels = pixels.shape
    wide = abs(width - 2 * height) <= max(2, _ROUGHLY * width)
    return channels == 3 and wide and is_map(pixels[:, width // 2 :])


def _spread(items: Sequence[str]) -> list[str]:
    """Some, evenly spread over all."""
    if not items:
        return []
    return [items[place] for place in np.unique(np.linspace(0, len(items) - 1, _LOOKED_AT).astype(int)).tolist()]


# --- pixels and normals -----------------------------------------------------------------------------------------------


def _picture(pixels: Stored, size: int, half: int | None = None) -> npt.NDArray[np.uint8]:
    """A picture (3, s, s) of stored pixels. half: 0 or 1, the left or right one."""
    if pixels.dtype != np.uint8:
        raise pictures.UnreadablePicture("is a map of depth where a picture was expected")
    part = _half(pixels, half)
    square = pictures.resize(np.ascontiguousarray(part[..., 0] if part.shape[2] == 1 else part), size)
    colour = np.repeat(square[..., None], 3, axis=2) if square.ndim == 2 else square
    return np.ascontiguousarray(colour.transpose(2, 0, 1))


def _half(pixels: Stored, half: int | None) -> Stored:
    middle = pixels.shape[1] // 2
    return pixels if half is None else pixels[:, :middle] if half == 0 else pixels[:, middle:]


def _normals(pixels: Stored, reading: Reading, spec: PairsSpec) -> Floats:
    """The normals (3, s, s) of a map; unit vectors again after the change of size, as a mean of such is shorter."""
    if reading == "depth":
        return _of_depth(pixels, spec)
    if reading == "folders" and maps.kind_of(pixels) != "normals":
        raise pictures.UnreadablePicture("is no map of normals")
    normals: Floats = from_pixels(_picture(pixels, spec.size, half=1 if reading == "halves" else None)[None])[0]
    if spec.green == "down":
        normals[1] *= -1
    return normals


def _of_depth(pixels: Stored, spec: PairsSpec) -> Floats:
    """Normals (3, s, s) of a map of depth."""
    if pixels.shape[2] != 1:
        raise pictures.UnreadablePicture("is in colour, and no map of depth")
    depth = maps.fitted(pixels[..., 0].astype(np.float32), spec.size, spec.size)
    if depth.max() <= depth.min():
        raise pictures.UnreadablePicture("is a map of one depth")
    return maps.slopes(depth, near=spec.near, relief=spec.relief, coarse=pixels.dtype == np.uint8)
