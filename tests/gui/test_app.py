"""The application object: what the system hands over to be opened."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QUrl
from PySide6.QtGui import QFileOpenEvent

if TYPE_CHECKING:
    from pathlib import Path


def test_a_document_opened_with_the_program_is_asked_for(qtbot, qapp, tmp_path: Path) -> None:
    path = tmp_path / "手 写.zip"
    with qtbot.waitSignal(qapp.asked_for) as asked:
        qapp.postEvent(qapp, QFileOpenEvent(QUrl.fromLocalFile(str(path))))
    assert asked.args == [path]


def test_what_names_no_file_is_left_to_qt(qtbot, qapp) -> None:
    with qtbot.assertNotEmitted(qapp.asked_for, wait=50):
        qapp.sendEvent(qapp, QFileOpenEvent(QUrl("https://localhost/a.zip")))
        qapp.sendEvent(qapp, QEvent(QEvent.Type.ApplicationFontChange))


BEGUN = """
import gc, os, sys
sys.argv = ["ganstudio"]
import ganstudio.cli._window, ganstudio.system
ganstudio.system.display_available = lambda: True
from PySide6.QtWidgets import QMainWindow
painted = QMainWindow.paintEvent
def paint(self, event):
    painted(self, event)
    if not hasattr(self, "noted"):
        self.noted = True
        print(*sorted({"torch", "numpy", "scipy", "PIL", "pyqtgraph"} & sys.modules.keys()), gc.isenabled())
        self.furnished.connect(end)
def end():
    print(gc.isenabled(), gc.get_freeze_count() > 0, flush=True)
    os._exit(0)
QMainWindow.paintEvent = paint
from ganstudio.__main__ import main
sys.exit(main())
"""


def test_nothing_heavy_loads_before_the_window_is_painted_and_garbage_is_collected_after(tmp_path: Path) -> None:
    out = tmp_path / "out.txt"  # a pipe would be held open by the training's process, which ends later
    with out.open("w") as told:
        done = subprocess.run(
            [sys.executable, "-c", BEGUN],
            env=os.environ | {"QT_QPA_PLATFORM": "offscreen", "GANSTUDIO_HOME": str(tmp_path)},
            stdout=told,
            stderr=subprocess.STDOUT,
            timeout=240,
            check=False,
        )
    assert (done.returncode, out.read_text().split()) == (0, ["False", "True", "True"])
