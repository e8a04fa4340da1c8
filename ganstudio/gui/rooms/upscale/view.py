"""A picture and what becomes of it: two ways to enlarge it with a curtain between them, and a dial for invention."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QPushButton

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action, exclusive, muted_label
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.room import RoomView
from ganstudio.gui.parts.sliders import NamedSlider
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.rooms.upscale.curtain import Curtain
from ganstudio.gui.rooms.upscale.loupe import Loupe
from ganstudio.gui.rooms.upscale.pictures import agreement, difference, psnr, to_image
from ganstudio.gui.rooms.upscale.plane import Plane

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QResizeEvent

    from ganstudio.gui.rooms.upscale.pictures import Pixels

WAYS = {
    "bicubic": "Bicubic",
    "content": "Squared error alone",
    "generator": "G",
    "original": "Original",
    "difference": "Difference ×4",
}
"""Ways to enlarge, and the picture itself, as they are called for people."""
_TIPS = {
    "bicubic": "Cubic interpolation, as image programs do it",
    "content": "G as its content stage left it: the mean of all that may have been",
    "generator": "G as it is now, with as much invention as the dial says",
    "original": "The picture before it was made smaller",
    "difference": "How far G's colours are off the original's, four times as strong; black is none",
}
_DIAL = 100
_PATH = 10  # of the dial, between two places on its path
_WIDE = 640  # from this width on there is room for the plane
_EMPTY = "Nothing is enlarged yet: press Play, or drop a picture"


class UpscaleView(RoomView):
    """Shows pictures by their names in ``WAYS``, all of one size.

    ``changed``: a picture is asked for, made smaller first or not, with another invention. ``browsed`` asks for a file,
    ``saved`` for the whole picture as one; ``data_wanted`` for pictures to train on, and ``gathered`` carries their
    paths.
    """

    changed = Signal()
    browsed = Signal()
    saved = Signal()
    data_wanted = Signal()
    gathered = Signal(list)

    def __init__(self) -> None:
        super().__init__("Upscale")
        self._pictures: Mapping[str, Pixels] = {}
        self.figures = muted_label(wraps=True)
        self.browse, self.save = QPushButton("Open Picture…"), QPushButton("Save Enlarged…")
        self.browse.setToolTip("Choose a picture; or drop one here, also while G trains")
        self.test = Chip("Test", "Make the picture smaller first, and enlarge that: then the original is known")
        self.use = Chip("Use", "Enlarge the picture as it is")
        self.train = action(
            "Train on my pictures…",
            "Choose some 20 photographs or more, or drop their folder here: they are looked at first, and then a game "
            "like this learns from parts of them. What G draws is what it was trained on",
        )
        self.sweep = action(
            "Show path", "Turn Invention to 0 and up to 1, which leaves its path in the plane of PSNR and texture"
        )
        self._still: list[int] = []  # places of the dial that are still to be shown
        self._swept = _DIAL
        self.left, self.right = QComboBox(), QComboBox()
        for box, side in ((self.left, "Left"), (self.right, "Right")):
            box.setAccessibleName(f"{side} of the curtain")
            box.currentIndexChanged.connect(lambda _index: self._show())
        self.invention = NamedSlider("Invention", 0, _DIAL, _DIAL)
        self.invention.ends, self.invention.widest_text = (0.0, 1.0), "0.00"
        self.invention.setToolTip(
            "How much of what the small picture does not tell is made up: 0 as after the content stage, 1 as G does. "
            "It mixes the weights of both, after the fact; lambda in the settings says what G learns"
        )
        self.curtain = Curtain()
        self.curtain.empty = _EMPTY
        self.plane, self.loupe = Plane(), Loupe()
        self.loupe_chip = Chip(
            "Loupe", "The same few pixels of all ways side by side, where the mouse is (Shift, arrows)"
        )
        self.loupe.hide()
        WaysOut(self.curtain, "Upscale", dragged=False)
        WaysOut(self.loupe, "Loupe")
        WaysOut(self.plane, "Perception and distortion", self._as_text, drawn=True)
        self._arrange()
        self._group = exclusive(self.test, self.use)
        self._group.idToggled.connect(lambda _id, on: self.changed.emit() if on else None)
        self.invention.valueChanged.connect(lambda _value: self._turned())
        self.invention.typed.connect(lambda value: self.invention.setValue(round(_DIAL * value)))
        self.loupe_chip.toggled.connect(self._on_loupe)
        self.curtain.pointed.connect(self._look_at)
        self.train.clicked.connect(lambda: self.data_wanted.emit())
        self.sweep.clicked.connect(lambda: self._begin_sweep())
        self.browse.clicked.connect(self.browsed)
        self.save.clicked.connect(self.saved)
        self.clear()

    @property
    def shrinks(self) -> bool:
        """Whether the picture is made smaller first."""
        return self.test.isChecked()

    @property
    def share(self) -> float:
        """How much is invented, from 0 to 1."""
        return self.invention.value() / _DIAL

    # --- what the room calls ---

    def clear(self, *, mixes: bool = True) -> None:
        """Another game, which keeps its content stage's G or not: forget the pictures of the one before."""
        self._pictures = {}
        self.end_path()
        self._mixes = mixes
        self.sweep.hide()
        self.invention.setEnabled(mixes)
        self.invention.show_value(_DIAL, "1.00")
        self.figures.clear()
        self.plane.clear()
        self.curtain.show_pictures(None, None, ("", ""))
        self._offer(())

    def begin(self) -> None:
        """Another picture: where G was with the one before does not belong to it."""
        self.end_path()
        self.plane.clear()

    def end_path(self) -> None:
        """Leave the dial where it is: no more of its path is shown."""
        self._still = []

    def tell(self, text: str) -> None:
        """Say what is enlarged, and what G knows."""
        self.told.setText(text)

    def allow_saving(self, why_not: str) -> None:
        """Whether the picture can be saved; else why it can't be."""
        self.save.setEnabled(not why_not)
        self.save.setToolTip(why_not or "Enlarge the whole picture as it is, and write it to a file")

    def show_pictures(self, pictures: Mapping[str, Pixels], factor: int, small: Pixels | None) -> None:
        """Show what became of the picture, larger by ``factor``. small: what it was made of, where that is known."""
        self._pictures = pictures
        more = {"difference"} if "original" in pictures else set()
        self._offer([name for name in WAYS if name in pictures or name in more])
        self._show()
        original = pictures.get("original")
        self._make_room()
        made_small = {
            WAYS[name]: agreement(made, factor, small=small, original=original)
            for name, made in pictures.items()
            if name != "original"
        }
        agree = "Made small again, they agree with the small picture to: "
        agree += ", ".join(f"{name} {found:.1f} dB" for name, found in made_small.items())
        if original is None:
            self.end_path()
            told = "Nobody knows the right picture here: what is finer than the small one is made up"
            self.figures.setText(f"{told}. {agree}")
            return
        self.plane.show_pictures(pictures, WAYS)
        found = [f"{WAYS[name]} {psnr(made, original):.1f} dB" for name, made in pictures.items() if name != "original"]
        told = "PSNR to the original: " + ", ".join(found) + ". It is highest for the mean of all that may have been. "
        self.figures.setText(told + agree)
        self._go_on()

    # --- how it is built ---

    def _arrange(self) -> None:
        layout = self._laid_out(self.browse, self.save)
        tools = (self.test, self.use, self.left, self.right, self.loupe_chip, self.sweep, self.train)
        layout.addLayout(FlowLayout(*tools))
        seen = QHBoxLayout()
        seen.setSpacing(theme.SPACING)
        seen.addWidget(self.curtain, 1)
        seen.addWidget(self.plane)
        layout.addLayout(seen, 1)
        layout.addWidget(self.loupe)
        layout.addWidget(self.invention)
        layout.addWidget(self.figures)

    def _offer(self, names: tuple[str, ...] | list[str]) -> None:
        """Have both boxes offer these ways; what was chosen stays where it is among them."""
        for box, first in ((self.left, "bicubic"), (self.right, "generator")):
            chosen = box.currentData() or first
            blocked = box.blockSignals(True)
            box.clear()
            for name in names:
                box.addItem(WAYS[name], name)
                box.setItemData(box.count() - 1, _TIPS[name], Qt.ItemDataRole.ToolTipRole)
            box.setCurrentIndex(max(0, box.findData(chosen if chosen in names else first)))
            box.blockSignals(blocked)
            box.setEnabled(bool(names))

    def _show(self) -> None:
        names = self.left.currentData(), self.right.currentData()
        if None in names or not self._pictures:
            return
        left, right = (to_image(self._seen(name)) for name in names)
        self.curtain.show_pictures(left, right, (WAYS[names[0]], WAYS[names[1]]))
        self._magnify()

    def _seen(self, name: str) -> Pixels:
        """The pixels of a way, or how far G's are off the original's."""
        if name == "difference":
            return difference(self._pictures["generator"], self._pictures["original"])
        return self._pictures[name]

    def _on_loupe(self, on: bool) -> None:
        self.loupe.setVisible(on)
        self._magnify()

    def _look_at(self, place: QPointF) -> None:
        self.loupe.look_at(place)
        if self.loupe_chip.isChecked():
            self.curtain.outline(self.loupe.source())

    def _magnify(self) -> None:
        """Show the pixels of all ways where the loupe is."""
        on = self.loupe_chip.isChecked()
        self.loupe.show_pictures({WAYS[name]: to_image(made) for name, made in self._pictures.items()} if on else {})
        self.curtain.outline(self.loupe.source() if on and self._pictures else None)

    def _make_room(self) -> None:
        """Show the plane where the original is known and there is room for it."""
        seen = "original" in self._pictures and self.width() >= _WIDE
        self.plane.setVisible(seen)
        self.sweep.setVisible(seen and self._mixes)

    def _as_text(self) -> str:
        rows = [("", "PSNR dB", "texture off")]
        rows += [(WAYS[name], f"{at.psnr:.2f}", f"{at.texture:.3f}") for name, at in self.plane.marks.items()]
        return "\n".join("\t".join(row) for row in rows)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the room to the pictures where there is little."""
        self._make_room()
        super().resizeEvent(event)

    def _begin_sweep(self) -> None:
        """Turn the dial to 0 and from there to 1, a step with each answer: nowhere does it leap over its path."""
        start = self.invention.value() // _PATH * _PATH
        self._still = [*range(start, -1, -_PATH), *range(_PATH, _DIAL + 1, _PATH)]
        self._go_on()

    def _go_on(self) -> None:
        if self._still:
            self._swept = place = self._still.pop(0)
            if place == self.invention.value():
                self.changed.emit()
            else:
                self.invention.setValue(place)

    def _turned(self) -> None:
        if self._still and self.invention.value() != self._swept:
            self.end_path()  # somebody has taken the dial
        self.invention.show_value(self.invention.value(), f"{self.share:.2f}")
        self.changed.emit()
