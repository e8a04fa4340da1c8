"""Pictures that come out of a session: what the players look like at a step, and answers to what was asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    import numpy.typing as npt

    from ganstudio.modalities import Samples


@dataclass(frozen=True, kw_only=True)
class Frame:
    """What the players look like at a step: latest wins, only the layers that are watched.

    layers: "generated" (n, 2) points; "landscape" (h, w) D(x) as probabilities, row 0 at the lowest y, over ``bounds``,
    or an autoencoder's energies, and with these "margin" (), the margin in force; for it there is no "optimal";
    "manifold" (a, a, 2) G on a grid of z (the first two dimensions, the rest 0; (a, 1, 2) when z is 1-D), and with it
    "manifold_density" (a - 1, a - 1), the prior's mass over its image's area in each cell of the grid (1-D: length);
    "arrows" (1 + k, n, 2): points that G in training makes, then for each update the step -dL/dx that they feel, in the
    objective's units per data unit: saturating, non-saturating and combined for minimax, for others their own alone;
    with minimax "vanishing" (), the ratio of the first two steps' root mean squares;
    "optimal" (h, w) D*(x) = p_data/(p_data + p_g) like "landscape", NaN where neither has mass, and with it
    "difference" (h, w) D(x) - D*(x) and "optimal_step" (), the step of both: they take longer than a frame;
    "energies_real" (n,) and "energies_fake" (n,), what D's autoencoder gives some samples of the data and some of G;
    "gallery" G of fixed latents, in people's units; "sheet" G of the watched ones; "way" as many samples in "way_0",
    "way_1" and so on as G goes through on its way to the gallery, each in units of its kind in ``Opened.way``.
    past: whether it is of a moment that was asked for with ``Revisit``: then only what G's average makes is there.
    beside: the same layers of the other moment that was asked for. visit: the last ``Revisit`` that was answered, 0:
    none. asked: somebody waits for this frame.
    """

    step: int
    layers: Mapping[str, npt.NDArray[Any]]
    bounds: tuple[float, float, float, float] | None = None
    past: bool = False
    beside: Frame | None = None
    visit: int = 0
    asked: bool = False


@dataclass(frozen=True, kw_only=True)
class Nearest:
    """The real sample to learn from that a sample of G is nearest to. different: in how many steps they differ.

    aside: in how many steps samples kept aside, which can be no copies, differ from theirs, least and median; None:
    none is kept aside.
    """

    sample: Samples
    different: int
    aside: tuple[int, int] | None


@dataclass(frozen=True, kw_only=True)
class Rendered:
    """The answer to a RenderLatent: G(z) for each latent, in order. game: that of which they are, as in ``Opened``.

    nearest: that of the first, where it was asked for and is known. nearest_later: the samples that it is looked up
    among are still read, and the same is answered again when they are. nearest_refused: why they can't be read, a
    sentence; "": they can.
    """

    request: int
    game: int = 0
    step: int
    samples: Samples
    nearest: Nearest | None = None
    nearest_later: bool = False
    nearest_refused: str = ""


@dataclass(frozen=True, kw_only=True)
class Walked:
    """The answer to a Walk: for each latent in order what every level made, coarse to fine, in people's units.

    added: what each level but the base added to the coarser image, (n, h, w, c) in model units; of pictures made of
    normals, those that a reader reads off them (n, h/2, w/2, 3), where there is one. game: as in ``Opened``.
    """

    request: int
    game: int = 0
    step: int
    steps: tuple[Samples, ...]
    added: tuple[npt.NDArray[np.float32], ...]


@dataclass(frozen=True, kw_only=True)
class Inspected:
    """The answer to an Inspect: what D's autoencoder makes of each sample, in order, and their energies (n,).

    game: as in ``Opened``.
    """

    request: int
    game: int = 0
    step: int
    samples: Samples
    reconstructions: Samples
    energies: npt.NDArray[np.float32]


@dataclass(frozen=True, kw_only=True)
class Enlarged:
    """The answer to an Enlarge: the picture enlarged in several ways, uint8 (H, W, c) of one size, by their names.

    "bicubic", "generator", "content" where the run keeps the content stage's G, and "original" where the picture was
    made smaller first. game: as in ``Opened``.
    """

    request: int
    game: int = 0
    step: int
    pictures: Mapping[str, npt.NDArray[np.uint8]]
