"""The probe's networks. Their weights come from a generator of their own, never from torch's global one."""

from __future__ import annotations

import itertools
import math
from math import prod

import torch
from torch import Tensor
from torch.nn.functional import conv2d, embedding, leaky_relu, linear, relu

from ganstudio.modalities.sentences import END

_WIDTH, _LAYERS = 48, 2
_CHANNELS, _MOST_CHANNELS = 16, 64
_SMALLEST_SIDE = 4
_EMBEDDING, _STATE = 32, 64


class Perceptron:
    """Inputs (n, features) to logits (n,); small steps are cheap, so that it fits in between those of a training.

    training: how many steps it is trained for, with how many samples a side in each, and at which learning rate.
    at_once: how many inputs are judged at one go, in about a millisecond. learning: the logits that it learns by.
    """

    training = (240, 512, 6e-3)
    at_once = 2048

    def __init__(self, features: int, random: torch.Generator) -> None:
        sizes = [features, *[_WIDTH] * _LAYERS, 1]
        self.weights: list[Tensor] = []
        for before, after in itertools.pairwise(sizes):
            self.weights += [_drawn((after, before), before, random), torch.zeros(after, dtype=torch.float32)]
        _start(self.weights)

    def __call__(self, inputs: Tensor) -> Tensor:
        """Judge: positive where a sample is taken for real."""
        for index in range(0, len(self.weights) - 2, 2):
            inputs = relu(linear(inputs, self.weights[index], self.weights[index + 1]))
        return linear(inputs, self.weights[-2], self.weights[-1])[:, 0]

    learning = __call__


class ConvolutionalProbe:
    """Images (n, c, h, w) to logits (n,): strided convolutions down to at most 4 pixels, and one linear layer.

    training, at_once, learning: as a ``Perceptron`` has them.
    """

    training = (300, 32, 2e-3)
    at_once = 32

    def __init__(self, shape: tuple[int, ...], random: torch.Generator) -> None:
        channels, *side = shape
        self.weights: list[Tensor] = []
        after = _CHANNELS
        while max(side) > _SMALLEST_SIDE or not self.weights:
            self.weights += [_drawn((after, channels, 3, 3), 9 * channels, random), torch.zeros(after)]
            channels, after = after, min(2 * after, _MOST_CHANNELS)
            side = [(length + 1) // 2 for length in side]
        features = channels * prod(side)
        self.weights += [_drawn((1, features), features, random), torch.zeros(1)]
        _start(self.weights)

    def __call__(self, images_nchw: Tensor) -> Tensor:
        """Judge: positive where an image is taken for real."""
        for index in range(0, len(self.weights) - 2, 2):
            convolved = conv2d(images_nchw, self.weights[index], self.weights[index + 1], stride=2, padding=1)
            images_nchw = leaky_relu(convolved, 0.2)
        return linear(images_nchw.flatten(1), self.weights[-2], self.weights[-1])[:, 0]

    learning = __call__


class PrefixProbe:
    """Sentences as numbers of words (n, t) to logits (n,): a recurrent network (LSTM) that learns after each word.

    The best logit after t words is log p(x_1..t) / q(x_1..t), whose last is that of the sentence: what is seen of a
    difference early helps with all that follows. training, at_once, learning: as a ``Perceptron`` has them.
    """

    training = (400, 128, 1e-2)
    at_once = 256

    def __init__(self, words: int, random: torch.Generator) -> None:
        self._embedding = torch.randn((words, _EMBEDDING), generator=random, dtype=torch.float32)
        shift = torch.zeros(4 * _STATE)
        shift[_STATE : 2 * _STATE] = 1.0  # it begins by keeping what it read (Jozefowicz et al. 2015)
        sides = (_EMBEDDING, _STATE)
        gates = [torch.rand((4 * _STATE, side), generator=random, dtype=torch.float32) * 2 - 1 for side in sides]
        self._gates = [*(one / math.sqrt(_STATE) for one in gates), shift, torch.zeros(4 * _STATE)]
        verdict = [_drawn((1, _STATE), _STATE, random), torch.zeros(1)]
        self.weights: list[Tensor] = [self._embedding, *self._gates, *verdict]
        _start(self.weights)

    def __call__(self, words_nt: Tensor) -> Tensor:
        """Judge whole sentences."""
        return self.learning(words_nt)[:, -1]

    def learning(self, words_nt: Tensor) -> Tensor:
        """The logits after each word (n, t); behind the end that of the whole sentence."""
        words_nt = words_nt.long()
        empty = self._embedding.new_zeros(1, len(words_nt), _STATE)
        seen, *_ = torch.lstm(
            embedding(words_nt, self._embedding), (empty, empty), self._gates, True, 1, 0.0, False, False, True
        )  # with biases, one layer, no dropout, one direction, the batch first
        logits = linear(seen, self.weights[-2], self.weights[-1])[..., 0]
        last = ((words_nt == END).cumsum(1) <= 1).sum(1, keepdim=True) - 1
        ended = torch.arange(words_nt.shape[1]) > last
        return torch.where(ended, logits.gather(1, last), logits)


Network = Perceptron | ConvolutionalProbe | PrefixProbe


def _drawn(shape: tuple[int, ...], fan_in: int, random: torch.Generator) -> Tensor:
    # He et al. 2015.
    return torch.randn(shape, generator=random, dtype=torch.float32) * math.sqrt(2 / fan_in)


def _start(weights: list[Tensor]) -> None:
    """Begin near the logit 0, where a probe knows nothing, and let gradients reach the weights."""
    weights[-2] *= 0.1
    for weight in weights:
        weight.requires_grad_()
