"""Tunes played with the notes of a game of sounds: pitches, transposition, lengths; files of notes."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.measurements import EstimationError
from ganstudio.measurements.sounds.notes import notes_from
from ganstudio.modalities import Images, Melody, Sound
from ganstudio.modalities.sound import frequency_of
from ganstudio.playing import RATE, Notes, Sampled

HOLD, REST = 24, 25
SOUND = Sound()


def tone(midi: float, count: int = 4096, rate: int = 8_000) -> np.ndarray:
    times = np.arange(count) / rate
    partials = sum(0.6**k * np.sin(2 * np.pi * (k + 1) * frequency_of(midi) * times) for k in range(3))
    return (0.3 * partials * np.minimum(times / 0.01, 1) * np.exp(-2 * times)).astype(np.float32)


def notes(*midis: int) -> Notes:
    waves = np.stack([tone(midi) for midi in midis])
    return Notes("mine", np.rint(waves * 32767).astype(np.int16), 8_000, midis)


def heard(wave: np.ndarray) -> float:
    """The frequency with most energy, Hz."""
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 8 * len(wave)))
    return float(np.fft.rfftfreq(8 * len(wave), 1 / RATE)[spectrum.argmax()])


def test_each_pitch_is_its_own_note_and_a_missing_one_the_nearest_transposed():
    play = notes(60, 67).instrument
    for midi in (60, 67, 62, 65, 72, 48):
        assert heard(play(midi, 16_000)) == pytest.approx(frequency_of(midi), rel=0.004)
    # Faster is shorter: an octave above has half the length, and silence behind it.
    high = play(79, 22_050)
    assert np.abs(high[:10_000]).max() > 0.1
    assert not high[11_600:].any()


def test_a_note_that_ends_before_its_place_does_so_without_a_click():
    flat = Notes("flat", np.full((1, 800), 8_000, np.int16), 8_000, (60,))
    wave = flat.instrument(60, 10_000)
    end = round(800 * RATE / 8_000)
    assert not wave[end:].any()
    assert abs(wave[end - 1]) < 0.01
    assert wave[1_000] == pytest.approx(0.5, abs=0.02)


def test_a_tune_is_as_long_as_ever_and_has_its_notes_at_their_places():
    tune = np.full((1, 32), REST, np.int8)
    tune[0, [0, 1, 8]] = [0, HOLD, 7]
    melody = Sampled(tempo=120, notes=notes(60, 62, 64, 65, 67))
    wave, rate = melody.sound(tune)
    assert (wave.dtype, wave.shape, rate) == (np.int16, (1, 32 * Melody().step_samples), RATE)
    step = melody.step_samples
    assert heard(wave[0, : 2 * step]) == pytest.approx(frequency_of(60), rel=0.004)
    assert not wave[0, 2 * step : 8 * step].any()
    assert heard(wave[0, 8 * step : 9 * step]) == pytest.approx(frequency_of(67), rel=0.004)
    assert 0.3 < np.abs(wave).max() / 32767 < 0.51


def test_notes_come_back_from_their_file_and_others_are_refused():
    found = notes(60, 64)
    back = Notes.unpacked(found.packed())
    assert (back.name, back.rate, back.pitches, back.described) == ("mine", 8_000, (60, 64), "2 pitches, C4 to E4")
    np.testing.assert_array_equal(back.waves, found.waves)
    for data in (b"", b"PK\3\4", found.packed()[:200]):
        with pytest.raises(ValueError, match="no file of notes"):
            Notes.unpacked(data)


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"pitches": ()}, "no notes"),
        ({"pitches": (60, 60)}, "two of one pitch"),
        ({"pitches": (60, 200)}, "from 0 to 127"),
        ({"waves": np.zeros((3, 8), np.int16)}, "not as many waves"),
        ({"waves": np.zeros((2, 8))}, "of 16 bits"),
        ({"rate": 5}, "no rate of 5"),
    ],
    ids=["none", "twice", "high", "more waves", "floats", "rate"],
)
def test_notes_that_nothing_can_be_played_with_are_refused(changed, why):
    facts = {"name": "x", "waves": np.zeros((2, 8), np.int16), "rate": 8_000, "pitches": (60, 61)} | changed
    with pytest.raises(ValueError, match=why):
        Notes(**facts)


# --- from a game ------------------------------------------------------------------------------------------------------


def test_classes_that_are_pitches_give_their_notes_the_one_that_is_least_off():
    def make(count: int, of_class: str | None) -> np.ndarray:
        midi = {"C4": 60, "G4": 67}[of_class]
        return SOUND.encode(np.stack([tone(midi + off) for off in np.linspace(0.4, 0.05, count)]))

    found = notes_from("told", SOUND, ("C4", "G4", "noise"), make)
    assert (found.pitches, found.rate, found.name) == ((60, 67), 8_000, "told")
    assert heard(found.instrument(67, 16_000)) == pytest.approx(frequency_of(67.05), rel=0.003)


def test_without_such_classes_pitches_are_looked_for_and_noise_is_none():
    random = np.random.default_rng(0)

    def make(count: int, of_class: str | None) -> np.ndarray:
        assert of_class is None
        noise = random.normal(0, 0.1, (count - 3, 4096)).astype(np.float32)
        return SOUND.encode(np.concatenate([np.stack([tone(62.1), tone(69.3), tone(62.02)]), noise]))

    found = notes_from("untold", SOUND, (), make)
    assert found.pitches == (62, 69)
    assert heard(found.instrument(62, 16_000)) == pytest.approx(frequency_of(62.02), rel=0.003)


def test_a_game_that_tunes_can_t_be_played_with_says_why():
    def noise(count: int, _of_class: str | None) -> np.ndarray:
        return SOUND.encode(np.random.default_rng(1).normal(0, 0.1, (count, 4096)).astype(np.float32))

    with pytest.raises(EstimationError, match="no pitch was found in 384 sounds of speech"):
        notes_from("speech", SOUND, ("one", "two"), noise)
    with pytest.raises(EstimationError, match=r"faces makes images, and tunes are played with sounds.*Sound: notes"):
        notes_from("faces", Images((1, 8, 8)), (), noise)
    with pytest.raises(EstimationError, match="all notes of mute are silent"):
        notes_from("mute", SOUND, ("C4",), lambda n, _c: SOUND.encode(np.zeros((n, 4096), np.float32)))
