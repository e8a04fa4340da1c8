"""What is wrong with an experiment, in one line: the source, the field, what was found, what is allowed."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from ganstudio.presets import _fields

if TYPE_CHECKING:
    from pydantic import ValidationError
    from pydantic.fields import FieldInfo
    from pydantic_core import ErrorDetails

LONGEST = 60
"""Characters of a wrong value that an error shows."""


class ExperimentError(ValueError):
    """An experiment that can't be used; the message says where, what was found and what is allowed."""


def from_validation(error: ValidationError, source: str, data: Mapping[str, Any]) -> ExperimentError:
    """Pydantic's findings on ``data`` as one line: the first in full, the number of the others."""
    found = error.errors(include_url=False)
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    return ExperimentError(f"{source}{': ' if source else ''}{_one_line(found[0], data)}{more}")


def _one_line(detail: ErrorDetails, data: Mapping[str, Any]) -> str:
    path = _untagged(detail["loc"], data)
    where = ".".join(path) or "the file"
    field = _fields.field_at(path, data)
    if field and _fields.is_list(field):
        return _in_list(detail, where, field)
    match detail["type"]:
        case "extra_forbidden":
            return unknown_field(path, data)
        case "missing":
            return f"{where}: missing, needed: {_fields.allowed(field) if field else 'a value'}"
        case "union_tag_invalid" | "union_tag_not_found":
            return _wrong_kind(path, detail["input"], data)
    wanted = _fields.allowed(field) if field else detail["msg"]
    return f"{where}: found {shown(detail['input'])}, allowed: {wanted}"


def _in_list(detail: ErrorDetails, where: str, field: FieldInfo) -> str:
    """What is wrong with a list, or with one of its members, counted from 0, in pydantic's words."""
    location = detail["loc"]
    first = next((index for index, part in enumerate(location) if isinstance(part, int)), len(location))
    place = ".".join((where, *map(str, location[first:])))
    said = detail["msg"].removeprefix("Value error, ")
    wanted = f", allowed: {_fields.allowed(field)}" if detail["type"] == "tuple_type" else ""
    return f"{place}: found {shown(detail['input'])}{wanted or f': {said[:1].lower()}{said[1:]}'}"


def _wrong_kind(path: Sequence[str], given: Any, data: Mapping[str, Any]) -> str:
    field = _fields.field_at(path, data)
    tags = _fields.kinds(field.annotation) if field else ()
    where = ".".join((*path, "kind"))
    if not isinstance(given, Mapping) or "kind" not in given:
        return f"{where}: missing, needed: {_fields.listed(tags)}"
    return (
        f"{where}: found {shown(given['kind'])}{suggestion(str(given['kind']), tags)}, allowed: {_fields.listed(tags)}"
    )


def unknown_field(path: Sequence[str], data: Mapping[str, Any]) -> str:
    """Say that there is no such field, which one may have been meant, and which there are."""
    *parents, name = path
    owner = _fields.owner_at(parents, data)
    where = ".".join(path)
    if owner is None:
        return f"{where}: unknown field, {'.'.join(parents)} holds a single value"
    names = tuple(owner.model_fields)
    of_kind = _kind_with(parents, name, data)
    hint = f" (it belongs to {'.'.join((*parents, 'kind'))} = {of_kind})" if of_kind else ""
    hint = hint or _elsewhere(name, data) or suggestion(name, names)
    return f"{where}: unknown field{hint}, allowed: {_fields.listed(names)}"


def _kind_with(parents: Sequence[str], name: str, data: Mapping[str, Any]) -> str:
    """Which other member of the union has the field, such as 'wasserstein' for a penalty given to a minimax game."""
    field = _fields.field_at(parents, data)
    options = _fields.members(field.annotation) if field else ()
    return " or ".join(repr(_fields.kind_of(option)) for option in options if name in option.model_fields)


def _elsewhere(name: str, data: Mapping[str, Any]) -> str:
    """Where there is a field of this name, for who left out what it belongs to, or nothing: a kind is everywhere."""
    if name == "kind":
        return ""
    found: list[str] = []
    to_visit: list[tuple[str, ...]] = [()]
    while to_visit:
        path = to_visit.pop(0)
        owner = _fields.owner_at(path, data)
        inside = [(*path, field) for field in (owner.model_fields if owner is not None else ())]
        found += [".".join(one) for one in inside if one[-1] == name]
        to_visit += [one for one in inside if _fields.owner_at(one, data) is not None]
    return f" (did you mean {' or '.join(map(repr, found[:3]))}?)" if found else ""


def suggestion(name: str, names: Sequence[str]) -> str:
    """The nearest names as a question in brackets, or nothing."""
    near = difflib.get_close_matches(name, names, n=2, cutoff=0.6)
    return f" (did you mean {' or '.join(map(repr, near))}?)" if near else ""


def shown(value: Any) -> str:
    """A value as an error shows it, cut when it is long."""
    text = repr(value)
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _untagged(location: Sequence[str | int], data: Mapping[str, Any]) -> tuple[str, ...]:
    """The field's path without the tags that pydantic puts in, and without places inside a list."""
    path: tuple[str, ...] = ()
    tagged = False
    for part in location:
        if isinstance(part, int):
            break
        if tagged:
            tagged = False
            continue
        path = (*path, part)
        field = _fields.field_at(path, data)
        tagged = bool(field and _fields.kinds(field.annotation))
    return path
