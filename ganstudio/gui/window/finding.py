"""From a sample back to its latents: asked for in the window, looked for by the training's process, told and undone."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QStandardPaths, QThreadPool, Signal
from PySide6.QtWidgets import QFileDialog

from ganstudio.gui.parts.pixels import pack
from ganstudio.gui.parts.saving import usual_folder
from ganstudio.gui.text.words import ENDED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import numpy.typing as npt
    from PySide6.QtGui import QAction
    from PySide6.QtWidgets import QMenu, QWidget

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.window.directing import Directing
    from ganstudio.gui.window.scene import Scene
    from ganstudio.gui.window.telling import Teller
    from ganstudio.modalities import Modality, Samples
    from ganstudio.training.messages import FoundLatents

_BEGINS = "Looking for "
_OFFER = "&Find It in the Latent Space"
_TIP = "Look for the latents whose sample is nearest to this one, beside the training"


class Finding(QObject):
    """One search at a time. What is found comes onto the sliders as a step that can be undone."""

    _read = Signal(object, str, object)

    def __init__(self, window: QWidget, scene: Scene, game: Game, teller: Teller, directing: Directing) -> None:
        super().__init__(scene)
        self._window, self._scene, self._game, self._teller, self._directing = window, scene, game, teller, directing
        self._sample: Samples | None = None
        self._name = ""
        self._asked = 0
        self._found: npt.NDArray[np.float32] | None = None
        self._target = scene.latent.head.target
        self._target.back_wanted.connect(self._put)
        self._target.again_wanted.connect(self._again)
        self._target.gone.clicked.connect(self.cancel)
        self._read.connect(self._on_read)
        scene.meet(lambda view: view.set_offers(self._offer))
        game.found_latents.connect(self._on_found)
        game.opened.connect(lambda _opened: self._forget())
        game.group_opened.connect(lambda _opened: self._forget())
        game.failed.connect(lambda _event: self._forget() if self._asked else None)  # which has no answer any more

    def furnish(self, action: QAction) -> None:
        """Let an action ask for a picture or a sound."""
        action.triggered.connect(lambda _checked=False: self.ask())

    def ask(self) -> None:
        """Let the user choose the file that is looked for."""
        near = usual_folder(QStandardPaths.StandardLocation.PicturesLocation)
        chosen, _ = QFileDialog.getOpenFileName(self._window, "Find a Picture or Sound in the Latent Space", str(near))
        if chosen:
            self.take([Path(chosen)])

    def take(self, paths: Sequence[Path]) -> None:
        """Look for the picture or sound in a file, which is read beside the window."""
        opened = self._game.single
        if opened is None:
            self._teller.tell("Open a single game first, in whose latent space a sample can be looked for.", wrong=True)
        elif len(paths) != 1 or paths[0].is_dir():
            self._teller.tell("One sample at a time is looked for in the latent space: drop a single file.", wrong=True)
        else:
            pool = self.findChild(QThreadPool) or QThreadPool(self)
            pool.start(partial(_read, paths[0], opened.modality, self._read.emit))

    def find(self, sample: Samples, name: str) -> None:
        """Look for the latents of a sample (...) in people's units, which is called so."""
        opened = self._game.single
        if opened is None:
            return
        if self._game.way_back is not None:
            self._teller.tell(f"{ENDED}.", wrong=True)
            return
        self._sample, self._name, self._found = sample, name, None
        pictured = self._scene.samples.pictured
        packed = pack(opened.modality.pictures(sample[None]))[0] if pictured else None
        self._target.show_sought(packed, f"{_BEGINS}{name}…")
        self._asked = self._game.bridge.find_latents(sample)
        self._teller.tell(f"{_BEGINS}{name} in the latent space…", offers={"Cancel": self.cancel})

    def cancel(self) -> None:
        """Look no more; what was found stays on the sliders."""
        if self._asked:
            self._game.bridge.find_latents(None)
        self._teller.retell(_BEGINS, "It is looked for no more.")
        self._forget()

    def close(self) -> None:
        """Wait for what is being read."""
        if (pool := self.findChild(QThreadPool)) is not None:
            pool.waitForDone()

    def _offer(self, menu: QMenu, sample: Samples, latents: npt.NDArray[np.float32] | None) -> None:
        """What the menu of a sample has besides."""
        menu.addSeparator()
        name = "a real sample" if latents is None else "a sample of G"
        entry = menu.addAction(_OFFER)
        entry.setToolTip(_TIP)
        entry.triggered.connect(lambda _checked=False: self.find(sample, name))
        opened = self._game.single
        if latents is not None and opened is not None and opened.latent.turned:
            self._directing.offer(menu, latents)

    def _on_read(self, sample: Samples | None, told: str, modality: Modality) -> None:
        opened = self._game.single
        if sample is None:
            self._teller.tell(told, wrong=True)
        elif opened is not None and opened.modality == modality:  # else another game came meanwhile
            self.find(sample, told)

    def _on_found(self, found: FoundLatents) -> None:
        if found.request != self._asked:
            return
        if found.refused:
            self._forget()
            self._teller.tell(found.refused, wrong=True)
            return
        if found.ended:
            self._asked, self._found = 0, found.latents
            self._target.tell(_shortly(found), found=True)
            self._put()
            self._teller.tell(f"The latents of {self._name} are on the sliders: {_near(found)}.")
            return
        share = 100 * found.done // max(found.steps, 1)
        self._target.tell(f"{share} % · {_shortly(found)}", found=False)
        self._teller.retell(_BEGINS, f"{_BEGINS}{self._name} in the latent space: {share} %, {_near(found)}")

    def _put(self) -> None:
        if self._found is not None:
            self._scene.latent.set_latents(self._found, "Found Latents")

    def _again(self) -> None:
        if self._sample is not None:
            self.find(self._sample, self._name)

    def _forget(self) -> None:
        self._asked, self._sample, self._found = 0, None, None
        self._target.forget()


def _shortly(found: FoundLatents) -> str:
    """The distance where there is little room: what it is of stands beside it."""
    return f"distance {found.distance:.3f}, best random {found.of_random:.3f}"


def _near(found: FoundLatents) -> str:
    """The distance in words."""
    ratio = found.distance / found.of_random if found.of_random else 1.0
    return (
        f"distance {found.distance:.3f}, {ratio:.2f} times that of the best of 10,000 random samples "
        f"({found.of_random:.3f})"
    )


def _read(path: Path, modality: Modality, emit: object) -> None:
    """Read a picture or a sound in a thread, and tell of it: the sample and its name, or why there is none."""
    from contextlib import suppress

    from ganstudio.data.images.fitting import UnfitPictureError
    from ganstudio.data.single import sample_in

    assert callable(emit)
    with suppress(RuntimeError):  # the window was closed meanwhile
        try:
            emit(sample_in(path, modality)[0], path.name, modality)
        except UnfitPictureError as error:
            emit(None, f"{path.name} can't be looked for: {error}.", modality)
