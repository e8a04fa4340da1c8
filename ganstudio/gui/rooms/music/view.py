"""Where tunes are looked at and heard: the gallery of rolls, and above it one tune that is played and repeated.

The large roll shows what the sliders make, or the real tune that was clicked last. While it is repeated, turning a
slider changes it at the next bar, and so does G as it learns.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QTimer

from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.parts.chips import Chip, action
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.sliders import NamedSlider
from ganstudio.gui.parts.ways_out import WaysOut, way_out_of
from ganstudio.gui.rooms.music.nearest import NearestTune
from ganstudio.gui.rooms.music.roll import Roll
from ganstudio.gui.rooms.music.timbres import Timbres
from ganstudio.gui.sound.sounds import waves_of
from ganstudio.modalities import Melody
from ganstudio.modalities.music import FASTEST, SLOWEST
from ganstudio.playing import as_midi

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import numpy.typing as npt
    from PySide6.QtGui import QHideEvent, QResizeEvent
    from PySide6.QtWidgets import QVBoxLayout, QWidget

    from ganstudio.gui.gallery.wall import Wall
    from ganstudio.gui.parts.samples import SampleView
    from ganstudio.modalities import Modality, Samples, Wave
    from ganstudio.training.messages import Nearest, Opened

ROLL, NOTE, NEAR = "roll", "note", "near"
"""Places, as tags name them, of the large roll, of a single note of it and of the nearest training tune."""
_SLIDERS = "sliders"
_TALL = 400
"""Height from which on there is room for the roll and the gallery; in less the roll takes its place."""
_RENEW_MS = 60
"""How long a slider's moves are gathered before the tune that is repeated is made anew."""


class MusicView(GalleryView):
    """The gallery, with a large roll and what it is played with above it."""

    on_sliders = GalleryView.on_sliders | {ROLL}

    def __init__(self, parent: QWidget | None = None) -> None:
        self._melody: Melody | None = None
        self._real_shown: int | None = None
        super().__init__(parent)

    def _arrange_above(self, layout: QVBoxLayout) -> None:
        self.roll = Roll()
        self.listen = action("Play tune", "Hear the tune of the large roll")
        self.loop = Chip("Repeat", "Again and again; what the sliders change is heard from the next bar on")
        self.near = NearestTune(self)
        self.large = Chip("Large roll", "One tune, large: what the sliders make, or the real tune clicked last")
        self.tempo = NamedSlider("Tempo", SLOWEST, FASTEST, Melody().tempo)
        self.tempo.setToolTip("Quarters a minute, of all that is played here")
        self.tempo.setFixedWidth(190)
        self.tempo.widest_text = "200"
        self.tempo.show_value(Melody().tempo, str(Melody().tempo))
        self.timbres = Timbres(self)
        self.timbre = self.timbres.box
        for name in ("listen", "loop", "large", "tempo"):
            getattr(self, name).setObjectName(f"tune_{name}")
        self._later = QTimer(self, singleShot=True, interval=_RENEW_MS)
        self._later.timeout.connect(self._renew)
        way = WaysOut(self.roll, "Piano roll")
        way.sounds, way.files = self._sounds_of_roll, self._files_of_roll
        shown = (self.large, self.near.chip, self.near.button)
        layout.addLayout(FlowLayout(self.listen, self.loop, self.timbre, self.timbres.button, self.tempo, *shown))
        layout.addWidget(self.roll, 1)
        layout.addWidget(self.near.roll, 1)
        self._wire()

    def _wire(self) -> None:
        self.listen.clicked.connect(self._on_listen)
        self.loop.toggled.connect(lambda on: None if on else self.let_go.emit())
        self.large.toggled.connect(self._on_large)
        self.roll.struck.connect(self._strike)
        self.near.roll.struck.connect(self._strike)
        self.near.wished.connect(self._on_near_wished)
        self.near.pressed.connect(self._on_near_pressed)
        self.tempo.valueChanged.connect(lambda value: self._set_manner(str(value)))
        self.tempo.typed.connect(lambda value: self.tempo.setValue(round(value)))
        self.timbres.changed.connect(lambda: self._set_manner(self.tempo.text))
        self._real.selected.connect(self._show_real_tune)
        for wall in (self._generated, self._real):
            if (way := way_out_of(wall)) is not None:
                way.files = partial(self._files_of_wall, wall)
        if (way := way_out_of(self._sheet.canvas)) is not None:
            way.files = lambda: self._as_midi("Save All as M&IDI…", self._sheet.samples)
        self._generated.selected.connect(lambda _index: self._back_to_sliders())

    # --- how tunes are played ---

    def voiced(self, kind: Modality) -> Modality:
        """Tunes at the tempo and in the timbre that are chosen."""
        return self._played(kind) if isinstance(kind, Melody) else kind

    def _played(self, melody: Melody) -> Melody:
        return replace(self.timbres.voiced(melody), tempo=self.tempo.value())

    def _set_manner(self, tempo: str) -> None:
        self.tempo.show_value(self.tempo.value(), tempo)
        self._tell_kinds()
        self._later.start()

    def _on_listen(self) -> None:
        if self.roll.share is not None:
            self.hushed.emit()
        elif self._melody is not None and (tune := self.roll.tune) is not None:
            self.played.emit(tune[None], self.voiced(self._melody), (ROLL, (0,)), self.loop.isChecked())

    def _renew(self) -> None:
        """Let what is repeated be the tune that is shown now, from its next bar on."""
        if self._melody is not None and (tune := self.roll.tune) is not None:
            self.renewed.emit(tune[None], self.voiced(self._melody))

    # --- as files ---

    def _sounds_of_roll(self) -> dict[str, Callable[[], tuple[Wave, int]]]:
        if self._melody is None or (tune := self.roll.tune) is None:
            return {}
        return {"Save as &WAV…": partial(waves_of, self.voiced(self._melody), tune[None])}

    def _files_of_roll(self) -> dict[str, tuple[str, str, Callable[[], bytes]]]:
        return self._as_midi("Save as M&IDI…", None if self.roll.tune is None else self.roll.tune[None])

    def _files_of_wall(self, wall: Wall) -> dict[str, tuple[str, str, Callable[[], bytes]]]:
        chosen = wall.samples[list(wall.stack)]
        return self._as_midi("Save All as M&IDI…", wall.samples) | self._as_midi("Save Chosen as MI&DI…", chosen)

    def _as_midi(self, words: str, tunes: Samples | None) -> dict[str, tuple[str, str, Callable[[], bytes]]]:
        if self._melody is None or tunes is None or not len(tunes):
            return {}
        return {words: ("MIDI", ".mid", partial(as_midi, tunes, self._played(self._melody)))}

    def _strike(self, pitch: int, steps: int) -> None:
        """Play one note."""
        if self._melody is None:
            return
        steps = max(steps, 2)
        kind = self.voiced(replace(self._melody, steps=steps))
        tune = np.full((1, steps), self._melody.hold, np.int8)
        tune[0, 0] = pitch
        self.played.emit(tune, kind, (NOTE, (0,)), False)

    def show_playing(self, playing: Sequence[tuple[Any, float]]) -> None:
        """Show how far what sounds is, in the gallery and in the large roll."""
        super().show_playing(playing)
        shares = [share for tag, share in playing if self._is_in_roll(tag)]
        self.roll.show_playing(shares[-1] if shares else None)
        self.listen.setText("Stop tune" if shares else "Play tune")
        near = [share for tag, share in playing if isinstance(tag, tuple) and tag[0] == NEAR]
        self.near.show_playing(near[-1] if near else None)

    def _is_in_roll(self, tag: object) -> bool:
        """Whether what sounds under this tag is the tune that the roll shows."""
        if tag == _SLIDERS:
            return self._real_shown is None
        if not isinstance(tag, tuple) or tag[0] not in (ROLL, "generated", "real"):
            return False
        place, which = tag
        shown = {"generated": self._generated.chosen, "real": self._real_shown}.get(place, 0)
        ours = (place == "real") == (self._real_shown is not None) or place == ROLL
        return ours and tuple(which) == (shown,)

    # --- which tune is shown ---

    @property
    def shown(self) -> QWidget:
        """The walls, the sheet, or the large roll in their place."""
        # Not "is visible": in another room's place nothing is, and a stage shows it all the same.
        alone = self._walls.isHidden() and self._sheet.isHidden()
        return self.roll if alone else super().shown

    def open(self, opened: Opened) -> None:
        """Show the data of a freshly opened game and forget the last one's tunes."""
        kind = opened.modality
        self._melody = kind if isinstance(kind, Melody) else None
        self._real_shown = None
        if opened.run is not None:
            self.timbres.runs = opened.run.parent
        self.roll.clear()
        self.near.clear()
        super().open(opened)

    def set_latents(self, latents: npt.NDArray[np.float32]) -> None:
        """Come back from a real tune to what the sliders make."""
        super().set_latents(latents)
        self._real_shown = None

    def show_turned(self, sample: Samples) -> None:
        """Show what G makes of the sliders, unless a real tune is looked at."""
        if self._real_shown is None:
            self._show(sample, "what the sliders make")

    def show_nearest(self, nearest: Nearest | None, refused: str = "") -> None:
        """Show it next to the sliders' tune, unless a real one is looked at."""
        if self._real_shown is not None:
            return
        if nearest is None:
            self.near.show_unknown(refused)
        elif self._melody is not None and (tune := self.roll.tune) is not None:
            self.near.show_nearest(nearest, tune, self._melody)

    def _on_near_wished(self) -> None:
        """Show it with the tune that it is nearest to, or neither of it."""
        self.nearest_wanted = self.near.wanted
        if self.near.wanted:
            self.large.setChecked(True)
        elif self.near.sounds:
            self.hushed.emit()
        self._make_room()
        self.nearest_changed.emit()

    def _on_large(self, on: bool) -> None:
        if not on:
            self.near.chip.setChecked(False)  # it is seen below the large roll alone
        self._make_room()

    def _on_near_pressed(self) -> None:
        if self.near.sounds:
            self.hushed.emit()
        elif self._melody is not None and (tune := self.near.tune) is not None:
            self.played.emit(tune[None], self.voiced(self._melody), (NEAR, (0,)), False)

    def _back_to_sliders(self) -> None:
        self._real_shown = None
        if (chosen := self._generated.sample) is not None:
            self._show(chosen, "what the sliders make")

    def _show_real_tune(self, index: int) -> None:
        self._real_shown = index
        self.near.clear()
        if (chosen := self._real.sample) is not None:
            self._show(chosen, f"real tune {index + 1}")

    def _show(self, tune: Samples, title: str) -> None:
        if self._melody is None:
            return
        before = self.roll.tune
        self.roll.show_tune(tune, self._melody, title)
        if before is None or not np.array_equal(before, tune):
            self._later.start()

    # --- room ---

    def _show_mode(self) -> None:
        """Show what was chosen of the gallery: where the roll stands in its place, the roll gives way."""
        super()._show_mode()
        if self.height() < _TALL:
            self.large.setChecked(False)
        self._make_room()

    def _make_room(self) -> None:
        """Show the roll with the gallery where there is room for both, else in its place."""
        large = self.large.isChecked()
        alone = large and self.height() < _TALL
        sheet = self._in_sheet
        self.roll.setVisible(large)
        self.near.roll.setVisible(large and self.near.wanted)
        self._walls.setVisible(not alone and not sheet)
        self._sheet.setVisible(not alone and sheet)

    def hideEvent(self, event: QHideEvent) -> None:
        """With the window, what is asked of a run of sounds is given up."""
        if not self.window().isVisible():
            self.timbres.close()
        super().hideEvent(event)

    def mirror(self, other: SampleView) -> None:
        """Show the other moment's gallery: the large roll is of the sliders, which are at the first view's.

        So are the buttons and the tempo, which hold for both.
        """
        for tool in (self.listen, self.loop, self.timbre, self.timbres.button, self.tempo, self.large, self.near.chip):
            tool.hide()
        kept = other.state() | {"large": False}
        if type(other) is type(self) and kept != self.state():
            self.restore(kept)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the room anew."""
        super().resizeEvent(event)
        self._make_room()

    # --- what is kept ---

    def state(self) -> dict[str, Any]:
        """Tempo, timbre and whether the large roll is shown, too."""
        manner = {"tempo": self.tempo.value(), "timbre": self.timbres.timbre, "large": self.large.isChecked()}
        return super().state() | manner

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show and play as it was kept."""
        super().restore(state)
        tempo, timbre, large = (state.get(name) for name in ("tempo", "timbre", "large"))
        if isinstance(tempo, int) and SLOWEST <= tempo <= FASTEST:
            self.tempo.setValue(tempo)
        self.timbres.choose(timbre)
        if isinstance(large, bool):
            self.large.setChecked(large)
