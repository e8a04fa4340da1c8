"""What the settings panel is put together from: groups that fold away, and the banner of what waits."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from ganstudio.gui.looks import icons, theme
from ganstudio.gui.parts.elided import ElidedLabel
from ganstudio.gui.parts.laid import stacked

_ARROW = 42  # the header's arrow, and the air about it and the title


class CollapsibleGroup(QWidget):
    """A titled group that folds away; folded, its header says what is inside."""

    def __init__(self, title: str, *, expanded: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.header = QToolButton()
        self.header.setObjectName("groupHeader")
        self.header.setText(title)
        self.header.setCheckable(True)
        self.header.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.header.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._summary = ElidedLabel()
        self._summary.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._summary.setProperty("role", "muted")
        self._summary.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        within = QHBoxLayout(self.header)
        # The header paints its own arrow and title; the summary begins behind them.
        within.setContentsMargins(self.header.fontMetrics().horizontalAdvance(title) + _ARROW, 0, 8, 0)
        within.addWidget(self._summary)
        self.card = QFrame()
        """What ``add`` puts widgets into: their parent, so that they need not be moved there."""
        self.card.setObjectName("groupCard")
        self._column = QVBoxLayout(self.card)
        self._column.setContentsMargins(9, 10, 9, 10)
        self._column.setSpacing(theme.SPACING + 2)
        stacked(self.header, self.card, on=self, spacing=4)
        self.header.toggled.connect(self._fold)
        self.header.setChecked(expanded)
        self._fold(expanded)

    @property
    def filled(self) -> bool:
        """Whether there is anything inside."""
        return self._column.count() > 0

    def add(self, widget: QWidget) -> None:
        """Put a widget below those that the group holds."""
        self._column.addWidget(widget)

    def set_summary(self, words: str) -> None:
        """Say in a few words what is inside."""
        self._summary.show_text(words)
        self.header.setAccessibleDescription(words)

    def _fold(self, expanded: bool) -> None:
        self.card.setVisible(expanded)
        self._summary.setVisible(not expanded)
        self.header.setIcon(icons.icon("chevron-down" if expanded else "chevron-right", theme.MUTED))


class PendingBanner(QWidget):
    """How many changes wait for the run to start over, and the two ways out."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._words = QLabel()
        self._words.setWordWrap(True)
        self.start_over = QPushButton("Start over")
        self.start_over.setProperty("primary", True)
        self.start_over.setIcon(icons.icon("reset", theme.ON_ACCENT))
        self.start_over.setToolTip("Begin again at step 0 with the changes; the run so far stays on disk")
        self.undo = QPushButton("Undo")
        self.undo.setToolTip("Take the changes back")
        card = QFrame()
        card.setObjectName("banner")
        column = QVBoxLayout(card)
        column.setContentsMargins(10, 8, 10, 10)
        column.setSpacing(theme.SPACING)
        column.addWidget(self._words)
        buttons = QHBoxLayout()
        buttons.setSpacing(theme.SPACING)
        buttons.addWidget(self.start_over)
        buttons.addWidget(self.undo)
        buttons.addStretch(1)
        column.addLayout(buttons)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 10, 8, 4)
        layout.addWidget(card)
        self.set_count(0)

    @property
    def words(self) -> str:
        """What the banner says."""
        return self._words.text()

    def set_count(self, count: int) -> None:
        """Show the number of changes; none hides the banner."""
        changes = "1 change takes" if count == 1 else f"{count} changes take"
        self._words.setText(f"{changes} effect when the run starts over")
        self.setVisible(count > 0)
