"""Differentiable augmentation: what is done to images, and that both players' images go through it."""

import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import AugmentationSpec
from ganstudio.latent import Batch
from ganstudio.presets import is_live, with_setting
from ganstudio.training.step.augmentation import augment, turn
from ganstudio.training.step.trainer import Trainer


def random(seed=0):
    return torch.Generator().manual_seed(seed)


@pytest.fixture
def pictures():
    return torch.rand((64, 3, 12, 12), generator=random(9)) * 2 - 1


def test_nothing_is_done_and_no_number_drawn_where_nothing_is_asked_for(pictures):
    source = random()
    before = source.get_state()
    assert augment(pictures, AugmentationSpec(), source) is pictures
    assert torch.equal(source.get_state(), before)


def test_translation_moves_both_ways_by_up_to_its_share():
    squares = -torch.ones((256, 1, 32, 32))
    squares[:, :, 12:20, 12:20] = 1
    moved = (augment(squares, AugmentationSpec(translation=0.25), random()) + 1) / 2
    place = torch.arange(32.0) - 15.5
    mass = moved.sum(dim=(1, 2, 3))
    assert mass.min().item() == pytest.approx(64, rel=1e-3)  # no part of the square is lost
    for axis in (2, 3):
        centre = (moved.sum(dim=(1, axis)) * place).sum(1) / mass
        assert centre.min().item() == pytest.approx(-8, abs=0.3)
        assert centre.max().item() == pytest.approx(8, abs=0.3)
        assert centre.mean().abs().item() < 0.8


def test_what_comes_in_repeats_the_edge():
    stripes = torch.linspace(-1, 1, 16)[None, None, :, None].expand(64, 1, 16, 16)
    moved = augment(stripes, AugmentationSpec(translation=0.25), random())
    assert moved.min().item() == pytest.approx(-1, abs=1e-5)
    assert moved.max().item() == pytest.approx(1, abs=1e-5)


def test_zoom_changes_the_size_about_the_middle():
    """A square in the middle: its area goes with the square of the zoom, and its centre stays."""
    squares = -torch.ones((256, 1, 32, 32))
    squares[:, :, 12:20, 12:20] = 1
    zoomed = (augment(squares, AugmentationSpec(zoom=0.25), random()) + 1) / 2
    sides = zoomed.sum(dim=(1, 2, 3)).sqrt()
    assert sides.min().item() == pytest.approx(8 / 1.25, abs=0.15)
    assert sides.max().item() == pytest.approx(8 / 0.75, abs=0.3)
    place = torch.arange(32.0) - 15.5
    assert ((zoomed.sum(dim=(1, 2)) * place).sum(1) / zoomed.sum(dim=(1, 2, 3))).abs().max() < 0.01


def lying_bars(count):
    bars = -torch.ones((count, 1, 32, 32))
    bars[:, :, 14:18, 6:26] = 1
    return bars


def degrees_of(bars):
    """How far each lying bar was turned, by the axis of its second moments; its size and centre must have stayed."""
    turned = ((bars + 1) / 2)[:, 0]
    place = torch.arange(32.0) - 15.5
    mass = turned.sum(dim=(1, 2))
    assert mass.min().item() == pytest.approx(80, rel=0.02)
    assert mass.max().item() == pytest.approx(80, rel=0.02)
    for axis in (1, 2):
        assert ((turned.sum(dim=axis) * place).sum(1) / mass).abs().max() < 0.01
    mixed, across, down = (
        torch.einsum(f"nhw,{at},{to}->n", turned, place, place) for at, to in (("h", "w"), ("w", "w"), ("h", "h"))
    )
    return torch.rad2deg(torch.atan2(2 * mixed, across - down)) / 2


def test_all_are_turned_by_one_angle_of_up_to_so_many_degrees():
    generator = random()
    angles = []
    for _ in range(60):
        degrees = degrees_of(turn(lying_bars(3), 40, generator))
        assert torch.allclose(degrees, degrees[0], atol=1e-3)
        angles.append(degrees[0].item())
    assert -40.5 < min(angles) < -32
    assert 32 < max(angles) < 40.5


def test_rotation_turns_about_the_middle_to_both_sides():
    degrees = degrees_of(augment(lying_bars(256), AugmentationSpec(rotation=40), random()))
    assert degrees.min().item() == pytest.approx(-40, abs=1)
    assert degrees.max().item() == pytest.approx(40, abs=1)
    assert degrees.mean().abs().item() < 4


def test_strokes_get_thicker_and_thinner():
    bars = -torch.ones((256, 1, 32, 32))
    bars[:, :, 14:18, 6:26] = 1
    changed = (augment(bars, AugmentationSpec(stroke=1), random()) + 1) / 2
    mass = changed.sum(dim=(1, 2, 3))
    assert mass.max().item() == pytest.approx(22 * 6, rel=0.03)  # a pixel more at each edge
    assert mass.min().item() == pytest.approx(18 * 2, rel=0.05)
    assert mass.mean().item() == pytest.approx(80, rel=0.1)
    assert changed.min() >= 0
    assert changed.max() <= 1
    half = (augment(bars, AugmentationSpec(stroke=0.5), random()) + 1) / 2
    assert half.sum(dim=(1, 2, 3)).max().item() == pytest.approx(80 + (22 * 6 - 80) / 2, rel=0.03)


def test_cutout_leaves_a_grey_square_of_its_size(pictures):
    cut = augment(pictures, AugmentationSpec(cutout=0.5), random())
    holes = (cut == 0).all(dim=1)
    assert torch.equal(torch.where(holes[:, None], 0, pictures), cut)
    sizes = holes.flatten(1).sum(1)
    assert sizes.max() == 36  # six by six
    assert sizes.min() >= 9  # what a corner leaves of it
    assert len({tuple(hole.flatten().tolist()) for hole in holes}) > 40


def test_colour_changes_each_image_by_one_line(pictures):
    """Grey images: brightness and contrast together are a line through the pixels' values."""
    grey = pictures[:, :1]
    changed = augment(grey, AugmentationSpec(colour=1), random())
    slopes = []
    for before, after in zip(grey.flatten(1), changed.flatten(1), strict=True):
        slope = torch.cov(torch.stack([before, after]))[0, 1] / before.var()
        assert torch.allclose(after - after.mean(), slope * (before - before.mean()), atol=1e-4)
        slopes.append(slope.item())
    assert min(slopes) == pytest.approx(0.5, abs=0.1)
    assert max(slopes) == pytest.approx(1.5, abs=0.1)
    shift = (changed - grey).mean(dim=(1, 2, 3))
    assert shift.abs().max().item() == pytest.approx(0.5, abs=0.06)


def test_saturation_moves_colours_to_and_from_grey(pictures):
    changed = augment(pictures, AugmentationSpec(colour=1), random())
    spread = changed.std(dim=1).mean(dim=(1, 2)) / pictures.std(dim=1).mean(dim=(1, 2))
    assert spread.min() < 0.2
    assert spread.max() > 1.5


def test_the_gradient_passes_through(pictures):
    samples = pictures.clone().requires_grad_()
    spec = AugmentationSpec(colour=0.5, translation=0.2, zoom=0.2, rotation=20, stroke=0.5, cutout=0.4)
    (slope,) = torch.autograd.grad(augment(samples, spec, random()).sum(), samples)
    assert slope.abs().sum() > 0
    assert torch.isfinite(slope).all()


def test_d_sees_both_kinds_augmented(images):
    trainer = Trainer(
        with_setting(images, "augmentation.translation", 0.25), build_dataset(images.dataset), torch.device("cpu")
    )
    seen = []
    read = trainer.discriminator.read
    trainer.discriminator.read = lambda samples: seen.append(samples) or read(samples)
    plain = trainer.sights.draw_real().x
    trainer.sights.draw_real = lambda: Batch(plain)
    trainer.step()
    real, fake, last = seen
    assert not torch.equal(real, plain)
    assert fake.shape == real.shape
    assert last.requires_grad


def test_points_are_not_augmented(plane):
    trainer = Trainer(plane, build_dataset(plane.dataset), torch.device("cpu"))
    with pytest.raises(ValueError, match="augmentation: is for images"):
        trainer.adjust(with_setting(plane, "augmentation.cutout", 0.5))
    assert is_live("augmentation.cutout")
    trainer.step()
