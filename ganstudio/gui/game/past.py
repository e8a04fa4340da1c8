"""Which moment of their training the open game, or games, are seen at: now, or one kept; and a second one beside it."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganstudio.run import checkpoints_of, step_of_checkpoint

if TYPE_CHECKING:
    from ganstudio.gui.game.model import Game
    from ganstudio.training.messages import Frame, GroupFrame, MomentsKept


class Past(QObject):
    """Asks for one moment at a time; while an answer is awaited, only the newest wish waits.

    steps: of which there are moments, rising. checkpoints: those that can be gone on from, rising. shown: the step that
    is seen, None: now. beside: the step next to it, None: nothing is. ``moved`` comes when one of these changes,
    ``grown`` when there are others to go to.
    """

    moved = Signal()
    grown = Signal()

    def __init__(self, game: Game) -> None:
        super().__init__(game)
        self._game = game
        self.steps: tuple[int, ...] = ()
        self.checkpoints: tuple[int, ...] = ()
        self.shown: int | None = None
        self.beside: int | None = None
        self._visit = 0
        self._waits = self._wished = False
        game.opened.connect(lambda _opened: self._begin())
        game.group_opened.connect(lambda _opened: self._begin())
        game.moments_kept.connect(self._on_kept)
        game.checkpointed.connect(lambda _event: self._find_checkpoints())

    @property
    def waits(self) -> bool:
        """Whether what was asked for last is still to be seen."""
        return self._waits or self._wished

    def go(self, step: int | None) -> None:
        """See the moment nearest to a step; None: now."""
        self._see(None if step is None else self.nearest(step), self.beside)

    def put_beside(self, step: int | None) -> None:
        """See the moment nearest to a step next to what is seen; None: nothing."""
        self._see(self.shown, None if step is None else self.nearest(step))

    def turn(self, by: int) -> None:
        """Go so many moments on, or back where ``by`` is below 0; beyond the last one is now."""
        if not self.steps:
            return
        at = len(self.steps) if self.shown is None else bisect_left(self.steps, self.shown)
        to = max(at + by, 0)
        self.go(self.steps[to] if to < len(self.steps) else None)

    def nearest(self, step: int) -> int | None:
        """The step of the nearest moment; None where there are none."""
        place = bisect_left(self.steps, step)
        return min(self.steps[max(place - 1, 0) : place + 1], key=lambda each: abs(each - step), default=None)

    def takes(self, frame: Frame | GroupFrame) -> bool:
        """Whether a frame is of what is asked for: others were on their way when that changed."""
        if frame.visit != self._visit:
            return False
        if self._waits:
            self._waits = False
            if self._wished:
                self._ask()
            elif frame.past is (self.shown is None):  # it can't be read, of which a notice tells
                self._see(None, None)
        return frame.past is (self.shown is not None)

    def _begin(self) -> None:
        self.steps, self.shown, self.beside = (), None, None
        self._visit, self._waits, self._wished = 0, False, False
        self._find_checkpoints()
        self.grown.emit()
        self.moved.emit()

    def _on_kept(self, event: MomentsKept) -> None:
        self.steps = event.steps
        self.grown.emit()

    def _find_checkpoints(self) -> None:
        run = self._game.run if self._game.single is not None else None
        found = () if run is None else (step_of_checkpoint(path) for path in checkpoints_of(run))
        self.checkpoints = tuple(sorted(step for step in found if step <= max(self._game.step, self._game.kept_step)))
        self.grown.emit()

    def _see(self, shown: int | None, beside: int | None) -> None:
        if (shown, beside) == (self.shown, self.beside):
            return
        self.shown, self.beside = shown, beside
        if self._waits:
            self._wished = True
        else:
            self._ask()
        self.moved.emit()

    def _ask(self) -> None:
        if self._game.run is not None:
            self._waits, self._wished = True, False
            self._visit = self._game.bridge.revisit(self._game.run, self.shown, self.beside)
