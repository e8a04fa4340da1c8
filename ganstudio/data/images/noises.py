"""Folders of noise that comes along to be mixed into other sounds, as Speech Commands' ``_background_noise_``."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

_NOISE = re.compile(r"_*(?:back[ _-]?ground[ _-]?)(?:noise|sound)s?_*", re.IGNORECASE)


def among(names: Sequence[str]) -> tuple[npt.NDArray[np.bool_], str] | None:
    """Which of the files (n,) lie in such a folder, and what it is called; None where none does, or all do.

    names: paths with slashes. With a single other folder it is one of two classes, as noise and speech are.
    """
    folders = [name.split("/")[:-1] for name in names]
    found = {part for parts in folders for part in parts if _NOISE.fullmatch(part)}
    if not found:
        return None
    which = np.array([any(part in found for part in parts) for parts in folders], np.bool_)
    others = {parts[-1] for parts, is_noise in zip(folders, which.tolist(), strict=True) if parts and not is_noise}
    return (which, min(found)) if len(others) > 1 else None
