"""Mixtures of unlike Gaussians: densities against scipy-free textbooks, draws that follow the weights."""

import math

import numpy as np
import pytest
from pydantic import ValidationError

from ganstudio.data import as_mixture, build_dataset
from ganstudio.experiment import DisjointSpec, Experiment, GaussianSpec, GridSpec, MixtureSpec, MoonsSpec, RingSpec
from ganstudio.modalities import Points
from ganstudio.presets import dumps, experiment_for, loads

UNLIKE = MixtureSpec(
    components=(
        GaussianSpec(x=-1, y=2, sigma=0.1, weight=1),
        GaussianSpec(x=3, y=0, sigma=0.3, weight=3),
        GaussianSpec(x=0.2, y=-1, sigma=0.02, weight=4),
    )
)


def textbook(spec, points):
    total = sum(one.weight for one in spec.components)
    density = np.zeros(len(points))
    for one in spec.components:
        squares = ((points - [one.x, one.y]) ** 2).sum(axis=1)
        density += one.weight / total * np.exp(-squares / (2 * one.sigma**2)) / (2 * math.pi * one.sigma**2)
    return np.log(density)


def test_log_density_is_the_textbooks_and_finite_far_out():
    dataset = build_dataset(UNLIKE)
    near = dataset.modality.to_people(dataset.draw(5000, np.random.default_rng(0))).astype(np.float64)
    assert dataset.log_density(near) == pytest.approx(textbook(UNLIKE, near), abs=1e-9)
    far = dataset.log_density(np.array([[1e4, 0.0], [0.0, -1e5]]))
    # The widest Gaussian wins far out: -r^2 / (2 sigma^2).
    assert far * 0.3**2 == pytest.approx([-0.5e8, -0.5e10], rel=1e-3)
    assert dataset.log_density(np.empty((0, 2))).shape == (0,)


def test_draws_follow_weights_and_spreads():
    dataset = build_dataset(UNLIKE)
    model = dataset.draw(100_000, np.random.default_rng(1))
    assert (model.dtype, model.shape) == (np.float32, (100_000, 2))
    assert model.mean(axis=0) == pytest.approx([0, 0], abs=0.01)
    assert model.var(axis=0).mean() == pytest.approx(1, abs=0.01)
    points = dataset.modality.to_people(model).astype(np.float64)
    means = np.array([(one.x, one.y) for one in UNLIKE.components])
    nearest = np.hypot(*(points[:, None] - means).transpose(2, 0, 1)).argmin(axis=1)
    assert np.bincount(nearest) / len(points) == pytest.approx([1 / 8, 3 / 8, 4 / 8], abs=0.006)
    for index, one in enumerate(UNLIKE.components):
        assert points[nearest == index].std(axis=0) == pytest.approx([one.sigma] * 2, rel=0.03)


def test_entropy_by_draws_is_entropy_by_quadrature():
    spec = MixtureSpec(components=(GaussianSpec(sigma=0.3), GaussianSpec(x=1, sigma=0.1, weight=0.5)))
    dataset = build_dataset(spec)
    ticks = np.linspace(-2.5, 2.5, 401)
    log_p = dataset.log_density(np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2))
    p = np.exp(log_p) * (ticks[1] - ticks[0]) ** 2
    assert p.sum() == pytest.approx(1, abs=1e-6)
    drawn = dataset.log_density(dataset.modality.to_people(dataset.draw(40_000, np.random.default_rng(2))))
    assert drawn.mean() == pytest.approx(p @ log_p, abs=4 * drawn.std() / math.sqrt(40_000))


def test_modes_are_known_only_where_all_are_alike():
    assert build_dataset(UNLIKE).modes is None
    assert build_dataset(UNLIKE).mode_sigma is None
    alike = build_dataset(MixtureSpec())
    assert alike.modes == pytest.approx(np.array([[-0.8, -0.5], [0.8, -0.5], [0.0, 0.8]]), abs=1e-12)
    assert alike.mode_sigma == pytest.approx(0.1, abs=1e-12)
    heavier = MixtureSpec(components=(GaussianSpec(), GaussianSpec(x=1, weight=2)))
    assert build_dataset(heavier).modes is None


@pytest.mark.parametrize(
    "spec", [RingSpec(), RingSpec(modes=3, radius=50), GridSpec(), GridSpec(side=16), DisjointSpec()]
)
def test_rings_grids_and_pairs_become_the_same_mixture(spec):
    mixture = as_mixture(spec)
    before, after = build_dataset(spec), build_dataset(mixture)
    assert after.modes == pytest.approx(before.modes, abs=1e-9)
    assert after.mode_sigma == before.mode_sigma
    # Around the modes, where rounding a mean to twelve decimals moves the exponent by less than 1e-8.
    points = before.modes + before.mode_sigma
    assert after.log_density(points) == pytest.approx(before.log_density(points), abs=1e-6)
    assert after.modality.scale == pytest.approx(before.modality.scale, rel=1e-6)


def test_what_is_no_mixture_does_not_become_one():
    assert as_mixture(MoonsSpec()) is None
    assert as_mixture(UNLIKE) is UNLIKE


def test_a_mixture_is_written_a_line_each_and_read_back():
    experiment = experiment_for(UNLIKE, Points(), Experiment())
    assert (experiment.name, experiment.dataset) == ("mixture", UNLIKE)
    text = dumps(experiment)
    assert "    { x = 3.0, y = 0.0, sigma = 0.3, weight = 3.0 },\n" in text
    assert loads(text).dataset == UNLIKE


@pytest.mark.parametrize("wrong", [{"sigma": 0}, {"sigma": 11}, {"weight": 0}, {"x": 1e6}, {"z": 1}])
def test_components_have_bounds(wrong):
    with pytest.raises(ValidationError):
        MixtureSpec(components=({"x": 0.0, **wrong},))
    with pytest.raises(ValidationError):
        MixtureSpec(components=())
