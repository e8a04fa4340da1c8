"""The plot of how alike the codes are that D's autoencoder gives the samples of a minibatch."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.gui import theme
from ganstudio.gui.plots import scale
from ganstudio.gui.plots.column import ColumnPanel
from ganstudio.gui.plots.series import Series

if TYPE_CHECKING:
    from ganstudio.gui.plots.decimate import PixelColumns, Span
    from ganstudio.training.records.history import History
    from ganstudio.training.records.smoothed import ColumnHistory

_TIP = (
    "Pulling-away term PT: the mean squared cosine between the codes that D's encoder gives two samples of a "
    "minibatch. 0: all codes are at right angles, 1: all point the same way. G's loss has the one of its own "
    "samples, with its weight. Where G's is far above the data's, G's samples are too much alike. Where both rise "
    "though the term has weight, D answers it: it makes more of what all codes share. A weight decay of D's limits that"
)


class LikenessPanel(ColumnPanel):
    """PT of x and of G(z) from a history of ``messages.Likened``."""

    def __init__(self, likeness: ColumnHistory) -> None:
        sides = (("PT(x)", theme.REAL, 0), ("PT(G(z))", theme.FAKE, 1))
        super().__init__("Codes alike", "cos²", [_series(*side, likeness) for side in sides], likeness)
        self.setToolTip(_TIP)

    def _spans(
        self, history: History, columns: PixelColumns
    ) -> tuple[list[Span], list[Span | None], list[Span | None]]:
        return super()._spans(history, self.own_columns(columns))

    def describe(self, series: Series, row: int) -> tuple[str, str]:
        """The moving average, and in detail what it was on the minibatch."""
        own = self.own_row(row)
        if own < 0:
            return "–", ""
        assert self._history is not None
        assert series.raw is not None
        rows = self._columns.rows_of(own)
        detail = "" if self._row is None else f"({scale.between(series.raw(self._history)[rows])})"
        return scale.between(series.average(self._history)[rows]), detail


def _series(name: str, colour: str, column: int, likeness: ColumnHistory) -> Series:
    return Series(name, colour, lambda _history: likeness.average(column), lambda _history: likeness.raw(column))
