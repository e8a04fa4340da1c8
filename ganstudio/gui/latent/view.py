"""The latent code under the hand: a control for each code c, a slider for each dimension of z, what G makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from ganstudio.gui.latent.along import AlongDirections
from ganstudio.gui.latent.answers import LatentAnswers
from ganstudio.gui.latent.code_controls import CodeControls
from ganstudio.gui.latent.draws import LatentDraws
from ganstudio.gui.latent.head import LatentHead
from ganstudio.gui.latent.inputs import LatentInputs
from ganstudio.gui.latent.latent_sliders import LatentSliders
from ganstudio.gui.latent.preview import Filmstrip
from ganstudio.gui.latent.state import LatentState
from ganstudio.gui.latent.trace import HeldTrace
from ganstudio.gui.latent.turns import LatentTurns
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import muted_label
from ganstudio.gui.parts.laid import stacked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QResizeEvent

    from ganstudio.experiment import LatentSpec
    from ganstudio.gui.parts.sliders import NamedSlider
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

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._state: LatentState | None = None
        self.head, self.strip = LatentHead(), Filmstrip()
        self.strip.picked.connect(self._on_strip)
        self._sliders = LatentSliders()
        self._rest = QTimer(self, singleShot=True, interval=_REST_MS)
        self._rest.timeout.connect(self.request)
        self.codes = CodeControls()
        self.codes.renamed.connect(self.renamed)
        self.turns = LatentTurns(self._changed, self)
        self.draws = LatentDraws(self.turns, self._changed)
        self.draws.attend(self.head)
        self._trace = HeldTrace(self)
        self._trace.changed.connect(self.probe_changed)
        self._answers = LatentAnswers(self.head, self.strip, self.codes, self._trace)
        self.inputs = LatentInputs(self._sliders, self.codes, self.turns, self._trace, self)
        self.inputs.moved.connect(self._on_moved)
        self.inputs.changed.connect(self._changed)
        self.inputs.traversed.connect(self._on_traversed)
        self.along = AlongDirections(self._trace, self)
        self.directions = self.along.directions
        self.along.moved.connect(self._on_along)
        self.along.changed.connect(self._changed)
        self.along.traversed.connect(self._on_traversed)
        self.head.struck.connect(lambda: self.struck.emit(LISTEN))
        self.head.let_go.connect(lambda: self.let_go.emit(LISTEN))
        self.codes.struck.connect(lambda _code, value: self.struck.emit(value))
        self.codes.released.connect(lambda _code, value: self.let_go.emit(value))
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
    def locked(self) -> frozenset[int]:
        """The dimensions of z that stay where they are when others are drawn."""
        return frozenset() if self._state is None else frozenset(self._state.locked)

    @property
    def wanted_height(self) -> int:
        """In which nothing would have to be scrolled, of the width that there is; pixels."""
        parts = [self.head.heightForWidth(self.head.width()), self._controls.heightForWidth(self._scroll.width())]
        if not self.strip.isHidden():
            parts.append(self.strip.sizeHint().height())
        return sum(parts) + theme.SPACING * (len(parts) + 1)

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
        coded = self.codes.first
        return coded or self._sliders.current or self.head.randomise

    def open(self, latent: LatentSpec, modality: Modality, *, pictured: bool) -> None:
        """Begin with z = 0 of a freshly opened experiment, and ask what G makes of it.

        pictured: whether its samples are shown as pictures here, or told elsewhere where they are.
        """
        self._state = LatentState(latent)
        for part in (self.turns, self.draws, self.inputs):
            part.open(self._state)
        self._trace.forget()
        self._sliders.set_count(latent.turned)
        self.along.open(self._state, self.turns)
        self._controls.removeWidget(self.along.controls)
        # Above z, as they are what can be understood; below it where all of z is in sight anyway.
        place = self._controls.indexOf(self._sliders) if latent.turned > _FEW else self._controls.count() - 1
        self._controls.insertWidget(min(place, self._controls.count() - 1), self.along.controls)
        self.codes.set_codes(latent.codes)
        self._noise.setVisible(bool(latent.codes))
        self.head.open(coded=bool(latent.codes), pictured=pictured, moved=latent.width > 0)
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
            self.codes.set_names(latent.codes)
            self._answers.show_mark()

    def set_information(self, nats: Sequence[float] | npt.NDArray[np.floating] | None) -> None:
        """Show L_I of each code (codes,), nats; None: not known yet."""
        self.codes.set_information(nats)

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
        layout.addWidget(self.head)
        layout.addWidget(self.strip)
        layout.addWidget(self._scroll, 1)
        empty = muted_label("The sliders of z come with the game", wraps=True)
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(content)

    def _controlled(self) -> QWidget:
        """Codes first, as they are what can be understood; then z."""
        self._noise = muted_label("Noise z: whatever else G needs to make its samples differ", wraps=True)
        self._noise.hide()
        whole = QWidget()
        self._controls = stacked(
            self.codes, self._noise, self._sliders, self.along.controls, None, on=whole, spacing=theme.SPACING
        )
        return whole

    # --- what happens to it ---

    def _on_strip(self, share: float) -> None:
        """Go where the strip of what moved last was clicked."""
        state = self._state
        if state is None or state.moved is None:
            return
        (self.inputs if state.way is None else self.along).go_to_share(share)
        self.struck.emit(STRIP)
        self.let_go.emit(STRIP)

    def _on_moved(self) -> None:
        assert self._state is not None
        self.along.controls.show_state(self._state)
        self.head.show_seed(self._state.seed)
        self._answers.show_mark()
        self._request_under_way()  # the pictures of a code's own values stay what they were

    def _on_along(self) -> None:
        self._show_state()
        self._request_under_way()

    def _on_traversed(self) -> None:
        self._answers.show_mark()
        self._request_under_way()

    def _changed(self) -> None:
        self._show_state()
        self.request()

    def _show_state(self) -> None:
        assert self._state is not None
        self._sliders.show_values(self._state.z[: self._state.spec.turned].tolist(), self._state.limit)
        self.codes.show_state(self._state)
        self.along.controls.show_state(self._state)
        self.head.show_truncation(self._state.truncation)
        self.head.show_seed(self._state.seed)
        self._answers.show_mark()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the large image its share of the room."""
        super().resizeEvent(event)
        self._answers.fit(self.width(), self.height())
