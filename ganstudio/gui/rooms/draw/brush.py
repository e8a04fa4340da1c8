"""Painting a density: a canvas of cells, brush and eraser, a picture to begin with."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent, QPen, QWheelEvent
from PySide6.QtWidgets import QFileDialog, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.data import DatasetError
from ganstudio.data.points.picture_density import ink_of_rows, picture_ink, read_picture
from ganstudio.experiment import DensitySpec, DrawingSpec
from ganstudio.experiment.places import place_of, text_of
from ganstudio.gui.looks import theme
from ganstudio.gui.parts import chips
from ganstudio.gui.parts.pixels import diverging, picture
from ganstudio.gui.parts.sliders import NamedSlider
from ganstudio.gui.parts.wheel import Wheel
from ganstudio.gui.rooms.draw.models import SIDE, Brush, Ink
from ganstudio.scalars import percent

if TYPE_CHECKING:
    from ganstudio.experiment import DatasetSpec
    from ganstudio.gui.rooms.draw.models import Cells
    from ganstudio.gui.rooms.draw.preview import Frame

_LEAST, _MOST = 1, 32  # the brush's width in half cells
_TABLE = diverging(theme.SURFACE, "#1f7f79", theme.REAL)
_PICTURES = "Images (*.png *.jpg *.jpeg *.webp *.gif *.bmp *.tif *.tiff *.pgm);;All files (*)"


class InkCanvas(QWidget):
    """The cells under a brush: left paints, right erases. ``changed`` comes while a stroke goes on."""

    changed = Signal()
    resized_brush = Signal(int)

    def __init__(self, ink: Ink) -> None:
        super().__init__()
        self.ink = ink
        self.brush = Brush()
        self._hand: QPointF | None = None
        self._wheel = Wheel()
        self._last: tuple[float, float] | None = None
        self.setMouseTracking(True)
        self.setMinimumSize(240, 220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        # A click takes the focus from the name's field, which would keep Ctrl+Z for itself.
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setAccessibleName("Canvas")
        self.setAccessibleDescription("Paint with the left button, erase with the right one")

    def box(self) -> QRectF:
        """The square that the cells fill."""
        side = min(self.width(), self.height()) - 2
        return QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)

    def place(self, position: QPointF) -> tuple[float, float]:
        """Where a pixel of the widget lies in cells: (column, row)."""
        box = self.box()
        scale = len(self.ink.cells) / box.width()
        return (position.x() - box.left()) * scale, (position.y() - box.top()) * scale

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton):
            self.ink.begin()
            self._last = self.place(event.position())
            self._paint_to(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with the stroke."""
        self._hand = event.position()
        if self._last is not None and event.buttons() != Qt.MouseButton.NoButton:
            self._paint_to(event)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        if event.buttons() == Qt.MouseButton.NoButton:
            self._last = None

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Make the brush larger or smaller."""
        if steps := self._wheel.steps(event):
            self.resized_brush.emit(steps)
        event.accept()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush."""
        self._hand = None
        self.update()
        super().leaveEvent(event)

    def _paint_to(self, event: QMouseEvent) -> None:
        assert self._last is not None
        brush = self.brush
        if event.buttons() & Qt.MouseButton.RightButton:
            brush = Brush(radius=brush.radius, soft=brush.soft, erases=True)
        here = self.place(event.position())
        self.ink.stroke(self._last, here, brush)
        self._last, self._hand = here, event.position()
        self.changed.emit()
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the cells, the frame and the brush."""
        painter = QPainter(self)
        box = self.box()
        painter.drawImage(box, picture(_TABLE[np.rint(np.clip(self.ink.cells, 0, 1) * 255).astype(np.uint8)]))
        painter.setPen(QPen(QColor(theme.OUTLINE), 1))
        painter.drawRect(box)
        if self.ink.is_blank:
            painter.setPen(QColor(theme.MUTED))
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "Paint where the samples should be")
        if self._hand is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            radius = max(self.brush.radius * box.width() / len(self.ink.cells), 2)
            for colour, width in ((theme.BACKGROUND, 3), (theme.FAKE if self.brush.erases else theme.TEXT, 1.2)):
                painter.setPen(QPen(QColor(colour), width))
                painter.drawEllipse(self._hand, radius, radius)


class BrushTab(QWidget):
    """The canvas with its tools. ``changed`` comes with every change, ``refused`` with why a picture can't be read.

    A picture that was loaded and not painted over stays the file that it is, with all its pixels.
    """

    changed = Signal()
    refused = Signal(str)
    frame_of_view: Frame = (0.0, 0.0, 1.0)
    reason = "Nothing is drawn yet"

    def __init__(self) -> None:
        super().__init__()
        self.ink = Ink()
        self.canvas = InkCanvas(self.ink)
        self.brush_chip = chips.Chip("Brush", "Paint with the left button", theme.REAL)
        self.eraser_chip = chips.Chip("Eraser", "Erase with the left button, as the right one always does")
        self._tools = chips.exclusive(self.brush_chip, self.eraser_chip)
        self.soft_chip = chips.Chip("Soft", "Ink that fades towards the brush's edge")
        self.hard_chip = chips.Chip("Hard", "The same ink up to the brush's edge")
        self._edges = chips.exclusive(self.soft_chip, self.hard_chip)
        self.load_button = QPushButton("Load picture…")
        self.load_button.setToolTip("Begin with an image file: its rarer shade, dark or bright, is the ink")
        self.clear_button = QPushButton("Clear")
        self.clear_button.setToolTip("Take all the ink away")
        self.size_slider = NamedSlider("Size", _LEAST, _MOST, 6)
        self.size_slider.setToolTip("Radius of the brush in cells; the wheel over the canvas changes it too")
        self.strength_slider = NamedSlider("Ink", 5, 100, 100)
        self.strength_slider.setToolTip("How dense the samples are where the brush paints, beside the densest")
        for slider in (self.size_slider, self.strength_slider):
            slider.widest_text = "100 %"
            slider.name_width = self.fontMetrics().horizontalAdvance("Size") + 8
        column = QVBoxLayout(self)
        column.setContentsMargins(0, theme.SPACING, 0, 0)
        column.setSpacing(theme.SPACING)
        tools = (self.brush_chip, self.eraser_chip, None, self.soft_chip, self.hard_chip, None)
        column.addLayout(chips.row(*tools, self.load_button, self.clear_button))
        column.addWidget(self.canvas, 1)
        column.addWidget(self.size_slider)
        column.addWidget(self.strength_slider)
        self._connect()

    def _connect(self) -> None:
        for group in (self._tools, self._edges):
            group.idToggled.connect(lambda *_: self._set_brush())
        for slider, parts in ((self.size_slider, 2), (self.strength_slider, 100)):
            slider.ends = (slider.minimum() / parts, slider.maximum() / parts)
            slider.valueChanged.connect(lambda _: self._set_brush())
            slider.typed.connect(lambda value, slider=slider, parts=parts: slider.setValue(round(value * parts)))
        self.canvas.changed.connect(self.changed)
        self.canvas.resized_brush.connect(lambda steps: self.size_slider.setValue(self.size_slider.value() + steps))
        self.load_button.clicked.connect(self._choose)
        self.clear_button.clicked.connect(self.clear)
        self._set_brush()

    @property
    def hint(self) -> str:
        """What can be done here."""
        if file := self.ink.file:
            return (
                f"{Path(file.path).name} is taken with its own pixels, at most {file.size} on its longer side. "
                f"Painting over it makes it a drawing of {SIDE} × {SIDE} cells."
            )
        return "Left paints, right erases, the wheel changes the brush's size. A picture can be dropped here."

    def spec(self) -> DatasetSpec | None:
        """The picture's file as long as it is untouched, else the drawing; None while there is no ink."""
        return self.ink.spec()

    def show_spec(self, spec: DrawingSpec | DensitySpec) -> None:
        """Begin with a drawing or a picture's file. Raises DatasetError when the file can't be read."""
        if isinstance(spec, DrawingSpec):
            self.ink.replace(ink_of_rows(spec.rows))
        else:
            self.ink.replace(_ink_of_file(spec), spec)
        self._show_change()

    def load(self, path: Path) -> bool:
        """Begin with an image file; False, and ``refused`` says why, when it can't be."""
        spec = DensitySpec(path=text_of(path))
        try:
            ink = _ink_of_file(spec)
        except DatasetError as error:
            self.refused.emit(str(error))
            return False
        self.ink.begin()
        self.ink.replace(ink, spec)
        self._show_change()
        return True

    def clear(self) -> None:
        """Take all the ink away."""
        self.ink.clear()
        self._show_change()

    @property
    def can_undo(self) -> bool:
        """Whether there is a change to take back."""
        return self.ink.can_undo

    def undo(self) -> None:
        """Take the newest stroke, picture or clearing back."""
        if self.ink.undo():
            self._show_change()

    def _show_change(self) -> None:
        self.canvas.update()
        self.changed.emit()

    def _set_brush(self) -> None:
        radius, strength = self.size_slider.value() / 2, self.strength_slider.value() / 100
        self.size_slider.exact, self.strength_slider.exact = radius, strength
        self.size_slider.show_value(self.size_slider.value(), f"{radius:g}")
        self.strength_slider.show_value(self.strength_slider.value(), percent(strength, 0))
        self.canvas.brush = Brush(
            radius=radius,
            strength=strength,
            soft=self.soft_chip.isChecked(),
            erases=self.eraser_chip.isChecked(),
        )
        self.canvas.update()

    def _choose(self) -> None:
        name, _ = QFileDialog.getOpenFileName(self, "Load picture", "", _PICTURES, options=QFileDialog.Option.ReadOnly)
        if name:
            self.load(Path(name))


def _ink_of_file(spec: DensitySpec) -> Cells:
    path = place_of(spec.path)
    return picture_ink(read_picture(path, spec.size), spec, path.name)
