"""Kinds of a test's own, entered in the unions and the tables as those of the package are."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from ganstudio.experiment import Experiment

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.experiment import Spec


@contextmanager
def entered(field: str, spec: type[Spec], table: dict[type[Spec], Any], row: Any) -> Iterator[None]:
    """Have a spec in the union of an experiment's field, and its row in a table."""
    info = Experiment.model_fields[field]
    before = info.annotation
    assert before is not None
    info.annotation = before | spec  # type: ignore[operator]
    Experiment.model_rebuild(force=True)
    table[spec] = row
    try:
        yield
    finally:
        del table[spec]
        info.annotation = before
        Experiment.model_rebuild(force=True)
