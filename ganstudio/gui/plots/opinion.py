"""The plot of what D says of samples on average: probabilities, or an autoencoder's energies and the margin."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.gui import theme
from ganstudio.gui.plots import scale
from ganstudio.gui.plots.panel import Panel
from ganstudio.gui.plots.series import scalar_series

if TYPE_CHECKING:
    from ganstudio.gui.plots.decimate import Span
    from ganstudio.gui.plots.paint import Entry

_TIP = (
    "Mean energies: D's squared reconstruction error of a sample, per component. Dashed: the margin m, up to which D "
    "raises the energy of generated samples; at the equilibrium it is close to m"
)
_ABOVE = 2.0  # margins that are in sight at least, if the energies reach so far


class OpinionPanel(Panel):
    """Means of D(x) and D(G(z)), between 0 and 1; or of E(x) and E(G(z)), which have no upper end, beside m."""

    def __init__(self) -> None:
        super().__init__("Belief", "", [])
        self.margin: float | None = None
        self.set_opinions(energies=False)

    def set_opinions(self, *, energies: bool, margin: float | None = None) -> None:
        """Show probabilities; or energies, against the margin in their units where that is known."""
        self.margin = margin if energies else None
        sign = "E" if energies else "D"
        real, fake = ((f"{sign}(x)", theme.REAL, "d_real"), (f"{sign}(G(z))", theme.FAKE, "d_fake"))
        self.series = [scalar_series(*real), scalar_series(*fake)]
        self.title, self.unit = ("Energy", "mean") if energies else ("Belief", "mean probability")
        self.fixed = None if energies else (-0.04, 1.04)
        self.ticks = None if energies else [(0.0, "0"), (0.5, "0.5"), (1.0, "1")]
        level = self.margin if energies else 0.5
        self.levels = () if level is None else (level,)
        self.setToolTip(_TIP if energies else "")
        self.setAccessibleName(self.title)

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
