"""Changes of a game's settings that are not in force yet: on their way to it, or waiting until it starts over."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ganstudio.experiment import Experiment
from ganstudio.gui.settings.on_their_way import OnTheirWay
from ganstudio.gui.settings.values import has_all, plain_at, with_all
from ganstudio.presets import ExperimentError, Switch, is_live, partners, total_for, with_setting

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ganstudio.experiment import DiscriminatorSpec
    from ganstudio.gui.game.model import Game
    from ganstudio.gui.settings.values import Settings

STAGED = ("stages", "arrangement")
"""Where the settings lie that say how long stages last."""
TOTAL = "schedule.steps"


@dataclass(frozen=True, kw_only=True)
class Taken:
    """What came of an edit: all that it set, what of that is to be asked of the game, what it brought along.

    before: the experiment as it was shown till then. asked: nothing, where the edit waits.
    """

    before: Experiment
    set: tuple[str, ...]
    asked: Settings
    switches: tuple[Switch, ...]


class Edits:
    """What is changed of the open game's settings; before there is one, of an experiment as it is by default.

    An edit is on its way till the game has answered it. What is not live waits.
    """

    def __init__(self, game: Game) -> None:
        self._game = game
        self._default = Experiment()
        self._waiting: dict[str, object] = {}
        self.on_their_way = OnTheirWay()
        self._edited = ""
        self._replaced: DiscriminatorSpec | None = None

    @property
    def experiment(self) -> Experiment:
        """The experiment in force with the edits on their way to it, without the changes that wait."""
        return with_all(self._in_force(), self.on_their_way.settings)

    @property
    def shown(self) -> Experiment:
        """The same with the changes that wait."""
        return with_all(self.experiment, self._waiting.items())

    @property
    def waiting(self) -> Mapping[str, object]:
        """The changes that wait, by path."""
        return dict(self._waiting)

    def _in_force(self) -> Experiment:
        return self._game.experiment or self._default

    def waits_at(self, path: str) -> bool:
        """Whether a change waits of a setting, or of something that holds it."""
        return any(path == waiting or path.startswith(f"{waiting}.") for waiting in self._waiting)

    # --- what the game answers ---

    def follow(self) -> None:
        """Follow the experiment that runs, or that is about to.

        Changes that wait go on waiting, unless the experiment has them already, or nothing is started any more.
        """
        if not self._game.started:
            self._waiting.clear()
        self._keep_newer()
        self._settle()

    def _keep_newer(self) -> None:
        """Keep those edits on their way that have no answer yet, as long as they change something.

        Without them, a spin box that is held down would be set back by each answer that is a few steps late.
        """
        in_force = self._in_force()
        try:
            newer = with_all(in_force, self.on_their_way.settings)
        except ExperimentError:
            newer = in_force
        if newer == in_force or in_force.name != self._edited:
            self.on_their_way.clear()

    def _settle(self) -> None:
        """Forget the changes that the experiment has already, or that no longer fit it."""
        settled = self.experiment
        for path, value in list(self._waiting.items()):
            try:
                changed = with_setting(settled, path, value)
            except ExperimentError:
                changed = settled
            if changed == settled:
                del self._waiting[path]
            settled = changed
        if settled == self.experiment:  # a kind first sets what it brings along, then come the changes within
            self._waiting.clear()

    # --- what a person does ---

    def take(self, path: str, value: object) -> Taken:
        """Take an edit over, and what must change along with it."""
        switches = self._switches(path, value)
        changes = ((path, value), *((switch.path, switch.value) for switch in switches))
        before, running = self.shown, self.experiment
        waits = self._game.started and self._must_wait(path, switches)
        asked: Settings = () if waits else changes
        if self._game.started:  # what is in force already is not asked for
            asked = (*asked[:1], *(each for each in asked[1:] if with_setting(running, *each) != running))
        self._set(changes, asked, waits=waits)
        return Taken(before=before, set=tuple(each for each, _ in changes), asked=asked, switches=switches)

    def put(self, settings: Settings) -> Settings | None:
        """Set these at once, as an edit would; nothing is changed along with them.

        Returns what is to be asked of the game; None where they do not fit: one that went back to a checkpoint may have
        other kinds than it had.
        """
        waits = self._game.started and any(self._must_wait(path, ()) for path, _ in settings)
        shown = self.shown
        changes = tuple(each for each in settings if not has_all(shown, (each,)))
        try:
            with_all(shown if waits else self.experiment, changes)
        except ExperimentError:
            return None
        asked = () if waits else changes
        self._set(settings, asked, waits=waits)
        return asked

    def take_back(self) -> tuple[Settings, Settings]:
        """Forget the changes that wait. Returns them, and what stands in their place."""
        waiting = tuple(self._waiting.items())
        self._waiting.clear()
        running = self.experiment
        outer = [path for path, _ in waiting if not any(path.startswith(f"{other}.") for other, _ in waiting)]
        return waiting, tuple((path, plain_at(running, path)) for path in outer)

    def _set(self, settings: Settings, asked: Settings, *, waits: bool) -> None:
        for path, _ in settings:
            self._forget(path)
        if waits:
            self._waiting.update(settings)
            self._settle()
        else:
            self.on_their_way.send(asked, started=self._game.started)
        self._edited = self.experiment.name

    def _switches(self, path: str, value: object) -> tuple[Switch, ...]:
        before = self.shown
        after = with_setting(before, path, value)
        if path.startswith(STAGED) and (total := total_for(before, after)) != before.schedule.steps:
            return (Switch(path=TOTAL, value=total, why="The game after the stages stays as long as it is"),)
        switches = partners(after, path, self._replaced)
        if any(switch.path == "discriminator" for switch in switches):
            self._replaced = before.discriminator
        return switches

    def _must_wait(self, path: str, switches: tuple[Switch, ...]) -> bool:
        """Whether an edit is not live, lies within one that waits, or brings along what is not as it is in force."""
        within = any(path.startswith(f"{other}.") for other in self._waiting)
        running = self.experiment
        brings = any(
            not is_live(switch.path) and with_setting(running, switch.path, switch.value) != running
            for switch in switches
        )
        return not is_live(path) or within or brings

    def _forget(self, path: str) -> None:
        """Forget what waits of a setting: a new kind makes what was changed in the old one void."""
        for older in [each for each in self._waiting if each == path or each.startswith(f"{path}.")]:
            del self._waiting[older]
