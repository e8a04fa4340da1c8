"""CIFAR-10 and CIFAR-100 in their binary version: a file, the folder of its files, or the archive as it is published.

A record is the label (CIFAR-100: the coarse and the fine one), a byte each, and 3,072 bytes of an image of 32 x 32:
all of the red, the green, the blue. Source: https://www.cs.toronto.edu/~kriz/cifar.html, "Binary version".
"""

from __future__ import annotations

import io
import re
import tarfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.errors import DatasetError
from ganstudio.data.files import archives, loose
from ganstudio.data.files.container import Aside

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import BinaryIO

    from ganstudio.data.files.container import Array, Header

_PIXELS = 3 * 32 * 32
_CLASSES = {_PIXELS + 1: 10, _PIXELS + 2: 100}
"""Length of a record, and how many classes the last byte of its label may name."""
_MAX_RECORDS = 60_000

_TRAIN = re.compile(r"data_batch_\d+\.bin|train\.bin")
_TEST = re.compile(r"test_batch\.bin|test\.bin")
_ANY = re.compile(f"{_TRAIN.pattern}|{_TEST.pattern}")
_PICKLED = re.compile(r"data_batch_\d+|test_batch|train|test|meta|batches\.meta")
_NAMES = ("batches.meta.txt", "fine_label_names.txt")
_LOOKED_AT = 16  # entries of an archive: CIFAR's have ten at most


def is_cifar(path: Path, head: bytes) -> bool:
    """Whether this is a file, folder or archive of CIFAR's binary version, by its names and the form of its records."""
    if path.is_dir():
        return any(_record(one) for one in _parts(path, _TRAIN) or _parts(path, _TEST))
    if path.suffix.lower() == ".bin":
        return bool(_record(path))
    if not archives.is_tar(path, head):
        return False
    return any(_TRAIN.fullmatch(name) or _TEST.fullmatch(name) for name in _first_names(path))


def is_pickled(path: Path, head: bytes) -> bool:
    """Whether this is CIFAR's Python version, which is a pickle: its folder, its archive, or a file of it."""
    if path.is_dir():
        return any((path / name).is_file() and loose.read_head(path / name, 2) == b"\x80\x02"
                   for name in ("data_batch_1", "train"))  # fmt: skip
    if head.startswith(b"\x80\x02"):
        return _PICKLED.fullmatch(path.name) is not None
    if not archives.is_tar(path, head):
        return False
    names = _first_names(path)
    return {"data_batch_1", "batches.meta"} & names != set() or {"train", "test", "meta"} <= names


def headers(path: Path) -> Mapping[str, Header]:
    """The images and their labels, those of the test files too. Raises DatasetError."""
    count = len(read_all(path, "labels"))
    return {"images": ((count, 3, 32, 32), np.dtype(np.uint8)), "labels": ((count,), np.dtype(np.uint8))}


def read(path: Path, name: str, *, test: bool = False) -> Array:
    """``images`` (n, 3, 32, 32) or their ``labels`` (n,), of the test files if asked for. Raises DatasetError."""
    records = np.concatenate([_records(part, data) for part, data in _files(path, _TEST if test else _TRAIN)])
    return _column(records, name)


def read_all(path: Path, name: str) -> Array:
    """As ``read``: what is trained on, and behind it what the test files hold, if there are any."""
    records = np.concatenate([_records(part, data) for files in _both(path) for part, data in files])
    return _column(records, name)


def aside(path: Path) -> Aside | None:
    """The images of the test files, which stand last; None where there are none next to others. Raises DatasetError."""
    train, tests = _both(path)
    counts = [sum(len(_records(part, data)) for part, data in files) for files in (train, tests)]
    return Aside(which=np.repeat((False, True), counts), told=tests[0][0]) if tests else None


def classes(path: Path) -> tuple[str, ...]:
    """The classes' names in the order of the labels; empty where no file tells them."""
    beside = path if path.is_dir() else path.parent
    texts = [beside / name for name in _NAMES if (beside / name).is_file()]
    if texts:
        found = loose.read_head(texts[0], 2**16)
    elif path.is_file() and archives.is_tar(path, loose.read_head(path)):
        found = next(iter(_members(path, re.compile("|".join(map(re.escape, _NAMES))))), ("", b""))[1]
    else:
        return ()
    return tuple(line.strip() for line in found.decode(errors="replace").splitlines() if line.strip())


# --- records ----------------------------------------------------------------------------------------------------------


def _column(records: Array, name: str) -> Array:
    if name == "labels":
        return records[:, records.shape[1] - _PIXELS - 1].copy()
    return records[:, -_PIXELS:].reshape(-1, 3, 32, 32)


def _record(path: Path) -> int:
    """How long a record of the file is; 0 where it holds none."""
    size = path.stat().st_size
    with path.open("rb") as file:
        return next((length for length in _CLASSES if _fits(file, size, length)), 0)


def _fits(file: BinaryIO, size: int, length: int) -> bool:
    """Whether the file is a row of records whose labels name a class: those at both ends and some between."""
    count = size // length
    if not 0 < count <= _MAX_RECORDS or size % length:
        return False
    for index in sorted({round(each) for each in np.linspace(0, count - 1, 50)}):
        file.seek(index * length)
        label = file.read(length - _PIXELS)
        if label[-1] >= _CLASSES[length] or label[0] >= _CLASSES[length]:
            return False
    return True


def _records(name: str, data: bytes) -> Array:
    length = next((each for each in _CLASSES if _fits(io.BytesIO(data), len(data), each)), 0)
    if not length:
        raise DatasetError(f'"{name}" is damaged or cut short: it is no row of CIFAR\'s records; fetch it again')
    return np.frombuffer(data, np.uint8).reshape(-1, length)


# --- files ------------------------------------------------------------------------------------------------------------


def _parts(folder: Path, wanted: re.Pattern[str]) -> list[Path]:
    try:
        return sorted(one for one in folder.iterdir() if wanted.fullmatch(one.name) and one.is_file())
    except OSError:
        return []  # reading its images says what is wrong


def _files(path: Path, wanted: re.Pattern[str]) -> list[tuple[str, bytes]]:
    if path.is_dir():
        parts = _parts(path, wanted) or _parts(path, _TEST)
        found = [(one.name, _whole(one)) for one in parts]
    elif archives.is_tar(path, loose.read_head(path)):
        found = sorted(_members(path, wanted)) or sorted(_members(path, _TEST))
    else:
        found = [(path.name, _whole(path))]
    if not found:
        raise DatasetError(f'"{path.name}" holds none of CIFAR\'s files, such as data_batch_1.bin; fetch it again')
    return found


def _both(path: Path) -> tuple[list[tuple[str, bytes]], list[tuple[str, bytes]]]:
    """The files to train on, and those for tests next to them; each read once."""
    files = _files(path, _ANY)
    if not path.is_dir() and len(files) == 1:
        return files, []
    train = [one for one in files if _TRAIN.fullmatch(one[0])]
    return (train, [one for one in files if one not in train]) if train else (files, [])


def _whole(path: Path) -> bytes:
    return loose.read_head(path, _MAX_RECORDS * max(_CLASSES))


def _members(path: Path, wanted: re.Pattern[str]) -> Iterator[tuple[str, bytes]]:
    """Name and content of the files in an archive that are wanted. Raises DatasetError."""
    try:
        with archives.opened_tar(path) as archive:
            for _ in range(_LOOKED_AT):
                member = archive.next()
                if member is None:
                    return
                name = PurePosixPath(member.name).name
                if not member.isreg() or member.issparse() or not wanted.fullmatch(name):
                    continue
                if member.size > _MAX_RECORDS * max(_CLASSES):
                    raise DatasetError(f'"{path.name}": {name} is longer than any of CIFAR\'s files; fetch it again')
                content = archive.extractfile(member)
                assert content is not None
                yield name, b"".join(iter(lambda file=content: file.read(2**20), b""))  # type: ignore[misc]
    except archives.BROKEN as error:
        raise DatasetError(f'"{path.name}" is damaged or cut short; fetch it again') from error


def _first_names(path: Path) -> set[str]:
    names: set[str] = set()
    try:
        with archives.opened_tar(path) as archive:
            while len(names) < 4 and (member := archive.next()) is not None:
                if not member.isdir():
                    names.add(PurePosixPath(member.name).name)
    except (DatasetError, tarfile.TarError, *archives.BROKEN):
        pass  # reading it says what is wrong
    return names
