"""News over the window's lower edge: what was opened, skipped, refused or went wrong. It moves nothing aside."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRect, Qt, QTimer
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

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.flow import FlowLayout

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QHideEvent, QKeyEvent

DETAIL_LINES = 8
"""Lines of details that are seen at once; more are scrolled."""
WIDTH = 640
GOES_MS, LETTER_MS = 4000, 60
"""News stays for so long, and longer the more there is to read."""
_MARGIN = 2 * theme.SPACING


class NoticeBar(QFrame):
    """Shows one notice at a time; details, such as the files that were skipped, open below it.

    What can be done about it stands there as buttons; pressing one takes the notice away. Mere news goes by itself
    when it can have been read, but not from under the mouse; what went wrong, and what has details or buttons, stays
    until it is answered. It lies over what its parent shows, in the place that ``place_in`` gives it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("notice")
        self.setProperty("lies_over", True)
        self._area = QRect()
        self._going = QTimer(self, singleShot=True)
        self._going.timeout.connect(self._go)
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
        self._more.toggled.connect(self._place)
        self._close.clicked.connect(self.hide)
        row = QHBoxLayout()
        row.addWidget(self._text, 1)
        row.addWidget(self._more, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignTop)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.SPACING * 2, theme.SPACING, theme.SPACING, theme.SPACING)
        layout.addLayout(row)
        self._places = QWidget()
        self._flow = FlowLayout()
        self._places.setLayout(self._flow)
        layout.addWidget(self._places)
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
            f"#notice {{ background: {theme.RAISED}; border: 1px solid {theme.OUTLINE}; }}"
            f"#notice {{ border-left: 4px solid {edge}; }}"
            f"#notice QLabel {{ background: transparent; }}"
        )
        self._text.setText(text)
        self._offer(offers or {})
        self._details.setPlainText(details)
        lines = min(details.count("\n") + 1, DETAIL_LINES)
        self._details.setFixedHeight(lines * self._details.fontMetrics().lineSpacing() + 3 * theme.SPACING)
        self._more.setVisible(bool(details))
        self._more.setChecked(False)
        self._place()
        self.raise_()
        self.show()
        if wrong or details or offers:
            self._going.stop()
        else:
            self._going.start(GOES_MS + LETTER_MS * len(text))

    def retell(self, text: str) -> None:
        """Say the same with other words, as of something that goes on: its buttons stay as they are."""
        if not self.isHidden():
            self._text.setText(text)
            self._place()

    def place_in(self, area: QRect) -> None:
        """Lie along the lower edge of this part of the parent."""
        self._area = area
        self._place()

    def _place(self) -> None:
        layout = self.layout()
        assert layout is not None
        if self._area.isEmpty():
            return
        width = min(self._area.width() - 2 * _MARGIN, WIDTH)
        layout.invalidate()
        layout.activate()  # the rows in it, too, ask a label with another text for its height only then
        height = min(layout.totalHeightForWidth(width), self._area.height() - 2 * _MARGIN)
        left = self._area.left() + (self._area.width() - width) // 2
        self.setGeometry(left, self._area.bottom() + 1 - _MARGIN - height, width, height)

    def _go(self) -> None:
        held = self.window().focusWidget()
        if self.underMouse() or (held is not None and self.isAncestorOf(held)):
            self._going.start(GOES_MS)  # it is being read
        else:
            self.hide()

    def hideEvent(self, event: QHideEvent) -> None:
        """The next one has its own time."""
        self._going.stop()
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape takes it away."""
        if event.key() == Qt.Key.Key_Escape:
            self.hide()
        else:
            super().keyPressEvent(event)

    def _offer(self, offers: Mapping[str, Callable[[], object]]) -> None:
        for button in self.offers:
            button.hide()
            button.deleteLater()  # it may be the one whose click brought this notice
        self.offers = []
        for words, act in offers.items():
            button = QPushButton(words)
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            button.clicked.connect(lambda _checked=False, act=act: self._take(act))
            self.offers.append(button)
        self._flow.fill(*self.offers)
        self._places.setVisible(bool(self.offers))

    def _take(self, act: Callable[[], object]) -> None:
        self.hide()  # before: what is done may have its own word to say
        act()

    def text(self) -> str:
        """What is being said; empty when nothing is."""
        return "" if self.isHidden() else self._text.text()

    def details(self) -> str:
        """What stands behind the button Details."""
        return self._details.toPlainText()
