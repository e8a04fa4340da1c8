"""Arrays in files (see ``containers``): points or images, however their axes are laid out (see ``layouts``)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data import labels
from ganstudio.data.arrays import looking, members
from ganstudio.data.arrays.images import images_of
from ganstudio.data.arrays.points import points_of
from ganstudio.data.blocks import Blocks, FileRows
from ganstudio.data.files import layouts, turning
from ganstudio.data.files.container import check_room as check_array
from ganstudio.data.files.container import damaged
from ganstudio.data.files.lines import FOUND, Way
from ganstudio.data.images import dataset as pixels
from ganstudio.data.images.caching import kept
from ganstudio.data.images.choosing import narrowed
from ganstudio.data.known.titles import published, title
from ganstudio.data.points.points import KEPT, LABELLED, check_room
from ganstudio.experiment.places import place_of, text_of
from ganstudio.modalities import Images, words_of

if TYPE_CHECKING:
    from pathlib import Path

    from ganstudio.data.arrays.looking import Found
    from ganstudio.data.dataset import Dataset
    from ganstudio.data.files.layouts import Layout
    from ganstudio.experiment import ArraySpec


def _sources(spec: ArraySpec) -> list[Path]:
    return [place_of(spec.path)]


def build_array(spec: ArraySpec) -> Dataset:
    """Points or images, as the layout says. Raises DatasetError saying what was found and what would be right.

    It is Undecided where the spec names no layout, and the values don't tell it; or no column of labels, likewise.
    """
    dataset, path = narrowed(_all_samples(spec), spec), place_of(spec.path)
    return dataset if published(path) is None else replace(dataset, name=text_of(title(path)))


@kept(_sources)
def _all_samples(spec: ArraySpec) -> Dataset:
    path = place_of(spec.path)
    found = looking.look(path, spec.key, way(spec))
    if (question := found.container.question(path)) is not None:
        raise question
    if not spec.layout and found.verdict.open:
        raise looking.undecided(path, found)
    code = spec.layout or found.layout.code
    layout = layouts.parse(code, found.chosen.shapes[0])
    name = looking.name_of(path, found.chosen)
    values, inside = _values(path, found, layout)
    count = len(values)
    beside = None if inside else members.labels_beside(found.chosen, count, found.headers)
    if layout.is_points:
        each = KEPT + 1 + (LABELLED if beside else 0)  # 1: whether it is finite
        check_room(name, count, each, values.held)
    if beside:
        check_array(f"{path.name}: {beside}", found.headers[beside])
        told = found.container.read(path, beside)
        inside = members.read_labels(beside, told, count, found.container.classes(path), found.container.layout)
    notes = (
        *_told(found, layout, count, decided=spec.layout in (None, "", found.layout.code)),
        *found.container.notes(path, inside is not None),
        *members.left_out(found.chosen, beside if inside else None, found.headers),
    )
    if layout.is_points:
        return points_of(name, values, inside, notes, spec)
    aside = found.container.aside(path)
    if aside is not None:
        notes = (
            *notes,
            labels.split_note(aside.told, words_of(Images.kind).counted(int(aside.which.sum())), spec.test_split),
        )
    return images_of(name, values, spec, inside, aside, (*notes, *turning.note(spec.turn)))


def way(spec: ArraySpec) -> Way:
    """What is chosen of how a text is read."""
    return Way(encoding=spec.encoding, header=spec.header, labels=spec.labels)


def propose(
    path: Path, layout: str | None = None, key: str | None = None, way: Way = FOUND
) -> tuple[str | None, int | None]:
    """The layout of the file's arrays, None where it can't be told or needs no telling, and the side to resize to.

    layout: that which was chosen; way: what was chosen of how a text is read. The side is None where the images can be
    trained on as they are, or are points.
    Raises DatasetError as ``build_array`` does, but not for want of a layout.
    """
    found = looking.look(path, key, way)
    chosen = layouts.parse(layout, found.chosen.shapes[0]) if layout else found.layout
    is_plain = chosen.is_points or len(readings(path, key, way)) == 1
    told = layout or (None if found.verdict.open or is_plain else chosen.code)
    return told, side_for(chosen)


def side_for(layout: Layout) -> int | None:
    """The side to cut and resize images to; None where they can be trained on as they are, or there are only points."""
    if layout.is_points:
        return None
    _, height, width = layout.image
    return None if height == width and 8 <= height <= 128 else pixels.power_of_two(min(height, width))


def readings(path: Path, key: str | None = None, way: Way = FOUND) -> tuple[Layout, ...]:
    """Every layout that the arrays could have by their shape, the commoner first. Raises DatasetError."""
    found = looking.look(path, key, way)
    return tuple(dict.fromkeys((*found.verdict.open, found.layout, *found.fits)))


def words_of_readings(path: Path, key: str | None = None, way: Way = FOUND) -> dict[Layout, str]:
    """All of ``readings``, with what each makes of the arrays. Raises DatasetError."""
    found = looking.look(path, key, way)
    return {one: found.words(one) for one in readings(path, key, way)}


def _values(path: Path, found: Found, layout: Layout) -> tuple[Blocks, labels.Labels | None]:
    """All samples, images (n, c, h, w) or points (n, 2), and their classes where the arrays or an axis tell them."""
    parts = []
    for name, shape in zip(found.chosen.names, found.chosen.shapes, strict=True):
        its = layout if shape == found.chosen.shapes[0] else layouts.parse(layout.code, shape)
        parts.append(_samples(path, found, name, its))
    values = parts[0] if len(parts) == 1 else Blocks.joined(parts)
    if "k" in layout.sizes:
        classes = tuple(str(one) for one in range(layout.sizes["k"]))
        return values, (np.repeat(np.arange(len(classes)), layout.sizes["n"]), classes)
    if not found.chosen.classes:
        return values, None
    return values, (np.repeat(np.arange(len(parts)), [len(part) for part in parts]), found.chosen.classes)


def _samples(path: Path, found: Found, name: str, layout: Layout) -> Blocks:
    """The samples of one array: read some rows at a time where each is one, else all at once."""
    row = (2,) if layout.is_points else layout.image
    rows = found.container.stream(path, name) if layout.counts_first else None
    # What is packed is unpacked for each reading: of a small array, once and for all.
    if rows is not None and (isinstance(rows, FileRows) or not looking.is_small(found.headers[name])):
        if rows.shape != found.headers[name][0]:
            raise damaged(path.name)
        return rows.turned(row, layout.seen)
    values = looking.member(path, found.container, name)
    return Blocks.of(layout.seen(values).reshape(-1, *row))  # a copy only where classes have an axis of their own


def _told(found: Found, layout: Layout, count: int, *, decided: bool) -> tuple[str, ...]:
    """How the axes were read, and why so."""
    if layout.is_points and layout.code == "n,p":
        return ()
    why = found.verdict.why if decided else "as was chosen"
    notes = [f"read as {layout.words(count)} ({layout.code}){', ' if why else ''}{why}"]
    if layout.is_flat and layout.is_square and found.from_matlab:
        notes.append("whether pixels go along rows or columns can't be told from them: turn can transpose them")
    return tuple(notes)
