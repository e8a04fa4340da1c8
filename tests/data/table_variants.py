"""Tables of the same points and images, written in every way that people and programs write them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from tests.data import variants

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

COUNT = 60


@dataclass(frozen=True)
class Variant:
    """A table, and what it holds. points: (n, 2), or images: uint8 (n, h, w). labels: of each, "" where it has none.

    columns, label: where they are, for whoever is asked. decides: other fields that would be chosen.
    """

    name: str
    data: bytes
    points: np.ndarray | None
    images: np.ndarray | None
    labels: Sequence[str] | None
    columns: tuple[int, int] | None = None
    label: int | None = None
    decides: dict[str, object] = field(default_factory=dict)

    def save(self, folder: Path) -> Path:
        """Write the file."""
        path = folder / "a.csv"
        path.write_bytes(self.data)
        return path


# --- points -----------------------------------------------------------------------------------------------------------

WRITTEN = {
    "commas": lambda v: f"{v:.3f}",
    "semicolons": lambda v: f"{v:.3f}",
    "semicolons, decimal commas": lambda v: f"{v:.4f}".replace(".", ","),
    "tabs": lambda v: f"{v:.3f}",
    "tabs, decimal commas": lambda v: f"{v:.2f}".replace(".", ","),
    "spaces": lambda v: f"{v:.3f}",
    "bars": lambda v: f"{v:.3f}",
    "commas, all quoted": lambda v: f'"{v:.3f}"',
    "commas, quoted decimal commas": lambda v: f'"{v:.4f}"'.replace(".", ","),
    "commas, thousands": lambda v: f'"{v * 1e4 + 5e4:,.1f}"',
    "semicolons, thousands": lambda v: f"{v * 1e4 + 5e4:,.2f}",
    "semicolons, German thousands": lambda v: f"{v * 1e4 + 5e4:,.2f}".translate(str.maketrans(",.", ".,")),
    "tabs, spaces in thousands": lambda v: f"{v * 1e4 + 5e4:,.1f}".replace(",", " "),
    "bars, narrow spaces in thousands": lambda v: f"{v * 1e4 + 5e4:,.1f}".replace(",", "\u202f"),
    "commas, powers of ten": lambda v: f"{v:.4e}",
    "commas and spaces": lambda v: f"{v:.3f}",
}
BETWEEN = {"c": ",", "s": ";", "t": "\t", "b": "|"}
NAMES = (
    ("x", "y"), ("length", "width"), ("", ""), ("0", "1"), ("pos_x", "pos_y"), ("X (m)", "Y (m)"), ("lon", "lat"),
    ("V1", "V2"), ("x", "z"), ("2019", "2020"), ("f1", "f2"),
)  # fmt: skip
LABELS = {
    "none": (),
    "words": ("oak", "ash", "elm"),
    "numbers": ("0", "1", "2"),
    "from 1": ("1", "2", "3"),
    "signs": ("-1", "1"),
    "missing": ("oak", "ash", "", "elm", "NA"),
    "one inside another": ("a", "A", "ab"),
    "Chinese": ("猫", "狗", "鸟", "鱼"),
    "Japanese": ("ねこ", "いぬ", "とり"),
    "German": ("Größe", "Grüße", "klein"),
    "French": ("été", "ete", "forêt"),
    "Russian": ("кошка", "собака"),
    "floats": ("0.0", "1.0", "2.0"),
    "alike": ("1", "01", "2"),
}
ENCODINGS = {"Chinese": "gbk", "Japanese": "shift_jis", "German": "cp1252", "French": "cp1252", "Russian": "cp1251"}
EXTRAS = (
    (), ("counter",), ("id",), ("unnamed",), ("date",), ("time",), ("weight",), ("name",), ("shuffled id",),
    ("counter", "weight"), ("unnamed", "date"), ("from 1",),
)  # fmt: skip
_HEADED = {
    "counter": "index", "id": "Id", "unnamed": "", "date": "date", "time": "t", "weight": "weight", "name": "name",
    "shuffled id": "sample_id", "from 1": "No.",
}  # fmt: skip


def _extra(kind: str, row: int) -> str:
    return {
        "counter": f"{row}",
        "id": f"{row + 1}",
        "from 1": f"{row + 1}",
        "unnamed": f"{row}",
        "date": f"2021-{row % 12 + 1:02}-{row % 28 + 1:02}",
        "time": f"{row * 2}",
        "weight": f"{(row * 7919) % 83 / 4 + 1:.2f}",
        "name": f"n{row}",
        "shuffled id": f"{row * 37 % 1009 + 100}",
    }[kind]


def points() -> Iterator[Variant]:
    """Tables of points; the ways to write them, headers, labels, places and other columns take turns."""
    rings = [itertools.cycle(each) for each in (WRITTEN, NAMES, LABELS, EXTRAS, ("last", "first", "last", "middle"))]
    for number in range(150):
        written, names, labelled, extras, place = (next(ring) for ring in rings)
        if number % 15 == 14:  # so that not the same always meet
            next(rings[1])
        if number % 14 == 13:
            next(rings[2])
        yield point_variant(number, written, names, labelled, extras, place)


def point_variant(number, written, names, labelled, extras, place) -> Variant:
    """One table. place: where its labels stand."""
    random = np.random.default_rng(number)
    found = random.normal(size=(COUNT, 2)).round(3) + random.normal()
    words = LABELS[labelled]
    labels = [words[each * 5 // 3 % len(words)] for each in range(COUNT)] if words else None
    has_names = names != ("", "")
    is_bare = not has_names or names[0].isdecimal()
    if is_bare and place == "middle":  # nothing tells a label amid numbers
        place = "last"
    if labelled == "alike" and is_bare:
        labelled, words = "words", LABELS["words"]
        labels = [words[each % 3] for each in range(COUNT)]
    delimiter = "" if written == "spaces" else BETWEEN[written[0]]
    if written == "spaces" or (extras and not has_names and extras[0] in ("unnamed", "weight", "shuffled id")):
        extras = tuple(one for one in extras if (one in ("counter", "id", "from 1") and has_names) or one == "counter")
    if written == "spaces" and words and (labelled == "missing"):
        labelled, labels = "none", None
    if extras == ("unnamed",) and names == ("0", "1"):
        extras = ("counter",) if not names[0] else ("unnamed",)
    write = WRITTEN[written]
    columns, header = [], []
    for kind in extras:
        columns.append([_extra(kind, row) for row in range(COUNT)])
        header.append(_HEADED[kind])
    at = len(columns)
    columns += [[write(value) for value in found[:, axis]] for axis in (0, 1)]
    header += names
    label, where = None, (at, at + 1)
    if labels is not None:
        label = {"last": len(columns), "first": 0, "middle": at + 1}[place]
        columns.insert(label, [f'"{one}"' if "quoted" in written else one for one in labels])
        header.insert(label, "label" if labelled != "words" else "species" if number % 2 else "kind")
        where = tuple(one + (label <= one) for one in where)
    between = " " if not delimiter else ", " if written == "commas and spaces" else delimiter
    lines = [between.join(each) for each in zip(*columns, strict=True)]
    if has_names:
        if names[0].isdecimal() and labels is not None:
            header[label] = "2" if names[0] == "0" else "2021"
        if written == "spaces":
            header = [one.replace(" ", "_") or "row" for one in header]
        lines.insert(0, between.join(header))
    encoding = ENCODINGS.get(labelled, ("utf-8", "utf-8-sig", "utf-16")[number % 3])
    encoding = "utf-8" if "narrow" in written else encoding
    text = ("\r\n" if number % 2 else "\n").join([*lines, ""])
    scale = (1e4, 5e4) if "thousands" in written else (1, 0)
    digits = 1 if "thousands" in written else 2 if written == "tabs, decimal commas" else 3
    wanted = (found * scale[0] + scale[1]).round(digits)
    if labels is not None:
        kept = [row for row, one in enumerate(labels) if one not in ("", "NA")]
        wanted, labels = wanted[kept], [labels[row] for row in kept]
        if labelled == "floats":
            labels = [one[:-2] for one in labels]
    name = f"{number}: {written}; {names}; {labelled} {place}; {extras}; {encoding}"
    return Variant(name, text.encode(encoding), wanted, None, labels, where, label)


# --- images -----------------------------------------------------------------------------------------------------------

SIZES = ((16, 16), (8, 8), (16, 11), (10, 10), (12, 9))
HEADERS = ("none", "pixel0", "1x1", "0 1 2", "mangled", "label alone")
PLACES = ("first", "last", "none", "words first", "words last", "missing")
AMONG = ((), ("counter",), ("name",))
VALUES = ("bytes", "shares", "floats")
FIELDS = ("columns", "columns", "columns", "one field", "one field in brackets")


def images() -> Iterator[Variant]:
    """Tables of images."""
    rings = [itertools.cycle(each) for each in (SIZES, HEADERS, PLACES, AMONG, VALUES, FIELDS, (",", ";", "\t"))]
    for number in range(90):
        sides, header, place, among, values, fields, delimiter = (next(ring) for ring in rings)
        if number % 6 == 5:
            next(rings[1])
        if number % 30 == 29:
            next(rings[0]), next(rings[3])
        yield image_variant(number, sides, header, place, among, values, fields, delimiter)


def image_variant(number, sides, header, place, among, values, fields, delimiter) -> Variant:
    """One table."""
    count, size = 40, sides[0] * sides[1]
    content = variants.CONTENTS[number % 2]
    found = variants.images(content, number, count, *sides, 1)[:, 0]
    write = {"bytes": str, "shares": lambda v: f"{v / 255:.4f}", "floats": lambda v: f"{v}.0"}[values]
    pixels = [[write(int(one)) for one in image.ravel()] for image in found]
    words = ("oak", "ash", "elm") if place.startswith("words") else tuple("0123456")
    labels = None if place == "none" else [words[row * 5 % len(words)] for row in range(count)]
    if place == "missing":
        labels = [one if row % 5 else "" for row, one in enumerate(labels)]
    in_field = fields != "columns"
    if in_field:
        joined = [" ".join(one) if fields == "one field" else f'"[{", ".join(one)}]"' for one in pixels]
        pixels = [[one] for one in joined]
        header = {"none": "none"}.get(header, "named")
    names = {
        "pixel0": [f"pixel{each}" for each in range(size)],
        "1x1": [f"{row + 1}x{column + 1}" for row in range(sides[0]) for column in range(sides[1])],
        "named": ["pixels"],
    }.get(header, [""] * len(pixels[0]))
    columns = [[_extra(kind, row) for row in range(count)] for kind in among]
    titles = ["id" if kind == "counter" else "file" for kind in among]
    begin = 0 if place in ("first", "words first", "missing") else len(columns) + 1
    rows = [[*(each[row] for each in columns), *pixels[row]] for row in range(count)]
    head = [*titles, *names]
    label = None
    if labels is not None:
        label = 0 if begin == 0 else len(rows[0])
        for row, one in zip(rows, labels, strict=True):
            row.insert(label, one)
        head.insert(label, "label")
    lines = [delimiter.join(row) for row in rows]
    if header in ("pixel0", "1x1", "named"):
        lines.insert(0, delimiter.join(head))
    elif header == "0 1 2":
        lines.insert(0, delimiter.join(map(str, range(len(head)))))
    elif header == "label alone" and label is not None:
        head = [f"c{each}" for each in range(len(head))]
        head[label] = "label"
        lines.insert(0, delimiter.join(head))
    elif header == "mangled" and values == "bytes":  # as pandas writes a table whose first line it took for a header
        seen: dict[str, int] = {}
        mangled = []
        for one in rows[0]:
            seen[one] = seen.get(one, -1) + 1
            mangled.append(f"{one}.{seen[one]}" if seen[one] else one)
        lines.insert(0, delimiter.join(mangled))
    kept = slice(None)
    if labels is not None:
        kept = [row for row, one in enumerate(labels) if one]
        labels = [labels[row] for row in kept]
    name = f"{number}: {sides}; header {header}; label {place}; {among}; {values}; {fields}; {delimiter!r}"
    return Variant(name, "\n".join([*lines, ""]).encode(), None, found[kept], labels, None, label)
