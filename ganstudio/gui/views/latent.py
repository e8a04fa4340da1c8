"""The latent code under the hand: a slider for each dimension of z, and what G makes of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea, QStackedLayout, QVBoxLayout, QWidget

from ganstudio.gui import theme
from ganstudio.gui.views._chips import action, muted_label, row, step_text
from ganstudio.gui.views._latent_state import SMALLEST_TRUNCATION, LatentState, name_of, number
from ganstudio.gui.views._pixels import pack
from ganstudio.gui.views._preview import LEAST, Filmstrip, Preview
from ganstudio.gui.views._sliders import LatentSliders, NamedSlider

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from ganstudio.experiment import LatentSpec
    from ganstudio.training.messages import Rendered
    from ganstudio.training.messages.events import Samples

_POINTS = 33  # of the path in the plane
_IMAGES = 9  # of the filmstrip


class LatentView(QWidget):
    """Sliders over z.

    ``requested`` carries codes (1 + n, d) to render, at once for every change: z, then a traversal of the dimension
    that moved last. ``probe_changed`` carries G(z) (2,) and its path (n, 2), for the plane.
    """

    requested = Signal(object)
    probe_changed = Signal(object, object)

    def __init__(self, parent: QWidget | None = None, *, seed: int = 0) -> None:
        super().__init__(parent)
        self._seed = seed
        self._state: LatentState | None = None
        self._plane = True
        self._shape: tuple[int, int] | None = None
        self._preview, self._strip = Preview(), Filmstrip()
        self._strip.picked.connect(lambda share: self._on_moved(self._moved(), share, jump=True))
        self._sliders = LatentSliders()
        self._sliders.moved.connect(self._on_moved)
        self._readout, self._step = QLabel(), muted_label()
        self._readout.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._build_controls()
        self._arrange()

    # --- what the window calls ---

    @property
    def z(self) -> npt.NDArray[np.float32]:
        """The latent code that the sliders show, (d,); empty before an experiment is open."""
        return np.empty(0, np.float32) if self._state is None else self._state.z

    @property
    def truncation(self) -> float:
        """The prior's scale, 0.05 to 1."""
        return 1.0 if self._state is None else self._state.truncation

    @property
    def sliders(self) -> list[NamedSlider]:
        """One for each dimension, -1000 to 1000 over its range."""
        return self._sliders.sliders

    def open(self, latent: LatentSpec, plane: bool) -> None:
        """Begin with z = 0 of a freshly opened experiment, and ask what G makes of it."""
        self._state, self._plane, self._shape = LatentState(latent, self._seed), plane, None
        self._sliders.set_count(latent.dimensions)
        self._preview.clear()
        self._preview.setVisible(not plane)
        self._strip.setVisible(not plane)
        self._readout.setText("G(z)")
        self._step.clear()
        self._stack.setCurrentIndex(1)
        self._scroll.verticalScrollBar().setValue(0)
        self._show_state()
        self.request()

    def request(self) -> None:
        """Ask for z and its traversal; call it too when G has learned, so that the picture keeps up."""
        if self._state is not None:
            self.requested.emit(self._state.request(_POINTS if self._plane else _IMAGES))

    def show_rendered(self, rendered: Rendered) -> None:
        """Show what G made of the last request; an answer to another experiment's is left aside."""
        samples = rendered.samples
        if self._state is None or len(samples) != 1 + (_POINTS if self._plane else _IMAGES):
            return
        if self._plane and samples.shape[1:] == (2,):
            x, y = samples[0].tolist()
            self._readout.setText(f"G(z) = ({number(x)}, {number(y)})")
            self.probe_changed.emit(samples[0], samples[1:])
        elif not self._plane and samples.ndim == 4:
            self._show_images(samples)
        else:
            return
        self._step.setText(step_text(rendered.step))

    def set_latents(self, z: npt.NDArray[np.floating]) -> None:
        """Put a given z (d,) on the sliders, exactly. ValueError: it has another number of dimensions."""
        if self._state is None:
            raise ValueError("no experiment is open, so there is no latent code to set")
        self._state.load(z)
        self._changed()

    def reset(self) -> None:
        """Set every dimension to 0, the prior's centre."""
        if self._state is not None:
            self._state.reset()
            self._changed()

    def randomise(self) -> None:
        """Draw z from the truncated prior."""
        if self._state is not None:
            self._state.randomise()
            self._changed()

    def set_truncation(self, truncation: float) -> None:
        """Scale the prior and the sliders' range, and z with them."""
        if self._state is not None:
            self._state.set_truncation(truncation)
            self._changed()

    # --- how it is built ---

    def _build_controls(self) -> None:
        self._randomise = action("Randomise", "Draw a new z from the prior")
        self._randomise.clicked.connect(self.randomise)
        self._reset = action("Reset", "Set every slider to 0, the centre of the prior")
        self._reset.clicked.connect(self.reset)
        self._truncation = NamedSlider("Truncation", round(SMALLEST_TRUNCATION * 100), 100, 100)
        self._truncation.show_value(100, number(1))
        self._truncation.setToolTip(
            "Truncation: 1 = the whole prior; smaller = nearer to its centre, more typical, less varied. "
            "It scales z, what Randomise draws and how far the sliders reach; a normal prior is drawn within "
            "three standard deviations"
        )
        self._truncation.setMaximumWidth(360)
        self._truncation.valueChanged.connect(lambda value: self.set_truncation(value / 100))

    def _arrange(self) -> None:
        controls = QVBoxLayout()
        controls.setSpacing(theme.SPACING - 2)
        controls.addLayout(row(self._readout, None, self._step))
        controls.addLayout(row(self._randomise, self._reset, None))
        controls.addWidget(self._truncation)
        controls.addStretch(1)
        head = QHBoxLayout()
        head.setSpacing(theme.SPACING + 4)
        head.addWidget(self._preview, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(controls, 1)
        self._scroll = QScrollArea(widgetResizable=True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._sliders)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(*[theme.SPACING] * 4)
        layout.setSpacing(theme.SPACING)
        layout.addLayout(head)
        layout.addWidget(self._strip)
        layout.addWidget(self._scroll, 1)
        empty = muted_label("Nothing to turn yet: choose a preset or drop your data")
        empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        empty.setWordWrap(True)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(empty)
        self._stack.addWidget(content)

    # --- what happens to it ---

    def _moved(self) -> int:
        return 0 if self._state is None else self._state.moved

    def _on_moved(self, dimension: int, share: float, *, jump: bool = False) -> None:
        state = self._state
        if state is None:
            return
        state.set_dimension(dimension, share * state.limit)
        if jump:
            self._show_state()
        else:
            self._sliders.show_one(dimension, share * state.limit)
            self._show_mark()
        self.request()

    def _changed(self) -> None:
        self._show_state()
        self.request()

    def _show_state(self) -> None:
        assert self._state is not None
        self._sliders.show_values(self._state.z.tolist(), self._state.limit)
        self._truncation.show_value(round(self._state.truncation * 100), number(self._state.truncation))
        self._show_mark()

    def _show_mark(self) -> None:
        state = self._state
        assert state is not None
        value, limit = float(state.z[state.moved]), state.limit
        self._strip.set_mark(value / limit, number(-limit), f"{name_of(state.moved)} = {number(value)}", number(limit))

    def _show_images(self, images: Samples) -> None:
        shape = (images.shape[1], images.shape[2])
        if shape != self._shape:
            self._shape = shape
            self._strip.set_shape(_IMAGES, *shape)
            self._fit_preview()
        packed = pack(images)
        self._preview.set_sample(packed[0])
        self._strip.set_images(packed[1:])

    def _fit_preview(self) -> None:
        height, width = self._shape or (LEAST, LEAST)
        self._preview.set_shape(height, width, min(int(self.width() * 0.36), int(self.height() * 0.4), 320))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the large image its share of the room."""
        super().resizeEvent(event)
        self._fit_preview()
