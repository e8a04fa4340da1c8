"""Images from a folder, its subfolders, a zip or tar archive, or one file."""

from __future__ import annotations

from collections.abc import Callable
from itertools import islice
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from ganstudio.data import archives, labels, pictures, pixels
from ganstudio.data.dataset import Dataset, DatasetError
from ganstudio.data.skips import Skips

if TYPE_CHECKING:
    from ganstudio.experiment import ImagesSpec

Progress = Callable[[int, int], None]
"""Called with (files done, files in all; 0 while unknown). What it raises ends the loading."""

_Named = tuple[list[str], list[pictures.Pixels]]
_LOOKED_AT = 256  # files whose headers propose a size; enough for a median


def build_images(spec: ImagesSpec, *, progress: Progress | None = None) -> Dataset:
    """Decode everything that is there once, to ``spec.size``, and keep it as bytes.

    Raises DatasetError when nothing is usable, or it would not fit in memory.
    """
    path = Path(spec.path).expanduser()
    skips = Skips()
    names, kept = _decode_all(path, spec, skips, progress)
    if not kept:
        raise nothing_usable(path, skips)
    stacked = pixels.stack(kept, spec.size)
    colours = "grey" if stacked.shape[1] == 1 else "colour"
    source = f"{len(stacked):,} {colours} images of {path.name}, {_FITTED[spec.fit]} {spec.size} x {spec.size}"
    indices, classes = labels.from_paths(names) or (None, ())
    labels.keep_aside(len(stacked), spec.held_out, *(each for each in (stacked, indices) if each is not None))
    return pixels.image_dataset(
        path.name, stacked, source=source, skips=skips, labels=indices, classes=classes, held_out=spec.held_out
    )


_FITTED = {"crop": "cut to", "pad": "padded to", "stretch": "stretched to"}


def _decode_all(path: Path, spec: ImagesSpec, skips: Skips, progress: Progress | None) -> _Named:
    names: list[str] = []
    kept: list[pictures.Pixels] = []
    in_colour = spec.channels == 3
    with archives.open_source(path, skips) as source, pictures.pillow_rules():
        for done, (name, data) in enumerate(source.files, start=1):
            try:
                one = pictures.decode(data, spec.size, spec.channels, spec.fit)
            except pictures.UnreadablePicture as error:
                skips.add(name, str(error))
            else:
                if not in_colour:  # once one has colours the set is in colour, and nobody needs to look again
                    one = pictures.without_colour(one)
                    in_colour = one.ndim == 3
                names.append(name)
                kept.append(one)
                pixels.check_room(f'"{path.name}"', len(kept), 3 if in_colour else 1, spec.size)
            if progress:
                progress(done, max(source.total, done) if source.total else 0)
    return names, kept


def propose_size(path: Path) -> int:
    """The side to train on: ``pixels.power_of_two`` of the images' median shorter side.

    128 where no header can be read; reading the images will say why. Raises DatasetError as ``build_images`` does.
    """
    sides: list[int] = []
    with archives.open_source(path, Skips()) as source, pictures.pillow_rules():
        for _, data in islice(source.files, _LOOKED_AT):
            try:
                sides.append(min(pictures.dimensions(data)))
            except pictures.UnreadablePicture:
                continue
    if not sides:
        return 128
    return pixels.power_of_two(median(sides))


def nothing_usable(path: Path, skips: Skips) -> DatasetError:
    """What to say when no image could be read."""
    if not skips.count:
        what = "is an empty folder" if path.is_dir() else "is empty"
        return DatasetError(f'"{path.name}" {what}; it should hold images, such as PNG or JPEG files')
    if skips.count == 1 and skips.named[0].name == path.name:
        return DatasetError(f'"{path.name}" {skips.named[0].reason}')
    return DatasetError(f'"{path.name}" holds no image that can be read: {skips.sentence()}')
