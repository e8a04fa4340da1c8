"""A list of specs in a form, such as InfoGAN's codes: each with a form of its own, added and removed by buttons."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QAbstractButton, QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from ganstudio.gui.forms.rows import INDENT, LOCKED
from ganstudio.gui.looks import icons, theme
from ganstudio.gui.parts.chips import action
from ganstudio.gui.parts.flow import FlowLayout
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.text.words import field_label, summary, value_label

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from ganstudio.experiment import Spec
    from ganstudio.gui.forms.forms import SpecForm
    from ganstudio.gui.forms.rows import FieldRow


class ListRow(QWidget):
    """Any number of specs of some kinds. ``edited(path, value)`` is of a field of one of them, or of the whole list.

    make_form: (spec, path, depth) -> the form of one member.
    """

    edited = Signal(str, object)

    def __init__(
        self,
        name: str,
        help_text: str,
        path: str,
        members: Sequence[type[Spec]],
        values: Sequence[Spec],
        most: int,
        make_form: Callable[[Spec, str], SpecForm],
    ) -> None:
        super().__init__()
        self._path, self._most, self._make_form = path, most, make_form
        self._values: tuple[Spec, ...] = ()
        self._locked = False
        self._pending: Container[str] = ()
        self.forms: list[SpecForm] = []
        self._label = QLabel(field_label(name))
        help_label = QLabel(help_text)
        help_label.setWordWrap(True)
        help_label.setProperty("role", "help")
        self._mark = QLabel()
        top = QHBoxLayout()
        top.addWidget(self._label)
        top.addWidget(self._mark)
        top.addStretch(1)
        self.add_buttons: dict[str, QAbstractButton] = {}
        adding = FlowLayout()  # seven kinds of stages side by side are more than twice as wide as the panel
        for member in members:
            kind = str(member.model_fields["kind"].default)
            button = action(f"+ {value_label(kind)}", f"Add: {summary(member)}")
            button.clicked.connect(lambda _checked=False, member=member: self._set((*self._values, member())))
            self.add_buttons[kind] = button
            adding.addWidget(button)
        self._items = QVBoxLayout()
        self._items.setSpacing(theme.SPACING)
        stacked(top, help_label, self._items, adding, on=self, spacing=4)
        self.set_spec(values)

    def set_spec(self, values: Sequence[Spec]) -> None:
        """Show another list; forms are made anew only where the kinds are others."""
        values = tuple(values)
        if [type(value) for value in values] == [type(value) for value in self._values]:
            for form, value in zip(self.forms, values, strict=True):
                form.set_spec(value)
            self._values = values
            return
        self._values = values
        while (item := self._items.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        self.forms = []
        for index, value in enumerate(values):
            self._items.addWidget(self._member(index, value))
        for button in self.add_buttons.values():
            button.setEnabled(len(values) < self._most)
        self.set_locked(self._locked)
        self.set_pending(self._pending)

    def set_locked(self, locked: bool) -> None:
        """While a run is on: mark what is not live, the list itself among it."""
        self._locked = locked
        if locked:
            self._mark.setPixmap(icons.pixmap("lock", theme.MUTED, 12, self.devicePixelRatioF()))
        else:
            self._mark.clear()
        self._label.setToolTip(f"{LOCKED}." if locked else "")
        for form in self.forms:
            form.set_locked(locked)

    def set_pending(self, paths: Container[str]) -> None:
        """Mark the fields at ``paths``, whose changes wait until the run starts over."""
        self._pending = paths
        self._label.setProperty("pending", self._path in paths)
        self._label.style().unpolish(self._label)
        self._label.style().polish(self._label)
        for form in self.forms:
            form.set_pending(paths)

    def row_at(self, path: str) -> FieldRow:
        """The row of a member's field, such as ``0.size``. KeyError: there is none."""
        index, _, rest = path.partition(".")
        if not index.isdecimal() or int(index) >= len(self.forms):
            raise KeyError(path)
        return self.forms[int(index)].row_at(rest)

    def _member(self, index: int, value: Spec) -> QWidget:
        frame = QFrame()
        frame.setObjectName("subForm")
        title = QLabel(f"{index + 1}. {value_label(getattr(value, 'kind', ''))}")
        remove = action("Remove", "Take this one away")
        remove.setAccessibleName(f"Remove {title.text()}")
        remove.clicked.connect(lambda: self._set((*self._values[:index], *self._values[index + 1 :])))
        top = QHBoxLayout()
        top.addWidget(title, 1)
        top.addWidget(remove, 0, Qt.AlignmentFlag.AlignRight)
        form = self._make_form(value, f"{self._path}.{index}")
        form.edited.connect(self._on_edited)
        self.forms.append(form)
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(INDENT - 2, 2, 0, 2)
        layout.setSpacing(4)
        layout.addLayout(top)
        layout.addWidget(form)
        return frame

    def _on_edited(self, path: str, value: object) -> None:
        self._values = tuple(form.spec for form in self.forms)
        self.edited.emit(path, value)

    def _set(self, values: tuple[Spec, ...]) -> None:
        self.set_spec(values)
        self.edited.emit(self._path, [value.model_dump() for value in values])
