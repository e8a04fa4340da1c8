"""The way from the coarse image to the fine one as a film: what each level adds fades in."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QStandardPaths

from ganstudio.gui.parts.host import ask_place, tell
from ganstudio.gui.parts.saving import written
from ganstudio.system.writing import write_out

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from ganstudio.modalities import Modality, Pixels
    from ganstudio.training.messages import Walked

LEVEL_MS, FADE = 1_000, 12
"""How long a level takes, half of it to fade in, in so many pictures."""
_LEAST = 256
"""Pixels that the film's side has at least; each of the image's is a whole number of them."""


def film(walked: Walked, modality: Modality) -> tuple[Pixels, list[int]]:
    """The pictures (n, h, w, c) and how long each stands, ms: the base, and then each level as it fades in."""
    pictures, durations = [walked.steps[0][:1]], [LEVEL_MS]
    for image, added in zip(walked.steps[1:], walked.added, strict=True):
        fine = modality.to_model(image[:1])
        residual = added[:1].transpose(0, 3, 1, 2)
        shares = np.linspace(0, 1, FADE)
        pictures += [modality.to_people((fine - (1 - share) * residual).astype(np.float32)) for share in shares]
        durations += [LEVEL_MS // (2 * FADE)] * (FADE - 1) + [LEVEL_MS]
    side = max(walked.steps[-1].shape[1:3])
    factor = -(-_LEAST // side)
    height, width = (factor * each for each in walked.steps[-1].shape[1:3])
    return np.concatenate([_repeated(one, height, width) for one in pictures]), durations


def as_gif(pictures: Pixels, durations: list[int]) -> bytes:
    """Pictures (n, h, w, c) as an animated GIF that goes on and on."""
    from PIL import Image  # not before it is asked for: the window paints without it

    frames = [Image.fromarray(one[:, :, 0] if one.shape[-1] == 1 else one) for one in pictures]
    file = io.BytesIO()
    frames[0].save(file, "GIF", save_all=True, append_images=frames[1:], duration=durations, loop=0)
    return file.getvalue()


def ask_for_film(view: QWidget, walked: Walked, modality: Modality) -> None:
    """Let the user say where the film is to go, and write it there; the window tells what came of it."""
    path = ask_place(view, "Film", QStandardPaths.StandardLocation.PicturesLocation, "GIF", ".gif")
    if path is not None:
        told, wrong = save_film(path, walked, modality)
        tell(view, told, wrong=wrong)


def save_film(path: Path, walked: Walked, modality: Modality) -> tuple[str, bool]:
    """Write the film, whole or not at all. Returns what came of it, and whether it went wrong."""
    return written(path, lambda: write_out(path, as_gif(*film(walked, modality))))


def _repeated(images: Pixels, height: int, width: int) -> Pixels:
    """Images (n, h, w, c) with their pixels repeated to these sides, not smoothed."""
    rows, columns = np.arange(height) * images.shape[1] // height, np.arange(width) * images.shape[2] // width
    return images[:, rows][:, :, columns]
