"""The window's other rooms through the real window: side by side, slow motion, drawing, the prior."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QLabel, QMessageBox

from ganstudio.experiment import DigitsSpec, MixtureSpec
from ganstudio.gui.library.picture_list import DETAIL, KIND
from ganstudio.gui.rooms.draw.dialog import DrawDialog
from ganstudio.gui.rooms.group.setup import DuelSetup
from ganstudio.presets import with_setting
from ganstudio.run import latest_checkpoint
from ganstudio.training.group.session import GroupSession
from ganstudio.training.messages import Adjust, Alerted, Pause, Play, Quit, StartGroup, Step

if TYPE_CHECKING:
    from PySide6.QtWidgets import QDialog


@pytest.fixture
def side_by_side(studio, monkeypatch):
    """Opens the dialog and presses OK, as it stands or after ``change`` has been to it."""

    def open_group(change=lambda dialog: None):
        def accept(dialog: DuelSetup) -> QDialog.DialogCode:
            change(dialog)
            return DuelSetup.DialogCode.Accepted

        monkeypatch.setattr(DuelSetup, "exec", accept)
        return studio.wait_for(studio.game.group_opened, lambda: studio.trigger("compare"))

    return open_group


def test_a_duel_is_trained_and_a_member_opened_as_a_run(studio, side_by_side):
    opened = side_by_side()
    rooms = studio.window._rooms
    assert len(opened.experiments) == 3
    assert studio.window.shell.middle() is rooms.group
    assert not studio.window.actions_by_id["toggle_settings"].isChecked()
    studio.wait(lambda: not studio.window.actions_by_id["slow_motion"].isEnabled())
    assert "3 games" in studio.window.shell.transport._title.text()
    studio.send(Play())
    studio.wait(lambda: studio.state == "playing" and studio.game.step > 20)
    studio.send(Pause())
    studio.wait(lambda: studio.state == "paused")
    studio.window._tick()
    assert len(rooms.group.history) >= 20
    resumed = studio.wait_for(studio.game.opened, lambda: rooms.group.member_chosen.emit(1))
    assert resumed.step == studio.game.step
    assert resumed.experiment.objective == opened.experiments[1].objective
    assert resumed.run is not None
    assert studio.window.shell.middle() is studio.scene
    assert studio.window.settings.isEnabled()
    assert studio.window.actions_by_id["toggle_settings"].isChecked()


def test_games_side_by_side_are_kept_when_the_window_closes(studio, side_by_side, monkeypatch):
    side_by_side()
    assert studio.window._may_close()
    assert not studio.window.actions_by_id["save"].isEnabled()  # nothing has been learned yet
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step == 1)
    assert studio.window._may_close()
    studio.send(Play())
    studio.wait(lambda: studio.state == "playing" and studio.game.step > 20)
    told = []

    def leave(box: QMessageBox) -> None:
        told.append(box.informativeText())
        box.clickedButton = lambda: next(b for b in box.buttons() if b.text().replace("&", "") == "Stop and Close")

    monkeypatch.setattr(QMessageBox, "exec", leave)
    run = studio.run_folder()
    assert studio.window.close()
    assert told == ["A checkpoint is written first: the run can be opened again and goes on from there."]
    assert latest_checkpoint(run) is not None


@pytest.mark.parametrize("way", ["preset", "close", "run"])
def test_games_side_by_side_stand_under_runs_and_open_again_as_they_were(studio, side_by_side, way):
    studio.play(3)
    studio.pause()
    single = studio.run_folder()
    opened = side_by_side()
    rooms, runs = studio.window._rooms, studio.window.shell.earlier_runs
    studio.wait_for(studio.game.run_created, lambda: studio.send(Play()))
    kept = studio.run_folder()
    assert kept != single
    studio.wait(lambda: studio.game.step > 20)
    studio.wait(lambda: _row_of(runs, kept) is not None)  # at once, while it is trained
    row = _row_of(runs, kept)
    assert row.data(KIND) == "Duel · 3 games"
    assert re.fullmatch(r"step \d+ · just now", row.data(DETAIL))  # on a slow machine a checkpoint is due by now
    leave = {
        "preset": lambda: studio.window.opener.preset("grid"),
        "close": rooms.group.closed.emit,
        "run": lambda: studio.window.open_path(single),
    }[way]
    left = studio.wait_for(studio.game.opened, leave)
    assert left.run == (None if way == "preset" else single)
    assert studio.notice == f"The run before is kept: {kept.name}, under Runs."
    rows = {name: rooms.group.history.curve(1, name).copy() for name in rooms.group.history.quantities}
    step, coverage = len(rooms.group.history), rooms.group.findings.coverage
    row = _row_of(runs, kept)
    studio.wait(lambda: row.data(DETAIL).startswith(f"step {step} · "))
    studio.wait(lambda: not row.data(Qt.ItemDataRole.DecorationRole).isNull())
    again = studio.wait_for(studio.game.group_opened, lambda: runs.list.chosen.emit(row))
    assert (again.step, again.run, again.names) == (step, kept, opened.names)
    assert again.experiments == opened.experiments
    assert studio.window.shell.middle() is rooms.group
    studio.wait(lambda: len(rooms.group.history) == step)
    for name in rooms.group.history.quantities:
        np.testing.assert_array_equal(rooms.group.history.curve(1, name), rows[name])
    studio.wait(lambda: rooms.group.findings.coverage == coverage)
    studio.trigger("step_both")
    studio.wait(lambda: studio.game.step == step + 1)
    assert studio.run_folder() == kept
    studio.trigger("save")
    studio.wait(lambda: studio.notice == f"Step {step + 1:,} is saved in {kept}.")


def _row_of(runs, path):
    rows = [runs.list.item(index) for index in range(runs.list.count())]
    return next((row for row in rows if row.toolTip().endswith(str(path))), None)


def test_a_window_opened_with_games_side_by_side_has_a_single_one_to_go_back_to(open_studio, tiny, tmp_path):
    drive = GroupSession(StartGroup(experiments=(tiny,), seeds=2, runs=tmp_path))
    for command in (Step(), Quit(abandoned=True)):
        drive.send(command)
    assert list(drive.run())
    (folder,) = tmp_path.iterdir()
    studio = open_studio(folder)
    assert "2 seeds" in studio.window.shell.transport._title.text()
    assert studio.game.group is not None
    opened = studio.wait_for(studio.game.opened, studio.window._rooms.group.closed.emit)
    assert (opened.experiment, opened.step) == (tiny, 0)


def test_after_a_crash_the_window_tells_of_games_side_by_side(open_studio, tiny, tmp_path):
    drive = GroupSession(StartGroup(experiments=(tiny,), seeds=2, runs=tmp_path / "runs"))
    for command in (Step(), Quit(abandoned=True)):
        drive.send(command)
    assert list(drive.run())
    studio = open_studio(tmp_path / "runs")
    told = (
        "GAN Studio ended unexpectedly the last time. tiny, band of 2 seeds, is kept up to step 1: open it under Runs "
        "to go on."
    )
    studio.wait(lambda: studio.notice == told)


def test_a_seed_band(studio, side_by_side):
    def band(dialog: DuelSetup) -> None:
        dialog.tabs.setCurrentIndex(1)
        dialog.seed_box.setValue(5)

    opened = side_by_side(band)
    assert [experiment.seed for experiment in opened.experiments] == [0, 1, 2, 3, 4]
    studio.trigger("step_both")
    studio.wait(lambda: studio.window.shell.transport._steps.text().startswith("step 1 of"))


def test_a_band_is_measured_watched_and_looked_at_where_the_camera_is(studio, side_by_side):
    def band(dialog: DuelSetup) -> None:
        dialog.tabs.setCurrentIndex(1)
        dialog.seed_box.setValue(3)

    studio.start(with_setting(studio.game.experiment, "measures", {"samples": 500, "probe": False}))
    side_by_side(band)
    group = studio.window._rooms.group
    studio.trigger("step_both")
    studio.wait(lambda: all(group.findings.latest(k, "histogram") is not None for k in range(3)))
    group.refresh()
    assert group._place.text() == "estimates of step 1 · step 1"
    assert "of 8 modes" in group.wall.tiles[2].toolTip()
    assert group.curves.choices.chips["modes"].isVisible()
    group.wall.plane.camera.zoom(0.5, QPointF(), group.wall.tiles[0].picture_rect().size())
    group.wall._range_changed()
    studio.wait(lambda: group.wall._frame is not None and group.wall._frame.bounds == group.wall._seen)
    found = group.findings.latest(1, "histogram")
    resumed = studio.wait_for(studio.game.measured, lambda: group.member_chosen.emit(1))
    assert resumed.estimates == (found,)


def test_leaving_the_group_goes_back_to_the_run_before(studio, side_by_side):
    studio.play(5)
    studio.pause()
    run, step = studio.run_folder(), studio.game.step
    side_by_side()
    opened = studio.wait_for(studio.game.opened, studio.window._rooms.group.closed.emit)
    assert (opened.run, opened.step) == (run, step)
    assert studio.window.shell.middle() is studio.scene


def test_images_stand_in_no_group_and_whoever_wants_them_to_is_told_why(studio, tiny):
    studio.start(with_setting(tiny, "dataset", DigitsSpec()))
    studio.trigger("compare")  # no dialog, which would stand in the way until it is answered
    assert studio.notice == "Side by side stand games of points of the plane alone; this one makes images."
    assert studio.game.group is None


def test_the_names_of_rooms_stand_in_one_place(studio):
    places = {}
    for room in ("slow_motion", "measures"):
        studio.trigger(room)
        shown = studio.window.shell.middle()
        name = next(each for each in shown.findChildren(QLabel) if each.property("role") == "title")
        places[room] = name.mapTo(studio.window, name.rect().bottomLeft())
        places[room].setY(places[room].y() - name.height() // 2)
    assert places["slow_motion"].x() == places["measures"].x()
    assert abs(places["slow_motion"].y() - places["measures"].y()) <= 1


def test_slow_motion_walks_through_steps_that_count(studio, qtbot):
    rooms = studio.window._rooms
    studio.trigger("slow_motion")
    assert studio.window.shell.middle() is rooms.slow
    stages = studio.wait_for(studio.game.stages, lambda: qtbot.keyClick(rooms.slow, Qt.Key.Key_Right))
    assert stages.step == 1
    assert rooms.slow.stage().name == "draw_z"
    studio.wait(lambda: studio.game.step == 1)
    for _ in range(len(stages.stages) - 1):
        qtbot.keyClick(rooms.slow, Qt.Key.Key_Right)
    assert rooms.slow.stage().name == "generator_moves"
    assert studio.wait_for(studio.game.stages, rooms.slow.next).step == 2
    qtbot.keyClick(rooms.slow, Qt.Key.Key_Escape)
    assert studio.window.shell.middle() is studio.scene


def test_play_leaves_slow_motion(studio):
    studio.trigger("slow_motion")
    studio.play(3)
    assert studio.window.shell.middle() is studio.scene
    studio.pause()


def test_what_is_drawn_is_trained_on(studio, monkeypatch):
    def draw(dialog: DrawDialog) -> None:
        dialog.name_field.setText("my three")
        dialog.chosen.emit(MixtureSpec())

    monkeypatch.setattr(DrawDialog, "exec", draw)
    opened = studio.wait_for(studio.game.opened, lambda: studio.trigger("draw"))
    assert opened.experiment.dataset == MixtureSpec()
    assert opened.experiment.name == "my three"


def test_estimates_and_coverage_are_shown(studio):
    studio.send(Adjust("measures.samples", 500))
    studio.play(20)
    studio.pause()
    studio.wait(lambda: set(studio.game.estimates.estimators) == {"probe", "histogram"})
    studio.scene.refresh()
    words = " ".join(" ".join(entry[1:]) for entry in studio.scene.curves.plots["JSD"].readouts())
    assert "Probe" in words
    assert "Histogram" in words
    assert "of 8 modes" in studio.scene.coverage.text()


def test_alerts_are_shown_and_gone_with_the_game(studio, tiny):
    from ganstudio.measurements.alerts import Alert

    alert = Alert(kind="oscillation", step=1, title="Oscillation", evidence="to and fro", advice="lower rates")
    studio.game.alerted.emit(Alerted((alert,)))
    assert list(studio.scene.alerts._pills) == ["oscillation"]
    studio.start(tiny)
    assert not studio.scene.alerts._pills


def test_the_prior_and_the_plane_are_linked(studio):
    scene = studio.scene
    assert scene.prior.isVisible()
    z = np.array([0.5, -0.25], np.float32)
    studio.rendered(lambda: scene.prior.hovered.emit(z))
    studio.wait(lambda: scene.samples._link.point is not None)
    scene.prior.hovered.emit(None)
    assert scene.samples._link.point is None
    studio.rendered(lambda: scene.prior.picked.emit(z))
    np.testing.assert_allclose(scene.latent.z, z, atol=1e-6)


def test_without_a_plane_of_its_own_the_prior_is_hidden(studio, tiny):
    studio.start(with_setting(tiny, "latent.dimensions", 5))
    assert not studio.scene.prior.isVisible()


def test_a_single_step_in_a_group_moves_all(studio, side_by_side):
    side_by_side()
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 1)
    studio.window._tick()
    assert studio.window._rooms.group.history.members == 3
