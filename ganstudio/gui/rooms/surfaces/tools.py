"""Brushes for a map of normals, and how a map off a file is read."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action, exclusive, muted_label
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import in_line, stacked
from ganstudio.gui.parts.sliders import NamedSlider
from ganstudio.gui.rooms.surfaces.own import MOST
from ganstudio.gui.rooms.surfaces.stamps import Stamp
from ganstudio.gui.text.numbers import signed

if TYPE_CHECKING:
    from ganstudio.gui.rooms.surfaces.own import OwnMap
    from ganstudio.gui.rooms.surfaces.stamps import Form

_BRUSHES: tuple[Form | None, ...] = (None, "sphere", "box", "plane")
_PARTS = 100
_LEAST, _MOST = 0.05, 4.0  # relief
_ROOM_TILT, _ROOM_TURN = (15.0, 60.0), 40.0  # within which a room's two walls and floor are seen


class BrushTools(QWidget):
    """Which shape a click puts into the map.

    ``chosen``: another brush; ``emptied`` asks for an empty room, ``undone`` for the newest stroke to be taken back.
    """

    chosen = Signal()
    emptied = Signal()
    undone = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.read = Chip("Read", "A click on the normals or the picture reads that pixel")
        self.sphere = Chip("Sphere", "A click on the normals puts a ball there; drag it to its place")
        self.box = Chip("Box", "A click on the normals puts a box there; drag it to its place. Turn and Tilt turn it")
        self.plane = Chip(
            "Plane", "Drag over the normals to paint a plane, which Turn and Tilt point to where it faces"
        )
        self.group = exclusive(self.read, self.sphere, self.box, self.plane)
        self.room = action("Empty room", "Begin with a floor and two walls, seen from where Turn and Tilt say")
        self.undo = action(
            "Undo stroke",
            f"Take the newest stroke back (Ctrl+Z while the keyboard is in the normals): the last {MOST} can be",
        )
        self.size_slider = NamedSlider("Size", 5, _PARTS, 45)
        self.turn_slider = NamedSlider("Turn", -90, 90, 25)
        self.tilt_slider = NamedSlider("Tilt", -90, 90, 35)
        self.size_slider.setToolTip("Of the shape, as a share of the map's shorter side")
        self.turn_slider.setToolTip("Degrees that a box is turned, or a plane faces to the right")
        self.tilt_slider.setToolTip("Degrees from above that a box and a room are seen, or that a plane faces up")
        self.sliders = QWidget()
        row = in_line(on=self.sliders, spacing=2 * theme.SPACING)
        for slider in (self.size_slider, self.turn_slider, self.tilt_slider):
            row.addWidget(slider, 1)
            slider.valueChanged.connect(lambda _value: self._show())
        self.size_slider.ends = (0.05, 1.0)
        self.size_slider.typed.connect(lambda value: self.size_slider.setValue(round(_PARTS * value)))
        for slider in (self.turn_slider, self.tilt_slider):
            slider.typed.connect(lambda value, slider=slider: slider.setValue(round(value)))
        stacked(
            FlowLayout(self.read, self.sphere, self.box, self.plane, self.room, self.undo),
            self.sliders,
            on=self,
            spacing=2,
        )
        self.group.idToggled.connect(lambda _id, on: self._choose() if on else None)
        self.room.clicked.connect(lambda: self.emptied.emit())
        self.undo.clicked.connect(lambda: self.undone.emit())
        self._choose()

    @property
    def form(self) -> Form | None:
        """Of the brush; None: a click reads a pixel."""
        return _BRUSHES[self.group.checkedId()]

    def stamp(self, x: float, y: float) -> Stamp:
        """The brush's shape at a place."""
        assert self.form is not None
        size = self.size_slider.value() / _PARTS
        return Stamp(form=self.form, x=x, y=y, size=size, turn=self.turn_slider.value(), tilt=self.tilt_slider.value())

    def empty_room(self) -> Stamp:
        """A room as the sliders say, as far as all of its surfaces are seen."""
        tilt = min(max(float(self.tilt_slider.value()), _ROOM_TILT[0]), _ROOM_TILT[1])
        return Stamp(form="room", turn=min(max(float(self.turn_slider.value()), -_ROOM_TURN), _ROOM_TURN), tilt=tilt)

    def _choose(self) -> None:
        self.sliders.setVisible(self.form is not None)
        self._show()
        self.chosen.emit()

    def _show(self) -> None:
        size = self.size_slider.value() / _PARTS
        self.size_slider.exact = size
        self.size_slider.show_value(self.size_slider.value(), f"{size:.2f}")
        for slider in (self.turn_slider, self.tilt_slider):
            slider.show_value(slider.value(), signed(f"{slider.value()}°"))


class MapTools(QWidget):
    """What a map of one's own is, and how its file is read. ``changed``: it is to be read otherwise."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.told = muted_label()
        self.told.setObjectName("own map told")
        self.green = Chip(
            "Green down", "Take green to point down, as in DirectX's maps; else it points up, as OpenGL's"
        )
        self.dark = Chip("Dark is near", "Take what is dark to be nearer; else what is bright is")
        self.relief = NamedSlider("Relief", 0, _PARTS, _position(0.5))
        self.relief.setToolTip(
            "How far the nearest is from the farthest, as a share of the picture's side: the steeper, the more "
            "normals lean. The clay shows it"
        )
        self.relief.ends = (_LEAST, _MOST)
        stacked(FlowLayout(self.told, self.green, self.dark), self.relief, on=self, spacing=2)
        for chip in (self.green, self.dark):
            chip.toggled.connect(lambda _on: self.changed.emit())
        self.relief.valueChanged.connect(lambda _value: self._on_relief())
        self.relief.typed.connect(lambda value: self.relief.setValue(_position(value)))

    def read(self, own: OwnMap) -> None:
        """Have a map read as the tools say."""
        green = "down" if self.green.isChecked() else "up"
        own.read_as(green=green, near="dark" if self.dark.isChecked() else "bright", relief=self._relief)

    @property
    def _relief(self) -> float:
        return float(_LEAST * (_MOST / _LEAST) ** (self.relief.value() / _PARTS))

    def show_map(self, own: OwnMap | None) -> None:
        """Show what the map is; None: there is none."""
        self.setVisible(own is not None)
        if own is None:
            return
        source = own.source
        of_depth = source is not None and source.is_depth
        self.green.setVisible(source is not None and not of_depth)
        self.dark.setVisible(of_depth)
        self.relief.setVisible(of_depth)
        words = "Drawn by you" if source is None else source.name
        if of_depth:
            words += ", taken as a map of depth"
        elif source is not None and len(source.values) > 1:
            words += f", the first of {len(source.values):,} maps"
        if own.forgets:
            words += f". The last {MOST} strokes can be taken back"
        self.told.setText(words)
        for widget, value in (
            (self.green, own.green == "down"),
            (self.dark, own.near == "dark"),
        ):
            blocked = widget.blockSignals(True)
            widget.setChecked(value)
            widget.blockSignals(blocked)
        self.relief.exact = own.relief
        self.relief.show_value(_position(own.relief), f"{own.relief:.2f}")

    def _on_relief(self) -> None:
        self.relief.exact = self._relief
        self.relief.show_value(self.relief.value(), f"{self.relief.exact:.2f}")
        self.changed.emit()


def _position(relief: float) -> int:
    """Of a relief on its slider, where each step is a factor."""
    bound = min(max(relief, _LEAST), _MOST)
    return round(_PARTS * math.log(bound / _LEAST) / math.log(_MOST / _LEAST))
