"""Which editor suits a field of a spec."""

from __future__ import annotations

import csv
import types
from typing import TYPE_CHECKING, Any, Literal, Union, get_args, get_origin

import annotated_types
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QLabel, QSizePolicy

from ganstudio.gui.forms import fields
from ganstudio.gui.text import numbers
from ganstudio.gui.text.words import suffix, unit_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic.fields import FieldInfo


class CountBox(QLabel):
    """How many there are of what is too much for one row: it is edited with the mouse, in a window of its own."""

    changed = Signal(object)
    """Never comes; every editor has it."""

    def __init__(self, unit: str) -> None:
        super().__init__()
        self._unit = unit
        self._value: Sequence[object] = ()
        self.setWordWrap(True)
        self.setMinimumWidth(72)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)

    def current(self) -> Sequence[object]:
        """What was shown last, all of it."""
        return self._value

    def show_value(self, value: Sequence[object]) -> None:
        """Take a value."""
        self._value = value
        self.setText(f"{len(value)} {unit_of(self._unit, len(value))}; edit with Draw…")


Editor = fields.NumberBox | fields.ChoiceBox | fields.SwitchBox | fields.TextBox | CountBox


def make_editor(field: FieldInfo) -> Editor:
    """The editor that suits a field's type, bounds and scale."""
    annotation = field.annotation
    if get_origin(annotation) is Literal:
        return fields.ChoiceBox(get_args(annotation))
    if annotation is bool:
        return fields.SwitchBox()
    if annotation in (int, float):
        return _number_box(field, whole=annotation is int)
    if annotation == tuple[str, ...]:
        return fields.TextBox(_names, "All")
    if get_origin(annotation) is tuple and get_args(annotation)[-1] is Ellipsis:
        return CountBox(_extra(field, "unit"))
    return fields.TextBox(_parser(annotation), "Not set" if type(None) in get_args(annotation) else "")


def _names(text: str) -> tuple[str, ...]:
    """Names with commas between them; one with a comma of its own stands in double quotes."""
    return tuple(name for part in next(csv.reader([text], skipinitialspace=True), []) if (name := part.strip()))


def _number_box(field: FieldInfo, *, whole: bool) -> fields.NumberBox:
    bounds = _bounds(field)
    box = fields.NumberBox(
        bounds,
        _stepper(bounds, whole=whole, log=bool(_extra(field, "log"))),
        whole=whole,
        suffix=suffix(_extra(field, "unit")),
        of_one=suffix(_extra(field, "unit"), 1),
        zero=_extra(field, "zero"),
    )
    box.setProperty("bounds", bounds.words())
    return box


def _extra(field: FieldInfo, name: str) -> Any:
    """What ``knob`` noted beside a field's type; empty where the field was declared without it."""
    extra = field.json_schema_extra
    return extra.get(name, "") if isinstance(extra, dict) else ""


def _stepper(bounds: numbers.Bounds, *, whole: bool, log: bool) -> Callable[[float, int], float]:
    if whole:
        # Sizes and durations grow by factors; small counts, seeds and numbers of threads by one.
        factors = bounds.low >= 1 and (bounds.low >= 2 or bounds.high >= 1000)
        return numbers.doubling if factors else numbers.by(1)
    if log:
        return numbers.ladder
    if bounds.low == 0 and bounds.high == 1:
        return numbers.share
    return numbers.by(5.0 if bounds.high - bounds.low >= 360 else 0.1)


def _bounds(field: FieldInfo) -> numbers.Bounds:
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
    return numbers.Bounds(**found)


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
