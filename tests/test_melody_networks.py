"""The players of tunes: symbols with a gradient, what D looks at, and that a game learns, saves and goes on."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio import cli
from ganstudio.data import build_dataset
from ganstudio.experiment import FolkSpec, MelodyDiscriminatorSpec, MelodyGeneratorSpec
from ganstudio.networks import Inputs, build_discriminator, build_generator, uses_batch_statistics
from ganstudio.networks.melody import straight_through
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.step.trainer import Trainer

SHAPE = (32, 26)
CPU = torch.device("cpu")


def test_symbols_are_exactly_one_hot_and_have_the_gradient_of_the_softmax():
    logits = torch.randn(3, 5, 7, generator=torch.Generator().manual_seed(0), requires_grad=True)
    hard = straight_through(logits)
    np.testing.assert_array_equal(hard.detach(), np.eye(7)[logits.detach().argmax(-1)])
    weights = torch.randn(3, 5, 7, generator=torch.Generator().manual_seed(1))
    (found,) = torch.autograd.grad((hard * weights).sum(), logits)
    (wanted,) = torch.autograd.grad((torch.softmax(logits, -1) * weights).sum(), logits)
    torch.testing.assert_close(found, wanted)
    assert found.abs().max() > 1e-3


def test_a_generator_makes_tunes_and_all_its_weights_learn():
    g = build_generator(MelodyGeneratorSpec(width=16), 8, SHAPE)
    made = g(Inputs(torch.randn(6, 8)))
    assert made.shape == (6, *SHAPE)
    assert (made.detach().sum(2) == 1).all()
    (made * torch.randn(SHAPE)).sum().backward()
    assert all(weight.grad is not None and weight.grad.abs().sum() > 0 for weight in g.parameters())


def test_a_discriminator_sees_steps_the_whole_and_the_spread_of_a_group():
    d = build_discriminator(MelodyDiscriminatorSpec(width=16, channels=4), SHAPE)
    samples = torch.eye(26)[torch.randint(0, 26, (16, 32), generator=torch.Generator().manual_seed(0))]
    outputs, features = d.read(samples)
    assert (outputs.shape, features.shape) == ((16,), (16, 16))
    assert d.feature_size == 16
    assert uses_batch_statistics(d)
    order = torch.randperm(32, generator=torch.Generator().manual_seed(1))
    assert not torch.allclose(d(samples[:, order]), outputs, atol=1e-4)  # when is what matters


@pytest.mark.parametrize("build", [lambda s: build_generator(MelodyGeneratorSpec(), 4, s),
                                   lambda s: build_discriminator(MelodyDiscriminatorSpec(), s)],
                         ids=["generator", "discriminator"])  # fmt: skip
def test_other_samples_are_refused_in_words(build):
    with pytest.raises(ValueError, match=r"'melody' is for tunes.*choose 'mlp'"):
        build((1, 28, 28))


def test_a_small_game_learns_the_scale_of_its_tunes():
    preset = with_settings(
        load_preset("folk"),
        [("dataset", FolkSpec(count=300, held_out=0)), ("generator.width", 32), ("discriminator.width", 32),
         ("generator.depth", 2),
         ("schedule.batch_size", 24), ("schedule.average", 0.8), ("optimisers.generator.learning_rate", 2e-3),
         ("optimisers.discriminator.learning_rate", 2e-3), ("device", {"kind": "cpu", "threads": 1})],
    )  # fmt: skip
    trainer = Trainer(preset, build_dataset(preset.dataset), CPU)
    in_scale = []
    for steps in (1, 60):
        while trainer.step_count < steps:
            trainer.step()
        with torch.no_grad():
            made = trainer.average.module(trainer.prior.draw(200, torch.Generator().manual_seed(1))).numpy()
        symbols = made.argmax(2)
        in_scale.append(np.isin(symbols[symbols < 24] % 12, [0, 2, 4, 5, 7, 9, 11]).mean())
    assert 0.4 < in_scale[0] < 0.75  # 14 of 24 by chance
    assert 0.9 < in_scale[1] <= 1.0


def test_a_run_is_trained_saved_gone_on_with_and_sampled_as_if_never_stopped(tmp_path, capsys):
    small = (
        "schedule.decay=none",
        "dataset.count=64",
        "dataset.held_out=16",
        "generator.width=16",
        "discriminator.width=16",
    )
    settings = [word for one in small for word in ("--set", one)]
    train = ["train", "folk", *settings, "--threads", "1", "--quiet"]
    assert cli.main([*train, "--steps", "8", "--out", str(tmp_path / "whole")]) == 0
    assert cli.main([*train, "--steps", "4", "--out", str(tmp_path / "parts")]) == 0
    assert cli.main(["train", str(tmp_path / "parts"), "--resume", "--steps", "8", "--quiet"]) == 0
    made = []
    for name in ("whole", "parts"):
        out = tmp_path / f"{name}.npy"
        assert cli.main(["sample", str(tmp_path / name), "--out", str(out), "--count", "12"]) == 0
        made.append(np.load(out))
    assert (made[0].dtype, made[0].shape) == (np.int8, (12, 32))
    np.testing.assert_array_equal(*made)
    for ending in ("mid", "wav", "png", "npz"):
        out = tmp_path / f"tunes.{ending}"
        assert cli.main(["sample", str(tmp_path / "whole"), "--out", str(out), "--count", "2"]) == 0
        assert out.stat().st_size > 200
    assert cli.main(["sample", str(tmp_path / "whole"), "--out", str(tmp_path / "a.mp3")]) == 2
    assert ".wav, .mid, " in capsys.readouterr().err
