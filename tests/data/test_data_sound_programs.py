"""The program that decodes sounds, and files that only seem to be many: nothing lingers, nothing goes on for long."""

import io
import struct
import subprocess
import sys
import types

import numpy as np
import pytest

from ganstudio.data.files import sound_decoders, sound_kinds, sounds
from ganstudio.system import decoding
from tests.data.sounds_on_disk import RATE, flac, tone, wav


class Kept(bytes):
    """Bytes that tell when nobody keeps them any more."""

    left = 0

    def __del__(self):
        Kept.left += 1


class Asking(io.BytesIO):
    """What is asked; it notes how many files were let go of each time that another is asked for."""

    def __init__(self, *files: bytes) -> None:
        super().__init__(b"".join((len(file) + 1).to_bytes(8, "big") + b"m" + file for file in files))
        self.left = []

    def read(self, size=-1):
        if size == 8:
            self.left.append(Kept.left)
        return Kept(super().read(size)) if size > 8 else super().read(size)


def test_between_two_files_nothing_counts_as_stuck_and_nothing_is_kept(monkeypatch):
    called = []
    monkeypatch.setattr(Kept, "left", 0)
    monkeypatch.setattr(decoding, "_grant_time", lambda: None)
    monkeypatch.setitem(decoding._DECODERS, b"m", lambda _data: iter([b"V"]))
    # As on Windows, where a timer by the clock would end a program that nobody asks anything.
    monkeypatch.setattr(decoding, "signal", types.SimpleNamespace())
    monkeypatch.setattr(
        decoding,
        "faulthandler",
        types.SimpleNamespace(
            dump_traceback_later=lambda _seconds, exit: called.append("ends"),
            cancel_dump_traceback_later=lambda: called.append("rests"),
        ),
    )
    asking, said = Asking(bytes(40), bytes(50)), io.BytesIO()
    decoding.answer(asking, said)
    assert called == ["ends", "ends", "rests"] * 2
    assert asking.left == [0, 1, 2]
    assert said.getvalue() == (b"\0\0\0\1V" + b"\0\0\0\1Z") * 2


@pytest.mark.skipif(sys.platform != "linux", reason="limits are Linux's")
def test_each_file_has_time_of_its_own():
    script = (
        "import io, resource, signal, types\n"
        "from ganstudio.system import decoding\n"
        "decoding._DECODERS[b'm'] = lambda data: iter([b'V'])\n"
        "for used in (100, 7000):\n"
        " decoding.os = types.SimpleNamespace(times=lambda: (used, 1))\n"
        " decoding.answer(io.BytesIO((2).to_bytes(8, 'big') + b'mx'), io.BytesIO())\n"
        " print(resource.getrlimit(resource.RLIMIT_CPU)[0], signal.getitimer(signal.ITIMER_PROF))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines() == ["701 (0.0, 0.0)", "7601 (0.0, 0.0)"]


def test_a_program_whose_answer_is_refused_is_ended(monkeypatch):
    header = (17).to_bytes(4, "big") + b"H" + struct.pack(">QQ", 1, 1)
    says = f"import sys; sys.stdout.buffer.write({header!r}); sys.stdout.flush(); sys.stdin.buffer.read()"
    made = []

    class Seen(sound_decoders._Program):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    monkeypatch.setattr(sound_decoders.programs, "inside", lambda _name: [sys.executable, "-c", says])
    monkeypatch.setattr(sound_decoders, "is_there", lambda library: library == "miniaudio")
    monkeypatch.setattr(sound_decoders, "_Program", Seen)
    with sounds.Decoders() as decoders:
        with pytest.raises(sounds.UnreadableSound, match="has 1 values a second"):
            sounds.decoded(flac(tone()), RATE, decoders)
        assert [program._process.returncode is not None for program in made] == [True]


@pytest.mark.parametrize("library", ["miniaudio", "soundfile"])
def test_a_library_that_is_there_and_does_not_load_is_told(monkeypatch, library):
    script = f"import sys; sys.modules[{library!r}] = None\nfrom ganstudio.system import decoding\ndecoding.serve()"
    monkeypatch.setattr(sound_decoders.programs, "inside", lambda _name: [sys.executable, "-c", script])
    monkeypatch.setattr(sound_decoders, "is_there", lambda name: name == library)
    with sounds.Decoders() as decoders:
        for _ in range(2):
            with pytest.raises(sounds.UnreadableSound, match=f"can't be read, as {library} is there but does not load"):
                sounds.decoded(flac(tone()), RATE, decoders)
        assert decoders._free.qsize() == 1


def test_a_header_followed_by_nothing_but_zeros_is_left_soon(monkeypatch):
    read = []
    unpack = struct.unpack_from
    monkeypatch.setattr(sound_kinds.struct, "unpack_from", lambda *call: read.append(call[2]) or unpack(*call))
    monkeypatch.setattr(sound_decoders, "is_there", lambda _library: False)
    monkeypatch.setattr(sound_decoders.waves, "open", lambda *_: pytest.fail("it walks over each chunk"))
    data = b"RIFF" + struct.pack("<I", 2**20) + b"WAVE" + bytes(2**20)
    with sounds.Decoders() as decoders, pytest.raises(sounds.UnreadableSound, match="is WAV of a kind"):
        sounds.decoded(data, RATE, decoders)
    assert 0 < len(read) < 10_000


def test_chunks_before_the_values_are_passed_over():
    values = np.concatenate([tone(), [0.1]])
    data = wav(values)
    more = b"JUNK" + struct.pack("<I", 3) + bytes(4)
    with_more = b"RIFF" + struct.pack("<I", len(data) + 4) + data[8:12] + more + data[12:]
    with sounds.Decoders() as decoders:
        found = sounds.decoded(with_more, RATE, decoders)
    assert len(found.wave) == len(values)
    assert sound_kinds.data_chunk(with_more) == (48, 2 * len(values))


@pytest.mark.parametrize("whole", [0, 36, 100], ids=["none", "header alone", "too short"])
@pytest.mark.parametrize("length", [0, 2 * len(tone())], ids=["no values told", "values told"])
def test_a_recorder_that_wrote_the_length_of_the_file_too_early_is_read_to_its_end(whole, length):
    data = wav(tone(), length=length)
    data = data[:4] + struct.pack("<I", whole) + data[8:]
    with sounds.Decoders() as decoders:
        found = sounds.decoded(data, RATE, decoders)
    assert (len(found.wave), found.is_cut_short) == (len(tone()), False)


@pytest.mark.parametrize(
    ("behind", "kind"), [(b"fLaC", "FLAC"), (b"", "MP3"), (b"nothing known", "MP3")], ids=["FLAC", "nothing", "text"]
)
def test_tags_upon_tags_are_passed_over(behind, kind):
    tag = b"ID3\x04\0\0\0\0\0\0"
    assert sound_kinds.kind_of(3 * tag + behind) == kind
    assert sound_kinds.kind_of(5_000 * tag + behind) == "MP3"
