"""``ganstudio measure`` of runs on images, with and without codes."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from PIL import Image

from ganstudio import cli, measurements
from ganstudio.cli._measure_codes import codes_in_words
from ganstudio.cli._measure_images import images_in_words
from ganstudio.data import build_dataset
from ganstudio.experiment import ContinuousCodeSpec, GlyphsSpec, code_names, plain_name
from ganstudio.measurements import features, inception
from ganstudio.measurements.code_figures import SLANT, compare
from ganstudio.measurements.image_figures import as_pictures
from ganstudio.measurements.record import Record

if TYPE_CHECKING:
    from pathlib import Path

SMALL = ["--set", "dataset.kind=glyphs", "--set", "dataset.size=8", "--set", "generator.width=8"]
SMALL += ["--set", "discriminator.width=8", "--set", "device.threads=1", "--steps", "5", "--quiet"]
CODES = 'latent.codes=[{kind="categorical", name="digit"}, {kind="continuous"}]'


@pytest.fixture
def quick(monkeypatch) -> None:
    monkeypatch.setattr(features, "_STEPS", 30)


def measure(run: Path, *options: str) -> int:
    """Without the probe, which would take most of the time: the neighbours decline images at once."""
    return cli.main(["measure", str(run), "--estimator", "neighbours", *options])


def train(run: Path, *settings: str) -> None:
    assert cli.main(["train", "digits", "--out", str(run), *SMALL, *(f for s in settings for f in ("--set", s))]) == 0


def test_a_run_with_codes_gets_every_figure(tmp_path, quick, capsys) -> None:
    train(tmp_path / "r", "dataset.count=600", "dataset.held_out=300", CODES)
    capsys.readouterr()
    kept = tmp_path / "m" / "measures.npz"
    assert measure(tmp_path / "r", "--json", "--pictures", str(kept)) == 0
    said = capsys.readouterr()
    figures = json.loads(said.out)
    assert said.err.splitlines()[1] == "learning features of the data"
    assert (figures["images_missing"], figures["images_samples"], figures["images_floor_from"]) == (
        None,
        300,
        "held out",
    )
    # After five steps G makes noise.
    assert figures["frechet_local"] > 5 * figures["frechet_local_floor"] > 0
    assert figures["frechet_local_held_out"] == pytest.approx(figures["frechet_local"], rel=0.2)
    assert figures["kernel_distance"] > 5 * figures["kernel_distance_se"]
    assert abs(figures["kernel_distance_floor"]) < 4 * figures["kernel_distance_floor_se"]
    for name in ("precision", "recall", "density", "coverage"):
        assert figures[name] < 0.5 < figures[f"{name}_floor"] < 1.5
    assert 0 <= figures["sure"] <= 1
    assert 0 <= figures["class_jsd_floor_nats"] <= figures["class_jsd_nats"] <= math.log(2)
    for name in ("nearest_features", "nearest_pixels"):
        assert figures[name] > figures[f"{name}_held_out"] > 0
        assert 0 <= figures[f"{name}_near"] <= 0.2
    assert figures["codes_samples"] == 300
    assert 0.1 < figures["codes_accuracy"]["digit"] < 0.5
    assert set(figures["codes_information_nats"]) == {"digit", "c2"}
    assert set(figures["codes_information_nats"]["c2"]) == {"class", "rotation", "thickness", "x", "y"}
    assert set(figures["codes_rank_correlation"]["c2"]) == {"rotation", "thickness", "x", "y", SLANT}
    assert 0 <= figures["codes_mig"] < 0.3
    assert set(figures["codes_matched"]["digit"].values()) <= {str(label) for label in range(10)}
    assert figures["fid_inception"] is None
    assert "ganstudio datasets get inception" in figures["fid_inception_missing"]
    pictures_are_whole(Record.load(kept), figures)
    assert measure(tmp_path / "r", "--quiet", "--pictures", str(tmp_path / "sheet.png")) == 0
    said = capsys.readouterr()
    assert said.err == ""
    assert "Frechet distance (local, not the published FID): " in said.out
    assert "FID (Inception): not known: it needs the Inception weights" in said.out
    assert "digit as a classifier, values matched one to one to classes: " in said.out
    assert "images at the ends of c2, by their number: lowest " in said.out
    with Image.open(tmp_path / "sheet.png") as sheet:
        # Of 32 pixels a cell: headings, samples and their four nearest, ten values and two ends.
        assert sheet.height == 3 * 22 + (5 + 10 + 2) * 36 + 8
        assert sheet.width > 10 * 34


def pictures_are_whole(record: Record, figures: dict[str, Any]) -> None:
    assert record.figures == figures
    dataset = build_dataset(GlyphsSpec(size=8, count=600, held_out=300))
    assert dataset.at is not None
    near = record.pictures["nearest"]
    assert near.shape == (5, 10, 8, 8, 1)
    for column, told in enumerate(figures["nearest_images"]):
        shown = [near[row, column] for row in (1, 2, 3, 4)]
        numbers = np.array([*told["pixels"]["images"], *told["features"]["images"]])
        assert (numbers < 600).all()  # training images
        np.testing.assert_array_equal(shown, as_pictures(dataset.at(numbers)))
        assert told["pixels"]["distances"] == sorted(told["pixels"]["distances"])
    first = [told["pixels"]["distances"][0] for told in figures["nearest_images"]]
    assert first == sorted(first)
    ends = figures["codes_extremes"]
    assert list(ends["c2"]) == ["lowest", "highest"]
    assert list(ends["digit"]) == [str(value) for value in range(10)]
    for place, name in enumerate(("digit", "c2")):
        for row, end in zip(record.pictures[f"extremes_{place}"], ends[name].values(), strict=True):
            numbers = np.array(end["images"], np.int64)
            assert ((numbers >= 600) & (numbers < 900)).all()  # held out
            np.testing.assert_array_equal(row[: len(numbers)], as_pictures(dataset.at(numbers)))
            assert not row[len(numbers) :].any()


def test_wrong_files_are_told_before_anything_is_measured(tmp_path, capsys) -> None:
    train(tmp_path / "r", "dataset.count=300", "dataset.held_out=300")
    (tmp_path / "other.pth").write_bytes(b"weights")
    (tmp_path / "folder.npz").mkdir()
    for options, why in (
        (["--pictures", "a.jpg"], "a.jpg: pictures are written as .png or .npz"),
        (["--pictures", str(tmp_path / "other.pth" / "a.npz")], "a.npz: cannot be written: "),
        (["--pictures", str(tmp_path / "folder.npz")], "folder.npz: cannot be written: Is a directory"),
        (["--pictures", f"{'a' * 300}.png"], ".png: cannot be written: "),
        (["--inception"], "the Inception weights are not on this computer; ganstudio datasets get inception"),
        (["--inception", str(tmp_path / "other.pth")], "its SHA-256 begins with 9a129038"),
        (["--inception", str(tmp_path / "none.pth")], "none.pth: the Inception weights can't be read"),
    ):
        assert measure(tmp_path / "r", *options) == 2
        told = capsys.readouterr().err
        assert why in told
        assert "estimating" not in told


class Pixels:
    """In place of Inception: an image's features are its pixels."""

    def features(self, images_nchw: np.ndarray) -> np.ndarray:
        return images_nchw.reshape(len(images_nchw), -1)


def test_the_published_fid_stands_beside_the_local_one(tmp_path, quick, capsys, monkeypatch) -> None:
    monkeypatch.setattr(inception, "load_inception", lambda path: Pixels())
    train(tmp_path / "r", "dataset.count=200", "dataset.held_out=150")
    capsys.readouterr()
    assert measure(tmp_path / "r", "--json", "--inception") == 0
    said = capsys.readouterr()
    figures = json.loads(said.out)
    assert figures["fid_inception_missing"] is None
    assert figures["fid_inception"] > 3 * figures["fid_inception_floor"] > 0
    assert figures["fid_inception"] != pytest.approx(figures["frechet_local"], rel=0.01)
    progress = [line for line in said.err.splitlines() if line.startswith("Inception has seen")]
    assert progress[0] == "Inception has seen 0 of 450 images"
    assert len(progress) == 9
    words = images_in_words(figures)
    (line,) = (line for line in words if "FID (Inception)" in line)
    assert f"{figures['fid_inception']:.3f} ({figures['fid_inception_floor']:.3f}), of 150 images" in line


def test_a_run_of_points_has_no_pictures(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(measurements, "SAMPLES", 500)
    steps = ["--steps", "3", "--quiet", "--set", "device.threads=1"]
    assert cli.main(["train", "ring", *steps, "--out", str(tmp_path / "r")]) == 0
    capsys.readouterr()
    quick = ["--estimator", "histogram"]
    assert measure(tmp_path / "r", "--quiet", "--pictures", str(tmp_path / "x.png")) == 2
    assert "there are no pictures: the run is of points" in capsys.readouterr().err
    assert measure(tmp_path / "r", "--quiet", "--json", "--pictures", str(tmp_path / "x.npz"), *quick) == 0
    assert Record.load(tmp_path / "x.npz").figures == json.loads(capsys.readouterr().out)


def test_a_run_without_codes_or_labels_or_enough_images(tmp_path, quick, capsys) -> None:
    train(tmp_path / "few", "dataset.count=300", "dataset.held_out=60", CODES)
    capsys.readouterr()
    assert measure(tmp_path / "few") == 0
    out = capsys.readouterr().out
    assert "measures of images: not known, because the measures of images need 128 images held out" in out
    assert "what the codes learned: not known" in out
    images = np.random.default_rng(0).integers(0, 255, (700, 8, 8), dtype=np.uint8)
    np.save(tmp_path / "pictures.npy", images)
    data = ["--data", str(tmp_path / "pictures.npy"), "--out", str(tmp_path / "p")]
    assert cli.main(["train", "digits", *data, "--steps", "3", "--quiet", "--set", "device.threads=1"]) == 0
    capsys.readouterr()
    assert measure(tmp_path / "p", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
    assert (figures["images_floor_from"], figures["sure"], figures["nearest_pixels"]) == ("training", None, None)
    assert figures["frechet_local"] > figures["frechet_local_floor"]
    assert not any(key.startswith("codes") for key in figures)
    assert measure(tmp_path / "p") == 0
    assert "training images kept aside" in capsys.readouterr().out


def test_codes_that_are_the_factors_are_read_as_such() -> None:
    dataset = build_dataset(GlyphsSpec(size=16, count=1000, held_out=1000))
    assert dataset.at is not None
    assert dataset.labels is not None
    indices = np.arange(1000, 2000)
    readings = {"digit": (dataset.labels[indices] + 3) % 10, "turn": -dataset.factors["rotation"][indices]}
    found = compare(readings, dataset, indices, dataset.at(indices), 0)
    assert found["codes_accuracy"] == {"digit": 1.0}
    assert found["codes_rank_correlation"]["turn"]["rotation"] == pytest.approx(-1)
    # Turned clockwise a stroke leans to the right.
    assert found["codes_rank_correlation"]["turn"][SLANT] < -0.3
    assert found["codes_information_nats"]["digit"]["class"] == pytest.approx(math.log(10), abs=0.02)
    assert found["codes_information_control_nats"]["digit"]["class"] == pytest.approx(0, abs=0.02)
    # Two of the five factors have a code of their own.
    assert found["codes_mig"] == pytest.approx(0.4, abs=0.03)
    words = codes_in_words({"codes_missing": None, "codes_samples": 1000, **found})
    assert any("digit as a classifier" in line and "100.0 % right" in line for line in words)


def test_what_does_not_vary_is_no_factor() -> None:
    dataset = build_dataset(GlyphsSpec(size=8, count=300, held_out=300, shift=0))
    assert dataset.at is not None
    indices = np.arange(300, 600)
    found = compare({"turn": dataset.factors["rotation"][indices]}, dataset, indices, dataset.at(indices), 0)
    assert list(found["codes_rank_correlation"]["turn"]) == ["rotation", "thickness", SLANT]
    assert list(found["factor_entropies_nats"]) == ["class", "rotation", "thickness"]
    json.dumps(found, allow_nan=False)


def test_codes_without_a_name_are_numbered() -> None:
    codes = [ContinuousCodeSpec(name=name) for name in ("", "slant", "", "slant")]
    assert code_names(codes) == ("c₁", "slant", "c₃", "slant (c₄)")
    assert [plain_name(name) for name in code_names(codes)] == ["c1", "slant", "c3", "slant (c4)"]
