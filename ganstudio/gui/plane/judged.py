"""What D says of the plane: its heat map, the bar beside it, and what D ought to say where that is studied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.gui.plane.heat import ColourBar
from ganstudio.gui.plane.layers import Bounds, Landscape, value_at

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from ganstudio.gui.plane.choices import PlaneChoices
    from ganstudio.training.messages import Frame


class Judged:
    """The heat map that is chosen, as a layer of the plot and a bar, and what it reads at a place."""

    def __init__(self, choices: PlaneChoices, depth: int) -> None:
        self._choices = choices
        self.landscape, self.bar = Landscape(depth), ColourBar()
        self._studied: Mapping[str, npt.NDArray[Any]] = {}
        self.past = False
        """Whether a moment of the past is shown, of which there is no D."""

    def clear(self) -> None:
        """Forget what D said."""
        self.landscape.clear()
        self._studied = {}

    def show(self) -> None:
        """Show the heat map that is chosen, or none."""
        heat = self._choices.heat
        self.landscape.setVisible(heat is not None and not self.past)
        self._show_bar()
        self._studied = {}
        if heat is not None:
            self.landscape.set_heat(heat)
            self.bar.set_heat(heat)

    def show_past(self, past: bool) -> None:
        """Hide what is of now where a moment of the past is shown."""
        self.past = past
        self.landscape.setVisible(self._choices.heat is not None and not past)
        self._show_bar()

    def _show_bar(self) -> None:
        """Explain the colours that are seen; without D they leave their place empty, so that the plot stands still."""
        chosen, policy = self._choices.heat is not None, self.bar.sizePolicy()
        policy.setRetainSizeWhenHidden(chosen)
        self.bar.setSizePolicy(policy)
        self.bar.setVisible(chosen and not self.past)

    def take(self, frame: Frame, home: Bounds | None) -> str:
        """Show what a frame brings of it, over its part of the plane or all. Returns what is to be told of its age."""
        layers = frame.layers
        if "optimal" in layers:
            self._studied = layers
        bounds = frame.bounds or home
        if (values := layers.get(self._choices.heat_layer)) is not None and bounds is not None:
            self.landscape.set_values(values, bounds)
        studied, told = self._studied.get("optimal_step"), ""
        if self._choices.studies_optimum and studied is not None and studied != frame.step:
            told += f" · D* of {int(studied):,}"
        if frame.past and (self._choices.heat is not None or self._choices.arrows):
            told += " · D as it was then is not kept"
        return told

    def verdict(self, x: float, y: float) -> str:
        """What D says at a place, and what it ought to say where that is known."""
        heat = None if self.past else self._choices.heat
        if heat is not None and heat.readout:
            said = self.landscape.value_at(x, y)
            return "" if said is None else f"    {heat.readout.format(said)}"
        if not self._studied or self.past:
            return ""
        best, more = (value_at(self._studied[name], self.landscape.bounds, x, y) for name in ("optimal", "difference"))
        if best is None or more is None:
            return ""
        return "    nobody here" if np.isnan(best) else f"    D = {best + more:.2f}    D* = {best:.2f}"
