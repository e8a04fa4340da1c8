from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import RingSpec, SpiralSpec
from ganstudio.measurements import ESTIMATOR_NAMES, LOG2, EstimationError, Sides, finish
from ganstudio.measurements.estimators import ESTIMATORS
from ganstudio.measurements.probe_networks import ConvolutionalProbe
from ganstudio.modalities import Images, Points
from tests.quadrature import Mixture, divergences

ANGLES = np.arange(8) * 2 * np.pi / 8
MEANS = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
P = Mixture(MEANS, 0.01)
SCALE = 0.7
PAIRS = {
    "identical": P,
    "shifted": Mixture(MEANS + np.array([0.007, 0.0]), 0.01),
    "wider": Mixture(MEANS, 0.016),
    "dropped": Mixture(MEANS[:6], 0.01),
    "one left": Mixture(MEANS[:1], 0.01),
    "weights": Mixture(MEANS, 0.01, np.arange(1.0, 9.0)),
}
# Estimator, whether it knows log p_data, pair, and how far the JSD from 4,000 samples may be off: some four standard
# errors, and the bias of what can't see into a narrow mode with so few of them.
READINGS = [
    *(("histogram", True, pair, 0.03) for pair in PAIRS),
    *(("histogram", False, pair, 0.05) for pair in PAIRS),
    *(("neighbours", False, pair, 0.03) for pair in ("identical", "wider", "one left")),
    ("probe", False, "identical", 0.008),
    ("probe", False, "wider", 0.03),
    ("probe", True, "shifted", 0.025),
    ("probe", True, "one left", 0.03),
]


@pytest.fixture(scope="module")
def caches() -> dict[bool, dict[str, object]]:
    """What is learnt of P, by whether its density is known: one floor serves many tests."""
    return {True: {}, False: {}}


def mixture_sides(q: Mixture, *, known: bool = True, seed: int = 5, cache: dict[str, object] | None = None) -> Sides:
    """In model units that are not the data's, as a dataset gives them."""
    random = np.random.default_rng(seed)
    return Sides(
        draw_real=lambda count: (P.draw(count, random) - np.float32(0.1)) / np.float32(SCALE),
        draw_fake=lambda count: (q.draw(count, random) - np.float32(0.1)) / np.float32(SCALE),
        modality=Points.around(np.full(2, 0.1), SCALE),
        log_density=P.log_density if known else None,
        cache={} if cache is None else cache,
    )


# --- the truth ---


def test_quadrature_agrees_with_what_is_known_in_closed_form() -> None:
    a, b = Mixture([[0.0, 0.0]], 1.0), Mixture([[0.5, 0.0]], 1.0)
    assert divergences(a, b).kl_forward == pytest.approx(0.125, abs=1e-6)
    wider = Mixture([[0.0, 0.0]], 2.0)
    assert divergences(a, wider).kl_forward == pytest.approx(2 * math.log(2) - 0.75, abs=1e-6)
    assert divergences(a, Mixture([[50.0, 0.0]], 1.0)).jsd == pytest.approx(LOG2, abs=1e-9)
    assert divergences(P, P).jsd == pytest.approx(0.0, abs=1e-9)
    # Modes that do not meet: the JSD is that of the shares.
    shares, one = np.full(8, 1 / 8), np.eye(8)[0]
    middle = (shares + one) / 2
    expected = (float(shares @ np.log(shares / middle)) + math.log(1 / middle[0])) / 2
    assert divergences(P, Mixture(MEANS[:1], 0.01)).jsd == pytest.approx(expected, abs=1e-6)


def test_quadrature_agrees_with_monte_carlo() -> None:
    q = PAIRS["wider"]
    random = np.random.default_rng(0)
    x, y = P.draw(200_000, random), q.draw(200_000, random)
    value = -np.logaddexp(0, q.log_density(x) - P.log_density(x)).mean()
    value -= np.logaddexp(0, P.log_density(y) - q.log_density(y)).mean()
    assert LOG2 + value / 2 == pytest.approx(divergences(P, q).jsd, abs=0.003)


# --- the estimates ---


@pytest.mark.parametrize(("estimator", "known", "pair", "allowed"), READINGS)
def test_estimates_are_near_the_truth(estimator: str, known: bool, pair: str, allowed: float, caches) -> None:
    truth = divergences(P, PAIRS[pair])
    found = finish(ESTIMATORS[estimator](mixture_sides(PAIRS[pair], known=known, cache=caches[known]), 4000, 1))
    assert found.jsd == pytest.approx(truth.jsd, abs=allowed)
    assert found.jsd_low - allowed / 2 <= truth.jsd <= found.jsd_high + allowed / 2
    assert 0 <= found.jsd_low <= found.jsd_high <= LOG2
    assert 0 <= found.jsd_floor < 0.02
    for limit, kl in ((found.kl_forward_low, truth.kl_forward), (found.kl_reverse_low, truth.kl_reverse)):
        assert limit is not None
        # A bound by some thousand samples; where whole modes are missing the divergence itself is far above it.
        # In narrow modes coarse cells see little.
        assert min(0.5 * kl, 1.0) * (0.0 if pair in ("shifted", "wider") else 1.0) - 0.02 <= limit <= kl + 1e-9
    assert (found.kl_forward_high, found.kl_reverse_high, found.kl_kind) == (None, None, "lower bound")
    assert (found.estimator, found.samples) == (estimator, 4000)
    if pair == "one left" and estimator != "neighbours":
        assert found.clipped


@pytest.mark.parametrize("name", ESTIMATOR_NAMES)
def test_an_estimate_repeats_and_what_is_known_of_the_data_is_not_made_again(name: str) -> None:
    cache: dict[str, object] = {}
    answers = [finish(ESTIMATORS[name](mixture_sides(PAIRS["wider"], cache=cache), 500, 3))]
    kept = dict(cache)
    answers.append(finish(ESTIMATORS[name](mixture_sides(PAIRS["wider"], cache=cache), 500, 3)))
    assert answers[0] == answers[1]
    assert kept
    assert all(cache[key] is value for key, value in kept.items())


@pytest.mark.parametrize("name", ESTIMATOR_NAMES)
def test_nothing_is_left_changed_between_slices(name: str) -> None:
    torch.manual_seed(11)
    np.random.seed(11)
    before, numpys = torch.get_rng_state(), np.random.get_state()[1].copy()
    settings = torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_num_threads()
    slices = 0
    for _ in ESTIMATORS[name](mixture_sides(PAIRS["wider"]), 500, 0):
        assert (torch.is_grad_enabled(), torch.get_default_dtype(), torch.get_num_threads()) == settings
        slices += 1
    assert slices > 20
    assert torch.equal(torch.get_rng_state(), before)
    np.testing.assert_array_equal(np.random.get_state()[1], numpys)


def test_a_probe_fits_its_weights_though_gradients_are_off_outside() -> None:
    with torch.no_grad():
        found = finish(ESTIMATORS["probe"](mixture_sides(PAIRS["one left"]), 1000, 0))
    assert found.jsd == pytest.approx(0.497, abs=0.06)


def test_datasets_give_their_sides() -> None:
    dataset = build_dataset(SpiralSpec())
    random = np.random.default_rng(1)
    for name in ESTIMATOR_NAMES:
        found = finish(ESTIMATORS[name](Sides.of(dataset, lambda count: dataset.draw(count, random), 0), 1000, 0))
        assert found.jsd == pytest.approx(0.0, abs=0.02)
        assert found.jsd_low < 0.008


def test_densities_of_model_and_data_units_agree() -> None:
    dataset = build_dataset(RingSpec(sigma=0.1))
    sides = Sides.of(dataset, lambda count: np.zeros((count, 2), np.float32), 0)
    axis = np.linspace(-3, 3, 400)
    points = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    total = np.exp(sides.log_density_here(points)).sum() * (axis[1] - axis[0]) ** 2
    assert total == pytest.approx(1.0, abs=1e-3)


# --- where there is less to go by ---


def finite_sides(count: int, shape: tuple[int, ...] = (2,)) -> Sides:
    random = np.random.default_rng(0)
    rows = random.standard_normal((count, *shape)).astype(np.float32)
    return Sides(
        draw_real=lambda n: rows[random.integers(0, count, n)],
        draw_fake=lambda n: random.standard_normal((n, *shape)).astype(np.float32),
        modality=Points() if shape == (2,) else Images(shape),
        count=count,
    )


@pytest.mark.parametrize("name", ESTIMATOR_NAMES)
def test_samples_drawn_twice_are_not_recognised(name: str) -> None:
    found = finish(ESTIMATORS[name](finite_sides(1000), 5000, 0))
    assert found.samples < 1001
    assert found.jsd_low < 0.02


@pytest.mark.parametrize("name", ESTIMATOR_NAMES)
def test_too_few_samples_give_an_error_in_words(name: str) -> None:
    with pytest.raises(EstimationError, match="the data has 50 distinct samples; an estimate needs 100 or more"):
        finish(ESTIMATORS[name](finite_sides(50), 5000, 0))


@pytest.mark.parametrize("name", ESTIMATOR_NAMES)
def test_a_generator_that_diverged_is_told(name: str) -> None:
    sides = Sides.of(build_dataset(RingSpec()), lambda count: np.full((count, 2), np.nan, np.float32), 0)
    with pytest.raises(EstimationError, match="not finite"):
        finish(ESTIMATORS[name](sides, 500, 0))


@pytest.mark.parametrize("name", ESTIMATOR_NAMES)
def test_a_generator_that_makes_one_point(name: str) -> None:
    sides = Sides.of(build_dataset(RingSpec()), lambda count: np.full((count, 2), 1e4, np.float32), 0)
    found = finish(ESTIMATORS[name](sides, 1000, 0))
    assert found.jsd == pytest.approx(LOG2, abs=0.03)


def test_a_density_without_mass_somewhere_is_borne() -> None:
    random = np.random.default_rng(2)

    def inside(points: np.ndarray) -> np.ndarray:
        return np.where((np.abs(points) <= 1).all(axis=1), -math.log(4), -np.inf)

    sides = Sides(
        draw_real=lambda n: random.uniform(-1, 1, (n, 2)).astype(np.float32),
        draw_fake=lambda n: random.uniform([-1, -1], [3, 1], (n, 2)).astype(np.float32),
        modality=Points(),
        log_density=inside,
    )
    truth = (math.log(4 / 3) + 0.5 * math.log(2 / 3) + 0.5 * math.log(2)) / 2
    for name in ESTIMATOR_NAMES:
        found = finish(ESTIMATORS[name](sides, 2000, 0))
        assert found.jsd == pytest.approx(truth, abs=0.04), name


# --- images ---


def test_a_probe_judges_images() -> None:
    sides = finite_sides(300, (1, 8, 8))
    assert finish(ESTIMATORS["probe"](sides, 300, 0)).jsd_low < 0.05
    dimmer = replace(sides, draw_fake=lambda n: sides.draw_fake(n) * np.float32(0.3))
    assert finish(ESTIMATORS["probe"](dimmer, 300, 0)).jsd > 0.4
    for name in ("histogram", "neighbours"):
        with pytest.raises(EstimationError, match="choose the probe for images"):
            finish(ESTIMATORS[name](sides, 300, 0))


@pytest.mark.parametrize("shape", [(1, 8, 8), (3, 13, 9), (3, 128, 128)])
def test_a_convolutional_probe_takes_any_size(shape: tuple[int, ...]) -> None:
    network = ConvolutionalProbe(shape, torch.Generator().manual_seed(0))
    logits = network(torch.zeros(2, *shape))
    assert logits.shape == (2,)
    torch.testing.assert_close(logits, torch.zeros(2), atol=1e-6, rtol=0)
