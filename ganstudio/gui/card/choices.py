"""How the data are to be taken: a form made from their spec, and the first images as it makes them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QLabel, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ganstudio.experiment import ArraySpec, TableSpec
from ganstudio.gui.card.columns import ColumnChoices
from ganstudio.gui.card.games import GameChoice
from ganstudio.gui.card.readings import ReadingChoice
from ganstudio.gui.forms.forms import SpecForm
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ways_out import WaysOut

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from ganstudio.experiment import DatasetSpec, Spec

_ELSEWHERE = frozenset({"kind", "path", "classes", "labels", "columns", "layout"})
"""Fields without a row: what was dropped; classes, ticked beside their bars; a table's columns, chosen by name; an
array's layout, by what it makes of it."""
_OF_TEXT = frozenset({"header", "encoding", "decimal"})
"""Fields that say how a text is read, and nothing of other files."""
_PROPOSED = ("size", "seconds")
"""Fields whose help says what was found to suit the data."""
_COLUMNS, _ROWS, _GAP = 4, 3, 4
_MANY = 20  # samples of which a share makes sense


class Choices(QScrollArea):
    """``changed(spec)`` comes when a person chooses something allowed."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.form: SpecForm | None = None
        self._is_text = False
        self.strip = PreviewStrip()
        self._strip_heading = QLabel("As it is trained on")
        self._strip_heading.setProperty("role", "heading")
        self._heading = QLabel("Choices")
        self._heading.setProperty("role", "heading")
        self._heading.setContentsMargins(0, 6, 0, 0)
        page = QWidget()
        page.setObjectName("page")
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(0, 0, 8, 0)
        self._column.setSpacing(theme.SPACING)
        self.columns = ColumnChoices()
        self.columns.changed.connect(self._take)
        self.game = GameChoice()
        self.reading = ReadingChoice()
        self.reading.changed.connect(self._take)
        for widget in (self._strip_heading, self.strip, self.game, self.reading, self._heading, self.columns):
            self._column.addWidget(widget)
        self._column.addStretch(1)
        self.setWidget(page)

    @property
    def spec(self) -> Spec | None:
        """What is chosen."""
        return self.form.spec if self.form else None

    def clear(self) -> None:
        """Nothing can be chosen yet."""
        self._drop_form()
        self._is_text = False
        self.game.clear()
        self.columns.hide()
        self.strip.clear()
        self.set_pictured(False)

    def show_spec(self, spec: DatasetSpec, proposed: DatasetSpec | None, columns: Sequence[str] | None = None) -> None:
        """Show choices; proposed: those that were found to suit the data, None where there were none.

        columns: the names of a table's columns; None: they are those that are shown.
        """
        if columns is not None and isinstance(spec, TableSpec | ArraySpec):
            self._is_text = bool(columns) or isinstance(spec, TableSpec)
            self.columns.show_columns(columns, spec)
            self.columns.setVisible(self._is_text)
        if self.form is not None and type(self.form.spec) is type(spec):
            self.form.set_spec(spec)
            return
        self._drop_form()
        hidden = _ELSEWHERE | _OF_TEXT if isinstance(spec, ArraySpec) and not self._is_text else _ELSEWHERE
        names = [name for name in type(spec).model_fields if name not in hidden]
        self.form = SpecForm(spec, only=names)
        self.form.edited.connect(self._say)
        self._column.insertWidget(self._column.count() - 1, self.form)
        self._heading.setVisible(bool(self.form.rows) or isinstance(spec, TableSpec))
        for name in _PROPOSED:
            if proposed is not None and (value := getattr(proposed, name, None)) and name in names:
                self._explain(name, f"Proposed: {value}")

    def show_count(self, count: int) -> None:
        """So many samples there are: what shares of them would be."""
        if self.form is not None and "held_out" in self.form.rows and count >= _MANY:
            self._explain("held_out", f"A tenth is {count // 10:,}")

    def take_classes(self, classes: tuple[str, ...]) -> None:
        """The classes that are used were ticked elsewhere."""
        self._take({"classes": classes})

    def set_pictured(self, pictured: bool) -> None:
        """Whether there are images to preview."""
        self.strip.setVisible(pictured)
        self._strip_heading.setVisible(pictured)

    def _drop_form(self) -> None:
        self._heading.hide()
        self.reading.hide()
        if self.form is not None:
            self.form.hide()
            self._column.removeWidget(self.form)
            self.form.deleteLater()
            self.form = None

    def _explain(self, name: str, words: str) -> None:
        assert self.form is not None
        field = type(self.form.spec).model_fields[name]
        self.form.row_at(name).set_help(f"{field.description}. {words}")

    def _take(self, fields: Mapping[str, object]) -> None:
        if self.form is not None:
            self.form.set_spec(self.form.spec.model_copy(update=fields))
            self._say()

    def _say(self, *_: object) -> None:
        self.changed.emit(self.spec)


class PreviewStrip(QWidget):
    """The first dozen images, pixel for pixel as they are trained on, or why there are none."""

    def __init__(self) -> None:
        super().__init__()
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName("Preview")
        WaysOut(self, "As it is trained on")
        self.images: npt.NDArray[np.uint8] = np.empty((0, 1, 1, 1), np.uint8)
        self._why = ""

    def hasHeightForWidth(self) -> bool:
        """The places are square."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all rows."""
        return round(_ROWS * self._side(width) + (_ROWS - 1) * _GAP)

    def sizeHint(self) -> QSize:
        """Return places of 64 pixels."""
        return QSize(268, self.heightForWidth(268))

    def clear(self) -> None:
        """Show none."""
        self.show_images(np.empty((0, 1, 1, 1), np.uint8))

    def show_images(self, images: npt.NDArray[np.uint8]) -> None:
        """images: uint8 (k, size, size, 1 or 3)."""
        self.images, self._why = images, ""
        self.update()

    def refuse(self, why: str) -> None:
        """Say why there are none."""
        self.clear()
        self._why = why
        self.update()

    def _side(self, width: int) -> float:
        return (width - (_COLUMNS - 1) * _GAP) / _COLUMNS

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the images in rows."""
        painter = QPainter(self)
        side = self._side(self.width())
        # Small images are magnified to be seen as pixels; large ones are made smaller smoothly.
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self.images.shape[1] > side)
        for index in range(_COLUMNS * _ROWS):
            row, column = divmod(index, _COLUMNS)
            place = QRectF(column * (side + _GAP), row * (side + _GAP), side, side)
            if index < len(self.images):
                painter.drawImage(place, _image(self.images[index]))
            elif not self._why:
                painter.fillRect(place, QColor(theme.SURFACE))
        if self._why:
            painter.setPen(QColor(theme.DANGER))
            words = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
            painter.drawText(QRectF(self.rect()), words, self._why)


def _image(pixels: npt.NDArray[np.uint8]) -> QImage:
    wide = np.ascontiguousarray(np.broadcast_to(pixels, (*pixels.shape[:2], 3)))
    height, width, _ = wide.shape
    return QImage(wide.data, width, height, 3 * width, QImage.Format.Format_RGB888).copy()
