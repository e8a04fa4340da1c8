"""Parquet files, through pyarrow: columns of numbers, or a column of image files as data hubs publish them."""

from __future__ import annotations

import json
import re
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.data.files import archives, foreign, hdf5
from ganstudio.data.files.archives import Source
from ganstudio.data.labels import LABEL_NAMES, MAX_CLASSES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from ganstudio.data.files.container import Array, Header
    from ganstudio.data.skips import Skips

TROUBLE = (OSError, ValueError, TypeError, LookupError, ArithmeticError, RuntimeError, NotImplementedError)
"""What pyarrow was seen to raise on damaged files; its own errors are kinds of these."""

MAX_COLUMNS = 100_000
"""Columns of numbers; an image of 256 x 256 in colour has twice as many."""
_ROWS_AT_ONCE, _NUMBERS_AT_ONCE = 2**16, 2**21  # of columns that are passed on
_ROWS = 64  # of pictures that are held at once
_LABELS = 10_000  # rows whose labels are looked at at once
_INDEX = re.compile(r"__index_level_\d+__")


def is_parquet(_path: Path, head: bytes) -> bool:
    """Whether a file that begins so is a Parquet file."""
    return head.startswith(b"PAR1")


def holds_pictures(path: Path, head: bytes) -> bool:
    """Whether a file that begins so is a Parquet file with a column of image files. Raises DatasetError."""
    return is_parquet(path, head) and _facts(path)["pictures"] is not None


def headers(path: Path) -> Mapping[str, Header]:
    """``columns``: all columns of numbers, side by side; ``labels``: that of the classes. Raises DatasetError."""
    facts = _facts(path)
    found: dict[str, Header] = {}
    if facts["numbers"]:
        found["columns"] = ((facts["rows"], len(facts["numbers"])), np.dtype(facts["kind"]))
    if facts["labels"] is not None:
        found["labels"] = ((facts["rows"],), np.dtype(np.int64))
    return found


def read(path: Path, name: str) -> Array:
    """One of the two. Raises DatasetError."""
    foreign.need("pyarrow", path, "a Parquet file")
    return hdf5.received(foreign.ask("pyarrow", "read_here", path, name), path)


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
        if read > archives.MAX_TOTAL_BYTES:
            raise archives.too_much(path)
        if name[1] < 0:
            skips.add(name[0], "is empty" if name[1] == -1 else "is larger than an image may be")
        else:
            yield name[0], data


def _facts(path: Path) -> dict[str, Any]:
    foreign.need("pyarrow", path, "a Parquet file")
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
        index = _index_of(schema)
    pictures = labels = None
    numbers, kinds = [], set()
    for field in list(schema)[:MAX_COLUMNS]:
        named = field.name.lower() in LABEL_NAMES
        if pictures is None and _is_picture(field.type):
            pictures = field.name
        elif labels is None and named and (pa.types.is_integer(field.type) or pa.types.is_string(field.type)):
            labels = field.name
        elif field.name in index:
            continue
        elif pa.types.is_integer(field.type) or pa.types.is_floating(field.type):
            numbers.append(field.name)
            kinds.add(field.type)
    words = [field.name for field in schema if pa.types.is_string(field.type)]
    labels = labels or (words[0] if len(words) == 1 else None)
    if labels is not None and labels.lower() not in LABEL_NAMES and not _are_classes(path, labels, rows):
        labels = None
    kind = "|u1" if kinds == {pa.uint8()} else "<f4" if len(numbers) > 64 else "<f8"
    yield {"rows": rows, "numbers": numbers, "labels": labels, "pictures": pictures, "kind": kind}


def _index_of(schema: Any) -> set[str]:
    """The columns that pandas made of its rows' index: they number the rows, or name them."""
    try:
        told = json.loads((schema.metadata or {})[b"pandas"])["index_columns"]
    except (KeyError, TypeError, ValueError, RecursionError):
        told = []
    kept = {name for name in told if isinstance(name, str)} if isinstance(told, list) else set()
    return kept | {name for name in schema.names if _INDEX.fullmatch(name)}


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
                length = -1 if not data else -2 if len(data) > archives.MAX_MEMBER_BYTES else len(data)
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
