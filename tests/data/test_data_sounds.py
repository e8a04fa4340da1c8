"""One sound from the bytes of a file: every kind, at other rates, and those that lie, are damaged, or hold nothing."""

import importlib.util
import struct
import sys
from itertools import repeat

import numpy as np
import pytest

from ganstudio.data.files import resampling, sound_decoders, sound_kinds, sounds
from tests import file_samples
from tests.data.sounds_on_disk import RATE, aiff, flac, hiss, needs_miniaudio, silent_mp3, tone, wav

TONE = tone()


DECODERS = sounds.Decoders()


@pytest.fixture(autouse=True, scope="module")
def _ended():
    yield
    with DECODERS:  # at whose end its programs end
        pass


def decoded(data, rate=RATE):
    return sounds.decoded(data, rate, DECODERS)


def refused(data):
    with pytest.raises(sounds.UnreadableSound) as told:
        decoded(data)
    return str(told.value)


@pytest.mark.parametrize(
    ("data", "kind", "error"),
    [
        pytest.param(wav(TONE), "WAV", 2**-14, id="16 bits"),
        pytest.param(wav(TONE, bits=8), "WAV", 0.02, id="8 bits"),
        pytest.param(wav(TONE, bits=24), "WAV", 2**-22, id="24 bits"),
        pytest.param(wav(TONE, bits=32), "WAV", 1e-6, id="32 bits"),
        pytest.param(wav(TONE, bits=0), "WAV", 1e-6, id="floats", marks=needs_miniaudio),
        pytest.param(aiff(TONE), "AIFF", 2**-14, id="AIFF", marks=needs_miniaudio),
        pytest.param(flac(TONE), "FLAC", 2**-14, id="FLAC", marks=needs_miniaudio),
    ],
)
def test_every_kind_is_the_same_wave(data, kind, error):
    found = decoded(data)
    assert (found.kind, found.rate, found.channels) == (kind, RATE, 1)
    assert found.seconds == pytest.approx(len(found.wave) / RATE)
    assert (found.clipped, found.is_cut_short, found.is_one_channel) == (0, False, False)
    exact = TONE[: len(found.wave)]
    np.testing.assert_allclose(found.wave, exact - exact.mean(), atol=error)
    assert len(TONE) - 1024 < len(found.wave) <= len(TONE)


@needs_miniaudio
@pytest.mark.skipif(importlib.util.find_spec("soundfile") is None, reason="soundfile writes these")
@pytest.mark.parametrize(
    ("form", "packed", "kind"),
    [
        ("MP3", "MPEG_LAYER_III", "MP3"),
        ("OGG", "VORBIS", "Ogg Vorbis"),
        ("OGG", "OPUS", "Opus"),
        ("WAV", "GSM610", "WAV"),
        ("AU", "PCM_16", "AU"),
    ],
)
def test_lossy_and_rare_kinds_are_nearly_the_same_wave(form, packed, kind):
    found = decoded(file_samples.encoded_sound(form, packed))
    assert (found.kind, found.channels) == (kind, 1)
    spectrum = np.abs(np.fft.rfft(found.wave * np.hanning(len(found.wave)), 1 << 16))
    assert spectrum.argmax() * RATE / (1 << 16) == pytest.approx(330, abs=3)
    assert np.abs(found.wave).max() == pytest.approx(0.49, abs=0.06)


@needs_miniaudio
@pytest.mark.skipif(importlib.util.find_spec("soundfile") is None, reason="soundfile writes these")
@pytest.mark.parametrize(
    ("form", "packed"),
    [("MP3", "MPEG_LAYER_III"), ("OGG", "VORBIS"), ("OGG", "OPUS"), ("FLAC", "PCM_16"), ("AU", "PCM_16")],
)
def test_every_kind_tells_that_it_was_cut_midway(form, packed):
    data = file_samples.encoded_sound(form, packed)
    whole = decoded(data)
    assert not whole.is_cut_short
    cut = decoded(data[: len(data) * 2 // 3])
    assert cut.is_cut_short
    assert 0 < len(cut.wave) < len(whole.wave)
    assert not sounds.decoded(data, RATE, DECODERS, until=0.1).is_cut_short  # nobody looked at the rest


@pytest.mark.parametrize("rate", [2_000, 11_025, 22_050, 44_099, 44_100, 48_000, 192_000])
@pytest.mark.parametrize("wanted", [8_000, 16_000])
def test_a_tone_is_the_same_at_another_rate(rate, wanted):
    since = np.arange(round(0.6 * rate)) / rate
    wave = (np.hanning(len(since)) * np.sin(2 * np.pi * 700 * since)).astype(np.float32)
    found = resampling.resampled(wave, rate, wanted)
    times = np.arange(len(found)) / wanted
    exact = np.interp(times, since, np.hanning(len(since))) * np.sin(2 * np.pi * 700 * times)
    assert len(found) == -(-len(wave) * wanted // rate)
    np.testing.assert_allclose(found, exact, atol=2e-4)


def test_what_a_lower_rate_cannot_hold_is_gone_rather_than_folded_down():
    since = np.arange(44_100) / 44_100
    high = (np.hanning(len(since)) * np.sin(2 * np.pi * 4_600 * since)).astype(np.float32)
    assert np.abs(resampling.resampled(high, 44_100, 8_000)).max() < 1e-5


def test_portions_of_a_wave_give_what_the_whole_gives():
    wave = np.random.default_rng(0).normal(0, 0.1, 700_000).astype(np.float32)
    whole = resampling.resampled(wave, 44_100, 8_000)
    resampler = resampling.Resampler(44_100, 8_000)
    parts = [part for first in range(0, len(wave), 9_973) for part in resampler.take(wave[first : first + 9_973])]
    np.testing.assert_allclose(np.concatenate([*parts, resampler.rest()]), whole, atol=1e-6)
    short = resampling.resampled(wave[:300_000], 44_100, 8_000)
    np.testing.assert_allclose(short[:50_000], whole[:50_000], atol=1e-5)  # where blocks meet nothing is heard


def test_channels_are_mixed():
    found = decoded(wav(np.stack([TONE, np.zeros_like(TONE), hiss(0.5, loud=0.1)], 1)))
    assert (found.channels, found.is_one_channel) == (3, False)
    exact = (TONE + hiss(0.5, loud=0.1)) / 3
    np.testing.assert_allclose(found.wave, exact - exact.mean(), atol=1e-4)


def test_channels_that_cancel_leave_the_louder_one():
    found = decoded(wav(np.stack([0.9 * TONE, -TONE], 1)))
    assert found.is_one_channel
    np.testing.assert_allclose(found.wave, TONE.mean() - TONE, atol=1e-4)


def test_what_is_cut_off_at_full_scale_is_counted():
    loud = np.clip(3 * TONE, -1, 1)
    share = np.mean(np.abs(loud) == 1)
    assert share > 0.05
    assert 0.6 * share < decoded(wav(loud)).clipped <= share  # runs of fewer than four may be peaks
    assert decoded(wav(TONE * 2 / np.abs(2 * TONE).max())).clipped < 1e-3  # full scale is reached, and not left
    assert decoded(wav(loud * 0.9)).clipped == 0


def test_a_recorder_that_never_wrote_the_length_is_read_to_its_end():
    for length in (0, 0xFFFFFFFF):
        found = decoded(wav(TONE, length=length))
        assert (len(found.wave), found.is_cut_short) == (len(TONE), False)


def test_what_is_cut_short_is_read_as_far_as_it_goes():
    found = decoded(wav(TONE)[:2000])
    assert (found.is_cut_short, len(found.wave)) == (True, (2000 - 44) // 2)


@needs_miniaudio
def test_other_kinds_that_are_cut_short_are_read_so_too():
    cut = decoded(flac(TONE)[:5000])
    assert (cut.is_cut_short, len(cut.wave)) == (True, 2 * 1024)
    assert decoded(aiff(TONE)[:2000]).is_cut_short


@needs_miniaudio
def test_a_header_that_promises_more_than_there_is_promises_nothing():
    found = decoded(flac(TONE, told=2**36 - 1))
    assert (len(found.wave), found.is_cut_short) == (3 * 1024, True)
    assert not decoded(flac(TONE, told=0)).is_cut_short  # its coder did not know
    assert decoded(wav(TONE, length=2**31)).is_cut_short


@pytest.mark.parametrize(
    ("data", "why"),
    [
        pytest.param(b"", "is empty", id="nothing"),
        pytest.param(b"no sound at all", "is not a sound", id="text"),
        pytest.param(wav(TONE)[:30], "is damaged, or packed in a way", id="half a header", marks=needs_miniaudio),
        pytest.param(wav(TONE[:0]), "holds no sound", id="no values"),
        pytest.param(wav(np.zeros(4000)), "is silent", id="silence"),
        pytest.param(wav(1e-4 * TONE), "is silent", id="nearly silence"),
        pytest.param(silent_mp3(), "is silent", id="MP3 of silence", marks=needs_miniaudio),
        pytest.param(
            wav(np.full(4000, np.nan), bits=0),
            "holds values that are no numbers",
            id="not a number",
            marks=needs_miniaudio,
        ),
        pytest.param(
            wav(np.full(4000, np.inf), bits=0), "holds values that are no numbers", id="infinite", marks=needs_miniaudio
        ),
        pytest.param(
            wav(np.append(TONE, [1e38, -2e38]), bits=0),
            "holds values that are no sound's: of up to 2e+38 times full scale",
            id="numbers of anything",
            marks=needs_miniaudio,
        ),
        pytest.param(wav(TONE, rate=1), "has 1 values a second; 2,000 to 768,000 can be read", id="one a second"),
        pytest.param(wav(TONE, rate=0), "has 0 values a second", id="none a second"),
        pytest.param(wav(TONE, channels=0), "is damaged", id="no channels", marks=needs_miniaudio),
        pytest.param(wav(TONE, channels=65_535), "has 65,535 channels; 1 to 1,000 can be read", id="too many channels"),
        pytest.param(wav(TONE, kind=0x31), "holds no sound", id="GSM", marks=needs_miniaudio),
        pytest.param(flac(TONE)[:60], "holds no sound", id="FLAC without a frame", marks=needs_miniaudio),
    ],
)
def test_what_cannot_be_used_says_why(data, why):
    assert refused(data).startswith(why)


def test_what_is_added_to_each_value_is_not_heard():
    shifted = decoded(wav(TONE + 0.2))
    np.testing.assert_allclose(shifted.wave, decoded(wav(TONE)).wave, atol=1e-4)
    assert refused(wav(np.full(4000, 0.5))) == "is silent"
    assert refused(wav(np.array([0.5]))) == "is silent"  # one value is as little


@needs_miniaudio
def test_a_sound_far_above_full_scale_is_one():
    assert np.abs(decoded(wav(30_000 * TONE, bits=0)).wave).max() == pytest.approx(30_000 * TONE.max(), rel=0.01)


def test_an_endless_sound_is_left_once_it_is_too_long(monkeypatch):
    monkeypatch.setattr(sounds, "MOST_SECONDS", 3600 * 2)
    data = wav(np.tile(tone(1.0), 3))

    def endless(_data, _kind):
        return sound_decoders.Stream(RATE, 1, (one for one in repeat(np.ones((2**16, 1), np.float32))))

    monkeypatch.setattr(DECODERS, "stream", endless)
    assert refused(data) == "is longer than 120 minutes; cut it into parts"
    monkeypatch.setenv("GANSTUDIO_MEMORY_GB", "0.1")
    assert refused(data) == "is longer than 4 minutes; cut it into parts, or set GANSTUDIO_MEMORY_GB to more"
    monkeypatch.setattr(sounds, "MOST_VALUES", 10**6)
    assert refused(data) == "holds more than 1,000,000 values; cut it into parts"


# --- without miniaudio ------------------------------------------------------------------------------------------------


@needs_miniaudio
@pytest.mark.parametrize("bits", [8, 16, 24, 32])
def test_the_standard_library_reads_wav_as_miniaudio_does(monkeypatch, bits):
    two = np.stack([TONE, 0.3 * TONE], 1)
    monkeypatch.setattr(sound_decoders, "_plain_wav", lambda _data: None)
    with_it = decoded(wav(two, bits=bits)).wave
    monkeypatch.undo()
    monkeypatch.setattr(sound_decoders, "is_there", lambda _library: False)
    without = decoded(wav(two, bits=bits))
    assert (without.kind, without.channels) == ("WAV", 2)
    np.testing.assert_allclose(without.wave, with_it, atol=1e-6 if bits > 8 else 0.01)


def test_other_kinds_say_what_is_missing(monkeypatch):
    monkeypatch.setattr(sound_decoders, "is_there", lambda _library: False)
    missing = "that miniaudio reads, which is not installed; save it as WAV of 16 bits"
    assert refused(flac(TONE)) == f"is FLAC {missing}"
    assert refused(wav(TONE, bits=0)) == f"is WAV of a kind {missing}"
    assert refused(b"OggS" + bytes(24) + b"OpusHead").startswith("is Opus, which soundfile reads, and that is not")
    assert refused(wav(TONE)[:30]) == f"is WAV of a kind {missing}"


# --- a program of its own ---------------------------------------------------------------------------------------------


@needs_miniaudio
def test_a_file_that_brings_its_decoder_down_brings_down_nothing_else(monkeypatch):
    crash = "import sys; sys.stdin.buffer.read(8); import os; os.abort()"
    monkeypatch.setattr(sound_decoders.programs, "inside", lambda _name: [sys.executable, "-c", crash])
    with sounds.Decoders() as decoders:
        with pytest.raises(sounds.UnreadableSound, match=r"is damaged.*: it broke down what decodes it"):
            sounds.decoded(flac(TONE), RATE, decoders)
        monkeypatch.undo()
        assert sounds.decoded(flac(TONE), RATE, decoders).kind == "FLAC"


@needs_miniaudio
def test_what_breaks_down_later_leaves_what_came_before(monkeypatch):
    values = (9).to_bytes(4, "big") + b"V" + np.array([0.5, -0.5], np.float32).tobytes()
    header = (17).to_bytes(4, "big") + b"H" + struct.pack(">QQ", RATE, 1)
    says = f"import sys; sys.stdin.buffer.read(99); sys.stdout.buffer.write({header + values!r} + b'\\0\\0\\0\\7V')"
    monkeypatch.setattr(sound_decoders.programs, "inside", lambda _name: [sys.executable, "-c", says])
    with sounds.Decoders() as decoders:
        found = sounds.decoded(flac(TONE), RATE, decoders)
    assert (found.wave.tolist(), found.is_cut_short) == ([0.5, -0.5], True)


def test_a_program_that_does_not_start_is_told(monkeypatch):
    monkeypatch.setattr(sound_decoders.programs, "inside", lambda _name: ["/nowhere/at/all"])
    monkeypatch.setattr(sound_decoders, "is_there", lambda library: library == "miniaudio")
    with sounds.Decoders() as decoders, pytest.raises(sounds.UnreadableSound) as told:
        sounds.decoded(flac(TONE), RATE, decoders)
    assert str(told.value).startswith("can't be read, as the program that decodes it does not start: No such file")


def test_a_decoder_that_goes_in_circles_is_ended(monkeypatch):
    stuck = (
        "from ganstudio.system import decoding; decoding.STUCK = 0.2\n"
        "def endless(data):\n while True: pass\n yield b''\n"
        "decoding._DECODERS[b'm'] = endless; decoding.serve()"
    )
    monkeypatch.setattr(sound_decoders.programs, "inside", lambda _name: [sys.executable, "-c", stuck])
    monkeypatch.setattr(sound_decoders, "is_there", lambda library: library == "miniaudio")
    with sounds.Decoders() as decoders, pytest.raises(sounds.UnreadableSound, match="it broke down what decodes it"):
        sounds.decoded(flac(TONE), RATE, decoders)


@needs_miniaudio
def test_a_look_decodes_no_more_than_it_was_to():
    data = wav(np.tile(tone(1.0), 40), bits=0)
    found = sounds.decoded(data, RATE, DECODERS, until=10)
    assert 10 <= found.seconds < 10 + 2**16 / RATE
    np.testing.assert_allclose(found.wave[:8000], decoded(data).wave[:8000], atol=1e-4)


@needs_miniaudio
def test_one_program_decodes_one_file_after_the_other():
    with sounds.Decoders() as decoders:
        for _ in range(3):
            sounds.decoded(flac(TONE), RATE, decoders)
            with pytest.raises(sounds.UnreadableSound):
                sounds.decoded(b"fLaC" + bytes(99), RATE, decoders)
        assert decoders._free.qsize() == 1
    assert decoders._free.empty()


# --- kinds ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"RIFF\0\0\0\0AVI LIST", None),
        (b"\xff\xd8\xff\xe0" + bytes(40), None),  # JPEG
        (b"\xff\xfea\0b\0c\0", None),  # text in UTF-16
        (b"OggS" + bytes(24) + b"\x80theora", None),
        (b"ID3\x04\0\0\0\0\0\x0a" + bytes(10) + b"fLaC", "FLAC"),
        (b"ID3\x04\0\0\0\0\x7f\x7f" + bytes(10), "MP3"),
        (silent_mp3(2), "MP3"),
        (b"\xff\xf1\x50\x80\x02\x1f\xfc", "AAC"),
        (b"FORM\0\0\0\0AIFC", "AIFF"),
        (b"caff\0\x01\0\0", "CAF"),
    ],
    ids=str,
)
def test_kinds_are_told_by_what_a_file_begins_with(head, kind):
    assert sound_kinds.kind_of(head) == kind


def test_a_length_is_mended_only_where_it_is_none():
    data = wav(TONE)
    assert sound_kinds.with_length(data, "WAV") == (data, False)
    mended, is_cut = sound_kinds.with_length(wav(TONE, length=0), "WAV")
    assert struct.unpack_from("<I", mended, 40)[0] == len(data) - 44
    assert not is_cut


@needs_miniaudio
def test_a_statement_within_another_shares_its_programs():
    with sounds.Decoders() as outer:
        with sounds.Decoders() as inner:
            sounds.decoded(flac(TONE), RATE, inner)
        assert outer._free.qsize() == 1
        program = outer._free.queue[0]
        sounds.decoded(flac(TONE), RATE, outer)
        assert outer._free.queue == [program]
    assert program._process.poll() is not None
