"""Sounds: waves to planes and back, pictures, and what files say of them."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

from ganstudio.modalities import MODALITIES, Sound, packed, unpacked
from ganstudio.modalities.sound import CODECS, frequency_of, midi_of, name_of, spectra
from ganstudio.modalities.sound.pictures import pictures_of

RATE, LENGTH = 8000, 4096
TIMES = np.arange(LENGTH) / RATE
SOUND = Sound()


def tone(frequency: float, start: float = 0.0, decay: float = 2.0) -> np.ndarray:
    """A note of three partials that begins after ``start`` seconds."""
    since = TIMES - start
    partials = sum(0.5**h * np.sin(2 * np.pi * frequency * (h + 1) * since + h) for h in range(3))
    return (0.4 * partials * np.clip(since / 0.02, 0, 1) * np.exp(-decay * np.clip(since, 0, None))).astype(np.float32)


def loud(waves: np.ndarray) -> np.ndarray:
    return np.sqrt(np.square(waves, dtype=np.float64).mean(-1))


def peak_of(wave: np.ndarray) -> float:
    """The loudest frequency, Hz, of .25 s by a padded spectrum."""
    spectrum = np.abs(np.fft.rfft(wave[1000:3000] * np.hanning(2000), 1 << 17))
    return float(spectrum.argmax() * RATE / (1 << 17))


# --- spectra ----------------------------------------------------------------------------------------------------------


def test_waves_come_back_from_their_spectra():
    waves = np.random.default_rng(0).normal(0, 0.1, (3, 1024)).astype(np.float32)
    spectrum = spectra.spectra_of(waves, 256, 64)
    assert (spectrum.shape, spectrum.dtype) == ((3, 129, 16), np.complex64)
    np.testing.assert_allclose(spectra.waves_of(spectrum, 256, 64), waves, atol=1e-5)


def test_the_energy_of_a_frame_is_told_by_its_magnitudes():
    wave = np.sin(2 * np.pi * 500 * TIMES)[None].astype(np.float32)
    loudness = spectra.loudness_of(np.abs(spectra.spectra_of(wave, 512, 128)), 512)
    np.testing.assert_allclose(loudness[0, 4:-4], math.sqrt(0.5), rtol=1e-3)


# --- instantaneous frequency ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("start", [0.0, 0.06, 0.12])
@pytest.mark.parametrize("pitch", [60, 66.3, 72])
def test_a_note_keeps_its_pitch_and_loudness_through_the_codec(pitch, start):
    wave = tone(frequency_of(pitch), start)
    back = SOUND.waves(SOUND.encode(wave[None]))
    assert (back.shape, back.dtype) == ((1, LENGTH), np.float32)
    assert abs(1200 * math.log2(peak_of(back[0]) / frequency_of(pitch))) < 2  # cents
    assert loud(back[0]) == pytest.approx(loud(wave), rel=0.03)


def test_silence_stays_silent_and_has_no_frequency():
    planes = SOUND.means.encode(np.zeros((1, LENGTH), np.float32))
    np.testing.assert_allclose(planes[0, 0], -1, atol=1e-6)
    assert np.abs(planes[0, 1]).max() == 0
    assert np.abs(SOUND.means.decode(planes)).max() == 0


def test_the_second_plane_says_how_far_a_tone_is_from_its_bin():
    """Between bins 32 and 33: half a bin turns the phase by half a bin's 128 / 512 turns more, an eighth of a turn."""
    wave = (0.5 * np.sin(2 * np.pi * (32.5 * RATE / 512) * TIMES)).astype(np.float32)
    planes = SOUND.means.encode(wave[None])
    np.testing.assert_allclose(planes[0, 1, 32, 4:-4], 0.25, atol=2e-3)
    np.testing.assert_allclose(planes[0, 1, 33, 4:-4], -0.25, atol=2e-3)


def test_phases_that_start_alike_would_cancel():
    """The control of the codec: bins that do not alternate lose most of a note."""
    wave, codec = tone(frequency_of(64)), SOUND.means
    planes = codec.encode(wave[None])
    turned = planes.copy()
    turned[:, 1, 1::2] *= -1  # neighbours no longer agree
    assert loud(codec.decode(turned)[0]) < 0.8 * loud(wave) < 0.8 * 1.05 * loud(codec.decode(planes)[0])


@pytest.mark.parametrize("name", CODECS)
def test_every_codec_gives_what_it_says(name):
    codec, sound = CODECS[name], Sound(codec=name)
    assert codec.name == name
    waves = np.stack([tone(300.0), tone(440.0, 0.05)])
    planes = codec.encode(waves)
    assert (planes.shape, planes.dtype) == ((2, *codec.shape(LENGTH)), np.float32)
    assert sound.shape == codec.shape(LENGTH)
    assert np.abs(planes).max() <= 1.2
    back = codec.decode(planes)
    assert (back.shape, back.dtype) == ((2, LENGTH), np.float32)
    np.testing.assert_allclose(loud(back), loud(waves), rtol=0.1)
    levels = codec.levels(planes)
    assert (len(levels), levels.ndim, levels.dtype) == (2, 3, np.float32)
    assert np.abs(levels).max() <= 1.2
    broken = np.full((1, *sound.shape), np.nan, np.float16)
    assert np.abs(sound.waves(broken)).max() == 0
    loudness = codec.loudness(planes)
    assert loudness.shape == (2, LENGTH // codec.hop)
    np.testing.assert_allclose(loud(loudness), loud(waves), rtol=0.1)
    assert codec.encode(waves[:0]).shape == (0, *sound.shape)
    assert codec.decode(planes[:0]).shape == (0, LENGTH)


# --- the modality -----------------------------------------------------------------------------------------------------


def test_people_s_units_are_planes_of_half_precision_that_sound_the_same():
    waves = np.stack([tone(frequency_of(60)), tone(frequency_of(67), 0.1)])
    model = SOUND.means.encode(waves)
    people = SOUND.to_people(3 * model)
    assert (people.dtype, people.shape) == (np.float16, (2, 2, 128, 32))
    assert (float(people.min()), float(people.max())) == (-1, 1)
    np.testing.assert_allclose(SOUND.to_model(SOUND.to_people(model)), np.clip(model, -1, 1), atol=3e-4)
    assert SOUND.to_model(people).dtype == np.float32
    heard, rate = SOUND.sound(SOUND.to_people(model))
    assert (heard.dtype, heard.shape, rate) == (np.int16, (2, LENGTH), RATE)
    np.testing.assert_allclose(loud(heard / 32767), loud(waves), rtol=0.03)


def test_what_is_not_finite_is_silent_and_too_loud_is_clipped():
    broken = np.full((1, *SOUND.shape), np.nan, np.float16)
    assert np.abs(SOUND.waves(broken)).max() == 0
    assert SOUND.pictures(broken).shape == (1, 80, 64, 3)
    deafening = SOUND.encode(20 * tone(200.0)[None])
    assert np.abs(SOUND.sound(deafening)[0].astype(int)).max() == 32767


def test_a_picture_shows_low_tones_below_and_how_loud_it_is_under_them():
    waves = np.stack([tone(150.0, decay=0), tone(600.0, decay=0), np.zeros(LENGTH, np.float32)])
    pictures = SOUND.pictures(SOUND.encode(waves))
    assert (pictures.shape, pictures.dtype) == ((3, 80, 64, 3), np.uint8)
    bright = pictures[:, :64].astype(int).sum(-1)
    rows = [np.flatnonzero(bright[k, :, 32] > 400) for k in range(2)]
    bins = [150 / (RATE / 512) / 2, 600 / (RATE / 512) / 2]  # two bins a row, from below
    for found, row in zip(rows, bins, strict=True):
        assert abs((63 - found.max()) - row) <= 2
    assert bright[2].max() < 20
    swing = (pictures[:, 65:, 32] == (120, 200, 220)).all(-1).sum(1)
    assert swing[0] > 3
    assert swing[2] == 1


@pytest.mark.parametrize("codec", ["frequency", "magnitude"])
def test_a_picture_of_a_long_sound_looks_at_no_more_than_it_shows(codec, monkeypatch):
    long, looked = Sound(codec, 16_000, 65_536), []
    levels = type(long.means).levels
    monkeypatch.setattr(
        type(long.means), "levels", lambda self, planes: looked.append(planes.shape[-1]) or levels(self, planes)
    )
    planes = np.random.default_rng(0).uniform(-1, 1, (2, *long.shape)).astype(np.float16)
    thinned = long.pictures(planes)
    whole = pictures_of(levels(long.means, long.to_model(planes)), long.means.loudness(long.to_model(planes)))
    assert looked == [64]
    np.testing.assert_array_equal(thinned, whole)


def test_notes_bear_their_pitch_and_noise_bears_none():
    pitches = [48, 57, 60, 61, 71, 72, 84]
    made = SOUND.encode(np.stack([tone(frequency_of(pitch), start) for pitch in pitches for start in (0.0, 0.1)]))
    marks = SOUND.marks(made)
    assert [mark.word for mark in marks] == [name_of(pitch) for pitch in pitches for _ in range(2)]
    assert [mark.hue for mark in marks] == pytest.approx([pitch % 12 / 12 for pitch in pitches for _ in range(2)])
    hertz = SOUND.means.pitches(SOUND.to_model(made), RATE)
    assert np.abs(1200 * np.log2(hertz[::2] / [frequency_of(pitch) for pitch in pitches])).max() < 5
    noise = SOUND.encode(np.random.default_rng(0).normal(0, 0.2, (60, LENGTH)).astype(np.float32))
    assert sum(mark is not None for mark in SOUND.marks(noise)) <= 3
    assert SOUND.marks(SOUND.encode(np.zeros((1, LENGTH), np.float32))) == (None,)
    assert SOUND.marks(np.full((1, *SOUND.shape), np.nan, np.float16)) == (None,)
    for codec in ("magnitude", "wave"):
        other = Sound(codec)
        assert other.marks(other.encode(tone(440)[None])) == (None,)


def test_a_sound_is_told_in_words():
    assert SOUND.described == ("sounds of 0.512 s at 8 kHz, as log magnitude and instantaneous frequency")
    assert SOUND.words.counted(2000) == "2,000 sounds"
    assert SOUND.side_by_side
    assert SOUND.text(np.zeros((1, *SOUND.shape), np.float16)) is None
    assert MODALITIES["sound"] is Sound


def test_it_comes_back_from_what_is_kept_of_it():
    other = Sound("frequency", 16_000, 8_192)
    assert unpacked(json.loads(json.dumps(packed(other)))) == other


@pytest.mark.parametrize(
    "values",
    [
        {"codec": "mp3"},
        {"codec": ["frequency"]},
        {"rate": 0},
        {"rate": 10**9},
        {"rate": "8000"},
        {"rate": True},
        {"length": 128},
        {"length": 4097},
        {"length": 1 << 30},
        {"length": 4096.0},
        {"volume": 3},
    ],
    ids=str,
)
def test_sounds_that_there_are_not_are_refused_in_words(values):
    with pytest.raises(ValueError, match="what is told of sound is not right"):
        unpacked({"kind": "sound", **values})


# --- pitches ----------------------------------------------------------------------------------------------------------


def test_pitches_have_names_and_frequencies():
    assert frequency_of(69) == 440
    assert frequency_of(60) == pytest.approx(261.626, abs=1e-3)
    assert [name_of(midi) for midi in (60, 61, 72, 0)] == ["C4", "C#4", "C5", "C-1"]
    assert all(midi_of(name_of(midi)) == midi for midi in range(128))
    assert [midi_of(name) for name in ("Bb3", "B♭3", " f♯4 ", "a4")] == [58, 58, 66, 69]
    assert [midi_of(name) for name in ("H4", "7", "C", "C99", "zero", "")] == [None] * 6
