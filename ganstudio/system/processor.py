"""How much of the processor this process may use."""

from __future__ import annotations

import os


def cores() -> int:
    """The processor's cores that this process may use: a container or taskset may leave fewer than there are."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def threads_told() -> int | None:
    """How many threads ``OMP_NUM_THREADS`` grants, as OpenMP reads it; None where it says nothing or no number.

    A list is for parallel regions within others, of which the first is the outermost.
    https://www.openmp.org/spec-html/5.2/openmpse80.html
    """
    first = os.environ.get("OMP_NUM_THREADS", "").split(",")[0].strip()
    return int(first) or None if first.isascii() and first.isdecimal() else None
