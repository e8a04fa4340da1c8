"""Looks at runs in the window's stead, which never waits for a disk, or for what somebody put there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QObject, QRunnable, Qt, QThread, QThreadPool, Signal
from PySide6.QtGui import QImage, QImageReader

from ganstudio.gui.library.picture_list import PICTURE
from ganstudio.gui.looks import theme
from ganstudio.run import (
    RunError,
    RunSummary,
    modality_of,
    read_array,
    read_picture,
    run_folders,
    summarise,
    take_abandoned,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

_FIRST, _AT_ONCE = 20, 80
"""Runs that are told together, first a screenful: each telling is an event of the window's, which lays out its list."""
_KEPT = PICTURE * 3
"""Pictures are kept small: a run's may be thousands of pixels wide, and a list may hold hundreds."""
_MOST_PIXELS = 40_000_000


class RunsReader(QObject):
    """Reads what a list shows of the runs in a folder, in one thread of its own.

    ``found`` carries summaries, newest first, some at a time; ``all_found`` the paths of all, when these have been
    looked at. ``pictured`` carries a path and its picture: of the newest runs, of one that is read by itself, and of
    those that ``picture`` is asked for. ``left`` carries the summaries of the runs that a crash
    left.
    """

    found = Signal(list)
    all_found = Signal(set)
    pictured = Signal(object, QImage)
    left = Signal(list)

    def __init__(self, runs: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._asked = 0
        self._pictures: dict[Path, tuple[Path, int]] = {}
        self._wanted = 0
        self._pool = QThreadPool(self)
        self._pool.setMaxThreadCount(1)
        self._pool.setThreadPriority(QThread.Priority.LowPriority)

    def read_all(self) -> None:
        """Look at every run again; a look that has not come to its end is given up."""
        self._asked += 1
        asked = self._asked
        self._pool.start(Task(lambda: self._read_all(asked)))

    def read(self, run: Path) -> None:
        """Look at one run."""
        self._pool.start(Task(lambda: self._read(run)))

    def picture(self, summary: RunSummary) -> None:
        """Look at the picture of a run, before those that were wanted earlier: it is what somebody sees now."""
        self._wanted += 1
        self._pool.start(Task(lambda: self._picture(summary)), self._wanted)

    def find_left(self) -> None:
        """Look for runs that a crash left."""
        self._pool.start(Task(self._find_left))

    def close(self) -> None:
        """Look at no more runs, and wait until nothing is looked at. Closing twice is fine."""
        self._asked = -1
        self._pool.clear()
        self._pool.waitForDone()

    # --- in the pool's one thread, so in order ---

    def _read_all(self, asked: int) -> None:
        folders = run_folders(self._runs)
        known: list[RunSummary] = []
        start, size = 0, _FIRST
        while start < len(folders):
            if asked != self._asked:
                return
            summaries = [summary for run in folders[start : start + size] if (summary := summarise(run))]
            if summaries:
                self.found.emit(summaries)
            known += summaries
            start, size = start + size, min(2 * size, _AT_ONCE)
        self.all_found.emit({summary.path for summary in known})
        # Of the others once they are seen: a picture takes ten times as long as all else of a run.
        for place, summary in enumerate(known):
            if asked != self._asked:
                return
            if place < _FIRST or summary.path in self._pictures:
                self._picture(summary)

    def _read(self, run: Path) -> None:
        if self._asked >= 0 and (summary := summarise(run)):
            self.found.emit([summary])
            self._picture(summary)

    def _find_left(self) -> None:
        if left := take_abandoned(self._runs):
            self.left.emit(left)

    def _picture(self, summary: RunSummary) -> None:
        """The run's newest picture, or one drawn from its newest samples; again only when there is a newer one."""
        source = summary.thumbnail or summary.frame
        if source is None:
            return
        try:
            which = source, source.stat().st_mtime_ns
        except OSError:
            return
        if self._pictures.get(summary.path) != which:
            self._pictures[summary.path] = which
            self.pictured.emit(summary.path, picture_of(source))


def picture_of(source: Path) -> QImage:
    """A small picture of a PNG or of samples on disk; an empty one where it can't be read."""
    try:
        picture = _decoded(read_picture(source)) if source.suffix == ".png" else _drawn(source)
    except RunError:
        return QImage()  # somebody's broken file is no reason to hide the run
    if picture.isNull() or picture.size() == _KEPT:
        return picture
    return picture.scaled(_KEPT, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation)


def _decoded(png: bytes) -> QImage:
    buffer = QBuffer()
    buffer.setData(QByteArray(png))
    buffer.open(QIODevice.OpenModeFlag.ReadOnly)
    reader = QImageReader(buffer, QByteArray(b"png"))
    size = reader.size()  # off the header: a few kilobytes may claim gigabytes of pixels
    if not size.isValid() or size.width() * size.height() > _MOST_PIXELS:
        return QImage()
    return reader.read()


def _drawn(path: Path) -> QImage:
    """Of samples as their run says they are, or of points of several games (m, n, 2)."""
    # What takes longest to load: only where there is a run to paint.
    from ganstudio.gui.library import thumbnails

    samples = read_array(path)
    if (modality := modality_of(path, samples)) is not None:
        return thumbnails.of_samples(samples, modality, theme.FAKE, shrink=_KEPT.width() / thumbnails.WIDTH)
    if samples.size and samples.dtype.kind == "f" and samples.shape[2:] == (2,):
        return thumbnails.of_games(samples, theme.GAMES)
    return QImage()


class Task(QRunnable):
    """What a pool's thread is to do."""

    def __init__(self, act: Callable[[], None]) -> None:
        super().__init__()
        self._act = act

    def run(self) -> None:
        """Do it."""
        self._act()
