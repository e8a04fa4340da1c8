"""Folk tunes made by rules: each rule holds, and the same seed makes the same tunes."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.data import DatasetError, build_dataset
from ganstudio.data.music.dataset import music_dataset
from ganstudio.data.music.folk import CHORDS, DEGREES
from ganstudio.experiment import FolkSpec
from ganstudio.modalities import Melody
from ganstudio.modalities.music import SCALE, notes_of, repeats


def tunes(**more: object) -> tuple[np.ndarray, object]:
    dataset = build_dataset(FolkSpec(**({"count": 600, "held_out": 100} | more)))
    return dataset.modality.to_people(dataset.at(np.arange(dataset.count + dataset.held_out))), dataset


def test_all_notes_are_of_the_scale_and_the_last_is_the_tonic():
    made, _ = tunes()
    for tune in made:
        notes = notes_of(tune, 24)
        assert {note.pitch % 12 for note in notes} <= SCALE
        assert notes[-1].pitch % 12 == 0


def test_each_bar_begins_with_a_note_of_its_chord():
    made, _ = tunes(repeated=0.0)
    for tune in made[:200]:
        for number in range(4):
            # The last note of all is the tonic, whatever chord there is.
            last = np.flatnonzero(tune < 24)[-1]
            if number * 8 != last:
                assert DEGREES.index(tune[number * 8]) % 7 in CHORDS[number]


@pytest.mark.parametrize(("share", "low", "high"), [(0.7, 0.65, 0.75), (0.0, 0.0, 0.01), (1.0, 1.0, 1.0)])
def test_as_many_halves_come_again_as_asked(share, low, high):
    made, dataset = tunes(repeated=share)
    assert low <= dataset.factors["repeated"].mean() <= high
    known = dataset.factors["repeated"] > 0
    # A tonic in place of the last note may be the one symbol of sixteen that differs.
    assert (repeats(made, 24) >= known).all()
    assert low <= repeats(made, 24).mean() <= high


def test_rests_are_as_frequent_as_asked():
    made, _ = tunes(rests=0.0)
    assert not (made == 25).any()
    made, _ = tunes(rests=0.5, repeated=0.0)
    begins = (made != 24).reshape(-1, 4, 8)[:, :, 1:]
    assert 0.45 < (made == 25).sum() / begins.sum() < 0.55


def test_the_same_seed_makes_the_same_tunes_and_another_others():
    made, again, other = (tunes(seed=seed)[0] for seed in (0, 0, 1))
    np.testing.assert_array_equal(made, again)
    assert (made != other).any(1).mean() > 0.95


def test_those_held_out_are_never_drawn():
    dataset = build_dataset(FolkSpec(count=10, held_out=50))
    drawn = dataset.modality.to_people(dataset.draw(400, np.random.default_rng(0)))
    known = {tune.tobytes() for tune in dataset.modality.to_people(dataset.at(np.arange(10)))}
    assert {tune.tobytes() for tune in drawn} == known


def test_holding_all_out_is_refused():
    with pytest.raises(DatasetError, match="hold out fewer"):
        music_dataset("Two", np.zeros((2, 32), np.int8), Melody(), source="", held_out=2)
