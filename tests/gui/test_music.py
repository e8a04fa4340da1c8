"""Tunes in the real window: rolls in the gallery, one large roll that is played, repeated and pointed at."""

from __future__ import annotations

import threading

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QStackedWidget, QWidget

from ganstudio.data import build_dataset
from ganstudio.experiment import FolkSpec
from ganstudio.gui.rooms.music.roll import Roll
from ganstudio.gui.rooms.music.view import MusicView
from ganstudio.measurements.tunes.nearest import TrainingTunes
from ganstudio.modalities import ByKind, Melody
from ganstudio.playing import Player, prepared
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.pictures import likeness
from tests.gui.test_hearing import Held, Listener

HOLD, REST = 24, 25


def small():
    return with_settings(
        load_preset("folk"),
        [
            ("dataset", FolkSpec(count=120, held_out=0)),
            ("generator.width", 16),
            ("discriminator.width", 16),
            ("schedule.batch_size", 16),
            ("device", {"kind": "cpu", "threads": 1}),
        ],
    )


@pytest.fixture
def listening(studio):
    studio.window.sounds.player = Player(Held)
    yield Listener(studio.window.sounds)
    studio.window.sounds.close()


@pytest.fixture
def view(studio, listening) -> MusicView:
    """The view of a small game, paused, with the sliders' tune in the large roll."""
    studio.start(small())
    studio.frame_with("gallery", lambda: studio.play(3))
    studio.rest()  # else a last frame, on its way still, has other tunes at the same places
    found = studio.scene.samples
    assert isinstance(found, MusicView)
    studio.wait(lambda: found.roll.tune is not None)
    assert found.roll.isHidden()  # the gallery comes first
    found.large.setChecked(True)
    return found


def sound_of(tune: np.ndarray, **manner: object) -> np.ndarray:
    return prepared(*Melody(**manner).sound(tune[None]))


def test_tunes_are_trained_and_seen_as_rolls(studio, view):
    opened = studio.game.single
    assert opened.modality == Melody()
    assert (opened.real.shape, opened.real.dtype) == ((24, 32), np.int8)
    mosaic = view._generated.mosaic
    assert (mosaic.count, mosaic.height, mosaic.width) == (24, 80, 132)
    assert view._generated.accessibleName() == "Generated tunes"
    assert studio.scene.latent.head.preview.image.size().toTuple() == (132, 80)
    assert studio.notice == ""


def test_a_click_on_a_tile_plays_its_tune_and_shows_it_large(studio, view, listening):
    wall = view._generated
    studio.rendered(lambda: studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(5)))
    (voice,) = listening.voices
    assert (voice.tag, voice.parts) == (("generated", (5,)), 4)
    np.testing.assert_allclose(voice.sound, sound_of(wall.samples[5]), atol=1e-6)
    studio.wait(lambda: np.array_equal(view.roll.tune, wall.samples[5]))  # once both are of the last step
    listening.mix(44_100)
    studio.wait(lambda: view.roll.share is not None)
    assert view.roll.share == pytest.approx(1 / 8, abs=0.01)  # of 8 s
    assert view.listen.text() == "Stop tune"
    studio.qtbot.mouseClick(view.listen, Qt.MouseButton.LeftButton)
    listening.mix(44_100)
    studio.wait(lambda: view.roll.share is None)


def test_a_tune_is_repeated_and_a_slider_changes_it_at_the_next_bar(studio, view, listening):
    view.loop.setChecked(True)
    studio.qtbot.mouseClick(view.listen, Qt.MouseButton.LeftButton)
    (voice,) = listening.voices
    before, old = voice.sound, view.roll.tune.copy()
    assert voice.looped
    listening.mix(44_100)
    made = studio.rendered(lambda: studio.scene.latent.sliders[0].setValue(950)).samples[0]
    if np.array_equal(made, old):
        made = studio.rendered(lambda: studio.scene.latent.sliders[1].setValue(-950)).samples[0]
    assert not np.array_equal(made, old)
    expected = sound_of(made)
    studio.wait(lambda: np.allclose(voice.sound, expected, atol=1e-6))  # the tune before it may be made anew first
    bar = len(before) // 4
    listening.mix(bar - 44_100)
    out = listening.mix(bar)
    np.testing.assert_allclose(out[300:], voice.sound[bar + 300 : 2 * bar], atol=1e-5)
    view.loop.setChecked(False)
    assert not voice.looped


def test_tempo_and_timbre_are_those_of_all_that_is_played(studio, view, listening):
    view.tempo.setValue(180)
    view.timbre.setCurrentIndex(view.timbre.findData("bell"))
    manner = {"tempo": 180, "timbre": "bell"}
    studio.qtbot.mouseClick(view.listen, Qt.MouseButton.LeftButton)
    np.testing.assert_allclose(listening.voices[-1].sound, sound_of(view.roll.tune, **manner), atol=1e-6)
    wall = view._generated
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(2))
    np.testing.assert_allclose(listening.voices[-1].sound, sound_of(wall.samples[2], **manner), atol=1e-6)
    kept = view.state()
    assert (kept["tempo"], kept["timbre"], kept["large"]) == (180, "bell", True)
    view.restore({"tempo": 90, "timbre": "flute", "large": False})
    assert (view.tempo.value(), view.tempo.text, view.timbre.currentData()) == (90, "90", "flute")
    assert view.roll.isHidden()
    view.restore({"tempo": 9000, "timbre": "tuba", "large": 3})
    assert (view.tempo.value(), view.timbre.currentData()) == (90, "flute")


def test_a_real_tune_that_is_clicked_is_shown_until_a_slider_moves(studio, view, listening):
    view.set_mode("real")
    wall = view._real
    studio.wait(lambda: wall.mosaic is not None)
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(1))
    np.testing.assert_array_equal(view.roll.tune, studio.game.single.real[1])
    assert "real tune 2" in view.roll.accessibleName()
    made = studio.rendered(lambda: studio.scene.latent.sliders[0].setValue(400)).samples[0]
    np.testing.assert_array_equal(view.roll.tune, made)


def test_in_little_room_the_large_roll_takes_the_gallery_s_place_until_that_is_chosen(qtbot):
    view = MusicView()
    qtbot.addWidget(view)
    view.resize(500, 250)
    view.show()
    view.large.setChecked(True)
    assert not view.roll.isHidden()
    assert view._walls.isHidden()
    view.set_mode("real")
    assert view.roll.isHidden()
    assert not view._walls.isHidden()
    view.resize(500, 700)
    view.large.setChecked(True)
    view.set_mode("both")
    assert not view.roll.isHidden()
    assert not view._walls.isHidden()


def test_on_a_stage_tunes_are_seen_without_their_tools(studio, view):
    view.large.setChecked(False)
    ratio = studio.window.devicePixelRatio()
    assert view.shown is view._walls
    assert studio.scene.everything().size() == view.shown.size() * ratio
    assert view.shown.height() < view.height() - 60  # at least two rows of tools are not among it
    studio.trigger("slow_motion")
    assert not view.isVisible()
    assert view.shown is view._walls


@pytest.mark.parametrize(
    ("height", "large", "mode", "expected"),
    [
        (300, True, "generated", "roll"),
        (300, False, "generated", "walls"),
        (300, True, "sheet", "roll"),
        (300, False, "sheet", "sheet"),
        (700, True, "generated", "walls"),
        (700, True, "sheet", "sheet"),
    ],
)
def test_a_stage_shows_the_same_while_another_room_is_open(qtbot, height, large, mode, expected):
    view, room = MusicView(), QStackedWidget()
    room.addWidget(view)
    room.addWidget(QWidget())
    qtbot.addWidget(room)
    room.resize(500, height)
    room.show()
    qtbot.waitUntil(lambda: view.size() == room.size())
    view.set_mode(mode)
    view.large.setChecked(large)
    widget = {"roll": view.roll, "walls": view._walls, "sheet": view.sheet.canvas}[expected]
    assert view.shown is widget
    room.setCurrentIndex(1)
    assert not view.isVisible()
    assert view.shown is widget


def test_a_note_is_heard_by_itself(view, listening, qtbot):
    roll = view.roll
    heard = []
    roll.struck.connect(lambda pitch, steps: heard.append((pitch, steps)))
    note = roll.notes[2]
    qtbot.mouseClick(roll, Qt.MouseButton.LeftButton, pos=roll.place_of(2).toPoint())
    assert heard == [(note.pitch, note.steps)]
    (voice,) = listening.voices
    step = Melody().step_samples
    assert len(voice.sound) == max(note.steps, 2) * step
    qtbot.keyClick(roll, Qt.Key.Key_Right)
    assert heard[1:] == [(roll.notes[3].pitch, roll.notes[3].steps)]


def looked_up(studio, act):
    """The first answer that knows the nearest tune and comes after ``act``."""
    knows = lambda answer: answer.nearest is not None  # noqa: E731
    with studio.qtbot.waitSignal(studio.game.rendered, check_params_cb=knows) as blocker:
        act()
    return blocker.args[0]


def test_the_nearest_training_tune_follows_the_sliders_and_is_heard(studio, view, listening, qtbot):
    def shown(answer):
        """The tune that G made, its nearest as told, and as it is among all that are learned."""
        training = build_dataset(studio.game.experiment.dataset)
        different = (training.modality.to_people(training.at(np.arange(120))) != answer.samples[0]).sum(1)
        assert answer.nearest.different == different.min()
        np.testing.assert_array_equal(view.near.tune, answer.nearest.sample)
        assert f"{different.min()} of 32 steps differ" in view.near.roll.accessibleName()

    assert view.near.roll.isHidden()
    assert view.near.button.isHidden()
    shown(looked_up(studio, lambda: view.near.chip.setChecked(True)))
    assert not view.near.roll.isHidden()
    for value in (950, -950, 500):
        shown(studio.rendered(lambda value=value: studio.scene.latent.sliders[0].setValue(value)))
    qtbot.mouseClick(view.near.button, Qt.MouseButton.LeftButton)
    np.testing.assert_allclose(listening.voices[-1].sound, sound_of(view.near.tune), atol=1e-6)
    listening.mix(44_100)
    studio.wait(lambda: view.near.roll.share is not None)
    assert (view.near.button.text(), view.listen.text()) == ("Stop nearest", "Play tune")
    view.set_mode("real")
    view.large.setChecked(True)
    studio.wait(lambda: view._real.mosaic is not None)
    qtbot.mouseClick(view._real, Qt.MouseButton.LeftButton, pos=view._real.place_of(1))
    assert view.near.tune is None  # it would not belong to the real tune above it
    assert view.near.button.isEnabled()  # to stop what is heard still
    listening.mix(44_100)
    studio.wait(lambda: view.near.button.text() == "Play nearest")
    assert not view.near.button.isEnabled()
    answer = studio.rendered(lambda: view.near.chip.setChecked(False))
    assert answer.nearest is None
    assert view.near.roll.isHidden()


def test_while_the_tunes_are_read_frames_and_sliders_go_on(studio, listening, monkeypatch):
    """Reading is held up until G has been seen to learn."""
    gate, build = threading.Event(), likeness.LIKENESSES["melody"]

    def held(dataset, wanted):
        while wanted() and not gate.wait(0.01):
            pass
        return build(dataset, wanted)

    monkeypatch.setattr(likeness, "LIKENESSES", ByKind(None, melody=held))
    studio.start(small())
    view = studio.scene.samples
    studio.wait(lambda: view.roll.tune is not None and not studio.bridge.asked)
    view.near.chip.setChecked(True)
    studio.wait(lambda: view.near.roll.accessibleDescription() == "Reading the tunes…")
    assert not view.near.button.isEnabled()
    studio.frame_with("gallery", lambda: studio.play(3))
    studio.pause()
    studio.rendered(lambda: studio.scene.latent.sliders[0].setValue(950))  # answered meanwhile
    assert view.near.tune is None
    found = looked_up(studio, gate.set)
    np.testing.assert_array_equal(view.near.tune, found.nearest.sample)
    assert view.near.roll.accessibleDescription() == ""
    assert view.near.button.isEnabled()


def test_that_tunes_are_read_is_not_told_while_a_real_one_is_looked_at(studio, view, qtbot):
    looked_up(studio, lambda: view.near.chip.setChecked(True))
    view.show_nearest(None)
    assert view.near.roll.accessibleDescription() == "Reading the tunes…"
    view.set_mode("real")
    studio.wait(lambda: view._real.mosaic is not None)
    qtbot.mouseClick(view._real, Qt.MouseButton.LeftButton, pos=view._real.place_of(1))
    told = view.near.roll.accessibleDescription()
    assert told != "Reading the tunes…"
    view.show_nearest(None)
    assert view.near.roll.accessibleDescription() == told


def test_why_tunes_can_t_be_read_is_told_where_the_nearest_would_be(studio, listening, monkeypatch):
    tunes = []

    def gone(dataset, wanted):
        if not tunes:
            raise FileNotFoundError(2, "No such file or directory", "tunes.npy")
        return TrainingTunes.of(dataset, wanted)

    monkeypatch.setattr(likeness, "LIKENESSES", ByKind(None, melody=gone))
    studio.start(small())
    view = studio.scene.samples
    studio.wait(lambda: view.roll.tune is not None)
    view.near.chip.setChecked(True)
    why = "The training tunes can't be read: tunes.npy: No such file or directory."
    told = f"{why} Switch Nearest off and on to read them again."
    studio.wait(lambda: view.near.roll.accessibleDescription() == told)
    assert not view.near.button.isEnabled()
    answer = studio.rendered(lambda: studio.scene.latent.sliders[0].setValue(950))  # the sliders go on
    assert (answer.nearest, answer.nearest_later, answer.nearest_refused) == (None, False, why)
    assert view.near.roll.accessibleDescription() == told
    tunes.append(True)  # the file is back
    answer = studio.rendered(lambda: view.near.chip.setChecked(False))
    assert (answer.nearest, answer.nearest_refused) == (None, "")
    view.near.chip.setChecked(True)
    studio.wait(lambda: view.near.tune is not None)


@pytest.mark.parametrize("chip", ["near", "large"])
def test_the_nearest_tune_is_heard_no_more_once_it_is_not_shown(studio, view, listening, qtbot, chip):
    looked_up(studio, lambda: view.near.chip.setChecked(True))
    qtbot.mouseClick(view.near.button, Qt.MouseButton.LeftButton)
    assert listening.voices
    listening.mix(4410)
    studio.wait(lambda: view.near.roll.share is not None)
    shown = {"near": view.near.chip, "large": view.large}[chip]
    shown.setChecked(False)
    assert not view.near.wanted
    assert not view.nearest_wanted
    assert view.near.roll.isHidden()
    assert view.near.button.isHidden()
    listening.mix(4410)  # by when it has faded
    assert not listening.mix(4410).any()


def test_a_moment_beside_shows_its_gallery_and_no_empty_roll(qtbot):
    seen, beside = MusicView(), MusicView()
    for one in (seen, beside):
        qtbot.addWidget(one)
        one.resize(500, 700)
    seen.large.setChecked(True)
    seen.set_mode("both")
    beside.mirror(seen)
    assert beside.state() == seen.state() | {"large": False}
    assert beside.roll.isHidden()
    for name in ("listen", "loop", "timbre", "tempo", "large"):  # those of the first view hold for both
        assert getattr(beside, name).isHidden()
        assert not getattr(seen, name).isHidden()
    assert beside.near.chip.isHidden()


# --- the roll by itself -----------------------------------------------------------------------------------------------


def tune(*symbols: int) -> np.ndarray:
    row = np.full(32, HOLD, np.int8)
    row[: len(symbols)] = symbols
    return row


def test_a_roll_tells_its_tune_in_words(qtbot):
    roll = Roll()
    qtbot.addWidget(roll)
    roll.resize(400, 200)
    roll.show_tune(np.tile(tune(0, 1, REST, 4)[:16], 2), Melody(), "mine")
    assert roll.described == "6 notes, 2 out of C major (hatched); the second half repeats the first (bracketed)"
    assert "mine" in roll.accessibleName()
    roll.show_tune(tune(7), Melody(), "mine")
    assert roll.described == "1 note, none out of C major (hatched)"
    roll.grab()
    roll.clear()
    assert (roll.tune, roll.notes) == (None, [])
    roll.grab()


def test_low_notes_stand_low_and_late_notes_to_the_right(qtbot):
    roll = Roll()
    qtbot.addWidget(roll)
    roll.resize(400, 200)
    roll.show_tune(tune(0, HOLD, 23), Melody(), "")
    first, second = roll.place_of(0), roll.place_of(1)
    assert first.y() > second.y() + 100
    assert first.x() < second.x()
    assert roll.note_at(first) == 0
    assert roll.note_at(QPointF(first.x(), second.y())) is None


def test_what_is_shown_is_saved_as_midi_at_its_tempo(studio, view, tmp_path, monkeypatch):
    from mido import MidiFile

    from ganstudio.gui.parts import host, ways_out

    view.tempo.setValue(60)
    wall = view._generated
    studio.rendered(lambda: studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(5)))
    view.set_mode("sheet")
    studio.wait(lambda: view.sheet.samples is not None)
    for widget, words, seconds in (
        (view.roll, "Save as M&IDI…", 16),
        (wall, "Save All as M&IDI…", 24 * 20 - 4),
        (wall, "Save Chosen as MI&DI…", 16),
        (view.sheet.canvas, "Save All as M&IDI…", 20 * len(view.sheet.samples) - 4),
    ):
        out = tmp_path / f"{words[5]}.mid"
        monkeypatch.setattr(host, "ask_where", lambda *_words, out=out: out)
        way = ways_out.way_out_of(widget)
        (action,) = [action for action in way.menu().actions() if action.text() == words]
        action.trigger()
        assert MidiFile(out).length == pytest.approx(seconds, rel=1e-3)
    (action,) = [one for one in ways_out.way_out_of(view.roll).menu().actions() if "WAV" in one.text()]
    monkeypatch.setattr(host, "ask_where", lambda *_words: tmp_path / "a.wav")
    studio.wait_for(ways_out.way_out_of(view.roll)._written, action.trigger)
    assert (tmp_path / "a.wav").stat().st_size == pytest.approx(2 * 16 * 44_100, rel=1e-3)
