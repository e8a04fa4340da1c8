"""Real samples as a game draws them: with what G is given to make one like them, and with their classes."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, cast

import numpy as np
import numpy.typing as npt

from ganstudio.data.dataset import Dataset
from ganstudio.data.errors import DatasetError
from ganstudio.data.images.halving import halved, halved_side
from ganstudio.experiment import LevelSpec, LowResolutionSpec, NormalsSpec, NothingSpec, Spec
from ganstudio.modalities import Images, Normals

if TYPE_CHECKING:
    from collections.abc import Callable

    from ganstudio.modalities import Modality

Floats = npt.NDArray[np.float32]

_SHARPNESS = -0.5  # of the cubic kernel, as image programs have it (Keys 1981)
_GREY_LEVELS = 127.5  # in one model unit


class Drawn(NamedTuple):
    """Real samples x (n, *shape), what G is given to make one like each, and their classes (n,), where there are any.

    In model units.
    """

    x: Floats
    given: Floats | None
    labels: npt.NDArray[np.int64] | None


class Sampler(Protocol):
    """Draws real samples of one dataset. modality: the kind of what is given with a sample; None: nothing is."""

    @property
    def modality(self) -> Modality | None:
        """What is given with a sample is a sample itself, of a kind of its own."""
        ...

    @property
    def shape(self) -> tuple[int, ...] | None:
        """Of what is given with a sample, in model units; None: nothing is."""
        return None if self.modality is None else self.modality.shape

    @property
    def parts(self) -> tuple[int, int] | None:
        """Sides (h, w) of the parts of images that are learnt from; None: whole samples are."""
        return None

    def draw(self, count: int, random: np.random.Generator, *, labelled: bool = False) -> Drawn:
        """Draw samples, from the same random numbers as ``Dataset.draw``; labelled: with their classes."""
        ...

    def draw_parts(self, count: int, random: np.random.Generator, *, labelled: bool = False) -> Drawn:
        """Draw what players learn from: samples, or ``parts`` of them."""
        return self.draw(count, random, labelled=labelled)


class Alone(Sampler):
    """Samples with nothing that G would be given."""

    modality = None

    def __init__(self, spec: NothingSpec, dataset: Dataset) -> None:
        self._dataset = dataset

    def draw(self, count: int, random: np.random.Generator, *, labelled: bool = False) -> Drawn:
        """Draw samples."""
        return _drawn(self._dataset, count, random, labelled=labelled)


class LowResolution(Sampler):
    """Images, and smaller copies of them.

    Raises DatasetError where the data are no images, or the factor does not divide their sides or those of the parts.
    """

    def __init__(self, spec: LowResolutionSpec, dataset: Dataset) -> None:
        _check_images(dataset, spec.kind)
        channels, height, width = dataset.shape
        if height % spec.factor or width % spec.factor:
            right = [str(one) for one in range(2, min(height, width) + 1) if height % one == 0 == width % one]
            raise DatasetError(
                f"given.factor: {spec.factor} does not divide the sides of images of {width} × {height} pixels: "
                f"choose {_either(right)}"
            )
        if spec.crop % spec.factor:
            raise DatasetError(
                f"given.crop: found {spec.crop}, which given.factor, {spec.factor}, does not divide: choose "
                f"{max(1, round(spec.crop / spec.factor)) * spec.factor}, or 0 for whole images"
            )
        self._modality = Images((channels, height // spec.factor, width // spec.factor))
        self._dataset, self._noise = dataset, np.float32(spec.noise / _GREY_LEVELS)
        self._factor = spec.factor
        self._parts = (min(height, spec.crop or height), min(width, spec.crop or width))

    @property
    def modality(self) -> Images:
        """Small images."""
        return self._modality

    @property
    def parts(self) -> tuple[int, int] | None:
        """Those of ``crop``; None: no image is larger."""
        return None if self._parts == self._dataset.shape[1:] else self._parts

    def draw(self, count: int, random: np.random.Generator, *, labelled: bool = False) -> Drawn:
        """Draw images, and then the noise on their copies."""
        return self._with_small(_drawn(self._dataset, count, random, labelled=labelled), random)

    def draw_parts(self, count: int, random: np.random.Generator, *, labelled: bool = False) -> Drawn:
        """Draw images, where each part lies, and the noise on the parts' copies."""
        drawn = _drawn(self._dataset, count, random, labelled=labelled)
        if self.parts is not None:
            drawn = drawn._replace(x=_cut(drawn.x, self._parts, random))
        return self._with_small(drawn, random)

    def _with_small(self, drawn: Drawn, random: np.random.Generator) -> Drawn:
        return drawn._replace(given=self.small(drawn.x, random))

    def small(self, images: Floats, random: np.random.Generator) -> Floats:
        """Smaller copies of images (n, c, h, w) as G is given them, with the noise."""
        small = self.shrunk(images)
        if self._noise:
            small += self._noise * random.standard_normal(small.shape, np.float32)
        return small

    def shrunk(self, images: Floats) -> Floats:
        """Smaller copies (n, c, h / factor, w / factor) of images (n, c, h, w), without noise."""
        rows, columns = (shrinking(side, self._factor) for side in images.shape[2:])
        return cast("Floats", rows @ images @ columns.T)


class Level(Sampler):
    """Images, and the same of half the sides. Raises DatasetError where the data are no images."""

    def __init__(self, spec: LevelSpec, dataset: Dataset) -> None:
        _check_images(dataset, "level")
        channels, height, width = dataset.shape
        self._modality = Images((channels, halved_side(height), halved_side(width)))
        self._dataset = dataset

    @property
    def modality(self) -> Images:
        """Images of half the sides, rounded up."""
        return self._modality

    def draw(self, count: int, random: np.random.Generator, *, labelled: bool = False) -> Drawn:
        """Draw images, and halve them."""
        drawn = _drawn(self._dataset, count, random, labelled=labelled)
        return drawn._replace(given=halved(drawn.x))


class Surfaces(Sampler):
    """Pictures, and the normals of the surfaces in them. Raises DatasetError where the data don't have any."""

    def __init__(self, spec: NormalsSpec, dataset: Dataset) -> None:
        if dataset.partners is None or not isinstance(dataset.partners.modality, Normals):
            raise DatasetError(
                f'given.kind: found "normals", but "{dataset.name}" holds {dataset.modality.words.many} alone: to '
                "learn how surfaces are painted, each picture needs the map of its normals. Estimating it from the "
                "picture takes a model that is not here. Bring pairs: a folder of pictures and one of normal maps, or "
                "of depth maps, with files of equal names, or images whose right half is the map; or take the drawn "
                "scenes"
            )
        self._dataset, self._modality = dataset, dataset.partners.modality

    @property
    def modality(self) -> Normals:
        """Maps of normals."""
        return self._modality

    def draw(self, count: int, random: np.random.Generator, *, labelled: bool = False) -> Drawn:
        """Draw pictures, and the normals of each."""
        if labelled and self._dataset.has_classes:
            same = deepcopy(random)
            _, labels = self._dataset.draw_labelled(count, random)
            return Drawn(*self._dataset.draw_paired(count, same), labels)
        return Drawn(*self._dataset.draw_paired(count, random), None)


GIVENS: dict[type[Spec], Callable[[Any, Dataset], Sampler]] = {
    NothingSpec: Alone,
    LowResolutionSpec: LowResolution,
    LevelSpec: Level,
    NormalsSpec: Surfaces,
}


def build_sampler(spec: Spec, dataset: Dataset) -> Sampler:
    """What draws samples with what G is given. Raises DatasetError where the data can't give it."""
    return GIVENS[type(spec)](spec, dataset)


def given_alone(dataset: Dataset, sampler: Sampler) -> Dataset:
    """What is given with the samples of a dataset, as a dataset of its own."""
    assert sampler.modality is not None

    def draw(count: int, random: np.random.Generator) -> Floats:
        given = sampler.draw(count, random).given
        assert given is not None
        return given

    alone = Dataset(name=f"{dataset.name}, what is given", modality=sampler.modality, draw=draw, count=dataset.count)
    if dataset.partners is None or sampler.modality is not dataset.partners.modality:
        return alone
    listed = {name: getattr(dataset, name) for name in ("held_out", "labels", "classes", "factors")}
    return replace(alone, at=dataset.partners.at, **listed)


def coarser(dataset: Dataset, halvings: int) -> Dataset:
    """The images of a dataset halved so many times, as a dataset of their own."""
    if not halvings:
        return dataset
    channels, height, width = dataset.shape
    for _ in range(halvings):
        height, width = halved_side(height), halved_side(width)
    at = dataset.at
    return replace(
        dataset,
        name=f"{dataset.name} at {width} × {height}",
        modality=Images((channels, height, width)),
        draw=lambda count, random: halved(dataset.draw(count, random), halvings),
        at=None if at is None else lambda indices: halved(at(indices), halvings),
        feed=None,
        partners=None,
    )


def _check_images(dataset: Dataset, kind: str) -> None:
    if not isinstance(dataset.modality, Images):
        raise DatasetError(
            f'given.kind: found "{kind}", but "{dataset.name}" holds no images that could be made smaller: '
            'set it to "nothing"'
        )


@lru_cache(maxsize=64)
def shrinking(side: int, factor: int) -> Floats:
    """The matrix (side / factor, side) that makes lines of pixels shorter by cubic interpolation; not to be changed.

    With the kernel as much wider as the line gets shorter, as otherwise fine stripes would pass and come out coarse.
    """
    centres = (np.arange(side // factor) + 0.5) * factor
    away = np.abs(np.arange(side) + 0.5 - centres[:, None]) / factor
    near = ((_SHARPNESS + 2) * away - (_SHARPNESS + 3)) * away**2 + 1
    far = _SHARPNESS * (((away - 5) * away + 8) * away - 4)
    weights = np.where(away < 1, near, np.where(away < 2, far, 0.0))
    return cast("Floats", (weights / weights.sum(1, keepdims=True)).astype(np.float32))


def _cut(images: Floats, sides: tuple[int, int], random: np.random.Generator) -> Floats:
    """A part of each image (n, c, h, w), anywhere in it."""
    room = [whole - side for whole, side in zip(images.shape[2:], sides, strict=True)]
    tops, lefts = (random.integers(0, most + 1, len(images)) for most in room)
    places = zip(images, tops.tolist(), lefts.tolist(), strict=True)
    return np.stack([one[:, top : top + sides[0], left : left + sides[1]] for one, top, left in places])


def _drawn(dataset: Dataset, count: int, random: np.random.Generator, *, labelled: bool) -> Drawn:
    if labelled:
        x, labels = dataset.draw_labelled(count, random)
        return Drawn(x, None, labels)
    return Drawn(dataset.draw(count, random), None, None)


def _either(choices: list[str]) -> str:
    *others, last = choices or ["other images"]
    return f"{', '.join(others)} or {last}" if others else last
