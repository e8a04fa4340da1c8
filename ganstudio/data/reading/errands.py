"""What is asked of a reader of datasets and what it answers: frozen messages of paths, specs and numpy arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.data.card import Card
    from ganstudio.experiment import DatasetSpec


@dataclass(frozen=True, kw_only=True)
class Source:
    """Where data come from: one path or several, or nothing but a spec, as with what is drawn or known by name."""

    paths: tuple[Path, ...] = ()
    spec: DatasetSpec | None = None

    @property
    def name(self) -> str:
        """What people know it by."""
        if not self.paths:
            return self.spec.kind if self.spec else ""
        first = self.paths[0].name or str(self.paths[0])
        return first if len(self.paths) == 1 else f"{first} and {len(self.paths) - 1:,} more"


# --- what is asked ---


@dataclass(frozen=True, kw_only=True)
class Read:
    """Read all that lies there, in place of whatever is being read. spec: the choices; None: propose them."""

    request: int
    source: Source
    spec: DatasetSpec | None = None


@dataclass(frozen=True, kw_only=True)
class Preview:
    """The first images as these choices make them; of several that wait only the newest is answered."""

    request: int
    source: Source
    spec: DatasetSpec


@dataclass(frozen=True, kw_only=True)
class Show:
    """Small pictures of samples of what was read last, which the reader still holds."""

    request: int
    first: int
    count: int


@dataclass(frozen=True, kw_only=True)
class Hear:
    """The sound of a sample of what was read last, by its number."""

    request: int
    index: int


@dataclass(frozen=True, kw_only=True)
class Forget:
    """Stop reading, and let go of what was read."""


@dataclass(frozen=True, kw_only=True)
class Quit:
    """Stop for good."""


Errand = Read | Preview | Show | Hear | Forget | Quit


# --- what is answered; ``request`` is that of the question ---


@dataclass(frozen=True, kw_only=True)
class Progressed:
    """So many files are done; total: 0 while it is unknown."""

    request: int
    done: int
    total: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Pictured:
    """Small pictures, uint8 (k, 48, 48, 3), of the samples from number ``first``, and their names where known."""

    request: int
    first: int
    images: npt.NDArray[np.uint8]
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Carded:
    """What is known by now. columns: the names of a table's columns."""

    request: int
    card: Card
    columns: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Sounded:
    """How a sample sounds: int16 (t,), and values a second."""

    request: int
    index: int
    wave: npt.NDArray[np.int16]
    rate: int


@dataclass(frozen=True, kw_only=True)
class Refused:
    """Nothing can be made of it, and why."""

    request: int
    why: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Previewed:
    """Pictures of the first samples, uint8 (k, h, w, 1 or 3), or why there are none."""

    request: int
    images: npt.NDArray[np.uint8] | None
    why: str = ""


Answer = Progressed | Pictured | Carded | Sounded | Refused | Previewed
