"""What is read off a picture of surfaces, and said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.rooms.surfaces.angles import angles, as_large
from ganstudio.gui.text.numbers import signed
from ganstudio.presets import plan_of

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ganstudio.experiment import Experiment
    from ganstudio.training.messages import Walked

    Floats = npt.NDArray[np.floating]

_COLOURS = "Colours of the normals: red right, green up, blue towards you."
_HINTS = {
    None: "Click a pixel to read it.",
    "sphere": "Click on the normals to put a ball there, and drag it to its place; the wheel changes its size.",
    "box": "Click on the normals to put a box there, and drag it to its place; the wheel changes its size.",
    "plane": "Drag over the normals to paint a plane; the wheel changes its width.",
}


def read_off(walked: Walked | None, experiment: Experiment | None) -> Floats | None:
    """What the reader reads off the picture at each pixel (h, w, 3), once it has learnt; else None."""
    if walked is None or experiment is None or not walked.added:
        return None
    # In one of the second game's stages it learns; they may be skipped or begun again by hand.
    ends = [one.end for one in plan_of(experiment) if one.path.startswith("stages.")]
    if ends and walked.step < ends[-1]:
        return None
    height, width = walked.steps[0].shape[1:3]
    return as_large(walked.added[0][0], height, width)


def told_of(asked: Floats, read: Floats | None, mark: tuple[int, int] | None, brush: str | None = None) -> str:
    """What is known of the pixel that is marked, or of all of them.

    asked, read: normals (h, w, 3) that were to be painted, and that are read off the picture. mark: row and column.
    brush: the shape in hand.
    """
    if mark is None:
        off = "" if read is None else f" The reader finds the picture {angles(asked, read).mean():.0f}° off them."
        return f"{_COLOURS} {_HINTS[brush]}{off}"
    row, column = (min(place, side - 1) for place, side in zip(mark, asked.shape[:2], strict=True))
    told = f"Pixel {column + 1}, {row + 1}: {_words(asked[row, column])}"
    if read is not None:
        apart = float(angles(asked[row, column], read[row, column]))
        told += f". Read off the picture: {_words(read[row, column])}, {apart:.0f}° away"
    return told


def _words(normal: Floats) -> str:
    """A normal's parts: right .20, up -.10, towards you .97."""
    parts = zip(("right", "up", "towards you"), normal.tolist(), strict=True)
    return signed(", ".join(f"{name} {value:.2f}" for name, value in parts))
