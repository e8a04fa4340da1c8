"""``ganstudio measure`` of runs on images, with and without codes."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING

import numpy as np
import pytest

from ganstudio import cli
from ganstudio.cli._measure_codes import SLANT, code_names, codes_in_words, compare
from ganstudio.data import build_dataset
from ganstudio.experiment import GlyphsSpec
from ganstudio.measurements import features

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
    assert measure(tmp_path / "r", "--json") == 0
    figures = json.loads(capsys.readouterr().out)
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
    assert measure(tmp_path / "r") == 0
    out = capsys.readouterr().out
    assert "Frechet distance (local, not the published FID): " in out
    assert "digit as a classifier, values matched one to one to classes: " in out


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
    assert any("digit as a classifier" in line and "100.0% right" in line for line in words)


def test_codes_without_a_name_are_numbered() -> None:
    assert code_names(["", "slant", "", "slant"]) == ["c1", "slant", "c3", "c4"]
