"""What D may have besides its layers: smooth layers, an eye for the minibatch, packs, classes; each by its formula."""

import pytest
import torch

from ganstudio.experiment import (
    CategoricalCodeSpec,
    DCGANDiscriminatorSpec,
    LabelSpec,
    LatentSpec,
    MLPDiscriminatorSpec,
)
from ganstudio.networks import build_discriminator, uses_batch_statistics
from ganstudio.networks.minibatch import MinibatchDeviation

FAMILIES = [
    (MLPDiscriminatorSpec(width=12, depth=2), (2,)),
    (MLPDiscriminatorSpec(width=12, depth=1), (1, 8, 8)),
    (DCGANDiscriminatorSpec(width=4, normalisation="none"), (1, 16, 16)),
]
LABELLED = LatentSpec(dimensions=3).with_label(LabelSpec(size=3, names=("a", "b", "c"), shares=(0.2, 0.3, 0.5)))


def layers_of(network):
    return [module for module in network.modules() if isinstance(module, (torch.nn.Linear, torch.nn.Conv2d))]


def largest(weight):
    return torch.linalg.svdvals(weight.detach().flatten(1)).max().item()


# --- spectral normalisation ---


@pytest.mark.parametrize(("spec", "shape"), FAMILIES)
def test_a_layer_stretches_by_one_and_no_more(spec, shape):
    torch.manual_seed(0)
    d = build_discriminator(spec.model_copy(update={"normalisation": "spectral"}), shape, LABELLED)
    samples, labels = torch.randn(4, *shape), torch.eye(3)[[0, 1, 2, 0]]
    for _ in range(100):  # a round of the power iteration each
        d(samples, labels)
    assert len(layers_of(d)) == len(layers_of(build_discriminator(spec, shape))) + 1
    for layer in layers_of(d.eval()):
        assert largest(layer.weight) == pytest.approx(1, abs=0.01)


def test_without_it_layers_stretch_as_they_come():
    torch.manual_seed(0)
    d = build_discriminator(MLPDiscriminatorSpec(width=32, depth=2), (2,))
    assert max(largest(layer.weight) for layer in layers_of(d)) > 1.5


def test_the_power_iteration_goes_on_in_training_alone():
    torch.manual_seed(0)
    d = build_discriminator(MLPDiscriminatorSpec(width=32, depth=2, normalisation="spectral"), (2,))
    vectors = dict(d.named_buffers())
    assert vectors
    before = {name: each.clone() for name, each in vectors.items()}
    d.eval()(torch.randn(4, 2))
    assert all(torch.equal(each, before[name]) for name, each in vectors.items())
    d.train()(torch.randn(4, 2))
    assert not all(torch.equal(each, before[name]) for name, each in vectors.items())


# --- minibatch standard deviation ---


@pytest.mark.parametrize("shape", [(5,), (3, 4, 4)])
def test_the_feature_is_the_mean_deviation_over_the_minibatch(shape):
    features = torch.randn(6, *shape) * 3 + 1
    seen = MinibatchDeviation()(features)
    assert seen.shape == (6, shape[0] + 1, *shape[1:])
    torch.testing.assert_close(seen[:, :-1], features)
    centred = features - features.mean(0)
    expected = centred.square().mean(0).sqrt().mean()
    torch.testing.assert_close(seen[:, -1], expected.expand_as(seen[:, -1]))


def test_of_equal_samples_it_is_nothing_and_their_gradient_a_number():
    features = torch.ones(4, 3, requires_grad=True)
    seen = MinibatchDeviation()(features)
    assert seen[:, -1].abs().max() < 2e-4
    (slope,) = torch.autograd.grad(seen.sum(), features)
    assert torch.isfinite(slope).all()


def test_evaluated_a_sample_is_judged_as_in_a_usual_minibatch():
    torch.manual_seed(0)
    feature = MinibatchDeviation()
    for _ in range(200):
        feature(torch.randn(512, 3) * 2)
    feature.eval()
    alone = feature(torch.zeros(1, 3))
    assert alone[0, -1].item() == pytest.approx(2, rel=0.03)
    before = feature.usual.clone()
    feature(torch.zeros(50, 3))
    assert torch.equal(feature.usual, before)


@pytest.mark.parametrize(("spec", "shape"), FAMILIES)
def test_a_collapsed_minibatch_looks_otherwise_to_a_d_that_sees_it(spec, shape):
    """To another one a sample is what it is, whatever stands beside it."""
    samples = torch.randn(8, *shape)
    collapsed = samples[:1].expand(8, *shape)
    for aware in (False, True):
        torch.manual_seed(0)
        d = build_discriminator(spec.model_copy(update={"minibatch_deviation": aware}), shape)
        assert uses_batch_statistics(d) == aware
        apart = (d(samples)[0] - d(collapsed)[0]).abs().item()
        assert (apart > 1e-4) == aware
        assert d.read(samples)[1].shape == (8, d.feature_size)


# --- packs ---


@pytest.mark.parametrize("shape", [(2,), (1, 8, 8)])
@pytest.mark.parametrize("packing", [2, 5])
def test_a_pack_has_one_output_and_holds_what_follows_one_another(shape, packing):
    d = build_discriminator(MLPDiscriminatorSpec(width=8, depth=2, packing=packing), shape)
    samples = torch.randn(4 * packing, *shape)
    packs = d.pack(samples)
    assert packs.shape == (4, packing, *shape)
    assert torch.equal(packs[1, 0], samples[packing])
    assert d(packs).shape == (4,)
    torch.testing.assert_close(d(packs), d.layers(samples.reshape(4, -1)).squeeze(1))


def test_a_d_without_packs_takes_samples_as_they_are():
    d = build_discriminator(MLPDiscriminatorSpec(width=8, depth=1), (2,))
    samples = torch.randn(6, 2)
    assert d.pack(samples) is samples


# --- classes ---


@pytest.mark.parametrize(("spec", "shape"), FAMILIES)
def test_the_class_adds_its_product_with_the_features(spec, shape):
    d = build_discriminator(spec, shape, LABELLED)
    samples, classes = torch.randn(4, *shape), [2, 0, 1, 2]
    labels = torch.eye(3)[classes]
    outputs, features = d.read(samples)
    expected = torch.stack([outputs[k] + d.embedding.weight[:, classes[k]] @ features[k] for k in range(4)])
    torch.testing.assert_close(d(samples, labels), expected)
    every = torch.stack([d(samples, torch.eye(3)[[k] * 4]) for k in range(3)])
    torch.testing.assert_close(d.judge_at_best(samples), every.amax(0))


def test_a_d_that_is_told_nothing_judges_as_it_did():
    d = build_discriminator(*FAMILIES[0], LatentSpec(codes=(CategoricalCodeSpec(),)))
    samples = torch.randn(3, 2)
    assert d.embedding is None
    assert torch.equal(d(samples), d.read(samples)[0])
    assert torch.equal(d.judge_at_best(samples), d(samples))
