"""Setting up several games: what the games of a duel differ in, or how many seeds a band has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QPainter, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from ganstudio.gui.forms.fields import ChoiceBox
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.dialog import Dialog
from ganstudio.gui.parts.drop import take_no_drops
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.mnemonics import give_mnemonics
from ganstudio.gui.parts.spin import with_air
from ganstudio.gui.rooms.group import options as duels
from ganstudio.gui.rooms.group.words import sentence
from ganstudio.gui.text.words import in_words, value_label
from ganstudio.training.group.names import member_names

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ganstudio.experiment import Experiment

_LEAST_SEEDS, _MOST_SEEDS, _SEEDS = 2, 64, 16


class _Values(QWidget):
    """The values of one option: boxes to tick, or numbers to type."""

    changed = Signal()

    def __init__(self, option: duels.Option) -> None:
        super().__init__()
        self.option = option
        self.boxes = {value: QCheckBox(value_label(value)) for value in option.choices}
        self.line = QLineEdit(duels.texts(option.start) if not option.choices else "")
        self.line.setAccessibleName(option.title)
        self.line.textEdited.connect(lambda _text: self.changed.emit())
        layout = stacked(on=self, spacing=2)
        for value, box in self.boxes.items():
            box.setChecked(value in option.start)
            box.toggled.connect(lambda _on: self.changed.emit())
            layout.addWidget(box)
        if not option.choices:
            layout.addWidget(self.line)
            layout.addWidget(_help(f"{duels.LEAST} to {duels.MOST} values with a comma between them"))
        layout.addStretch(1)

    def current(self) -> tuple[Any, ...]:
        """The values, in order. Raises ValueError, in words, where they make no duel."""
        if not self.option.choices:
            return duels.numbers(self.line.text(), whole=self.option.whole)
        found = tuple(value for value, box in self.boxes.items() if box.isChecked())
        duels.check_count(len(found))
        return found


class DuelSetup(Dialog):
    """Asks what a group shall be. When it is accepted, ``experiments`` and ``seeds`` say it.

    experiment: what the games have in common, as it stands now.
    """

    def __init__(self, experiment: Experiment, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Several games side by side")
        self._experiment = experiment
        self._made: tuple[Experiment, ...] = ()
        self.options = duels.options(experiment)
        self.what = ChoiceBox([option.title for option in self.options])
        self.what.setAccessibleName("They differ in")
        self.pages = QStackedWidget()
        for option in self.options:
            page = _Values(option)
            page.changed.connect(self._check)
            self.pages.addWidget(page)
        self.seed_box = with_air(QSpinBox(minimum=_LEAST_SEEDS, maximum=_MOST_SEEDS, value=_SEEDS))
        self.seed_box.setAccessibleName("Seeds")
        self.seed_box.setFixedWidth(84)
        self.error = QLabel(wordWrap=True)
        self.error.setProperty("role", "error")
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self.ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self.ok.setProperty("primary", True)
        self.tabs = QTabWidget()
        self.tabs.addTab(self._duel_page(), "Duel")
        self.tabs.addTab(self._band_page(), "Seed band")
        layout = QVBoxLayout(self)
        layout.setSpacing(theme.SPACING + 4)
        layout.addWidget(self.tabs, 1)
        layout.addWidget(self.error)
        layout.addWidget(self.buttons)
        self.setMinimumWidth(440)
        self.what.currentIndexChanged.connect(self._show_values)
        self.seed_box.valueChanged.connect(self._check)
        self.tabs.currentChanged.connect(self._check)
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        take_no_drops(self)  # a text field would accept a move of files
        self._show_values(0)
        give_mnemonics(self)

    # --- what the window asks ---

    def experiments(self) -> tuple[Experiment, ...]:
        """One a game for a duel; the one experiment for a band. Empty while something is wrong."""
        return self._made

    def seeds(self) -> int:
        """How many seeds the band has; 0 for a duel."""
        return self.seed_box.value() if self._is_band() else 0

    # --- how it is built ---

    def _duel_page(self) -> QWidget:
        self.help = _help("")
        self.preview = QListWidget()
        self.preview.setAccessibleName("Games")
        self.preview.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        self.preview.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.preview.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.preview.setIconSize(QSize(10, 10))
        self.preview.setFixedHeight(duels.MOST * (self.fontMetrics().height() + 7) + 4)
        self.same = _help("")
        page, form = _page()
        form.addRow("They differ in", self.what)
        form.addRow("", self.help)
        form.addRow("Values", self.pages)
        form.addRow("Games", self.preview)
        form.addRow("", self.same)
        return page

    def _band_page(self) -> QWidget:
        page, form = _page()
        self.seeds_help = _help("")
        form.addRow("Seeds", self.seed_box)
        form.addRow("", self.seeds_help)
        form.addRow(
            "",
            _help(
                "All seeds are trained at once, as one computation. It tells luck from rule: median and spread of "
                "every curve, and a small plane for each seed."
            ),
        )
        return page

    # --- what happens to it ---

    def _is_band(self) -> bool:
        return self.tabs.currentIndex() == 1

    def _show_values(self, index: int) -> None:
        self.pages.setCurrentIndex(index)
        self.help.setText(self.options[index].help)
        self._check()

    def _check(self) -> None:
        """Make what is asked for, show it, and say what is wrong with it."""
        wrong = ""
        try:
            self._made = self._band() if self._is_band() else self._duel()
        except ValueError as error:
            self._made, wrong = (), in_words(str(error))
        self.error.setText(wrong)
        self.ok.setEnabled(bool(self._made))
        self.ok.setText(f"&Start {self.seed_box.value()} seeds" if self._is_band() else "&Start duel")

    def _duel(self) -> tuple[Experiment, ...]:
        self.preview.clear()
        self.same.clear()
        if not duels.on_plane(self._experiment):
            raise ValueError(duels.WHY_NOT["samples"])
        page = self.pages.currentWidget()
        assert isinstance(page, _Values)
        values = page.current()
        made = tuple(duels.with_value(self._experiment, page.option, value) for value in values)
        self._list(member_names(made), [value == duels.current(self._experiment, page.option) for value in values])
        self.same.setText(sentence(made, band=False))
        return made

    def _list(self, names: Sequence[str], now: Sequence[bool]) -> None:
        for name, as_now, colour in zip(names, now, theme.GAMES, strict=False):
            words = f"{name} – as it is now" if as_now else name
            item = QListWidgetItem(_dot(colour, self.devicePixelRatioF()), words)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self.preview.addItem(item)

    def _band(self) -> tuple[Experiment, ...]:
        first = self._experiment.seed
        self.seeds_help.setText(f"Seeds {first} to {first + self.seed_box.value() - 1} of {self._experiment.name}")
        if not duels.on_plane(self._experiment):
            raise ValueError(duels.WHY_NOT["samples"])
        if {self._experiment.generator.kind, self._experiment.discriminator.kind} != {"mlp"}:
            raise ValueError(duels.WHY_NOT["networks"])
        return (self._experiment,)


def _page() -> tuple[QWidget, QFormLayout]:
    page = QWidget()
    form = QFormLayout(page)
    form.setContentsMargins(0, theme.SPACING + 4, 0, 0)
    form.setVerticalSpacing(theme.SPACING)
    form.setHorizontalSpacing(2 * theme.SPACING)
    return page, form


def _help(words: str) -> QLabel:
    label = QLabel(words, wordWrap=True)
    label.setProperty("role", "help")
    return label


def _dot(colour: str, ratio: float) -> QIcon:
    pixmap = QPixmap(round(10 * ratio), round(10 * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    painter.drawEllipse(1, 1, 8, 8)
    painter.end()
    return QIcon(pixmap)
