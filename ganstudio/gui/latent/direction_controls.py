"""A named slider for each direction of z, and what finds others."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLineEdit, QMenu, QSizePolicy, QToolButton, QWidget

from ganstudio.directions import LONGEST_NAME, along, fits, reach
from ganstudio.gui.latent.directions import GROUPS
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import action
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import in_line, stacked
from ganstudio.gui.parts.roving import Roving
from ganstudio.gui.parts.sliders import STEPS, NamedSlider
from ganstudio.gui.text.numbers import number

if TYPE_CHECKING:
    from PySide6.QtGui import QKeyEvent, QResizeEvent

    from ganstudio.directions import Direction
    from ganstudio.gui.latent.directions import Directions, Group
    from ganstudio.gui.latent.state import LatentState

_NAME = 110
_TWO, _THREE = 620, 980
"""From these widths on there is room for so many columns."""
_FIND = (
    "Directions are ways through z that change one thing: a slider for each. Find the principal ones of G's first "
    "features, as G is now, those first along which most changes. They take the place of those found before that were "
    "given no name"
)
_MARK = "Mark what the sliders make as {}; the menu of a sample marks that one. Again: no longer"
_DIFFERENCE = "Add the direction from the mean of all marked A to the mean of all marked B"
_OTHERS = "Take over the directions of another run, whose z has as many dimensions"
_SLIDER = "{told}. Drag it, use the arrow keys or type a number: z moves along this direction and stays elsewhere"


class _Name(QLineEdit):
    """A direction's name, editable in place: Enter or leaving it takes it over, Escape brings the old one back."""

    renamed = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self._name = name
        self.setMaxLength(LONGEST_NAME)
        self.setFixedWidth(_NAME)
        self.setAcceptDrops(False)
        self.setAccessibleName(f"Name of direction {name}")
        self.setToolTip(f"{name}: call it what it turned out to change. It is kept with the run")
        self.setCursorPosition(0)
        self.editingFinished.connect(self._take)

    def _take(self) -> None:
        name = self.text().strip()
        if name and name != self._name:
            self.renamed.emit(name)
        else:
            self.setText(self._name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape: as it was."""
        if event.key() == Qt.Key.Key_Escape and self.text() != self._name:
            self.setText(self._name)
        else:
            super().keyPressEvent(event)


class _Row(QWidget):
    """One direction: its name, its slider, and a button that removes it."""

    def __init__(self, direction: Direction) -> None:
        super().__init__()
        self.direction = direction
        self.name = _Name(direction.name)
        self.slider = NamedSlider("", -STEPS, STEPS, 0)
        self.slider.setAccessibleName(direction.name)
        self.slider.name_width = 1
        self.slider.setToolTip(_SLIDER.format(told=direction.told[:1].upper() + direction.told[1:] or direction.name))
        self.gone = QToolButton()
        self.gone.setText("✕")
        self.gone.setToolTip("Remove this direction")
        self.gone.setAccessibleName(f"Remove {direction.name}")
        self.gone.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        in_line(self.name, (self.slider, 1), self.gone, on=self, spacing=theme.SPACING - 2)


class DirectionControls(QWidget):
    """Shows the model ``directions``. It keeps no values: ``show_state`` reads them.

    ``moved`` and ``typed`` carry a direction's place and how far along it z is to lie; ``taken`` its place and whether
    the mouse holds its slider, until ``let_go``. ``find_wanted`` asks for principal directions, ``find_ended`` for no
    more of them, ``marked`` marks what the sliders make as one of a group, ``difference_wanted`` asks for B - A,
    ``others_wanted`` for another run's.
    """

    moved = Signal(int, float)
    typed = Signal(int, float)
    taken = Signal(int, bool)
    let_go = Signal()
    find_wanted = Signal()
    find_ended = Signal()
    marked = Signal(str)
    difference_wanted = Signal()
    others_wanted = Signal()

    def __init__(self, directions: Directions) -> None:
        super().__init__()
        self.setObjectName("directions")
        self.directions = directions
        self.rows: list[_Row] = []
        self._columns = 1
        self._limits: list[float] = []
        self.search = action("Find Directions", _FIND)
        self._finding = False
        self.search.clicked.connect(lambda: (self.find_ended if self._finding else self.find_wanted).emit())
        self.marks = {group: action(f"Mark {group}", _MARK.format(group)) for group in GROUPS}
        for group, chip in self.marks.items():
            chip.clicked.connect(lambda _checked=False, group=group: self.marked.emit(group))
        self.unmark = action("Unmark", "Forget which samples are marked")
        self.unmark.clicked.connect(directions.unmark_all)
        self.difference = action("B \u2212 A", _DIFFERENCE)
        self.difference.clicked.connect(self.difference_wanted)
        self.others = action("From Run…", _OTHERS)
        self.others.clicked.connect(self.others_wanted)
        self._roving = Roving(self)
        self._place = QWidget()
        self._place.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        tools = FlowLayout(self.search, self.marks["A"], self.marks["B"], self.unmark, self.difference, self.others)
        stacked(tools, self._place, on=self, spacing=theme.SPACING - 2)
        directions.changed.connect(self._fill)
        directions.grouped.connect(self._show_groups)
        self._fill()
        self._show_groups()

    def ask_which(self, offered: dict[str, str]) -> QMenu:
        """A menu under the button From Run, of names and their tips; whoever asks connects its entries."""
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for name, tip in offered.items():
            menu.addAction(name).setToolTip(tip)
        if not offered:
            menu.addAction("No other run here has directions of such a z").setEnabled(False)
        return menu

    def show_state(self, state: LatentState) -> None:
        """Show how far z lies along each direction, without a signal; one of another latent space is about to go."""
        spec, latents = state.spec, state.latents
        for row in (one for one in self.rows if fits(spec, one.direction)):
            limit, value = reach(spec, row.direction) * state.truncation, along(row.direction, latents)
            row.slider.ends, row.slider.exact = (-limit, limit), value
            row.slider.show_value(round(max(-1.0, min(1.0, value / limit)) * STEPS), number(value))

    def show_finding(self, on: bool) -> None:
        """Directions are being looked for, which can be ended, or no more."""
        self._finding = on
        self.search.setText("Cancel Finding" if on else "Find Directions")
        self.search.setToolTip("Look for directions no more: those that there are stay" if on else _FIND)
        self.search.updateGeometry()

    def _fill(self) -> None:
        """Have a row for each direction; a row that stands keeps its place and the focus."""
        before = {row.direction: row for row in self.rows}
        rows = [before.pop(one) if one in before else self._made(one) for one in self.directions.all]
        for gone in before.values():
            gone.hide()
            gone.deleteLater()
        self.rows = rows
        for row in rows:
            row.setParent(self._place)
            row.show()
        self._roving.set_members([row.slider for row in rows])
        self._arrange()

    def _made(self, direction: Direction) -> _Row:
        row = _Row(direction)
        slider = row.slider
        slider.among = self._roving

        def place() -> int:
            return self.directions.all.index(direction)

        def value(position: int) -> float:
            return position / STEPS * slider.ends[1]

        row.name.renamed.connect(lambda name: self.directions.rename(place(), name))
        row.gone.clicked.connect(lambda: self.directions.remove(place()))
        slider.valueChanged.connect(lambda position: self.moved.emit(place(), value(position)))
        slider.sliderPressed.connect(lambda: self.taken.emit(place(), True))
        slider.actionTriggered.connect(lambda _key: self.taken.emit(place(), False))
        slider.sliderReleased.connect(self.let_go)
        slider.typed.connect(lambda typed: self.typed.emit(place(), typed))
        return row

    def _show_groups(self) -> None:
        counts: dict[Group, int] = {group: len(self.directions.marked(group)) for group in GROUPS}
        for group, chip in self.marks.items():
            chip.setText(f"Mark {group} · {counts[group]}" if counts[group] else f"Mark {group}")
            chip.updateGeometry()
        self.unmark.setVisible(any(counts.values()))
        self.difference.setEnabled(all(counts.values()))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as there is room for."""
        super().resizeEvent(event)
        self._arrange()

    def _arrange(self) -> None:
        count = len(self.rows)
        columns = max(1, min(1 + (self.width() >= _TWO) + (self.width() >= _THREE), count))
        gap = 2 * theme.SPACING
        width = (self.width() - (columns - 1) * gap) // columns
        high = max((row.sizeHint().height() for row in self.rows), default=0) + 2
        for place, row in enumerate(self.rows):
            line, column = divmod(place, columns)
            row.setGeometry(column * (width + gap), line * high, width, high)
        self._place.setFixedHeight(-(-count // columns) * high)
