"""The table of ways to enlarge: its rows on images of which the truth is known, and in the verb ``measure``."""

from __future__ import annotations

import json

import numpy as np
import pytest

from ganstudio import cli
from ganstudio.cli._measure_enlarging import enlarging_in_words
from ganstudio.data import build_dataset
from ganstudio.experiment import Experiment, GlyphsSpec, LatentSpec, LowResolutionSpec, StripedSpec
from ganstudio.measurements import enlarging, features
from ganstudio.measurements.enlarging import enlarging_figures
from ganstudio.networks import Generator
from ganstudio.networks.super_resolution import enlarged
from ganstudio.training.checkpoints.loaded import load_kept
from ganstudio.training.messages import Quit, Start, Step
from ganstudio.training.session.session import Session

STRIPED = StripedSpec(count=20, held_out=200)


class Plain(Generator):
    """Interpolates, and adds the same to every pixel."""

    def __init__(self, more: float) -> None:
        super().__init__()
        self.more = more

    def forward(self, inputs):
        return enlarged(inputs.given, 4) + self.more


@pytest.fixture(scope="module")
def figures() -> dict:
    experiment = Experiment(dataset=STRIPED, latent=LatentSpec(dimensions=0), given=LowResolutionSpec(noise=8))
    rows = {"content": Plain(0.0), "generator": Plain(0.2)}
    return enlarging_figures(experiment, build_dataset(STRIPED), rows)


def test_all_rows_are_of_the_same_held_out_images(figures) -> None:
    assert (figures["enlarging_images"], figures["enlarging_from"], figures["enlarging_factor"]) == (200, "held out", 4)
    rows = figures["enlarging"]
    assert list(rows) == ["interpolated", "noise", "other_phase", "content", "generator"]
    assert rows["content"] == pytest.approx(rows["interpolated"], rel=1e-5)  # the same noise on the same small images
    assert rows["generator"]["psnr"] < rows["content"]["psnr"] - 1


def test_of_large_images_fewer_are_compared(monkeypatch) -> None:
    monkeypatch.setattr(enlarging, "_FLOATS", 12 * 3 * 32 * 32 + 100)
    experiment = Experiment(dataset=STRIPED, latent=LatentSpec(dimensions=0), given=LowResolutionSpec())
    found = enlarging_figures(experiment, build_dataset(STRIPED), {"generator": Plain(0.0)})
    assert found["enlarging_images"] == 12
    assert found["enlarging"]["generator"]["psnr"] == pytest.approx(found["enlarging"]["interpolated"]["psnr"])


def test_what_fools_one_figure_is_caught_by_another(figures) -> None:
    rows = figures["enlarging"]
    assert rows["interpolated"]["detail"] < 0.06
    assert rows["noise"]["detail"] == pytest.approx(0.81, abs=0.08)
    assert rows["noise"]["texture"] > 0.5
    assert rows["other_phase"]["detail"] == pytest.approx(1, abs=0.03)
    assert rows["other_phase"]["texture"] < 0.1
    assert rows["other_phase"]["direction_near"] > 0.9
    assert rows["noise"]["direction_near"] < 0.35
    assert rows["other_phase"]["consistency"] > rows["interpolated"]["consistency"] + 5


def test_other_images_have_no_known_direction() -> None:
    spec = GlyphsSpec(size=8, count=30, held_out=0)
    experiment = Experiment(dataset=spec, given=LowResolutionSpec(factor=4))
    found = enlarging_figures(experiment, build_dataset(spec), {"generator": Plain(0.0)})
    assert (found["enlarging_images"], found["enlarging_from"]) == (30, "training")
    assert list(found["enlarging"]) == ["interpolated", "noise", "generator"]
    row = found["enlarging"]["generator"]
    assert "direction" not in row
    assert row["ssim"] is None
    assert np.isfinite(row["psnr"])
    told = enlarging_in_words(found)
    assert told[0].startswith("30 training images made smaller 4 times")
    assert told[-1].split()[:3] == ["G", f"{row['psnr']:.2f}", "-"]


def test_without_small_images_there_is_no_table() -> None:
    spec = GlyphsSpec(size=8, count=30, held_out=0)
    assert enlarging_figures(Experiment(dataset=spec), build_dataset(spec), {}) == {}
    assert enlarging_in_words({}) == []


def test_measure_prints_the_table(tmp_path, capsys, monkeypatch) -> None:
    monkeypatch.setattr(features, "_STEPS", 10)
    run = tmp_path / "run"
    settings = ["dataset.count=300", "dataset.held_out=150", "generator.width=8", "discriminator.width=4"]
    settings += ["schedule.batch_size=2", "stages.0.steps=2", "device.threads=1"]
    options = [part for setting in settings for part in ("--set", setting)]
    assert cli.main(["train", "srgan", "--out", str(run), "--steps", "4", "--quiet", *options]) == 0
    capsys.readouterr()
    assert cli.main(["measure", str(run), "--estimator", "neighbours", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    rows = found["enlarging"]
    assert list(rows) == ["interpolated", "noise", "other_phase", "content", "generator"]
    assert found["enlarging_images"] == 150
    # After so few steps G is next to interpolation, and not the same before the game and after it.
    assert rows["generator"]["psnr"] == pytest.approx(rows["interpolated"]["psnr"], abs=1.5)
    assert rows["generator"] != rows["content"]
    assert len(enlarging_in_words(found)) == 7


def test_a_run_that_keeps_nothing_has_no_row_of_it(tmp_path) -> None:
    experiment = Experiment(dataset=GlyphsSpec(size=8, count=30), given=LowResolutionSpec(factor=2))
    session = Session(Start(experiment=experiment, run=tmp_path / "run", threads=1))
    for command in (Step(), Quit()):
        session.send(command)
    list(session.run())
    assert load_kept(tmp_path / "run") is None
