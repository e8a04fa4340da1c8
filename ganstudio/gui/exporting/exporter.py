"""Exports of the open game: asked for, written beside the training, told of, and given up on demand."""

from __future__ import annotations

import shlex
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from PySide6.QtCore import QObject, QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from ganstudio.gui.exporting.kinds import FORMATS, KINDS, LIGHT, PICTURE
from ganstudio.gui.exporting.process import Exporting
from ganstudio.gui.parts.saving import ask_where, file_name, usual_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy as np
    import numpy.typing as npt

    from ganstudio.gui.game.model import Game
    from ganstudio.gui.parts.ways_out import WaysOut
    from ganstudio.training.messages import Checkpointed

_NO_RUN = "Train a few steps first: there is nothing on the disk yet that it could be made of"
_NO_PICTURE = "There is no picture to be seen"
_NO_SURFACES = "Only a G that makes normals first has surfaces to light, as that of the preset style_structure does"
_FULL = "space left"


class Tells(Protocol):
    """Says one thing at a time, with buttons for what can be done about it."""

    def tell(
        self,
        text: str,
        details: str = "",
        *,
        wrong: bool = False,
        offers: Mapping[str, Callable[[], object]] | None = None,
    ) -> None:
        """Say something now."""

    def retell(self, begins: str, text: str) -> None:
        """Say other words of something that goes on, if what stands there begins so."""


class Exporter(QObject):
    """Has one thing written at a time, of a checkpoint that is written first.

    pins: the points (k, d) that are pinned; seed: that the sliders' sample was drawn by, None: by none.
    """

    def __init__(self, window: QWidget, game: Game, teller: Tells) -> None:
        super().__init__(window)
        self._window, self._game, self._teller = window, game, teller
        self.pins: Callable[[], npt.NDArray[np.float32] | None] = lambda: None
        self.seed: Callable[[], int | None] = lambda: None
        self.process = Exporting(self)
        self._order: tuple[tuple[str, ...], Path] | None = None  # what goes where once there is a checkpoint
        self._last: tuple[tuple[str, ...], Path] | None = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None
        self.process.told.connect(self._on_told)
        self.process.done.connect(self._on_done)
        self.process.failed.connect(self._on_failed)
        game.checkpointed.connect(self._on_checkpoint)
        game.not_saved.connect(self._on_not_saved)
        game.asked.connect(lambda _start: self._forget())

    # --- what the window asks ---

    def ask(self, way: WaysOut | None, first: str) -> None:
        """Let the user choose what is to be exported, and where it goes. way: of the picture in focus."""
        modality = None if self._game.single is None else self._game.single.modality
        if modality is None:
            if way is not None:
                way.ask(2)  # of games side by side
            return
        from ganstudio.gui.exporting.dialog import ExportDialog

        pins = self.pins()
        dialog = ExportDialog(
            modality,
            self._window,
            first=first,
            why_not=self._why_not(way),
            picture="" if way is None else way.title,
            pins=0 if pins is None else len(pins),
            seed=self.seed() or 0,
            begins=self.begins(),
            games=self._games(),
        )
        accepted = dialog.exec() == ExportDialog.DialogCode.Accepted
        dialog.deleteLater()
        if not accepted:
            return
        if dialog.kind.name == PICTURE:
            assert way is not None
            way.ask(dialog.scale) if dialog.ending == ".png" else way.ask_svg()
            return
        out = self._asked(dialog.called, dialog.ending)
        if out is not None:
            self.write((*dialog.words(), *self._pinned(dialog.pinned)), out)

    def write(self, words: Sequence[str], out: Path) -> None:
        """Have ``ganstudio export RUN`` with these words write a file, of G as it is now."""
        self._last = self._order = (tuple(words), out)
        self._tell_of("Writing the checkpoint that it is made of", first=True)
        self._game.keep()

    def begins(self) -> tuple[str, ...]:
        """The run and the step, as a command line names them."""
        run = self._game.run
        return ("RUN",) if run is None else (shlex.quote(str(run)), "--at", str(self._game.kept_step))

    @property
    def busy(self) -> bool:
        """Whether something is being written."""
        return self._order is not None or self.process.running

    def cancel(self) -> None:
        """Give up what is being written."""
        if self.busy:
            self._order = None
            self.process.stop()
            self._teller.tell("The export was cancelled; nothing was written.")

    def close(self) -> None:
        """Give up what is being written, and leave nothing behind."""
        self._order = None
        self.process.stop()
        if self._folder is not None:
            self._folder.cleanup()
            self._folder = None

    # --- how it goes ---

    def _why_not(self, way: WaysOut | None) -> dict[str, str]:
        from ganstudio.modalities import Normals

        why = {} if way is not None else {PICTURE: _NO_PICTURE}
        if not self._game.started:
            why |= {kind.name: _NO_RUN for kind in KINDS if kind.name != PICTURE}
        opened = self._game.single
        if opened is not None and not any(isinstance(kind, Normals) for kind in opened.way):
            why[LIGHT] = _NO_SURFACES
        return why

    def _games(self) -> tuple[str, ...]:
        """What the two games of a chain are called; nothing where there is one."""
        opened = self._game.single
        if opened is None or "first" not in opened.experiment.arrangement.own:
            return ()
        parts: tuple[str, ...] = opened.experiment.given.parts
        return parts

    def _asked(self, words: str, ending: str) -> Path | None:
        game, place = self._game, usual_folder(QStandardPaths.StandardLocation.DocumentsLocation)
        run = game.run.name if game.run is not None else "run"
        near = place / file_name(run, f"step-{game.step}", words.lower(), suffix=ending)
        if not ending:
            chosen = QFileDialog.getExistingDirectory(self._window, f"Export {words} into a Folder", str(place))
            return Path(chosen) / near.name if chosen else None
        return ask_where(self._window, f"Export {words}", near, {FORMATS.get(ending, ending): [ending]})

    def _pinned(self, wanted: bool) -> tuple[str, ...]:
        """The pins in a file that the process reads."""
        pins = self.pins()
        if not wanted or pins is None:
            return ()
        import numpy as np

        if self._folder is None:
            self._folder = tempfile.TemporaryDirectory(prefix="ganstudio-pins-")
        path = Path(self._folder.name) / "pins.npy"
        np.save(path, pins)
        return ("--latents", str(path))

    def _on_checkpoint(self, _event: Checkpointed) -> None:
        if self._order is None or self._game.run is None:
            return
        (words, out), self._order = self._order, None
        # While it trains, the newest when it comes to that: this one may be thinned out by then.
        at = () if self._game.state == "playing" else ("--at", str(self._game.kept_step))
        self.process.start([str(self._game.run), *at, *words, "--out", str(out)])
        self._tell_of("Loading the run" if "curves" in words else "Loading PyTorch and the run")

    def _on_not_saved(self, why: str) -> None:
        if self._order is not None:
            (_words, out), self._order = self._order, None
            if self._game.state != "failed":
                self._teller.tell(f"{out} was not written. {why}", wrong=True, offers=self._again())

    def _on_told(self, said: str) -> None:
        self._tell_of(said[:1].upper() + said[1:])

    def _tell_of(self, how_far: str, *, first: bool = False) -> None:
        assert self._last is not None
        begins = f"Exporting {self._last[1].name}."
        if first:
            self._teller.tell(f"{begins} {how_far}…", offers={"Cancel": self.cancel})
        else:  # under the mouse the button stays the same one; what is told meanwhile is not covered
            self._teller.retell(begins, f"{begins} {how_far}…")

    def _on_done(self, said: str) -> None:
        self._teller.tell(f"Saved {said}.")

    def _on_failed(self, why: str) -> None:
        assert self._last is not None
        room = " Free some disk space, then try again." if _FULL in why.lower() or "too large" in why.lower() else ""
        self._teller.tell(f"Nothing was exported: {why}.{room}", wrong=True, offers=self._again())

    def _again(self) -> dict[str, Callable[[], object]]:
        last = self._last
        return {} if last is None else {"Try Again": lambda: self.write(*last)}

    def _forget(self) -> None:
        """Another game comes: what waits for a checkpoint of this one is given up; what is being written goes on."""
        self._order = None
