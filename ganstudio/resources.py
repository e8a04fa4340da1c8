"""Where the files are that the program ships with: icons, presets, thumbnails, the digits."""

from __future__ import annotations

import sys
from pathlib import Path


def resource(*parts: str) -> Path:
    """Path of a shipped file or folder, in a checkout, an installed wheel and a bundle alike.

    Raises FileNotFoundError when it is missing, naming the places that were looked at.
    """
    package = Path(__file__).resolve().parent
    roots = [package / "_resources", package.parent / "resources"]
    if frozen := getattr(sys, "_MEIPASS", None):
        roots.insert(0, Path(frozen) / "resources")
    for root in roots:
        if (path := root.joinpath(*parts)).exists():
            return path
    raise FileNotFoundError(f"{'/'.join(parts)} is not among the program's resources in {' or '.join(map(str, roots))}")
