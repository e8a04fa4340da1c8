"""Samples that are no GAN's: what they get, a figure says nothing above.

A Gaussian in the data's singular vectors is in tune for half of its notes; the mean of each class has the surest
classifier, and is one sound.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch

from ganstudio.networks.spectrum import leading_vectors

if TYPE_CHECKING:
    import numpy.typing as npt

    Floats = npt.NDArray[np.float32]
    Labels = npt.NDArray[np.integer]

COMPONENTS = 128


def gaussian(planes: Floats, count: int, seed: int) -> Floats:
    """So many samples of one Gaussian about real sounds (n, *shape), along their singular vectors."""
    mean, vectors = _vectors(planes)
    drawn = np.random.default_rng(seed).standard_normal((count, vectors.shape[1])).astype(np.float32)
    return (drawn @ vectors.T + mean).reshape(-1, *planes.shape[1:])


def gaussian_of_each(planes: Floats, labels: Labels, wanted: Labels, seed: int) -> Floats:
    """A sample of each wanted class (m,): of a Gaussian about its real sounds, each singular vector by itself.

    Of a class without real sounds: of a Gaussian about all of them.
    """
    mean, vectors = _vectors(planes)
    lengths = np.maximum(np.square(vectors).sum(0), 1e-12)
    coordinates = (planes.reshape(len(planes), -1) - mean) @ (vectors / lengths)
    drawn = np.random.default_rng(seed).standard_normal((len(wanted), vectors.shape[1])).astype(np.float32)
    for label in np.unique(wanted):
        own = coordinates[_of_class(labels, label)]
        drawn[wanted == label] = drawn[wanted == label] * own.std(0) + own.mean(0)
    return (drawn @ vectors.T + mean).reshape(-1, *planes.shape[1:])


def mean_of_each(planes: Floats, labels: Labels, wanted: Labels) -> Floats:
    """The mean of the real sounds of each wanted class (m,); where there are none, of all."""
    means = {label: planes[_of_class(labels, label)].mean(0) for label in np.unique(wanted)}
    return np.stack([means[label] for label in wanted])


def _of_class(labels: Labels, label: int) -> npt.NDArray[np.bool_]:
    """Which sounds (n,) are of a class; all of them, where none is."""
    own = np.asarray(labels == label)
    return own if own.any() else np.ones_like(own)


def _vectors(planes: Floats) -> tuple[Floats, Floats]:
    mean, vectors = leading_vectors(torch.from_numpy(planes).flatten(1), COMPONENTS)
    return mean.numpy(), vectors.numpy()
