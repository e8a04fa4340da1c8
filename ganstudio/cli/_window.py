"""Opening the window, or, where there is no display, training what the window would have shown first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.cli._terminal import UsageError, warn

if TYPE_CHECKING:
    import argparse


def window(arguments: argparse.Namespace) -> int:
    """``ganstudio`` and ``ganstudio open PATH``."""
    from ganstudio.system import display_available, lacking

    path = arguments.path
    if path is not None and not path.exists():
        raise UsageError(f"{path}: no such file or folder")
    if not display_available():
        if path is not None:
            raise UsageError(f"there is no display for a window; train without one: ganstudio train ring --data {path}")
        return _train_without_window()
    if missing := lacking():  # asked before Qt, which would abort
        raise UsageError(missing)
    try:
        from ganstudio.gui.app import run_window
    except ImportError as error:
        raise UsageError(f"the window cannot open: {error}; ganstudio doctor --fix installs what Qt needs") from None
    return run_window(path)


def _train_without_window() -> int:
    from ganstudio.cli import main

    warn("there is no display for a window: training the ring preset without one (ganstudio --help shows more)")
    return main(["train", "ring"])
