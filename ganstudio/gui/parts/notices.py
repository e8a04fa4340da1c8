"""A line of news under the bar: what was opened, skipped, refused or went wrong. It never stands in the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ganstudio.gui import theme

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DETAIL_LINES = 8
"""Lines of details that are seen at once; more are scrolled."""


class NoticeBar(QFrame):
    """Shows one notice at a time; details, such as the files that were skipped, open below it.

    What can be done about it stands there as buttons; pressing one takes the notice away.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self._text = QLabel(wordWrap=True)
        self._text.setTextFormat(Qt.TextFormat.PlainText)
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.offers: list[QPushButton] = []
        """The buttons of what can be done."""
        self._more, self._close = QToolButton(), QToolButton()
        self._more.setText("Details")
        self._more.setCheckable(True)
        self._close.setText("✕")
        self._close.setToolTip("Dismiss")
        self._close.setAccessibleName("Dismiss")
        for button in (self._more, self._close):
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._details = QPlainTextEdit(readOnly=True)
        self._details.setAcceptDrops(False)  # what is dropped here is meant for the window
        self._details.viewport().setAcceptDrops(False)
        self._details.hide()
        self._more.toggled.connect(self._details.setVisible)
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout()
        row.addWidget(self._text, 1)
        self._places = QHBoxLayout()
        row.addLayout(self._places)
        row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACING * 2, theme.SPACING, theme.SPACING, theme.SPACING)
        layout.addLayout(row)
        layout.addWidget(self._details)
        self.hide()

    def show_notice(
        self,
        text: str,
        details: str = "",
        *,
        wrong: bool = False,
        offers: Mapping[str, Callable[[], object]] | None = None,
    ) -> None:
        """Say something; ``wrong`` marks what went wrong. offers: what can be done about it, by the button's words."""
        edge = theme.DANGER if wrong else theme.ACCENT
        self.setStyleSheet(
            f"#notice {{ background: {theme.RAISED}; border: none; border-left: 4px solid {edge}; }}"
            f"#notice QLabel {{ background: transparent; }}"
        )
        self._text.setText(text)
        self._offer(offers or {})
        self._details.setPlainText(details)
        lines = min(details.count("\n") + 1, DETAIL_LINES)
        self._details.setFixedHeight(lines * self._details.fontMetrics().lineSpacing() + 3 * theme.SPACING)
        self._more.setVisible(bool(details))
        self._more.setChecked(False)
        self.show()

    def _offer(self, offers: Mapping[str, Callable[[], object]]) -> None:
        for button in self.offers:
            self._places.removeWidget(button)
            button.hide()
            button.deleteLater()  # it may be the one whose click brought this notice
        self.offers = []
        for words, act in offers.items():
            button = QPushButton(words)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked=False, act=act: self._take(act))
            self._places.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
            self.offers.append(button)

    def _take(self, act: Callable[[], object]) -> None:
        self.hide()  # before: what is done may have its own word to say
        act()

    def text(self) -> str:
        """What is being said; empty when nothing is."""
        return "" if self.isHidden() else self._text.text()

    def details(self) -> str:
        """What stands behind the button Details."""
        return self._details.toPlainText()
