"""The plane: densities that integrate to 1, draws that follow them, unit variance in model units."""

import math

import numpy as np
import pytest

from ganstudio.data import BUILDERS, build_dataset
from ganstudio.experiment import DisjointSpec, GridSpec, LineSpec, MoonsSpec, RingSpec, SpiralSpec, SwissRollSpec
from ganstudio.modalities import Points

SPECS = [
    RingSpec(sigma=0.1),
    RingSpec(modes=1, sigma=0.2),
    GridSpec(side=3, sigma=0.3),
    DisjointSpec(),
    LineSpec(sigma=0.1),
    LineSpec(length=0.5, angle=-120, sigma=0.3),
    MoonsSpec(sigma=0.1),
    SpiralSpec(sigma=0.06),
    SpiralSpec(arms=3, turns=2, sigma=0.1),
    SwissRollSpec(sigma=0.06),
    SwissRollSpec(sigma=1.0),
]


def label(spec):
    return "-".join(str(value) for value in spec.model_dump().values())


def quadrature(dataset, sigma, cells=None):
    """Points of a square that holds all but nothing of the mass, their log-densities, and the area of a cell."""
    rng = np.random.default_rng(3)
    samples = dataset.modality.to_people(dataset.draw(20_000, rng)).astype(np.float64)
    low, high = samples.min() - 4 * sigma, samples.max() + 4 * sigma
    cells = cells or min(600, math.ceil((high - low) / (0.4 * sigma)) + 1)
    ticks = np.linspace(low, high, cells)
    points = np.stack(np.meshgrid(ticks, ticks), axis=-1).reshape(-1, 2)
    return points, dataset.log_density(points), (ticks[1] - ticks[0]) ** 2


@pytest.mark.parametrize("spec", SPECS, ids=label)
def test_density_integrates_to_one_and_draws_follow_it(spec):
    dataset = build_dataset(spec)
    _, log_p, area = quadrature(dataset, spec.sigma)
    p = np.exp(log_p)
    assert p.sum() * area == pytest.approx(1, abs=1e-4)

    entropy = -(p * log_p).sum() * area
    drawn = dataset.log_density(dataset.modality.to_people(dataset.draw(40_000, np.random.default_rng(1))))
    assert drawn.mean() == pytest.approx(-entropy, abs=5 * drawn.std() / math.sqrt(40_000) + 1e-3)


@pytest.mark.parametrize("spec", SPECS, ids=label)
def test_model_units_have_mean_zero_and_unit_variance(spec):
    dataset = build_dataset(spec)
    samples = dataset.draw(100_000, np.random.default_rng(5))
    assert samples.dtype == np.float32
    assert samples.shape == (100_000, 2)
    assert samples.mean(axis=0) == pytest.approx([0, 0], abs=0.02)
    assert samples.var(axis=0).mean() == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("spec", SPECS, ids=label)
def test_moments_agree_with_the_density(spec):
    dataset = build_dataset(spec)
    points, log_p, area = quadrature(dataset, spec.sigma)
    weights = np.exp(log_p) * area
    mean = weights @ points
    variance = weights @ (points - mean) ** 2
    assert dataset.modality.middle == pytest.approx(mean, abs=1e-3)
    assert dataset.modality.scale == pytest.approx(math.sqrt(variance.mean()), rel=1e-3)


@pytest.mark.parametrize("kind", [one for one in BUILDERS if not {"path", "size", "count"} & set(one.model_fields)])
def test_draws_repeat_with_the_seed_and_differ_without(kind):
    dataset = build_dataset(kind())
    one, again = (dataset.draw(64, np.random.default_rng(7)) for _ in range(2))
    other = dataset.draw(64, np.random.default_rng(8))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    assert isinstance(dataset.modality, Points)
    assert dataset.count is None
    assert dataset.source


def test_ring_is_the_protocol_of_the_literature():
    dataset = build_dataset(RingSpec())
    assert dataset.modes == pytest.approx(np.array([[math.cos(a), math.sin(a)] for a in np.arange(8) * math.pi / 4]))
    assert dataset.mode_sigma == 0.01
    samples = dataset.modality.to_people(dataset.draw(50_000, np.random.default_rng(0)))
    distance = np.hypot(*(samples[:, None] - dataset.modes).transpose(2, 0, 1))
    assert (distance.min(axis=1) < 0.03).mean() == pytest.approx(1 - math.exp(-4.5), abs=0.002)
    assert np.bincount(distance.argmin(axis=1), minlength=8) / 50_000 == pytest.approx(np.full(8, 1 / 8), abs=0.01)


def test_grid_and_disjoint_means():
    grid = build_dataset(GridSpec())
    assert {tuple(mean) for mean in grid.modes} == {(x, y) for x in (-4, -2, 0, 2, 4) for y in (-4, -2, 0, 2, 4)}
    assert build_dataset(DisjointSpec()).modes == pytest.approx(np.array([[-2, 0], [2, 0]]))


def test_log_density_of_a_single_gaussian_is_the_textbooks():
    dataset = build_dataset(RingSpec(modes=1, radius=2.0, sigma=0.5))
    points = np.array([[2.0, 0.0], [2.5, 0.5], [40.0, -30.0]])
    squared = ((points - [2, 0]) ** 2).sum(axis=1)
    assert dataset.log_density(points) == pytest.approx(-squared / 0.5 - math.log(2 * math.pi * 0.25))


@pytest.mark.parametrize("spec", [*SPECS, RingSpec(), LineSpec(sigma=1e-4), MoonsSpec(sigma=1e-3)], ids=label)
def test_tails_are_finite_and_fall_as_the_nearest_distance_says(spec):
    dataset = build_dataset(spec)
    directions = np.array([[1, 0], [-0.6, 0.8], [0, -1]])
    near, far = dataset.log_density(directions * 1e3), dataset.log_density(directions * 1e4)
    assert np.isfinite(near).all()
    # At distance r of a support within 12 of the origin, the log-density is near -(r +- 12)^2 / (2 sigma^2).
    assert near * spec.sigma**2 == pytest.approx(np.full(3, -0.5e6), rel=0.03)
    assert far * spec.sigma**2 == pytest.approx(np.full(3, -0.5e8), rel=0.003)


def brute_force(spec, support, points):
    exponents = -((points[:, None] - support) ** 2).sum(axis=-1) / (2 * spec.sigma**2)
    peak = exponents.max(axis=1)
    sums = np.exp(exponents - peak[:, None]).mean(axis=1)
    return peak + np.log(sums) - math.log(2 * math.pi * spec.sigma**2)


def test_line_agrees_with_brute_force_and_far_beyond_its_ends():
    spec = LineSpec(length=2.0, angle=0, sigma=0.02)
    support = np.stack([(np.arange(200_000) + 0.5) / 100_000 - 1, np.zeros(200_000)], axis=-1)
    points = np.array([[0, 0], [0.99, 0.01], [-1, 0], [1.1, 0.1], [1.59, 0], [0.3, -0.5]])
    assert build_dataset(spec).log_density(points) == pytest.approx(
        brute_force(spec, support, points), rel=1e-7, abs=1e-6
    )
    # Beyond x = 20 sqrt(2) sigma the asymptotic series takes over: no step where they meet, and the right slope.
    across = np.array([[1 + 0.02 * math.sqrt(2) * (20 + step), 0] for step in (-1e-6, 1e-6)])
    before, after = build_dataset(spec).log_density(across)
    assert after - before == pytest.approx(-2 * 20 * 2e-6, rel=0.02)


@pytest.mark.parametrize("sigma", [0.5, 0.05, 0.003])
def test_curves_agree_with_brute_force_near_and_far(sigma):
    spec = MoonsSpec(sigma=sigma)
    dataset = build_dataset(spec)
    angles = (np.arange(100_000) + 0.5) * math.pi / 100_000
    upper = np.stack([np.cos(angles), np.sin(angles)], axis=-1)
    support = np.concatenate([upper, [1, 0.5] - upper])
    rng = np.random.default_rng(2)
    on = dataset.modality.to_people(dataset.draw(8, rng)).astype(np.float64)
    away = rng.standard_normal((8, 2))
    away /= np.hypot(*away.T)[:, None]
    near = np.concatenate([on, on + 4 * sigma * away, on + 8 * sigma * away, [[1.0, 0.0], [2.0, 0.5]]])
    assert dataset.log_density(near) == pytest.approx(brute_force(spec, support, near), abs=1e-5)
    far = on + 100 * sigma * away
    assert dataset.log_density(far) == pytest.approx(brute_force(spec, support, far), rel=1e-3)


def test_log_density_takes_no_points_and_many():
    for spec in (RingSpec(), LineSpec(), SpiralSpec()):
        log_density = build_dataset(spec).log_density
        assert log_density(np.empty((0, 2))).shape == (0,)
        points = np.random.default_rng(0).uniform(-1, 1, (30_000, 2)).astype(np.float32)
        assert log_density(points)[-100:] == pytest.approx(log_density(points[-100:]))


def test_blur_too_fine_to_integrate_has_no_density_but_draws():
    dataset = build_dataset(SpiralSpec(sigma=1e-7))
    assert dataset.log_density is None
    assert dataset.draw(1000, np.random.default_rng(0)).var(axis=0).mean() == pytest.approx(1, abs=0.1)


def test_supports_lie_where_their_names_say():
    rng = np.random.default_rng(0)
    spiral = build_dataset(SpiralSpec(sigma=1e-3))
    radius = np.hypot(*spiral.modality.to_people(spiral.draw(20_000, rng)).T)
    assert radius.min() == pytest.approx(0.1, abs=0.01)
    assert radius.max() == pytest.approx(1, abs=0.01)
    roll = build_dataset(SwissRollSpec(sigma=1e-3))
    radius = np.hypot(*roll.modality.to_people(roll.draw(20_000, rng)).T)
    assert radius.min() == pytest.approx(1 / 3, abs=0.01)
    assert radius.max() == pytest.approx(1, abs=0.01)
    line = build_dataset(LineSpec(angle=90, length=3, sigma=1e-3))
    points = line.modality.to_people(line.draw(20_000, rng))
    assert points[:, 0] == pytest.approx(np.zeros(20_000), abs=0.01)
    assert np.ptp(points[:, 1]) == pytest.approx(3, abs=0.02)
