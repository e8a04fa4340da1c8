"""Notes by a formula: their truth, and sounds as a dataset."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset
from ganstudio.data.sound.dataset import sound_dataset
from ganstudio.data.sound.notes import PITCHES, synthesised
from ganstudio.experiment import NotesSpec
from ganstudio.modalities import Sound
from ganstudio.modalities.sound import frequency_of

SMALL = NotesSpec(count=64, held_out=16)
SOUND = Sound()


def one(**factors: float) -> np.ndarray:
    """A note of A4, whose factors are these where they are not usual."""
    usual = {"pitch": 69.0, "brightness": 0.5, "attack": 10.0, "decay": 3.0} | factors
    return synthesised({name: np.array([value]) for name, value in usual.items()}, np.zeros((1, 8)), SOUND)[0]


def strengths(wave: np.ndarray, pitch: float) -> np.ndarray:
    """Of the first four partials, the first being 1, in half a second's spectrum."""
    spectrum = np.abs(np.fft.rfft(wave * np.hanning(len(wave)), 1 << 15))
    places = [round(frequency_of(pitch) * h * (1 << 15) / SOUND.rate) for h in range(1, 5)]
    peaks = np.array([spectrum[place - 20 : place + 21].max() for place in places])
    return peaks / peaks[0]


def test_the_same_seed_makes_the_same_notes_and_another_others():
    made, again, other = (build_dataset(spec) for spec in (SMALL, SMALL, SMALL.model_copy(update={"seed": 1})))
    every = np.arange(80)
    assert made.modality == SOUND
    assert made.at is not None
    np.testing.assert_array_equal(made.at(every), again.at(every))
    assert np.abs(made.at(every) - other.at(every)).max() > 0.1
    assert (made.count, made.held_out, made.classes) == (64, 16, ("C4", "D4", "E4", "F4", "G4", "A4", "B4", "C5"))


def test_every_factor_is_known_and_within_what_was_asked_for():
    dataset = build_dataset(NotesSpec(count=800, held_out=0, brightness=0.1, attack=20, decay=4, family=True, onset=90))
    factors = dataset.factors
    assert list(factors) == ["pitch", "brightness", "attack", "decay", "odd", "onset"]
    assert dataset.labels is not None
    np.testing.assert_array_equal(factors["pitch"], np.array(PITCHES)[dataset.labels])
    assert np.bincount(dataset.labels).tolist() == [100] * 8
    for name, low, high in [("brightness", 0.5, 0.7), ("attack", 5, 20), ("decay", 1.5, 4), ("onset", 0, 90)]:
        assert low <= factors[name].min() < low + 0.02 * (high - low)
        assert high - 0.02 * (high - low) < factors[name].max() <= high
    assert 0.4 < factors["odd"].mean() < 0.6
    assert set(build_dataset(SMALL).factors) == {"pitch", "brightness", "attack", "decay"}


def test_a_note_is_what_its_factors_say():
    np.testing.assert_allclose(strengths(one(brightness=0.5), 69), [1, 0.5, 0.25, 0.125], rtol=0.03)
    np.testing.assert_allclose(strengths(one(brightness=0.5, odd=1.0), 69)[[1, 2]], [0.015, 0.25], rtol=0.1)
    wave = one(attack=50.0, onset=100.0, decay=5.0)
    assert np.abs(wave).max() == pytest.approx(0.8, abs=1e-6)
    assert np.abs(wave[: int(0.1 * 8000)]).max() == 0
    loud = [np.sqrt(np.square(wave[start : start + 400]).mean()) for start in (1600, 3200)]
    assert loud[1] / loud[0] == pytest.approx(np.exp(-5 * 0.2), rel=0.03)
    assert one(pitch=72.0).size == 4096  # its fourth partial is above what is kept, and left out
    assert strengths(one(pitch=72.0, brightness=0.9), 72)[3] < 0.01


def test_minibatches_are_drawn_from_the_list_and_with_their_classes():
    dataset = build_dataset(SMALL)
    assert dataset.at is not None
    assert dataset.labels is not None
    drawn = dataset.draw(10, np.random.default_rng(5))
    indices = np.random.default_rng(5).integers(0, 64, 10)
    assert (drawn.shape, drawn.dtype) == ((10, 2, 128, 32), np.float32)
    np.testing.assert_array_equal(drawn, dataset.at(indices))
    sounds, labels = dataset.draw_labelled(10, np.random.default_rng(5))
    np.testing.assert_array_equal(sounds, drawn)
    np.testing.assert_array_equal(labels, dataset.labels[indices])


def test_more_held_out_than_there_are_is_refused():
    with pytest.raises(DatasetError, match="Clips: 3 sounds are to be held out, but there are 3; hold out fewer"):
        sound_dataset("Clips", np.zeros((3, 4096), np.float32), SOUND, source="", held_out=3)


def test_more_than_memory_may_hold_is_refused_in_words(monkeypatch):
    monkeypatch.setenv("GANSTUDIO_MEMORY_GB", "0.01")
    with pytest.raises(DatasetError, match=r"Notes: 2,512 sounds of 0.512 s take 82 MB .* at most 305, or shorter"):
        build_dataset(NotesSpec())


_DIGEST = """
import hashlib
import numpy as np
from ganstudio.data import build_dataset
from ganstudio.experiment import NotesSpec
from ganstudio.modalities import Sound
made = [build_dataset(NotesSpec(count=200, held_out=8, representation=kind, onset=40, family=True)).at(np.arange(208))
        for kind in ("frequency", "wave")]
for planes in (*made, Sound(codec="magnitude").encode(made[1][:, 0, 0].astype(np.float32))):
    print(hashlib.sha256(planes.tobytes()).hexdigest())
"""


def test_the_same_notes_are_made_whatever_instructions_the_processor_has():
    from numpy._core import _multiarray_umath as compiled

    found = [name for name in compiled.__cpu_dispatch__ if compiled.__cpu_features__[name]]
    if not found:
        pytest.skip("numpy has nothing but its least instructions here")

    def digests(without: list[str]) -> str:
        env = os.environ | {"NPY_DISABLE_CPU_FEATURES": ",".join(without)}
        told = subprocess.run(
            [sys.executable, "-c", _DIGEST], env=env, capture_output=True, text=True, check=True, timeout=100
        )
        return told.stdout

    usual = digests([])
    assert usual.count("\n") == 3
    assert usual == digests(found)
