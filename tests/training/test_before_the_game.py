"""Stages before the game: D alone, G by content or likelihood, a reader; and what it adds to G's loss afterwards."""

from __future__ import annotations

from copy import deepcopy
from typing import Literal

import numpy as np
import pytest
import torch
from torch import nn

from ganstudio.data import build_dataset
from ganstudio.experiment import (
    AdversarialStageSpec,
    ContentStageSpec,
    DigitsSpec,
    Experiment,
    JudgeStageSpec,
    LatentSpec,
    LikelihoodStageSpec,
    LowResolutionSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    ReaderStageSpec,
    ScheduleSpec,
    Spec,
)
from ganstudio.experiment.games import GameSpec
from ganstudio.networks import GENERATORS, Generator
from ganstudio.objectives import BUILDERS
from ganstudio.objectives.hinge import Hinge
from ganstudio.presets import dumps, with_setting, with_settings
from ganstudio.training.group.group import members_of
from ganstudio.training.messages import Broken, Notice, Play, Quit, Scalars, Start, StartGroup, Step
from ganstudio.training.session.breaking import first_wrong
from ganstudio.training.session.session import Session
from ganstudio.training.step.onlooking import Observer
from ganstudio.training.step.schedules import in_force, of_game
from ganstudio.training.step.stages import MOVES
from ganstudio.training.step.trainer import Trainer
from tests.entering import entered

CPU = torch.device("cpu")
STAGES = (ContentStageSpec(steps=2), ReaderStageSpec(steps=2, width=16, weight=3.0), JudgeStageSpec(steps=1))


@pytest.fixture(scope="module")
def digits():
    return build_dataset(DigitsSpec())


@pytest.fixture
def staged() -> Experiment:
    return Experiment(
        name="staged",
        dataset=DigitsSpec(),
        latent=LatentSpec(dimensions=3),
        given=LowResolutionSpec(factor=2),
        generator=MLPGeneratorSpec(width=24, depth=2),
        discriminator=MLPDiscriminatorSpec(width=24, depth=2),
        schedule=ScheduleSpec(steps=25, batch_size=32),
        stages=STAGES,
    )


def moved(trainer: Trainer) -> set[str]:
    """Which networks a step changes."""
    before = {name: deepcopy(network.state_dict()) for name, network in trainer.networks().items()}
    trainer.step()
    return {
        name
        for name, network in trainer.networks().items()
        if any(not torch.equal(value, before[name][key]) for key, value in network.state_dict().items())
    }


def test_every_kind_of_stage_has_its_moves() -> None:
    (union, *_) = Experiment.model_fields["stages"].annotation.__args__
    assert MOVES.keys() == set(union.__origin__.__args__)


def test_a_stage_moves_its_own_network_alone(staged, digits) -> None:
    trainer = Trainer(staged, digits, CPU)
    told = [(trainer.stage.kind, moved(trainer)) for _ in range(7)]
    content, reader = ("content", {"generator", "average"}), ("reader", {"reader"})
    game = ("adversarial", {"generator", "average", "discriminator"})
    assert told == [content, content, reader, reader, ("judge", {"discriminator"}), game, game]


def test_a_row_has_the_numbers_of_its_stage(staged, digits) -> None:
    trainer = Trainer(staged, digits, CPU)
    for _ in range(7):
        trainer.step()
    rows = trainer.drain()
    table = dict(zip(trainer.names, np.isfinite(rows[:, 2:]).T.tolist(), strict=True))
    assert table["content"] == [True, True, False, False, False, False, False]
    assert table["reading"] == [False, False, True, True, False, False, False]
    assert table["d_loss"] == [False, False, False, False, True, True, True]
    assert table["g_loss"] == table["agreement"] == [False, False, False, False, False, True, True]
    np.testing.assert_array_equal(np.isnan(rows[:, 2:]), trainer.absent(rows[:, 0], "both"))
    assert first_wrong(rows, trainer.scalars, "both", trainer.absent(rows[:, 0], "both")) is None
    rows[3, 2 + trainer.names.index("reading")] = np.nan
    assert first_wrong(rows, trainer.scalars, "both", trainer.absent(rows[:, 0], "both"))[0] == 3


def test_without_stages_nothing_is_absent(staged, digits) -> None:
    trainer = Trainer(with_setting(staged, "stages", []), digits, CPU)
    trainer.step()
    assert trainer.absent(trainer.drain()[:, 0], "both") is None
    assert not {"content", "reading", "agreement"} & set(trainer.names)


def test_content_is_the_distance_to_the_sample_that_gave_it(staged, digits) -> None:
    alone = with_settings(staged, [("stages", [{"kind": "content", "steps": 150}]), ("latent.dimensions", 0)])
    trainer = Trainer(alone, digits, CPU)
    with torch.no_grad():
        batch = deepcopy(trainer).sights.draw_real()
        made = trainer.generator(deepcopy(trainer).sights.draw_inputs(batch))
    for _ in range(150):
        trainer.step()
    content = trainer.drain()[:, 2 + trainer.names.index("content")]
    assert content[0] == pytest.approx((made - batch.x).square().mean().item(), rel=1e-4)
    assert 0.05 < content[-10:].mean() < 0.4 * content[0]  # .15 of .98 (measured)


class Sights(Observer):
    def judged(self, player, sight):
        if player == "generator":
            self.sight = sight


def test_what_the_reader_reads_is_a_term_of_gs_loss(staged, digits) -> None:
    trainer, watcher = Trainer(staged, digits, CPU), Sights()
    for _ in range(5):
        trainer.step()
    trainer.step(observer=watcher)
    sight = watcher.sight
    error = trainer.reader.error(sight.made, sight.inputs.given)
    torch.testing.assert_close(sight.total - sight.loss, 3.0 * error)
    trainer_without = Trainer(with_setting(staged, "stages.1.weight", 0), digits, CPU)
    assert "agreement" not in trainer_without.names


def test_a_game_after_a_game_has_the_term_only_after_the_reader(staged, digits) -> None:
    stages = [AdversarialStageSpec(steps=1), ReaderStageSpec(steps=1, width=16)]
    trainer = Trainer(with_setting(staged, "stages", [stage.model_dump() for stage in stages]), digits, CPU)
    assert ["agreement" in stage.told("both") for stage in trainer.stages] == [False, False, True]


def test_the_schedule_is_of_the_steps_that_are_left(staged, digits) -> None:
    linear = with_settings(staged, [("schedule.decay_start", 0.0), ("schedule.instance_noise", 1.0)])
    game, made = of_game(linear, 15)
    assert (game.schedule.steps, made, game.stages) == (20, 10, ())
    assert of_game(linear, 3)[1] == 0
    rate = linear.optimisers.generator.learning_rate
    assert in_force(linear, 5)["optimisers.generator.learning_rate"] == pytest.approx(rate)
    assert in_force(linear, 15)["optimisers.generator.learning_rate"] == pytest.approx(rate / 2)
    assert in_force(linear, 2)["schedule.instance_noise"] == pytest.approx(1.0)
    plain = with_setting(linear, "stages", [])
    assert of_game(plain, 7) == (plain, 7)


def test_a_run_goes_on_in_the_stage_where_it_stopped(staged, digits, tmp_path) -> None:
    whole = Trainer(staged, digits, CPU)
    for _ in range(8):
        whole.step()
    expected, rows = whole.drain(), []
    for stop in (1, 3, 5, 8):
        begin = {"experiment": staged, "run": tmp_path / "run"} if stop == 1 else {"resume": tmp_path / "run"}
        session = Session(Start(**begin, threads=1))
        done = max((int(row[-1, 0]) for row in rows), default=0)
        for command in (*[Step()] * (stop - done), Quit()):
            session.send(command)
        events = list(session.run())
        assert not [event for event in events if isinstance(event, Notice | Broken)]
        rows.append(np.concatenate([event.rows for event in events if isinstance(event, Scalars)]))
    np.testing.assert_allclose(rows[-1][:, 2:], expected[:, 2:], rtol=1e-3, atol=1e-5)


def test_playing_through_the_stages_is_nothing_gone_wrong(staged, tmp_path) -> None:
    session = Session(Start(experiment=with_setting(staged, "schedule.steps", 12), run=tmp_path / "run"))
    session.send(Play())
    events = []
    for event in session.run():
        events.append(event)
        if getattr(event, "state", "") == "finished":
            session.send(Quit())
    assert not [event for event in events if isinstance(event, Broken | Notice)]
    assert np.concatenate([event.rows for event in events if isinstance(event, Scalars)])[-1, 0] == 12


def test_a_player_that_stands_still_in_a_stage_is_not_moved_by_hand(staged, tmp_path) -> None:
    session = Session(Start(experiment=staged, run=tmp_path / "run"))
    for command in (Step("discriminator"), Step("generator"), Quit()):
        session.send(command)
    events = list(session.run())
    told = [event.message for event in events if isinstance(event, Notice)]
    assert told == ["D doesn't move in this stage: step both."]
    (rows,) = [event.rows for event in events if isinstance(event, Scalars)]
    assert rows[:, 0].tolist() == [1]


def test_an_older_file_says_nothing_of_stages(staged) -> None:
    table = staged.model_dump() | {"stages": ()}
    for name in ("stages", "arrangement", "given"):
        del table[name]
    older = Experiment.model_validate(table)
    assert older.stages == ()
    assert "stages = []" in dumps(older)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"given": {"kind": "nothing"}}, r"stages.0.kind: found 'content', but G is given nothing of a real sample"),
        ({"stages": [{"kind": "likelihood"}]}, r"stages.0.kind: found 'likelihood', but a generator of kind 'mlp'"),
        (
            {"stages": [{"kind": "reader"}, {"kind": "reader", "width": 8}]},
            r"stages.1.kind: found 'reader', but there is a reader before it",
        ),
        (
            {"given": {"kind": "nothing"}, "stages": [{"kind": "reader"}]},
            r"stages.0.kind: found 'reader', but G is given nothing",
        ),
    ],
)
def test_what_a_stage_needs_and_has_not_is_refused(staged, digits, changes, told) -> None:
    with pytest.raises(ValueError, match=told):
        Trainer(with_settings(staged, [*changes.items()]), digits, CPU)


def test_several_games_have_no_stages(staged) -> None:
    plain = with_settings(
        staged, [("dataset", {"kind": "ring"}), ("given", {"kind": "nothing"}), ("stages", [{"kind": "judge"}])]
    )
    with pytest.raises(ValueError, match=r"stages: several games at once are played from the first step on"):
        members_of(StartGroup(experiments=(plain,), seeds=2))


# --- a generator that throws dice -------------------------------------------------------------------------------------


class DiceSpec(Spec):
    """Black or white pixels, each thrown by a die."""

    kind: Literal["dice"] = "dice"


class Dice(Generator):
    """z (n, d), uniform, is the dice: pixel k is white where die k falls below its probability."""

    differentiable = False

    def __init__(self, spec: DiceSpec, dimensions: int, shape: tuple[int, ...]) -> None:
        super().__init__()
        assert dimensions == np.prod(shape)
        self.shape, self.logits = shape, nn.Parameter(torch.zeros(dimensions))

    def forward(self, inputs):
        return torch.where((inputs.latents + 1) / 2 < self.logits.sigmoid(), 1.0, -1.0).view(-1, *self.shape)

    def log_likelihood(self, samples, inputs):
        return torch.distributions.Bernoulli(logits=self.logits).log_prob((samples.flatten(1) > 0).float()).sum(1)


class RewardSpec(GameSpec):
    """D's hinge, and no gradient for G."""

    kind: Literal["reward"] = "reward"


class Reward(Hinge):
    through_samples = False
    separable = True


@pytest.fixture
def thrown(staged):
    with entered("generator", DiceSpec, GENERATORS, Dice), entered("objective", RewardSpec, BUILDERS, Reward):
        yield with_settings(
            staged,
            [
                ("given", {"kind": "nothing"}),
                ("latent", {"prior": "uniform", "dimensions": 64}),
                ("generator", {"kind": "dice"}),
                ("objective", {"kind": "reward"}),
                ("optimisers.generator.learning_rate", 0.05),
                ("stages", [LikelihoodStageSpec(steps=200).model_dump()]),
            ],
        )


def test_a_generator_without_a_gradient_learns_by_likelihood(thrown, digits) -> None:
    trainer = Trainer(thrown, digits, CPU)
    for _ in range(200):
        trainer.step()
    white = (torch.from_numpy(digits.draw(4000, np.random.default_rng(5))) > 0).float().mean(0).flatten()
    known = (white > 0.05) & (white < 0.95)
    np.testing.assert_allclose(trainer.generator.logits.sigmoid().detach()[known], white[known], atol=0.12)
    assert torch.equal(trainer.generator(trainer.fixed_inputs), trainer.generator(trainer.fixed_inputs))
    likelihood = trainer.drain()[:, 2 + trainer.names.index("likelihood")]
    assert likelihood[0] == pytest.approx(64 * np.log(2), rel=1e-4)
    assert 15 < likelihood[-10:].mean() < 30


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        ("objective", {"kind": "minimax"}, r"objective.kind: with 'minimax' G is moved by the gradient that passes"),
        ("latent.codes", [{"kind": "continuous"}], r"latent.codes: with codes G is moved by the gradient"),
        ("stages", [{"kind": "content"}], r"stages.0.kind: found 'content', but G is given nothing"),
    ],
)
def test_what_needs_the_gradient_through_samples_is_refused(thrown, digits, path, value, told) -> None:
    if path == "latent.codes":
        thrown = with_setting(thrown, "latent.dimensions", 63)
    with pytest.raises(ValueError, match=told):
        Trainer(with_setting(thrown, path, value), digits, CPU)
