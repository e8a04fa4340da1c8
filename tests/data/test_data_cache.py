"""What was prepared is found again, whatever happened to it meanwhile, and never more than may be kept."""

import json
import os
import shutil
import subprocess
import sys
import time

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset, limits
from ganstudio.data.cache import entries as cache
from ganstudio.data.cache import storing
from ganstudio.data.images import decoding
from ganstudio.data.locks import Hold
from ganstudio.data.reading.reading import Watch, read
from ganstudio.experiment import ImagesSpec
from tests.data.pictures_on_disk import encoded, folder_of, smooth
from tests.running import PATIENCE, running


def spec_of(path, **options):
    return ImagesSpec(path=str(path), **{"size": 16} | options)


def images_of(dataset):
    return dataset.feed.bytes_at(np.arange(len(dataset.feed)))


def entries():
    return sorted(path for path in cache.folder().iterdir() if not path.name.startswith("."))


def leftovers():
    return (
        [path.name for path in cache.folder().iterdir() if path.name.startswith(".")] if cache.folder().exists() else []
    )


@pytest.fixture
def pictures(tmp_path):
    return folder_of(tmp_path / "图 集", 20)


@pytest.fixture
def unread(monkeypatch):
    """Nothing may be decoded from now on."""

    def forbidden(*_arguments, **_options):
        raise AssertionError("it was read again")

    return lambda: monkeypatch.setattr(decoding, "portions", forbidden)


# --- found again ------------------------------------------------------------------------------------------------------


def test_what_was_read_is_mapped_and_found_again(pictures, unread):
    first = build_dataset(spec_of(pictures))
    assert first.feed.is_mapped
    assert len(entries()) == 1
    assert leftovers() == []
    unread()
    again = build_dataset(spec_of(pictures))
    assert np.array_equal(images_of(first), images_of(again))
    assert (first.source, first.shape, first.count) == (again.source, again.shape, again.count)


def test_a_copy_elsewhere_of_an_archive_is_the_same(pictures, tmp_path, unread):
    packed = shutil.make_archive(str(tmp_path / "a"), "zip", pictures)
    first = build_dataset(spec_of(packed))
    unread()
    other = shutil.copy(packed, tmp_path / "b.zip")
    assert np.array_equal(images_of(first), images_of(build_dataset(spec_of(other))))
    os.remove(other)
    assert build_dataset(spec_of(other)).count == 20  # it is known to have lain there too


def test_choices_that_matter_make_another_entry_and_others_do_not(pictures, unread):
    for options in ({}, {"size": 8}, {"channels": 1}, {"fit": "stretch"}, {"background": "grey"}):
        build_dataset(spec_of(pictures, **options))
    assert len(entries()) == 5
    unread()
    build_dataset(spec_of(pictures, held_out=3, flips=True, limit=10, duplicates="drop_near"))


def test_a_changed_source_is_read_anew_and_said(pictures):
    build_dataset(spec_of(pictures))
    (pictures / "more.png").write_bytes(encoded(smooth(np.random.default_rng(99))))
    card, dataset = read(pictures, spec_of(pictures))
    assert dataset.count == 21
    assert "has changed since" in card.notes[0]
    assert read(pictures, spec_of(pictures))[0].notes[0].startswith("held in a cache")


def test_a_source_that_is_gone_is_served_and_said(pictures, unread):
    before = images_of(build_dataset(spec_of(pictures)))
    shutil.rmtree(pictures)
    unread()
    card, dataset = read(pictures, spec_of(pictures))
    assert np.array_equal(images_of(dataset), before)
    assert "can't be read any more" in card.notes[0]
    assert dataset.notes == card.notes[:1]
    with pytest.raises(DatasetError, match="there is nothing at"):
        build_dataset(spec_of(pictures, size=8))  # which was never prepared


def test_a_source_that_changes_while_it_is_read_is_refused(pictures):
    class Meddling(Watch):
        def progress(self, done, total):
            (pictures / "000.png").write_bytes(encoded(smooth(np.random.default_rng(7))))

    with pytest.raises(DatasetError, match="was changed while it was read"):
        read(pictures, spec_of(pictures), watch=Meddling())


# --- damage -----------------------------------------------------------------------------------------------------------


def cut(path):
    os.truncate(path, path.stat().st_size - 100)


def flip(path):
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)


def garble(path):
    path.write_bytes(b"{" + os.urandom(50))


@pytest.mark.parametrize("name", [cache.IMAGES, cache.TABLES, cache.FACTS])
@pytest.mark.parametrize("harm", [cut, flip, garble, os.remove])
def test_a_damaged_entry_is_made_anew(pictures, name, harm):
    before = images_of(build_dataset(spec_of(pictures))).copy()
    harm(entries()[0] / name)
    assert np.array_equal(images_of(build_dataset(spec_of(pictures))), before)
    assert len(entries()) == 1
    unharmed = cache.find(entries()[0].name)
    assert unharmed is not None
    assert np.array_equal(unharmed.images, before)


def test_an_entry_of_another_version_is_made_anew(pictures):
    build_dataset(spec_of(pictures))
    facts = entries()[0] / cache.FACTS
    facts.write_text(json.dumps(json.loads(facts.read_text()) | {"version": 0}))
    assert build_dataset(spec_of(pictures)).count == 20
    assert json.loads(facts.read_text())["version"] == cache.VERSION


# --- room -------------------------------------------------------------------------------------------------------------


def test_the_least_recently_used_is_dropped_but_none_in_use(tmp_path, monkeypatch):
    folders = [folder_of(tmp_path / name, 8, seed=seed) for seed, name in enumerate("abcd")]
    held = build_dataset(spec_of(folders[0]))
    entry = entries()[0]
    size = sum(file.stat().st_size for file in entry.iterdir())
    build_dataset(spec_of(folders[1]))
    build_dataset(spec_of(folders[2]))
    by_source = {json.loads(path.joinpath(cache.FACTS).read_text())["name"]: path for path in entries()}
    now = time.time()
    for age, name in ((300, "a"), (200, "c"), (100, "b")):
        os.utime(by_source[name] / cache.FACTS, (now - age, now - age))
    monkeypatch.setenv(limits.CACHE, str(3.5 * size / 1e9))
    build_dataset(spec_of(folders[3]))
    left = {json.loads(path.joinpath(cache.FACTS).read_text())["name"] for path in entries()}
    assert left == {"a", "b", "d"}  # a is the oldest, and in use
    assert cache.total_bytes() == pytest.approx(3 * size, rel=0.05)
    before = images_of(held)
    del held
    monkeypatch.setenv(limits.CACHE, "0")
    cache.make_room()
    assert entries() == []
    assert before.shape == (8, 3, 16, 16)


def test_more_than_may_be_kept_is_refused(pictures, monkeypatch):
    monkeypatch.setenv(limits.CACHE, "1e-5")
    with pytest.raises(DatasetError, match=r"more than the 1e-05 GB that prepared data may take.*GANSTUDIO_CACHE_GB"):
        build_dataset(spec_of(pictures))
    monkeypatch.setenv(limits.CACHE, "much")
    with pytest.raises(DatasetError, match=r'GANSTUDIO_CACHE_GB is "much"; it should be a number of gigabytes'):
        build_dataset(spec_of(pictures))


def test_where_nothing_can_be_written_it_is_held_in_memory(pictures, tmp_path, monkeypatch):
    expected = images_of(build_dataset(spec_of(pictures))).copy()
    (tmp_path / "a file").write_text("no folder")
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "a file"))
    card, dataset = read(pictures, spec_of(pictures))
    assert not dataset.feed.is_mapped
    assert np.array_equal(images_of(dataset), expected)
    assert any("held in memory" in note for note in card.notes)
    monkeypatch.setenv(limits.MEMORY, "1e-5")
    with pytest.raises(DatasetError, match=r"takes more than 1e-05 GB of memory .* set GANSTUDIO_HOME"):
        build_dataset(spec_of(pictures))


@pytest.mark.parametrize("portions", [0, 1, 2])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_disk_that_becomes_full_ends_in_memory(tmp_path, monkeypatch, portions, channels):
    path = folder_of(tmp_path / "many", 150, channels=1, side=8)
    if channels == 3:  # the last is the only one with colours: what was grey before is made colour
        (path / "zzz.png").write_bytes(encoded(smooth(np.random.default_rng(1), 8)))
    expected = images_of(build_dataset(spec_of(path, size=8))).copy()
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "home"))
    monkeypatch.setattr(storing, "_PORTION", 1)
    real, calls = shutil.disk_usage, []

    def usage(where):
        calls.append(where)
        found = real(where)
        return found if len(calls) <= portions else found._replace(free=10)

    monkeypatch.setattr(shutil, "disk_usage", usage)
    dataset = build_dataset(spec_of(path, size=8))
    assert len(calls) == portions + 1
    assert not dataset.feed.is_mapped
    assert expected.shape == (150 + (channels == 3), channels, 8, 8)
    assert np.array_equal(images_of(dataset), expected)
    assert leftovers() == []


def test_what_a_killed_program_left_is_swept_and_what_is_written_is_not(pictures):
    cache.folder().mkdir(parents=True)
    long_ago = time.time() - 3600
    for name in ("killed", "writing", "new"):
        path = cache.folder() / f".being-written-{name}"
        path.mkdir()
        (path / cache.IMAGES).write_bytes(b"half of it")
        if name != "new":
            os.utime(path / cache.IMAGES, (long_ago, long_ago))
            os.utime(path, (long_ago, long_ago))
    writing = cache.folder() / ".being-written-writing"
    hold = Hold(writing, alone=True)
    for file in (writing / ".lock", writing):
        os.utime(file, (long_ago, long_ago))
    build_dataset(spec_of(pictures))
    assert sorted(leftovers()) == [".being-written-new", ".being-written-writing"]
    hold.release()


def test_who_holds_a_folder_keeps_others_from_having_it_alone(tmp_path):
    one, two = Hold(tmp_path, alone=False), Hold(tmp_path, alone=False)
    with pytest.raises(BlockingIOError):
        Hold(tmp_path, alone=True)
    one.release()
    two.release()
    alone = Hold(tmp_path, alone=True)
    with pytest.raises(BlockingIOError):
        Hold(tmp_path, alone=False)
    alone.release()
    with pytest.raises(OSError, match="No such file"):
        Hold(tmp_path / "none", alone=False)


# --- cancelling, and others at the same time --------------------------------------------------------------------------


class Stopped(Exception):
    pass


class StopAfter(Watch):
    """Raises at its so-manieth call, whichever that is."""

    def __init__(self, calls):
        self._left = calls

    def _count(self, *_arguments):
        self._left -= 1
        if self._left < 0:
            raise Stopped

    progress = thumbnails = card = _count


def test_cancelled_at_any_moment_nothing_is_left(tmp_path):
    path = folder_of(tmp_path / "many", 70, side=8)
    for calls in range(20):
        try:
            read(path, spec_of(path, size=8), watch=StopAfter(calls))
        except Stopped:
            assert leftovers() == []
            continue
        break
    else:
        pytest.fail("it was never read to its end")
    assert calls >= 6  # thumbnails and progress of each of three portions, and the cards
    assert len(entries()) == 1


READ = """
import sys, time
from pathlib import Path
from ganstudio.data.reading.reading import Watch, read
from ganstudio.experiment import ImagesSpec
class Together(Watch):
    def progress(self, done, total):
        Path(sys.argv[2]).touch()
        while not Path(sys.argv[3]).exists():  # until the other is in the middle of it too
            time.sleep(0.005)
_, dataset = read(Path(sys.argv[1]), ImagesSpec(path=sys.argv[1], size=16), watch=Together())
print(dataset.count, dataset.feed.is_mapped, int(dataset.feed.images.astype("i8").sum()))
"""


def test_two_programs_prepare_the_same_at_once(pictures, tmp_path):
    marks = [str(tmp_path / "one"), str(tmp_path / "two")]
    one, other = ([sys.executable, "-c", READ, str(pictures), *order] for order in (marks, marks[::-1]))
    with running(one, stdout=subprocess.PIPE) as first, running(other, stdout=subprocess.PIPE) as second:
        told = [process.communicate(timeout=PATIENCE)[0] for process in (first, second)]
    assert told[0] == told[1]
    assert told[0].startswith("20 True ")
    assert len(entries()) == 1
    assert leftovers() == []
