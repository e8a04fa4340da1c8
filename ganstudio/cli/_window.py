"""Opening the window, or, where there is no display, training what the window would have shown first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.cli._terminal import UsageError, warn

if TYPE_CHECKING:
    import argparse
    from pathlib import Path


def window(arguments: argparse.Namespace) -> int:
    """``ganstudio`` and ``ganstudio open WHAT``."""
    from ganstudio.system import display_available, lacking

    path = arguments.path
    how = f"ring --data {path}"
    if path is not None and not path.exists():
        path, how = _preset(str(path)), str(path)
    if not display_available():
        if path is not None:
            raise UsageError(f"there is no display for a window; train without one: ganstudio train {how}")
        return _train_without_window()
    if missing := lacking():  # asked before Qt, which would abort
        raise UsageError(missing)
    try:
        from ganstudio.gui.app import run_window
    except ImportError as error:
        raise UsageError(f"the window cannot open: {error}; ganstudio doctor --fix installs what Qt needs") from None
    return run_window(path)


def _preset(name: str) -> Path:
    from ganstudio.presets import ExperimentError, preset_file

    try:
        return preset_file(name)
    except ExperimentError as error:
        raise UsageError(f"{name}: no such file or folder, {str(error).removeprefix(f'{name}: ')}") from None


def _train_without_window() -> int:
    from ganstudio.cli import main

    warn("there is no display for a window: training the ring preset without one (ganstudio --help shows more)")
    return main(["train", "ring"])
