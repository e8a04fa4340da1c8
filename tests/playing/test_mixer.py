"""What sounds, value by value."""

from __future__ import annotations

import sys
import tracemalloc

import numpy as np
import pytest

from ganstudio.playing import CEILING, RATE, Mixer, Voice, prepared

FADE = round(0.005 * RATE)


def note(hertz: float, seconds: float = 0.3, size: float = 0.8) -> np.ndarray:
    values = size * 32767 * np.sin(2 * np.pi * hertz * np.arange(round(seconds * RATE)) / RATE)
    return prepared(values.astype(np.int16), RATE)


def mixed(mixer: Mixer, frames: int, block: int = 441) -> np.ndarray:
    return np.concatenate([mixer.mix(block) for _ in range(frames // block)])


def steepest(*sounds: np.ndarray) -> float:
    """The largest jump that these make by themselves, and what a ramp over 5 ms adds to it."""
    return max(float(np.abs(np.diff(sound)).max()) + float(np.abs(sound).max()) / FADE for sound in sounds)


def test_a_sound_comes_out_as_it_is_and_ends() -> None:
    mixer, sound = Mixer(), note(440)
    mixer.play(Voice(sound, "a"), alone=True)
    assert not mixer.silent
    out = mixed(mixer, len(sound) + 4410)
    np.testing.assert_allclose(out[: len(sound)], sound, atol=1e-6)
    assert not out[len(sound) :].any()
    assert mixer.silent
    assert mixer.heard == ()
    assert mixer.mixed == len(out)


def test_an_empty_mixer_gives_silence() -> None:
    mixer = Mixer()
    for frames in (0, 1, 441, 100_000):
        out = mixer.mix(frames)
        assert out.shape == (frames,)
        assert out.dtype == np.float32
        assert not out.any()


@pytest.mark.parametrize("block", [7, 441, 1103, 44_100])
def test_a_loop_goes_on_without_a_gap_or_a_click(block: int) -> None:
    mixer, sound = Mixer(), note(440)
    voice = Voice(sound, looped=True)
    mixer.play(voice, alone=True)
    out = mixed(mixer, 3 * RATE, block)
    assert np.abs(np.diff(out)).max() <= steepest(sound) * 1.01
    turn = len(sound) - FADE
    for start in range(0, len(out) - 2000, 1000):  # nowhere is it silent, at a seam either
        assert np.abs(out[start : start + 1000]).max() > 0.2
    np.testing.assert_allclose(out[turn + FADE : 2 * turn], out[FADE:turn], atol=1e-5)
    voice.looped = False
    rest = mixed(mixer, len(sound) + 2 * block, block)
    assert np.abs(np.diff(rest)).max() <= steepest(sound) * 1.01
    assert mixer.silent


def test_a_loop_changes_at_its_next_turn() -> None:
    mixer, low, high = Mixer(), note(220), note(880, 0.2)
    voice = Voice(low, looped=True)
    mixer.play(voice, alone=True)
    before = mixed(mixer, 4410)
    voice.sound = high
    out = np.concatenate([before, mixed(mixer, RATE)])
    turn = len(low) - FADE
    np.testing.assert_allclose(out[:turn], low[:turn], atol=1e-5)
    np.testing.assert_allclose(out[turn + FADE : turn + len(high) - FADE], high[FADE:-FADE], atol=1e-5)
    assert np.abs(np.diff(out)).max() <= (steepest(low, high)) * 1.01


def test_another_takes_the_place_of_what_sounds_without_a_click() -> None:
    mixer, one, other = Mixer(), note(440), note(660)
    mixer.play(Voice(one, "one"), alone=True)
    mixed(mixer, 4410)
    mixer.play(Voice(other, "other"), alone=True)
    out = mixed(mixer, 4410)
    assert np.abs(np.diff(out)).max() <= steepest(one) + steepest(other)
    assert [tag for tag, _ in mixer.heard] == ["other"]
    mixer.fade()
    out = mixed(mixer, 4410)
    assert np.abs(np.diff(out)).max() <= steepest(other) * 1.01
    assert not out[FADE:].any()
    assert mixer.silent


def test_many_at_once_stay_under_the_ceiling_and_do_not_click() -> None:
    mixer, notes = Mixer(), [note(hertz, 0.5) for hertz in (262, 294, 330, 349, 392, 440)]
    out = []
    for sound in notes:
        mixer.play(Voice(sound), alone=False)
        out.append(mixed(mixer, 2205))
    out = np.concatenate([*out, mixed(mixer, RATE)])
    assert np.abs(out).max() <= CEILING + 1e-6
    assert np.abs(out).max() > 0.5
    assert np.abs(np.diff(out)).max() <= sum(map(steepest, notes))


def test_the_gain_is_gone_over_to_without_a_click() -> None:
    mixer, sound = Mixer(), note(440)
    mixer.play(Voice(sound, looped=True), alone=True)
    loud = mixed(mixer, 4 * FADE)
    mixer.gain = 0.1
    out = mixed(mixer, RATE)
    assert np.abs(np.diff(np.concatenate([loud, out]))).max() <= steepest(sound) + 1 / FADE
    assert np.abs(out[2 * FADE :]).max() == pytest.approx(0.1 * np.abs(sound).max(), rel=0.05)
    mixer.gain = 0.0
    mixed(mixer, 4 * FADE)
    assert not mixed(mixer, RATE).any()


def test_to_fade_when_nothing_sounds_is_nothing_to_come() -> None:
    mixer = Mixer()
    mixer.fade()
    assert mixer.silent
    mixer.play(Voice(note(440)), alone=False)
    mixer.fade()
    mixer.mix(2 * FADE)
    assert mixer.silent


def test_a_voice_may_be_given_its_sound_later() -> None:
    mixer, sound, voice = Mixer(), note(440), Voice(tag="late")
    assert voice.share == 1.0
    voice.begin(sound)
    mixer.play(voice, alone=True)
    np.testing.assert_allclose(mixed(mixer, len(sound)), sound, atol=1e-6)


def test_it_tells_how_far_each_is() -> None:
    mixer, sound = Mixer(), note(440)
    mixer.play(Voice(sound, 3), alone=True)
    mixer.play(Voice(sound, 4), alone=False)
    mixer.mix(len(sound) // 2)
    assert [tag for tag, _ in mixer.heard] == [3, 4]
    assert [share for _, share in mixer.heard] == pytest.approx([0.5, 0.5], abs=0.01)


def test_the_callback_keeps_no_memory_and_loads_nothing() -> None:
    before = set(sys.modules)
    mixer, sound = Mixer(), note(440)
    mixer.play(Voice(sound, looped=True), alone=True)
    for _ in range(50):
        mixer.mix(1103)
    tracemalloc.start()
    try:
        held = tracemalloc.get_traced_memory()[0]
        for _ in range(300):
            mixer.mix(1103)
        grown = tracemalloc.get_traced_memory()[0] - held
    finally:
        tracemalloc.stop()
    assert grown < 20_000
    assert not {name for name in set(sys.modules) - before if name.partition(".")[0] in ("torch", "PySide6")}


@pytest.mark.parametrize("block", [7, 441, 5000])
def test_a_sound_of_parts_changes_where_the_next_one_begins_to_the_same_part(block: int) -> None:
    low, high = note(220, 0.4), note(880, 0.4)
    bar = len(low) // 4
    mixer, voice = Mixer(), Voice(low, looped=True, parts=4)
    mixer.play(voice, alone=True)
    before = mixed(mixer, 4 * block if block < 1000 else bar // 2, min(block, bar // 2))
    voice.sound = high
    out = np.concatenate([before, mixed(mixer, 4 * bar, block)])
    assert len(before) < bar
    np.testing.assert_allclose(out[:bar], low[:bar], atol=1e-5)
    after = slice(bar + FADE, 2 * bar)
    np.testing.assert_allclose(out[after], high[after], atol=1e-5)
    assert np.abs(np.diff(out)).max() <= steepest(low, high) * 1.01
    assert mixer.heard[0][1] == pytest.approx((len(out) % len(low)) / len(low), abs=0.05)


def test_a_sound_of_another_tempo_takes_over_at_its_own_part() -> None:
    slow, fast = note(220, 0.4), note(880, 0.2)
    mixer, voice = Mixer(), Voice(slow, looped=True, parts=4)
    mixer.play(voice, alone=True)
    mixer.mix(100)
    voice.sound = fast
    out = mixed(mixer, len(slow), 441)
    bar, quick = len(slow) // 4 - 100, len(fast) // 4
    np.testing.assert_allclose(out[bar + FADE : bar + quick], fast[quick + FADE : 2 * quick], atol=1e-5)


def test_a_sound_of_parts_that_stays_the_same_is_not_touched() -> None:
    sound = note(440, 0.4)
    plain, parted = Mixer(), Mixer()
    for mixer, parts in ((plain, 1), (parted, 4)):
        mixer.play(Voice(sound, looped=True, parts=parts), alone=True)
    np.testing.assert_array_equal(mixed(plain, RATE), mixed(parted, RATE))
