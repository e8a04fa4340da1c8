"""Perceptual features of a network that is trained on the data in hand."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import FeaturesStageSpec, StripedSpec
from ganstudio.networks import build_reader, features_reader
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.step.onlooking import Observer
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def stripes():
    return build_dataset(StripedSpec(size=24, count=400, held_out=0))


@pytest.fixture
def small(stripes):
    return with_settings(
        load_preset("srgan"),
        [
            ("dataset", StripedSpec(size=24, count=400, held_out=0)),
            ("given.crop", 0),
            ("generator", {"kind": "super_resolution", "width": 6, "blocks": 1}),
            ("discriminator", {"kind": "patch", "width": 4}),
            (
                "stages",
                [{"kind": "features", "steps": 3, "width": 4, "weight": 0.5}, {"kind": "content", "steps": 2}],
            ),
            ("schedule.batch_size", 4),
        ],
    )


@pytest.mark.parametrize("count", [4, 5, 6, 9, 32])
def test_images_of_any_number_are_turned_by_each_number_of_quarters(stripes, monkeypatch, count: int) -> None:
    reader = build_reader(FeaturesStageSpec(width=4), (3, 24, 24), (3, 6, 6))
    images, asked = torch.from_numpy(stripes.at(np.arange(count))), []
    monkeypatch.setattr(features_reader, "cross_entropy", lambda _logits, turns: asked.append(turns))
    reader.error(images, images)
    assert torch.bincount(asked[0], minlength=4).tolist() == [len(part) for part in np.array_split(range(count), 4)]


def test_it_learns_how_images_are_turned(stripes) -> None:
    torch.manual_seed(0)
    reader = build_reader(FeaturesStageSpec(width=8), (3, 24, 24), (3, 6, 6))
    images = torch.from_numpy(stripes.at(np.arange(400)))
    with reader.at_rest():
        assert reader.error(images, images).item() == pytest.approx(math.log(4), abs=0.1)
    adam = torch.optim.Adam(reader.parameters(), 2e-3)
    random = np.random.default_rng(0)
    for _ in range(120):
        loss = reader.error(images[random.integers(0, 400, 32)], images)
        adam.zero_grad()
        loss.backward()
        adam.step()
    with reader.at_rest():
        assert 0.01 < reader.error(images, images).item() < 0.9  # by chance 1.39


def test_equal_images_are_at_no_distance_and_any_size_will_do() -> None:
    torch.manual_seed(0)
    reader = build_reader(FeaturesStageSpec(width=4), (1, 32, 32), (1, 8, 8))
    for sides in ((32, 32), (20, 27), (8, 8)):
        images, other = (torch.randn(5, 1, *sides) for _ in range(2))
        with reader.at_rest():
            assert reader.lost(images, images, images).item() == 0
            assert 1e-6 < reader.lost(images, other, images).item() < 10
            assert reader(images).shape == (5, 4)
    for shape in ((2,), (3, 6, 32)):
        with pytest.raises(ValueError, match="images of at least 8 × 8 pixels"):
            build_reader(FeaturesStageSpec(), shape, shape)


def test_the_preset_learns_features_first_and_the_form_says_whose_they_are() -> None:
    preset = load_preset("srgan_features")
    assert [(stage.kind, stage.steps) for stage in preset.stages] == [("features", 400), ("content", 700)]
    assert preset.schedule.steps == 2100
    assert (preset.stages[0].weight, preset.objective.pixels) == (0.01, 0.1)
    assert "trained here" in preset.summary
    told = FeaturesStageSpec.model_fields["weight"].description
    assert "trained here, on these data: no published one is fetched" in told


class Sights(Observer):
    def judged(self, player, sight):
        if player == "generator":
            self.sight = sight


def test_stages_come_one_after_another_and_the_features_are_a_term_of_gs_loss(small, stripes) -> None:
    trainer, watcher = Trainer(small, stripes, CPU), Sights()
    assert [stage.kind for stage in trainer.stages] == ["features", "content", "adversarial"]
    for _ in range(5):
        trainer.step()
    learnt = {name: value.clone() for name, value in trainer.reader.state_dict().items()}
    trainer.step(observer=watcher)
    sight = watcher.sight
    with trainer.reader.at_rest():
        lost = trainer.reader.lost(sight.made, sight.drawn, sight.inputs.given)
    torch.testing.assert_close(sight.total - sight.loss, 0.5 * lost)
    rows = trainer.drain()
    table = dict(zip(trainer.names, np.isfinite(rows[:, 2:]).T.tolist(), strict=True))
    assert table["telling"] == [True] * 3 + [False] * 3
    assert table["content"] == [False] * 3 + [True] * 2 + [False]
    assert table["features"] == [False] * 5 + [True]
    assert rows[-1, 2 + trainer.names.index("features")] == pytest.approx(lost.item(), rel=1e-4)
    # It stands still in the game: neither its weights nor what it knows of the spread of its features change.
    assert all(torch.equal(value, learnt[name]) for name, value in trainer.reader.state_dict().items())


def test_a_game_that_shows_no_pairs_has_the_originals_all_the_same(small, stripes) -> None:
    plain = with_settings(small, [("objective", {"kind": "minimax"})])
    trainer = Trainer(plain, stripes, CPU)
    for _ in range(6):
        trainer.step()
    assert np.isfinite(trainer.drain()[-1, 2 + trainer.names.index("features")])
