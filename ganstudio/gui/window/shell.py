"""The window's shell: bar, panels, places and notices, painted before anything heavy is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QSize, Qt, Signal
from PySide6.QtWidgets import QLabel, QMainWindow, QSplitter, QTabWidget, QVBoxLayout, QWidget

from ganstudio.gui.library.datasets import DatasetsView
from ganstudio.gui.library.presets import PresetsView
from ganstudio.gui.library.runs import RunsView
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.notices import NoticeBar
from ganstudio.gui.parts.one_page import OnePage
from ganstudio.gui.parts.scrolled import Scrolled
from ganstudio.gui.window.transport import TransportBar

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from PySide6.QtGui import QAction, QMoveEvent, QResizeEvent

LIBRARY_WIDTH, MIDDLE_WIDTH, SETTINGS_WIDTH = 232, 900, 290
SIZE, LEAST_SIZE = QSize(1440, 900), QSize(880, 440)
FRAME = QSize(8, 40)
"""Room for a title bar and borders, which are the desktop's and have no size before the window is shown."""
NARROW, NARROWER = 1280, 1010
"""Below these widths there is no room for all the columns: the settings give way, then the library too."""
TIGHT = 1110
"""Below this width there is room for one of the two beside the middle."""


def fitting(screen: QSize) -> QSize:
    """How large the window opens: on a small screen no larger than fits with its frame."""
    return SIZE.boundedTo(screen - FRAME).expandedTo(LEAST_SIZE)


class Shell(QWidget):
    """Library on the left, what is seen in the middle, settings on the right, the bar above, and notices over it all.

    The middle and the right are places: ``put_middle`` and ``put_right`` fill them when their widgets are loaded.
    """

    middle_changed = Signal()
    """Something else is shown in the middle."""

    def __init__(self, actions: Mapping[str, QAction], runs: Path) -> None:
        super().__init__()
        self._settings_shown = actions["toggle_settings"]
        self._library_shown = actions["toggle_library"]
        self._folds = (
            _Fold(NARROW, self._settings_shown, self._library_shown),
            _Fold(NARROWER, self._library_shown, self._settings_shown),
        )
        self.transport = TransportBar(actions)
        self.notices = NoticeBar(self)
        self.presets = PresetsView()
        self.datasets = DatasetsView()
        self.earlier_runs = RunsView(runs)
        self._lay_out()
        self._library_shown.toggled.connect(self.library.setVisible)
        self._settings_shown.toggled.connect(self.right.setVisible)

    def _lay_out(self) -> None:
        self.library = QTabWidget()
        self.library.setDocumentMode(True)
        self.library.addTab(self.presets, "Presets")
        self.library.addTab(self.datasets, "Data")
        self.library.addTab(self.earlier_runs, "Runs")
        waiting = QLabel("Setting up the views…", alignment=Qt.AlignmentFlag.AlignCenter)
        waiting.setStyleSheet(f"color: {theme.MUTED};")
        self._middle = OnePage()
        self._middle.currentChanged.connect(lambda _index: self.middle_changed.emit())
        self._places: dict[QWidget, Scrolled] = {}
        self._middle.addWidget(waiting)
        self._middle.installEventFilter(self)
        self.right = QWidget()
        QVBoxLayout(self.right).setContentsMargins(0, 0, 0, 0)
        self.columns = QSplitter(Qt.Orientation.Horizontal)
        self.columns.setObjectName("columns")
        for panel, stretch in ((self.library, 0), (self._middle, 1), (self.right, 0)):
            self.columns.addWidget(panel)
            self.columns.setStretchFactor(self.columns.count() - 1, stretch)
        self.columns.setChildrenCollapsible(False)
        self.columns.setSizes([LIBRARY_WIDTH, MIDDLE_WIDTH, SETTINGS_WIDTH])
        stacked(self.transport, (self.columns, 1), on=self, spacing=0)
        # Else the first button would have the focus when the window opens, and take Space for itself.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.transport.set_title("GAN Studio", "Loading torch…")
        self.transport.set_state(None)

    def put_middle(self, widget: QWidget) -> None:
        """Make room for something in the middle of the window."""
        # A place that stands already: whatever is moved is styled anew, with all that is in it.
        self._places[widget] = place = Scrolled(widget, parent=self._middle)
        self._middle.addWidget(place)

    def show_middle(self, widget: QWidget) -> None:
        """Show one of what was put there."""
        self._middle.setCurrentWidget(self._places[widget])

    def middle(self) -> QWidget | None:
        """What the middle of the window shows."""
        shown = self._middle.currentWidget()
        return shown.widget() if isinstance(shown, Scrolled) else shown

    def put_right(self, widget: QWidget) -> None:
        """Show the settings."""
        # Into a place that stands, so that the splitter keeps its three widgets and their sizes.
        place = self.right.layout()
        assert place is not None
        *others, wide = self.columns.sizes()
        sizes = [*others, wide or SETTINGS_WIDTH]  # 0 where they are folded away
        place.addWidget(widget)
        self.columns.setSizes(sizes)

    def show_library(self, panel: QWidget) -> None:
        """Bring one page of the library to the front."""
        self._library_shown.setChecked(True)
        self.library.setCurrentWidget(panel)
        panel.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def show_settings(self, shown: bool) -> bool:
        """Show or hide the settings; whether they were shown."""
        before = self._settings_shown.isChecked()
        self._settings_shown.setChecked(shown)
        return before

    def _place_notices(self) -> None:
        place = QRect(self._middle.mapTo(self, QPoint()), self._middle.size())
        around = self.parentWidget()
        if around is not None:  # where it is scrolled, what is seen of it
            place &= around.rect().translated(-self.pos())
        self.notices.place_in(place)

    def event(self, event: QEvent) -> bool:
        """Follow the place that it is scrolled in, if it is."""
        around = self.parentWidget()
        if event.type() == QEvent.Type.ParentChange and around is not None and not isinstance(around, QMainWindow):
            around.installEventFilter(self)
        return super().event(event)

    def moveEvent(self, event: QMoveEvent) -> None:
        """Keep the notices in view while it is scrolled."""
        super().moveEvent(event)
        self._place_notices()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the notices over the middle, whoever gave it another place, and in view."""
        if watched in (self._middle, self.parentWidget()) and event.type() in (QEvent.Type.Resize, QEvent.Type.Move):
            self._place_notices()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold panels away where there is no room for them, and bring them back where there is."""
        super().resizeEvent(event)
        for fold in self._folds:
            fold.follow(self.width())


class _Fold:
    """A panel that gives way in a window below some width. In a tight one, asking for it puts the other panel away."""

    def __init__(self, below: int, shown: QAction, other: QAction) -> None:
        self._below, self._shown, self._other = below, shown, other
        self._narrow = self._folded = self._tight = False
        shown.toggled.connect(self._make_room)
        other.toggled.connect(self._give_way)

    def follow(self, width: int) -> None:
        """The window has this width."""
        narrow, self._tight = width < self._below, width < TIGHT
        if narrow == self._narrow:
            return
        self._narrow = narrow
        if narrow:
            self._folded = self._shown.isChecked()
            self._shown.setChecked(False)
        elif self._folded:
            self._shown.setChecked(True)

    def _make_room(self, on: bool) -> None:
        if on and self._tight:
            self._other.setChecked(False)

    def _give_way(self, on: bool) -> None:
        if on and self._tight:
            self._shown.setChecked(False)
