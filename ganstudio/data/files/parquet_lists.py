"""Columns of a Parquet file whose cells are lists of numbers, or lists of such; read in a process of its own."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from ganstudio.data.errors import DatasetError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ganstudio.data.files.container import Array

_ROWS_AT_ONCE, _NUMBERS_AT_ONCE = 2**16, 2**21
LISTED = {"uint8": "|u1", **dict.fromkeys(("int8", "int16", "uint16", "int32", "int64"), "<i4"), "double": "<f8"}
"""As which type the numbers of a type are read."""


def numbers_in(kind: Any) -> str | None:
    """The type of the numbers in lists, or in lists of lists; None where it is no such column."""
    import pyarrow as pa

    if not _is_list(kind):
        return None
    while _is_list(kind):
        kind = kind.value_type
    return str(kind) if pa.types.is_integer(kind) or pa.types.is_floating(kind) else None


def _is_list(kind: Any) -> bool:
    import pyarrow as pa

    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


def shape_of(path: Path, column: str) -> list[int] | None:
    """Of the first row; None where there is none, or nothing in it."""
    import pyarrow.parquet as pq

    with pq.ParquetFile(path) as file:
        batch = next(file.iter_batches(1, columns=[column], use_threads=False), None)
    value = None if batch is None else batch.column(0)[0].as_py()
    shape = []
    while isinstance(value, list):
        shape.append(len(value))
        value = value[0] if value else None
    return shape if value is not None else None


def rows_of(path: Path, name: str, shape: list[int], dtype: np.dtype[Any]) -> Iterator[Array]:
    """Rows (k, *shape) of a column of lists, some at a time. Raises DatasetError where they differ in length."""
    import pyarrow.parquet as pq

    rows = max(1, min(_ROWS_AT_ONCE, _NUMBERS_AT_ONCE // max(1, math.prod(shape))))
    with pq.ParquetFile(path) as file:
        for batch in file.iter_batches(rows, columns=[name], use_threads=False):
            values = batch.column(0)
            for side in shape:
                lengths = np.asarray(values.value_lengths()) if hasattr(values, "value_lengths") else np.array([side])
                if values.null_count or (lengths != side).any():
                    raise DatasetError(f'"{path.name}" has lists of different lengths in its column "{name}"')
                values = values.flatten()
            yield values.to_numpy(zero_copy_only=False).astype(dtype).reshape(batch.num_rows, *shape)
