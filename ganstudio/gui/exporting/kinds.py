"""What can be exported, as data: its words, the formats it is written in, and what is asked for each."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ganstudio.modalities import ByKind, Modality

PICTURE = "picture"
"""What is in focus, as it is shown: the one kind that the window writes itself."""

FORMATS: Mapping[str, str] = {
    "": "Folder, a file each",
    ".png": "PNG",
    ".svg": "SVG, lines and letters",
    ".csv": "CSV",
    ".npy": "NumPy array",
    ".npz": "NumPy archive",
    ".wav": "WAV",
    ".gif": "GIF, one palette",
    ".webp": "WebP",
    ".avif": "AVIF",
    ".apng": "APNG",
    ".mp4": "MP4",
    ".webm": "WebM",
    ".pt2": "PyTorch program, weights beside it",
    ".onnx": "ONNX",
    ".py": "Python file, torch alone",
    ".mid": "MIDI",
    ".txt": "Text",
}
"""What a format is called, by its ending."""

COUNT, SEED, HOLD, SIZE, SECONDS, RATE, CLOSED = "count", "seed", "hold", "size", "seconds", "fps", "closed"

LIGHT = "light"
"""The kind that only a G has which makes normals on its way."""


@cache
def _plotted() -> ByKind[Mapping[str, tuple[str, str]]]:
    """What kinds are called otherwise, by the kind of sample; made late, as modalities need numpy."""
    from ganstudio.modalities import ByKind

    return ByKind(
        {},
        points={
            "grid": ("Plot of Samples", "Samples drawn by seeds, all in one plot"),
            "corners": (
                "Plot between Four Pins",
                "In one plot what G makes of a grid in the latent space, whose corners are the first four pins, or "
                "four points drawn by seeds",
            ),
        },
    )


@dataclass(frozen=True, kw_only=True)
class Kind:
    """Something that is exported. name: as the command line calls it, or PICTURE; asks: which settings it has.

    count: how many points there are unless something else is said; pinned: whether pins stand in place of drawn ones.
    """

    name: str
    words: str
    tip: str
    endings: Callable[[Modality], tuple[str, ...]]
    asks: tuple[str, ...] = ()
    count: int = 1
    pinned: bool = False

    def told(self, modality: Modality) -> tuple[str, str]:
        """What it is called, and what it is, of such samples."""
        return _plotted()[modality.kind].get(self.name, (self.words, self.tip))


# The package that writes them is loaded when somebody asks: the window has been painted long before.


def _still(modality: Modality) -> tuple[str, ...]:
    from ganstudio.export import WRITERS

    return tuple(WRITERS[modality.kind])


def _films(_modality: Modality) -> tuple[str, ...]:
    from ganstudio.export import film_endings

    return tuple(one for one in film_endings() if one != ".png")


def _walks(modality: Modality) -> tuple[str, ...]:
    from ganstudio.export import WALKS

    return (*WALKS[modality.kind], *_films(modality))


KINDS: tuple[Kind, ...] = (
    Kind(
        name=PICTURE,
        words="This Picture",
        tip="The picture or plot that the keyboard was in, as it is shown",
        endings=lambda _modality: (".png", ".svg"),
        asks=(SIZE,),
    ),
    Kind(
        name="samples",
        words="Samples",
        tip="What G makes of points drawn by seeds, or of the pins: one file, or a folder with a file for each",
        endings=lambda modality: ("", *_still(modality)),
        asks=(COUNT, SEED, HOLD),
        count=16,
        pinned=True,
    ),
    Kind(
        name="grid",
        words="Sheet of Samples",
        tip="Samples side by side, those of a class in a column",
        endings=lambda _modality: (".png",),
        asks=(COUNT, SEED, HOLD),
        count=64,
    ),
    Kind(
        name="corners",
        words="Sheet between Four Pins",
        tip="A grid whose corners are the first four pins, or four points drawn by seeds",
        endings=lambda _modality: (".png",),
        asks=(SEED,),
        count=4,
        pinned=True,
    ),
    Kind(
        name="walk",
        words="Walk",
        tip="From pin to pin, or between points drawn by seeds",
        endings=_walks,
        asks=(COUNT, SEED, HOLD, SIZE, SECONDS, RATE, CLOSED),
        count=6,
        pinned=True,
    ),
    Kind(
        name="film",
        words="Film of the Training",
        tip="The same points at every step of the run that is kept",
        endings=_films,
        asks=(COUNT, SEED, SIZE, RATE),
        count=64,
    ),
    Kind(
        name=LIGHT,
        words="Light on the Surfaces",
        tip="The normals that G makes first, as clay under a light that goes once round: of points drawn by seeds, or "
        "of the pins",
        endings=_films,
        asks=(COUNT, SEED, SIZE, SECONDS, RATE),
        count=1,
        pinned=True,
    ),
    Kind(
        name="curves",
        words="Curves",
        tip="Every number of the run, step by step",
        endings=lambda _modality: (".csv", ".png"),
    ),
    Kind(
        name="model",
        words="Generator",
        tip="G itself, with its average weights, for other programs",
        endings=lambda _modality: (".pt2", ".py", ".onnx"),
    ),
)

__all__ = [
    "CLOSED",
    "COUNT",
    "FORMATS",
    "HOLD",
    "KINDS",
    "LIGHT",
    "PICTURE",
    "RATE",
    "SECONDS",
    "SEED",
    "SIZE",
    "Kind",
]
