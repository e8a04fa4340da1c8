"""G's average at a moment of its training, to be looked at and not to be trained on: in half precision.

Half of the bytes, and what G makes of them differs by less than can be seen (``make bench NAME=timeline`` measures it).
Numbers that are too large for it, such as variances may be, stay as they are. Each file has a checksum.
"""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save

from ganstudio.run import RunError
from ganstudio.training.checkpoints.weights import check_complete, not_finite, read_entries, tensor_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from torch import Tensor, nn

_CHECKSUM = "crc32"


@torch.no_grad()
def packed_moment(network: nn.Module, *, whole: bool = True) -> bytes | None:
    """A network as a file; None where its weights are no longer finite numbers.

    whole: whether all of them must be; of several games as one network some may have gone wrong.
    """
    tensors = {name: _halved(tensor) for name, tensor in network.state_dict().items()}
    if whole and not_finite(tensors) is not None:
        return None
    checksum = _checksum((name, tensor.numpy()) for name, tensor in tensors.items())
    return save(tensors, {_CHECKSUM: checksum})


@torch.no_grad()
def load_moment(path: Path, network: nn.Module, *, whole: bool = True) -> None:
    """Give a network the weights of a moment; whole: as in ``packed_moment``.

    Raises RunError where the file is damaged, or of another network.
    """
    expected = network.state_dict()
    content, entries = read_entries(path, expected)
    if _checksum((name, entry["data"]) for name, entry in entries) != _told(content):
        raise RunError(f"{path}: damaged: its checksum does not match")
    found = {}
    for name, entry in entries:
        if name not in expected:
            raise RunError(f"{path}: {name!r} is not among the tensors of this game")
        like = expected[name]
        halved = like.half() if entry["dtype"] == "F16" and like.dtype == torch.float32 else like
        found[name] = tensor_of(path, name, entry, halved)
    check_complete(path, found, expected)
    if whole and (wrong := not_finite(found)) is not None:
        raise RunError(f"{path}: its weights are no finite numbers, in {wrong!r}")
    torch._foreach_copy_([expected[name] for name in found], list(found.values()))


def _halved(tensor: Tensor) -> Tensor:
    """On the processor, in half precision where all of it has room there."""
    if tensor.dtype != torch.float32:
        return tensor.detach().cpu().contiguous()
    half = tensor.detach().half()
    fits = (torch.isfinite(half) | ~torch.isfinite(tensor)).all()  # numbers gone wrong are no larger than others
    return (half if bool(fits) else tensor.detach()).cpu().contiguous()


def _checksum(parts: Iterable[tuple[str, Any]]) -> str:
    """Of names and bytes in the order of the names, whatever the file's is."""
    total = 0
    for name, data in sorted(parts, key=lambda part: part[0]):
        total = zlib.crc32(data, zlib.crc32(name.encode(), total))
    return f"{total:08x}"


def _told(content: bytes) -> str | None:
    """The checksum in the header of a file that was read already."""
    length = int.from_bytes(content[:8], "little")
    told = json.loads(content[8 : 8 + length]).get("__metadata__", {})
    return told.get(_CHECKSUM) if isinstance(told, dict) else None
