"""What frames hold of a game, by the kind of its samples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from ganstudio.modalities import ByKind
from ganstudio.training.pictures.geometry import plane_bounds
from ganstudio.training.pictures.plane import PlaneLayers

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Mapping

    import numpy.typing as npt

    from ganstudio.networks import Generator as Network
    from ganstudio.networks import Inputs
    from ganstudio.training.pictures.geometry import Bounds
    from ganstudio.training.step.games import System

    Layers = dict[str, npt.NDArray[Any]]


class Scenery(Protocol):
    """Copies of what a game's frames are made of; whoever calls sees to it that nothing is updated meanwhile.

    inputs: by the layer that shows what the average of G makes of them.
    layers: what is made at one go, by the layer. studied: the layers that ``study`` makes.
    bounds: what is looked at unless somebody looks elsewhere; None where there is nothing but samples.
    of_average: those of ``layers`` that are made by the average of G alone.
    """

    bounds: Bounds | None
    of_average: frozenset[str]
    inputs: Mapping[str, Inputs]
    layers: Mapping[str, Callable[[Bounds], Layers]]
    studied: frozenset[str]

    def update(self, trainer: System) -> None:
        """Take over the trainer's weights and the settings that are in force."""
        ...

    def show(self, generator: Network | None) -> None:
        """Make ``of_average`` with this one; None: with the average as it is now."""
        ...

    def study(self, bounds: Bounds) -> Generator[None, None, Layers]:
        """What takes longer than a frame may, by slices."""
        ...


class Gallery:
    """Samples one next to another, each as a picture: a scenery for every kind of them."""

    bounds: Bounds | None = None
    studied: frozenset[str] = frozenset()
    of_average: frozenset[str] = frozenset()

    def __init__(self, trainer: System) -> None:
        self.inputs: Mapping[str, Inputs] = {"gallery": trainer.fixed_inputs}
        self.layers: Mapping[str, Callable[[Bounds], Layers]] = {}

    def update(self, trainer: System) -> None:
        """There is nothing of its own to take over."""

    def show(self, generator: Network | None) -> None:
        """Samples are made elsewhere."""

    def study(self, bounds: Bounds) -> Generator[None, None, Layers]:
        """Nothing takes long."""
        yield from ()
        return {}


class Plane(PlaneLayers):
    """Samples as points of one plot, and the players over the plane."""

    studied: frozenset[str] = frozenset({"optimal"})
    of_average: frozenset[str] = frozenset({"generated", "manifold"})

    def __init__(self, trainer: System) -> None:
        super().__init__(trainer.games[""])
        self.inputs: Mapping[str, Inputs] = {}
        self.bounds: Bounds | None = plane_bounds(trainer)

    def update(self, trainer: System) -> None:
        """Take over the weights and the settings that are in force."""
        self.follow(trainer.games[""])


SCENERIES: ByKind[Callable[[System], Scenery]] = ByKind(Gallery, points=Plane)
