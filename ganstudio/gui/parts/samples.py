"""What every view is that samples are looked at in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import numpy as np
    import numpy.typing as npt
    from PySide6.QtWidgets import QMenu

    from ganstudio.experiment import Experiment, LatentSpec
    from ganstudio.modalities import Modality, Samples
    from ganstudio.training.messages import Frame, Nearest, Opened, Walked, Watch

    Offers = Callable[[QMenu, Samples, npt.NDArray[np.float32] | None], None]


class SampleView(QWidget):
    """Shows what G makes and the data next to it. What a view has no use for does nothing.

    ``watch_changed`` carries a ``Watch``: what frames shall contain from now on. ``selected`` carries the index of the
    generated sample that was chosen, whose latent is the fixed one of that index; ``picked`` latents (width,) that were
    chosen. ``examined`` carries the sample that was clicked last, as it is now, and whether it is "real" or
    "generated"; None for neither. ``pointed`` carries the index of the generated sample under the mouse, or None;
    ``grid_shown`` whether G's grid of z is shown. ``played`` carries samples (n, ...) that are to be heard together, of
    which kind they are, a tag that ``show_playing`` tells of them by, (in which place, which of them), and whether they
    go on until ``let_go``. ``renewed`` carries samples, and their kind, that take the place of those that go on;
    ``hushed`` asks for silence. ``nearest_changed`` tells that ``nearest_wanted`` is another. ``walk_wanted`` carries
    latents (n, width) whose way from the coarse to the fine is to be shown, a real image or None, and the places of the
    levels that are given what belongs to it. ``command_wanted`` carries a command for the game.
    """

    watch_changed = Signal(object)
    selected = Signal(int)
    picked = Signal(object)
    examined = Signal(object, str)
    pointed = Signal(object)
    grid_shown = Signal(bool)
    walk_wanted = Signal(object, object, object)
    command_wanted = Signal(object)
    played = Signal(object, object, object, bool)
    let_go = Signal()
    renewed = Signal(object, object)
    hushed = Signal()
    nearest_changed = Signal()

    nearest_wanted = False
    """Whether the real sample that the sliders' one is nearest to is to be told."""
    pictured = True
    """Whether each sample is shown as a picture; else all of them are points of one plot."""
    offers: Offers | None = None
    """Adds to the menu of a sample what can be done with it, and with its latents (width,) where G made it."""
    on_sliders: frozenset[str] = frozenset()
    """The places, as tags name them, where a sample that is clicked comes onto the sliders."""

    @property
    def home(self) -> QWidget | None:
        """Where the keyboard comes to first; None: the first of its stops of Tab."""
        return None

    @property
    def shown(self) -> QWidget:
        """What of it holds the samples, without the tools: on a stage nothing else is seen."""
        return self

    def open(self, opened: Opened) -> None:
        """Show the data of a freshly opened experiment and forget the last one's samples."""
        raise NotImplementedError

    def show_frame(self, frame: Frame) -> None:
        """Show what a frame brings; what it lacks stays as it is."""
        raise NotImplementedError

    def watch(self) -> Watch:
        """What frames shall contain."""
        raise NotImplementedError

    def take(self, paths: Sequence[Path]) -> bool:
        """Take what was dropped while the view is shown; False: it is for the window, as ever."""
        return False

    def follow(self, latent: LatentSpec) -> None:
        """Show the names that the codes have now."""

    def state(self) -> dict[str, Any]:
        """What the view shows of all that it can: to be kept."""
        return {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show what was kept."""

    def set_offers(self, offers: Offers) -> None:
        """Have the menus of samples offer this too."""
        self.offers = offers

    def set_pins(self, points: npt.NDArray[np.float32] | None, names: Sequence[str]) -> None:
        """Know the pins (k, width) and their names, where sheets are made between them; None: there are none."""

    def show_groups(self, letters: Sequence[str]) -> None:
        """Show as what each of the fixed samples is marked, in order; an empty text: as nothing."""

    def mirror(self, other: SampleView) -> None:
        """Show of another moment what another view shows of one."""
        if type(other) is type(self) and other.state() != self.state():
            self.restore(other.state())

    def set_latents(self, latents: npt.NDArray[np.float32]) -> None:
        """Tell where the sliders stand, [z, c] (width,)."""

    def set_like(self, index: int) -> None:
        """Let G be given the same as for this generated sample, where it is given more than latents."""

    def show_probe(self, sample: npt.NDArray[Any] | None, trace: npt.NDArray[Any] | None, name: str = "") -> None:
        """Mark the sliders' sample and the samples along the slider of this name; None: no mark."""

    def show_mark(self, sample: npt.NDArray[Any] | None) -> None:
        """Mark the sample of the z that the mouse is on in the prior; None: no mark."""

    def show_settings(self, experiment: Experiment) -> None:
        """Show what follows from settings that were changed while the game goes on."""

    def show_measured(self, figures: Mapping[str, Any]) -> None:
        """Show what was measured, figures by name, next to what it is of."""

    def show_walked(self, walked: Walked) -> None:
        """Show what each level made of the latents whose way was wanted."""

    def show_reconstruction(self, ends: npt.NDArray[Any] | None) -> None:
        """Show the way from the sample that was clicked to where D's autoencoder takes it (2, ...); None: no way."""

    def voiced(self, kind: Modality) -> Modality:
        """How the view has samples of a kind sound."""
        return kind

    def show_turned(self, sample: Samples) -> None:
        """Show what G makes of where the sliders stand."""

    def show_nearest(self, nearest: Nearest | None, refused: str = "") -> None:
        """Show the real sample that the sliders' one, which was shown just before, is nearest to; None: not yet known.

        What it is looked up among is still read then, or can't be. refused: why not, a sentence.
        """

    def show_playing(self, playing: Sequence[tuple[Any, float]]) -> None:
        """Show how far what sounds is: (tag, share from 0 to 1) each."""

    def fit(self) -> None:
        """Bring everything into view."""
