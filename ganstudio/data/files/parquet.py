"""Parquet files, through pyarrow: columns of numbers, or a column of image files as data hubs publish them."""

from __future__ import annotations

import json
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.data.files import foreign, hdf5, loose
from ganstudio.data.files.loose import Source
from ganstudio.data.files.parquet_lines import MAX_COLUMNS, index_of
from ganstudio.data.files.parquet_lines import lines_here as lines_here  # asked for by name
from ganstudio.data.files.parquet_lines import sample_here as sample_here
from ganstudio.data.files.parquet_lists import LISTED, numbers_in, rows_of, shape_of
from ganstudio.data.labels import LABEL_NAMES, MAX_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from ganstudio.data.files.container import Array, Header
    from ganstudio.data.skips import Skips

TROUBLE = (OSError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, NotImplementedError)
"""What pyarrow was seen to raise on damaged files; its own errors are kinds of these."""

_NEEDED = ("a Parquet file", "CSV, or its pictures in a folder")
"""What it is told as where pyarrow is not there, and what does without."""
_ROWS_AT_ONCE, _NUMBERS_AT_ONCE = 2**16, 2**21  # of columns that are passed on
_ROWS = 64  # of pictures that are held at once
_LABELS = 10_000  # rows whose labels are looked at at once
_TABLE = (3, 64)
"""From so many columns of numbers on, and below so many, each means something else; two are points, more are pixels."""


def is_parquet(_path: Path, head: bytes) -> bool:
    """Whether a file that begins so is a Parquet file."""
    return head.startswith(b"PAR1")


def is_table(path: Path, head: bytes) -> bool:
    """Whether a file that begins so is a Parquet file of a few columns, each of another kind. Raises DatasetError."""
    return is_parquet(path, head) and bool(_facts(path)["is_table"])


def holds_arrays(path: Path, head: bytes) -> bool:
    """Whether a file that begins so is a Parquet file whose columns are those of an array, or hold one row each of it.

    Raises DatasetError.
    """
    return is_parquet(path, head) and not _facts(path)["is_table"]


def holds_pictures(path: Path, head: bytes) -> bool:
    """Whether a file that begins so is a Parquet file with a column of image files. Raises DatasetError."""
    return is_parquet(path, head) and _facts(path)["pictures"] is not None


def headers(path: Path) -> Mapping[str, Header]:
    """``columns``: all columns of numbers, side by side; ``labels``: that of the classes; and each column of lists.

    Raises DatasetError.
    """
    facts = _facts(path)
    found: dict[str, Header] = {}
    if facts["numbers"]:
        found["columns"] = ((facts["rows"], len(facts["numbers"])), np.dtype(facts["kind"]))
    for name, (shape, kind) in facts["lists"].items():
        found[name] = ((facts["rows"], *shape), np.dtype(kind))
    if facts["labels"] is not None:
        found["labels"] = ((facts["rows"],), np.dtype(np.int64))
    return found


def read(path: Path, name: str) -> Array:
    """One of them. Raises DatasetError."""
    foreign.need("pyarrow", path, *_NEEDED)
    return hdf5.received(foreign.ask("pyarrow", "read_here", path, name), path)


def sample(path: Path) -> tuple[str, ...]:
    """The columns' names, the first SAMPLED rows and some from further on, as lines of CSV. Raises DatasetError."""
    foreign.need("pyarrow", path, *_NEEDED)
    return foreign.told("pyarrow", "sample_here", path)


def text_lines(path: Path, columns: Iterable[int]) -> Iterator[list[str]]:
    """All rows as lines of CSV, many at a time, in which only these columns are filled. Raises DatasetError."""
    foreign.need("pyarrow", path, *_NEEDED)
    with closing(foreign.ask("pyarrow", "lines_here", path, *map(str, sorted(set(columns))))) as answers:
        yield from answers


@contextmanager
def open_pictures(path: Path, skips: Skips) -> Iterator[Source]:
    """The image files in the column, as ``open_source`` gives files; the class is the folder they are in."""
    facts = _facts(path)
    with closing(foreign.ask("pyarrow", "pictures_here", path, facts["pictures"], facts["labels"] or "")) as answers:
        yield Source(total=facts["rows"], files=_pictures(answers, path, skips))


def _pictures(answers: Iterator[Any], path: Path, skips: Skips) -> Iterator[tuple[str, bytes]]:
    read = 0
    for name in answers:  # a name, the length of what follows, and that in portions
        data = b""
        while len(data) < name[1]:
            data += next(answers)
        read += len(data)
        if read > loose.MAX_TOTAL_BYTES:
            raise loose.too_much(path)
        if name[1] < 0:
            skips.add(name[0], "is empty" if name[1] == -1 else "is larger than an image may be")
        else:
            yield name[0], data


def _facts(path: Path) -> dict[str, Any]:
    foreign.need("pyarrow", path, *_NEEDED)
    (facts,) = foreign.told("pyarrow", "facts_here", path)
    assert isinstance(facts, dict)
    return facts


# --- in the process that reads ----------------------------------------------------------------------------------------


def facts_here(path: Path) -> Iterator[Any]:
    """How many rows there are, and the names of the columns of numbers, of labels and of pictures."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        schema, rows = file.schema_arrow, file.metadata.num_rows
        index = index_of(schema)
    pictures = labels = None
    numbers, kinds, lists = [], set(), dict[str, Any]()
    for field in list(schema)[:MAX_COLUMNS]:
        named = field.name.lower() in LABEL_NAMES
        if pictures is None and _is_picture(field.type):
            pictures = field.name
        elif labels is None and named and (pa.types.is_integer(field.type) or pa.types.is_string(field.type)):
            labels = field.name
        elif field.name in index:
            continue
        elif (inner := numbers_in(field.type)) is not None:
            if (shape := shape_of(path, field.name)) is not None:
                lists[field.name] = [shape, LISTED.get(inner, "<f4")]
        elif pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
            numbers.append(field.name)
            kinds.add(field.type)
    words = [field.name for field in schema if pa.types.is_string(field.type)]
    labels = labels or (words[0] if len(words) == 1 else None)
    if labels is not None and labels.lower() not in LABEL_NAMES and not _are_classes(path, labels, rows):
        labels = None
    kind = "|u1" if kinds == {pa.uint8()} else "<f4" if len(numbers) > 64 else "<f8"
    several = _TABLE[0] <= len(numbers) < _TABLE[1] or (len(numbers) < 2 and bool(words))
    is_table = pictures is None and not lists and several
    found = {"rows": rows, "numbers": numbers, "labels": labels, "pictures": pictures, "kind": kind}
    yield {**found, "lists": lists, "is_table": is_table}


def _are_classes(path: Path, column: str, rows: int) -> bool:
    """Whether a column of words holds classes, rather than a caption or name of its own for each row."""
    import pyarrow.parquet as pq

    most = max(2, rows // 2)
    seen: set[Any] = set()
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_LABELS, columns=[column], use_threads=False):
            seen.update(batch.column(0).to_pylist())
            if len(seen) > min(most, MAX_CLASSES):
                return False
    return True


def read_here(path: Path, name: str) -> Iterator[Any]:
    """Shape and type of one array, and then its bytes."""
    import pyarrow.parquet as pq

    (facts,) = facts_here(path)
    if name == "labels":
        values = pq.read_table(path, columns=[facts["labels"]], use_threads=False).column(0).to_pylist()
        named = _named(path, facts["labels"])
        yield from hdf5.sent(np.array([named(value) for value in values]))
        return
    if name in facts["lists"]:
        shape, kind = facts["lists"][name]
        blocks = rows_of(path, name, shape, np.dtype(kind))
        yield from hdf5.sent_in_blocks((facts["rows"], *shape), np.dtype(kind), blocks)
        return
    dtype = np.dtype(facts["kind"])
    yield from hdf5.sent_in_blocks(
        (facts["rows"], len(facts["numbers"])), dtype, _stacked(path, facts["numbers"], dtype)
    )


def _stacked(path: Path, names: list[str], dtype: np.dtype[Any]) -> Iterator[Array]:
    """The columns side by side, some rows at a time."""
    import pyarrow.parquet as pq

    rows = max(1, min(_ROWS_AT_ONCE, _NUMBERS_AT_ONCE // len(names)))
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(rows, columns=names, use_threads=False):
            stacked = np.empty((batch.num_rows, len(names)), dtype)
            for index, name in enumerate(names):
                stacked[:, index] = batch.column(name).to_numpy(zero_copy_only=False)
            yield stacked


def pictures_here(path: Path, column: str, labels: str) -> Iterator[Any]:
    """For each row [name, length] and the bytes of its image file; length -1: there is none, -2: it is too long."""
    import pyarrow.parquet as pq

    number, named = 0, _named(path, labels)
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(_ROWS, columns=[column, labels] if labels else [column], use_threads=False):
            names = batch.column(labels).to_pylist() if labels else []
            for index, one in enumerate(batch.column(column).to_pylist()):
                data = one.get("bytes") if isinstance(one, dict) else one
                folder = f"{named(names[index]).replace('/', '_')}/" if labels else ""
                length = -1 if not data else -2 if len(data) > loose.MAX_MEMBER_BYTES else len(data)
                yield [f"{folder}row {number}", length]
                if length > 0:
                    yield data
                number += 1


def _named(path: Path, labels: str) -> Callable[[Any], str]:
    """What a label says: the class's name where the file tells what its numbers mean, as those of data hubs do."""
    import pyarrow.parquet as pq

    try:
        told = json.loads((pq.read_schema(path).metadata or {})[b"huggingface"])
        names = [str(name) for name in told["info"]["features"][labels]["names"]]
    except (KeyError, TypeError, ValueError, RecursionError):
        names = []

    def named(value: Any) -> str:
        if isinstance(value, int) and 0 <= value < len(names):
            return names[value]
        return "none" if value is None else str(value)

    return named


def _is_picture(kind: Any) -> bool:
    import pyarrow as pa

    if pa.types.is_struct(kind):
        inside = {kind.field(index).name: kind.field(index).type for index in range(kind.num_fields)}
        kind = inside.get("bytes", pa.null())
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind))
