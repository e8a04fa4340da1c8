"""Small pictures of data in the window's colours; run as a module, it draws those of the presets."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter

from ganstudio.gui.looks import theme
from ganstudio.gui.looks.pictures import save_png
from ganstudio.modalities import ByKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ganstudio.data import Dataset
    from ganstudio.modalities import Modality, Samples

# Twice the size that the cards show, for screens that have the pixels.
WIDTH, HEIGHT = 320, 240
_POINTS = 1500
_FARTHEST = 1e30  # of a coordinate; beyond that the widths of their picture overflow
_ROWS, _COLUMNS = 3, 4
_LINES = 8


def of_dataset(dataset: Dataset, seed: int = 0) -> QImage:
    """A picture of samples drawn from ``dataset``, WIDTH x HEIGHT pixels."""
    random = np.random.default_rng(seed)
    count = _ROWS * _COLUMNS if dataset.modality.side_by_side else _POINTS
    return of_samples(dataset.modality.to_people(dataset.draw(count, random)), dataset.modality)


def of_samples(samples: Samples, modality: Modality, colour: str = theme.REAL, *, shrink: float = 1.0) -> QImage:
    """A picture of samples in people's units, as their kind is shown. colour, shrink: as ``of_points`` takes them."""
    return PICTURES[modality.kind](samples, modality, colour, shrink)


def of_points(points: npt.NDArray[np.floating], colour: str = theme.REAL, *, shrink: float = 1.0) -> QImage:
    """Points (n, 2) as soft dots, scaled alike along both axes so that all but stragglers fit.

    shrink: the picture's sides, and the dots, over the usual ones: a list of runs shows hundreds, and small.
    """
    width, height = round(WIDTH * shrink), round(HEIGHT * shrink)
    points = points[(np.abs(points) < _FARTHEST).all(axis=1)][:_POINTS]
    if not len(points):
        return _blank().scaled(width, height)
    low, high = np.quantile(points, [0.002, 0.998], axis=0)
    centre, extent = (low + high) / 2, np.maximum(high - low, 1e-9)
    scale = float(np.min(np.array([width * 0.76, height * 0.76]) / extent))
    places = np.array([width / 2, height / 2]) + (points - centre) * scale * [1, -1]
    # The share of the ground that shines through all dots at a pixel, as a logarithm, so that dots add up: a painter,
    # which draws one dot after the other, took 20 ms for a picture.
    through = np.zeros((height, width))
    for radius, opacity in ((4.0, 0.10), (1.7, 0.7)):
        _add_dots(through, places, radius * shrink, opacity)
    shares = np.rint(-np.expm1(through.astype(np.float32)) * 255).astype(np.uint8)
    steps = np.linspace(0, 1, 256, dtype=np.float32)[:, None]
    shades = np.rint(_rgb(theme.SURFACE) * (1 - steps) + _rgb(colour) * steps).astype(np.uint8)
    return _image(shades[shares]).convertToFormat(QImage.Format.Format_RGB32)


def _add_dots(
    through: npt.NDArray[np.float64], places: npt.NDArray[np.floating], radius: float, opacity: float
) -> None:
    """Add discs at places (n, 2) of x and y, pixels, to an image (h, w) of logarithms; their edges are a pixel wide."""
    height, width = through.shape
    reach = int(radius + 0.5) + 1
    offsets = np.arange(-reach, reach + 1)
    inside = ((places >= reach) & (places < [width - reach, height - reach])).all(axis=1)
    corners = np.floor(places[inside]).astype(np.int32)
    beside = (corners + 0.5 - places[inside]).astype(np.float32)  # from the place to the middle of its pixel
    apart = np.hypot((offsets + beside[:, :1])[:, None, :], (offsets + beside[:, 1:])[:, :, None])
    seen = np.log1p(-np.float32(opacity) * np.clip(np.float32(radius + 0.5) - apart, 0, 1))
    flat = (corners[:, 1, None, None] + offsets[:, None]) * width + corners[:, 0, None, None] + offsets
    through += np.bincount(flat.ravel(), seen.ravel(), height * width).reshape(height, width)


def of_games(points: npt.NDArray[np.floating], colours: Sequence[str]) -> QImage:
    """What up to four games make, points (m, n, 2), a quarter of the picture each."""
    picture = _blank()
    painter = QPainter(picture)
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
    for index, (own, colour) in enumerate(zip(points, colours, strict=False)):
        row, column = divmod(index, 2)
        # Two side by side stand in the middle.
        top = row * HEIGHT / 2 if len(points) > 2 else HEIGHT / 4
        painter.drawImage(QRectF(column * WIDTH / 2, top, WIDTH / 2, HEIGHT / 2), of_points(own, colour))
    painter.end()
    return picture


def of_images(images: npt.NDArray[np.uint8]) -> QImage:
    """The first images (n, height, width, channels) as tiles; grey ones from the ground to the text's colour."""
    picture = _blank()
    gap = 10
    side = min((WIDTH - gap * (_COLUMNS + 1)) / _COLUMNS, (HEIGHT - gap * (_ROWS + 1)) / _ROWS)
    left = (WIDTH - side * _COLUMNS - gap * (_COLUMNS - 1)) / 2
    top = (HEIGHT - side * _ROWS - gap * (_ROWS - 1)) / 2
    painter = QPainter(picture)
    for index, image in enumerate(images[: _ROWS * _COLUMNS]):
        row, column = divmod(index, _COLUMNS)
        place = QRectF(left + column * (side + gap), top + row * (side + gap), side, side)
        painter.drawImage(place, _image(image))
    painter.end()
    return picture


def of_lines(lines: Sequence[str], colour: str) -> QImage:
    """The first lines of a text, each cut where it is longer than the picture is wide."""
    picture = _blank()
    painter = QPainter(picture)
    font = painter.font()
    font.setPixelSize(round(HEIGHT / (1.9 * _LINES)))
    painter.setFont(font)
    painter.setPen(QColor(colour))
    margin, height = HEIGHT / (4 * _LINES), HEIGHT / _LINES
    for place, line in enumerate(lines[:_LINES]):
        room = QRectF(2 * margin, place * height, WIDTH - 4 * margin, height)
        told = painter.fontMetrics().elidedText(line, Qt.TextElideMode.ElideRight, round(room.width()))
        painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, told)
    painter.end()
    return picture


PICTURES: ByKind[Callable[[Samples, Modality, str, float], QImage]] = ByKind(
    lambda samples, modality, _colour, _shrink: of_images(modality.pictures(samples[: _ROWS * _COLUMNS])),
    points=lambda points, _modality, colour, shrink: of_points(points, colour, shrink=shrink),
    sentences=lambda samples, modality, colour, _shrink: of_lines(modality.text(samples[:_LINES]) or (), colour),
)
"""Pictures of some samples, by their kind."""


def _image(pixels: npt.NDArray[np.uint8]) -> QImage:
    if pixels.shape[-1] == 1:
        dark, light = _rgb(theme.SURFACE), _rgb(theme.TEXT)
        pixels = np.rint(dark + (light - dark) * (pixels.astype(np.float32) / 255)).astype(np.uint8)
    pixels = np.ascontiguousarray(pixels[..., :3])
    height, width, _ = pixels.shape
    # copy(): QImage only borrows the array's memory.
    return QImage(pixels.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()


def _rgb(colour: str) -> npt.NDArray[np.float32]:
    shade = QColor(colour)
    return np.array([shade.red(), shade.green(), shade.blue()], np.float32)


def _blank() -> QImage:
    picture = QImage(WIDTH, HEIGHT, QImage.Format.Format_RGB32)
    picture.fill(QColor(theme.SURFACE))
    return picture


def main() -> int:
    """Draw the thumbnail of every preset from its data, into resources/presets/thumbnails."""
    from ganstudio.data import build_dataset
    from ganstudio.data.known.known import KNOWN
    from ganstudio.experiment import GlyphsSpec
    from ganstudio.presets import load_preset, preset_names
    from ganstudio.resources import resource

    folder = resource("presets") / "thumbnails"
    folder.mkdir(exist_ok=True)
    for name in preset_names():
        target = folder / f"{name}.png"
        spec = load_preset(name).dataset
        # What is not ours to bring along is not shown either: our own digits stand for it.
        dataset = build_dataset(GlyphsSpec(size=28) if spec.kind in KNOWN else spec)
        try:
            save_png(of_dataset(dataset), target)
        except OSError as error:
            sys.stderr.write(f"{target}: cannot be written: {error.strerror}\n")
            return 1
        sys.stdout.write(f"{target}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
