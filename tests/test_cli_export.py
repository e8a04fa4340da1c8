"""The verb export: what a run makes, as files."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from PIL import Image

from ganstudio import cli
from ganstudio.directions import unit
from ganstudio.export import ExportError, check_place
from ganstudio.modalities.music import notes_of
from ganstudio.origins import read_origin
from ganstudio.presets import dumps, load_preset, with_setting
from ganstudio.run import RunFolder, find_run, keep_directions, mark_of
from ganstudio.training.checkpoints import loaded
from ganstudio.training.checkpoints.loaded import load_generator
from ganstudio.walks import Walk, drawn
from tests.full_disk import full_disk


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    """A folder with a run of points and one of images by class."""
    folder = tmp_path_factory.mktemp("runs")
    for name in ("ring", "conditional"):
        experiment = load_preset(name)
        for path, value in {"schedule.steps": 8, "schedule.batch_size": 8, "device.threads": 1}.items():
            experiment = with_setting(experiment, path, value)
        (folder / f"{name}.toml").write_text(dumps(experiment))
        assert cli.main(["train", str(folder / f"{name}.toml"), "--out", str(folder / name), "--quiet", "--json"]) == 0
    return folder


def export(run, out, *words) -> int:
    return cli.main(["export", str(run), "--out", str(out), "--quiet", *map(str, words)])


def test_samples_in_a_folder_are_those_of_their_seeds(runs, tmp_path) -> None:
    assert export(runs / "conditional", tmp_path / "all", "--what", "samples", "--count", 3, "--seed", 5) == 0
    names = ["seed-0005.png", "seed-0006.png", "seed-0007.png"]
    assert sorted(path.name for path in (tmp_path / "all").iterdir()) == names
    origin = read_origin(tmp_path / "all" / names[1])
    assert (origin.seed, origin.step, origin.run, len(origin.latents)) == (6, 8, "conditional", 1)
    assert find_run(runs, "another", mark_of(runs / "conditional")) == runs / "conditional"
    again = tmp_path / "again.png"
    assert export(runs / "conditional", again, *origin.words) == 0
    with Image.open(again) as one, Image.open(tmp_path / "all" / names[1]) as other:
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))
    # The file itself says which latents: of the same ones G makes the same.
    assert export(runs / "conditional", again, "--what", "samples", "--latents", tmp_path / "all" / names[1]) == 0
    with Image.open(again) as one, Image.open(tmp_path / "all" / names[1]) as other:
        np.testing.assert_array_equal(np.asarray(one), np.asarray(other))


def test_many_latents_in_words_are_numbers_and_negative_ones_come_back(runs, tmp_path) -> None:
    """A line of them is longer than a file's name may be, and -1 at its beginning is no option."""
    numbers = ",".join([f"-0.{'1' * 20}"] * 16 + ["0"] * 9 + ["1"])
    assert len(numbers) > 255
    words = ("--what", "samples", f"--latents={numbers}")
    assert export(runs / "conditional", tmp_path / "a.png", *words) == 0
    assert export(runs / "conditional", tmp_path / "all", *words) == 0
    for path in (tmp_path / "a.png", tmp_path / "all" / "sample-0000.png"):
        origin = read_origin(path)
        assert export(runs / "conditional", tmp_path / "again.png", *origin.words) == 0
        np.testing.assert_array_equal(read_origin(tmp_path / "again.png").latents, origin.latents)


def test_an_export_of_latents_in_a_file_names_no_path(runs, tmp_path) -> None:
    np.save(tmp_path / "mine.npy", np.array([[0.5, -1.0]]))
    assert export(runs / "ring", tmp_path / "a.npz", "--what", "samples", "--latents", tmp_path / "mine.npy") == 0
    origin = read_origin(tmp_path / "a.npz")
    assert origin.words == ()
    np.testing.assert_array_equal(origin.latents, np.float32([[0.5, -1.0]]))
    assert b"mine.npy" not in (tmp_path / "a.npz").read_bytes()


def test_points_are_arrays_and_tables(runs, tmp_path) -> None:
    assert export(runs / "ring", tmp_path / "a.npz", "--what", "samples", "--count", 20) == 0
    assert export(runs / "ring", tmp_path / "a.csv", "--what", "samples", "--count", 20) == 0
    with np.load(tmp_path / "a.npz") as stored:
        np.testing.assert_allclose(np.loadtxt(tmp_path / "a.csv", delimiter=","), stored["samples"], rtol=1e-6)
    assert read_origin(tmp_path / "a.npz").latents.shape == (20, 2)


def test_a_sheet_by_class_and_one_between_corners(runs, tmp_path) -> None:
    assert export(runs / "conditional", tmp_path / "sheet.png", "--what", "grid") == 0
    latents = read_origin(tmp_path / "sheet.png").latents
    np.testing.assert_array_equal(latents[0, :16], latents[9, :16])
    np.testing.assert_array_equal(latents[:10, 16:], np.eye(10))
    assert export(runs / "conditional", tmp_path / "c.png", "--what", "corners", "--columns", 3) == 0
    with Image.open(tmp_path / "c.png") as picture:
        assert picture.size == (3 * 34 + 2, 3 * 34 + 2)


def test_a_walk_and_a_film_have_their_frames(runs, tmp_path) -> None:
    words = ("--what", "walk", "--count", 3, "--fps", 4, "--seconds", 1, "--size", 64)
    assert export(runs / "conditional", tmp_path / "w.webp", *words) == 0
    assert export(runs / "ring", tmp_path / "w.gif", *words, "--open") == 0
    assert export(runs / "ring", tmp_path / "f.gif", "--what", "film", "--count", 100) == 0
    for name, frames, size in (("w.webp", 12, (64, 64)), ("w.gif", 8, (256, 256)), ("f.gif", 2, (256, 256))):
        with Image.open(tmp_path / name) as film:
            assert 1 <= getattr(film, "n_frames", 1) <= frames
            assert film.size == size
    with Image.open(tmp_path / "w.webp") as film:
        assert film.n_frames == 12
    assert read_origin(tmp_path / "w.webp").latents.shape == (3, 26)


def test_a_walk_along_a_direction_of_the_run(runs, tmp_path, capsys) -> None:
    direction = unit([3, 4], "slant")
    keep_directions(runs / "ring", [direction, unit([1, 0], "-tilt")])
    words = ("--what", "walk", "--fps", 4, "--seconds", 1, "--size", 64, "--seed", 3)
    assert export(runs / "ring", tmp_path / "w.webp", *words, "--along", "slant") == 0
    with Image.open(tmp_path / "w.webp") as film:
        assert film.n_frames == 8
    assert "--along" in read_origin(tmp_path / "w.webp").words
    assert export(runs / "ring", tmp_path / "t.webp", *words, "--along=-tilt") == 0
    again = read_origin(tmp_path / "t.webp").words
    assert "--along=-tilt" in again  # in one word, so that it can be asked for again
    assert export(runs / "ring", tmp_path / "u.webp", *again) == 0
    assert export(runs / "ring", tmp_path / "w.webp", *words, "--along", "width") == 2
    assert "--along width: is no direction of this run; it keeps 'slant'" in capsys.readouterr().err


def test_curves_are_all_numbers_of_the_run(runs, tmp_path) -> None:
    assert export(runs / "ring", tmp_path / "c.csv", "--what", "curves") == 0
    with (tmp_path / "c.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["step"]) for row in rows] == list(range(1, 9))
    assert all(np.isfinite(float(row["d_loss"])) for row in rows)
    assert export(runs / "ring", tmp_path / "c.png", "--what", "curves") == 0


def test_what_is_wrong_is_said_in_words(runs, tmp_path, capsys) -> None:
    for words, told in (
        (("a.xyz", "--what", "walk"), "films are written as .gif, .webp, .avif"),
        (("a.xyz", "--what", "model"), "G is written as .pt2"),
        (("a.xyz", "--what", "curves"), "curves are written as .csv"),
        (("a.png", "--what", "grid", "--latents", "1,2,3"), "takes points of 2 finite numbers"),
        (("a.png", "--what", "grid", "--latents", "one"), "expected numbers with commas between"),
        (("a.gif", "--what", "walk", "--count", "5000"), "6,000 are the most"),
        (("a.png", "--what", "grid", "--class", "7"), "was trained without classes"),
        (("a.png", "--what", "corners", "--count", "3"), "takes four points"),
        (("a.png", "--what", "grid", f"--latents={','.join(['0.5'] * 200)}"), "takes points of 2 finite numbers"),
        (("a.png", "--what", "grid", "--latents", "1e300,1"), "takes points of 2 finite numbers"),
    ):
        assert export(runs / "ring", tmp_path / words[0], *words[1:]) == 2
        assert told in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("array", "told"),
    [
        (np.array([["a", "b"]]), "not an array of numbers"),
        (np.array([[1j, 2]]), "not an array of numbers"),
        (np.array([[1e300, 0]]), "finite numbers"),
        (np.zeros((1, 2, 2)), "finite numbers"),
        (np.zeros((0, 2)), "finite numbers"),
    ],
    ids=["words", "complex", "too large", "deeper", "none"],
)
def test_an_array_that_holds_no_latents_is_refused_in_words(runs, tmp_path, capsys, array, told) -> None:
    np.save(tmp_path / "l.npy", array)
    assert export(runs / "ring", tmp_path / "a.png", "--what", "grid", "--latents", tmp_path / "l.npy") == 2
    assert told in capsys.readouterr().err


def test_a_walk_of_tunes_is_one_midi_file(tmp_path, capsys) -> None:
    train = ["train", "folk", "--set", "schedule.steps=2", "--set", "dataset.count=200", "--threads", "1", "--quiet"]
    assert cli.main([*train, "--out", str(tmp_path / "folk")]) == 0
    words = ("--what", "walk", "--count", 2, "--seed", 3, "--open")
    assert export(tmp_path / "folk", tmp_path / "walk.mid", *words) == 0
    from mido import MidiFile

    loaded = load_generator(tmp_path / "folk")
    walk = Walk(spec=loaded.latent, pins=np.stack([drawn(loaded.latent, seed) for seed in (3, 4)]), loop=False)
    tunes = loaded.generate(walk.points(8 / walk.seconds))
    assert capsys.readouterr().out.endswith(f"walk.mid: {len(tunes)} tunes, one after another\n")
    file, (melody, count) = MidiFile(tmp_path / "walk.mid"), (loaded.dataset.modality, len(tunes))
    eighths = count * (melody.steps + melody.bar) - melody.bar
    assert sum(message.time for message in file.tracks[0]) == eighths * 240
    assert count == 8
    notes = sum(len(notes_of(tune, melody.pitches)) for tune in tunes)
    assert sum(message.type == "note_on" for message in file.tracks[0]) == notes > 0


def test_a_full_disk_leaves_nothing_half(runs, tmp_path, capsys) -> None:
    with full_disk():
        assert export(runs / "conditional", tmp_path / "g.png", "--what", "grid") == 2
    assert "cannot be written" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_exporting_changes_nothing_of_the_run(runs, tmp_path) -> None:
    def content():
        return {path: path.read_bytes() for path in sorted((runs / "ring").rglob("*")) if path.is_file()}

    before = content()
    assert export(runs / "ring", tmp_path / "a.npz", "--what", "samples") == 0
    assert export(runs / "ring", tmp_path / "c.csv", "--what", "curves") == 0
    after = content()
    assert {path for path in after if before.get(path) != after[path]} <= {
        path for path in after if "metrics" in path.name or path.name == "lock"
    }


@pytest.mark.parametrize(
    "words",
    [
        *(("export", "--what", what, "--out", f"FILE{ending}") for what, ending in (
            ("samples", ".csv"), ("samples", ""), ("grid", ".png"), ("walk", ".gif"), ("film", ".gif"),
            ("model", ".pt2"), ("corners", ".png"), ("curves", ".csv"),
        )),
        ("sample", "--out", "FILE.csv"),
        ("project", "real:0", "--latents", "FILE.npy"),
        ("project", "real:0", "--out", "FILE.png"),
    ],
    ids=" ".join,
)  # fmt: skip
def test_where_a_file_can_not_be_written_that_is_found_out_before_anything_is_made(
    words, runs, tmp_path, monkeypatch, capsys
) -> None:
    """Else a film of an hour is lost."""
    monkeypatch.setattr(loaded, "load_generator", lambda *_, **__: pytest.fail("G was loaded"))
    monkeypatch.setattr(RunFolder, "scalars", lambda *_, **__: pytest.fail("the curves were read"))
    (tmp_path / "file").write_text("no folder")
    verb, *others = (word.replace("FILE", str(tmp_path / "file" / "a")) for word in words)
    assert cli.main([verb, str(runs / "ring"), *others]) == 2
    told = capsys.readouterr().err
    assert str(tmp_path / "file" / "a") in told
    assert "Not a directory" in told or "not a folder" in told


def test_finding_out_whether_a_file_can_be_written_leaves_nothing(tmp_path) -> None:
    for path, folder in ((tmp_path / "a.png", False), (tmp_path / "b" / "c" / "a.png", False), (tmp_path / "d", True)):
        check_place(path, folder=folder)
    check_place(tmp_path, folder=True)
    with pytest.raises(ExportError, match=str(tmp_path)):
        check_place(tmp_path)  # a folder is no file
    assert list(tmp_path.iterdir()) == []
