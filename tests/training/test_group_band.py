"""The seed band: each member is the single run with its seed, up to rounding, whatever the recipe."""

from pathlib import Path

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import (
    AdamSpec,
    HingeSpec,
    LeastSquaresSpec,
    MinimaxSpec,
    OptimisersSpec,
    RelativisticSpec,
    RMSpropSpec,
    SGDSpec,
    WassersteinSpec,
)
from ganstudio.presets import with_setting
from ganstudio.training.checkpoints.checkpoint import load_checkpoint, save_checkpoint
from ganstudio.training.group.band import Band
from ganstudio.training.group.pending import PENDING_STEPS
from ganstudio.training.messages import SCALARS
from ganstudio.training.step.trainer import Trainer
from tests.registering import RelativisticAverageSpec, registered

CPU = torch.device("cpu")
SEEDS = (3, 4, 5)


def seeded(experiment):
    return [with_setting(experiment, "seed", seed) for seed in SEEDS]


def band_of(experiment):
    return Band(seeded(experiment), build_dataset(experiment.dataset), CPU)


def singles_of(experiment):
    return [Trainer(single, build_dataset(single.dataset), CPU) for single in seeded(experiment)]


def weights(network):
    return torch.cat([p.detach().flatten() for p in network.parameters()])


def assert_equal_games(band, singles, *, tolerance=2e-4):
    for index, single in enumerate(singles):
        with band.member(index) as member:
            assert member.step_count == single.step_count
            assert member.average.updates == single.average.updates
            for network in ("generator", "discriminator"):
                torch.testing.assert_close(
                    weights(getattr(member, network)), weights(getattr(single, network)), rtol=tolerance, atol=tolerance
                )
            average, expected = weights(member.average.module), weights(single.average.module)
            torch.testing.assert_close(average, expected, rtol=tolerance, atol=tolerance)


def assert_equal_scalars(band, singles, *, tolerance=2e-4):
    expected = np.stack([single.drain() for single in singles])
    rows = band.drain()
    assert rows.shape == expected.shape
    np.testing.assert_array_equal(rows[:, :, 0], expected[:, :, 0])
    np.testing.assert_allclose(rows[:, :, 2:], expected[:, :, 2:], rtol=tolerance, atol=tolerance)


def run(band, singles, steps):
    for _ in range(steps):
        band.step()
        for single in singles:
            single.step()


OBJECTIVES = [
    MinimaxSpec(),
    MinimaxSpec(generator_update="saturating", gamma=0.1, real_label=0.9),
    MinimaxSpec(generator_update="combined"),
    LeastSquaresSpec(),
    HingeSpec(),
    RelativisticSpec(gamma=0.1, fades=True),
]


@pytest.mark.parametrize(
    "objective", OBJECTIVES, ids=lambda spec: f"{spec.kind}-{getattr(spec, 'generator_update', '')}"
)
def test_a_member_is_the_single_run_with_its_seed(plane, objective):
    # Not with Adam, which makes steps of full length of what only rounding makes other than 0: D's last bias where the
    # objective sees differences of logits alone.
    sgd = OptimisersSpec(generator=SGDSpec(), discriminator=SGDSpec())
    experiment = plane.model_copy(update={"objective": objective, "optimisers": sgd})
    band, singles = band_of(experiment), singles_of(experiment)
    assert_equal_games(band, singles, tolerance=0)  # the initial weights, exactly
    run(band, singles, 8)
    assert_equal_games(band, singles)
    assert_equal_scalars(band, singles)


@pytest.mark.parametrize(
    "spec",
    [AdamSpec(weight_decay=0.01), RMSpropSpec(), SGDSpec(), SGDSpec(momentum=0.9)],
    ids=["adam", "rmsprop", "sgd", "momentum"],
)
def test_with_every_optimiser(plane, spec):
    experiment = plane.model_copy(update={"optimisers": OptimisersSpec(generator=spec, discriminator=spec)})
    band, singles = band_of(experiment), singles_of(experiment)
    run(band, singles, 8)
    assert_equal_games(band, singles)
    assert_equal_scalars(band, singles)


def test_with_noise_decay_several_moves_of_d_and_other_networks(plane):
    experiment = plane.model_copy(
        update={
            "schedule": plane.schedule.model_copy(
                update={
                    "discriminator_steps": 3,
                    "instance_noise": 0.3,
                    "steps": 12,
                    "decay_start": 0.2,
                    "average": 0.9,
                }
            ),
            "generator": plane.generator.model_copy(update={"depth": 3, "activation": "tanh"}),
            "latent": plane.latent.model_copy(update={"prior": "uniform", "dimensions": 5}),
        }
    )
    band, singles = band_of(experiment), singles_of(experiment)
    run(band, singles, 10)
    assert_equal_games(band, singles)
    assert_equal_scalars(band, singles)


def test_with_fourier_features(plane):
    discriminator = plane.discriminator.model_copy(update={"fourier": 5})
    experiment = plane.model_copy(update={"discriminator": discriminator})
    band, singles = band_of(experiment), singles_of(experiment)
    run(band, singles, 8)
    assert_equal_games(band, singles)
    assert_equal_scalars(band, singles)


def test_a_penalty_that_fades_with_noise_that_falls_by_a_factor(plane):
    schedule = {"steps": 12, "instance_noise": 0.3, "noise_end": 0.1, "decay": "geometric", "noise_share": 0.5}
    schedule = plane.schedule.model_copy(update=schedule)
    experiment = plane.model_copy(update={"objective": MinimaxSpec(gamma=1.0, fades=True), "schedule": schedule})
    band, singles = band_of(experiment), singles_of(experiment)
    run(band, singles, 10)  # some with the penalty, some behind it
    assert_equal_games(band, singles)
    assert_equal_scalars(band, singles)


def test_the_wasserstein_penalty_draws_for_all_at_once_and_trains(plane):
    """Where its lines lie is drawn from one stream, so that only the first step's losses agree with single runs."""
    experiment = plane.model_copy(update={"objective": WassersteinSpec()})
    band, singles = band_of(experiment), singles_of(experiment)
    for _ in range(10):
        band.step()
    rows = band.drain()
    assert np.isfinite(rows).all()
    for single in singles:
        single.step()
    d_loss = 2 + SCALARS.index("d_loss")
    np.testing.assert_allclose(rows[:, 0, d_loss], [single.drain()[0, d_loss] for single in singles], rtol=1e-4)


def test_a_penalty_on_a_part_of_the_minibatch_is_each_member_s_own(plane):
    experiment = plane.model_copy(update={"objective": MinimaxSpec(gamma=1.0)})
    band, singles = band_of(experiment), singles_of(experiment)
    run(band, singles, 8)
    assert_equal_games(band, singles)


def test_an_objective_that_can_not_be_computed_for_all_at_once_is_refused(plane):
    """Its gradients would be of another loss: they were off by 0.28 after five steps of a relativistic average."""
    with registered():
        average = plane.model_copy(update={"objective": RelativisticAverageSpec()})
        with pytest.raises(ValueError, match=r"objective\.kind: found 'relativistic_average', whose loss is no mean"):
            band_of(average)
        band = band_of(plane)
        before = band.experiments
        with pytest.raises(ValueError, match="choose another objective, or train one seed at a time"):
            band.adjust([one.model_copy(update={"objective": RelativisticAverageSpec()}) for one in before])
        assert band.experiments == before
        band.step()
        assert np.isfinite(band.drain()).all()
        (single, *_) = singles_of(average)
        single.step()
        assert np.isfinite(single.drain()).all()


def test_members_do_not_mix(plane):
    """A member goes its way whatever becomes of the others, were it infinity."""
    alone, disturbed = band_of(plane), band_of(plane)
    with torch.no_grad():
        disturbed.generator.weights_sp[0] = float("inf")
    for _ in range(5):
        alone.step()
        disturbed.step()
    assert torch.equal(alone.generator.weights_sp[1:], disturbed.generator.weights_sp[1:])
    assert torch.equal(alone.discriminator.weights_sp[1:], disturbed.discriminator.weights_sp[1:])
    rows = disturbed.drain()
    assert np.isnan(rows[0, :, 2:]).any()
    assert np.isfinite(rows[1:]).all()


def test_moves_by_hand_and_changes_on_the_way(plane):
    plane = with_setting(plane, "objective", {"kind": "minimax", "gamma": 1.0})
    plane = with_setting(plane, "schedule.penalty_interval", 4)  # of which a move by hand knows nothing
    band, singles = band_of(plane), singles_of(plane)
    for game in (band, *singles):
        game.step("discriminator")
        game.step("generator")
        game.step()
    changes = {
        "schedule.batch_size": 32,
        "objective": HingeSpec(),
        "optimisers.generator": RMSpropSpec(),
        "schedule.discriminator_steps": 2,
    }
    experiments = seeded(plane)
    for path, value in changes.items():
        experiments = [with_setting(experiment, path, value) for experiment in experiments]
    band.adjust(experiments)
    for single, experiment in zip(singles, experiments, strict=True):
        single.adjust(experiment)
    run(band, singles, 4)
    assert_equal_games(band, singles)
    d_loss, g_loss = (2 + SCALARS.index(name) for name in ("d_loss", "g_loss"))
    rows = band.drain()
    assert np.isnan(rows[0, :, d_loss]).tolist() == [False, True] + [False] * 5
    assert np.isnan(rows[0, :, g_loss]).tolist() == [True] + [False] * 6
    np.testing.assert_allclose(
        rows[:, :, 2:], np.stack([single.drain() for single in singles])[:, :, 2:], rtol=2e-4, atol=2e-4
    )


def test_every_step_is_recorded_once(plane):
    band = band_of(plane)
    for _ in range(PENDING_STEPS + 3):
        band.step()
    rows = band.drain()
    assert rows.shape == (3, PENDING_STEPS + 3, 2 + len(SCALARS))
    assert rows[1, :, 0].tolist() == list(range(1, PENDING_STEPS + 4))
    assert np.all(np.diff(rows[0, :, 1]) > 0)
    assert band.drain().shape == (3, 0, 2 + len(SCALARS))


@pytest.mark.parametrize(
    "spec", [AdamSpec(), RMSpropSpec(), SGDSpec(), SGDSpec(momentum=0.9)], ids=["adam", "rmsprop", "sgd", "momentum"]
)
def test_a_member_goes_on_from_its_checkpoint(plane, spec, tmp_path: Path):
    """Weights, averages, the optimisers' memories, the step and the random streams: as if it had been single."""
    experiment = plane.model_copy(update={"optimisers": OptimisersSpec(generator=spec, discriminator=spec)})
    band, singles = band_of(experiment), singles_of(experiment)
    run(band, singles, 4)
    with band.member(1) as member:
        path = save_checkpoint(tmp_path, member)
    (_, resumed, _) = singles_of(experiment)
    load_checkpoint(path, resumed)
    band.step()
    for _ in range(4):
        singles[1].step()
        resumed.step()
    torch.testing.assert_close(weights(resumed.generator), weights(singles[1].generator), rtol=2e-4, atol=2e-4)
    torch.testing.assert_close(
        weights(resumed.average.module), weights(singles[1].average.module), rtol=2e-4, atol=2e-4
    )
    assert resumed.step_count == 8
    assert resumed.seconds > 0


def test_looking_at_a_member_leaves_the_band_as_it_was(plane):
    band, left_alone = band_of(plane), band_of(plane)
    for _ in range(3):
        band.step()
        left_alone.step()
        with band.member(2):
            band.generate(band.fixed_inputs, average=True)
            band.judge(torch.zeros(4, 2))
            band.freeze(average=False)(1)
    assert torch.equal(band.generator.weights_sp, left_alone.generator.weights_sp)


def test_what_it_shows_is_what_its_members_make(plane):
    band = band_of(plane)
    for _ in range(3):
        band.step()
    points = torch.randn(7, 2)
    generated, logits = band.generate(band.fixed_inputs, average=True), band.judge(points)
    playing = band.generate(band.fixed_inputs, average=False)
    assert generated.shape == playing.shape == (3, 1000, 2)
    assert logits.shape == (3, 7)
    assert band.member_seconds == (band.seconds,) * 3
    for index in range(3):
        with band.member(index) as member, torch.no_grad():
            expected = member.average.module(band.fixed_inputs)
            torch.testing.assert_close(generated[index], expected, rtol=1e-4, atol=1e-5)
            torch.testing.assert_close(playing[index], member.generator(band.fixed_inputs), rtol=1e-4, atol=1e-5)
            torch.testing.assert_close(logits[index], member.discriminator(points), rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("average", [False, True])
def test_frozen_generators_stay_as_they_were(plane, average):
    band = band_of(plane)
    band.step()
    before, frozen = band.generate(band.fixed_inputs, average=average), band.freeze(average=average)
    band.step()
    for index in (2, 0):
        with torch.no_grad():
            own = frozen(index)(band.fixed_inputs)
        torch.testing.assert_close(own, before[index], rtol=1e-4, atol=1e-5)
    assert (band.generate(band.fixed_inputs, average=average) - before).abs().max() > 1e-4


def test_networks_that_can_t_be_stacked_are_refused(images, plane):
    with pytest.raises(ValueError, match="holds images; several games at once need points of the plane"):
        band_of(images)
    experiment = plane.model_copy(update={"discriminator": images.discriminator})
    with pytest.raises(ValueError, match="dcgan"):
        band_of(experiment)
