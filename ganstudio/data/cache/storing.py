"""Writing prepared images and sounds: into the cache, or into memory where nothing can be written there."""

from __future__ import annotations

import contextlib
import io
import json
import math
import os
import shutil
import tempfile
import time
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np

from ganstudio.data import limits
from ganstudio.data.cache import entries as cache
from ganstudio.data.errors import DatasetError
from ganstudio.data.locks import Hold

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from ganstudio.data.cache.entries import Entry, Tables
    from ganstudio.modalities import Pixels

RESERVE = 2**29
"""Bytes of the disk that are left free: a full disk harms more than a slow start."""

_HEADER = 128  # bytes before the images in the file; an .npy header's length is a multiple of 64
_PORTION = 2**24  # bytes that are copied at once, and after which the free disk is looked at again


class Storing:
    """Takes images in portions (k, channels, size, size) and makes an entry of them, within a ``with`` statement.

    What leaves the statement without ``finish`` leaves nothing behind. channels: 1 or 3; grey images become colour as
    soon as one has colours. name: of what is prepared, for people.
    Every method raises DatasetError when it becomes more than the cache, or without one the memory, may hold.
    """

    def __init__(self, key: str, size: int, channels: int, name: str) -> None:
        self.count, self.channels = 0, channels
        self._key, self._size, self._name = key, size, name
        self._aside: Path | None = None
        self._hold: Hold | None = None
        self._memory = bytearray()
        self._file: BinaryIO | None = None
        self._unlooked = _PORTION
        self._checks = _Checks()

    def __enter__(self) -> Storing:
        try:
            cache.make_room()
            cache.folder().mkdir(parents=True, exist_ok=True)
            self._aside = Path(tempfile.mkdtemp(prefix=".being-written-", dir=cache.folder()))
            self._hold = Hold(self._aside, alone=True)
            self._file = self._begin()
        except OSError:
            self._drop()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._drop()

    @property
    def is_in_memory(self) -> bool:
        """Whether nothing could be written to disk."""
        return self._file is None

    @property
    def row(self) -> tuple[int, ...]:
        """The shape of what is stored of a sample."""
        return (self.channels, self._size, self._size)

    def append(self, images: Pixels) -> None:
        """Add a portion."""
        if images.shape[1] > self.channels:
            self._widen()
        elif images.shape[1] < self.channels:
            images = np.repeat(images, self.channels, axis=1)
        self._check_room(images.nbytes)
        self._write(np.ascontiguousarray(images).reshape(-1).data)
        self.count += len(images)

    def finish(self, facts: Mapping[str, Any], tables: Tables, source: Path) -> Entry:
        """What was taken, as an entry that others find under the key."""
        shape = (self.count, *self.row)
        facts = dict(facts, version=cache.VERSION, shape=list(shape), prepared=time.strftime("%Y-%m-%dT%H:%M:%S"))
        if self._file is not None:
            try:
                return self._publish(shape, facts, tables, source)
            except OSError:
                self._to_memory()
        images = np.frombuffer(self._memory, np.uint8).reshape(shape)
        return cache.Entry(images=images, tables=tables, facts=facts)

    # --- portions ---

    def _begin(self) -> BinaryIO:
        assert self._aside is not None
        # Without a buffer: what could be written is then there to be read when the disk turns out to be full.
        file = (self._aside / cache.IMAGES).open("w+b", buffering=0)
        file.write(bytes(_HEADER))
        self._checks = _Checks()
        return file

    def _write(self, data: memoryview) -> None:
        if self._file is not None:
            try:
                self._look_at_disk(len(data))
                left = data
                while left:
                    left = left[self._file.write(left) :]
                self._checks.add(data)
            except OSError:
                self._to_memory()
            else:
                return
        self._memory += data

    def _look_at_disk(self, wanted: int) -> None:
        """Raise OSError where the disk is about to be full."""
        self._unlooked += wanted
        if self._unlooked >= _PORTION:
            self._unlooked = 0
            assert self._aside is not None
            if shutil.disk_usage(self._aside).free < RESERVE + max(wanted, _PORTION):
                raise OSError("the disk is full")

    def _check_room(self, wanted: int) -> None:
        total = self.count * math.prod(self.row) + wanted
        measure, smaller = self._advice()
        if self._file is not None and total > limits.cache_bytes():
            raise DatasetError(
                f'"{self._name}" takes more than the {limits.cache_bytes() / 1e9:g} GB that prepared data may take of '
                f"the disk, at {measure}; {smaller} or set {limits.CACHE} to more"
            )
        if self._file is None and total > limits.memory_bytes():
            raise DatasetError(
                f'"{self._name}" takes more than {limits.memory_bytes() / 1e9:g} GB of memory at {measure}, '
                f'and it can\'t be kept in "{cache.folder()}"; {smaller}, make room there, '
                f"or set GANSTUDIO_HOME to a folder that can be written"
            )

    def _advice(self) -> tuple[str, str]:
        """How large each is, and what to do where all together are too much."""
        size = self._size
        return f"{size} × {size} pixels", f"choose a smaller size ({size // 2} needs a quarter)"

    def _widen(self) -> None:
        """Make the grey images so far colour ones."""
        self._check_room(2 * self.count * self._size**2)
        count, self.count, self.channels = self.count, 0, 3
        grey = self._set_aside(count).reshape(count, 1, self._size, self._size)
        step = max(1, _PORTION // (3 * self._size**2))
        for first in range(0, count, step):
            self.append(grey[first : first + step])

    def _set_aside(self, count: int) -> Pixels:
        """The bytes of ``count`` grey images that were taken so far, which are then to be taken anew."""
        if self._file is None or not count:
            grey, self._memory = np.frombuffer(self._memory, np.uint8), bytearray()
            return grey
        assert self._aside is not None
        self._file.close()
        self._file = None
        os.replace(self._aside / cache.IMAGES, self._aside / "grey")
        with contextlib.suppress(OSError):  # else it goes on in memory
            self._file = self._begin()
        return np.memmap(self._aside / "grey", np.uint8, "r", _HEADER)

    def _to_memory(self) -> None:
        """Go on in memory with what was taken so far."""
        assert self._file is not None
        assert self._aside is not None
        self._file.close()
        self._file = None
        self._check_room(0)
        with (self._aside / cache.IMAGES).open("rb") as file:
            file.seek(_HEADER)
            self._memory = bytearray(file.read(self.count * math.prod(self.row)))
        self._drop()

    # --- the end ---

    def _publish(self, shape: tuple[int, ...], facts: dict[str, Any], tables: Tables, source: Path) -> Entry:
        assert self._file is not None
        assert self._aside is not None
        self._file.seek(0)
        self._file.write(_npy_header(shape))
        os.fsync(self._file.fileno())
        told, packed = json.dumps(facts).encode(), io.BytesIO()
        sums = {"checksums": self._checks.done(), "facts": np.array(zlib.crc32(told), np.uint32)}
        np.savez(packed, allow_pickle=False, **sums, **tables)
        _save(self._aside / cache.TABLES, packed.getvalue())
        _save(self._aside / cache.FACTS, told)
        _save(self._aside / cache.SOURCES, json.dumps(str(source)).encode() + b"\n")
        cache.make_room(sum(one.stat().st_size for one in self._aside.iterdir()))
        self._file.close()
        if self._hold is not None:
            self._hold.release()  # Windows renames no folder while a file in it is open
        is_ours = False
        with contextlib.suppress(OSError):  # another program may have prepared the same meanwhile; it then serves both
            os.rename(self._aside, cache.folder() / self._key)
            is_ours = True
        _sync_folder(cache.folder())
        entry = cache.find(self._key, is_fresh=is_ours)
        if entry is None:
            raise OSError("nothing can be kept there")
        return entry

    def _drop(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        if self._hold is not None:
            self._hold.release()
            self._hold = None
        if self._aside is not None:
            shutil.rmtree(self._aside, ignore_errors=True)
            self._aside = None


class _Checks:
    """Checksums of blocks, of bytes that come in portions of any length."""

    def __init__(self) -> None:
        self._sums: list[int] = []
        self._current, self._filled = 0, 0

    def add(self, data: memoryview) -> None:
        while data:
            part = data[: cache.BLOCK - self._filled]
            self._current = zlib.crc32(part, self._current)
            self._filled += len(part)
            if self._filled == cache.BLOCK:
                self._sums.append(self._current)
                self._current, self._filled = 0, 0
            data = data[len(part) :]

    def done(self) -> np.ndarray[Any, np.dtype[np.uint32]]:
        return np.array(self._sums + [self._current] * bool(self._filled), np.uint32)


def _npy_header(shape: tuple[int, ...]) -> bytes:
    made = io.BytesIO()
    np.lib.format.write_array_header_1_0(made, {"descr": "|u1", "fortran_order": False, "shape": shape})
    header = made.getvalue()
    assert len(header) == _HEADER, len(header)
    return header


def _save(path: Path, data: bytes) -> None:
    with path.open("wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _sync_folder(folder: Path) -> None:
    """Have the names in a folder on the disk, where the system can do that."""
    with contextlib.suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
