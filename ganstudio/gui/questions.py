"""What the window asks before it does something that can't be taken back."""

from __future__ import annotations

from PySide6.QtWidgets import QMessageBox, QWidget


def may_close(window: QWidget) -> bool:
    """Ask whether to close while training goes on."""
    box = QMessageBox(window)
    box.setIcon(QMessageBox.Icon.Question)
    box.setWindowTitle("Training is going on")
    box.setText("Stop training and close?")
    box.setInformativeText("A checkpoint is written first: the run can be opened again and goes on from there.")
    stop = box.addButton("Stop and Close", QMessageBox.ButtonRole.AcceptRole)
    box.setDefaultButton(box.addButton("Keep Training", QMessageBox.ButtonRole.RejectRole))
    box.exec()
    return box.clickedButton() is stop
