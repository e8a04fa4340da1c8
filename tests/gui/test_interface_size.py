"""How large everything is: chosen in the View menu, kept, in force from the next start on."""

import os
import subprocess
import sys

import pytest
from PySide6.QtCore import QSettings
from PySide6.QtWidgets import QMenu

from ganstudio.gui.window.interface_size import KEY, SCALE, SIZES, InterfaceSize, kept_size, scale_to


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
