"""Layers that are computed in another way than torch's: the same values, gradients and weights."""

import pytest
import torch
from torch import nn
from torch.nn.functional import affine_grid, grid_sample

from ganstudio.experiment import DCGANGeneratorSpec
from ganstudio.networks import Inputs, build_generator
from ganstudio.networks.convolutions import FromPixel, OfWhole, ToGrey, channels_last, enlarge
from ganstudio.training.step.augmentation import _sample

PAIRS = [
    (lambda: FromPixel(5, 7, 4), lambda: nn.ConvTranspose2d(5, 7, 4), (3, 5, 1, 1)),
    (lambda: FromPixel(5, 7, 3, bias=False), lambda: nn.ConvTranspose2d(5, 7, 3, bias=False), (3, 5, 1, 1)),
    (lambda: OfWhole(6, 2, 4), lambda: nn.Conv2d(6, 2, 4), (3, 6, 4, 4)),
    (lambda: OfWhole(6, 1, 2, bias=False), lambda: nn.Conv2d(6, 1, 2, bias=False), (3, 6, 2, 2)),
    (lambda: enlarge(6, 1, 4), lambda: nn.ConvTranspose2d(6, 1, 4, 2, 1), (3, 6, 8, 8)),
    (lambda: enlarge(6, 1, 3, bias=False), lambda: nn.ConvTranspose2d(6, 1, 3, 2, 1, bias=False), (3, 6, 7, 5)),
]


@pytest.mark.parametrize("last", [False, True])
@pytest.mark.parametrize(("ours", "torchs", "shape"), PAIRS)
def test_a_layer_is_torch_s_in_value_gradient_and_second_derivative(ours, torchs, shape, last):
    torch.manual_seed(0)
    layers = [ours().double(), torchs().double()]
    layers[1].load_state_dict(layers[0].state_dict())
    if last:
        channels_last(layers[0])
    x, found = torch.randn(shape, dtype=torch.float64), []
    for layer in layers:
        here = x.clone().requires_grad_()
        made = layer(here)
        weights = list(layer.parameters())
        first = torch.autograd.grad(made.square().sum(), [here, *weights], create_graph=True)
        second = torch.autograd.grad(first[0].square().sum(), [here, weights[0]])
        found.append([made, *first, *second])
    assert [tensor.shape for tensor in found[0]] == [tensor.shape for tensor in found[1]]
    for mine, theirs in zip(*found, strict=True):
        torch.testing.assert_close(mine, theirs)


def test_only_grey_images_are_made_in_another_way():
    assert type(enlarge(6, 1, 4)) is ToGrey
    assert type(enlarge(6, 3, 4)) is nn.ConvTranspose2d


def test_other_devices_make_grey_images_in_torch_s_way(monkeypatch):
    monkeypatch.setattr("ganstudio.networks.convolutions.fold", None)
    made = enlarge(6, 1, 4).to("meta")(torch.empty(3, 6, 8, 8, device="meta"))
    assert made.shape == (3, 1, 16, 16)


@pytest.mark.parametrize("shape", [(1, 16, 16), (3, 14, 14)])
def test_a_generator_is_the_paper_s_and_its_weights_fit(shape):
    torch.manual_seed(0)
    ours = build_generator(DCGANGeneratorSpec(width=8), 6, shape).eval()
    kinds = {FromPixel: nn.ConvTranspose2d, ToGrey: nn.ConvTranspose2d}
    plain = []
    for layer in ours.layers:
        kind = kinds.get(type(layer))
        if kind is None:
            plain.append(layer)
        else:
            how = layer.kernel_size, layer.stride, layer.padding
            plain.append(kind(layer.in_channels, layer.out_channels, *how, bias=layer.bias is not None))
    paper = nn.Sequential(*plain)
    paper.load_state_dict(ours.layers.state_dict())
    z = torch.randn(4, 6)
    torch.testing.assert_close(ours(Inputs(z)), paper(z[:, :, None, None]))
    assert ours.layers[-2].weight.is_contiguous(memory_format=torch.channels_last)


def test_images_are_sampled_where_torch_s_affine_grid_says():
    torch.manual_seed(0)
    images, turned, moves = torch.randn(5, 3, 12, 9), torch.randn(5, 2, 2), torch.rand(5, 2, 1)
    grid = affine_grid(torch.cat([turned, moves], dim=2), list(images.shape), align_corners=False)
    torch.testing.assert_close(
        _sample(images, turned, moves), grid_sample(images, grid, padding_mode="border", align_corners=False)
    )
