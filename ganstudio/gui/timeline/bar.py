"""The timeline under what G makes: scrub it, play it as a film, put another beside, branch from a checkpoint."""

from __future__ import annotations

from bisect import bisect_right
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QSize, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QWidget

from ganstudio.gui.looks import icons, theme
from ganstudio.gui.parts.chips import Chip, action, muted_label, step_text
from ganstudio.gui.timeline.strip import TimelineStrip
from ganstudio.scalars import counted

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.game.past import Past

FILM_MS, FRAME_MS = 20_000, 40
"""The whole training as a film takes no longer than the first; a moment stands at least as long as the second."""


class TimelineBar(QWidget):
    """Shows the model ``past`` of the open game, or games, and moves it. ``branched`` carries the step of a checkpoint.

    inset: whether it keeps off the edges of its place.
    """

    branched = Signal(int)

    def __init__(self, game: Game, past: Past, *, inset: bool = True) -> None:
        super().__init__()
        self.setObjectName("timeline")
        self._game, self._past = game, past
        self.strip = TimelineStrip(game, past)
        self.film = QToolButton()
        self.film.setObjectName("timeline_film")
        self.film.setIconSize(QSize(14, 14))
        self.film.clicked.connect(self._on_film)
        self._told = muted_label()
        self._told.setObjectName("timeline_step")
        self.compare = Chip("Compare", "Keep the moment that is seen beside, and go to another one")
        self.compare.setObjectName("timeline_compare")
        self.compare.clicked.connect(self._on_compare)
        self.branch = action("Branch…", "A new run that goes on from a checkpoint, with other settings if you like")
        self.branch.setObjectName("timeline_branch")
        self.branch.clicked.connect(self._ask_branch)
        self.now = action("Now", "Back to G as it is now")
        self.now.setObjectName("timeline_now")
        self.now.clicked.connect(lambda: past.go(None))
        layout = QHBoxLayout(self)
        if inset:
            layout.setContentsMargins(theme.SPACING, 0, theme.SPACING, theme.SPACING - 2)
        else:
            layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.film)
        layout.addWidget(self.strip, 1)
        for widget in (self._told, self.compare, self.branch, self.now):
            layout.addWidget(widget)
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._on_next)
        past.moved.connect(self._show)
        past.grown.connect(self._show)
        game.scalars.connect(lambda _event: self.strip.update())
        game.failed.connect(lambda _event: self._show())
        self._show()

    @property
    def plays(self) -> bool:
        """Whether the film runs."""
        return self._timer.isActive()

    def menu(self) -> QMenu:
        """The checkpoints that a new run can be branched from, the nearest to what is seen first."""
        menu = QMenu(self)
        menu.setObjectName("timeline_branches")
        near = self._game.step if self._past.shown is None else self._past.shown
        for step in sorted(self._past.checkpoints, key=lambda each: (abs(each - near), -each)):
            menu.addAction(f"From Step {step:,}").triggered.connect(partial(self._branch, step))
        return menu

    # --- what hands ask ---

    def _on_film(self) -> None:
        if self.plays:
            self._timer.stop()
        else:
            if self._past.shown is None or self._past.shown == self._past.steps[-1]:
                self._past.go(self._past.steps[0])
            self._timer.start(max(FRAME_MS, FILM_MS // max(len(self._past.steps), 1)))
        self._show()

    def _on_next(self) -> None:
        """The next moment, once the one before is seen; of very many, some are passed over."""
        if self._past.waits:
            return
        if self._past.shown is None or self._past.shown == self._past.steps[-1]:
            self._timer.stop()
            self._past.go(None)  # where the film has come to, and there is D to be seen with it
            self._show()
        else:
            stride = max(1, len(self._past.steps) * FRAME_MS // FILM_MS)
            place = bisect_right(self._past.steps, self._past.shown) + stride - 1
            self._past.go(self._past.steps[min(place, len(self._past.steps) - 1)])

    def _on_compare(self) -> None:
        shown = self._past.shown
        kept = self._past.steps[-1] if shown is None and self._past.steps else shown
        self._past.put_beside(kept if self.compare.isChecked() else None)

    def _branch(self, step: int) -> None:
        self.branched.emit(step)

    def _ask_branch(self) -> None:
        menu = self.menu()
        menu.exec(self.branch.mapToGlobal(QPoint(0, -menu.sizeHint().height())))  # above it: below are the sliders
        menu.deleteLater()

    # --- what is shown ---

    def _show(self) -> None:
        past = self._past
        there = bool(past.steps)
        lives = self._game.way_back is None  # else there is no G that moments could be shown with
        if self.plays and not (there and lives):
            self._timer.stop()
        for part in (self.strip, self.compare, self.now):
            part.setEnabled(lives)
        self.film.setEnabled(there and lives)
        self.film.setIcon(icons.icon("pause" if self.plays else "play"))
        says = "Stop the film" if self.plays else "Play the training as a film, from the moment that is seen"
        self.film.setToolTip(says)
        self.film.setAccessibleName(says.partition(",")[0])
        for widget in (self._told, self.compare, self.branch, self.now):
            # Else the strip would move under the mouse; while it is empty, its words have the room.
            policy = widget.sizePolicy()
            policy.setRetainSizeWhenHidden(there)
            widget.setSizePolicy(policy)
        self.compare.setVisible(there)
        self.compare.setChecked(past.beside is not None)
        self.branch.setVisible(bool(past.checkpoints))
        self.now.setVisible(past.shown is not None)
        self._told.setVisible(there)
        told = "now" if past.shown is None else step_text(past.shown)
        self._told.setText(told)
        widest = step_text(max(self._game.step, past.steps[-1] if there else 0))
        self._told.setMinimumWidth(self._told.fontMetrics().horizontalAdvance(widest))
        self.strip.setAccessibleDescription(f"{told}, {counted(len(past.steps), 'moment')}")
        self.strip.update()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody sees the film any more."""
        super().hideEvent(event)
        self._timer.stop()
        self._show()
