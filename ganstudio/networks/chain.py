"""Two generators as one: the first makes what the second is given."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ganstudio.networks.generator import Generator, Inputs

if TYPE_CHECKING:
    from torch import Tensor

    from ganstudio.modalities import Modality

FIRST, SECOND = "first", "second"


class ChainedGenerator(Generator):
    """The latents of the first, and behind them those of the second, to the second's samples."""

    def __init__(self, first: Generator, second: Generator, dimensions: int, width: int, between: Modality) -> None:
        """Chain two generators. dimensions: of the first's latents; width: of both; between: what the first makes."""
        super().__init__()
        self.first, self.second, self._between = first, second, between
        self.columns = {FIRST: slice(0, dimensions), SECOND: slice(dimensions, width)}
        self.differentiable = first.differentiable and second.differentiable

    def forward(self, inputs: Inputs) -> Tensor:
        """Generate the second's samples (n, *shape), in model units."""
        return self.second(self._of_second(inputs, self.first(self._of_first(inputs))))

    def way(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What the first makes, and what the second makes of it."""
        before = self.first.way(self._of_first(inputs))
        return (*before, *self.second.way(self._of_second(inputs, before[-1])))

    def way_from(self, latents: Tensor, given: Tensor | None = None) -> tuple[Tensor, Tensor]:
        """What the first makes, or what is given in its place, and what the second makes of it."""
        inputs = Inputs(latents)
        between = self.first(self._of_first(inputs)) if given is None else given
        return between, self.second(self._of_second(inputs, between))

    def way_kinds(self, kind: Modality) -> tuple[Modality, ...]:
        """What the first goes through and makes, and what the second goes through."""
        return (*self.first.way_kinds(self._between), self._between, *self.second.way_kinds(kind))

    def _of_first(self, inputs: Inputs) -> Inputs:
        return Inputs(inputs.latents[:, self.columns[FIRST]])

    def _of_second(self, inputs: Inputs, given: Tensor) -> Inputs:
        return Inputs(inputs.latents[:, self.columns[SECOND]], given)
