"""The players of raw waves."""

from __future__ import annotations

import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import NotesSpec, WaveDiscriminatorSpec, WaveGeneratorSpec
from ganstudio.networks import Inputs, build_discriminator, build_generator
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.step.trainer import Trainer


@pytest.mark.parametrize("length", [1024, 4096, 5120])
def test_players_make_and_judge_waves_of_any_whole_length(length):
    shape = (1, 1, length)
    g = build_generator(WaveGeneratorSpec(width=2), 5, shape)
    d = build_discriminator(WaveDiscriminatorSpec(width=2), shape)
    made = g(Inputs(torch.randn(3, 5)))
    assert made.shape == (3, *shape)
    assert made.abs().max() <= 1
    outputs, features = d.read(made)
    assert outputs.shape == (3,)
    assert features.shape == (3, d.feature_size) == (3, 16 * length // 256)


def test_layers_are_shifted_in_training_alone_and_by_what_was_asked_for():
    torch.manual_seed(0)
    d = build_discriminator(WaveDiscriminatorSpec(width=2, shuffle=2), (1, 1, 1024))
    hidden = torch.arange(64.0).expand(1, 2, 64)
    starts = {int(d._shifted(hidden)[0, 0, 10]) for _ in range(60)}
    assert starts == {8, 9, 10, 11, 12}
    sounds = torch.randn(4, 1, 1, 1024)
    assert len({tuple(d(sounds).tolist()) for _ in range(8)}) > 1
    d.eval()
    assert torch.equal(d(sounds), d(sounds))
    steady = build_discriminator(WaveDiscriminatorSpec(width=2, shuffle=0), (1, 1, 1024))
    assert torch.equal(steady(sounds), steady(sounds))


@pytest.mark.parametrize("shape", [(2,), (2, 128, 32), (1, 1, 1000), (1, 1, 512)], ids=str)
def test_samples_that_are_no_such_waves_are_refused_in_words(shape):
    for build in (
        lambda: build_generator(WaveGeneratorSpec(), 5, shape),
        lambda: build_discriminator(WaveDiscriminatorSpec(), shape),
    ):
        with pytest.raises(ValueError, match=r"'wave' is for waves of 1,024 samples or more, in steps of 256"):
            build()


@pytest.mark.parametrize("name", ["sound_raw", "sound_wavegan"])
def test_presets_of_raw_waves_train(name):
    changed = [("dataset", NotesSpec(representation="wave", count=40, held_out=0)), ("schedule.batch_size", 8)]
    changed += [(f"{player}.width", 4) for player in ("generator", "discriminator")]
    experiment = with_settings(load_preset(name), changed)
    dataset = build_dataset(experiment.dataset)
    assert dataset.shape == (1, 1, 4096)
    trainer = Trainer(experiment, dataset, torch.device("cpu"))
    before = [weight.clone() for weight in trainer.generator.parameters()]
    for _ in range(2):
        trainer.step()
    assert torch.isfinite(torch.from_numpy(trainer.drain()[:, 2:])).all()
    assert any(not torch.equal(*pair) for pair in zip(before, trainer.generator.parameters(), strict=True))
    with torch.no_grad():
        made = trainer.average.module(trainer.fixed_inputs).numpy()
    assert dataset.modality.pictures(dataset.modality.to_people(made)).shape == (40, 80, 64, 3)
