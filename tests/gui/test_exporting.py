"""File > Export: what can be chosen, and a process beside the training that writes it."""

from __future__ import annotations

import socket
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel
from safetensors.numpy import load_file

from ganstudio.gui.exporting.dialog import ExportDialog
from ganstudio.gui.exporting.kinds import HOLD, KINDS, RATE, SECONDS, SIZE
from ganstudio.gui.exporting.process import Exporting
from ganstudio.gui.looks import theme
from ganstudio.gui.plots.panel import Panel
from ganstudio.modalities import MODALITIES, Images, Melody, Points
from ganstudio.origins import read_origin
from ganstudio.presets import with_setting, with_settings
from ganstudio.run import checkpoints_of, step_of_checkpoint
from ganstudio.training.messages import Play


def dialog(qtbot, window, modality=None, **options):
    made = ExportDialog(modality or Points(), window, **({"first": "walk", "why_not": {}} | options))
    qtbot.addWidget(made)
    made.show()
    return made


def test_every_kind_has_formats_and_a_command(studio, qtbot):
    made = dialog(qtbot, studio.window, Images((1, 8, 8)), begins=("RUN", "--at", "5"))
    assert len(MODALITIES) >= 3
    for kind in KINDS:
        made.choose(kind.name)
        assert made.format.count() >= 1
        assert made.export.isEnabled()
        if made.copy.isEnabled():
            made.copy.click()
            command = QGuiApplication.clipboard().text()
            assert command.startswith(f"ganstudio export RUN --at 5 --what {kind.name}")
    made.choose("walk")
    assert {"--seconds", "--fps", "--count", "--seed"} <= set(made.words())


def test_samples_that_follow_each_other_are_no_film(studio, qtbot):
    made = dialog(qtbot, studio.window, Melody())
    film = {"--size", "--seconds", "--fps"}
    for ending, asked in ((".mid", set()), (".gif", film), (".wav", set()), (".webp", film)):
        made.format.setCurrentIndex(made.format.findData(ending))
        assert film & set(made.words()) == asked
        assert [made.fields[name].isVisible() for name in (SIZE, SECONDS, RATE)] == [bool(asked)] * 3
        assert "--count" in made.words()


def test_pins_stand_in_place_of_drawn_points(studio, qtbot):
    made = dialog(qtbot, studio.window, pins=3)
    assert made.pinned
    assert not {"--count", "--seed"} & set(made.words())
    made.choose("corners")
    assert not made.pinned  # it takes four


def test_one_of_two_chained_games_can_be_held(studio, qtbot):
    made = dialog(qtbot, studio.window, Images((3, 8, 8)), games=("structure", "style"))
    hold = made.fields[HOLD]
    assert hold.isVisible()
    assert "--hold" not in made.words()
    hold.setCurrentIndex(1)
    assert "--hold structure" in made.command()
    made.choose("light")
    assert not hold.isVisible()
    assert "--hold" not in made.words()
    alone = dialog(qtbot, studio.window, Images((3, 8, 8)))
    assert not alone.fields[HOLD].isVisible()


def test_what_can_not_be_had_says_why(studio, qtbot):
    made = dialog(qtbot, studio.window, why_not={"walk": "Train first"})
    line = made.findChild(QLabel, "exportCommand")
    assert not made.export.isEnabled()
    assert not made.copy.isEnabled()
    assert not line.isVisible()
    made.choose("grid")
    assert made.copy.isEnabled()
    assert line.isVisible()


def test_this_picture_is_named_and_what_can_not_be_had_is_grey(studio, qtbot):
    made = dialog(qtbot, studio.window, picture="Losses", why_not={"walk": "Train <b>first</b>"})
    rows = {kind.name: place for place, kind in enumerate(KINDS)}
    assert made.what.itemText(rows["picture"]) == "This Picture: Losses"
    grey = {name: made.what.itemData(place, Qt.ItemDataRole.ForegroundRole) for name, place in rows.items()}
    assert {name for name, colour in grey.items() if colour is not None} == {"walk"}
    assert grey["walk"] == QColor(theme.DISABLED)
    assert "Train" in made.what.itemData(rows["walk"], Qt.ItemDataRole.ToolTipRole)


def test_points_that_come_out_as_one_plot_are_told_as_one(studio, qtbot):
    sheets = ("grid", "corners")
    for modality, called in (
        (Points(), ["Plot of Samples", "Plot between Four Pins"]),
        (Images((1, 8, 8)), ["Sheet of Samples", "Sheet between Four Pins"]),
    ):
        made = dialog(qtbot, studio.window, modality)
        for name, words in zip(sheets, called, strict=True):
            made.choose(name)
            assert (made.what.currentText(), made.called) == (words, words)
            assert ("one plot" in made._told.text()) == words.startswith("Plot")
            assert ("side by side" in made._told.text()) == (words == "Sheet of Samples")


def test_the_picture_in_focus_is_told_by_its_title(studio, tiny, monkeypatch):
    studio.start(tiny)
    studio.play(3)
    studio.pause()
    panel = studio.scene.curves.plots["Losses"]
    offered = []
    monkeypatch.setattr(QApplication, "focusWidget", lambda: panel)
    monkeypatch.setattr(ExportDialog, "exec", lambda made: offered.append(made.what.itemText(0)) or 0)
    studio.trigger("export")
    assert offered == ["This Picture: Losses"]


@pytest.fixture
def steady(tiny):
    """A game in which no rate and no noise depends on how many steps there are to be."""
    return with_settings(tiny, [("schedule.decay", "none"), ("schedule.instance_noise", 0.0)])


def kept(studio, steps):
    """All tensors that the checkpoint of a step holds: weights, averages, and what the optimisers know."""
    (newest, *_) = checkpoints_of(studio.game.run)
    assert step_of_checkpoint(newest) == steps
    found = {}
    for path in sorted(newest.rglob("*.safetensors")):
        found |= {(path.name, name): value for name, value in load_file(path).items()}
    return found


def trained_without(studio, steady, steps):
    """The same of a run of so many steps in which nobody does anything."""
    studio.start(with_setting(steady, "schedule.steps", steps))
    studio.send(Play())
    studio.wait(lambda: studio.state == "finished" and studio.game.kept_step == steps, 110)
    return kept(studio, steps)


def assert_same_to_the_bit(found, wanted):
    assert len(found) > 10
    assert found.keys() == wanted.keys()
    for name, value in wanted.items():
        assert (found[name].dtype, found[name].shape) == (value.dtype, value.shape), name
        assert found[name].tobytes() == value.tobytes(), name


def test_an_export_runs_beside_the_training_and_changes_none_of_its_numbers(studio, steady, tmp_path):
    studio.start(steady)
    studio.play(20)
    exporter = studio.window.exporter
    out = tmp_path / "walk.gif"
    begun = studio.game.step
    exporter.write(("--what", "walk", "--count", "2", "--seconds", "0.2", "--fps", "10"), out)
    assert exporter.busy
    studio.wait(lambda: not exporter.busy, 110)
    assert out.exists(), studio.notice
    assert "Saved" in studio.notice
    studio.pause()
    assert studio.game.step > begun
    origin = read_origin(out)
    assert (origin.run, origin.what) == (studio.game.run.name, "walk")
    studio.play(5)  # also what comes behind it
    studio.pause()
    steps = studio.wait_for(studio.game.checkpointed, lambda: studio.trigger("save")).step
    found = kept(studio, steps)
    assert_same_to_the_bit(found, trained_without(studio, steady, steps))


def test_osc_that_moves_the_window_changes_no_number_of_the_training(studio, steady):
    builder = pytest.importorskip("pythonosc.osc_message_builder").OscMessageBuilder
    performing, latent = studio.window.performing, studio.scene.latent
    studio.start(steady)
    performing.listen("127.0.0.1", 0)
    studio.play(20)
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        for address, value in (("/pin", 1), ("/seed", 3), ("/pin", 1), ("/walk", 1), ("/nudge", 1), ("/seed", 5)):
            message = builder(address=address)
            message.add_arg(value)
            out.sendto(message.build().dgram, performing.osc.listening)
    studio.wait(lambda: len(studio.scene.pins.all) == 2 and studio.scene.strip.player.playing)
    studio.play(20)
    performing.listen(on=False)
    studio.scene.strip.player.play(False)
    assert latent.latents.any()
    studio.pause()
    steps = studio.wait_for(studio.game.checkpointed, lambda: studio.trigger("save")).step
    found = kept(studio, steps)
    assert_same_to_the_bit(found, trained_without(studio, steady, steps))


def test_an_export_is_given_up_on_demand_and_a_wrong_one_says_why(studio, tiny, tmp_path):
    studio.start(tiny)
    studio.play(5)
    studio.pause()
    exporter = studio.window.exporter
    exporter.write(("--what", "walk"), tmp_path / "a.gif")
    studio.wait(lambda: exporter.process.running)
    assert studio.notice.startswith("Exporting a.gif.")  # that a step is saved for it covers neither it nor its button
    assert [button.text().replace("&", "") for button in studio.window.shell.notices.offers] == ["Cancel"]
    exporter.cancel()
    assert not exporter.busy
    assert "cancelled" in studio.notice
    exporter.write(("--what", "walk"), tmp_path / "a.xyz")
    studio.wait(lambda: not exporter.busy, 110)
    assert "films are written as" in studio.notice
    assert [button.text().replace("&", "") for button in studio.window.shell.notices.offers] == ["Try Again"]
    assert list(tmp_path.glob("a.*")) == []


def test_while_torch_loads_for_an_export_it_says_so(studio, tiny, tmp_path, monkeypatch):
    studio.start(tiny)
    studio.play(5)
    studio.pause()
    exporter, told = studio.window.exporter, []
    monkeypatch.setattr(exporter._teller, "retell", lambda _begins, text: told.append(text))
    for what, loaded in (("curves", "the run"), ("walk", "PyTorch and the run")):
        told.clear()
        exporter.write(("--what", what), tmp_path / "a.gif")
        studio.wait(lambda: bool(told))
        assert told[0] == f"Exporting a.gif. Loading {loaded}…"
        exporter.cancel()


def test_of_a_game_that_ended_by_itself_what_is_kept_is_exported(studio, tiny, tmp_path, monkeypatch):
    studio.start(tiny)
    monkeypatch.setattr("ganstudio.training.step.trainer.Trainer.step", lambda *_: 1 / 0)
    studio.wait_for(studio.game.failed, lambda: studio.trigger("step_both"))
    exporter = studio.window.exporter
    exporter.write(("--what", "grid", "--count", "4"), tmp_path / "none.png")
    assert not exporter.busy
    assert studio.notice.startswith("Nothing of it is kept")
    monkeypatch.undo()
    studio.wait_for(studio.game.opened, lambda: studio.trigger("play"))
    studio.wait(lambda: studio.state == "playing")
    studio.pause()
    studio.wait(lambda: studio.game.kept_step == studio.game.step > 0)
    last = studio.game.step
    monkeypatch.setattr("ganstudio.training.step.trainer.Trainer.step", lambda *_: 1 / 0)
    studio.wait_for(studio.game.failed, lambda: studio.trigger("step_both"))
    exporter.write(("--what", "grid", "--count", "4"), tmp_path / "kept.png")
    studio.wait(lambda: not exporter.busy, 110)
    assert read_origin(tmp_path / "kept.png").step == last
    assert studio.game.state == "failed"


def test_weights_are_the_same_with_and_without_exploring(studio, tiny):
    """Pins, a walk, seeds and the stage ask G, and never the training."""

    def weights(explore: bool):
        studio.start(tiny.model_copy(update={"schedule": tiny.schedule.model_copy(update={"steps": 60})}))
        scene = studio.scene
        studio.game.bridge.send(Play())
        if explore:
            scene.pins.wander(3)
            scene.strip.player.play(True)
            scene.latent.draws.nudge()
            studio.window.performing.stage.refresh()
        studio.wait(lambda: studio.state == "finished")
        scene.strip.player.play(False)
        return load_generator(studio.game.run).network.state_dict()

    from ganstudio.training.checkpoints.loaded import load_generator

    plain, explored = weights(False), weights(True)
    for name, value in plain.items():
        np.testing.assert_array_equal(value.numpy(), explored[name].numpy())


@pytest.mark.parametrize("focus", ["curves", "latent_panel"])
def test_what_is_in_focus_is_offered_first(studio, tiny, monkeypatch, focus):
    studio.start(tiny)
    studio.play(3)
    studio.pause()
    asked = []
    monkeypatch.setattr(studio.window.exporter, "ask", lambda way, first: asked.append(first))
    panel = studio.scene.curves.findChild(Panel)
    widget = {"curves": panel, "latent_panel": studio.scene.latent.sliders[0]}[focus]
    monkeypatch.setattr(QApplication, "focusWidget", lambda: widget)
    studio.trigger("export")
    assert asked == [{"curves": "curves", "latent_panel": "walk"}[focus]]


def test_what_an_export_writes_on_the_way_goes_with_it(qtbot, tmp_path):
    parent = QObject()
    exporting = Exporting(parent)
    for ends in (exporting.stop, None):
        failed = []
        exporting.failed.connect(failed.append)
        exporting.start([str(tmp_path / "no run"), "--what", "walk", "--out", str(tmp_path / "a.gif")])
        folder = Path(exporting._folder.path())
        environment = exporting._process.processEnvironment()
        assert folder.is_dir()
        assert {environment.value(name) for name in ("TMPDIR", "TEMP", "TMP")} == {str(folder)}
        if ends is not None:
            ends()
        else:
            qtbot.waitUntil(lambda failed=failed: bool(failed), timeout=60_000)
        assert not folder.exists()
