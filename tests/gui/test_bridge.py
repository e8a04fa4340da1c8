"""The seam: no queue that grows, nothing lost, one request at a time, and a training process that may die."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

from ganstudio.gui.game.model import Game
from ganstudio.gui.seam.bridge import TrainingBridge
from ganstudio.run import RunFolder, latest_checkpoint, list_runs, take_abandoned
from ganstudio.training.messages import (
    SCALARS,
    Adjusted,
    Frame,
    Inspected,
    Opened,
    Pause,
    Play,
    Quit,
    Rendered,
    RenderLatent,
    Scalars,
    Start,
    StateChanged,
)
from tests.running import PATIENCE, running


def rows(step):
    return np.full((1, 2 + len(SCALARS)), step, np.float64)


def frame(step):
    return Frame(step=step, layers={})


def rendered(request):
    return Rendered(request=request, step=0, samples=np.zeros((1, 2), np.float32))


class Deaf:
    """A worker that notes what it is sent."""

    ended = False

    def __init__(self):
        self.sent = []

    def isFinished(self):
        return False

    def isRunning(self):
        return False

    def send(self, command):
        self.sent.append(command)


@pytest.fixture
def bridge(qtbot):
    """A bridge over which nobody trains: the test is the worker."""
    bridge = TrainingBridge(in_process=True)
    bridge._worker = Deaf()
    yield bridge
    bridge.close()


@pytest.fixture
def game(bridge, tmp_path):
    return Game(bridge, tmp_path)


def test_a_slow_window_keeps_one_frame_and_every_row(bridge, game):
    seen, frames = [], []
    game.scalars.connect(lambda scalars: seen.append(scalars.rows))
    game.frame.connect(lambda frame: frames.append(frame.step))
    for step in range(10_000):
        bridge._take(Scalars(rows(step)))
        bridge._take(frame(step))
    bridge.drain()
    assert frames == [9_999]
    assert len(seen) == 1
    np.testing.assert_array_equal(seen[0][:, 0], np.arange(10_000))
    bridge.drain()
    assert (len(seen), len(frames)) == (1, 1)


def test_frames_and_rows_wait_for_the_timer_and_all_else_comes_at_once(qtbot, bridge, game):
    seen = []
    game.scalars.connect(lambda scalars: seen.append(len(scalars.rows)))
    game.state_changed.connect(lambda event: seen.append(event.state))
    for step in range(3):
        bridge._take(Scalars(rows(step)))
    bridge._take(StateChanged("paused", 3))
    bridge._take(Scalars(rows(3)))
    qtbot.waitUntil(lambda: len(seen) == 3)
    assert seen == [3, "paused", 1]


def test_rows_of_other_numbers_are_not_put_into_one_table(bridge, game):
    seen = []
    game.scalars.connect(lambda scalars: seen.append((scalars.names, scalars.rows[:, 0].tolist())))
    wide = np.concatenate([rows(3), [[0.5]]], axis=1)
    for event in (Scalars(rows(1)), Scalars(rows(2)), Scalars(wide, (*SCALARS, "more")), Scalars(rows(4))):
        bridge._take(event)
    bridge.drain()
    assert seen == [(SCALARS, [1, 2]), ((*SCALARS, "more"), [3]), (SCALARS, [4])]


def test_events_stay_in_order_when_a_slot_drains(bridge, game):
    seen = []

    def on_state(event):
        seen.append(event.state)
        bridge._take(Scalars(rows(2)))
        bridge.drain()

    game.state_changed.connect(on_state)
    game.scalars.connect(lambda scalars: seen.extend(scalars.rows[:, 0].tolist()))
    bridge._take(StateChanged("paused", 1))
    bridge._take(Scalars(rows(1)))
    bridge.drain()
    bridge.drain()
    assert seen == ["paused", 1.0, 2.0]


def test_pictures_of_the_game_before_are_dropped(bridge, game, tiny):
    frames = []
    game.frame.connect(frames.append)
    game.rendered.connect(frames.append)
    bridge._take(frame(5))
    bridge._take(rendered(1))
    nothing = dict.fromkeys(Opened.__dataclass_fields__)
    bridge._take(Opened(**nothing | {"experiment": tiny, "scalars": ()}))
    bridge.drain()
    assert frames == []


def test_of_latent_requests_one_is_on_its_way_and_the_newest_waits(bridge, game):
    answers = []
    game.rendered.connect(lambda answer: answers.append(answer.request))
    for value in range(50):
        bridge.render(np.full((1, 2), value, np.float32))
    sent = bridge._worker.sent
    assert [command.latents[0, 0] for command in sent] == [0]
    bridge._take(rendered(1))
    bridge.drain()
    assert [command.latents[0, 0] for command in sent] == [0, 49]
    bridge._take(rendered(2))
    bridge.drain()
    assert len(sent) == 2
    assert answers == [1, 2]
    assert all(isinstance(command, RenderLatent) for command in sent)


def test_what_is_asked_of_a_game_whose_process_died_starts_no_other(bridge, game, monkeypatch):
    dead = bridge._worker
    dead.ended, dead.wait = True, lambda: None
    begun = []

    class Begun(Deaf):
        def __init__(self, *_arguments, **_more):
            super().__init__()
            begun.append(self)

        def start(self):
            pass

    monkeypatch.setattr("ganstudio.gui.seam.bridge.Worker", Begun)
    for value in range(3):
        bridge.render(np.full((1, 2), value, np.float32))
    bridge.inspect(np.zeros((1, 2), np.float32))
    bridge.walk(np.zeros((1, 2), np.float32), None, frozenset({0}))
    bridge.send(Play())
    assert (begun, dead.sent, bridge.asked) == ([], [], False)
    bridge.send(Start())
    bridge.render(np.zeros((1, 2), np.float32))
    (worker,) = begun
    assert [type(command) for command in worker.sent] == [Start, RenderLatent]


def test_a_request_that_another_game_swallowed_blocks_no_other(bridge, tiny):
    bridge.render(np.zeros((1, 2), np.float32))
    nothing = dict.fromkeys(Opened.__dataclass_fields__)
    bridge._take(Opened(**nothing | {"experiment": tiny, "scalars": ()}))
    bridge.drain()
    bridge.render(np.ones((1, 2), np.float32))
    assert len(bridge._worker.sent) == 2


def test_answers_of_another_game_than_the_announced_one_are_not_shown(bridge, game, tiny):
    answers = []
    game.rendered.connect(answers.append)
    game.inspected.connect(answers.append)
    nothing = dict.fromkeys(Opened.__dataclass_fields__)
    bridge._take(Opened(**nothing | {"experiment": tiny, "game": 4, "scalars": ()}))
    bridge.drain()
    bridge.render(np.zeros((1, 2), np.float32))
    bridge.inspect(np.zeros((1, 2), np.float32))
    assert [command.game for command in bridge._worker.sent] == [4, 4]
    samples = np.zeros((1, 2), np.float32)
    for number in (3, 4, 5):
        bridge._take(Rendered(request=1, game=number, step=number, samples=samples))
        inspected = {"samples": samples, "reconstructions": samples, "energies": samples[:, 0]}
        bridge._take(Inspected(request=1, game=number, step=number, **inspected))
        bridge.drain()
    assert [answer.game for answer in answers] == [4, 4]


def test_a_closed_bridge_is_silent_and_starts_nothing(bridge, game):
    seen = []
    game.adjusted.connect(seen.append)
    bridge.close()
    bridge._take(Adjusted(0, "seed", 1, None))
    bridge.drain()
    bridge.send(Play())
    bridge.start()
    assert bridge._worker is None
    assert not seen


# --- with the process that people's training runs in ---


def test_training_in_a_process_of_its_own(open_studio):
    studio = open_studio(in_process=False)
    process = studio.bridge._worker._process
    studio.play(50)
    for value in range(300, 700, 4):  # the first is made with the weights that were there, the next with newer ones
        answer = studio.rendered(lambda value=value: studio.scene.latent.sliders[1].setValue(value))
        if answer.step > 0:
            break
    assert answer.samples.shape == (34, 2)
    assert answer.step > 0
    assert process.pid != os.getpid()
    run = studio.run_folder()
    studio.window.leave()
    assert process.exitcode == 0
    assert latest_checkpoint(run) is not None
    assert list_runs(studio.runs)[0].step >= 50


def test_a_killed_training_process_is_told_and_the_next_start_works(open_studio, tiny):
    studio = open_studio(in_process=False)
    studio.play(5)
    studio.wait_for(studio.game.checkpointed, lambda: studio.trigger("save"))
    first = studio.bridge._worker._process
    failed = []
    # A person could press a button in the very moment: the command must not go to the process that is gone.
    studio.game.failed.connect(lambda event: (failed.append(event), studio.send(Start(experiment=tiny))))
    opened = studio.wait_for(studio.game.opened, first.kill)
    assert len(failed) == 1
    assert "ended unexpectedly" in failed[0].message
    assert "exit code" in failed[0].details
    assert studio.window.isVisible()
    assert opened.step == 0
    assert studio.bridge._worker._process.pid != first.pid
    studio.wait(lambda: studio.state == "paused")
    run = list_runs(studio.runs)[0].path
    opened = studio.wait_for(studio.game.opened, lambda: studio.window.open_path(run))
    assert opened.step >= 5
    studio.play(5)
    studio.send(Pause())
    studio.send(Quit())


# --- the program, started as people start it ---

WATCHED = """
import sys
from PySide6.QtCore import QTimer
from ganstudio.gui import app
from ganstudio.training.messages import Play

class Watched(app.MainWindow):
    def paintEvent(self, event):
        super().paintEvent(event)
        self.say("painted")
    def __init__(self, *args, **named):
        super().__init__(*args, **named)
        self.game.opened.connect(self.on_opened)
        self.game.scalars.connect(lambda _: self.say("training"))
    def on_opened(self):
        self.say("opened")
        {then}
    def say(self, word):
        if word not in self.__dict__.setdefault("said", []):
            self.said.append(word)
            print(word, "torch" in sys.modules, flush=True)

app.MainWindow = Watched
from ganstudio.__main__ import main
if __name__ == "__main__":
    sys.exit(main([]))
"""


def launch(tmp_path, then, **options):
    script = tmp_path / "watched.py"  # a file, because the training process reads it again
    script.write_text(WATCHED.replace("{then}", then), encoding="utf-8")
    command = [sys.executable, "-W", "error", str(script)]
    return running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **options)


def test_the_window_needs_no_torch(tmp_path):
    with launch(tmp_path, "QTimer.singleShot(0, self.close)") as program:
        out, err = program.communicate(timeout=PATIENCE)
    assert (program.returncode, err) == (0, "")
    assert out.split("\n")[:2] == ["painted False", "opened False"]


@pytest.mark.skipif(sys.platform == "win32", reason="these signals are another thing there")
@pytest.mark.parametrize(("name", "status", "to_all"), [("SIGINT", 130, False), ("SIGTERM", 143, True)])
def test_ctrl_c_and_kill_end_the_training_in_order_and_ask_nothing(tmp_path, home, name, status, to_all):
    """A terminal that is closed, and a service that is stopped, send it to the training's process too."""
    with launch(tmp_path, "self.game.bridge.send(Play())", start_new_session=True) as program:
        while "training" not in (line := program.stdout.readline()):
            assert line, program.stderr.read()
        (os.killpg if to_all else os.kill)(program.pid, getattr(signal, name))
        _, err = program.communicate(timeout=PATIENCE)
    assert (program.returncode, err) == (status, "")
    (kept,) = list_runs(home / "runs")
    assert latest_checkpoint(kept.path) is not None
    run = RunFolder.open(kept.path, read_only=True)
    steps = run.scalars(("d_loss",))[:, 0]
    run.close()
    assert kept.step == steps[-1] > 0  # nothing was trained that is not kept
    assert take_abandoned(home / "runs") == []
