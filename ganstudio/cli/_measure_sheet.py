"""What was measured, as a picture: samples beside the training images nearest to them, and the ends of each code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ganstudio.cli._terminal import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.measurements.record import Pictures

    Rows = list[tuple[str, npt.NDArray[np.uint8]]]


def sheet_rows(figures: dict[str, Any], pictures: Pictures) -> Rows:
    """Rows of pictures (n, h, w, c) with their words; a row without pictures is a heading."""
    nothing: npt.NDArray[np.uint8] | None = None
    rows: Rows = []
    if (near := pictures.get("nearest")) is not None:
        nothing = near[0, :0]
        count = figures["nearest_count"]
        names = [
            "sample",
            *(f"{k + 1}. by pixels" for k in range(count)),
            *(f"{k + 1}. in features" for k in range(count)),
        ]
        rows.append(("Samples nearest to a training image, and those images", nothing))
        rows += list(zip(names, near, strict=True))
    for place, (name, ends) in enumerate(figures.get("codes_extremes", {}).items()):
        shown = pictures[f"extremes_{place}"]
        rows.append((f"Real images at the ends of {name}, as Q reads them", shown[0, :0]))
        rows += [(end, row[: len(of["images"])]) for (end, of), row in zip(ends.items(), shown, strict=True)]
    return rows


def save_sheet(path: Path, figures: dict[str, Any], pictures: Pictures) -> None:
    """Write the sheet. Raises UsageError where there is nothing to show, ExportError where it can't be written."""
    from ganstudio.export import save_rows

    rows = sheet_rows(figures, pictures)
    if not rows:
        raise UsageError(f"{path}: there are no pictures: {figures['images_missing']}")
    save_rows(path, rows)
