"""The gallery: what G makes of fixed latents as it learns, beside samples of the data; or a traversal sheet.

Where G is given something, that too; and where it makes a sample in several steps, all of them.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ganstudio.gui.gallery.heard import SHEET, Heard
from ganstudio.gui.gallery.marks import marking as marking_of
from ganstudio.gui.gallery.marks import of_game
from ganstudio.gui.gallery.modes import MODES, Modes
from ganstudio.gui.gallery.sheet import SheetView
from ganstudio.gui.gallery.wall import Wall
from ganstudio.gui.gallery.walls import Steps, Titled, Walls
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, muted_label, step_text
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.samples import SampleView
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.training.messages import Watch

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy as np
    import numpy.typing as npt
    from PySide6.QtCore import QPoint
    from PySide6.QtGui import QResizeEvent
    from PySide6.QtWidgets import QMenu

    from ganstudio.experiment import LatentSpec
    from ganstudio.modalities import Modality, Samples
    from ganstudio.training.messages import Frame, Opened

_WORDY = 460  # from this width on there is room for the step beside the chips
_NO_SAMPLES = "No {} yet: press Play and watch G learn"
_NO_STEPS = "Nothing yet: press Play and watch G learn"
_NO_DATA = "No {} yet: choose a preset or drop your data"
_NO_GAME = "What G makes comes with the game"


class GalleryView(SampleView):
    """Pictures of samples in walls, Generated, Real, or both side by side; or the traversal sheet.

    With Given there are the things that G made its samples of, the samples, and the real ones; with Way the steps on
    the way to each sample. What belongs together stands at the same place in all of these, and is outlined in each.

    ``picked`` carries the latents of a cell of the sheet. What ``watch_changed`` carries is empty while only real
    samples are shown.
    """

    on_sliders = frozenset({"generated", SHEET})

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._opened: Opened | None = None
        self._kinds: dict[str, Modality] = {}
        self._shown, self._read_first = 0, False
        self._modes = Modes(self)
        self._modes.changed.connect(self._show_mode)
        self._listed = Chip("List", "Each sample as a line to be read, in place of the pictures")
        self._listed.hide()
        self._step = muted_label()
        self._generated, self._real = Wall(), Wall()
        for wall, title in ((self._generated, "Generated"), (self._real, "Real")):
            WaysOut(wall, title).offers = partial(self._offer, wall)
        self._name("images")
        self._generated.set_empty(_NO_GAME)
        self._generated.selected.connect(self.selected)
        self._examined, self._like = "", 0
        for wall, kind in ((self._generated, "generated"), (self._real, "real")):
            wall.selected.connect(lambda _index, kind=kind: self._examine(kind))
        self._sheet = SheetView()
        self._sheet.canvas.ways.offers = self._offer_cell
        self._sheet.picked.connect(self.picked)
        self._sheet.picked.connect(lambda _latents: self._examine("sheet"))
        self._sheet.wanted.connect(self._on_sheet_wanted)
        self._heard = Heard(self, self._sheet)
        self._heard.add("generated", self._generated)
        self._heard.add("real", self._real)
        self._walls = walls = Walls()
        self._made, self._data = Titled(walls, "Generated", self._generated), Titled(walls, "Real", self._real)
        self._given, self._way = Steps(walls, "Given", ""), Steps(walls, "Step {}", _NO_STEPS)
        self._tell_clicks()
        self._generated.selected.connect(self._outline)
        self._listed.toggled.connect(self._show_lines)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(*[theme.SPACING] * 4)
        layout.setSpacing(theme.SPACING - 2)
        layout.addLayout(FlowLayout(*self._modes.chips.values(), self._listed, last=(self._step,)))
        self._arrange_above(layout)
        layout.addWidget(self._walls, 1)
        layout.addWidget(self._sheet, 1)
        self._show_mode()

    def _arrange_above(self, layout: QVBoxLayout) -> None:
        """Add what a view that is a gallery and more has above its walls."""

    @property
    def sheet(self) -> SheetView:
        """The traversal sheet."""
        return self._sheet

    @property
    def home(self) -> QWidget:
        """The pictures that are shown, G's rather than the data's."""
        shown = self._data if self._modes.shown == "real" else self._made
        return self._sheet.canvas if self._in_sheet else shown.wall if shown.lines.isHidden() else shown.lines

    @property
    def shown(self) -> QWidget:
        """The walls, or the sheet."""
        return self._sheet.canvas if self._in_sheet else self._walls

    def open(self, opened: Opened) -> None:
        """Show the data of a freshly opened experiment and forget the last one's samples."""
        self._opened, self._shown = opened, len(opened.latents)
        self._examined, self._like = "", 0
        self._name(opened.modality.words.many)
        for wall, marking in zip((self._generated, self._real), of_game(opened), strict=True):
            wall.clear()
            wall.set_pictures(opened.modality.pictures)
            wall.set_marking(marking)
            wall.set_columns(opened.columns)
        self._listed.setVisible(opened.modality.text(opened.real[:1]) is not None)
        for titled in (self._made, self._data):
            titled.lines.set_text(opened.modality.text)
        if opened.modality.read_first != self._read_first:
            self._read_first = opened.modality.read_first
            self._listed.setChecked(self._read_first)
        self._show_lines()
        self._open_steps(opened)
        self._sheet.open(opened.latent, opened.modality.pictures)
        self._sheet.set_marking(marking_of(opened.modality))
        self._show_real()
        self._step.setText(step_text(opened.step))

    def _open_steps(self, opened: Opened) -> None:
        """Have walls for what G is given and for its steps, and the chips that show them where there are any."""
        given = () if opened.given_kind is None else (opened.given_kind,)
        heard = dict.fromkeys(("generated", "real", SHEET), opened.modality)
        for steps, kinds, mode in ((self._given, given, "given"), (self._way, opened.way, "way")):
            for one in steps.open(kinds, opened.columns):
                one.wall.selected.connect(self._generated.choose)
                self._heard.add(f"{mode} {steps.titled.index(one)}", one.wall)
            heard |= {f"{mode} {index}": kind for index, kind in enumerate(kinds)}
        self._kinds = heard
        self._tell_kinds()
        self._tell_clicks()
        self._modes.lack(tuple(mode for mode, has in (("given", given), ("way", opened.way)) if not has))
        if opened.given is not None:
            self._given.show_samples(0, opened.given)
        self._show_mode()

    def _tell_kinds(self) -> None:
        """Have what is clicked sound as the view has it sound."""
        self._heard.set_kinds({place: self.voiced(kind) for place, kind in self._kinds.items()})

    def _tell_clicks(self) -> None:
        """Say on each wall what clicks do there."""
        self._generated.setToolTip(self._heard.tip("generated", "put it on the sliders"))
        self._real.setToolTip(self._heard.tip("real"))
        for steps, mode in ((self._given, "given"), (self._way, "way")):
            for index, one in enumerate(steps.titled):
                does = self._heard.tip(f"{mode} {index}", "put the sample that was made of it on the sliders")
                one.wall.setToolTip("\n".join(filter(None, [one.described, does])))

    def _offer(self, wall: Wall, menu: QMenu, place: QPoint) -> None:
        """Offer what can be done with the sample that a menu is of."""
        index, opened = wall.index_of(place), self._opened
        if self.offers is None or opened is None or index is None or index >= len(wall.samples):
            return
        made = wall is self._generated and index < len(opened.latents)
        self.offers(menu, wall.samples[index], opened.latents[index] if made else None)

    def _offer_cell(self, menu: QMenu, place: QPoint) -> None:
        """The same for a cell of the sheet."""
        cell = self._sheet.cell_at(place)
        if self.offers is not None and cell is not None:
            self.offers(menu, *cell)

    def set_pins(self, points: npt.NDArray[np.float32] | None, names: Sequence[str]) -> None:
        """The first four are corners of a sheet between them."""
        self._sheet.set_pins(points, names)

    def show_groups(self, letters: Sequence[str]) -> None:
        """Show as what each generated sample is marked."""
        self._generated.set_letters(letters)

    def _outline(self, index: int) -> None:
        """Outline in the other walls what belongs to a generated sample."""
        opened = self._opened
        if opened is None:
            return
        for one in (*self._given.titled, *self._way.titled):
            one.wall.outline(index)
        if opened.given is not None:
            self._real.outline(index)

    def _name(self, many: str) -> None:
        """Call samples what they are."""
        for wall, text in ((self._generated, _NO_SAMPLES), (self._real, _NO_DATA)):
            wall.set_empty(text.format(many))
        self._generated.setAccessibleName(f"Generated {many}")
        self._real.setAccessibleName(f"Real {many}")

    @property
    def _in_sheet(self) -> bool:
        """Whether the sheet is shown."""
        return self._modes.shown == "sheet"

    def follow(self, latent: LatentSpec) -> None:
        """Show the names that the codes have now."""
        self._sheet.follow(latent)

    def show_playing(self, playing: Sequence[tuple[Any, float]]) -> None:
        """Show how far what sounds is: (tag, share from 0 to 1) each."""
        self._heard.show_playing(playing)

    def set_latents(self, latents: npt.NDArray[np.float32]) -> None:
        """Tell where the sliders stand, [z, c] (width,): what the sheet does not traverse stays there."""
        self._sheet.set_latents(latents)

    def set_like(self, index: int) -> None:
        """Let the sheet be given the same as this generated sample, where G is given more than latents."""
        if index != self._like:
            self._like = index
            self._on_sheet_wanted()

    def show_frame(self, frame: Frame) -> None:
        """Show a frame's gallery and sheet; a frame without them changes nothing."""
        sheet = frame.layers.get("sheet")
        if sheet is not None:
            self._sheet.show_samples(sheet)
            self._step.setText(step_text(frame.step))
        samples = frame.layers.get("gallery")
        if samples is not None and len(samples):
            self._show_generated(samples, frame.step)
            for index in range(len(self._opened.way) if self._opened else 0):
                if (step := frame.layers.get(f"way_{index}")) is not None:
                    self._way.show_samples(index, step)
        self._examine(self._examined)

    def _show_generated(self, samples: Samples, step: int) -> None:
        if len(samples) != self._shown:
            self._shown = len(samples)
            self._show_real()
        self._generated.set_samples(samples)
        self._step.setText(step_text(step))

    def _examine(self, kind: str) -> None:
        """Say which sample was clicked last; D has changed with every frame, and a generated sample too."""
        self._examined = kind
        views: dict[str, Wall | SheetView] = {"generated": self._generated, "real": self._real, "sheet": self._sheet}
        sample = views[kind].sample if kind else None
        if sample is not None:
            self.examined.emit(sample, "real" if kind == "real" else "generated")

    def watch(self) -> Watch:
        """What frames shall contain: the gallery or the sheet, unless only real samples are shown."""
        if self._in_sheet:
            return Watch(frozenset(), sheet=self._sheet.latents, like=self._like)
        layers = {"real": (), "way": ("gallery", "way")}.get(self._modes.shown, ("gallery",))
        return Watch(frozenset(layers))

    def set_mode(self, mode: str) -> None:
        """Show "generated", "real", "both" or "sheet"; and "given" or "way" of a game that has them."""
        self._modes.choose(mode)

    def state(self) -> dict[str, Any]:
        """Which of them is shown, or would be in a game that has it."""
        return {"mode": self._modes.wished} | ({"list": True} if self._listed.isChecked() else {})

    def restore(self, state: Mapping[str, Any]) -> None:
        """Show the one that was kept."""
        if state.get("mode") in MODES:
            self.set_mode(state["mode"])
        self._listed.setChecked(state.get("list") is True)

    def _show_lines(self) -> None:
        """Show lines in place of pictures, where somebody asks for them and there are any."""
        for titled in (self._made, self._data):
            titled.lines.show_these(self._listed.isChecked() and not self._listed.isHidden())

    def _show_real(self) -> None:
        if self._opened is not None:
            self._real.set_samples(self._opened.real[: self._shown])

    def _on_sheet_wanted(self) -> None:
        if self._in_sheet:
            self.watch_changed.emit(self.watch())

    def _show_mode(self) -> None:
        mode = self._modes.shown
        shown = {
            "real": (self._data,),
            "both": (self._made, self._data),
            "given": (*self._given.titled, self._made, self._data),
            "way": (*self._way.titled[: len(self._opened.way) if self._opened else 0], self._made),
        }
        self._walls.show_these(shown.get(mode, (self._made,)), named=mode in ("both", "given", "way"))
        self._walls.setVisible(mode != "sheet")
        self._sheet.setVisible(mode == "sheet")
        self.watch_changed.emit(self.watch())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say the step where there is room for it."""
        self._step.setVisible(event.size().width() >= _WORDY)
        super().resizeEvent(event)
