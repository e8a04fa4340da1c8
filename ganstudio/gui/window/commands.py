"""What the window's actions do to the open game, and when each can be done."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QDialog

from ganstudio.gui.exporting.kinds import PICTURE
from ganstudio.gui.looks import icons
from ganstudio.gui.parts.chips import terms as terms_of_chips
from ganstudio.gui.parts.ways_out import WaysOut, all_inside, way_out_of
from ganstudio.gui.text import glossary
from ganstudio.gui.window.actions import show_playing
from ganstudio.presets import is_live
from ganstudio.scalars import COMMON
from ganstudio.training.messages import Adjust, Pause, Play, Restage, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PySide6.QtGui import QAction

    from ganstudio.gui.exporting.exporter import Exporter
    from ganstudio.gui.game.model import Game
    from ganstudio.gui.opening.opener import Opener
    from ganstudio.gui.settings.panel import SettingsPanel
    from ganstudio.gui.window.rooms import Rooms
    from ganstudio.gui.window.undo import UndoCommands


class Commands(QObject):
    """Connects the actions by their ids: those of the game at once, those of views once these are built."""

    def __init__(
        self, actions: Mapping[str, QAction], game: Game, opener: Opener, undo: UndoCommands, exporter: Exporter
    ) -> None:
        super().__init__(game)
        self.exporter = exporter
        self._actions, self._game, self._opener, self._undo = actions, game, opener, undo
        self._rooms: Rooms | None = None
        self._connect(
            play=self._toggle_play,
            step_both=lambda: game.act(Step("both")),
            step_discriminator=lambda: game.act(Step("discriminator")),
            step_generator=lambda: game.act(Step("generator")),
            save=game.save,
            shortcuts=self._show_shortcuts,
            glossary=self._show_glossary,
            about=self._show_about,
            open=opener.ask,
            open_folder=opener.ask_folder,
        )
        self.follow()

    def furnish(self, rooms: Rooms, settings: SettingsPanel) -> None:
        """Connect what needs the views."""
        self._settings, self._rooms = settings, rooms
        settings.edited.connect(self._edit)
        settings.restaged.connect(lambda changes: self._game.act(Restage(changes)))
        settings.start_over_requested.connect(self._start_over)
        self._connect(
            reset=self._start_over,
            slow_motion=rooms.slow_motion,
            measures=rooms.show_measures,
            own_room=rooms.show_own,
            compare=rooms.compare,
            draw=rooms.draw,
            paste=rooms.data.paste,
            fit=rooms.fit,
            randomise=rooms.scene.latent.draws.randomise,
            nudge=rooms.scene.latent.draws.nudge,
            pin=rooms.scene.latent_panel.pin,
            copy=lambda: self._with_picture(WaysOut.copy),
            save_picture=lambda: self._with_picture(lambda way: way.ask(1)),
            export=self._export,
        )

    def follow(self) -> None:
        """Let those actions be done that the game in force allows."""
        game = self._game
        ready = game.state is not None
        lives = ready and game.way_back is None
        for name in ("play", "step_both", "reset", "fit"):
            self._actions[name].setEnabled(ready)
        moves = ("randomise", "nudge", "pin", "find_picture")
        for name in ("step_discriminator", "step_generator", "slow_motion", "measures", *moves):
            self._actions[name].setEnabled(lives and game.group is None)
        self._actions["compare"].setEnabled(lives)
        self._follow_own(lives=lives and game.group is None)
        self._actions["save"].setEnabled(lives and game.started)
        show_playing(self._actions["play"], game.state == "playing")

    def _follow_own(self, *, lives: bool) -> None:
        """Call the action of the game's own room as that room; where the game has none, it is not offered."""
        action, room = self._actions["own_room"], None if self._rooms is None else self._rooms.own
        action.setVisible(lives and room is not None)
        if room is not None:
            action.setText(room.name)
            action.setToolTip(f"{room.name} ({action.shortcut().toString()}). {room.tip}")
            action.setIcon(icons.icon(room.icon))

    def _connect(self, **does: Callable[[], object]) -> None:
        for name, act in does.items():
            self._actions[name].triggered.connect(lambda _checked=False, act=act: act())

    def _export(self) -> None:
        """Ask what is to be exported; what is in focus is offered first."""
        assert self._rooms is not None
        scene, focused = self._rooms.scene, QApplication.focusWidget()
        way = self._way_out()
        first = "grid" if self._game.started else PICTURE
        for within, name in ((scene.curves, "curves"), (scene.latent_panel, "walk")):
            if self._game.started and focused is not None and within.isAncestorOf(focused):
                first = name
        self.exporter.ask(way, first)

    def export_kind(self, name: str) -> None:
        """Ask how something of this kind is to be exported."""
        self.exporter.ask(self._way_out(), name)

    def _way_out(self) -> WaysOut | None:
        """That of the picture in focus, else of the room's first one: what holds the whole room is about none of it."""
        assert self._rooms is not None
        room, focused = self._rooms.shown(), QApplication.focusWidget()
        around = focused is None or focused is room or focused.isAncestorOf(room)
        return (None if around else way_out_of(focused, room)) or next(iter(all_inside(room)), None)

    def _with_picture(self, act: Callable[[WaysOut], object]) -> None:
        """Do something with the picture that has the focus, or with the room's first one."""
        way = self._way_out()
        if way is not None:
            act(way)

    def _show_shortcuts(self) -> None:
        from ganstudio.gui.window.help import shortcuts

        self._ask(shortcuts(QApplication.activeWindow()))

    def _show_glossary(self) -> None:
        from ganstudio.gui.window.help import terms

        self._ask(terms(self.glossary(), QApplication.activeWindow()))

    def glossary(self) -> list[glossary.Term]:
        """All that is shown in the window, in words."""
        from ganstudio.gui.plane.heat import HEATS
        from ganstudio.gui.rooms.measures.words import ROWS

        assert self._rooms is not None
        stands = self._game.single or self._game.group
        heats = [(heat.title, heat.tip) for heat in HEATS.values()]
        figures = [(row.name, row.help) for row in ROWS]
        chips = terms_of_chips(self._rooms.scene.window())
        return glossary.entries(stands.scalars if stands else COMMON, [*heats, *figures, *chips])

    def _show_about(self) -> None:
        from ganstudio.gui.window.help import About

        self._ask(About(self._game.runs, QApplication.activeWindow()))

    @staticmethod
    def _ask(dialog: QDialog) -> None:
        dialog.exec()
        dialog.deleteLater()

    def _toggle_play(self) -> None:
        self._game.act(Pause() if self._game.state == "playing" else Play())

    def _start_over(self) -> None:
        if self._settings.pending and self._game.group is None:
            self._begin_anew()
        elif self._game.experiment is not None:
            self._game.reset()

    def _begin_anew(self) -> None:
        """The same game with the settings that are shown."""
        experiment = self._settings.pending_experiment()
        self._undo.expect(experiment)
        self._opener.experiment(experiment)

    def _edit(self, path: str, value: Any) -> None:
        if not self._game.started:
            self._begin_anew()
        elif is_live(path):
            self._game.bridge.send(Adjust(path, value))
