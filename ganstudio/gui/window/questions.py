"""What the window asks before it does something that can't be taken back."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget

from ganstudio.gui.parts.mnemonics import give_mnemonics

Lost = Literal["nothing", "run"]

_TITLES: dict[Lost, str] = {
    "nothing": "Training is going on",
    "run": "The run can't be written",
}
_TOLD: dict[Lost, str] = {
    "nothing": "A checkpoint is written first: the run can be opened again and goes on from there.",
    "run": (
        "The disk would not take it: what was trained since the last checkpoint is lost. Make room and save (Ctrl+S) "
        "to keep it."
    ),
}


def may_discard(window: QWidget, why: str) -> bool:
    """Ask whether another game may take the place of one whose last steps are in memory alone."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Warning)
    box.setWindowTitle(_TITLES["run"])
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText("Leave this game?")
    box.setInformativeText(f"{why} Free some disk space and save (Ctrl+S) to keep them.")
    leave = box.addButton("Leave Without Saving", QMessageBox.ButtonRole.DestructiveRole)
    stay = box.addButton("Stay", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    give_mnemonics(box)
    box.exec()
    return box.clickedButton() is leave


def may_close(window: QWidget, *, playing: bool, lost: Lost) -> bool:
    """Ask whether to close while training goes on, or where that loses part of a run."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle(_TITLES["nothing" if playing else lost])
    box.setText("Stop training and close?" if playing else "Close?")
    box.setInformativeText(_TOLD[lost])
    stop = box.addButton("Stop and Close" if playing else "Close", QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton("Keep Training" if playing else "Stay", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    give_mnemonics(box)
    box.exec()
    return box.clickedButton() is stop
