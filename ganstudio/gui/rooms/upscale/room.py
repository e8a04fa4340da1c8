"""The room Upscale: which picture is enlarged, by which game, and where it is written to."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog

from ganstudio.experiment import SuperResolutionGeneratorSpec
from ganstudio.gui.parts.host import tell
from ganstudio.gui.parts.room import AskingRoom
from ganstudio.gui.parts.saving import ask_where, usual_folder
from ganstudio.gui.rooms.upscale import pictures
from ganstudio.gui.rooms.upscale.process import Upscaling
from ganstudio.gui.rooms.upscale.view import UpscaleView
from ganstudio.gui.text.words import ENDED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtCore import QObject

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.rooms.upscale.pictures import Picture
    from ganstudio.training.messages import Checkpointed, Enlarged, Opened

_NO_RUN = "Train a few steps first: there is no G to enlarge it with yet"
_NO_FILE = "Drop a picture, or open one: what is shown are images of the data"
_TO_LEARN_FROM = (
    "Pictures and archives (*.png *.jpg *.jpeg *.webp *.bmp *.tif *.tiff *.gif *.avif *.zip *.tar *.gz *.tgz *.xz)"
    ";;All files (*)"
)
_WRITTEN = (".png", ".jpg", ".jpeg", ".webp", ".bmp", ".tif", ".tiff")
"""Endings of the pictures that are written, the usual one first."""


class UpscaleRoom(AskingRoom):
    """Asks for the picture enlarged while it is shown, and again with every frame of the game."""

    name = "Upscale"
    icon = "enlarge"
    tip = "Drop a picture: G enlarges it, next to interpolation and to G after the content stage"

    def __init__(self, parent: QObject, game: Game) -> None:
        self.view = UpscaleView()
        super().__init__(parent, game, self.view, self.view.changed)
        self.upscaling = Upscaling(self)
        self._picture: Picture | None = None
        self._order: tuple[Path, Path, float] | None = None  # what goes where once there is a checkpoint
        self.view.browsed.connect(self._browse)
        self.view.data_wanted.connect(self._gather)
        self.data_wanted = self.view.gathered
        self.view.saved.connect(self._ask_where)
        self.upscaling.done.connect(lambda out: tell(self.view, f"Saved {out}."))
        self.upscaling.failed.connect(lambda why: tell(self.view, f"Nothing was saved: {why}.", wrong=True))
        self.upscaling.done.connect(lambda _out: self._allow())
        self.upscaling.failed.connect(lambda _why: self._allow())
        game.group_opened.connect(lambda _event: self._give_up())
        game.run_created.connect(lambda _event: self._allow())
        game.enlarged.connect(self._on_enlarged)
        game.checkpointed.connect(self._on_checkpoint)
        game.not_saved.connect(self._on_not_saved)
        game.failed.connect(lambda _event: self._allow())

    # --- what the window asks ---

    @staticmethod
    def fits(opened: Opened) -> bool:
        """Whether its G enlarges pictures of any size."""
        experiment = opened.experiment
        return isinstance(experiment.generator, SuperResolutionGeneratorSpec) and not experiment.arrangement.makes_given

    def take(self, paths: Sequence[Path]) -> bool:
        """Enlarge the first of what was dropped; a folder, or several files, are data to look at."""
        if len(paths) != 1 or paths[0].is_dir():
            return False
        self.open(paths[0])
        return True

    def close(self) -> None:
        """Give up what is being written."""
        self.upscaling.stop()

    # --- the picture ---

    def open(self, path: Path) -> None:
        """Enlarge the picture in a file; what is none is told."""
        try:
            self._picture = pictures.read(path, self._factor)
        except pictures.PictureError as error:
            tell(self.view, f"{error}.", wrong=True)
            return
        self.view.begin()
        self._allow()
        self._ask()

    def _browse(self) -> None:
        folder = usual_folder(QStandardPaths.StandardLocation.PicturesLocation)
        found, _ = QFileDialog.getOpenFileName(self.view.window(), "Open Picture", str(folder))
        if found:
            self.open(Path(found))

    def _gather(self) -> None:
        """Let the user choose pictures that a game like this is to be trained on."""
        folder = usual_folder(QStandardPaths.StandardLocation.PicturesLocation)
        title = "Pictures to Train on, Some 20 or More"
        found, _ = QFileDialog.getOpenFileNames(self.view.window(), title, str(folder), _TO_LEARN_FROM)
        if found:
            self.view.gathered.emit([Path(name) for name in found])

    def _ask_no_more(self) -> None:
        self.view.end_path()
        self._game.bridge.enlarge(None)

    def _ask_of(self, opened: Opened) -> None:
        if (picture := self._picture) is None:
            return
        self._describe()
        part = pictures.part(picture, self._side)
        self._asked = self._game.bridge.enlarge(part, shrink=self.view.shrinks, invention=self.view.share)

    @property
    def _factor(self) -> int:
        """How many times larger G makes a picture."""
        experiment = self._game.experiment
        return getattr(experiment.given, "factor", 1) if experiment is not None else 1

    @property
    def _side(self) -> int:
        """Side of the part of a picture that is shown."""
        small = min(pictures.PART, pictures.MOST_SHOWN // self._factor)
        return small * (self._factor if self.view.shrinks else 1)

    def _on_enlarged(self, event: Enlarged) -> None:
        if self._shown and event.request == self._asked and self._picture is not None:
            small = None if self.view.shrinks else pictures.part(self._picture, self._side)
            self.view.show_pictures(event.pictures, self._factor, small)

    def _describe(self) -> None:
        opened, picture = self._game.single, self._picture
        if opened is None or picture is None:
            return
        height, width = picture.pixels.shape[:2]
        whole = max(height, width) <= self._side
        shown = "" if whole else ", of which the middle is shown and all is saved"
        self.view.tell(
            f"{picture.name}, {width} × {height} pixels{shown}. G was trained on {opened.data_name}: that is what it "
            "draws, on every picture"
        )

    # --- the file ---

    def _allow(self) -> None:
        path = None if self._picture is None else self._picture.path
        busy = "A picture is being written" if self.upscaling.running or self._order else ""
        game = _NO_RUN if not self._game.started else ENDED if self._game.state == "failed" else ""
        self.view.allow_saving(busy or (_NO_FILE if path is None else game))

    def _ask_where(self) -> None:
        assert self._picture is not None
        assert self._picture.path is not None
        near = self._picture.path.with_name(f"{self._picture.path.stem}-x{self._factor}.png")
        if (out := ask_where(self.view.window(), "Save Enlarged", near, {"Pictures": _WRITTEN})) is not None:
            self.save(out)

    def save(self, out: Path) -> None:
        """Enlarge the whole picture into a file, with G as it is now: a checkpoint is written first."""
        assert self._picture is not None
        assert self._picture.path is not None
        self._order = (self._picture.path, out, self.view.share)  # another may be opened until the checkpoint is there
        self._allow()
        tell(self.view, f"Writing {out}; a large picture takes some time.")
        self._game.keep()

    def _on_checkpoint(self, event: Checkpointed) -> None:
        if self._order is not None:
            (picture, out, share), self._order = self._order, None
            self.upscaling.start(picture, event.path, out, share)

    def _on_not_saved(self, why: str) -> None:
        if self._order is not None:
            (_picture, out, _share), self._order = self._order, None
            if self._game.state != "failed":  # of which the notice offers the way back
                tell(self.view, f"{out} was not written. {why}", wrong=True)
            self._allow()

    # --- which game ---

    def _on_opened(self, opened: Opened) -> None:
        self._give_up()
        if not self.fits(opened):
            return
        mixes = any(getattr(stage, "keep", False) for stage in opened.experiment.stages)
        self.view.clear(mixes=mixes)
        kept = self._picture
        if kept is None or kept.path is None or not pictures.is_enough(kept, self._factor):
            self._picture = pictures.of_samples(opened.modality.pictures(opened.real), f"Images of {opened.data_name}")
        self._describe()
        self._allow()
        self._ask()

    def _give_up(self) -> None:
        self._order = None
        self.upscaling.stop()
