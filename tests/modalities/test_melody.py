"""Tunes: symbols to networks and back, rolls, the voice that plays them, and what files say of them."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ganstudio.modalities import MODALITIES, Melody, packed, unpacked
from ganstudio.modalities.music import TIMBRES, Note, notes_of, repeats, sounding
from ganstudio.modalities.music.rolls import BRACKET, EDGE, NOTE, OFF, TONIC, rolls
from ganstudio.modalities.music.voice import RATE, additive
from ganstudio.modalities.sound import frequency_of

MELODY = Melody()
HOLD, REST = MELODY.hold, MELODY.rest


def tune(*symbols: int) -> np.ndarray:
    """One tune (1, 32) that begins so and is held then."""
    row = np.full((1, 32), HOLD, np.int8)
    row[0, : len(symbols)] = symbols
    return row


def test_symbols_come_back_from_what_networks_see():
    symbols = np.random.default_rng(0).integers(0, 26, (5, 32)).astype(np.int8)
    model = MELODY.to_model(symbols)
    assert (model.dtype, model.shape) == (np.float32, (5, 32, 26))
    assert (model.sum(2) == 1).all()
    back = MELODY.to_people(model)
    assert back.dtype == np.int8
    np.testing.assert_array_equal(back, symbols)


def test_what_is_no_symbol_is_a_rest_and_what_is_no_number_is_some_symbol():
    assert (MELODY.to_model(np.array([[-3, 26, 127] + [0] * 29], np.int8)).argmax(2)[0, :3] == REST).all()
    made = MELODY.to_people(np.full((1, 32, 26), np.nan, np.float32))
    assert ((made >= 0) & (made <= REST)).all()


def test_what_sounds_is_the_last_note_until_the_next_symbol():
    symbols = tune(HOLD, 4, HOLD, REST, HOLD, 7, 7)
    np.testing.assert_array_equal(sounding(symbols, 24)[0, :8], [-1, 4, 4, -1, -1, 7, 7, 7])
    assert notes_of(symbols[0], 24) == [Note(1, 2, 4), Note(5, 1, 7), Note(6, 26, 7)]
    assert notes_of(tune()[0], 24) == []


def test_a_half_counts_as_repeated_from_nine_tenths_of_its_symbols():
    half = np.random.default_rng(1).integers(0, 24, 16)
    again = np.tile(half, (3, 2)).astype(np.int8)
    again[1, 20] = (again[1, 20] + 1) % 24  # one of 16: 94 %
    again[2, [20, 25]] = (again[2, [20, 25]] + 1) % 24  # two: 88 %
    np.testing.assert_array_equal(repeats(again, 24), [True, True, False])
    assert not repeats(tune(7), 24).any()  # one note, held


# --- rolls ------------------------------------------------------------------------------------------------------------


def test_a_note_is_a_bar_in_its_row_and_two_of_one_pitch_are_two():
    picture = MELODY.pictures(tune(4, HOLD, 4))[0]
    assert picture.shape == (24 * 3 + BRACKET, 32 * 4 + EDGE, 3)
    row = picture[(23 - 4) * 3 + 1]
    lit = (row == NOTE).all(1)
    np.testing.assert_array_equal(lit[:12], [False, *[True] * 7, False, *[True] * 3])
    # Side by side tunes are told apart: behind the last step nothing is drawn.
    assert len(np.unique(picture[:, -EDGE:].reshape(-1, 3), axis=0)) == 1
    assert not lit[-EDGE:].any()


def test_notes_out_of_the_scale_are_hatched_and_the_tonic_has_its_colour():
    picture = MELODY.pictures(tune(1, HOLD, HOLD, HOLD, 12))[0]
    out = (picture[(23 - 1) * 3 : (23 - 1) * 3 + 3, 1:16] == OFF).all(2)
    assert 0.55 < out.mean() < 0.75  # two of three pixels
    tonic = (picture[(23 - 12) * 3 : (23 - 12) * 3 + 3, 17 : 32 * 4] == TONIC).all(2)
    assert tonic.all()


def test_a_repeated_half_is_bracketed_and_no_other():
    once, twice = tune(*range(16)), np.tile(np.arange(16, dtype=np.int8), (1, 2))
    below = [MELODY.pictures(each)[0, 24 * 3 :, :-EDGE] for each in (once, twice)]
    assert len(np.unique(below[0].reshape(-1, 3), axis=0)) == 1
    assert len(np.unique(below[1].reshape(-1, 3), axis=0)) == 2


def test_rolls_are_drawn_as_large_as_asked():
    assert rolls(tune(3), 24, 8, {0}, row=9, column=20).shape == (1, 24 * 9 + BRACKET, 32 * 20 + EDGE, 3)


# --- the voice --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("timbre", TIMBRES)
@pytest.mark.parametrize("pitch", [0, 9, 23])
def test_the_voice_plays_the_pitch(timbre, pitch):
    wave = additive(TIMBRES[timbre])(60 + pitch, RATE)
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(RATE), 1 << 18))
    assert spectrum.argmax() * RATE / (1 << 18) == pytest.approx(frequency_of(60 + pitch), rel=5e-4)


@pytest.mark.parametrize(("tempo", "samples"), [(60, 22_050), (120, 11_025), (200, 6_615)])
def test_the_tempo_says_how_long_a_step_lasts(tempo, samples):
    melody = Melody(tempo=tempo)
    waves, rate = melody.sound(tune(0))
    assert (waves.dtype, waves.shape, rate) == (np.int16, (1, 32 * samples), 44_100)


def test_rests_are_silent_and_notes_begin_and_end_without_a_click():
    (wave,), _ = MELODY.sound(tune(9, REST, 9))
    step = MELODY.step_samples
    assert not wave[step : 2 * step].any()
    loud = np.abs(wave.astype(int))
    assert 3_000 < loud[:step].max() < 20_000
    for edge in (0, step - 1, 2 * step):
        assert loud[max(edge - 2, 0) : edge + 3].max() < 0.05 * loud.max()


# --- files ------------------------------------------------------------------------------------------------------------


def test_a_kind_comes_back_from_a_file():
    melody = Melody(tempo=90, timbre="bell")
    assert unpacked(json.loads(json.dumps(packed(melody)))) == melody
    assert MODALITIES["melody"] is Melody
    assert melody.described == "tunes of 4 bars in eighths, of 24 pitches"


@pytest.mark.parametrize(
    ("field", "value"),
    [("tempo", 10), ("tempo", "fast"), ("steps", 0), ("pitches", 4), ("bar", True), ("timbre", "tuba"), ("lowest", 104),
     ("timbre", 3)],
)  # fmt: skip
def test_tunes_that_there_are_not_are_refused(field, value):
    with pytest.raises(ValueError, match=f"tunes have .*{field}"):
        Melody(**{field: value})
    with pytest.raises(ValueError, match="beyond 127"):
        Melody(lowest=100, pitches=40)
