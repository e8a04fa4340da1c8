"""Generators as one, from the coarse to the fine: each makes its image of what the one before has made."""

from __future__ import annotations

from itertools import accumulate, pairwise
from typing import TYPE_CHECKING

from torch import nn

from ganstudio.networks.generator import Generator, Inputs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from torch import Tensor

    from ganstudio.modalities import Modality


class Cascade(Generator):
    """The latents of all parts, one after another, to the last one's samples.

    parts: by name, coarse to fine. widths: how many latents each has; kinds: what each makes. Nothing is cut off
    between two of them: what one makes beyond the range of images the next one is given as well.
    """

    def __init__(self, parts: Mapping[str, Generator], widths: Sequence[int], kinds: Sequence[Modality]) -> None:
        super().__init__()
        self._kinds = tuple(kinds)
        self.parts = nn.ModuleList(parts.values())
        ends = accumulate(widths, initial=0)
        self.columns = {name: slice(*both) for name, both in zip(parts, pairwise(ends), strict=True)}
        self.differentiable = all(part.differentiable for part in parts.values())

    def forward(self, inputs: Inputs) -> Tensor:
        """Generate the finest samples (n, *shape), in model units."""
        return self.way(inputs)[-1]

    def way(self, inputs: Inputs) -> tuple[Tensor, ...]:
        """What each part makes, coarse to fine."""
        return self.way_from(inputs.latents, {})

    def way_kinds(self, kind: Modality) -> tuple[Modality, ...]:
        """What all parts but the last make."""
        return self._kinds[:-1]

    def way_from(self, latents: Tensor, real: Mapping[int, Tensor]) -> tuple[Tensor, ...]:
        """The same, where some parts are given other images than those that the part before has made.

        real: by a part's place, counted from the coarsest, what it is given instead.
        """
        made: list[Tensor] = []
        for place, (part, columns) in enumerate(zip(self.parts, self.columns.values(), strict=True)):
            given = real.get(place, made[-1] if made else None)
            made.append(part(Inputs(latents[:, columns], given)))
        return tuple(made)
