"""The players of sounds: how G begins, what D looks at, and that they learn."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import NotesSpec, SpectrumDiscriminatorSpec, SpectrumGeneratorSpec
from ganstudio.networks import Inputs, build_discriminator, build_generator, uses_batch_statistics
from ganstudio.networks.minibatch import MinibatchDeviation
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.step.trainer import Trainer

SHAPE = (2, 16, 12)
CPU = torch.device("cpu")


def small(**more: object):
    return with_settings(
        load_preset("sound_notes"),
        [
            ("dataset", NotesSpec(count=96, held_out=0)),
            ("generator", SpectrumGeneratorSpec(width=16, components=8)),
            ("discriminator", SpectrumDiscriminatorSpec(width=16, channels=4)),
            ("schedule.batch_size", 16),
            *more.items(),
        ],
    )


# --- G ----------------------------------------------------------------------------------------------------------------


def low_rank(count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Samples along three directions with deviations of 5, 2 and 1 about a mean, and these directions (d, 3)."""
    random = torch.Generator().manual_seed(1)
    directions = torch.linalg.qr(torch.randn(2 * 16 * 12, 3, generator=random))[0]
    strengths = torch.randn(count, 3, generator=random) * torch.tensor([5.0, 2.0, 1.0])
    return (strengths @ directions.T + 0.3).view(count, *SHAPE), directions


def test_the_last_layer_starts_as_the_data_s_singular_vectors_about_their_mean():
    samples, directions = low_rank(500)
    g = build_generator(SpectrumGeneratorSpec(width=8, components=3), 4, SHAPE)
    g.start(samples)
    torch.testing.assert_close(g.vectors.bias, samples.flatten(1).mean(0))
    lengths = g.vectors.weight.norm(dim=0)
    torch.testing.assert_close(lengths, torch.tensor([5.0, 2.0, 1.0]), rtol=0.1, atol=0)
    cosines = (g.vectors.weight / lengths * directions).sum(0).abs()
    assert cosines.min() > 0.98
    # A point of unit coordinates is as far from the mean as a sample is: all of the data's variance is there.
    assert lengths.square().sum().item() == pytest.approx(
        samples.flatten(1).var(0, correction=0).sum().item(), rel=1e-3
    )


def test_starting_is_the_same_each_time_and_touches_no_other_random_stream():
    samples, _ = low_rank(60)
    torch.manual_seed(3)
    g, again = (build_generator(SpectrumGeneratorSpec(width=8, components=5), 4, SHAPE) for _ in range(2))
    state = torch.get_rng_state()
    g.start(samples)
    again.start(samples)
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(g.vectors.weight, again.vectors.weight)
    most = g.vectors.weight[:, :3].abs().argmax(0)
    assert (g.vectors.weight[most, torch.arange(3)] > 0).all()


def test_starting_seeds_no_accelerator(monkeypatch):
    seeded = []
    monkeypatch.setattr(torch.cuda, "manual_seed_all", seeded.append)
    build_generator(SpectrumGeneratorSpec(width=8, components=5), 4, SHAPE).start(low_rank(60)[0])
    assert seeded == []
    torch.manual_seed(0)
    assert seeded == [0]  # so it would have been told


def test_fewer_samples_than_vectors_are_enough_to_start_from():
    samples, _ = low_rank(4)
    g = build_generator(SpectrumGeneratorSpec(width=8, components=30), 4, SHAPE)
    before = g.vectors.weight[:, 4:].clone()
    g.start(samples)
    assert torch.equal(g.vectors.weight[:, 4:], before)
    made = g(Inputs(torch.randn(7, 4)))
    assert made.shape == (7, *SHAPE)
    assert made.isfinite().all()


def test_a_generator_of_another_family_is_shown_nothing():
    from ganstudio.experiment import MLPGeneratorSpec
    from ganstudio.training.step.starting import show_data

    g = build_generator(MLPGeneratorSpec(width=8), 4, SHAPE)
    before = [weight.clone() for weight in g.parameters()]
    show_data(g, build_dataset(NotesSpec(count=10, held_out=0)), 0)
    assert all(torch.equal(*pair) for pair in zip(before, g.parameters(), strict=True))


# --- D ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("times", ["mean", "each"])
@pytest.mark.parametrize("frames", [12, 13, 40])
def test_a_discriminator_judges_planes_of_any_length(times, frames):
    d = build_discriminator(SpectrumDiscriminatorSpec(width=8, channels=4, times=times), (1, 16, frames))
    outputs, features = d.read(torch.randn(16, 1, 16, frames))
    assert (outputs.shape, features.shape) == ((16,), (16, 8))
    assert d.feature_size == 8
    assert uses_batch_statistics(d)


def test_patterns_count_wherever_they_are_or_where_they_are():
    """Moved by a whole number of strides, away from the edges, its mean is the same; each of its times is not."""
    samples = torch.zeros(8, 1, 16, 32)
    samples[:, :, 3:9, 8:12] = 1
    for times, same in (("mean", True), ("each", False)):
        d = build_discriminator(SpectrumDiscriminatorSpec(width=8, channels=4, times=times), (1, 16, 32))
        there, moved = (d.over_time(each.flatten(1, 2)) for each in (samples, samples.roll(8, 3)))
        assert torch.allclose(there, moved, atol=1e-6) == same


def test_samples_of_another_shape_are_refused_in_words():
    with pytest.raises(ValueError, match=r"'spectrum' judges planes .* not samples of the shape \(2,\): choose 'mlp'"):
        build_discriminator(SpectrumDiscriminatorSpec(), (2,))


def test_the_deviation_is_of_the_group_of_each_sample():
    module = MinibatchDeviation(4)
    features = torch.cat([torch.zeros(4, 3), torch.randn(4, 3, generator=torch.Generator().manual_seed(0))])
    seen = module(features)
    assert seen.shape == (8, 4)
    torch.testing.assert_close(seen[:, :3], features)
    assert seen[:4, 3].tolist() == pytest.approx([1e-4] * 4, abs=1e-6)
    torch.testing.assert_close(seen[4:, 3], features[4:].std(0, correction=0).mean().expand(4))
    # As many as groups don't make up are one group, and evaluated a sample is judged as in a usual one.
    torch.testing.assert_close(module(features[3:])[:, 3], features[3:].std(0, correction=0).mean().expand(5))
    module.eval()
    assert len(set(module(features)[:, 3].tolist())) == 1


# --- together ---------------------------------------------------------------------------------------------------------


def test_a_game_goes_on_as_if_it_had_not_stopped(tmp_path):
    from ganstudio.training.checkpoints.checkpoint import load_checkpoint, save_checkpoint

    experiment = small()
    dataset = build_dataset(experiment.dataset)
    trainer = Trainer(experiment, dataset, CPU)
    for _ in range(5):
        trainer.step()
    path = save_checkpoint(tmp_path, trainer)
    trainer.step()
    again = Trainer(experiment, dataset, CPU)
    load_checkpoint(path, again)
    again.step()
    for name, network in trainer.networks().items():
        for one, other in zip(network.parameters(), again.networks()[name].parameters(), strict=True):
            assert torch.equal(one, other), name


def test_before_the_first_step_g_varies_about_the_mean_of_the_data():
    experiment = small()
    dataset = build_dataset(experiment.dataset)
    trainer = Trainer(experiment, dataset, CPU)
    assert dataset.at is not None
    mean = dataset.at(np.arange(96)).mean(0)
    with torch.no_grad():
        made = trainer.generator(trainer.prior.draw(200, torch.Generator().manual_seed(0))).numpy()
    assert np.abs(made.mean(0) - mean).mean() < 0.05
    assert np.abs(made.mean(0) - mean).mean() < 0.2 * np.abs(dataset.at(np.arange(96)) - mean).mean()
    assert made.std(0).mean() > 1e-3
