"""Objectives against their equations, their gradients against closed forms."""

import math

import numpy as np
import pytest
import torch

from ganstudio.experiment import (
    EnergySpec,
    HingeSpec,
    LeastSquaresSpec,
    MinimaxSpec,
    ObjectiveSpec,
    RelativisticSpec,
    WassersteinSpec,
)
from ganstudio.objectives import BUILDERS, build_objective, value
from ganstudio.objectives.energy import pulling_away
from ganstudio.scalars import D_LOSS, G_LOSS
from tests.registering import RelativisticAverage, RelativisticAverageSpec

REAL = torch.tensor([0.3, -1.2, 2.0, 0.0], dtype=torch.float64)
FAKE = torch.tensor([-0.7, 1.1, -2.5, 0.4], dtype=torch.float64)


def logit_gradient(loss, logits):
    logits = logits.clone().requires_grad_()
    (gradient,) = torch.autograd.grad(loss(logits), logits)
    return gradient * len(logits)


def test_every_objective_has_a_builder():
    members = ObjectiveSpec.__origin__.__args__
    assert set(BUILDERS) == set(members)


@pytest.mark.parametrize("spec", [*BUILDERS, EnergySpec(pulling_away=0.1), MinimaxSpec(gamma=1.0, real_label=0.9)])
def test_every_objective_says_what_it_is(spec):
    """Its equations, what its terms are recorded as, and whether a seed band can compute it."""
    spec = spec() if isinstance(spec, type) else spec
    game = build_objective(spec)
    equations = spec.equations
    assert "G(z)" in equations.discriminator
    assert "G(z)" in equations.generator
    assert "separable" in vars(type(game)), "it must say so itself"
    for player, loss in (("discriminator", D_LOSS), ("generator", G_LOSS)):
        own, *more = game.terms(player)
        assert own.scalar == loss
        assert own.separable is type(game).separable
        assert own.penalises is False
        assert {type(term.separable) for term in more} <= {bool}
        assert bool(equations.penalty) >= any(term.penalises for term in more)
        for scalar in [term.scalar for term in more if term.scalar] + [each.scalar for each in game.numbers(player)]:
            assert scalar.name
            assert scalar.plot
            assert scalar.label
            assert scalar.called
            assert scalar.about or scalar.tip
    assert spec.energies == (spec.energy_margin is not None) == (game.margin is not None)
    assert tuple(game.updates()) == spec.updates


@pytest.mark.parametrize(
    ("spec", "discriminator", "generator"),
    [
        (MinimaxSpec(generator_update="saturating"), "−E log D(x) − E log(1 − D(G(z)))", "E log(1 − D(G(z)))"),
        (
            MinimaxSpec(real_label=0.9),
            "−E [0.9 log D(x) + (1 − 0.9) log(1 − D(x))] − E log(1 − D(G(z)))",
            "−E log D(G(z))",
        ),
        (HingeSpec(), "E [1 − l(x)]₊ + E [1 + l(G(z))]₊", "−E l(G(z))"),
    ],
)
def test_equations_are_those_of_the_settings(spec, discriminator, generator):
    assert spec.equations[:2] == (discriminator, generator)


@pytest.mark.parametrize("spec", [one for one in BUILDERS if not one.energies and BUILDERS[one].separable])
def test_a_separable_loss_of_several_minibatches_is_the_mean_of_theirs(spec):
    game = build_objective(spec())
    random = torch.Generator().manual_seed(0)
    real, fake = (torch.randn(5, 6, generator=random, dtype=torch.float64) for _ in range(2))
    whole = game.discriminator_loss(real, fake), game.generator_loss(fake, real if game.pairs else None)
    each = [
        (game.discriminator_loss(x, g), game.generator_loss(g, x if game.pairs else None))
        for x, g in zip(real, fake, strict=True)
    ]
    assert game.separable
    for together, apart in zip(whole, zip(*each, strict=True), strict=True):
        torch.testing.assert_close(together, torch.stack(apart).mean())


def test_a_loss_with_a_mean_within_a_mean_is_not_separable():
    random = torch.Generator().manual_seed(0)
    real, fake = (torch.randn(5, 6, generator=random, dtype=torch.float64) for _ in range(2))
    game = RelativisticAverage(RelativisticAverageSpec())
    apart = torch.stack([game.discriminator_loss(x, g) for x, g in zip(real, fake, strict=True)]).mean()
    assert abs(game.discriminator_loss(real, fake) - apart) > 1e-3
    assert not any(term.separable for player in ("discriminator", "generator") for term in game.terms(player))


@pytest.mark.parametrize(
    ("update", "expected"),
    [
        ("saturating", lambda l: -torch.sigmoid(l)),
        ("non_saturating", lambda l: -(1 - torch.sigmoid(l))),
        ("combined", lambda l: -torch.ones_like(l)),
    ],
)
def test_the_generators_gradient_in_the_logit(update, expected):
    game = build_objective(MinimaxSpec(generator_update=update))
    gradient = logit_gradient(lambda l: game.generator_loss(l, None), FAKE)
    torch.testing.assert_close(gradient, expected(FAKE), rtol=0, atol=1e-6)


def test_the_combined_loss_is_the_sum_of_the_other_two():
    losses = {
        update: build_objective(MinimaxSpec(generator_update=update)).generator_loss(FAKE, None).item()
        for update in ("saturating", "non_saturating", "combined")
    }
    assert losses["combined"] == pytest.approx(losses["saturating"] + losses["non_saturating"], abs=1e-12)


def test_minimax_is_the_cross_entropy_and_its_value_the_negative():
    game = build_objective(MinimaxSpec())
    expected = -(torch.sigmoid(REAL).log().mean() + (1 - torch.sigmoid(FAKE)).log().mean())
    assert game.discriminator_loss(REAL, FAKE).item() == pytest.approx(expected.item(), abs=1e-12)
    assert value(REAL, FAKE).item() == pytest.approx(-expected.item(), abs=1e-12)


def test_smoothed_labels_are_the_cross_entropy_to_them_and_bound_the_optimal_d():
    game = build_objective(MinimaxSpec(real_label=0.9))
    real, fake = torch.sigmoid(REAL), torch.sigmoid(FAKE)
    expected = -(0.9 * real.log() + 0.1 * (1 - real).log()).mean() - (1 - fake).log().mean()
    assert game.discriminator_loss(REAL, FAKE).item() == pytest.approx(expected.item(), abs=1e-12)
    # Where p_data = p_g the optimum is D = a / 2: the loss's slope in a constant logit is 0 there.
    optimum = torch.logit(torch.tensor(0.45, dtype=torch.float64)).reshape(1)
    assert logit_gradient(lambda l: game.discriminator_loss(l, l), optimum).item() == pytest.approx(0, abs=1e-12)


def test_losses_survive_logits_far_out():
    far = torch.tensor([-200.0, 200.0])
    for update in ("saturating", "non_saturating", "combined"):
        game = build_objective(MinimaxSpec(generator_update=update))
        assert torch.isfinite(game.generator_loss(far, None))
        assert torch.isfinite(logit_gradient(lambda l, game=game: game.generator_loss(l, None), far)).all()
    assert torch.isfinite(build_objective(MinimaxSpec()).discriminator_loss(-far, far))


def test_the_value_of_an_undecided_and_of_a_perfect_discriminator():
    undecided = torch.zeros(8)
    assert value(undecided, undecided).item() == pytest.approx(-math.log(4), abs=1e-6)
    assert value(torch.full((8,), 60.0), torch.full((8,), -60.0)).item() == pytest.approx(0, abs=1e-6)


def test_the_value_at_the_optimum_is_minus_log_4_plus_twice_the_jsd():
    """Two Gaussians one apart: V with the analytic D* against the JSD from quadrature."""
    x = np.linspace(-12, 13, 200_001)
    p, q = (np.exp(-((x - m) ** 2) / 2) / math.sqrt(2 * math.pi) for m in (0, 1))
    middle = (p + q) / 2
    jsd = np.trapezoid((p * np.log(p / middle) + q * np.log(q / middle)) / 2, x)
    generator = torch.Generator().manual_seed(0)
    count = 200_000
    real = torch.randn(count, generator=generator, dtype=torch.float64)
    fake = torch.randn(count, generator=generator, dtype=torch.float64) + 1
    logit = [0.5 - s for s in (real, fake)]  # log p - log q
    estimate = value(*logit).item()
    terms = [torch.nn.functional.softplus(-logit[0]), torch.nn.functional.softplus(logit[1])]
    error = math.sqrt(sum(t.var().item() / count for t in terms))
    assert abs(estimate + math.log(4) - 2 * jsd) < 3 * error
    assert error < 0.003


def test_least_squares():
    game = build_objective(LeastSquaresSpec())
    assert game.discriminator_loss(REAL, FAKE).item() == pytest.approx(
        (((REAL - 1) ** 2).mean() + (FAKE**2).mean()).item() / 2, abs=1e-12
    )
    assert game.generator_loss(FAKE, None).item() == pytest.approx(((FAKE - 1) ** 2).mean().item() / 2, abs=1e-12)


def test_hinge_is_inside_the_mean():
    game = build_objective(HingeSpec())
    expected = np.mean([max(0, 1 - l) for l in REAL.tolist()]) + np.mean([max(0, 1 + l) for l in FAKE.tolist()])
    assert game.discriminator_loss(REAL, FAKE).item() == pytest.approx(expected, abs=1e-12)
    assert game.generator_loss(FAKE, None).item() == pytest.approx(-FAKE.mean().item(), abs=1e-12)


def test_the_gradient_penalty_of_a_linear_critic_is_exact():
    """A linear critic of slope w has penalty lambda (||w|| - 1)^2 wherever it is taken."""
    slope = torch.tensor([3.0, 4.0])
    game = build_objective(WassersteinSpec(penalty=0.5))
    x, g = torch.randn(16, 2), torch.randn(16, 2)
    penalty = game.penalty(lambda s: s @ slope, x, g)
    assert penalty.item() == pytest.approx(0.5 * 16, abs=1e-4)
    assert game.discriminator_loss(REAL, FAKE).item() == pytest.approx((FAKE.mean() - REAL.mean()).item(), abs=1e-12)


def test_relativistic_sees_differences_only_and_swaps_roles():
    game = build_objective(RelativisticSpec(gamma=0.5))
    loss = game.discriminator_loss(REAL, FAKE)
    torch.testing.assert_close(loss, game.discriminator_loss(REAL + 5, FAKE + 5))
    torch.testing.assert_close(loss, game.generator_loss(REAL, FAKE))
    assert loss.item() == pytest.approx(np.log1p(np.exp((FAKE - REAL).numpy())).mean(), abs=1e-12)


def test_r1_and_r2_of_a_linear_discriminator_are_exact():
    slope = torch.tensor([3.0, 4.0])
    game = build_objective(RelativisticSpec(gamma=0.5))
    x, g = torch.randn(16, 2, requires_grad=True), torch.randn(16, 2, requires_grad=True)
    penalty = game.penalty(lambda s: s @ slope, x, g)
    assert penalty.item() == pytest.approx(0.25 * (25 + 25), abs=1e-4)


def test_the_energys_hinge_is_inside_the_mean_and_stops_at_the_margin():
    """Energies .1 and .9 against a margin of .4: the mean is beyond it, yet the first sample is still pushed."""
    game = build_objective(EnergySpec(margin=0.4))
    real, fake = -torch.tensor([0.2, 0.3]), -torch.tensor([0.1, 0.9])
    assert game.discriminator_loss(real, fake).item() == pytest.approx(0.25 + (0.3 + 0) / 2, abs=1e-6)
    assert game.generator_loss(fake, None).item() == pytest.approx(0.5, abs=1e-6)
    slopes = logit_gradient(lambda scores: game.discriminator_loss(real, scores), fake)
    torch.testing.assert_close(slopes, torch.tensor([1.0, 0.0]))
    torch.testing.assert_close(logit_gradient(lambda scores: game.generator_loss(scores, None), fake), -torch.ones(2))


def test_pulling_away_is_0_for_orthogonal_and_1_for_parallel_codes():
    assert pulling_away(3 * torch.eye(5)).item() == pytest.approx(0, abs=1e-6)
    code = torch.tensor([[1.0, -2.0, 0.5]])
    lengths = torch.tensor([[1.0], [4.0], [-0.3], [20.0]])  # neither the length of a code counts nor its sign
    assert pulling_away(lengths * code).item() == pytest.approx(1, abs=1e-6)


def test_pulling_away_is_the_mean_squared_cosine_over_pairs():
    codes = torch.randn(6, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    pairs = [(codes[i], codes[j]) for i in range(6) for j in range(6) if i != j]
    cosines = [(a @ b / (a.norm() * b.norm())).item() for a, b in pairs]
    assert pulling_away(codes).item() == pytest.approx(np.mean(np.square(cosines)), abs=1e-12)
    game = build_objective(EnergySpec(pulling_away=0.1))
    assert game.repels
    assert game.repulsion(codes).item() == pytest.approx(0.1 * np.mean(np.square(cosines)), abs=1e-12)
    assert not build_objective(EnergySpec(pulling_away=0)).repels


def test_pulling_away_survives_codes_of_zero():
    codes = torch.zeros(4, 3, requires_grad=True)
    (gradient,) = torch.autograd.grad(pulling_away(codes), codes)
    assert torch.isfinite(gradient).all()
