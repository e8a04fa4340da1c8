"""Back from an exported file to the run, the step and the latents that it was made of."""

from __future__ import annotations

from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QThreadPool, Signal

from ganstudio.presets import ExperimentError, loads
from ganstudio.run import checkpoints_of, find_run, is_group, step_of_checkpoint
from ganstudio.training.messages import Start, StartGroup

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.opening.opener import Opener
    from ganstudio.gui.window.telling import Teller
    from ganstudio.origins import Origin
    from ganstudio.training.messages import Opened

    Latents = npt.NDArray[np.float32]


class Returning(QObject):
    """Takes what was dropped, where it says where it comes from.

    What a file says is compared with the runs that are here, beside the window: there may be thousands. Nothing else of
    it is followed.
    """

    _found = Signal(int, object, object)

    def __init__(self, game: Game, opener: Opener, teller: Teller) -> None:
        super().__init__(game)
        self._game, self._opener, self._teller = game, opener, teller
        self._waiting: tuple[Path, Origin, str] | None = None
        self._sought = 0
        self.looking = False
        """Whether the run of a file that was dropped is still looked for."""
        self._as_data: Callable[[], object]
        self._path: Path
        self._found.connect(self._on_found)
        for wanted in (game.asked, opener.found):
            wanted.connect(lambda _what: self.give_up())
        game.refused.connect(lambda _event: None if game.awaits else self._forget())
        game.group_opened.connect(lambda _event: self._forget())

    def furnish(self, put: Callable[[Latents], None], pin: Callable[[Latents], None]) -> None:
        """Take over the views, after they listen to the game: they begin anew with each.

        put: takes latents (width,) onto the sliders; pin: points (k, width) onto the strip.
        """
        self._put, self._pin = put, pin
        self._game.opened.connect(self._on_opened)

    def take(self, paths: Sequence[Path], as_data: Callable[[list[Path]], None]) -> bool:
        """Open where a file comes from, or offer its experiment; False: it says nothing of that.

        as_data: opens it as data after all.
        """
        from ganstudio.origins import read_origin

        origin = read_origin(paths[0]) if len(paths) == 1 else None
        if origin is None:
            return False
        self.give_up()
        self.looking = True
        self._as_data = partial(as_data, [paths[0]])
        pool = self.findChild(QThreadPool) or QThreadPool(self)
        pool.start(partial(_search, self._game.runs, origin, partial(self._found.emit, self._sought)))
        self._path = paths[0]
        return True

    def give_up(self) -> None:
        """Something else is wanted: the run that is looked for is not opened any more."""
        self._sought += 1
        self.looking = False

    def close(self) -> None:
        """Wait for what is being looked for."""
        if (pool := self.findChild(QThreadPool)) is not None:
            pool.waitForDone()

    def _on_found(self, sought: int, origin: Origin, run: Path | None) -> None:
        if sought != self._sought:
            return
        self.looking = False
        path, as_data = self._path, self._as_data
        if run is not None:
            self._open(run, path, origin)
            return
        told = f"{path.name} was made by the run {origin.run}, at step {origin.step:,}, which is not here."
        offers = {"Open Its Experiment": lambda: self._experiment(path, origin), "Take It as Data": as_data}
        self._teller.tell(told, offers=offers)

    def _open(self, run: Path, path: Path, origin: Origin) -> None:
        if is_group(run):
            self._game.start(StartGroup(resume=run, runs=self._game.runs))
            return
        at, told = _nearest(run, origin.step)
        if self._game.run == run and self._game.single is not None and self._game.step == origin.step:
            self._waiting = (run, origin, f"{path.name} was made here, at this very step.")
            self._arrive()
            return
        if at is None:
            self._teller.tell(f"{run.name} holds no checkpoint, so it can't be opened where {path.name} was made.")
            return
        self._waiting = (run, origin, f"{path.name} was made by {run.name} at step {origin.step:,}{told}.")
        self._game.start(Start(resume=run, at=at))

    def _experiment(self, path: Path, origin: Origin) -> None:
        """Make the experiment ready that the file tells of."""
        try:
            experiment = loads(origin.experiment)
        except ExperimentError as error:
            self._teller.tell(f"What {path.name} says of its experiment can't be read: {error}.", wrong=True)
            return
        if (named := getattr(experiment.dataset, "path", None)) is not None:
            # A path that a file from elsewhere names is not followed.
            self._teller.tell(
                f"It was trained on data that lie at {named} on the computer where it was made. Drop the data here, "
                "and train on them."
            )
            return
        self._opener.experiment(experiment)

    def _on_opened(self, opened: Opened) -> None:
        if self._waiting is not None and self._waiting[0] == opened.run:
            self._arrive()
        else:
            self._forget()

    def _arrive(self) -> None:
        """The run stands where it was: so do the sliders."""
        assert self._waiting is not None
        (_run, origin, told), self._waiting = self._waiting, None
        opened, latents = self._game.single, origin.latents
        if opened is not None and latents is not None and len(latents) and latents.shape[1] == opened.latent.width:
            self._put(latents[0])
            if origin.what in ("walk", "corners"):
                self._pin(latents)
        self._teller.tell(told)

    def _forget(self) -> None:
        self._waiting = None


def _search(runs: Path, origin: Origin, emit: Callable[[Origin, Path | None], object]) -> None:
    """Look for the run in a thread, and tell which it is."""
    found = find_run(runs, origin.run, origin.mark)
    with suppress(RuntimeError):  # the window was closed meanwhile
        emit(origin, found)


def _nearest(run: Path, step: int) -> tuple[int | None, str]:
    """The step of the kept checkpoint that is nearest, and what is to be said where it is another."""
    steps = [step_of_checkpoint(path) for path in checkpoints_of(run)]
    if not steps:
        return None, ""
    nearest = min(steps, key=lambda kept: (abs(kept - step), kept))
    told = "" if nearest == step else f", of which no checkpoint is kept any more; the nearest is of step {nearest:,}"
    return nearest, told
