"""Forms made from the specs: a field more in a spec is a row more in the window, with no line changed here."""

from __future__ import annotations

import types
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

import annotated_types
from pydantic import ValidationError
from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ganstudio.experiment import Spec
from ganstudio.gui import fields, icons, theme
from ganstudio.gui.words import field_label, suffix, summary
from ganstudio.presets import is_live

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

    from pydantic.fields import FieldInfo

LOCKED = "Takes effect when the run starts over"

_INDENT = 10
_MARK = 17

Editor = fields.NumberBox | fields.ChoiceBox | fields.SwitchBox | fields.TextBox


class FieldRow(QWidget):
    """A label, an editor beside it, and a line of help below, which gives way to what is wrong."""

    def __init__(self, name: str, help_text: str, editor: Editor, *, live: bool, depth: int = 0) -> None:
        super().__init__()
        self.editor = editor
        self._help_text = help_text
        self._live = live
        self._locked = False
        self._mark_colour = theme.MUTED
        self._label = QLabel(field_label(name))
        self._label.setWordWrap(True)
        # A form within a form stands further right; its editors still begin where all the others do.
        self._label.setFixedWidth(theme.LABEL_WIDTH - _MARK - _INDENT * depth)
        self._mark = QLabel()
        self._mark.setFixedWidth(_MARK)
        self._help = QLabel(help_text)
        self._help.setWordWrap(True)
        self._help.setProperty("role", "help")
        self._help.setVisible(bool(help_text))
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(0)
        grid.setVerticalSpacing(2)
        grid.addWidget(self._label, 0, 0)
        grid.addWidget(self._mark, 0, 1)
        grid.addWidget(editor, 0, 2)
        grid.addWidget(self._help, 1, 0, 1, 3)
        grid.setColumnStretch(2, 1)
        self._label.setBuddy(editor)
        editor.setAccessibleName(field_label(name))
        editor.setAccessibleDescription(help_text)
        self._tell()

    def set_player(self, player: str) -> None:
        """Give the label the colour of ``generator`` or ``discriminator``."""
        self._label.setProperty("role", "player")
        self._label.setProperty("player", player)

    def set_help(self, words: str) -> None:
        """Change the line of help."""
        self._help_text = words
        self.set_error("")

    def set_error(self, words: str) -> None:
        """Say below the field what is wrong with it; nothing: all is well."""
        self._help.setText(words or self._help_text)
        self._help.setVisible(bool(words or self._help_text))
        _restyle(self._help, "role", "error" if words else "help")
        _restyle(self.editor, "invalid", bool(words))
        self._tell()

    def set_locked(self, locked: bool) -> None:
        """While a run is on: mark the field unless it is live."""
        self._locked = locked and not self._live
        if self._locked:
            self._mark.setPixmap(icons.pixmap("lock", self._mark_colour, 12, self.devicePixelRatioF()))
        else:
            self._mark.clear()
        self._tell()

    def set_pending(self, pending: bool) -> None:
        """Mark a field whose change waits until the run starts over."""
        _restyle(self._label, "pending", pending)
        self._mark_colour = theme.FAKE if pending else theme.MUTED
        self.set_locked(self._locked)

    @property
    def locked(self) -> bool:
        """Whether a change would wait until the run starts over."""
        return self._locked

    def _tell(self) -> None:
        bounds = self.editor.property("bounds") or ""
        tip = "\n".join(filter(None, (self._help_text, bounds, f"{LOCKED}." if self._locked else "")))
        for each in (self._label, self.editor, self._mark):
            each.setToolTip(tip)


class UnionRow(QWidget):
    """One of several kinds of spec: a choice of the kind, and the form of the one that is chosen."""

    edited = Signal(str, object)

    def __init__(
        self, name: str, path: str, members: Sequence[type[Spec]], spec: Spec, brief: Sequence[str], depth: int
    ) -> None:
        super().__init__()
        self._path = path
        self._depth = depth
        self._members = {_kind(member): member for member in members}
        self._brief = brief
        self._locked = False
        self._more = False
        # A kind that can't be made from defaults, such as a folder of images, is there when it is the one in use.
        usable = [kind for kind, member in self._members.items() if _has_defaults(member) or isinstance(spec, member)]
        self.choice = fields.ChoiceBox(usable)
        for kind in usable:
            self.choice.describe(kind, summary(self._members[kind]))
        self.row = FieldRow(name, summary(type(spec)), self.choice, live=is_live(path), depth=depth)
        if name in ("generator", "discriminator"):
            self.row.set_player(name)
        self._frame = QFrame()
        self._frame.setObjectName("subForm")
        inner = QVBoxLayout(self._frame)
        inner.setContentsMargins(_INDENT - 2, 2, 0, 2)  # and 2 for the line at its left
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self.row)
        layout.addWidget(self._frame)
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
            self._frame.layout().removeWidget(self.form)
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
        self.form = SpecForm(spec, path=self._path, brief=self._brief, depth=self._depth + 1)
        self.form.expanded = self._more
        self.form.set_locked(self._locked)
        self.form.edited.connect(self.edited)
        self._frame.layout().addWidget(self.form)
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
        self.rows: dict[str, FieldRow | UnionRow | SpecForm] = {}
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(theme.SPACING + 1)
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

    def _row(self, name: str, field: FieldInfo) -> FieldRow | UnionRow | SpecForm | None:
        path = self._at(name)
        value = getattr(self._spec, name)
        members = _specs_in(field.annotation)
        if len(members) > 1:
            union = UnionRow(name, path, members, value, self._brief, self._depth)
            union.edited.connect(self.edited)
            return union
        if members:
            form = SpecForm(value, path=path, brief=self._brief, depth=self._depth)
            form.edited.connect(self.edited)
            return form
        if get_origin(field.annotation) is Literal and len(get_args(field.annotation)) == 1:
            return None  # the tag of a union's member
        editor = make_editor(field)
        editor.show_value(value)
        row = FieldRow(name, field.description or "", editor, live=_is_live(path, field), depth=self._depth)
        editor.changed.connect(lambda value: self._take(name, path, value))
        if isinstance(editor, fields.TextBox):
            editor.failed.connect(row.set_error)
        return row

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


def make_editor(field: FieldInfo) -> Editor:
    """The editor that suits a field's type, bounds and scale."""
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return fields.ChoiceBox(get_args(annotation))
    if annotation is bool:
        return fields.SwitchBox()
    if annotation in (int, float):
        return _number_box(field, whole=annotation is int)
    return fields.TextBox(_parser(annotation), "Not set" if type(None) in get_args(annotation) else "")


def _number_box(field: FieldInfo, *, whole: bool) -> fields.NumberBox:
    bounds = _bounds(field)
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    box = fields.NumberBox(
        bounds, _stepper(bounds, whole=whole, log=bool(extra.get("log"))), whole=whole, suffix=suffix(str(extra.get("unit", "")))
    )
    box.setProperty("bounds", bounds.words())
    return box


def _stepper(bounds: fields.Bounds, *, whole: bool, log: bool) -> Callable[[float, int], float]:
    if whole:
        # Sizes and durations grow by factors; small counts, seeds and numbers of threads by one.
        factors = bounds.low >= 1 and (bounds.low >= 2 or bounds.high >= 1000)
        return fields.doubling if factors else fields.by(1)
    if log:
        return fields.ladder
    if bounds.low == 0 and bounds.high == 1:
        return fields.share
    return fields.by(5.0 if bounds.high - bounds.low >= 360 else 0.1)


def _bounds(field: FieldInfo) -> fields.Bounds:
    found: dict[str, Any] = {}
    for each in field.metadata:
        match each:
            case annotated_types.Ge(ge=value):
                found |= {"low": value}
            case annotated_types.Gt(gt=value):
                found |= {"low": value, "low_open": True}
            case annotated_types.Le(le=value):
                found |= {"high": value}
            case annotated_types.Lt(lt=value):
                found |= {"high": value, "high_open": True}
    return fields.Bounds(**found)


def _parser(annotation: Any) -> Callable[[str], object]:
    """What a typed text means for a field of this type; ValueError says what would be right."""
    options = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    kind = next(option for option in options if option is not type(None))

    def parse(text: str) -> object:
        if not text and type(None) in options:
            return None
        try:
            if get_origin(kind) is tuple:
                return tuple(int(part) for part in text.replace(",", " ").split())
            return kind(text)
        except ValueError:
            wanted = "whole numbers with a comma between them" if get_origin(kind) is tuple else "a whole number"
            raise ValueError(f"Expected {wanted}, such as {'0, 1' if get_origin(kind) is tuple else '32'}") from None

    return parse


def _specs_in(annotation: Any) -> list[type[Spec]]:
    options = get_args(annotation) if get_origin(annotation) in (Union, types.UnionType) else (annotation,)
    return [option for option in options if isinstance(option, type) and issubclass(option, Spec)]


def _kind(spec: type[Spec]) -> str:
    return str(spec.model_fields["kind"].default)


def _has_defaults(spec: type[Spec]) -> bool:
    return not any(field.is_required() for field in spec.model_fields.values())


def _is_live(path: str, field: FieldInfo) -> bool:
    extra = field.json_schema_extra
    return is_live(path) or (isinstance(extra, dict) and bool(extra.get("live")))


def _restyle(widget: QWidget, name: str, value: object) -> None:
    """Set a property that the stylesheet looks at; the style reads it again only when told to."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)
