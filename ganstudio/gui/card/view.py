"""The dataset card: what was dropped, before it is trained on. It fills while the data are read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from ganstudio.data.card import SomePoints
from ganstudio.gui.card.choices import Choices
from ganstudio.gui.card.facts import Facts
from ganstudio.gui.card.lines import SampleLines
from ganstudio.gui.card.progress import ProgressLine
from ganstudio.gui.card.scatter import Scatter
from ganstudio.gui.card.sheet import ContactSheet
from ganstudio.gui.card.words import finished
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.elided import ElidedLabel
from ganstudio.gui.parts.panes import Pane
from ganstudio.gui.text.plain import plain_tip

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from ganstudio.data.reading.errands import Carded, Pictured, Previewed, Progressed
    from ganstudio.experiment import DatasetSpec

_FACTS, _CHOICES = 250, 290
_NARROW_FACTS, _NARROW_CHOICES = 196, 250
_NARROW = 960


class CardView(QWidget):
    """What is known at the left, the samples in the middle, the choices at the right.

    ``chosen(spec)`` comes when a person chooses; ``trained`` when it is to be trained on; ``left`` when it is not;
    ``wanted(first, count)`` asks for small pictures of samples, ``struck(index)`` for the sound of one.
    """

    chosen = Signal(object)
    trained = Signal()
    left = Signal()
    wanted = Signal(int, int)
    struck = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.title, self.verdict = ElidedLabel(), QLabel(wordWrap=True)
        self.message = QLabel(wordWrap=True, alignment=Qt.AlignmentFlag.AlignCenter)
        for label in (self.verdict, self.message):  # a name of 255 letters is a word that would widen the window
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.title.setProperty("role", "title")
        self.verdict.setProperty("role", "muted")
        self.train_button, self.cancel_button = QPushButton("Train on this"), QPushButton("Cancel")
        self.train_button.setProperty("primary", True)
        self.cancel_button.setToolTip("Back to the game as it was (Esc)")
        self.progress = ProgressLine()
        self.facts, self.choices = Facts(), Choices()
        self.sheet, self.scatter, self.lines = ContactSheet(), Scatter(), SampleLines()
        self.message.setContentsMargins(40, 0, 40, 60)
        self._middle = QStackedWidget()
        for widget in (self.sheet, self.scatter, self.lines, self.message):
            self._middle.addWidget(widget)
        self._none_ticked = False
        self._lay_out()
        self.train_button.clicked.connect(self.trained)
        self.cancel_button.clicked.connect(self.left)
        self.sheet.wanted.connect(self.wanted)
        self.lines.wanted.connect(self.wanted)
        self.sheet.struck.connect(self.struck)
        self.choices.changed.connect(self.chosen)
        self.facts.classes.changed.connect(self._take_classes)

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.verdict)
        head = QHBoxLayout()
        head.setSpacing(theme.SPACING)
        head.addLayout(words, 1)
        for button in (self.cancel_button, self.train_button):
            button.setMinimumHeight(theme.CONTROL_HEIGHT + 2)
            head.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)
        body = QHBoxLayout()
        body.setSpacing(2 * theme.SPACING)
        body.addWidget(self.facts)
        body.addWidget(self._middle, 1)
        body.addWidget(self.choices)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(16, 12, 12, 12)
        layout.setSpacing(theme.SPACING + 2)
        layout.addLayout(head)
        layout.addWidget(self.progress)
        layout.addLayout(body, 1)

    def panes(self) -> list[Pane]:
        """The parts that F6 goes to: what is known, the samples, the choices, and the button to train."""
        return [Pane(self.facts), Pane(self._middle), Pane(self.choices), Pane(self.train_button)]

    # --- what is shown ---

    def begin(self, name: str) -> None:
        """Something is looked at of which nothing is known yet."""
        self.title.show_text(name)
        self.verdict.setText("Looking at what it is…")
        self.progress.begin("")
        self.facts.clear()
        self.choices.clear()
        self.sheet.clear()
        self.lines.clear()
        self.message.clear()
        self._middle.setCurrentWidget(self.sheet)
        self._none_ticked = False
        self.allow()

    def begin_again(self) -> None:
        """The same is read again, with other choices."""
        self.progress.begin("Reading again with these choices…")
        self.sheet.begin_again()
        self.lines.clear()  # other choices make other words of them

    def show_card(self, carded: Carded, name: str, chosen: DatasetSpec, proposed: DatasetSpec | None) -> None:
        """Tell what is known by now; chosen: the choices as they stand, which may be newer than the card."""
        card = carded.card
        self.title.show_text(name)
        told = card.question or card.verdict
        self.verdict.setText(told[:1].upper() + told[1:])
        self.verdict.setToolTip(plain_tip(self.verdict.text()))
        self.facts.show_card(card, chosen)
        self.choices.show_spec(chosen, proposed, carded.columns)
        self.choices.reading.show_readings(card.readings, chosen, owed=bool(card.question))
        self.choices.game.show_card(card)
        read = card.modality.read_first
        self.choices.set_pictured(card.pictured and not read)
        if read:
            self._middle.setCurrentWidget(self.lines)
            if card.complete:
                self.lines.show_count(card.count)
        elif card.pictured:
            self.sheet.set_count(card.count, complete=card.complete)
            self._middle.setCurrentWidget(self.sheet)
        elif isinstance(card.picture, SomePoints):
            self.scatter.show_points(card.picture.points)
            self._middle.setCurrentWidget(self.scatter)
        if card.complete:
            self.progress.end(finished(card))
            self.choices.show_count(card.count)

    def show_progress(self, progress: Progressed) -> None:
        """So many files are read."""
        self.progress.show_progress(progress.done, progress.total)

    def show_pictures(self, pictured: Pictured) -> None:
        """Small pictures of samples."""
        self.sheet.put(pictured.first, pictured.images, pictured.names)
        if self._middle.currentWidget() is self.lines:
            self.lines.put(pictured.first, pictured.names)

    def show_preview(self, previewed: Previewed) -> None:
        """The first images under the choices."""
        if previewed.images is None:
            self.choices.strip.refuse(previewed.why)
        else:
            self.choices.strip.show_images(previewed.images)

    def refuse(self, why: str) -> None:
        """It can't be trained on, and why."""
        self.message.setText(why)
        self._middle.setCurrentWidget(self.message)
        self.progress.end("")
        self.allow(why)

    def allow(self, why_not: str = "", *, waiting: str = "") -> None:
        """Whether it can be trained on: why not, if it can't; waiting: what is waited for, once it was asked for."""
        why_not = why_not or ("Tick at least one class" if self._none_ticked else "")
        self.train_button.setEnabled(not why_not and not waiting)
        self.train_button.setText(waiting or "Train on this")
        self.train_button.setToolTip(why_not or "Train a game on these data (Enter)")

    @property
    def pictured(self) -> bool:
        """Whether samples are shown as pictures."""
        return self._middle.currentWidget() is self.sheet

    def _take_classes(self, used: tuple[str, ...] | None) -> None:
        self._none_ticked = used is None
        if used is None:
            self.allow()
        else:
            self.choices.take_classes(used)

    # --- events ---

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter trains, Escape goes back; in a field that is typed in, Enter first takes what was typed."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            focused = QApplication.focusWidget()
            if isinstance(focused, QLineEdit | QAbstractSpinBox):
                self.setFocus()
            elif isinstance(focused, QAbstractButton):
                focused.click()
            elif self.train_button.isEnabled():
                self.trained.emit()
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the samples the most room."""
        super().resizeEvent(event)
        narrow = event.size().width() < _NARROW
        self.facts.setFixedWidth(_NARROW_FACTS if narrow else _FACTS)
        self.choices.setFixedWidth(_NARROW_CHOICES if narrow else _CHOICES)
