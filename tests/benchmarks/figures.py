"""A measured figure, and how it is printed: name, value, unit, target, pass or short, separated by tabs."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Literal


def data_folder() -> Path:
    """Where the larger datasets lie that some figures are of, none of which comes with the program."""
    return Path(os.environ.get("GANSTUDIO_BENCHMARK_DATA") or "benchmark-data")


def report(name: str, value: float, unit: str, sign: Literal["<=", ">="], target: float) -> bool:
    """Print one line and say whether the target is reached."""
    reached = value <= target if sign == "<=" else value >= target
    sys.stdout.write(f"{name}\t{value:.4g}\t{unit}\t{sign} {target:g}\t{'pass' if reached else 'short'}\n")
    sys.stdout.flush()
    return reached


def remark(text: str) -> None:
    """Say on standard error what stands behind the figures."""
    sys.stderr.write(f"# {text}\n")
    sys.stderr.flush()


def percentile(values: list[float], share: float) -> float:
    """The value below which a share of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def median(values: list[float]) -> float:
    """The middle value."""
    return percentile(values, 0.5)
