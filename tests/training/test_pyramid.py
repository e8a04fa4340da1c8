"""A pyramid of games: a base makes a small image, and each level adds the detail of twice the side."""

from __future__ import annotations

import subprocess
import sys
import time
from contextlib import suppress

import numpy as np
import pytest
import torch

from ganstudio.cli import main
from ganstudio.data import DatasetError, build_dataset
from ganstudio.data.images.halving import halved
from ganstudio.experiment import (
    DigitsSpec,
    Experiment,
    HingeSpec,
    LatentSpec,
    LevelSpec,
    MinimaxSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    PlanesLatentSpec,
    PyramidSpec,
    ResidualDiscriminatorSpec,
    ResidualGeneratorSpec,
    RingSpec,
    ScheduleSpec,
)
from ganstudio.experiment.pyramid import turns
from ganstudio.networks import Inputs
from ganstudio.presets import ExperimentError, check_game, dumps, loads, with_setting, with_settings
from ganstudio.run import Choice, checkpoints_of
from ganstudio.training.arrangements import Pyramid, build_parts, build_system
from ganstudio.training.checkpoints.loaded import load_generator
from ganstudio.training.group.group import members_of
from ganstudio.training.messages import (
    Adjust,
    Adjusted,
    Broken,
    Failed,
    Notice,
    Opened,
    Quit,
    Share,
    SlowStep,
    Stages,
    Start,
    StartGroup,
    Step,
)
from ganstudio.training.pictures.slow_motion import slow_step
from ganstudio.training.session.session import Session
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")
SIDE = 18
"""Which is halved to 9 and to 5: both roundings are there."""


@pytest.fixture(scope="module")
def digits():
    return build_dataset(DigitsSpec(size=SIDE, held_out=200))


@pytest.fixture
def pyramid() -> Experiment:
    small = {"width": 24, "depth": 2}
    return Experiment(
        name="pyramid",
        dataset=DigitsSpec(size=SIDE, held_out=200),
        latent=LatentSpec(dimensions=3),
        given=LevelSpec(),
        generator=ResidualGeneratorSpec(width=8, blocks=1, noise=2),
        discriminator=ResidualDiscriminatorSpec(width=4),
        objective=MinimaxSpec(gamma=0.5),
        schedule=ScheduleSpec(steps=60, batch_size=16, penalty_interval=2),
        arrangement=PyramidSpec(
            levels=(3, 2, 1),
            generator=MLPGeneratorSpec(**small),
            discriminator=MLPDiscriminatorSpec(**small),
            objective=HingeSpec(),
            batch_size=8,
        ),
    )


def test_latents_are_z_of_the_base_and_the_noise_of_each_level(pyramid, digits) -> None:
    system = build_system(pyramid, digits, CPU)
    assert list(system.games) == ["level2", "level1", ""]
    assert [game.dataset.shape for game in system.games.values()] == [(1, 5, 5), (1, 9, 9), (1, 18, 18)]
    space = system.latent
    assert isinstance(space, PlanesLatentSpec)
    assert space.planes == ((2, 5, 5), (2, 9, 9))
    assert (space.turned, space.width) == (3, 3 + 50 + 162)
    assert space.plane_columns == (slice(3, 53), slice(53, 215))
    assert dict(system.generator.columns) == {"level2": slice(0, 3), "level1": slice(3, 53), "": slice(53, 215)}
    assert pyramid.latent_of_all(digits.shape) == space
    assert system.fixed_inputs.given is None
    assert system.fixed_inputs.latents.shape == (64, 215)


def test_images_are_made_from_the_coarse_to_the_fine(pyramid, digits) -> None:
    system = build_system(pyramid, digits, CPU)
    latents = torch.randn(6, 215)
    way = system.generator.way(Inputs(latents))
    assert [each.shape for each in way] == [(6, 1, 5, 5), (6, 1, 9, 9), (6, 1, 18, 18)]
    assert torch.equal(way[-1], system.generator(Inputs(latents)))
    base = system.games["level2"].generator(Inputs(latents[:, :3]))
    assert torch.equal(way[0], base)
    assert torch.equal(way[1], system.games["level1"].generator(Inputs(latents[:, 3:53], base)))


def test_noise_of_a_level_changes_it_and_all_finer_ones_alone(pyramid, digits) -> None:
    generator = build_system(pyramid, digits, CPU).generator
    latents = torch.randn(6, 215)
    other = latents.clone()
    other[:, 3:53] = torch.randn(6, 50)
    before, after = generator.way(Inputs(latents)), generator.way(Inputs(other))
    assert torch.equal(before[0], after[0])
    assert not torch.equal(before[1], after[1])
    assert not torch.equal(before[2], after[2])
    other = latents.clone()
    other[:, 53:] = torch.randn(6, 162)
    after = generator.way(Inputs(other))
    assert torch.equal(before[1], after[1])
    assert not torch.equal(before[2], after[2])


def test_a_level_can_be_given_a_real_image_in_place_of_the_made_one(pyramid, digits) -> None:
    system = build_system(pyramid, digits, CPU)
    real = torch.from_numpy(halved(digits.at(np.arange(6)), 1))
    latents = torch.randn(6, 215)
    way = system.generator.way_from(latents, {2: real})
    assert torch.equal(way[1], system.generator.way(Inputs(latents))[1])
    assert torch.equal(way[2], system.games[""].generator(Inputs(latents[:, 53:], real)))


def test_each_level_learns_from_real_coarse_images(pyramid, digits) -> None:
    game = build_system(pyramid, digits, CPU).games["level1"]
    drawn = game.prior.sampler.draw(9, np.random.default_rng(3))
    x = digits.draw(9, np.random.default_rng(3))
    np.testing.assert_allclose(drawn.x, halved(x), atol=1e-6)
    np.testing.assert_allclose(drawn.given, halved(x, 2), atol=1e-6)
    aside = np.arange(digits.count, digits.count + 5)
    np.testing.assert_allclose(game.dataset.at(aside), halved(digits.at(aside)), atol=1e-6)
    assert (game.dataset.count, game.dataset.held_out) == (digits.count, digits.held_out)
    assert game.dataset.labels is digits.labels


def test_whose_turn_it_is_follows_from_the_shares() -> None:
    order = turns((30, 16, 7))
    assert [order.count(place) for place in range(3)] == [30, 16, 7]
    for stop in range(1, 54):
        for place, share in enumerate((30, 16, 7)):
            # Nobody is ever more than a step ahead of its share, or behind.
            assert abs(order[:stop].count(place) - share * stop / 53) < 1
    assert turns((1,)) == (0,)


def test_shares_change_from_a_step_on_and_the_steps_before_stay(pyramid) -> None:
    spec = PyramidSpec(levels=(3, 2, 1))
    later = spec.model_copy(update={"later": spec.with_shares(8, (0, 2, 1))})
    assert later.later == (8, 0, 2, 1)
    assert [later.turn(step) for step in range(8)] == [spec.turn(step) for step in range(8)]
    order = [later.turn(step) for step in range(40)]
    for step in range(41):
        assert later.own_steps(step) == tuple(order[:step].count(place) for place in range(3))
    assert 0 not in order[8:]
    back = later.model_copy(update={"later": later.with_shares(20, (3, 2, 1))})
    assert back.later == (8, 0, 2, 1, 20, 3, 2, 1)
    assert later.with_shares(8, (3, 2, 1)) == ()  # nothing was made with the others
    wanted = with_settings(pyramid, [("arrangement.later", (10, 0, 1, 1)), ("schedule.steps", 60)])
    steps = [game.schedule.steps for game in wanted.games.values()]
    assert (sum(steps), tuple(steps)) == (60, wanted.arrangement.own_steps(60))


@pytest.mark.parametrize(
    ("later", "told"),
    [
        ((5, 1, 1), "4 numbers; found 3"),
        ((0, 1, 1, 1), "above 0"),
        ((9, 1, 1, 1, 9, 1, 0, 1), "each above the one before"),
        ((9, 0, 0, 0), "one game at least goes on learning"),
        ((9, 1, -1, 1), "from 0 to 1,000"),
    ],
)
def test_shares_that_can_not_be_are_refused_in_words(later, told) -> None:
    with pytest.raises(ValueError, match=told):
        PyramidSpec(later=later)


def test_a_level_rests_and_learns_again_while_it_plays(pyramid, tmp_path) -> None:
    run = tmp_path / "run"
    session = Session(Start(experiment=with_setting(pyramid, "schedule.steps", 200), run=run, threads=1))
    commands = [*[Step()] * 6, Share(0, 0), *[Step()] * 6, Share(1, 0), Share(2, 0), Share(7, 1)]
    for command in (*commands, Quit()):
        session.send(command)
    events = list(session.run())
    told = [event.message for event in events if isinstance(event, Notice)]
    assert ["One level goes on" in told[0], "There is no level 8" in told[1]] == [True, True]
    spec = [event.experiment for event in events if isinstance(event, Adjusted)][-1].arrangement
    assert spec.spans[1][0] == 6
    assert spec.spans[1][1][0] == 0
    assert spec.own_steps(12)[0] == spec.own_steps(6)[0] > 0
    # It is opened again with the same turns, and none that is past is changed.
    session = Session(Start(resume=run, threads=1))
    for command in (Adjust("arrangement.later", ()), Share(0, 5), Step(), Quit()):
        session.send(command)
    events = list(session.run())
    assert "each by the game whose turn it was" in next(event.message for event in events if isinstance(event, Notice))
    spec = [event.experiment for event in events if isinstance(event, Adjusted)][-1].arrangement
    assert spec.shares(12)[0] == 5
    assert spec.own_steps(12)[0] == spec.own_steps(6)[0]


def test_a_step_is_of_one_game_and_all_improve_together(pyramid, digits) -> None:
    system = build_system(pyramid, digits, CPU)
    for _ in range(14):
        system.step()
    rows = system.drain()
    table = dict(zip(system.names, np.isfinite(rows[:, 2:]).T.tolist(), strict=True))
    moved = np.array([table[name] for name in ("level2.d_loss", "level1.d_loss", "d_loss")])
    assert moved.sum(0).tolist() == [1] * 14
    assert moved[:, :6].sum(1).tolist() == moved[:, 6:12].sum(1).tolist() == [3, 2, 1]
    assert {name: game.step_count for name, game in system.games.items()} == system._own_steps(14)
    np.testing.assert_array_equal(np.isnan(rows[:, 2:]), system.absent(rows[:, 0], "both"))
    assert [stage.kind for stage in system.stages] == ["adversarial"]
    assert {scalar.game for scalar in system.scalars} == {"", "9 × 9", "5 × 5"}
    assert {scalar.plot for scalar in system.scalars if scalar.name == "level1.d_loss"} == {"Losses at 9 × 9"}


def test_each_game_has_its_share_of_the_steps_and_its_own_settings(pyramid, digits) -> None:
    games = build_system(pyramid, digits, CPU).games
    assert [game.experiment.schedule.steps for game in games.values()] == [30, 20, 10]
    assert [game.experiment.schedule.batch_size for game in games.values()] == [8, 16, 16]
    assert [game.experiment.schedule.penalty_interval for game in games.values()] == [1, 2, 2]
    assert [game.experiment.objective.kind for game in games.values()] == ["hinge", "minimax", "minimax"]
    assert len({game.experiment.seed for game in games.values()}) == 3


def test_each_game_is_the_one_that_it_would_be_alone(pyramid, digits) -> None:
    system = build_system(pyramid, digits, CPU)
    alone = {name: Trainer(game.experiment, game.dataset, CPU) for name, game in system.games.items()}
    for _ in range(12):
        system.step()
    for name, count in (("level2", 6), ("level1", 4), ("", 2)):
        for _ in range(count):
            alone[name].step()
        mine, its = (one.average.module.parameters() for one in (system.games[name], alone[name]))
        for one, other in zip(mine, its, strict=True):
            torch.testing.assert_close(one, other)


@pytest.fixture
def run(pyramid, tmp_path):
    session = Session(Start(experiment=pyramid, run=tmp_path / "run", threads=1))
    for command in (*[Step()] * 7, Quit()):
        session.send(command)
    events = list(session.run())
    assert not [event for event in events if isinstance(event, Notice | Failed | Broken)]
    (opened,) = [event for event in events if isinstance(event, Opened)]
    assert opened.latent == pyramid.latent_of_all((1, SIDE, SIDE))
    assert opened.latents.shape == (64, 215)
    return tmp_path / "run"


def test_a_run_goes_on_as_if_it_had_not_stopped(run, pyramid, digits) -> None:
    session = Session(Start(resume=run))
    for command in (*[Step()] * 6, Quit()):
        session.send(command)
    assert not [event for event in session.run() if isinstance(event, Notice | Failed | Broken)]
    whole = build_system(pyramid, digits, CPU)
    for _ in range(13):
        whole.step()
    loaded = load_generator(run)
    assert loaded.step == 13
    for mine, its in zip(whole.average.module.parameters(), loaded.network.parameters(), strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-3, atol=1e-5)


def test_a_pyramid_that_is_killed_is_recovered_and_goes_on_as_if_it_had_not_been(pyramid, tmp_path) -> None:
    steady = with_settings(
        pyramid, [("schedule.decay", "none"), ("measures.checkpoint_seconds", 1.0), ("device.threads", 1)]
    )
    (tmp_path / "pyramid.toml").write_text(dumps(with_setting(steady, "schedule.steps", 1_000_000)), encoding="utf-8")
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    words = ["train", str(tmp_path / "pyramid.toml"), "--out", str(killed), "--quiet"]
    process = subprocess.Popen([sys.executable, "-m", "ganstudio", *words])
    deadline = time.monotonic() + 100
    while not checkpoints_of(killed) and time.monotonic() < deadline:
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    process.kill()
    assert process.wait() != 0
    step = Choice(killed, None).step
    assert step > 0
    last = ["--steps", str(step + 7), "--quiet"]
    assert main(["train", str(killed), "--resume", *last]) == 0
    assert main(["train", str(tmp_path / "pyramid.toml"), "--out", str(whole), *last]) == 0
    one, other = (load_generator(run).network.state_dict() for run in (killed, whole))
    assert all(torch.equal(value, other[name]) for name, value in one.items())


def test_going_back_lowers_the_rates_of_the_base_and_of_the_levels(run, pyramid) -> None:
    session = Session(Start(resume=run, slower=0.5))
    session.send(Quit())
    (told,) = [event.message for event in session.run() if isinstance(event, Notice)]
    assert "base's G at 0.0005, base's D at 0.0005" in told
    half = pyramid.optimisers.generator.learning_rate / 2
    assert f"now: G at {half:g}, D at" in told
    rates = [game.optimisers["generator"].spec.learning_rate for game in session._trainer.games.values()]
    assert rates == pytest.approx([0.0005, half, half])


def test_it_is_sampled_as_one_generator(run, tmp_path) -> None:
    assert main(["sample", str(run), "--count", "4", "--out", str(tmp_path / "a.npy")]) == 0
    generator = load_generator(run)
    samples = generator.generate(generator.draw_latents(4, 0))
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), samples)
    assert samples.shape == (4, SIDE, SIDE, 1)


def test_each_level_and_the_whole_way_are_sampled(run, tmp_path) -> None:
    from PIL import Image

    whole, level, sheet = (tmp_path / name for name in ("way.npz", "level.npy", "way.png"))
    assert main(["sample", str(run), "--count", "3", "--way", "--out", str(whole)]) == 0
    with np.load(whole) as way:
        assert [way[f"step_{k}"].shape for k in range(3)] == [(3, 5, 5, 1), (3, 9, 9, 1), (3, SIDE, SIDE, 1)]
        finest, coarser = way["step_2"], way["step_1"]
    generator = load_generator(run)
    np.testing.assert_array_equal(finest, generator.generate(generator.draw_latents(3, 0)))
    assert main(["sample", str(run), "--count", "3", "--level", "1", "--out", str(level)]) == 0
    np.testing.assert_array_equal(np.load(level), coarser)
    assert main(["sample", str(run), "--count", "3", "--way", "--out", str(sheet)]) == 0
    with Image.open(sheet) as image:
        assert image.size == (3 * 38 + 2, 3 * 38 + 2)  # three rows of three steps, each as large as the finest, doubled


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--level", "3", "--out", "a.png"], "--level 3: there are 3 steps: 0, the sample itself, to 2"),
        (["--way", "--out", "a.npy"], "steps of several sizes are written as .png or .npz"),
        (["--level", "1", "--out", "a.gif"], "a.gif: samples are written as"),
    ],
    ids=["no such level", "no such file", "another kind of file"],
)
def test_steps_that_can_not_be_sampled_are_refused(run, tmp_path, monkeypatch, capsys, arguments, told) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["sample", str(run), "--count", "3", *arguments]) == 2
    assert told in capsys.readouterr().err
    assert not list(tmp_path.glob("a.*"))


def test_a_lost_level_is_told(run) -> None:
    from ganstudio.run import RunError

    (file,) = run.glob("checkpoints/*/level1.average.safetensors")
    file.unlink()
    with pytest.raises(RunError):
        load_generator(run)


def test_rates_of_the_base_and_of_the_levels_change_while_it_plays(pyramid, tmp_path) -> None:
    session = Session(Start(experiment=pyramid, run=tmp_path / "run"))
    base, pattern = "arrangement.optimisers.generator.learning_rate", "optimisers.generator.learning_rate"
    for command in (
        Step(),
        Adjust(base, 0.25),
        Adjust(pattern, 0.5),
        Adjust("arrangement.levels", [1, 1]),
        SlowStep(),
        Quit(),
    ):
        session.send(command)
    events = list(session.run())
    assert [event.path for event in events if isinstance(event, Adjusted)] == [base, pattern]
    told = [event.message for event in events if isinstance(event, Notice)]
    assert told[0].startswith("arrangement.levels can't change while a run is going")
    assert len(told) == 1
    (slow,) = [event for event in events if isinstance(event, Stages)]
    assert {stage.game for stage in slow.stages} == {("level2", "level1", "")[turns((3, 2, 1))[1]]}
    rates = [game.optimisers["generator"].spec.learning_rate for game in session._trainer.games.values()]
    assert rates == [0.25, 0.5, 0.5]


def test_a_pyramid_is_written_and_read(pyramid) -> None:
    assert loads(dumps(pyramid)) == pyramid


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"given": {"kind": "nothing"}}, r"arrangement.kind: found 'pyramid', .* given.kind is 'nothing'"),
        ({"given": {"kind": "low_resolution", "factor": 2}}, r"given.kind: found 'low_resolution'.*'level'"),
        ({"given.judged": False}, r"given.judged: found 'false'.*set it to true"),
        ({"latent.codes": [{"kind": "categorical"}]}, r"latent.codes: found 1.*remove them"),
        ({"conditioning.labels": "projection"}, r"conditioning.labels: found 'projection'.*'off'"),
        ({"stages": [{"kind": "judge", "steps": 1}]}, r"stages: found 1.*remove them"),
        ({"augmentation.zoom": 0.1}, r"augmentation: found 'some'.*set its strengths to 0"),
        ({"arrangement.discriminator": {"kind": "autoencoder"}}, r"arrangement.objective.kind: found 'hinge'"),
        ({"discriminator": {"kind": "autoencoder"}}, r"^objective.kind: found 'minimax'"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_what_a_pyramid_can_not_be_is_refused(pyramid, digits, changes, told) -> None:
    wrong = with_settings(pyramid, [*changes.items()])
    with pytest.raises(ExperimentError, match=told):
        check_game(wrong)
    with pytest.raises(ExperimentError, match=told):
        build_parts(wrong, digits)


def test_networks_that_do_not_fit_say_where_and_what_would(pyramid, digits) -> None:
    wrong = with_setting(pyramid, "generator", {"kind": "dcgan"})
    with pytest.raises(ValueError, match=r"the game at 9 × 9: generator.kind: 'dcgan' makes samples of latents alone"):
        Pyramid(wrong, digits, CPU)
    wrong = with_setting(pyramid, "arrangement.levels", (1, 1, 1, 1))
    with pytest.raises(ValueError, match=r"4 levels leave the base images of 3 × 3 pixels.*fewer levels"):
        Pyramid(wrong, digits, CPU)
    wrong = with_setting(pyramid, "arrangement", {"kind": "single"})
    with pytest.raises(ValueError, match=r"planes of noise alone: set latent.dimensions to 0"):
        build_system(wrong, digits, CPU)
    with pytest.raises(DatasetError, match=r'given.kind: found "level", but "Ring" holds no images'):
        build_system(wrong, build_dataset(RingSpec()), CPU)
    with pytest.raises(DatasetError, match=r'given.kind: found "level", but "Ring" holds no images'):
        build_system(pyramid, build_dataset(RingSpec()), CPU)


@pytest.mark.parametrize("shares", [(), (5,), (1, 0), (1, 2000), (1,) * 7])
def test_shares_that_are_none_are_refused(pyramid, shares) -> None:
    with pytest.raises(ExperimentError, match=r"arrangement.levels"):
        with_setting(pyramid, "arrangement.levels", shares)


def test_a_level_alone_is_a_game_like_any_other(pyramid, digits) -> None:
    """With a real coarse image for each sample: so one level can be tried by itself."""
    alone = with_settings(pyramid, [("arrangement", {"kind": "single"}), ("latent.dimensions", 0)])
    game = build_system(alone, digits, CPU)
    assert isinstance(game, Trainer)
    assert game.latent.width == 2 * 9 * 9
    assert game.latent.turned == 0
    for _ in range(3):
        game.step()
    assert np.isfinite(game.drain()).all()
    assert game.fixed_inputs.given.shape == (64, 1, 9, 9)


def test_several_pyramids_at_once_are_refused_in_words(pyramid) -> None:
    other = with_setting(pyramid, "schedule.batch_size", 8)
    with pytest.raises(ValueError, match=r"several games at once"):
        members_of(StartGroup(experiments=(pyramid, other)))


def test_a_side_by_hand_moves_the_player_of_the_game_whose_turn_it_is(pyramid, digits) -> None:
    system = build_system(pyramid, digits, CPU)
    before = [value.clone() for value in system.games["level2"].generator.parameters()]
    system.step("discriminator")
    assert all(map(torch.equal, before, system.games["level2"].generator.parameters()))
    row = dict(zip(system.names, system.drain()[0, 2:], strict=True))
    assert np.isfinite(row["level2.d_loss"])
    assert np.isnan(row["level2.g_loss"])


def test_slow_motion_counts_the_planes_of_noise_among_zs_dimensions(pyramid, digits) -> None:
    system = build_system(pyramid, digits, CPU)
    told = {}
    for _ in range(sum(pyramid.arrangement.levels)):
        for stage in slow_step(system, None).stages:
            if stage.name == "draw_z":
                told[stage.game] = int(stage.numbers["dimensions"]), stage.layers["latents"].shape[1]
    assert told.keys() == set(system.games)
    assert all(counted == there > 0 for counted, there in told.values())
