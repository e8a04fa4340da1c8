"""Where a file is to be saved: whatever is saved asks in this one way, and nothing is written over unasked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QDir, QStandardPaths, Qt
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from ganstudio.gui.parts.mnemonics import give_mnemonics

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    Kinds = Mapping[str, Sequence[str]]


def ask_where(parent: QWidget, title: str, near: Path, kinds: Kinds) -> Path | None:
    """Let the user say where a file is to go; None: nowhere.

    near: the path that is offered. kinds: the kinds of file that can be written, as people call them, each with its
    endings (".png"), the usual one first. A name with none of them gets the usual one of the kind that was chosen.
    """
    filters = {f"{kind} ({' '.join(f'*{each}' for each in endings)})": endings for kind, endings in kinds.items()}
    known = {ending for endings in kinds.values() for ending in endings}
    while True:
        chosen, kind = QFileDialog.getSaveFileName(parent, title, str(near), ";;".join(filters))
        if not chosen:
            return None
        named = Path(chosen)
        usual = filters.get(kind, next(iter(filters.values())))[0]
        path = named if named.suffix.lower() in known else named.with_name(named.name + usual)
        # The dialog has asked about the name that was typed, not about the one with the ending.
        if path == named or not path.exists() or _may_replace(parent, path):
            return path
        near = path


def usual_folder(place: QStandardPaths.StandardLocation) -> Path:
    """Where the system keeps files of a kind, such as pictures; the home where it names no such place."""
    return Path(QStandardPaths.writableLocation(place) or QDir.homePath())


def file_name(*parts: str, suffix: str = ".png") -> str:
    """A name for a file, of what it is of: a run, a step, what is shown; any file system takes it."""
    return "_".join(filter(None, (re.sub(r"[^\w.\-]+", "-", part).strip("-.") for part in parts)))[:120] + suffix


def written(path: Path, write: Callable[[], None]) -> tuple[str, bool]:
    """Have a file written, and say where, or why it can't be; and whether that went wrong."""
    try:
        write()
    except OSError as error:
        return f"{path} can't be written: {error.strerror or error}. Choose another place.", True
    return f"Saved {path}.", False


def _may_replace(parent: QWidget, path: Path) -> bool:
    box = QMessageBox(parent)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle("Replace the file?")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(f"{path.name} exists already.")
    box.setInformativeText("What it holds is lost if you replace it.")
    replace = box.addButton("Replace", QMessageBox.ButtonRole.DestructiveRole)
    other = box.addButton("Choose Another Name", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(other)
    give_mnemonics(box)
    box.exec()
    return box.clickedButton() is replace
