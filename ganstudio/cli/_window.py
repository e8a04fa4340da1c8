"""Opening the window, or, where there is no display, training what the window would have shown first."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING

from ganstudio.cli._terminal import UsageError, quoted, warn

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable


def window(arguments: argparse.Namespace) -> int:
    """``ganstudio`` and ``ganstudio open PATH``, or the name of a preset where no file or folder has it."""
    from ganstudio.system import display_available, lacking

    asked = arguments.path
    path = None if asked is None else Path(asked)
    is_preset = path is not None and not path.exists()
    if is_preset:
        path = _preset(asked)
    if not display_available():
        if path is None:
            return _train_without_window()
        how = asked if is_preset else _way_to_train(path)
        raise UsageError(f"there is no display for a window; train without one: ganstudio train {how}")
    if missing := lacking():  # asked before Qt, which would abort
        raise UsageError(missing)
    # Nearly all that is loaded now stays: to look for what can go takes a tenth of the time to the first painting.
    gc.disable()
    try:
        return _run_window()(path)
    finally:
        gc.enable()


def _run_window() -> Callable[[Path | None], int]:
    try:
        from ganstudio.gui.app import run_window
    except ImportError as error:
        raise UsageError(f"the window cannot open: {error}; ganstudio doctor --fix installs what Qt needs") from None
    return run_window


def _preset(name: str) -> Path:
    from ganstudio.presets import ExperimentError, preset_file

    if not name.isidentifier():  # a path that was mistyped
        raise UsageError(f"{name}: no such file or folder")
    try:
        return preset_file(name)
    except ExperimentError as error:
        raise UsageError(f"{name}: no such file or folder, {str(error).removeprefix(f'{name}: ')}") from None


def _way_to_train(path: Path) -> str:
    """What a command line trains a run, an experiment or data with."""
    from ganstudio.run import run_and_step

    run, step = run_and_step(path)
    if any((run / name).is_file() for name in ("experiment.toml", "group.toml")):
        return f"{quoted(run)} --resume" + (f" --at {step}" if step is not None else "")
    return quoted(path) if path.suffix.lower() == ".toml" else f"ring --data {quoted(path)}"


def _train_without_window() -> int:
    from ganstudio.cli import main

    warn("there is no display for a window: training the ring preset without one (ganstudio --help shows more)")
    return main(["train", "ring"])
