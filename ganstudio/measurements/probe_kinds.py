"""How a probe judges samples of each kind: what it sees of them, and by which network."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.measurements.probe_inputs import plane_inputs
from ganstudio.measurements.probe_networks import ConvolutionalProbe, Network, Perceptron, PrefixProbe
from ganstudio.measurements.ties import parted
from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from torch import Tensor

    from ganstudio.measurements.estimate import Samples, Sides
    from ganstudio.modalities import Modality

    Both = tuple[Samples, Samples]

_FLOATS = 1 << 26
"""Numbers that one side may take in memory, 256 MB, where samples are large."""
_UNBOUNDED = 1 << 62
ROTATIONS = 3


@dataclass(frozen=True, kw_only=True)
class Probe:
    """How samples of a kind are judged.

    inputs: (sides, real, fake, those of them that are fitted to, random) -> what the network sees of both, in slices.
    apart: (real, fake, random) -> both, equal samples told apart where the inputs need that.
    build: (what samples are, shape of an input, random) -> a fresh network. floats: numbers that one side may take in
    memory. rotations: fits that an estimate takes, each judging another part; two or more. of: the sides as samples are
    drawn, where networks see something larger than what is to be kept.
    """

    inputs: Callable[[Sides, Samples, Samples, Both, np.random.Generator], Generator[None, None, tuple[Tensor, Tensor]]]
    apart: Callable[[Samples, Samples, np.random.Generator], Generator[None, None, Both]]
    build: Callable[[Modality, tuple[int, ...], torch.Generator], Network]
    floats: int = _FLOATS
    rotations: int = ROTATIONS
    of: Callable[[Sides], Sides] = lambda sides: sides


def _flat(
    _sides: Sides, real: Samples, fake: Samples, _fitted: Both, _random: np.random.Generator
) -> Generator[None, None, tuple[Tensor, Tensor]]:
    yield
    return torch.from_numpy(real.reshape(len(real), -1)), torch.from_numpy(fake.reshape(len(fake), -1))


def _as_they_are(
    _sides: Sides, real: Samples, fake: Samples, _fitted: Both, _random: np.random.Generator
) -> Generator[None, None, tuple[Tensor, Tensor]]:
    yield from ()
    return torch.from_numpy(real), torch.from_numpy(fake)


def _left_together(real: Samples, fake: Samples, _random: np.random.Generator) -> Generator[None, None, Both]:
    yield from ()
    return real, fake


def _parted(real: Samples, fake: Samples, random: np.random.Generator) -> Generator[None, None, Both]:
    one, other = yield from parted(real, fake, random)
    return one.astype(np.float32), other.astype(np.float32)


def _perceptron(_modality: Modality, shape: tuple[int, ...], random: torch.Generator) -> Network:
    return Perceptron(math.prod(shape), random)


def _convolutional(_modality: Modality, shape: tuple[int, ...], random: torch.Generator) -> Network:
    return ConvolutionalProbe(shape, random)


def _prefix(modality: Modality, _shape: tuple[int, ...], random: torch.Generator) -> Network:
    return PrefixProbe(modality.shape[-1], random)


def _by_numbers(sides: Sides) -> Sides:
    """Sentences as the numbers of their words (n, t), as one-hot vectors take thousands of times as much."""
    rows = sides.rows
    return replace(
        sides,
        draw_real=lambda count: _numbers(sides.draw_real(count)),
        draw_fake=lambda count: _numbers(sides.draw_fake(count)),
        rows=None if rows is None else lambda count: map(_numbers, rows(count)),
        kept=sides.shape[:1],
    )


def _numbers(samples_ntv: Samples) -> Samples:
    # What is no number is none of a word either, and is refused as such.
    found = samples_ntv.argmax(-1).astype(np.float32)
    return np.where(np.isfinite(samples_ntv).all(-1), found, np.float32(np.nan))


PROBES: ByKind[Probe] = ByKind(
    Probe(inputs=_flat, apart=_left_together, build=_perceptron),
    points=Probe(inputs=plane_inputs, apart=_parted, build=_perceptron, floats=_UNBOUNDED),
    images=Probe(inputs=_as_they_are, apart=_left_together, build=_convolutional),
    sound=Probe(inputs=_as_they_are, apart=_left_together, build=_convolutional),
    # A fit of sentences takes five times as long as others.
    sentences=Probe(inputs=_as_they_are, apart=_left_together, build=_prefix, of=_by_numbers, rotations=2),
)
