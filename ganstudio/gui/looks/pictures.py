"""Pictures of Qt as files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray
from PySide6.QtGui import QImage, QImageWriter

from ganstudio.system.writing import write_aside

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QPixmap


def as_png(picture: QPixmap | QImage) -> bytes:
    """The picture as a PNG file."""
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(picture if isinstance(picture, QImage) else picture.toImage())
    return bytes(buffer.data().data())


def save_png(picture: QPixmap | QImage, path: Path) -> None:
    """Write the picture, whole or not at all. Raises OSError."""
    write_aside(path, as_png(picture))
