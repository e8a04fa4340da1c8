"""What is looked for in the latent space: directions of z, and the latents of a sample."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    from ganstudio.directions import Direction
    from ganstudio.modalities import Samples


@dataclass(frozen=True, kw_only=True)
class FindDirections:
    """Look for the principal directions of G's first features, beside the training. Newest request wins.

    like: which of the fixed samples G is given the same as, where it is given more than latents. game: as in
    ``RenderLatent``. not wanted: look no more.
    """

    request: int
    like: int = 0
    game: int | None = None
    wanted: bool = True


@dataclass(frozen=True, kw_only=True)
class FindLatents:
    """Look for the latents whose sample is nearest to this one, beside the training. Newest request wins.

    sample: one in people's units; None: look no more. starts: how many are led at once, from the best random samples;
    steps: for how long. game: as in ``RenderLatent``.
    """

    request: int
    sample: Samples | None
    starts: int = 8
    steps: int = 300
    game: int | None = None

    @property
    def wanted(self) -> bool:
        """Whether anything is to be looked for."""
        return self.sample is not None


@dataclass(frozen=True, kw_only=True)
class FoundDirections:
    """The answer to a FindDirections, of G as it was at a step.

    refused: why there are none, in words. game: as in ``Opened``.
    """

    request: int
    game: int = 0
    step: int
    directions: tuple[Direction, ...] = ()
    refused: str = ""


@dataclass(frozen=True, kw_only=True)
class FoundLatents:
    """How far a FindLatents has come, several times; the last time ``done`` is ``steps``.

    latents: (width,) the best so far, of G as it was at ``step``. distance: the root mean square of the differences of
    their sample from the one looked for, in model units, which go from -1 to 1; of_random: the smallest among 10,000
    random samples. refused: why it can't be looked for, in words. game: as in ``Opened``.
    """

    request: int
    game: int = 0
    step: int
    done: int = 0
    steps: int = 0
    latents: npt.NDArray[np.float32] | None = None
    distance: float = 0.0
    of_random: float = 0.0
    refused: str = ""

    @property
    def ended(self) -> bool:
        """Whether nothing more comes of it."""
        return bool(self.refused) or self.done >= self.steps
