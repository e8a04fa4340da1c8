"""Programs that tests start, which end with them."""

from __future__ import annotations

import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

PATIENCE = 120
"""Seconds that a program may take to end on a machine that has much else to do."""


@contextmanager
def running(command: Sequence[str], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A program that is ended with the block at the latest.

    Leaving a ``Popen`` waits for its program without end: where a test gave up before it had told a program to end,
    the whole run of the tests stood still.
    """
    with subprocess.Popen(command, text=True, **options) as program:
        try:
            yield program
        finally:
            program.kill()
