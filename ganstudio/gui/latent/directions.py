"""Directions of the open game's z, and the two groups of samples that one may lead between. Knows no widget."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from PySide6.QtCore import QObject, Signal

from ganstudio.directions import LONGEST_NAME, MOST, DirectionError, between_groups, fits, free_name
from ganstudio.gui.game.undo import Turn

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from ganstudio.directions import Direction
    from ganstudio.experiment import LatentSpec

    Latents = npt.NDArray[np.float32]

Group = Literal["A", "B"]
GROUPS: tuple[Group, Group] = ("A", "B")
_AS_FOUND = re.compile(r"(?:\w+ )?principal \d+")
_DIFFERENCE = "B \u2212 A"

All = tuple["Direction", ...]


class Directions(QObject):
    """``changed`` comes with others, ``grouped`` when others are marked; ``turned`` carries each step to be undone."""

    changed = Signal()
    grouped = Signal()
    turned = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.spec: LatentSpec | None = None
        self.all: All = ()
        self._groups: dict[Group, list[Latents]] = {group: [] for group in GROUPS}

    def open(self, spec: LatentSpec, kept: Sequence[Direction]) -> None:
        """Begin with another game, and the directions that its run keeps; nothing is marked."""
        self.spec = spec
        self._groups = {group: [] for group in GROUPS}
        self._set(tuple(one for one in kept if fits(spec, one)))
        self.grouped.emit()

    # --- what is done to them, each a step ---

    def take_found(self, found: Sequence[Direction]) -> int:
        """Have these in place of those that were found so before and were given no name since.

        Returns how many there was no room for.
        """
        kept = [one for one in self.all if not _AS_FOUND.fullmatch(one.name)]
        return self._add("Found Directions", kept, found)

    def take(self, others: Sequence[Direction]) -> int:
        """Add directions of another run; those of another latent space are passed over.

        Returns how many there was no room for.
        """
        assert self.spec is not None
        return self._add("Directions of a Run", self.all, [one for one in others if fits(self.spec, one)])

    def _add(self, called: str, kept: Sequence[Direction], others: Sequence[Direction]) -> int:
        taken = others[: MOST - len(kept)]
        after = (*kept, *self._named(taken, kept))
        if after != self.all:
            self._turn(called, after)
        return len(others) - len(taken)

    def add_difference(self) -> None:
        """Add the direction from the mean of A to the mean of B. Raises DirectionError."""
        assert self.spec is not None
        if len(self.all) >= MOST:
            raise DirectionError(f"There are {MOST} directions, and no more are kept: remove one first")
        none = np.empty((0, self.spec.width), np.float32)
        first, second = (np.stack(points) if (points := self.marked(group)) else none for group in GROUPS)
        made = between_groups(self.spec, first, second, free_name(_DIFFERENCE, self.all))
        self._turn("Direction B \u2212 A", (*self.all, made))

    def rename(self, place: int, name: str) -> None:
        """Call one so."""
        name, here = name.strip()[:LONGEST_NAME], self.all[place]
        if name and name != here.name:
            others = (*self.all[:place], *self.all[place + 1 :])
            named = replace(here, name=free_name(name, others))
            self._turn("Name of Direction", (*self.all[:place], named, *self.all[place + 1 :]))

    def remove(self, place: int) -> None:
        """Let one go."""
        self._turn("Removed Direction", (*self.all[:place], *self.all[place + 1 :]))

    @staticmethod
    def _named(found: Sequence[Direction], among: Sequence[Direction]) -> list[Direction]:
        named: list[Direction] = []
        for one in found:
            named.append(replace(one, name=free_name(one.name, [*among, *named])))
        return named

    # --- groups ---

    def marked(self, group: Group) -> Sequence[Latents]:
        """The points (width,) that are marked so, in order."""
        return self._groups[group]

    def mark(self, group: Group | None, latents: Latents) -> None:
        """Mark a point as one of a group, and no longer as one of the other; None: of neither."""
        for points in self._groups.values():
            points[:] = [point for point in points if not np.array_equal(point, latents)]
        if group is not None:
            self._groups[group].append(latents.astype(np.float32))
        self.grouped.emit()

    def group_of(self, latents: Latents) -> Group | None:
        """What a point is marked as."""
        return next(
            (name for name in GROUPS if any(np.array_equal(point, latents) for point in self._groups[name])), None
        )

    def unmark_all(self) -> None:
        """Forget all marks."""
        for points in self._groups.values():
            points.clear()
        self.grouped.emit()

    # --- a Turned ---

    def put(self, side: All) -> None:
        """Have these again."""
        self._set(side)

    def stands(self, side: All) -> bool:
        """Whether they are these."""
        return self.all == side

    def takes(self, side: Any) -> bool:
        """Whether they are directions of the open game's latent space."""
        spec = self.spec
        return spec is not None and all(fits(spec, one) for one in side)

    def _turn(self, called: str, after: All) -> None:
        before = self.all
        self._set(after)
        self.turned.emit(Turn(of=self, name=called, before=before, after=after))

    def _set(self, directions: All) -> None:
        self.all = directions
        self.changed.emit()
