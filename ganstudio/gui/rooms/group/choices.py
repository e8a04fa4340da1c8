"""What the plots of a group can show: which of them, and of the estimates which divergence by which estimator."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action, exclusive, muted_label
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.plots.estimates import NAMES
from ganstudio.gui.rooms.group.rounds import TOLD
from ganstudio.gui.text import glossary

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.gui.rooms.group.panels import Quantity as Plotted
    from ganstudio.training.records.estimates import Quantity

FIRST = ("estimate", "jsd", "modes", "high_quality", "g_loss", "g_gradient")
_ESTIMATE = "estimate"
_DIVERGENCES: dict[Quantity, str] = {"jsd": "JSD", "kl_forward": "p‖g", "kl_reverse": "g‖p"}
_ESTIMATORS = ("histogram", "probe", "neighbours")


class GroupChoices(QWidget):
    """Two rows of chips. Chips of what can't be told of this data, or has not been yet, are hidden."""

    arranged = Signal()
    """Other plots are wanted."""
    chosen = Signal()
    """Another divergence or estimator is wanted: ``divergence``, ``estimator``."""

    def __init__(self, quantities: Sequence[Plotted]) -> None:
        super().__init__()
        told = {each.key: Chip(each.chip, f"Show or hide: {each.tip}") for each in TOLD}
        curves = {each.key: Chip(each.chip, f"Show or hide: {each.tip}") for each in quantities}
        self.chips = told | curves
        for key, chip in self.chips.items():
            chip.setChecked(key in FIRST)
            chip.toggled.connect(self.arranged)
        self.fit = action("Fit", "Show all steps and follow them (double-click on a plot)")
        self.place = muted_label()
        self.place.setAccessibleName("Step under the mouse")
        self.divergences = {key: Chip(name, glossary.told(key)) for key, name in _DIVERGENCES.items()}
        self.estimators = {key: Chip(NAMES[key], glossary.told(key)) for key in _ESTIMATORS}
        for chips in (self.divergences, self.estimators):
            exclusive(*chips.values())
            for chip in chips.values():
                chip.toggled.connect(lambda on: self.chosen.emit() if on else None)
        self._asked: str | None = None
        for name, chip in self.estimators.items():
            chip.clicked.connect(lambda _checked=False, name=name: self._ask(name))
        self._of_estimates = QWidget()
        self._of_estimates.setLayout(FlowLayout(*self.divergences.values(), last=tuple(self.estimators.values())))
        stacked(
            FlowLayout(*curves.values(), last=(self.place, self.fit)),
            FlowLayout(*told.values()),
            self._of_estimates,
            on=self,
            spacing=theme.SPACING // 2,
        )
        self.chips[_ESTIMATE].toggled.connect(self._of_estimates.setVisible)
        self.offer((), modes=False)

    @property
    def divergence(self) -> Quantity:
        """The divergence that is chosen."""
        return next(key for key, chip in self.divergences.items() if chip.isChecked())

    @property
    def estimator(self) -> str:
        """The estimator that is chosen."""
        return next(key for key, chip in self.estimators.items() if chip.isChecked())

    def wants(self, key: str) -> bool:
        """Whether the plot of a quantity is to be shown."""
        return self.chips[key].isChecked() and not self.chips[key].isHidden()

    def offer(self, estimators: Sequence[str], *, modes: bool) -> None:
        """Offer what has been told: these estimators, the best in front, and the modes where they are known."""
        for key in ("modes", "high_quality", "mode_kl"):
            if self.chips[key].isHidden() == modes:
                self.chips[key].setVisible(modes)
                self.arranged.emit()
        for name, chip in self.estimators.items():
            chip.setVisible(name in estimators and len(estimators) > 1)
        wanted = self._asked if self._asked in estimators else next(iter(estimators), None)
        if wanted is not None:
            self.estimators[wanted].setChecked(True)

    def state(self) -> dict[str, Any]:
        """What is shown, and which divergence and estimator a person has chosen: to be kept."""
        shown = {key: chip.isChecked() for key, chip in self.chips.items()}
        return {"shown": shown, "divergence": self.divergence, "estimator": self._asked}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Choose what was kept; what is none of these is passed over."""
        shown = state.get("shown")
        for key, chip in self.chips.items():
            if isinstance(shown, Mapping) and isinstance(shown.get(key), bool):
                chip.setChecked(shown[key])
        if state.get("divergence") in self.divergences:
            self.divergences[state["divergence"]].setChecked(True)
        if state.get("estimator") in self.estimators:
            self._ask(state["estimator"])

    def _ask(self, name: str) -> None:
        """Stay with what a person has chosen, whatever else is told."""
        self._asked = name
