"""Stages are skipped and repeated by hand while a game goes on, and what is past stays as it was."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.cli import main
from ganstudio.experiment import (
    AdversarialStageSpec,
    ChainSpec,
    ContentStageSpec,
    DigitsSpec,
    Experiment,
    JudgeStageSpec,
    LatentSpec,
    LowResolutionSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    ReaderStageSpec,
    ScheduleSpec,
)
from ganstudio.presets import (
    ExperimentError,
    check_past,
    dumps,
    load_preset,
    plan_of,
    present,
    repeated,
    shared,
    skipped,
    with_settings,
)
from ganstudio.run import Choice, RunFolder
from ganstudio.training.messages import (
    Adjust,
    Adjusted,
    Broken,
    Notice,
    Opened,
    Quit,
    RepeatStage,
    Scalars,
    SkipStage,
    Start,
    Step,
)
from ganstudio.training.session.session import Session


@pytest.fixture
def staged() -> Experiment:
    return Experiment(
        name="staged",
        dataset=DigitsSpec(),
        latent=LatentSpec(dimensions=3),
        given=LowResolutionSpec(factor=2),
        generator=MLPGeneratorSpec(width=24, depth=2),
        discriminator=MLPDiscriminatorSpec(width=24, depth=2),
        schedule=ScheduleSpec(steps=40, batch_size=32),
        stages=(ReaderStageSpec(steps=3, width=16), ContentStageSpec(steps=6, keep=True), JudgeStageSpec(steps=1)),
    )


def told(session: Session) -> list:
    """Open it, carry out what was sent, and return its events; nothing goes wrong unless a test asks for it."""
    return list(session.run())


def played(start: Start, *commands: object) -> tuple[list, np.ndarray, Experiment]:
    """All events, the rows of all steps, and the settings in the end."""
    session = Session(start)
    for command in (*commands, Quit()):
        session.send(command)
    events = told(session)
    assert not [event for event in events if isinstance(event, Broken)]
    rows = [event.rows for event in events if isinstance(event, Scalars)]
    adjusted = [event.experiment for event in events if isinstance(event, Adjusted)]
    first = next(event.experiment for event in events if isinstance(event, Opened))
    return events, np.concatenate(rows) if rows else np.empty((0, 0)), adjusted[-1] if adjusted else first


def lengths(experiment: Experiment) -> list[tuple[str, int]]:
    return [(one.kind, one.steps) for one in plan_of(experiment)]


# --- what becomes of the settings ---


def test_the_plan_tells_which_stage_a_step_is_of(staged) -> None:
    assert [(one.path, one.first, one.end) for one in plan_of(staged)] == [
        ("stages.0.steps", 0, 3),
        ("stages.1.steps", 3, 9),
        ("stages.2.steps", 9, 10),
    ]
    assert [getattr(present(staged, step), "kind", None) for step in (0, 2, 3, 9, 10)] == [
        "reader",
        "reader",
        "content",
        "judge",
        None,
    ]


def test_the_present_stage_is_skipped_and_the_game_stays_as_long(staged) -> None:
    assert skipped(staged, 5) == {"stages.1.steps": 2, "schedule.steps": 36}
    assert skipped(staged, 3) == {"stages.1.steps": 1, "schedule.steps": 35}  # a stage has a step at least
    with pytest.raises(ExperimentError, match="no stage to skip"):
        skipped(staged, 10)
    none_left = with_settings(staged, [("schedule.steps", 10)])
    assert skipped(none_left, 5) == {"stages.1.steps": 2, "schedule.steps": 10}


def test_a_stage_is_repeated_from_here_or_once_it_is_over(staged) -> None:
    assert repeated(staged, 5, 1) == {"stages.1.steps": 8, "schedule.steps": 42}
    after = with_settings(staged, list(repeated(staged, 14, 1).items()))
    assert lengths(after)[3:] == [("adversarial", 4), ("content", 6)]
    assert after.schedule.steps == 46
    assert present(after, 14).kind == "content"
    check_past(staged, after, 14)
    at_once = with_settings(staged, list(repeated(staged, 10, 0).items()))
    assert lengths(at_once)[3:] == [("reader", 3)]
    with pytest.raises(ExperimentError, match="content is going on: skip it"):
        repeated(staged, 5, 0)
    with pytest.raises(ExperimentError, match="no stage 4"):
        repeated(staged, 12, 3)


def test_what_is_past_can_not_be_changed(staged) -> None:
    for path, value, step, right in (
        ("stages.0.steps", 2, 3, False),
        ("stages.0.steps", 2, 2, True),
        ("stages.1.steps", 2, 6, False),
        ("stages.1.steps", 3, 6, True),
        ("stages.1.steps", 60, 6, True),
        ("stages.2.steps", 9, 10, True),  # it would go on
        ("stages.2.steps", 9, 11, False),
        ("stages", [], 1, False),
        ("stages", [], 0, True),
    ):
        after = with_settings(staged, [(path, value)])
        if right:
            check_past(staged, after, step)
        else:
            with pytest.raises(ExperimentError, match="made already"):
                check_past(staged, after, step)


def test_of_a_chain_the_first_game_alone_is_a_stage_too(staged) -> None:
    chain = with_settings(staged, [("arrangement", ChainSpec(steps=4, apart=2, dimensions=2))])
    assert lengths(chain) == [("first", 4), ("reader", 3), ("content", 6), ("judge", 1), ("second", 2)]
    assert skipped(chain, 2) == {"arrangement.steps": 2, "schedule.steps": 38}
    assert skipped(chain, 15) == {"arrangement.apart": 1, "schedule.steps": 39}
    with pytest.raises(ExperimentError, match="only while it lasts"):
        repeated(chain, 16, 0)


@pytest.mark.parametrize("apart", [0, 2])
def test_once_both_games_of_a_chain_go_on_no_stage_of_the_second_alone_comes_again(staged, apart: int) -> None:
    """Else steps of both would have been of the second alone, and the first were opened at another step of its own."""
    chain = with_settings(staged, [("arrangement", ChainSpec(steps=4, apart=apart, dimensions=2))])
    with pytest.raises(ExperimentError, match="only while it lasts"):
        repeated(chain, 18, 1)
    more = [stage.model_dump() for stage in (*chain.stages, AdversarialStageSpec(steps=4), chain.stages[0])]
    with pytest.raises(ExperimentError, match="made already"):
        check_past(chain, with_settings(chain, [("stages", more)]), 18)


def test_several_levels_may_rest_before_the_first_step() -> None:
    lapgan = load_preset("lapgan")
    one = with_settings(lapgan, list(shared(lapgan, 0, 0, 0).items()))
    both = with_settings(one, list(shared(one, 0, 1, 0).items()))
    assert both.arrangement.shares(1) == (0, 0, lapgan.arrangement.levels[2])
    with pytest.raises(ExperimentError, match="One level goes on learning"):
        shared(both, 0, 2, 0)


# --- in a session ---


def test_a_skipped_stage_ends_at_once_and_the_next_one_begins(staged, tmp_path) -> None:
    run = tmp_path / "run"
    events, rows, after = played(Start(experiment=staged, run=run), *[Step()] * 5, SkipStage(), *[Step()] * 2)
    assert lengths(after) == [("reader", 3), ("content", 2), ("judge", 1)]
    names = next(event.names for event in events if isinstance(event, Scalars))
    content, judge = (np.isfinite(rows[:, 2 + names.index(name)]).tolist() for name in ("content", "d_loss"))
    assert content == [False] * 3 + [True] * 2 + [False] * 2
    assert judge == [False] * 5 + [True] * 2
    # It goes on so when it is opened again.
    _, more, after = played(Start(resume=run), Step())
    assert lengths(after) == [("reader", 3), ("content", 2), ("judge", 1)]
    assert more[-1, 0] == 8


def test_a_repeated_stage_comes_once_more_and_the_game_after_it(staged, tmp_path) -> None:
    run = tmp_path / "run"
    _, _, after = played(Start(experiment=staged, run=run), *[Step()] * 12, RepeatStage(1), Step())
    assert lengths(after)[3:] == [("adversarial", 2), ("content", 6)]
    events, rows, _ = played(Start(resume=run), *[Step()] * 6)
    names = next(event.names for event in events if isinstance(event, Scalars))
    content = np.isfinite(rows[:, 2 + names.index("content")]).tolist()
    assert content == [False] * 3 + [True] * 6 + [False] * 3 + [True] * 6 + [False]


def test_a_reader_may_learn_on_but_there_is_one_only(staged, tmp_path) -> None:
    _, _, after = played(Start(experiment=staged, run=tmp_path / "run"), *[Step()] * 10, RepeatStage(0), Step())
    assert lengths(after)[-1] == ("reader", 3)
    other = with_settings(after, [("stages.3.width", 8)])
    events = told(Session(Start(experiment=other, run=tmp_path / "other")))
    assert "a game has one at most" in str(events)


def test_with_the_same_stages_skipped_the_same_numbers_come(staged, tmp_path) -> None:
    """What was done by hand is replayed from the run's changes."""
    run, again = tmp_path / "run", tmp_path / "again"
    _, rows, _ = played(Start(experiment=staged, run=run), *[Step()] * 4, SkipStage(), *[Step()] * 3)
    changes = tuple(RunFolder.open(run, read_only=True).changes())
    assert [change.path for change in changes] == ["stages.1.steps", "schedule.steps"]
    short = with_settings(staged, [("schedule.steps", 7)])
    by_hand = [Adjust(change.path, change.value) for change in changes[:1]]
    _, replayed, after = played(Start(experiment=short, run=again), *[Step()] * 4, *by_hand, *[Step()] * 3)
    np.testing.assert_array_equal(replayed[:, 2:], rows[:, 2:])
    assert lengths(after)[1] == ("content", 1)


def test_what_can_not_be_skipped_or_repeated_is_told(staged, tmp_path) -> None:
    events, _, after = played(
        Start(experiment=staged, run=tmp_path / "run"),
        *[Step()] * 4,
        RepeatStage(0),
        Adjust("stages.0.steps", 1),
        RepeatStage(9),
    )
    notices = [event.message for event in events if isinstance(event, Notice)]
    paths = [event.setting for event in events if isinstance(event, Notice)]
    assert paths == ["stages", "stages.0.steps", "stages"]
    assert ["going on" in notices[0], "made already" in notices[1], "There is no stage 10" in notices[2]] == [True] * 3
    assert lengths(after) == lengths(staged)
    one = with_settings(staged, [("stages", [AdversarialStageSpec(steps=1).model_dump()])])
    assert lengths(one) == [("adversarial", 1)]


def test_a_command_line_can_not_change_stages_that_are_over(staged, tmp_path, capsys) -> None:
    run, words = tmp_path / "run", ["--quiet", "--threads", "1"]
    (tmp_path / "staged.toml").write_text(dumps(staged))
    assert main(["train", str(tmp_path / "staged.toml"), "--out", str(run), "--steps", "5", *words]) == 0
    capsys.readouterr()
    again = ["train", str(run), "--resume", "--steps", "7", *words]
    assert main([*again, "--set", "stages.0.steps=2"]) == 2
    assert capsys.readouterr().err.startswith("ganstudio: stages: 5 steps are made already, and with these lengths")
    assert main([*again, "--set", "stages=[]"]) == 2
    assert "stages: cannot change in the run" in capsys.readouterr().err
    assert Choice(run).step == 5
    assert list(RunFolder.open(run, read_only=True).changes()) == []
    assert main([*again, "--set", "stages.1.steps=2"]) == 0
    assert Choice(run).step == 7
    assert lengths(Choice(run).experiment)[:2] == [("reader", 3), ("content", 2)]


def test_what_is_refused_changes_no_setting_at_all(staged, tmp_path) -> None:
    chain = with_settings(staged, [("arrangement", ChainSpec(steps=1, apart=1, dimensions=2))])
    events, _, after = played(Start(experiment=chain, run=tmp_path / "run"), *[Step()] * 13, RepeatStage(1))
    assert "only while it lasts" in next(event.message for event in events if isinstance(event, Notice))
    assert after == chain
