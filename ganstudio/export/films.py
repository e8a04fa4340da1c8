"""Frames as films, by the file's ending: GIF, WebP, AVIF, APNG, and MP4 and WebM where ffmpeg is found."""

from __future__ import annotations

import io
import itertools
import shutil
import subprocess
import tempfile
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.export.gif import gif_of
from ganstudio.export.webp import LARGEST, webp_of
from ganstudio.export.writing import ExportError, written
from ganstudio.origins import signed
from ganstudio.system.programs import WITHOUT_CONSOLE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import BinaryIO

    from ganstudio.modalities import Pixels
    from ganstudio.origins import Origin

SLOWEST, FASTEST = 1, 60
"""Frames a second."""
_LONGEST_WORD = 100_000
"""Characters of one word of a command line; Linux takes 131,071."""
_BY_FFMPEG = {
    ".mp4": ("-c:v", "libx264", "-pix_fmt", "yuv420p", "-crf", "18", "-movflags", "+faststart"),
    ".webm": ("-c:v", "libvpx-vp9", "-pix_fmt", "yuv420p", "-crf", "24", "-b:v", "0"),
}


_LEAST_ROOM = 1_000_000
"""Bytes of a disk that is full where there are no more."""
HOLDING = (".avif", ".png", ".apng")
"""Pillow's animations, of which all frames are in memory before the first is written; others are written one by one."""


def ffmpeg() -> str | None:
    """The system's ffmpeg, if there is one."""
    return shutil.which("ffmpeg")


def film_endings() -> tuple[str, ...]:
    """The endings of films that can be written here."""
    return (*ENCODERS, *(_BY_FFMPEG if ffmpeg() else ()))


def check_film(path: Path) -> None:
    """Raise ExportError when a film can't be written to a file of this name."""
    suffix = path.suffix.lower()
    if suffix in _BY_FFMPEG and not ffmpeg():
        raise ExportError(
            f"{path}: a film as {suffix} takes ffmpeg, which was not found: install it, or choose {_listed(ENCODERS)}"
        )
    if suffix not in (*ENCODERS, *_BY_FFMPEG):
        raise ExportError(f"{path}: films are written as {_listed((*ENCODERS, *_BY_FFMPEG))}, by the file's ending")


def save_film(
    path: Path, frames: Sequence[Pixels], rate: float, origin: Origin | None = None, told: Iterable[int] = ()
) -> None:
    """Write frames (h, w, 1 or 3) of one size as a film of so many a second, which goes on and on where it can.

    origin: where they come from, which the file then says. told: taken from once after each frame. Raises ExportError
    for another ending, for sides that the format can't have, and where the file can't be written.
    """
    check_film(path)
    suffix = path.suffix.lower()
    if suffix in (".webp", ".gif") and max(frames[0].shape) > (LARGEST if suffix == ".webp" else 65_535):
        raise ExportError(f"{path}: its frames of {frames[0].shape[1]} × {frames[0].shape[0]} pixels are too large")
    data = ENCODERS[suffix](frames, rate, told) if suffix in ENCODERS else _by_ffmpeg(path, frames, rate, origin, told)
    written(path, signed(data, suffix, origin))


def _listed(endings: Iterable[str]) -> str:
    *others, last = endings
    return f"{', '.join(others)} or {last}"


def _avif(frames: Sequence[Pixels], rate: float, told: Iterable[int] = ()) -> bytes:
    return _by_pillow(frames, rate, told, "AVIF", speed=10, quality=80, max_threads=1)


def _apng(frames: Sequence[Pixels], rate: float, told: Iterable[int] = ()) -> bytes:
    return _by_pillow(frames, rate, told, "PNG", loop=0, compress_level=4)


def _by_pillow(frames: Sequence[Pixels], rate: float, told: Iterable[int], kind: str, **options: int) -> bytes:
    from PIL import Image

    progress = iter(told)
    others = []
    for frame in frames[1:]:
        others.append(Image.fromarray(frame[..., 0] if frame.shape[2] == 1 else frame))
        next(progress, None)
    first = Image.fromarray(frames[0][..., 0] if frames[0].shape[2] == 1 else frames[0])
    packed = io.BytesIO()
    edges = [round(1000 * index / rate) for index in range(len(frames) + 1)]
    durations = [after - before for before, after in itertools.pairwise(edges)]
    one = durations[0] if len(frames) == 1 else durations
    first.save(packed, kind, save_all=True, append_images=others, duration=one, **options)
    return packed.getvalue()


ENCODERS: Mapping[str, Callable[[Sequence[Pixels], float, Iterable[int]], bytes]] = {
    ".gif": gif_of,
    ".webp": webp_of,
    ".avif": _avif,
    ".png": _apng,
    ".apng": _apng,
}


def _by_ffmpeg(path: Path, frames: Sequence[Pixels], rate: float, origin: Origin | None, told: Iterable[int]) -> bytes:
    """The film that ffmpeg makes of the frames, handed to it one by one. Raises ExportError where it makes none."""
    program = ffmpeg()
    assert program is not None
    suffix, progress = path.suffix.lower(), iter(told)
    height, width, _ = frames[0].shape
    even = r"scale=max(2\,trunc(iw/2)*2):max(2\,trunc(ih/2)*2):flags=neighbor"  # a side of 1 would be none
    says: tuple[str, ...] = ()
    if origin is not None and suffix == ".webm":
        fits = len(origin.packed()) < _LONGEST_WORD
        says = ("-metadata", f"comment={(origin if fits else replace(origin, latents=None)).packed()}")
    with tempfile.TemporaryDirectory(prefix="ganstudio-") as folder:
        out, log = Path(folder) / f"film{suffix}", Path(folder) / "log"
        command = [program, "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24", "-s", f"{width}x{height}"]
        command += ["-r", f"{rate:g}", "-i", "-", "-vf", even, *_BY_FFMPEG[suffix], *says, str(out)]
        with log.open("wb") as errors, _started(path, command, errors) as process:
            assert process.stdin is not None
            for frame in frames:
                pixels = np.ascontiguousarray(np.broadcast_to(frame, (height, width, 3))).tobytes()
                try:
                    process.stdin.write(pixels)
                except OSError:  # it has ended before all was written, and says why
                    break
                next(progress, None)
            with suppress(OSError):
                process.stdin.close()
        status = process.wait()
        if status or not out.exists():
            why = log.read_text(errors="replace").strip().splitlines()
            said = why[-1] if why else _silent(status, Path(folder))
            raise ExportError(f"{path}: ffmpeg could not make the film: {said}")
        return out.read_bytes()


def _started(path: Path, command: Sequence[str], errors: BinaryIO) -> subprocess.Popen[bytes]:
    """ffmpeg, which waits for frames. Raises ExportError where it is no program that can be started."""
    try:
        return subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=errors, creationflags=WITHOUT_CONSOLE
        )
    except OSError as error:
        raise ExportError(
            f"{path}: {command[0]} can't be started: {error.strerror or error}; install ffmpeg anew, or choose "
            f"{_listed(ENCODERS)}"
        ) from None


def _silent(status: int, folder: Path) -> str:
    """Why there is no film where ffmpeg does not say it, as where it could not even write what is wrong."""
    if shutil.disk_usage(folder).free < _LEAST_ROOM:
        return f"there is no room left in {folder.parent}, where films are made; free some disk space"
    if status < 0:
        return f"something ended it (signal {-status})"
    return f"it said nothing of why (exit code {status})"
