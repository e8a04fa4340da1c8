"""A plot of declared scalars, made from their declarations alone; plots that compute something are built on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.looks import theme
from ganstudio.gui.plots.panel import Panel
from ganstudio.gui.plots.series import scalar_series
from ganstudio.gui.text.numbers import signed

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from ganstudio.experiment import Experiment
    from ganstudio.gui.plots.scale import Ticks
    from ganstudio.gui.plots.series import Series
    from ganstudio.scalars import Role, Scalar

COLOURS: Mapping[Role, str] = {
    "discriminator": theme.DISCRIMINATOR,
    "generator": theme.GENERATOR,
    "real": theme.REAL,
    "generated": theme.FAKE,
}
_OTHERS = (theme.PROBE, theme.HISTOGRAM, theme.NEIGHBOURS, theme.MUTED)
_ROOM = 0.04
"""Above and below what a number can be, as a share of it."""


class ScalarPanel(Panel):
    """The scalars that name one plot, with the unit and the axis of the first of them.

    chip: what the plot is called where it is chosen; "": as it is titled. stretch: its share of the height. tip: what
    is told under the mouse; "": what it is about.
    """

    chip = ""
    stretch = 3
    tip = ""

    def __init__(self, plot: str, scalars: Sequence[Scalar]) -> None:
        super().__init__(plot, "", [])
        self.scalars: tuple[Scalar, ...] = ()
        self.declare(scalars)

    @property
    def about(self) -> str:
        """What the plot shows, in a sentence."""
        return self.scalars[0].about or self.scalars[0].tip

    @property
    def game(self) -> str:
        """Of which of several games it is."""
        return self.scalars[0].game

    def declare(self, scalars: Sequence[Scalar]) -> None:
        """Draw these, which may be called otherwise than before."""
        self.scalars = tuple(scalars)
        first = self.scalars[0]
        self.unit, self.log, self.levels = first.unit, first.log, first.levels
        if first.span is not None:
            self.fixed = self.y_range = with_room(first.span)
            self.ticks = span_ticks(first)
        self.setToolTip(self.tip.format(about=self.about) if self.tip else self.about)
        self.series = self._drawn()
        self._blocks = {}

    def _drawn(self) -> list[Series]:
        colours = colours_of(self.scalars)
        return [
            scalar_series(each.label, colour, each.name) for each, colour in zip(self.scalars, colours, strict=True)
        ]

    def open_game(self, experiment: Experiment, step: int) -> None:
        """Another game is shown, whose next steps have these settings."""
        self.follow_game(experiment, step)

    def follow_game(self, experiment: Experiment, step: int) -> None:
        """The settings in force for the steps after this one: for plots that say what follows from them."""

    def use_bits(self, bits: bool) -> None:
        """Show information in bits rather than nats: for plots of information."""


def colours_of(scalars: Sequence[Scalar]) -> list[str]:
    """The colour of each: its role's, and for those of no player's one after another."""
    others = [scalar for scalar in scalars if scalar.role not in COLOURS]
    return [COLOURS.get(each.role) or _OTHERS[others.index(each) % len(_OTHERS)] for each in scalars]


def with_room(span: tuple[float, float]) -> tuple[float, float]:
    """From where to where a plot of numbers of a fixed span reaches."""
    room = _ROOM * (span[1] - span[0])
    return span[0] - room, span[1] + room


def span_ticks(scalar: Scalar) -> Ticks | None:
    """Both ends of the span, and the levels between them; None where it has no levels: wherever there is room."""
    if scalar.span is None or not scalar.levels:
        return None
    return [(value, signed(f"{value:g}")) for value in sorted({*scalar.span, *scalar.levels})]
