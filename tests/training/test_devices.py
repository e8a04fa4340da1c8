"""How many threads suit a game: told by its own steps, in a time that whoever opens it can wait."""

import pytest
import torch

from ganstudio.presets import with_setting
from ganstudio.training.group.session import GroupSession
from ganstudio.training.messages import Closed, GroupOpened, Opened, Quit, Start, StartGroup
from ganstudio.training.session import devices
from ganstudio.training.session.session import Session


class Clock:
    """A clock that only steps move. slow: seconds of a step by the number of threads; taken: with how many each was."""

    def __init__(self, slow: dict[int, float]) -> None:
        self.slow, self.now, self.count = slow, 0.0, 1
        self.taken: list[int] = []

    def step(self) -> None:
        self.now += self.slow[self.count]
        self.taken.append(self.count)


@pytest.fixture
def clock(monkeypatch):
    def of(slow: dict[int, float]) -> Clock:
        clock = Clock(slow)
        monkeypatch.setattr(devices, "candidate_threads", lambda: list(slow))
        monkeypatch.setattr(devices.time, "perf_counter", lambda: clock.now)
        monkeypatch.setattr(devices.torch, "set_num_threads", lambda count: setattr(clock, "count", count))
        return clock

    return of


@pytest.mark.parametrize(
    ("slow", "chosen"),
    [
        ({1: 0.001, 2: 0.004}, 1),
        ({1: 0.010, 2: 0.0095}, 1),
        ({1: 0.010, 2: 0.006, 4: 0.0057}, 2),
        ({1: 3.0, 2: 1.6, 4: 0.9}, 4),
        ({1: 20.0, 2: 11.0, 4: 6.0}, 4),
    ],
    ids=["small layers", "close", "two suffice", "a large game", "a very large game"],
)
def test_the_fastest_is_taken_and_of_those_that_are_close_the_fewest(clock, slow, chosen):
    assert devices.measure_threads(clock(slow).step) == chosen


def test_a_step_that_takes_long_is_made_once_with_each_count(clock):
    large = clock({1: 3.0, 2: 1.6, 4: 1.5})
    devices.measure_threads(large.step)
    assert large.taken == [1, 2, 4]  # what a person waits for: 6.1 s


def test_a_passing_disturbance_does_not_decide(clock):
    """The first turn's single thread is slowed down tenfold, as by another program that comes to its end."""
    disturbed = clock({1: 0.010, 2: 0.013})

    def step() -> None:
        disturbed.step()
        if disturbed.now < 0.1:
            disturbed.now += 0.09

    assert devices.measure_threads(step) == 1
    assert {disturbed.taken[0], disturbed.taken[-1]} == {1, 2}


@pytest.mark.parametrize(
    ("told", "cores", "tried"),
    [
        ("", 4, [1, 2, 4]),
        ("2", 8, [1, 2]),
        ("3,2", 8, [1, 2]),
        (" 1 ", 8, [1]),
        ("16", 4, [1, 2, 4]),
        ("0", 4, [1, 2, 4]),
        ("many", 4, [1, 2, 4]),
        ("²", 4, [1, 2, 4]),
    ],
)
def test_no_more_threads_are_tried_than_openmp_is_granted(monkeypatch, told, cores, tried):
    monkeypatch.setattr(devices, "cores", lambda: cores)
    monkeypatch.setenv("OMP_NUM_THREADS", told)
    assert devices.candidate_threads() == tried


def test_where_one_thread_is_granted_nothing_is_measured(monkeypatch):
    monkeypatch.setattr(devices, "cores", lambda: 8)
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    assert devices.measure_threads(lambda: pytest.fail("there is nothing to choose from")) == 1


@pytest.mark.parametrize("several", [False, True], ids=["one game", "a band"])
def test_a_game_is_opened_with_what_its_own_steps_say(plane, tmp_path, monkeypatch, several):
    """Measured for real, with a step of the game itself, which then begins at its beginning all the same."""
    monkeypatch.setattr(devices, "cores", lambda: 2)
    monkeypatch.setattr(devices, "MOST_SECONDS", 1e9)  # two turns each, however busy the machine is
    monkeypatch.delenv("OMP_NUM_THREADS")
    before, paced = torch.get_num_threads(), []
    pace = devices._pace
    monkeypatch.setattr(
        devices, "_pace", lambda step: paced.append((torch.get_num_threads(), pace(step))) or paced[-1][1]
    )
    free = with_setting(plane, "device", {"kind": "cpu"})
    if several:
        session, kind = GroupSession(StartGroup(experiments=(free,), seeds=2, measure=False)), GroupOpened
    else:
        session, kind = Session(Start(experiment=free, measure=False)), Opened
    try:
        events = session.run()
        opened = next(event for event in events if isinstance(event, kind))
        session.send(Quit())
        assert isinstance(list(events)[-1], Closed)
        assert opened.step == 0
        assert [count for count, _ in paced] == [1, 2, 1, 2]
        best = {count: max(rate for with_, rate in paced if with_ == count) for count in (1, 2)}
        assert opened.threads == torch.get_num_threads() == (2 if best[2] > devices.ADVANTAGE * best[1] else 1)
    finally:
        torch.set_num_threads(before)
