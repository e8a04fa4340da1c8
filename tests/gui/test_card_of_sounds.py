"""Sounds that are dropped on the window: their card, which plays them, and the game that is trained on them."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from ganstudio.experiment import ClipsSpec
from ganstudio.gui.card.sheet import ContactSheet
from tests.data.sounds_on_disk import RATE, folder_of, hiss, tone, wav


@pytest.fixture
def voices(tmp_path):
    """Four words of two speakers, and what can't be used."""
    files = {f"{each % 2}_ann_{each}.wav": wav(hiss(0.4, each)) for each in range(8)}
    return folder_of(tmp_path / "voices", {**files, "empty.wav": b"", "silent.wav": wav(np.zeros(3000))})


def played(studio, monkeypatch):
    found = []
    sounds = studio.window.sounds
    monkeypatch.setattr(sounds, "play", lambda *call, **_: found.append(call))
    return found


def test_the_card_of_sounds_says_what_they_are_and_plays_them(studio, voices, monkeypatch, qtbot):
    heard = played(studio, monkeypatch)
    card = studio.look(voices)
    assert card.verdict.text() == "A folder of sounds: its files are WAV"
    assert card.sheet.isVisible()
    assert card.sheet.count == 8
    studio.wait(lambda: card.sheet.shown == 8)
    told = {name.text(): value.text() for name, value in card.facts._rows if name.isVisibleTo(card)}
    assert told["Samples"] == "8 sounds"
    assert told["Rate"] == "8,000 Hz, all of them"
    assert told["Silent"] == "1 more, left out"
    assert told["Trained on"] == "sounds of 0.512 s at 8 kHz, as log magnitude"
    assert "empty.wav is empty" in card.facts.skipped.toPlainText()
    assert [card.facts.classes.list.item(row).text() for row in range(2)] == ["0", "1"]
    assert {"rate", "seconds", "cut", "representation", "held_out"} <= set(card.choices.form.rows)
    studio.wait(lambda: len(card.choices.strip.images) == 8)

    qtbot.mouseClick(card.sheet.viewport(), Qt.MouseButton.LeftButton, pos=card.sheet.place_of(2).center())
    studio.wait(lambda: len(heard) == 1)
    make, tag = heard[0]
    wave, rate = make()
    exact = hiss(0.4, 4) - hiss(0.4, 4).mean()  # of 0_ann_4, the third by name
    exact *= 0.9 / np.abs(exact).max()
    np.testing.assert_allclose(wave[: len(exact)] / 32767, exact, atol=1e-3)
    assert (rate, tag) == (RATE, ("card", 2))
    qtbot.keyClick(card.sheet, Qt.Key.Key_Right)
    studio.wait(lambda: [call[1][1] for call in heard] == [2, 3])
    qtbot.keyClick(card.sheet, Qt.Key.Key_Space)
    studio.wait(lambda: [call[1][1] for call in heard] == [2, 3, 3])


def test_representation_and_length_are_chosen_on_the_card(studio, voices, monkeypatch):
    from ganstudio.gui.card import desk as desks

    monkeypatch.setattr(desks, "REREAD_MS", 0)
    card = studio.look(voices)
    chosen = card.choices.spec.model_copy(update={"representation": "frequency", "seconds": 0.768, "rate": 16_000})
    card.choices.form.set_spec(chosen)
    card.chosen.emit(chosen)
    studio.wait(lambda: studio.desk.ready)
    told = {name.text(): value.text() for name, value in card.facts._rows if name.isVisibleTo(card)}
    assert told["Trained on"] == "sounds of 0.768 s at 16 kHz, as log magnitude and instantaneous frequency"


def test_sounds_are_trained_on_and_told_their_class(studio, voices):
    card = studio.look(voices)
    with studio.qtbot.waitSignal(studio.game.opened):
        card.train_button.click()
    experiment = studio.game.experiment
    assert isinstance(experiment.dataset, ClipsSpec)
    assert (experiment.generator.kind, experiment.conditioning.labels) == ("spectrum", "projection")
    assert studio.game.single.modality.kind == "sound"


def test_damaged_sounds_are_refused_in_words(studio, tmp_path):
    path = folder_of(tmp_path / "bad", {"a.wav": b"RIFF" + bytes(30), "b.wav": wav(tone())[:20]})
    with studio.qtbot.waitSignal(studio.desk.refused) as refused:
        studio.drop(path)
    assert refused.args[0].startswith('"bad" holds no sound that can be used: 2 were skipped: a.wav is')


def test_pictures_are_not_heard(qtbot):
    sheet = ContactSheet()
    qtbot.addWidget(sheet)
    sheet.resize(540, 420)
    sheet.show()
    sheet.put(0, np.zeros((9, 48, 48, 3), np.uint8))
    with qtbot.assertNotEmitted(sheet.struck, wait=20):
        qtbot.mouseClick(sheet.viewport(), Qt.MouseButton.LeftButton, pos=sheet.place_of(2).center())
    sheet.set_heard(True)
    with qtbot.waitSignal(sheet.struck) as struck:
        qtbot.mouseClick(sheet.viewport(), Qt.MouseButton.LeftButton, pos=sheet.place_of(2).center())
    assert struck.args == [2]
    before = sheet.viewport().grab().toImage()
    sheet.show_playing({2: 0.5})
    assert sheet.viewport().grab().toImage() != before
    sheet.show_playing({})
    assert sheet.viewport().grab().toImage() == before
