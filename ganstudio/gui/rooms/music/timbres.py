"""What plays tunes: a timbre of the program's own voice, or the notes of a game of sounds that somebody has trained."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFileDialog, QMenu

from ganstudio.gui.parts.chips import action
from ganstudio.gui.parts.host import tell
from ganstudio.gui.rooms.music.sound_runs import NotesMaker, sound_runs
from ganstudio.gui.text.words import value_label
from ganstudio.modalities import Melody
from ganstudio.modalities.music import TIMBRES
from ganstudio.playing import Sampled
from ganstudio.run import default_runs

if TYPE_CHECKING:
    from pathlib import Path

    from PySide6.QtWidgets import QWidget

    from ganstudio.playing import Notes

GAN = "sound GAN"
"""What stands for the notes of a run among the timbres."""
NO_RUNS = 'No run of sounds yet: train the preset "Sound: notes" for some hundred steps, then choose it here'
_WIDEST = 220
_TIP = (
    "Play it with my sound GAN: each note is one that a run of sounds has learned to make. Classes that are pitches "
    "tell which is which; else pitches are looked for in what it makes, and what is missing is the nearest one, played "
    "faster or slower"
)


class Timbres(QObject):
    """The list of timbres, and a button with a menu of runs of sounds.

    runs: a folder of such runs, besides the usual one. ``changed``: something else plays from now on.
    """

    changed = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._parent = parent
        self.runs = default_runs()
        self.notes: Notes | None = None
        self.box = QComboBox()
        self.box.setObjectName("tune_timbre")
        self.box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.box.setMaximumWidth(_WIDEST)
        self.box.setAccessibleName("Timbre")
        self.box.setToolTip("What plays: a few partials added up, with different strengths and decays")
        for name in TIMBRES:
            self.box.addItem(value_label(name), name)
        self.box.setCurrentIndex(self.box.findData(Melody().timbre))
        self.box.currentIndexChanged.connect(lambda _index: self.changed.emit())
        self.button = action("Sound GAN…", _TIP)
        self.button.setObjectName("tune_sound_gan")
        self.button.clicked.connect(lambda: self.menu().popup(self.button.mapToGlobal(self.button.rect().bottomLeft())))
        self.maker = NotesMaker(self)
        self.maker.done.connect(self._take)
        self.maker.failed.connect(self._fail)

    @property
    def timbre(self) -> str:
        """The own timbre that is chosen, or was before the notes of a run."""
        chosen = self.box.currentData()
        return chosen if chosen in TIMBRES else Melody().timbre

    def choose(self, timbre: object) -> None:
        """Choose one by its name; what is none is passed over."""
        if isinstance(timbre, str) and (place := self.box.findData(timbre)) >= 0:
            self.box.setCurrentIndex(place)

    def voiced(self, melody: Melody) -> Melody:
        """Tunes as they are played now."""
        own = {field.name: getattr(melody, field.name) for field in fields(Melody)} | {"timbre": self.timbre}
        if self.box.currentData() == GAN and self.notes is not None:
            return Sampled(**own, notes=self.notes)
        return Melody(**own)

    # --- a run of sounds ---

    def menu(self) -> QMenu:
        """The runs of sounds that there are, newest first."""
        menu = QMenu(self._parent)
        menu.setToolTipsVisible(True)
        found = sound_runs(self.runs, default_runs())
        for summary in found:
            one = menu.addAction(f"{summary.name}, step {summary.step:,}, {summary.when:%d %b %H:%M}")
            one.setToolTip(str(summary.path))
            one.triggered.connect(lambda _on=False, path=summary.path: self.play_with(path))
        if not found:
            menu.addAction(NO_RUNS).setEnabled(False)
        menu.addSeparator()
        menu.addAction("Another &Folder…").triggered.connect(lambda _on=False: self._ask())
        return menu

    def _ask(self) -> None:
        chosen = QFileDialog.getExistingDirectory(self._parent, "A run of sounds", str(self.runs))
        if chosen:
            from pathlib import Path

            self.play_with(Path(chosen))

    def play_with(self, run: Path) -> None:
        """Play with the notes of a run once they are made."""
        self.button.setText("Asking it…")
        self.button.setEnabled(False)
        self.maker.start(run)

    def _ready(self) -> None:
        self.button.setText("Sound GAN…")
        self.button.setEnabled(True)

    def _take(self, notes: Notes) -> None:
        self._ready()
        self.notes = notes
        place = self.box.findData(GAN)
        if place < 0:
            self.box.addItem("", GAN)
            place = self.box.findData(GAN)
        self.box.setItemText(place, f"Sound GAN: {notes.name}")
        self.box.setItemData(place, f"{notes.name}: {notes.described}", Qt.ItemDataRole.ToolTipRole)
        if self.box.currentIndex() == place:
            self.changed.emit()
        self.box.setCurrentIndex(place)
        tell(self._parent, f"Tunes are played with {notes.described}, of {notes.name}")

    def _fail(self, why: str) -> None:
        self._ready()
        tell(self._parent, f"Not played with a sound GAN: {why}", wrong=True)

    def close(self) -> None:
        """Give up what is being made."""
        self.maker.stop()
        self._ready()
