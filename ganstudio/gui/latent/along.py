"""What is done with directions of z in the latent panel: z is moved along them, and what the sliders make is marked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganstudio.gui.latent.direction_controls import DirectionControls
from ganstudio.gui.latent.directions import Directions

if TYPE_CHECKING:
    from ganstudio.gui.latent.directions import Group
    from ganstudio.gui.latent.state import LatentState
    from ganstudio.gui.latent.trace import HeldTrace
    from ganstudio.gui.latent.turns import LatentTurns


class AlongDirections(QObject):
    """Moves a state along directions. ``moved`` comes while a slider is on its way, ``changed`` when a value is set.

    ``traversed`` comes when another slider is traversed from now on: it is held, or its direction is gone.
    """

    moved = Signal()
    changed = Signal()
    traversed = Signal()

    def __init__(self, trace: HeldTrace, parent: QObject) -> None:
        super().__init__(parent)
        self.directions = Directions(self)
        self.controls = DirectionControls(self.directions)
        self._trace = trace
        self._state: LatentState | None = None
        self.controls.moved.connect(lambda place, value: self._move(place, value, under_way=True))
        self.controls.typed.connect(self.set_value)
        self.controls.marked.connect(self._mark)
        self.controls.taken.connect(self._take)
        self.controls.let_go.connect(trace.let_go)
        self.directions.changed.connect(self._follow)

    def open(self, state: LatentState, turns: LatentTurns) -> None:
        """Be of this state from now on; where z can't be turned there is nothing to be seen."""
        self._state, self._turns = state, turns
        self.controls.setVisible(state.spec.turned > 0)

    def set_value(self, place: int, value: float) -> None:
        """Let z lie so far along the direction of this place; there may be none."""
        self._move(place, value, under_way=False)

    def _move(self, place: int, value: float, *, under_way: bool) -> None:
        if self._state is not None and 0 <= place < len(self.directions.all):
            direction = self.directions.all[place]
            with self._turns.turning(direction.name):
                self._state.move_along(direction, value)
                (self.moved if under_way else self.changed).emit()

    def go_to_share(self, share: float) -> None:
        """Where the strip of the direction that moved last was clicked, from -1 to 1."""
        state = self._state
        if state is not None and state.way is not None:
            self.set_value(self.directions.all.index(state.way), share * state.moved_limit)

    def _take(self, place: int, by_mouse: bool) -> None:
        if self._state is not None:
            self._state.way = self.directions.all[place]
            self._trace.take(self._state.moved_name, by_mouse=by_mouse)
            self.traversed.emit()

    def _follow(self) -> None:
        """There are others: one that is gone is traversed no more, one that has another name is."""
        state = self._state
        if state is None:
            return
        self.controls.show_state(state)
        if (way := state.way) is not None and way not in self.directions.all:
            state.way = next((one for one in self.directions.all if one.vector is way.vector), None)
            self.traversed.emit()

    def _mark(self, group: Group) -> None:
        """Mark what the sliders make as one of a group, or no longer where it is one."""
        if self._state is not None:
            latents = self._state.latents
            self.directions.mark(None if self.directions.group_of(latents) == group else group, latents)
