"""Real picture files for tests."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from pathlib import Path


def smooth(rng: np.random.Generator, side: int = 16, channels: int = 3) -> Image.Image:
    """A picture of soft shapes, as photographs are: the same after another saving, unlike any other."""
    coarse = rng.integers(0, 256, (5, 5, channels), np.uint8)
    shade = Image.fromarray(coarse if channels == 3 else coarse[..., 0])
    return shade.resize((side, side), Image.Resampling.BICUBIC)


def encoded(image: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a file of this picture."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def folder_of(path: Path, count: int, *, channels: int = 3, side: int = 16, seed: int = 0) -> Path:
    """A folder with so many different pictures, 000.png and so on."""
    rng = np.random.default_rng(seed)
    path.mkdir(parents=True, exist_ok=True)
    for index in range(count):
        (path / f"{index:03}.png").write_bytes(encoded(smooth(rng, side, channels)))
    return path
