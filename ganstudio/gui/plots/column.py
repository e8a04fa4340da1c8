"""A plot of numbers that have rows of their own, which need not be those of the scalars: they come in other events."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui.plots.decimate import PixelColumns, pixel_columns
from ganstudio.gui.plots.panel import Panel

if TYPE_CHECKING:
    from ganstudio.gui.plots.series import Series, Timeline
    from ganstudio.training.records.history import History
    from ganstudio.training.records.smoothed import ColumnHistory


class ColumnPanel(Panel):
    """Curves from a ``ColumnHistory``, over the steps of the ``History``."""

    def __init__(self, title: str, unit: str, series: list[Series], columns: ColumnHistory) -> None:
        super().__init__(title, unit, series)
        self._columns = columns
        self._rewritten = -1

    def render_curves(self, history: History, timeline: Timeline) -> None:
        """Put the curves into pixels."""
        if self._rewritten != self._columns.generation:
            self._rewritten, self._blocks = self._columns.generation, {}
        super().render_curves(history, timeline)

    def own_columns(self, columns: PixelColumns) -> PixelColumns:
        """Which of the own rows fall into each column of pixels."""
        line = self._timeline
        assert line is not None
        x = self._columns.seconds if line.time else self._columns.step
        return pixel_columns(x, line.low, line.high, len(columns.edges) - 1, self._columns.thinned)

    def own_row(self, row: int) -> int:
        """The own row of a row of the history; -1 before the first."""
        assert self._history is not None
        return self._columns.row_at(float(self._history.step[row]))
