"""The settings of one experiment, the live knobs first, and what waits until the run starts over."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from ganstudio.gui.forms.forms import SpecForm
from ganstudio.gui.game.undo import Turn
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.settings.edits import STAGED, TOTAL, Edits
from ganstudio.gui.settings.groups import GROUPS, GroupSpec
from ganstudio.gui.settings.parts import CollapsibleGroup, PendingBanner
from ganstudio.gui.settings.values import has_all, plain_at, spec_at, value_at
from ganstudio.gui.text.numbers import short
from ganstudio.gui.text.words import setting_name, value_label
from ganstudio.presets import Switch, is_live
from ganstudio.scalars import counted
from ganstudio.training.step.schedules import in_force

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ganstudio.experiment import Experiment
    from ganstudio.gui.forms.rows import FieldRow
    from ganstudio.gui.game.model import Game
    from ganstudio.gui.settings.values import Settings
    from ganstudio.training.messages import Adjusted, Notice

_SWITCHED = {"discriminator": "D", "objective": "the objective", "conditioning.labels": "what they are told"}


class SettingsPanel(QWidget):
    """All settings of the open game in groups; before there is one, of an experiment as it is by default.

    ``edited(path, value)`` comes for every change that a person makes, ``restaged(settings)`` for changes in force that
    belong together: the length of a stage, and with it that of all of them and the game. While a run is on, changes
    that are not live wait: the banner counts them, ``start_over_requested`` comes when they are wanted, and
    ``pending_experiment()`` is what should then be started. ``switched(why)`` tells in words what was changed along
    with an edit. ``turned`` carries each step of a person's as a ``Turn``, whose sides are settings: paths with their
    values.
    """

    turned = Signal(object)
    edited = Signal(str, object)
    restaged = Signal(object)
    switched = Signal(str)
    start_over_requested = Signal()

    def __init__(self, game: Game, put: Callable[[QWidget], None] | None = None) -> None:
        super().__init__()
        if put is not None:
            put(self)  # first: whatever is moved is styled anew, with all that is in it
        self._game = game
        self.edits = Edits(game)
        self._forms: list[tuple[str, SpecForm]] = []
        self.banner = PendingBanner()
        self.banner.start_over.clicked.connect(self.start_over_requested)
        self.banner.undo.clicked.connect(self.undo)
        page = QWidget()
        page.setObjectName("page")
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        scroll.setWidget(page)
        stacked(self.banner, (scroll, 1), on=self, spacing=0)
        self.setMinimumWidth(270)
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 6, 3, 16)  # to the right of it stands the bar
        column.setSpacing(4)
        # Into a page that stands in its place: whatever is moved is styled anew, with all that is in it.
        self._groups = [(spec, self._group(spec, column)) for spec in GROUPS]
        column.addStretch(1)
        self._refresh()

    def open(self) -> None:
        """Show a game that has come."""
        self.edits.on_their_way.open()
        self.follow()

    def stay(self) -> None:
        """Show the game that stands, where another one was refused."""
        self.edits.on_their_way.refuse()
        self.follow()

    def answer(self, event: Adjusted) -> None:
        """A setting is in force that was changed here, or elsewhere."""
        self.edits.on_their_way.answer(event.path)
        self.follow()

    def refuse(self, event: Notice) -> None:
        """Follow what is told of; where a change was refused of several that belong together, none of them comes."""
        if event.setting in STAGED:
            self.edits.on_their_way.clear()
        self.edits.on_their_way.answer(event.setting)
        self.follow()

    def give_up(self) -> None:
        """Follow a game that takes no change any more: its numbers went wrong, or it has ended by itself."""
        self.edits.on_their_way.clear()
        self.follow()

    def follow(self) -> None:
        """Show the experiment that runs, or that is about to, with the edits on their way to it."""
        self.edits.follow()
        self._refresh()

    def show_step(self, step: int) -> None:
        """Show next to each setting that a schedule changes what of it the next step takes.

        A change that waits leaves the place empty, in the setting or in what holds it: what is in force is not of the
        objective that the rows show, nor of their codes.
        """
        experiment = self.experiment
        for path, value in in_force(experiment, step).items():
            row = self._row_made(path)
            if row is None:
                continue
            setting = float(value_at(experiment, path))
            same = abs(value - setting) <= 0.005 * abs(setting)
            row.set_now("" if same or self.edits.waits_at(path) else f"currently {short(float(f'{value:.2g}'))}")

    @property
    def experiment(self) -> Experiment:
        """The experiment in force with the edits on their way to it, without the changes that wait."""
        return self.edits.experiment

    @property
    def pending(self) -> Mapping[str, object]:
        """The changes that wait, by path."""
        return self.edits.waiting

    def pending_experiment(self) -> Experiment:
        """The experiment with the changes that wait."""
        return self.edits.shown

    def undo(self) -> None:
        """Take back the changes that wait; that can itself be undone."""
        before, after = self.edits.take_back()
        self._refresh()
        self.turned.emit(Turn(of=self, name="Changes Taken Back", before=before, after=after))

    # --- a Turned ---

    def put(self, settings: Settings) -> None:
        """Set these at once, as an edit would; nothing is changed along with them.

        What does not fit is left: a game that went back to a checkpoint may have other kinds than it had.
        """
        asked = self.edits.put(settings)
        if asked is not None:
            self._refresh()
            self._send(asked)

    def stands(self, settings: Settings) -> bool:
        """Whether these are what the panel shows."""
        return has_all(self.pending_experiment(), settings)

    def takes(self, _settings: Settings) -> bool:
        """Whether they are of the open game; they may be of a kind that only an earlier step brings back."""
        return True

    def row_at(self, path: str) -> FieldRow:
        """The row of a field by its dotted path, such as ``schedule.batch_size``.

        Raises KeyError when there is no such field.
        """
        for spec, group in self._groups:
            self._fill(spec, group)
        row = self._row_made(path)
        if row is None:
            raise KeyError(path)
        return row

    def _row_made(self, path: str) -> FieldRow | None:
        """The row of a field if its group has been looked at."""
        for prefix, form in self._forms:
            relative = path.removeprefix(f"{prefix}.") if prefix else path
            if (not prefix or relative != path) and relative.partition(".")[0] in form.rows:
                with suppress(KeyError):
                    return form.row_at(relative)
        return None

    def _group(self, spec: GroupSpec, column: QVBoxLayout) -> CollapsibleGroup:
        group = CollapsibleGroup(spec.title, expanded=spec.open)
        column.addWidget(group)
        if spec.open:
            self._fill(spec, group)
        else:
            # Folded groups are most of the panel's widgets: they are made when they are first looked at.
            group.header.toggled.connect(lambda _open: self._fill(spec, group))
        return group

    def _fill(self, spec: GroupSpec, group: CollapsibleGroup) -> None:
        if group.filled:
            return
        shown = self.pending_experiment()
        for part in spec.parts:
            form = SpecForm(
                spec_at(shown, part.path), path=part.path, only=part.only, brief=part.brief, parent=group.card
            )
            form.set_locked(self._game.started)
            form.set_pending(self.pending)
            form.edited.connect(self._take)
            self._forms.append((part.path, form))
            group.add(form)

    def _take(self, path: str, value: object) -> None:
        """Take an edit over, and what must change along with it."""
        taken = self.edits.take(path, value)
        self._refresh()
        after = self.pending_experiment()
        sides = [tuple((each, plain_at(side, each)) for each in taken.set) for side in (taken.before, after)]
        self.turned.emit(Turn(of=self, name=setting_name(path), before=sides[0], after=sides[1]))
        if taken.asked:
            self._send(taken.asked)
        elif not is_live(path):
            self.edited.emit(path, value)
        if taken.switches:
            self.switched.emit(" ".join(map(_told, taken.switches)))

    def _send(self, changes: Settings) -> None:
        """Have the game take these; before it has begun, it begins anew with all that is shown."""
        if self._game.started and len(changes) > 1:
            self.restaged.emit(changes)
        elif changes:
            self.edited.emit(*changes[0])

    def _refresh(self) -> None:
        shown = self.pending_experiment()
        for path, form in self._forms:
            form.set_spec(spec_at(shown, path))
            form.set_locked(self._game.started)
            form.set_pending(self.pending)
        for spec, group in self._groups:
            group.set_summary(spec.summary(shown))
        self.banner.set_count(len(self.pending))


def _told(switch: Switch) -> str:
    if switch.path == TOTAL:
        return f"{switch.why}: all of it takes {counted(switch.value, 'step')} now."
    return f"{switch.why}: {_SWITCHED[switch.path]} is now {value_label(switch.now)}."
