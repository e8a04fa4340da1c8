"""What is heard of a gallery: a click on a picture of a wall or of the sheet plays it, and its menu saves it as WAV."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from ganstudio.gui.parts.ways_out import way_out_of
from ganstudio.gui.sound.sounds import has_sound, waves_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ganstudio.gui.gallery.sheet import SheetView
    from ganstudio.gui.gallery.wall import Wall
    from ganstudio.gui.parts.samples import SampleView
    from ganstudio.modalities import Modality, Samples, Wave

_SEEN = "Click again to enlarge, Escape to go back"
_HEARD = "Shift-click: hear several together. Double-click to enlarge, Escape to go back"
SHEET = "sheet"


class Heard:
    """Connects walls, by their places, and the sheet with their view's ``played``, and shows how far it is."""

    def __init__(self, view: SampleView, sheet: SheetView) -> None:
        self._view, self._sheet = view, sheet
        self._walls: dict[str, Wall] = {}
        self._kinds: dict[str, Modality] = {}
        sheet.struck.connect(self._play_cell)
        if (way := way_out_of(sheet.canvas)) is not None:
            way.sounds = self._of_sheet

    def add(self, place: str, wall: Wall) -> None:
        """Let a wall be heard, once it is said of which kind its samples are."""
        self._walls[place] = wall
        wall.played.connect(partial(self._play, place))
        wall.let_go.connect(self._view.let_go)
        if (way := way_out_of(wall)) is not None:
            way.sounds = partial(self._of_wall, place)

    def set_kinds(self, kinds: Mapping[str, Modality]) -> None:
        """Tell of which kind the samples of each place are; those without a sound are silent."""
        self._kinds = {place: kind for place, kind in kinds.items() if has_sound(kind)}
        for place, wall in self._walls.items():
            wall.set_heard(place in self._kinds)
        self._sheet.canvas.set_heard(SHEET in self._kinds)

    def tip(self, place: str, clicked: str = "") -> str:
        """What clicks in a wall do, of which one does this too."""
        heard = place in self._kinds
        does = " and ".join(filter(None, ["hear it" if heard else "", clicked]))
        return f"{f'Click: {does}. ' if does else ''}{_HEARD if heard else _SEEN}"

    def show_playing(self, playing: Sequence[tuple[Any, float]]) -> None:
        """Show how far it is: (tag, share) of each."""
        found: dict[str, dict[int, float]] = {place: {} for place in (*self._walls, SHEET)}
        for tag, share in playing:
            if isinstance(tag, tuple) and tag[0] in found:
                found[tag[0]].update(dict.fromkeys(tag[1], share))
        for place, wall in self._walls.items():
            wall.show_playing(found[place])
        self._sheet.canvas.show_playing(found[SHEET])

    def _play(self, place: str, indices: tuple[int, ...], held: bool) -> None:
        samples = self._walls[place].samples[list(indices)]
        self._view.played.emit(samples, self._kinds[place], (place, indices), held)

    def _play_cell(self, index: int) -> None:
        samples, kind = self._sheet.samples, self._kinds.get(SHEET)
        if kind is not None and samples is not None and index < len(samples):
            self._view.played.emit(samples[[index]], kind, (SHEET, (index,)), False)

    # --- as files ---

    def _of_wall(self, place: str) -> dict[str, Callable[[], tuple[Wave, int]]]:
        wall = self._walls[place]
        found = {"Save All as &WAV…": wall.samples}
        if wall.stack:
            found["Save Chosen as WA&V…"] = wall.samples[list(wall.stack)]
        return self._made(place, found)

    def _of_sheet(self) -> dict[str, Callable[[], tuple[Wave, int]]]:
        return self._made(SHEET, {"Save All as &WAV…": self._sheet.samples})

    def _made(self, place: str, found: Mapping[str, Samples | None]) -> dict[str, Callable[[], tuple[Wave, int]]]:
        kind = self._kinds.get(place)
        if kind is None:
            return {}
        return {
            words: partial(waves_of, kind, samples)
            for words, samples in found.items()
            if samples is not None and len(samples)
        }
