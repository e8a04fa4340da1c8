"""The menu of one run in the list: which of its checkpoints to go on from, and where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QMenu, QWidget

from ganstudio.run import checkpoints_of, is_group, step_of_checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def run_menu(run: Path, choose: Callable[[Path], None], branch: Callable[[Path], None], parent: QWidget) -> QMenu:
    """A menu of what can be done with a run; ``choose`` and ``branch`` are given the folder of a checkpoint.

    What a run that is gone on with from an older checkpoint had after it is kept aside in its folder.
    """
    menu = QMenu(parent)
    menu.setObjectName("runMenu")
    menu.setToolTipsVisible(True)
    checkpoints = checkpoints_of(run)
    for index, path in enumerate(checkpoints):
        act = menu.addAction(f"Open at Step {step_of_checkpoint(path):,}{'' if index else ' (newest)'}")
        if index:
            act.setToolTip("If you train on from there, what came after it is kept aside in the run's folder")
        act.triggered.connect(lambda _checked=False, path=path: choose(path))
    if checkpoints and not is_group(run):
        branches = menu.addMenu("Branch a New Run from")
        branches.setObjectName("branchMenu")
        for path in checkpoints:
            act = branches.addAction(f"Step {step_of_checkpoint(path):,}")
            act.triggered.connect(lambda _checked=False, path=path: branch(path))
    if not checkpoints:
        menu.addAction("No checkpoint yet").setEnabled(False)
    menu.addSeparator()
    show = menu.addAction("Show Its Folder")
    show.triggered.connect(lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(run))))
    copy = menu.addAction("Copy Its Path")
    copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(str(run)))
    return menu
