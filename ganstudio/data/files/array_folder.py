"""A folder of files of arrays as if it were one file of them: ``x_train.npy`` beside ``y_train.npy``, one file a class.

Arrays are called by their file, and within a file of several by their own name behind it. Shards, numbered as in
``train-00000-of-00002.parquet``, are one array each of theirs, whole.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import inside
from ganstudio.data.files.array_files import find_known

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from ganstudio.data.files.container import Container, Header

_SHARD = re.compile(r"^(.*?)[-_]\d+[-_]of[-_]\d+(\.\w+)$")


def is_array_folder(path: Path, _head: bytes) -> bool:
    """Whether the path is a folder of several files of arrays, and of nothing else that could be trained on."""
    if not path.is_dir():
        return False
    found = inside.survey(path)
    return len(found.arrays) > 1 and not found.idx and not found.shards


def headers(path: Path) -> Mapping[str, Header]:
    """The arrays of all files. Raises DatasetError."""
    found: dict[str, Header] = {}
    for name, parts in _files(path).items():
        each = [_of(part).headers(part) for part in parts]
        for member in each[0]:
            shapes = [one[member][0] for one in each if member in one]
            if len(shapes) < len(each) or len({shape[1:] for shape in shapes}) > 1:
                raise DatasetError(f'"{path.name}": the shards of {name} don\'t hold the same arrays; fetch them again')
            shape = (sum(shape[0] for shape in shapes), *shapes[0][1:]) if len(shapes) > 1 else shapes[0]
            found[_called(name, member)] = (shape, each[0][member][1])
    return found


def read(path: Path, name: str) -> npt.NDArray[Any]:
    """One of them. Raises DatasetError."""
    for file, parts in _files(path).items():
        if name == file or name.startswith(f"{file}/"):
            member = name[len(file) + 1 :]
            values = [_of(part).read(part, member) for part in parts]
            return values[0] if len(values) == 1 else np.concatenate(values)
    raise DatasetError(f'"{path.name}" holds no array "{name}"')


def is_matlab(path: Path) -> bool:
    """Whether the arrays are as MATLAB's users lay them out."""
    return any(_of(part).is_matlab(part) for parts in _files(path).values() for part in parts)


def _files(path: Path) -> dict[str, list[Path]]:
    """The files under the names that their arrays have, shards together."""
    found: dict[str, list[Path]] = {}
    for file in inside.survey(path).arrays:
        name = file.relative_to(path).as_posix()
        shard = _SHARD.match(name)
        found.setdefault(shard[1] + shard[2] if shard else name, []).append(file)
    return found


def _of(path: Path) -> Container:
    found = find_known(path)
    assert found is not None, "a file of arrays"
    return found


def _called(file: str, member: str) -> str:
    return f"{file}/{member}" if member else file
