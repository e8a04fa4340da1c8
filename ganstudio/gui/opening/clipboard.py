"""What is pasted: files as they are; a picture or a table is first saved, as a run must find its data again."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtGui import QImage

from ganstudio.gui.looks.pictures import save_png
from ganstudio.gui.opening.paths import paths_in
from ganstudio.system.writing import write_aside

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QMimeData

NOTHING = (
    "There is nothing to train on in the clipboard: copy files in the file manager, a picture, or the cells of a table."
)


def pasted(mime: QMimeData, folder: Path) -> list[Path]:
    """The paths of what the clipboard holds; what is no file yet is saved in ``folder``, named by the time.

    Raises ValueError, for people, when there is nothing to be used; OSError when it can't be saved.
    """
    if paths := paths_in(mime):
        return paths
    if mime.hasImage() and isinstance(image := mime.imageData(), QImage) and not image.isNull():
        path = _free(folder, "picture", ".png")
        save_png(image, path)
        return [path]
    if mime.hasText() and _is_table(mime.text()):
        path = _free(folder, "points", ".csv")
        write_aside(path, mime.text().replace("\t", ";"))
        return [path]
    raise ValueError(NOTHING)


def _is_table(text: str) -> bool:
    """Whether a text has lines of at least two fields with a digit somewhere, as cells of a spreadsheet have."""
    lines = [line for line in text.splitlines() if line.strip()]
    fields = [line for line in lines if len(line.replace(";", "\t").replace(",", "\t").split("\t")) >= 2]
    return len(lines) >= 2 and len(fields) == len(lines) and any(character.isdigit() for character in text)


def _free(folder: Path, name: str, suffix: str) -> Path:
    """A path in the folder that is not taken."""
    folder.mkdir(parents=True, exist_ok=True)
    stem = f"{name}_{datetime.now():%Y-%m-%d_%H-%M-%S}"
    path, number = folder / (stem + suffix), 1
    while path.exists():
        number += 1
        path = folder / f"{stem}_{number}{suffix}"
    return path
