"""Sounds that were dropped, as clips: cut, sorted, kept, told of, and learnt from."""

import io
import json
import zipfile

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset, open_path, open_paths
from ganstudio.data.cache import entries as cache
from ganstudio.data.clips import cutting, naming, preparing, tones
from ganstudio.data.files import sound_sources, sounds
from ganstudio.data.identity import identify
from ganstudio.data.reading import reading
from ganstudio.data.reading.looks import count_of, sound_of
from ganstudio.data.watching import Watch
from ganstudio.experiment import ClipsSpec
from ganstudio.modalities import Sound
from tests.data.pictures_on_disk import encoded, smooth
from tests.data.sounds_on_disk import RATE, flac, folder_of, hiss, needs_miniaudio, tone, wav
from tests.file_samples import tarred, zipped

LENGTH = 4096


def voices(count=12, classes=2, seconds=0.4):
    """Sounds named as a corpus of digits is: 0_ann_3.wav."""
    names = [f"{each % classes}_ann_{each}.wav" for each in range(count)]
    return {name: wav(hiss(seconds, each)) for each, name in enumerate(names)}


def read(path, **choices):
    spec = open_path(path)[0] if not choices else ClipsSpec(path=str(path), **choices)
    return reading.read(path, spec)


# --- cutting ----------------------------------------------------------------------------------------------------------


def test_a_clip_begins_shortly_before_its_first_sound():
    wave = np.concatenate([np.zeros(2000), tone(0.3), np.zeros(3000)]).astype(np.float32)
    (start,) = cutting.starts(wave, RATE, LENGTH, "beginning")
    assert start == pytest.approx(2000 - 400, abs=20)
    (clip,) = cutting.clips(wave, [start], LENGTH)
    assert (clip.dtype, clip.shape, np.abs(clip).max()) == (np.int16, (LENGTH,), round(0.9 * 32767))
    assert np.abs(clip[400 + 2400 + 20 :]).max() == 0


def test_noise_before_a_sound_is_no_beginning():
    wave = np.concatenate([hiss(0.5, loud=0.01), tone(0.3)]).astype(np.float32)
    assert cutting.starts(wave, RATE, LENGTH, "beginning")[0] == pytest.approx(4000 - 400, abs=30)


def test_a_long_recording_is_cut_at_its_sounds():
    gap = np.zeros(6000)
    wave = np.concatenate([gap, tone(0.4), gap, tone(0.4), gap, 0.04 * tone(0.4), gap]).astype(np.float32)
    found = cutting.starts(wave, RATE, LENGTH, "auto")
    places = [6000, 6000 + 3200 + 6000]
    assert found == pytest.approx([place - 400 for place in places], abs=30)  # what is nearly silent is none
    assert cutting.starts(wave, RATE, LENGTH, "beginning") == found[:1]
    steady = np.sin(np.arange(10 * LENGTH) / 5).astype(np.float32)
    assert cutting.starts(steady, RATE, LENGTH, "auto") == list(range(0, 10 * LENGTH, LENGTH))


def test_steady_tones_are_told_from_noise_and_from_speech():
    def found(waves):
        clips = np.stack([np.rint(0.9 * 32767 * wave / np.abs(wave).max()) for wave in waves]).astype(np.int16)
        return tones.of_measures(*tones.measured(clips, RATE))

    notes = found([tone(0.512, frequency) for frequency in (262, 330, 440, 523)])
    assert (notes.representation, notes.steady, notes.low > 0.99) == ("frequency", 1.0, True)
    noises = found([hiss(0.512, seed) for seed in range(4)])
    assert (noises.representation, noises.steady) == ("magnitude", 0.0)
    glides = found([np.sin(2 * np.pi * (200 * t + 300 * t**2)) for t in [np.arange(LENGTH) / RATE]])
    assert glides.representation == "magnitude"
    high = found([tone(0.512, frequency) for frequency in (2_600, 3_100)])
    assert (high.representation, high.steady) == ("magnitude", 1.0)
    assert "energy lies above" in high.reason


# --- what there is ----------------------------------------------------------------------------------------------------


def test_a_folder_of_sounds_is_told_from_one_of_pictures(tmp_path):
    picture = encoded(smooth(np.random.default_rng(0)))
    album = folder_of(tmp_path / "album", {**voices(4), "cover.png": picture, "readme.txt": b"by nobody"})
    photos = folder_of(tmp_path / "photos", {"a.png": picture, "b.png": picture, "jingle.wav": wav(tone())})
    bare = folder_of(tmp_path / "bare", {"one": wav(tone()), "two": wav(tone())})
    assert sound_sources.holds_sounds(album, b"")
    assert not sound_sources.holds_sounds(photos, b"")
    assert sound_sources.holds_sounds(bare, b"")
    spec, dataset = open_path(album)
    assert (type(spec), dataset.count, dataset.modality.kind) == (ClipsSpec, 4, "sound")
    assert [(one.name, one.reason) for one in dataset.skipped] == [
        ("cover.png", "is not a sound"),
        ("readme.txt", "is not a sound"),
    ]


@pytest.mark.parametrize("way", ["folder", "zip", "tar", "files", pytest.param("file", marks=needs_miniaudio)])
def test_the_same_sounds_come_from_everywhere(tmp_path, way):
    files = voices(6)
    if way == "files":
        _, dataset = open_paths([folder_of(tmp_path, files) / name for name in files])
    elif way == "file":
        (tmp_path / "one.flac").write_bytes(flac(tone()))
        _, dataset = open_path(tmp_path / "one.flac")
    else:
        path = tmp_path / "sounds"
        if way == "folder":
            folder_of(path, files)
        else:
            path.write_bytes(zipped(files) if way == "zip" else tarred(files))
        _, dataset = open_path(path)
    assert dataset.count == (1 if way == "file" else 6)
    assert dataset.classes == (() if way == "file" else ("0", "1"))
    batch = dataset.draw(4, np.random.default_rng(0))
    assert (batch.dtype, batch.shape) == (np.float32, (4, *dataset.shape))
    assert np.abs(batch).max() <= 1


def commands():
    """Sounds as Speech Commands has them: words as folders, noise to be mixed in, and lists of what is for tests."""
    words = [f"{word}/{speaker}_nohash_0.wav" for word in ("left", "right", "stop") for speaker in "abcdefgh"]
    files = {name: wav(hiss(0.4, seed)) for seed, name in enumerate(words)}
    files["_background_noise_/dripping.wav"] = wav(np.tile(hiss(1.0, 99), 8))
    files["_background_noise_/README.md"] = b"about the noise"
    files["testing_list.txt"] = b"left/a_nohash_0.wav\nright/b_nohash_0.wav\nright/c_nohash_0.wav\n"
    files["validation_list.txt"] = b"stop/h_nohash_0.wav\r\nstop/there_is_none.wav\r\n"
    return files


@pytest.mark.parametrize("packing", ["folder", "zip"])
def test_speech_commands_keeps_its_lists_aside_and_leaves_noise_out(tmp_path, packing):
    path = tmp_path / "commands"
    if packing == "folder":
        folder_of(path, commands())
    else:
        path.write_bytes(zipped(commands()))
    card, dataset = read(path)
    assert dataset.classes == ("left", "right", "stop")
    assert (dataset.count, dataset.held_out) == (20, 4)
    kept = dataset.labels[20:]
    assert np.bincount(kept, minlength=3).tolist() == [1, 2, 1]
    assert any("4 sounds" in note and "testing_list.txt and validation_list.txt" in note for note in card.notes)
    assert any(
        "in _background_noise_ are there to be mixed into others, and are left out" in note for note in card.notes
    )
    assert [one.name for one in dataset.skipped] == ["_background_noise_/README.md"]
    _, every = read(path, labels="all_folders", test_split="train_on")
    assert every.classes == ("_background_noise_", "left", "right", "stop")
    assert every.count > 24
    _, trained = read(path, test_split="train_on")
    assert (trained.count, trained.held_out) == (24, 0)


def test_noise_next_to_one_other_folder_is_one_of_two_classes(tmp_path):
    files = {
        f"{folder}/{each}.wav": wav(hiss(0.3, each)) for folder in ("speech", "background_noise") for each in range(4)
    }
    _, dataset = read(folder_of(tmp_path / "two", files))
    assert dataset.classes == ("background_noise", "speech")


@pytest.mark.parametrize(
    ("name", "text", "aside"),
    [
        ("test.txt", "0_ann_0\n1_ann_1\n", 2),  # as Food-101's: without their ending
        ("train.txt", "0_ann_0.wav\n1_ann_1.wav\n", 0),
        ("test.txt", "what is tested here\nis something else\n", 0),
        ("notes.txt", "0_ann_0.wav\n1_ann_1.wav\n", 0),
        ("test_loud_list.txt", "0_ann_0.wav\n", 0),
        ("test.txt", "\n".join(f"{each % 2}_ann_{each}.wav" for each in range(12)), 0),  # all of them
    ],
    ids=["stems", "train", "prose", "not a split", "more than a split", "all"],
)
def test_a_list_of_names_is_a_split_only_where_it_says_so(tmp_path, name, text, aside):
    _, dataset = read(folder_of(tmp_path / "a", {**voices(12), name: text.encode()}))
    assert (dataset.count, dataset.held_out) == (12 - aside, aside)


@needs_miniaudio
def test_a_recording_that_was_cut_midway_is_told_on_the_card(tmp_path):
    files = {**voices(4), "0_ann_9.flac": flac(tone())[:5000]}
    card, _ = read(folder_of(tmp_path / "a", files))
    assert "1 recording is cut short; what is there is taken" in card.notes


def test_the_wave_itself_can_be_what_networks_see(tmp_path):
    path = folder_of(tmp_path / "a", voices(4))
    card, dataset = read(path, representation="wave", seconds=0.5)
    assert dataset.modality == Sound("wave", 8_000, 4096)
    assert dataset.shape == (1, 1, 4096)
    assert np.abs(dataset.at(np.arange(4))).max() == pytest.approx(0.9, abs=0.01)
    assert card.spec.representation == "wave"


def test_the_proposed_length_holds_most_of_the_recordings(tmp_path):
    files = {f"{each}.wav": wav(hiss(0.2 + 0.01 * each, each)) for each in range(40)}
    spec, _ = open_path(folder_of(tmp_path / "a", files))
    assert spec.seconds == pytest.approx(5 * 1024 / RATE)  # the tenth longest is of .56 s
    long, dataset = open_path(folder_of(tmp_path / "b", {"long.wav": wav(np.tile(hiss(1.0), 9))}))
    assert (long.seconds, long.cut) == (1.024, "auto")
    assert 7 <= dataset.count <= 10


def test_rate_length_and_representation_are_as_chosen(tmp_path):
    path = folder_of(tmp_path / "a", voices(4))
    card, dataset = read(path, rate=16_000, seconds=0.5, representation="frequency")
    assert dataset.modality == Sound("frequency", 16_000, 8192)
    assert dataset.shape == (2, 128, 64)
    assert card.spec.representation == "frequency"
    assert not any("taken as" in note for note in card.notes)
    _, plain = read(path, rate=8_000, seconds=0.5)
    assert plain.modality == Sound("magnitude", 8_000, 4096)


def test_recorded_sounds_are_heard_as_they_were(tmp_path):
    path = folder_of(tmp_path / "a", {"1_a.wav": wav(tone()), "2_a.wav": wav(hiss())})
    _, dataset = read(path, seconds=0.512)
    assert count_of(dataset) == 2
    wave, rate = sound_of(dataset, 0)
    assert (rate, wave.dtype, wave.shape) == (RATE, np.int16, (LENGTH,))
    exact = tone() / np.abs(tone()).max() * 0.9
    np.testing.assert_allclose(wave[: len(exact)] / 32767, exact, atol=1e-3)
    heard, _ = dataset.modality.sound(dataset.modality.to_people(dataset.at(np.array([0]))))
    assert heard.shape == (1, LENGTH)


# --- classes ----------------------------------------------------------------------------------------------------------


def test_folders_are_classes_before_names_are(tmp_path):
    files = {f"{['kick', 'snare'][each % 2]}/{each % 3}_{each}.wav": wav(hiss(0.3, each)) for each in range(12)}
    _, dataset = read(folder_of(tmp_path / "a", files))
    assert dataset.classes == ("kick", "snare")
    _, by_name = read(tmp_path / "a", labels=naming.BEFORE)
    assert by_name.classes == ("0", "1", "2")


def test_names_that_differ_are_no_classes():
    assert naming.by_beginning([f"{each}_x.wav" for each in range(9)]) is None
    assert naming.by_beginning(["a.wav", "b.wav"] * 9) is None
    column = naming.by_beginning(["kick_1.wav", "snare_1.wav", "kick_2.wav", "snare_2.wav", "kick_3.wav", "odd.wav"])
    assert (column.classes, column.labels.tolist()) == (("kick", "snare"), [0, 1, 0, 1, 0, -1])
    assert column.source == "the word before the first underscore of each name"


def test_a_table_next_to_the_sounds_tells_classes(tmp_path):
    files = {f"clip{each}.wav": wav(hiss(0.3, each)) for each in range(6)}
    rows = "".join(f"{name},{['cat', 'dog'][each % 2]}\n" for each, name in enumerate(files))
    card, dataset = read(folder_of(tmp_path / "a", {**files, "meta.csv": b"filename,category\n" + rows.encode()}))
    assert (dataset.classes, np.bincount(dataset.labels).tolist()) == (("cat", "dog"), [3, 3])
    assert card.skipped == ()


def test_a_test_folder_is_kept_aside(tmp_path):
    files = {
        f"{split}/{name}" if split else name: data
        for split in ("train", "test")
        for name, data in (
            (f"{each % 2}_{split}{each}.wav", wav(hiss(0.3, each + 50 * (split == "test")))) for each in range(8)
        )
    }
    card, dataset = read(folder_of(tmp_path / "a", files))
    assert (dataset.count, dataset.held_out, dataset.classes) == (8, 8, ("0", "1"))
    assert any("its 8 sounds are kept aside for measures" in note for note in card.notes)
    _, left = read(tmp_path / "a", test_split="leave_out")
    assert (left.count, left.held_out) == (8, 0)


def test_chosen_classes_and_counts(tmp_path):
    path = folder_of(tmp_path / "a", voices(20, classes=4))
    _, dataset = read(path, classes=("1", "3"), limit=6, held_out=2)
    assert (dataset.count, dataset.held_out, dataset.classes) == (4, 2, ("1", "3"))
    with pytest.raises(DatasetError, match='has no class "7"; its classes are 0, 1, 2, 3'):
        read(path, classes=("7",))
    with pytest.raises(DatasetError, match="20 sounds are to be held out, but there are 20"):
        read(path, held_out=20)


def test_windows_of_a_recording_are_held_out_together(tmp_path):
    files = {f"{each}.wav": wav(np.tile(hiss(1.0, each), 6)) for each in range(5)}
    _, dataset = read(folder_of(tmp_path / "a", files), seconds=0.512, held_out=20)
    waves = dataset.recorded(np.arange(dataset.count + 20))
    per_file = (dataset.count + 20) // 5
    of_file = {bytes(wave): index for index, wave in enumerate(waves)}
    assert len(of_file) == dataset.count + 20
    entry = cache.newest_of(tmp_path / "a")
    rows = {bytes(clip): row for row, clip in enumerate(preparing.clips_of(entry))}
    held = {int(entry.tables["recordings"][rows[bytes(wave)]]) for wave in waves[-20:]}
    drawn = {int(entry.tables["recordings"][rows[bytes(wave)]]) for wave in waves[:-20]}
    assert len(held & drawn) <= 1  # one may be parted, so that the count is what was asked for
    assert 20 // per_file <= len(held) <= 20 // per_file + 2


# --- told of ----------------------------------------------------------------------------------------------------------


def test_the_card_says_what_was_odd(tmp_path):
    loud = np.clip(8 * hiss(0.4), -1, 1)
    files = {
        **voices(3),
        "a.wav": wav(loud),
        "b.wav": wav(np.zeros(4000)),
        "c.wav": wav(np.stack([tone(), tone()], 1), 44_100),
        "d.wav": wav(np.stack([tone(0.4), -tone(0.4)], 1), 44_100),
        "e.wav": wav(tone())[:4000],
        "f.wav": b"nothing of the kind",
        "g.wav": voices(1)["0_ann_0.wav"],
        "h.wav": b"",
    }
    card, dataset = read(folder_of(tmp_path / "a", files))
    told = dict(card.facts)
    assert told["Recordings"].startswith("8, ")
    assert told["Rate"] == "8,000 Hz (6), 44,100 Hz (2)"
    assert told["Channels"] == "mono (6), stereo (2)"
    assert (told["Clipped"], told["Silent"]) == ("1 of them", "1 more, left out")
    assert {(one.name, one.reason) for one in card.skipped} == {
        ("b.wav", "is silent"),
        ("f.wav", "is not a sound"),
        ("h.wav", "is empty"),
    }
    notes = "\n".join(card.notes)
    for words in (
        "1 recording of several channels is mixed to one",
        "the channels of 1 recording cancel each other: its loudest alone is taken",
        "1 recording is cut short; what is there is taken",
        "1 clip is there again, to the sample; it can be left out",
        "8 clips are few to learn from",
        "taken as magnitude, since",
    ):
        assert words in notes
    fewer, _ = read(tmp_path / "a", duplicates="drop_exact")
    assert (fewer.count, fewer.duplicates) == (7, 1)
    assert dataset.count == 8


@pytest.mark.parametrize(
    ("files", "why"),
    [
        pytest.param({"a.wav": wav(np.zeros(999))}, '"set" holds no sound that can be used: 1 was skipped: a.wav is '
                     "silent", id="silent"),
        pytest.param({"a.wav": b"", "b.mp3": b"x"}, '"set" holds no sound that can be used: 2 were skipped: a.wav is '
                     "empty; b.mp3 is not a sound", id="none"),
    ],
)  # fmt: skip
def test_what_holds_nothing_says_why(tmp_path, files, why):
    with pytest.raises(DatasetError) as told:
        open_path(folder_of(tmp_path / "set", files))
    assert str(told.value) == f"{why}. It should hold sounds, such as WAV, FLAC or MP3 files"


def test_a_card_comes_while_it_is_read_and_pictures_of_each_clip(tmp_path):
    class Told(Watch):
        cards, shown, done = [], {}, []

        def progress(self, done, total):
            self.done.append((done, total))

        def card(self, card):
            self.cards.append(card)

        def thumbnails(self, first, images, names):
            assert (images.shape[1:], images.dtype, len(names)) == ((48, 48, 3), np.uint8, len(images))
            self.shown |= {first + each: name for each, name in enumerate(names)}

    watch, path = Told(), folder_of(tmp_path / "a", voices(40))
    reading.read(path, ClipsSpec(path=str(path), held_out=10), watch=watch)
    assert [card.complete for card in watch.cards][:1] == [False]
    assert watch.cards[-1].complete
    assert watch.cards[0].facts[0][0] == "Recordings"
    assert sorted(watch.shown) == list(range(40))
    assert sorted(watch.shown.values()) == sorted(voices(40))
    assert watch.done[-1] == (40, 40)


def test_a_preview_knows_the_classes_that_a_table_tells_once_they_are_read(tmp_path):
    names = [f"c{each}.wav" for each in range(12)]
    files = {name: wav(hiss(0.4, each)) for each, name in enumerate(names)}
    rows = "".join(f"{name},{('cat', 'dog')[each % 2]}\n" for each, name in enumerate(names))
    path = folder_of(tmp_path / "pets", {**files, "labels.csv": f"file,label\n{rows}".encode()})
    dogs = ClipsSpec(path=str(path), classes=("dog",))
    with pytest.raises(DatasetError, match='"pets" holds no sound of the classes chosen; choose others'):
        reading.preview(path, dogs, 12)
    read(path)
    assert len(reading.preview(path, dogs, 12)) == 6


def test_a_preview_shows_the_first_clips(tmp_path):
    path = folder_of(tmp_path / "a", voices(20))
    pictures = reading.preview(path, ClipsSpec(path=str(path), classes=("1",)), 12)
    assert (pictures.shape[0], pictures.shape[3], pictures.dtype) == (10, 3, np.uint8)
    with pytest.raises(DatasetError, match="holds no sound that can be used"):
        reading.preview(path, ClipsSpec(path=str(folder_of(tmp_path / "b", {"x.wav": b"x"}))), 12)


# --- kept -------------------------------------------------------------------------------------------------------------


def test_what_was_read_is_found_again(tmp_path, monkeypatch):
    path = folder_of(tmp_path / "a", voices(8))
    _, first = read(path)
    monkeypatch.setattr(preparing.decoding, "portions", lambda *_: pytest.fail("read again"))
    _, again = read(path, held_out=2, representation="frequency", seconds=open_path(path)[0].seconds)
    assert (again.count, again.held_out, again.modality.codec) == (6, 2, "frequency")
    assert np.array_equal(first.recorded(np.arange(8)), build_dataset(open_path(path)[0]).recorded(np.arange(8)))


def test_a_run_goes_on_when_the_source_is_gone(tmp_path):
    path = folder_of(tmp_path / "a", voices(8))
    spec, dataset = open_path(path)
    path.rename(tmp_path / "elsewhere")
    left = build_dataset(spec)
    assert np.array_equal(left.at(np.arange(8)), dataset.at(np.arange(8)))
    assert any("can't be read any more" in note for note in left.notes)


def test_other_sounds_are_another_set(tmp_path):
    kept = identify(open_path(folder_of(tmp_path / "a", voices(8)))[1])
    same = identify(open_path(folder_of(tmp_path / "b", voices(8)))[1])
    other = identify(open_path(folder_of(tmp_path / "c", {**voices(8), "0_ann_0.wav": wav(hiss(0.4, 99))}))[1])
    assert [one.content for one in kept.classes] == [one.content for one in same.classes]
    assert kept.classes[0].content != other.classes[0].content
    assert kept.classes[1].content == other.classes[1].content


def test_too_many_files_are_chosen_from_at_random(tmp_path, monkeypatch):
    monkeypatch.setattr(preparing, "MOST_CLIPS", 10)
    monkeypatch.setattr("ganstudio.data.clips.cards.MOST_CLIPS", 10)
    files = {f"{each // 15}/{each:02}.wav": wav(hiss(0.3, each)) for each in range(30)}
    card, dataset = read(folder_of(tmp_path / "a", files))
    assert (dataset.count, dataset.classes) == (10, ("0", "1"))
    assert "10 of 30 files are read, chosen at random" in card.notes
    long = folder_of(tmp_path / "b", {"long.wav": wav(np.tile(hiss(1.0), 30))})
    card, dataset = read(long, seconds=0.512)
    assert dataset.count == 10
    assert any("there are at most 10 clips; what comes after" in note for note in card.notes)


def test_a_memory_that_is_too_small_is_said(tmp_path, monkeypatch):
    monkeypatch.setenv("GANSTUDIO_MEMORY_GB", "0.0003")
    path = folder_of(tmp_path / "a", voices(16, seconds=0.3))
    with pytest.raises(DatasetError, match=r"a: 16 sounds of 0.512 s take .* take at most 12, or shorter ones"):
        build_dataset(ClipsSpec(path=str(path), seconds=0.512))


def test_reading_ends_when_nobody_waits_for_it(tmp_path):
    class Enough(Exception):
        pass

    class Leaving(Watch):
        def go_on(self):
            raise Enough

    path = folder_of(tmp_path / "a", {"long.wav": wav(np.tile(hiss(1.0), 60))})
    with pytest.raises(Enough):
        reading.read(path, ClipsSpec(path=str(path)), watch=Leaving())
    assert list(cache.folder().glob("*")) == []


def test_the_command_line_says_it_all(tmp_path, capsys):
    from ganstudio.cli import main

    path = folder_of(tmp_path / "voices", {**voices(12), "b.wav": wav(np.zeros(4000))})
    assert main(["datasets", str(path)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:3] == [
        "voices",
        "  a folder of sounds: its files are WAV",
        "  12 sounds of 0.512 s at 8 kHz, as log magnitude",
    ]
    for words in ("  rate: 8,000 Hz, all of them", "  silent: 1 more, left out", "    b.wav is silent"):
        assert words in lines
    assert main(["datasets", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["kind"], told["count"], told["facts"]["Channels"]) == ("sound", 12, "mono")


def test_a_broken_zip_of_sounds_says_so(tmp_path):
    path = tmp_path / "sounds.zip"
    path.write_bytes(zipped(voices(4))[:-60])
    with pytest.raises(DatasetError, match="damaged or cut short zip archive"):
        open_path(path)
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("a.wav", wav(tone()))
    broken = bytearray(file.getvalue())
    broken[60:80] = bytes(20)
    path.write_bytes(bytes(broken))
    with pytest.raises(DatasetError, match=r"a\.wav is damaged in the archive"):
        open_path(path)


def test_the_command_line_trains_on_sounds_and_says_what_it_takes(tmp_path, capsys):
    from ganstudio.cli import main

    path = folder_of(tmp_path / "voices", voices(12))
    words = ["train", "ring", "--data", str(path), "--steps", "1", "--out", str(tmp_path / "run"), "--quiet"]
    assert main(words) == 0
    told = capsys.readouterr().err
    assert "the players are told the classes of voices, as suits such data: conditioning.labels is now 'proj" in told
    assert "the networks of ring are not for sounds: taking networks of kind spectrum" in told
    assert (
        main(["sample", str(tmp_path / "run"), "--class", "1", "--count", "2", "--out", str(tmp_path / "x.wav")]) == 0
    )
    assert sounds.decoded((tmp_path / "x.wav").read_bytes(), RATE, sounds.Decoders()).rate == RATE
