"""Networks that make surfaces, paint them, judge both, and read normals off pictures."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio.experiment import (
    Experiment,
    NormalsStageSpec,
    ReaderBase,
    ReaderStageSpec,
    StackedDiscriminatorSpec,
    StyleGeneratorSpec,
    SurfaceGeneratorSpec,
)
from ganstudio.networks import (
    DISCRIMINATORS,
    GENERATORS,
    READERS,
    Inputs,
    build_discriminator,
    build_generator,
    build_reader,
    uses_batch_statistics,
)

SMALL = {"width": 8}
SIDES = [(32, 32), (16, 16), (20, 27)]


def maps(count: int, height: int, width: int) -> torch.Tensor:
    drawn = torch.randn(count, 3, height, width, generator=torch.Generator().manual_seed(1))
    return torch.nn.functional.normalize(drawn, dim=1)


def test_every_reader_has_its_row() -> None:
    stages = Experiment.model_fields["stages"].annotation.__args__[0].__origin__.__args__
    assert set(READERS) == {one for one in stages if issubclass(one, ReaderBase)} >= {NormalsStageSpec, ReaderStageSpec}


@pytest.mark.parametrize(("height", "width"), SIDES)
def test_surfaces_are_unit_vectors_of_any_size(height: int, width: int) -> None:
    torch.manual_seed(0)
    network = build_generator(SurfaceGeneratorSpec(**SMALL), 5, (3, height, width))
    latents = torch.randn(4, 5)
    made = network(Inputs(latents))
    assert made.shape == (4, 3, height, width)
    assert (made.norm(dim=1) - 1).abs().max() < 1e-6
    network.eval()
    again = network(Inputs(latents[:2]))
    np.testing.assert_allclose(network(Inputs(latents))[:2].detach(), again.detach(), atol=1e-6)
    assert not any("places" in name for name in network.state_dict())  # they follow from the shape


@pytest.mark.parametrize(("height", "width"), SIDES)
def test_a_style_paints_what_is_given(height: int, width: int) -> None:
    torch.manual_seed(0)
    network = build_generator(StyleGeneratorSpec(**SMALL), 4, (3, height, width), (3, height, width)).eval()
    given, style = maps(2, height, width), torch.randn(2, 4)
    one = network(Inputs(style, given))
    assert one.shape == (2, 3, height, width)
    assert one.abs().max() <= 1
    other_style = network(Inputs(style.flip(0), given))
    other_map = network(Inputs(style, given.flip(0)))
    assert (one - other_style).abs().mean() > 0.01
    assert (one - other_map).abs().mean() > 0.01


@pytest.mark.parametrize(("height", "width"), SIDES)
@pytest.mark.parametrize("given", [None, 3], ids=["alone", "stacked"])
def test_d_sees_what_is_stacked_on_a_sample(height: int, width: int, given: int | None) -> None:
    torch.manual_seed(0)
    shown = None if given is None else (given, height, width)
    network = build_discriminator(StackedDiscriminatorSpec(**SMALL), (3, height, width), given=shown).eval()
    x, of = torch.randn(4, 3, height, width), maps(4, height, width)
    logits, features = network.judge(x, None, of if given else None)
    assert (logits.shape, features.shape) == ((4,), (4, network.feature_size))
    assert uses_batch_statistics(network)
    assert not uses_batch_statistics(
        build_discriminator(StackedDiscriminatorSpec(minibatch_deviation=False), (3, 16, 16))
    )
    if given:
        other = network.judge(x, None, of.flip(0))[0]
        assert (logits - other).abs().min() > 1e-4


@pytest.mark.parametrize(("height", "width"), SIDES)
def test_normals_are_read_at_half_the_side(height: int, width: int) -> None:
    torch.manual_seed(0)
    shape = (3, height, width)
    reader = build_reader(NormalsStageSpec(**SMALL), shape, shape)
    read = reader(torch.randn(4, *shape))
    assert read.shape == (4, 3, -(-height // 2), -(-width // 2))
    assert (read.norm(dim=1) - 1).abs().max() < 1e-6
    flat = torch.zeros(4, *shape)
    flat[:, 2] = 1
    x = torch.randn(4, *shape)
    with reader.at_rest():
        assert not reader.training
        expected = 1 - reader(x)[:, 2].mean()  # the cosine to a vector along z is its z
        assert reader.error(x, flat).item() == pytest.approx(expected.item(), abs=1e-6)
        alone = reader(x[:1])
        np.testing.assert_allclose(reader(x)[:1].detach(), alone.detach(), atol=1e-5)
    assert reader.training
    assert 0 <= reader.error(x, flat).item() <= 2


def test_the_table_of_networks_has_them() -> None:
    assert SurfaceGeneratorSpec in GENERATORS
    assert StyleGeneratorSpec in GENERATORS
    assert StackedDiscriminatorSpec in DISCRIMINATORS


@pytest.mark.parametrize(
    ("build", "told"),
    [
        (lambda: build_generator(SurfaceGeneratorSpec(), 4, (1, 32, 32)), "generator.kind: found 'surface', .* colour"),
        (lambda: build_generator(SurfaceGeneratorSpec(), 4, (2,)), r"found 'surface', .* shape \(2,\)"),
        (
            lambda: build_generator(SurfaceGeneratorSpec(), 4, (3, 8, 8)),
            "needs 16 pixels to a side or more, found 8 × 8",
        ),
        (lambda: build_generator(StyleGeneratorSpec(), 4, (3, 32, 32)), "set given.kind to 'normals'"),
        (
            lambda: build_generator(StyleGeneratorSpec(), 4, (3, 32, 32), (3, 8, 8)),
            "paints a map of the picture's own size: set given.kind to 'normals'",
        ),
        (
            lambda: build_generator(StyleGeneratorSpec(), 0, (3, 32, 32), (3, 32, 32)),
            "chooses a style by z: set latent.dimensions above 0",
        ),
        (
            lambda: build_discriminator(StackedDiscriminatorSpec(), (3, 32, 32), given=(3, 8, 8)),
            "samples are 32 × 32 and that is 8 × 8: set given.judged to false",
        ),
        (lambda: build_discriminator(StackedDiscriminatorSpec(), (2,)), r"for images, not for shape \(2,\)"),
        (lambda: build_reader(NormalsStageSpec(), (3, 32, 32), (3, 8, 8)), "choose the stage 'reader'"),
    ],
    ids=["grey", "points", "small", "nothing", "size", "no z", "d size", "d points", "reader"],
)
def test_what_they_are_not_for_is_refused(build, told: str) -> None:
    with pytest.raises(ValueError, match=told):
        build()
