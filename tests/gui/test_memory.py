"""The window reopens as it was left, and where it can be reached."""

import pytest
from PySide6.QtCore import QRect, QSettings
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMainWindow

from ganstudio.gui.window.memory import bring_back
from ganstudio.presets import with_setting
from ganstudio.training.messages import StartGroup


@pytest.fixture
def reopen(open_studio, tmp_path):
    """Open a window on one settings file, again and again."""
    file = str(tmp_path / "settings.ini")
    return lambda: open_studio(settings=QSettings(file, QSettings.Format.IniFormat))


def close(studio):
    assert studio.window.close()


def test_panels_tab_plots_axes_and_layers_are_as_they_were_left(reopen):
    studio = reopen()
    studio.trigger("toggle_latent")
    studio.trigger("toggle_settings")
    studio.window.shell.library.setCurrentIndex(1)
    controls = studio.scene.curves.controls
    for chip in (controls.shown["Belief"], controls.log, controls.time, controls.bits, controls.forward):
        chip.click()
    choices = studio.scene.samples.choices
    choices.layers["real"].click()
    choices.heat_chip.choose("optimal")
    choices.arrow_chip.entries["saturating"].setChecked(True)
    close(studio)

    studio = reopen()
    window = studio.window
    assert not studio.scene.latent_panel.isVisible()
    assert not window.settings.isVisible()
    assert window.shell.library.isVisible()
    assert window.shell.library.currentIndex() == 1
    controls = studio.scene.curves.controls
    assert [name for name, chip in controls.shown.items() if not chip.isChecked()] == ["Belief"]
    assert not studio.scene.curves.plots["Belief"].isVisible()
    assert controls.log.isChecked()
    assert studio.scene.curves.plots["Losses"].log
    assert studio.scene.curves.axis.by_time
    assert controls.bits.isChecked()
    assert controls.quantity == "kl_forward"
    choices = studio.scene.samples.choices
    assert not choices.layers["real"].isChecked()
    assert choices.heat_chip.choice == "optimal"
    assert choices.arrows == {"saturating"}


def test_it_is_as_loud_as_it_was(reopen):
    studio = reopen()
    studio.scene.latent.head.volume.setValue(40)
    assert studio.window.sounds.player.volume == 0.4
    close(studio)
    studio = reopen()
    head = studio.scene.latent.head
    assert studio.window.sounds.player.volume == 0.4
    assert (head.volume.value(), head.volume.text) == (40, "40 %")
    head.volume.setValue(0)
    assert head.volume.text == "off"
    assert studio.window.sounds.player.mixer.gain == 0


def test_splitters_stay_where_a_person_put_them_also_through_another_game(reopen):
    studio = reopen()
    columns, across, made = studio.window.shell.columns, studio.scene.across, studio.scene._made
    for splitter, place in ((columns, 300), (across, 640), (made, 380)):
        splitter.moveSplitter(place, 1)
    left = [splitter.sizes() for splitter in (columns, across, made)]
    studio.wait_for(studio.game.opened, lambda: studio.window.opener.preset("line"))
    assert made.sizes() == left[2]
    studio.wait(lambda: studio.state == "paused")
    close(studio)
    studio = reopen()
    for splitter, before in zip(
        (studio.window.shell.columns, studio.scene.across, studio.scene._made), left, strict=True
    ):
        assert splitter.sizes() == pytest.approx(before, abs=4)


@pytest.mark.parametrize("band", [False, True], ids=["duel", "band"])
def test_games_side_by_side_are_shown_as_they_were_left(reopen, tiny, band):
    start = (tiny,) if band else (tiny, with_setting(tiny, "objective", {"kind": "hinge"}))

    def side_by_side(studio):
        games = StartGroup(experiments=start, seeds=3 if band else 0, runs=studio.runs)
        studio.wait_for(studio.game.group_opened, lambda: studio.game.start(games))
        return studio.window._rooms.group

    studio = reopen()
    group = side_by_side(studio)
    usual = 56 / 52 if band else 58 / 42  # a duel's tiles would take more, and leave the curves their share
    studio.wait(lambda: group._split.sizes()[0] / group._split.sizes()[1] == pytest.approx(usual, rel=0.02))
    group.chips["real"].click()
    choices = group.curves.choices
    for key in ("g_loss", "d_loss"):
        choices.chips[key].click()
    choices.divergences["kl_reverse"].click()
    handle = group._split.sizes()[0] + 60
    group._split.moveSplitter(handle, 1)
    left, shown = group._split.sizes(), choices.state()
    close(studio)

    studio = reopen()
    group = side_by_side(studio)
    assert [name for name, chip in group.chips.items() if not chip.isChecked()] == ["real"]
    assert "real" not in group.wall.plane.shown
    assert group.curves.choices.state() == shown
    assert group.curves.choices.divergence == "kl_reverse"
    assert not group.curves.choices.chips["g_loss"].isChecked()
    studio.wait(lambda: group._split.sizes() == pytest.approx(left, abs=4))


def test_panels_that_gave_way_by_themselves_are_not_remembered_as_hidden(reopen):
    studio = reopen()
    studio.window.resize(900, 600)
    studio.wait(lambda: not studio.window.settings.isVisible())
    close(studio)
    studio = reopen()
    assert studio.window.settings.isVisible()
    assert studio.window.shell.library.isVisible()


def test_a_plot_of_another_game_stays_hidden(reopen):
    """What is hidden of a game that is not open now is kept too."""
    studio = reopen()
    controls = studio.scene.curves.controls
    controls.restore({"hidden": ["Energy", "Belief"]})
    assert not controls.shown["Belief"].isChecked()
    assert controls.state()["hidden"] == ["Belief", "Energy"]


@pytest.mark.parametrize(
    "content",
    [
        "nonsense",
        "[General]\npanels=not json\nlibrary=[1]\n",
        '[General]\nviews="{\\"curves\\": 3, \\"samples\\": [], \\"heights\\": {\\"x\\": \\"y\\"}}"\n',
        '[General]\nside_by_side="{\\"choices\\": {\\"shown\\": 3}, \\"sizes\\": {\\"duel\\": [1]}}"\n',
        '[General]\nlibrary="{\\"page\\": 99}"\ngeometry=5\n[splitters]\ncolumns=@ByteArray(abc)\n',
    ],
)
def test_a_settings_file_that_is_damaged_is_passed_over(open_studio, tmp_path, content):
    file = tmp_path / "settings.ini"
    file.write_text(content, encoding="utf-8")
    studio = open_studio(settings=QSettings(str(file), QSettings.Format.IniFormat))
    assert studio.window.shell.library.currentIndex() == 0
    assert studio.scene.latent_panel.isVisible()
    assert studio.scene.curves.controls.shown["Belief"].isChecked()


@pytest.mark.parametrize(
    "left",
    [QRect(5000, 100, 600, 500), QRect(100, -900, 600, 500), QRect(-2000, 100, 600, 500), QRect(0, 60, 9000, 7000)],
)
def test_a_window_of_a_screen_that_is_gone_or_smaller_comes_back(qtbot, left):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setGeometry(left)
    bring_back(window)
    room = QGuiApplication.primaryScreen().availableGeometry()
    assert room.intersected(window.geometry()).width() >= 60
    assert room.top() <= window.geometry().top() < room.bottom() - 40
    assert window.width() <= room.width()
    assert window.height() <= room.height()


def test_a_window_that_is_within_its_screen_stays(qtbot):
    window = QMainWindow()
    qtbot.addWidget(window)
    window.setGeometry(50, 80, 400, 300)
    bring_back(window)
    assert window.geometry() == QRect(50, 80, 400, 300)
