"""Networks that enlarge images of any size, a judge of their parts, and the objective of both against its equations."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch.nn.functional import interpolate
from torch.nn.functional import softplus as sp

from ganstudio.experiment import (
    DCGANGeneratorSpec,
    Experiment,
    LowResolutionSpec,
    PatchDiscriminatorSpec,
    SuperResolutionGeneratorSpec,
    SuperResolutionSpec,
)
from ganstudio.modalities import Images
from ganstudio.networks import GENERATORS, Inputs, build_discriminator, build_generator
from ganstudio.networks.super_resolution import enlarged
from ganstudio.objectives import Sight, build_objective
from ganstudio.presets import ExperimentError, check_game, partners, with_settings

SPEC = SuperResolutionGeneratorSpec(width=12, blocks=2)


def generator(factor: int = 4, channels: int = 3, dimensions: int = 0):
    torch.manual_seed(0)
    return build_generator(SPEC, dimensions, (channels, 8 * factor, 8 * factor), (channels, 8, 8))


def given(*shape: int) -> Inputs:
    return Inputs(torch.zeros(shape[0], 0), torch.rand(shape, generator=torch.Generator().manual_seed(1)) * 2 - 1)


def stirred(network):
    """With weights that are nowhere 0, as after some training."""
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(0.05 * torch.randn_like(parameter))
    return network


@pytest.mark.parametrize(("factor", "channels"), [(2, 1), (4, 3), (8, 3)])
def test_images_of_any_size_are_enlarged(factor: int, channels: int) -> None:
    network = generator(factor, channels)
    for height, width in ((8, 8), (5, 11), (1, 1)):
        assert network(given(2, channels, height, width)).shape == (2, channels, factor * height, factor * width)


def test_at_first_it_is_nearly_interpolation_without_a_chequerboard() -> None:
    inputs = given(4, 3, 16, 16)
    added = generator()(inputs) - enlarged(inputs.given, 4)
    assert 0 < added.std() < 0.1 * inputs.given.std()
    # What differs between the four pixels of a square, apart from how the image goes on: nothing in the mean.
    inner = added[..., 8:-8, 8:-8].double()
    phases = torch.stack([inner[..., down::4, across::4].mean((0, 2, 3)) for down in range(4) for across in range(4)])
    assert phases.std(0).max() < 0.05 * inner.std()


def test_enlarging_is_torchs_cubic_one_and_keeps_the_mean() -> None:
    small = given(1, 1, 6, 9).given
    assert torch.equal(enlarged(small, 4), interpolate(small, scale_factor=4, mode="bicubic"))
    assert enlarged(torch.full((1, 1, 4, 4), 0.3), 4).sub(0.3).abs().max() < 1e-6


def test_what_is_out_of_reach_does_not_count() -> None:
    """To the pixel that ``reach`` names, and nothing beyond: what tiles overlap by follows from it."""
    network = stirred(generator())
    before = given(1, 3, 40, 40)
    after = before.given.clone()
    after[..., 20, 20] += 1
    changed = (network(before) - network(Inputs(before.latents, after))).abs().sum(1)[0]
    rows = changed.sum(1).nonzero().flatten() // 4
    assert 20 - network.reach <= rows.min() < 20 - 2 * 2  # at least the blocks' own
    assert 20 + 2 * 2 < rows.max() <= 20 + network.reach


def test_its_way_begins_with_what_it_is_given() -> None:
    network, inputs = stirred(generator()), given(2, 3, 8, 8)
    first, last = network.way(inputs)
    assert network.way_kinds(Images((3, 16, 16))) == (Images((3, 16, 16)),)
    assert torch.equal(first, enlarged(inputs.given, 4))
    assert torch.equal(last, network(inputs))


def test_latents_are_seen_everywhere() -> None:
    network, small = stirred(generator(dimensions=2)), given(1, 3, 8, 8).given
    one, other = (network(Inputs(torch.tensor([[z, 0.0]]), small)) for z in (-1.0, 1.0))
    assert ((one - other).abs().amax(1) > 0).float().mean() > 0.99


@pytest.mark.parametrize(
    ("shape", "given_shape", "words"),
    [
        ((3, 32, 32), None, "is given none"),
        ((2,), (2,), "is given none"),
        ((3, 24, 24), (3, 8, 8), "given.factor: found 3, but .* choose 2, 4, 8"),
    ],
)
def test_it_says_what_it_can_not_do(shape, given_shape, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        build_generator(SPEC, 0, shape, given_shape)


def test_which_generators_make_any_size() -> None:
    assert {spec for spec, family in GENERATORS.items() if family.any_size} == {SuperResolutionGeneratorSpec}


# --- the judge --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", [8, 15, 16, 28, 32, 48])
def test_images_of_any_size_are_judged(side: int) -> None:
    d = build_discriminator(PatchDiscriminatorSpec(width=4), (3, side, side))
    for height, width in ((side, side), (side + 8, side + 20)):
        outputs, features = d.read(torch.rand(5, 3, height, width))
        assert outputs.shape == (5,)
        assert features.shape == (5, d.feature_size)


def test_a_judgement_is_the_mean_over_the_parts() -> None:
    d = build_discriminator(PatchDiscriminatorSpec(width=4), (1, 32, 32)).eval()
    images = torch.rand(2, 1, 64, 64)
    judged = d.judge_part(d.trunk(images))
    assert judged.shape[2:] == (5, 5)
    torch.testing.assert_close(d(images), judged.mean((1, 2, 3)))


def test_small_images_are_shown_as_channels() -> None:
    d = build_discriminator(PatchDiscriminatorSpec(width=4), (1, 32, 32), None, (1, 8, 8))
    x, small = torch.rand(3, 1, 32, 32), torch.rand(3, 1, 8, 8)
    assert not torch.equal(d(x, None, small), d(x, None, -small))
    with pytest.raises(ValueError, match="can be shown images next to a sample"):
        build_discriminator(PatchDiscriminatorSpec(), (1, 32, 32), None, (4,))


@pytest.mark.parametrize(("shape", "words"), [((3, 4, 4), "4 × 4 pixels"), ((2,), r"samples of shape \(2,\)")])
def test_the_judge_says_what_it_can_not_judge(shape, words: str) -> None:
    with pytest.raises(ValueError, match=f"'patch' judges images of at least 8 × 8 pixels, found {words}"):
        build_discriminator(PatchDiscriminatorSpec(), shape)


# --- the objective ----------------------------------------------------------------------------------------------------


def sight() -> Sight:
    random = torch.Generator().manual_seed(0)
    x, g = (torch.randn(6, 3, 16, 16, generator=random, dtype=torch.float64) for _ in range(2))
    real, fake = (torch.randn(6, generator=random, dtype=torch.float64) for _ in range(2))
    inputs = Inputs(torch.zeros(6, 0), torch.zeros(6, 3, 4, 4))
    return Sight(inputs=inputs, x=x, g=g, real=real, fake=fake, drawn=x, made=g)


def test_gs_loss_is_the_weighted_sum_and_each_part_is_told() -> None:
    game, seen = build_objective(SuperResolutionSpec(adversarial=0.3, pixels=0.7, small_image=5.0)), sight()
    small = [interpolate(each, scale_factor=0.25, mode="bicubic", antialias=True) for each in (seen.g, seen.x)]
    expected = [
        0.7 * (seen.g - seen.x).square().mean(),
        5.0 * (small[0] - small[1]).square().mean(),
        0.3 * sp(seen.real - seen.fake).mean(),
    ]
    (term,) = game.terms("generator")
    torch.testing.assert_close(term(seen), sum(expected), rtol=1e-4, atol=0)
    for number, value in zip(game.numbers("generator"), expected, strict=True):
        torch.testing.assert_close(number.of(seen), value, rtol=1e-4, atol=0)
    assert len({number.scalar.plot for number in game.numbers("generator")}) == 1


def test_ds_loss_is_relativistic() -> None:
    game, seen = build_objective(SuperResolutionSpec()), sight()
    torch.testing.assert_close(game.discriminator_loss(seen.real, seen.fake), sp(seen.fake - seen.real).mean())


def test_the_penalty_is_of_real_images_alone() -> None:
    game = build_objective(SuperResolutionSpec(gamma=0.8))
    direction = torch.tensor([1.0, -2.0], dtype=torch.float64)
    x, g = torch.zeros(3, 2, dtype=torch.float64), torch.ones(3, 2, dtype=torch.float64)
    linear = game.penalty(lambda samples: samples @ direction, x, g)
    assert linear.item() == pytest.approx(0.4 * 5.0)
    # Its slope is 2 s at s: none at the real images, which are 0.
    assert game.penalty(lambda samples: samples.square().sum(1), x, g).item() == pytest.approx(0, abs=1e-12)


def test_it_needs_small_images() -> None:
    alone = Experiment(objective=SuperResolutionSpec())
    with pytest.raises(ExperimentError, match=r"objective.kind: found 'super_resolution', .* given.kind is 'nothing'"):
        check_game(alone)
    check_game(alone.model_copy(update={"given": LowResolutionSpec()}))


def test_the_energy_brings_an_autoencoder_in_the_patch_judges_place() -> None:
    experiment = Experiment(discriminator=PatchDiscriminatorSpec(), generator=DCGANGeneratorSpec())
    (switch,) = partners(with_settings(experiment, [("objective", {"kind": "energy"})]), "objective.kind")
    assert (switch.path, switch.now) == ("discriminator", "conv_autoencoder")


def test_shrinking_is_the_datas_own() -> None:
    from ganstudio.data.givens import shrinking

    game, seen = build_objective(SuperResolutionSpec(small_image=1.0)), sight()
    rows = shrinking(16, 4)
    away = rows @ (seen.g - seen.x).numpy() @ rows.T
    found = game.of_small_image(seen.g, seen.x, (4, 4)).item()
    assert found == pytest.approx(float(np.square(away).mean()), rel=1e-6)
