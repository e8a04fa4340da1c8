"""training.pt of older runs, which torch.save wrote, read without torch's own reader.

That one runs nobody's code when it is told so, but it believes what the file says of its sizes. Here only the few
words of the pickle language that a training state is made of mean anything, and a tensor is within its bytes.
"""

from __future__ import annotations

import io
import math
import pickletools
import zipfile
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from ganstudio.run import RunError
from ganstudio.system.files import FileFault, read_bytes

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOST_BYTES = 1 << 31
_MOST_PICKLE = 1 << 22
_STORAGES: dict[str, np.dtype[Any]] = {"torch FloatStorage": np.dtype("<f4"), "torch ByteStorage": np.dtype("u1")}
_REBUILD, _ORDERED = "torch._utils _rebuild_tensor_v2", "collections OrderedDict"
_MARK = object()


def read_old_state(path: Path) -> Any:
    """What a training.pt holds: dicts, lists, numbers, strings, and tensors of its own memory, float32 or uint8.

    Raises RunError where it holds anything else, or can't be read.
    """
    try:
        raw = read_bytes(path, MOST_BYTES)
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
                raise _Unreadable("it is compressed")
            if sum(entry.file_size for entry in archive.infolist()) > len(raw):
                raise _Unreadable("its parts overlap")
            inner = next((name for name in archive.namelist() if name.endswith("/data.pkl")), "")
            words = archive.read(inner)
            if len(words) > _MOST_PICKLE:
                raise _Unreadable("it is too long")
            return _Machine(lambda key: archive.read(f"{inner.removesuffix('.pkl')}/{key}")).run(words)
    except FileFault as error:
        raise RunError(str(error)) from None
    except _Unreadable as error:
        raise RunError(f"{path}: not a readable training state: {error}") from None
    except _FAULTS:
        raise RunError(f"{path}: not a readable training state") from None


_FAULTS = (
    zipfile.BadZipFile,
    zlib.error,
    ValueError,  # also where a word, or a text, is cut short
    TypeError,
    LookupError,
    AttributeError,
    EOFError,
    OSError,
    OverflowError,
    NotImplementedError,
    RuntimeError,  # an entry that is encrypted
    RecursionError,
)


class _Unreadable(ValueError):
    """Something that no training state holds."""


@dataclass(frozen=True)
class _Storage:
    values: np.ndarray[Any, np.dtype[Any]]


class _Machine:
    """A pickle's stack, its marks and its memory. part: the bytes of a storage by its key."""

    def __init__(self, part: Callable[[str], bytes]) -> None:
        self._part = part
        self._stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def run(self, words: bytes) -> Any:
        """What the pickle describes."""
        argument: Any
        for opcode, argument, _ in pickletools.genops(words):
            if opcode.name in _LITERALS:
                self._stack.append(argument)
            elif opcode.name in ("BINPUT", "LONG_BINPUT"):
                self._memo[argument] = self._stack[-1]
            elif opcode.name in ("BINGET", "LONG_BINGET"):
                self._stack.append(self._memo[argument])
            elif opcode.name in _WORDS:
                _WORDS[opcode.name](self)
            elif opcode.name == "GLOBAL":
                self._stack.append(self._known(argument))
            elif opcode.name not in ("PROTO", "STOP"):
                raise _Unreadable(f"it holds a {opcode.name.lower()}")
        (result,) = self._stack
        return result

    @staticmethod
    def _known(name: str) -> str:
        if name not in (*_STORAGES, _REBUILD, _ORDERED):
            raise _Unreadable(f"it asks for {name[:60]!r}")
        return name

    def push(self, value: Any) -> None:
        """Put a value on the stack."""
        self._stack.append(value)

    def pop(self, count: int) -> list[Any]:
        """Take the last values off the stack, in their order."""
        if len(self._stack) < count:
            raise _Unreadable("it is cut short")
        taken = self._stack[len(self._stack) - count :]
        del self._stack[len(self._stack) - count :]
        return taken

    def pop_to_mark(self) -> list[Any]:
        """Take the values behind the last mark off the stack, and the mark."""
        place = max(index for index, value in enumerate(self._stack) if value is _MARK)
        taken = self._stack[place + 1 :]
        del self._stack[place:]
        return taken

    def call(self) -> None:
        """The only two calls there are: an empty dict, a tensor."""
        name, arguments = self.pop(2)
        if name == _ORDERED and arguments == ():
            self.push({})
        elif name == _REBUILD:
            self.push(_tensor(*arguments[:4]))
        else:
            raise _Unreadable("it calls what is no tensor")

    def find(self) -> None:
        """A storage, by the name that stands on the stack."""
        ((word, kind, key, _, count),) = self.pop(1)
        data = self._part(key)
        dtype: np.dtype[Any] = _STORAGES[kind]
        if word != "storage" or type(count) is not int or len(data) != count * dtype.itemsize:
            raise _Unreadable("a tensor has other bytes than it says")
        self.push(_Storage(np.frombuffer(data, dtype)))

    def extend(self, values: list[Any]) -> None:
        """Put values behind the list on the stack."""
        target = self._stack[-1]
        if type(target) is not list:
            raise _Unreadable("it adds to what is no list")
        target.extend(values)

    def fill(self, flat: list[Any]) -> None:
        """Put keys and values into the dict on the stack."""
        target = self._stack[-1]
        if type(target) is not dict or len(flat) % 2:
            raise _Unreadable("it adds to what is no dict")
        target.update(zip(flat[::2], flat[1::2], strict=True))


_LITERALS = ("BININT", "BININT1", "BININT2", "LONG1", "BINFLOAT", "BINUNICODE")
_WORDS: dict[str, Callable[[_Machine], None]] = {
    "NONE": lambda machine: machine.push(None),
    "NEWTRUE": lambda machine: machine.push(True),
    "NEWFALSE": lambda machine: machine.push(False),
    "EMPTY_DICT": lambda machine: machine.push({}),
    "EMPTY_LIST": lambda machine: machine.push([]),
    "EMPTY_TUPLE": lambda machine: machine.push(()),
    "MARK": lambda machine: machine.push(_MARK),
    "TUPLE": lambda machine: machine.push(tuple(machine.pop_to_mark())),
    "TUPLE1": lambda machine: machine.push(tuple(machine.pop(1))),
    "TUPLE2": lambda machine: machine.push(tuple(machine.pop(2))),
    "TUPLE3": lambda machine: machine.push(tuple(machine.pop(3))),
    "APPEND": lambda machine: machine.extend(machine.pop(1)),
    "APPENDS": lambda machine: machine.extend(machine.pop_to_mark()),
    "SETITEM": lambda machine: machine.fill(machine.pop(2)),
    "SETITEMS": lambda machine: machine.fill(machine.pop_to_mark()),
    "REDUCE": lambda machine: machine.call(),
    "BINPERSID": lambda machine: machine.find(),
}


def _tensor(storage: Any, offset: Any, size: Any, stride: Any) -> torch.Tensor:
    numbers = (offset, *size, *stride)
    if not isinstance(storage, _Storage) or len(size) != len(stride):
        raise _Unreadable("it holds a tensor of nothing")
    if any(type(number) is not int or number < 0 for number in numbers):
        raise _Unreadable("it holds a tensor without a shape")
    values = storage.values
    # Not more numbers than there are, as a stride of 0 would have it; numpy sees to it that all lie within the bytes.
    if math.prod(size) > len(values):
        raise _Unreadable("a tensor has more numbers than bytes")
    strides = [step * values.itemsize for step in stride]
    view = np.ndarray(size, values.dtype, values.tobytes(), offset * values.itemsize, strides)
    return torch.from_numpy(view.copy(order="C"))
