"""What is heard of a gallery: a click on a picture of a wall or of the sheet plays it, and its menu saves it as WAV."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ganstudio.gui.parts.ways_out import way_out_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ganstudio.gui.gallery.sheet import SheetView
    from ganstudio.gui.gallery.wall import Wall
    from ganstudio.gui.parts.samples import SampleView
    from ganstudio.modalities import Modality, Samples, Wave

_SEEN = "Click again to enlarge, Escape to go back"
_HEARD = "Shift-click: hear several together. Double-click to enlarge, Escape to go back"
_SHEET = "sheet"


class Heard:
    """Connects the walls, by what is in them, and the sheet with their view's ``played``, and shows how far it is."""

    def __init__(self, view: SampleView, walls: Mapping[str, Wall], sheet: SheetView) -> None:
        self._view, self._walls, self._sheet = view, walls, sheet
        self._modality: Modality | None = None
        for kind, wall in walls.items():
            wall.played.connect(partial(self._play, kind))
            wall.let_go.connect(view.let_go)
            if (way := way_out_of(wall)) is not None:
                way.sounds = partial(self._of_wall, wall)
        sheet.struck.connect(self._play_cell)
        if (way := way_out_of(sheet.canvas)) is not None:
            way.sounds = self._of_sheet
        self.set_modality(None)

    def set_modality(self, modality: Modality | None) -> None:
        """Play samples of this kind; None: they have no sound."""
        self._modality, on = modality, modality is not None
        for kind, wall in self._walls.items():
            wall.set_heard(on)
            sliders = "put it on the sliders" if kind == "generated" else ""
            does = " and ".join(filter(None, ["hear it" if on else "", sliders]))
            wall.setToolTip(f"{f'Click: {does}. ' if does else ''}{_HEARD if on else _SEEN}")
        self._sheet.canvas.set_heard(on)

    def show_playing(self, playing: Sequence[tuple[Any, float]]) -> None:
        """Show how far it is: (tag, share) of each."""
        found: dict[str, dict[int, float]] = {kind: {} for kind in (*self._walls, _SHEET)}
        for tag, share in playing:
            if isinstance(tag, tuple) and tag[0] in found:
                found[tag[0]].update(dict.fromkeys(tag[1], share))
        for kind, wall in self._walls.items():
            wall.show_playing(found[kind])
        self._sheet.canvas.show_playing(found[_SHEET])

    def _play(self, kind: str, indices: tuple[int, ...], held: bool) -> None:
        self._view.played.emit(self._walls[kind].samples[list(indices)], (kind, indices), held)

    def _play_cell(self, index: int) -> None:
        samples = self._sheet.samples
        if self._modality is not None and samples is not None and index < len(samples):
            self._view.played.emit(samples[[index]], (_SHEET, (index,)), False)

    # --- as files ---

    def _of_wall(self, wall: Wall) -> dict[str, Callable[[], tuple[Wave, int]]]:
        found = {"Save All as &WAV…": wall.samples}
        if wall.stack:
            chosen = "Chosen Ones" if len(wall.stack) > 1 else "Chosen One"
            found[f"Save {chosen} as WA&V…"] = wall.samples[list(wall.stack)]
        return self._made(found)

    def _of_sheet(self) -> dict[str, Callable[[], tuple[Wave, int]]]:
        return self._made({"Save All as &WAV…": self._sheet.samples})

    def _made(self, found: Mapping[str, Samples | None]) -> dict[str, Callable[[], tuple[Wave, int]]]:
        modality = self._modality
        if modality is None:
            return {}
        return {
            words: partial(_waves, modality, samples)
            for words, samples in found.items()
            if samples is not None and len(samples)
        }


def _waves(modality: Modality, samples: Samples) -> tuple[Wave, int]:
    sound = modality.sound(samples)
    assert sound is not None, "of a kind that has sounds"
    return sound
