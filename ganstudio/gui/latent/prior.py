"""The prior's own plane: where the latent codes come from, beside the data's plane where G sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedLayout, QVBoxLayout, QWidget

from ganstudio.gui.latent import prior_space as space
from ganstudio.gui.latent.prior_canvas import PriorCanvas
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import muted_label
from ganstudio.gui.text.numbers import number

if TYPE_CHECKING:
    from ganstudio.experiment import LatentSpec

MOST_DIMENSIONS = 2
"""What can be drawn as it is; more dimensions have the sliders."""

_NEARLY_ALL = 100
"""Of a height that is not too much for the plot; what is too much lies above it and below its words."""

_NAME = "Prior of z"
_EMPTY = "The prior of z comes with the game"


class PriorView(QWidget):
    """p_z of a latent code with one or two dimensions, the fixed latents, and where the sliders stand.

    ``hovered`` carries the z (d,) under the mouse and None when it leaves; ``picked`` carries the z (d,) that was
    clicked, dragged or walked to, within the sliders' range. Both float32. ``taken`` and ``let_go`` tell how long it is
    held.
    """

    hovered = Signal(object)
    picked = Signal(object)
    taken = Signal()
    let_go = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._spec: LatentSpec | None = None
        self._latents: npt.NDArray[np.float32] = np.empty((0, 0), np.float32)
        self._pointed: npt.NDArray[np.float32] | None = None
        self._canvas = PriorCanvas()
        self._canvas.setToolTip("p(z), and the z of the generated points. Click or drag to put the sliders there")
        self._canvas.setAccessibleName(_NAME)
        self._canvas.pointed.connect(self._on_pointed)
        self._canvas.picked.connect(self._on_picked)
        self._canvas.taken.connect(self.taken)
        self._canvas.let_go.connect(self.let_go)
        self._readout, self._empty = muted_label(), muted_label(_EMPTY)
        self._readout.setAccessibleName("z under the mouse")
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)
        self._empty.setContentsMargins(*[2 * theme.SPACING] * 4)
        self._arrange()

    @staticmethod
    def available(latent: LatentSpec) -> bool:
        """Whether a prior can be shown as a line or a plane."""
        return 0 < latent.dimensions <= MOST_DIMENSIONS

    # --- what the window calls ---

    def open(self, latent: LatentSpec, latents: npt.NDArray[np.float32]) -> None:
        """Show the prior of a freshly opened experiment and its fixed latents (n, d), or say that d is too large."""
        self._pointed = None
        if not self.available(latent):
            self._spec, self._latents = None, np.empty((0, 0), np.float32)
            self._empty.setText(f"z has {latent.dimensions} dimensions: use the sliders")
            self._stack.setCurrentIndex(0)
            return
        self._spec, self._latents = latent, latents
        self._canvas.open(latent, latents)
        self._stack.setCurrentIndex(1)
        self._tell(None)

    def set_current(self, z: npt.NDArray[np.floating] | None) -> None:
        """Mark where the sliders stand (d,); a z of another experiment's dimensions is left aside."""
        if self._spec is not None and (z is None or z.shape == (self._spec.dimensions,)):
            self._canvas.set_current(None if z is None else z.astype(np.float32))
            self._describe()

    def show_linked(self, index: int | None) -> None:
        """Ring the fixed latent that the generated point under the data's mouse came from; None: no ring."""
        known = self._spec is not None and index is not None and 0 <= index < len(self._latents)
        self._canvas.set_linked(index if known else None)
        if self._spec is not None:
            self._tell(self._latents[index] if known else self._pointed)

    def show_grid(self, on: bool) -> None:
        """Show the lines of z whose images are the manifold on the data's plane."""
        self._canvas.set_grid(on)

    # --- how it is built, what happens to it ---

    def _arrange(self) -> None:
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(*[theme.SPACING] * 4)
        layout.setSpacing(2)
        layout.addStretch(1)
        layout.addWidget(self._canvas, _NEARLY_ALL)
        layout.addWidget(self._readout)
        layout.addStretch(1)
        self._readout.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(content)
        self.setMinimumSize(160, 160)

    def _on_pointed(self, z: npt.NDArray[np.float32] | None) -> None:
        self._pointed = z
        self._tell(z)
        self.hovered.emit(z)

    def _on_picked(self, z: npt.NDArray[np.float32]) -> None:
        self._tell(z)
        self._describe()
        self.picked.emit(z)

    def _tell(self, z: npt.NDArray[np.floating] | None) -> None:
        assert self._spec is not None
        self._readout.setText(f"z: {space.words(self._spec)}" if z is None else f"z = {_code(z)}")

    def _describe(self) -> None:
        z = self._canvas.current
        self._canvas.setAccessibleDescription("" if z is None else f"z = {_code(z)}")


def _code(z: npt.NDArray[np.floating]) -> str:
    values = ", ".join(number(value) for value in z.tolist())
    return values if len(z) == 1 else f"({values})"
