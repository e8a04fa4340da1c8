"""The frames of a video, where the system's ffmpeg is found: decoded one after another, never unpacked to disk."""

from __future__ import annotations

import re
import shutil
import subprocess
import threading
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from ganstudio.data import limits
from ganstudio.data.errors import DatasetError
from ganstudio.data.files.loose import Source
from ganstudio.modalities import counted

if TYPE_CHECKING:
    from collections.abc import Generator, Iterator
    from pathlib import Path

    from ganstudio.data.skips import Skips

MAX_FRAMES = 10_000
"""Frames of one video; a longer one is taken at as many moments, evenly spread."""
MAX_SIDE = 512
"""Longer side that frames are brought down to: twice the largest image that is trained on."""
MAX_SECONDS = 900.0
"""After which ffmpeg is ended, with what it gave by then."""

# What files begin with, at which offset, and the demuxer that is to read them: ffmpeg's own guess could take a file for
# a playlist, which names other files.
_KINDS: tuple[tuple[int, bytes, str], ...] = (
    (4, b"ftyp", "mov"),
    (4, b"moov", "mov"),
    (4, b"mdat", "mov"),
    (0, b"\x1aE\xdf\xa3", "matroska"),
    (0, b"\x00\x00\x01\xba", "mpeg"),
    (0, b"FLV", "flv"),
    (8, b"AVI ", "avi"),
)
_STILLS = (b"heic", b"heix", b"mif1", b"msf1", b"avif", b"avis", b"M4A", b"M4B", b"crx ")
_WITHOUT = (
    "is a video, whose frames ffmpeg reads, and that is not installed; install it (Debian, Ubuntu: sudo apt-get "
    "install ffmpeg), or save its frames as images in a folder"
)


def is_film(path: Path, head: bytes) -> bool:
    """Whether a file that begins with ``head`` is a video."""
    return _demuxer(head) is not None


def check(path: Path) -> None:
    """Raise DatasetError where there is no ffmpeg to read the video."""
    _program(path)


@contextmanager
def open_film(path: Path, skips: Skips) -> Iterator[Source]:
    """Frames in their order, as ``open_source`` gives files. Raises DatasetError."""
    program = _program(path)
    with path.open("rb") as file:
        demuxer = _demuxer(file.read(16))
    assert demuxer is not None
    reading = ["-nostdin", "-hide_banner", "-protocol_whitelist", "file", "-f", demuxer, "-i", f"file:{path}"]
    frames = _decoded(path, [program, *reading], _duration([program, *reading]), skips)
    try:
        yield Source(total=0, files=frames)
    finally:
        frames.close()


def _demuxer(head: bytes) -> str | None:
    if head[4:8] == b"ftyp" and head[8:].startswith(_STILLS):
        return None
    return next((name for offset, magic, name in _KINDS if head[offset:].startswith(magic)), None)


def _program(path: Path) -> str:
    program = shutil.which("ffmpeg")
    if program is None:
        raise DatasetError(f'"{path.name}" {_WITHOUT}')
    return program


def _duration(reading: list[str]) -> float:
    """Seconds that the video lasts by its own account; 0 where it gives none."""
    try:
        told = subprocess.run(reading, stdin=subprocess.DEVNULL, capture_output=True, timeout=60, check=False).stderr
    except subprocess.TimeoutExpired:
        return 0.0
    found = re.search(rb"Duration: (\d+):(\d\d):(\d\d(?:\.\d+)?)", told)
    return int(found[1]) * 3600 + int(found[2]) * 60 + float(found[3]) if found else 0.0


def _decoded(path: Path, reading: list[str], seconds: float, skips: Skips) -> Generator[tuple[str, bytes]]:
    rate = MAX_FRAMES / seconds if seconds else 25.0
    filters = [f"fps={rate:.6f}"] if rate < 25 else []
    filters.append(f"scale=w='min({MAX_SIDE},iw)':h='min({MAX_SIDE},ih)':force_original_aspect_ratio=decrease")
    process = subprocess.Popen(
        [
            *reading[:1], "-v", "error", "-max_alloc", str(limits.memory_bytes()), "-threads", "1", *reading[1:],
            "-an", "-sn", "-dn", "-vf", ",".join(filters), "-frames:v", str(MAX_FRAMES),
            "-f", "image2pipe", "-c:v", "ppm", "-pix_fmt", "rgb24", "-",
        ],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    assert process.stdout is not None
    watchdog = threading.Timer(MAX_SECONDS, process.kill)
    watchdog.daemon = True
    watchdog.start()
    try:
        index = 0
        while (frame := _next(process.stdout)) is not None:
            index += 1
            yield f"frame {index:05}", frame
        process.stdout.close()  # should it still be writing, it ends
        if process.wait() != 0:
            skips.add(path.name, f"is damaged or cut short after {counted(index, 'frame')}")
    finally:
        watchdog.cancel()
        process.kill()
        process.stdout.close()
        process.wait()


def _next(stream: IO[bytes]) -> bytes | None:
    """The next picture of a row of PPM files; None at the end, or where it is none of what was asked for."""
    lines = [stream.readline(64) for _ in range(3)]
    size = re.fullmatch(rb"P6\n(\d{1,4}) (\d{1,4})\n255\n", b"".join(lines))
    if size is None or max(int(size[1]), int(size[2])) > MAX_SIDE:
        return None
    length = int(size[1]) * int(size[2]) * 3
    pixels = stream.read(length)
    return b"".join(lines) + pixels if len(pixels) == length else None
