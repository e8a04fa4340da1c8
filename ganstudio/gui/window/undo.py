"""Undo and Redo in the Edit menu: what they are called now, when they can be done, and what another game ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from ganstudio.experiment import PyramidSpec
from ganstudio.gui.game.undo import Turn, UndoHistory
from ganstudio.gui.parts.hold import Hold
from ganstudio.gui.text.words import setting_name
from ganstudio.training.messages import Adjust, Reset, Share, Start

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QAction

    from ganstudio.experiment import Experiment
    from ganstudio.gui.game.model import Game
    from ganstudio.gui.settings.panel import SettingsPanel
    from ganstudio.gui.window.rooms import Rooms
    from ganstudio.training.messages import AnyStart, Notice, Refused


Named = tuple[int, str]
Shared = tuple[int, int]
Side = Named | Shared
_LATER = "arrangement.later"


class _Sent:
    """Changes that have no answer yet, the oldest first, with the path of the setting that answers tell.

    Until then the experiment in force does not have them, and with it alone two quick changes would begin at the same.
    """

    def __init__(self) -> None:
        self._sides: list[tuple[str, Side, int]] = []
        self._asked = 0

    def add(self, path: str, side: Side) -> None:
        """It was sent just now."""
        self._sides.append((path, side, self._asked))

    def ask(self) -> None:
        """Another game was asked for: what is sent from now on is for that one, as where a game is opened again."""
        self._asked += 1

    def open(self) -> None:
        """Another game has come: what was sent before it was asked for has no answer any more."""
        self._sides = [each for each in self._sides if each[2] == self._asked]

    def newest(self, path: str, index: int) -> Any:
        """How the code or level of that number will stand; None: nothing is on its way."""
        return next((side for at, side, _ in reversed(self._sides) if at == path and side[0] == index), None)

    def answer(self, path: str) -> None:
        """The oldest one of a setting has been taken over or refused."""
        answered = next((place for place, (at, *_) in enumerate(self._sides) if at == path), None)
        if answered is not None:
            del self._sides[answered]

    def clear(self) -> None:
        """No answer will come."""
        self._sides.clear()


class _CodeNames:
    """The names that codes are given beside their sliders: settings, which are sent without the settings panel."""

    def __init__(self, game: Game, sent: _Sent) -> None:
        self._game, self._sent = game, sent

    def named(self, index: int) -> Named | None:
        """A code with the name that it has or is about to have; None: there is no such code."""
        opened, experiment = self._game.single, self._game.experiment
        if opened is None or experiment is None:
            return None
        codes = experiment.latent_of_all(opened.modality.shape).codes
        if index >= len(codes):
            return None
        named: Named | None = self._sent.newest(setting_of_name(index), index)
        return (index, codes[index].name) if named is None else named

    def put(self, named: Named) -> None:
        """Call a code so again."""
        path = setting_of_name(named[0])
        self._sent.add(path, named)
        self._game.act(Adjust(path, named[1]))

    def stands(self, named: Named) -> bool:
        """Whether the code is called so."""
        return self.named(named[0]) == named

    def takes(self, named: Named) -> bool:
        """Whether there is such a code."""
        return self.named(named[0]) is not None


class _Shares:
    """Which levels of a pyramid learn and which rest: turned by chips beside them, without the settings panel."""

    def __init__(self, game: Game, sent: _Sent) -> None:
        self._game, self._sent = game, sent

    def now(self, place: int) -> Shared | None:
        """A level with its share of the steps from here on, or the one on its way; None: there is no such level."""
        spec = None if self._game.experiment is None else self._game.experiment.arrangement
        if not isinstance(spec, PyramidSpec) or place >= len(spec.levels):
            return None
        shared: Shared | None = self._sent.newest(_LATER, place)
        if shared is not None:
            return shared
        return place, spec.shares(max(1, self._game.step))[place]  # before the first step they hold from the second on

    def called(self, place: int) -> str:
        """What the menu calls a change of it."""
        assert self._game.single is not None
        _, height, width = (*self._game.single.way, self._game.single.modality)[place].shape
        return f"Learning at {width} × {height}"

    def put(self, shared: Shared) -> None:
        """Give it that share from the next step on: what it learned meanwhile stays learned."""
        self._game.act(Share(*shared))
        self._sent.add(_LATER, shared)

    def stands(self, shared: Shared) -> bool:
        """Whether that is its share."""
        return self.now(shared[0]) == shared

    def takes(self, shared: Shared) -> bool:
        """Whether there is such a level."""
        return self.now(shared[0]) is not None


def setting_of_name(index: int) -> str:
    """The path of a code's name."""
    return f"latent.codes.{index}.name"


class UndoCommands(QObject):
    """Keeps the history of the open game. A game that a setting or Start Over begins anew is the same one."""

    def __init__(self, actions: Mapping[str, QAction], game: Game) -> None:
        super().__init__(game)
        self._game = game
        self._rooms: Rooms | None = None
        self._expected: Experiment | None = None
        self._sent = _Sent()
        self._names, self._shares = _CodeNames(game, self._sent), _Shares(game, self._sent)
        self._coming: list[tuple[AnyStart, bool]] = []
        """Which games were asked for since the last one came, and of each whether it is the same one."""
        self.history = UndoHistory(Hold(self).current, self)
        self._undo, self._redo = actions["undo"], actions["redo"]
        self._undo.triggered.connect(lambda: self._go(self.history.undo))
        self._redo.triggered.connect(lambda: self._go(self.history.redo))
        self.history.changed.connect(self.follow)
        game.asked.connect(self._on_asked)
        self.follow()

    def furnish(self, rooms: Rooms, settings: SettingsPanel) -> None:
        """Take over what is turned in the views; after they listen to the game."""
        self._rooms = rooms
        settings.turned.connect(self.history.add)
        rooms.scene.latent.turns.turned.connect(self.history.add)
        rooms.scene.pins.turned.connect(self.history.add)
        rooms.scene.latent.directions.turned.connect(self.history.add)
        rooms.scene.latent.renamed.connect(self._on_renamed)
        rooms.scene.meet(lambda view: view.command_wanted.connect(self._on_command))
        game = self._game
        game.opened.connect(lambda _event: self._on_opened())
        game.group_opened.connect(lambda _event: self._forget())
        game.refused.connect(self._on_refused)
        game.adjusted.connect(lambda event: self._sent.answer(event.path))
        game.notice.connect(self._on_notice)
        game.broken.connect(lambda _event: self._on_broken())
        game.failed.connect(lambda _event: self._sent.clear())
        for event in (game.state_changed, game.failed):
            event.connect(lambda _event: self.follow())
        rooms.data.shown.connect(self.follow)
        rooms.data.cleared.connect(self.follow)

    def expect(self, experiment: Experiment) -> None:
        """An experiment that is about to be opened is the same game with other settings."""
        self._expected = experiment

    def follow(self) -> None:
        """Let the actions say what they do."""
        history, may = self.history, self._may()
        for action, word, name in ((self._undo, "Undo", history.undoable), (self._redo, "Redo", history.redoable)):
            action.setEnabled(may and name is not None)
            action.setText(f"{word} {name.replace('&', '&&')}" if name else word)

    def _may(self) -> bool:
        game = self._game
        stands = game.single is not None and game.state is not None and game.way_back is None and not game.awaits
        return stands and self._rooms is not None and not self._rooms.data.desk.visible

    def _go(self, way: Callable[[], None]) -> None:
        if self._may():  # a game may have been asked for since the menu was opened
            way()

    def _on_renamed(self, index: int, name: str) -> None:
        if (before := self._names.named(index)) is not None:
            path, after = setting_of_name(index), (index, name)
            self._sent.add(path, after)
            if after != before:
                self.history.add(Turn(of=self._names, name=setting_name(path), before=before, after=after))

    def _on_command(self, command: object) -> None:
        if isinstance(command, Share) and (before := self._shares.now(command.place)) is not None:
            name, after = self._shares.called(command.place), (command.place, command.share)
            self._sent.add(_LATER, after)
            if after != before:  # a chip shows what was before until the answer comes, and may be clicked again
                self.history.add(Turn(of=self._shares, name=name, before=before, after=after))

    def _on_notice(self, notice: Notice) -> None:
        """It may tell of a change that was not taken."""
        self._sent.answer(notice.setting)
        self.history.tidy()

    def _on_broken(self) -> None:
        """It may tell of a change that was not taken, and no other will be."""
        self._sent.clear()
        self.history.tidy()

    def _on_asked(self, start: AnyStart) -> None:
        self._sent.ask()
        way = self._game.way_back
        revived = way is not None and start is way.command
        same = (
            revived
            or isinstance(start, Reset)
            or (
                isinstance(start, Start)
                and (self._expected == start.experiment if start.experiment else start.resume == self._game.run)
            )
        )
        self._coming.append((start, same))

    def _on_opened(self) -> None:
        self._sent.open()
        if all(same for _, same in self._coming):
            self._coming.clear()
            self.history.tidy()
        else:
            self._forget()

    def _on_refused(self, refused: Refused) -> None:
        """The game that stands goes on, until one comes that was asked for after that which does not."""
        places = [place for place, (start, _) in enumerate(self._coming) if start == refused.command]
        self._coming = self._coming[places[0] + 1 :] if places else []
        if self._coming:
            self._sent.open()
        else:
            self._sent.clear()
        self.history.tidy()

    def _forget(self) -> None:
        self._sent.clear()
        self._expected = None
        self._coming.clear()
        self.history.clear()
