"""The bar at the top."""

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow, QToolButton

from ganstudio.gui.window.actions import build_actions
from ganstudio.gui.window.transport import TransportBar


@pytest.fixture
def window(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    return window


@pytest.fixture
def bar(window):
    bar = TransportBar(build_actions(window))
    window.setCentralWidget(bar)
    window.resize(1200, 80)
    window.show()
    return bar


def readout(bar, name):
    return bar._readouts[name].text()


@pytest.mark.parametrize(
    ("speed", "seconds", "told"),
    [
        (None, 0.0, ("–", "0:00")),
        (0.53, 59.9, ("0.5", "0:59")),
        (9.96, 60.0, ("10.0", "1:00")),
        (1234.6, 3725.0, ("1,235", "62:05")),
    ],
)
def test_speed_and_time(bar, speed, seconds, told):
    bar.set_progress(10, 100, speed, seconds)
    assert (readout(bar, "speed"), readout(bar, "time")) == told


def test_progress(bar):
    bar.set_progress(1500, 6000, None, 0)
    assert bar._steps.text() == "step 1,500 of 6,000"
    assert (bar._bar.value(), bar._bar.maximum()) == (1500, 6000)
    bar.set_progress(6000, 6000, None, 0)
    assert bar._steps.text() == "step 6,000 of 6,000"
    bar.set_progress(6001, 6000, None, 0)  # by hand
    assert bar._steps.text() == "step 6,001 · schedule ended at 6,000"
    assert bar._bar.value() == 6000


@pytest.mark.parametrize(
    ("state", "words"),
    [(None, "Loading"), ("paused", "Paused"), ("playing", "Training"), ("finished", "Finished")],
)
def test_the_state_is_told_in_words(bar, state, words):
    bar.set_state(state)
    assert words in bar._state.text()


@pytest.mark.parametrize(
    ("device", "threads", "told"),
    [("", 0, "–"), ("cpu", 1, "cpu · 1 thread"), ("cpu", 4, "cpu · 4 threads"), ("cuda:0", 1, "cuda:0")],
)
def test_the_device_is_told(bar, device, threads, told):
    bar.set_device(device, threads)
    assert readout(bar, "device") == told


def test_a_long_title_gives_way(bar):
    width = bar.minimumSizeHint().width()
    bar.set_title("a very long name " * 20, "and a detail that is longer than any window " * 20)
    assert bar.minimumSizeHint().width() == width
    assert bar._detail.text().endswith("…")
    assert bar._detail.toolTip().startswith("and a detail")
    bar.set_title("Ring", "eight Gaussians")
    assert bar._detail.text() == "eight Gaussians"


def test_every_button_has_an_action_and_a_name(bar):
    buttons = bar.findChildren(QToolButton)
    assert len(buttons) == 11
    for button in buttons:
        assert isinstance(button.defaultAction(), QAction)
        assert button.accessibleName()
        assert button.toolTip()
    assert bar.play_button.defaultAction().objectName() == "play"


@pytest.mark.parametrize("width", range(760, 1500, 37))
def test_nothing_is_cut_off_and_what_gives_way_is_in_a_tooltip(bar, window, qapp, width):
    bar.set_device("cpu", 2)
    bar.set_state("playing")
    stage = ("Adversarial stage", " to 13,000 (12 min left)")
    bar.set_progress(1_234, 14_200, 99.0, 7_200.0, "1 h 30 min left", stage)
    window.resize(width, 80)
    qapp.processEvents()
    bar.set_progress(1_235, 14_200, 9_999.0, 7_201.0, "1 h 30 min left", stage)
    qapp.processEvents()
    labels = [bar._steps, bar._state, *bar._readouts.values()]
    if window.width() == width:  # else it is as narrow as it can be
        for label in labels:
            assert not label.isVisible() or label.width() >= label.sizeHint().width(), label.text()
    shown = [bar._readouts[name].isVisible() for name in ("time", "device")]
    assert shown in ([True, True], [True, False], [False, False])
    if "12 min left" in bar._steps.text():
        assert shown == [True, True]  # the stage's end gives way first
    assert "12 min left" in bar._steps.toolTip()
    assert "120:01 of training, on cpu · 2 threads" in bar._state.toolTip()


def test_all_is_told_where_there_is_room(bar, window, qapp):
    window.resize(1500, 80)
    qapp.processEvents()
    bar.set_device("cpu", 2)
    bar.set_progress(1_234, 14_200, 99.0, 72.0, "", ("Likelihood stage", " to 13,000 (12 min left)"))
    assert bar._steps.text() == "Likelihood stage to 13,000 (12 min left) · step 1,234 of 14,200"
    assert bar._readouts["device"].isVisible()
