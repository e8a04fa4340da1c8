"""When a checkpoint is due: soon, often while it is cheap, and never later than the experiment says."""

import pytest

from ganstudio.training.session import saving
from ganstudio.training.session.saving import SavingClock


class Time:
    def __init__(self):
        self.seconds = 100.0

    def __call__(self):
        return self.seconds


def save(clock, time, took):
    with clock.saving():
        time.seconds += took


@pytest.mark.parametrize(
    ("took", "at_most", "due"),
    [
        (None, 30.0, 4.5),  # the first one
        (0.05, 30.0, 4.5),
        (0.4, 30.0, 10.0),
        (1.0, 30.0, 25.0),
        (8.0, 30.0, 30.0),  # dear, but it is what the experiment asks for
        (0.05, 2.0, 2.0),
    ],
)
def test_it_is_due_after_some_seconds_or_25_times_what_the_last_one_cost(took, at_most, due):
    time = Time()
    clock = SavingClock(time, lambda: 0.0)
    if took is not None:
        save(clock, time, took)
    time.seconds += due - 0.01
    assert not clock.is_due(at_most)
    time.seconds += 0.02
    assert clock.is_due(at_most)


def test_what_other_programs_took_is_no_cost():
    time, waited = Time(), [3.0]
    clock = SavingClock(time, lambda: waited[0])
    with clock.saving():
        time.seconds += 1.0
        waited[0] += 0.95
    time.seconds += 4.51
    assert clock.is_due(30)


def test_how_long_a_thread_waited_only_grows():
    first = saving.waited_for_a_processor()
    assert 0 <= first <= saving.waited_for_a_processor()


def test_where_the_system_does_not_tell_nobody_waited(monkeypatch, tmp_path):
    monkeypatch.setattr(saving, "_SCHEDULED", tmp_path / "none")
    assert saving.waited_for_a_processor() == 0


def test_one_that_fails_counts_too():
    time = Time()
    clock = SavingClock(time)
    time.seconds += 6
    with pytest.raises(OSError, match="full"), clock.saving():
        raise OSError("full")
    assert not clock.is_due(30)
    time.seconds += 4.51
    assert clock.is_due(30)


def test_the_time_counts_from_a_restart():
    time = Time()
    clock = SavingClock(time)
    time.seconds += 60
    clock.restart()
    assert not clock.is_due(30)
