"""Matching one to one, for the most that can be won (Kuhn 1955). numpy only: scipy would be loaded for this alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    import numpy.typing as npt


def best_matching(gains: npt.NDArray[np.floating] | npt.NDArray[np.integer]) -> dict[int, int]:
    """Row to column so that the sum of gains (r, c) is largest; min(r, c) of them, all different."""
    rows, columns = gains.shape
    if rows > columns:
        return {row: column for column, row in best_matching(gains.T).items()}
    costs = -gains.astype(np.float64)
    # Potentials of rows and columns; row_of[c] is the row that column c is given to. Number 0 stands for none.
    row_potential, column_potential = np.zeros(rows + 1), np.zeros(columns + 1)
    row_of = np.zeros(columns + 1, np.int64)
    for row in range(1, rows + 1):
        row_of[0], column = row, 0
        slack, before = np.full(columns + 1, np.inf), np.zeros(columns + 1, np.int64)
        done = np.zeros(columns + 1, bool)
        while row_of[column]:
            # Shortest augmenting path: grow the tree by the column of least reduced cost.
            done[column] = True
            here = row_of[column]
            reduced = costs[here - 1] - row_potential[here] - column_potential[1:]
            better = ~done[1:] & (reduced < slack[1:])
            slack[1:][better], before[1:][better] = reduced[better], column
            following = int(np.where(done, np.inf, slack).argmin())
            step = slack[following]
            row_potential[row_of[done]] += step
            column_potential[done] -= step
            slack[~done] -= step
            column = following
        while column:
            row_of[column] = row_of[before[column]]
            column = int(before[column])
    return {int(row_of[column]) - 1: column - 1 for column in range(1, columns + 1) if row_of[column]}
