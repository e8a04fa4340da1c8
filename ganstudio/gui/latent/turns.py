"""Steps of the latent code that can be undone: whatever moves it by hand says what that is called."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from ganstudio.experiment import code_names
from ganstudio.gui.game.undo import Turn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from ganstudio.gui.latent.state import LatentPlace, LatentState


class LatentTurns(QObject):
    """``turned`` carries each step as a ``Turn``, whose sides are ``LatentPlace``s. show: shows the state anew."""

    turned = Signal(object)

    def __init__(self, show: Callable[[], None], parent: QObject) -> None:
        super().__init__(parent)
        self._show = show
        self._state: LatentState | None = None

    def open(self, state: LatentState) -> None:
        """Be of this state from now on."""
        self._state = state

    @contextmanager
    def turning(self, called: str) -> Iterator[None]:
        """Tell what is moved in here as one step, which is ``called`` so in the menu."""
        before = None if self._state is None else self._state.place()
        yield
        if self._state is not None and before is not None and not self.stands(before):
            self.turned.emit(Turn(of=self, name=called, before=before, after=self._state.place()))

    def turning_code(self, index: int) -> AbstractContextManager[None]:
        """The same of a code or the class."""
        assert self._state is not None
        name = code_names(self._state.spec.codes)[index]
        return self.turning(name[:1].upper() + name[1:])

    # --- a Turned ---

    def put(self, place: LatentPlace) -> None:
        """Put everything back as it stood there."""
        if self._state is not None and self.takes(place):
            self._state.go_to(place)
            self._show()

    def stands(self, place: LatentPlace) -> bool:
        """Whether everything stands there now."""
        return self._state is not None and self._state.place().same(place)

    def takes(self, place: LatentPlace) -> bool:
        """Whether it is a place of the open game's latent space."""
        return self._state is not None and self._state.takes(place)
