"""Two games in a chain: the first G makes what the second is given."""

from __future__ import annotations

import json

import numpy as np
import pytest
import torch

from ganstudio.cli import main
from ganstudio.data import build_dataset
from ganstudio.experiment import (
    ChainSpec,
    ContentStageSpec,
    DigitsSpec,
    Experiment,
    LatentSpec,
    LowResolutionSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    ReaderStageSpec,
    ScheduleSpec,
)
from ganstudio.modalities import Images
from ganstudio.networks import Inputs
from ganstudio.presets import ExperimentError, check_game, dumps, loads, with_setting, with_settings
from ganstudio.training.arrangements import ARRANGEMENTS, Chain, build_parts, build_system
from ganstudio.training.checkpoints.loaded import load_generator
from ganstudio.training.messages import (
    Adjust,
    Adjusted,
    Broken,
    Failed,
    Notice,
    Opened,
    Quit,
    SlowStep,
    Stages,
    Start,
    Step,
)
from ganstudio.training.pictures.slow_motion import slow_step
from ganstudio.training.session.breaking import rates, slower
from ganstudio.training.session.session import Session
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")


@pytest.fixture(scope="module")
def digits():
    return build_dataset(DigitsSpec())


@pytest.fixture
def chain() -> Experiment:
    """Digits of 8 x 8 pixels from images of 4 x 4, which the first game makes."""
    small = {"width": 24, "depth": 2}
    return Experiment(
        name="chain",
        dataset=DigitsSpec(),
        latent=LatentSpec(dimensions=3),
        given=LowResolutionSpec(factor=2),
        generator=MLPGeneratorSpec(**small),
        discriminator=MLPDiscriminatorSpec(**small),
        schedule=ScheduleSpec(steps=40, batch_size=32),
        stages=(ContentStageSpec(steps=1), ReaderStageSpec(steps=1, width=16)),
        arrangement=ChainSpec(
            steps=2, dimensions=5, generator=MLPGeneratorSpec(**small), discriminator=MLPDiscriminatorSpec(**small)
        ),
    )


def test_every_arrangement_has_its_row() -> None:
    union = Experiment.model_fields["arrangement"].annotation
    assert ARRANGEMENTS.keys() == set(union.__args__)


def test_a_single_game_is_its_own_system(chain, digits) -> None:
    system = build_system(with_setting(chain, "arrangement", {"kind": "single"}), digits, CPU)
    assert isinstance(system, Trainer)
    assert system.games[""] is system
    assert system.networks().keys() == {"generator", "average", "discriminator", "reader"}


def test_the_latents_of_both_stand_one_after_another(chain, digits) -> None:
    system = build_system(chain, digits, CPU)
    assert chain.latent_of_all(digits.shape).dimensions == system.latent.width == 8
    assert dict(system.generator.columns) == {"first": slice(0, 5), "second": slice(5, 8)}
    latents = torch.randn(6, 8)
    small = system.games["first"].generator(Inputs(latents[:, :5]))
    expected = system.games[""].generator(Inputs(latents[:, 5:], small))
    made = system.generator(Inputs(latents))
    assert torch.equal(made, expected)
    way = system.generator.way(Inputs(latents))
    assert [each.shape for each in way] == [(6, 1, 4, 4), (6, 1, 8, 8)]
    assert torch.equal(way[0], small)
    assert torch.equal(way[1], made)
    assert system.generator.way_kinds(digits.modality) == (Images((1, 4, 4)),)
    assert system.fixed_inputs.given is None
    assert system.fixed_inputs.latents.shape == (64, 8)


def test_the_first_game_is_played_on_what_is_given(chain, digits) -> None:
    first = build_system(chain, digits, CPU).games["first"]
    assert first.dataset.shape == (1, 4, 4)
    assert first.dataset.modality.kind == "images"
    drawn = first.dataset.draw(16, np.random.default_rng(0))
    x = digits.draw(16, np.random.default_rng(0))
    np.testing.assert_allclose(drawn.mean((2, 3)), x.mean((2, 3)), atol=0.05)


def test_which_game_a_step_belongs_to_follows_from_its_number(chain, digits) -> None:
    system = build_system(chain, digits, CPU)
    for _ in range(7):
        system.step()
    rows = system.drain()
    table = dict(zip(system.names, np.isfinite(rows[:, 2:]).T.tolist(), strict=True))
    assert rows[:, 0].tolist() == [1, 2, 3, 4, 5, 6, 7]
    assert (np.diff(rows[:, 1]) > 0).all()
    assert table["first.d_loss"] == [True, True, False, False, True, True, True]
    assert table["content"] == [False, False, True, False, False, False, False]
    assert table["d_loss"] == table["agreement"] == [False] * 4 + [True] * 3
    np.testing.assert_array_equal(np.isnan(rows[:, 2:]), system.absent(rows[:, 0], "both"))
    assert [stage.kind for stage in system.stages] == ["first", "content", "reader", "adversarial"]
    assert [stage.end for stage in system.stages] == [2, 3, 4, None]


def test_each_game_is_the_one_that_it_would_be_alone(chain, digits) -> None:
    """What the first does is no matter to the second, and the other way round."""
    system = build_system(chain, digits, CPU)
    alone = {name: Trainer(game.experiment, game.dataset, CPU) for name, game in system.games.items()}
    for _ in range(7):
        system.step()
    for name, count in (("first", 5), ("", 5)):
        for _ in range(count):
            alone[name].step()
        for mine, its in zip(
            system.games[name].average.module.parameters(), alone[name].average.module.parameters(), strict=True
        ):
            torch.testing.assert_close(mine, its)


@pytest.fixture
def run(chain, tmp_path):
    session = Session(Start(experiment=chain, run=tmp_path / "run", threads=1))
    for command in (*[Step()] * 6, Quit()):
        session.send(command)
    events = list(session.run())
    assert not [event for event in events if isinstance(event, Notice | Failed | Broken)]
    (opened,) = [event for event in events if isinstance(event, Opened)]
    assert opened.latent.dimensions == 8
    assert opened.latents.shape == (64, 8)
    assert opened.stages == ((0, "first"), (2, "content"), (3, "reader"), (4, "adversarial"))
    return tmp_path / "run"


def test_a_run_goes_on_as_if_it_had_not_stopped(run, chain, digits) -> None:
    session = Session(Start(resume=run))
    for command in (*[Step()] * 3, Quit()):
        session.send(command)
    assert not [event for event in session.run() if isinstance(event, Notice | Failed | Broken)]
    whole = build_system(chain, digits, CPU)
    for _ in range(9):
        whole.step()
    loaded = load_generator(run)
    assert loaded.step == 9
    assert loaded.latent.width == 8
    for mine, its in zip(whole.average.module.parameters(), loaded.network.parameters(), strict=True):
        torch.testing.assert_close(mine, its, rtol=1e-3, atol=1e-5)


def test_it_is_sampled_and_measured_as_one_generator(run, tmp_path, capsys) -> None:
    assert main(["sample", str(run), "--count", "4", "--out", str(tmp_path / "a.npy")]) == 0
    generator = load_generator(run)
    samples = generator.generate(generator.draw_latents(4, 0))
    np.testing.assert_array_equal(np.load(tmp_path / "a.npy"), samples)
    assert samples.shape == (4, 8, 8, 1)
    capsys.readouterr()
    assert main(["measure", str(run), "--json", "--quiet"]) == 0
    figures = json.loads(capsys.readouterr().out)
    assert figures["step"] == 6
    assert 0.5 < figures["jsd_nats"] < 0.7


def test_a_lost_part_is_told(run) -> None:
    from ganstudio.run import RunError

    (file,) = run.glob("checkpoints/*/first.average.safetensors")
    file.unlink()
    with pytest.raises(RunError):
        load_generator(run)


def test_rates_of_the_first_game_change_while_it_plays(chain, tmp_path) -> None:
    session = Session(Start(experiment=chain, run=tmp_path / "run"))
    path = "arrangement.optimisers.generator.learning_rate"
    for command in (Step(), Adjust(path, 0.25), Adjust("arrangement.dimensions", 9), SlowStep(), Quit()):
        session.send(command)
    events = list(session.run())
    assert [event.path for event in events if isinstance(event, Adjusted)] == [path]
    told = [event.message for event in events if isinstance(event, Notice)]
    assert told[0].startswith("arrangement.dimensions can't change while a run is going")
    assert len(told) == 1
    (slow,) = [event for event in events if isinstance(event, Stages)]
    assert {stage.game for stage in slow.stages} == {"first"}  # which is played alone at first
    assert session._trainer.games["first"].optimisers["generator"].spec.learning_rate == 0.25


def test_a_slow_step_tells_the_moves_of_both_games_and_is_the_step_that_it_would_have_been(chain, digits) -> None:
    told, rows = [], []
    for watched in (False, True):
        system = build_system(chain, digits, CPU)
        for _ in range(7):
            if watched:
                told.append(slow_step(system, None))
            else:
                system.step()
        rows.append(system.drain())
        assert (np.diff(rows[-1][:, 1]) > 0).all()
    np.testing.assert_array_equal(rows[0][:, 2:], rows[1][:, 2:])
    of_game = [("first", ""), ("first", ""), ("", "content"), ("", "reader")]
    assert [[*dict.fromkeys((stage.game, stage.during) for stage in slow.stages)] for slow in told] == [
        *([each] for each in of_game),
        *([[("first", ""), ("", "")]] * 3),
    ]
    assert told[-1].kinds == {"first": (Images((1, 4, 4)), None), "": (Images((1, 8, 8)), Images((1, 4, 4)))}
    assert [stage.name for stage in told[2].stages] == ["draw", "make", "loss", "gradient", "moves"]
    assert [stage.name for stage in told[3].stages] == ["draw", "loss", "gradient", "moves"]
    assert {stage.learner for stage in told[3].stages} == {"reader"}
    for slow, name, number in ((told[2], "content", "loss"), (told[3], "reading", "loss")):
        row = rows[1][told.index(slow)]
        expected = row[2 + system.names.index(name)]
        assert slow.stages[-1].numbers[number] == pytest.approx(expected, rel=1e-5)
    last = told[-1].stages
    assert [stage.layers["given"].shape for stage in last if stage.name == "g_draw_z" and stage.game == ""] == [
        (25, 4, 4, 1)
    ]
    made = next(stage for stage in last if stage.name == "generator_loss" and stage.game == "")
    agreed = rows[1][-1][2 + system.names.index("agreement")]
    assert made.numbers["penalty"] == pytest.approx(agreed, rel=1e-4)


def test_going_back_slows_the_players_of_both_games(chain) -> None:
    slow = slower(chain, 0.5)
    assert len(rates(chain)) == 4
    assert rates(slow) == {path: rate / 2 for path, rate in rates(chain).items()}
    assert len(rates(with_setting(chain, "arrangement", {"kind": "single"}))) == 2


def test_a_chain_is_written_and_read(chain) -> None:
    assert loads(dumps(chain)) == chain


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"given": {"kind": "nothing"}, "stages": []}, r"arrangement.kind: found 'chain', .* given.kind is 'nothing'"),
        ({"arrangement.discriminator": {"kind": "autoencoder"}}, r"arrangement.objective.kind: found 'minimax'"),
    ],
)
def test_what_a_chain_needs_and_has_not_is_refused(chain, digits, changes, told) -> None:
    wrong = with_settings(chain, [*changes.items()])
    with pytest.raises(ExperimentError, match=told):
        check_game(wrong)
    with pytest.raises(ExperimentError, match=told):
        Chain(wrong, digits, CPU)
    with pytest.raises(ExperimentError, match=told):
        build_parts(wrong, digits)


def test_a_first_game_that_does_not_fit_says_where(chain, digits) -> None:
    wrong = with_setting(chain, "arrangement.generator", {"kind": "dcgan"})
    with pytest.raises(ValueError, match=r"the first game: a dcgan network needs square images of 8 to 256 pixels"):
        Chain(wrong, digits, CPU)
