"""The plot of the game's value: what it is, and what it would be if D were optimal. Between them lies D's slack."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ganstudio.gui.looks import theme
from ganstudio.gui.plots import scale
from ganstudio.gui.plots.decimate import Span, fill
from ganstudio.gui.plots.estimates import Estimate, bars, held, parted, places
from ganstudio.gui.plots.scalar import ScalarPanel
from ganstudio.gui.plots.series import Timeline, blend
from ganstudio.presets import judged
from ganstudio.training.records.estimates import LOG4, value_at_optimum

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.experiment import Experiment
    from ganstudio.gui.plots.paint import Entry
    from ganstudio.scalars import Scalar
    from ganstudio.training.records.history import History

_TIP = (
    "V(D, G) = E log D(x) + E log(1 - D(G(z))), as it is; and C(G) = -log 4 + 2 JSD, what it would be with the best D, "
    "from an estimate of the JSD. What D falls short by is its slack. -log 4: p_g equals p_data. Where D maximises "
    "something else, or sees blurred samples because of instance noise, V can't reach C(G) at all"
)
_LOOSE = "D does not maximise V here"
_NOISE = "instance noise: D sees blurred samples"
_NOTE_ROOM = 0.4  # of the height without it: as much as the words take, and air
_RECENT = 20  # estimates that must be in view; older ones may leave through the top


class ValuePanel(ScalarPanel):
    """V with its moving average, C(G) from the first estimator that is shown, the slack between them shaded."""

    tip = _TIP

    def __init__(self, plot: str, scalars: Sequence[Scalar]) -> None:
        super().__init__(plot, scalars)
        self._estimate: Estimate | None = None

    def declare(self, scalars: Sequence[Scalar]) -> None:
        """Draw V between what it is where p_g equals p_data and its greatest."""
        super().declare(scalars)
        self.levels = (-LOG4, 0.0)

    def set_estimate(self, estimate: Estimate | None) -> None:
        """Take C(G) from an estimate of the JSD, nats."""
        self._estimate = None
        if estimate is not None and len(estimate.steps):
            value, low, high = (value_at_optimum(part) for part in (estimate.value, estimate.low, estimate.high))
            self._estimate = Estimate("C(G)", estimate.colour, estimate.steps, value, low, high, estimate.floor)

    def follow_game(self, experiment: Experiment, step: int) -> None:
        """Say so where the distance of the curves is not D's slack alone."""
        noise = experiment.schedule.instance_noise > 0
        self.note = _LOOSE if not experiment.objective.classifies else _NOISE if noise else ""
        if several := judged(experiment):
            self.note = f"V is of {several}, C(G) of samples"
        self.update()

    def _follow(self, averages: list[Span], raws: list[Span | None]) -> tuple[float, float]:
        low, high = super()._follow(averages, [])
        if self._estimate is not None:
            high = max(high, float(self._estimate.value[-_RECENT:].max()))
        low, high = min(low, -LOG4) - 0.05, min(max(high, -1.0), 0.0) + 0.02
        if self.note:  # words stand along the top
            high += _NOTE_ROOM * (high - low)
        return scale.rounded_range(low, high, log=False)

    def render_curves(self, history: History, timeline: Timeline) -> None:
        """Put V, C(G) and what lies between them into pixels."""
        super().render_curves(history, timeline)
        estimate = self._estimate
        if estimate is None or not len(timeline.x):
            return
        height, width = self._pixels.shape
        columns = places(estimate, history, timeline, width)
        now = (timeline.x[-1] - timeline.low) / (timeline.high - timeline.low) * width
        best = held(estimate.value, columns, width, now)
        averages, _, _ = self._spans(history, timeline.columns)
        has = averages[0][1]
        fill(self._pixels, self._rows((np.minimum(has, best), np.maximum(has, best)), height), blend(theme.MUTED, 0.28))
        fill(self._pixels, self._rows(bars(estimate, columns, width), height), blend(estimate.colour, 0.5))
        for line, colour in parted(estimate, best, columns, history, timeline):
            fill(self._pixels, self._rows((line, line), height), blend(colour, 1.0), 2)
        self._fill_average(self._pixels, averages[0], self.series[0], max(2, round(1.5 * self.ratio())))

    def readouts(self) -> list[Entry]:
        """V, C(G) and the slack where the crosshair stands."""
        entries = super().readouts()
        if self._history is None or not len(self._history) or self._estimate is None:
            return entries
        last = len(self._history) - 1
        step = float(self._history.step[last if self._row is None else min(self._row, last)])
        known = self._estimate.at(step)
        if known < 0:
            return entries
        best = float(self._estimate.value[known])
        # D's slack at the step that C(G) is of: V of now beside it would be of another G.
        then = int(np.searchsorted(self._history.step, self._estimate.steps[known], side="right")) - 1
        value = self.series[0].average(self._history)[self._history.rows_of(max(then, 0))]
        colour, name = self._estimate.named_at(step)
        entries.append((colour, name, scale.readout(best), ""))
        grey = theme.STALE if colour == theme.STALE else theme.MUTED
        entries.append((grey, "slack of D there", scale.between(best - value), ""))
        return entries
