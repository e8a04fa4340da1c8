"""The plot of the energies that D's autoencoder gives samples on average, against the margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.gui.looks import theme
from ganstudio.gui.plots import scale
from ganstudio.gui.plots.scalar import ScalarPanel

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment
    from ganstudio.gui.plots.decimate import Span
    from ganstudio.gui.plots.paint import Entry

_ABOVE = 2.0  # margins that are in sight at least, if the energies reach so far


class EnergyPanel(ScalarPanel):
    """Means of E(x) and E(G(z)), which have no upper end, and m, the margin in force."""

    margin: float | None = None

    def follow_game(self, experiment: Experiment, step: int) -> None:
        """Draw the margin where it is now."""
        self.margin = experiment.objective.energy_margin
        self.levels = () if self.margin is None else (self.margin,)
        self.update()

    def _follow(self, averages: list[Span], raws: list[Span | None]) -> tuple[float, float]:
        """What the energies reach and the margin: how far they are from it is what there is to see.

        An untrained autoencoder's energies are many times the margin, and would press all that comes after them to the
        floor: what is higher than in the later half of the plot is cut off some way above the margin.
        """
        low, high = super()._follow(averages, raws)
        if self.margin is None:
            return low, high
        later = [top[len(top) // 2 :] for _, top in averages]
        known = [float(top[~np.isnan(top)].max()) for top in later if not np.isnan(top).all()]
        if known:
            high = min(high, max(_ABOVE * self.margin, *known))
        return scale.rounded_range(min(low, self.margin), max(high, self.margin), log=False)

    def readouts(self) -> list[Entry]:
        """The two means where the crosshair stands, and m."""
        entries = super().readouts()
        return entries if self.margin is None else [*entries, (theme.MUTED, "m", f"{self.margin:g}", "")]
