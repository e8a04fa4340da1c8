"""The window's shell: bar, panels and places, painted before anything heavy is loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSettings, QSize, Qt
from PySide6.QtWidgets import QLabel, QMainWindow, QSplitter, QStackedWidget, QTabWidget, QVBoxLayout, QWidget

from ganstudio.gui import theme
from ganstudio.gui.library.datasets import DatasetsView
from ganstudio.gui.library.presets import PresetsView
from ganstudio.gui.library.runs import RunsView
from ganstudio.gui.parts.notices import NoticeBar
from ganstudio.gui.window.actions import build_actions, build_menus
from ganstudio.gui.window.transport import TransportBar

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtGui import QResizeEvent

LIBRARY_WIDTH, MIDDLE_WIDTH, SETTINGS_WIDTH = 232, 900, 290
SIZE, LEAST_SIZE = QSize(1440, 900), QSize(1000, 640)
FRAME = QSize(8, 40)
"""Room for a title bar and borders, which are the desktop's and have no size before the window is shown."""
NARROW = 1280
"""Below this width there is no room for all the columns: the settings give way."""


def fitting(screen: QSize) -> QSize:
    """How large the window opens: on a small screen no larger than fits with its frame."""
    return SIZE.boundedTo(screen - FRAME).expandedTo(LEAST_SIZE)


class Shell(QMainWindow):
    """Library on the left, what is seen in the middle, settings on the right, the bar and the notices above.

    The middle and the right are places: ``put_middle`` and ``put_right`` fill them when their widgets are loaded.
    """

    def __init__(self, runs: Path, settings: QSettings | None) -> None:
        super().__init__()
        self.setWindowTitle("GAN Studio")
        self._kept = settings
        self._narrow = self._folded = False
        self.actions_by_id = build_actions(self)
        build_menus(self.menuBar(), self.actions_by_id)
        self.transport = TransportBar(self.actions_by_id)
        self.notices = NoticeBar()
        self.presets = PresetsView()
        self.datasets = DatasetsView()
        self.earlier_runs = RunsView(runs)
        self._lay_out()
        self.actions_by_id["toggle_library"].toggled.connect(self.library.setVisible)
        self.actions_by_id["toggle_settings"].toggled.connect(self._right.setVisible)

    def _lay_out(self) -> None:
        self.library = QTabWidget()
        self.library.setDocumentMode(True)
        self.library.addTab(self.presets, "Presets")
        self.library.addTab(self.datasets, "Data")
        self.library.addTab(self.earlier_runs, "Runs")
        waiting = QLabel("Setting up the views…", alignment=Qt.AlignmentFlag.AlignCenter)
        waiting.setStyleSheet(f"color: {theme.MUTED};")
        self._middle = QStackedWidget()
        self._middle.addWidget(waiting)
        self._right = QWidget()
        QVBoxLayout(self._right).setContentsMargins(0, 0, 0, 0)
        self._columns = QSplitter(Qt.Orientation.Horizontal)
        for panel, stretch in ((self.library, 0), (self._middle, 1), (self._right, 0)):
            self._columns.addWidget(panel)
            self._columns.setStretchFactor(self._columns.count() - 1, stretch)
        self._columns.setChildrenCollapsible(False)
        self._columns.setSizes([LIBRARY_WIDTH, MIDDLE_WIDTH, SETTINGS_WIDTH])
        body = QWidget()
        layout = QVBoxLayout(body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.transport)
        layout.addWidget(self.notices)
        layout.addWidget(self._columns, 1)
        self.setCentralWidget(body)
        # Else the first button would have the focus when the window opens, and take Space for itself.
        body.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.take_focus()
        self.setMinimumSize(LEAST_SIZE)
        self.resize(fitting(self.screen().availableSize()))
        if self._kept is not None and isinstance(kept := self._kept.value("geometry"), QByteArray):
            self.restoreGeometry(kept)
        self.transport.set_title("GAN Studio", "Loading torch…")
        self.transport.set_state(None)

    def take_focus(self) -> None:
        """Take the keyboard from whatever has it, so that Space is Play."""
        if (body := self.centralWidget()) is not None:
            body.setFocus()

    def put_middle(self, widget: QWidget) -> None:
        """Make room for something in the middle of the window."""
        self._middle.addWidget(widget)

    def show_middle(self, widget: QWidget) -> None:
        """Show one of what was put there."""
        self._middle.setCurrentWidget(widget)

    def middle(self) -> QWidget | None:
        """What the middle of the window shows."""
        return self._middle.currentWidget()

    def put_right(self, widget: QWidget) -> None:
        """Show the settings."""
        # Into a place that stands, so that the splitter keeps its three widgets and their sizes.
        place = self._right.layout()
        assert place is not None
        *others, wide = self._columns.sizes()
        sizes = [*others, wide or SETTINGS_WIDTH]  # 0 where they are folded away
        place.addWidget(widget)
        self._columns.setSizes(sizes)

    def show_library(self, panel: QWidget) -> None:
        """Bring one page of the library to the front."""
        self.actions_by_id["toggle_library"].setChecked(True)
        self.library.setCurrentWidget(panel)
        panel.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def keep_geometry(self) -> None:
        """Remember where the window stands, for the next start."""
        if self._kept is not None:
            self._kept.setValue("geometry", self.saveGeometry())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold the settings away where there is no room for them, and bring them back where there is."""
        super().resizeEvent(event)
        shown = self.actions_by_id["toggle_settings"]
        narrow = self.width() < NARROW
        if narrow != self._narrow:
            self._narrow = narrow
            if narrow:
                self._folded = shown.isChecked()
                shown.setChecked(False)
            elif self._folded:
                shown.setChecked(True)
