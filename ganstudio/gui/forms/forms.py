"""Forms made from the specs: a field more in a spec is a row more in the window, with no line changed here."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QToolButton, QVBoxLayout, QWidget

from ganstudio.experiment import Spec
from ganstudio.gui.forms import fields
from ganstudio.gui.forms.editors import make_editor
from ganstudio.gui.forms.lists import ListRow
from ganstudio.gui.forms.rows import INDENT, FieldRow
from ganstudio.gui.looks import icons, theme
from ganstudio.gui.parts.laid import stacked
from ganstudio.gui.text.words import summary
from ganstudio.presets import is_live

if TYPE_CHECKING:
    from collections.abc import Container, Sequence

    from pydantic.fields import FieldInfo


class UnionRow(QWidget):
    """One of several kinds of spec: a choice of the kind, and the form of the one that is chosen."""

    edited = Signal(str, object)

    def __init__(
        self,
        name: str,
        path: str,
        members: Sequence[type[Spec]],
        spec: Spec,
        brief: Sequence[str],
        depth: int,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._path = path
        self._depth = depth
        self._spec = spec
        self.form: SpecForm
        self._members = {_kind(member): member for member in members}
        self._brief = brief
        self._locked = False
        self._more = False
        # A kind that can't be made from defaults, such as a folder of images, is there when it is the one in use.
        usable = [kind for kind, member in self._members.items() if _has_defaults(member) or isinstance(spec, member)]
        self.choice = fields.ChoiceBox(usable)
        for kind in usable:
            self.choice.describe(kind, summary(self._members[kind]))
        self.row = FieldRow(name, summary(type(spec)), self.choice, live=is_live(path), depth=depth, parent=self)
        if name in ("generator", "discriminator"):
            self.row.set_player(name)
        self._frame = QFrame(self)
        self._frame.setObjectName("subForm")
        self._inner = QVBoxLayout(self._frame)
        self._inner.setContentsMargins(INDENT - 2, 2, 0, 2)  # and 2 for the line at its left
        stacked(self.row, self._frame, on=self, spacing=6)
        self.choice.changed.connect(self._choose)
        self._rebuild(spec)

    def set_spec(self, spec: Spec) -> None:
        """Show another spec; the form is made anew only when the kind is another."""
        if type(spec) is type(self._spec):
            self._spec = spec
            self.form.set_spec(spec)
        else:
            self.form.hide()
            self._more = self.form.expanded
            self._inner.removeWidget(self.form)
            self.form.deleteLater()
            self._rebuild(spec)

    def set_locked(self, locked: bool) -> None:
        """While a run is on: mark what is not live."""
        self._locked = locked
        self.row.set_locked(locked)
        self.form.set_locked(locked)

    def set_pending(self, paths: Container[str]) -> None:
        """Mark the fields at ``paths``, whose changes wait until the run starts over."""
        self.row.set_pending(self._path in paths)
        self.form.set_pending(paths)

    def _rebuild(self, spec: Spec) -> None:
        self._spec = spec
        self.choice.show_value(_kind(type(spec)))
        self.row.set_help(summary(type(spec)))
        self.form = SpecForm(spec, path=self._path, brief=self._brief, depth=self._depth + 1, parent=self._frame)
        self.form.expanded = self._more
        self.form.set_locked(self._locked)
        self.form.edited.connect(self.edited)
        self._inner.addWidget(self.form)
        self._frame.setVisible(bool(self.form.rows))

    def _choose(self, kind: str) -> None:
        self.set_spec(self._members[kind]())
        self.edited.emit(self._path, {"kind": kind})


class SpecForm(QWidget):
    """A form for any spec.

    path: where the spec stands in the experiment, such as ``optimisers.generator``; what the form says is relative to
    the experiment. only: the fields that are shown, in their order; None: all. brief: where a form has one of these
    fields, the others wait behind a button. depth: how many forms it stands within, for the alignment.

    ``edited(path, value)`` comes when a person changed a field to something allowed; a union's new kind comes as the
    mapping ``{"kind": ...}``.
    """

    edited = Signal(str, object)

    def __init__(
        self,
        spec: Spec,
        *,
        path: str = "",
        only: Sequence[str] | None = None,
        brief: Sequence[str] = (),
        depth: int = 0,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._spec = spec
        self._path = path
        self._brief = brief
        self._depth = depth
        self.rows: dict[str, FieldRow | UnionRow | ListRow | SpecForm] = {}
        self._layout = stacked(on=self, spacing=theme.SPACING + 1)
        for name in only if only is not None else type(spec).model_fields:
            if row := self._row(name, type(spec).model_fields[name]):
                self.rows[name] = row
                self._layout.addWidget(row)
        self._rest = [row for name, row in self.rows.items() if name not in brief]
        self._more = _MoreButton()
        self._layout.addWidget(self._more, 0, Qt.AlignmentFlag.AlignLeft)
        if not self._rest or not any(name in self.rows for name in brief):
            self._rest = []
        self._more.setVisible(bool(self._rest))
        self._more.toggled.connect(self._show_rest)
        self._show_rest(not self._rest)

    @property
    def spec(self) -> Spec:
        """What the form says."""
        return self._spec

    @property
    def expanded(self) -> bool:
        """Whether the fields behind the button are shown."""
        return self._more.isChecked()

    @expanded.setter
    def expanded(self, expanded: bool) -> None:
        self._more.setChecked(expanded)

    def set_spec(self, spec: Spec) -> None:
        """Show another spec of the same class, without saying ``edited``."""
        assert type(spec) is type(self._spec), f"a form of {type(self._spec).__name__} can't show {type(spec).__name__}"
        self._spec = spec
        for name, row in self.rows.items():
            value = getattr(spec, name)
            if isinstance(row, FieldRow):
                row.editor.show_value(value)
                row.set_error("")
            else:
                row.set_spec(value)

    def set_locked(self, locked: bool) -> None:
        """While a run is on: mark every field that takes effect only when the run starts over."""
        for row in self.rows.values():
            row.set_locked(locked)

    def set_pending(self, paths: Container[str]) -> None:
        """Mark the fields at ``paths``, whose changes wait until the run starts over."""
        for name, row in self.rows.items():
            if isinstance(row, FieldRow):
                row.set_pending(self._at(name) in paths)
            else:
                row.set_pending(paths)

    def row_at(self, path: str) -> FieldRow:
        """The row of a field by its dotted path within this form.

        Raises KeyError when the form has no such field.
        """
        name, _, rest = path.partition(".")
        row = self.rows[name]
        if isinstance(row, UnionRow):
            return row.form.row_at(rest) if rest and rest != "kind" else row.row
        return row if isinstance(row, FieldRow) else row.row_at(rest)

    def _at(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def _show_rest(self, shown: bool) -> None:
        for row in self._rest:
            row.setVisible(shown)

    def _row(self, name: str, field: FieldInfo) -> FieldRow | UnionRow | ListRow | SpecForm | None:
        path = self._at(name)
        value = getattr(self._spec, name)
        members = _specs_in(field.annotation)
        if len(members) > 1:
            union = UnionRow(name, path, members, value, self._brief, self._depth, self)
            union.edited.connect(self.edited)
            return union
        if members:
            form = SpecForm(value, path=path, brief=self._brief, depth=self._depth, parent=self)
            form.edited.connect(self.edited)
            return form
        if kinds_in := _listed_kinds(field.annotation):
            listed = ListRow(name, field.description or "", path, kinds_in, value, _most(field), self._form_within)
            listed.edited.connect(self.edited)
            return listed
        if get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1:
            return None  # the tag of a union's member
        editor = make_editor(field)
        editor.show_value(value)
        row = FieldRow(
            name, field.description or "", editor, live=_is_live(path, field), depth=self._depth, parent=self
        )
        editor.changed.connect(lambda value: self._take(name, path, value))
        if isinstance(editor, fields.TextBox):
            editor.failed.connect(row.set_error)
        return row

    def _form_within(self, spec: Spec, path: str) -> SpecForm:
        return SpecForm(spec, path=path, depth=self._depth + 1)

    def _take(self, name: str, path: str, value: object) -> None:
        row = self.rows[name]
        assert isinstance(row, FieldRow)
        try:
            # The owner validates the value, so that the form never says what the spec would not take.
            owner = type(self._spec).model_validate({**self._spec.model_dump(), name: value})
        except ValidationError as error:
            row.set_error(error.errors(include_url=False)[0]["msg"])
            return
        row.set_error("")
        self._spec = owner
        self.edited.emit(path, getattr(owner, name))


class _MoreButton(QToolButton):
    """Shows and hides what is needed less often."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("moreButton")
        self.setCheckable(True)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toggled.connect(self._follow)
        self._follow(False)

    def _follow(self, shown: bool) -> None:
        self.setText("Less" if shown else "More")
        self.setIcon(icons.icon("chevron-down" if shown else "chevron-right", theme.MUTED))


def _specs_in(annotation: Any) -> list[type[Spec]]:
    options = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    return [option for option in options if isinstance(option, type) and issubclass(option, Spec)]


def _listed_kinds(annotation: Any) -> list[type[Spec]]:
    """The kinds of a list whose members are of several; a list of one kind is edited in a window of its own."""
    if get_origin(annotation) is not tuple or get_args(annotation)[-1] is not Ellipsis:
        return []
    member = get_args(annotation)[0]
    found = _specs_in(get_args(member)[0]) if get_origin(member) is Annotated else []
    return found if len(found) > 1 else []


def _most(field: FieldInfo) -> int:
    return next((each.max_length for each in field.metadata if isinstance(each, annotated_types.MaxLen)), 256)


def _kind(spec: type[Spec]) -> str:
    return str(spec.model_fields["kind"].default)


def _has_defaults(spec: type[Spec]) -> bool:
    return not any(field.is_required() for field in spec.model_fields.values())


def _is_live(path: str, field: FieldInfo) -> bool:
    extra = field.json_schema_extra
    return is_live(path) or (isinstance(extra, dict) and bool(extra.get("live")))
