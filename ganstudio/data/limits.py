"""What data may take of this computer: memory while something is read, and disk for what was prepared."""

from __future__ import annotations

import os
from pathlib import Path

from ganstudio.data.errors import DatasetError
from ganstudio.system import limit_bytes

MEMORY = "GANSTUDIO_MEMORY_GB"
"""The environment variable that says how much memory reading a dataset may take, in gigabytes."""
CACHE = "GANSTUDIO_CACHE_GB"
"""The environment variable that says how much disk all prepared datasets may take together, in gigabytes."""

MEMORY_GB = 4.0
"""What a computer of 8 GB can spare."""
CACHE_GB = 20.0
"""Room for CelebA at 128 x 128 (10 GB) and others beside it."""

SHARE = 0.75
"""Of what the machine, a container or a limit leaves this program at most: the rest is for the program itself."""


def memory_bytes() -> int:
    """What reading a dataset may take of the memory. Raises DatasetError where the setting is no number.

    So much as the setting says, and never more than ``SHARE`` of what this program could have at all.
    """
    asked, most = _setting(MEMORY, MEMORY_GB), machine_bytes()
    return asked if most is None else min(asked, int(SHARE * most) // 10**7 * 10**7)


def cache_bytes() -> int:
    """What all prepared datasets may take of the disk. Raises DatasetError where the setting is no number."""
    return _setting(CACHE, CACHE_GB)


def sentence() -> str:
    """What data may take, for people, and how to change it."""
    return (
        f"Reading a dataset takes at most {memory_bytes() / 1e9:g} GB of memory ({MEMORY}); prepared datasets take at "
        f"most {cache_bytes() / 1e9:g} GB of the disk ({CACHE})"
    )


def machine_bytes() -> int | None:
    """How much memory this program could use at most: the machine's, its container's, or what its limits leave of it.

    None where nobody tells.
    """
    return limit_bytes()


def home() -> Path:
    """The program's folder: ``$GANSTUDIO_HOME``, else ``GAN Studio`` in the home folder."""
    named = os.environ.get("GANSTUDIO_HOME")
    return Path(named).expanduser() if named else Path.home() / "GAN Studio"


def _setting(name: str, default: float) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return int(default * 1e9)
    try:
        gigabytes = float(text)
    except ValueError:
        gigabytes = -1.0
    if not 0 <= gigabytes <= 1e6:  # also where it is no number
        raise DatasetError(f'{name} is "{text}"; it should be a number of gigabytes, such as {default:g}')
    return int(gigabytes * 1e9)
