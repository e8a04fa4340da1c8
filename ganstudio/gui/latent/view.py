"""The latent code under the hand: a control for each code c, a slider for each dimension of z, what G makes of it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from ganstudio.gui import theme
from ganstudio.gui.latent.along import AlongDirections
from ganstudio.gui.latent.answers import LatentAnswers
from ganstudio.gui.latent.code_controls import CodeControls
from ganstudio.gui.latent.draws import LatentDraws
from ganstudio.gui.latent.head import LatentHead
from ganstudio.gui.latent.preview import Filmstrip
from ganstudio.gui.latent.state import LatentState
from ganstudio.gui.latent.trace import HeldTrace
from ganstudio.gui.latent.turns import LatentTurns
from ganstudio.gui.parts.chips import muted_label
from ganstudio.gui.parts.sliders import LatentSliders, NamedSlider
from ganstudio.gui.words import name_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from ganstudio.experiment import LatentSpec
    from ganstudio.gui.latent.directions import Directions
    from ganstudio.modalities import Modality
    from ganstudio.training.messages import Rendered

LISTEN, STRIP = "listen", "strip"
"""What plays, beside the keys: the button and the preview, a picture of the filmstrip."""
_FEW = 4  # sliders of z that are seen together
_REST_MS = 120
"""What stood still for so long has come to rest. Under way the pictures of the values would double what G has
to make: 36 against 21 ms from a move to its repainted answer, a DCGAN of 64 channels and 32x32 pixels in training."""


class LatentView(QWidget):
    """Sliders over z, and before them the codes c where there are any.

    ``requested`` carries latents (1 + n + v, width) to render, at once for every change: [z, c], a traversal of what
    moved last, and where samples are pictured each value of the categorical codes; these v once a slider has come to
    rest. ``probe_changed``, where they aren't, carries G(z), and while a slider is held the samples (n, ...) along its
    path and what it is called. ``renamed`` carries a code's index and the name that the user gave it. ``struck`` and
    ``let_go`` carry the name of whatever is held that is to play what the sliders make, of a key its value.
    ``turns`` tells what is moved by hand, to be undone; ``draws`` moves all of z at once.
    """

    requested = Signal(object)
    probe_changed = Signal(object, object, str)
    renamed = Signal(int, str)
    struck = Signal(object)
    let_go = Signal(object)

    def __init__(self, parent: QWidget | None = None, *, seed: int = 0) -> None:
        super().__init__(parent)
        self._seed = seed
        self._state: LatentState | None = None
        self._head, self._strip = LatentHead(), Filmstrip()
        self._strip.picked.connect(self._on_strip)
        self._sliders = LatentSliders()
        self._sliders.moved.connect(self._on_moved)
        self._sliders.typed.connect(self._on_typed)
        self._sliders.lock_wanted.connect(self.toggle_lock)
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.request)
        self._codes = CodeControls()
        self._codes.changed.connect(self._on_code)
        self._codes.renamed.connect(self.renamed)
        self.turns = LatentTurns(self._changed, self)
        self.draws = LatentDraws(self.turns, self._changed)
        self.draws.attend(self._head)
        self._trace = HeldTrace(self)
        self._trace.changed.connect(self.probe_changed)
        self._answers = LatentAnswers(self._head, self._strip, self._codes, self._trace)
        self.along = AlongDirections(self._trace, self)
        self.along.moved.connect(self._on_along)
        self.along.changed.connect(self._changed)
        self.along.traversed.connect(self._on_traversed)
        for controls in (self._sliders, self._codes):
            controls.taken.connect(partial(self._on_taken, controls is self._codes))
            controls.let_go.connect(self._trace.let_go)
        self._codes.typed.connect(self._on_code_typed)
        self._head.struck.connect(lambda: self.struck.emit(LISTEN))
        self._head.let_go.connect(lambda: self.let_go.emit(LISTEN))
        self._codes.struck.connect(lambda _code, value: self.struck.emit(value))
        self._codes.released.connect(lambda _code, value: self.let_go.emit(value))
        self._arrange()

    # --- what the window calls ---

    @property
    def z(self) -> npt.NDArray[np.float32]:
        """The latent code that the sliders show, without codes c: (d,); empty before an experiment is open."""
        return np.empty(0, np.float32) if self._state is None else self._state.z

    @property
    def latents(self) -> npt.NDArray[np.float32]:
        """What G is given, [z, c], (width,); empty before an experiment is open."""
        return np.empty(0, np.float32) if self._state is None else self._state.latents

    @property
    def seed(self) -> int | None:
        """What all of it was drawn by; None where it was moved since."""
        return None if self._state is None else self._state.seed

    @property
    def spec(self) -> LatentSpec | None:
        """The open experiment's latent space."""
        return None if self._state is None else self._state.spec

    @property
    def codes(self) -> CodeControls:
        """The controls of the codes c."""
        return self._codes

    @property
    def locked(self) -> frozenset[int]:
        """The dimensions of z that stay where they are when others are drawn."""
        return frozenset() if self._state is None else frozenset(self._state.locked)

    @property
    def directions(self) -> Directions:
        """The named directions of z."""
        return self.along.directions

    @property
    def head(self) -> LatentHead:
        """The preview, and the buttons for all of z."""
        return self._head

    @property
    def strip(self) -> Filmstrip:
        """The samples along what moved last."""
        return self._strip

    @property
    def truncation(self) -> float:
        """The prior's scale, 0.05 to 1."""
        return 1.0 if self._state is None else self._state.truncation

    @property
    def sliders(self) -> list[NamedSlider]:
        """One for each dimension, -1000 to 1000 over its range."""
        return self._sliders.sliders

    @property
    def first(self) -> QWidget:
        """The control that the keyboard comes to first: of the first code, else of z₁, else the buttons."""
        coded = self._codes.first
        return coded or self._sliders.current or self._head.randomise

    def open(self, latent: LatentSpec, modality: Modality, *, pictured: bool) -> None:
        """Begin with z = 0 of a freshly opened experiment, and ask what G makes of it.

        pictured: whether its samples are shown as pictures here, or told elsewhere where they are.
        """
        self._state = LatentState(latent, self._seed)
        self.turns.open(self._state)
        self.draws.open(self._state)
        self._trace.forget()
        self._sliders.set_count(latent.turned)
        self.along.open(self._state, self.turns)
        self._controls.removeWidget(self.along.controls)
        # Above z, as they are what can be understood; below it where all of z is in sight anyway.
        place = self._controls.indexOf(self._sliders) if latent.turned > _FEW else self._controls.count() - 1
        self._controls.insertWidget(min(place, self._controls.count() - 1), self.along.controls)
        self._codes.set_codes(latent.codes)
        self._noise.setVisible(bool(latent.codes))
        self._head.open(coded=bool(latent.codes), pictured=pictured, moved=latent.width > 0)
        self._answers.open(self._state, modality, pictured=pictured)
        self._stack.setCurrentIndex(1)
        self._scroll.verticalScrollBar().setValue(0)
        self._show_state()
        self.request()

    def request(self) -> None:
        """Ask for z and its traversal; call it too when G has learned, so that the picture keeps up."""
        self._rest.stop()
        if self._state is not None:
            latents = self._state.request(self._answers.traversed)
            values = [self._state.pictures()] if self._answers.pictured else []
            self.requested.emit(np.concatenate([latents, *values]))

    def _request_under_way(self) -> None:
        """Ask for all but the pictures of the values, which follow when what was moved has come to rest."""
        assert self._state is not None
        self.requested.emit(self._state.request(self._answers.traversed))
        if self._answers.values:
            self._rest.start()

    def follow(self, latent: LatentSpec) -> None:
        """Show the names that the codes have now; nothing else of an open experiment's latent space can change."""
        if self._state is not None:
            self._state.spec = latent
            self._codes.set_names(latent.codes)
            self._answers.show_mark()

    def set_information(self, nats: Sequence[float] | npt.NDArray[np.floating] | None) -> None:
        """Show L_I of each code (codes,), nats; None: not known yet."""
        self._codes.set_information(nats)

    def show_rendered(self, rendered: Rendered) -> None:
        """Show what G made of the last request."""
        self._answers.show(rendered)

    def begin_at(self, latents: npt.NDArray[np.floating]) -> None:
        """Put given [z, c] (width,) on the controls, exactly. ValueError: it has another number of dimensions."""
        if self._state is None:
            raise ValueError("no experiment is open, so there is no latent code to set")
        self._state.load(latents)
        self._changed()

    def set_latents(self, latents: npt.NDArray[np.floating], called: str = "Chosen Sample") -> None:
        """The same, chosen by a person: a step that is ``called`` so."""
        with self.turns.turning(called):
            self.begin_at(latents)

    def walk_to(self, latents: npt.NDArray[np.floating]) -> None:
        """Put given [z, c] (width,) on the controls as one of many that follow: no step to be undone."""
        if self._state is not None and len(latents) == self._state.spec.width:
            self._state.load(latents)
            self._show_state()
            self._request_under_way()

    def toggle_lock(self, dimension: int) -> None:
        """Keep a dimension of z where it is when z is drawn or nudged, or let it go."""
        if self._state is not None:
            self._state.locked ^= {dimension}
            self._sliders.show_locked(self._state.locked)

    def set_value(self, dimension: int, value: float) -> None:
        """Set a dimension of z."""
        self._on_typed(dimension, value)

    def set_code_value(self, index: int, value: float) -> None:
        """Set a code: the number of a categorical one's value, or a continuous one's value."""
        self._on_code(index, value)

    def set_z(self, z: npt.NDArray[np.floating]) -> None:
        """Put a given z (d,) on the sliders, exactly, and keep the codes. ValueError as in ``set_latents``."""
        codes = self.latents[len(self.z) :]
        self.set_latents(np.concatenate([z, codes]), "z in the Prior")

    # --- how it is built ---

    def _arrange(self) -> None:
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its sliders come into view with the focus
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._controlled())
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(*[theme.SPACING] * 4)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self._head)
        layout.addWidget(self._strip)
        layout.addWidget(self._scroll, 1)
        empty = muted_label("The sliders of z come with the game")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(content)

    def _controlled(self) -> QWidget:
        """Codes first, as they are what can be understood; then z."""
        self._noise = muted_label("Noise z: whatever else G needs to make its samples differ")
        self._noise.setWordWrap(True)
        self._noise.hide()
        whole = QWidget()
        self._controls = layout = QVBoxLayout(whole)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self._codes)
        layout.addWidget(self._noise)
        layout.addWidget(self._sliders)
        layout.addWidget(self.along.controls)
        layout.addStretch(1)
        return whole

    # --- what happens to it ---

    def _on_strip(self, share: float) -> None:
        """Go where the strip of what moved last was clicked."""
        state = self._state
        if state is None or state.moved is None:
            return
        code = state.moved_code()
        if state.way is not None:
            self.along.go_to_share(share)
        elif code is None:
            self._on_typed(state.moved, share * state.limit)
        else:
            self._on_code_typed(code, share * state.moved_limit)
        self.struck.emit(STRIP)
        self.let_go.emit(STRIP)

    def _on_code(self, index: int, value: float) -> None:
        state = self._state
        if state is None:
            return
        with self.turns.turning_code(index):
            if state.spec.codes[index].kind == "categorical":
                state.set_code(index, value)
            else:
                state.move_code(index, value)
                self._codes.show_state(state)
                self._answers.show_mark()
            self._request_under_way()  # the pictures of this code's own values stay what they were

    def _on_moved(self, dimension: int, share: float) -> None:
        state = self._state
        if state is None:
            return
        with self.turns.turning(name_of(dimension)):
            state.set_dimension(dimension, share * state.limit)
            self._sliders.show_one(dimension, share * state.limit)
            self.along.controls.show_state(state)
            self._head.show_seed(None)
            self._answers.show_mark()
            self._request_under_way()

    def _on_along(self) -> None:
        self._show_state()
        self._request_under_way()

    def _on_traversed(self) -> None:
        self._answers.show_mark()
        self._request_under_way()

    def _on_taken(self, is_code: bool, index: int, by_mouse: bool) -> None:
        """A slider is held: its path is wanted, also before it has moved."""
        state = self._state
        if state is not None:
            state.moved = state.spec.code_columns[index].start if is_code else index
            self._trace.take(state.moved_name, by_mouse=by_mouse)
            self._answers.show_mark()
            self._request_under_way()

    def _on_typed(self, dimension: int, value: float) -> None:
        if self._state is not None:
            with self.turns.turning(name_of(dimension)):
                self._state.set_dimension(dimension, value)
                self._changed()

    def _on_code_typed(self, index: int, value: float) -> None:
        if self._state is not None:
            with self.turns.turning_code(index):
                self._state.move_code(index, value)
                self._changed()

    def _changed(self) -> None:
        self._show_state()
        self.request()

    def _show_state(self) -> None:
        assert self._state is not None
        self._sliders.show_values(self._state.z[: self._state.spec.turned].tolist(), self._state.limit)
        self._codes.show_state(self._state)
        self.along.controls.show_state(self._state)
        self._head.show_truncation(self._state.truncation)
        self._head.show_seed(self._state.seed)
        self._answers.show_mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the large image its share of the room."""
        super().resizeEvent(event)
        self._answers.fit(self.width(), self.height())
