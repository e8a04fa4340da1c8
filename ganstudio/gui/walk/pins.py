"""Points of the latent space that are kept in order, and the walk over them. Knows no widget."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from ganstudio import walks
from ganstudio.gui.game.undo import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt
    from PySide6.QtGui import QImage

    from ganstudio.experiment import LatentSpec

    Latents = npt.NDArray[np.float32]

MOST = 200


@dataclass(frozen=True, eq=False)
class Pin:
    """A point (d,) with its name and the picture that G made of it then; None: not seen yet."""

    latents: Latents
    name: str = ""
    picture: QImage | None = None


Order = tuple[Pin, ...]


class Pins(QObject):
    """The pins of the open game, in order. ``changed`` comes with others; ``turned`` carries each step to be undone."""

    changed = Signal()
    turned = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.spec: LatentSpec | None = None
        self.all: Order = ()
        self.loop = self.ease = True
        self.seconds = 2.0
        self._seed = 0

    def open(self, spec: LatentSpec) -> None:
        """Begin with another game: pins of another latent space are put away."""
        fits = self.spec is not None and (spec.width, spec.dimensions, spec.prior) == (
            self.spec.width,
            self.spec.dimensions,
            self.spec.prior,
        )
        self.spec = spec
        if not fits:
            self._set(())

    @property
    def points(self) -> Latents | None:
        """All of them (k, d); None: there are none."""
        return np.stack([pin.latents for pin in self.all]) if self.all else None

    @property
    def walk(self) -> walks.Walk | None:
        """The way over all of them; None: there are fewer than two."""
        points = self.points
        if points is None or len(points) < 2 or self.spec is None:
            return None
        return walks.Walk(spec=self.spec, pins=points, loop=self.loop, ease=self.ease, seconds=self.seconds)

    # --- what is done to them, each a step ---

    def add(self, latents: Latents, picture: QImage | None = None, name: str = "", called: str = "Pin") -> None:
        """Keep a point behind the others."""
        if self.spec is not None and latents.size == self.spec.width and len(self.all) < MOST:
            self._turn(called, (*self.all, Pin(latents.astype(np.float32), name or self._free_name(), picture)))

    def take(self, points: Latents) -> None:
        """Have these points (k, d) in place of all."""
        pins = tuple(Pin(point, str(place + 1)) for place, point in enumerate(points[:MOST]))
        self._turn("Pins of a File", pins)

    def remove(self, places: Sequence[int]) -> None:
        """Let some go."""
        gone = set(places)
        self._turn("Removed Pin", tuple(pin for place, pin in enumerate(self.all) if place not in gone))

    def rename(self, place: int, name: str) -> None:
        """Call one so."""
        name = name.strip()[:40]
        if name and name != self.all[place].name:
            renamed = replace(self.all[place], name=name)
            self._turn("Name of Pin", (*self.all[:place], renamed, *self.all[place + 1 :]))

    def order(self, places: Sequence[int]) -> None:
        """Put them into another order: the place that each had."""
        if list(places) != list(range(len(self.all))):
            self._turn("Order of Pins", tuple(self.all[place] for place in places))

    def calculate(self, plus: int, minus: int, base: int) -> None:
        """Add the point that is one pin less another and a third: A - B + C."""
        assert self.spec is not None
        a, b, c = (self.all[place] for place in (plus, minus, base))
        made = walks.calculated(self.spec, a.latents, b.latents, c.latents)
        self.add(made, name=f"{a.name} \u2212 {b.name} + {c.name}"[:40], called="Arithmetic of Pins")

    def wander(self, count: int = 4) -> None:
        """Add points that are drawn from the prior: with them a walk is a random one."""
        assert self.spec is not None
        start = self._seed
        self._seed += count
        drawn = [Pin(walks.drawn(self.spec, seed), f"seed {seed}") for seed in range(start, self._seed)]
        self._turn("Random Pins", (*self.all, *drawn)[:MOST])

    def _free_name(self) -> str:
        taken = {pin.name for pin in self.all}
        return next(str(number) for number in range(1, MOST + 2) if str(number) not in taken)

    def _turn(self, called: str, after: Order) -> None:
        before = self.all
        self._set(after)
        self.turned.emit(Turn(of=self, name=called, before=before, after=after))

    def _set(self, pins: Order) -> None:
        self.all = pins
        self.changed.emit()

    # --- a Turned ---

    def put(self, side: Order) -> None:
        """Have these again."""
        self._set(side)

    def stands(self, side: Order) -> bool:
        """Whether they are these."""
        return self.all == side

    def takes(self, side: Any) -> bool:
        """Whether they are points of the open game's latent space."""
        spec = self.spec
        return spec is not None and all(pin.latents.size == spec.width for pin in side)
