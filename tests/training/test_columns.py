"""Arrays that grow together: what they hold, and what the views that were handed out show."""

import numpy as np
import pytest

from ganstudio.training.records.columns import Columns
from ganstudio.training.records.stretches import StretchedColumns


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


def test_rows_that_are_kept_alone_leave_earlier_views_as_they_were(columns):
    filled(columns, 10)
    view = columns.column("step")
    columns.keep(np.array([0, 2, 9]))
    assert columns.column("step").tolist() == [0, 2, 9]
    filled(columns, 2)
    assert len(columns) == 5
    assert view.tolist() == list(range(10))


def test_very_wide_rows_are_bounded_after_millions_of_steps():
    """Of 64 games with 1.6 kB a step; a stretch may then be longer than a chunk."""
    table = StretchedColumns({"step": ((), np.float64), "wide": ((420,), np.float32)}, placed=("step",))
    assert table.chunk == 2048
    table.chunk, steps = 16, 0  # the same in short
    for _ in range(400):
        where = table.grow(min(table.room, 16))
        table["step"][where] = np.arange(steps, steps + where.stop - where.start)
        table["wide"][:, where] = table["step"][where]
        steps += where.stop - where.start
        if table.is_long:
            if table.is_full:
                table.lengthen()
            table.thin()
    assert steps > 5_000
    assert table.stretch > table.chunk
    assert len(table) <= 4 * table.chunk
    first, last = table.column("step")[:2]
    assert (table.column("wide", 0)[:2] == [first, last]).all()
    assert np.all(np.diff(table.column("step")) >= 0)
