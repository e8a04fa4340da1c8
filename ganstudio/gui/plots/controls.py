"""The controls above the curves: which plots, which axes, which unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QBoxLayout, QLabel, QSpinBox, QToolButton, QWidget

from ganstudio.gui.looks import icons, theme
from ganstudio.gui.parts.chips import Chip, exclusive, muted_label
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.spin import with_air
from ganstudio.gui.text import glossary
from ganstudio.gui.text.words import value_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from PySide6.QtGui import QResizeEvent

    from ganstudio.training.records.estimates import Quantity

_ONE_ROW = 860  # from this width on, the controls stand in one row
ALL_GAMES = "*"
_FEW = 5
"""Plots whose chips are given room in one row; with more there is none for the word next to Fit's icon."""


class CurveControls(QWidget):
    """Chips and a spin box in one row or two; the view connects them.

    shown: by the name of a plot, the chip that shows or hides it. games: where there are several, by the name of one
    the chip that shows its plots alone, and by "*" that of all.
    """

    arranged = Signal()
    """Other plots are wanted."""
    game_chosen = Signal()

    def __init__(self, window: int) -> None:
        super().__init__()
        self.shown: dict[str, Chip] = {}
        self._known: dict[str, Chip] = {}
        self._hidden: set[str] = set()
        self.games: dict[str, Chip] = {}
        self._of_games = QWidget()
        self._of_games.hide()
        self.fit = QToolButton()
        self.fit.setText("Fit")
        self.fit.setIcon(icons.icon("fit"))
        self.fit.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fit.setToolTip("Show the whole run and follow it (double-click on a plot)")
        self.time = Chip("Time", "Wall-clock time of training on the x axis, rather than steps")
        self.log = Chip(
            "Log y", "Logarithmic axis for the losses; where they go to 0 or below, logarithmic on both sides of 0"
        )
        self.jsd = Chip("JSD", glossary.told("jsd"))
        self.forward = Chip("p‖g", glossary.told("kl_forward"))
        self.reverse = Chip("g‖p", glossary.told("kl_reverse"))
        self.quantities: dict[Quantity, Chip] = {
            "jsd": self.jsd,
            "kl_forward": self.forward,
            "kl_reverse": self.reverse,
        }
        self._exclusive = exclusive(*self.quantities.values())
        self.bits = Chip(
            "bits", "Divergences and information in bits rather than nats: the greatest JSD is 1, not log 2"
        )
        self.window_box = with_air(QSpinBox(minimum=1, maximum=100_000, value=window))
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
        self._rows.addWidget(self._of_games)
        self._plots = FlowLayout(last=(self.fit,))
        self._rows.addLayout(self._plots)
        self.reading = Chip("I−λI", "Show or hide: I(t; X) − λ I(c; G), what G minimises in Huszár's reading")
        axes = (self.time, self.log, smooth, self.window_box)
        units = (self.jsd, self.forward, self.reverse, self.reading, self.bits)
        self._rows.addLayout(FlowLayout(*axes, last=units))
        self.reading.hide()

    def state(self) -> dict[str, Any]:
        """Which plots are hidden, and how the axes and units are chosen: to be kept."""
        hidden = (self._hidden - self._known.keys()) | {
            name for name, chip in self._known.items() if not chip.isChecked()
        }
        switches = {name: chip.isChecked() for name, chip in self._switches().items()}
        return {"hidden": sorted(hidden), "switches": switches, "quantity": self.quantity}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Choose what was kept; what is none of these is passed over."""
        if isinstance(hidden := state.get("hidden"), list):
            self._hidden = {name for name in hidden if isinstance(name, str)}
            for name, chip in self._known.items():
                chip.setChecked(name not in self._hidden)
        kept = state.get("switches")
        for name, chip in self._switches().items():
            if isinstance(kept, dict) and isinstance(kept.get(name), bool):
                chip.setChecked(kept[name])
        for quantity, chip in self.quantities.items():
            if state.get("quantity") == quantity:
                chip.setChecked(True)

    def _switches(self) -> dict[str, Chip]:
        return {"time": self.time, "log": self.log, "bits": self.bits, "reading": self.reading}

    @property
    def quantity(self) -> Quantity:
        """The divergence that is chosen."""
        return next(quantity for quantity, chip in self.quantities.items() if chip.isChecked())

    def offer(self, plots: Mapping[str, tuple[str, str]]) -> None:
        """Offer these plots: by name what stands on the chip, and what they show. One of before stays as it was set."""
        for name, (text, about) in plots.items():
            if name not in self._known:
                chip = self._known[name] = Chip(text, f"Show or hide: {about}")
                chip.setChecked(name not in self._hidden)
                chip.toggled.connect(self.arranged)
        self.shown = {name: self._known[name] for name in plots}
        chips = tuple(self.shown.values())
        self._plots.fill(*chips)
        for chip in chips:
            chip.show()
        style = Qt.ToolButtonStyle
        many = len(plots) > _FEW
        self.fit.setToolButtonStyle(style.ToolButtonIconOnly if many else style.ToolButtonTextBesideIcon)

    def offer_games(self, names: Sequence[str]) -> None:
        """Let one of several games be chosen, all of them to begin with; of a single one there is no choice."""
        wanted = [ALL_GAMES, *names] if len(names) > 1 else []
        if wanted == list(self.games):
            return
        for chip in self.games.values():
            chip.setParent(None)
            chip.deleteLater()
        self.games = {name: _game_chip(name) for name in wanted}
        self._of_games.setVisible(bool(wanted))
        if not wanted:
            return
        if self._of_games.layout() is None:
            self._of_games.setLayout(FlowLayout())
        row = self._of_games.layout()
        assert isinstance(row, FlowLayout)
        row.fill(*self.games.values())
        exclusive(*self.games.values()).idToggled.connect(lambda _index, on: self.game_chosen.emit() if on else None)

    def wants(self, game: str) -> bool:
        """Whether the plots of a game are to be shown."""
        return not self.games or self.games[ALL_GAMES].isChecked() or self.games[game].isChecked()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fold to the width there is."""
        super().resizeEvent(event)
        wide = self.width() >= _ONE_ROW
        self._rows.setDirection(QBoxLayout.Direction.LeftToRight if wide else QBoxLayout.Direction.TopToBottom)
        self._rows.setSpacing(3 * theme.SPACING if wide else theme.SPACING - 2)


def _game_chip(name: str) -> Chip:
    if name == ALL_GAMES:
        return Chip("All games", "The plots of all games")
    if not name:
        return Chip("Last game", "The plots of the game whose samples are shown, alone")
    return Chip(f"{value_label(name)} game", "The plots of this game alone")
