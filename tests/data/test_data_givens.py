"""Real samples with what G is given to make one like them."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio.data import GIVENS, DatasetError, build_dataset, build_sampler
from ganstudio.data.givens import shrinking
from ganstudio.experiment import DigitsSpec, Experiment, LowResolutionSpec, NothingSpec, RingSpec


@pytest.fixture(scope="module")
def digits():
    return build_dataset(DigitsSpec())


def test_the_table_has_every_kind() -> None:
    union = Experiment.model_fields["given"].annotation
    assert GIVENS.keys() == set(union.__args__)


def test_nothing_is_given_by_itself(digits) -> None:
    drawn = build_sampler(NothingSpec(), digits).draw(5, np.random.default_rng(3))
    np.testing.assert_array_equal(drawn.x, digits.draw(5, np.random.default_rng(3)))
    assert drawn.given is None
    assert drawn.labels is None


def test_small_images_are_made_as_image_programs_make_them(digits) -> None:
    drawn = build_sampler(LowResolutionSpec(factor=2), digits).draw(16, np.random.default_rng(0), labelled=True)
    x, labels = digits.draw_labelled(16, np.random.default_rng(0))
    np.testing.assert_array_equal(drawn.x, x)
    np.testing.assert_array_equal(drawn.labels, labels)
    small = torch.nn.functional.interpolate(torch.from_numpy(x), scale_factor=0.5, mode="bicubic", antialias=True)
    assert drawn.given.dtype == np.float32
    np.testing.assert_allclose(drawn.given, small, atol=1e-5)


def test_fine_stripes_do_not_pass() -> None:
    """Without a wider kernel they would come out as coarse ones, and G would have nothing to invent."""
    stripes = np.sin(2 * np.pi * (np.arange(32) + 0.5) / 4)
    assert np.abs(shrinking(32, 4) @ stripes)[1:-1].max() < 0.1


def test_noise_is_drawn_anew(digits) -> None:
    sampler = build_sampler(LowResolutionSpec(factor=2, noise=12.75), digits)
    random = np.random.default_rng(0)
    one, other = (sampler.draw(500, random) for _ in range(2))
    noise = np.concatenate([each.given - sampler.shrunk(each.x) for each in (one, other)])
    assert noise.std() == pytest.approx(0.1, rel=0.02)
    assert np.abs(np.corrcoef(noise[:500].ravel(), noise[500:].ravel())[0, 1]) < 0.03


def test_a_factor_that_leaves_a_rest_is_refused(digits) -> None:
    with pytest.raises(DatasetError, match=r"given.factor: 3 does not divide .* 8 × 8 pixels: choose 2, 4 or 8"):
        build_sampler(LowResolutionSpec(factor=3), digits)


def test_points_are_not_made_smaller() -> None:
    with pytest.raises(DatasetError, match=r'given.kind: found "low_resolution", but .* no images'):
        build_sampler(LowResolutionSpec(), build_dataset(RingSpec()))
