"""The controls above the curves: which plots, which axes, which unit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QBoxLayout, QLabel, QSpinBox, QToolButton, QWidget

from ganstudio.gui import icons, theme
from ganstudio.gui.parts.chips import Chip, exclusive, muted_label
from ganstudio.gui.parts.flow import FlowLayout

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

_ONE_ROW = 860  # from this width on, the controls stand in one row
PLOTS = {
    "Losses": "What D and G minimise, on each minibatch (faint) and as moving average",
    "Belief": "Means of D(x) on real and D(G(z)) on generated samples",
    "Value": "V(D, G), and C(G), what it would be with the best D: between them lies D's slack",
    "JSD": "Divergence of p_data and p_g: the bound that follows from D, and estimates with their intervals",
    "Gradients": "Norms of the gradients that moved D and G",
    "Info": "Information: what samples tell of each code c against its ceiling, and what they tell of being real",
    "PT": "Pulling-away term: how alike the codes are that D's autoencoder gives the samples of a minibatch",
}
CODES_ONLY, ENERGIES_ONLY = "Info", "PT"
"""The plots that a game without codes c, or one without energies, has no use for."""


class CurveControls(QWidget):
    """Chips and a spin box in one row or two; the view connects them."""

    def __init__(self, window: int) -> None:
        super().__init__()
        self.shown = [Chip(name, f"Show or hide: {tip}") for name, tip in PLOTS.items()]
        for chip in self.shown:
            chip.setChecked(True)
        self._named = {chip.text(): chip for chip in self.shown}
        self.information = self._named[CODES_ONLY]
        self.fit = QToolButton()
        self.fit.setText("Fit")
        self.fit.setIcon(icons.icon("fit"))
        self.fit.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fit.setToolTip("Show the whole run and follow it (double-click on a plot)")
        self.time = Chip("Time", "Wall-clock time of training on the x axis, rather than steps")
        self.log = Chip(
            "Log y", "Logarithmic axis for the losses; where they go to 0 or below, logarithmic on both sides of 0"
        )
        self.jsd = Chip("JSD", "Show the Jensen-Shannon divergence: between 0, the same, and log 2, nothing in common")
        self.forward = Chip("p‖g", "Show KL(p_data ‖ p_g): large where G misses what the data has")
        self.reverse = Chip("g‖p", "Show KL(p_g ‖ p_data): large where G makes what the data has not")
        self._quantities = exclusive(self.jsd, self.forward, self.reverse)
        self.bits = Chip(
            "bits", "Divergences and information in bits rather than nats: the greatest JSD is 1, not log 2"
        )
        self.window_box = QSpinBox(minimum=1, maximum=100_000, value=window)
        self.window_box.setStepType(QSpinBox.StepType.AdaptiveDecimalStepType)
        self.window_box.setFixedWidth(76)
        self.window_box.setKeyboardTracking(False)
        self.window_box.lineEdit().setAcceptDrops(False)  # what is dropped here is meant for the window
        self.window_box.setAccessibleName("Smoothing")
        self.window_box.setToolTip("Steps that the moving averages span")
        smooth: QLabel = muted_label("Smooth")
        smooth.setBuddy(self.window_box)
        self._rows = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._rows.setContentsMargins(theme.SPACING, theme.SPACING, theme.SPACING, theme.SPACING // 2)
        some = (self.information, self._named[ENERGIES_ONLY])
        self._rows.addLayout(FlowLayout(*self.shown, last=(self.fit,), extra=some))
        self.reading = Chip(
            "I−λI", "Show or hide: I(t; X) − λ I(c; G), what G minimises in Huszár's reading, among the informations"
        )
        axes = (self.time, self.log, smooth, self.window_box)
        units = (self.jsd, self.forward, self.reverse, self.reading, self.bits)
        self._rows.addLayout(FlowLayout(*axes, last=units, extra=(self.reading,)))
        self.offer(codes=False, energies=False)

    def offer(self, *, codes: bool, energies: bool) -> None:
        """Offer the plots that only some games have; with one there is no room for the word beside Fit's icon."""
        self.information.setVisible(codes)
        self.reading.setVisible(codes)
        self._named[ENERGIES_ONLY].setVisible(energies)
        style = Qt.ToolButtonStyle
        more = codes or energies
        self.fit.setToolButtonStyle(style.ToolButtonIconOnly if more else style.ToolButtonTextBesideIcon)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold to the width there is."""
        super().resizeEvent(event)
        wide = self.width() >= _ONE_ROW
        self._rows.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        self._rows.setSpacing(3 * theme.SPACING if wide else theme.SPACING - 2)
