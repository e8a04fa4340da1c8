"""Principal directions of G's first features."""

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from ganstudio.directions import DirectionError
from ganstudio.experiment import (
    CategoricalCodeSpec,
    DCGANGeneratorSpec,
    LatentSpec,
    MLPGeneratorSpec,
    WaveGeneratorSpec,
)
from ganstudio.measurements.principal import principal_directions
from ganstudio.networks import Generator, Inputs, build_generator
from ganstudio.networks.chain import ChainedGenerator


def vectors_of(directions):
    return np.stack([one.vector for one in directions])


def built(spec, latent, shape, given=None):
    torch.manual_seed(0)
    return build_generator(spec, latent.width, shape, given).eval().requires_grad_(False)


def test_of_a_linear_layer_they_are_its_right_singular_vectors_to_rounding():
    """SeFa's answer, which a component analysis of the features over all z has too."""
    space = LatentSpec(dimensions=6, codes=(CategoricalCodeSpec(size=3),))
    generator = built(MLPGeneratorSpec(width=16, depth=2), space, (2,))
    found = principal_directions(generator, space)
    weights = generator.layers[0].weight[:, :6].double().numpy()
    _, values, truth = np.linalg.svd(weights)
    assert [one.name for one in found] == [f"principal {k}" for k in range(1, 7)]
    np.testing.assert_allclose(np.abs((vectors_of(found) * truth).sum(1)), 1, atol=1e-5)
    assert all(one.vector[np.abs(one.vector).argmax()] > 0 for one in found)
    share = 100 * values[0] ** 2 / (values**2).sum()
    assert (
        found[0].told == f"{share:.3g} % of the variance of G's first features, found exactly, as they are linear in z"
    )


def test_the_first_layer_of_a_dcgan_is_linear_too():
    space = LatentSpec(dimensions=12)
    generator = built(DCGANGeneratorSpec(width=4), space, (1, 16, 16))
    found = principal_directions(generator, space, count=4)
    weights = generator.layers[0].weight.flatten(1).double().numpy().T
    truth = np.linalg.svd(weights, full_matrices=False)[2][:4]
    np.testing.assert_allclose(np.abs((vectors_of(found) * truth).sum(1)), 1, atol=1e-5)


class Bent(Generator):
    """Its first features are no linear function of z: mostly of its second dimension, and of the first a little."""

    def __init__(self) -> None:
        super().__init__()
        self.first = Cubed()

    def forward(self, inputs: Inputs) -> Tensor:
        return self.first(inputs.latents)


class Cubed(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor([0.3, 2.0, 0.0]))

    def forward(self, z: Tensor) -> Tensor:
        return (z * self.scale).tanh().pow(3)


def test_of_other_layers_they_come_of_draws_and_point_where_the_features_vary_most():
    found = principal_directions(Bent(), LatentSpec(dimensions=3), count=2)
    np.testing.assert_allclose(np.abs(vectors_of(found)), [[0, 1, 0], [1, 0, 0]], atol=0.06)
    assert "by drawing z" in found[0].told
    again = principal_directions(Bent(), LatentSpec(dimensions=3), count=2)
    np.testing.assert_array_equal(vectors_of(found), vectors_of(again))


def test_of_a_chain_each_part_has_its_own():
    one, two = LatentSpec(dimensions=3), LatentSpec(dimensions=2)
    first = built(MLPGeneratorSpec(width=8, depth=1), one, (1, 8, 8))
    second = built(MLPGeneratorSpec(width=8, depth=1), two, (1, 8, 8), (1, 8, 8))
    chained = ChainedGenerator(first, second, 3, 5, None)
    found = principal_directions(chained, LatentSpec(dimensions=5), count=4)
    assert [one.name for one in found] == [
        "first principal 1",
        "first principal 2",
        "second principal 1",
        "second principal 2",
    ]
    vectors = vectors_of(found)
    np.testing.assert_allclose(vectors[:2, 3:], 0, atol=1e-9)
    np.testing.assert_allclose(vectors[2:, :3], 0, atol=1e-9)


def test_sounds_have_them_too():
    space = LatentSpec(dimensions=5)
    found = principal_directions(built(WaveGeneratorSpec(width=2), space, (1, 1, 4096)), space, count=3)
    vectors = vectors_of(found)
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(3), atol=1e-4)


def test_a_search_that_nobody_waits_for_ends_between_two_portions():
    asked = []

    def wanted():
        asked.append(True)
        return len(asked) < 3

    assert principal_directions(Bent(), LatentSpec(dimensions=3), wanted=wanted) is None
    assert len(asked) == 3


def test_what_has_no_directions_says_why():
    dice = Bent()
    dice.differentiable = False
    with pytest.raises(DirectionError, match="by throwing dice"):
        principal_directions(dice, LatentSpec(dimensions=3))
    with pytest.raises(DirectionError, match="no z to be turned"):
        principal_directions(Bent(), LatentSpec(dimensions=0))
    flat = Bent()
    flat.first.scale = nn.Parameter(torch.zeros(3))
    with pytest.raises(DirectionError, match="does not change with z"):
        principal_directions(flat, LatentSpec(dimensions=3))
    broken = built(MLPGeneratorSpec(width=8, depth=1), LatentSpec(dimensions=3), (2,))
    with torch.no_grad():
        broken.layers[0].weight.fill_(torch.nan)
    with pytest.raises(DirectionError, match="no finite numbers"):
        principal_directions(broken, LatentSpec(dimensions=3))
