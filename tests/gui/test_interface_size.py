"""How large everything is: chosen in the View menu, kept, in force from the next start on."""

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QSettings, QSize
from PySide6.QtWidgets import QMenu

from ganstudio.gui.window.interface_size import KEY, SCALE, SIZES, InterfaceSize, fits, kept_size, scale_to


@pytest.fixture
def settings(tmp_path):
    return QSettings(str(tmp_path / "kept.ini"), QSettings.Format.IniFormat)


@pytest.fixture
def unscaled(monkeypatch):
    monkeypatch.delenv(SCALE, raising=False)
    yield
    os.environ.pop(SCALE, None)


@pytest.mark.parametrize("kept", ["large", "", "1000000", "99", "-100"])
def test_what_is_no_size_counts_as_none(settings, unscaled, kept):
    settings.setValue(KEY, kept)
    scale_to(settings)
    assert kept_size(settings) == 100
    assert SCALE not in os.environ


@pytest.mark.parametrize("size", SIZES)
def test_a_size_is_chosen_told_and_kept(qtbot, settings, unscaled, size):
    told = []
    menu = QMenu("View")
    qtbot.addWidget(menu)
    sizes = InterfaceSize(menu, settings, told.append)
    entries = {entry.text(): entry for entry in sizes.menu.actions()}
    assert list(entries) == ["90 %", "100 %", "110 %", "125 %", "150 %", "175 %", "200 %"]
    assert [text for text, entry in entries.items() if entry.isChecked()] == ["100 %"]
    entries[f"{size} %"].trigger()
    assert [text for text, entry in entries.items() if entry.isChecked()] == [f"{size} %"]
    assert f"{size} %" in told[0]
    assert ("the next time" in told[0]) == (size != 100)
    settings.sync()
    assert kept_size(settings) == size
    scale_to(settings)
    assert os.environ.get(SCALE) == (None if size == 100 else str(size / 100))


def test_a_scale_of_the_environment_s_stays(settings, monkeypatch):
    monkeypatch.setenv(SCALE, "3")
    settings.setValue(KEY, 150)
    scale_to(settings)
    assert os.environ[SCALE] == "3"


def test_the_view_menu_has_it(open_studio, settings):
    studio = open_studio(settings=settings)
    studio.window.menuBar().findChild(QMenu, "view").findChildren(QMenu)[0].actions()[4].trigger()
    assert "150 %" in studio.notice
    assert kept_size(settings) == 150


@pytest.mark.skipif(sys.platform != "linux", reason="the settings' place is told by XDG_CONFIG_HOME there")
def test_the_next_start_is_as_large(tmp_path):
    script = (
        "import sys; from PySide6.QtCore import QSettings; from ganstudio.gui.app import make_application\n"
        "app = make_application(); print(app.devicePixelRatio()); QSettings().setValue('interface_size', 175)"
    )
    env = {name: value for name, value in os.environ.items() if name != SCALE}
    env |= {"XDG_CONFIG_HOME": str(tmp_path), "QT_QPA_PLATFORM": "offscreen"}
    said = [
        subprocess.run([sys.executable, "-c", script], env=env, capture_output=True, text=True, timeout=60).stdout
        for _ in range(2)
    ]
    assert [float(each) for each in said] == [1.0, 1.75]


@pytest.mark.parametrize(("size", "fits_whole"), [(100, True), (200, False)])
def test_a_screen_that_is_too_small_for_the_size_shows_the_window_scrolled_and_says_so(tmp_path, size, fits_whole):
    """Qt's offscreen screen is 800 pixels wide and high: at 200 % it has 400, and the window needs 880."""
    script = """
import sys
from pathlib import Path
from PySide6.QtCore import QElapsedTimer, QPoint, QRect, QSettings
from ganstudio.gui.app import make_application
from ganstudio.gui.seam.bridge import TrainingBridge
from ganstudio.gui.window.main_window import MainWindow
home = Path(sys.argv[1])
app, clock = make_application(), QElapsedTimer()
window = MainWindow(home / "runs", bridge=TrainingBridge(in_process=True))
window.show()
clock.start()
while (window.game.state != "paused" or not window.shell.isVisible()) and clock.elapsed() < 60_000:
    app.processEvents()
notices = window.shell.notices

def told():
    seen = QRect(notices.mapTo(window, QPoint()), notices.size())
    return notices.isVisible() and window.rect().contains(seen)

clock.restart()
while not told() and clock.elapsed() < 4_000:
    app.processEvents()
inside = told()
whole = window.size().boundedTo(window.screen().availableSize()) == window.size()
print(int(whole), window.shell.width() >= 880, int(inside), notices.text(), sep="|")
window.leave()
"""
    env = {name: value for name, value in os.environ.items() if name != SCALE}
    env |= {"QT_QPA_PLATFORM": "offscreen", "GANSTUDIO_HOME": str(tmp_path), SCALE: str(size / 100)}
    told = subprocess.run(
        [sys.executable, "-c", script, str(tmp_path)], env=env, capture_output=True, text=True, timeout=110
    )
    assert told.returncode == 0, told.stderr
    whole, wide, inside, words = told.stdout.strip().split("|")
    assert wide == "True"
    if fits_whole:
        assert words == ""
    else:
        assert (whole, inside) == ("1", "1")
        assert "At 200 % this screen has no room for the whole window: it is scrolled" in words
        assert "View > Interface Size" in words


@pytest.mark.parametrize(
    ("screen", "largest"),
    [((1366, 768), 150), ((1920, 1080), 200), ((911, 512), 100), ((800, 600), 90)],
    ids=["laptop", "hd", "small", "smallest"],
)
def test_the_sizes_that_a_screen_has_room_for_are_known(unscaled, screen, largest):
    found = [size for size in SIZES if fits(QSize(*screen), size)]
    assert (found[-1] if found else None) == largest


def test_a_size_that_is_too_large_for_the_screen_is_told_as_scrolled(qtbot, settings, unscaled):
    told = []
    menu = QMenu("View")
    qtbot.addWidget(menu)
    sizes = InterfaceSize(menu, settings, told.append)
    sizes.menu.actions()[-1].trigger()  # of the screen that there is without a screen, 800 by 800
    assert told[0].endswith("it will be scrolled.")
