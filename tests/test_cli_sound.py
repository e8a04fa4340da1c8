"""A run of sounds on the command line: heard, pictured, kept as arrays, measured."""

from __future__ import annotations

import json
import wave

import numpy as np
import pytest
from PIL import Image

from ganstudio import cli
from ganstudio.measurements.sounds import classifier


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """A small game of notes, told the pitch."""
    run = tmp_path_factory.mktemp("runs") / "notes"
    changed = ("dataset.count=450", "dataset.held_out=90", "generator.width=16", "discriminator.width=16")
    settings = [word for one in changed for word in ("--set", one)]
    assert (
        cli.main(["train", "sound_notes", *settings, "--steps", "3", "--out", str(run), "--threads", "1", "--quiet"])
        == 0
    )
    return run


def test_sounds_are_written_as_wav_pictures_and_arrays(trained, tmp_path):
    def sample(name, *more):
        assert cli.main(["sample", str(trained), "--out", str(tmp_path / name), *more]) == 0
        return tmp_path / name

    with wave.open(str(sample("one.wav"))) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate(), file.getnframes()) == (1, 2, 8000, 4096)
    with wave.open(str(sample("row.wav", "--count", "3", "--class", "C4"))) as file:
        assert file.getnframes() == 3 * 4096 + 2 * 2000  # a quarter of a second between two
        values = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert not values[4096:6096].any()
    assert np.abs(values[:4096]).max() > 300
    waves = np.load(sample("row.npy", "--count", "3", "--class", "C4"))
    assert (waves.dtype, waves.shape) == (np.int16, (3, 4096))
    np.testing.assert_array_equal(waves[1], values[6096 : 6096 + 4096])
    with np.load(sample("row.npz", "--count", "2")) as packed:
        assert (packed["samples"].shape, int(packed["rate"])) == ((2, 4096), 8000)
    with Image.open(sample("row.png", "--count", "4")) as picture:
        assert picture.size == (2 + 2 * 66, 2 + 2 * 82)


def test_another_ending_or_class_is_refused_in_words(trained, tmp_path, capsys):
    assert cli.main(["sample", str(trained), "--out", str(tmp_path / "a.mp3")]) == 2
    said = capsys.readouterr().err
    assert "samples are written as .png, " in said
    assert ".wav" in said
    assert cli.main(["sample", str(trained), "--out", str(tmp_path / "a.wav"), "--class", "C9"]) == 2
    assert "there is no class 'C9'" in capsys.readouterr().err


def test_measure_prints_what_is_heard_next_to_real_sounds_and_controls(trained, capsys, monkeypatch):
    monkeypatch.setattr(classifier, "_STEPS", 20)
    assert cli.main(["measure", str(trained), "--estimator", "neighbours", "--quiet"]) == 0
    said = capsys.readouterr().out
    assert "In tune: " in said
    assert "a Gaussian for each class: " in said
    assert "\nC4 (" in said
    assert cli.main(["measure", str(trained), "--estimator", "neighbours", "--quiet", "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["in_tune_floor"] > 0.97
    assert 0 <= figures["in_tune"] <= 1
    assert figures["measures"]["decay_jsd"]["controls"].keys() == {"a Gaussian for each class"}
    assert "measures_missing" not in figures


def test_its_notes_play_the_tunes_of_another_run(trained, tmp_path, capsys):
    from ganstudio.playing import Notes

    tunes, out = tmp_path / "tunes", tmp_path / "notes.npz"
    small = ("dataset.count=64", "dataset.held_out=0", "generator.width=16", "discriminator.width=16")
    settings = [word for one in small for word in ("--set", one)]
    assert cli.main(["train", "folk", *settings, "--steps", "2", "--out", str(tunes), "--threads", "1", "--quiet"]) == 0
    capsys.readouterr()
    assert cli.main(["notes", str(trained), "--out", str(out)]) == 0
    assert "8 pitches, C4 to C5" in capsys.readouterr().out
    found = Notes.unpacked(out.read_bytes())
    assert found.pitches == (60, 62, 64, 65, 67, 69, 71, 72)
    waves = []
    for more in ([], ["--played-by", str(trained)]):
        heard = tmp_path / "a.wav"
        assert cli.main(["sample", str(tunes), "--out", str(heard), *more]) == 0
        with wave.open(str(heard)) as file:
            assert (file.getframerate(), file.getnframes()) == (44_100, 8 * 44_100)
            waves.append(file.readframes(file.getnframes()))
    assert waves[0] != waves[1]
    for words, why in (
        (["notes", str(tunes), "--out", str(out)], "folk makes tunes, and tunes are played with sounds"),
        (["notes", str(trained), "--out", str(tmp_path / "a.wav")], "notes are written as .npz"),
        (["sample", str(tunes), "--out", str(tmp_path / "a.wav"), "--played-by", str(tunes)], "makes tunes, and tunes"),
        (["sample", str(tunes), "--out", str(tmp_path / "a.mid"), "--played-by", str(trained)], "is written as .wav"),
        (["sample", str(trained), "--out", str(tmp_path / "a.wav"), "--played-by", str(trained)], "only tunes are"),
    ):
        assert cli.main(words) == 2
        assert why in capsys.readouterr().err
