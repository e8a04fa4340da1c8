"""A normal map off a file, as large as those that G makes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QStandardPaths, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from ganstudio.gui.parts.saving import usual_folder
from ganstudio.modalities.normals import from_pixels, is_map

if TYPE_CHECKING:
    import numpy.typing as npt
    from PySide6.QtWidgets import QWidget

_PICTURES = QStandardPaths.StandardLocation.PicturesLocation


class MapError(Exception):
    """A file holds no normal map; the text says what would be right."""


def ask_for_map(parent: QWidget, height: int, width: int) -> npt.NDArray[np.float32] | None:
    """The map that somebody chooses, unit vectors (h, w, 3); None: none was. Raises MapError."""
    kinds = "Pictures (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff);;All files (*)"
    path, _ = QFileDialog.getOpenFileName(parent.window(), "Open Normal Map", str(usual_folder(_PICTURES)), kinds)
    return read_map(path, height, width) if path else None


def read_map(path: str, height: int, width: int) -> npt.NDArray[np.float32]:
    """The map in a file, unit vectors (h, w, 3): red right, green up, blue towards the viewer. Raises MapError."""
    image = QImage(path)
    if image.isNull():
        raise MapError(f"{path}: can't be read as a picture; a normal map is a picture in colour, such as a PNG")
    if not is_map(_pixels(image)):
        raise MapError(
            f"{path}: is no normal map: red, green and blue of each pixel, from 0 to 255 for -1 to 1, are to be a "
            "vector of length 1. A photograph tells no normals by itself"
        )
    ratio, smooth = Qt.AspectRatioMode.IgnoreAspectRatio, Qt.TransformationMode.SmoothTransformation
    pixels = _pixels(image.scaled(width, height, ratio, smooth))
    return np.ascontiguousarray(from_pixels(pixels.transpose(2, 0, 1)[None])[0].transpose(1, 2, 0))


def _pixels(image: QImage) -> npt.NDArray[np.uint8]:
    """Those of an image (h, w, 3), copied."""
    plain = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(plain.constBits(), np.uint8).reshape(plain.height(), plain.bytesPerLine())
    return rows[:, : 3 * plain.width()].reshape(plain.height(), plain.width(), 3).copy()
