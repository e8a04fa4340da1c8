"""The command that makes the README's picture."""

import numpy as np
import pytest
from PIL import Image

from ganstudio.gui import screenshot
from ganstudio.gui.seam.bridge import TrainingBridge
from ganstudio.gui.window.main_window import MainWindow


@pytest.fixture
def in_process(monkeypatch):
    """Training in the window's process, where torch is loaded already."""
    monkeypatch.setattr(screenshot, "MainWindow", lambda runs: MainWindow(runs, bridge=TrainingBridge(in_process=True)))


def test_a_picture_of_the_trained_window(qapp, in_process, tmp_path, capsys):
    file = tmp_path / "new" / "window.png"
    assert screenshot.main([str(file), "--steps", "20"]) == 0
    assert f"{file}: 1440 × 900" in capsys.readouterr().out
    with Image.open(file) as picture:
        assert picture.format == "PNG"
        assert picture.size == (1440, 900)
        assert len(np.unique(np.asarray(picture.convert("L")))) > 50  # there is something on it


def test_it_gives_up_in_words(qapp, in_process, tmp_path, capsys):
    file = tmp_path / "window.png"
    assert screenshot.main([str(file), "--steps", "8999", "--seconds", "0.5"]) == 1
    assert "no picture was taken: after 0.5 s" in capsys.readouterr().err
    assert not file.exists()
