"""Distances of patches: near the floor for other real images, far for images without the detail."""

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.data.images.halving import enlarged, halved
from ganstudio.experiment import GlyphsSpec, StripedSpec
from ganstudio.measurements.images import ImageReference
from ganstudio.measurements.patches import levels_of, patch_distance, patch_figures

SPEC = StripedSpec(count=600, held_out=600)


@pytest.fixture(scope="module")
def striped():
    return build_dataset(SPEC)


@pytest.fixture(scope="module")
def sides(striped):
    return striped.at(np.arange(600)), striped.at(np.arange(600, 1200))


def test_other_real_images_are_near_and_images_without_detail_far(sides):
    real, others = sides
    finest, of_others = levels_of(real)[0], levels_of(others)[0]
    floor = patch_distance(of_others, finest)
    assert floor == pytest.approx(25, abs=8)
    assert patch_distance(np.zeros_like(finest), finest) == pytest.approx(798, abs=40)
    noise = finest.std() * np.random.default_rng(0).standard_normal(finest.shape)
    assert patch_distance(noise, finest) == pytest.approx(94, abs=20)
    assert patch_distance(finest, finest) == 0


def test_another_phase_of_the_stripes_is_as_near_as_real(sides):
    moved = build_dataset(SPEC.model_copy(update={"phase_seed": 1})).at(np.arange(600, 1200))
    assert patch_distance(levels_of(moved)[0], levels_of(sides[0])[0]) == pytest.approx(25, abs=10)


def test_it_does_not_depend_on_the_brightness_of_the_level(sides):
    real, others = (levels_of(side)[0] for side in sides)
    far = patch_distance(0.5 * others, real)
    assert patch_distance(5 * others + 3, 10 * real + 3) == pytest.approx(far, rel=0.02)
    assert far > 200


def test_the_same_seed_gives_the_same_distance(sides):
    one, again, other = (patch_distance(*sides, seed=seed) for seed in (0, 0, 1))
    assert one == again
    assert one == pytest.approx(other, rel=0.5)
    assert one != other


def test_levels_go_down_to_sides_of_eight(sides):
    assert [level.shape[-1] for level in levels_of(sides[0])] == [32, 16, 8]
    assert [level.shape[-2:] for level in levels_of(np.zeros((2, 1, 28, 45), np.float32))] == [(28, 45), (14, 23)]
    assert [level.shape[-1] for level in levels_of(np.zeros((2, 1, 8, 8), np.float32))] == [8]


def test_figures_of_all_levels_come_with_floors_and_the_direction(striped, sides):
    reference = ImageReference.of(striped)
    coarse = enlarged(halved(sides[1]), 32, 32)
    found = {figure.name: figure for figure in patch_figures(reference, coarse)}
    assert list(found) == ["swd_32", "swd_16", "swd_8", "direction", "direction_near"]
    assert found["swd_32"].value > 10 * found["swd_32"].floor > 0
    assert found["swd_8"].value < 3 * found["swd_8"].floor
    assert "White noise of the same power gets" in found["swd_32"].help
    assert found["direction"].floor == pytest.approx(4.9, abs=1)
    assert found["direction_near"].floor == pytest.approx(0.96, abs=0.03)


def test_images_without_stripes_are_asked_for_no_direction():
    glyphs = build_dataset(GlyphsSpec(count=300, held_out=300))
    reference = ImageReference.of(glyphs)
    found = list(patch_figures(reference, glyphs.at(np.arange(300, 600))))
    assert [figure.name for figure in found] == ["swd_16", "swd_8"]
    assert found[0].value == pytest.approx(found[0].floor, rel=0.6)
