"""What most games share: G is judged alone, and D's gradient is free."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.experiment import Spec
    from ganstudio.objectives import Judge


class Unpenalised:
    """A game without pairing and without a penalty."""

    pairs = False
    penalises = False

    def __init__(self, spec: Spec) -> None:
        pass

    def penalty(self, judge: Judge, x: Tensor, g: Tensor, real: Tensor, fake: Tensor) -> Tensor:
        """Never asked for."""
        raise AssertionError("this objective has no penalty")
