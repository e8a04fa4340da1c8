"""What D's autoencoder makes of samples: histograms of their energies, and one of them beside its reconstruction."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ganstudio.gui.looks import theme
from ganstudio.gui.parts.pixels import magnified, pack, picture
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.plots import paint
from ganstudio.gui.plots.energy_histogram import EnergyHistogram

if TYPE_CHECKING:
    from ganstudio.modalities import Modality
    from ganstudio.training.messages import Frame, Inspected

    Image = npt.NDArray[np.uint8]

COLOURS = {"real": theme.REAL, "generated": theme.FAKE}
"""Of a sample's kind."""
_HEIGHT, _LEAST = 148, 104
_SIDE, _NARROW_SIDE = 76, 62  # pixels of a picture at most, and where it is narrow
_GAP = 6
_EMPTY = "Click a sample:\nD's reconstruction of it and its energy are shown here"


class EnergyView(QWidget):
    """The histograms, and beside them the sample that was clicked last."""

    def __init__(self) -> None:
        super().__init__()
        self.histogram = EnergyHistogram()
        self.inspection = Inspection()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, theme.SPACING, theme.SPACING)
        layout.setSpacing(theme.SPACING)
        layout.addWidget(self.histogram, 1)
        layout.addWidget(self.inspection)
        self.setMinimumHeight(_LEAST)
        self.setMaximumHeight(_HEIGHT)

    def sizeHint(self) -> QSize:
        """Room for readable histograms; in a small window they make do with less."""
        return QSize(super().sizeHint().width(), _HEIGHT)

    def open(self, margin: float, modality: Modality) -> None:
        """Another game begins, with this margin and this kind of samples."""
        self.inspection.modality = modality
        self.histogram.margin = margin
        self.histogram.clear()
        self.inspection.clear()
        self.inspection.margin = margin

    def set_margin(self, margin: float) -> None:
        """The margin in force is this one."""
        self.histogram.set_margin(margin)
        self.inspection.margin = margin
        self.inspection.update()

    def show_frame(self, frame: Frame) -> None:
        """Show a frame's energies; one without them changes nothing."""
        real, fake = (frame.layers.get(f"energies_{side}") for side in ("real", "fake"))
        if real is not None and fake is not None:
            self.histogram.set_energies(real, fake)

    def show_inspected(self, inspected: Inspected, kind: str) -> None:
        """Show the first of the samples, which is "real" or "generated", with what D makes of it."""
        energy = float(inspected.energies[0])
        self.histogram.mark(energy, COLOURS[kind])
        self.inspection.show_sample(inspected.samples[0], inspected.reconstructions[0], energy, kind)


class Inspection(QWidget):
    """A sample, its reconstruction, where they differ, and its energy. What can be read is told in words."""

    def __init__(self) -> None:
        super().__init__()
        self.margin = 1.0
        self.modality: Modality | None = None
        self.energy: float | None = None
        self.texts: tuple[str, ...] = ()
        self._kind = "real"
        self._pictures: tuple[tuple[str, QImage], ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Sample and its reconstruction")
        WaysOut(self, "Reconstruction")
        self.setToolTip(
            "The sample that was clicked, what D's autoencoder reconstructs of it, and the squared error of each "
            "pixel: its mean is the energy"
        )

    @property
    def captions(self) -> tuple[str, ...]:
        """What is written over the pictures."""
        return tuple(caption for caption, _ in self._pictures)

    def sizeHint(self) -> QSize:
        """Room for three pictures side by side."""
        return QSize(3 * _SIDE + 2 * _GAP, _HEIGHT)

    def minimumSizeHint(self) -> QSize:
        """Three pictures that are as narrow as their names."""
        return QSize(3 * _NARROW_SIDE + 2 * _GAP, 0)

    def clear(self) -> None:
        """Ask for a click again."""
        self.energy, self._pictures, self.texts = None, (), ()
        self.update()

    def show_sample(
        self, sample: npt.NDArray[np.generic], reconstruction: npt.NDArray[np.generic], energy: float, kind: str
    ) -> None:
        """Show a sample in people's units with what D makes of it."""
        assert self.modality is not None, "no game of energies is open"
        self.energy, self._kind = energy, kind
        names, both = ("x" if kind == "real" else "G(z)", "D's version"), np.stack([sample, reconstruction])
        lines = self.modality.text(both)
        self.texts = tuple(f"{name} = {line}" for name, line in zip(names, lines or (), strict=False))
        self._pictures = ()
        if lines is None:
            one, other = self.modality.pictures(both)
            shown = (one, other, _error(one, other))
            self._pictures = tuple(zip((*names, "error"), map(_picture, shown), strict=True))
        self.update()

    def words(self) -> str:
        """The energy, and what part of the margin it is."""
        if self.energy is None:
            return ""
        return f"E = {self.energy:.4f} = {self.energy / self.margin:.2f} m"

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the pictures, or the numbers of a point, and the energy below."""
        painter = QPainter(self)
        painter.setFont(paint.small(self.font()))
        painter.setPen(QColor(theme.MUTED))
        middle = Qt.AlignmentFlag.AlignCenter
        if self.energy is None:
            painter.drawText(self.rect(), int(middle) | int(Qt.TextFlag.TextWordWrap), _EMPTY)
            return
        line = painter.fontMetrics().height()
        top = paint.TOP + line
        cell = min((self.width() - 2 * _GAP) / 3, _SIDE)
        side = min(cell, self.height() - top - line - 6)
        for index, (caption, image) in enumerate(self._pictures):
            left = index * (cell + _GAP) + (cell - side) / 2
            painter.setPen(QColor(COLOURS[self._kind] if index == 0 else theme.MUTED))
            # In all the room there is to the next one: in a low window a picture is narrower than its name.
            over = QRectF(index * (cell + _GAP) - _GAP / 2, top - line - 3, cell + _GAP, line)
            painter.drawText(over, middle, caption)
            shrink = side / max(image.width(), image.height())
            width, height = image.width() * shrink, image.height() * shrink
            painter.drawImage(QRectF(left + (side - width) / 2, top + (side - height) / 2, width, height), image)
        for index, text in enumerate(self.texts):
            painter.setPen(QColor(COLOURS[self._kind] if index == 0 else theme.MUTED))
            painter.drawText(QRectF(0, top + 2 * index * line, self.width(), line), middle, text)
        painter.setPen(QColor(theme.TEXT))
        below = top + side + 3 if self._pictures else top + 4 * line + 8
        painter.drawText(QRectF(0, below, self.width(), line), middle, self.words())


def _picture(image: npt.NDArray[np.generic]) -> QImage:
    """An image (h, w, c) with its pixels as large as fit in whole numbers."""
    packed = pack(image[None])[0]
    return picture(magnified(packed, max(1, _SIDE // max(packed.shape))))


def _error(sample: npt.NDArray[np.generic], reconstruction: npt.NDArray[np.generic]) -> Image:
    """The squared error of each value, brighter where it is larger: white from a quarter of the range off."""
    off = sample.astype(np.float64) - reconstruction.astype(np.float64)
    return np.minimum(255 * (off / 63.75) ** 2, 255).astype(np.uint8)
