"""The real window, its real bridge and real training, worked as a person does."""

import threading
import time

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QSettings, QSize, Qt
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QMessageBox, QWidget

from ganstudio.data.files import records
from ganstudio.data.watching import still_wanted
from ganstudio.experiment import Experiment, TableSpec
from ganstudio.gui.forms.fields import NumberBox
from ganstudio.gui.text.words import setting_name
from ganstudio.gui.window import main_window
from ganstudio.gui.window.shell import fitting
from ganstudio.presets import with_setting
from ganstudio.run import RunFolder, latest_checkpoint, list_runs
from ganstudio.training.messages import Save, Start
from tests.full_disk import full_disk


def focus(studio, widget):
    widget.setFocus(Qt.FocusReason.TabFocusReason)
    studio.wait(widget.hasFocus)
    return widget


# --- opening ---


def test_opens_with_the_ring_ready_and_paused(open_studio, tmp_path):
    studio = open_studio(tmp_path / "runs")
    window = studio.window
    assert window.windowTitle() == "Ring – GAN Studio"
    assert window.shell.presets.selected == "ring"
    assert window.shell.transport._title.text() == "Ring"
    assert window.shell.transport._detail.whole.startswith("Unlimited points of the plane · G ")  # the name is above
    assert window.shell.transport._state.text() == "● Paused"
    assert window.actions_by_id["play"].isEnabled()
    assert not window.actions_by_id["save"].isEnabled()
    assert studio.notice == ""
    assert not studio.runs.exists()  # nothing is written before the first step


def test_numbers_of_all_its_fields_stand_clear_of_the_edge(studio):
    boxes = studio.window.findChildren(QAbstractSpinBox)
    assert boxes
    for box in boxes:
        assert box.lineEdit().textMargins().left() >= 5


def test_a_run_that_a_crash_left_is_told_of_once(open_studio, tmp_path):
    for name in ("older", "newer"):
        run = RunFolder.create(tmp_path / "runs" / name, Experiment(name=name), {})
        (run.checkpoints / "step-00001200").mkdir()
        run.close()
        (run.path / ".lock").write_text("1\n")
    words = "newer is kept up to step 1,200: open it under Runs to go on. 1 older run is kept too."
    studio = open_studio(tmp_path / "runs")
    studio.wait(lambda: words in studio.notice)  # runs are looked at beside the window
    studio.wait_for(studio.game.opened, lambda: studio.window.shell.presets.chosen.emit("two_moons"))
    assert studio.notice == ""
    assert open_studio(tmp_path / "runs").notice == ""


@pytest.mark.parametrize("gone", [True, False], ids=["gone by itself", "still there"])
def test_what_was_told_while_a_game_loads_is_told_once_more_with_it(studio, monkeypatch, gone):
    teller, bar = studio.window.teller, studio.window.shell.notices
    told, tell = [], bar.show_notice
    monkeypatch.setattr(bar, "show_notice", lambda text, *rest, **more: (told.append(text), tell(text, *rest, **more)))

    def ask() -> None:
        studio.window.shell.presets.chosen.emit("two_moons")
        teller.tell_along("A run is kept.")
        if gone:
            teller.hush()

    studio.wait_for(studio.game.opened, ask)
    studio.wait(lambda: told == ["A run is kept."] * 2)  # what still stands there begins its time anew
    assert studio.notice == "A run is kept."


def test_what_went_wrong_since_then_stays(studio):
    teller = studio.window.teller

    def ask() -> None:
        studio.window.shell.presets.chosen.emit("two_moons")
        teller.tell_along("A run is kept.")
        teller.tell("That can't be read.", wrong=True)

    studio.wait_for(studio.game.opened, ask)
    studio.wait(lambda: studio.state == "paused")
    assert studio.notice == "That can't be read."


def test_another_preset_takes_the_place_of_the_first(studio):
    card = studio.window.shell.presets.cards["two_moons"]
    opened = studio.wait_for(studio.game.opened, card.click)
    assert opened.experiment.dataset.kind == "two_moons"
    studio.wait(lambda: studio.window.shell.presets.selected == "two_moons")


# --- playing and stepping ---


@pytest.mark.parametrize("where", ["window", "slider", "combo box"])
def test_space_plays_and_pauses(studio, where):
    widget = {
        "window": studio.window.centralWidget(),
        "slider": studio.scene.latent.sliders[0],
        "combo box": studio.window.settings.findChild(QComboBox),
    }[where]
    focus(studio, widget)
    studio.qtbot.keyClick(widget, Qt.Key.Key_Space)
    studio.wait(lambda: studio.state == "playing" and studio.game.step > 0)
    assert studio.window.actions_by_id["play"].text() == "Pause"
    assert studio.window.shell.transport._state.text() == "● Training"
    studio.qtbot.keyClick(widget, Qt.Key.Key_Space)
    studio.wait(lambda: studio.state == "paused")
    assert studio.window.actions_by_id["play"].text() == "Play"
    step = studio.game.step
    assert step == studio.game.history.step[-1]
    assert len(studio.game.history) == step  # every single step came


def test_space_in_a_number_field_does_not_play(studio):
    field = focus(studio, studio.window.settings.findChild(NumberBox))
    studio.qtbot.keyClick(field, Qt.Key.Key_Space)
    studio.wait_for(studio.game.scalars, lambda: studio.trigger("step_both"))
    assert studio.game.step == 1  # the step of the button, and no more


def test_each_step_button_moves_its_own_player(studio):
    history = studio.game.history
    for count, name in enumerate(("step_discriminator", "step_generator", "step_both"), start=1):
        studio.trigger(name)
        studio.wait(lambda count=count: len(history) == count)
    assert np.isfinite(history.raw("d_loss")).tolist() == [True, False, True]
    assert np.isfinite(history.raw("g_loss")).tolist() == [False, True, True]
    assert studio.state == "paused"
    assert [change.path for change in RunFolder.open(studio.run_folder(), read_only=True).changes()] == ["step", "step"]


def test_keys_step_too(studio):
    for key in (Qt.Key.Key_S, Qt.Key.Key_S):
        studio.qtbot.keyClick(studio.window, key)
    studio.wait(lambda: studio.game.step == 2)


def test_the_schedules_end_is_told_and_play_goes_on(studio, tiny):
    studio.start(with_setting(tiny, "schedule.steps", 5))
    studio.trigger("play")
    studio.wait(lambda: studio.state == "finished")
    assert "step 5" in studio.notice
    studio.trigger("play")
    studio.wait(lambda: studio.state == "finished" and studio.game.step == 10)


def test_start_over_makes_a_new_run(studio):
    studio.play(20)
    studio.pause()
    first = studio.run_folder()
    opened = studio.wait_for(studio.game.opened, lambda: studio.trigger("reset"))
    assert (opened.step, opened.run) == (0, None)
    assert len(studio.game.history) == 0
    assert (first / "thumbnail.png").stat().st_size > 0
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.run not in (None, first))
    assert len(list_runs(studio.runs)) == 2


def test_save_writes_a_checkpoint(studio):
    studio.play(5)
    event = studio.wait_for(studio.game.checkpointed, lambda: studio.trigger("save"))
    assert latest_checkpoint(studio.run_folder()) == event.path
    studio.wait(lambda: studio.window.shell.earlier_runs.list.count() == 1)


# --- settings ---


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("optimisers.generator.learning_rate", 0.004),
        ("optimisers.discriminator.learning_rate", 0.0005),
        ("schedule.discriminator_steps", 3),
        ("schedule.batch_size", 24),
        ("objective.generator_update", "saturating"),
    ],
)
def test_a_live_setting_changes_while_training(studio, path, value):
    studio.play(5)
    event = studio.wait_for(studio.game.adjusted, lambda: studio.edit(path, value))
    assert (event.path, event.value) == (path, value)
    assert with_setting(event.experiment, path, value) == event.experiment
    studio.wait(lambda: studio.game.step > event.step)
    assert studio.state == "playing"
    assert studio.scene.curves._marks[0][0] == event.step
    assert studio.scene.curves._marks[0][1].startswith(f"{setting_name(path)} = ")
    changes = RunFolder.open(studio.run_folder(), read_only=True).changes()
    assert [(change.step, change.path, change.value) for change in changes] == [(event.step, path, value)]
    assert not studio.window.settings.pending


def test_the_optimiser_changes_while_training(studio):
    studio.play(5)
    event = studio.wait_for(studio.game.adjusted, lambda: studio.edit("optimisers.generator", "sgd"))
    assert event.experiment.optimisers.generator.kind == "sgd"
    assert event.experiment.optimisers.discriminator.kind == "adam"
    studio.wait(lambda: studio.game.step > event.step)
    assert studio.window.settings.experiment.optimisers.generator.kind == "sgd"
    assert studio.scene.curves._marks == [(event.step, "Optimiser of G = SGD")]


def test_other_settings_wait_while_a_run_is_on(studio):
    studio.play(5)
    run = studio.run_folder()
    panel = studio.window.settings
    studio.edit("generator.width", 12)
    assert panel.pending == {"generator.width": 12}
    assert panel.banner.isVisible()
    studio.play(5)
    assert studio.run_folder() == run
    opened = studio.wait_for(studio.game.opened, panel.banner.start_over.click)
    assert (opened.experiment.generator.width, opened.step) == (12, 0)
    assert not panel.pending
    assert not panel.banner.isVisible()


def test_before_the_first_step_a_setting_counts_at_once(studio):
    opened = studio.wait_for(studio.game.opened, lambda: studio.edit("generator.width", 12))
    assert opened.experiment.generator.width == 12
    assert opened.experiment.name == "tiny"
    opened = studio.wait_for(studio.game.opened, lambda: studio.edit("schedule.batch_size", 20))
    assert (opened.experiment.schedule.batch_size, opened.experiment.generator.width) == (20, 12)
    assert not studio.window.settings.pending
    assert not studio.runs.exists()


# --- closing, and opening again ---


@pytest.mark.parametrize("stop", [False, True])
def test_closing_while_training_asks(studio, monkeypatch, stop):
    studio.play(10)
    run = studio.run_folder()
    asked = []
    monkeypatch.setattr(main_window, "may_close", lambda _, **what: (asked.append(what), stop)[1])
    worker = studio.bridge._worker
    assert studio.window.close() == stop
    assert asked == [{"playing": True, "lost": "nothing"}]
    assert worker.isFinished() == stop
    if stop:
        assert not studio.window.isVisible()
        assert latest_checkpoint(run) is not None
        RunFolder.open(run).close()  # it has been let go of
    else:
        step = studio.game.step
        studio.wait(lambda: studio.game.step > step)


def test_closing_while_paused_asks_nothing(studio, monkeypatch):
    monkeypatch.setattr(main_window, "may_close", lambda *_, **__: pytest.fail("it asked"))
    assert studio.window.close()


def test_a_full_disk_is_told_until_there_is_room_and_asked_about_on_closing(studio, monkeypatch):
    studio.play(10)
    told = []

    def stay(box: QMessageBox) -> None:
        told.append(box.informativeText())
        box.clickedButton = lambda: next(b for b in box.buttons() if b.text().replace("&", "") == "Stay")

    monkeypatch.setattr(QMessageBox, "exec", stay)
    with full_disk():
        studio.wait(lambda: studio.state == "paused")
        studio.wait(lambda: "can't be written" in studio.notice)
        assert not studio.window.close()
    assert "lost" in told[0]
    studio.play(10)
    assert not studio.window.shell.notices.isVisible()
    studio.pause()
    studio.wait_for(studio.game.checkpointed, lambda: studio.trigger("save"))
    assert studio.window.close()


def test_nothing_starts_again_after_closing(studio):
    """An experiment that has just been opened is on its way to the window when that closes."""
    studio.send(Start(experiment=studio.game.experiment, runs=studio.runs))
    studio.window.close()
    QApplication.processEvents()
    studio.bridge.drain()
    studio.bridge.render(np.zeros((1, 2), np.float32))
    assert studio.bridge._worker is None


def test_a_run_goes_on_from_the_list_where_it_stood(open_studio):
    studio = open_studio()
    studio.play(30)
    studio.edit("schedule.discriminator_steps", 2)
    studio.play(5)
    studio.pause()
    step, run = studio.game.step, studio.run_folder()
    losses = studio.game.history.raw("d_loss").copy()
    studio.window.close()

    studio = open_studio()
    runs = studio.window.shell.earlier_runs.list
    studio.wait(lambda: runs.count() == 1)
    opened = studio.wait_for(studio.game.opened, lambda: runs.itemClicked.emit(runs.item(0)))
    studio.wait(lambda: len(studio.game.history) == step)
    assert (opened.run, opened.step) == (run, step)
    np.testing.assert_array_equal(studio.game.history.raw("d_loss"), losses)
    assert opened.experiment.schedule.discriminator_steps == 2
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step == step + 1)
    assert studio.run_folder() == run


def test_an_earlier_checkpoint_is_opened_from_a_runs_menu(open_studio):
    studio = open_studio()
    studio.play(20)
    studio.pause()
    earlier, run = studio.game.step, studio.run_folder()
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step == earlier + 1)
    studio.window.close()

    studio = open_studio()
    runs = studio.window.shell.earlier_runs
    studio.wait(lambda: runs.list.count() == 1)
    runs.list.setCurrentRow(0)
    menu = runs.menu_at(QPoint(-1, -1))
    act = next(act for act in menu.actions() if act.text() == f"Open at Step {earlier:,}")
    opened = studio.wait_for(studio.game.opened, act.trigger)
    assert (opened.run, opened.step) == (run, earlier)


def test_the_windows_place_is_kept(open_studio, tmp_path, monkeypatch):
    file = str(tmp_path / "settings.ini")
    studio = open_studio(settings=QSettings(file, QSettings.Format.IniFormat))
    studio.window.resize(1333, 777)
    left = studio.window.saveGeometry()
    studio.window.close()
    restored = []
    monkeypatch.setattr(type(studio.window), "restoreGeometry", lambda _window, kept: restored.append(kept))
    open_studio(settings=QSettings(file, QSettings.Format.IniFormat))
    assert restored == [left]


@pytest.mark.parametrize(
    ("screen", "size"), [((1920, 1080), (1440, 900)), ((1366, 728), (1358, 688)), ((800, 600), (880, 560))]
)
def test_the_window_opens_no_larger_than_its_screen(screen, size):
    assert fitting(QSize(*screen)) == QSize(*size)


# --- when things go wrong ---


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("photos.zip", "no archive", "photos.zip"),
        ("points.csv", "x,y\n1,2\n", "holds a single point"),
        ("typo.toml", '[dataset]\nkind = "rng"\n', "did you mean 'ring'"),
    ],
)
def test_what_can_not_be_opened_at_the_start_is_told_and_there_is_a_game(open_studio, tmp_path, name, text, words):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    studio = open_studio(path)
    studio.wait(lambda: words in studio.notice)
    studio.wait(lambda: studio.game.experiment is not None and studio.game.step == 0)
    assert studio.game.experiment.name == "ring"
    assert studio.window.shell.notices.isVisible()
    studio.wait_for(studio.game.opened, lambda: studio.window.opener.preset("line"))
    studio.wait(lambda: not studio.window.shell.notices.isVisible())  # another game was chosen since


def test_a_run_that_is_damaged_is_told_at_the_start_and_there_is_a_game(open_studio, studio, tmp_path):
    studio.play(3)
    studio.pause()
    studio.wait_for(studio.game.checkpointed, lambda: studio.send(Save()))
    run = studio.run_folder()
    studio.window.leave()
    for weights in run.rglob("generator.safetensors"):
        weights.write_bytes(b"0" * 50)
    other = open_studio(run)
    assert "generator.safetensors: has 50 bytes" in other.notice
    other.wait(lambda: other.game.experiment is not None)
    assert other.game.experiment.name == "ring"
    assert other.window.actions_by_id["play"].isEnabled()


def test_what_is_refused_is_told_until_the_next_game(studio, tiny, tmp_path):
    data = tmp_path / "points.csv"
    data.write_text("1,2\n3,4\n5,6\n", encoding="utf-8")
    studio.start(with_setting(tiny, "dataset", {"kind": "table", "path": str(data)}))
    studio.play(5)
    data.unlink()
    studio.edit("generator.width", 12)
    refused = studio.wait_for(studio.game.refused, lambda: studio.trigger("reset"))
    assert refused.expected
    assert "points.csv" in studio.notice
    assert "Traceback" in studio.window.shell.notices.details()
    assert studio.window.actions_by_id["play"].isEnabled()
    studio.wait_for(studio.game.opened, studio.window.shell.presets.cards["ring"].click)
    studio.wait(lambda: studio.state == "paused")
    assert "points.csv" not in studio.notice


def test_a_loss_that_is_no_number_stops_the_training_and_says_so(studio, tiny):
    wild = with_setting(with_setting(tiny, "optimisers.generator", {"kind": "sgd"}), "schedule.decay", "none")
    wild = with_setting(wild, "optimisers.discriminator", {"kind": "sgd", "learning_rate": 10.0, "momentum": 0.999})
    studio.start(with_setting(wild, "optimisers.generator.learning_rate", 10.0))
    studio.wait_for(studio.game.broken, lambda: studio.trigger("play"))
    assert "no longer a finite number" in studio.notice
    assert studio.state == "paused"


# --- room ---


def test_settings_give_way_in_a_narrow_window(studio):
    window = studio.window
    assert window.settings.isVisible()
    window.resize(1000, 640)
    studio.wait(lambda: not window.settings.isVisible())
    studio.wait(lambda: window.centralWidget().minimumSizeHint().width() <= 1000)
    studio.trigger("toggle_settings")
    assert window.settings.isVisible()
    studio.trigger("toggle_settings")
    window.resize(1440, 900)
    studio.wait(window.settings.isVisible)
    studio.trigger("toggle_settings")
    window.resize(1000, 640)
    window.resize(1440, 900)
    assert not window.settings.isVisible()


def test_panels_are_shown_and_hidden(studio):
    window = studio.window
    for name, panel in (("toggle_library", window.shell.library), ("toggle_latent", studio.scene.latent)):
        studio.trigger(name)
        assert not panel.isVisible()
        studio.trigger(name)
        assert panel.isVisible()
    studio.trigger("toggle_library")
    window.shell.library.setCurrentWidget(window.shell.earlier_runs)
    studio.trigger("new")
    assert window.shell.presets.isVisible()


def test_data_that_are_read_for_the_next_game_keep_neither_another_nor_closing_waiting(studio, tmp_path, monkeypatch):
    path = tmp_path / "points.csv"
    path.write_text("".join(f"{x % 7},{x % 5}\n" for x in range(100)))
    read = threading.Event()

    def endless():
        while True:
            read.set()
            still_wanted()

    studio.play(10)
    studio.pause()
    monkeypatch.setattr(records, "still_wanted", endless)
    endless_game = Start(experiment=with_setting(studio.game.experiment, "dataset", TableSpec(path=str(path))))
    studio.game.start(endless_game)
    studio.wait(read.is_set)
    opened = studio.wait_for(studio.game.opened, lambda: studio.window.shell.presets.chosen.emit("two_moons"))
    assert opened.experiment.dataset.kind == "two_moons"
    studio.play(10)
    read.clear()
    studio.game.start(endless_game)
    studio.wait(read.is_set)
    monkeypatch.setattr(main_window, "may_close", lambda *_, **__: True)
    began = time.monotonic()
    assert studio.window.close()
    assert time.monotonic() - began < 5
    assert list_runs(studio.runs)[0].step >= 10


class Styled(QObject):
    """Counts how often a widget is styled."""

    count = 0

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        self.count += event.type() == QEvent.Type.StyleChange
        return False


def test_no_part_of_the_window_is_moved_once_it_is_filled(open_studio, qapp):
    """Whatever is moved is styled anew with all that is in it, which took half of the time to build the window."""
    styled = Styled()
    qapp.installEventFilter(styled)
    try:
        studio = open_studio()
    finally:
        qapp.removeEventFilter(styled)
    widgets = len(studio.window.findChildren(QWidget))
    assert widgets < styled.count < 5 * widgets  # 7.6 with places that are filled before they are put anywhere


def test_the_chips_below_two_sliders_are_seen_without_scrolling(studio, tiny):
    studio.window.actions_by_id["toggle_settings"].setChecked(False)
    studio.window.resize(1280, 800)
    QApplication.processEvents()
    studio.start(tiny)
    studio.wait(lambda: studio.scene.latent._scroll.verticalScrollBar().maximum() == 0)
    made, latent = studio.scene._made.sizes()
    assert latent < 0.45 * (made + latent)
