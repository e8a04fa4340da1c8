"""A training that does not answer is told of, and can be ended; one that is only slow is no fault."""

import os
import signal
import sys

import numpy as np
import pytest

from ganstudio.gui.seam.listening import Listening, Quiet
from ganstudio.training.messages import Play, Pulse, Save, Scalars, StartGroup, Step


class Clock:
    now = 100.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def listening(clock):
    return Listening(clock)


def test_loading_torch_is_no_hang(listening, clock):
    clock.now += 100
    assert listening.quiet() is None
    clock.now += 200
    assert listening.quiet() == Quiet(300, "", hangs=True)


def test_a_process_that_says_nothing_does_not_answer(listening, clock):
    listening.hear(Scalars(np.zeros((1, 9))))
    clock.now += 4.9
    assert listening.quiet() is None
    clock.now += 1.1
    assert listening.quiet() == Quiet(6, "", hangs=False)
    clock.now += 6
    assert listening.quiet() == Quiet(12, "", hangs=True)
    listening.hear(Pulse("", 0))
    assert listening.quiet() is None


@pytest.mark.parametrize("doing", ["data", "opening", "threads", "command", "step"])
def test_what_takes_long_is_said_and_only_an_endless_step_may_hang(listening, clock, doing):
    def after(seconds):
        listening.hear(Pulse(doing, seconds))
        return listening.quiet()

    assert after(9) is None
    assert after(34) == Quiet(34, doing, hangs=False)
    assert after(1000) == Quiet(1000, doing, hangs=doing == "step")


def test_who_waits_for_a_command_is_not_busy(listening):
    listening.hear(Pulse("", 5000))
    assert listening.quiet() is None


def test_a_new_process_has_its_time_again(listening, clock):
    listening.hear(Pulse("", 0))
    clock.now += 60
    listening.begin()
    assert listening.quiet() is None


# --- with a real process ---


@pytest.fixture
def studio(open_studio):
    studio = open_studio(in_process=False)
    studio.bridge.listening.silent, studio.bridge.listening.hanging = 1.6, 2.2
    return studio


@pytest.fixture
def stop(studio):
    """Stops the training's process; it goes on at the end at the latest."""
    pid = studio.bridge._worker._process.pid
    yield lambda: os.kill(pid, signal.SIGSTOP)
    if studio.bridge._worker is not None and studio.bridge._worker._process.is_alive():
        os.kill(pid, signal.SIGCONT)


needs_signals = pytest.mark.skipif(sys.platform == "win32", reason="Windows can't stop a process")


@needs_signals
def test_a_stopped_process_is_told_and_answers_again(studio, stop):
    studio.play(5)
    pid = studio.bridge._worker._process.pid
    stop()
    header = studio.window.shell.transport._state
    studio.wait(lambda: "Has not answered for" in header.text())
    assert studio.window.shell.transport._readouts["speed"].text() == "–"
    studio.wait(lambda: "does not answer" in studio.notice)
    for _ in range(50):  # what is sent meanwhile waits, and so does nobody here
        studio.send(Play())
    step = studio.game.step
    os.kill(pid, signal.SIGCONT)
    studio.wait(lambda: header.text() == "● Training")
    assert studio.notice == ""
    studio.wait(lambda: studio.game.step > step)


@needs_signals
@pytest.mark.parametrize("saved", [True, False])
def test_ending_it_opens_the_game_as_it_is_kept(studio, stop, saved):
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step == 1)
    if saved:
        studio.wait_for(studio.game.checkpointed, lambda: studio.send(Save()))
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 2)
    run, process = studio.run_folder(), studio.bridge._worker._process
    stop()
    studio.wait(lambda: "does not answer" in studio.notice)
    assert ("Step 1 is kept" in studio.notice) == saved
    assert ("Nothing of it is kept" in studio.notice) != saved
    (button,) = studio.window.shell.notices.offers
    assert button.text() == "End the Training"
    opened = studio.wait_for(studio.game.opened, button.click)
    assert process.exitcode == -signal.SIGKILL
    assert (opened.run, opened.step) == ((run, 1) if saved else (None, 0))
    studio.wait(lambda: studio.state == "paused")
    assert "was ended" in studio.notice
    studio.play(3)


@needs_signals
def test_closing_does_not_wait_for_long_for_one_that_hangs(studio, stop):
    studio.play(3)
    studio.pause()
    stop()
    studio.wait(lambda: "does not answer" in studio.notice)
    process = studio.bridge._worker._process
    assert studio.window.close()
    assert process.exitcode == -signal.SIGKILL


def test_a_long_step_is_said_and_is_no_fault(studio):
    """In the thread of this process: what is told of a step does not depend on who runs it."""
    studio.play(3)
    studio.pause()
    studio.bridge._take(Pulse("step", 34))
    studio.window._vigil.look()
    assert studio.window.shell.transport._state.text() == "● One step takes 34 s so far"
    assert studio.notice == ""


def test_what_is_opened_is_said_until_it_stands(open_studio):
    studio = open_studio()
    header = studio.window.shell.transport._state
    studio.window.opener.preset("two_moons")
    studio.window._vigil.look()
    assert header.text() == "● Opening Two moons…"
    studio.wait(lambda: studio.game.experiment.name == "two_moons")
    studio.wait(lambda: header.text() == "● Paused")


def test_games_that_are_opened_have_no_name_and_what_is_refused_is_waited_for_no_longer(open_studio):
    studio = open_studio()
    header = studio.window.shell.transport._state
    studio.game.start(StartGroup(experiments=(studio.game.experiment,), seeds=0, runs=studio.game.runs))
    studio.window._vigil.look()
    assert header.text() == "● Opening…"
    studio.wait(lambda: header.text() == "● Paused")
