"""How much memory a game will need, foreseen before its first step.

Weights are counted on networks without values. What a step holds beside them is counted on moves of a few samples: all
that the backward pass will want (``saved_tensors_hooks``). Two sizes of them are enough, as it grows in a line with the
minibatch, or three where pairs of samples are compared. ``make bench NAME=memory`` holds this against what processes
really take.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import prod
from typing import TYPE_CHECKING, Any

import torch
from torch import nn
from torch.autograd.graph import saved_tensors_hooks
from torch.overrides import TorchFunctionMode

from ganstudio.experiment import AdamSpec, RMSpropSpec, SGDSpec
from ganstudio.latent import Prior, learnt_shape
from ganstudio.networks import build_discriminator, build_generator, build_recogniser
from ganstudio.training.step.stages import keeps
from ganstudio.training.step.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from torch import Tensor

    from ganstudio.data import Dataset
    from ganstudio.experiment import Experiment, Spec
    from ganstudio.objectives import Sight
    from ganstudio.scalars import Player
    from ganstudio.training.messages import StepPhase
    from ganstudio.training.step.onlooking import Observer

ALWAYS = 2**25
"""Bytes that any session takes: what its first step loads, and workspaces."""
FLOAT = 4
"""Bytes of a number."""
STATES: dict[type[Spec], Callable[[Any], int]] = {
    AdamSpec: lambda _: 2,
    RMSpropSpec: lambda _: 1,
    SGDSpec: lambda spec: int(spec.momentum > 0),
}
"""How many numbers an optimiser keeps for each weight."""

_SAMPLES = 8  # of the smallest of the moves that are counted; a penalty may look at each fourth only
_LARGEST = 5  # copies of a move's largest tensor that are there beside what is saved: its gradient, and workspaces
_TWICE = 1.5  # what a move with a penalty holds, as a share of what is saved for it: its gradient has one of its own
_COPIES = 3.3  # of what is packed into a file: its tensors as bytes, these as one, and that as Python has it
_FEW = 32  # copies of each layer's output that no move holds, with all that is done to it
_TABLES = 5  # tables of all pairs of samples that are there at once
_PAIRS = 8  # and more than that


@dataclass(frozen=True, kw_only=True)
class Outline:
    """What is known of a game before anything is built: the weights of G, and of D with Q.

    outputs: numbers that all layers together make of one sample, or more than that.
    """

    generator: int
    discriminator: int
    outputs: int


@dataclass(frozen=True, kw_only=True)
class Needs:
    """What one game takes, in bytes, beside the program itself.

    held: what stays from step to step. gradients: of the larger player. packed: what writing a checkpoint takes.
    moves: of each move what it holds for n samples, as (a, b, c) of a + b n + c n^2.
    """

    held: int
    gradients: int
    packed: int
    moves: tuple[tuple[float, float, float], ...] = ()

    def total(self, batch: int) -> int:
        """The most that the game takes with minibatches of so many samples."""
        largest = max((a + b * batch + c * batch**2 for a, b, c in self.moves), default=0.0)
        return self.held + max(int(largest) + self.gradients, self.packed)


def outline(experiment: Experiment, dataset: Dataset) -> Outline:
    """Count the weights of networks without values. Raises ValueError as a ``Trainer``."""
    prior = Prior.of(experiment, dataset)
    latent, given = prior.space, prior.sampler.shape
    judge = experiment.discriminator
    if getattr(judge, "normalisation", "") == "spectral":  # some vectors more, found by computing with the weights
        judge = judge.model_copy(update={"normalisation": "none"})
    with _Hollow():
        generator = build_generator(experiment.generator, latent.width, dataset.shape, given)
        seen = learnt_shape(prior.sampler, dataset.shape)
        discriminator = build_discriminator(judge, seen, latent, given if experiment.given.judged else None)
        recogniser = build_recogniser(experiment.recogniser, discriminator, experiment.latent)
    judges = [discriminator, *([recogniser] if recogniser else [])]
    return Outline(
        generator=_count(generator),
        discriminator=sum(map(_count, judges)),
        outputs=prod(dataset.shape) + sum(_outputs(one, dataset.shape) for one in (generator, *judges)),
    )


def at_least(experiment: Experiment, known: Outline) -> Needs:
    """What follows from the numbers of weights alone."""
    generator, discriminator, optimisers = known.generator, known.discriminator, experiment.optimisers
    states = generator * _states(optimisers.generator) + discriminator * _states(optimisers.discriminator)
    # A checkpoint is made in memory first: a network, or the optimisers' states, which are the most.
    packed = _COPIES * max(generator, discriminator, states)
    return Needs(
        held=FLOAT * ((2 + keeps(experiment)) * generator + discriminator + states),  # G, its average, and D
        gradients=FLOAT * max(generator, discriminator),
        packed=int(FLOAT * packed),
    )


def at_most(experiment: Experiment, known: Outline) -> int:
    """More bytes than the game needs, by a count that takes no time: most games need no other."""
    batch, least = experiment.schedule.batch_size, at_least(experiment, known)
    pairs = _PAIRS * FLOAT * batch**2 if _compares_pairs(experiment) else 0
    return least.held + least.gradients + least.packed + _FEW * FLOAT * batch * known.outputs + pairs


def foreseen(experiment: Experiment, dataset: Dataset, known: Outline) -> Needs:
    """All of it. Builds the networks, and leaves every random stream as it was."""
    with _random_state():
        rehearsal = Rehearsal(_with_batch(experiment, 1), dataset, torch.device("cpu"))
        unit = _SAMPLES * rehearsal.discriminator.packing
        sizes = (unit, 2 * unit, 3 * unit)[: 3 if _compares_pairs(experiment) else 2]
        counted = [rehearsal.count(size) for size in sizes]
    moves = tuple(_curve(sizes, values) for values in zip(*counted, strict=True))
    return replace(at_least(experiment, known), moves=moves)


class Rehearsal(Trainer):
    """A trainer that makes moves up to where the backward pass would begin, and counts what it would find."""

    def count(self, size: int) -> tuple[float, float]:
        """Bytes of D's and of G's move with so many samples."""
        self.adjust(_with_batch(self.experiment, size))
        (judging, of_judging), (making, of_making) = self._saved("discriminator"), self._saved("generator")
        twice = _TWICE if self.objective.penalises else 1.0
        # D's move makes G's samples as well, without saving what is on the way.
        around = _LARGEST * max(of_judging, of_making)
        return twice * judging + around, making + around

    def _saved(self, phase: StepPhase) -> tuple[int, int]:
        """Bytes of all tensors that a move saves, and of the largest."""
        networks = [self.generator, self.discriminator, *([self.recogniser] if self.recogniser else [])]
        held = {one.untyped_storage().data_ptr() for net in networks for one in (*net.parameters(), *net.buffers())}
        seen: dict[int, int] = {}

        def pack(tensor: Tensor) -> Tensor:
            storage = tensor.untyped_storage()
            if storage.data_ptr() not in held:
                seen[storage.data_ptr()] = max(storage.nbytes(), seen.get(storage.data_ptr(), 0))
            return tensor.detach()  # the tensor itself would hold what holds it

        with saved_tensors_hooks(pack, lambda tensor: tensor):
            self.step(phase)
        return sum(seen.values()), max(seen.values(), default=0)

    def _descend(self, player: Player, sight: Sight, observer: Observer) -> Tensor:
        return self._silent


def _with_batch(experiment: Experiment, size: int) -> Experiment:
    schedule = experiment.schedule.model_copy(update={"batch_size": size})
    return experiment.model_copy(update={"schedule": schedule, "stages": ()})  # those before need less than the game


def _curve(sizes: Sequence[int], values: Sequence[float]) -> tuple[float, float, float]:
    """The line or the parabola through two or three points with evenly spaced sizes."""
    first, second = values[:2]
    step = sizes[1] - sizes[0]
    bend = (values[2] - 2 * second + first) / (2 * step**2) if len(values) > 2 else 0.0
    slope = (second - first) / step - bend * (sizes[0] + sizes[1])
    # The table of all pairs is saved once. Squared it stands beside itself, as does its gradient later; of few samples
    # it is too small to be what ``_LARGEST`` counts.
    return first - slope * sizes[0] - bend * sizes[0] ** 2, slope, _TABLES * bend


def _compares_pairs(experiment: Experiment) -> bool:
    return experiment.objective.energies


def _states(spec: Spec) -> int:
    return STATES[type(spec)](spec)


def _count(network: nn.Module) -> int:
    return sum(parameter.numel() for parameter in network.parameters())


def _outputs(network: nn.Module, shape: tuple[int, ...]) -> int:
    """Numbers that the layers make of a sample, as if no image became smaller on the way."""
    total = 0
    for module in network.modules():
        if isinstance(module, nn.Linear):
            total += module.out_features
        elif isinstance(module, (nn.Conv2d, nn.ConvTranspose2d)):
            total += module.out_channels * prod(shape[1:])
    return total


class _Hollow(TorchFunctionMode):
    """Within it networks are built without values.

    Not ``torch.device("meta")``: there the initial values would be drawn, which loads torch's compiler.
    """

    _FILLING = frozenset({"normal_", "uniform_", "zero_", "fill_", "kaiming_normal_", "kaiming_uniform_"})
    _MAKING = frozenset({"empty", "zeros", "ones"})

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name in self._FILLING:
            return args[0] if args else kwargs["tensor"]
        if name in self._MAKING and kwargs.get("device") is None:
            kwargs = {**kwargs, "device": "meta"}
        return func(*args, **kwargs)


@contextmanager
def _random_state() -> Iterator[None]:
    """Leave torch's random numbers as they were: building a trainer seeds them."""
    state = torch.get_rng_state()
    try:
        yield
    finally:
        torch.set_rng_state(state)
