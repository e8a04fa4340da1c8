"""Moments of a training that are looked at: one in the place of now, and one next to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from ganstudio.run import RunError, moment_path, step_of_moment
from ganstudio.training.checkpoints.moments import load_moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from torch import nn

    from ganstudio.training.messages import Frame, Revisit, Watch

Network = TypeVar("Network", bound="nn.Module")


class Moment(Generic[Network]):
    """G, or the Gs of several games as one network, at a step.

    frame: what is seen of it, where that was made already, as ``watch`` says. whole: as in ``load_moment``.
    """

    def __init__(self, generator: Network, *, whole: bool) -> None:
        self.generator, self.step = generator, -1
        self._whole = whole
        self.watch: Watch | None = None
        self.frame: Frame | None = None

    def load(self, run: Path, step: int) -> None:
        """Become the moment nearest to a step. Raises RunError, and is none then."""
        while (path := moment_path(run, step)) is not None:
            if step_of_moment(path) == self.step:
                return
            self.frame, self.step = None, -1
            try:
                load_moment(path, self.generator, whole=self._whole)
            except RunError:
                if path.exists():
                    raise
                continue  # the training has thinned it out meanwhile: there is another one near
            self.step = step_of_moment(path)
            return
        raise RunError(f"{run}: keeps no moments")


class Visited(Generic[Network]):
    """Which moments are looked at.

    copy: makes a network of the kind at hand. at: the moment that is seen, None: now. beside: the one next to it, None:
    nothing is. visit: the number of the last request.
    """

    def __init__(self, copy: Callable[[], Network], *, whole: bool = True) -> None:
        self._copy, self._whole = copy, whole
        self._moments: list[Moment[Network]] = []
        self.visit = 0
        self.at: Moment[Network] | None = None
        self.beside: Moment[Network] | None = None

    def go(self, request: Revisit) -> None:
        """Look at what is asked for.

        Raises RunError where one of the moments can't be read: then now is seen, or nothing next to it.
        """
        self.visit = request.request
        self.at = self.beside = None
        while len(self._moments) < 2:
            self._moments.append(Moment(self._copy(), whole=self._whole))
        seen, beside = self._moments
        if request.beside is not None:
            beside.load(request.run, request.beside)
            self.beside = beside
        if request.step is not None:
            seen.load(request.run, request.step)
            self.at = seen
