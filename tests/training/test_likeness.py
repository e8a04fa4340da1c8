"""The real sample that one of G's is nearest to: samples that are read in a thread of their own, and may not be."""

from __future__ import annotations

import threading

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.experiment import FolkSpec
from ganstudio.measurements.tunes.nearest import TrainingTunes
from ganstudio.modalities import ByKind
from ganstudio.training.pictures import likeness
from ganstudio.training.pictures.likeness import Lookup

TUNE = np.zeros(32, np.int8)


@pytest.fixture
def dataset():
    return build_dataset(FolkSpec(count=30, held_out=0))


def test_it_may_be_closed_while_its_thread_is_being_begun(dataset, monkeypatch):
    begins, go_on, failed = threading.Event(), threading.Event(), []
    start = threading.Thread.start

    def held(thread):
        if thread.name == "likeness":
            begins.set()
            assert go_on.wait(60)
        start(thread)

    def close():
        try:
            lookup.close()
        except RuntimeError as error:  # a thread that is not begun yet can't be joined
            failed.append(error)

    monkeypatch.setattr(threading.Thread, "start", held)
    lookup = Lookup(dataset, lambda: None)
    asks, closes = threading.Thread(target=lookup.nearest, args=(TUNE,)), threading.Thread(target=close)
    asks.start()
    assert begins.wait(60)
    closes.start()
    closes.join(0.3)  # by when it has failed where nothing holds it up
    go_on.set()
    asks.join()
    closes.join()
    assert failed == []
    assert not lookup._thread.is_alive()
    assert lookup.nearest(TUNE) is None


@pytest.mark.parametrize(
    ("error", "why"),
    [
        (FileNotFoundError(2, "No such file or directory", "tunes.npy"), "tunes.npy: No such file or directory"),
        (MemoryError(), "there is not enough memory"),
        (ValueError("tunes.npy: line 3 is damaged"), "tunes.npy: line 3 is damaged"),
        (KeyError("unforeseen"), "an error in the program"),
    ],
    ids=["gone", "memory", "damaged", "unforeseen"],
)
def test_reading_that_fails_ends_and_tells_why(dataset, monkeypatch, error, why):
    def fails(_dataset, _wanted):
        raise error

    told, uncaught = threading.Event(), []
    monkeypatch.setattr(threading, "excepthook", lambda of: uncaught.append(of.exc_value))
    monkeypatch.setattr(likeness, "LIKENESSES", ByKind(None, melody=fails))
    lookup = Lookup(dataset, told.set)
    assert lookup.nearest(TUNE) is None
    assert told.wait(60)
    assert not lookup.reading
    assert lookup.refused == f"The training tunes can't be read: {why}."
    assert lookup.nearest(TUNE) is None  # and it is not begun anew with every move of a slider
    assert lookup.refused
    lookup._thread.join(60)
    # Once nobody asked for them, they are: they may be back.
    told.clear()
    monkeypatch.undo()
    lookup._build = TrainingTunes.of
    lookup.forgive()
    assert (lookup.reading, lookup.refused) == (False, "")
    lookup.nearest(TUNE)
    assert told.wait(60)
    assert lookup.nearest(TUNE).different >= 0
    lookup.forgive()
    assert lookup.nearest(TUNE) is not None  # what is read stays
    lookup.close()
    assert uncaught == ([error] if isinstance(error, KeyError) else [])


def test_what_could_be_read_is_found(dataset):
    there = threading.Event()
    lookup = Lookup(dataset, there.set)
    lookup.nearest(TUNE)  # which may be read by the time that it looks
    assert there.wait(60)
    assert (lookup.reading, lookup.refused) == (False, "")
    found = lookup.nearest(TUNE)
    assert found.different == (found.sample != TUNE).sum()
    lookup.close()
    assert lookup.nearest(TUNE) is None
