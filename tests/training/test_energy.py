"""EBGAN: an autoencoder as D, what a step does with its energies, and which games it is in."""

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.experiment import (
    AdamSpec,
    AutoencoderDiscriminatorSpec,
    ConvAutoencoderDiscriminatorSpec,
    EnergySpec,
    Experiment,
    MinimaxSpec,
    MLPGeneratorSpec,
    OptimisersSpec,
    RingSpec,
    ScheduleSpec,
)
from ganstudio.objectives.energy import pulling_away
from ganstudio.presets import check_game, load_preset, with_setting
from ganstudio.training.group.group import members_of
from ganstudio.training.messages import (
    SCALARS,
    Adjust,
    Adjusted,
    Closed,
    Notice,
    Quit,
    Scalars,
    Start,
    StartGroup,
    Step,
)
from ganstudio.training.pictures.energies import Energies
from ganstudio.training.pictures.plane import PlaneLayers
from ganstudio.training.pictures.slow_motion import slow_step
from ganstudio.training.session.session import Session
from ganstudio.training.step.onlooking import Observer
from ganstudio.training.step.trainer import Trainer

BOUNDS = (-1.5, 1.5, -1.5, 1.5)
COLUMN = {name: 2 + index for index, name in enumerate(SCALARS)}


@pytest.fixture
def energies(plane) -> Experiment:
    """The tiny ring, played for energies."""
    changed = {
        "discriminator": AutoencoderDiscriminatorSpec(width=8, depth=1, code_size=4),
        "objective": EnergySpec(margin=0.5, pulling_away=0.1),
    }
    return plane.model_copy(update=changed)


def trainer_of(experiment):
    return Trainer(experiment, build_dataset(experiment.dataset), torch.device("cpu"))


class Onlooker(Observer):
    def __init__(self):
        self.sights = {}

    def judged(self, player, sight):
        self.sights[player] = sight


@pytest.mark.parametrize("kind", ["plane", "images"])
def test_energies_train_points_and_images(kind, energies, request):
    changed = {"discriminator": energies.discriminator, "objective": energies.objective}
    trainer = trainer_of(request.getfixturevalue(kind).model_copy(update=changed))
    before = [p.detach().clone() for p in trainer.generator.parameters()]
    for _ in range(3):
        trainer.step()
    assert np.isfinite(trainer.drain()).all()
    assert any(not torch.equal(a, b) for a, b in zip(before, trainer.generator.parameters(), strict=True))


def test_a_step_moves_g_and_both_halves_of_a_convolutional_autoencoder(images, energies):
    changed = {"discriminator": ConvAutoencoderDiscriminatorSpec(width=4, code_size=3), "objective": energies.objective}
    trainer = trainer_of(images.model_copy(update=changed))
    players = (trainer.generator, trainer.discriminator.encoder, trainer.discriminator.decoder)
    before = [[p.detach().clone() for p in player.parameters()] for player in players]
    trainer.step()
    for player, weights in zip(players, before, strict=True):
        assert all(not torch.equal(a, b) for a, b in zip(weights, player.parameters(), strict=True))
    assert np.isfinite(trainer.drain()).all()


def test_what_is_recorded_are_energies_and_the_loss_of_d_is_made_of_them(energies):
    trainer, onlooker = trainer_of(energies), Onlooker()
    trainer.step(observer=onlooker)
    row, sight = trainer.drain()[0], onlooker.sights["discriminator"]
    assert row[COLUMN["d_real"]] == pytest.approx(-sight.real.mean().item(), abs=1e-6)
    assert row[COLUMN["d_fake"]] == pytest.approx(-sight.fake.mean().item(), abs=1e-6)
    hinge = np.maximum(0, 0.5 + sight.fake.detach().numpy()).mean()
    assert row[COLUMN["d_loss"]] == pytest.approx(row[COLUMN["d_real"]] + hinge, abs=1e-6)
    # With the score as its logit D is a classifier like any other, so that its V bounds the JSD, loosely.
    assert -2 * np.log(2) - row[COLUMN["d_real"]] < row[COLUMN["value"]] < 0


def test_the_pulling_away_term_is_of_the_codes_and_on_gs_loss_alone(energies):
    trainer, onlooker = trainer_of(energies), Onlooker()
    encoder = [p.detach().clone() for p in trainer.discriminator.encoder.parameters()]
    trainer.step("generator", observer=onlooker)
    assert all(torch.equal(a, b) for a, b in zip(encoder, trainer.discriminator.encoder.parameters(), strict=True))
    sight = onlooker.sights["generator"]
    expected = 0.1 * pulling_away(trainer.discriminator.encode(sight.g)).item()
    assert (sight.total - sight.loss).item() == pytest.approx(expected, abs=1e-6)
    assert trainer.drain()[0, COLUMN["g_loss"]] == pytest.approx(-sight.fake.mean().item(), abs=1e-6)
    trainer.step("discriminator", observer=onlooker)
    sight = onlooker.sights["discriminator"]
    assert torch.equal(sight.total, sight.loss)


def test_how_alike_codes_are_is_told_of_the_minibatch_before_d_moved_on_it(energies):
    class Encoder(Onlooker):
        def judged(self, player, sight):
            if player == "discriminator":
                codes = [trainer.discriminator.encode(samples) for samples in (sight.x, sight.g)]
                self.expected = [pulling_away(each).item() for each in codes]

    trainer, onlooker = trainer_of(energies), Encoder()
    trainer.step(observer=onlooker)
    trainer.step("generator", observer=onlooker)
    rows = trainer.drain()
    assert rows.shape == (2, 2 + len(SCALARS) + 2)
    assert rows[0, -2:].tolist() == pytest.approx(onlooker.expected, rel=1e-4)
    assert np.isnan(rows[1, -2:]).all()


def test_a_run_keeps_how_alike_codes_are(energies, tmp_path):
    def told(start, *commands):
        session = Session(start)
        for command in (*commands, Quit()):
            session.send(command)
        return [event for event in session.run() if isinstance(event, Scalars)]

    steps = [Step()] * 3
    first = told(Start(experiment=energies, run=tmp_path / "r", measure=False), *steps)
    kept = told(Start(resume=tmp_path / "r", measure=False))
    rows = np.concatenate([event.rows for event in first])
    np.testing.assert_array_equal(np.concatenate([event.rows for event in kept]), rows)
    assert {event.names for event in (*first, *kept)} == {(*SCALARS, "likeness_real", "likeness_fake")}
    assert rows.shape == (3, 2 + len(SCALARS) + 2)
    assert ((rows[:, -2:] >= 0) & (rows[:, -2:] <= 1)).all()


@pytest.mark.parametrize("kind", ["plane", "images"])
def test_energies_and_reconstructions_are_those_of_d(kind, energies, request):
    changed = {"discriminator": energies.discriminator, "objective": energies.objective}
    trainer = trainer_of(request.getfixturevalue(kind).model_copy(update=changed))
    found = Energies.of(trainer)
    trainer.step()
    found.update(trainer)
    people = trainer.dataset.modality.to_people
    shown = people(found.real[:3].numpy())
    with torch.no_grad():
        reconstructions, energies = found.inspect(shown)
        energy, made = (
            each(found.real[:3]) for each in (trainer.discriminator.energy, trainer.discriminator.reconstruct)
        )
    np.testing.assert_allclose(energies, energy, rtol=1e-3, atol=1e-4)  # of images, as they were rounded
    np.testing.assert_allclose(reconstructions, people(made.numpy()), rtol=1e-4, atol=1)
    np.testing.assert_allclose(found.judge(found.real[:3]), energy, rtol=1e-5)


def test_only_an_autoencoder_has_energies(plane):
    assert Energies.of(trainer_of(plane)) is None


def test_margin_and_weight_change_while_training(energies):
    trainer, onlooker = trainer_of(energies), Onlooker()
    adjusted = with_setting(with_setting(energies, "objective.margin", 2.0), "objective.pulling_away", 0.0)
    trainer.adjust(adjusted)
    trainer.step(observer=onlooker)
    sight = onlooker.sights["discriminator"]
    expected = (2 + sight.fake).relu().mean() - sight.real.mean()
    assert sight.loss.item() == pytest.approx(expected.item(), abs=1e-5)
    assert torch.equal(onlooker.sights["generator"].total, onlooker.sights["generator"].loss)


def test_energies_need_an_autoencoder_and_an_autoencoder_needs_energies(plane, energies):
    for wrong, message in (
        (with_setting(plane, "objective.kind", "energy"), "discriminator.kind: found 'mlp'.*needs 'autoencoder' or"),
        (energies.model_copy(update={"objective": MinimaxSpec()}), "objective.kind: found 'minimax'.*must be 'energy'"),
    ):
        with pytest.raises(ValueError, match=message):
            check_game(wrong)
        with pytest.raises(ValueError, match=message):
            trainer_of(wrong)
    convolved = energies.model_copy(update={"discriminator": ConvAutoencoderDiscriminatorSpec()})
    with pytest.raises(ValueError, match="must be 'energy'"):
        check_game(convolved.model_copy(update={"objective": MinimaxSpec()}))
    for right in (plane, energies, convolved):
        check_game(right)


def test_a_refused_objective_leaves_the_game_as_it_was(energies):
    trainer = trainer_of(energies)
    with pytest.raises(ValueError, match="must be 'energy'"):
        trainer.adjust(with_setting(energies, "objective.kind", "hinge"))
    assert trainer.experiment == energies
    trainer.step()
    assert np.isfinite(trainer.drain()).all()


def test_a_duel_has_no_place_for_energies(plane, energies):
    with pytest.raises(ValueError, match="none may give energies"):
        members_of(StartGroup(experiments=(plane, energies)))
    with pytest.raises(ValueError, match="needs 'autoencoder'"):
        members_of(StartGroup(experiments=(plane, with_setting(plane, "objective.kind", "energy"))))
    convolved = energies.model_copy(update={"discriminator": ConvAutoencoderDiscriminatorSpec(), "name": "other"})
    with pytest.raises(ValueError, match="none may give energies"):
        members_of(StartGroup(experiments=(plane, convolved)))


def test_the_plane_shows_the_energy_and_no_optimum(energies):
    trainer = trainer_of(energies)
    layers = PlaneLayers(trainer)
    with torch.inference_mode():
        made = layers.layers["landscape"](BOUNDS)
        work = layers.study(BOUNDS)
        next(work)
        with pytest.raises(StopIteration) as end:
            next(work)
    assert end.value.value == {}
    assert float(made["margin"]) == 0.5
    corner = trainer.dataset.modality.middle + (np.array([[-1.5, -1.5]]) * (1 - 1 / len(made["landscape"])))
    place = torch.as_tensor(
        (corner - trainer.dataset.modality.middle) / trainer.dataset.modality.scale, dtype=torch.float32
    )
    with torch.no_grad():
        expected = trainer.discriminator.energy(place).item()
    assert made["landscape"][0, 0] == pytest.approx(expected, rel=1e-4)


def test_the_steps_that_points_feel_go_down_the_energy(energies):
    trainer = trainer_of(energies)
    layers = PlaneLayers(trainer)
    with torch.inference_mode():
        arrows = layers.layers["arrows"](BOUNDS)["arrows"]
    assert arrows.shape[0] == 2
    points = torch.as_tensor(
        (arrows[0] - trainer.dataset.modality.middle) / trainer.dataset.modality.scale, dtype=torch.float32
    )
    points.requires_grad_()
    (slopes,) = torch.autograd.grad(trainer.discriminator.energy(points).sum(), points)
    np.testing.assert_allclose(arrows[1], -slopes.numpy() / trainer.dataset.modality.scale, rtol=1e-3, atol=1e-4)


def test_the_game_comes_to_its_equilibrium():
    """Where p_g = p_data every energy up to the margin m is the same for both, and D's loss is m (theorems 1 and 2).

    A Gaussian, so that tiny players are enough. Of seeds 0 to 5 the loss ended at .443 to .486, the energies at .22 to
    .31 and .017 to .068 apart; they began at 1.8 and more.
    """
    adam = AdamSpec(learning_rate=2e-3)
    experiment = Experiment(
        dataset=RingSpec(modes=1, sigma=0.5),
        generator=MLPGeneratorSpec(width=24, depth=1),
        discriminator=AutoencoderDiscriminatorSpec(width=24, depth=1, code_size=8),
        objective=EnergySpec(margin=0.5),
        optimisers=OptimisersSpec(generator=adam, discriminator=adam),
        schedule=ScheduleSpec(steps=900, batch_size=64, average=0.99),
    )
    trainer = trainer_of(experiment)
    for _ in range(900):
        trainer.step()
    rows = trainer.drain()
    assert rows[:5, COLUMN["d_real"]].mean() > 1
    d_loss, d_real, d_fake = (rows[-200:, COLUMN[name]].mean() for name in ("d_loss", "d_real", "d_fake"))
    assert 0.42 < d_loss < 0.505
    assert 0.15 < d_real < d_fake < 0.4
    assert d_fake - d_real < 0.1
    with torch.no_grad():
        spread = trainer.average.module(trainer.fixed_inputs).std(0) * trainer.dataset.modality.scale
    assert 0.4 < spread.min() <= spread.max() < 0.6


@pytest.mark.parametrize("name", ["ebgan", "ebgan_glyphs"])
def test_the_presets_play_for_energies(name):
    check_game(load_preset(name))


def test_a_session_refuses_another_objective_and_goes_on(energies):
    session = Session(Start(experiment=energies, measure=False))
    for command in (Adjust("objective.kind", "hinge"), Adjust("objective.margin", 0.7), Quit()):
        session.send(command)
    events = list(session.run())
    (notice,) = [event for event in events if isinstance(event, Notice)]
    assert "must be 'energy'" in notice.message
    (adjusted,) = [event for event in events if isinstance(event, Adjusted)]
    assert adjusted.experiment == with_setting(energies, "objective.margin", 0.7)
    assert isinstance(events[-1], Closed)


def test_slow_motion_shows_energies_by_their_distance_to_the_margin(energies):
    stages = slow_step(trainer_of(energies), BOUNDS).stages
    judge = next(stage for stage in stages if stage.name == "judge")
    for layer, mean in (("verdict_real", "l_real"), ("verdict_fake", "l_fake")):
        verdict = judge.layers[layer]
        assert 0 <= verdict.min() <= verdict.max() <= 1
        assert verdict.mean() >= 1 + judge.numbers[mean] / 0.5 - 1e-6  # what lies beyond the margin counts as on it
    assert 0 <= judge.layers["landscape"].min() <= judge.layers["landscape"].max() <= 1
