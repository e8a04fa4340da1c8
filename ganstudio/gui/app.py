"""Starts the window. What is imported here is loaded before the first painting: keep it light."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from PySide6.QtCore import QSettings, QTimer
from PySide6.QtWidgets import QApplication

from ganstudio import __version__
from ganstudio.gui import icons, theme
from ganstudio.gui.main_window import MainWindow
from ganstudio.run import default_runs

if TYPE_CHECKING:
    from pathlib import Path


def make_application() -> QApplication:
    """The one application object, in our colours."""
    app = QApplication.instance() or QApplication(sys.argv[:1])
    assert isinstance(app, QApplication)
    app.setApplicationName("GAN Studio")
    app.setApplicationVersion(__version__)
    app.setOrganizationName("GAN Studio")
    app.setDesktopFileName("ganstudio")
    app.setWindowIcon(icons.app_icon())
    theme.apply(app)
    return app


def run_window(path: Path | None = None) -> int:
    """Open the window, with what lies at ``path`` if given, and return the exit status when it is closed."""
    app = make_application()
    window = MainWindow(default_runs(), settings=QSettings())
    if path is not None:
        window.open_path(path.absolute())
    window.show()
    # Ctrl+C in the terminal closes the window as its button would, asking nothing; Python only sees the signal when
    # it runs, which the window's own timers make sure of.
    interrupted = []

    def interrupt(_signal: int, _frame: object) -> None:
        interrupted.append(True)
        QTimer.singleShot(0, app.exit)  # quit would have the window ask whether to stop the training

    signal.signal(signal.SIGINT, interrupt)
    status = app.exec()
    window.leave()
    return 130 if interrupted else status
