"""What a game's next steps depend on besides its weights, on disk: optimisers, random streams, counts.

training.safetensors holds the tensors, training.json the numbers. Whatever is read is held against what the game at
hand has before any of it is used, also what older runs kept in training.pt.
"""

from __future__ import annotations

import json
import math
import struct
from typing import TYPE_CHECKING, Any

import torch

from ganstudio.run import RunError
from ganstudio.system.files import FileFault, read_text
from ganstudio.training.checkpoints.old_state import read_old_state
from ganstudio.training.checkpoints.weights import check_complete, check_tensor, packed, read_tensors

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from torch import Tensor

    from ganstudio.training.step.games import Kept

TENSORS, NUMBERS, OLD = "training.safetensors", "training.json", "training.pt"
_MOST_NUMBERS = 1 << 20
_MOST_STEPS = 10**12 - 1
_MOST_SECONDS = 1e12
_OTHER_DEVICE = "the run was trained on a device of another kind (cpu, cuda, mps), where alone it goes on"

# How torch keeps the Mersenne twister of a processor: seed, left, seeded, next; then 624 words, and the rest.
_TWISTER, _TWISTER_HEAD, _WORDS = 5056, struct.Struct("=QiiQ"), 624


def write_training(folder: Path, game: Kept) -> None:
    """Write training.safetensors and training.json. OSError when the disk won't."""
    tensors, numbers = _parted(game.state())
    (folder / TENSORS).write_bytes(packed(tensors))
    (folder / NUMBERS).write_text(json.dumps(numbers, indent=1) + "\n", encoding="utf-8")


def read_training(folder: Path, game: Kept) -> dict[str, Any]:
    """The state in a checkpoint's folder as ``game.load_state`` takes it; RunError where it is not one of this game."""
    try:
        return _read_training(folder, game)
    except RunError as error:
        elsewhere = f": {_OTHER_DEVICE}" if "'latent_random" in str(error) and "shape" in str(error) else ""
        raise RunError(f"the training state does not fit experiment.toml: {error}{elsewhere}") from None


def _read_training(folder: Path, game: Kept) -> dict[str, Any]:
    own_tensors, own_numbers = _parted(game.state())
    own_tensors.pop("cuda_random", None)
    allowed = own_tensors | _of_optimisers(game) | {"cuda_random": torch.empty(16, dtype=torch.uint8)}
    if not (folder / NUMBERS).exists() and (folder / OLD).exists():
        path = numbers_path = folder / OLD
        found, numbers = _parted(read_old_state(path), path)
        for name in found:
            if name not in allowed:
                raise RunError(f"{path}: {name!r} is not among the tensors of this game")
        tensors = {name: check_tensor(path, name, tensor, allowed[name]) for name, tensor in found.items()}
    else:
        path, numbers_path = folder / TENSORS, folder / NUMBERS
        tensors, numbers = read_tensors(path, allowed, may_lack=allowed), _read_numbers(numbers_path)
    check_complete(path, tensors, own_tensors, may_lack=_of_optimisers(game))
    _check_optimisers(path, tensors, game)
    for name in own_tensors:
        if name.partition("/")[0] in ("torch_random", "latent_random"):
            _check_twister(path, name, tensors[name])
    return _joined(tensors, _checked(numbers_path, numbers, own_numbers), game)


# --- a tree of tensors and numbers, and the two files that it becomes -------------------------------------------------


def _parted(state: dict[str, Any], path: Path | None = None) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """A state's tensors by name, and its numbers. With a path it was read from there: RunError where it is no state."""
    tensors: dict[str, Tensor] = {}
    numbers: dict[str, Any] = {}
    try:
        for name, value in state.items():
            if name == "optimisers":
                tensors |= _of_states(value)
            elif isinstance(value, torch.Tensor):
                tensors[name] = value
            elif isinstance(value, list) and all(isinstance(each, torch.Tensor) for each in value):
                tensors |= {f"{name}/{index}": each for index, each in enumerate(value)}
            elif value is not None:
                numbers[name] = json.loads(value) if isinstance(value, str) else value  # in training.pt it is text
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        if path is None:
            raise
        raise RunError(f"{path}: not a readable training state") from None
    return tensors, numbers


def _of_states(players: dict[str, Any]) -> dict[str, Tensor]:
    return {
        f"{player}/{kind}/{index}/{name}": value
        for player, kinds in players.items()
        for kind, kept in kinds.items()
        for index, entries in kept["state"].items()
        for name, value in entries.items()
        if value is not None
    }


def _joined(tensors: dict[str, Tensor], numbers: dict[str, Any], game: Kept) -> dict[str, Any]:
    state = game.state()
    optimisers: dict[str, Any] = {player: {} for player in state["optimisers"]}
    for name in _of_optimisers(game):
        if name in tensors:
            player, kind, index, entry = name.split("/")
            kept = optimisers[player].setdefault(kind, {"state": {}})["state"]
            kept.setdefault(int(index), {})[entry] = tensors[name]
    listed = {
        name: [tensors[f"{name}/{index}"] for index in range(len(value))]
        if isinstance(value, list)
        else tensors.get(name)
        for name, value in state.items()
        if name.endswith("_random") and name not in numbers
    }
    return {**numbers, **listed, "optimisers": optimisers}


def _read_numbers(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(read_text(path, _MOST_NUMBERS))
    except FileFault as error:
        raise RunError(str(error)) from None
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise RunError(f"{path}: not a readable training state")
    return found


# --- checks -----------------------------------------------------------------------------------------------------------


def _of_optimisers(game: Kept) -> dict[str, Tensor]:
    return {
        f"{player}/{kind}/{index}/{name}": tensor
        for player, optimiser in game.optimisers.items()
        for kind, entries in optimiser.kinds_of_state().items()
        for index, weight in enumerate(optimiser.parameters)
        for name, tensor in ((name, _like(weight, name)) for name in entries)
    }


def _like(weight: Tensor, name: str) -> Tensor:
    return torch.empty((), dtype=torch.float32) if name == "step" else weight.detach()


def _check_optimisers(path: Path, tensors: dict[str, Tensor], game: Kept) -> None:
    """Each kind that was used has a state for every weight, and counts of steps are counts."""
    for player, optimiser in game.optimisers.items():
        for kind, entries in optimiser.kinds_of_state().items():
            prefix = f"{player}/{kind}/"
            if not any(name.startswith(prefix) for name in tensors):
                continue
            names = [f"{prefix}{index}/{name}" for index in range(len(optimiser.parameters)) for name in entries]
            check_complete(path, tensors, names)
            for name in names:
                if name.endswith("/step") and not _is_count(float(tensors[name])):
                    raise RunError(f"{path}: {name!r} is {float(tensors[name]):g}, expected a count of steps")


def _is_count(value: float) -> bool:
    return math.isfinite(value) and value >= 0 and value == int(value)


def _check_twister(path: Path, name: str, state: Tensor) -> None:
    """Hold a random stream's place in its table within that: torch does not, and reads on behind the table's end."""
    if len(state) != _TWISTER:
        return
    raw = bytes(state.numpy())
    _, left, seeded, following = _TWISTER_HEAD.unpack(raw[: _TWISTER_HEAD.size])
    if seeded != 1 or not 1 <= left <= _WORDS or left + following > _WORDS + 1 or raw[-4] > 1:
        raise RunError(f"{path}: {name!r} is not the state of a random stream")


def _checked(path: Path, found: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The numbers of ``found`` that ``own`` has, in range."""
    for name in own:
        if name not in found:
            raise RunError(f"{path}: {name!r} is missing")
    for name in ("step", *(one for one in own if one.endswith("average_updates"))):
        if type(found[name]) is not int or not 0 <= found[name] <= _MOST_STEPS:
            raise RunError(f"{path}: {name!r} is {_shown(found[name])}, expected a count of steps")
    seconds = found["seconds"]
    if type(seconds) not in (int, float) or not 0 <= seconds <= _MOST_SECONDS:
        raise RunError(f"{path}: 'seconds' is {_shown(seconds)}, expected seconds of training")
    streams, own_streams = found["data_random"], own["data_random"]
    if isinstance(own_streams, list) != isinstance(streams, list) or (
        isinstance(streams, list) and len(streams) != len(own_streams)
    ):
        raise RunError(f"{path}: 'data_random' is not as many random streams as this game has")
    for stream in streams if isinstance(streams, list) else [streams]:
        if not _is_stream(stream):
            raise RunError(f"{path}: 'data_random' is not the state of a random stream")
    return {name: float(found[name]) if name == "seconds" else found[name] for name in own}


def _is_stream(state: Any) -> bool:
    """Whether numpy's PCG64 has such a state."""
    if not isinstance(state, dict) or set(state) != {"bit_generator", "state", "has_uint32", "uinteger"}:
        return False
    words = state["state"]
    if state["bit_generator"] != "PCG64" or not isinstance(words, dict) or set(words) != {"state", "inc"}:
        return False
    limits: Iterable[tuple[Any, int]] = (
        (words["state"], 2**128),
        (words["inc"], 2**128),
        (state["has_uint32"], 2),
        (state["uinteger"], 2**32),
    )
    return all(type(value) is int and 0 <= value < limit for value, limit in limits)


def _shown(value: Any) -> str:
    text = repr(value) if isinstance(value, (str, float, bool)) or value is None else type(value).__name__
    return f"{value:,}" if type(value) is int and abs(value) < 10**18 else text[:40]
