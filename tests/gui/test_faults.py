"""What fails inside the window is seen: in a notice, and in a log that stays small."""

import sys
import threading

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtGui import QGuiApplication

from ganstudio.gui.faults import MOST, Faults
from ganstudio.system.logs import MOST_BYTES, log_file, log_folder


@pytest.fixture
def faults(qapp, home):
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    faults = Faults()
    yield faults
    faults.close()
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def fail_in_slot():
    QTimer.singleShot(0, lambda: 1 / 0)


def fail_in_thread():
    thread = threading.Thread(target=lambda: [][1])
    thread.start()
    thread.join()


class Bad:
    def __del__(self):
        raise KeyError("no such thing")


def fail_in_finaliser():
    Bad()


@pytest.mark.parametrize(
    ("fail", "kind"),
    [(fail_in_slot, "ZeroDivisionError"), (fail_in_thread, "IndexError"), (fail_in_finaliser, "KeyError")],
)
def test_wherever_it_fails_it_is_told_and_written_down(qtbot, faults, fail, kind):
    with qtbot.waitSignal(faults.told) as told:
        fail()
    text, details = told.args
    assert text.startswith(f"Something went wrong: {kind}")
    assert "Traceback" in details
    assert f"{kind}" in log_file().read_text(encoding="utf-8")


def test_what_fails_again_and_again_is_told_once(qtbot, faults):
    seen = []
    faults.told.connect(lambda *told: seen.append(told))

    def fail():
        raise ValueError("again")

    for _ in range(50):
        QTimer.singleShot(0, fail)
    with qtbot.waitSignal(faults.told):
        pass
    QTimer.singleShot(0, lambda: seen.append("end"))
    qtbot.waitUntil(lambda: "end" in seen)
    assert len(seen) == 2
    assert log_file().read_text(encoding="utf-8").count("Traceback") == 1


def test_the_log_stays_small(faults):
    for index in range(2 * MOST):
        space = {}
        exec(f"def f{index}():\n    raise ValueError('x' * 40_000)", space)
        try:
            space[f"f{index}"]()
        except ValueError as error:
            error.__traceback__ = error.__traceback__.tb_next
            sys.excepthook(type(error), error, error.__traceback__)
    sizes = [path.stat().st_size for path in log_folder().iterdir()]
    assert 0 < sum(sizes) <= 3 * MOST_BYTES
    assert max(sizes) <= MOST_BYTES


def test_the_window_tells_it_and_lets_it_be_copied(open_studio, qtbot):
    studio = open_studio()
    faults = Faults()
    faults.told.connect(studio.window.teller.fault)
    studio.play(3)
    fail_in_slot()
    studio.wait(lambda: "Something went wrong: ZeroDivisionError" in studio.notice)
    assert str(log_file()) in studio.window.shell.notices.details()
    (copy,) = studio.window.shell.notices.offers
    copy.click()
    assert "ZeroDivisionError" in QGuiApplication.clipboard().text()
    step = studio.game.step
    studio.wait(lambda: studio.game.step > step)
    faults.close()


def test_ctrl_c_is_no_fault(faults, monkeypatch):
    passed_on = []
    with monkeypatch.context() as patch:
        patch.setattr(faults, "_before", (lambda kind, *_: passed_on.append(kind), *faults._before[1:]))
        sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert passed_on == [KeyboardInterrupt]
    assert not log_file().exists()
