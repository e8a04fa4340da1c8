"""Notes made by a formula, of which everything is known: pitch, brightness, attack, decay.

Legend: n notes, t samples, h partials. Nothing is read from disk: the same spec gives the same notes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.data.sound.dataset import check_room, sound_dataset
from ganstudio.modalities import Sound
from ganstudio.modalities.sound import frequency_of, name_of

if TYPE_CHECKING:
    from ganstudio.data.dataset import Dataset
    from ganstudio.experiment import NotesSpec

Doubles = npt.NDArray[np.float64]
Floats = npt.NDArray[np.float32]

PITCHES = (60, 62, 64, 65, 67, 69, 71, 72)
"""C major from C4 to C5, as MIDI counts."""
BRIGHTNESS = 0.6
"""The middle: how many times as strong a partial is as the one below it."""
SHORTEST_ATTACK, SLOWEST_DECAY = 5.0, 1.5  # milliseconds, and 1/s
PARTIALS, HIGHEST = 8, 1_900.0
"""How many partials a note has at most, and below which frequency, Hz: the codec keeps up to 2 kHz."""
PEAK = 0.8
"""Of each note."""
EVEN_LEFT = 0.03
"""Of the even partials, in notes of the family that has the odd ones."""
_PORTION = 256
"""Notes made at once, which bounds what double precision takes of memory."""


def build_notes(spec: NotesSpec) -> Dataset:
    """``spec.count`` + ``spec.held_out`` notes of .512 s at 8 kHz, made from ``spec.seed``.

    Labels are the pitches C4 to C5, as often each as the count allows. Factors: pitch (MIDI), brightness, attack (ms),
    decay (1/s), and where the spec asks for them odd (0 or 1) and onset (ms); all independent, and uniform.
    Raises DatasetError where they would not fit in memory.
    """
    modality, total = Sound(codec=spec.representation), spec.count + spec.held_out
    check_room("Notes", total, modality)
    waves, labels, factors = notes_of(spec, modality)
    return sound_dataset(
        "Notes",
        waves,
        modality,
        source=f"{spec.count:,} notes made from seed {spec.seed}, and {spec.held_out:,} more held out",
        labels=labels,
        classes=[name_of(pitch) for pitch in PITCHES],
        factors=factors,
        held_out=spec.held_out,
    )


def notes_of(spec: NotesSpec, modality: Sound) -> tuple[Floats, npt.NDArray[np.int64], dict[str, Doubles]]:
    """The waves (n, t) before they are encoded, which pitch each is, and the factors (n,) by name."""
    total = spec.count + spec.held_out
    rng = np.random.default_rng(spec.seed)
    labels = rng.permutation(total) % len(PITCHES)
    factors = {
        "pitch": np.array(PITCHES, np.float64)[labels],
        "brightness": rng.uniform(BRIGHTNESS - spec.brightness, BRIGHTNESS + spec.brightness, total),
        "attack": rng.uniform(SHORTEST_ATTACK, spec.attack, total),
        "decay": rng.uniform(SLOWEST_DECAY, spec.decay, total),
    }
    if spec.family:
        factors["odd"] = rng.integers(0, 2, total).astype(np.float64)
    if spec.onset:
        factors["onset"] = rng.uniform(0, spec.onset, total)
    phases = rng.uniform(0, 2 * np.pi, (total, PARTIALS))
    return synthesised(factors, phases, modality), labels, factors


def synthesised(factors: dict[str, Doubles], phases_nh: Doubles, modality: Sound) -> Floats:
    """Waves (n, t) of notes with these factors (n,), as ``build_notes`` names them; phases: of their partials.

    They are made in double precision and rounded once: in single precision processors differ in the last digit of a
    sine, and what is kept at half precision would differ in one value of a thousand.
    """
    waves = np.empty((len(phases_nh), modality.length), np.float32)
    for first in range(0, len(waves), _PORTION):
        some = slice(first, first + _PORTION)
        waves[some] = _waves({name: values[some] for name, values in factors.items()}, phases_nh[some], modality)
    return waves


def _waves(factors: dict[str, Doubles], phases_nh: Doubles, modality: Sound) -> Doubles:
    times = np.arange(modality.length) / modality.rate
    pitches = np.array([frequency_of(pitch) for pitch in factors["pitch"]])
    late = factors.get("onset", np.zeros(1))[:, None] / 1000
    odd = factors.get("odd", np.zeros(len(pitches))) > 0
    waves = np.zeros((len(pitches), modality.length))
    for partial in range(1, PARTIALS + 1):
        heard = np.flatnonzero(pitches * partial < HIGHEST)
        strength = factors["brightness"] ** (partial - 1)
        if partial % 2 == 0:
            strength = np.where(odd, EVEN_LEFT * strength, strength)
        turns = 2 * np.pi * partial * pitches[heard, None] * times + phases_nh[heard, partial - 1, None]
        waves[heard] += strength[heard, None] * np.sin(turns)
    attack, since = factors["attack"][:, None] / 1000, times - late
    waves *= np.clip(since / attack, 0, 1) * np.exp(-factors["decay"][:, None] * np.clip(since - attack, 0, None))
    waves *= PEAK / np.abs(waves).max(1, keepdims=True)
    return waves
