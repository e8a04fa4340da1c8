"""Tests of the window: with no display they run on Qt's offscreen platform."""

from __future__ import annotations

import multiprocessing
import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from ganstudio.experiment import (
    ContentStageSpec,
    DeviceSpec,
    DigitsSpec,
    Experiment,
    LatentSpec,
    LevelSpec,
    LowResolutionSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    PatchDiscriminatorSpec,
    PyramidSpec,
    ResidualDiscriminatorSpec,
    ResidualGeneratorSpec,
    ScheduleSpec,
    StripedSpec,
    SuperResolutionGeneratorSpec,
    SuperResolutionSpec,
)
from ganstudio.gui.app import Application
from ganstudio.gui.looks import theme
from ganstudio.gui.seam.bridge import TrainingBridge
from ganstudio.gui.window.main_window import MainWindow
from ganstudio.gui.window.shell import SIZE
from ganstudio.presets import dumps, with_settings
from ganstudio.training.messages import Command, Frame, Pause, Play, Rendered, Start

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from ganstudio.gui.card.desk import Desk
    from ganstudio.gui.card.view import CardView
    from ganstudio.gui.window.scene import Scene

PATIENCE_MS = 120_000
_THREADS = frozenset(
    {
        "renderer",
        "pulse",
        "commands",
        "reader",
        "answers",
        "errands",
        "previews",
        "sound",
        "sound clock",
        "finder",
        "likeness",
    }
)

if sys.platform == "linux" and not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


def pytest_configure(config: pytest.Config) -> None:
    # The offscreen platform warns of this whenever a window with a least size is shown; it says nothing about us.
    config.addinivalue_line("qt_log_ignore", r"This plugin does not support propagateSizeHints")
    config.addinivalue_line("qt_log_ignore", r"This plugin does not support raise\(\)")  # of each tooltip
    config.addinivalue_line("qt_log_ignore", r"This plugin does not support grabbing the keyboard")  # of each menu


@pytest.fixture(autouse=True)
def no_button_is_left_down(qapp) -> Iterator[None]:
    """Release what a test left pressed, such as by a double click: it would be held in all tests after it."""
    yield
    if QApplication.mouseButtons() != Qt.MouseButton.NoButton:
        QTest.mouseRelease(QWidget(), Qt.MouseButton.LeftButton)
        assert QApplication.mouseButtons() == Qt.MouseButton.NoButton


@pytest.fixture(scope="session")
def qapp_cls() -> type[Application]:
    return Application


@pytest.fixture(scope="session")
def qapp(qapp):
    """The application in the program's own look, so that sizes and colours are those that people see."""
    theme.apply(qapp)
    return qapp


class PatientBot(QtBot):
    """Waits as long as a machine under load needs: what a test waits for is there in a moment or never."""

    def waitSignal(self, signal, *, timeout=PATIENCE_MS, **how):
        return super().waitSignal(signal, timeout=timeout, **how)

    def waitSignals(self, signals, *, timeout=PATIENCE_MS, **how):
        return super().waitSignals(signals, timeout=timeout, **how)

    def waitUntil(self, callback, *, timeout=PATIENCE_MS):
        return super().waitUntil(callback, timeout=timeout)


@pytest.fixture
def qtbot(qapp, request) -> QtBot:
    return PatientBot(request)


@pytest.fixture
def tiny() -> Experiment:
    """The ring with players so small that thousands of steps take a second."""
    return Experiment(
        name="tiny",
        generator=MLPGeneratorSpec(width=8, depth=1),
        discriminator=MLPDiscriminatorSpec(width=8, depth=1),
        schedule=ScheduleSpec(steps=1_000_000, batch_size=16),
        device=DeviceSpec(kind="cpu", threads=1),
    )


@pytest.fixture
def pyramid(tiny) -> Experiment:
    small = {"width": 16, "depth": 2}
    return with_settings(
        tiny,
        [
            ("dataset", DigitsSpec(size=18)),
            ("latent", LatentSpec(dimensions=3)),
            ("given", LevelSpec()),
            ("generator", ResidualGeneratorSpec(width=8, blocks=1, noise=2)),
            ("discriminator", ResidualDiscriminatorSpec(width=4)),
            ("schedule.batch_size", 8),
            (
                "arrangement",
                PyramidSpec(
                    levels=(2, 2, 1),
                    generator=MLPGeneratorSpec(**small),
                    discriminator=MLPDiscriminatorSpec(**small),
                    batch_size=8,
                ),
            ),
        ],
    )


@pytest.fixture
def enlarging() -> Experiment:
    return Experiment(
        name="enlarging",
        dataset=StripedSpec(size=24, count=40, held_out=0),
        latent=LatentSpec(dimensions=0),
        given=LowResolutionSpec(factor=4, judged=False),
        generator=SuperResolutionGeneratorSpec(width=6, blocks=1),
        discriminator=PatchDiscriminatorSpec(width=4),
        objective=SuperResolutionSpec(),
        schedule=ScheduleSpec(steps=1_000_000, batch_size=2),
        stages=(ContentStageSpec(steps=3, keep=True),),
        device=DeviceSpec(kind="cpu", threads=1),
    )


class Studio:
    """The real window, and hands to work it with."""

    def __init__(self, qtbot, window: MainWindow, runs: Path) -> None:
        self.qtbot = qtbot
        self.window = window
        self.game = window.game
        self.bridge = window.game.bridge
        self.runs = runs
        self._shown: dict[str, int] = {}
        """The step of the last frame, and of the last answer to the sliders."""
        for name in ("frame", "rendered"):
            getattr(self.game, name).connect(lambda event, name=name: self._shown.update({name: event.step}))
        self._answered = 0
        """The number of the newest request of latents that was answered; while G learns each is answered again."""
        self.game.rendered.connect(self._on_rendered)

    def _on_rendered(self, answer: Rendered) -> None:
        self._answered = max(self._answered, answer.request)

    @property
    def scene(self) -> Scene:
        assert self.window.scene is not None
        return self.window.scene

    @property
    def state(self) -> str | None:
        return self.game.state

    @property
    def notice(self) -> str:
        return self.window.shell.notices.text()

    def wait(self, check: Callable[[], object], seconds: float = PATIENCE_MS / 1000) -> None:
        self.qtbot.waitUntil(lambda: bool(check()), timeout=round(seconds * 1000))

    def wait_for(self, signal, act: Callable[[], object], seconds: float = PATIENCE_MS / 1000) -> object:
        """What the first signal carries that comes after ``act``."""
        with self.qtbot.waitSignal(signal, timeout=round(seconds * 1000)) as blocker:
            act()
        return blocker.args[0]

    def rendered(self, act: Callable[[], object]) -> Rendered:
        """The answer to the latents that ``act`` asks for, not to what was asked before it."""
        self.wait(lambda: not self.bridge.asked)
        before = self._answered
        with self.qtbot.waitSignal(
            self.game.rendered, timeout=PATIENCE_MS, check_params_cb=lambda answer: answer.request > before
        ) as blocker:
            act()
        answer = blocker.args[0]
        assert isinstance(answer, Rendered)
        return answer

    def frame_with(self, layer: str, act: Callable[[], object]) -> Frame:
        """The first frame with a layer that comes after ``act``; those on their way may be without it."""
        with self.qtbot.waitSignal(
            self.game.frame, timeout=PATIENCE_MS, check_params_cb=lambda frame: layer in frame.layers
        ) as blocker:
            act()
        return blocker.args[0]

    def send(self, command: Command) -> None:
        self.bridge.send(command)

    def start(self, experiment: Experiment) -> None:
        self.wait_for(self.game.opened, lambda: self.send(Start(experiment=experiment, runs=self.runs)))
        self.wait(lambda: self.state == "paused")

    def play(self, steps: int = 1) -> None:
        """Train on until ``steps`` more are known here."""
        goal = self.game.step + steps
        self.send(Play())
        self.wait(lambda: self.state == "playing" and self.game.step >= goal)

    def pause(self) -> None:
        self.send(Pause())
        self.wait(lambda: self.state == "paused")

    def rest(self) -> None:
        """Pause, and wait until frame and sliders are of the last step: then nothing is shown anew by itself."""
        self.pause()
        self.wait(lambda: set(self._shown.values()) == {self.game.step} and not self.bridge.asked)

    def trigger(self, name: str) -> None:
        action = self.window.actions_by_id[name]
        assert action.isEnabled(), f"{name} can't be done now"
        action.trigger()

    def edit(self, path: str, value: object) -> None:
        """Change a setting in the panel as a person does."""
        editor = self.window.settings.row_at(path).editor
        if hasattr(editor, "findData"):
            editor.setCurrentIndex(editor.findData(value))
        else:
            editor.setValue(value)

    def drop(
        self,
        *paths: Path,
        on: QWidget | None = None,
        held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
    ) -> None:
        """Drag files over a widget of the window, and let go, with a key held or none."""
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
        how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, held)
        target = on or self.window
        # Qt gives a drag to the first widget, from the pointer's outwards, that takes drops.
        while not (target.acceptDrops() or target.isWindow()):
            target = target.parentWidget()
        enter = QDragEnterEvent(QPoint(100, 100), *how)
        QApplication.sendEvent(target, enter)
        assert enter.isAccepted()
        QApplication.sendEvent(target, QDropEvent(QPointF(100, 100), *how))

    @property
    def desk(self) -> Desk:
        """What data are looked at and chosen from."""
        return self.window._rooms.data.desk

    @property
    def card(self) -> CardView:
        """The dataset card."""
        return self.window._rooms.data.view

    def look(self, *paths: Path, on: QWidget | None = None) -> CardView:
        """Drop data and wait until the card has all of them."""
        self.drop(*paths, on=on)
        self.wait(lambda: self.desk.visible and self.desk.ready)
        return self.card

    def take(self, *paths: Path, on: QWidget | None = None) -> object:
        """Drop data and train on them, which takes Enter: what is opened."""
        card = self.look(*paths, on=on)
        return self.wait_for(self.game.opened, lambda: self.qtbot.keyClick(card, Qt.Key.Key_Return))

    def run_folder(self) -> Path:
        assert self.game.run is not None
        return self.game.run


@pytest.fixture
def open_studio(qtbot, tmp_path, tiny) -> Iterator[Callable[..., Studio]]:
    """Opens windows on a runs folder in tmp_path, with the tiny experiment unless told another path; closes them."""
    opened: list[Studio] = []

    def open_one(path: Path | None = None, *, in_process: bool = True, **options) -> Studio:
        runs = tmp_path / "runs"
        if path is None:
            path = tmp_path / "tiny.toml"
            path.write_text(dumps(tiny), encoding="utf-8")
        window = MainWindow(runs, bridge=TrainingBridge(in_process=in_process), **options)
        qtbot.addWidget(window, before_close_func=MainWindow.leave)  # it would ask, and wait for an answer
        studio = Studio(qtbot, window, runs)
        opened.append(studio)
        window.resize(SIZE)  # the screen that there is without a screen is smaller
        if path != runs:
            window.open_path(path)
        window.show()
        window.activateWindow()
        studio.wait(lambda: QApplication.activeWindow() is window)
        studio.wait(lambda: studio.state == "paused")
        return studio

    yield open_one
    for studio in opened:
        assert studio.bridge._worker is None
        assert not studio.window._timer.isActive()
    assert not multiprocessing.active_children()
    assert not [thread for thread in threading.enumerate() if thread.name in _THREADS]


@pytest.fixture
def studio(open_studio) -> Studio:
    """The window with the tiny experiment, ready and paused."""
    return open_studio()
