"""Samples one after another: as a film, a sound, notes or a text, and one by one as files of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import pairwise
from typing import TYPE_CHECKING, overload

import numpy as np

from ganstudio.export.films import HOLDING, check_film, film_endings, save_film
from ganstudio.export.pictures import magnified_to, sample_grid
from ganstudio.export.samples import save_samples
from ganstudio.export.writing import ExportError, told, written
from ganstudio.modalities import ByKind, Melody, as_points
from ganstudio.origins import signed
from ganstudio.playing.midi import as_midi
from ganstudio.playing.waves import as_wav, crossfaded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from ganstudio.modalities import Modality, Pixels, Samples
    from ganstudio.origins import Origin

MOST_FRAMES = 6000
_MOST_BYTES = 2 << 30
"""Of all frames of a film, where they lie in memory together."""
_PORTION = 32
"""Samples that are made at one go."""
_GROUND, _CLOUD, _DOT = (20, 23, 31), (86, 98, 122), (245, 166, 35)
_REACH = 3.0  # model units from the middle of a plot of points to its edge


def check_walk(path: Path, modality: Modality) -> None:
    """Raise ExportError when samples one after another can't be written to a file of this name."""
    rows = WALKS[modality.kind]
    if path.suffix.lower() in rows:
        return
    try:
        check_film(path)
    except ExportError as error:
        if not rows or path.suffix.lower() in (".mp4", ".webm"):
            raise
        endings = ", ".join((*rows, *film_endings()))
        raise ExportError(f"{path}: {modality.words.many} one after another are written as {endings}") from error


@dataclass(frozen=True)
class Made:
    """Samples in people's units that are made when they are wanted.

    count: how many; part: those from a place to another, (stop - start, ...), the same ones each time.
    """

    count: int
    part: Callable[[int, int], Samples]

    @classmethod
    def at_once(cls, samples: Samples) -> Made:
        """Those that are there already."""
        return cls(len(samples), lambda start, stop: samples[start:stop])

    def all(self) -> Samples:
        """All of them together."""
        return self.part(0, self.count)


class _Frames(Sequence["Pixels"]):
    """Frames that are made a few at a time, each time that somebody goes through them."""

    def __init__(self, count: int, make: Callable[[int, int], list[Pixels]], portion: int = _PORTION) -> None:
        self._count, self._make, self._portion = count, make, portion
        self._start = -1
        self._kept: list[Pixels] = []

    def __len__(self) -> int:
        return self._count

    @overload
    def __getitem__(self, place: int) -> Pixels: ...
    @overload
    def __getitem__(self, place: slice) -> Sequence[Pixels]: ...
    def __getitem__(self, place: int | slice) -> Pixels | Sequence[Pixels]:
        if isinstance(place, slice):
            whole = range(self._count)[place]
            return _Frames(len(whole), lambda start, stop: [self[one] for one in whole[start:stop]], 1)
        if not 0 <= place < self._count:
            raise IndexError(place)
        start = place - place % self._portion
        if start != self._start:
            self._start, self._kept = start, self._make(start, min(start + self._portion, self._count))
        return self._kept[place - start]


def save_walk(
    path: Path,
    made: Made,
    modality: Modality,
    *,
    rate: float,
    size: int,
    origin: Origin | None = None,
    ticks: Iterable[int] = (),
) -> None:
    """Write samples one after another, as a film, a sound, notes or a text by the ending.

    Of a film they are made while it is written. rate: of a film, frames a second; size: pixels that its longer side has
    at least. Raises ExportError.
    """
    check_walk(path, modality)
    if (write := WALKS[modality.kind].get(path.suffix.lower())) is not None:
        written(path, signed(write(made.all(), modality), path.suffix.lower(), origin))
        return
    check_room(path, made.count, FRAMES[modality.kind](Made(1, made.part), modality, size)[0])
    save_film(path, FRAMES[modality.kind](made, modality, size), rate, origin, ticks)


def save_sheets(
    path: Path,
    count: int,
    moment: Callable[[int], Samples],
    modality: Modality,
    *,
    rate: float,
    size: int,
    columns: int | None = None,
    origin: Origin | None = None,
    ticks: Iterable[int] = (),
) -> None:
    """Write the same samples as they were at so many moments as a film of sheets. Raises ExportError.

    moment: makes the samples of one, when its frame is written.
    """
    check_film(path)

    def sheet(place: int) -> Pixels:
        samples = moment(place)
        if not modality.side_by_side:
            return _cloud(samples, modality, max(size, 256))
        picture = np.asarray(sample_grid(modality.pictures(samples), columns))
        return enlarged(picture.reshape(*picture.shape[:2], -1), size)

    frames = _Frames(count, lambda start, stop: [sheet(place) for place in range(start, stop)], 1)
    check_room(path, count, frames[0])
    save_film(path, frames, rate, origin, ticks)


def check_room(path: Path, count: int, frame: Pixels) -> None:
    """Raise ExportError where so many frames are more than can be held, in formats that hold all of them at once."""
    if count > MOST_FRAMES:
        raise ExportError(f"{path}: would have {count:,} frames; {MOST_FRAMES:,} are the most: make it shorter")
    if path.suffix.lower() in HOLDING and count * frame.nbytes > _MOST_BYTES:
        raise ExportError(
            f"{path}: {count:,} frames of {frame.shape[1]} × {frame.shape[0]} pixels are more than 2 GB: make it "
            "smaller or shorter, or a WebP, which is written frame by frame"
        )


def save_pieces(
    folder: Path, samples: Samples, modality: Modality, names: Sequence[str], origins: Sequence[Origin | None]
) -> list[Path]:
    """Write each sample as a file of its own into a folder, which is made; the files. Raises ExportError."""
    with told(folder):
        folder.mkdir(parents=True, exist_ok=True)
    suffix = PIECES[modality.kind]
    files = [folder / f"{name}{suffix}" for name in names]
    for place, (file, origin) in enumerate(zip(files, origins, strict=True)):
        save_samples(file, samples[place : place + 1], modality, columns=1, origin=origin)
    return files


def enlarged(picture: Pixels, size: int) -> Pixels:
    """A picture (h, w, c) enlarged by a whole factor, without smoothing, until its longer side has ``size`` pixels."""
    height, width, _ = picture.shape
    factor = max(1, -(-size // max(height, width)))
    larger: Pixels = magnified_to(picture[None], factor * height, factor * width)[0]
    return larger


def _pictures(made: Made, modality: Modality, size: int) -> Sequence[Pixels]:
    def part(start: int, stop: int) -> list[Pixels]:
        return [enlarged(picture, size) for picture in modality.pictures(made.part(start, stop))]

    return _Frames(made.count, part)


def _dots(made: Made, modality: Modality, size: int) -> Sequence[Pixels]:
    """Each point on a plot of all of them."""
    size = max(size, 256)
    samples = made.all()
    ground = _cloud(samples, modality, size)

    def part(start: int, stop: int) -> list[Pixels]:
        frames = [ground.copy() for _ in range(start, stop)]
        for frame, point in zip(frames, samples[start:stop], strict=True):
            _paint(frame, point[None], modality, _DOT, max(3, size // 64))
        return frames

    return _Frames(made.count, part)


def _cloud(samples: Samples, modality: Modality, size: int) -> Pixels:
    canvas = np.full((size, size, 3), _GROUND, np.uint8)
    _paint(canvas, samples, modality, _CLOUD if len(samples) < 1000 else (120, 170, 255), max(1, size // 256))
    return canvas


def _paint(canvas: Pixels, points: Samples, modality: Modality, colour: tuple[int, ...], radius: int) -> None:
    """Points as small squares."""
    size = len(canvas)
    model = as_points(modality).to_model(points)
    places = np.nan_to_num(model, nan=np.inf) / _REACH
    places = places[(np.abs(places) < 1).all(1)]
    across, up = ((places.T + 1) / 2 * size).astype(int)
    for down in range(-radius, radius + 1):
        for right in range(-radius, radius + 1):
            if down * down + right * right <= radius * radius:
                rows, columns = size - 1 - up + down, across + right
                inside = (rows >= 0) & (rows < size) & (columns >= 0) & (columns < size)
                canvas[rows[inside], columns[inside]] = colour


def _as_wav(samples: Samples, modality: Modality) -> bytes:
    heard = modality.sound(samples)
    assert heard is not None, "only what can be heard is written as a sound"
    waves, rate = heard
    return as_wav(crossfaded(waves, rate), rate)


def _as_midi(samples: Samples, modality: Modality) -> bytes:
    """One file of all, a bar of silence between them."""
    assert isinstance(modality, Melody), "only tunes are written as notes"
    return as_midi(samples, modality)


def _as_text(samples: Samples, modality: Modality) -> bytes:
    """A line for each sample; what differs from the line before stands in brackets."""
    lines = modality.text(samples)
    assert lines is not None, "only what can be read is written as text"
    marked = [lines[0], *(_marked(before, after) for before, after in pairwise(lines))]
    return "".join(f"{line}\n" for line in marked).encode()


def _marked(before: str, after: str) -> str:
    """A line with the words in brackets that are not those of the line before."""
    words, others = after.split(), before.split()
    found = []
    for how, _, _, start, stop in SequenceMatcher(None, others, words, autojunk=False).get_opcodes():
        part = " ".join(words[start:stop])
        if part:
            found.append(part if how == "equal" else f"[{part}]")
    return " ".join(found)


FRAMES: ByKind[Callable[[Made, Modality, int], Sequence[Pixels]]] = ByKind(_pictures, points=_dots)
"""The frames of a film of samples of a kind, (h, w, c) each, its longer side at least so many pixels."""

WALKS: ByKind[Mapping[str, Callable[[Samples, Modality], bytes]]] = ByKind(
    {}, sound={".wav": _as_wav}, melody={".mid": _as_midi, ".wav": _as_wav}, sentences={".txt": _as_text}
)
"""What samples of a kind become one after another beside films, by the file's ending."""

PIECES: ByKind[str] = ByKind(".png", points=".csv", sound=".wav", melody=".wav", sentences=".txt")
"""The ending of the file that a single sample of a kind becomes, one of ``WRITERS``."""

__all__ = [
    "FRAMES",
    "PIECES",
    "WALKS",
    "Made",
    "check_walk",
    "enlarged",
    "save_pieces",
    "save_sheets",
    "save_walk",
]
