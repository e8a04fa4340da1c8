"""Figures of pictures that are made of normals: of the maps, and whether pictures are of them in whatever style.

The angle alone says little: a picture with washed-out colours can be read better than a real one. So it stands next to
how much the colours change with the style. Legend: n pictures, h and w pixels.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from ganstudio.measurements.figure import Figure
from ganstudio.measurements.images import parted
from ganstudio.measurements.normals_network import STEPS, train_estimator
from ganstudio.measurements.patches import IMAGES, patch_distance

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy.typing as npt

    from ganstudio.data import Dataset
    from ganstudio.measurements.normals_network import NormalsEstimator

    Floats = npt.NDArray[np.float32]

FLAT = 3.0
"""Degrees below which a pixel is as flat as its neighbour."""
_NAN = float("nan")


class Makers(Protocol):
    """The two generators, in model units, with other latents each time."""

    def structure(self, count: int) -> Floats:
        """So many maps of normals (n, 3, h, w)."""
        ...

    def paint(self, normals: Floats) -> Floats:
        """Pictures (n, c, h, w) of maps."""
        ...


class Sides(NamedTuple):
    """What is compared. real: pictures that were kept aside; normals: theirs. made: maps of the first G.

    painted, again: pictures of the real maps in two styles each; whole, other: of the maps that were made. twins: the
    real pictures with another look, where there are such.
    """

    real: Floats
    normals: Floats
    made: Floats
    painted: Floats
    again: Floats
    whole: Floats
    other: Floats
    twins: Floats | None


def surface_figures(
    dataset: Dataset, makers: Makers, *, twins: Dataset | None = None, seed: int = 0, steps: int = STEPS
) -> Iterator[Figure]:
    """Figures of the normals, of pictures of real ones, and of both together.

    twins: the same surfaces with another look: then it is known how much a style changes. steps: of the network that
    reads normals, a minute's work. Raises EstimationError where there are too few pictures.
    """
    trained, aside = parted(dataset, np.random.default_rng((seed, 11)))
    assert dataset.at is not None
    assert dataset.partners is not None
    at, partners = dataset.at, dataset.partners.at
    aside = aside[:IMAGES]
    normals, made = partners(aside), makers.structure(len(aside))
    sides = Sides(
        real=at(aside),
        normals=normals,
        made=made,
        painted=makers.paint(normals),
        again=makers.paint(normals),
        whole=makers.paint(made),
        other=makers.paint(made),
        twins=None if twins is None or twins.at is None else twins.at(aside),
    )
    yield from _of_normals(sides, partners(trained[: len(aside)]))
    estimator = train_estimator(
        lambda chosen: (at(trained[chosen]), partners(trained[chosen])),
        len(trained),
        dataset.shape[0],
        seed=seed,
        steps=steps,
    )
    yield from _of_pictures(sides, estimator)


def _of_normals(sides: Sides, others: Floats) -> Iterator[Figure]:
    """Of the maps alone."""
    yield Figure(
        name="normals_length",
        value=_off_length(sides.made),
        floor=_off_length(sides.normals),
        title="Length of normals, off 1",
        help="The largest difference between the length of a normal that was made and 1",
        better="low",
    )
    yield Figure(
        name="normals_swd",
        value=patch_distance(sides.made, others),
        floor=patch_distance(sides.normals, others),
        title="Patches of normals",
        help="Sliced Wasserstein distance of patches of 7 × 7 pixels of the maps, times 1,000",
        better="low",
    )
    yield Figure(
        name="normals_flat",
        value=flat_share(sides.made),
        floor=flat_share(sides.normals),
        title="Flat surfaces",
        help=f"Share of pixels whose normal is within {FLAT:g} degrees of the next one's",
        share=True,
    )


def _of_pictures(sides: Sides, estimator: NormalsEstimator) -> Iterator[Figure]:
    """Of what is read off pictures: of real maps, then of those that were made."""
    read = estimator.read
    twins = sides.twins
    real, painted = read(sides.real), read(sides.painted)
    floor = _apart(real, sides.normals)
    yield _angle("angle", "Angle of painted normals, degrees", "of real maps", painted, sides.normals, floor)
    yield Figure(
        name="hold",
        value=_apart(painted, read(sides.again)),
        floor=_NAN if twins is None else _apart(real, read(twins)),
        title="Change of normals with the style, degrees",
        help="Mean angle between the normals read off two pictures of the same surfaces in different styles",
        better="low",
    )
    yield Figure(
        name="colour",
        value=float(np.abs(sides.painted - sides.again).mean()),
        floor=_NAN if twins is None else float(np.abs(sides.real - twins).mean()),
        title="Change of colours with the style",
        help="Mean difference of two pictures of the same surfaces in different styles, of a range of 2: near 0 where "
        "all are painted alike, however well the normals can be read off them",
    )
    yield _angle(
        "chain_angle", "Angle of made normals, degrees", "that the first G made", read(sides.whole), sides.made, floor
    )
    yield Figure(
        name="chain_hold",
        value=_apart(read(sides.whole), read(sides.other)),
        floor=_NAN if twins is None else _apart(real, read(twins)),
        title="Change of made normals with the style, degrees",
        help="As above, of maps that the first G made",
        better="low",
    )


def _angle(name: str, title: str, maps: str, read: Floats, asked: Floats, floor: float) -> Figure:
    # Rolled, as a permutation may leave some where they were.
    shuffled = _apart(read, np.roll(asked, 1, axis=0))
    return Figure(
        name=name,
        value=_apart(read, asked),
        floor=floor,
        title=title,
        help=f"Mean angle between the normals {maps} and those read off pictures of them, by a network that learned it "
        f"from real pictures and whose error on such is the floor. Of other pictures' maps it is {shuffled:.0f}",
        better="low",
        controls=(("shuffled maps", shuffled),),
    )


def _apart(one: Floats, other: Floats) -> float:
    """The mean angle between two sets of maps (n, 3, h, w), degrees."""
    return float(angles(one, other).mean())


def angles(one: Floats, other: Floats) -> Floats:
    """Degrees (n, h, w) between maps of unit vectors (n, 3, h, w)."""
    # 1 + 1e-7 has no angle.
    found: Floats = np.rad2deg(np.arccos(np.clip((one * other).sum(1), -1, 1)))
    return found


def flat_share(normals: Floats) -> float:
    """Share of pixels whose normal is within ``FLAT`` degrees of that on their right."""
    return float((angles(normals[..., 1:], normals[..., :-1]) < FLAT).mean())


def _off_length(normals: Floats) -> float:
    return float(np.abs(np.sqrt(np.square(normals, dtype=np.float64).sum(1)) - 1).max())
