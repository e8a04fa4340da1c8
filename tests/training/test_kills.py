"""A training that is killed is kept: a kill of each kind, without a window. ``make bench-slow NAME=kills`` does 60."""

import pytest

from tests.benchmarks import kills


@pytest.mark.slow
@pytest.mark.parametrize("kind", list(kills.KINDS))
def test_a_training_that_is_killed_is_kept_and_goes_on(kind):
    found = kills.carry_out(kills.Kill(0, kind, "", 7.0))
    assert found.told == ""
    assert found.step > 0
    assert 0 <= found.lost <= kills.MOST_LOST
