"""Networks: shapes at every size, initial weights, and what they refuse."""

import itertools

import pytest
import torch

from ganstudio.experiment import (
    AutoencoderDiscriminatorSpec,
    ConvAutoencoderDiscriminatorSpec,
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    DiscriminatorSpec,
    GeneratorSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
)
from ganstudio.networks import (
    DISCRIMINATORS,
    GENERATORS,
    AutoencoderDiscriminator,
    Inputs,
    build_discriminator,
    build_generator,
    opinion,
    uses_batch_statistics,
)
from ganstudio.networks.dcgan import halvings


def test_every_spec_has_a_builder():
    assert set(GENERATORS) == set(GeneratorSpec.__origin__.__args__)
    assert set(DISCRIMINATORS) == set(DiscriminatorSpec.__origin__.__args__)


@pytest.mark.parametrize("shape", [(2,), (1, 8, 8), (3, 16, 16)])
def test_mlp_shapes(shape):
    g = build_generator(MLPGeneratorSpec(width=16, depth=2), 5, shape)
    d = build_discriminator(MLPDiscriminatorSpec(width=16, depth=2), shape)
    samples = g(Inputs(torch.randn(7, 5)))
    assert samples.shape == (7, *shape)
    assert d(samples).shape == (7,)
    if len(shape) == 3:
        assert samples.abs().max() <= 1


@pytest.mark.parametrize("shape", [(2,), (1, 8, 8)])
def test_an_autoencoder_scores_by_minus_its_mean_squared_error(shape):
    d = build_discriminator(AutoencoderDiscriminatorSpec(width=16, depth=1, code_size=3), shape)
    samples = torch.randn(7, *shape)
    assert d.encode(samples).shape == (7, 3)
    error = d.decoder(d.encoder(samples.flatten(1))).view(samples.shape) - samples
    energies = torch.stack([each.square().sum() / each.numel() for each in error])
    torch.testing.assert_close(d.reconstruct(samples), samples + error)
    torch.testing.assert_close(d.energy(samples), energies)
    torch.testing.assert_close(d(samples), -energies)
    assert torch.equal(opinion(d, d(samples)), d.energy(samples))


@pytest.mark.parametrize("side", [8, 16, 28, 31, 32, 64])
@pytest.mark.parametrize("channels", [1, 3])
def test_a_convolutional_autoencoder_reconstructs_every_size(side, channels):
    shape = (channels, side, side)
    d = build_discriminator(ConvAutoencoderDiscriminatorSpec(width=4, code_size=5), shape)
    assert isinstance(d, AutoencoderDiscriminator)
    samples = torch.randn(3, *shape)
    outputs, codes = d.read(samples)
    assert outputs.shape == (3,)
    assert codes.shape == d.encode(samples).shape == (3, d.feature_size) == (3, 5)
    error = d.reconstruct(samples) - samples
    assert error.shape == samples.shape
    energies = torch.stack([each.square().sum() / each.numel() for each in error])
    torch.testing.assert_close(d.energy(samples), energies)
    assert torch.equal(opinion(d, outputs), -outputs)


@pytest.mark.parametrize("spec", [AutoencoderDiscriminatorSpec(), ConvAutoencoderDiscriminatorSpec(width=4)])
def test_a_perfect_reconstruction_has_no_energy(spec, monkeypatch):
    d = build_discriminator(spec, (1, 8, 8))
    samples = torch.rand(4, 1, 8, 8) * 2 - 1
    assert d.energy(samples).min() > 0.05
    monkeypatch.setattr(d, "decode", lambda _codes: samples)
    assert torch.equal(d.energy(samples), torch.zeros(4))


def test_an_energy_is_the_samples_own_whatever_else_is_in_the_minibatch():
    d = build_discriminator(ConvAutoencoderDiscriminatorSpec(width=4), (1, 16, 16))
    samples = torch.randn(6, 1, 16, 16)
    torch.testing.assert_close(d.energy(samples)[:2], d.energy(samples[:2]))
    assert not uses_batch_statistics(d)


@pytest.mark.parametrize("side", [8, 28, 32, 128])
def test_a_convolutional_autoencoder_starts_with_signals_of_the_images_size(side):
    """He's weights, unlike DCGAN's without its batch normalisation, which would begin with codes near 0."""
    torch.manual_seed(0)
    d = build_discriminator(ConvAutoencoderDiscriminatorSpec(width=16), (1, side, side))
    samples = torch.randn(16, 1, side, side)
    with torch.no_grad():
        assert 0.3 < d.encode(samples).std().item() < 3
        assert 0.2 < d.reconstruct(samples).std().item() < 3


@pytest.mark.parametrize(
    ("shape", "words"), [((2,), "'autoencoder'"), ((1, 7, 7), "8 to 256"), ((4, 16, 16), "1 or 3")]
)
def test_a_convolutional_autoencoder_says_what_it_can_not_do(shape, words):
    with pytest.raises(ValueError, match=f"a conv_autoencoder .*{words}"):
        build_discriminator(ConvAutoencoderDiscriminatorSpec(), shape)


def test_every_other_ds_opinion_is_a_probability():
    d = build_discriminator(MLPDiscriminatorSpec(width=4, depth=1), (2,))
    torch.testing.assert_close(opinion(d, torch.tensor([0.0, 2.0])), torch.tensor([0.5, 0.8807971]))


@pytest.mark.parametrize("side", [8, 9, 10, 13, 16, 28, 31, 32, 45, 64, 100, 127, 128])
@pytest.mark.parametrize("channels", [1, 3])
def test_dcgan_makes_and_judges_every_size(side, channels):
    g = build_generator(DCGANGeneratorSpec(width=4), 6, (channels, side, side))
    d = build_discriminator(DCGANDiscriminatorSpec(width=4), (channels, side, side))
    images = g(Inputs(torch.randn(2, 6)))
    assert images.shape == (2, channels, side, side)
    assert images.abs().max() <= 1
    assert d(images).shape == (2,)


def test_halvings_end_small_and_keep_every_pixel():
    for side in range(8, 129):
        sides = halvings(side)
        assert sides[0] == side
        assert 2 <= sides[-1] <= 4
        assert len(sides) >= 3
        assert all(inner == (outer + 1) // 2 for outer, inner in itertools.pairwise(sides))


def test_dcgan_at_64_pixels_is_the_papers():
    g = build_generator(DCGANGeneratorSpec(), 100, (3, 64, 64))
    widths = [m.in_channels for m in g.modules() if isinstance(m, torch.nn.ConvTranspose2d)]
    assert widths == [100, 512, 256, 128, 64]


def test_dcgan_starts_as_in_the_paper():
    torch.manual_seed(0)
    g = build_generator(DCGANGeneratorSpec(), 100, (3, 32, 32))
    for module in g.modules():
        if isinstance(module, torch.nn.ConvTranspose2d):
            assert module.weight.std().item() == pytest.approx(0.02, rel=0.1)
            assert abs(module.weight.mean().item()) < 0.002
        if isinstance(module, torch.nn.BatchNorm2d):
            assert module.weight.mean().item() == pytest.approx(1, abs=0.02)
            assert module.bias.abs().max().item() == 0


def test_no_batch_normalisation_at_ds_input_and_gs_output():
    d = build_discriminator(DCGANDiscriminatorSpec(), (1, 32, 32))
    kinds = [type(m).__name__ for m in d.layers]
    assert kinds[:2] == ["Conv2d", "LeakyReLU"]
    g = build_generator(DCGANGeneratorSpec(), 8, (1, 32, 32))
    assert isinstance(g.layers[-2], torch.nn.ConvTranspose2d)
    assert isinstance(g.layers[-1], torch.nn.Tanh)


def test_which_networks_mix_their_samples():
    shape = (1, 16, 16)
    assert uses_batch_statistics(build_discriminator(DCGANDiscriminatorSpec(), shape))
    assert not uses_batch_statistics(build_discriminator(DCGANDiscriminatorSpec(normalisation="none"), shape))
    assert not uses_batch_statistics(build_discriminator(MLPDiscriminatorSpec(), shape))


@pytest.mark.parametrize(("shape", "words"), [((2,), "mlp"), ((1, 7, 7), "8 to 256"), ((4, 16, 16), "1 or 3 channels")])
def test_dcgan_says_what_it_can_not_do(shape, words):
    with pytest.raises(ValueError, match=words):
        build_generator(DCGANGeneratorSpec(), 8, shape)
    with pytest.raises(ValueError, match=words):
        build_discriminator(DCGANDiscriminatorSpec(), shape)


def test_inputs_are_taken_apart_in_order() -> None:
    inputs = Inputs(torch.arange(10.0).view(5, 2), torch.arange(5.0).view(5, 1))
    parts = list(inputs.portions(2))
    assert [len(part.latents) for part in parts] == [2, 2, 1]
    assert torch.equal(torch.cat([part.latents for part in parts]), inputs.latents)
    assert torch.equal(torch.cat([part.given for part in parts]), inputs.given)
    assert [part.given for part in Inputs(inputs.latents).portions(3)] == [None, None]


def test_a_generator_of_one_part_makes_its_samples_in_one_go() -> None:
    g = build_generator(MLPGeneratorSpec(width=16, depth=2), 3, (1, 8, 8))
    inputs = Inputs(torch.randn(4, 3))
    (only,) = g.way(inputs)
    assert torch.equal(only, g(inputs))
    assert g.differentiable
    assert not g.columns
