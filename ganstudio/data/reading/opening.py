"""What a path is that somebody dropped: told by its content, as names lie. A new kind of file is one row of a table."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.data.arrays import dataset as arrays
from ganstudio.data.building import build_dataset
from ganstudio.data.clips import folder as clips
from ganstudio.data.errors import DatasetError
from ganstudio.data.files import (
    cifar,
    containers,
    file_lists,
    lines,
    loose,
)
from ganstudio.data.files.idx import is_idx
from ganstudio.data.files.sound_decoders import Decoders
from ganstudio.data.images import folder as images
from ganstudio.data.reading.importers import WELCOME, propose
from ganstudio.data.watching import watched_by
from ganstudio.experiment import (
    ArraySpec,
    ClipsSpec,
    DatasetSpec,
    ImagesSpec,
)
from ganstudio.experiment.places import place_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ganstudio.data.dataset import Dataset
    from ganstudio.data.images.folder import Progress


def open_path(
    path: Path,
    *,
    size: int | None = None,
    layout: str | None = None,
    choices: Mapping[str, object] | None = None,
    progress: Progress | None = None,
) -> tuple[DatasetSpec, Dataset]:
    """Say what is at ``path``, and load it.

    size: side of images in pixels; None: one is proposed from the images. layout: of an array's axes (see
    ``ArraySpec``); None: it is told from the values. choices: further fields of the spec that say how a table is read,
    such as its columns. progress: see ``images.Progress``.
    The spec holds the absolute path. Raises DatasetError, with a sentence for people, for what can't be trained on.
    """
    with Decoders():
        return _open(path, size=size, layout=layout, choices=choices, progress=progress)


def _open(
    path: Path,
    *,
    size: int | None,
    layout: str | None,
    choices: Mapping[str, object] | None,
    progress: Progress | None,
) -> tuple[DatasetSpec, Dataset]:
    spec = propose(path, size)
    if layout is not None and isinstance(spec, ArraySpec):
        _, proposed = arrays.propose(place_of(spec.path), layout, spec.key)
        spec = spec.model_copy(update={"layout": layout, "size": size or proposed})
    spec = _with_choices(spec, choices or {}, size)
    if isinstance(spec, ImagesSpec):
        return spec, images.build_images(spec, progress=progress)
    if isinstance(spec, ClipsSpec):
        return spec, clips.build_clips(spec, progress=progress)
    with watched_by(images.watching(progress)):
        return spec, build_dataset(spec)


def _with_choices(spec: DatasetSpec, choices: Mapping[str, object], size: int | None) -> DatasetSpec:
    known = {name: value for name, value in choices.items() if name in type(spec).model_fields}
    if not known:
        return spec
    try:
        spec = type(spec).model_validate(spec.model_dump() | known)
    except ValueError:
        return spec  # whoever sets them for good says what is wrong with them
    if isinstance(spec, ArraySpec):
        layout, proposed = arrays.propose(place_of(spec.path), spec.layout, spec.key, arrays.way(spec))
        return spec.model_copy(update={"layout": layout, "size": size or proposed})
    return spec


def open_paths(
    paths: Sequence[Path], *, size: int | None = None, progress: Progress | None = None
) -> tuple[DatasetSpec, Dataset]:
    """The same for what was dropped together: images, archives and folders of them become one dataset.

    A file of images and the labels that belong to it, and the files of one set, are taken for what they are together.
    """
    return open_path(together(paths), size=size, progress=progress)


def together(paths: Sequence[Path]) -> Path:
    """One path for what was dropped together. Raises DatasetError where it can't be trained on together."""
    paths = [Path(os.path.abspath(Path(path).expanduser())) for path in paths]
    if not paths:
        raise DatasetError(f"nothing was dropped; {WELCOME} can be trained on")
    if len(paths) == 1:
        return paths[0]
    heads = {path: b"" if path.is_dir() else loose.read_head(path) for path in paths}
    of_idx = [path for path, head in heads.items() if head and is_idx(path, head)]
    if len(of_idx) == len(paths):
        return min(of_idx, key=lambda path: ("label" in path.name, "train" not in path.name))
    if len({path.parent for path in paths}) == 1 and all(cifar.is_cifar(path, head) for path, head in heads.items()):
        return paths[0].parent
    alone = next((path for path, head in heads.items() if containers.find(path) or lines.is_text(head)), None)
    if alone is not None and all(containers.find(path) or lines.is_text(heads[path]) for path in paths):
        raise DatasetError(
            f'"{alone.name}" and {len(paths) - 1:,} more can\'t be one dataset; drop one file of numbers at a time'
        )
    return file_lists.gather(paths)


# --- what fits --------------------------------------------------------------------------------------------------------


# --- what is proposed -------------------------------------------------------------------------------------------------
