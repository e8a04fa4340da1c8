"""The numbers of each step, which stay where they are computed until somebody wants them."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np
import torch

if TYPE_CHECKING:
    import numpy.typing as npt
    from torch import Tensor

    from ganstudio.scalars import Scalar


class Rows:
    """Takes the numbers of one step after another. Fetching each by itself would make a device wait every time."""

    def __init__(self, device: torch.device) -> None:
        self.silent = torch.full((), float("nan"), device=device)
        """What stands for a number that a step does not have."""
        self._numbers: dict[str, Tensor] = {}
        self._rows: list[tuple[int, float, tuple[str, ...], Tensor]] = []

    def begin(self) -> None:
        """Begin a step's row."""
        self._numbers.clear()

    def tell(self, scalar: Scalar, number: Tensor) -> None:
        """Enter a number into the step's row; of several moves of a player the last one counts."""
        self._numbers[scalar.name] = number.detach() if number.requires_grad else number

    def stacked(self, names: tuple[str, ...]) -> Tensor:
        """The row's numbers of these names."""
        return torch.stack([self._numbers.get(name, self.silent) for name in names])

    def add(self, step: int, seconds: float, names: tuple[str, ...], row: Tensor) -> None:
        """Keep a step's row."""
        self._rows.append((step, seconds, names, row))

    def drain(self, names: tuple[str, ...]) -> npt.NDArray[np.float64]:
        """All rows since the last call, (n, 2 + names): step, seconds, and the numbers of these names, NaN for none."""
        rows, self._rows = self._rows, []
        table = np.full((len(rows), 2 + len(names)), np.nan)
        for told, of_names in groupby(enumerate(rows), key=lambda row: row[1][2]):
            places, made = zip(*of_names, strict=True)
            columns = [index for index, name in enumerate(told) if name in names]
            steps, seconds, _, numbers = zip(*made, strict=True)
            part = table[places[0] : places[-1] + 1]
            part[:, 0], part[:, 1] = steps, seconds
            into = [2 + names.index(told[column]) for column in columns]
            part[:, into] = torch.stack(numbers).cpu().numpy()[:, columns]
        return table
