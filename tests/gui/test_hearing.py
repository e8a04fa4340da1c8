"""Samples are heard: in the real window, through miniaudio's null backend or by the clock."""

from __future__ import annotations

import threading
import wave
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QLineEdit

from ganstudio.gui.parts.ways_out import way_out_of
from ganstudio.playing import Player, prepared
from ganstudio.playing.devices import NO_DEVICE, NoSoundError
from ganstudio.presets import with_settings
from ganstudio.training.messages import Save
from tests.ground import QuickenSpec, SlowSpec, TonesSpec, registered
from tests.modalities.waves import LENGTH, Waves

if TYPE_CHECKING:
    from ganstudio.experiment import Experiment
    from ganstudio.gui.sound.sounds import Sounds
    from ganstudio.playing import Voice


class Held:
    """A device that takes nothing until it is told to, so that what is played stays as it is."""

    name = "held"

    def __init__(self, mixer) -> None:
        self.mixer = mixer

    def start(self) -> None:
        """Nothing to do."""

    stop = close = start


class Listener:
    """What the window's player was given to play, and what comes out of it."""

    def __init__(self, sounds: Sounds) -> None:
        self.sounds = sounds
        self._voices: list[Voice] = []
        self._alone: list[bool] = []
        self.mixer = sounds.player.mixer
        play = self.mixer.play

        def heard(voice: Voice, *, alone: bool) -> None:
            self._voices.append(voice)
            self._alone.append(alone)
            play(voice, alone=alone)

        self.mixer.play = heard

    @property
    def voices(self) -> list[Voice]:
        """All that were played, once those are made that were asked for."""
        self.sounds.settle()
        return self._voices

    @property
    def alone(self) -> list[bool]:
        """Whether each was played in place of what sounded before."""
        self.sounds.settle()
        return self._alone

    def mix(self, frames: int) -> np.ndarray:
        self.sounds.settle()
        return self.mixer.mix(frames)


@pytest.fixture(autouse=True)
def known(monkeypatch):
    # Waves of 8 ms are over before anybody looks; at this rate they last a quarter of a second.
    monkeypatch.setattr(Waves.__init__, "__defaults__", (256, LENGTH))
    with registered():
        yield


def experiment(tiny: Experiment, *more: tuple[str, object]) -> Experiment:
    return with_settings(
        tiny,
        [
            ("name", "tones"),
            ("dataset", TonesSpec()),
            ("latent.dimensions", 6),
            *(more or [("generator.width", 64)]),
        ],
    )


@pytest.fixture
def tones(tiny) -> Experiment:
    return experiment(tiny)


@pytest.fixture
def coded(tiny) -> Experiment:
    return experiment(
        tiny,
        ("latent.dimensions", 2),
        ("latent.codes", [{"kind": "categorical", "size": 10}]),
    )


@pytest.fixture
def listening(studio):
    """The window with a device that stands still, and what it is given to play."""
    studio.window.sounds.player = Player(Held)
    yield Listener(studio.window.sounds)
    studio.window.sounds.close()


def frames_of(studio, steps: int = 5):
    return studio.frame_with("gallery", lambda: studio.play(steps))


def ready(studio, game: Experiment) -> None:
    """Open a game whose gallery has samples, and pause."""
    studio.start(game)
    frames_of(studio)
    studio.rest()
    studio.wait(lambda: studio.scene.samples._generated.mosaic is not None)


def sound_of(samples: np.ndarray) -> np.ndarray:
    return prepared(*Waves().sound(np.atleast_2d(samples)))


def test_a_game_without_a_sound_has_no_button_and_its_keys_stay_the_windows(studio) -> None:
    head = studio.scene.latent.head
    assert not studio.window.hearing.heard
    assert head.listen.isHidden()
    assert head.drone.isHidden()
    assert studio.window.hearing.keyboard.count == 0
    assert studio.window.sounds.player.device == ""
    before = studio.game.step
    studio.qtbot.keyClick(studio.scene.latent.sliders[0], Qt.Key.Key_S)
    studio.wait(lambda: studio.game.step == before + 1)


def test_a_click_on_a_picture_plays_it_and_puts_it_on_the_sliders(studio, tones, listening) -> None:
    ready(studio, tones)
    wall = studio.scene.samples._generated
    assert "hear it" in wall.toolTip()
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(3))
    np.testing.assert_array_equal(studio.scene.latent.latents, studio.game.single.latents[3])
    (voice,) = listening.voices
    np.testing.assert_allclose(voice.sound, sound_of(wall.samples[3]), atol=1e-6)
    assert (voice.tag, voice.looped) == (("generated", (3,)), False)
    # Another click on it plays it once more, and does not enlarge it; an arrow goes on and plays.
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(3))
    assert not wall.enlarged
    assert len(listening.voices) == 2  # else the next would come before it
    studio.qtbot.keyClick(wall, Qt.Key.Key_Right)
    assert [voice.tag[1] for voice in listening.voices] == [(3,), (3,), (4,)]
    assert all(listening.alone)
    np.testing.assert_array_equal(studio.scene.latent.latents, studio.game.single.latents[4])
    # How far it is is seen in the picture.
    listening.mix(3000)
    studio.wait(lambda: 4 in wall.hung.playing)
    assert 0 < wall.hung.playing[4] < 1
    # Frames change the picture, and nothing is played by that.
    frames_of(studio)
    studio.pause()
    assert len(listening.voices) == 3
    assert studio.notice == ""


def test_several_are_heard_together(studio, tones, listening) -> None:
    ready(studio, tones)
    wall, shift = studio.scene.samples._generated, Qt.KeyboardModifier.ShiftModifier
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(1))
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, shift, wall.place_of(5))
    studio.qtbot.keyClick(wall, Qt.Key.Key_Right, shift)
    assert wall.stack == (1, 5, 6)
    assert listening.voices[-1].tag == ("generated", (1, 5, 6))
    np.testing.assert_allclose(listening.voices[-1].sound, sound_of(wall.samples[[1, 5, 6]]), atol=1e-6)
    # The sliders keep the first; one that is clicked again is heard no more.
    np.testing.assert_array_equal(studio.scene.latent.latents, studio.game.single.latents[1])
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, shift, wall.place_of(5))
    assert wall.stack == (1, 6)
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(2))
    assert wall.stack == (2,)


def test_the_enlarged_picture_has_a_button_that_plays_while_it_is_held(studio, tones, listening) -> None:
    ready(studio, tones)
    wall = studio.scene.samples._generated
    studio.qtbot.mouseDClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(2))  # which selects it
    studio.qtbot.mouseDClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(2))
    assert wall.enlarged
    button = wall._listen
    assert button.isVisible()
    studio.qtbot.mousePress(button, Qt.MouseButton.LeftButton)
    voice = listening.voices[-1]
    assert (voice.tag, voice.looped) == (("generated", (2,)), True)
    studio.qtbot.mouseRelease(button, Qt.MouseButton.LeftButton)
    assert not voice.looped
    studio.qtbot.keyClick(wall, Qt.Key.Key_Escape)
    assert not button.isVisible()


def test_the_data_are_heard_too(studio, tones, listening) -> None:
    ready(studio, tones)
    studio.scene.samples.set_mode("real")
    wall = studio.scene.samples._real
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(0))
    np.testing.assert_allclose(listening.voices[-1].sound, sound_of(studio.game.single.real[0]), atol=1e-6)
    assert listening.voices[-1].tag == ("real", (0,))


def test_the_sheet_is_a_sheet_of_sounds(studio, tones, listening) -> None:
    ready(studio, tones)
    view = studio.scene.samples
    studio.frame_with("sheet", lambda: view.set_mode("sheet"))
    canvas = view.sheet.canvas
    place = canvas.cell_rect(7).center().toPoint()
    studio.qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=place)
    np.testing.assert_allclose(listening.voices[-1].sound, sound_of(view.sheet.samples[7]), atol=1e-6)
    assert listening.voices[-1].tag == ("sheet", (7,))
    listening.mix(2000)
    studio.wait(lambda: 7 in canvas.hung.playing)


def test_listen_plays_the_sliders_and_goes_on_while_it_is_held(studio, tones, listening) -> None:
    ready(studio, tones)
    latent = studio.scene.latent
    listen = latent.head.listen
    assert listen.isVisible()
    studio.qtbot.mousePress(listen, Qt.MouseButton.LeftButton)
    (voice,) = listening.voices
    assert voice.looped
    before = voice.sound
    latent.sliders[2].setValue(700)
    studio.wait(lambda: np.abs(voice.sound - before).max() > 1e-3)  # which its next turn plays
    studio.qtbot.mouseRelease(listen, Qt.MouseButton.LeftButton)
    assert not voice.looped
    # A click on the picture is the same, played once.
    studio.qtbot.mouseClick(latent.head.preview, Qt.MouseButton.LeftButton)
    assert [voice.looped for voice in listening.voices] == [False, False]
    listening.mix(2000)
    studio.wait(lambda: latent.head.preview._share is not None)
    studio.qtbot.mouseClick(latent.head.stop, Qt.MouseButton.LeftButton)
    listening.mix(2000)
    assert listening.mixer.silent


def test_drone_sounds_on_and_changes_without_a_click(studio, tones, listening) -> None:
    ready(studio, tones)
    latent = studio.scene.latent
    latent.head.drone.click()
    (voice,) = listening.voices
    out, steepest = [], 0.0
    for position in (-900, -200, 400, 1000):
        steepest = max(steepest, float(np.abs(np.diff(voice.sound)).max()))
        out.append(listening.mix(9000))
        studio.rendered(lambda position=position: latent.sliders[0].setValue(position))
    steepest = max(steepest, float(np.abs(np.diff(voice.sound)).max()))
    out.append(listening.mix(30_000))
    heard = np.concatenate(out)
    fade = round(0.005 * 44_100)
    assert np.abs(heard).max() > 0.01
    assert np.abs(np.diff(heard)).max() <= 2 * steepest + 2 / fade
    # G learns, and is heard to; a picture that is clicked comes onto the sliders and is heard as that.
    before = voice.sound
    studio.play(30)
    studio.wait(lambda: voice.sound is not before)
    studio.pause()
    wall = studio.scene.samples._generated
    studio.rendered(lambda: studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(3)))
    assert len(listening.voices) == 1
    # What is not of the sliders takes its place.
    studio.scene.samples.set_mode("both")
    real = studio.scene.samples._real
    studio.qtbot.mouseClick(real, Qt.MouseButton.LeftButton, pos=real.place_of(0))
    assert not latent.head.drone.isChecked()
    assert len(listening.voices) == 2


def test_value_buttons_are_keys_and_the_keyboard_plays_them(studio, coded, listening) -> None:
    ready(studio, coded)
    latent = studio.scene.latent
    piano = latent.codes.piano
    studio.wait(lambda: piano.images)
    studio.qtbot.mousePress(piano, Qt.MouseButton.LeftButton, pos=piano.rect_of(4).center())
    studio.wait(lambda: listening.voices)
    (voice,) = listening.voices
    assert (piano.value, voice.looped, voice.tag) == (4, True, "sliders")
    studio.wait(lambda: not studio.bridge.asked)
    studio.qtbot.mouseRelease(piano, Qt.MouseButton.LeftButton, pos=piano.rect_of(4).center())
    assert not voice.looped
    studio.qtbot.mouseClick(piano, Qt.MouseButton.LeftButton, pos=piano.rect_of(4).center())
    assert len(listening.voices) == 2  # the same key again
    # The keyboard: S and D are keys here, and make no step; two that are held sound together.
    step, home, shell = studio.game.step, studio.scene.samples.home, studio.window.shell
    for focused in (home, piano, latent.head.listen, shell):  # the last: no part has been chosen
        focused.setFocus()
        count = len(listening.voices)
        studio.qtbot.keyPress(focused, Qt.Key.Key_S)
        studio.qtbot.keyPress(focused, Qt.Key.Key_D)
        studio.wait(lambda count=count: len(listening.voices) == count + 2)
        assert listening.alone[-2:] == [True, False]
        assert piano.value == 2
        studio.qtbot.keyRelease(focused, Qt.Key.Key_S)
        studio.qtbot.keyRelease(focused, Qt.Key.Key_D)
        assert not any(voice.looped for voice in listening.voices)
    assert studio.game.step == step
    # Space is the training's, and so is a letter elsewhere; in a field they are letters.
    studio.qtbot.keyClick(home, Qt.Key.Key_Space)
    studio.wait(lambda: studio.state == "playing" and studio.game.step > step)
    studio.pause()
    step = studio.game.step
    shell.transport.play_button.setFocus()
    studio.qtbot.keyClick(shell.transport.play_button, Qt.Key.Key_S)
    studio.wait(lambda: studio.game.step == step + 1)
    # Where there is no piano to be seen, all letters are the window's.
    studio.trigger("measures")
    shell.setFocus()
    studio.qtbot.keyClick(shell, Qt.Key.Key_S)
    studio.wait(lambda: studio.game.step == step + 2)
    studio.trigger("measures")
    count, name = len(listening.voices), latent.codes.names[0]
    name.setFocus()
    studio.qtbot.keyClick(name, Qt.Key.Key_A)
    assert name.text() == "a"
    assert len(listening.voices) == count
    assert isinstance(name, QLineEdit)


def test_a_key_is_let_go_when_the_focus_goes(studio, coded, listening) -> None:
    ready(studio, coded)
    home = studio.scene.samples.home
    home.setFocus()
    studio.qtbot.keyPress(home, Qt.Key.Key_F)
    studio.wait(lambda: listening.voices)
    assert listening.voices[-1].looped
    studio.window.shell.setFocus()
    assert not listening.voices[-1].looped


def test_waves_are_made_beside_the_window_and_only_the_newest_is_played(studio, tones, listening, monkeypatch) -> None:
    ready(studio, tones)
    wall, gate, threads = studio.scene.samples._generated, threading.Event(), []
    made = Waves.sound

    def slow(self, samples):
        threads.append(threading.current_thread())
        assert gate.wait(20)
        return made(self, samples)

    monkeypatch.setattr(Waves, "sound", slow)
    for index in (1, 2, 3):
        studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(index))
    assert studio.window.sounds.sounding
    assert listening._voices == []
    gate.set()
    assert [voice.tag[1] for voice in listening.voices] == [(3,)]
    assert threading.current_thread() not in threads
    assert 1 <= len(threads) <= 2  # the second was never begun
    # What is stopped while it is made is not heard.
    gate.clear()
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(4))
    studio.window.hearing.stop()
    gate.set()
    assert len(listening.voices) == 1


def test_a_fault_in_what_makes_a_wave_is_no_silence(studio, tones, listening) -> None:
    ready(studio, tones)
    sounds = studio.window.sounds

    def broken():
        raise ZeroDivisionError("no wave")

    sounds.play(broken)
    with pytest.raises(ZeroDivisionError):
        sounds.settle()
    with pytest.raises(ZeroDivisionError):
        sounds._look()
    sounds._look()
    assert not sounds.sounding


def test_the_priors_plane_is_a_pad(studio, coded, listening) -> None:
    ready(studio, coded)
    canvas = studio.scene.prior._canvas
    middle = canvas.stage().plot.center().toPoint()
    studio.qtbot.mousePress(canvas, Qt.MouseButton.LeftButton, pos=middle)
    studio.wait(lambda: listening.voices)
    (voice,) = listening.voices
    before = voice.sound
    studio.qtbot.mouseMove(canvas, middle + QPoint(30, 10))
    studio.wait(lambda: np.abs(voice.sound - before).max() > 1e-3)
    assert voice.looped
    studio.qtbot.mouseRelease(canvas, Qt.MouseButton.LeftButton, pos=middle + QPoint(30, 10))
    assert not voice.looped
    canvas.setFocus()
    studio.qtbot.keyClick(canvas, Qt.Key.Key_Left)
    studio.wait(lambda: len(listening.voices) == 2)
    assert not listening.voices[1].looped


def test_a_strip_that_is_clicked_is_heard(studio, tones, listening) -> None:
    ready(studio, tones)
    strip = studio.scene.latent.strip
    studio.qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    studio.wait(lambda: listening.voices)
    assert not listening.voices[0].looped


def test_sounds_are_saved_as_wav(studio, tones, tmp_path, monkeypatch) -> None:
    ready(studio, tones)
    view, names = studio.scene.samples, []

    def save(widget, words: str) -> np.ndarray:
        path = tmp_path / f"{len(names)}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *call: (names.append(call[2]), (str(path), ""))[1])
        menu = way_out_of(widget).menu()
        (action,) = [each for each in menu.actions() if each.text().replace("&", "") == words]
        action.trigger()
        studio.wait(lambda: studio.notice == f"Saved {path}.wav.")
        with wave.open(f"{path}.wav") as file:
            assert file.getframerate() == 256
            return np.frombuffer(file.readframes(file.getnframes()), "<i2")

    wall = view._generated
    wall.choose(2)
    shown, gap = wall.samples, 64
    together = save(wall, "Save All as WAV…")
    assert len(together) == len(shown) * LENGTH + (len(shown) - 1) * gap
    np.testing.assert_array_equal(together[2 * (LENGTH + gap) :][:LENGTH], Waves().sound(shown[2])[0])
    shown = wall.samples  # a frame may have come meanwhile
    np.testing.assert_array_equal(save(wall, "Save Chosen as WAV…"), Waves().sound(shown[2])[0])
    studio.wait(lambda: not studio.bridge.asked)
    one = save(studio.scene.latent.head.preview, "Save as WAV…")
    assert len(one) == LENGTH
    assert len(save(studio.scene.latent.strip, "Save All as WAV…")) == 9 * LENGTH + 8 * gap
    assert len(save(studio.scene.latent.strip, "Save as One Walk, Crossfaded…")) == 9 * LENGTH - 8 * (LENGTH // 4)
    studio.frame_with("sheet", lambda: view.set_mode("sheet"))
    cells = view.sheet.canvas.cells
    assert len(save(view.sheet.canvas, "Save All as WAV…")) == cells * LENGTH + (cells - 1) * gap
    assert names[0].endswith("_Generated.wav")
    assert "step-" in names[0]


def test_where_there_is_no_device_it_is_said_once_in_the_panel(studio, tones) -> None:
    def none(_mixer):
        raise NoSoundError(NO_DEVICE)

    studio.window.sounds.player = Player(none)
    ready(studio, tones)
    head, told = studio.scene.latent.head, []
    studio.window.sounds.told.connect(told.append)
    assert head.trouble.isHidden()
    studio.qtbot.mouseClick(head.listen, Qt.MouseButton.LeftButton)
    studio.wait(lambda: head.trouble.isVisible())
    assert head.trouble.text() == "No sound device here. Save as WAV instead."
    shares = set()
    studio.window.sounds.moved.connect(lambda playing: shares.update(share for _, share in playing))
    head.drone.click()
    studio.wait(lambda: len(shares) > 3)  # the cursor moves all the same
    head.drone.click()
    studio.wait(lambda: not studio.window.sounds.sounding)
    assert told == [NO_DEVICE]
    assert studio.notice == ""


def test_where_the_panel_is_hidden_a_notice_says_it(studio, tones) -> None:
    def none(_mixer):
        raise NoSoundError(NO_DEVICE)

    studio.window.sounds.player = Player(none)
    ready(studio, tones)
    studio.trigger("toggle_latent")
    wall = studio.scene.samples._generated
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(1))
    studio.wait(lambda: studio.notice == NO_DEVICE)


def test_playing_changes_no_weights(studio, coded, listening) -> None:
    ready(studio, coded)
    first = studio.wait_for(studio.game.checkpointed, lambda: studio.send(Save())).path
    kept = {path.name: path.read_bytes() for path in first.glob("*.safetensors")}
    assert kept
    for value in range(5):
        studio.scene.latent.codes.piano.strike(value)
        studio.scene.latent.codes.piano.let_go.emit(value)
        studio.wait(lambda: not studio.bridge.asked)
        listening.mix(2000)
    studio.scene.samples._generated.strike(1, Qt.KeyboardModifier.NoModifier)
    second = studio.wait_for(studio.game.checkpointed, lambda: studio.send(Save())).path
    assert {path.name: path.read_bytes() for path in second.glob("*.safetensors")} == kept


def test_another_game_is_silent_at_first(studio, tones, tiny, listening) -> None:
    ready(studio, tones)
    studio.scene.latent.head.drone.click()
    listening.mix(1000)
    studio.start(tiny)
    listening.mix(1000)
    assert listening.mixer.silent
    assert not studio.scene.latent.head.drone.isChecked()
    assert studio.scene.latent.head.listen.isHidden()


def test_in_another_room_nothing_sounds_on(studio, tones, listening) -> None:
    ready(studio, tones)
    head = studio.scene.latent.head
    assert not head.stop.isEnabled()
    head.drone.click()
    listening.mix(1000)
    studio.wait(head.stop.isEnabled)
    studio.trigger("slow_motion")
    listening.mix(1000)
    assert listening.mixer.silent
    assert not head.drone.isChecked()
    studio.wait(lambda: not head.stop.isEnabled())


def test_what_g_is_given_is_heard_at_its_own_rate(studio, tiny, listening) -> None:
    ready(
        studio,
        experiment(tiny, ("given", SlowSpec()), ("generator", QuickenSpec())),
    )
    view = studio.scene.samples
    view.set_mode("given")
    (titled,) = view._given.titled
    assert "hear it and put the sample that was made of it on the sliders" in titled.wall.toolTip()
    studio.qtbot.mouseClick(titled.wall, Qt.MouseButton.LeftButton, pos=titled.wall.place_of(2))
    (voice,) = listening.voices
    kind = studio.game.single.given_kind
    np.testing.assert_allclose(voice.sound, prepared(*kind.sound(titled.wall.samples[[2]])), atol=1e-6)
    assert view._generated.chosen == 2


def test_the_window_ends_the_devices_thread(studio, tones) -> None:
    ready(studio, tones)
    studio.qtbot.mouseClick(studio.scene.latent.head.listen, Qt.MouseButton.LeftButton)
    studio.wait(lambda: studio.window.sounds.player.device)
    # The studio's own fixture holds that no thread of the player is left.
