"""The step: who moves when, what is recorded, what a change leaves alone."""

import copy
import math
import subprocess
import sys

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import (
    AdamSpec,
    Experiment,
    HingeSpec,
    LeastSquaresSpec,
    MinimaxSpec,
    RelativisticSpec,
    RMSpropSpec,
    ScheduleSpec,
    SGDSpec,
    WassersteinSpec,
)
from ganstudio.latent import Batch
from ganstudio.networks import Inputs
from ganstudio.objectives import build_objective
from ganstudio.presets import with_setting
from ganstudio.scalars import COMMON, Scalar
from ganstudio.training.messages import SCALARS
from ganstudio.training.step.ema import ExponentialMovingAverage
from ganstudio.training.step.moves import moves_of
from ganstudio.training.step.optimisers import FAMILIES, PlayerOptimiser
from ganstudio.training.step.schedules import instance_noise, learning_rate_factor, penalty_factor
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")
COLUMN = {name: 2 + index for index, name in enumerate(SCALARS)}


def trainer_of(experiment):
    return Trainer(experiment, build_dataset(experiment.dataset), CPU)


def weights(network):
    return torch.cat([p.detach().flatten() for p in network.parameters()])


@pytest.mark.parametrize(
    ("phase", "moves_d", "moves_g"), [("discriminator", True, False), ("generator", False, True), ("both", True, True)]
)
def test_a_step_moves_whom_it_says(plane, phase, moves_d, moves_g):
    trainer = trainer_of(plane)
    before_d, before_g = weights(trainer.discriminator), weights(trainer.generator)
    trainer.step(phase)
    assert torch.equal(before_d, weights(trainer.discriminator)) != moves_d
    assert torch.equal(before_g, weights(trainer.generator)) != moves_g
    row = trainer.drain()[0]
    assert row[0] == 1
    assert math.isnan(row[COLUMN["d_loss"]]) != moves_d
    assert math.isnan(row[COLUMN["g_loss"]]) != moves_g


def test_k_moves_of_d_to_one_of_g(plane, monkeypatch):
    trainer = trainer_of(with_setting(plane, "schedule.discriminator_steps", 3))
    moves = []
    descend = trainer._descend
    monkeypatch.setattr(trainer, "_descend", lambda player, *rest: (moves.append(player), descend(player, *rest))[1])
    trainer.step()
    assert moves == ["discriminator"] * 3 + ["generator"]


def test_every_step_is_recorded_once(images):
    trainer = trainer_of(images)
    for _ in range(5):
        trainer.step()
    rows = trainer.drain()
    assert rows.shape == (5, 2 + len(SCALARS))
    assert rows[:, 0].tolist() == [1, 2, 3, 4, 5]
    assert np.all(np.diff(rows[:, 1]) > 0)
    assert np.isfinite(rows).all()
    assert len(trainer.drain()) == 0


def test_the_recorded_value_is_minus_the_minimax_loss_and_means_are_probabilities(plane):
    trainer = trainer_of(plane)
    trainer.step()
    row = trainer.drain()[0]
    assert row[COLUMN["value"]] == pytest.approx(-row[COLUMN["d_loss"]], abs=1e-6)
    assert 0 < row[COLUMN["d_real"]] < 1
    assert 0 < row[COLUMN["d_fake"]] < 1


@pytest.mark.parametrize(
    "objective",
    [MinimaxSpec(), LeastSquaresSpec(), HingeSpec(), WassersteinSpec(), RelativisticSpec()],
    ids=lambda spec: spec.kind,
)
@pytest.mark.parametrize("kind", ["plane", "images"])
def test_every_objective_trains_every_family(objective, kind, request):
    experiment = request.getfixturevalue(kind).model_copy(update={"objective": objective})
    if kind == "images":
        experiment = with_setting(experiment, "discriminator.normalisation", "none")
    trainer = trainer_of(experiment)
    before = weights(trainer.generator)
    for _ in range(3):
        trainer.step()
    assert np.isfinite(trainer.drain()).all()
    assert not torch.equal(before, weights(trainer.generator))


def test_the_same_seed_repeats_and_another_does_not(images):
    def after(seed):
        trainer = trainer_of(with_setting(images, "seed", seed))
        for _ in range(4):
            trainer.step()
        return weights(trainer.generator)

    assert torch.equal(after(1), after(1))
    assert not torch.equal(after(1), after(2))


def test_judging_together_equals_judging_apart(plane):
    """Real and generated samples go through D in one batch where no normalisation mixes them: same gradients."""
    together, apart = trainer_of(plane), trainer_of(plane)
    assert not together.sights.judges_apart
    apart.sights.judges_apart = True
    for _ in range(3):
        together.step()
        apart.step()
    torch.testing.assert_close(weights(together.discriminator), weights(apart.discriminator), rtol=1e-4, atol=1e-6)
    torch.testing.assert_close(weights(together.generator), weights(apart.generator), rtol=1e-4, atol=1e-6)


def test_batch_normalisation_sees_real_and_generated_apart(images):
    assert trainer_of(images).sights.judges_apart


def test_gs_move_leaves_d_without_gradients(plane):
    trainer = trainer_of(plane)
    trainer.step("generator")
    assert all(p.grad is None for p in trainer.discriminator.parameters())


def test_a_changed_rate_acts_at_the_next_step_and_keeps_adams_state(plane):
    trainer = trainer_of(plane)
    trainer.step()
    before = weights(trainer.generator)
    state = trainer.optimisers["generator"].state()["adam"]["state"]
    moments = state[0]["exp_avg"].clone()
    assert moments.abs().sum() > 0
    trainer.adjust(with_setting(trainer.experiment, "optimisers.generator.learning_rate", 1e-10))
    assert torch.equal(trainer.optimisers["generator"].state()["adam"]["state"][0]["exp_avg"], moments)
    trainer.step()
    assert torch.allclose(before, weights(trainer.generator), rtol=0, atol=1e-7)
    assert trainer.optimisers["generator"].state()["adam"]["state"][0]["step"] == 2


def test_switching_the_optimiser_and_back_loses_nothing(plane):
    trainer = trainer_of(plane)
    trainer.step()
    moments = trainer.optimisers["discriminator"].state()["adam"]["state"][0]["exp_avg"].clone()
    trainer.adjust(with_setting(trainer.experiment, "optimisers.discriminator", {"kind": "sgd"}))
    trainer.step()
    trainer.adjust(with_setting(trainer.experiment, "optimisers.discriminator", {"kind": "adam"}))
    assert torch.equal(trainer.optimisers["discriminator"].state()["adam"]["state"][0]["exp_avg"], moments)
    trainer.step()
    assert trainer.optimisers["discriminator"].state()["adam"]["state"][0]["step"] == 2


def test_batch_size_and_update_change_while_training(plane):
    trainer = trainer_of(plane)
    trainer.step()
    trainer.adjust(with_setting(trainer.experiment, "schedule.batch_size", 64))
    trainer.adjust(with_setting(trainer.experiment, "objective.generator_update", "combined"))
    seen = []
    made = trainer.generator.register_forward_hook(lambda _, inputs, __: seen.append(len(inputs[0].latents)))
    trainer.step()
    made.remove()
    assert seen == [64, 64]


@pytest.mark.parametrize("spec", [AdamSpec(), RMSpropSpec(), SGDSpec(momentum=0.9)], ids=lambda spec: spec.kind)
def test_every_optimiser_descends(spec):
    parameter = torch.nn.Parameter(torch.tensor([3.0]))
    optimiser = PlayerOptimiser([parameter], spec.model_copy(update={"learning_rate": 0.05}))
    for _ in range(300):
        optimiser.step((2 * parameter.detach(),), 1.0)
    assert abs(parameter.item()) < 0.2


def test_the_learning_rate_falls_in_a_line_over_the_second_half():
    def factors(schedule, steps, player="generator"):
        return [learning_rate_factor(schedule, step, player) for step in steps]

    falling = ScheduleSpec(steps=100, decay="geometric", decay_start=0.5)
    assert factors(falling, (49, 50, 75, 100)) == pytest.approx([1, 1, 0.1, 0.01])
    assert factors(falling, (75, 100), "discriminator") == pytest.approx([0.1, 0.01])
    keeping = falling.model_copy(update={"discriminator_decay": 0.5})
    assert factors(keeping, (75, 100)) == pytest.approx([0.1, 0.01])
    assert factors(keeping, (49, 75, 100), "discriminator") == pytest.approx([1, 0.1**0.5, 0.1])
    schedule = ScheduleSpec(steps=100, decay="linear", decay_start=0.5)
    assert factors(schedule, (0, 49, 50, 75, 100, 200)) == [1, 1, 1, 0.5, 0, 0]
    assert factors(ScheduleSpec(steps=100, decay="none"), (99,)) == [1]


def test_the_players_move_by_their_own_rates(plane):
    """Where D's decay is 0, the last move of D is as large as with no decay at all, and G's is not."""
    plane = with_setting(with_setting(plane, "schedule.steps", 10), "schedule.decay_start", 0)
    plane = with_setting(plane, "optimisers.discriminator", {"kind": "sgd"})
    plane = with_setting(plane, "optimisers.generator", {"kind": "sgd"})
    moved = []
    for decay, power in (("none", 1.0), ("linear", 0.0), ("linear", 1.0)):
        game = with_setting(with_setting(plane, "schedule.decay", decay), "schedule.discriminator_decay", power)
        trainer = trainer_of(game)
        trainer.step_count = 9
        networks = (trainer.discriminator, trainer.generator)
        before = [torch.nn.utils.parameters_to_vector(network.parameters()).clone() for network in networks]
        trainer.step()
        after = [torch.nn.utils.parameters_to_vector(network.parameters()) for network in networks]
        moved.append([(new - old).norm().item() for new, old in zip(after, before, strict=True)])
    assert moved[1][0] == pytest.approx(moved[0][0], rel=1e-3)
    assert moved[1][1] < 0.2 * moved[0][1]
    assert moved[2][0] == pytest.approx(0.1 * moved[0][0], rel=1e-2)


def test_a_penalty_falls_by_the_same_factor_each_step():
    schedule = ScheduleSpec(steps=100, penalty_end=0.01, penalty_start=0.3, penalty_span=0.2)
    plain, fading = (build_objective(RelativisticSpec(fades=fades)) for fades in (False, True))
    factors = [penalty_factor(plain, schedule, step) for step in (0, 30, 40, 50, 99)]
    assert factors == pytest.approx([1, 1, 0.1, 0.01, 0.01])
    noisy = schedule.model_copy(update={"instance_noise": 0.8, "noise_share": 0.5})
    assert penalty_factor(fading, noisy, 40) == pytest.approx(0.1 * 0.2**2)  # both at once


def test_one_step_of_an_interval_bears_the_penalty_of_all(plane):
    schedule = ScheduleSpec(steps=100, penalty_interval=4, penalty_end=0.01, penalty_start=0.3, penalty_span=0.2)
    objective = build_objective(RelativisticSpec())
    _, penalty = moves_of(Experiment(schedule=schedule), objective)[0].terms
    weights = [penalty.at(step) for step in (0, 1, 2, 3, 4, 40, 41)]
    assert weights == pytest.approx([4, 0, 0, 0, 4, 4 * 0.1, 0])
    assert penalty.at(29, by_hand=True) == 1
    penalised = with_setting(with_setting(plane, "objective", {"kind": "minimax", "gamma": 1.0}), "device.threads", 1)
    trainer = trainer_of(with_setting(penalised, "schedule.penalty_interval", 4))
    asked, penalty = [], trainer.objective.penalty
    trainer.objective.penalty = lambda *samples: asked.append(trainer.step_count) or penalty(*samples)
    for _ in range(9):
        trainer.step()
    assert asked == [0, 4, 8]
    for phase in ("generator", "discriminator", "generator", "discriminator"):
        trainer.step(phase)
    assert asked[3:] == [10, 12]


def test_instance_noise_falls_in_a_line_to_nothing():
    schedule = ScheduleSpec(steps=100, instance_noise=0.8, noise_share=0.5)
    assert [instance_noise(schedule, step) for step in (0, 25, 50, 99)] == pytest.approx([0.8, 0.4, 0, 0])
    assert instance_noise(ScheduleSpec(), 0) == 0


def test_instance_noise_falls_by_the_same_factor_each_step_where_it_has_an_end():
    schedule = ScheduleSpec(steps=100, instance_noise=0.8, noise_share=0.5, noise_end=0.008)
    assert [instance_noise(schedule, step) for step in (0, 25, 49)] == pytest.approx([0.8, 0.08, 0.00877], rel=1e-3)
    assert [instance_noise(schedule, step) for step in (50, 99)] == [0, 0]
    above = ScheduleSpec(steps=100, instance_noise=0.1, noise_end=0.2)  # an end above the beginning is none
    assert instance_noise(above, 25) == pytest.approx(0.05)


def test_a_penalty_that_fades_falls_with_the_noise_s_variance_and_is_gone_with_it():
    schedule = ScheduleSpec(steps=100, instance_noise=0.8, noise_share=0.5, noise_end=0.008)
    fading, steady = (build_objective(RelativisticSpec(fades=fades)) for fades in (True, False))
    assert [penalty_factor(fading, schedule, step) for step in (0, 25, 60)] == pytest.approx([1, 0.01, 0])
    assert [penalty_factor(steady, schedule, step) for step in (0, 25, 60)] == [1, 1, 1]
    assert penalty_factor(fading, ScheduleSpec(), 3000) == 1  # without noise there is nothing to fall with


def test_d_feels_a_fading_penalty_as_long_as_there_is_noise(plane):
    noisy = with_setting(with_setting(plane, "schedule.instance_noise", 0.3), "schedule.noise_share", 0.5)
    kinds = [{"kind": "minimax"}, {"kind": "minimax", "gamma": 5.0, "fades": True}, {"kind": "minimax", "gamma": 5.0}]
    trainers = [trainer_of(with_setting(noisy, "objective", kind)) for kind in kinds]
    for trainer in trainers:
        trainer.step()
    free, fading, steady = (next(trainer.discriminator.parameters()) for trainer in trainers)
    assert torch.equal(fading, steady)  # at the first step its weight is whole
    assert not torch.equal(fading, free)
    begun = copy.deepcopy(trainers[0].state() | {"step": 30})
    players = [copy.deepcopy(player.state_dict()) for player in (trainers[0].generator, trainers[0].discriminator)]
    for trainer in trainers:
        trainer.load_state(copy.deepcopy(begun))
        trainer.generator.load_state_dict(players[0])
        trainer.discriminator.load_state_dict(players[1])
        trainer.step()
    assert torch.equal(fading, free)  # and behind the noise there is none
    assert not torch.equal(fading, steady)


def test_instance_noise_reaches_all_that_d_sees(plane):
    """With data and samples in their places by hand, what D judges has the noise's spread, and no more."""
    trainer = trainer_of(with_setting(with_setting(plane, "schedule.instance_noise", 3.0), "schedule.batch_size", 4096))
    trainer.sights.draw_real = lambda: Batch(torch.zeros(4096, 2), None, None)
    seen = []
    read = trainer.discriminator.read
    trainer.discriminator.read = lambda samples: seen.append(samples) or read(samples)
    trainer.step()
    both, generated = seen
    assert both[:4096].std().item() == pytest.approx(3, rel=0.05)
    assert both[4096:].std().item() > 2.8
    assert generated.std().item() > 2.8
    assert generated.requires_grad


def test_without_instance_noise_no_random_number_is_spent_on_it(plane):
    plain, silent = trainer_of(plane), trainer_of(with_setting(plane, "schedule.noise_share", 0.1))
    plain.step()
    silent.step()
    assert torch.equal(weights(plain.generator), weights(silent.generator))


def test_g_starts_as_a_cloud_around_the_origin(plane):
    """Zero mean, unit covariance in model units, for any number of latent dimensions."""
    for dimensions in (1, 2, 16, 64):
        wide = with_setting(with_setting(plane, "latent.dimensions", dimensions), "generator.width", 128)
        trainer = trainer_of(with_setting(wide, "generator.depth", 3))
        points = trainer.generator(Inputs(torch.randn(8192, dimensions))).detach()
        assert points.mean(0).abs().max() < 0.15
        assert torch.linalg.norm(torch.cov(points.T) - torch.eye(2)) < 0.35


def test_the_average_warms_up_and_follows():
    network = torch.nn.Linear(1, 1, bias=False)
    average = ExponentialMovingAverage(network)
    start = network.weight.item()
    with torch.no_grad():
        network.weight.fill_(start + 1)
    average.update(network, 0.999)
    assert average.module.weight.item() == pytest.approx(start + 0.9, abs=1e-6)  # memory 1/10 at the first update
    for _ in range(200):
        average.update(network, 0.999)
    assert average.module.weight.item() == pytest.approx(start + 1, abs=1e-3)


def test_no_average_is_the_network_itself(plane):
    trainer = trainer_of(with_setting(plane, "schedule.average", 0))
    for _ in range(30):
        trainer.step()
    torch.testing.assert_close(weights(trainer.average.module), weights(trainer.generator), rtol=0, atol=1e-6)


def test_networks_that_do_not_fit_the_data_are_refused(plane, images):
    with pytest.raises(ValueError, match="mlp"):
        trainer_of(plane.model_copy(update={"generator": images.generator}))


def test_a_run_begins_without_torchs_compiler(tmp_path):
    # It takes as long to load as torch itself, and nothing here is compiled.
    words = ["train", "ring", "--steps", "3", "--quiet", "--device", "cpu", "--out", str(tmp_path / "run")]
    words += ["--set", "measures.samples=500"]  # whose estimate at the end trains a probe
    code = f"import sys\nfrom ganstudio.cli import main\nmain({words})\nsys.exit('torch._dynamo' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert (done.returncode, done.stderr) == (0, "")
    assert (tmp_path / "run" / "checkpoints").is_dir()


@pytest.mark.parametrize("spec", [AdamSpec(weight_decay=0.1), RMSpropSpec(), SGDSpec(momentum=0.5)])
def test_an_optimiser_moves_as_torchs_own_does(spec):
    own, theirs = (torch.nn.Parameter(torch.linspace(-1, 1, 6)) for _ in range(2))
    player = PlayerOptimiser([own], spec)
    build, settings, extra = FAMILIES[type(spec)]
    other = build([theirs], lr=spec.learning_rate, **settings(spec), **extra)
    for step in range(5):
        gradient = torch.sin(torch.arange(6.0) + step)
        player.step((gradient,), 1.0)
        theirs.grad = gradient
        other.step()
    assert torch.equal(own, theirs)
    assert own.requires_grad
    assert own.grad_fn is None


PENALISED = [WassersteinSpec(), MinimaxSpec(gamma=1.0), RelativisticSpec()]


@pytest.mark.parametrize("objective", PENALISED, ids=lambda spec: spec.kind)
@pytest.mark.parametrize("size", [16, 28])
def test_a_fused_move_is_the_plain_one_however_gradients_lie_in_memory(images, objective, size, monkeypatch):
    game = with_setting(images, "discriminator", {"kind": "dcgan", "width": 8, "normalisation": "none"})
    game = with_setting(with_setting(game, "objective", objective.model_dump()), "dataset.size", size)
    moved = []
    for fused in (True, False):
        monkeypatch.setitem(FAMILIES, AdamSpec, (*FAMILIES[AdamSpec][:2], {"fused": fused}))
        trainer = trainer_of(game)
        before = weights(trainer.discriminator)
        trainer.step("discriminator")
        moved.append(weights(trainer.discriminator) - before)
    assert torch.allclose(*moved, atol=1e-7)
    assert moved[0].abs().max() > 0


def test_what_was_averaged_for_kernels_in_another_layout_is_laid_out_as_they_are():
    def kernel(**how):
        return torch.nn.Parameter(torch.arange(96.0).reshape(2, 3, 4, 4).contiguous(**how))

    old = PlayerOptimiser([kernel()], AdamSpec())
    now = PlayerOptimiser([kernel(memory_format=torch.channels_last)], AdamSpec())
    gradient = torch.randn(2, 3, 4, 4, generator=torch.Generator().manual_seed(0))
    old.step((gradient,), 1.0)
    now.load_state(copy.deepcopy(old.state()))
    with torch.no_grad():
        now.parameters[0].copy_(old.parameters[0])
    for player in (old, now):
        player.step((0.5 * gradient,), 1.0)
    torch.testing.assert_close(now.parameters[0], old.parameters[0], check_stride=False)


def test_rows_are_drained_by_the_names_of_the_objective_in_force(plane, monkeypatch):
    trainer = trainer_of(plane)
    trainer.step()
    old = trainer.names
    extra = Scalar(name="extra", plot="Extra", label="e")
    declared = (COMMON[1], extra, COMMON[0])
    monkeypatch.setattr("ganstudio.training.step.trainer.scalars_of", lambda _: declared)
    trainer.adjust(trainer.experiment)
    trainer._tell(extra, torch.tensor(3.0))
    trainer.step()
    rows = trainer.drain()
    assert trainer.names == ("g_loss", "extra", "d_loss") != old
    assert rows.shape == (2, 5)
    assert rows[:, 0].tolist() == [1, 2]
    assert np.isfinite(rows[:, [2, 4]]).all()
    assert np.isnan(rows[:, 3]).all()  # nobody tells it within the step
    assert trainer.drain().shape == (0, 5)
