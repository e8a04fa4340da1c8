"""The notes that a game of sounds makes, to play tunes with: of its classes that are pitches, else looked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.measurements.estimate import EstimationError
from ganstudio.measurements.sounds.traits import traits_of
from ganstudio.modalities import Sound
from ganstudio.modalities.sound import frequency_of, midi_of
from ganstudio.playing import Notes

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ganstudio.modalities import Modality, Samples

    Make = Callable[[int, str | None], Samples]
    """So many sounds, of a class where one is named."""

OF_CLASS, LOOKED_AT = 16, 384
"""Sounds of each class, and of a game without, among which the best note is taken."""
HARMONIC = 0.8
"""Share of a sound's energy that must be near its partials, if it is to be a note."""
_LOWEST, _HIGHEST = 36, 96


def notes_from(name: str, modality: Modality, classes: Sequence[str], make: Make) -> Notes:
    """The notes of a game. Raises EstimationError where it makes no sounds, or none with a pitch."""
    if not isinstance(modality, Sound):
        raise EstimationError(
            f"{name} makes {modality.words.many}, and tunes are played with sounds: choose a run of sounds, such as of "
            'the preset "Sound: notes"'
        )
    pitched = {midi: one for one in classes if (midi := midi_of(one)) is not None}
    found: dict[int, tuple[float, npt.NDArray[np.float32]]] = {}
    for midi, one in pitched.items():
        waves = modality.waves(make(OF_CLASS, one))
        off, ok = _off(waves, modality.rate, midi)
        found[midi] = min(zip(np.where(ok, off, off + 1200).tolist(), waves, strict=True), key=lambda each: each[0])
    if not pitched:
        found = _looked_for(modality, make(LOOKED_AT, None))
    if not found:
        raise EstimationError(
            f"no pitch was found in {LOOKED_AT} sounds of {name}: tunes are played with sounds that have one, such as "
            'of the preset "Sound: notes"; train it for longer, or choose another run'
        )
    if all(not wave.any() for _, wave in found.values()):
        raise EstimationError(f"all notes of {name} are silent: train it for longer, or choose another run")
    order = sorted(found)
    waves = np.stack([found[midi][1] for midi in order])
    return Notes(name, np.rint(waves * 32767).astype(np.int16), modality.rate, tuple(order))


def _off(waves: npt.NDArray[np.float32], rate: int, midi: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    """How far each wave (n, t) is off a pitch, cents, and whether it is a note at all."""
    hertz, ok = _heard(waves, rate)
    return np.abs(1200 * np.log2(hertz / frequency_of(midi))), ok


def _heard(waves: npt.NDArray[np.float32], rate: int) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_]]:
    highest = min(frequency_of(_HIGHEST), rate / 5)
    traits = traits_of(waves, rate, frequency_of(_LOWEST), highest)
    return np.maximum(traits.frequency, 1.0), (traits.harmonic > HARMONIC) & ~traits.silent


def _looked_for(modality: Sound, samples: Samples) -> dict[int, tuple[float, npt.NDArray[np.float32]]]:
    """Of each pitch the sound that is nearest to it, by how far it is off."""
    found: dict[int, tuple[float, npt.NDArray[np.float32]]] = {}
    waves = modality.waves(samples)
    hertz, ok = _heard(waves, modality.rate)
    for wave, frequency in zip(waves[ok], hertz[ok].tolist(), strict=True):
        exact = 69 + 12 * np.log2(frequency / 440)
        midi, off = round(exact), abs(100 * (exact - round(exact)))
        if _LOWEST <= midi <= _HIGHEST and off < found.get(midi, (np.inf, wave))[0]:
            found[midi] = off, wave
    return found
