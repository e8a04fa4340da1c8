"""The player and its device, which in tests is none: miniaudio's null backend, or one that takes what it is given."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from importlib import metadata, util

import numpy as np
import pytest

from ganstudio.playing import RATE, Player, abilities, described, devices, player, prepared
from ganstudio.playing.devices import NO_DEVICE, Clock, NoSoundError, open_device

has_miniaudio = pytest.mark.skipif(util.find_spec("miniaudio") is None, reason="no wheel of miniaudio here")


@pytest.fixture(autouse=True)
def silent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(devices.CHOICE, "null")


def note(seconds: float = 0.1) -> np.ndarray:
    return prepared((20_000 * np.sin(np.arange(round(seconds * 8000)) * 0.3)).astype(np.int16), 8000)


def until(check, seconds: float = 20) -> None:
    end = time.monotonic() + seconds
    while not check():
        assert time.monotonic() < end, "it did not come to that"
        threading.Event().wait(0.01)


def sound_threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("sound")]


class Fake:
    """A device that takes values by hand."""

    name = "fake"

    def __init__(self, mixer) -> None:
        self.mixer, self.calls, self.taken = mixer, [], []

    def start(self) -> None:
        self.calls.append("start")

    def stop(self) -> None:
        self.calls.append("stop")

    def close(self) -> None:
        self.calls.append("close")

    def take(self, frames: int = 441) -> np.ndarray:
        self.taken.append(self.mixer.mix(frames))
        return self.taken[-1]


@has_miniaudio
def test_a_sound_runs_through_the_null_backend_in_real_time() -> None:
    here = Player()
    assert here.device == ""
    begun = time.monotonic()
    here.play(note(0.5), "a")
    until(lambda: here.heard)
    assert here.device == "Null"
    assert here.heard[0][0] == "a"
    shares = []
    while here.heard:
        shares.append(here.heard[0][1])
        threading.Event().wait(0.02)
    assert 0.3 < time.monotonic() - begun < 20
    assert len(set(shares)) > 4
    assert shares == sorted(shares)
    assert here.trouble == ""
    here.close()
    assert sound_threads() == []


def test_where_there_is_no_device_the_time_passes_all_the_same() -> None:
    def none(_mixer):
        raise NoSoundError(NO_DEVICE)

    here = Player(none)
    here.play(note(0.2), "a")
    until(lambda: here.heard)
    assert here.trouble == "No sound device here. Save as WAV instead."
    until(lambda: here.silent)
    here.close()
    assert sound_threads() == []


def test_playing_returns_at_once_however_long_the_device_takes() -> None:
    gate, made = threading.Event(), []

    def slow(mixer):
        gate.wait(20)
        made.append(Fake(mixer))
        return made[-1]

    here = Player(slow)
    begun = time.monotonic()
    for tag in range(3):
        here.play(note(), tag)
    assert time.monotonic() - begun < 1
    gate.set()
    until(lambda: made and made[0].calls)
    made[0].take(2000)
    assert [tag for tag, _ in here.heard] == [2]  # of those that waited, the last
    here.close()
    assert made[0].calls[-2:] == ["stop", "close"]


def test_a_device_rests_in_silence_and_begins_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_REST_S", 0.02)
    monkeypatch.setattr(player, "_LOOK_S", 0.01)
    monkeypatch.setattr(player, "_LOST", 10_000)  # however late this thread comes to take
    made = []

    def opened(mixer):
        made.append(Fake(mixer))
        return made[-1]

    here = Player(opened)
    for turn in range(1, 3):
        here.play(note(0.05))
        until(lambda turn=turn: made and made[0].calls.count("start") == turn)
        while not here.silent:
            made[0].take()
        until(lambda turn=turn: made[0].calls.count("stop") == turn)
    assert len(made) == 1
    here.close()


def test_a_device_that_is_pulled_out_is_opened_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_LOOK_S", 0.01)
    made = []

    def opened(mixer):
        if made:
            raise NoSoundError(NO_DEVICE)
        made.append(Fake(mixer))
        return made[-1]

    here = Player(opened)
    here.play(note(0.1))  # which the fake does not take
    until(lambda: here.trouble)
    assert made[0].calls == ["start", "stop", "close"]
    until(lambda: here.silent)
    here.close()
    assert sound_threads() == []


def test_devices_that_never_take_anything_are_left_for_the_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(player, "_LOOK_S", 0.01)
    made, told = [], []

    def opened(mixer):
        made.append(Fake(mixer))
        return made[-1]

    here = Player(opened)
    here.play(note(0.1))
    until(lambda: here.silent)  # as the time has passed
    told.append(here.trouble)
    here.close()
    assert len(made) == 2
    assert told == [NO_DEVICE]
    assert all(one.calls == ["start", "stop", "close"] for one in made)


class Broken:
    """miniaudio, as it is where something is wrong with it; at: what of a device fails."""

    class MiniaudioError(Exception):
        pass

    class SampleFormat:
        FLOAT32 = 5

    def __init__(self, at: str, error: type[Exception]) -> None:
        self.at, self.error = at, error
        self.Backend = dict.fromkeys(("NULL", *devices._BACKENDS), 0)

    def PlaybackDevice(self, **_settings):
        self._fail("open")
        return self

    backend = "fake"
    running = True

    def start(self, _values) -> None:
        self._fail("start")

    def stop(self) -> None:
        self._fail("stop")

    def close(self) -> None:
        self._fail("close")

    def _fail(self, where: str) -> None:
        if where == self.at:
            raise self.error("it does not work")


@pytest.mark.parametrize("error", [Broken.MiniaudioError, OSError, RuntimeError, AttributeError, KeyError])
@pytest.mark.parametrize("at", ["open", "start", "stop", "close"])
def test_whatever_fails_in_the_library_the_time_passes(monkeypatch: pytest.MonkeyPatch, at, error) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", Broken(at, error))
    monkeypatch.setattr(player, "_LOOK_S", 0.01)
    monkeypatch.setattr(player, "_REST_S", 0.02)
    here = Player()
    for _ in range(2):
        here.play(note(0.05))
        until(lambda: here.silent and here.trouble == NO_DEVICE)
    here.close()
    assert sound_threads() == []


def test_a_version_that_lacks_a_backend_is_no_device(monkeypatch: pytest.MonkeyPatch) -> None:
    library = Broken("", OSError)
    library.Backend = {}
    monkeypatch.setitem(sys.modules, "miniaudio", library)
    with pytest.raises(NoSoundError, match=NO_DEVICE):
        open_device(None)


def test_half_the_volume_is_half_as_loud_to_the_ear() -> None:
    here = Player(Fake)
    assert here.volume == 1
    here.volume = 0.5
    assert here.mixer.gain == pytest.approx(10 ** (-10 / 20), rel=0.01)
    for given, kept in ((0.0, 0.0), (-1.0, 0.0), (2.0, 1.0)):
        here.volume = given
        assert (here.volume, here.mixer.gain) == (kept, kept)


def test_without_miniaudio_it_is_said_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "miniaudio", None)
    with pytest.raises(NoSoundError, match="pip install miniaudio"):
        open_device(None)
    monkeypatch.setattr(devices.programs, "is_frozen", lambda: True)
    with pytest.raises(NoSoundError, match=r"can't play sounds\. Save as WAV"):
        open_device(None)

    def missing(_name: str) -> str:
        raise metadata.PackageNotFoundError

    monkeypatch.setattr(metadata, "version", missing)
    found = abilities()
    assert found == {"miniaudio": None, "device": None, "error": devices.no_library()}
    assert described(found) == [("Sound", "not played: miniaudio is not in this build; WAV files can be saved")]
    monkeypatch.setattr(devices.programs, "is_frozen", lambda: False)
    ((_, words),) = described(found)
    assert words == "not played: miniaudio is missing (python -m pip install miniaudio); WAV files can be saved"
    ((_, words),) = described(found | {"miniaudio": "1.71", "error": NO_DEVICE})
    assert words == "not played: no sound device was found; WAV files can be saved"


@has_miniaudio
def test_the_doctor_tries_the_device() -> None:
    found = abilities()
    assert found["device"] == "Null"
    assert described(found) == [("Sound", f"played through Null (miniaudio {found['miniaudio']})")]


@has_miniaudio
@pytest.mark.skipif(sys.platform != "linux", reason="ALSA is Linux's")
def test_nothing_is_written_to_the_terminal_where_there_is_no_device(monkeypatch, tmp_path) -> None:
    monkeypatch.delenv(devices.CHOICE)
    # No card and no server: whatever this computer has, nothing is to be played.
    (tmp_path / "asound.conf").write_text('pcm.!default { type hw card "none" }\n')
    monkeypatch.setenv("ALSA_CONFIG_PATH", str(tmp_path / "asound.conf"))
    monkeypatch.setenv("PULSE_SERVER", "unix:/nowhere")
    script = (
        "from ganstudio.playing.devices import NoSoundError, open_device\n"
        "from ganstudio.playing import Mixer\n"
        "try: open_device(Mixer())\n"
        "except NoSoundError as error: print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout, done.stderr) == (NO_DEVICE + "\n", "")


def test_the_clock_can_be_stopped_twice_and_makes_up_for_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([0.0, 0.05, 500.0, *np.arange(500.1, 600, 0.1)])
    monkeypatch.setattr(devices.time, "monotonic", lambda: next(times))
    taken = []

    class Counting:
        def mix(self, frames: int) -> None:
            taken.append(frames)

    clock = Clock(Counting())
    clock.start()
    until_taken = threading.Event()
    while len(taken) < 3:
        until_taken.wait(0.01)
    clock.stop()
    clock.stop()
    clock.close()
    assert taken[0] == round(0.05 * RATE)
    assert max(taken) == RATE // 10


def test_closing_before_anything_was_played_and_playing_after_it() -> None:
    here = Player()
    here.close()
    here.play(note())
    assert here.silent
    assert sound_threads() == []
