"""Principal directions of G's first features, as ways to move z that change most of what G sees of it.

Härkönen et al. 2020, "GANSpace" (arXiv:2004.02546): a principal component analysis of the features of an early layer
over many z, regressed back to z. Where the first features are affine in z, as of a linear or convolutional first layer,
that has an exact answer without a draw: the right singular vectors of the layer's weights, which Shen and Zhou 2021,
"SeFa" (arXiv:2007.06600), propose. Which of both holds is found by trying, not by the layer's type.
Legend: n points, d the dimensions of z of one part of G, w the width of the space, f features, k directions.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor, nn

from ganstudio.directions import DirectionError, unit
from ganstudio.latent import draw_latents
from ganstudio.networks import Inputs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import TypeAlias

    import numpy.typing as npt

    from ganstudio.directions import Direction
    from ganstudio.experiment import LatentSpec
    from ganstudio.networks import Generator

    Seen: TypeAlias = list[tuple[nn.Module | None, Tensor]]

FOUND = 10
"""How many directions are looked for."""
_DRAWN, _FEW, _PORTION = 4_000, 800, 256
_TRIED = 16
_AFFINE = 1e-4
"""Largest difference from an affine map, as a share of the features' own spread, that is rounding."""


@dataclass(frozen=True)
class Principal:
    """Directions found, in order of the variance that each explains. exact: without a draw.

    shares: (k,) of the variance of the first features under the prior.
    """

    vectors: npt.NDArray[np.float64]
    shares: npt.NDArray[np.float64]
    exact: bool


def principal_directions(
    generator: Generator,
    space: LatentSpec,
    given: Tensor | None = None,
    *,
    count: int = FOUND,
    seed: int = 0,
    wanted: Callable[[], bool] = lambda: True,
) -> tuple[Direction, ...] | None:
    """Named directions of the z that is turned one by one, those of each part of G in turn where it has several.

    given: (1, *shape) what G makes a sample of besides latents, in model units. wanted: asked between portions of the
    work; None is returned where they are wanted no more. Raises DirectionError.
    """
    try:
        return _found(generator, space, given, count, seed, wanted)
    except _Unwanted:
        return None


def _found(
    generator: Generator,
    space: LatentSpec,
    given: Tensor | None,
    count: int,
    seed: int,
    wanted: Callable[[], bool],
) -> tuple[Direction, ...]:
    check_directed(generator, space)
    device = next(generator.parameters()).device
    random = torch.Generator("cpu").manual_seed(seed)
    parts = {
        name: slice(columns.start, min(columns.stop, space.turned))
        for name, columns in (generator.columns or {"": slice(0, space.turned)}).items()
        if columns.start < space.turned
    }
    found = []
    with torch.no_grad():
        for name, columns in parts.items():
            here = _Part(generator, space, columns, given, device, wanted)
            principal = here.principal(random, -(-count // len(parts)))
            how = (
                "exactly, as they are linear in z" if principal.exact else "by drawing z, as they are not linear in it"
            )
            for place, (vector, share) in enumerate(zip(principal.vectors, principal.shares, strict=True), start=1):
                whole = np.zeros(space.turned)
                whole[columns] = vector
                called = f"principal {place}" if len(parts) == 1 else f"{name} principal {place}"
                told = f"{100 * share:.3g} % of the variance of G's first features, found {how}"
                found.append(unit(whole, called, told))
    return tuple(found)


def check_directed(generator: Generator, space: LatentSpec) -> None:
    """Raise DirectionError where G has no z that directions lead through."""
    if not generator.differentiable:
        raise DirectionError(
            "This G makes its samples by throwing dice, which are its z: no direction leads from one throw to another"
        )
    if not space.turned:
        raise DirectionError("This G has no z to be turned: it makes its samples of what it is given")


class _Part:
    """The z of one part of G, and the first features that depend on it."""

    def __init__(
        self,
        generator: Generator,
        space: LatentSpec,
        columns: slice,
        given: Tensor | None,
        device: torch.device,
        wanted: Callable[[], bool],
    ) -> None:
        self._wanted = wanted
        self._generator, self._space, self._columns, self._given = generator, space, columns, given
        self._device = device
        self._layer: nn.Module | None = None

    def principal(self, random: torch.Generator, count: int) -> Principal:
        """The directions with the most variance of the features."""
        drawn = draw_latents(self._space, _TRIED, random)
        self._layer = self._first(drawn)
        size = self._columns.stop - self._columns.start
        rest = drawn[:1].repeat(size + 1, 1)
        rest[:, self._columns] = torch.cat([torch.zeros(1, size), torch.eye(size)])
        features = self._features(rest)
        base, jacobian_df = features[0], features[1:] - features[0]
        tried = drawn[:1].repeat(_TRIED, 1)
        tried[:, self._columns] = drawn[:, self._columns]
        truth = self._features(tried) - base
        if not bool(torch.isfinite(truth).all() & torch.isfinite(jacobian_df).all()):
            raise DirectionError("What this G makes are no finite numbers, among which there is no direction")
        off = truth - tried[:, self._columns].double() @ jacobian_df
        if float(off.norm()) <= _AFFINE * float(truth.norm()):
            return _of_gram(jacobian_df @ jacobian_df.T, count)
        return self._by_drawing(random, count)

    def _by_drawing(self, random: torch.Generator, count: int) -> Principal:
        """GANSpace: components of drawn features, and z regressed on the coordinates along them."""
        size = self._features(draw_latents(self._space, 1, random)).shape[1]
        drawn = draw_latents(self._space, _DRAWN if size <= _FEW else _FEW, random)
        features_nf, z = self._features(drawn), drawn[:, self._columns].double()
        features_nf -= features_nf.mean(0)
        z -= z.mean(0)
        wide = features_nf.shape[1] > len(features_nf)  # the products of the shorter side tell the same
        values, vectors = torch.linalg.eigh(features_nf @ features_nf.T if wide else features_nf.T @ features_nf)
        values, vectors = values.flip(0).clamp_min(0), vectors.flip(1)
        kept = min(count, z.shape[1], int((values > 1e-9 * values[0]).sum()))
        # Coordinates that do not correlate: the regression on each is its product with z, but for its length.
        coordinates_nk = vectors[:, :kept] if wide else features_nf @ vectors[:, :kept]
        shares = (values[:kept] / values.sum()).numpy()
        return Principal(_signed((coordinates_nk.T @ z).numpy()), shares, exact=False)

    def _features(self, latents: Tensor) -> Tensor:
        """(n, f), in double precision and on the processor."""
        return torch.cat([self._watched(part)[-1][1] for part in torch.split(latents, _PORTION)])

    def _first(self, drawn: Tensor) -> nn.Module | None:
        """The first layer with weights whose features change with this part's z; None: samples stand in for features.

        Raises DirectionError where nothing changes with it.
        """
        others = drawn[:2].clone()
        others[1] = others[0]
        others[1, self._columns] = drawn[1, self._columns]
        for layer, features in self._watched(others):
            if not torch.equal(features[0], features[1]):
                return layer
        raise DirectionError("What this G makes does not change with z, so that there is no direction to be found")

    def _watched(self, latents: Tensor) -> Seen:
        """Every layer with weights in the order of G's work, with its features (n, f); last G itself.

        Once it is known which layer counts, nothing behind it is computed.
        """
        if not self._wanted():
            raise _Unwanted
        seen: Seen = []
        given = None if self._given is None else self._given.expand(len(latents), *self._given.shape[1:])
        with _hooked(self._generator, self._layer, seen, len(latents)):
            try:
                made = self._generator(Inputs(latents, given).to(self._device))
            except _Enough:
                return seen
        return [*seen, (None, _flat(made))]


class _Unwanted(Exception):
    """No error: nobody waits for the directions any more."""


class _Enough(BaseException):
    """No error: the layer that counts has been reached."""


@contextmanager
def _hooked(generator: nn.Module, wanted: nn.Module | None, seen: Seen, count: int) -> Iterator[None]:
    """Have each layer with weights, or the one that is wanted, note its features (count, f) while G works."""

    def note(layer: nn.Module, _inputs: object, output: object) -> None:
        for tensor in _tensors(output):
            if tensor.is_floating_point() and tensor.shape[:1] == (count,):
                seen.append((layer, _flat(tensor)))
                if layer is wanted:
                    raise _Enough
                return

    layers = [wanted] if wanted is not None else [one for one in generator.modules() if _has_weights(one)]
    hooks = [layer.register_forward_hook(note) for layer in layers]
    try:
        yield
    finally:
        for hook in hooks:
            hook.remove()


def _has_weights(module: nn.Module) -> bool:
    return not list(module.children()) and any(True for _ in module.parameters(recurse=False))


def _tensors(output: object) -> Iterator[Tensor]:
    if isinstance(output, Tensor):
        yield output
    elif isinstance(output, tuple):
        for one in output:
            yield from _tensors(one)


def _flat(tensor: Tensor) -> Tensor:
    """A copy: what comes next may work in place."""
    return tensor.detach().flatten(1).double().cpu().clone()


def _of_gram(gram_dd: Tensor, count: int) -> Principal:
    """The right singular vectors of the features' weights, by their products."""
    values, vectors = torch.linalg.eigh(gram_dd)
    values, vectors = values.flip(0).clamp_min(0), vectors.flip(1)
    kept = min(count, int((values > 1e-12 * values[0]).sum()))
    return Principal(_signed(vectors[:, :kept].T.numpy()), (values[:kept] / values.sum()).numpy(), exact=True)


def _signed(vectors_kd: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """With the largest number of each above 0, as a component has no sign of its own."""
    largest = np.take_along_axis(vectors_kd, np.abs(vectors_kd).argmax(1)[:, None], 1)
    signed: npt.NDArray[np.float64] = vectors_kd * np.sign(largest)
    return signed
