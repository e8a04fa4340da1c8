"""MIDI files as tunes: which voice, which grid, which key; whole tunes kept aside; what is damaged is named."""

from __future__ import annotations

import io
import random
import tarfile
import zipfile
from collections import Counter

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset, limits
from ganstudio.data.files import archives
from ganstudio.data.files.midi import UnreadableMidi, is_midi, read_score
from ganstudio.data.music import preparing
from ganstudio.data.music.collection import Collection
from ganstudio.data.music.windows import NoTune, OffGrid, tune_of, windows_of
from ganstudio.data.reading.importers import propose
from ganstudio.data.reading.reading import Watch, preview, read
from ganstudio.experiment import MidiSpec
from ganstudio.modalities import Melody
from ganstudio.modalities.music import SCALE
from tests.data import midi_on_disk as disk
from tests.data.sounds_on_disk import tone, wav

MELODY = Melody()
SPEC = MidiSpec(path="x.mid")
HOLD, REST = MELODY.hold, MELODY.rest


def taken(data: bytes, **choices: object):
    return tune_of(read_score(data), SPEC.model_copy(update=choices), MELODY)


# --- files ------------------------------------------------------------------------------------------------------------


def test_notes_of_all_voices_are_read_but_no_drums():
    data = disk.midi(
        disk.track([disk.meter(3, 4)]),
        disk.track([*disk.notes([60, 64]), *disk.notes([48], channel=2, start=5), *disk.notes([40] * 9, channel=9)]),
    )
    score = read_score(data)
    assert (score.quarter, score.meters) == (480, ((0, 3.0),))
    assert [(voice.track, voice.channel) for voice in score.voices] == [(2, 1), (2, 3)]
    np.testing.assert_array_equal(score.voices[0].notes, [[0, 240, 60], [240, 480, 64]])
    assert is_midi(data)
    riff = b"RIFF\0\0\0\0RMIDdata\0\0\0\0" + data
    assert is_midi(riff)
    np.testing.assert_array_equal(read_score(riff).voices[0].notes, score.voices[0].notes)


def test_a_note_that_begins_again_ends_where_it_does_and_one_that_never_ends_is_none():
    events = [(0, b"\x90\x3c\x50"), (240, b"\x90\x3c\x50"), (480, b"\x90\x3c\x00"), (480, b"\x90\x40\x50")]
    score = read_score(disk.midi(disk.track(events)))
    np.testing.assert_array_equal(score.voices[0].notes, [[0, 240, 60], [240, 480, 60]])


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"RIFF1234WAVEfmt ", "is no MIDI file"),
        (disk.tune()[:60], "ends before"),
        (disk.midi(disk.track([]))[:12] + b"\xe7\x28" + disk.track([]), "frames of a film"),
        (disk.midi(disk.track([]), quarter=0), "no ticks to a beat"),
        (disk.midi(disk.track([(0, b"\xff\x59\x02\x63\x09")])), "a key that there is none of"),
        (disk.midi(disk.track([(0, b"\x3c\x50")])), "can't be read"),
        (disk.midi(disk.track([(2**28 - 1 + k * (2**28 - 1), b"\x90\x3c\x50") for k in range(9)])), "lasts for days"),
        (disk.tune() + bytes(2**20), "more than the 1 MB"),
        (disk.tune()[:9] + b"\x02" + disk.tune()[10:], "holds several pieces"),
        (disk.tune()[:22] + b"\x90\xff\xff\xff\xff\xff\xff", "damaged"),
    ],
    ids=["wave", "cut", "film", "no ticks", "key", "no status", "days", "large", "format 2", "endless number"],
)
def test_what_can_t_be_read_says_why(data, why):
    with pytest.raises(UnreadableMidi, match=why):
        read_score(data)


def test_damaged_files_are_read_or_refused_in_words_and_nothing_else():
    dice = random.Random(0)
    whole = [disk.tune(), disk.midi(disk.track([disk.meter(6, 8), *disk.notes([60, 61] * 20)]))]
    for _ in range(400):
        data = bytearray(dice.choice(whole))
        for _ in range(dice.choice([1, 3, 8])):
            data[dice.randrange(len(data))] = dice.randrange(256)
        if dice.random() < 0.3:
            del data[dice.randrange(14, len(data)) :]
        try:
            tune = taken(bytes(data))
        except (UnreadableMidi, NoTune):
            continue
        assert set(np.unique(tune.symbols)) <= set(range(26))
        assert all(len(window) == 32 for window in windows_of(tune, SPEC, MELODY))


# --- tunes ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shift", range(-6, 6))
def test_tunes_of_any_key_come_to_c_major(shift):
    tune = taken(disk.tune(shift))
    notes = tune.symbols[tune.symbols < 24]
    assert {int(note) % 12 for note in notes} == SCALE
    assert notes[0] % 12 == 0
    assert tune.tonic == ("C", "D♭", "D", "E♭", "E", "F", "F♯", "G", "A♭", "A", "B♭", "B")[shift % 12]
    stay = taken(disk.tune(shift), transpose=False)
    assert stay.symbols[0] % 12 == shift % 12


def test_a_tune_comes_into_reach_by_whole_octaves():
    low, high = taken(disk.tune(-24)), taken(disk.tune(24))
    np.testing.assert_array_equal(low.symbols, high.symbols)
    # Of three octaves, what is out of reach of the others is moved by itself, and no pitch is another one.
    wide = [60, 62, 64, 65, 67, 69, 71, 72, 74, 76, 88, 48] * 4
    symbols = taken(disk.midi(disk.track(disk.notes(wide)))).symbols
    assert [int(one) % 12 for one in symbols[:12]] == [pitch % 12 for pitch in wide[:12]]
    assert ((symbols >= 0) & (symbols < 24)).all()


def test_notes_are_held_and_what_lies_between_them_is_a_rest():
    symbols = taken(disk.midi(disk.track(disk.notes([60, 64, 67], step=4 * disk.EIGHTH, held=0.75)))).symbols
    np.testing.assert_array_equal(symbols, [0, HOLD, HOLD, REST, 4, HOLD, HOLD, REST, 7, HOLD, HOLD])


def test_of_notes_together_the_highest_is_the_melody():
    chords = [*disk.notes([60, 62] * 20), *disk.notes([67, 69] * 20, channel=0)]
    assert taken(disk.midi(disk.track(chords)), transpose=False).symbols[:2].tolist() == [7, 9]


def test_which_voice_is_the_melody_can_be_chosen():
    together = [event for pitch in (48, 52, 55) for event in disk.notes([pitch] * 40)]
    alone, high = disk.notes([60, 62, 64] * 8, channel=1), disk.notes([79, 81] * 3, channel=2)
    data = disk.midi(disk.track([*together, *alone, *high]))
    first = {
        track: int(taken(data, track=track, transpose=False).symbols[0]) % 12
        for track in ("auto", "first", "most_notes", "highest")
    }
    assert first == {"auto": 0, "first": 7, "most_notes": 7, "highest": 7}
    assert taken(data, track="auto").voices == 3
    assert [taken(data, track=track).track for track in ("auto", "highest")] == [1, 1]


def test_a_tune_off_the_eighths_is_left_out_and_how_far_can_be_chosen():
    sixteenths = [*disk.notes([60, 62, 64, 65] * 8), *disk.notes([67] * 16, start=40 * disk.EIGHTH + 120)]
    data = disk.midi(disk.track(sixteenths))
    with pytest.raises(OffGrid, match="has 33 % of its notes off the eighths"):
        taken(data)
    assert taken(data, off_grid=0.4).symbols.size > 32
    with pytest.raises(NoTune, match="has no notes"):
        taken(disk.midi(disk.track([])))


def test_windows_begin_at_the_bar_lines_of_the_meter():
    for over, under, eighths in ((4, 4, 8), (3, 4, 6), (6, 8, 6), (2, 4, 4)):
        data = disk.midi(disk.track([disk.meter(over, under), *disk.notes([60, 62, 64, 65] * 16)]))
        tune = taken(data)
        assert tune.bars[:3] == (0, eighths, 2 * eighths)
        assert len(windows_of(tune, SPEC, MELODY)) == (64 - 32) // eighths + 1
    changed = disk.midi(disk.track([disk.meter(4, 4), disk.meter(3, 4, 16 * 240), *disk.notes([60, 62] * 32)]))
    assert taken(changed).bars[:5] == (0, 8, 16, 22, 28)


def test_meters_that_there_are_none_of_change_nothing():
    """Such as of no quarters at all, or of bars that are shorter than the shortest note."""
    plain = taken(disk.midi(disk.track(disk.notes([60, 62, 64, 65] * 16))))
    for number, power in ((0, 2), (1, 4), (255, 0), (1, 255), (0, 0)):
        wrong = (0, b"\xff\x58\x04" + bytes([number, power, 24, 8]))
        tune = taken(disk.midi(disk.track([wrong, *disk.notes([60, 62, 64, 65] * 16)])))
        assert (tune.bars, tune.meter) == (plain.bars, plain.meter) == ((0, 8, 16, 24, 32, 40, 48, 56), 4.0)


def test_a_file_of_nothing_but_meters_takes_no_time():
    import time

    meters = [(tick, b"\xff\x58\x04" + bytes([1, 3, 24, 8])) for tick in range(20_000)]
    data = disk.midi(disk.track([*meters, *disk.notes([60, 62, 64, 65] * 3000)]))
    began = time.process_time()
    # Of the last of them, which begins off the eighths, no bar does.
    assert len(windows_of(taken(data), SPEC, MELODY)) == 84
    assert time.process_time() - began < 20


def test_a_note_over_the_bar_line_begins_the_window():
    held = disk.notes([67], step=4 * 240, start=7 * 240)
    events = [*disk.notes([60] * 7), *held, *disk.notes([60] * 60, start=11 * 240)]
    first, second = windows_of(taken(disk.midi(disk.track(events)), transpose=False), SPEC, MELODY)[:2]
    assert first[7:10].tolist() == [7, HOLD, HOLD]
    assert second[:4].tolist() == [7, HOLD, HOLD, 0]


# --- what is dropped --------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path):
    """Twenty tunes, one off the grid, one too short, one damaged, and something else."""
    for place in range(20):
        (tmp_path / f"tune {place:02}.mid").write_bytes(disk.tune(place % 5, count=48 + 8 * (place % 3)))
    (tmp_path / "off.mid").write_bytes(disk.midi(disk.track(disk.notes([60, 62] * 40, step=100))))
    (tmp_path / "short.mid").write_bytes(disk.tune(count=9))
    (tmp_path / "cut.mid").write_bytes(disk.tune()[:70])
    (tmp_path / "about.txt").write_text("tunes")
    return tmp_path


def test_a_folder_of_midi_files_becomes_windows_and_whole_tunes_are_kept_aside(folder):
    spec = propose(folder)
    assert spec == MidiSpec(path=str(folder))
    card, dataset = read(folder, spec)
    assert dict(card.facts)["Files"] == "20 of 24 hold a tune, cut into windows of four bars"
    assert dict(card.facts)["Off the eighths"] == "1 left out"
    assert dict(card.facts)["Melody"] == "the only voice, in all"
    assert dict(card.facts)["Meter"] == "4/4 (20)"
    assert dict(card.facts)["Moved from"] == "C (4), D♭ (4), D (4), E♭ (4) and 1 more"
    reasons = {one.name: one.reason for one in card.skipped}
    assert "off the eighths" in reasons["off.mid"]
    assert "no four bars with 12 notes" in reasons["short.mid"]
    assert "damaged" in reasons["cut.mid"]
    assert reasons["about.txt"] == "is no MIDI file"
    # Two of twenty, each with all of its windows: 48, 56 or 64 eighths make 3, 4 or 5 of them.
    assert card.held_out == dataset.held_out in range(6, 11)
    assert (dataset.count or 0) + dataset.held_out == 7 * 3 + 7 * 4 + 6 * 5
    assert dataset.at(np.arange(3)).shape == (3, 32, 26)
    assert build_dataset(spec.model_copy(update={"aside": 0.0})).held_out == 0


def test_an_archive_and_a_single_file_are_read_too(folder, tmp_path):
    packed = tmp_path / "tunes.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for path in sorted(folder.glob("tune *.mid")):
            archive.write(path, path.name)
    assert propose(packed).kind == "midi"
    assert build_dataset(propose(packed)).count == build_dataset(propose(folder)).count
    one = folder / "tune 00.mid"
    card, dataset = read(one, propose(one))
    assert (card.verdict, dataset.count) == ("a MIDI file, by what it begins with", 3)
    assert any("few to learn from" in note for note in card.notes)
    assert preview(packed, propose(packed), 5).shape == (5, 80, 132, 3)


def test_one_window_and_one_tune_are_told_as_one():
    one = Collection(windows=[np.zeros(32, np.int8)], of=[0], names=["a.mid"], files=1, meters=Counter({3.5: 1}))
    uneven, few = one.notes()
    assert uneven.startswith("1 tune has bars that")
    assert few == "1 window is little to learn from: D may learn it by heart"


def test_a_second_opening_reads_no_file_and_tells_the_same(folder, monkeypatch):
    from ganstudio.data.music import preparing

    spec = propose(folder)
    before, first = read(folder, spec)

    def no_more(_data: bytes):
        raise AssertionError("a file is read again")

    monkeypatch.setattr(preparing, "read_score", no_more)
    card, again = read(folder, spec)
    assert (card.facts, card.skipped, card.notes, card.count) == (
        before.facts,
        before.skipped,
        before.notes,
        before.count,
    )
    everything = np.arange((first.count or 0) + first.held_out)
    np.testing.assert_array_equal(again.at(everything), first.at(everything))
    # How it is split and seen is no part of it.
    other = build_dataset(spec.model_copy(update={"aside": 0.5, "seen": "events"}))
    assert other.shape == (32, 4)
    assert other.held_out > first.held_out
    with pytest.raises(AssertionError):
        build_dataset(spec.model_copy(update={"transpose": False}))


def test_what_was_prepared_serves_when_the_files_are_gone_and_is_read_anew_when_they_change(folder, tmp_path):
    packed = tmp_path.parent / f"{tmp_path.name}.zip"
    names = [f"tune {place:02}.mid" for place in range(12)]
    for chosen, note in ((names, ""), (names[:11], "has changed since it was prepared")):
        with zipfile.ZipFile(packed, "w") as archive:
            for name in chosen:
                archive.write(folder / name, name)
        card, dataset = read(packed, propose(packed))
        assert dict(card.facts)["Files"].startswith(f"{len(chosen)} of {len(chosen)} hold a tune")
        assert any(note in one for one in (*card.notes, ""))
    packed.unlink()
    card, left = read(packed, MidiSpec(path=str(packed)))
    assert any("can't be read any more" in note for note in card.notes)
    assert left.count in (45, dataset.count)  # the newest; two of one second are either


def test_reading_is_given_up_where_it_is_not_wanted_any_more_and_nothing_half_is_kept(folder):
    class Enough(Exception):
        pass

    class Leaving(Watch):
        def progress(self, done, _total):
            if done == 5:
                raise Enough

    with pytest.raises(Enough):
        read(folder, propose(folder), watch=Leaving())
    card, _ = read(folder, propose(folder))
    assert dict(card.facts)["Files"] == "20 of 24 hold a tune, cut into windows of four bars"


def test_what_is_read_is_shown_with_the_names_of_its_files(folder):
    shown = []

    class Looking(Watch):
        wants_thumbnails = True

        def thumbnails(self, first, images, names):
            shown.append((first, images.shape[1:], names[0]))

    read(folder, propose(folder), watch=Looking())
    assert shown == [(0, (48, 48, 3), "tune 00.mid")]


def test_nothing_usable_is_told_with_a_reason(tmp_path):
    (tmp_path / "a.mid").write_bytes(disk.tune()[:70])
    (tmp_path / "b.mid").write_bytes(disk.tune(count=4))
    with pytest.raises(DatasetError, match=r"holds no tune of four bars in eighths: a.mid is damaged.*, and 1 more"):
        build_dataset(propose(tmp_path))
    with pytest.raises(DatasetError, match="holds no tune"):
        preview(tmp_path, propose(tmp_path))


def test_sounds_with_a_midi_file_beside_them_are_sounds(tmp_path):
    for name in ("a", "b"):
        (tmp_path / f"{name}.wav").write_bytes(wav(tone()))
    (tmp_path / "score.mid").write_bytes(disk.tune())
    assert propose(tmp_path).kind == "clips"


# --- given up ---------------------------------------------------------------------------------------------------------


class Asked(Watch):
    """Counts how often it is asked whether to go on."""

    def __init__(self) -> None:
        self.count = 0

    def go_on(self) -> None:
        self.count += 1


@pytest.mark.parametrize("packed", ["folder", "x.zip", "x.tar.gz"])
def test_reading_asks_at_each_file_whether_it_is_still_wanted_also_at_those_that_are_skipped(tmp_path, packed):
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "zz.mid").write_bytes(disk.tune())
    for number in range(20):  # too long to be read
        (folder / f"{number:02d}.mid").write_bytes(bytes(2**21))
    path = tmp_path / packed
    if packed == "x.zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for one in sorted(folder.iterdir()):
                archive.write(one, one.name)
    elif packed == "x.tar.gz":
        with tarfile.open(path, "w:gz") as archive:
            for one in sorted(folder.iterdir()):
                archive.add(one, one.name)
    asked = Asked()
    card, _ = read(path, MidiSpec(path=str(path)), watch=asked)
    assert len(card.skipped) == 20
    assert asked.count >= 21


def test_what_lies_between_in_a_packed_archive_is_passed_over_in_leaps(tmp_path, monkeypatch):
    monkeypatch.setattr(archives, "_LEAP", 2**20)
    path = tmp_path / "x.tar.gz"
    with tarfile.open(path, "w:gz") as archive:
        for name, data in (("a.mid", bytes(12 * 2**20)), ("b.mid", disk.tune())):
            one = tarfile.TarInfo(name)
            one.size = len(data)
            archive.addfile(one, io.BytesIO(data))
    asked = Asked()
    card, _ = read(path, MidiSpec(path=str(path)), watch=asked)
    assert [one.name for one in card.skipped] == ["a.mid"]
    assert asked.count >= 12


def test_windows_are_held_to_the_cache_s_limit_before_they_are_copied(folder, monkeypatch):
    monkeypatch.setattr(preparing, "_PORTION", 2)
    monkeypatch.setattr(limits, "cache_bytes", lambda: 100)
    with pytest.raises(DatasetError, match="choose fewer files"):
        build_dataset(MidiSpec(path=str(folder)))
