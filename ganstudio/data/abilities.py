"""What of data can be read on this computer, and how much it may take of it: for ``ganstudio doctor``."""

from __future__ import annotations

import importlib.util
import shutil
from typing import Any

from ganstudio.data import limits
from ganstudio.data.files.foreign import EXTRA
from ganstudio.system import programs

_KINDS = {"scipy": "MATLAB files", "h5py": "HDF5 files", "pyarrow": "Parquet files", "soundfile": "Opus sounds"}


def abilities() -> dict[str, Any]:
    """Limits and readers as values that JSON can hold. Raises DatasetError where a limit that was set is no number."""
    return {
        "memory_bytes": limits.memory_bytes(),
        "cache_bytes": limits.cache_bytes(),
        "libraries": {name: importlib.util.find_spec(name) is not None for name in _KINDS},
        "ffmpeg": shutil.which("ffmpeg"),
    }


def described(found: dict[str, Any]) -> list[tuple[str, str]]:
    """The same in words: a label and a text each."""
    missing = [kind for name, kind in _KINDS.items() if not found["libraries"][name]]
    readers = f"no {', no '.join(missing)}: {programs.lacking(EXTRA)}" if missing else "all kinds of files"
    videos = "frames of videos by ffmpeg" if found["ffmpeg"] else "no videos: ffmpeg is not installed"
    memory, disk = found["memory_bytes"] / 1e9, found["cache_bytes"] / 1e9
    return [
        ("Datasets", f"{memory:g} GB of memory to read one ({limits.MEMORY}), {disk:g} GB of disk ({limits.CACHE})"),
        ("", f"{readers}; {videos}"),
    ]
