"""Tunes played with the notes of a run of sounds: chosen from a menu, made in a process of its own, heard and saved."""

from __future__ import annotations

import sys

import numpy as np
import pytest
from PySide6.QtCore import Qt

from ganstudio.gui.parts.ways_out import way_out_of
from ganstudio.gui.rooms.music.sound_runs import NotesMaker, sound_runs
from ganstudio.gui.rooms.music.timbres import GAN, NO_RUNS
from ganstudio.modalities import Melody, Sound, packed
from ganstudio.playing import Player, Sampled, prepared
from ganstudio.system import programs
from tests.gui.test_hearing import Held, Listener
from tests.gui.test_music import small
from tests.playing.test_sampled import notes

FOUND = notes(60, 64, 67)


@pytest.fixture
def listening(studio):
    studio.window.sounds.player = Player(Held)
    yield Listener(studio.window.sounds)
    studio.window.sounds.close()


@pytest.fixture
def view(studio, listening):
    """The view of a small game of tunes, paused, with the sliders' tune in the large roll."""
    studio.start(small())
    studio.frame_with("gallery", lambda: studio.play(3))
    studio.pause()
    found = studio.scene.samples
    studio.wait(lambda: found.roll.tune is not None and not studio.bridge.asked)
    found.large.setChecked(True)
    return found


def scripted(monkeypatch, script: str) -> list[tuple[str, ...]]:
    """Let a script run in place of the program, with the verb and all behind it as its words."""
    asked: list[tuple[str, ...]] = []

    def program(*words: str) -> tuple[str, ...]:
        asked.append(words)
        return sys.executable, "-c", script, *words

    monkeypatch.setattr(programs, "program", program)
    return asked


@pytest.fixture
def runs(tmp_path):
    """A run of sounds, one of tunes, and one that was never saved."""
    import json

    for name, kind, saved in (("notes", Sound(), True), ("tunes", Melody(), True), ("new", Sound(), False)):
        run = tmp_path / f"2026-11-30_08-00-00_{name}"
        (run / "samples").mkdir(parents=True)
        (run / "experiment.toml").write_text(f'name = "{name}"\n')
        (run / "samples" / "modality.json").write_text(json.dumps(packed(kind)))
        np.save(run / "samples" / "step-00000010.npy", kind.to_people(np.zeros((2, *kind.shape), np.float32)))
        if saved:
            (run / "checkpoints" / "step-00000010").mkdir(parents=True)
    return tmp_path


def test_runs_of_sounds_with_a_checkpoint_are_offered(view, runs):
    (found,) = sound_runs(runs, runs / "nowhere")
    assert (found.name, found.step) == ("notes", 10)
    view.timbres.runs = runs
    first, separator, other = view.timbres.menu().actions()
    assert first.text().startswith("notes, step 10, 30 Nov 08:00")
    assert (separator.isSeparator(), other.text()) == (True, "Another &Folder…")
    view.timbres.runs = runs / "nowhere"
    none = view.timbres.menu().actions()[0]
    assert (none.text(), none.isEnabled()) == (NO_RUNS, False)


def test_all_that_is_played_is_played_with_its_notes_until_another_timbre_is_chosen(
    studio,
    view,
    listening,
    tmp_path,
    monkeypatch,
):
    source = tmp_path / "found.npz"
    source.write_bytes(FOUND.packed())
    asked = scripted(monkeypatch, f"import shutil, sys; shutil.copy({str(source)!r}, sys.argv[4])")
    view.tempo.setValue(180)
    view.timbres.play_with(tmp_path / "run")
    assert (view.timbres.button.text(), view.timbres.button.isEnabled()) == ("Asking it…", False)
    studio.wait(lambda: view.timbre.currentData() == GAN)
    assert asked[0][:2] == ("notes", str(tmp_path / "run"))
    assert view.timbre.currentText() == "Sound GAN: mine"
    assert view.timbre.fontMetrics().horizontalAdvance(view.timbre.currentText()) < view.timbre.sizeHint().width()
    assert (view.timbres.button.text(), view.timbres.button.isEnabled()) == ("Sound GAN…", True)
    assert studio.notice == "Tunes are played with 3 pitches, C4 to G4, of mine"
    voiced = view.voiced(Melody())
    assert isinstance(voiced, Sampled)
    assert voiced.tempo == 180

    def as_played(tune: np.ndarray, **manner: object) -> np.ndarray:
        return prepared(*Sampled(tempo=180, notes=FOUND, **manner).sound(tune[None]))

    studio.qtbot.mouseClick(view.listen, Qt.MouseButton.LeftButton)
    np.testing.assert_allclose(listening.voices[-1].sound, as_played(view.roll.tune), atol=1e-6)
    wall = view._generated
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(2))
    np.testing.assert_allclose(listening.voices[-1].sound, as_played(wall.samples[2]), atol=1e-6)
    wave, rate = next(iter(way_out_of(view.roll).sounds().values()))()
    np.testing.assert_array_equal(wave, Sampled(tempo=180, notes=FOUND).sound(view.roll.tune[None])[0])
    assert rate == 44_100
    assert view.state()["timbre"] == Melody().timbre  # notes are made anew when they are asked for again
    view.timbres.choose("bell")
    assert view.voiced(Melody()) == Melody(tempo=180, timbre="bell")
    view.timbres.choose(GAN)
    assert isinstance(view.voiced(Melody()), Sampled)


def test_a_run_that_does_not_fit_is_told_in_words_and_the_timbre_stays(studio, view, tmp_path, monkeypatch):
    scripted(monkeypatch, "import sys; sys.stderr.write('ganstudio: x: faces makes images\\n'); sys.exit(2)")
    view.timbres.play_with(tmp_path)
    studio.wait(lambda: view.timbres.button.isEnabled())
    assert studio.notice == "Not played with a sound GAN: x: faces makes images"
    assert view.timbre.currentData() == Melody().timbre
    assert view.timbre.findData(GAN) < 0


@pytest.mark.parametrize(
    ("script", "why"),
    [
        ("raise SystemExit(3)", "ended unexpectedly (exit code 3)"),
        ("pass", "No such file"),
        ("import sys; open(sys.argv[4], 'wb').write(b'x')", "no file of notes"),
    ],
    ids=["fails", "writes nothing", "writes something else"],
)
def test_a_process_that_makes_no_notes_is_told(qtbot, tmp_path, monkeypatch, script, why):
    from PySide6.QtWidgets import QWidget

    owner = QWidget()
    qtbot.addWidget(owner)
    scripted(monkeypatch, script)
    maker = NotesMaker(owner)
    with qtbot.waitSignal(maker.failed) as told:
        maker.start(tmp_path)
    assert why in told.args[0]
    assert not maker.running


def test_what_is_being_made_can_be_given_up(qtbot, tmp_path, monkeypatch):
    from PySide6.QtWidgets import QWidget

    owner = QWidget()
    qtbot.addWidget(owner)
    scripted(monkeypatch, "import time; time.sleep(60)")
    maker = NotesMaker(owner)
    heard: list[object] = []
    maker.done.connect(heard.append)
    maker.failed.connect(heard.append)
    maker.start(tmp_path)
    assert maker.running
    maker.stop()
    assert (maker.running, heard) == (False, [])


def test_what_is_asked_of_a_run_ends_with_the_window_from_another_room_too(studio, view, tmp_path, monkeypatch):
    scripted(monkeypatch, "import time; time.sleep(60)")
    view.timbres.play_with(tmp_path)
    view.hide()
    assert view.timbres.maker.running
    studio.window.leave()
    assert not view.timbres.maker.running
