"""Images side by side."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.export.writing import write

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy.typing as npt
    from PIL.Image import Image

_WORDS_WIDTH = 110  # of the words beside a row of images
_MUTED = "#6b7280"
_SMALLEST_SIDE = 32
"""Small images are enlarged by a whole factor to at least this many pixels, so that a person can see them."""


def sample_grid(images: npt.NDArray[np.uint8], columns: int | None = None) -> Image:
    """Images (n, h, w, c) of 1 or 3 channels side by side, row by row; no ``columns``: as near a square as can be.

    Images smaller than 32 pixels are enlarged by a whole factor without smoothing.
    """
    from PIL import Image

    count, height, width, channels = images.shape
    columns = columns or math.ceil(math.sqrt(count))
    rows = math.ceil(count / columns)
    factor = math.ceil(_SMALLEST_SIDE / max(height, width))
    cell = (height * factor + 2, width * factor + 2)
    canvas = np.full((rows * cell[0] + 2, columns * cell[1] + 2, channels), 255, np.uint8)
    for index, image in enumerate(images):
        top, left = 2 + index // columns * cell[0], 2 + index % columns * cell[1]
        enlarged = image.repeat(factor, axis=0).repeat(factor, axis=1)
        canvas[top : top + height * factor, left : left + width * factor] = enlarged
    return Image.fromarray(canvas[:, :, 0] if channels == 1 else canvas)


def save_rows(path: Path, rows: Sequence[tuple[str, npt.NDArray[np.uint8]]]) -> None:
    """Write rows of images (n, h, w, c), each with its words on the left; one without images is a heading.

    Raises ExportError when the file can't be written.
    """
    from PIL import Image, ImageDraw

    grids = [(words, sample_grid(images, len(images)) if len(images) else None) for words, images in rows]
    line = 22
    heights = [line if grid is None else grid.height for _, grid in grids]
    width = max([_WORDS_WIDTH + grid.width for _, grid in grids if grid is not None], default=_WORDS_WIDTH)
    # A heading may be longer than its rows are.
    sheet = Image.new("RGB", (max(width, 3 * _WORDS_WIDTH) + 8, sum(heights) + 8), "white")
    draw, top = ImageDraw.Draw(sheet), 4
    for (words, grid), height in zip(grids, heights, strict=True):
        draw.text((6, top + height / 2), words, fill="black" if grid is None else _MUTED, anchor="lm")
        if grid is not None:
            sheet.paste(grid, (_WORDS_WIDTH, top))
        top += height
    write(path, lambda file: sheet.save(file, "PNG"))


def magnified_to(images: npt.NDArray[np.uint8], height: int, width: int) -> npt.NDArray[np.uint8]:
    """Images (n, h, w, c) with their pixels repeated to these sides, not smoothed."""
    rows, columns = (np.arange(side) * of // side for side, of in ((height, images.shape[1]), (width, images.shape[2])))
    return images[:, rows][:, :, columns]
