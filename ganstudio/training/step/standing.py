"""Where games stand besides their networks' weights, as a checkpoint keeps it: steps, optimisers, random streams."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import torch

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.training.step.ema import ExponentialMovingAverage
    from ganstudio.training.step.optimisers import PlayerOptimiser


class Standing(Protocol):
    """A game, or several whose weights are stacked."""

    device: torch.device
    step_count: int
    seconds: float
    average: ExponentialMovingAverage[Any]
    optimisers: dict[str, PlayerOptimiser]


def state_of(game: Standing, *, latent_random: Any, data_random: Any) -> dict[str, Any]:
    """Everything but the networks that the next steps depend on: tensors, numbers and strings.

    latent_random, data_random: the states of its own random streams; of several games a list.
    """
    shared = shared_random(game.device)
    return {
        "step": game.step_count,
        "seconds": game.seconds,
        "average_updates": game.average.updates,
        "optimisers": {player: optimiser.state() for player, optimiser in game.optimisers.items()},
        "torch_random": shared["torch_random"],
        "latent_random": latent_random,
        "cuda_random": shared["cuda_random"],
        "data_random": data_random,
    }


def take_over(game: Standing, state: dict[str, Any]) -> None:
    """Put a game where ``state_of`` found it, but for its own random streams, which it takes over by itself."""
    game.step_count, game.seconds = state["step"], state["seconds"]
    game.average.updates = state["average_updates"]
    for player, optimiser in game.optimisers.items():
        optimiser.load_state(state["optimisers"][player])
    set_shared_random(game.device, state)


def shared_random(device: torch.device) -> dict[str, Tensor | None]:
    """The states of torch's own random streams, which all games draw initial weights and penalties from."""
    on_cuda = device.type == "cuda"
    return {
        "torch_random": torch.get_rng_state(),
        "cuda_random": torch.cuda.get_rng_state(device) if on_cuda else None,
    }


def set_shared_random(device: torch.device, state: dict[str, Any]) -> None:
    """Put torch's own random streams where ``shared_random`` found them, that of a device only where there is one."""
    torch.set_rng_state(state["torch_random"])
    if device.type == "cuda" and state["cuda_random"] is not None:
        torch.cuda.set_rng_state(state["cuda_random"], device)
