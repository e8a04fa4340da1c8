"""A traversal sheet: which inputs of G run along its rows and columns. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from ganstudio.experiment import LabelSpec, code_names
from ganstudio.gui.text.numbers import number
from ganstudio.gui.text.words import name_of

if TYPE_CHECKING:
    from ganstudio.experiment import CodeSpec, LatentSpec

VALUES = 10
"""Values of what is continuous, along a row or a column."""
MOST_VALUES = 20
"""Values of a categorical code that are shown: the first ones, so that a sheet stays quick to make."""
_SPREAD = {"uniform": 1.0, "normal": 2.0}  # what is traversed, in units of the reach: a normal's 95 %
_DRAWS = "other z"


@dataclass(frozen=True)
class Axis:
    """What runs along one side of the sheet.

    columns: which of G's inputs. values: (k, inputs), what they are in turn. heads: (k,) words for each.
    """

    name: str
    columns: slice
    values: npt.NDArray[np.float32]
    heads: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.values)


def axes(spec: LatentSpec, seed: int = 0) -> tuple[Axis, ...]:
    """Everything that a sheet can traverse: each code, each dimension of z, and draws of z as a whole.

    Continuous codes run over the range that the networks are trained on, normal ones and z over two standard
    deviations to each side.
    """
    named = zip(code_names(spec.codes), spec.codes, spec.code_columns, strict=True)
    codes = [_code_axis(*each) for each in named]
    line = np.linspace(-_SPREAD[spec.prior], _SPREAD[spec.prior], VALUES, dtype=np.float32)
    noise = [_line_axis(name_of(k), k, line) for k in range(spec.turned)]
    random = np.random.default_rng(seed)
    shape = (VALUES, spec.dimensions)
    draws = random.standard_normal(shape) if spec.prior == "normal" else random.uniform(-1, 1, shape)
    heads = tuple(f"z no. {k + 1}" for k in range(VALUES))
    return *codes, *noise, Axis(_DRAWS, slice(0, spec.dimensions), draws.astype(np.float32), heads)


def _code_axis(name: str, code: CodeSpec, columns: slice) -> Axis:
    if code.kind == "categorical":
        count = min(code.size, MOST_VALUES)
        heads = code.names[:count] if isinstance(code, LabelSpec) else tuple(str(value) for value in range(count))
        return Axis(name, columns, np.eye(code.size, dtype=np.float32)[:count], heads)
    reach = _SPREAD[code.prior] * code.reach
    return _line_axis(name, columns.start, np.linspace(-reach, reach, VALUES, dtype=np.float32))


def _line_axis(name: str, column: int, line: npt.NDArray[np.float32]) -> Axis:
    return Axis(name, slice(column, column + 1), line[:, None], tuple(number(value) for value in line.tolist()))


def first_choice(spec: LatentSpec) -> tuple[int, int]:
    """Rows and columns to begin with, as indices of ``axes``.

    Rows: the first categorical code; columns: the first continuous one; where there is none, other z. A sheet without
    categorical codes has two continuous ones, or two dimensions of z.
    """
    categorical = [k for k, code in enumerate(spec.codes) if code.kind == "categorical"]
    continuous = [k for k, code in enumerate(spec.codes) if code.kind == "continuous"]
    draws = len(spec.codes) + spec.turned
    noise = [*range(len(spec.codes), draws), draws]
    if categorical:
        return categorical[0], (continuous or [draws])[0]
    rest = [*continuous[1:2], *noise]
    return (rest[0], continuous[0]) if continuous else (noise[0], noise[:2][-1])


def sheet_latents(latents: npt.NDArray[np.float32], rows: Axis, columns: Axis) -> npt.NDArray[np.float32]:
    """Latents (rows * columns, width), row by row: as in ``latents`` (width,) but for what the two axes run over.

    Where both run over the same inputs, the columns decide.
    """
    sheet = np.tile(latents.astype(np.float32), (len(rows), len(columns), 1))
    sheet[:, :, rows.columns] = rows.values[:, None]
    sheet[:, :, columns.columns] = columns.values[None]
    return sheet.reshape(len(rows) * len(columns), -1)


def nearest_cell(latents: npt.NDArray[np.float32], axis: Axis) -> int | None:
    """Which of an axis' values the latents (width,) are nearest to; None for draws of z, which they need not be of."""
    if axis.name == _DRAWS:
        return None
    return int(np.square(axis.values - latents[axis.columns]).sum(1).argmin())
