"""Data that the program knows and does not have: offered, fetched beside the window, stopped, refused."""

import dataclasses

import pytest
from PySide6.QtWidgets import QMessageBox, QProgressDialog, QWidget

from ganstudio.data.known import known
from ganstudio.data.published import fetching
from ganstudio.experiment import Experiment, MnistSpec
from ganstudio.gui.opening.fetcher import Fetcher
from ganstudio.gui.opening.opener import Opener
from tests.local_server import FILES, SOMETHING, serving


@pytest.fixture(autouse=True)
def home(monkeypatch, tmp_path):
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    monkeypatch.delenv(fetching.MIRROR, raising=False)
    return tmp_path / "home"


@pytest.fixture
def answer(monkeypatch):
    """Answers the question: by the button whose text begins so. Returns what was asked."""
    asked = []

    def set_answer(words):
        def exec_(box):
            asked.append((box.text(), box.informativeText()))
            chosen = next(button for button in box.buttons() if button.text().replace("&", "").startswith(words))
            monkeypatch.setattr(QMessageBox, "clickedButton", lambda _: chosen)
            return 0

        monkeypatch.setattr(QMessageBox, "exec", exec_)
        return asked

    return set_answer


@pytest.fixture
def window(qtbot):
    widget = QWidget()
    qtbot.addWidget(widget)
    widget.show()
    return widget


def served_by(server):
    return dataclasses.replace(SOMETHING, mirrors=(server.address + "/",))


def test_what_it_costs_is_said_first_and_then_it_comes(qtbot, window, answer, home):
    asked = answer("Fetch")
    fetcher = Fetcher(window)
    there = []
    with serving() as server:
        fetcher.offer(served_by(server), lambda: there.append(True))
        qtbot.waitUntil(lambda: there == [True])
    assert {path.name for path in (home / "datasets" / "something").iterdir()} == set(FILES)
    assert asked[0][0] == "Fetch Something now? (0.5 MB)"
    assert "127.0.0.1" in asked[0][1]
    assert "CC0" in asked[0][1]
    assert not [dialog for dialog in window.findChildren(QProgressDialog) if dialog.isVisible()]
    fetcher.close()


def test_nothing_is_fetched_without_consent(window, answer, home):
    answer("Not Now")
    fetcher = Fetcher(window)
    left = []
    fetcher.left.connect(lambda: left.append(True))
    with serving() as server:
        fetcher.offer(served_by(server), lambda: pytest.fail("it was not agreed to"))
        fetcher.close()
        assert server.asked == []
    assert left == [True]
    assert not (home / "datasets").exists()


def test_what_can_not_be_fetched_is_said(qtbot, window, answer):
    answer("Fetch")
    fetcher = Fetcher(window)
    with serving({}) as server, qtbot.waitSignal(fetcher.refused) as refused:
        fetcher.offer(served_by(server), lambda: pytest.fail("there was nothing"))
    assert "a.bin" in refused.args[0]
    fetcher.close()


def test_cancel_stops_it_and_keeps_what_came(qtbot, window, answer):
    answer("Fetch")
    fetcher = Fetcher(window)
    with serving(silent=True) as server:
        fetcher.offer(served_by(server), lambda: pytest.fail("it was cancelled"))
        (dialog,) = (dialog for dialog in window.findChildren(QProgressDialog) if dialog.isVisible())
        qtbot.waitUntil(lambda: len(server.asked) > 0)
        dialog.canceled.emit()
        assert not dialog.isVisible()
        server.closing.set()
    fetcher.close()


def test_an_experiment_on_mnist_waits_for_it(qtbot, window, answer, home, tmp_path):
    asked = answer("Not Now")
    opener = Opener(window, tmp_path, lambda: None)
    wanted = []
    opener.wanted.connect(wanted.append)
    opener.experiment(Experiment(dataset=MnistSpec()))
    assert asked[0][0] == "Fetch MNIST now? (11.6 MB)"
    assert wanted == []
    folder = known.folder_of(known.MNIST)
    folder.mkdir(parents=True)
    for file in known.MNIST.files:
        (folder / file.name).touch()
    opener.experiment(Experiment(dataset=MnistSpec()))
    assert len(wanted) == 1
    assert len(asked) == 1
    opener.close()
