"""Earlier runs, newest first: a picture, the name, how far each came and when it was begun."""

from __future__ import annotations

from bisect import bisect_left
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QFileSystemWatcher, QModelIndex, QPersistentModelIndex, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QImage, QPainter, QPixmap, QShowEvent
from PySide6.QtWidgets import QLabel, QListWidgetItem, QMenu, QStackedLayout, QStyleOptionViewItem, QWidget

from ganstudio.gui.library.picture_list import DETAIL, KIND, TONE, PictureDelegate, PictureList
from ganstudio.gui.library.run_menu import run_menu
from ganstudio.gui.library.runs_reader import RunsReader
from ganstudio.gui.looks import theme
from ganstudio.gui.text.plain import plain_tip
from ganstudio.gui.text.words import experiment_label, kind_of

if TYPE_CHECKING:
    from ganstudio.run import RunSummary

LOOKING = "Looking for runs…"
EMPTY = "No runs yet.\n\nA run is kept here as soon as it has been played, and can be gone on with at any time."
_SUMMARY = Qt.ItemDataRole.UserRole
_SETTLE_MS = 1_000
"""How long nothing more must happen in the folder before it is looked at again."""
_AGES = timedelta(minutes=1)
"""So often is said anew how long ago each run was begun."""


class RunsView(QWidget):
    """The runs in a folder, which are looked at beside the window, from the first ``refresh`` on.

    ``chosen(path)`` comes when one is clicked, or Enter is pressed on it, or one of its checkpoints is chosen in its
    menu; ``refused`` says why a damaged one can't be opened. ``whole`` comes when all runs are listed, ``left`` with
    the summaries of runs that a crash left.
    """

    chosen = Signal(Path)
    refused = Signal(str)
    whole = Signal()
    left = Signal(list)
    branched = Signal(object)
    """The folder of a checkpoint from which a new run is to go on."""

    def __init__(self, runs: Path, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._runs = runs
        self._begun = False
        self._items: dict[Path, QListWidgetItem] = {}
        self._order: list[tuple[datetime, str]] = []  # oldest first: the list's from its end
        self._aged = datetime.now()
        self._stale = False
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_changed)
        self._settle = QTimer(self, singleShot=True, interval=_SETTLE_MS)
        self._settle.timeout.connect(self._on_settled)
        self._reader = RunsReader(runs, self)
        self._reader.found.connect(self._show, Qt.ConnectionType.QueuedConnection)
        self._reader.all_found.connect(self._keep_only, Qt.ConnectionType.QueuedConnection)
        self._reader.pictured.connect(self._show_picture, Qt.ConnectionType.QueuedConnection)
        self._reader.left.connect(self.left, Qt.ConnectionType.QueuedConnection)
        self.list = PictureList()
        delegate = _RunDelegate(self.list)
        delegate.seen.connect(self._reader.picture)
        self.list.setItemDelegate(delegate)
        self.list.setAccessibleName("Earlier runs")
        self.list.chosen.connect(self._choose)
        self.list.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.list.customContextMenuRequested.connect(self._offer)
        self._empty = QLabel(LOOKING)
        self._empty.setWordWrap(True)
        self._empty.setProperty("role", "muted")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self._empty.setContentsMargins(24, 48, 24, 24)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.list)
        self._stack.addWidget(self._empty)
        self._stack.setCurrentWidget(self._empty)
        self._clock = QTimer(self, interval=_AGES // timedelta(milliseconds=1))
        self._clock.timeout.connect(lambda: self._age(datetime.now()))
        self.setFocusProxy(self.list)

    def begin(self) -> None:
        """Look at the folder, if that was not done yet."""
        if not self._begun:
            self.refresh()

    def refresh(self) -> None:
        """Look at the folder again. The run that was current stays so."""
        self._begun, self._stale = True, False
        self._watch()
        self._reader.read_all()

    def showEvent(self, event: QShowEvent) -> None:
        """Somebody wants to see the runs."""
        super().showEvent(event)
        self._age(datetime.now())
        self._clock.start()
        self.begin()
        if self._stale:
            self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees how time goes by."""
        super().hideEvent(event)
        self._clock.stop()

    def refresh_run(self, run: Path) -> None:
        """Look at one run again: it has begun, or has a new checkpoint."""
        if run.parent == self._runs:
            self._watch()
            self._reader.read(run)

    def _watch(self) -> None:
        """Hear of runs that another window or a command line makes or removes, once there is a folder for them."""
        if not self._watcher.directories() and self._runs.is_dir():
            self._watcher.addPath(str(self._runs))

    def _on_changed(self) -> None:
        self._stale = True
        self._settle.start()  # a run is described a moment after its folder is made

    def _on_settled(self) -> None:
        if self._stale and self.isVisible():  # else when somebody wants to see it
            self.refresh()

    def find_left(self) -> None:
        """Look for runs that a crash left, each of which ``left`` tells once."""
        self._reader.find_left()

    def stop(self) -> None:
        """Look at no more runs, and wait until none is being looked at."""
        self._settle.stop()
        self._clock.stop()
        if self._watcher.directories():
            self._watcher.removePaths(self._watcher.directories())
        self._reader.close()

    def _show(self, summaries: list[RunSummary]) -> None:
        now = datetime.now()
        for summary in summaries:
            item = self._items.get(summary.path) or QListWidgetItem()
            item.setText(experiment_label(summary.name))
            item.setData(_SUMMARY, summary)
            item.setData(KIND, kind_of(summary))
            item.setData(DETAIL, _detail(summary, now))
            what = f"{summary.when:%A %d %B %Y, %H:%M}\n{summary.path}"
            if summary.parent is not None:
                what += "\nBranched from {} at step {:,}".format(*summary.parent)
            item.setToolTip(plain_tip(f"{what}\n{summary.trouble}" if summary.trouble else what))
            item.setData(TONE, theme.DANGER if summary.trouble else None)
            if summary.path not in self._items:  # whole before: in the list each change of it would be told
                self._add(item, summary)
        if now - self._aged >= _AGES:
            self._age(now)
        self._stack.setCurrentWidget(self.list)

    def _age(self, now: datetime) -> None:
        """Say of every run how long ago it was begun, as of now."""
        self._aged = now
        for item in self._items.values():
            detail = _detail(item.data(_SUMMARY), now)
            if item.data(DETAIL) != detail:
                item.setData(DETAIL, detail)

    def _add(self, item: QListWidgetItem, summary: RunSummary) -> None:
        item.setData(Qt.ItemDataRole.DecorationRole, QPixmap())
        key = (summary.when, summary.path.name)
        place = bisect_left(self._order, key)
        self._order.insert(place, key)
        self._items[summary.path] = item
        self.list.insertItem(len(self._order) - 1 - place, item)

    def _keep_only(self, paths: set[Path]) -> None:
        for path in [path for path in self._items if path not in paths]:
            row = self.list.row(self._items.pop(path))
            self.list.takeItem(row)
            del self._order[-1 - row]
        self._empty.setText(EMPTY)
        self._stack.setCurrentWidget(self.list if self._items else self._empty)
        self.whole.emit()

    def _show_picture(self, run: Path, picture: QImage) -> None:
        if (item := self._items.get(run)) is not None:
            item.setData(Qt.ItemDataRole.DecorationRole, QPixmap.fromImage(picture))

    def _choose(self, item: QListWidgetItem) -> None:
        summary: RunSummary = item.data(_SUMMARY)
        if summary.trouble and not summary.step:
            self.refused.emit(f"The run can't be opened. {summary.trouble}.")
        else:
            self.chosen.emit(summary.path)

    def menu_at(self, place: QPoint) -> QMenu | None:
        """The menu of the run at a place in the list; of the current one where none is there, as for the menu key."""
        item = self.list.itemAt(place) or self.list.currentItem()
        return (
            None
            if item is None
            else run_menu(item.data(_SUMMARY).path, self.chosen.emit, self.branched.emit, self.list)
        )

    def _offer(self, place: QPoint) -> None:
        if (menu := self.menu_at(place)) is not None:
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.list.viewport().mapToGlobal(place))


class _RunDelegate(PictureDelegate):
    """``seen`` carries the summary of each run that comes into sight for the first time: only these need a picture."""

    seen = Signal(object)

    def __init__(self, view: PictureList) -> None:
        super().__init__(view)
        self._known: set[Path] = set()

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint one of them."""
        super().paint(painter, option, index)
        summary: RunSummary = index.data(_SUMMARY)
        if summary.path not in self._known:
            self._known.add(summary.path)
            self.seen.emit(summary)


def _detail(summary: RunSummary, now: datetime) -> str:
    """The line below the name."""
    damaged = "damaged · " if summary.trouble else ""
    if summary.parent is not None:
        damaged += "branch · "
    return f"{damaged}step {summary.step:,} · {ago(summary.when, now)}"


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
