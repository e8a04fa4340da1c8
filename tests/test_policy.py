"""The policy gradient against what it estimates: rewards, credit by prefixes and by rollouts, likelihood, controls."""

from __future__ import annotations

import itertools
from types import SimpleNamespace

import pytest
import torch
from torch.nn.functional import logsigmoid, one_hot

from ganstudio.experiment import (
    MinimaxSpec,
    PolicySpec,
    PrefixDiscriminatorSpec,
    SequenceGeneratorSpec,
    TextDiscriminatorSpec,
)
from ganstudio.networks import Inputs, build_discriminator, build_generator
from ganstudio.objectives import Sight, build_objective
from ganstudio.objectives.policy import REWARDS

T = V = 3
LOGITS = torch.tensor([-2.0, -0.3, 0.0, 1.5])
D = LOGITS.sigmoid()


@pytest.mark.parametrize(
    ("name", "right"),
    [
        ("saturating", -(1 - D).log()),
        ("non_saturating", D.log()),
        ("combined", D.log() - (1 - D).log()),
        ("probability", D),
    ],
)
def test_rewards_are_those_of_the_equations(name: str, right: torch.Tensor) -> None:
    torch.testing.assert_close(REWARDS[name](LOGITS), right)


def test_three_rewards_are_the_minimax_updates_of_g() -> None:
    for name in ("saturating", "non_saturating", "combined"):
        update = build_objective(MinimaxSpec(generator_update=name)).generator_loss(LOGITS, None)
        torch.testing.assert_close(update, -REWARDS[name](LOGITS).mean())


def sentences() -> torch.Tensor:
    """All that there are of three places and three words, one of which is the end."""
    rows = itertools.product(range(V), repeat=T)
    return torch.tensor([row for row in rows if all(row[k] == 0 for k in range(1, T) if 0 in row[:k])])


def game(spec: PolicySpec, judge, seed: int = 0):
    torch.manual_seed(seed)
    generator = build_generator(SequenceGeneratorSpec(state=4, embedding=3), T, (T, V))
    generator.logits.weight.data *= 3
    discriminator = build_discriminator(judge, (T, V))
    discriminator.verdict.weight.data *= 3
    players = SimpleNamespace(
        generator=generator, discriminator=discriminator, latent_random=torch.Generator().manual_seed(seed)
    )
    return build_objective(spec), players


def sight(players, words: torch.Tensor, real: torch.Tensor | None = None) -> Sight:
    made = one_hot(words, V).float()
    outputs, features = players.discriminator.judge(made)
    return Sight(
        inputs=Inputs(torch.zeros(len(words), T)),
        x=None,
        g=made,
        real=None,
        fake=outputs,
        of_fake=features,
        made=made,
        drawn=None if real is None else one_hot(real, V).float(),
        players=players,
    )


def exact_q(players, reward) -> dict[tuple[int, ...], torch.Tensor]:
    """The mean reward of the ways to go on from each beginning, by all of them."""
    every = sentences()
    players.discriminator.eval()
    with torch.no_grad():
        rewards = reward(players.discriminator(one_hot(every, V).float()))
        shares = players.generator.log_probabilities(every).sum(1).exp()
    players.discriminator.train()
    found = {}
    for length in range(1, T + 1):
        for begun in every[:, :length].unique(dim=0):
            inside = (every[:, :length] == begun).all(1)
            found[tuple(begun.tolist())] = (shares * rewards)[inside].sum() / shares[inside].sum()
    return found


def test_rollouts_are_the_mean_over_all_ways_to_go_on() -> None:
    objective, players = game(PolicySpec(credit="rollouts", rollouts=64, baseline=False), TextDiscriminatorSpec())
    words = sentences()
    truth = exact_q(players, objective.reward)
    runs = torch.stack([objective.advantages(sight(players, words)) for _ in range(30)])
    means, errors = runs.mean(0), runs.std(0) / 30**0.5
    for row, sentence in enumerate(words.tolist()):
        for place in range(T):
            if 0 in sentence[:place]:
                assert means[row, place] == 0  # behind the end
                continue
            right = truth[tuple(sentence[: place + 1])]
            assert abs(means[row, place] - right) <= 4 * errors[row, place] + 1e-5  # of 39 places


@pytest.mark.parametrize("ways_at_once", [10, 20_000_000], ids=["one length at a time", "all together"])
def test_the_policy_gradient_is_that_of_brute_force(ways_at_once, monkeypatch) -> None:
    monkeypatch.setattr("ganstudio.networks.sequence.LOGITS_AT_ONCE", ways_at_once)
    objective, players = game(
        PolicySpec(credit="rollouts", rollouts=4, baseline=False, likelihood=0.0, reward="probability"),
        TextDiscriminatorSpec(),
    )
    weights = list(players.generator.parameters())
    every = sentences()
    players.discriminator.eval()
    rewards = objective.reward(players.discriminator(one_hot(every, V).float())).detach()
    players.discriminator.train()
    value = (players.generator.log_probabilities(every).sum(1).exp() * rewards).sum()
    right = torch.cat([one.flatten() for one in torch.autograd.grad(-value, weights)])

    random = torch.Generator().manual_seed(8)
    (term,) = objective.terms("generator")
    found = []
    for _ in range(60):
        words = players.generator.draw(torch.rand((200, T), generator=random) * 2 - 1)
        gradients = torch.autograd.grad(term(sight(players, words)), weights, allow_unused=True)
        found.append(torch.cat([one.flatten() for one in gradients]))
    runs = torch.stack(found)
    errors = runs.std(0) / 60**0.5
    off = (runs.mean(0) - right).abs() / errors.clamp_min(1e-7)
    assert (off > 3).float().mean() < 0.03  # of some hundred weights; one in 370 by chance
    assert (off < 6).all()
    assert torch.nn.functional.cosine_similarity(runs.mean(0), right, dim=0) > 0.97


def test_a_prefix_gets_what_is_still_to_come() -> None:
    objective, players = game(PolicySpec(baseline=False, clamp=100.0), PrefixDiscriminatorSpec(dropout=0.4))
    words = torch.tensor([[1, 2, 0], [2, 0, 0], [1, 1, 2]])
    players.discriminator.eval()
    logits = players.discriminator.read(one_hot(words, V).float())[1].detach()
    players.discriminator.train()
    before = torch.cat([torch.zeros(3, 1), logits[:, :-1]], 1)
    right = logits[:, -1:] - before
    right[1, 2] = 0  # behind the end
    torch.testing.assert_close(objective.advantages(sight(players, words)), right)
    clamped, players = game(PolicySpec(baseline=False, clamp=0.01), PrefixDiscriminatorSpec())
    assert clamped.advantages(sight(players, words)).abs().max() <= 0.03 + 1e-6


def test_a_baseline_and_controls() -> None:
    words = sentences()
    for control in ("none", "shuffled"):
        objective, players = game(PolicySpec(control=control), PrefixDiscriminatorSpec())
        weights = objective.advantages(sight(players, words))
        torch.testing.assert_close(weights[:, 0].mean(), torch.tensor(0.0), atol=1e-6, rtol=0)
    plain, players = game(PolicySpec(baseline=False), PrefixDiscriminatorSpec())
    shuffled, _ = game(PolicySpec(baseline=False, control="shuffled"), PrefixDiscriminatorSpec())
    own, others = (one.advantages(sight(players, words))[:, 0].sort().values for one in (plain, shuffled))
    torch.testing.assert_close(own, others)  # all places are there: the same numbers, of other sentences
    constant, players = game(PolicySpec(control="constant"), PrefixDiscriminatorSpec())
    weights = constant.advantages(sight(players, words))
    assert weights.unique().tolist() == [0, 1]


def test_losses_read_like_the_equations() -> None:
    objective, players = game(PolicySpec(likelihood=0.5, reward="non_saturating"), PrefixDiscriminatorSpec(dropout=0))
    words, real = torch.tensor([[1, 2, 0], [2, 1, 1]]), torch.tensor([[2, 2, 0], [1, 0, 0]])
    here = sight(players, words, real)
    policy, likely = objective.terms("generator")
    assert policy(here).item() == pytest.approx(-logsigmoid(here.fake).mean().item(), rel=1e-5)
    nll = -players.generator.log_probabilities(real).sum(1).mean()
    assert likely(here).item() == pytest.approx(0.5 * nll.item(), rel=1e-5)
    assert policy.pairs is False
    assert likely.pairs
    (entropy,) = objective.numbers("generator")
    assert entropy.of(here).item() == pytest.approx(-players.generator.log_probabilities(words).sum(1).mean().item())
    of_x = players.discriminator.judge(one_hot(real, V).float())
    here.real, here.of_real = of_x
    (loss,) = objective.terms("discriminator")
    right = -logsigmoid(of_x[1]).mean() - logsigmoid(-here.of_fake).mean()
    assert loss(here).item() == pytest.approx(right.item(), rel=1e-5)
    rollouts, _ = game(PolicySpec(credit="rollouts"), TextDiscriminatorSpec())
    (loss,) = rollouts.terms("discriminator")
    right = -logsigmoid(of_x[0]).mean() - logsigmoid(-here.fake).mean()
    assert loss(here).item() == pytest.approx(right.item(), rel=1e-5)


@pytest.mark.parametrize(
    ("spec", "told"),
    [
        (PolicySpec(), "Σ<sub>s≥t</sub> r<sub>s</sub>, r = l − 1 E log p<sub>g</sub>(x)"),
        (PolicySpec(credit="rollouts", reward="probability", likelihood=0), "mean of r over 16 ways to go on, r = D"),
        (PolicySpec(control="constant", likelihood=0), "A<sub>t</sub> = 1, r = l"),
    ],
    ids=["prefix", "paper", "constant"],
)
def test_the_equations_say_what_is_chosen(spec: PolicySpec, told: str) -> None:
    assert spec.equations.generator.endswith(told)
