"""Pictures of Qt as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer
from PySide6.QtGui import QImage

from ganstudio.system.writing import write_aside

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QPixmap


def as_png(picture: QPixmap | QImage) -> bytes:
    """The picture as a PNG file."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    image = picture if isinstance(picture, QImage) else picture.toImage()
    image.save(buffer, b"PNG")
    return bytes(buffer.data().data())


def save_png(picture: QPixmap | QImage, path: Path) -> None:
    """Write the picture, whole or not at all. Raises OSError."""
    write_aside(path, as_png(picture))
