"""Every kind of thing that is dropped: how it is told, and what is proposed to train on. A new kind is one row."""

from __future__ import annotations

import os
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from ganstudio.data.arrays import dataset as arrays
from ganstudio.data.arrays import idx
from ganstudio.data.cache import unpacking
from ganstudio.data.clips import folder as clips
from ganstudio.data.errors import DatasetError, Undecided
from ganstudio.data.files import (
    archives,
    cifar,
    containers,
    file_lists,
    films,
    frames,
    inside,
    lines,
    loose,
    midi_sources,
    names_inside,
    parquet,
    pictures,
    pixel_rows,
    sound_sources,
)
from ganstudio.data.files.idx import is_idx
from ganstudio.data.images import folder as images
from ganstudio.data.images import pairs
from ganstudio.data.points import picture_density
from ganstudio.data.points.table import build_table
from ganstudio.data.reading.foreign_kinds import ABC, MIDI_INSTEAD, PACKED_DOCUMENTS, foreign, is_abc
from ganstudio.data.text import sources as texts
from ganstudio.experiment import (
    ArraySpec,
    ClipsSpec,
    DatasetSpec,
    DensitySpec,
    IdxSpec,
    ImagesSpec,
    MidiSpec,
    PairsSpec,
    TableSpec,
    TextsSpec,
    Turn,
)
from ganstudio.experiment.places import text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


WELCOME = (
    "a folder, zip or tar archive of images, sounds or MIDI files, an image or animation, a video, a sound, a MIDI, "
    ".npy, .npz, IDX, CIFAR, MATLAB, HDF5 or Parquet file, a CSV of points or pixels, or sentences in a text, a table "
    "or lines of JSON"
)


_LOOKED_AT = 100  # names in a folder or an archive


class Importer(NamedTuple):
    """A kind of thing that is dropped. fits: whether a path, which is a folder or begins with some bytes, is of it.

    propose: what to train on, images at a size if one is named; it raises DatasetError for what can't be.
    """

    fits: Callable[[Path, bytes], bool]
    propose: Callable[[Path, int | None], DatasetSpec]


def propose(path: Path, size: int | None = None) -> DatasetSpec:
    """Say what is at ``path``, as what would be trained on. Raises DatasetError as ``open_path`` does."""
    path = Path(os.path.abspath(path.expanduser()))
    head = b"" if path.is_dir() else loose.read_head(path)
    if not head and not path.is_dir():
        raise DatasetError(f'"{path.name}" is an empty file; {WELCOME} can be trained on')
    for importer in IMPORTERS:
        if importer.fits(path, head):
            return importer.propose(path, size)
    raise DatasetError(f'"{path.name}" is no kind of file that can be trained on: that would be {WELCOME}')


def _is_run(path: Path, _head: bytes) -> bool:
    return path.is_dir() and any((path / name).is_file() for name in ("experiment.toml", "group.toml"))


def _is_checkpoint(path: Path, head: bytes) -> bool:
    return head[8:9] == b"{" and path.suffix == ".safetensors"


def _is_idx(path: Path, head: bytes) -> bool:
    return idx.images_in(path) is not None if path.is_dir() else is_idx(path, head)


def _holds_arrays(path: Path, _head: bytes) -> bool:
    return containers.find(path) is not None


def _is_archive(path: Path, head: bytes) -> bool:
    return archives.is_zip(head) or archives.is_tar(path, head)


def _is_folder(path: Path, _head: bytes) -> bool:
    return path.is_dir()


def _is_empty(path: Path, _head: bytes) -> bool:
    """Whether it is a folder without any file, as far as it may be looked into."""
    failed: list[OSError] = []
    return path.is_dir() and not any(names for _, _, names in loose.walk(path, failed.append)) and not failed


def _holds_data(path: Path, _head: bytes) -> bool:
    return path.is_dir() and inside.survey(path).is_any


def _holds_abc(path: Path, head: bytes) -> bool:
    if file_lists.is_list(path, head):
        return _are_abc(map(str, file_lists.listed(path)), Path())
    return names_inside.holds(path, head, _are_abc, lambda _, _begins: False)


def _are_abc(names: Iterator[str], folder: Path | None) -> bool:
    """Whether most of what has these names is ABC notation; folder: where they are, to look into one of them."""
    some = list(islice(names, _LOOKED_AT))
    tunes = [name for name in some if name.lower().endswith(ABC)]
    if 2 * len(tunes) <= len(some):
        return False
    return folder is None or is_abc(loose.read_head(folder / tunes[0]))


def _is_foreign(_path: Path, head: bytes) -> bool:
    return foreign(head) is not None


def _is_image(path: Path, _head: bytes) -> bool:
    try:
        with pictures.pillow_rules():
            pictures.dimensions(loose.read_head(path, loose.MAX_MEMBER_BYTES))
    except pictures.UnreadablePicture as error:
        return not isinstance(error, pictures.NoPicture)
    return True


def _is_text(_path: Path, head: bytes) -> bool:
    return lines.is_text(head)


def _propose_images(path: Path, size: int | None) -> ImagesSpec:
    return ImagesSpec(path=text_of(path), size=size or images.propose_size(path))


def _propose_pairs(path: Path, size: int | None) -> PairsSpec:
    return PairsSpec(path=text_of(path), **({} if size is None else {"size": size}))


def _propose_clips(path: Path, _size: int | None) -> ClipsSpec:
    return clips.propose(path)


def _propose_texts(path: Path, _size: int | None) -> TextsSpec:
    return TextsSpec(path=text_of(path))


def _propose_archive(path: Path, size: int | None) -> ImagesSpec:
    names = _names_in_zip(path)
    for marks, verdict in PACKED_DOCUMENTS.items():
        if any(name.endswith(marks) for name in names):
            raise DatasetError(f'"{path.name}" {verdict}')
    return _propose_images(path, size)


def _names_in_zip(path: Path) -> list[str]:
    try:
        with archives.opened_zip(path) as archive:
            return archive.namelist()
    except DatasetError:
        return []  # opening it for its images says what is wrong


def _propose_picture(path: Path, size: int | None) -> DatasetSpec:
    """One image: there is nothing to learn from a set of one, but a grey one is a density that points come from.

    Whoever names a size wants images of that size.
    """
    if size is not None or not picture_density.is_grey(path):
        return _propose_images(path, size)
    return DensitySpec(path=text_of(path))


def _propose_array(path: Path, size: int | None) -> ArraySpec:
    layout, proposed = arrays.propose(path)
    return ArraySpec(path=text_of(path), layout=layout, size=size or proposed)


def _propose_idx(path: Path, size: int | None) -> IdxSpec:
    inside = idx.images_in(path) if path.is_dir() else path
    assert inside is not None
    proposed, held_out, test_split = idx.propose(inside)
    # EMNIST is published with the rows and columns of each image exchanged.
    turn: Turn = "transpose" if "emnist" in inside.name.lower() else "none"
    chosen = size or proposed
    return IdxSpec(path=text_of(inside), size=chosen, held_out=held_out, test_split=test_split, turn=turn)


def _propose_inside(path: Path, size: int | None) -> DatasetSpec:
    """The folder's one file of data, or the set that its files are together."""
    found = inside.survey(path)
    if found.idx:
        return _propose_idx(inside.idx_folder(found, path), size)
    if found.shards:
        return _propose_images(path, size)
    if found.arrays:
        return propose(found.arrays[0], size)
    return propose(inside.table(found, path), size)


def _propose_unpacked(path: Path, size: int | None) -> DatasetSpec:
    folder = unpacking.unpacked(path)
    try:
        return propose(folder, size)
    except DatasetError as error:  # by the name that it was dropped under
        raise DatasetError(str(error).replace(f'"{folder.name}"', f'"{path.name}"')) from error


def _propose_film(path: Path, size: int | None) -> ImagesSpec:
    films.check(path)
    return _propose_images(path, size)


def _propose_table(path: Path, _size: int | None) -> TableSpec:
    if path.suffix.lower() == ".toml":
        raise DatasetError(f'"{path.name}" is text, not data; if it is an experiment, open it as one')
    spec = TableSpec(path=text_of(path))
    if not _means_points(path):
        try:
            dataset = build_table(spec)
        except Undecided:
            return spec
        except DatasetError as error:
            raise _no_points(path) from error
        if dataset.skipped_count > (dataset.count or 0):  # a program's source, with some numbers in it
            raise _no_points(path)
    return spec


def _means_points(path: Path) -> bool:
    return path.suffix.lower() in (*inside.TABLES, ".tab", ".txt", ".parquet")


def _no_points(path: Path) -> DatasetError:
    return DatasetError(f'"{path.name}" is text without points; {WELCOME} can be trained on')


def _refuse(why: str) -> Callable[[Path, int | None], DatasetSpec]:
    def refuse(path: Path, _size: int | None) -> DatasetSpec:
        raise DatasetError(f'"{path.name}" {why}')

    return refuse


def _refuse_foreign(path: Path, _size: int | None) -> DatasetSpec:
    raise DatasetError(f'"{path.name}" {foreign(loose.read_head(path))}')


IMPORTERS: tuple[Importer, ...] = (
    Importer(_is_run, _refuse("is a run or a checkpoint of one, not data; open it to go on with it")),
    Importer(_is_checkpoint, _refuse("holds weights rather than data; open the folder of its run to go on with it")),
    Importer(
        cifar.is_pickled,
        _refuse(
            "is CIFAR's Python version, which is a pickle and not loaded as it can run any code; take the binary "
            "version, such as cifar-10-binary.tar.gz"
        ),
    ),
    Importer(midi_sources.holds_midi, lambda path, _size: MidiSpec(path=text_of(path))),
    Importer(sound_sources.holds_sounds, _propose_clips),
    Importer(_holds_abc, _refuse(f"holds ABC notation, which {MIDI_INSTEAD}")),
    Importer(file_lists.is_list, _propose_images),
    Importer(_is_idx, _propose_idx),
    Importer(parquet.holds_pictures, _propose_images),
    Importer(texts.is_text, _propose_texts),
    Importer(pixel_rows.is_unlikely, _propose_table),
    Importer(_holds_arrays, _propose_array),
    Importer(parquet.is_table, _propose_table),
    Importer(lambda path, _head: pairs.holds_pairs(path), _propose_pairs),
    Importer(_holds_data, _propose_inside),
    Importer(unpacking.is_archive_of_data, _propose_unpacked),
    Importer(_is_archive, _propose_archive),
    Importer(
        lambda path, _head: texts.is_folder_of_texts(path),
        _refuse("is a folder of texts, and sentences are taken from one file: put the texts into one, and drop that"),
    ),
    Importer(_is_empty, _refuse(f"is an empty folder; {WELCOME} can be trained on")),
    Importer(_is_folder, _propose_images),
    Importer(films.is_film, _propose_film),
    Importer(frames.is_animation, _propose_images),
    Importer(_is_image, _propose_picture),
    Importer(_is_foreign, _refuse_foreign),
    Importer(_is_text, _propose_table),
)
"""Every kind of thing that is dropped. The first that fits is taken."""
