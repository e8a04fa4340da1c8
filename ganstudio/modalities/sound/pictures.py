"""Pictures of sounds: the spectrogram in the colours of heat, and under it how far the wave swings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from ganstudio.modalities.modality import Floats, Pixels

WIDTH, HEIGHT, WAVE = 64, 64, 15
"""Pixels of a picture: its width, the spectrogram's height, and the wave's below it with a line between."""

# From silence to loud; the points of matplotlib's inferno, which is even to the eye and without colour as well.
_HEAT = np.array(
    [(0, 0, 4), (40, 11, 84), (101, 21, 110), (159, 42, 99), (212, 72, 66), (245, 125, 21), (250, 193, 39),
     (252, 255, 164)],
    np.float32,
)  # fmt: skip
_GROUND, _LINE, _SWING = (0, 0, 4), (40, 40, 48), (120, 200, 220)


def pictures_of(levels: Floats, loudness: Floats) -> Pixels:
    """Pictures (n, 80, 64, 3) of log magnitudes (n, bins, frames) from -1 to 1 and of loudness (n, frames), rms."""
    count, bins, frames = levels.shape
    pixels = np.full((count, HEIGHT + 1 + WAVE, WIDTH, 3), _GROUND, np.uint8)
    columns = np.arange(WIDTH) * frames // WIDTH
    pixels[:, :HEIGHT] = _palette()[_in_rows(levels, bins)[:, ::-1, columns]]
    pixels[:, HEIGHT] = _LINE
    # As far as a sine of that loudness swings; at least the middle row, as a silent wave is a line.
    swing = np.clip(np.sqrt(2) * loudness, 0, 1)[:, columns] * (WAVE / 2)
    away = np.abs(np.arange(WAVE) - WAVE // 2)[None, :, None]
    pixels[:, HEIGHT + 1 :][away < np.maximum(swing, 0.5)[:, None, :]] = _SWING
    return pixels


def seen(frames: int) -> slice | npt.NDArray[np.intp]:
    """Which of many frames a picture has a column for; all of them, where there are fewer."""
    return np.arange(WIDTH) * frames // WIDTH if frames > WIDTH else slice(None)


def _in_rows(levels: Floats, bins: int) -> Pixels:
    """The loudest of the bins that share a row, as an index of the palette (n, rows, frames)."""
    starts = np.arange(HEIGHT) * bins // HEIGHT
    loudest = np.maximum.reduceat(levels, starts, axis=1)
    indices: Pixels = np.rint((np.clip(loudest, -1, 1) + 1) * 127.5).astype(np.uint8)
    return indices


def _palette() -> Pixels:
    """256 colours."""
    places = np.linspace(0, len(_HEAT) - 1, 256)
    channels = [np.interp(places, np.arange(len(_HEAT)), channel) for channel in _HEAT.T]
    colours: Pixels = np.rint(np.stack(channels, axis=1)).astype(np.uint8)
    return colours
