"""Each alert is provoked by a real game; healthy games stay silent. Margins were seen over five seeds."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import (
    AdamSpec,
    DisjointSpec,
    Experiment,
    MinimaxSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    OptimisersSpec,
    RelativisticSpec,
    RingSpec,
    ScheduleSpec,
    SGDSpec,
    WassersteinSpec,
)
from ganstudio.measurements import _symptoms as symptoms
from ganstudio.measurements.alerts import CHECK_EVERY, HOLD_STEPS, TITLES, Watcher
from ganstudio.presets import load_preset
from ganstudio.training.messages import SCALARS
from ganstudio.training.step.trainer import Trainer


def game(width=8, depth=2, activation="leaky_relu", rates=(1e-3, 1e-3), optimiser=AdamSpec, **parts) -> Experiment:
    """A small game; rates: G's and D's."""
    generator, discriminator = (optimiser(learning_rate=rate) for rate in rates)
    schedule = {"steps": 3000, "batch_size": 64} | parts.pop("schedule", {})
    return Experiment(
        generator=MLPGeneratorSpec(width=width, depth=depth),
        discriminator=MLPDiscriminatorSpec(width=width, depth=depth, activation=activation),
        optimisers=OptimisersSpec(generator=generator, discriminator=discriminator),
        schedule=ScheduleSpec(**schedule),
        **parts,
    )


def watcher(experiment: Experiment, dataset) -> Watcher:
    real = dataset.modality.to_people(dataset.draw(2000, np.random.default_rng(0)))
    return Watcher(SCALARS, experiment, real, dataset.modes)


def play(experiment: Experiment, steps: int, *, every=100, shrink=1.0) -> tuple[Watcher, dict[str, int]]:
    """Train and watch; the watcher, and the step at which each alert first came. shrink: G's initial samples."""
    dataset = build_dataset(experiment.dataset)
    trainer = Trainer(experiment, dataset, torch.device("cpu"))
    with torch.no_grad():
        for last in list(trainer.generator.parameters())[-2:]:
            last *= shrink
    watching, came = watcher(experiment, dataset), {}
    for step in range(1, steps + 1):
        trainer.step()
        if step % every == 0:
            watching.see_scalars(trainer.drain())
            with torch.inference_mode():
                made = trainer.generator(trainer.fixed_inputs).numpy()
                watching.see_samples(step, dataset.modality.to_people(made))
            for alert in watching.alerts():
                came.setdefault(alert.kind, step)
    return watching, came


def only(watching: Watcher, kind: str):
    """The alert of this kind."""
    return next(alert for alert in watching.alerts() if alert.kind == kind)


# --- real games -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(5))
def test_a_healthy_game_raises_no_alarm(seed):
    ring = RingSpec(sigma=0.1)
    schedule = {"steps": 1300, "instance_noise": 0.3}
    experiment = game(32, dataset=ring, objective=MinimaxSpec(gamma=0.02), schedule=schedule, seed=seed)
    assert play(experiment, 1300)[1] == {}


def test_mode_collapse():
    # G moves ten times as far as D: it runs to wherever D is pleased now, all of it.
    adam = {"rates": (3e-2, 3e-3), "optimiser": lambda learning_rate: AdamSpec(learning_rate=learning_rate, beta1=0.9)}
    experiment = game(16, 1, "tanh", **adam, dataset=RingSpec(sigma=0.1), schedule={"decay": "none"})
    watching, came = play(experiment, 1200)
    assert came == {"mode_collapse": 1100}
    alert = only(watching, "mode_collapse")
    assert alert.step == 600
    assert alert.evidence == "G reaches 1 of 8 modes; 100 % of its samples lie in one"
    assert "instance noise of 0.3 instead of 0" in alert.advice


def test_a_constant_discriminator():
    # So large a step kills all ReLUs of D in the first steps: the same D(x) everywhere, and no slope for G to follow.
    experiment = game(8, 2, "relu", (0.03, 5.0), SGDSpec, dataset=RingSpec(sigma=0.05))
    watching, came = play(experiment, 800)
    assert set(came) == {"constant_discriminator"}
    alert = only(watching, "constant_discriminator")
    assert "0.500 to data and samples alike" in alert.evidence
    assert "leaky ReLU" in alert.advice


def sure_discriminator(update) -> Experiment:
    """G begins as a small blob between two far modes: D has them apart before it gets anywhere."""
    data, objective = DisjointSpec(distance=50, sigma=0.1), MinimaxSpec(generator_update=update)
    return game(16, rates=(1e-4, 1e-2), dataset=data, objective=objective, schedule={"batch_size": 32}, seed=2)


def test_a_perfect_discriminator_and_the_vanishing_gradient_of_the_saturating_update():
    watching, came = play(sure_discriminator("saturating"), 900, shrink=0.05)
    assert set(came) == {"vanishing_gradient", "perfect_discriminator"}
    alert = only(watching, "vanishing_gradient")
    assert alert.advice.startswith("Try the non-saturating update of G instead of the saturating one")
    assert watching.alerts()[0] == alert


@pytest.mark.slow
def test_the_non_saturating_update_keeps_its_gradient():
    assert "vanishing_gradient" not in play(sure_discriminator("non_saturating"), 900, shrink=0.05)[1]


def test_oscillation():
    # One broad Gaussian: G shrinks to a point and runs round it, D after it.
    adam = {"rates": (3e-3, 3e-3), "optimiser": lambda learning_rate: AdamSpec(learning_rate=learning_rate, beta1=0.9)}
    data = DisjointSpec(distance=0.5, sigma=0.5)
    watching, came = play(game(8, 1, "tanh", **adam, dataset=data, schedule={"decay": "none"}, seed=1), 1600)
    assert came == {"oscillation": 1500}
    assert "beta 1 of 0.5 instead of 0.9" in only(watching, "oscillation").advice


def test_not_finite_is_told_at_once():
    rates = {"rates": (10.0, 10.0), "optimiser": SGDSpec}
    watching, came = play(game(32, **rates, objective=WassersteinSpec(penalty=10.0)), 20, every=20)
    assert came == {"not_finite": 20}
    alert = only(watching, "not_finite")
    assert alert.step <= 10
    assert "start over with a learning rate of 3 instead of 10 for D" in alert.advice


@pytest.mark.slow
@pytest.mark.timeout(1200)
@pytest.mark.parametrize("preset", ["ring", "two_moons", "spiral"])
def test_presets_raise_no_alarm(preset):
    experiment = load_preset(preset)
    assert play(experiment, experiment.schedule.steps, every=200)[1] == {}


# --- made-up numbers --------------------------------------------------------------------------------------------------


def rows(count, first=1, **columns):
    """Scalars of ``count`` steps: an even game but for the given columns."""
    even = {"d_loss": 1.38, "g_loss": 0.7, "d_real": 0.55, "d_fake": 0.45, "value": -1.38}
    table = np.zeros((count, 2 + len(SCALARS)))
    table[:, 0] = np.arange(first, first + count)
    for index, name in enumerate(SCALARS):
        table[:, 2 + index] = columns.get(name, even.get(name, 1.0))
    return table


SURE = {"d_real": 0.999, "d_fake": 0.001}


def kinds(watching):
    return [alert.kind for alert in watching.alerts()]


def test_an_alert_comes_after_a_while_and_goes_after_a_while():
    watching, told = Watcher(SCALARS, Experiment()), []
    for block in range(30):
        sure = SURE if 5 <= block < 15 else {}
        watching.see_scalars(rows(CHECK_EVERY, 1 + block * CHECK_EVERY, **sure))
        told.append(bool(kinds(watching)))
    checks = HOLD_STEPS // CHECK_EVERY
    assert told.index(True) == 5 + checks
    assert told[5 + checks :].index(False) == 15 - 5
    assert sum(told) == 10


def test_a_short_spell_is_passed_over():
    watching = Watcher(SCALARS, Experiment())
    for block in range(20):
        watching.see_scalars(rows(CHECK_EVERY, 1 + block * CHECK_EVERY, **(SURE if block % 4 else {})))
        assert "perfect_discriminator" not in kinds(watching)


@pytest.mark.parametrize("piece", [1, 37, 250])
def test_in_pieces_or_at_once_is_the_same(piece):
    table = rows(1500, **SURE)
    table[:, 2 + SCALARS.index("g_gradient")] = np.geomspace(1, 1e-6, 1500)
    at_once, pieces = Watcher(SCALARS, Experiment()), Watcher(SCALARS, Experiment())
    at_once.see_scalars(table)
    for start in range(0, 1500, piece):
        pieces.see_scalars(table[start : start + piece])
    assert at_once.alerts() == pieces.alerts()
    assert kinds(at_once) == ["vanishing_gradient", "perfect_discriminator"]


def test_the_logit_of_other_objectives_is_no_log_odds():
    watching = Watcher(SCALARS, Experiment(objective=RelativisticSpec()))
    watching.see_scalars(rows(2000, **SURE))
    assert kinds(watching) == []


def test_one_player_that_stands_still_by_hand_is_no_broken_number():
    absent = dict.fromkeys(("d_loss", "d_real", "d_fake", "value", "d_gradient"), np.nan)
    watching = Watcher(SCALARS, Experiment())
    watching.see_scalars(rows(300, **absent), by_hand=True)
    assert kinds(watching) == []
    watching.see_scalars(rows(1, 301, **dict.fromkeys(SCALARS, np.nan)), by_hand=True)
    assert [alert.step for alert in watching.alerts()] == [301]


def test_a_number_that_breaks_is_told_at_once_by_name():
    watching = Watcher(SCALARS, Experiment())
    table = rows(10)
    table[6, 2:4] = np.inf
    watching.see_scalars(table)
    (alert,) = watching.alerts()
    assert (alert.step, alert.title, alert.evidence) == (
        7,
        TITLES["not_finite"],
        "D's loss, G's loss became infinite or NaN",
    )


def test_a_constant_discriminator_is_right_where_the_samples_are():
    level = {"d_real": 0.95 / 1.95, "d_fake": 0.95 / 1.95}  # its best with labels of 0.95
    dataset, rng = build_dataset(RingSpec()), np.random.default_rng(3)
    experiment = Experiment()
    told = {}
    for shift in (0.0, 0.5):
        watching = watcher(experiment, dataset)
        for step in range(100, 1600, 100):
            watching.see_scalars(rows(100, step - 99, **level))
            watching.see_samples(step, dataset.modality.to_people(dataset.draw(1000, rng)) + shift)
        told[shift] = kinds(watching)
    assert told[0.0] == []
    assert told[0.5][0] == "constant_discriminator"


def test_a_constant_discriminator_of_images_needs_an_estimate():
    watching = Watcher(SCALARS, Experiment())
    for step in range(100, 1600, 100):
        watching.see_scalars(rows(100, step - 99, d_real=0.5, d_fake=0.5))
        assert kinds(watching) == []
        watching.see_divergence(step, 0.0)
    for step in range(1600, 3000, 100):
        watching.see_scalars(rows(100, step - 99, d_real=0.5, d_fake=0.5))
        watching.see_divergence(step, 0.3)
    (alert,) = watching.alerts()
    assert alert.kind == "constant_discriminator"
    assert "JSD at least 0.30 nats" in alert.evidence


def test_losses_that_swing_are_seen_without_samples():
    watching = Watcher(SCALARS, Experiment())
    steps = np.arange(3000)
    noise = np.random.default_rng(0).normal(0, 0.05, 3000)
    watching.see_scalars(rows(3000, d_fake=0.5 + noise))
    assert kinds(watching) == []
    watching.see_scalars(rows(3000, 3001, d_fake=0.5 + 0.1 * np.sin(2 * np.pi * steps / 350) + noise))
    (alert,) = watching.alerts()
    assert alert.kind == "oscillation"
    assert alert.evidence.endswith("about 0.50 every 350 steps")


# --- samples against data ---------------------------------------------------------------------------------------------


def test_modes_count_by_the_share_that_the_data_gives_them():
    rng = np.random.default_rng(1)
    means = np.array([[0.0, 0.0], [5.0, 0.0], [0.0, 5.0], [5.0, 5.0]])
    # One mode has a fiftieth of the data: as many samples there are its fair share.
    shares = np.array([0.4, 0.4, 0.18, 0.02])
    real = means[rng.choice(4, 2000, p=shares)] + rng.normal(0, 0.3, (2000, 2))
    target = symptoms.Target(real, means)
    assert target.collapse(means[rng.choice(4, 1000, p=shares)]) == ""
    missing = target.collapse(means[rng.choice(3, 1000, p=[0.2, 0.3, 0.5])])
    assert missing.startswith("G reaches 3 of 4 modes; ")


def test_without_modes_the_data_that_nothing_is_near_are_counted():
    rng = np.random.default_rng(2)
    angles = rng.uniform(0, 2 * np.pi, 2000)
    circle = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    target = symptoms.Target(circle, None)
    assert target.collapse(circle[:1000] * 1.1) == ""
    half = target.collapse(circle[circle[:, 0] > 0])
    share = float(half.removeprefix("G makes nothing near ").removesuffix(" % of the data"))
    assert share == pytest.approx(45, abs=4)  # half, less what lies within a quarter of a deviation of the other half


@pytest.mark.parametrize(("shift", "low", "high"), [(0.0, 0.0, 0.01), (1.0, 0.08, 0.12), (20.0, 0.36, 0.4)])
def test_the_divergence_over_cells_is_at_most_the_truth(shift, low, high):
    # Of two normals a standard deviation apart the JSD is 0.111 nats, by quadrature; far apart it is log 2, but the
    # outer cells reach out to the samples.
    rng = np.random.default_rng(4)
    target = symptoms.Target(rng.normal(0, 1, (2000, 2)), None)
    assert low <= target.divergence(rng.normal((shift, 0), 1, (2000, 2))) <= high


def test_equal_points_can_be_cut_into_cells():
    target = symptoms.Target(np.zeros((300, 2)), None)
    assert target.divergence(np.zeros((300, 2))) == pytest.approx(0, abs=1e-12)
