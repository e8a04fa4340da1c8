"""Shows what G makes of the sliders: one large image or a line of text, and the strip along what moved last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.parts.chips import step_text
from ganstudio.gui.parts.pixels import pack
from ganstudio.gui.text.numbers import number

if TYPE_CHECKING:
    from ganstudio.gui.latent.code_controls import CodeControls
    from ganstudio.gui.latent.head import LatentHead
    from ganstudio.gui.latent.preview import Filmstrip
    from ganstudio.gui.latent.state import LatentState
    from ganstudio.gui.latent.trace import HeldTrace
    from ganstudio.modalities import Modality, Pixels
    from ganstudio.training.messages import Rendered

POINTS = 33
"""Samples of a path, where it is drawn elsewhere."""
IMAGES = 9
"""Pictures of the filmstrip."""


class LatentAnswers:
    """Takes answers to requests apart: the sample, ``traversed`` along what moved last, ``values`` of codes."""

    def __init__(self, head: LatentHead, strip: Filmstrip, codes: CodeControls, trace: HeldTrace) -> None:
        self._head, self._strip, self._codes, self._trace = head, strip, codes, trace
        self._state: LatentState | None = None
        self._sides: tuple[int, int] | None = None
        self._room = 0
        self.pictured = False

    def open(self, state: LatentState, modality: Modality, *, pictured: bool) -> None:
        """Show what a game makes of such a state from now on; as pictures, or else in words."""
        self._state, self._modality, self._sides, self.pictured = state, modality, None, pictured
        self._strip.setVisible(pictured and state.moved is not None)
        self._head.readout.setText(self._called())

    @property
    def traversed(self) -> int:
        """How many samples along what moved last are asked for."""
        return IMAGES if self.pictured else POINTS

    @property
    def values(self) -> int:
        """How many values of codes are asked for as pictures."""
        state = self._state
        if state is None or not self.pictured:
            return 0
        return sum(state.spec.codes[k].width for k in state.pictured())

    def show(self, rendered: Rendered) -> None:
        """Show what G made of the last request; of one before it, which asked for other samples, nothing."""
        samples, least = rendered.samples, 1 + self.traversed
        if self._state is None or len(samples) not in (least, least + self.values):
            return
        if self.pictured:
            lines = (self._modality.text(samples[:1]) if self._modality.read_first else None) or ("",)
            self._show_pictures(self._state, self._modality.pictures(samples), lines[0])
        else:
            (told,) = self._modality.text(samples[:1]) or ("",)
            self._head.readout.setText(f"{self._called()} = {told}" if told else self._called())
            self._trace.show(samples[0], samples[1:])
        self._head.step.setText(step_text(rendered.step))

    def show_mark(self) -> None:
        """Show on the strip where what moved last stands."""
        state = self._state
        if state is not None and state.moved is not None:
            value, limit = state.moved_value, state.moved_limit
            self._strip.set_mark(value / limit, number(-limit), f"{state.moved_name} = {number(value)}", number(limit))

    def fit(self, width: int, height: int) -> None:
        """Give the large image its share of a room of that many pixels."""
        self._room = min(int(width * 0.36), int(height * 0.4), 320)
        self._head.fit_preview(self._sides, self._room)

    def _called(self) -> str:
        assert self._state is not None
        spec = self._state.spec
        coded = len(spec.codes) > (spec.label is not None)
        named = [*["z"] * (spec.dimensions > 0), *["c"] * coded, *["y"] * (spec.label is not None)]
        return f"G({', '.join(named) or 'what it is given'})"

    def _show_pictures(self, state: LatentState, images: Pixels, text: str) -> None:
        sides = (images.shape[1], images.shape[2])
        if sides != self._sides:
            self._sides = sides
            self._strip.set_shape(IMAGES, *sides)
            self._head.fit_preview(sides, self._room)
        packed = pack(images)
        self._head.preview.set_sample(packed[0], text)
        self._strip.set_images(packed[1 : 1 + IMAGES])
        if len(packed) > 1 + IMAGES:
            self._codes.show_images(state.pictured(), packed[1 + IMAGES :])
