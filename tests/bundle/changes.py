"""Whether anything has changed that the bundle depends on: else CI need not build it, which takes minutes."""

from __future__ import annotations

import os
import re
import subprocess
from fnmatch import fnmatch
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BASE = "BUNDLE_BASE"
"""The environment variable that names the commit to compare with; else where the branch left main."""
DAY = 24 * 3600
"""Seconds: on main itself nothing tells which commits CI has seen, and what came within so long counts as new."""

DEPENDS_ON = (
    *("ganstudio.spec", "pyproject.toml", "Makefile", ".ci/run", "tests/bundle/*", "resources/linux/*"),
    *("ganstudio/__main__.py", "ganstudio/resources.py", "ganstudio/system/*", "ganstudio/cli/_window.py"),
    *("ganstudio/gui/app.py", "ganstudio/gui/seam/processes.py", "ganstudio/gui/parts/beside.py"),
    "ganstudio/data/files/foreign.py",
)
# A library, or a part of one, that was not used before may be what the bundle leaves out.
_IMPORT = re.compile(r"^[-+]\s*(?:from|import) (?!ganstudio|__future__|typing|collections|tests).*", re.MULTILINE)


def reason(root: Path) -> str | None:
    """Why the bundle is to be built; None: it need not be. Where the history can't tell, it is to be built."""
    base = os.environ.get(BASE) or _base(root)
    changed = _git(root, "diff", "--name-only", base, "--") if base else None
    if changed is None:
        return "there is no history here to tell what has changed"
    for name in changed.splitlines():
        if any(fnmatch(name, pattern) for pattern in DEPENDS_ON):
            return f"{name} has changed"
    lines = _git(root, "diff", "--unified=0", base, "--", "ganstudio") or ""
    return (
        f"an import has changed: {found[0][1:].strip()}"
        if (found := re.findall(_IMPORT.pattern + r".*", lines, re.M))
        else None
    )


def _base(root: Path) -> str | None:
    """Where this branch left main; on main itself the last commit that is a day older than the newest."""
    head = (_git(root, "rev-parse", "HEAD") or "").strip()
    for main in ("origin/main", "main"):
        common = (_git(root, "merge-base", "HEAD", main) or "").strip()
        if common and common != head:
            return common
    if not (newest := (_git(root, "log", "-1", "--format=%ct") or "").strip()):
        return None
    return (_git(root, "rev-list", "-1", f"--before={int(newest) - DAY}", "HEAD") or "").strip() or None


def _git(root: Path, *words: str) -> str | None:
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return None
    return done.stdout if done.returncode == 0 else None
