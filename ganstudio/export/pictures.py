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

_LINE, _GAP = 22, 6  # height of a line of words, and what is free on their left and right
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
    heights = [_LINE if grid is None else grid.height for _, grid in grids]
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


def captioned(images: npt.NDArray[np.uint8], captions: Sequence[str]) -> Image:
    """Images (n, h, w, c) of 1 or 3 channels side by side, each with its words above it, for which there is room."""
    from PIL import Image, ImageDraw, ImageFont

    font = ImageFont.load_default()
    height, width = images.shape[1:3]
    column = max(width, *(math.ceil(font.getlength(words)) + 2 * _GAP for words in captions))
    sheet = Image.new("RGB", (len(images) * column, _LINE + height), "white")
    draw = ImageDraw.Draw(sheet)
    for index, (image, words) in enumerate(zip(images, captions, strict=True)):
        left = index * column + (column - width) // 2
        draw.text((index * column + column / 2, _LINE / 2), words, fill=_MUTED, anchor="mm", font=font)
        sheet.paste(Image.fromarray(image[..., 0] if image.shape[-1] == 1 else image), (left, _LINE))
    return sheet


def magnified_to(images: npt.NDArray[np.uint8], height: int, width: int) -> npt.NDArray[np.uint8]:
    """Images (n, h, w, c) with their pixels repeated to these sides, not smoothed."""
    rows, columns = (np.arange(side) * of // side for side, of in ((height, images.shape[1]), (width, images.shape[2])))
    return images[:, rows][:, :, columns]
