"""Walking the specs: which fields there are, what they allow, which may change while training."""

from __future__ import annotations

import re
import types
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, Literal, Union, get_args, get_origin

import annotated_types

from ganstudio.experiment import Experiment, Spec

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

# Sub-specs that may be swapped whole while training: the players keep their weights, what they minimise changes.
_LIVE_SPECS = ("objective", "optimisers.generator", "optimisers.discriminator")


def members(annotation: Any) -> tuple[type[Spec], ...]:
    """The specs that a field may hold: one for a plain sub-spec, several for a tagged union, none for a value."""
    if get_origin(annotation) is Annotated:  # as in a list of them
        annotation = get_args(annotation)[0]
    options = get_args(annotation) if _is_union(annotation) else (annotation,)
    return tuple(option for option in options if isinstance(option, type) and issubclass(option, Spec))


def kinds(annotation: Any) -> tuple[str, ...]:
    """The tags of a union's members, in order; empty when the field is no tagged union."""
    found = members(annotation)
    return tuple(kind_of(member) for member in found) if len(found) > 1 else ()


def kind_of(spec: type[Spec]) -> str:
    """The tag of a union's member."""
    return str(spec.model_fields["kind"].default)


def field_at(path: Sequence[str], data: Any) -> FieldInfo | None:
    """The field at a path, the members of unions chosen by the ``kind`` that ``data`` holds; None: there is none."""
    owner: type[Spec] | None = Experiment
    field = None
    for name in path:
        field = owner.model_fields.get(name) if owner else None
        if field is None:
            return None
        data = data.get(name) if isinstance(data, Mapping) else None
        owner = _member(field.annotation, data)
    return field


def owner_at(path: Sequence[str], data: Any) -> type[Spec] | None:
    """The spec that a path leads to, such as ``objective``; None when it leads to a value or nowhere."""
    if not path:
        return Experiment
    field = field_at(path, data)
    for name in path:
        data = data.get(name) if isinstance(data, Mapping) else None
    return _member(field.annotation, data) if field else None


def is_live(path: str) -> bool:
    """Whether the field at a dotted path may be changed while training."""
    return re.sub(r"\.\d+\.", ".*.", path) in live_paths()


@cache
def live_paths() -> frozenset[str]:
    """Every dotted path that may be changed while training, over all members of every union; * is a place in a list."""
    whole = {path for spec in _LIVE_SPECS for path in (spec, f"{spec}.kind")}
    return frozenset(whole | set(_live_fields(Experiment, "")))


def _live_fields(spec: type[Spec], prefix: str) -> Iterator[str]:
    for path, field in _fields(spec, prefix):
        extra = field.json_schema_extra
        if isinstance(extra, dict) and extra.get("live"):
            yield path


def _fields(spec: type[Spec], prefix: str) -> Iterator[tuple[str, FieldInfo]]:
    """All fields within a spec by their dotted paths, over all members of every union; * is a place in a list."""
    for name, field in spec.model_fields.items():
        yield prefix + name, field
        for member in members(field.annotation):
            yield from _fields(member, f"{prefix}{name}.")
        if is_list(field):
            for member in members(get_args(field.annotation)[0]):
                yield from _fields(member, f"{prefix}{name}.*.")


def is_setting(path: str) -> bool:
    """Whether some experiment has a setting at a dotted path."""
    return re.sub(r"\.\d+(?=\.|$)", ".*", path) in _all_paths()


@cache
def _all_paths() -> frozenset[str]:
    return frozenset(path for path, _ in _fields(Experiment, ""))


def is_list(field: FieldInfo) -> bool:
    """Whether a field holds any number of values, such as a mixture's components."""
    return get_origin(field.annotation) is tuple and get_args(field.annotation)[-1] is Ellipsis


def allowed(field: FieldInfo) -> str:
    """In words: which values a field takes."""
    if tags := kinds(field.annotation):
        return f"a table with kind = {listed(tags)}"
    if members(field.annotation):
        return "a table of settings"
    annotation = field.annotation
    optional = _is_union(annotation)
    if optional:
        annotation = next(option for option in get_args(annotation) if option is not type(None))
    if get_origin(annotation) is Literal:
        return listed(get_args(annotation))
    if is_list(field):
        return "a list of tables of settings" if members(get_args(annotation)[0]) else "a list of texts"
    if get_origin(annotation) is tuple:
        return f"{len(get_args(annotation))} whole numbers"
    return _NAMES.get(annotation, "a value") + _bounds(field, annotation)


_NAMES: Mapping[Any, str] = {int: "a whole number", float: "a number", bool: "true or false", str: "text"}


def listed(values: Sequence[object]) -> str:
    """Values as they are written in an experiment: ``'a', 'b', 1``."""
    return ", ".join(map(repr, values))


def _bounds(field: FieldInfo, annotation: Any) -> str:
    low = high = ""
    unit = " characters" if annotation is str else ""
    for bound in field.metadata:
        match bound:
            case annotated_types.Ge(ge=value):
                low = f" of at least {value:,}"
            case annotated_types.Gt(gt=value):
                low = f" greater than {value:,}"
            case annotated_types.Le(le=value):
                high = f" at most {value:,}{unit}"
            case annotated_types.Lt(lt=value):
                high = f" less than {value:,}"
            case annotated_types.MinLen(min_length=value):
                low = f" of at least {value:,}" + (" character" if value == 1 else " characters")
            case annotated_types.MaxLen(max_length=value):
                high = f" at most {value:,} characters"
    return low + (" and" if low and high else "") + (high if low or not high else f" of{high}")


def _is_union(annotation: Any) -> bool:
    return get_origin(annotation) in (Union, types.UnionType)


def _member(annotation: Any, data: Any) -> type[Spec] | None:
    """The spec that a field holds: of a union the one whose tag ``data`` carries."""
    found = members(annotation)
    if len(found) <= 1:
        return found[0] if found else None
    tag = data.get("kind") if isinstance(data, Mapping) else None
    return next((member for member in found if kind_of(member) == tag), None)
