"""What a schedule makes of the settings: the values that are shown are those that the steps take."""

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import CategoricalCodeSpec, Experiment, RelativisticSpec, ScheduleSpec
from ganstudio.presets import load_preset, with_setting
from ganstudio.training.step.schedules import average_memory, in_force
from ganstudio.training.step.trainer import Trainer


@pytest.fixture
def game() -> Experiment:
    schedule = ScheduleSpec(
        steps=20,
        batch_size=8,
        decay="geometric",
        decay_start=0.1,
        discriminator_decay=0.5,
        instance_noise=0.4,
        noise_share=0.8,
        penalty_end=0.05,
        penalty_start=0.2,
        average=0.6,
    )
    return Experiment(schedule=schedule, objective=RelativisticSpec(gamma=0.3, fades=True))


def test_what_is_shown_is_what_the_steps_take(game):
    trainer = Trainer(game, build_dataset(game.dataset), torch.device("cpu"))
    seen = []
    for step in range(20):
        shown = in_force(game, step)
        _, penalty = trainer.moves[0].terms
        assert penalty.at(trainer.step_count) * 0.3 == pytest.approx(shown["objective.gamma"])
        before = [weights.clone() for weights in trainer.average.module.parameters()]
        trainer.step()
        for player, optimiser in trainer.optimisers.items():
            (group,) = optimiser._optimiser.param_groups
            assert group["lr"] == pytest.approx(shown[f"optimisers.{player}.learning_rate"])
        assert trainer.sights.noise == pytest.approx(shown["schedule.instance_noise"])
        now = zip(before, trainer.average.module.parameters(), trainer.generator.parameters(), strict=True)
        for old, averaged, new in now:
            kept = shown["schedule.average"]
            torch.testing.assert_close(averaged, kept * old + (1 - kept) * new, rtol=1e-3, atol=1e-5)
        seen.append(shown)
    rates = np.array([one["optimisers.generator.learning_rate"] for one in seen])
    assert 0.005 < rates[-1] / rates[0] < 0.03
    assert seen[0]["schedule.instance_noise"] == 0.4
    assert seen[-1]["schedule.instance_noise"] == 0.0


def test_of_a_penalty_that_is_taken_now_and_then_the_weight_on_the_average_is_shown(game):
    lazy = with_setting(game, "schedule.penalty_interval", 4)
    assert [in_force(lazy, step)["objective.gamma"] for step in range(20)] == [
        in_force(game, step)["objective.gamma"] for step in range(20)
    ]


def test_in_a_head_start_categories_count_little(game):
    game = with_setting(load_preset("infogan"), "recogniser.consistency", 1.0)
    game = with_setting(with_setting(game, "recogniser.head_start", 0.25), "schedule.steps", 100)
    index = next(k for k, code in enumerate(game.latent.codes) if isinstance(code, CategoricalCodeSpec))
    path = f"latent.codes.{index}.weight"
    assert in_force(game, 24)[path] == pytest.approx(0.05 * game.latent.codes[index].weight)
    assert path not in in_force(game, 25)
    assert path not in in_force(with_setting(game, "recogniser.consistency", 0.0), 0)


def test_the_average_is_warmed_up():
    assert [average_memory(0.9, updates) for updates in (0, 10, 79, 200)] == pytest.approx([0.1, 0.55, 80 / 89, 0.9])
