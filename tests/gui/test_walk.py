"""Pins, the walk over them, seeds, the full view and OSC in the real window."""

from __future__ import annotations

import logging
import socket

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from ganstudio.gui.perform.osc import OscError, messages_of
from ganstudio.gui.walk.pins import Pins
from ganstudio.training.messages import StartGroup
from ganstudio.walks import drawn


@pytest.fixture
def opened(studio, tiny):
    studio.start(tiny)
    return studio


def points(studio):
    return [pin.latents.tolist() for pin in studio.scene.pins.all]


def test_a_typed_seed_draws_what_the_command_line_draws(opened):
    latent, field = opened.scene.latent, opened.scene.latent.head.seed
    field.setFocus()
    field.setText("7")
    opened.qtbot.keyPress(field, Qt.Key.Key_Return)
    np.testing.assert_array_equal(latent.latents, drawn(latent.spec, 7))
    assert latent.seed == 7
    latent.inputs.set_value(0, 0.5)
    assert latent.seed is None
    opened.trigger("undo")
    assert latent.seed == 7
    latent.draws.randomise()
    np.testing.assert_array_equal(latent.latents, drawn(latent.spec, latent.seed))


def test_what_is_locked_stays(opened):
    latent = opened.scene.latent
    latent.set_latents(np.array([0.25, 1.0]))
    opened.qtbot.keyPress(latent.sliders[0], Qt.Key.Key_L)
    assert latent.sliders[0].locked
    opened.trigger("randomise")
    opened.trigger("nudge")
    assert latent.latents[0] == pytest.approx(0.25, abs=1e-6)
    assert latent.latents[1] != pytest.approx(1.0, abs=1e-3)
    opened.qtbot.keyPress(latent.sliders[0], Qt.Key.Key_L)
    opened.trigger("randomise")
    assert latent.latents[0] != pytest.approx(0.25, abs=1e-6)


def test_pins_are_kept_ordered_named_removed_and_undone(opened):
    scene, pins = opened.scene, opened.scene.pins
    assert scene.strip.isHidden()
    for seed in (1, 2, 3):
        opened.rendered(lambda seed=seed: scene.latent.draws.set_seed(seed))
        opened.trigger("pin")
    assert scene.strip.isVisible()
    first = points(opened)
    assert [pin.name for pin in pins.all] == ["1", "2", "3"]
    assert all(pin.picture is not None for pin in pins.all)
    pins.order([2, 0, 1])
    assert points(opened) == [first[2], first[0], first[1]]
    opened.trigger("undo")
    where = [scene.strip.list.visualItemRect(scene.strip.list.item(row)).center() for row in range(3)]
    left = Qt.MouseButton.LeftButton
    opened.qtbot.mousePress(scene.strip.list.viewport(), left, pos=where[2])
    opened.qtbot.mouseMove(scene.strip.list.viewport(), where[0])
    opened.qtbot.mouseRelease(scene.strip.list.viewport(), left, pos=where[0])
    assert points(opened) == [first[2], first[0], first[1]]
    scene.strip.list.item(0).setText("start")
    assert pins.all[0].name == "start"
    scene.strip.list.setCurrentRow(1)
    opened.qtbot.keyPress(scene.strip.list, Qt.Key.Key_Delete)
    assert points(opened) == [first[2], first[1]]
    for _ in range(3):
        opened.trigger("undo")
    assert points(opened) == first
    opened.trigger("redo")
    assert points(opened) == [first[2], first[0], first[1]]


def test_a_pin_that_is_clicked_comes_onto_the_sliders(opened):
    scene = opened.scene
    scene.pins.wander(2)
    scene.strip.go_to(1)
    np.testing.assert_allclose(scene.latent.latents, scene.pins.all[1].latents, atol=1e-6)


def test_arithmetic_makes_another_pin(opened):
    pins = opened.scene.pins
    pins.wander(3)
    pins.calculate(0, 1, 2)
    a, b, c, made = (pin.latents for pin in pins.all)
    np.testing.assert_allclose(made, a - b + c, atol=1e-6)


def test_a_walk_moves_the_sliders_while_g_learns(opened):
    scene, player = opened.scene, opened.scene.strip.player
    scene.pins.wander(3)
    scene.pins.ease = False
    player.advance(1.0)
    np.testing.assert_allclose(scene.latent.latents, scene.pins.walk.at(1.0), atol=1e-5)
    opened.play(5)
    before, step = scene.latent.latents.copy(), opened.game.step
    scene.strip.play.click()
    opened.wait(lambda: np.abs(scene.latent.latents - before).max() > 0.05 and opened.game.step > step)
    scene.strip.play.click()
    assert not player.playing
    opened.pause()
    assert opened.window.undo.history.undoable != "z\u2081"  # a walk is no step to be undone


def test_an_open_walk_ends_at_its_last_pin(opened):
    scene, player = opened.scene, opened.scene.strip.player
    scene.pins.wander(2)
    scene.strip.loop.click()
    player.play(True)
    player.advance(100.0)
    assert not player.playing
    np.testing.assert_allclose(scene.latent.latents, scene.pins.all[1].latents, atol=1e-6)


def test_pins_of_another_latent_space_are_put_away(opened, tiny):
    opened.scene.pins.wander(2)
    opened.start(tiny.model_copy(update={"latent": tiny.latent.model_copy(update={"dimensions": 5})}))
    assert opened.scene.pins.all == ()


def test_no_pins_before_a_game():
    pins = Pins()
    pins.add(np.zeros(2, np.float32))
    assert (pins.all, pins.points, pins.walk) == ((), None, None)


def test_the_full_view_shows_what_g_makes_and_is_played_by_keys(opened):
    opened.scene.pins.wander(2)
    stage = opened.window.performing.stage
    opened.trigger("stage")
    assert stage.isVisible()
    assert not stage.grab().isNull()
    opened.qtbot.keyPress(stage, Qt.Key.Key_2)
    np.testing.assert_allclose(opened.scene.latent.latents, opened.scene.pins.all[1].latents, atol=1e-6)
    opened.qtbot.keyPress(stage, Qt.Key.Key_Plus)
    assert opened.scene.strip.player.speed == pytest.approx(1.25, abs=1e-9)
    opened.qtbot.keyPress(stage, Qt.Key.Key_Space)
    assert opened.scene.strip.player.playing
    opened.qtbot.keyPress(stage, Qt.Key.Key_Space)
    opened.qtbot.keyPress(stage, Qt.Key.Key_Escape)
    assert not stage.isVisible()


def test_the_full_view_draws_the_plane_with_the_pixels_of_the_screen(opened):
    shown, stage = opened.scene.samples.shown, opened.window.performing.stage
    opened.trigger("stage")
    assert shown.width() < stage.width()
    picture = stage._everything(2 * shown.size())
    assert picture.size() == 2 * shown.size()
    small = shown.grab().toImage()
    assert picture.convertToFormat(small.format()) != small.scaled(picture.size())  # no small picture made large


def test_the_full_view_of_games_side_by_side_shows_them_and_not_the_game_before(opened, tiny):
    stage, latent = opened.window.performing.stage, opened.scene.latent
    before = opened.scene.everything()
    opened.scene.pins.wander(2)
    opened.scene.strip.player.play(True)
    opened.scene.wanderer.wander(True)
    assert opened.scene.latent.head.wander.isChecked()
    band = StartGroup(experiments=(tiny,), seeds=2, runs=opened.runs)
    opened.wait_for(opened.game.group_opened, lambda: opened.game.start(band))
    assert not opened.scene.strip.player.playing
    assert not opened.scene.latent.head.wander.isChecked()
    wall, place = opened.window._rooms.group.wall, latent.latents.copy()
    opened.wait(lambda: wall.isVisible() and not wall.size().isEmpty())
    opened.trigger("stage")
    shown = stage._everything()
    assert shown.size() == wall.size() * wall.devicePixelRatio() != before.size()
    assert stage._sample() is None
    for key in (Qt.Key.Key_R, Qt.Key.Key_1, Qt.Key.Key_Space):
        opened.qtbot.keyPress(stage, key)
    assert (latent.latents == place).all()
    assert not opened.scene.strip.player.playing
    seen = stage.grab().toImage()
    opened.wait_for(opened.game.group_frame, lambda: opened.trigger("step_both"))
    opened.wait(lambda: stage.grab().toImage() != seen)
    opened.qtbot.keyPress(stage, Qt.Key.Key_Escape)
    assert not stage.isVisible()


def test_osc_moves_what_its_address_says(opened):
    builder = pytest.importorskip("pythonosc.osc_message_builder").OscMessageBuilder
    performing, latent = opened.window.performing, opened.scene.latent
    assert performing.osc.listening is None
    performing.listen("127.0.0.1", 0)
    host, port = performing.osc.listening
    assert host == "127.0.0.1"
    assert "OSC: /z/1" in latent.sliders[0].toolTip()

    def send(address, *values):
        message = builder(address=address)
        for value in values:
            message.add_arg(value)
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
            out.sendto(message.build().dgram, (host, port))

    send("/z/2", 0.75)
    opened.wait(lambda: abs(latent.latents[1] - 0.75) < 1e-6)
    send("/z/99", 1.0)
    send("/seed", 5)
    opened.wait(lambda: latent.seed == 5)
    send("/pin", 1)
    opened.wait(lambda: len(opened.scene.pins.all) == 1)
    send("/play", 1)
    opened.wait(lambda: opened.state == "playing")
    send("/pause", 1)
    opened.wait(lambda: opened.state == "paused")
    performing.listen(on=False)
    assert performing.osc.listening is None
    assert "OSC" not in latent.sliders[0].toolTip()


def test_numbers_of_osc_are_counted_from_1(opened):
    """None is left, and is not the last one."""
    pytest.importorskip("pythonosc")
    controls, latent = opened.window.performing.controls, opened.scene.latent
    before = latent.latents.copy()
    for address in ("/z/0", "/code/0", "/pin/0", "/z/00"):
        controls.take(address, (0.75,))
    np.testing.assert_array_equal(latent.latents, before)
    controls.take("/z/2", (0.75,))
    assert latent.latents[1] == np.float32(0.75)


def test_a_packet_of_thousands_leaves_the_window_its_turn():
    pytest.importorskip("pythonosc")
    message = b"\0\0\0\x08/z\0\0,\0\0\0"
    found = messages_of(b"#bundle\0" + b"\0" * 7 + b"\x01" + message * 4000)
    assert len(found) == 1024
    assert len(messages_of(b"#bundle\0" + b"\0" * 7 + b"\x01" + message * 512)) == 512


@pytest.mark.parametrize("host", ["", "a..b", "x\0y", "a" * 300, "ä" * 70, "203.0.113.77"], ids=range(6))
def test_an_address_that_is_none_is_refused_in_words(opened, host):
    pytest.importorskip("pythonosc")
    performing, slider = opened.window.performing, opened.scene.latent.sliders[0]
    performing.listen("127.0.0.1", 0)
    assert "OSC" in slider.toolTip()
    performing.listen(host, 9000)
    assert "listened to" in opened.notice
    assert performing.osc.listening is None
    assert "OSC" not in slider.toolTip()


def test_an_address_of_others_is_told_and_a_wrong_one_refused(opened):
    pytest.importorskip("pythonosc")
    performing = opened.window.performing
    performing.listen("0.0.0.0", 0)
    assert "Anybody who reaches this address" in opened.notice
    with pytest.raises(OscError, match="can't be listened to"):
        performing.osc.listen("203.0.113.77", 9000)
    performing.close()


@pytest.mark.parametrize(
    "data",
    [b"", b"x", b"/a", b"#bundle\0" + b"\xff" * 40, b"/z/1\0\0\0\0,f\0\0\x7f\xc0\0\0", b"/z\0\0,s\0\0abc\0"],
    ids=range(6),
)
def test_packets_that_are_none_do_nothing(data):
    pytest.importorskip("pythonosc")
    assert messages_of(data) == []


def test_packets_that_are_not_understood_are_logged_nowhere(capsys, caplog):
    pytest.importorskip("pythonosc")
    handlers = list(logging.getLogger().handlers)
    for _ in range(50):
        messages_of(b"/z/1\0\0\0\0,z\0\0")  # a parameter of a type that there is not
        messages_of(b"#bundle\0" + b"\0" * 7 + b"\x01\0\0\0\x04abcd")
    assert not caplog.records
    assert capsys.readouterr().err == ""
    assert logging.getLogger().handlers == handlers
    logging.getLogger().warning("heard")
    assert [record.message for record in caplog.records] == ["heard"]


def test_every_address_does_something_and_stands_in_a_tooltip(opened):
    pytest.importorskip("pythonosc")
    performing, scene, window = opened.window.performing, opened.scene, opened.window
    performing.listen("127.0.0.1", 0)
    take = performing.controls.take
    opened.wait_for(opened.game.scalars, lambda: take("/step/d", (1.0,)))
    opened.wait_for(opened.game.scalars, lambda: take("/step/g", ()))
    scene.pins.wander(2)
    take("/loop", (0.0,))
    take("/ease", (0.0,))
    take("/seconds", (0.5,))
    take("/volume", (0.25,))
    assert (scene.pins.loop, scene.pins.ease, scene.pins.seconds) == (False, False, 0.5)
    assert scene.latent.head.volume.value() == 25
    take("/wander", (1.0,))
    assert scene.wanderer.wandering
    take("/wander", (0.0,))
    assert not scene.wanderer.wandering
    tips = [widget.toolTip() for widget in window.findChildren(QWidget)]
    tips += [action.toolTip() for action in window.actions_by_id.values()]
    named = {part.partition("/N")[0] for tip in tips for part in tip.partition("OSC: ")[2].split(", ") if part}
    missing = [
        one
        for one in performing.controls.addresses
        if not any(each.startswith(one.partition("/N")[0]) for each in named)
    ]
    assert [one for one in missing if one not in ("/code/N", "/direction/N")] == []  # this game has none
    opened.wait_for(opened.game.opened, lambda: take("/start_over", ()))
    assert opened.game.step == 0
    performing.listen(on=False)
