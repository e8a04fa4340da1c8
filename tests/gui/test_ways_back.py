"""What is saved of the window says where it comes from, and leads back there when it is dropped."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QGuiApplication, QMouseEvent
from PySide6.QtWidgets import QApplication

from ganstudio.gui.looks.pictures import as_png
from ganstudio.gui.opening.paths import OWN
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.window import returning
from ganstudio.origins import read_origin, signed
from ganstudio.presets import load_preset
from ganstudio.run import mark_of


@pytest.fixture
def trained(studio, tiny):
    """A game that has trained, at a point of its own, and pauses."""
    studio.start(tiny)
    studio.play(20)
    studio.pause()
    studio.rendered(lambda: studio.scene.latent.set_latents(np.array([0.5, -1.25])))
    return studio


def plane(studio) -> WaysOut:
    return next(way for way in studio.scene.findChildren(WaysOut) if way.title == "Plane")


def saved(studio, path: Path) -> Path:
    way = plane(studio)
    way.save(way.picture(1), path)
    assert path.exists(), studio.notice
    return path


def test_a_saved_picture_says_its_run_step_and_latents(trained, tmp_path):
    origin = read_origin(saved(trained, tmp_path / "a.png"))
    game = trained.game
    assert (origin.run, origin.mark, origin.step) == (game.run.name, mark_of(game.run), game.step)
    np.testing.assert_allclose(origin.latents, [[0.5, -1.25]])
    command = trained.window.command()
    assert command.startswith("ganstudio export ")
    assert "--latents=0.5,-1.25" in command


def test_dropped_it_opens_its_run_step_and_latents(trained, tmp_path):
    path, run, step = saved(trained, tmp_path / "a.png"), trained.game.run, trained.game.step
    preset = load_preset("two_moons")
    trained.start(preset)
    assert trained.game.run is None
    trained.wait_for(trained.game.opened, lambda: trained.drop(path))
    assert (trained.game.run, trained.game.step) == (run, step)
    np.testing.assert_allclose(trained.scene.latent.latents, [0.5, -1.25], atol=1e-6)
    assert "a.png was made by" in trained.notice


def test_the_newest_drop_counts_however_long_the_run_of_the_first_is_looked_for(trained, tmp_path, monkeypatch):
    path, run, goes_on = saved(trained, tmp_path / "a.png"), trained.game.run, threading.Event()
    trained.start(load_preset("two_moons"))
    monkeypatch.setattr(returning, "find_run", lambda *_what: goes_on.wait(60) and run)
    trained.drop(path)
    assert trained.window.returning.looking
    points = tmp_path / "points.csv"
    points.write_text("x,y\n" + "\n".join(f"{k % 7},{k % 5}" for k in range(200)))
    trained.look(points)
    assert not trained.window.returning.looking
    goes_on.set()
    trained.window.returning.close()
    QApplication.processEvents()  # of what was found
    assert trained.window._rooms.shown() is trained.card
    assert (trained.game.run, trained.game.awaits) == (None, False)


def test_dropped_where_its_run_stands_it_moves_the_sliders_alone(trained, tmp_path):
    path = saved(trained, tmp_path / "a.png")
    trained.scene.latent.draws.reset()
    trained.drop(path)
    trained.wait(lambda: "at this very step" in trained.notice)
    np.testing.assert_allclose(trained.scene.latent.latents, [0.5, -1.25], atol=1e-6)
    assert not trained.game.awaits


def test_a_run_that_is_not_here_is_offered_as_its_experiment(trained, tmp_path):
    path = saved(trained, tmp_path / "a.png")
    origin = replace(read_origin(path), run="../../elsewhere", mark="f" * 16)
    path.write_bytes(signed(as_png(plane(trained).picture(1)), ".png", origin))
    bar = trained.window.shell.notices
    trained.drop(path)
    trained.wait(lambda: "../../elsewhere" in trained.notice)
    assert [button.text().replace("&", "") for button in bar.offers] == ["Open Its Experiment", "Take It as Data"]
    trained.wait_for(trained.game.opened, bar.offers[0].click)
    assert (trained.game.run, trained.game.experiment.name) == (None, "tiny")


def test_a_foreign_experiment_whose_data_are_files_is_not_followed(trained, tmp_path):
    path = saved(trained, tmp_path / "a.png")
    foreign = 'name = "x"\n[dataset]\nkind = "csv"\npath = "/etc/passwd"\n'
    origin = replace(read_origin(path), mark="f" * 16, experiment=foreign)
    path.write_bytes(signed(as_png(plane(trained).picture(1)), ".png", origin))
    trained.drop(path)
    trained.wait(lambda: trained.window.shell.notices.offers)
    trained.window.shell.notices.offers[0].click()
    assert not trained.game.awaits
    assert "passwd" in trained.notice or "can't be read" in trained.notice


def test_a_drag_out_is_a_png_and_does_not_come_back_as_data(trained):
    mime = plane(trained).mime()
    (url,) = mime.urls()
    path = Path(url.toLocalFile())
    assert read_origin(path).step == trained.game.step
    assert mime.hasImage()
    how = (Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    enter = QDragEnterEvent(QPoint(100, 100), *how)
    QApplication.sendEvent(trained.window, enter)
    assert not enter.isAccepted()
    plain = QMimeData()
    plain.setUrls([url])
    assert not plain.hasFormat(OWN)


def test_a_drag_begins_where_the_mouse_is_moved_with_its_button_down(trained, monkeypatch):
    way = next(way for way in trained.scene.findChildren(WaysOut) if way.title == "Energies" or way.drawn)
    begun = []
    monkeypatch.setattr(way, "drag", lambda: begun.append(True))
    target = way.widget

    def send(kind, x, held=Qt.KeyboardModifier.ControlModifier):
        place = QPointF(10 + x, 10)
        button = Qt.MouseButton.LeftButton
        QApplication.sendEvent(target, QMouseEvent(kind, place, target.mapToGlobal(place), button, button, held))

    far = 3 * QGuiApplication.styleHints().startDragDistance()
    send(QEvent.Type.MouseButtonPress, 0)
    send(QEvent.Type.MouseMove, 2)
    assert not begun
    send(QEvent.Type.MouseMove, far)
    assert begun == [True]


def test_plots_are_drawings_of_lines(trained):
    ways = {way.title: way for way in trained.scene.curves.findChildren(WaysOut)}
    trained.scene.refresh()
    drawing = ways["Losses"].svg().decode()
    assert drawing.startswith("<?xml")
    assert "<polygon" in drawing or "<path" in drawing
    assert "image" not in drawing.replace("image/", "")
    assert "Losses" in drawing
    assert "<svg" in plane(trained).svg().decode()
