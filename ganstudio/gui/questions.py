"""What the window asks before it does something that can't be taken back."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget

_KEPT = "A checkpoint is written first: the run can be opened again and goes on from there."
_NOT_KEPT = (
    "Games side by side are kept only as far as you saved them (Ctrl+S) or opened one as a run of its own: what they "
    "learned since then is lost."
)


def may_close(window: QWidget, *, playing: bool, kept: bool) -> bool:
    """Ask whether to close while training goes on, or while games are open that no folder keeps."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Training is going on" if playing else "Games side by side")
    box.setText("Stop training and close?" if playing else "Close these games?")
    box.setInformativeText(_KEPT if kept else _NOT_KEPT)
    stop = box.addButton("Stop and Close" if playing else "Close", QMessageBox.ButtonRole.AcceptRole)
    stay = box.addButton("Keep Training" if playing else "Stay", QMessageBox.ButtonRole.RejectRole)
    box.setDefaultButton(stay)
    box.exec()
    return box.clickedButton() is stop
