"""Which plots a game has: one for each that its scalars name, in their order."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.plots.bound import BoundPanel
from ganstudio.gui.plots.energy import EnergyPanel
from ganstudio.gui.plots.gradient import GradientPanel
from ganstudio.gui.plots.information import InformationPanel
from ganstudio.gui.plots.scalar import ScalarPanel
from ganstudio.gui.plots.value import ValuePanel

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from ganstudio.scalars import Scalar

PANELS: Mapping[str, Mapping[str, type[ScalarPanel]]] = {
    "Value": {"Value": ValuePanel, "JSD": BoundPanel},
    "Gradients": {"Gradients": GradientPanel},
    "Energy": {"Energy": EnergyPanel},
    "Information": {"Information": InformationPanel},
}
"""By the plot that scalars name: the panels, by their own names, that compute something of them. All other plots draw
their scalars as they are."""


def plots_of(scalars: Iterable[Scalar]) -> dict[str, tuple[type[ScalarPanel], Sequence[Scalar]]]:
    """By the name of each plot, in order: its panel, and what it is made of."""
    named: dict[str, list[Scalar]] = {}
    for scalar in scalars:
        named.setdefault(scalar.plot, []).append(scalar)
    return {
        name: (panel, drawn)
        for plot, drawn in named.items()
        for name, panel in PANELS.get(plot, {plot: ScalarPanel}).items()
    }
