"""Starting this program a second time, beside itself: the same way from a checkout, a wheel and a bundle.

A bundle holds no interpreter that could be handed a module. So whatever is to run in a process of its own, and is no
child of multiprocessing, is named to the program itself: ``ganstudio --inside NAME WORDS``.
``ganstudio.__main__`` knows the names.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

INSIDE = "--inside"
"""Comes before the name of what is run; no verb, as people have no business with it."""
WITHOUT_CONSOLE: int = getattr(subprocess, "CREATE_NO_WINDOW", 0)
"""For ``creationflags``: on Windows a program without a console would open one for each process that it starts."""


def is_frozen() -> bool:
    """Whether this program is a bundle."""
    return bool(getattr(sys, "frozen", False))


def lacking(extra: str) -> str:
    """Why what an extra brings is not here, and how one comes by it; goes on a sentence like "ONNX takes x, which is".

    Nothing can be installed into a bundle.
    """
    install = f"pip install 'ganstudio[{extra}]'"
    if is_frozen():
        return f"not in this bundle: install GAN Studio for Python, {install}"
    return f"not installed: {install}"


def program(*words: str) -> list[str]:
    """The command line that runs this program with these words, to be started in ``surroundings()``."""
    if is_frozen():
        return [str(_with_console(Path(sys.executable))), *words]
    # -P: what lies in the folder that the program was started in is none of its business.
    return [sys.executable, "-P", "-m", "ganstudio", *words]


def inside(name: str, *words: str) -> list[str]:
    """The command line that runs one of this program's inner programs."""
    return program(INSIDE, name, *words)


def surroundings() -> dict[str, str]:
    """The environment in which ``program`` finds this very package, installed or not."""
    if is_frozen():
        return dict(os.environ)
    packages = [str(Path(__file__).parents[2]), *filter(None, [os.environ.get("PYTHONPATH")])]
    return dict(os.environ, PYTHONPATH=os.pathsep.join(packages))


def _with_console(executable: Path) -> Path:
    """Of a bundle's two executables the one that can speak: the windowed one has no output on Windows."""
    console = executable.with_name("ganstudio" + executable.suffix)
    return console if console.exists() else executable
