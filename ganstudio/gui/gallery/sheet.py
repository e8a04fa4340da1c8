"""The traversal sheet: what G makes while two of its inputs run over their values and the rest stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPoint, QSignalBlocker, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QWidget

from ganstudio.gui.gallery.corners import LINES, Corners
from ganstudio.gui.gallery.marks import nothing
from ganstudio.gui.gallery.sheet_canvas import SheetCanvas
from ganstudio.gui.gallery.sheet_state import Axis, axes, first_choice, nearest_cell, sheet_latents
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.chips import Chip, action, muted_label
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.parts.pixels import pack

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from ganstudio.experiment import LatentSpec
    from ganstudio.gui.gallery.marks import Marking
    from ganstudio.modalities import Pixels, Samples

_CORNERS = (
    "A sheet between four corners: the first four pins, or points that are drawn where there are fewer. In between "
    "lies what is on the way from one to the other"
)
_PATIENCE_MS = 80
"""While a slider is dragged sheets are asked for this often at most: each is a hundred images to make."""


class SheetView(QWidget):
    """Two boxes that say what runs along rows and columns, and the sheet with its heads.

    ``wanted`` is emitted when other latents than before shall be watched: ``latents`` has them. ``picked`` carries the
    latents (width,) of a cell that was clicked, and then ``struck`` its index.
    """

    wanted = Signal()
    picked = Signal(object)
    struck = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._spec: LatentSpec | None = None
        self._axes: tuple[Axis, ...] = ()
        self._base: npt.NDArray[np.float32] | None = None
        self._samples: Samples | None = None
        self._pictures: Callable[[Samples], Pixels] = lambda samples: samples
        self._marking: Marking = nothing
        self._cell = 0
        self.rows, self.columns = _box("Rows of the sheet"), _box("Columns of the sheet")
        swap = action("Swap", "Exchange rows and columns")
        swap.clicked.connect(self._swap)
        for box in (self.rows, self.columns):
            box.currentIndexChanged.connect(self._on_chosen)
        self._corners = Corners()
        self.between = Chip("Corners", _CORNERS)
        self.between.toggled.connect(self._on_between)
        self.others = action("Others", "Four other points of the prior as corners")
        self.others.clicked.connect(self._draw_corners)
        self.others.hide()
        self.canvas = SheetCanvas()
        self.canvas.chosen.connect(self._on_cell)
        self._rest = QTimer(self, singleShot=True, interval=_PATIENCE_MS)
        self._rest.timeout.connect(self._after_rest)
        self._waiting = False
        self._of_axes = muted_label("Rows"), self.rows, muted_label("Columns"), self.columns, swap
        tools = FlowLayout(*self._of_axes, self.between, self.others)
        stacked(tools, (self.canvas, 1), on=self, spacing=theme.SPACING - 2)

    # --- what the gallery calls ---

    @property
    def latents(self) -> npt.NDArray[np.float32] | None:
        """The sheet's latents (rows * columns, width), row by row; None before the sliders have any."""
        if self._base is None or not self._axes:
            return None
        if self.between.isChecked():
            return self._corners.latents(self._base)
        return sheet_latents(self._base, *self._chosen())

    @property
    def samples(self) -> Samples | None:
        """The sheet's samples, row by row; None before there are any."""
        return self._samples

    def cell_at(self, place: QPoint) -> tuple[Samples, npt.NDArray[np.float32]] | None:
        """The sample at a place of the canvas and its latents (width,); None where there is none."""
        index, latents = self.canvas.cell_at(place), self.latents
        if index is None or self._samples is None or latents is None or len(latents) != len(self._samples):
            return None
        return self._samples[index], latents[index]

    @property
    def sample(self) -> Samples | None:
        """The sample of the cell that was clicked last; None before there are any."""
        return None if self._samples is None or self._cell >= len(self._samples) else self._samples[self._cell]

    def open(self, spec: LatentSpec, pictures: Callable[[Samples], Pixels]) -> None:
        """Traverse another experiment's latent space; ``pictures`` makes pictures of its samples."""
        self._samples, self._pictures = None, pictures
        self._spec, self._base, self._axes = spec, None, axes(spec)
        self._corners.open(spec)
        self._rest.stop()
        self._waiting = False
        self._list(*first_choice(spec))
        self.canvas.set_axes(*self._chosen())
        self.canvas.clear()

    def set_marking(self, marking: Marking) -> None:
        """Mark samples from now on as this does."""
        self._marking = marking

    def follow(self, spec: LatentSpec) -> None:
        """Show the names that the codes have now."""
        if self._spec is not None and spec != self._spec:
            self._spec, self._axes = spec, axes(spec)
            self._list(self.rows.currentIndex(), self.columns.currentIndex())
            self.canvas.set_axes(*self._chosen())

    def set_latents(self, latents: npt.NDArray[np.float32]) -> None:
        """Let the rest stay as in these latents (width,): those of the sliders."""
        if self._base is not None and np.array_equal(latents, self._base):
            return
        before = self.latents
        self._base = latents.copy()
        self._mark()
        after = self.latents
        if before is None or after is None or not np.array_equal(before, after):
            self._want()

    def show_samples(self, samples: Samples) -> None:
        """Show the sheet's samples; one of another number of cells is of an older choice and left aside."""
        if self._axes and len(samples) == self.canvas.cells:
            self._samples = samples
            self.canvas.set_images(pack(self._pictures(samples)), self._marking(samples))

    # --- what happens to it ---

    def set_pins(self, points: npt.NDArray[np.float32] | None, names: Sequence[str]) -> None:
        """Know the pins (k, width) and their names: the first four are the corners of a sheet between them."""
        if self._corners.set_pins(points, names):
            self.others.setVisible(self.between.isChecked() and not self._corners.pinned)
            if self.between.isChecked():
                self._on_chosen()

    def _on_between(self, on: bool) -> None:
        """Have the sheet between four corners, or of rows and columns that change one input of G each."""
        for widget in self._of_axes:
            widget.setHidden(on)
        self.others.setVisible(on and not self._corners.pinned)
        if self._axes:
            self._on_chosen()

    def _draw_corners(self) -> None:
        self._corners.draw()
        self._on_chosen()

    def _chosen(self) -> tuple[Axis, Axis]:
        if self.between.isChecked():
            return self._corners.axes()
        return self._axes[self.rows.currentIndex()], self._axes[self.columns.currentIndex()]

    def _list(self, row_index: int, column_index: int) -> None:
        for box, index in ((self.rows, row_index), (self.columns, column_index)):
            with QSignalBlocker(box):
                box.clear()
                box.addItems([axis.name for axis in self._axes])
                box.setCurrentIndex(index)

    def _swap(self) -> None:
        if self._axes:
            self._list(self.columns.currentIndex(), self.rows.currentIndex())
            self._on_chosen()

    def _on_chosen(self) -> None:
        self.canvas.set_axes(*self._chosen())
        self._mark()
        self.wanted.emit()

    def _mark(self) -> None:
        if self._base is not None and self.between.isChecked():
            cell = self._corners.cell(self._base)
            self.canvas.set_mark(*((None, None) if cell is None else divmod(cell, LINES)))
        elif self._base is not None:
            rows, columns = self._chosen()
            self.canvas.set_mark(nearest_cell(self._base, rows), nearest_cell(self._base, columns))

    def _on_cell(self, index: int) -> None:
        latents, self._cell = self.latents, index
        if latents is not None:
            self.picked.emit(latents[index])
            self.struck.emit(index)

    def _want(self) -> None:
        """Ask at once, and then not again until a while has passed."""
        if self._rest.isActive():
            self._waiting = True
        else:
            self._rest.start()
            self.wanted.emit()

    def _after_rest(self) -> None:
        if self._waiting:
            self._waiting = False
            self._want()


def _box(name: str) -> QComboBox:
    box = QComboBox()
    box.setAccessibleName(name)
    box.setToolTip("A code, a dimension of z, or other draws of z as a whole")
    box.setMinimumContentsLength(6)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    return box
