"""The plot of mutual information: what samples tell of each code c, and what they tell of being real or generated."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QPainter

from ganstudio.experiment import code_names
from ganstudio.gui.looks import theme
from ganstudio.gui.looks.theme import code_colour
from ganstudio.gui.plots import paint, scale
from ganstudio.gui.plots.bound import BELOW, bound_text
from ganstudio.gui.plots.decimate import PixelColumns, Span, robust_range
from ganstudio.gui.plots.scalar import ScalarPanel
from ganstudio.gui.plots.series import Blocks, Series
from ganstudio.gui.text import glossary
from ganstudio.gui.text.words import short_name
from ganstudio.measurements import LOG2

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ganstudio.experiment import CodeSpec, Experiment
    from ganstudio.scalars import Scalar
    from ganstudio.training.records.history import History

_BIT = "I(t; X)"
_READING = "I(t; X) − λ I(c; G)"
_WORDS = 15  # height of a line of words
_DEEPEST = -0.5  # share of the ceiling below 0 that is shown at most: an untrained Q can be far worse than a guess


class InformationPanel(ScalarPanel):
    """L_I of each code and D's bound on one axis. ``show_reading`` adds Huszár's V, which is made of both."""

    chip = "Info"
    stretch = 4

    def __init__(self, plot: str, scalars: Sequence[Scalar]) -> None:
        self._codes: tuple[CodeSpec, ...] = ()
        self._bit = Series(_BIT, theme.DISCRIMINATOR, average=lambda history: history.jsd_bound().average)
        self._reading = Series(_READING, theme.GENERATOR, average=self._read)
        self.bits = self.reads = False
        super().__init__(plot, scalars)
        self.use_bits(False)
        self.setToolTip(glossary.told("information"))

    def declare(self, scalars: Sequence[Scalar]) -> None:
        """Draw these: they are called as the codes are, which ``follow_game`` tells."""
        self.scalars = tuple(scalars)

    @property
    def _unit(self) -> float:
        return 1.0 / LOG2 if self.bits else 1.0

    def set_codes(self, codes: Sequence[CodeSpec]) -> None:
        """Show L_I of these codes, by the names that they have now."""
        self._codes = tuple(codes)
        self._blocks = {}
        self.series = self._drawn()
        self._set_levels()

    def follow_game(self, experiment: Experiment, step: int) -> None:
        """Show the codes by the names that they have now."""
        self.set_codes(experiment.latent.codes)

    def _drawn(self) -> list[Series]:
        told = [self._code_series(index) for index in range(len(self._codes))]
        return [self._bit, *([self._reading] if self.reads else []), *told]

    def show_reading(self, on: bool) -> None:
        """Show V = I(t; X) - lambda I(c; G), or not."""
        self.reads = on
        self.y_by_hand = None
        self.set_codes(self._codes)

    def use_bits(self, bits: bool) -> None:
        """Show bits rather than nats."""
        self.bits, self.unit = bits, "bits" if bits else "nats"
        self.y_by_hand = None
        self._set_levels()

    def ceilings(self) -> list[tuple[float, str, str]]:
        """H(c) of each categorical code: (height in the unit shown, words, colour); equal ones share a line."""
        found: dict[float, tuple[list[str], str]] = {}
        called = code_names(self._codes)
        for index, code in enumerate(self._codes):
            if code.kind == "categorical":
                names, _ = found.setdefault(code.entropy, ([], code_colour(index)))
                names.append(f"H({short_name(called[index])})")
        return [
            (entropy * self._unit, f"{' = '.join(names)} = {entropy * self._unit:.2f}", colour)
            for entropy, (names, colour) in found.items()
        ]

    def _set_levels(self) -> None:
        self.levels = (0.0, *(height for height, _, _ in self.ceilings()))
        self.update()

    def _code_series(self, index: int) -> Series:
        name = short_name(code_names(self._codes)[index])
        return Series(name, code_colour(index), average=lambda history: history.average(self.scalars[index].name))

    def _read(self, history: History) -> npt.NDArray[np.float64]:
        """V at each row, nats: NaN where one of its parts is not known."""
        value = np.clip(history.jsd_bound().average.astype(np.float64), 0.0, LOG2)
        for scalar, code in zip(self.scalars, self._codes, strict=True):
            value -= code.weight * history.exchanged(history.average(scalar.name))
        return value

    # --- curves ---

    def _spans(
        self, history: History, columns: PixelColumns
    ) -> tuple[list[Span], list[Span | None], list[Span | None]]:
        averages = []
        for number, series in enumerate(self.series):
            blocks = self._blocks.setdefault(str(number), Blocks())  # two codes may have the same name
            low, high = blocks.average.span(series.average(history), columns)
            if series is self._bit:
                low, high = (np.clip(part, 0.0, LOG2) for part in (low, high))
            averages.append((low * self._unit, high * self._unit))
        nothing: list[Span | None] = [None] * len(averages)
        return averages, nothing, nothing

    def _follow(self, averages: list[Span], raws: list[Span | None]) -> tuple[float, float]:
        top = max([LOG2 * self._unit, *(height for height, _, _ in self.ceilings())])
        found = robust_range(averages) or (0.0, top)
        deepest = _DEEPEST * top - (self._unit * self._most_won() if self.reads else 0.0)
        low, high = max(min(found[0], 0.0), deepest), max(found[1], top)
        return scale.rounded_range(low, high, log=False)

    def _most_won(self) -> float:
        """What the codes take off V when Q reads every one of them as surely as it can be expected to, nats."""
        return sum(code.weight * max(code.entropy, LOG2) for code in self._codes)

    # --- words ---

    def describe(self, series: Series, row: int) -> tuple[str, str]:
        """L_I of a code, with the cross-entropy that it comes from as detail; or D's bound."""
        assert self._history is not None
        if series is self._bit:
            values = self._history.jsd_bound().average[self._history.rows_of(row)]
            return scale.between(values, lambda bound: bound_text(bound, unit=self._unit)), ""
        values = series.average(self._history)[self._history.rows_of(row)].astype(np.float64)
        if series is self._reading:
            return scale.between(values * self._unit), ""
        entropy = self._codes[self.series.index(series) - len(self.series)].entropy
        detail = "" if self._row is None else f"(cross-entropy {scale.between((entropy - values) * self._unit)})"
        if np.fmax.reduce(values) <= 0:
            return BELOW, detail
        return scale.between(values * self._unit), detail

    # --- painting ---

    def _paint_lines(self, painter: QPainter, rect: QRect) -> None:
        super()._paint_lines(painter, rect)
        painter.setFont(paint.small(self.font()))
        flags = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for height, words, colour in self.ceilings():
            y = round(self._height_of(height, rect))
            if rect.top() <= y <= rect.bottom():
                above = y - _WORDS if y - _WORDS >= rect.top() else y
                painter.setPen(QColor(colour))
                painter.drawText(QRect(rect.left(), above, rect.width() - 6, _WORDS), flags, words)
