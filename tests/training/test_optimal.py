import math

import numpy as np
import pytest

from ganstudio.data import build_dataset
from ganstudio.experiment import DisjointSpec, MoonsSpec, RingSpec
from ganstudio.training.pictures.optimal import (
    CELLS,
    DRAWS,
    MARGIN,
    Cells,
    Masses,
    count_draws,
    data_masses,
    optimal_belief,
    split_noise,
)

BOUNDS = (-2.0, 2.0, -1.0, 3.0)
SIDE = CELLS + 2 * MARGIN


def finished(work):
    while True:
        try:
            next(work)
        except StopIteration as end:
            return end.value


def gaussian(points, mean, sigma):
    squares = ((points - mean) ** 2).sum(1)
    return np.exp(-squares / (2 * sigma**2)) / (2 * math.pi * sigma**2)


def model_draw(mean, sigma):
    random = np.random.default_rng(3)
    return lambda count: random.normal(mean, sigma, (count, 2))


def test_points_are_counted_from_the_lowest_row_and_those_outside_are_not():
    points = np.array([[-1.99, -0.99], [1.99, -0.99], [-1.99, 2.99], [-2.01, 0], [50, 0], [np.nan, 0], [np.inf, 1]])
    counts = Cells(BOUNDS).count(points)
    inner = counts[MARGIN:-MARGIN, MARGIN:-MARGIN]
    assert counts.shape == (SIDE, SIDE)
    assert (inner[0, 0], inner[0, -1], inner[-1, 0]) == (1, 1, 1)
    assert inner.sum() == 3
    assert counts.sum() == 4  # and one in the margin


def test_centres_are_those_of_the_inner_cells():
    centres = Cells(BOUNDS).centres()
    half = 2 / CELLS
    assert centres[0] == pytest.approx((-2 + half, -1 + half), abs=1e-6)
    assert centres[-1] == pytest.approx((2 - half, 3 - half), abs=1e-6)
    assert (Cells(BOUNDS).count(centres)[MARGIN:-MARGIN, MARGIN:-MARGIN] == 1).all()


def test_blur_is_a_gaussian_and_none_is_the_inner_part():
    cells = Cells(BOUNDS)
    masses = np.zeros((SIDE, SIDE))
    masses[MARGIN + 48, MARGIN + 30] = 1
    assert cells.blurred(masses, 0).sum() == 1
    assert cells.blurred(masses, 0)[48, 30] == 1
    sigma = 4 * cells.size[0]
    blurred = cells.blurred(masses, sigma)
    assert blurred.sum() == pytest.approx(1, abs=1e-6)
    expected = gaussian(np.array([[5, 3]]) * cells.size, 0, sigma)[0] * cells.size.prod()
    assert blurred[51, 35] == pytest.approx(expected, rel=0.02)


def test_noise_in_the_margin_reaches_the_picture():
    cells = Cells(BOUNDS)
    masses = np.zeros((SIDE, SIDE))
    masses[:, :MARGIN] = 1
    assert cells.blurred(masses, 3 * cells.size[0])[48, 0] == pytest.approx(0.43, abs=0.03)


def test_noise_that_the_margin_cannot_hold_is_added_to_the_samples():
    cells = Cells(BOUNDS)
    assert split_noise(cells, 0.1) == (0.1, 0)
    blur, added = split_noise(cells, 1.0)
    assert blur == pytest.approx(MARGIN / 3 * 4 / CELLS)
    assert math.hypot(blur, added) == pytest.approx(1)


def test_narrow_modes_are_integrated_within_their_cells():
    ring = build_dataset(RingSpec())
    cells = Cells((0.9, 3.5, -1.3, 1.3))  # a cell is 2.7 sigma wide; one mode on the first axis, at 1
    masses = finished(data_masses(cells, ring, 0))
    assert masses.draws == math.inf
    left, low = cells.corner
    width, height = cells.size

    def below(x, mean):
        return 0.5 * (1 + math.erf((x - mean) / 0.01 / math.sqrt(2)))

    column, line = math.floor((1 - left) / width), math.floor((0 - low) / height)
    for row in (line - 1, line):
        across = below(left + (column + 1) * width, 1) - below(left + column * width, 1)
        up = below(low + (row + 1) * height, 0) - below(low + row * height, 0)
        assert masses.cells[row, column] == pytest.approx(across * up / 8, rel=0.03)


@pytest.mark.parametrize("spec", [RingSpec(), MoonsSpec(), DisjointSpec()], ids=lambda spec: spec.kind)
def test_integrated_and_counted_masses_agree(spec):
    dataset = build_dataset(spec)
    cells = Cells((-3.0, 3.0, -3.0, 3.0))
    random = np.random.default_rng(5)
    counted = finished(count_draws(cells, lambda count: dataset.modality.to_people(dataset.draw(count, random))))
    integrated = finished(data_masses(cells, dataset, 0))
    assert integrated.draws == math.inf
    assert integrated.cells.sum() == pytest.approx(counted.cells.sum(), abs=0.005)
    assert 0 < np.abs(integrated.cells - counted.cells).sum() < 0.08


def test_what_is_too_fine_to_integrate_is_counted():
    masses = finished(data_masses(Cells((-1.3, 1.3, -1.3, 1.3)), build_dataset(RingSpec(sigma=1e-5)), 0))
    assert masses.draws == DRAWS
    assert masses.cells.sum() == pytest.approx(1, abs=1e-9)


@pytest.mark.parametrize("noise", [0.0, 0.2, 1.0])
def test_belief_is_that_of_the_known_densities(noise):
    dataset = build_dataset(DisjointSpec(distance=2.0, sigma=0.3))
    cells = Cells((-3.0, 3.0, -3.0, 3.0))
    blur, added = split_noise(cells, noise)
    data = finished(data_masses(cells, dataset, added))
    model = finished(count_draws(cells, model_draw((0.5, 0.2), math.hypot(0.5, added))))
    belief = optimal_belief(cells, data, model, blur)
    at = cells.centres().astype(float)
    sigma = math.hypot(0.3, noise)
    p_data = (gaussian(at, (-1, 0), sigma) + gaussian(at, (1, 0), sigma)) / 2
    p_model = gaussian(at, (0.5, 0.2), math.hypot(0.5, noise))
    truth = (p_data / (p_data + p_model)).reshape(CELLS, CELLS)
    crowded = ((p_data + p_model) * cells.size.prod() * DRAWS > 20).reshape(CELLS, CELLS)
    assert 0.15 < crowded.mean() < 0.9
    error = np.abs(belief - truth)[crowded]
    assert 1e-4 < error.mean() < 0.03
    assert error.max() < 0.25


def test_cells_are_joined_where_the_draws_are_too_few():
    dataset = build_dataset(DisjointSpec(distance=2.0, sigma=0.5))
    cells = Cells((0.0, 0.1, 0.0, 0.1))
    data = finished(data_masses(cells, dataset, 0))
    assert data.draws == math.inf
    model = finished(count_draws(cells, model_draw((0, 0), 0.8)))
    belief = optimal_belief(cells, data, model, 0)
    assert (belief[::8, ::8] == belief[7::8, 7::8]).all()
    at = np.array([[0.05, 0.05]])
    p_data = (gaussian(at, (-1, 0), 0.5) + gaussian(at, (1, 0), 0.5))[0] / 2
    truth = p_data / (p_data + gaussian(at, 0, 0.8)[0])
    assert belief.mean() == pytest.approx(truth, abs=0.05)


def test_where_nobody_is_there_is_no_belief():
    real, fake = np.zeros((2, SIDE, SIDE))
    real[MARGIN + 10, MARGIN + 10] = 0.5
    fake[MARGIN + 10, MARGIN + 10] = 0.25
    fake[MARGIN + 20, MARGIN + 20] = 0.75
    belief = optimal_belief(Cells(BOUNDS), Masses(real, math.inf), Masses(fake, DRAWS), 0)
    assert belief[10, 10] == pytest.approx(2 / 3, abs=1e-6)
    assert belief[20, 20] == 0
    assert np.isnan(belief).sum() == CELLS**2 - 2


def test_points_that_somebody_measured_are_counted(tmp_path):
    from ganstudio.data.points.points import point_dataset

    points = np.random.default_rng(0).normal(0, 1, (500, 2))
    masses = finished(data_masses(Cells((-2.0, 2.0, -2.0, 2.0)), point_dataset("mine", points, source=""), 0))
    assert masses.draws == 500
    # Those in the margin are counted, those beyond aren't.
    inside = (np.abs(points) < 3).all(axis=1).mean()
    assert masses.cells.sum() == pytest.approx(inside, abs=0.01)


def test_tails_that_underflow_are_survived():
    dataset = build_dataset(MoonsSpec())
    cells = Cells((-1.6, 2.6, -1.8, 2.3))
    data = finished(data_masses(cells, dataset, 0))
    belief = optimal_belief(cells, data, finished(count_draws(cells, model_draw((0, 0), 0.3))), 0)
    assert 0.3 < np.isnan(belief).mean() < 0.9
    assert (belief[:, ::2] != belief[:, 1::2]).any()  # not joined
