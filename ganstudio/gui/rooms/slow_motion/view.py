"""Slow motion: one real step of the training, walked through stage by stage at the user's own pace."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action, exclusive, muted_label, row, step_text
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.rooms.slow_motion.picture import StagePicture
from ganstudio.gui.rooms.slow_motion.strip import COLOURS, LayerBars, StageStrip
from ganstudio.gui.rooms.slow_motion.words import tell
from ganstudio.gui.text.plain import markup
from ganstudio.gui.text.words import value_label
from ganstudio.modalities import Points
from ganstudio.training.messages import SlowStep

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QResizeEvent

    from ganstudio.modalities import Modality
    from ganstudio.training.messages import Opened, Stage, Stages

STAGE_MS = 1600
_SPEEDS = {"½×": 0.5, "1×": 1.0, "2×": 2.0}
_VERDICT = (theme.FAKE, theme.REAL)
_NARROW = 640
_EMPTY = (
    "One step of the training, taken apart: what is drawn, what G makes of it, what D says, and how both of them move."
    "\n\nThe step is a real one and counts."
)


class SlowMotionView(QWidget):
    """Stages of one step: a strip of them, a picture, a sentence, an equation; Back, Next and Play, arrow keys too.

    ``step_wanted`` carries a ``SlowStep`` that asks for another step, which ``show_stages`` then brings; ``closed``
    asks to leave the view.
    """

    step_wanted = Signal(object)
    closed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._stages: Stages | None = None
        self._index = 0
        self._waiting = False
        self._timer = QTimer(self, interval=STAGE_MS)
        self._timer.timeout.connect(self.next)
        self.strip = StageStrip()
        self.strip.chosen.connect(self.go)
        self.picture = StagePicture()
        self._modality: Modality = Points()
        self._build_words()
        self._build_buttons()
        self._arrange()
        self._show()

    # --- what the window calls ---

    def open(self, opened: Opened) -> None:
        """Forget the last experiment's step."""
        self.picture.set_prior(opened.experiment.latent.prior)
        self._modality = opened.modality
        self.picture.open(opened.modality, opened.plane)
        self._stages, self._index, self._waiting = None, 0, False
        self.set_playing(False)
        self._show()

    def show_stages(self, stages: Stages) -> None:
        """Walk through a step from its first stage; while playing it goes on by itself."""
        self._stages, self._index, self._waiting = stages, 0, False
        self.picture.set_prior(stages.experiment.latent.prior)
        self.strip.set_stages(stages.stages)
        if self._playing.isChecked():
            self._timer.start()
        self._show()

    def stage(self) -> Stage | None:
        """The stage that is shown."""
        return None if self._stages is None else self._stages.stages[self._index]

    def go(self, index: int) -> None:
        """Show one stage of the step."""
        if self._stages is None:
            return
        self._index = min(max(index, 0), len(self._stages.stages) - 1)
        if self._timer.isActive():
            self._timer.start()  # each stage has its whole time, however it was come to
        self._show()

    def next(self) -> None:
        """The next stage; after the last, ask for another step."""
        if self._waiting:
            return
        if self._stages is not None and self._index + 1 < len(self._stages.stages):
            self.go(self._index + 1)
            return
        self._waiting = True
        self._timer.stop()
        self._show_buttons()
        self.step_wanted.emit(SlowStep(self.picture.coverage()))

    def back(self) -> None:
        """The stage before."""
        self.go(self._index - 1)

    def set_playing(self, on: bool) -> None:
        """Go from stage to stage, and from step to step, by itself, or stop doing so."""
        self._playing.setChecked(on)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep room for the longest sentence, so that the picture stays where it is from stage to stage."""
        lines = 3 if event.size().width() < _NARROW else 2
        self._sentence.setFixedHeight(lines * self._sentence.fontMetrics().lineSpacing() + 4)
        super().resizeEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:
        """Training does not go on behind the user's back."""
        self.set_playing(False)
        super().hideEvent(event)

    # --- how it is built ---

    def _build_words(self) -> None:
        self._title, self._step = QLabel(), muted_label()
        self._title.setProperty("role", "title")
        self._sentence, self._equation = QLabel(wordWrap=True), QLabel(wordWrap=True)
        font = self._sentence.font()
        font.setPixelSize(theme.FONT_TITLE + 1)
        self._sentence.setFont(font)
        self._sentence.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._equation.setStyleSheet(f"color: {theme.MUTED}; font-size: {theme.FONT_TITLE}px;")
        markup(self._equation)
        self._readouts = markup(QLabel())
        self._bars = LayerBars()
        for label, name in (
            (self._sentence, "What happens"),
            (self._equation, "Equation"),
            (self._readouts, "Numbers"),
        ):
            label.setAccessibleName(name)

    def _build_buttons(self) -> None:
        self._back, self._next = QPushButton("‹ Back"), QPushButton()
        self._next.setProperty("primary", True)
        self._next.setMinimumWidth(112)
        self._playing = QPushButton()
        self._playing.setCheckable(True)
        self._playing.setMinimumWidth(76)
        self._playing.setToolTip("Walk through stages and steps by itself")
        speeds = [Chip(text, "How fast Play goes from stage to stage") for text in _SPEEDS]
        self._speeds = exclusive(*speeds)
        speeds[1].setChecked(True)
        self._speeds.idToggled.connect(self._on_speed)
        self._change = Chip("Change", "What D's move did to D(x), made as strong as the colours go", *_VERDICT)
        self._after = Chip("D after", "D(x) as it is after the move", *_VERDICT)
        exclusive(self._change, self._after)
        self._change.toggled.connect(self._show_picture)
        self._fit = action("Fit", "Back to the whole picture. The wheel zooms, dragging moves")
        self._close = action("Close", "Back to the training as it goes (Escape)")
        self._fit.clicked.connect(self.picture.fit)
        self._close.clicked.connect(self.closed)
        self._back.clicked.connect(self.back)
        self._next.clicked.connect(self.next)
        self._playing.toggled.connect(self._on_playing)
        for key, act in ((Qt.Key.Key_Left, self.back), (Qt.Key.Key_Right, self.next), (Qt.Key.Key_Escape, self._leave)):
            shortcut = QShortcut(QKeySequence(key), self, act)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        self._back.setToolTip("The stage before (Left)")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def _arrange(self) -> None:
        self._empty = QLabel(_EMPTY, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty.setProperty("role", "muted")
        self._told = QWidget()
        told = stacked(self.strip, (self.picture, 1), self._sentence, on=self._told, spacing=theme.SPACING - 2)
        below = QHBoxLayout()
        below.setSpacing(theme.SPACING * 2)
        below.addWidget(self._equation, 1)
        below.addWidget(self._bars)
        below.addWidget(self._readouts)
        told.addLayout(below)
        self._bars.setFixedHeight(38)
        self._readouts.setFixedHeight(38)
        self._readouts.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        layout = QVBoxLayout(self)
        edge = 2 * theme.SPACING  # as of every room: its name stands where theirs does
        layout.setContentsMargins(edge, edge, edge, theme.SPACING)
        layout.setSpacing(theme.SPACING - 2)
        layout.addLayout(row(self._title, self._step, None, self._change, self._after, self._fit, self._close))
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._told, 1)
        layout.addLayout(row(self._back, self._playing, *self._speeds.buttons(), None, self._next))

    # --- what it shows ---

    def _show(self) -> None:
        stages, stage = self._stages, self.stage()
        self._told.setVisible(stage is not None)
        self._empty.setVisible(stage is None)
        self._title.setText("Slow motion")
        self._step.clear()
        if stages is not None and stage is not None:
            self.strip.set_current(self._index)
            self._step.setText(f"  {step_text(stages.step)}")
            kind, given = stages.kinds.get(stage.game, (self._modality, None))
            told = tell(stage, stages.experiment.games[stage.game], kind, given)
            of_game = f"{value_label(stage.game or 'last')} game: " if len(stages.kinds) > 1 else ""
            self._title.setText(of_game + told.title)
            self._sentence.setText(told.sentence)
            self._equation.setText(told.equation)
            self._readouts.setText(_table(told.readouts))
            self._bars.setVisible("gradient_norms" in stage.layers)
            if "gradient_norms" in stage.layers:
                self._bars.set_norms(stage.layers["gradient_norms"], COLOURS[stage.player])
        self._show_picture()
        self._show_buttons()

    def _show_picture(self) -> None:
        stages, stage = self._stages, self.stage()
        has_change = stage is not None and "landscape_before" in stage.layers
        self._change.setVisible(has_change)
        self._after.setVisible(has_change)
        self._fit.setVisible(stage is not None)
        if stages is not None and stage is not None:
            kind, given = stages.kinds.get(stage.game, (self._modality, None))
            self.picture.tell_kinds(kind, given)
            bounds = None if stage.game else stages.bounds
            self.picture.show_stage(stage, bounds, change=self._change.isChecked())

    def _show_buttons(self) -> None:
        stages = self._stages
        last = stages is not None and self._index + 1 == len(stages.stages)
        self._back.setEnabled(self._index > 0)
        # Where it is switched off while a step is awaited it would lose the keyboard: ``next`` knows that it waits.
        text = "Make a step ›" if stages is None else "Next step ›" if last else "Next ›"
        self._next.setText("One moment…" if self._waiting else text)
        tip = "Carry out a step of the training" if last or stages is None else "The next stage"
        self._next.setToolTip(f"{tip} (Right)")
        self._playing.setText("Stop" if self._playing.isChecked() else "Play")

    def _on_playing(self, on: bool) -> None:
        if not on:
            self._timer.stop()
        elif self._stages is None:
            self.next()
        elif not self._waiting:
            self._timer.start()
        self._show_buttons()

    def _on_speed(self, index: int, on: bool) -> None:
        if on:
            self._timer.setInterval(round(STAGE_MS / list(_SPEEDS.values())[index]))

    def _leave(self) -> None:
        self.closed.emit()


def _table(readouts: tuple[tuple[str, str], ...]) -> str:
    """Values above their names, as rich text."""
    values = "".join(f'<td align="right" style="padding-left:14px">{value}</td>' for _, value in readouts)
    names = "".join(
        f'<td align="right" style="padding-left:14px; color:{theme.MUTED}; font-size:{theme.FONT_SMALL}px">{name}</td>'
        for name, _ in readouts
    )
    return f"<table cellspacing='0'><tr>{values}</tr><tr>{names}</tr></table>" if readouts else ""
