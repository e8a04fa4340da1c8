"""Directions of z in the window: found by the training's process, kept with the run, taken over from other runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from ganstudio.directions import MOST, DirectionError, fits
from ganstudio.gui.latent.directions import GROUPS
from ganstudio.gui.text.words import ENDED
from ganstudio.run import RunError, directions_of, keep_directions, reason, run_folders

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from PySide6.QtWidgets import QMenu

    from ganstudio.directions import Direction
    from ganstudio.gui.game.model import Game
    from ganstudio.gui.window.scene import Scene
    from ganstudio.gui.window.telling import Teller
    from ganstudio.training.messages import FoundDirections, Opened

_MOST_RUNS = 20


class Directing(QObject):
    """Brings the panel of directions together with the game and its run; made once the scene listens to the game."""

    def __init__(self, scene: Scene, game: Game, teller: Teller) -> None:
        super().__init__(scene)
        self._scene, self._game, self._teller = scene, game, teller
        self._along = scene.latent.along
        self._directions = scene.latent.directions
        self._opening = False
        self._asked = 0
        controls = self._along.controls
        controls.find_wanted.connect(self.find)
        controls.find_ended.connect(self.cancel)
        controls.difference_wanted.connect(self.add_difference)
        controls.others_wanted.connect(self._offer_others)
        self._directions.changed.connect(self._keep)
        self._directions.grouped.connect(self._show_groups)
        game.opened.connect(self._on_opened)
        game.run_created.connect(lambda _event: self._keep())
        game.found_directions.connect(self._on_found)
        game.failed.connect(lambda _event: self._give_up())

    def find(self) -> None:
        """Have principal directions found of G as it is shown."""
        if self._game.way_back is not None:
            self._teller.tell(f"{ENDED}.", wrong=True)
        elif self._game.single is not None:
            self._along.controls.show_finding(True)
            self._asked = self._game.bridge.find_directions(self._scene.turned.like)

    def cancel(self) -> None:
        """Look for directions no more; those that there are stay."""
        self._give_up()
        self._game.bridge.find_directions(wanted=False)

    def _give_up(self) -> None:
        self._asked = 0
        self._along.controls.show_finding(False)

    def add_difference(self) -> None:
        """Add the direction from the samples marked A to those marked B, or say why there is none."""
        try:
            self._directions.add_difference()
        except DirectionError as error:
            self._teller.tell(f"{error}.", wrong=True)

    def offer(self, menu: QMenu, latents: npt.NDArray[np.float32]) -> None:
        """Have a menu mark the sample of latents as one of a group, or no longer."""
        now = self._directions.group_of(latents)
        for group in GROUPS:
            entry = menu.addAction(f"Unmark as {group}" if now == group else f"Mark as {group}")
            entry.setToolTip("A direction leads from the mean of all marked A to the mean of all marked B")
            mark = None if now == group else group
            entry.triggered.connect(lambda _checked=False, mark=mark: self._directions.mark(mark, latents))

    def _show_groups(self) -> None:
        opened = self._game.single
        if opened is not None:
            self._scene.samples.show_groups([self._directions.group_of(row) or "" for row in opened.latents])

    def others(self) -> dict[Path, tuple[Direction, ...]]:
        """The newest other runs that keep directions of such a z."""
        spec = self._directions.spec
        found: dict[Path, tuple[Direction, ...]] = {}
        for run in run_folders(self._game.runs):
            if spec is None or len(found) >= _MOST_RUNS:
                break
            if run != self._game.run and (fitting := tuple(one for one in _of(run) if fits(spec, one))):
                found[run] = fitting
        return found

    def _offer_others(self) -> None:
        controls, others = self._along.controls, self.others()
        menu = controls.ask_which({run.name: ", ".join(one.name for one in found) for run, found in others.items()})
        for entry, found in zip(menu.actions(), others.values(), strict=False):
            entry.triggered.connect(lambda _checked=False, found=found: self.take(found))
        button = controls.others
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(button.mapToGlobal(button.rect().bottomLeft()))

    def take(self, found: Sequence[Direction]) -> None:
        """Take over directions of another run."""
        self._tell_left_out(self._directions.take(found))

    def _tell_left_out(self, count: int) -> None:
        if count:
            some = "One direction is" if count == 1 else f"{count} directions are"
            told = f"{some} left out: a run keeps {MOST} at most. Remove some first, then ask again."
            self._teller.tell(told, wrong=True)

    def _on_opened(self, opened: Opened) -> None:
        self._along.controls.show_finding(False)
        kept: Sequence[Direction] = ()
        if opened.run is not None:
            try:
                kept = directions_of(opened.run)
            except RunError as error:
                self._teller.tell(f"The directions of this run can't be read. {error}.", wrong=True)
        self._opening = True
        self._directions.open(opened.latent, kept)
        self._opening = False

    def _on_found(self, found: FoundDirections) -> None:
        if found.request != self._asked:
            return
        self._along.controls.show_finding(False)
        if found.refused:
            self._teller.tell(found.refused, wrong=True)
        else:
            self._tell_left_out(self._directions.take_found(found.directions))

    def _keep(self) -> None:
        """Have the run keep them, once there is one."""
        run = self._game.run
        if run is None or self._opening or self._game.single is None:
            return
        try:
            keep_directions(run, self._directions.all)
        except OSError as error:
            self._teller.tell(f"The directions are not kept with the run: {reason(error)}.", wrong=True)


def _of(run: Path) -> tuple[Direction, ...]:
    """Those of a run that is only looked at: what can't be read is passed over."""
    try:
        return directions_of(run)
    except RunError:
        return ()
