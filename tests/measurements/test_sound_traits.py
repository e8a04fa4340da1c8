"""Traits of sounds against synthesised truth."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.data.sound.notes import synthesised
from ganstudio.experiment import NotesSpec
from ganstudio.measurements.sounds.traits import harmonic_energy, pitch_of, traits_of
from ganstudio.modalities import Sound
from ganstudio.modalities.sound import frequency_of

RATE = 8000
RANGE = (200.0, 600.0)


def notes(count: int = 240, **factors: object) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Notes of any pitch between the classes, and what they are made of."""
    random = np.random.default_rng(3)
    made = {
        "pitch": random.uniform(59, 73, count),
        "brightness": random.uniform(0.3, 0.9, count),
        "attack": random.uniform(5, 80, count),
        "decay": random.uniform(1.5, 8, count),
        **factors,
    }
    return synthesised(made, random.uniform(0, 6.28, (count, 8)), Sound()), made


def cents(frequency: np.ndarray, pitch: np.ndarray) -> np.ndarray:
    return 1200 * np.log2(frequency / np.array([frequency_of(one) for one in pitch]))


def test_pitch_brightness_and_decay_are_those_that_notes_were_made_with():
    waves, truth = notes()
    heard = traits_of(waves, RATE, *RANGE)
    off = np.abs(cents(heard.frequency, truth["pitch"]))
    assert np.median(off) < 0.3
    assert np.quantile(off, 0.99) < 3
    assert np.corrcoef(heard.brightness, truth["brightness"])[0, 1] > 0.999
    assert np.abs(heard.brightness - truth["brightness"]).max() < 0.05
    assert np.corrcoef(heard.decay, truth["decay"])[0, 1] > 0.999
    np.testing.assert_allclose(heard.decay, truth["decay"], atol=0.2)
    np.testing.assert_allclose(heard.loudness, np.sqrt(np.square(waves).mean(1)), rtol=1e-5)
    np.testing.assert_allclose(heard.even, 1, atol=0.1)
    assert heard.harmonic.min() > 0.95
    assert not heard.silent.any()


def test_odd_partials_and_a_late_beginning_are_heard():
    onset = np.repeat([0.0, 60.0, 120.0], 40)
    waves, truth = notes(120, odd=np.tile([0.0, 1.0], 60), onset=onset, attack=np.full(120, 10.0))
    heard = traits_of(waves, RATE, *RANGE)
    odd = truth["odd"] > 0
    assert heard.even[odd].max() < 0.2 < 0.8 < heard.even[~odd].min()
    assert np.abs(heard.onset - onset / 1000).max() < 0.033  # two frames
    assert np.quantile(np.abs(cents(heard.frequency, truth["pitch"])), 0.95) < 3


def test_what_is_no_note_is_told_apart():
    random = np.random.default_rng(0)
    noise = random.normal(0, 0.2, (100, 4096)).astype(np.float32)
    heard = traits_of(noise, RATE, *RANGE)
    assert (heard.harmonic > 0.8).mean() < 0.02
    assert heard.loudness.mean() == pytest.approx(0.2, rel=0.02)
    quiet = traits_of(np.zeros((2, 4096), np.float32), RATE, *RANGE)
    assert quiet.silent.all()
    assert all(np.isfinite(getattr(quiet, name)).all() for name in ("frequency", "brightness", "decay", "onset"))


def test_an_octave_is_not_mistaken_where_partials_are_strong():
    times = np.arange(2048) / RATE
    for frequency in (210.0, 300.0, 523.25):
        for strengths in ((1, 0.1, 0.9), (0.2, 1.0, 0.8), (1, 0, 0)):
            wave = sum(a * np.sin(2 * np.pi * frequency * h * times) for h, a in enumerate(strengths, start=1))
            (found,) = pitch_of(wave[None], RATE, *RANGE)
            assert abs(1200 * np.log2(found / frequency)) < 5, (frequency, strengths)
            assert harmonic_energy(wave[None], RATE, np.array([frequency]))[0] > 0.99


def test_through_the_codec_real_notes_keep_their_traits():
    dataset = build_dataset(NotesSpec(count=200, held_out=0))
    assert dataset.at is not None
    sound = dataset.modality
    waves = sound.waves(sound.to_people(dataset.at(np.arange(200))))
    heard = traits_of(waves, RATE, *RANGE)
    assert np.quantile(np.abs(cents(heard.frequency, dataset.factors["pitch"])), 0.99) < 5
    assert np.corrcoef(heard.brightness, dataset.factors["brightness"])[0, 1] > 0.99
    assert np.corrcoef(heard.decay, dataset.factors["decay"])[0, 1] > 0.99


@pytest.mark.parametrize(("lowest", "highest"), [(5.0, 600.0), (200.0, 40_000.0)], ids=["too low", "too high"])
def test_pitches_that_no_part_could_hold_are_not_looked_for(lowest, highest):
    times = np.arange(512) / RATE
    parts = np.sin(2 * np.pi * 250 * times)[None]
    with np.errstate(all="raise"):
        assert pitch_of(parts, RATE, lowest, highest)[0] == pytest.approx(250, rel=0.01)
