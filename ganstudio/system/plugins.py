"""Where Qt's plugins are, told to Qt before it starts: by itself it does not find them under every path."""

from __future__ import annotations

import importlib
from pathlib import Path


def add_plugins() -> None:
    """Tell Qt where PySide6's plugins are; called before there is an application.

    PySide6 hands its own path to Qt as a line of settings, in which a comma, a semicolon, a quote or a backslash means
    something else: with one of them in it no plugin is found, and Qt aborts the program.
    """
    core = importlib.import_module("PySide6.QtCore")  # by name: this package is free of it
    package = Path(str(core.__file__)).parent
    for folder in (package / "Qt" / "plugins", package / "plugins"):
        if (folder / "platforms").is_dir():
            core.QCoreApplication.addLibraryPath(str(folder))
