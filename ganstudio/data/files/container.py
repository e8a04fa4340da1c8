"""A kind of file that holds arrays by name."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data import limits
from ganstudio.data.blocks import Blocks
from ganstudio.data.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from ganstudio.data.errors import Undecided
    from ganstudio.data.files.lines import Way

Array = npt.NDArray[Any]
Header = tuple[tuple[int, ...], np.dtype[Any]]
"""Shape and type of an array."""


@dataclass(frozen=True, kw_only=True, eq=False)
class Aside:
    """Samples that are a test split. which: (n,) whether each is; told: what says so, for people."""

    which: npt.NDArray[np.bool_]
    told: str


@dataclass(frozen=True, kw_only=True)
class Container:
    """A kind of file. what: it is, and by what that is told, for people.

    fits: whether a path is of it, which is a folder, or a file that begins with some bytes.

    headers: the arrays by name, the name being empty where there is one without; read: one of them, whole. Both raise
    DatasetError. classes: what the numbers of its labels mean, where the file tells. stream: one of them, some rows at
    a time, where the file can be read so; None where it can't. is_matlab: whether arrays are as MATLAB's users lay them
    out. layout: of its samples, where the kind of file tells (see ``layouts``). notes: how it is taken apart, for
    people; question: what of that has to be chosen before. aside: which of its samples are for tests. under: the same
    for a file that is read as was chosen.
    """

    what: str
    fits: Callable[[Path, bytes], bool]
    headers: Callable[[Path], Mapping[str, Header]]
    read: Callable[[Path, str], Array]
    classes: Callable[[Path], tuple[str, ...]] = lambda _path: ()
    stream: Callable[[Path, str], Blocks | None] = lambda _path, _name: None
    is_matlab: Callable[[Path], bool] = lambda _path: False
    layout: str | None = None
    notes: Callable[[Path, bool], tuple[str, ...]] = lambda _path, _has_classes: ()
    question: Callable[[Path], Undecided | None] = lambda _path: None
    aside: Callable[[Path], Aside | None] = lambda _path: None
    under: Callable[[Way], Container] | None = None

    def blocks(self, path: Path, name: str, header: Header) -> Blocks:
        """One of the arrays, some rows at a time. Raises DatasetError where it must be read whole, and is too large."""
        found = self.stream(path, name)
        if found is None:
            check_room(f"{path.name}: {name}" if name else path.name, header)
            found = Blocks.of(self.read(path, name))
        if found.shape != header[0]:
            raise damaged(path.name)
        return found


def damaged(name: str) -> DatasetError:
    """What to say of a file that is not whole."""
    return DatasetError(f'"{name}" is damaged or cut short; save or fetch it again')


def check_room(name: str, header: Header) -> None:
    """Raise DatasetError where an array would take more memory than it may."""
    shape, dtype = header
    if math.prod(shape) * dtype.itemsize > limits.memory_bytes():
        raise DatasetError(
            f'"{name}" takes more than {limits.memory_bytes() / 1e9:g} GB of memory; save a part of it, or set '
            f"{limits.MEMORY} to more"
        )
