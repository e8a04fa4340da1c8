"""Spectral normalisation, the minibatch's deviation and packs in training: the step, checkpoints, groups, the plane."""

import json

import numpy as np
import pytest
import torch

from ganstudio.cli._results import in_words, summarise
from ganstudio.data import build_dataset
from ganstudio.experiment import CategoricalCodeSpec, LatentSpec, WassersteinSpec
from ganstudio.networks import Inputs
from ganstudio.networks.mlp import FourierFeatures
from ganstudio.objectives import Sight
from ganstudio.presets import ExperimentError, check_game, judged, with_setting
from ganstudio.training.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from ganstudio.training.group.band import Band
from ganstudio.training.group.duel import Duel
from ganstudio.training.group.group import members_of
from ganstudio.training.messages import StartGroup
from ganstudio.training.pictures.asking import PACKS, Onlooker
from ganstudio.training.pictures.plane import PlaneLayers
from ganstudio.training.pictures.slow_motion import slow_step
from ganstudio.training.step.onlooking import Observer
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")
BOUNDS = (-1.5, 1.5, -1.5, 1.5)
OPTIONS = {
    "spectral": {"normalisation": "spectral"},
    "deviation": {"minibatch_deviation": True},
    "packs": {"packing": 3},
    "waves": {"fourier": 5, "fourier_scale": 1.0},
    "all": {"normalisation": "spectral", "minibatch_deviation": True, "packing": 2, "fourier": 3},
}


def with_options(experiment, name):
    for field, value in OPTIONS[name].items():
        experiment = with_setting(experiment, f"discriminator.{field}", value)
    return experiment


def trainer_of(experiment):
    return Trainer(experiment, build_dataset(experiment.dataset), CPU)


def steps(trainer, count):
    for _ in range(count):
        trainer.step()
    return trainer


def everything(trainer):
    networks = (trainer.generator, trainer.discriminator, trainer.average.module)
    return torch.cat([t.flatten().float() for network in networks for t in network.state_dict().values()])


class Watcher(Observer):
    """Keeps what each move had before it."""

    def __init__(self):
        self.seen = {}

    def judged(self, player, sight):
        self.seen[player] = sight


@pytest.mark.parametrize("name", OPTIONS)
@pytest.mark.parametrize("objective", ["minimax", "wasserstein", "relativistic"])
def test_resuming_and_slow_motion_change_no_bit(plane, name, objective, tmp_path):
    """The vectors of the power iteration and the usual deviation are in the checkpoint like any weight."""
    experiment = with_setting(with_options(plane, name), "objective", {"kind": objective})
    experiment = with_setting(experiment, "schedule.instance_noise", 0.1)
    whole = steps(trainer_of(experiment), 6)
    saved = save_checkpoint(tmp_path, steps(trainer_of(experiment), 2))
    torch.manual_seed(5)
    resumed = trainer_of(experiment)
    load_checkpoint(saved, resumed)
    stages = slow_step(steps(resumed, 2), BOUNDS)
    steps(resumed, 1)
    assert torch.equal(everything(whole), everything(resumed))
    verdicts = next(stage.layers["verdict_fake"] for stage in stages.stages if stage.name == "judge")
    assert len(verdicts) == resumed.sights.batch_size


@pytest.mark.parametrize("name", ["spectral", "deviation"])
def test_images_too(images, name, tmp_path):
    experiment = with_options(with_setting(images, "objective", WassersteinSpec()), name)
    if name == "deviation":
        experiment = with_setting(experiment, "discriminator.normalisation", "none")
    whole = steps(trainer_of(experiment), 4)
    resumed = trainer_of(experiment)
    load_checkpoint(save_checkpoint(tmp_path, steps(trainer_of(experiment), 2)), resumed)
    assert torch.equal(everything(whole), everything(steps(resumed, 2)))


def test_real_samples_are_packed_with_real_ones_alone(plane):
    trainer = trainer_of(with_options(plane, "packs"))
    drawn, watcher = [], Watcher()
    draw = trainer.sights.draw_real
    trainer.sights.draw_real = lambda: drawn.append(draw()) or drawn[-1]
    trainer.step(observer=watcher)
    sight = watcher.seen["discriminator"]
    assert trainer.sights.batch_size == 18  # 16 filled up to whole packs
    assert sight.x.shape == sight.g.shape == (6, 3, 2)
    assert torch.equal(sight.x.flatten(0, 1), drawn[0][0])
    assert sight.real.shape == sight.fake.shape == (6,)
    with torch.no_grad():
        generated = trainer_of(with_options(plane, "packs")).generator(sight.inputs)
    torch.testing.assert_close(sight.g.flatten(0, 1), generated)


def test_a_penalty_is_on_the_slope_in_a_whole_pack(plane):
    """Of D = 3 times the sum over a pack of 2 points the slope is 3 sqrt(4), whatever the pack."""
    trainer = trainer_of(with_setting(with_setting(plane, "discriminator.packing", 2), "objective", WassersteinSpec()))
    packs = [torch.randn(5, 2, 2) for _ in range(2)]
    penalty = trainer.objective.penalty(lambda samples: 3 * samples.sum((1, 2)), *packs)
    assert penalty.item() == pytest.approx(0.1 * (6 - 1) ** 2, rel=1e-5)


def test_where_samples_influence_one_another_slopes_are_of_one_kind_at_a_time(plane):
    experiment = with_setting(plane, "discriminator.minibatch_deviation", True)
    trainer = trainer_of(with_setting(experiment, "objective.gamma", 1.0))
    x, g = torch.randn(8, 2), torch.randn(8, 2) * 5
    sight = Sight(inputs=Inputs(x), x=x, g=g, real=None, fake=x)
    judge, some_x, some_g = trainer.sights.slopes(sight, 1)
    assert torch.equal(torch.cat([some_x, some_g]), torch.cat([x, g]))
    assert [len(part) for part in trainer.sights.slopes(sight, 3)[1:]] == [3, 3]
    both = judge(torch.cat([x, g]))
    torch.testing.assert_close(both, torch.cat([trainer.discriminator(x), trainer.discriminator(g)]))
    assert not torch.allclose(both, trainer.discriminator(torch.cat([x, g])))


def test_codes_are_not_read_off_packs(plane):
    experiment = with_setting(plane, "discriminator.packing", 2)
    check_game(experiment)
    coded = experiment.model_copy(update={"latent": LatentSpec(codes=(CategoricalCodeSpec(),))})
    with pytest.raises(ExperimentError, match=r"discriminator.packing: found 2, but Q reads"):
        check_game(coded)


# --- what is shown of it ---


def test_a_point_is_judged_beside_real_ones(plane):
    trainer = steps(trainer_of(with_options(plane, "packs")), 3)
    points = torch.randn(7, 2)
    drawn = torch.from_numpy(trainer.dataset.draw(PACKS * 2, np.random.default_rng(0))).view(PACKS, 2, 2)
    with torch.no_grad():
        said = Onlooker(trainer).ask(trainer.discriminator, points)
        expected = [
            torch.stack([trainer.discriminator(torch.cat([point[None], beside])[None])[0] for beside in drawn]).mean()
            for point in points
        ]
    torch.testing.assert_close(said, torch.stack(expected))


@pytest.mark.parametrize("name", OPTIONS)
def test_looking_leaves_d_as_it_is(plane, name):
    trainer = steps(trainer_of(with_options(plane, name)), 3)
    before = everything(trainer)
    layers = PlaneLayers(trainer)
    with torch.inference_mode():
        landscape = layers.layers["landscape"](BOUNDS)["landscape"]
        arrows = layers.layers["arrows"](BOUNDS)["arrows"]
    assert torch.equal(everything(trainer), before)
    assert np.isfinite(landscape).all()
    assert arrows.shape[1] == 200 - 200 % trainer.discriminator.packing
    assert np.isfinite(arrows).all()


def test_of_packs_there_is_no_optimum_to_show(plane):
    work = PlaneLayers(trainer_of(with_options(plane, "packs"))).study(BOUNDS)
    next(work)
    with pytest.raises(StopIteration) as end:
        next(work)
    assert end.value.value == {}


def test_the_bound_is_said_to_be_of_packs(plane):
    rows = np.full((300, 9), -1.2)
    rows[:, 0] = np.arange(1, 301)
    packed = with_setting(plane, "discriminator.packing", 4)
    assert (judged(plane), judged(packed)) == ("", "packs of 4 samples")
    told = summarise(packed, rows)
    assert told["jsd_bound_of"] == "packs of 4 samples"
    words = in_words({**told, "name": "a", "run": "r"}, ())
    assert "JSD bound from the game, of packs of 4 samples: at least 0.093 nats" in words
    assert json.loads(json.dumps(summarise(plane, rows)))["jsd_bound_of"] == "samples"


# --- several games at once ---


@pytest.mark.parametrize("name", ["spectral", "deviation"])
def test_a_member_of_a_duel_plays_as_it_would_alone(plane, name):
    experiment = with_options(plane, name)
    duel = Duel((experiment, plane), build_dataset(plane.dataset), CPU)
    for _ in range(4):
        duel.step()
        duel.judge(torch.randn(10, 2))
    alone = steps(trainer_of(experiment), 4)
    with duel.member(0) as member:
        assert torch.equal(everything(member), everything(alone))


@pytest.mark.parametrize("name", ["spectral", "deviation"])
def test_a_seed_band_says_what_it_can_not_compute_as_one(plane, name):
    experiment = with_options(plane, name)
    with pytest.raises(ValueError, match="discriminator: a seed band computes all networks as one"):
        Band([experiment, with_setting(experiment, "seed", 1)], build_dataset(plane.dataset), CPU)


def test_no_group_judges_packs_or_is_told_classes(plane):
    with pytest.raises(ValueError, match=r"discriminator.packing: found 3"):
        members_of(StartGroup(experiments=(with_options(plane, "packs"),), seeds=2))
    told = with_setting(plane, "conditioning.labels", "projection")
    with pytest.raises(ValueError, match=r"conditioning.labels: .*set it to 'off'"):
        members_of(StartGroup(experiments=(told, plane)))


def test_waves_are_of_one_amplitude_and_the_same_for_every_seed():
    torch.manual_seed(1)
    one = FourierFeatures(2, 500, 2.0)
    torch.manual_seed(2)
    other = FourierFeatures(2, 500, 2.0)
    points = torch.randn(7, 2)
    told = one(points)
    assert torch.equal(told, other(points))
    assert torch.equal(told[:, :2], points)
    sines, cosines = told[:, 2:502], told[:, 502:]
    torch.testing.assert_close(sines.square() + cosines.square(), torch.full((7, 500), 0.25))
    torch.testing.assert_close(sines, 0.5 * (points @ one.frequencies_dk).sin())
    assert one.frequencies_dk.std().item() == pytest.approx(2 * torch.pi * 2.0, rel=0.1)  # two cycles per unit
