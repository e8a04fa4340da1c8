"""What moves a single input of G: a dimension of z or a code, by its slider, its buttons or a number that is typed."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganstudio.gui.text.words import name_of

if TYPE_CHECKING:
    from ganstudio.gui.latent.code_controls import CodeControls
    from ganstudio.gui.latent.latent_sliders import LatentSliders
    from ganstudio.gui.latent.state import LatentState
    from ganstudio.gui.latent.trace import HeldTrace
    from ganstudio.gui.latent.turns import LatentTurns


class LatentInputs(QObject):
    """Moves a state. ``moved`` comes while a control is on its way, ``changed`` when a value is set.

    ``traversed`` comes when another slider is traversed from now on, as it is held.
    """

    moved = Signal()
    changed = Signal()
    traversed = Signal()

    def __init__(
        self, sliders: LatentSliders, codes: CodeControls, turns: LatentTurns, trace: HeldTrace, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._sliders, self._codes, self._turns, self._trace = sliders, codes, turns, trace
        self._state: LatentState | None = None
        sliders.moved.connect(self._on_slider)
        sliders.typed.connect(self.set_value)
        sliders.lock_wanted.connect(self.toggle_lock)
        codes.changed.connect(self.turn_code)
        codes.typed.connect(self._set_code)
        for controls in (sliders, codes):
            controls.taken.connect(partial(self._on_taken, controls is codes))
            controls.let_go.connect(trace.let_go)

    def open(self, state: LatentState) -> None:
        """Be of this state from now on."""
        self._state = state

    def toggle_lock(self, dimension: int) -> None:
        """Keep a dimension of z where it is when z is drawn or nudged, or let it go."""
        if self._state is not None:
            self._state.locked ^= {dimension}
            self._sliders.show_locked(self._state.locked)

    def set_value(self, dimension: int, value: float) -> None:
        """Set a dimension of z."""
        if self._state is not None:
            with self._turns.turning(name_of(dimension)):
                self._state.set_dimension(dimension, value)
                self.changed.emit()

    def turn_code(self, index: int, value: float) -> None:
        """Turn a code by its control: to the number of a categorical one's value, or to a continuous one's value."""
        state = self._state
        if state is None:
            return
        with self._turns.turning_code(index):
            if state.spec.codes[index].kind == "categorical":
                state.set_code(index, value)
            else:
                state.move_code(index, value)
                self._codes.show_state(state)
            self.moved.emit()

    def go_to_share(self, share: float) -> None:
        """Where the strip of the input that moved last was clicked, from -1 to 1."""
        state = self._state
        assert state is not None
        assert state.moved is not None
        code = state.moved_code()
        if code is None:
            self.set_value(state.moved, share * state.limit)
        else:
            self._set_code(code, share * state.moved_limit)

    def _on_slider(self, dimension: int, share: float) -> None:
        state = self._state
        if state is None:
            return
        with self._turns.turning(name_of(dimension)):
            state.set_dimension(dimension, share * state.limit)
            self._sliders.show_one(dimension, share * state.limit)
            self.moved.emit()

    def _set_code(self, index: int, value: float) -> None:
        if self._state is not None:
            with self._turns.turning_code(index):
                self._state.move_code(index, value)
                self.changed.emit()

    def _on_taken(self, is_code: bool, index: int, by_mouse: bool) -> None:
        """A slider is held: its path is wanted, also before it has moved."""
        state = self._state
        if state is not None:
            state.moved = state.spec.code_columns[index].start if is_code else index
            self._trace.take(state.moved_name, by_mouse=by_mouse)
            self.traversed.emit()
