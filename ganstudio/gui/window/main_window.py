"""The window: it owns the shell, the open game and the commands to it, and brings them together."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QMainWindow, QMenu

from ganstudio.gui.exporting.exporter import Exporter
from ganstudio.gui.game.model import Game
from ganstudio.gui.looks.pictures import save_png
from ganstudio.gui.opening.opener import Opener
from ganstudio.gui.opening.paths import is_game
from ganstudio.gui.parts.drop import DropTarget
from ganstudio.gui.parts.panes import Pane, Panes
from ganstudio.gui.parts.scrolled import Scrollable
from ganstudio.gui.parts.stops import go_on
from ganstudio.gui.seam.bridge import TrainingBridge
from ganstudio.gui.window.actions import build_actions, build_menus
from ganstudio.gui.window.arrivals import Arrivals
from ganstudio.gui.window.commands import Commands
from ganstudio.gui.window.interface_size import InterfaceSize, fits, in_force, scrolled_words
from ganstudio.gui.window.memory import Memory
from ganstudio.gui.window.origins import command_of, origin_of
from ganstudio.gui.window.questions import may_close
from ganstudio.gui.window.readouts import Readouts
from ganstudio.gui.window.returning import Returning
from ganstudio.gui.window.shell import FRAME, LEAST_SIZE, Shell, fitting
from ganstudio.gui.window.staging import Staging
from ganstudio.gui.window.telling import Teller
from ganstudio.gui.window.undo import UndoCommands
from ganstudio.gui.window.vigil import Vigil
from ganstudio.training.messages import Start

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtCore import QSettings
    from PySide6.QtGui import QCloseEvent, QPaintEvent

    from ganstudio.gui.settings.panel import SettingsPanel
    from ganstudio.gui.sound.sounds import Sounds
    from ganstudio.gui.window.directing import Directing
    from ganstudio.gui.window.finding import Finding
    from ganstudio.gui.window.hearing import Hearing
    from ganstudio.gui.window.performing import Performing
    from ganstudio.gui.window.rooms import Rooms
    from ganstudio.gui.window.scene import Scene
    from ganstudio.origins import Origin
    from ganstudio.training.messages import AnyStart, Failed, GroupOpened, Opened, StateChanged

REFRESH_MS = 220
"""Time between two paintings of the curves: at five a second they cost the training next to nothing (measured)."""


class MainWindow(QMainWindow):
    """Opens what it is given, builds its views after the first painting, shows the game, and leaves in order.

    ``furnished`` comes when the views that need pyqtgraph stand, a moment after the first painting; until then there
    are no scene, no rooms, no settings and nothing to be heard.
    """

    furnished = Signal()
    settings: SettingsPanel
    sounds: Sounds
    directing: Directing
    finding: Finding
    hearing: Hearing
    performing: Performing

    def __init__(self, runs: Path, *, bridge: TrainingBridge | None = None, settings: QSettings | None = None) -> None:
        super().__init__()
        self.setWindowTitle("GAN Studio")
        self._left = self._scrolls_untold = False
        self._wanted: list[Path] = []
        self._furnishing = False
        self._rooms: Rooms | None = None
        self.actions_by_id = build_actions(self)
        build_menus(self.menuBar(), self.actions_by_id)
        self.memory = Memory(settings, self.actions_by_id, self)
        self.shell = Shell(self.actions_by_id, runs)
        self._place()
        self.game = Game(bridge or TrainingBridge(self), runs, self)
        self.opener = Opener(self, runs, lambda: self.game.experiment)
        self.teller = Teller(self.shell.notices, self.game)
        if settings is not None and (view := self.menuBar().findChild(QMenu, "view")) is not None:
            InterfaceSize(view, settings, self.teller.tell)
        if (train := self.menuBar().findChild(QMenu, "train")) is not None:
            self.staging = Staging(train, self.actions_by_id["measures"], self.game)
        self.undo = UndoCommands(self.actions_by_id, self.game)
        self.exporter = Exporter(self, self.game, self.teller)
        self.returning = Returning(self.game, self.opener, self.teller)
        self.commands = Commands(self.actions_by_id, self.game, self.opener, self.undo, self.exporter)
        self._panes = Panes(self, self._found_panes, bars=2)
        self._vigil = Vigil(self.game, self.shell.transport, self.teller)
        self._readouts = Readouts(self, self.shell.transport, self.game, self._vigil)
        self.drops = DropTarget(self)
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self._tick)
        goes_on = self._timer.isActive  # neither still to be furnished nor closing
        self._arrivals = Arrivals(self, self.shell, self.game, self.opener, self.teller, goes_on)
        self._wire()
        self._listen(self.game)

    @property
    def scene(self) -> Scene | None:
        """The views of a single game."""
        return None if self._rooms is None else self._rooms.scene

    def _found_panes(self) -> list[Pane]:
        """All parts of the window: two bars, the library, what stands in the middle, the settings."""
        shell = self.shell
        middle = [] if self._rooms is None else self._rooms.panes()
        return [
            Pane(shell.notices),
            Pane(shell.transport),
            Pane(shell.library, shell.library.currentWidget()),
            *middle,
            Pane(shell.right),
        ]

    def shown(self) -> tuple[str, ...]:
        """The run and the step that pictures are of, for their files' names."""
        game = self.game
        if game.experiment is None:
            return ()
        run = game.experiment.name if game.run is None else game.run.name
        return run, f"step-{game.step if game.past.shown is None else game.past.shown}"

    def origin(self) -> Origin | None:
        """Where what is shown comes from, for what is saved of it; None before there is a run."""
        return None if self.scene is None else origin_of(self.game, self.scene.latent)

    def command(self) -> str | None:
        """The line that makes the sliders' sample again in a terminal."""
        return None if self.scene is None else command_of(self.game, self.scene.latent)

    def tell(self, text: str, *, wrong: bool = False) -> None:
        """Say what came of something that was asked for in one of the views."""
        self.teller.tell(text, wrong=wrong)

    def take_drop(self, paths: list[Path]) -> None:
        """Open what was dropped, unless the room that is shown has another use for it; the newest drop counts."""
        self.returning.give_up()
        if self._rooms is None or (not self._rooms.take(paths) and not self.returning.take(paths, self.open_paths)):
            self.open_paths(paths)

    # --- opening things ---

    def open_path(self, path: Path) -> None:
        """Open whatever lies at a path: a run, an experiment, or data to look at and train on."""
        self.open_paths([path])

    def open_paths(self, paths: list[Path]) -> None:
        """Open what lies at a path, or at several which are one dataset."""
        if self._rooms is None:
            self._wanted = paths
        else:
            self.opener.paths(paths)

    # --- what the game tells ---

    def _on_asked(self, _start: AnyStart) -> None:
        """Another game comes: the run that is trained is kept on disk."""
        self._grab_thumbnail()
        self.teller.leave(self.game.run)

    def _on_opened(self, opened: Opened) -> None:
        self.settings.setEnabled(True)
        self.shell.presets.select(opened.experiment.name)
        self.teller.opened(opened)
        if self._scrolls_untold and not self.shell.notices.isVisible():  # what there is to say of the game comes first
            self._scrolls_untold = False
            self.teller.tell(scrolled_words(self.screen().availableSize()))
        self.commands.follow()

    def _on_group_opened(self, opened: GroupOpened) -> None:
        self.settings.setEnabled(False)
        self.teller.group_opened(opened)

    def _on_state(self, _event: StateChanged) -> None:
        self.commands.follow()
        self._paint()

    def _on_failed(self, event: Failed) -> None:
        """A game ended by itself: the way back to it stands in the notice, and its buttons take it too."""
        if self.game.starts == 1 and self.game.experiment is None:  # else the user has chosen another game by now
            self._arrivals.fall_back()
        self.settings.setEnabled(False)
        self.teller.failed(event)
        self.commands.follow()

    def _tick(self) -> None:
        """Fetch what has come and paint what has changed; the one place that decides how often."""
        self.game.bridge.drain()
        self._vigil.look()
        self._paint()

    def _paint(self) -> None:
        if self._rooms is not None:
            self._rooms.refresh()
        self._show_progress()

    def _show_progress(self) -> None:
        self._readouts.refresh()
        if self.game.experiment is not None and self.game.group is None:
            self.settings.show_step(self.game.step)

    # --- how it is built ---

    def _place(self) -> None:
        screen = self.screen().availableSize()
        # Large letters leave a small screen too few of their pixels: the window fits all the same, and is scrolled.
        scrolls = self._scrolls_untold = in_force() > 100 and not fits(screen)
        self.setCentralWidget(Scrollable(self.shell, LEAST_SIZE) if scrolls else self.shell)
        self.shell.setFocus()
        self.setMinimumSize(LEAST_SIZE.boundedTo(screen - FRAME) if scrolls else LEAST_SIZE)
        self.resize(fitting(screen).boundedTo((screen - FRAME).expandedTo(self.minimumSize())))
        self.memory.place(self)
        self.memory.restore_shell(self.shell)

    def _wire(self) -> None:
        shell, opener = self.shell, self.opener
        self.actions_by_id["new"].triggered.connect(lambda: shell.show_library(shell.presets))
        for name, way in (("next_pane", 1), ("previous_pane", -1)):
            self.actions_by_id[name].triggered.connect(lambda _checked=False, way=way: self._panes.go(way))
        self.actions_by_id["quit"].triggered.connect(lambda: self.close())
        shell.presets.chosen.connect(opener.preset)
        shell.presets.open_requested.connect(opener.ask)
        shell.earlier_runs.chosen.connect(self.open_path)
        shell.earlier_runs.branched.connect(
            lambda path: self.game.start(Start(resume=path, branch=True, runs=self.game.runs))
        )
        shell.earlier_runs.refused.connect(lambda why: self.teller.tell(why, wrong=True))
        shell.earlier_runs.left.connect(self.teller.crashed)
        opener.wanted.connect(self.game.start)
        self.drops.dropped.connect(self.take_drop)

    def _listen(self, game: Game) -> None:
        runs = self.shell.earlier_runs
        game.asked.connect(self._on_asked)
        game.opened.connect(self._on_opened)
        game.group_opened.connect(self._on_group_opened)
        game.state_changed.connect(self._on_state)
        game.failed.connect(self._on_failed)
        game.run_created.connect(lambda event: runs.refresh_run(event.run))
        game.checkpointed.connect(lambda event: runs.refresh_run(event.path.parent.parent))
        # A thousand runs take a second of the processor: the first game has it before, unless somebody waits for them.
        for event in (game.opened, game.group_opened, game.failed):
            event.connect(lambda _event: runs.begin())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Build the views after the first painting: pyqtgraph takes as long to load as everything before it."""
        super().paintEvent(event)
        if not self._furnishing:
            self._furnishing = True
            QTimer.singleShot(0, self._furnish)

    def _furnish(self) -> None:
        if not self.isVisible():  # closed, or hidden, before it came to this
            self._furnishing = False
            return
        self.game.bridge.start()
        # Before its parts: a thread that hosts the training may be loading the package right now, and each would wait
        # for what the other holds, until Python hands out half a module.
        import_module("ganstudio.data")
        from ganstudio.gui.window.furniture import Furniture

        furniture = Furniture(self)
        self._rooms, self.hearing, self.performing = furniture.rooms, furniture.hearing, furniture.performing
        self.directing, self.finding = furniture.directing, furniture.finding
        for event in (self.game.opened, self.game.group_opened):
            event.connect(self._show_progress)  # once all that it is shown in follows
        self._timer.start()
        wanted, self._wanted = self._wanted, []
        if not wanted:
            self.shell.earlier_runs.find_left()
        if not any(is_game(path) for path in wanted):
            self._arrivals.fall_back()  # also behind data: whoever does not train on them has something to come back to
        if wanted:
            self.open_paths(wanted)
        self.furnished.emit()

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes as the eye does."""
        return go_on(self, forward=forward)

    # --- leaving ---

    def _grab_thumbnail(self) -> None:
        """Keep a picture of what G made, for the list of runs."""
        run = self.game.run
        if self.game.single is None or self.scene is None or run is None or not run.is_dir():
            return  # games side by side have a picture with each checkpoint
        if self.game.past.shown is not None:
            return  # what is seen is not what came of it
        picture = self.scene.picture().scaled(
            320, 240, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        with suppress(OSError):  # a full disk, of which the training tells: the list shows the picture before
            save_png(picture, run / "thumbnail.png")

    def _may_close(self) -> bool:
        if self.game.state == "playing" and not may_close(self, playing=True, lost="nothing"):
            return False
        self.game.settle()
        return not self.game.unsaved or may_close(self, playing=False, lost="run")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask where something would stop or be lost, then end the session in order and wait for its thread."""
        if not self._may_close():
            event.ignore()
            return
        self.leave()
        event.accept()

    def leave(self) -> None:
        """End everything in order, asking nothing: the session writes its checkpoint. Leaving twice is fine."""
        self._timer.stop()
        self._grab_thumbnail()
        self.shell.transport.set_state(None)
        if not self._left:
            self._left = True
            self.memory.keep(self, self.shell, self._rooms, None if self._rooms is None else self.sounds)
        self.opener.close()
        self.exporter.close()
        if self._rooms is not None:
            self.sounds.close()
            self.performing.close()
            self.finding.close()
        self.returning.close()
        self.shell.earlier_runs.stop()
        if self._rooms is not None:
            self._rooms.close()
        self.game.close()
