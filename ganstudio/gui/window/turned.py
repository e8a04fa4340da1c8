"""What G makes of the sliders, and of a z that is pointed at: asked for in one request, and handed on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal

from ganstudio.gui.parts.pixels import pack, picture

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt
    from PySide6.QtGui import QImage

    from ganstudio.gui.game.model import Game
    from ganstudio.training.messages import Rendered


class TurnedSamples(QObject):
    """``rendered`` carries what was made of the sliders' latents, ``marked`` the sample of the z, or None.

    like: the fixed sample that both are given the same as, where G is given more than latents. nearest: whether the
    real sample nearest to the sliders' is wanted with theirs.
    """

    rendered = Signal(object)
    marked = Signal(object)

    def __init__(self, game: Game, parent: QObject, *, nearest: Callable[[], bool]) -> None:
        super().__init__(parent)
        self._game, self._nearest = game, nearest
        self.forget()
        game.rendered.connect(self._on_rendered)

    def forget(self) -> None:
        """Another game is open, of which nothing is known."""
        self._asked: npt.NDArray[np.float32] | None = None
        self._pointed: npt.NDArray[np.float32] | None = None
        self._sample: npt.NDArray[Any] | None = None
        self.like = 0

    def request(self, latents: npt.NDArray[np.float32]) -> None:
        """Ask for the samples of these latents (n, width), of which the first are the sliders'."""
        self._asked = latents
        self.ask()

    def point_at(self, z: npt.NDArray[np.float32] | None, *, shown: bool) -> None:
        """Ask for the sample of a z (d,) too, with the sliders' codes, if it is shown; None: no longer of any."""
        self._pointed = z
        if z is None:
            self.marked.emit(None)
        elif shown:
            self.ask()

    def picture(self) -> QImage | None:
        """The picture of the sliders' sample, one pixel for each of its own; None: there is none yet."""
        opened = self._game.single
        if opened is None or self._sample is None:
            return None
        return picture(pack(opened.modality.pictures(self._sample))[0]).copy()

    def ask(self) -> None:
        """Ask for both in one request, so that neither displaces the other."""
        if self._asked is not None:
            parts = [self._asked]
            if self._pointed is not None:
                parts.append(np.concatenate([self._pointed, self._asked[0, len(self._pointed) :]])[None])
            self._game.bridge.render(np.concatenate(parts), self.like, nearest=self._nearest())

    def _on_rendered(self, rendered: Rendered) -> None:
        if self._asked is None:
            return
        count, samples = len(self._asked), rendered.samples
        self._sample = samples[:1]
        if self._pointed is not None and len(samples) == count + 1:
            self.marked.emit(samples[count])
        self.rendered.emit(replace(rendered, samples=samples[:count]))
