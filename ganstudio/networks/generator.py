"""What all generators are: something that makes samples of its inputs."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from torch import Tensor, nn

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import torch

    from ganstudio.modalities import Modality

_WHOLE: Mapping[str, slice] = MappingProxyType({})


class Inputs(NamedTuple):
    """What G makes samples of.

    latents: (n, d), z, the codes and the class. given: (n, *shape) in model units, what each sample is to be made from,
    such as a smaller image; None where G is given nothing but latents.
    """

    latents: Tensor
    given: Tensor | None = None

    def to(self, device: torch.device) -> Inputs:
        """The same on another device."""
        return Inputs(self.latents.to(device), None if self.given is None else self.given.to(device))

    def rows(self, chosen: slice) -> Inputs:
        """Those of some samples."""
        return Inputs(self.latents[chosen], None if self.given is None else self.given[chosen])

    def portions(self, size: int) -> Iterator[Inputs]:
        """All of them in order, at most ``size`` samples at a time."""
        for start in range(0, len(self.latents), size):
            yield self.rows(slice(start, start + size))


class Generator(nn.Module):
    """Inputs of n samples to the samples (n, *shape) in model units.

    differentiable: whether a sample's gradient reaches the weights. Where it does not, as with a sequence whose tokens
    are drawn, G learns from ``log_likelihood``, and its latents are the dice: the same ones give the same sample.
    tells_likelihood: whether it can tell how likely a sample is, so that a stage before the game may teach it by that.
    columns: which latents belong to which part, where G is made of several.
    takes_given: whether the family can make use of what is given: it is then built with that's shape as well.
    any_size: whether it makes samples of any size, by the size of what it is given.
    starts_from: how many real samples it is shown by ``start`` before the first step; 0: it starts without any.
    """

    takes_given: ClassVar[bool] = False
    any_size: ClassVar[bool] = False
    starts_from: ClassVar[int] = 0
    differentiable: bool = True
    columns: Mapping[str, slice] = _WHOLE

    def forward(self, inputs: Inputs) -> Tensor:
        """Make the samples."""
        raise NotImplementedError

    if TYPE_CHECKING:

        def __call__(self, inputs: Inputs) -> Tensor:
            """Make the samples."""
            ...

    @property
    def tells_likelihood(self) -> bool:
        """Where no gradient passes through samples, it is all that G learns by."""
        return not self.differentiable

    def start(self, samples: Tensor) -> None:
        """Take initial weights from real samples (n, *shape), in model units."""

    def way(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What G makes from the coarse to the fine, (n, *shape) each in model units; the last are the samples."""
        return (self(inputs),)

    def way_kinds(self, _kind: Modality) -> tuple[Modality, ...]:
        """Of which kinds all that ``way`` goes through is, but the samples themselves, which are of ``kind``."""
        return ()

    def log_likelihood(self, samples: Tensor, inputs: Inputs) -> Tensor:
        """How likely G is to make these samples (n, *shape) of what it is given: (n,), nats; a gradient passes.

        Only of a generator that ``tells_likelihood``.
        """
        raise NotImplementedError
