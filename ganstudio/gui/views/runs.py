"""Earlier runs, newest first: a picture, the name, how far each came and when it was begun."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QPixmap
from PySide6.QtWidgets import QLabel, QListWidgetItem, QStackedLayout, QWidget

from ganstudio.gui import theme
from ganstudio.gui.telling import kind_of
from ganstudio.gui.views._group_words import COLOURS
from ganstudio.gui.views._picture_list import DETAIL, PICTURE, PictureDelegate, PictureList
from ganstudio.gui.words import experiment_label
from ganstudio.run import RunSummary, list_runs

EMPTY = "No runs yet.\n\nA run is kept here as soon as it has been played, and can be gone on with at any time."
_SUMMARY = Qt.ItemDataRole.UserRole


class RunsView(QWidget):
    """The runs in a folder. ``chosen(path)`` comes when one is clicked, or Enter is pressed on it."""

    chosen = Signal(Path)

    def __init__(self, runs: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._pictures: dict[Path, tuple[Path, QPixmap]] = {}
        self.list = PictureList()
        self.list.setItemDelegate(PictureDelegate(self.list))
        self.list.setAccessibleName("Earlier runs")
        self.list.chosen.connect(self._choose)
        self._empty = QLabel(EMPTY)
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._empty.setContentsMargins(24, 48, 24, 24)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(self.list)
        self.setFocusProxy(self.list)
        self.refresh()

    def refresh(self) -> None:
        """Look at the folder again. The run that was current stays so."""
        current = self.list.currentItem()
        kept = current.data(_SUMMARY).path if current else None
        place = self.list.verticalScrollBar().value()
        self.list.clear()
        now = datetime.now()
        for summary in list_runs(self._runs):
            item = QListWidgetItem(experiment_label(summary.name))
            item.setData(_SUMMARY, summary)
            kind = f"{kind_of(summary)} · " if summary.kind != "run" else ""
            item.setData(DETAIL, f"{kind}step {summary.step:,} · {ago(summary.when, now)}")
            item.setData(Qt.ItemDataRole.DecorationRole, self._picture(summary))
            item.setToolTip(f"{summary.when:%A %d %B %Y, %H:%M}\n{summary.path}")
            self.list.addItem(item)
            if summary.path == kept:
                self.list.setCurrentItem(item)
        self.list.verticalScrollBar().setValue(place)
        self._stack.setCurrentWidget(self.list if self.list.count() else self._empty)

    def _choose(self, item: QListWidgetItem) -> None:
        self.chosen.emit(item.data(_SUMMARY).path)

    def _picture(self, summary: RunSummary) -> QPixmap:
        """The run's newest picture, or one drawn from its newest samples; read again only when there is a newer one."""
        source = summary.thumbnail or summary.frame
        if source is None:
            return QPixmap()
        known, picture = self._pictures.get(summary.path, (None, QPixmap()))
        if known != source:
            picture = QPixmap(str(source)) if source.suffix == ".png" else _from_samples(source)
            # Kept small: a run's picture may be thousands of pixels wide, and a list may hold hundreds.
            if not picture.isNull():
                picture = picture.scaled(
                    PICTURE * 3, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
                )
            self._pictures[summary.path] = (source, picture)
        return picture


def ago(when: datetime, now: datetime) -> str:
    """How long ago, for people: just now, 5 minutes ago, yesterday, 3 November 2026."""
    seconds = (now - when).total_seconds()
    if seconds < 60:
        return "just now"
    if seconds < 3600:
        return _count(int(seconds // 60), "minute")
    if seconds < 86400 and when.date() == now.date():
        return _count(int(seconds // 3600), "hour")
    days = (now.date() - when.date()).days
    if days == 1:
        return "yesterday"
    return _count(days, "day") if days < 7 else f"{when.day} {when:%B %Y}"


def _count(number: int, unit: str) -> str:
    return f"{number} {unit}{'' if number == 1 else 's'} ago"


def _from_samples(path: Path) -> QPixmap:
    """A picture of samples on disk: points (n, 2) or images (n, height, width, channels) of uint8."""
    import numpy as np  # with thumbnails, what takes longest to load: only where there is a run to paint

    from ganstudio.gui import thumbnails

    try:
        samples = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError):
        return QPixmap()  # somebody's broken file is no reason to hide the run
    if samples.ndim == 2 and samples.shape[1] == 2:
        return QPixmap.fromImage(thumbnails.of_points(samples, theme.FAKE))
    if samples.ndim == 3 and samples.shape[2] == 2:
        return QPixmap.fromImage(thumbnails.of_games(samples, COLOURS))
    if samples.ndim == 4 and samples.dtype == np.uint8 and samples.shape[-1] in (1, 3):
        return QPixmap.fromImage(thumbnails.of_images(samples))
    return QPixmap()
