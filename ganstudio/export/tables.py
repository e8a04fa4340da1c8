"""The numbers of a run as a table that a spreadsheet opens."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

from ganstudio.export.writing import ExportError, written

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt


def check_curves(path: Path) -> None:
    """Raise ExportError when curves can't be written to a file of this name."""
    if path.suffix.lower() not in (".csv", ".png"):
        raise ExportError(f"{path}: curves are written as .csv (all numbers) or .png (a plot), by the file's ending")


def curves_csv(path: Path, rows: npt.NDArray[np.float64], names: Sequence[str]) -> None:
    """Write a run's numbers, a line for each step; a number that is missing is an empty field. Raises ExportError.

    rows: (n, 2 + len(names)) of step, seconds, values.
    """
    text = io.StringIO(newline="")
    table = csv.writer(text, lineterminator="\n")
    table.writerow(["step", "seconds", *names])
    for row in rows.tolist():
        table.writerow([int(row[0]), f"{row[1]:.6f}", *("" if value != value else f"{value:.9g}" for value in row[2:])])
    written(path, text.getvalue().encode())
