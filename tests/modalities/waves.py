"""A kind of sample that the program does not know: short waves. ``tests/ground.py`` enters it in the tables."""

from __future__ import annotations

import io
import wave
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from ganstudio.data.dataset import Dataset
from ganstudio.export import WRITERS
from ganstudio.measurements.figure import Figure
from ganstudio.measurements.measures import MEASURES
from ganstudio.modalities import Modality, Words

LENGTH, COUNT = 64, 120
HEIGHT = 24


@dataclass(frozen=True)
class Waves(Modality):
    """Waves (n, length) from -1 to 1, in model units five times as much, so that a wrong unit shows."""

    rate: int = 8000
    length: int = LENGTH

    kind: ClassVar[str] = "waves"
    words: ClassVar[Words] = Words("wave", "waves", "a wave")
    fixed: ClassVar[int] = 12
    shown: ClassVar[int] = 12
    scale: ClassVar[float] = 0.2

    def __post_init__(self) -> None:
        if not isinstance(self.rate, int) or self.rate < 1:
            raise ValueError(f"rate: values a second, at least 1, found {self.rate}")

    @property
    def shape(self) -> tuple[int, ...]:
        return (self.length,)

    @property
    def described(self) -> str:
        return f"waves of {self.length} values at {self.rate} Hz"

    def to_people(self, model):
        return np.clip(model / np.float32(5), -1, 1).astype(np.float32)

    def to_model(self, samples):
        return np.asarray(samples * np.float32(5), np.float32)

    def pictures(self, samples):
        pixels = np.zeros((len(samples), HEIGHT, self.length, 3), np.uint8)
        rows = np.rint((1 - np.nan_to_num(samples)) / 2 * (HEIGHT - 1)).astype(int)
        pixels[np.arange(len(samples))[:, None], rows, np.arange(self.length)] = (255, 200, 0)
        return pixels

    def sound(self, samples):
        return (samples * 32767).astype(np.int16), self.rate


def tones(_spec=None) -> Dataset:
    """Waves of 2 to 5 turns, each beginning anywhere."""
    random = np.random.default_rng(0)
    turns, begin = random.integers(2, 6, (COUNT, 1)), random.random((COUNT, 1))
    waves = np.sin(2 * np.pi * (turns * np.arange(LENGTH) / LENGTH + begin)).astype(np.float32)
    rows = 5 * waves

    def at(indices):
        return rows[indices]

    return Dataset(
        name="Tones",
        modality=Waves(),
        draw=lambda count, rng: at(rng.integers(0, COUNT, count)),
        at=at,
        count=COUNT,
        source="waves of 2 to 5 turns",
    )


def loudness(dataset, draw, _seed):
    """Root mean square of the generated waves, and of the real ones."""
    people = dataset.modality.to_people
    real, made = people(dataset.at(np.arange(dataset.count))), people(draw(50))
    value, floor = (float(np.sqrt(np.square(side, dtype=np.float64).mean())) for side in (made, real))
    return [Figure(name="loudness", value=value, floor=floor, title="Loudness", help="Root mean square")]


def _wav(file, written):
    packed = io.BytesIO()
    values, rate = written.modality.sound(written.samples)
    with wave.open(packed, "wb") as sound:
        sound.setparams((1, 2, rate, 0, "NONE", ""))
        sound.writeframes(values.tobytes())
    file.write(packed.getvalue())


ROWS = {"measures": (MEASURES, loudness), "writers": (WRITERS, {**WRITERS.others, ".wav": _wav})}
"""What waves have a row of their own in, and that row."""
