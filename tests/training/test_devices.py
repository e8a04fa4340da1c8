"""How many threads suit a game: told by its own steps, in a time that whoever opens it can wait."""

import pytest

from ganstudio.training.session import devices


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
