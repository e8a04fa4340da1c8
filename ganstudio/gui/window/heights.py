"""How high the latent panel is below what G makes: as suits what stands in it, or as a person drew it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PySide6.QtWidgets import QSplitter

    from ganstudio.gui.game.model import Game
    from ganstudio.training.messages import Opened

SLIDERS_HEIGHT, PICTURE_HEIGHT, CODES_HEIGHT = 190, 320, 110
"""With sliders alone, with pictures, and what codes add to either."""
PICTURES_LEAST = 230
"""Height that what G makes keeps where there are energies below it, if the sliders can spare it."""
FEW = 4
"""Latent dimensions that are few: their sliders fit in two rows, and z = 0 is a typical z."""
_SHARE = 0.4
"""Of the whole height is the most that sliders alone take, where their words and chips need several rows."""


class LatentHeight:
    """The height of the lower of a splitter's two parts."""

    def __init__(self, splitter: QSplitter, game: Game) -> None:
        self._splitter, self._game = splitter, game
        self._drawn: dict[str, int] = {}  # by what stands in the panel
        splitter.splitterMoved.connect(lambda *_: self._drawn.update({self._stands(): splitter.sizes()[1]}))

    def open(self, opened: Opened, *, pictured: bool, between: int, wanted: int) -> None:
        """Be as high as a game's sliders want it.

        between: pixels of what stands below what G makes, if anything. wanted: in which nothing would be scrolled.
        """
        latent, whole = opened.latent, self._splitter.height()
        # Two sliders need no half of the window; a hundred, or a picture with its filmstrip, are glad of it.
        alone = not pictured and latent.dimensions <= FEW
        low = max(SLIDERS_HEIGHT, min(wanted, round(_SHARE * whole))) if alone else PICTURE_HEIGHT
        low += CODES_HEIGHT if latent.codes else 0
        if between:  # what G makes must not be the one to give way
            low = max(min(low, whole - between - PICTURES_LEAST), SLIDERS_HEIGHT)
        low = self._drawn.get(self._stands(), low)
        self._splitter.setSizes([max(whole - low, low), low])

    def _stands(self) -> str:
        """The kind of samples, and whether there are codes, of the game at hand."""
        opened = self._game.single
        return "" if opened is None else f"{opened.modality.kind}, {'codes' if opened.latent.codes else 'no codes'}"

    def state(self) -> dict[str, int]:
        """The heights that a person drew: to be kept."""
        return dict(self._drawn)

    def restore(self, state: Any) -> None:
        """Be as high as was kept, as far as it can be."""
        if isinstance(state, Mapping):
            self._drawn = {kind: low for kind, low in state.items() if isinstance(low, int) and 0 < low < 10_000}
