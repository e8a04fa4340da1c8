"""Samples one after another: as a film, a sound, notes or a text, and one by one as files of their own."""

from __future__ import annotations

from difflib import SequenceMatcher
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.export.films import check_film, film_endings, save_film
from ganstudio.export.pictures import magnified_to, sample_grid
from ganstudio.export.samples import save_samples
from ganstudio.export.writing import ExportError, told, written
from ganstudio.modalities import ByKind, Melody, as_points
from ganstudio.origins import signed
from ganstudio.playing.midi import as_midi
from ganstudio.playing.waves import as_wav, crossfaded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ganstudio.modalities import Modality, Pixels, Samples
    from ganstudio.origins import Origin

MOST_FRAMES = 6000
_MOST_BYTES = 2 << 30
"""Of all frames of a film, which lie in memory together."""
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


def save_walk(
    path: Path,
    samples: Samples,
    modality: Modality,
    *,
    rate: float,
    size: int,
    origin: Origin | None = None,
    ticks: Iterable[int] = (),
) -> None:
    """Write samples (n, ...) in people's units one after another, as a film, a sound, notes or a text by the ending.

    rate: of a film, frames a second; size: pixels that its longer side has at least. Raises ExportError.
    """
    check_walk(path, modality)
    if (write := WALKS[modality.kind].get(path.suffix.lower())) is not None:
        written(path, signed(write(samples, modality), path.suffix.lower(), origin))
        return
    frames = FRAMES[modality.kind](samples, modality, size)
    save_film(path, frames, rate, origin, ticks)


def save_sheets(
    path: Path,
    moments: Sequence[Samples],
    modality: Modality,
    *,
    rate: float,
    size: int,
    columns: int | None = None,
    origin: Origin | None = None,
    ticks: Iterable[int] = (),
) -> None:
    """Write the same samples as they were at several moments as a film of sheets. Raises ExportError."""
    check_film(path)
    if modality.side_by_side:
        sheets = [np.asarray(sample_grid(modality.pictures(one), columns)) for one in moments]
        frames = [enlarged(sheet.reshape(*sheet.shape[:2], -1), size) for sheet in sheets]
    else:
        frames = [_cloud(one, modality, max(size, 256)) for one in moments]
    check_room(path, len(frames), frames[0])
    save_film(path, frames, rate, origin, ticks)


def check_room(path: Path, count: int, frame: Pixels) -> None:
    """Raise ExportError where so many frames are more than can be held."""
    if count > MOST_FRAMES:
        raise ExportError(f"{path}: would have {count:,} frames; {MOST_FRAMES:,} are the most: make it shorter")
    if count * frame.nbytes > _MOST_BYTES:
        raise ExportError(
            f"{path}: {count:,} frames of {frame.shape[1]} x {frame.shape[0]} pixels are more than 2 GB: make it "
            "smaller or shorter"
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


def _pictures(samples: Samples, modality: Modality, size: int) -> list[Pixels]:
    pictures = modality.pictures(samples)
    check_room(Path("The film"), len(pictures), enlarged(pictures[0], size))
    return [enlarged(picture, size) for picture in pictures]


def _dots(samples: Samples, modality: Modality, size: int) -> list[Pixels]:
    """Each point on a plot of all of them."""
    size = max(size, 256)
    ground = _cloud(samples, modality, size)
    check_room(Path("The film"), len(samples), ground)
    frames = []
    for point in samples:
        frame = ground.copy()
        _paint(frame, point[None], modality, _DOT, max(3, size // 64))
        frames.append(frame)
    return frames


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


FRAMES: ByKind[Callable[[Samples, Modality, int], list[Pixels]]] = ByKind(_pictures, points=_dots)
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
    "check_walk",
    "enlarged",
    "save_pieces",
    "save_sheets",
    "save_walk",
]
