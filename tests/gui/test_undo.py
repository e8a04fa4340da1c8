from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ganstudio.experiment import CategoricalCodeSpec, LatentSpec
from ganstudio.gui.game.undo import MOST, Turn, UndoHistory
from ganstudio.gui.text.words import in_words, setting_name
from ganstudio.presets import load_preset, with_setting
from ganstudio.run import RunFolder
from ganstudio.training.messages import Adjust, Notice, Start

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
RATE = "optimisers.discriminator.learning_rate"


class Dial:
    """Something that can be turned."""

    def __init__(self):
        self.value, self.most = 0, 10**9

    def put(self, side):
        self.value = side

    def stands(self, side):
        return self.value == side

    def takes(self, side):
        return side <= self.most

    def turn(self, history, value, name="dial"):
        before, self.value = self.value, value
        history.add(Turn(of=self, name=name, before=before, after=value))


@pytest.fixture
def dial():
    return Dial()


def a_press_each():
    count = iter(range(10**6))
    return lambda: next(count)


def texts(studio) -> tuple[str, str]:
    return tuple(studio.window.actions_by_id[name].text() for name in ("undo", "redo"))


def undo(studio):
    studio.trigger("undo")


def redo(studio):
    studio.trigger("redo")


# --- the history ---


def test_steps_are_undone_and_redone_in_order(qapp, dial):
    history = UndoHistory(a_press_each())
    for value in (1, 2, 3):
        dial.turn(history, value, f"to {value}")
    history.undo()
    history.undo()
    assert (dial.value, history.undoable, history.redoable) == (1, "to 1", "to 2")
    history.redo()
    assert (dial.value, history.undoable, history.redoable) == (2, "to 2", "to 3")
    dial.turn(history, 9, "to 9")
    assert history.redoable is None
    history.undo()
    assert dial.value == 2


def test_one_press_is_one_step_of_each_thing(qapp, dial):
    held = [0]
    history, other = UndoHistory(lambda: held[0]), Dial()
    for value in (1, 2, 3):
        dial.turn(history, value)
    assert len(history) == 1
    other.turn(history, 5)
    assert len(history) == 2
    held[0] = 1
    other.turn(history, 6)
    assert len(history) == 3
    for expected in (5, 0):
        history.undo()
        assert other.value == expected
    history.undo()
    assert dial.value == 0


def test_there_and_back_in_one_press_is_no_step(qapp, dial):
    history = UndoHistory(lambda: 0)
    dial.turn(history, 4)
    dial.turn(history, 0)
    assert history.undoable is None


def test_the_oldest_of_too_many_steps_are_forgotten(qapp, dial):
    history = UndoHistory(a_press_each())
    for value in range(1, MOST + 51):
        dial.turn(history, value)
    assert len(history) == MOST
    while history.undoable:
        history.undo()
    assert dial.value == 50


def test_what_fits_no_more_and_what_was_refused_is_forgotten(qapp, dial):
    history = UndoHistory(a_press_each())
    for value in (7, 1, 2):
        dial.turn(history, value)
    dial.most = 5
    dial.value = 1  # the last change did not come
    history.tidy()
    history.undo()
    assert (dial.value, history.undoable) == (0, None)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        (RATE, "Learning rate of D"),
        ("optimisers.generator", "Optimiser of G"),
        ("arrangement.optimisers.generator.kind", "Optimiser of G in the arrangement"),
        ("arrangement.generator.width", "Width of G in the arrangement"),
        ("arrangement.steps", "Steps in the arrangement"),
        ("arrangement.kind", "Arrangement"),
        ("latent.codes.0.kind", "Kind of c₁"),
        ("stages.1.kind", "Kind of stage 2"),
        ("schedule.batch_size", "Batch size"),
        ("objective", "Objective"),
        ("generator.width", "Width of G"),
        ("latent.codes.1.name", "Name of c₂"),
        ("stages.0.steps", "Steps of stage 1"),
        ("device.kind", "Device"),
        ("discriminator.kind", "Discriminator"),
        ("optimisers.generator.kind", "Optimiser of G"),
        ("seed", "Seed"),
    ],
)
def test_settings_are_called_as_the_panel_calls_them(path, name):
    assert setting_name(path) == name


@pytest.mark.parametrize(
    ("message", "told"),
    [
        ("schedule.batch_size: found 0, allowed: a whole number", "Batch size: found 0, allowed: a whole number"),
        ("stages: 5 steps are made already", "Stages: 5 steps are made already"),
        ("latent.codes.0.name can't change, nor can device.threads.", "Name of c₁ can't change, nor can Threads."),
        ("seeds: 3 of ring.toml and a.b/seed.kind", "seeds: 3 of ring.toml and a.b/seed.kind"),
        ("The data has 40 samples. More of them help.", "The data has 40 samples. More of them help."),
    ],
)
def test_messages_call_settings_as_the_panel_does(message, told):
    assert in_words(message) == told


# --- the latent code ---


def test_a_drag_of_a_slider_is_one_step(studio):
    latent, qtbot = studio.scene.latent, studio.qtbot
    slider = latent.sliders[1]
    track = slider.track()
    for share in (0.7, 0.9):
        before = latent.z.copy()
        qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(track.left() + 0.2 * track.width()), 13))
        for part in (0.3, 0.5, share):
            qtbot.mouseMove(slider, QPoint(round(track.left() + part * track.width()), 13))
        qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
        assert latent.z[1] == pytest.approx(6 * share - 3, abs=0.1)
        assert texts(studio) == ("Undo z₂", "Redo")
    QTest.keyClick(studio.window, Qt.Key.Key_Z, CONTROL)
    assert latent.z == pytest.approx(before)
    assert texts(studio) == ("Undo z₂", "Redo z₂")
    QTest.keyClick(studio.window, Qt.Key.Key_Z, CONTROL)
    assert (latent.z == 0).all()
    assert texts(studio)[0] == "Undo"
    assert not studio.window.actions_by_id["undo"].isEnabled()
    assert slider.value() == 0
    QTest.keyClick(studio.window, Qt.Key.Key_Z, CONTROL | SHIFT)
    assert latent.z == pytest.approx(before)
    QTest.keyClick(studio.window, Qt.Key.Key_Y, CONTROL)
    assert latent.z[1] == pytest.approx(6 * 0.9 - 3, abs=0.1)


def test_a_key_held_down_is_one_step_and_two_presses_are_two(studio):
    latent = studio.scene.latent
    slider = latent.sliders[0]
    slider.setFocus(Qt.FocusReason.TabFocusReason)
    for repeats in (0, 4):
        QTest.keyPress(slider, Qt.Key.Key_Right)
        for _ in range(repeats):
            again = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Right, Qt.KeyboardModifier.NoModifier, "", True)
            QApplication.sendEvent(slider, again)
        QTest.keyRelease(slider, Qt.Key.Key_Right)
    assert latent.z[0] == pytest.approx(6 * 0.06)
    undo(studio)
    assert latent.z[0] == pytest.approx(0.06)
    undo(studio)
    assert latent.z[0] == 0
    assert texts(studio) == ("Undo", "Redo z₁")


def test_every_way_to_move_the_latent_is_a_step(studio):
    scene = studio.scene
    latent, head = scene.latent, scene.latent.head
    ways = {
        "z₂": lambda: latent._sliders.typed.emit(1, 0.75),
        "Random z": head.randomise.click,
        "Truncation": lambda: head.truncation.setValue(40),
        "z in the Prior": lambda: scene.prior._canvas._pick(np.array([0.5, 0.25], np.float32)),
        "Chosen Sample": lambda: scene.samples.selected.emit(3),
        "Reset of z": head.reset.click,
    }
    states = [latent._state.place()]
    for name, act in ways.items():
        act()
        assert texts(studio)[0] == f"Undo {name}"
        states.append(latent._state.place())
    for name, state in zip(reversed(ways), reversed(states[:-1]), strict=True):
        undo(studio)
        assert texts(studio)[1] == f"Redo {name}"
        assert latent.turns.stands(state)
        assert head.truncation.value() == round(100 * state.truncation)
    for state in states[1:]:
        redo(studio)
        assert latent.turns.stands(state)


def test_undoing_asks_g_for_what_is_seen(studio):
    latent = studio.scene.latent
    latent.sliders[0].setValue(600)
    studio.wait(lambda: not studio.bridge.asked)
    rendered = studio.rendered(lambda: undo(studio))
    assert len(rendered.samples) == 34
    assert (studio.scene.turned._asked[0] == 0).all()


def test_codes_and_their_names_are_steps(open_studio, tiny, tmp_path):
    studio = open_studio()
    coded = with_setting(tiny, "latent.codes", [{"kind": "categorical", "size": 3}, {"kind": "continuous"}])
    studio.start(with_setting(coded, "objective", {"kind": "minimax"}))
    latent = studio.scene.latent
    latent.codes.buttons[0]._choose(2)
    assert texts(studio)[0] == "Undo C₁"
    latent.codes.sliders[1].setValue(500)
    assert texts(studio)[0] == "Undo C₂"
    edit = latent.codes.names[0]
    edit.setText("A & B")
    studio.wait_for(studio.game.adjusted, lambda: edit.editingFinished.emit())
    assert texts(studio)[0] == "Undo Name of c₁"
    studio.wait_for(studio.game.adjusted, lambda: undo(studio))
    assert (edit.text(), latent.codes.names[0].text()) == ("", "")
    undo(studio)
    undo(studio)
    assert latent._state.code(0) == latent._state.code(1) == 0
    for _ in range(2):
        redo(studio)
    assert (latent._state.code(0), latent._state.code(1)) == (2, pytest.approx(1.0, abs=0.02))


def test_two_names_before_the_answer_are_two_steps(open_studio, tiny):
    studio = open_studio()
    coded = with_setting(tiny, "latent.codes", [{"kind": "categorical", "size": 3}])
    studio.start(with_setting(coded, "objective", {"kind": "minimax"}))
    edit = studio.scene.latent.codes.names[0]
    for name in ("A", "B"):
        edit.setText(name)
        edit.editingFinished.emit()
    studio.game.take(Notice("Of something else."))
    assert len(studio.window.undo.history) == 2
    undo(studio)
    named = lambda: studio.game.experiment.latent.codes[0].name  # noqa: E731
    told = []
    studio.game.adjusted.connect(lambda event: told.append(event.value))
    studio.wait(lambda: len(told) == 3)
    assert (told, named()) == (["A", "B", "A"], "A")
    undo(studio)
    studio.wait(lambda: named() == "")


def test_moving_and_undoing_change_no_number_of_the_run(open_studio, tiny):
    studio = open_studio()
    losses = []
    for moved in (False, True):
        studio.start(with_setting(tiny, "schedule.steps", 60))
        studio.trigger("play")
        if moved:
            for value in (100, 700):
                studio.scene.latent.sliders[0].setValue(value)
            undo(studio)
            redo(studio)
        studio.wait(lambda: studio.state == "finished")
        losses.append(studio.game.history.raw("d_loss").copy())
    assert len(losses[0]) == 60
    assert (losses[0] == losses[1]).all()


# --- settings ---


def test_a_live_setting_is_turned_back_as_the_change_that_it_is(studio, tiny):
    studio.play(5)
    first = tiny.optimisers.discriminator.learning_rate
    studio.wait_for(studio.game.adjusted, lambda: studio.edit(RATE, 0.0005))
    assert texts(studio)[0] == "Undo Learning rate of D"
    event = studio.wait_for(studio.game.adjusted, lambda: undo(studio))
    assert (event.path, event.value) == (RATE, first)
    assert studio.window.settings.row_at(RATE).editor.value() == first
    event = studio.wait_for(studio.game.adjusted, lambda: redo(studio))
    assert event.value == 0.0005
    changes = RunFolder.open(studio.run_folder(), read_only=True).changes()
    assert [change.value for change in changes] == [0.0005, first, 0.0005]
    assert not studio.window.settings.pending


def test_the_optimiser_comes_back_with_its_own_values(studio):
    studio.play(5)
    beta = "optimisers.generator.beta1"
    studio.wait_for(studio.game.adjusted, lambda: studio.edit(beta, 0.25))
    studio.wait_for(studio.game.adjusted, lambda: studio.edit("optimisers.generator", "sgd"))
    event = studio.wait_for(studio.game.adjusted, lambda: undo(studio))
    assert (event.experiment.optimisers.generator.kind, event.experiment.optimisers.generator.beta1) == ("adam", 0.25)
    assert studio.window.settings.row_at(beta).editor.value() == 0.25
    assert texts(studio) == ("Undo Beta 1 (β₁) of G", "Redo Optimiser of G")


def test_what_fits_the_game_no_more_is_not_put_back(studio):
    studio.play(5)
    momentum = "optimisers.generator.momentum"
    studio.wait_for(studio.game.adjusted, lambda: studio.edit("optimisers.generator", "sgd"))
    studio.wait_for(studio.game.adjusted, lambda: studio.edit(momentum, 0.25))
    back = Adjust("optimisers.generator", {"kind": "adam"})  # as a game has it again that went back to a checkpoint
    studio.wait_for(studio.game.adjusted, lambda: studio.game.bridge.send(back))
    undo(studio)
    assert studio.window.settings.experiment.optimisers.generator.kind == "adam"
    event = studio.wait_for(studio.game.adjusted, lambda: studio.edit(RATE, 0.0005))
    assert event.value == 0.0005


def test_a_change_that_waits_is_taken_back(studio):
    studio.play(5)
    studio.pause()
    panel = studio.window.settings
    studio.edit("generator.width", 12)
    studio.edit("generator.depth", 2)
    undo(studio)
    assert panel.pending == {"generator.width": 12}
    undo(studio)
    assert panel.pending == {}
    assert panel.banner.isHidden()
    assert panel.row_at("generator.width").editor.value() == 8
    redo(studio)
    redo(studio)
    assert panel.pending == {"generator.width": 12, "generator.depth": 2}


def test_taking_all_waiting_changes_back_can_be_undone(studio):
    studio.play(5)
    studio.pause()
    panel = studio.window.settings
    studio.edit("generator.width", 12)
    studio.edit("seed", 5)
    waiting = dict(panel.pending)
    panel.banner.undo.click()
    assert panel.pending == {}
    undo(studio)
    assert panel.pending == waiting
    redo(studio)
    assert panel.pending == {}


def test_what_was_changed_along_goes_back_along(studio):
    studio.play(5)
    studio.pause()
    panel = studio.window.settings
    before = panel.experiment
    studio.edit("objective", "energy")
    assert panel.pending_experiment().discriminator.kind == "autoencoder"
    studio.edit("objective.margin", 2.5)
    undo(studio)
    undo(studio)
    assert panel.pending_experiment() == before
    assert panel.pending == {}
    redo(studio)
    redo(studio)
    shown = panel.pending_experiment()
    assert (shown.objective.kind, shown.objective.margin, shown.discriminator.kind) == ("energy", 2.5, "autoencoder")


def test_before_the_first_step_a_setting_goes_back_at_once(studio, tiny):
    studio.wait_for(studio.game.opened, lambda: studio.edit("objective", "energy"))
    studio.wait(lambda: not studio.game.awaits)
    studio.scene.latent.sliders[0].setValue(500)
    studio.wait_for(studio.game.opened, lambda: studio.edit("seed", 7))
    opened = studio.wait_for(studio.game.opened, lambda: undo(studio))
    assert opened.experiment.seed == tiny.seed
    assert opened.experiment.objective.kind == "energy"
    assert texts(studio) == ("Undo Objective", "Redo Seed")  # the latents of a game that is begun anew begin anew
    opened = studio.wait_for(studio.game.opened, lambda: undo(studio))
    assert opened.experiment == tiny
    assert texts(studio)[0] == "Undo"


def test_held_steps_of_a_number_are_one(studio):
    studio.play(1)
    studio.pause()
    panel = studio.window.settings
    box = panel.row_at("schedule.batch_size").editor
    box.setFocus(Qt.FocusReason.TabFocusReason)
    QTest.keyPress(box, Qt.Key.Key_Up)
    for _ in range(3):
        again = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Up, Qt.KeyboardModifier.NoModifier, "", True)
        QApplication.sendEvent(box, again)
    QTest.keyRelease(box, Qt.Key.Key_Up)
    assert panel.experiment.schedule.batch_size >= 16 * 2**4  # the box repeats by itself too
    assert texts(studio) == ("Undo Batch size", "Redo")
    QTest.keyClick(box, Qt.Key.Key_Z, CONTROL)
    assert panel.experiment.schedule.batch_size == 16
    assert texts(studio) == ("Undo", "Redo Batch size")


def test_what_is_typed_and_not_taken_keeps_its_own_undo(studio):
    studio.play(1)
    studio.pause()
    studio.scene.latent.sliders[0].setValue(500)
    panel = studio.window.settings
    box = panel.row_at("schedule.batch_size").editor
    box.setFocus(Qt.FocusReason.TabFocusReason)
    box.selectAll()
    QTest.keyClicks(box, "77")
    QTest.keyClick(box, Qt.Key.Key_Z, CONTROL)
    assert box.text() != "77"
    assert texts(studio) == ("Undo z₁", "Redo")
    box.selectAll()
    QTest.keyClicks(box, "78")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert texts(studio)[0] == "Undo Batch size"
    QTest.keyClick(box, Qt.Key.Key_Z, CONTROL)
    assert panel.experiment.schedule.batch_size == 16
    assert studio.scene.latent.z[0] == pytest.approx(1.5)


# --- another game ---


def test_another_game_has_nothing_to_undo(studio, tiny):
    studio.scene.latent.sliders[0].setValue(500)
    assert texts(studio)[0] == "Undo z₁"
    opened = studio.wait_for(studio.game.opened, lambda: studio.window.opener.preset("grid"))
    assert opened.experiment.name == "grid"
    assert texts(studio) == ("Undo", "Redo")
    assert not studio.window.actions_by_id["undo"].isEnabled()


def test_a_notice_on_the_way_to_another_game_leaves_nothing_to_undo(studio):
    for seed in (3, 4):
        studio.wait_for(studio.game.opened, lambda seed=seed: studio.edit("seed", seed))
    assert texts(studio)[0] == "Undo Seed"

    def ask() -> None:
        studio.window.opener.preset("grid")
        studio.game.take(Notice("of the game before"))

    studio.wait_for(studio.game.opened, ask)
    assert texts(studio) == ("Undo", "Redo")


def test_a_game_that_does_not_come_leaves_what_can_be_undone(studio, tmp_path):
    studio.scene.latent.sliders[0].setValue(500)
    missing = Start(resume=tmp_path / "no_run", runs=studio.runs)
    studio.wait_for(studio.game.refused, lambda: studio.game.start(missing))
    assert texts(studio)[0] == "Undo z₁"
    studio.wait_for(studio.game.opened, lambda: studio.edit("seed", 3))
    assert texts(studio)[0] == "Undo Seed"


def test_a_game_that_does_not_come_keeps_nothing_for_one_that_was_asked_for_after_it(studio, tmp_path):
    for seed in (3, 4):
        studio.wait_for(studio.game.opened, lambda seed=seed: studio.edit("seed", seed))
    assert texts(studio)[0] == "Undo Seed"
    missing, awaited = Start(resume=tmp_path / "no_run", runs=studio.runs), []
    studio.game.refused.connect(lambda refused: awaited.append((refused.command, studio.game.awaits)))

    def ask() -> None:
        studio.game.start(missing)
        studio.window.opener.preset("grid")

    assert studio.wait_for(studio.game.opened, ask).experiment.name == "grid"
    assert awaited == [(missing, True)]
    assert texts(studio) == ("Undo", "Redo")


def test_starting_over_keeps_the_settings_steps(studio, tiny):
    studio.play(5)
    studio.pause()
    studio.scene.latent.sliders[1].setValue(300)
    studio.edit("latent.dimensions", 4)
    opened = studio.wait_for(studio.game.opened, lambda: studio.trigger("reset"))
    assert opened.latent.dimensions == 4
    assert texts(studio)[0] == "Undo Dimensions"
    opened = studio.wait_for(studio.game.opened, lambda: undo(studio))
    assert opened.latent.dimensions == tiny.latent.dimensions
    assert texts(studio) == ("Undo", "Redo Dimensions")  # z₂ was of the space before


def test_nothing_is_undone_while_data_are_looked_at(studio, tmp_path):
    studio.scene.latent.sliders[0].setValue(500)
    path = tmp_path / "points.npy"
    np.save(path, np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32))
    studio.look(path)
    assert not studio.window.actions_by_id["undo"].isEnabled()
    studio.desk.leave()
    assert studio.window.actions_by_id["undo"].isEnabled()


def test_a_code_of_another_space_is_not_taken(qtbot):
    from ganstudio.gui.latent.state import LatentState

    one = LatentState(LatentSpec(dimensions=2, codes=(CategoricalCodeSpec(size=3),)))
    named = LatentState(LatentSpec(dimensions=2, codes=(CategoricalCodeSpec(size=3, name="kind", weight=2.0),)))
    other = LatentState(LatentSpec(dimensions=2, codes=(CategoricalCodeSpec(size=4),)))
    assert named.takes(one.place())
    assert not other.takes(one.place())


def test_presets_of_every_kind_are_turned_back(open_studio):
    experiment = load_preset("digits")
    studio = open_studio()
    studio.start(experiment)
    latent = studio.scene.latent
    begun = latent._state.place()
    studio.scene.samples.selected.emit(5)
    assert texts(studio)[0] == "Undo Chosen Sample"
    latent._on_strip(0.5)
    undo(studio)
    undo(studio)
    assert latent.turns.stands(begun)


def test_a_name_for_a_code_of_a_game_that_ended_by_itself_opens_it_again_and_is_a_step(open_studio, tiny, monkeypatch):
    studio = open_studio()
    coded = with_setting(tiny, "latent.codes", [{"kind": "categorical", "size": 3}])
    studio.start(with_setting(coded, "objective", {"kind": "minimax"}))
    studio.scene.latent.sliders[0].setValue(100)
    with monkeypatch.context() as broken:
        broken.setattr("ganstudio.training.step.trainer.Trainer.step", lambda *_: 1 / 0)
        studio.wait_for(studio.game.failed, lambda: studio.trigger("step_both"))
    assert studio.game.kept_step == 0
    edit = studio.scene.latent.codes.names[0]
    edit.setText("A")
    studio.wait_for(studio.game.adjusted, lambda: edit.editingFinished.emit())
    assert studio.game.experiment.latent.codes[0].name == "A"
    assert texts(studio)[0] == "Undo Name of c₁"
    studio.wait_for(studio.game.adjusted, lambda: undo(studio))
    assert studio.game.experiment.latent.codes[0].name == ""
