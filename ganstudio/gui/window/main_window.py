"""The window: what the user asks of it becomes commands to the session."""

from __future__ import annotations

from contextlib import suppress
from importlib import import_module
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEventLoop, Qt, QTimer, Signal

from ganstudio.gui.opening.paths import is_game
from ganstudio.gui.parts.drop import DropTarget
from ganstudio.gui.pictures import save_png
from ganstudio.gui.settings.panel import SettingsPanel
from ganstudio.gui.window.game_window import GameWindow
from ganstudio.gui.window.questions import may_close
from ganstudio.gui.window.telling import abandoned
from ganstudio.presets import is_live
from ganstudio.training.messages import Adjust, Pause, Play, Reset, Save, Step

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from PySide6.QtCore import QSettings
    from PySide6.QtGui import QCloseEvent, QPaintEvent

    from ganstudio.gui.seam.bridge import TrainingBridge
    from ganstudio.gui.window.rooms import Rooms
    from ganstudio.run import RunSummary
    from ganstudio.training.messages import AnyCommand, AnyStart

REFRESH_MS = 220
"""Time between two paintings of the curves: at five a second they cost the training next to nothing (measured)."""

SETTLE_MS = 10_000
"""How long closing waits for the last steps to be written before the session is ended in order, which writes them."""


class MainWindow(GameWindow):
    """Opens what it is given, sends commands, builds its views after the first painting, and leaves in order.

    ``furnished`` comes when the views that need pyqtgraph stand, a moment after the first painting.
    """

    furnished = Signal()

    def __init__(self, runs: Path, *, bridge: TrainingBridge | None = None, settings: QSettings | None = None) -> None:
        super().__init__(runs, bridge, settings)
        self._runs = runs
        self._wanted: list[Path] = []
        self._furnishing = False
        self._drops = DropTarget(self)
        self._wire()
        self._timer = QTimer(self, interval=REFRESH_MS)
        self._timer.timeout.connect(self._tick)
        self._enable()

    # --- opening things ---

    def open_path(self, path: Path) -> None:
        """Open whatever lies at a path: a run, an experiment, or data to look at and train on."""
        self.open_paths([path])

    def open_paths(self, paths: list[Path]) -> None:
        """Open what lies at a path, or at several which are one dataset."""
        if self._scene is None:
            self._wanted = paths
        else:
            self.opener.paths(paths)

    def _start(self, start: AnyStart) -> None:
        self._leave_run()
        self._standing.ask(start)
        self._starts += 1
        self._awaits = True
        if self._rooms is not None:
            self._rooms.begin(start, self._experiment, self._run)
        self.bridge.send(start)

    def _start_over(self) -> None:
        if self.settings.pending:
            self.opener.experiment(self.settings.pending_experiment())
        elif self._experiment is not None:
            self._revive()
            self._leave_run()
            self.bridge.send(Reset())

    def _leave_run(self) -> None:
        """Another game comes: the run that is trained is kept on disk."""
        self._grab_thumbnail()
        self._teller.leave(self._run)

    def _reselect(self) -> None:
        """Mark the preset that is in force: the one that was chosen did not come."""
        if self._experiment is not None:
            self.presets.select(self._experiment.name)
        elif not self._starts and self._timer.isActive():  # else the window is closing
            self._fall_back()

    # --- commands ---

    def _toggle_play(self) -> None:
        self._send(Pause() if self._state == "playing" else Play())

    def _send(self, command: AnyCommand) -> None:
        """Send a command to the game in force, which is opened again where it has ended by itself."""
        self._revive()
        self.bridge.send(command)

    def _edit(self, path: str, value: Any) -> None:
        if is_live(path) and self._started():
            self.bridge.send(Adjust(path, value))
        elif not self._started():
            self.opener.experiment(self.settings.pending_experiment())

    def _tell_switched(self, why: str) -> None:
        """Say what changed along with an edit: at once, or with the game that opens because of it."""
        (self._teller.tell if self._started() else self._teller.tell_along)(why)

    def _tell_left(self, left: list[RunSummary]) -> None:
        """Say which runs a crash left: at once, and once more with the first game if that is still to come."""
        (self._teller.tell_along if self._experiment is None else self._teller.tell)(abandoned(left))

    def _save(self) -> None:
        self._saving = True
        self.bridge.send(Save())

    # --- how it is built ---

    def _wire(self) -> None:
        do = {
            "play": self._toggle_play,
            "step_both": lambda: self._send(Step("both")),
            "step_discriminator": lambda: self._send(Step("discriminator")),
            "step_generator": lambda: self._send(Step("generator")),
            "slow_motion": self._on_rooms(lambda rooms: rooms.slow_motion()),
            "measures": self._on_rooms(lambda rooms: rooms.show_measures()),
            "compare": self._compare,
            "draw": self._on_rooms(lambda rooms: rooms.draw(self._experiment)),
            "reset": self._start_over,
            "save": self._save,
            "open": self.opener.ask,
            "open_folder": self.opener.ask_folder,
            "paste": self._on_rooms(lambda rooms: rooms.data.paste()),
            "new": lambda: self.show_library(self.presets),
            "quit": self.close,
            "randomise": self._randomise,
            "fit": self._on_rooms(lambda rooms: rooms.fit()),
        }
        for name, act in do.items():
            self.actions_by_id[name].triggered.connect(lambda _checked=False, act=act: act())
        self.presets.chosen.connect(self.open_preset)
        self.presets.open_requested.connect(self.opener.ask)
        self.earlier_runs.chosen.connect(self.open_path)
        self.earlier_runs.refused.connect(lambda why: self._teller.tell(why, wrong=True))
        self.earlier_runs.left.connect(self._tell_left)
        # Hundreds of runs take a second of the processor: the first game has it before, unless somebody waits for them.
        for event in (self.bridge.opened, self.bridge.group_opened, self.bridge.failed):
            event.connect(lambda _event: self.earlier_runs.begin())
        self.opener.wanted.connect(self._start)
        self.opener.fetcher.left.connect(self._reselect)
        self._drops.dropped.connect(self.open_paths)
        self._drops.near.connect(self._on_rooms(lambda rooms: rooms.data.reader.warm()))

    def _randomise(self) -> None:
        if self._scene is not None:
            self._scene.latent.randomise()

    def _on_rooms(self, act: Callable[[Rooms], object]) -> Callable[[], object]:
        """Something that is done in the window's rooms, once they stand."""
        return lambda: act(self._rooms) if self._rooms is not None else None

    def _compare(self) -> None:
        if self._rooms is not None and self._experiment is not None:
            self._rooms.compare(self._experiment)

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
        self.bridge.start()
        # Before its parts: a thread that hosts the training may be loading the package right now, and each would wait
        # for what the other holds, until Python hands out half a module.
        import_module("ganstudio.data")
        from ganstudio.gui.window.rooms import Rooms
        from ganstudio.gui.window.scene import Scene

        self.settings = SettingsPanel()
        self.settings.edited.connect(self._edit)
        self.settings.switched.connect(self._tell_switched)
        self.settings.start_over_requested.connect(self._start_over)
        self.put_right(self.settings)
        self._scene = Scene(self.bridge)
        self._rooms = Rooms(self, self._scene, self.bridge, self.opener, self._runs)
        self._rooms.wanted.connect(self._start)
        self.actions_by_id["toggle_latent"].toggled.connect(self._scene.latent_panel.setVisible)
        self._timer.start()
        wanted, self._wanted = self._wanted, []
        if not wanted:
            self.earlier_runs.find_left()
        if not any(is_game(path) for path in wanted):
            self._fall_back()  # also behind data: whoever does not train on them has something to come back to
        if wanted:
            self.open_paths(wanted)
        self.furnished.emit()

    # --- leaving ---

    def _grab_thumbnail(self) -> None:
        """Keep a picture of what G made, for the list of runs."""
        grouped = self._rooms is not None and self._rooms.grouped
        if grouped or self._run is None or self._scene is None or not self._run.is_dir():
            return  # games side by side have a picture with each checkpoint
        picture = self._scene.picture().scaled(
            320, 240, Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
        )
        with suppress(OSError):  # a full disk, of which the training tells: the list shows the picture before
            save_png(picture, self._run / "thumbnail.png")

    def _may_close(self) -> bool:
        if self._state == "playing" and not may_close(self, playing=True, lost="nothing"):
            return False
        self._settle()
        return not self._unsaved or may_close(self, playing=False, lost="run")

    def _settle(self) -> None:
        """Have the last steps written while there still is a window to say that they can't be, and wait for word."""
        if (
            self._vigil.quiet is not None
            or self._awaits
            or self._rooms is None
            or self._state in (None, "failed")
            or not self._started()
        ):
            return
        self.bridge.drain()
        if self._state != "playing" and self._rooms.step() <= self._kept_step and not self._unsaved:
            return
        waiting = QEventLoop(self)
        for signal in (self.bridge.checkpointed, self.bridge.notice, self.bridge.failed):
            signal.connect(waiting.quit)
        QTimer.singleShot(SETTLE_MS, waiting, waiting.quit)
        for command in (Pause(), Save()):
            self.bridge.send(command)
        waiting.exec(QEventLoop.ProcessEventsFlag.ExcludeUserInputEvents)
        waiting.deleteLater()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask where something would stop or be lost, then end the session in order and wait for its thread."""
        if not self._may_close():
            event.ignore()
            return
        self.leave()
        event.accept()

    def leave(self) -> None:
        """End everything in order, asking nothing: the session writes its checkpoint. Leaving twice is fine."""
        self._state = None
        self._timer.stop()
        self._grab_thumbnail()
        self.transport.set_state(None)
        self.keep_geometry()
        self.opener.close()
        self.earlier_runs.stop()
        if self._rooms is not None:
            self._rooms.close()
        self.bridge.close()
