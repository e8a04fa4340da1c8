"""A step as data: moves, their terms with weights, and the numbers that they have."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import (
    AutoencoderDiscriminatorSpec,
    CategoricalCodeSpec,
    ContinuousCodeSpec,
    EnergySpec,
    Experiment,
    LatentSpec,
    MinimaxSpec,
    RelativisticSpec,
    ScheduleSpec,
)
from ganstudio.networks import Inputs
from ganstudio.objectives import Sight, Summand, build_objective
from ganstudio.scalars import COMMON, Scalar
from ganstudio.training.session.breaking import first_wrong
from ganstudio.training.step.moves import Move, Weighted, moves_of, scalars_of
from ganstudio.training.step.trainer import Trainer
from tests.registering import LEAD, RelativisticAverageSpec, registered

PART = Scalar(name="part", plot="Parts", label="p", called="a part")


def of(value, **more):
    return Summand(of=lambda _: torch.tensor(value), separable=True, **more)


def sight():
    return Sight(inputs=Inputs(torch.zeros(1, 2)), x=None, g=torch.zeros(1, 2), real=None, fake=torch.zeros(1))


def test_terms_are_added_up_with_their_weights_the_first_being_the_loss():
    falling = Weighted(of(10.0, scalar=PART), lambda step: 1 / (1 + step), interval=2)
    move = Move(player="generator", terms=(Weighted(of(1.0)), falling, Weighted(of(100.0), lambda _: 0.0)))
    for step, by_hand, total in ((0, False, 21), (1, False, 1), (2, False, 1 + 20 / 3), (1, True, 6), (3, True, 3.5)):
        before = sight()
        told = move.add_up(before, step, by_hand=by_hand)
        assert before.loss.item() == 1
        assert before.total.item() == pytest.approx(total)
        assert [(scalar.name, number.item()) for scalar, number in told] == ([] if total == 1 else [("part", 10)])


def test_a_term_with_no_weight_is_not_computed():
    def never(_):
        raise AssertionError("it was asked")

    term = Summand(of=never, separable=True)
    move = Move(player="generator", terms=(Weighted(of(1.0)), Weighted(term, lambda _: 0.0)))
    move.add_up(sight(), 0, by_hand=False)


def test_what_some_steps_do_without_is_nothing_gone_wrong():
    move = Move(player="discriminator", terms=(Weighted(of(1.0)), Weighted(of(1.0, scalar=PART), interval=3)))
    (part, gradient) = move.scalars
    assert part.sparse
    assert not gradient.sparse
    rows = np.array([[1, 0.1, np.nan, 1.0], [2, 0.2, 0.5, 1.0], [3, 0.3, np.inf, 1.0]])
    assert first_wrong(rows[:2], move.scalars) is None
    assert first_wrong(rows, move.scalars) == (2, "a part is no longer a finite number")


@pytest.mark.parametrize(
    ("objective", "discriminator", "generator", "pairs"),
    [
        (MinimaxSpec(), 1, 1, False),
        (MinimaxSpec(gamma=1.0), 2, 1, False),
        (RelativisticSpec(), 2, 1, True),
        (EnergySpec(), 1, 1, False),
        (EnergySpec(pulling_away=0.1), 1, 2, False),
    ],
)
def test_the_moves_of_a_step_are_those_of_its_objective(objective, discriminator, generator, pairs):
    experiment = Experiment(objective=objective, schedule=ScheduleSpec(discriminator_steps=3))
    of_d, of_g = moves_of(experiment, build_objective(objective))
    assert (of_d.player, of_g.player) == ("discriminator", "generator")
    assert (of_d.times, of_g.times) == (3, 1)
    assert (len(of_d.terms), len(of_g.terms)) == (discriminator, generator)
    assert of_g.pairs == pairs
    names = [scalar.name for scalar in scalars_of((of_d, of_g))]
    assert names[: len(COMMON)] == [scalar.name for scalar in COMMON]
    assert names[len(COMMON) :] == (["likeness_real", "likeness_fake"] if objective.energies else [])


def test_codes_are_told_behind_what_every_game_has():
    latent = LatentSpec(codes=(CategoricalCodeSpec(name="digit"), ContinuousCodeSpec()))
    trainer = Trainer(Experiment(latent=latent), build_dataset(Experiment().dataset), torch.device("cpu"))
    assert [scalar.label for scalar in trainer.scalars[len(COMMON) :]] == ["digit", "c₂"]
    assert trainer.names[len(COMMON) :] == ("information_0", "information_1")
    for phase in ("discriminator", "generator"):
        trainer.step(phase)
    rows = trainer.drain()
    assert np.isfinite(rows[:, -2:]).all()  # told in both players' moves
    assert first_wrong(rows[:1], trainer.scalars, "discriminator") is None
    assert first_wrong(rows[1:], trainer.scalars, "generator") is None


def test_an_energy_game_plots_energies_in_place_of_beliefs():
    experiment = Experiment(discriminator=AutoencoderDiscriminatorSpec(), objective=EnergySpec())
    trainer = Trainer(experiment, build_dataset(experiment.dataset), torch.device("cpu"))
    assert {scalar.plot for scalar in trainer.scalars} == {"Losses", "Energy", "Value", "Gradients", "Codes alike"}
    assert trainer.names[2:4] == ("d_real", "d_fake")


def test_a_number_of_another_objective_is_told_from_the_step_that_has_it():
    with registered():
        trainer = Trainer(Experiment(), build_dataset(Experiment().dataset), torch.device("cpu"))
        assert LEAD not in trainer.scalars
        trainer.step()
        trainer.drain()
        trainer.adjust(trainer.experiment.model_copy(update={"objective": RelativisticAverageSpec()}))
        assert trainer.scalars == (*COMMON, LEAD)
        seen = []

        @dataclass
        class Watched:
            of: object

            def __call__(self, sight):
                seen.append((sight.real.mean() - sight.fake.mean()).item())
                return self.of(sight)

        for move in trainer.moves:
            for weighted in move.terms:
                object.__setattr__(weighted.term, "of", Watched(weighted.term.of))
        trainer.step()
        (row,) = trainer.drain()
        assert row[-1] == pytest.approx(seen[0], rel=1e-5)
