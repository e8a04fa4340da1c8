"""Looking at a file of arrays: which of them are the samples, and how they are laid out. Nothing unfit is loaded."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy.typing as npt

from ganstudio.data import limits
from ganstudio.data.arrays import members
from ganstudio.data.arrays.members import SHAPES, Chosen
from ganstudio.data.blocks import FileRows, evenly
from ganstudio.data.errors import DatasetError, Undecided
from ganstudio.data.files import containers, layouts, likeness, loose
from ganstudio.data.files.container import check_room, damaged
from ganstudio.data.files.likeness import Verdict
from ganstudio.data.files.lines import FOUND

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ganstudio.data.files.container import Container, Header
    from ganstudio.data.files.layouts import Layout
    from ganstudio.data.files.lines import Way

Array = npt.NDArray[Any]
Mark = tuple[tuple[str, int, int], ...]
"""Name, size and time of each file."""

_HELD = 2**25  # bytes of an array that was looked at to tell its layout and is not read once more
_ALL = "*"  # the key of all arrays there are
_ROWS = 64  # of an array that is looked at in parts


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a file holds. verdict: how its arrays are laid out, by the first of them; fits: how all of them could be."""

    container: Container
    headers: Mapping[str, Header]
    chosen: Chosen
    verdict: Verdict
    fits: tuple[Layout, ...]
    from_matlab: bool

    @property
    def layout(self) -> Layout:
        """The likeliest layout."""
        return self.verdict.layout

    def words(self, layout: Layout) -> str:
        """What a layout makes of all the arrays together, where there are several, as one a class."""
        return layout.words(sum(layouts.parse(layout.code, shape).count for shape in self.chosen.shapes))


def look(path: Path, key: str | None = None, way: Way = FOUND) -> Found:
    """What a file holds, and how it is laid out: nothing unfit is ever loaded. Raises DatasetError.

    way: what was chosen of how a text is read.
    """
    return _look(path, key, way, _mark(path))


def _mark(path: Path) -> Mark:
    """Another where what lies there is another."""
    files = [path]
    if path.is_dir():
        walked = loose.walk(path, lambda _: None)
        files = sorted(Path(folder) / name for folder, _, names in walked for name in names)[:10_000]
    try:
        return tuple((str(one), facts.st_size, facts.st_mtime_ns) for one in files for facts in (one.stat(),))
    except OSError:
        return ()  # reading it says what is wrong


@lru_cache(maxsize=8)  # asked for the proposal, the data and the card
def _look(path: Path, key: str | None, way: Way, mark: Mark) -> Found:
    container = containers.find(path, way)
    if container is None:
        raise DatasetError(f'"{path.name}" is no file of arrays; save it with numpy.save or numpy.savez')
    headers = container.headers(path)
    from_matlab = container.is_matlab(path)

    def can_be_used(header: Header) -> bool:
        return header[1].kind in "fiub" and bool(layouts.possible(header[0], from_matlab=from_matlab))

    chosen = members.choose(path.name, headers, key, can_be_used)
    fits = _of_all(chosen, from_matlab=from_matlab)
    if not fits and len(chosen.names) > 1:  # numbered alike, and of no one set: such as the weights of a network
        if key:
            both = members.listed({one: headers[one] for one in chosen.names})
            raise DatasetError(f'"{path.name}: {key}" holds no samples of one size: {both}; choose one of them as key')
        chosen = members.alone(chosen.names[0], headers)
        fits = _of_all(chosen, from_matlab=from_matlab)
    name = name_of(path, chosen)
    for one in chosen.names:
        _check(name, headers[one], usable=can_be_used(headers[one]))
    shape, dtype = headers[chosen.names[0]]
    possible = fits
    if container.layout is not None:
        verdict = Verdict(layout=layouts.parse(container.layout, shape), why="")
    elif len(fits) == 1:
        verdict = likeness.only(fits[0])
    else:
        values, fits = _sample(path, container, chosen.names[0], (shape, dtype), fits)
        verdict = likeness.decide(values, fits, from_matlab=from_matlab)
    return Found(
        container=container, headers=headers, chosen=chosen, verdict=verdict, fits=possible, from_matlab=from_matlab
    )


def _of_all(chosen: Chosen, *, from_matlab: bool) -> tuple[Layout, ...]:
    """Every layout of the first array that the others can have as well, with samples of the same sides."""
    first, *others = chosen.shapes
    fits = layouts.possible(first, from_matlab=from_matlab)
    return tuple(one for one in fits if all(layouts.goes_on(one, shape) for shape in others))


def _sample(
    path: Path, container: Container, name: str, header: Header, fits: tuple[Layout, ...]
) -> tuple[Array, tuple[Layout, ...]]:
    """What tells an array's layout: some of its rows where each is a sample, else all of it; and which could be told.

    Of an array that does not fit into the memory only rows can be read, and then they have to be its samples.
    """
    by_rows = tuple(layout for layout in fits if layout.counts_first)
    size = math.prod(header[0]) * header[1].itemsize
    stream = container.stream(path, name) if by_rows else None
    if stream is None or (len(by_rows) < len(fits) and size <= limits.memory_bytes() // 2):
        return member(path, container, name), fits
    if isinstance(stream, FileRows):
        rows = max(4, min(len(stream), _ROWS, _HELD // max(1, size // len(stream))))
        return stream.take(evenly(len(stream), rows)), by_rows
    return next(iter(stream)), by_rows


def is_small(header: Header) -> bool:
    """Whether an array is held rather than read again."""
    size = math.prod(header[0]) * header[1].itemsize
    return size <= min(_HELD, limits.memory_bytes() // 4)


def member(path: Path, container: Container, name: str) -> Array:
    """One of the arrays, whole. Raises DatasetError, also where it takes more memory than it may."""
    header = container.headers(path)[name]
    check_room(f"{path.name}: {name}" if name else path.name, header)
    return _held(path, container, name, _mark(path)) if is_small(header) else _read(path, container, name)


@lru_cache(maxsize=1)  # what was read to tell its layout is about to be trained on
def _held(path: Path, container: Container, name: str, _mark: Mark) -> Array:
    return _read(path, container, name)


def _read(path: Path, container: Container, name: str) -> Array:
    values = container.read(path, name)
    if values.shape != container.headers(path)[name][0]:
        raise damaged(path.name)
    return values


def undecided(path: Path, found: Found) -> Undecided:
    """What to ask where an array can be taken for several things."""
    name, told = name_of(path, found.chosen), found.verdict.open
    ways = [f"{found.words(layout)} ({layout.code})" for layout in told[:4]]
    if len(ways) == 1:
        what = f'"{name}" seems to be {ways[0]}, and a set of them is trained on'
    else:
        what = f'"{name}" can be read as {", ".join(ways[:-1])} or {ways[-1]}, and its values don\'t tell which'
    return Undecided(
        f"{what}; choose a layout, such as --set dataset.layout={told[0].code}",
        [{"layout": one.code} for one in told],
    )


def _check(name: str, header: Header, *, usable: bool) -> None:
    shape, dtype = header
    if dtype.hasobject:
        raise DatasetError(
            f'"{name}" holds pickled Python objects, which are not loaded as they can run any code; '
            "save a plain array of numbers instead"
        )
    if dtype.kind not in "fiub":
        raise DatasetError(f'"{name}" holds {dtype}, not plain numbers; save whole or floating-point numbers')
    if 0 in shape:
        raise DatasetError(f'"{name}" is empty, its shape is {shape}; it should hold {SHAPES}')
    if not usable:
        raise DatasetError(f'"{name}" has the shape {shape}; it should hold {SHAPES}')


def name_of(path: Path, chosen: Chosen) -> str:
    """The file and its arrays, for people."""
    return f"{path.name}: {chosen.key}" if chosen.key not in ("", _ALL) else path.name
