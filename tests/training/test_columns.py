"""Arrays that grow together: what they hold, and what the views that were handed out show."""

import numpy as np
import pytest

from ganstudio.training.columns import Columns


@pytest.fixture
def columns() -> Columns:
    return Columns({"step": ((), np.float64), "table": ((2, 3), np.float32)})


def filled(columns: Columns, rows: int) -> slice:
    where = columns.grow(rows)
    columns["step"][where] = np.arange(where.start, where.stop)
    columns["table"][:, :, where] = np.arange(where.start, where.stop) * np.arange(6).reshape(2, 3, 1)
    return where


def test_they_grow_beyond_the_room_they_had(columns):
    assert (len(columns), columns.column("step").shape, columns["table"].shape) == (0, (0,), (2, 3, 0))
    for rows in (1000, 0, 24, 1, 5000):
        filled(columns, rows)
    assert len(columns) == 6025
    np.testing.assert_array_equal(columns.column("step"), np.arange(6025))
    np.testing.assert_array_equal(columns.column("table", 1, 2), 5 * np.arange(6025))


def test_a_view_stays_as_it_was_and_can_not_be_written(columns):
    filled(columns, 3)
    view = columns.column("table", 1, 0)
    assert view.flags.c_contiguous
    filled(columns, 5000)
    assert view.tolist() == [0, 3, 6]
    with pytest.raises(ValueError, match="read-only"):
        view[0] = 1
    columns.renew("table")
    columns["table"][:] = -1
    assert view.tolist() == [0, 3, 6]
    assert columns.column("step")[-1] == 5002
