"""Tensors in safetensors files, held against those that a game has before anything uses them.

torch's fused optimisers trust the shapes, types and strides that they are given and write over memory where these are
wrong (measured: SIGSEGV); whatever is read from disk becomes a new, dense tensor of just the shape and type expected.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from safetensors import SafetensorError, deserialize
from safetensors.torch import save

from ganstudio.run import RunError
from ganstudio.system.files import FileFault, read_bytes

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from torch import Tensor, nn

_TYPES = {"F64": torch.float64, "F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16, "U8": torch.uint8}
_TYPES |= {"I64": torch.int64, "I32": torch.int32, "I16": torch.int16, "I8": torch.int8, "BOOL": torch.bool}
_HEADER = 1 << 16
_HEADER_EACH = 512  # bytes of a file's header, at most, for each tensor


def packed(tensors: Mapping[str, Tensor]) -> bytes:
    """Tensors as a safetensors file, in memory: the library's error for a file that can't be written has no reason."""
    return save({name: tensor.detach().cpu().contiguous() for name, tensor in tensors.items()})


def read_tensors(path: Path, expected: Mapping[str, Tensor], may_lack: Collection[str] = ()) -> dict[str, Tensor]:
    """The tensors of a safetensors file, in main memory, each of the shape and type of its namesake in ``expected``.

    may_lack: names that need not be there. Raises RunError, which names the file and the first tensor that is amiss.
    """
    _, entries = read_entries(path, expected)
    found = {}
    for name, entry in entries:
        if name not in expected:
            raise RunError(f"{path}: {name!r} is not among the tensors of this game")
        found[name] = tensor_of(path, name, entry, expected[name])
    check_complete(path, found, expected, may_lack)
    return found


def read_entries(path: Path, expected: Mapping[str, Tensor]) -> tuple[bytes, list[tuple[str, dict[str, Any]]]]:
    """A safetensors file, and its entries by their names: nothing of them is checked yet.

    Raises RunError where it can't be read, or is larger than one of such tensors can be.
    """
    try:
        content = read_bytes(path, bound_of(expected))
        entries: list[tuple[str, dict[str, Any]]] = deserialize(content)  # type: ignore[no-untyped-call]
    except FileFault as error:
        raise RunError(str(error)) from None
    except SafetensorError as error:
        raise RunError(f"{path}: not a readable weights file: {error}") from None
    return content, entries


def bound_of(expected: Mapping[str, Tensor]) -> int:
    """Bytes that a file of such tensors has at most."""
    return sum(tensor.nbytes + _HEADER_EACH + len(name) for name, tensor in expected.items()) + _HEADER


def tensor_of(path: Path, name: str, entry: Mapping[str, Any], expected: Tensor) -> Tensor:
    """A tensor of a file's entry, of the shape and type of another. Raises RunError."""
    dtype = _TYPES.get(entry["dtype"])
    told = str(entry["dtype"]) if dtype is None else _name(dtype)
    _compare(path, name, expected, tuple(entry["shape"]), dtype, told)
    assert dtype is not None
    data = entry["data"]
    flat = torch.frombuffer(data, dtype=dtype) if data else torch.empty(0, dtype=dtype)
    return flat.reshape(expected.shape).clone()


def check_tensor(path: Path, name: str, tensor: object, expected: Tensor) -> Tensor:
    """A plain dense tensor of the shape and type of another, else RunError."""
    if type(tensor) is not torch.Tensor or tensor.layout != torch.strided or tensor.device.type != "cpu":
        raise RunError(f"{path}: {name!r} is not a plain tensor")
    _compare(path, name, expected, tuple(tensor.shape), tensor.dtype, _name(tensor.dtype))
    return tensor.detach().clone(memory_format=torch.contiguous_format)


def check_complete(
    path: Path, found: Collection[str], expected: Collection[str], may_lack: Collection[str] = ()
) -> None:
    """Raise RunError where one of the expected tensors is not there."""
    for name in expected:
        if name not in found and name not in may_lack:
            raise RunError(f"{path}: {name!r} is missing")


def load_weights(path: Path, network: nn.Module, name: str, *, finite: bool = True) -> None:
    """Put weights that were kept into a network.

    finite: refuse numbers that are none. Raises RunError, which names the network.
    """
    expected = network.state_dict()
    # Q's tables of what is read together are younger than some runs: it begins with new ones.
    late = [key for key in expected if key.startswith("together")]
    try:
        weights = read_tensors(path, expected, late)
    except RunError as error:
        raise RunError(f"the {name}'s weights do not fit experiment.toml: {error}") from None
    if finite and (wrong := not_finite(weights)) is not None:
        raise RunError(f"{path}: the {name}'s weights are no longer finite numbers, in {wrong!r}")
    network.load_state_dict(weights)


def not_finite(tensors: Mapping[str, Tensor]) -> str | None:
    """The first tensor with a number that is not finite, if any."""
    return next((name for name, each in tensors.items() if not _finite(each)), None)


def _finite(tensor: Tensor) -> bool:
    # A sum takes a tenth of the time in half precision (measured), and no number that is not finite gets lost in it.
    return bool(torch.isfinite(tensor.float().sum())) or bool(torch.isfinite(tensor).all())


def _compare(
    path: Path, name: str, expected: Tensor, shape: tuple[int, ...], dtype: torch.dtype | None, told: str
) -> None:
    if shape != tuple(expected.shape):
        raise RunError(f"{path}: {name!r} has the shape {_sizes(shape)}, expected {_sizes(tuple(expected.shape))}")
    if dtype != expected.dtype:
        raise RunError(f"{path}: {name!r} is of type {told}, expected {_name(expected.dtype)}")


def _sizes(shape: tuple[int, ...]) -> str:
    return " × ".join(map(str, shape)) or "of one number"


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")
