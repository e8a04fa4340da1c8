"""How much memory this program may use: what the machine has free, its container allows, and its own limits leave."""

from __future__ import annotations

import ctypes
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_UNLIMITED = 2**60
"""What a container's limit is where there is none: version 1 of control groups says so with a number near 2^63."""


def limit_bytes(root: Path = Path("/")) -> int | None:
    """The most that this program could have of it, others ending; None where nobody tells. root: for tests."""
    found = [_physical(root), *(limit for limit, _ in _groups(root)), *_left_of_addresses(root)]
    return min((one for one in found if one is not None), default=None)


def available_bytes(root: Path = Path("/")) -> int | None:
    """How much more it could take now without anything being swapped or killed; None where nobody tells."""
    found = [_free(root), *(limit - used for limit, used in _groups(root)), *_left_of_addresses(root)]
    left = [max(0, one) for one in found if one is not None]
    return min(left, default=None)


# --- the machine ------------------------------------------------------------------------------------------------------


def _physical(root: Path) -> int | None:
    told = _meminfo(root).get("MemTotal")
    if told is not None:
        return told
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (AttributeError, ValueError, OSError):
        windows = _windows()
        return None if windows is None else windows[0]


def _free(root: Path) -> int | None:
    told = _meminfo(root).get("MemAvailable")
    if told is not None:
        return told
    if sys.platform == "darwin":
        return _free_of_darwin()
    windows = _windows()
    return None if windows is None else windows[1]


def _meminfo(root: Path) -> dict[str, int]:
    """Bytes by name, as Linux tells them."""
    found = {}
    for line in _lines(root / "proc/meminfo"):
        name, _, value = line.partition(":")
        words = value.split()
        if words and words[0].isdecimal():
            found[name] = int(words[0]) * (1024 if words[1:] == ["kB"] else 1)
    return found


def _free_of_darwin() -> int | None:
    """Pages that are free or can be had at once: host_statistics64 with HOST_VM_INFO64."""
    try:
        system = ctypes.CDLL("/usr/lib/libSystem.dylib")
        counts, size = (ctypes.c_uint32 * 64)(), ctypes.c_uint32(38)
        if system.host_statistics64(system.mach_host_self(), 4, counts, ctypes.byref(size)):
            return None
    except (OSError, AttributeError):
        return None
    free, _, inactive = counts[:3]
    return int(free + inactive) * os.sysconf("SC_PAGE_SIZE")


def _windows() -> tuple[int, int] | None:
    """All of the memory, and what is free of it: GlobalMemoryStatusEx."""
    loader = getattr(ctypes, "windll", None)
    if loader is None:
        return None
    # Length and load, 32 bits each, and then seven numbers of 64: physical in all and free, and five more.
    status = (ctypes.c_uint64 * 8)(64)
    if not loader.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status[1]), int(status[2])


# --- the container ----------------------------------------------------------------------------------------------------


def _groups(root: Path) -> Iterator[tuple[int, int]]:
    """Limit and use of each control group that this process is in, of version 2 or 1, and of those around it.

    What is only kept of files that were read counts as free: the system drops it first.
    """
    for line in _lines(root / "proc/self/cgroup"):
        _, kinds, path = [*line.split(":", 2), "", ""][:3]
        if not kinds:
            base, names, kept = root / "sys/fs/cgroup", ("memory.max", "memory.current"), "inactive_file"
        elif "memory" in kinds.split(","):
            base, kept = root / "sys/fs/cgroup/memory", "total_inactive_file"
            names = ("memory.limit_in_bytes", "memory.usage_in_bytes")
        else:
            continue
        parts = [part for part in path.split("/") if part not in ("", "..")]
        for depth in range(len(parts), -1, -1):  # the last is the root, where a container sees its own
            folder = base.joinpath(*parts[:depth])
            limit, used = (_number(folder / name) for name in names)
            if limit is not None and limit < _UNLIMITED:
                yield limit, max(0, (used or 0) - _statistic(folder / "memory.stat", kept))


def _statistic(path: Path, name: str) -> int:
    for line in _lines(path):
        key, _, value = line.partition(" ")
        if key == name and value.strip().isdecimal():
            return int(value)
    return 0


def _number(path: Path) -> int | None:
    text = next(iter(_lines(path)), "").strip()
    return int(text) if text.isdecimal() else None  # "max" where there is no limit


# --- the process ------------------------------------------------------------------------------------------------------


def _left_of_addresses(root: Path) -> Iterator[int]:
    """What is left of the address space and of the data segment, where `ulimit` or a service has bounded them."""
    try:
        import resource
    except ImportError:  # Windows
        return
    used = [int(word) for word in next(iter(_lines(root / "proc/self/statm")), "").split() if word.isdecimal()]
    page = resource.getpagesize()
    for kind, index in (("RLIMIT_AS", 0), ("RLIMIT_DATA", 5)):
        limit = resource.getrlimit(getattr(resource, kind))[0]
        if 0 <= limit < _UNLIMITED:
            yield max(0, limit - page * (used[index] if index < len(used) else 0))


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
