"""Several games with one clock: a duel of 2 to 4 experiments, or one experiment with many seeds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QVBoxLayout, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.alerts import AlertsView
from ganstudio.gui.parts.chips import Chip, action, muted_label, step_text
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.rooms.group.curves import GroupCurves
from ganstudio.gui.rooms.group.findings import GroupFindings
from ganstudio.gui.rooms.group.history import GroupHistory
from ganstudio.gui.rooms.group.standing import gathered, measured_text, standings, standings_at
from ganstudio.gui.rooms.group.wall import TileWall
from ganstudio.gui.rooms.group.words import sentence
from ganstudio.gui.timeline.bar import TimelineBar
from ganstudio.gui.timeline.pair import Pair
from ganstudio.training.messages import Alerted

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ganstudio.gui.game.model import Game
    from ganstudio.training.messages import GroupFrame, GroupOpened, OfMember, State

_EMPTY = "No games side by side yet: set up a duel or a seed band"


class GroupView(QWidget):
    """Tiles of the plane, one a game, and their curves overlaid. Painted only when ``refresh`` is called.

    ``member_chosen`` carries the index of the game to open as a run of its own, ``plane_seen`` the bounds of what the
    tiles show, ``closed`` asks to leave the group.

    game: whose past can be gone back to below the tiles; None: they are seen as they are now.
    """

    member_chosen = Signal(int)
    plane_seen = Signal(object)
    closed = Signal()

    def __init__(self, game: Game | None = None) -> None:
        super().__init__()
        self._game = game
        self.past = None if game is None else game.past
        self.timeline = None if game is None else TimelineBar(game, game.past, inset=False)
        self.history = GroupHistory(1, 1, spread=False)
        self.findings = GroupFindings(1)
        self.alerts = AlertsView()
        self.curves: GroupCurves | None = None
        self.wall = TileWall()
        self.pair = None if game is None else Pair(self.wall, game.past, self._other_wall)
        self._frame: GroupFrame | None = None
        self._told: tuple[int, int, str, int | None] | None = None
        self._sizes: dict[str, list[int]] = {}  # of the halves, as a person parted them, by what stands side by side
        self._choices: Mapping[str, Any] = {}
        self._step = 0
        self._state: State = "paused"
        self._build_header()
        self._split = QSplitter()
        self._split.setChildrenCollapsible(False)
        self.halves = self._games(), self._beside()
        """The games' planes, and their curves."""
        for half in self.halves:
            self._split.addWidget(half)
        self._empty = QLabel(_EMPTY, alignment=Qt.AlignmentFlag.AlignCenter, wordWrap=True)
        self._empty.setProperty("role", "muted")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.SPACING] * 4)
        layout.setSpacing(theme.SPACING)
        layout.addLayout(self._header)
        layout.addWidget(self._empty, 1)
        layout.addWidget(self._split, 1)
        self._split.hide()
        self._split.splitterMoved.connect(lambda *_: self._sizes.update({self._called(): self._split.sizes()}))
        self.wall.seen.connect(self.plane_seen)
        self.wall.wanted.connect(self.member_chosen)
        self.wall.ranged.connect(self._range_changed)
        self.wall.followed.connect(self._follow)
        if self.past is not None:
            self.past.moved.connect(self._show_moment)

    # --- what the window calls ---

    def open(self, opened: GroupOpened) -> None:
        """Show another group; what was known of the last one is forgotten."""
        members, window = len(opened.names), opened.experiments[0].measures.window
        self.history = GroupHistory(members, window, spread=opened.band, scalars=opened.scalars)
        self.findings = GroupFindings(members)
        self.alerts.show_alerts(())
        lines = () if opened.band else theme.GAMES[:members]
        self._frame = None
        _open(self.wall, opened)
        if self.pair is not None:
            self.pair.open(opened)
        if self.curves is not None:
            self._choices = self.curves.choices.state()
            self.curves.hide()
            self.curves.deleteLater()
        self.curves = GroupCurves(self.history, self.findings, opened.experiments, opened.names, lines, opened.scalars)
        self._split.setOrientation(Qt.Orientation.Horizontal if opened.band else Qt.Orientation.Vertical)
        self._column.addWidget(self.curves, 1)
        self.curves.choices.restore(self._choices)
        QTimer.singleShot(0, self, self._part)  # once it is shown: before, it has another size, and Qt shares anew
        self._kind.setText(f"{'Seed band' if opened.band else 'Duel'} on {opened.data_name}")
        self._sentence.setText(sentence(opened.experiments, opened.band))
        self._close.show()
        self._empty.hide()
        self._split.show()
        self._told = None
        self._tell_step(opened.step)
        self._tell_values()
        self._range_changed()

    def add_scalars(self, rows: npt.NDArray[np.float64]) -> None:
        """Take in scalars (members, n, 2 + 7), as ``GroupScalars`` brings them."""
        self.history.append(rows)

    def hear(self, told: OfMember) -> None:
        """Take in what is told of one game; what is wrong with it is shown at once."""
        self.findings.hear(told)
        if isinstance(told.event, Alerted):
            self.alerts.show_alerts(gathered(self.findings.alerts, [tile.name for tile in self.wall.tiles]))

    def show_frame(self, frame: GroupFrame) -> None:
        """Keep a frame for the next ``refresh``: the newest of the moment that is looked at wins."""
        if self.past is not None and not self.past.takes(frame):
            return
        self._frame = frame
        self.wall.show_frame(frame)
        if self.pair is not None:
            self.pair.show_frame(frame, self.wall)
        self._tell_step(frame.step)

    def set_state(self, state: State) -> None:
        """Say so where the games have reached the schedule's last step."""
        self._state = state
        self._tell_step(self._step)

    def state(self) -> dict[str, Any]:
        """What is shown of games side by side, and how much room each half has: to be kept."""
        choices = self._choices if self.curves is None else self.curves.choices.state()
        layers = {name: chip.isChecked() for name, chip in self.chips.items()}
        return {"choices": dict(choices), "layers": layers, "sizes": self._sizes}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what was kept, as far as it fits, from the next games on."""
        choices, layers, sizes = (state.get(name) for name in ("choices", "layers", "sizes"))
        if isinstance(choices, Mapping):
            self._choices = choices
        for name, chip in self.chips.items():
            if isinstance(layers, Mapping) and isinstance(layers.get(name), bool):
                chip.setChecked(layers[name])
        if isinstance(sizes, Mapping):
            self._sizes = {kind: pair for kind, pair in sizes.items() if _are_sizes(pair)}

    def _called(self) -> str:
        """What stands side by side, by which the halves' sizes are remembered."""
        return "band" if self._split.orientation() == Qt.Orientation.Horizontal else "duel"

    def refresh(self) -> None:
        """Paint what is new, if anybody can see it; the window's timer calls this."""
        if self.curves is None or not self.isVisible() or self.window().isMinimized():
            return
        self.wall.refresh()
        if self._beside_wall is not None:
            self._beside_wall.refresh()
        self.curves.refresh()
        self._tell_values()  # of the estimator that is offered now

    def fit(self) -> None:
        """Bring everything into view."""
        self.wall.fit()
        if self.curves is not None:
            self.curves.fit()

    # --- how it is built ---

    def _build_header(self) -> None:
        self._kind = QLabel("Side by side")
        self._kind.setProperty("role", "title")
        self._sentence = muted_label(wraps=True)
        self._close = action("Close", "Go back to a single game; these are kept under Runs")
        self._close.clicked.connect(self.closed)
        self._close.hide()
        self._header = QHBoxLayout()
        self._header.setSpacing(theme.SPACING + 4)
        self._header.addWidget(self._kind)
        self._header.addWidget(self._sentence, 1)
        self._header.addWidget(self._close)

    def _games(self) -> QWidget:
        self.chips = {
            "real": Chip("Real", "Points of the data, the same for all games", theme.REAL),
            "generated": Chip("Generated", "Points that each G makes of the same random z", theme.FAKE),
            "landscape": Chip(
                "Landscape", "D(x): where each D says generated (amber) or real (teal)", theme.FAKE, theme.REAL
            ),
        }
        for name, chip in self.chips.items():
            chip.setChecked(True)
            chip.toggled.connect(lambda on, name=name: self._set_layer(name, on))
        self._place = muted_label()
        self._place.setAccessibleName("Step of the pictures")
        self._place.setToolTip("Step of the pictures; the games are measured in turn, all as they were at one step")
        self._fit = action("Fit", "Back to where the data lies, in all tiles. The wheel zooms, dragging moves")
        self._fit.clicked.connect(self.wall.fit)
        games = QWidget()
        layout = stacked(
            FlowLayout(*self.chips.values(), last=(self._place, self._fit)), on=games, spacing=theme.SPACING - 2
        )
        if self.timeline is not None:
            layout.addWidget(self.timeline)  # above them: a band's many curves make the page higher than the window
        layout.addWidget(self.wall if self.pair is None else self.pair, 1)
        return games

    def _beside(self) -> QWidget:
        """The curves, and above them what is wrong."""
        beside = QWidget()
        self._column = QVBoxLayout(beside)
        self._column.setContentsMargins(theme.SPACING // 2, 0, 0, 0)
        self._column.setSpacing(theme.SPACING // 2)
        self._column.addWidget(self.alerts)
        return beside

    def _other_wall(self, opened: GroupOpened) -> TileWall:
        """The same games once more, at another moment."""
        wall = TileWall()
        _open(wall, opened)
        wall.mirror(self.wall)
        return wall

    @property
    def _beside_wall(self) -> TileWall | None:
        return None if self.pair is None else self.pair.view

    # --- what happens to it ---

    def _range_changed(self) -> None:
        self._fit.setEnabled(not self.wall.plane.camera.fitted)
        if self._beside_wall is not None:
            self._beside_wall.redraw()

    def _set_layer(self, name: str, on: bool) -> None:
        self.wall.set_layer(name, on)
        if self._beside_wall is not None:
            self._beside_wall.redraw()
        self._tell_step(self._step)

    def _show_moment(self) -> None:
        """Put the cursor on all curves, and say where the games stood."""
        if self._game is None or self._game.group is None or self.curves is None:
            return  # of a single game, behind which the games before are not seen
        self.curves.show_cursor(self._game.past.shown)
        self._tell_values()

    def _part(self) -> None:
        # A band's tiles make a square, a duel's a strip; the curves get the rest.
        usual = [560, 520]
        if self._called() == "duel":
            room, above = sum(self._split.sizes()), self.halves[0].height() - self.wall.height()
            games = min(above + self.wall.height_in_a_row(), round(0.58 * room))
            usual = [games, room - games]
        self._split.setSizes(self._sizes.get(self._called(), usual))

    def _follow(self, member: int | None) -> None:
        if self.curves is not None:
            self.curves.follow(member)

    def _tell_step(self, step: int) -> None:
        self._step = step
        if self._frame is not None and self._frame.past:
            unkept = " · D as it was then is not kept" if self.chips["landscape"].isChecked() else ""
            self._place.setText(f"{step_text(step)}{unkept}")
            return
        text = step_text(step) + (", the last" if self._state == "finished" else "")
        measured = measured_text(self.findings, self._estimator())
        self._place.setText(f"{measured} · {text}" if measured else text)

    def _estimator(self) -> str:
        return self.curves.choices.estimator if self.curves is not None and self.findings.estimators else ""

    def _tell_values(self) -> None:
        """Where each game stands, in its tile."""
        at = None if self.past is None else self.past.shown
        known = len(self.history), self.findings.generation, self._estimator(), at
        if known == self._told or self.findings.members != len(self.wall.tiles):
            return
        self._told = known
        told = self.history, self.findings, known[2]
        found = standings(*told) if at is None else standings_at(*told, at)
        for tile, one in zip(self.wall.tiles, found, strict=True):
            tile.set_standing(one)
        self._tell_step(self._step)


def _open(wall: TileWall, opened: GroupOpened) -> None:
    """Make a tile a game; a duel's have the colours of their curves."""
    lines = () if opened.band else theme.GAMES[: len(opened.names)]
    colours = [(line, line) for line in lines] or [(theme.MUTED, theme.CHOSEN)] * len(opened.names)
    wall.open(opened.names, colours, opened.real, opened.plane)


def _are_sizes(pair: object) -> bool:
    return isinstance(pair, list) and len(pair) == 2 and all(isinstance(one, int) and 0 < one < 10_000 for one in pair)
