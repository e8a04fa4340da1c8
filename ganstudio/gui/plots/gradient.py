"""The plot of the gradients' norms, with the learning rates that the steps took."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.looks import theme
from ganstudio.gui.plots.scalar import ScalarPanel
from ganstudio.gui.text.numbers import short
from ganstudio.training.step.schedules import in_force

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.experiment import Experiment
    from ganstudio.gui.plots.paint import Entry
    from ganstudio.scalars import Scalar

_TIP = (
    "{about}. rate: the learning rate with which they did, after its decay, D's "
    "before G's; it is left out where it is not known, which is before the step at which a run was opened"
)


class GradientPanel(ScalarPanel):
    """Norms over all of a player's weights, and the learning rates in force."""

    tip = _TIP

    def __init__(self, plot: str, scalars: Sequence[Scalar]) -> None:
        super().__init__(plot, scalars)
        self._settings: list[tuple[int, Experiment]] = []

    def open_game(self, experiment: Experiment, step: int) -> None:
        """Another run is shown: of its settings before this step nothing is known."""
        self._settings.clear()
        self.follow_game(experiment, step)

    def follow_game(self, experiment: Experiment, step: int) -> None:
        """Know the settings that the steps after this one take."""
        self._settings.append((step, experiment))

    def rates(self, step: int) -> dict[str, float]:
        """The learning rates of D and G in a step that was made; empty where they are not known."""
        experiment = next((known for since, known in reversed(self._settings) if since < step), None)
        if experiment is None:
            return {}
        values = in_force(experiment, step - 1)
        return {
            sign: values[f"optimisers.{player}.learning_rate"]
            for sign, player in (("D", "discriminator"), ("G", "generator"))
        }

    def readouts(self) -> list[Entry]:
        """Both norms where the crosshair stands, and the rates there."""
        entries = super().readouts()
        if self._history is None or not len(self._history):
            return entries
        last = len(self._history) - 1
        rows = self._history.rows_of(last if self._row is None else min(self._row, last))
        rates = self.rates(int(self._history.step[rows][-1]))
        told = {sign: short(float(f"{rate:.2g}")) for sign, rate in rates.items()}
        if not told:
            return entries
        same = len(set(told.values())) == 1
        # In one entry: the plots stand beside others, where there is hardly room for two.
        return [
            *entries,
            (theme.MUTED, "rate" if same else "rates", told["D"] if same else ", ".join(told.values()), ""),
        ]
