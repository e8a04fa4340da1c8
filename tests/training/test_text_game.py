"""A game of sentences: its stages, what is kept, that it goes on to the last bit, and what can't be."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.presets import ExperimentError, load_preset, with_setting, with_settings
from ganstudio.training.pictures.slow_motion import slow_step
from ganstudio.training.step.schedules import in_force
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")
SMALL = [
    ("dataset.count", 300),
    ("dataset.held_out", 40),
    ("schedule.batch_size", 16),
    ("stages.0.steps", 4),
    ("stages.1.steps", 3),
    ("generator.state", 4),
    ("discriminator.state", 6),
]


@pytest.fixture(scope="module")
def experiment():
    return with_settings(load_preset("text_small"), [*SMALL, ("schedule.steps", 12)])


@pytest.fixture(scope="module")
def grammar(experiment):
    return build_dataset(experiment.dataset)


def trained(experiment, dataset, steps: int) -> Trainer:
    trainer = Trainer(experiment, dataset, CPU)
    for _ in range(steps):
        trainer.step()
    return trainer


def weights(network) -> torch.Tensor:
    return torch.cat([one.detach().flatten() for one in network.parameters()])


def test_likelihood_then_judge_then_the_game(experiment, grammar) -> None:
    trainer = Trainer(experiment, grammar, CPU)
    assert [stage.kind for stage in trainer.stages] == ["likelihood", "judge", "adversarial"]
    first = [weights(one) for one in (trainer.generator, trainer.discriminator)]
    for _ in range(4):
        trainer.step()
    assert torch.equal(weights(trainer.discriminator), first[1])
    assert not torch.equal(weights(trainer.generator), first[0])
    learnt = weights(trainer.generator)
    kept = weights(trainer.kept)
    assert torch.equal(kept, weights(trainer.average.module))
    for _ in range(3):
        trainer.step()
    assert torch.equal(weights(trainer.generator), learnt)
    assert not torch.equal(weights(trainer.discriminator), first[1])
    for _ in range(2):
        trainer.step()
    assert not torch.equal(weights(trainer.generator), learnt)
    assert torch.equal(weights(trainer.kept), kept)
    rows = trainer.drain()[:, 2:]
    told = {name: ~np.isnan(rows[:, place]) for place, name in enumerate(trainer.names)}
    assert told["likelihood"].tolist() == [True] * 4 + [False] * 3 + [True] * 2
    assert told["d_loss"].tolist() == [False] * 4 + [True] * 5
    assert told["entropy"].tolist() == [False] * 7 + [True] * 2
    likelihood = rows[:, trainer.names.index("likelihood")]
    assert likelihood[0] == pytest.approx(9 * math.log(47), rel=0.2)  # of some nine words, each at random


def test_the_rate_of_likelihood_falls_along_its_stage(experiment) -> None:
    rates = [in_force(experiment, step)["optimisers.generator.learning_rate"] for step in range(5)]
    half_wave = [5 * 2e-3 * (0.5 + 0.5 * math.cos(math.pi * gone / 4)) for gone in range(4)]
    np.testing.assert_allclose(rates, [*half_wave, 2e-3], rtol=1e-6)


@pytest.mark.parametrize(
    "changed", [[], [("objective.credit", "rollouts"), ("objective.rollouts", 2)]], ids=["prefix", "rollouts"]
)
def test_it_goes_on_to_the_last_bit(experiment, grammar, changed) -> None:
    chosen = with_settings(experiment, changed)
    whole = trained(chosen, grammar, 10)
    first = trained(chosen, grammar, 8)
    state = first.state()  # with torch's own random numbers, which dropout takes
    second = Trainer(chosen, grammar, CPU)
    for name, network in second.networks().items():
        network.load_state_dict(first.networks()[name].state_dict())
    second.load_state(state)
    for _ in range(2):
        second.step()
    for name, network in whole.networks().items():
        assert torch.equal(weights(network), weights(second.networks()[name])), name
    np.testing.assert_array_equal(whole.drain()[-2:, 2:], second.drain()[:, 2:])


def test_a_step_in_slow_motion_is_the_same_step(experiment, grammar) -> None:
    plain = trained(experiment, grammar, 10)
    watched = trained(experiment, grammar, 8)
    stages = slow_step(watched, None)
    watched.step()  # and so is the one after it: dropout draws as if nobody had looked
    for name, network in plain.networks().items():
        assert torch.equal(weights(network), weights(watched.networks()[name])), name
    assert [stage.name for stage in stages.stages if stage.player == "generator"][-1] == "generator_moves"


def test_dropout_is_off_only_while_d_rewards(experiment, grammar) -> None:
    assert trained(experiment, grammar, 9).discriminator.training


def test_the_control_learns_nothing_from_d(experiment, grammar) -> None:
    """With the same reward for all words it is of no account what D says."""
    constant = with_settings(experiment, [("objective.control", "constant"), ("objective.likelihood", 0.0)])
    found = []
    for seed in (1.0, 2.0):
        trainer = trained(constant, grammar, 7)
        for weight in trainer.discriminator.parameters():
            weight.data.mul_(seed)
        state = trainer.latent_random.get_state()
        trainer.step("generator")
        found.append((weights(trainer.generator), state))
    assert torch.equal(found[0][0], found[1][0])


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        (
            [("objective", {"kind": "minimax"})],
            r"objective.kind: with 'minimax' G is moved by the gradient that passes through its samples, and through "
            r"those of a generator of kind 'sequence' none passes: choose an objective that rewards samples, such as "
            r"'policy', or another generator",
        ),
        (
            [("generator", {"kind": "mlp"}), ("stages", [])],
            r"objective.kind: 'policy' makes what D rewards more likely, and a generator of kind 'mlp' can't tell how "
            r"likely a sample is: choose a generator that throws dice, such as 'sequence'",
        ),
        ([("discriminator", {"kind": "text"})], r"discriminator.kind: found 'text', but with objective.credit = 'pref"),
        ([("latent.codes", [{"kind": "continuous"}])], r"one die for each of 15 words and nothing else"),
        ([("dataset", {"kind": "ring"})], r"generator.kind: 'sequence' makes sentences, word by word"),
    ],
    ids=["minimax", "mlp", "text", "codes", "ring"],
)
def test_what_can_not_be_is_refused_in_words(experiment, changes, told: str) -> None:
    wrong = with_settings(experiment, changes)
    with pytest.raises((ValueError, ExperimentError), match=told):
        Trainer(wrong, build_dataset(wrong.dataset), CPU)


def test_rollouts_do_with_any_judge(experiment, grammar) -> None:
    changed = [("discriminator", {"kind": "text", "channels": 4}), ("objective.credit", "rollouts")]
    trainer = trained(with_settings(experiment, [*changed, ("objective.rollouts", 2)]), grammar, 8)
    assert np.isfinite(trainer.drain()[-1, 2:]).all()
    assert with_setting(experiment, "objective.credit", "rollouts").objective.needs_prefixes is False
