"""Waves made ready to be played, and WAV files."""

from __future__ import annotations

import io
import wave

import numpy as np
import pytest

from ganstudio.playing import CEILING, RATE, as_wav, crossfaded, in_a_row, prepared, resampled


def tone(hertz: float, seconds: float, rate: int, size: float = 1.0) -> np.ndarray:
    return np.rint(size * 32767 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * rate)) / rate)).astype(np.int16)


@pytest.mark.parametrize("rate", [8000, 11_025, 16_000, 22_050, 44_099, 48_000, 192_000])
def test_a_tone_is_the_same_at_another_rate(rate: int) -> None:
    values = resampled(tone(440, 0.3, rate) / 32767, rate)
    assert len(values) == round(0.3 * rate) * RATE // rate or abs(len(values) - 0.3 * RATE) < 1
    inside = slice(2000, -2000)  # at its ends a tone is cut
    truth = np.sin(2 * np.pi * 440 * np.arange(len(values)) / RATE)
    assert np.abs(values[inside] - truth[inside]).max() < 0.01


def test_what_the_slower_rate_can_not_hold_does_not_come_in() -> None:
    values = resampled(tone(30_000, 0.1, 96_000) / 32767, 96_000)
    assert np.abs(values[1000:-1000]).max() < 0.01


def test_nothing_is_above_the_ceiling_and_what_is_quiet_stays_quiet() -> None:
    loud, soft = prepared(tone(440, 0.2, 8000), 8000), prepared(tone(440, 0.2, 8000, 0.1), 8000)
    assert np.abs(loud).max() == pytest.approx(CEILING, abs=0.01)
    assert np.abs(soft).max() == pytest.approx(0.1 * CEILING, abs=0.002)
    chord = prepared(np.stack([tone(hertz, 0.2, 8000) for hertz in (262, 330, 392)]), 8000)
    assert np.abs(chord).max() == pytest.approx(CEILING, abs=1e-3)
    assert loud.dtype == np.float32


def test_a_sound_begins_and_ends_in_a_ramp_of_5_ms() -> None:
    sound = prepared(np.full(4000, 32767, np.int16), 8000)
    ramp, body = round(0.005 * RATE), sound[1000:-1000]
    assert sound[0] == pytest.approx(0, abs=0.01)
    assert sound[-1] == pytest.approx(0, abs=0.01)
    assert sound[ramp // 2] == pytest.approx(body.mean() / 2, abs=0.05)
    assert body.std() < 0.01


@pytest.mark.parametrize("count", [0, 1, 3])
def test_hardly_any_wave_is_a_sound_too(count: int) -> None:
    sound = prepared(np.full(count, 1000, np.int16), 8000)
    assert 64 <= len(sound) <= 70
    assert np.isfinite(sound).all()


def test_a_wav_file_holds_the_sounds_one_after_another() -> None:
    waves = np.stack([tone(440, 0.1, 8000), tone(550, 0.1, 8000)])
    row = in_a_row(waves, 8000)
    assert len(row) == 2 * 800 + 2000
    with wave.open(io.BytesIO(as_wav(row, 8000))) as file:
        assert file.getparams()[:4] == (1, 2, 8000, 3600)
        read = np.frombuffer(file.readframes(3600), "<i2")
    np.testing.assert_array_equal(read[:800], waves[0])
    assert not read[800:2800].any()
    np.testing.assert_array_equal(read[2800:], waves[1])


def test_a_walk_is_one_wave_without_gaps_or_clicks() -> None:
    rate, count, length = 8000, 5, 4096
    phases = np.random.default_rng(0).uniform(0, 6, count)
    times = np.arange(length) / rate
    waves = np.stack([9_000 * np.sin(2 * np.pi * (300 + 40 * k) * times + phases[k]) for k in range(count)])
    walk = crossfaded(waves.astype(np.int16), rate)
    overlap = length // 4
    assert walk.dtype == np.int16
    assert walk.shape == (count * length - (count - 1) * overlap,)
    np.testing.assert_array_equal(walk[: length - overlap], waves[0, : length - overlap].astype(np.int16))
    np.testing.assert_array_equal(walk[-(length - overlap) :], waves[-1, overlap:].astype(np.int16))
    steepest = np.abs(np.diff(waves, axis=1)).max()
    assert np.abs(np.diff(walk.astype(float))).max() <= 1.5 * steepest
    loud = np.sqrt(np.square(walk[: len(walk) // 512 * 512].reshape(-1, 512).astype(float)).mean(1))
    assert loud.min() > 0.5 * 9_000 / np.sqrt(2)  # nowhere is it silent


def test_a_walk_of_one_or_of_loud_sounds_stays_in_range() -> None:
    one = np.array([1, -2, 3, -4], np.int16)
    np.testing.assert_array_equal(crossfaded(one, 8000), one)
    loud = np.full((2, 800), 32_767, np.int16)
    assert crossfaded(loud, 8000).max() == 32_767
    np.testing.assert_array_equal(crossfaded(np.ones((3, 2), np.int16), 8000), np.ones(6, np.int16))
    long = np.ones((2, 80_000), np.int16)
    assert len(crossfaded(long, 8000)) == 160_000 - 2000  # a quarter of a second
