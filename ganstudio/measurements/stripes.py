"""The hue and the stripes' direction as they are read off images of striped digits: the truth that there is about them.

Legend: n images, c channels, s pixels to a side, from -1 to 1. Of real images the median error is about 5 degrees, and
that of images without stripes 45, as by chance.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ganstudio.data.images.striped import WAVES

Floats = npt.NDArray[np.floating]

NEAR = 15.0
"""Degrees within which a direction counts as right. By chance one in six is."""

_BAND = (0.76, 1.24)  # of the stripes' frequency: .19 to .31 cycles a pixel at 32 pixels
_DARK = 0.5  # of full brightness: the ground's darkest channel is below it, the ink's is not


class DirectionFigures(NamedTuple):
    """How far stripes are from the direction that the hue asks for. median: degrees. near: share within 15."""

    median: float
    near: float


def direction_figures(images: Floats) -> DirectionFigures:
    """Read off images (n, 3, s, s), real or generated, by their own hue."""
    errors = direction_errors(images, hues(images))
    return DirectionFigures(float(np.median(errors)), float((errors < NEAR).mean()))


def direction_errors(images: Floats, hue: Floats) -> Floats:
    """Degrees (n,), 0 to 90, between the stripes of images and what hues (n,) ask for."""
    apart = (directions(images) - np.pi * hue + np.pi / 2) % np.pi - np.pi / 2
    errors: Floats = np.rad2deg(np.abs(apart))
    return errors


def directions(images: Floats) -> Floats:
    """The direction of the finest stripes (n,), radians from 0 to pi, as the mean of the power near their frequency.

    Angles are doubled for the mean, as stripes have no front.
    """
    side = images.shape[-1]
    grey = images.mean(axis=1)
    window = np.hanning(side + 2)[1:-1]
    grey = (grey - grey.mean(axis=(1, 2), keepdims=True)) * (window[:, None] * window)
    power = np.abs(np.fft.fft2(grey)) ** 2
    down, across = np.fft.fftfreq(side)[:, None], np.fft.fftfreq(side)[None]
    frequency, angle = np.hypot(across, down) * side / WAVES, np.arctan2(down, across)
    power = power * ((frequency > _BAND[0]) & (frequency < _BAND[1]))
    doubled = np.arctan2((power * np.sin(2 * angle)).sum((1, 2)), (power * np.cos(2 * angle)).sum((1, 2)))
    found: Floats = doubled / 2 % np.pi
    return found


def hues(images: Floats) -> Floats:
    """The hue of the ground (n,), 0 to 1, from the mean colour of the pixels that are not ink."""
    bright = (images + 1) / 2
    ground = bright.min(axis=1, keepdims=True) < _DARK
    colour = (bright * ground).sum(axis=(2, 3)) / np.maximum(ground.sum(axis=(2, 3)), 1)
    turned = (colour * np.exp(2j * np.pi * np.arange(3) / 3)).sum(axis=1)
    found: Floats = np.angle(turned) / (2 * np.pi) % 1
    return found
