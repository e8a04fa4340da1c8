"""Sets of images as people publish them: folders and archives of every kind, depth, split, label table and encoding.

Each is made from what is told of it, so that the right classes and the size of the test split are known.
"""

from __future__ import annotations

import csv
import io
import itertools
import json
import tarfile
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PIL import Image

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NAMES = {
    "ascii": ("cat", "dog", "owl"),
    "numbers": ("2", "10", "1"),
    "mixed": ("class 10", "class 9", "Class 1"),
    "gbk": ("猫", "狗", "鸟"),
    "cp932": ("犬", "ねこ", "動物"),
    "cp1252": ("Größe", "Grüße", "klein"),
}
"""Classes by the encoding that an archive or a table writes them in, where it does not say which."""
SPLITS = (
    None, ("train", "test"), ("seg_train/seg_train", "seg_test/seg_test"), ("training_set", "test_set"),
    ("train2017", "val2017"), ("Training", "Validation"), ("data/train", "data/dev"),
)  # fmt: skip
KINDS = ("folder", "zip", "zip \\", "tar", "tar.gz")
EACH = 3
"""Images of a class in each split."""


@dataclass(frozen=True)
class Variant:
    """files: bytes by path. classes: how many are of each, those for tests among them; none: no classes.

    tests: how many are for tests. none: how many are of no class. encoding: of an archive's names.
    """

    name: str
    kind: str
    files: dict[str, bytes]
    classes: dict[str, int]
    tests: int = 0
    none: int = 0
    encoding: str = "utf-8"
    left_out: tuple[str, ...] = field(default=())

    def save(self, folder: Path) -> Path:
        """Write the folder or archive."""
        return _SAVED[self.kind](folder, self)


# --- archives ---------------------------------------------------------------------------------------------------------


class _Unsaid(zipfile.ZipInfo):
    """An entry that does not say how its name is written."""

    def __init__(self, name: str, encoding: str) -> None:
        super().__init__(name)
        self.filename, self._encoding, self.create_system = name, encoding, 0

    def _encodeFilenameFlags(self):
        return self.filename.encode(self._encoding), self.flag_bits & ~0x800


def _folder(place, variant):
    for name, data in variant.files.items():
        (place / "set" / name).parent.mkdir(parents=True, exist_ok=True)
        (place / "set" / name).write_bytes(data)
    return place / "set"


def _zip(place, variant, slash="/"):
    with zipfile.ZipFile(place / "set.zip", "w") as archive:
        for name, data in variant.files.items():
            archive.writestr(_Unsaid(name.replace("/", slash), variant.encoding), data)
    return place / "set.zip"


def _tar(place, variant):
    path = place / f"set.{variant.kind}"
    mode = "w:gz" if variant.kind.endswith("gz") else "w"
    with tarfile.open(path, mode, encoding=variant.encoding, format=tarfile.GNU_FORMAT) as archive:
        for name, data in variant.files.items():
            entry = tarfile.TarInfo(name)
            entry.size = len(data)
            archive.addfile(entry, io.BytesIO(data))
    return path


_SAVED: dict[str, Callable[[Path, Variant], Path]] = {
    "folder": _folder, "zip": _zip, "zip \\": lambda place, variant: _zip(place, variant, "\\"), "tar": _tar,
    "tar.gz": _tar,
}  # fmt: skip


def picture(number: int) -> bytes:
    """A PNG of 8 x 8 pixels, another for each number."""
    file = io.BytesIO()
    pixels = np.random.default_rng(number).integers(0, 256, (8, 8), np.uint8)
    Image.fromarray(pixels).save(file, "PNG", compress_level=0)
    return file.getvalue()


PICTURES = [picture(number) for number in range(40)]


# --- tables -----------------------------------------------------------------------------------------------------------


def _csv(rows, encoding="utf-8", delimiter=",", header=None):
    file = io.StringIO()
    csv.writer(file, delimiter=delimiter).writerows([*([header] if header else []), *rows])
    return file.getvalue().encode(encoding)


def _bare(rows):
    return [(path.rpartition("/")[2], label) for path, label in rows]


def _index(rows):
    return [(index, path, label, f"{index}.5") for index, (path, label) in enumerate(rows)]


def _one_hot(rows):
    kinds = sorted({label for _, label in rows})
    return [["image_id", *kinds], *([path, *(int(label == kind) for kind in kinds)] for path, label in _stems(rows))]


def _stems(rows):
    return [(path.rpartition("/")[2].rpartition(".")[0], label) for path, label in rows]


TABLES: dict[str, Callable[[list[tuple[str, str]], str], dict[str, bytes]]] = {
    "train.csv": lambda rows, code: {"train.csv": _csv(_bare(rows), code, header=("filename", "label"))},
    "paths": lambda rows, code: {"labels.csv": _csv(rows, code, header=("path", "class"))},
    "semicolons": lambda rows, code: {"list.csv": _csv(rows, code, ";", header=("Image", "Species"))},
    "tabs": lambda rows, code: {"list.tsv": _csv(rows, code, "\t", header=("file", "breed"))},
    "pandas": lambda rows, code: {"all.csv": _csv(_index(rows), code, header=("", "file_name", "category", "weight"))},
    "stems": lambda rows, code: {"labels.csv": _csv(_stems(rows), code, header=("id", "breed"))},
    "one hot": lambda rows, code: {"train.csv": _csv(_one_hot(rows), code)},
    "bare txt": lambda rows, code: {"list.txt": "\n".join(f"{path} {label}" for path, label in rows).encode(code)},
    "backslashes": lambda rows, code: {
        "a.csv": _csv([(path.replace("/", "\\"), label) for path, label in rows], code, header=("file", "label"))
    },
    "dataset.json": lambda rows, _: {"dataset.json": json.dumps({"labels": rows}).encode()},
    "pairs.json": lambda rows, _: {"labels.json": json.dumps(dict(_bare(rows))).encode()},
    "jsonl": lambda rows, _: {
        "metadata.jsonl": "\n".join(
            json.dumps({"file_name": path, "label": label, "text": f"picture {index}"}, ensure_ascii=False)
            for index, (path, label) in enumerate(rows)
        ).encode()
    },
    "cls": lambda rows, _: {f"{path.rpartition('.')[0]}.cls": label.encode() for path, label in rows},
    "json each": lambda rows, _: {
        f"{path.rpartition('.')[0]}.json": json.dumps({"label": label, "width": 8}).encode() for path, label in rows
    },
}
"""What tells the classes: files by name, of rows (path, class) and an encoding."""
NARROW = ("bare txt",)
"""Those that hold no word with a space in it."""


# --- the lot ----------------------------------------------------------------------------------------------------------


def variants() -> Iterator[Variant]:
    """Every split with every kind, then every table; names, depths and what lies around take turns."""
    yield from by_folders()
    yield from by_tables()


def by_folders() -> Iterator[Variant]:
    """Classes by folders, of every kind and split."""
    codes, strays, depths = (itertools.cycle(each) for each in (NAMES, (0, 1, 0, 2), ("", "pets/", "a/b/")))
    for split, kind in itertools.product(SPLITS, KINDS):
        for classed in (True, False):
            code, stray, depth = next(codes), next(strays), next(depths)
            kinds = NAMES[code] if classed else ("",)
            files: dict[str, bytes] = {}
            for part, one in itertools.product(split or ("",), kinds):
                for index in range(EACH):
                    name = "/".join(filter(None, (depth.rstrip("/"), part, one, f"{index}.png")))
                    files[name] = PICTURES[len(files) % len(PICTURES)]
            for index in range(stray if classed else 0):
                files[f"{depth}preview{index}.png"] = PICTURES[-1 - index]
            files[f"{depth}README.md"] = b"# What it is"
            files[".DS_Store"] = b"clutter"
            parts = 2 if split else 1
            yield Variant(
                f"{kind}, {split}, {code if classed else 'no classes'} in {depth or './'}, {stray} strays",
                kind,
                files,
                dict.fromkeys(kinds, EACH * parts) if classed else {},
                tests=EACH * len(kinds) if split else 0,
                none=stray if classed else 0,
                encoding=_encoding(code, kind),
                left_out=("README.md",),
            )


def by_tables() -> Iterator[Variant]:
    """Classes by every kind of table, the images flat, in a folder, in a test split, or some of them unlisted."""
    codes, kinds = itertools.cycle(NAMES), itertools.cycle(KINDS)
    places = (("", ""), ("images/", ""), ("train/", "test/"), ("", "unlisted"))
    for table, (place, other) in itertools.product(TABLES, places):
        code, kind = next(codes), next(kinds)
        if table in NARROW and code == "mixed":
            code = "ascii"
        words = NAMES[code]
        listed = [(f"{place}{index:03}.png", words[index % len(words)]) for index in range(12)]
        files = {path: PICTURES[index] for index, (path, _) in enumerate(listed)}
        tests = none = 0
        if other == "unlisted":
            files |= {f"new{index}.png": PICTURES[20 + index] for index in range(3)}
            none = 3
        elif other:
            files |= {f"{other}{index:03}.png": PICTURES[20 + index] for index in range(4)}
            tests = none = 4
        if other == "test/" and table == "one hot":  # which names no split but in its own name
            none = 4
        files |= TABLES[table](listed, _encoding(code, "zip"))
        yield Variant(
            f"{table} of {place or './'} with {other or 'nothing else'}, {code}, {kind}",
            kind,
            files,
            dict.fromkeys(words, 4),
            tests=tests,
            none=none,
            encoding=_encoding(code, kind),
        )


def _encoding(code: str, kind: str) -> str:
    """Folders and tars of Linux are UTF-8; what Windows packs is in its code page."""
    return code if code in ("gbk", "cp932", "cp1252") and kind != "folder" else "utf-8"
