"""torch's optimisers without torch's compiler, which is not used here and takes as long to load as torch.

They load it, and sympy with it, at their first call only to say that it must leave them alone.
"""

from __future__ import annotations

import inspect
from functools import cache
from typing import TYPE_CHECKING, Any

import torch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from torch import Tensor


def build_optimiser(
    build: Callable[..., torch.optim.Optimizer], weights: Iterable[Tensor], **settings: Any
) -> torch.optim.Optimizer:
    """An optimiser of a class of ``torch.optim`` for these weights.

    torch keeps the way around its compiler on the methods themselves (torch._compile); where a later torch has none any
    more, nothing is lost but the time.
    """
    for name in ("add_param_group", "state_dict", "load_state_dict"):
        plain = getattr(getattr(torch.optim.Optimizer, name), "__wrapped__", None)
        if plain is not None:
            vars(plain).setdefault("__dynamo_disable", plain)
    return build(weights, **settings)


def descend(optimiser: torch.optim.Optimizer, weights: Sequence[Tensor], gradients: Sequence[Tensor]) -> None:
    """Move the optimiser's weights by their gradients, in their order: its step without what is wrapped around it."""
    for weight, gradient in zip(weights, gradients, strict=True):
        weight.grad = gradient if gradient.stride() == weight.stride() else laid_out_as(weight, gradient)
    with torch.no_grad():
        _plain_step(type(optimiser))(optimiser)  # type: ignore[arg-type]  # a class has a hash


@cache
def _plain_step(kind: type[torch.optim.Optimizer]) -> Callable[[torch.optim.Optimizer], Any]:
    plain: Callable[[torch.optim.Optimizer], Any] = inspect.unwrap(kind.step)
    return plain


def laid_out_as(weight: Tensor, values: Tensor) -> Tensor:
    """Values (of the weight's shape) with its strides, copied where they have others.

    The fused optimisers go through memory as it lies and don't look at strides: with kernels kept channels last and a
    gradient that is not, as a penalty on D's slopes gives, half of the entries moved the wrong way (measured).
    """
    return values if values.stride() == weight.stride() else torch.empty_like(weight).copy_(values)
