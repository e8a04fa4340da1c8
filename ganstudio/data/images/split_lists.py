"""Lists of files that are a split, a name a line: Speech Commands' ``testing_list.txt``, Food-101's ``test.txt``."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.files import encodings, lines, splits
from ganstudio.data.images.way import Column

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_KNOWN = 0.5  # of the names in a list that have to be there: other files of text may be called so
_TESTS = ("test", "val")


def split_by(held: Mapping[str, bytes], count: int, find: Callable[[str, str], int]) -> tuple[Column | None, list[str]]:
    """Which of ``count`` samples the lists keep aside for tests, as a column without classes; and the lists taken.

    held: files by name; find: of what is called so by a file of this name, its index, or -1.
    """
    aside = np.zeros(count, np.bool_)
    taken, tests = [], []
    for name, data in held.items():
        split = splits.told_by(PurePosixPath(name).stem)
        if split is None or not name.lower().endswith(".txt") or set(split.rest) - {"list", "lists"}:
            continue
        called = _names(data)
        found = np.array([index for one in called if (index := find(one, name)) >= 0], np.int64)
        if len(found) < max(1, _KNOWN * len(called)):
            continue
        taken.append(name)
        if split.role in _TESTS:
            aside[found] = True
            tests.append(PurePosixPath(name).name)
    if not aside.any() or aside.all():
        return None, taken
    source = " and ".join(tests[:2]) + (f" and {len(tests) - 2:,} more" if len(tests) > 2 else "")
    return Column(code=source, source=source, labels=None, classes=(), is_likely=False, aside=aside), taken


def _names(data: bytes) -> list[str]:
    """The lines of a file of text; none where it is no text."""
    if not lines.is_text(data[:512]):
        return []
    text = encodings.decoded(data)
    return [line.strip() for line in text.splitlines() if line.strip()]
