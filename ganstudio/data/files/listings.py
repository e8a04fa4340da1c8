"""Tables that say something of files, in memory: lines of fields, or JSON; all as rows of text."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganstudio.data.files import encodings, lines, records
from ganstudio.experiment.places import text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_DELIMITERS = (",", "\t", ";", "|", " ")  # in a tie the earlier one wins
_LOOKED_AT = 50  # lines that tell how a table is written
_MOST_CELLS = 16_000_000  # twice those of CelebA's attributes
_COCO_COLUMNS = ["file_name", "category"]
_COCO = ("images", "annotations", "categories")
_KEYS = 64  # of JSON objects that become columns
_LISTED = ("labels", "data", "images", "rows", "samples", "annotations")
"""Under which a JSON object holds the rows, where it is no table of names and labels itself."""


@dataclass(frozen=True, kw_only=True)
class Listing:
    """A table. path: inside the set. rows: of text, the first of which may name the columns; at least one.

    has_header: whether it does for certain. of: which images it tells of, where not of all.
    """

    path: str
    rows: list[list[str]]
    has_header: bool = False
    of: str = ""


def read(path: str, data: bytes) -> Listing | None:
    """The table that a file holds; None where it holds none."""
    if not lines.is_text(data[:512]):
        return None
    text = _decoded(data)
    if path.lower().endswith((".json", ".jsonl", ".ndjson")):
        values = _json(path, text)
        rows = _rows(values) if values is not None else []
        of = "images of one category" if rows and rows[0] == _COCO_COLUMNS else ""
        return Listing(path=path, rows=rows, has_header=True, of=of) if len(rows) > 1 else None
    found = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    if not found:
        return None
    delimiter = max(_DELIMITERS, key=lambda one: _score(found[:_LOOKED_AT], one))
    if max(map(len, found)) > records.MAX_LINE or text.count(delimiter) > _MOST_CELLS:
        return None
    rows = _split("\n".join(found), delimiter)
    if len(rows) > 2 and len(rows[0]) == 1 and len(rows[1]) + 1 == len(rows[2]):  # CelebA's: a count, then the names
        rows = [["file", *rows[1]], *rows[2:]]
    return Listing(path=path, rows=rows) if rows and max(map(len, rows[:_LOOKED_AT])) > 1 else None


def of_each(files: Mapping[str, bytes]) -> Listing:
    """What files say that are one for each image, of the same name but for what is behind its first full stop.

    A ``.cls`` holds nothing but the class, JSON an object of facts.
    """
    objects: list[dict[str, Any]] = []
    for name, data in files.items():
        folder, slash, base = name.rpartition("/")
        called = f"{folder}{slash}{base.partition('.')[0]}"
        if name.lower().endswith(".cls"):
            objects.append({"file": called, "cls": _decoded(data).strip()})
            continue
        try:
            told = json.loads(_decoded(data))
        except (ValueError, RecursionError):
            continue
        if isinstance(told, dict):
            objects.append({"file": called, **{key: value for key, value in told.items() if key != "file"}})
    return Listing(path="", rows=_of_objects(objects) or [["file"]], has_header=True)


def _decoded(data: bytes) -> str:
    text = encodings.decoded(data)
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return text_of(text)  # what no encoding spells is escaped, as it is to be written down
    return text


# --- lines ------------------------------------------------------------------------------------------------------------


def _score(sample: list[str], delimiter: str) -> float:
    """How many lines have as many fields as most, where these are several."""
    counts = [len(row) for row in _split("\n".join(sample), delimiter)]
    several = [count for count in counts if count > 1]
    if not several:
        return 0.0
    return several.count(max(several, key=several.count)) / len(counts)


def _split(text: str, delimiter: str) -> list[list[str]]:
    if delimiter == " ":
        return [line.split() for line in text.split("\n")]
    try:
        return list(csv.reader(io.StringIO(text), delimiter=delimiter, skipinitialspace=True))
    except csv.Error:  # a field beyond csv's limit of 131,072 characters
        return []


# --- JSON -------------------------------------------------------------------------------------------------------------


def _json(path: str, text: str) -> Any:
    try:
        if path.lower().endswith(".json"):
            return json.loads(text)
        return [json.loads(line) for line in text.splitlines() if line.strip()]
    except (ValueError, RecursionError):
        return None


def _rows(values: Any, *, is_inner: bool = False) -> list[list[str]]:
    """Rows of what JSON holds, the first of which names the columns; none where it is no table."""
    if isinstance(values, dict):
        if all(_is_table(values.get(key)) for key in _COCO):
            return _of_coco(values)
        inner = next((values[key] for key in _LISTED if isinstance(values.get(key), list | dict)), None)
        if inner is not None and not is_inner:
            return _rows(inner, is_inner=True)
        values = [[key, value] for key, value in values.items()]
    if not isinstance(values, list):
        return []
    if values and all(isinstance(one, dict) for one in values):
        return _of_objects(values)
    if values and all(isinstance(one, list) and len(one) == 2 for one in values):
        return _of_objects([{"file": name, "label": label} for name, label in values])
    return []


def _is_table(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, dict) for one in value)


def _of_coco(told: Mapping[str, Any]) -> list[list[str]]:
    """COCO's images, and the category of each where all that is marked in it is of one."""
    names = {_text(one.get("id")): _text(one.get("name")) for one in told["categories"]}
    seen: dict[str, set[str]] = {}
    for one in told["annotations"]:
        category = _text(one.get("category_id"))
        seen.setdefault(_text(one.get("image_id")), set()).add(names.get(category) or category)
    rows = [_COCO_COLUMNS]
    for one in told["images"]:
        words = seen.get(_text(one.get("id")), set())
        rows.append([_text(one.get("file_name")), next(iter(words)) if len(words) == 1 else ""])
    return rows


def _of_objects(objects: Iterable[Mapping[str, Any]]) -> list[list[str]]:
    objects = list(objects)
    keys = list(dict.fromkeys(key for one in objects[:_LOOKED_AT] for key in one))[:_KEYS]
    return [keys, *([_text(one.get(key)) for key in keys] for one in objects)] if keys else []


def _text(value: Any) -> str:
    """A cell; nothing for what is more than a word or number."""
    if value is None or isinstance(value, list | dict):
        return ""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
