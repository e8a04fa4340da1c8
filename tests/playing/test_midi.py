"""Tunes as MIDI files: what other programs read is what was made."""

from __future__ import annotations

import io

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.data.files.midi import read_score
from ganstudio.experiment import FolkSpec, MidiSpec
from ganstudio.modalities import Melody
from ganstudio.modalities.music import TIMBRES, notes_of
from ganstudio.playing import as_midi
from ganstudio.playing.midi import EIGHTH

HOLD, REST = 24, 25


def some(count: int) -> np.ndarray:
    dataset = build_dataset(FolkSpec(count=max(count, 10), held_out=0, rests=0.2))
    return dataset.modality.to_people(dataset.at(np.arange(count)))


def test_the_notes_of_a_file_are_those_of_the_tune():
    (tune,) = some(1)
    score = read_score(as_midi(tune[None], Melody()))
    (voice,) = score.voices
    assert score.meters == ((0, 4.0),)
    wanted = [(n.start * EIGHTH, (n.start + n.steps) * EIGHTH, 60 + n.pitch) for n in notes_of(tune, 24)]
    assert voice.notes.tolist() == [list(one) for one in wanted]


def test_several_follow_one_another_after_a_bar_and_come_back_as_data(tmp_path):
    tunes = some(3)
    path = tmp_path / "three.mid"
    path.write_bytes(as_midi(tunes, Melody()))
    spec = MidiSpec(path=str(path), aside=0.0, least_notes=1, transpose=False)
    dataset = build_dataset(spec)
    read = dataset.modality.to_people(dataset.at(np.arange(dataset.count)))
    for place, tune in enumerate(tunes):
        window = read[place * 5]  # a bar of silence stands between two of four
        assert notes_of(window, 24) == notes_of(tune, 24)


@pytest.mark.parametrize("timbre", TIMBRES)
@pytest.mark.parametrize("tempo", [60, 133, 200])
def test_tempo_instrument_and_length_are_told(tempo, timbre):
    from mido import MidiFile

    silent = np.full((1, 32), REST, np.int8)
    silent[0, 0] = 3
    file = MidiFile(file=io.BytesIO(as_midi(silent, Melody(tempo=tempo, timbre=timbre))))
    assert (file.type, file.ticks_per_beat) == (0, 480)
    assert file.length == pytest.approx(16 * 60 / tempo, rel=1e-3)
    (program,) = [message.program for message in file.tracks[0] if message.type == "program_change"]
    assert 0 <= program < 128
