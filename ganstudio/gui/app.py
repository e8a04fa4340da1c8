"""Starts the window. What is imported here is loaded before the first painting: keep it light."""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from PySide6.QtCore import QEvent, QSettings, QTimer, Signal
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication

from ganstudio import __version__
from ganstudio.gui.faults import Faults
from ganstudio.gui.looks import icons, theme
from ganstudio.gui.window.interface_size import scale_to
from ganstudio.gui.window.main_window import MainWindow
from ganstudio.run import default_runs
from ganstudio.system import add_plugins
from ganstudio.system.ending import asked_to_end, status_of
from ganstudio.system.logs import crashes_watched


class Application(QApplication):
    """The one application object. asked_for: a path that macOS hands over, of a document that was opened with us."""

    asked_for = Signal(Path)

    def event(self, event: QEvent) -> bool:
        """Hand on what is to be opened; all else is Qt's."""
        if isinstance(event, QFileOpenEvent) and event.file():
            self.asked_for.emit(Path(event.file()))
            return True
        return super().event(event)


def make_application() -> Application:
    """The one application object, in our colours."""
    add_plugins()
    # Before there is an application: the settings are found by these names, and the scale is read when it is made.
    QApplication.setApplicationName("GAN Studio")
    QApplication.setOrganizationName("GAN Studio")
    scale_to(QSettings())
    app = QApplication.instance() or Application(sys.argv[:1])
    assert isinstance(app, Application)
    app.setApplicationVersion(__version__)
    app.setDesktopFileName("ganstudio")
    app.setWindowIcon(icons.app_icon())
    theme.apply(app)
    return app


def run_window(path: Path | None = None) -> int:
    """Open the window, with what lies at ``path`` if given, and return the exit status when it is closed."""
    with crashes_watched():
        return _run_window(path)


def _collect_from_now_on() -> None:
    """Let Python look for garbage again, but not among all that the program stands on: each time would take longer."""
    gc.freeze()
    gc.enable()


def _run_window(path: Path | None) -> int:
    app = make_application()
    faults = Faults()
    window = MainWindow(default_runs(), settings=QSettings())
    app.asked_for.connect(window.open_path)
    faults.told.connect(window.teller.fault)
    if path is not None:
        window.open_path(path.absolute())
    window.furnished.connect(_collect_from_now_on)
    faults.told.connect(lambda *_: gc.enable())  # also where the views can't be built
    window.show()
    # Ctrl+C in the terminal, kill or a shutdown close the window as its button would, asking nothing; Python only sees
    # the signal when it runs, which the window's own timers make sure of.
    asked: list[int] = []

    def end(number: int) -> None:
        asked.append(number)
        QTimer.singleShot(0, app.exit)  # quit would have the window ask whether to stop the training

    with asked_to_end(end):
        status = app.exec()
        window.leave()
    faults.close()
    return status_of(asked[0]) if asked else status
