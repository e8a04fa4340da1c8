"""Processes beside the window, each with a pipe to it."""

from __future__ import annotations

import multiprocessing
from multiprocessing.util import Finalize
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

LOADING_CLOSE_SECONDS = 0.2
"""How long a process that has not said ``Ready`` is waited for: it has begun nothing, and may load for seconds yet."""


def spawn(serve: Callable[[Connection], None], name: str, goodbye: Any) -> tuple[BaseProcess, Connection]:
    """Start a process that serves a connection, and return it with our end.

    goodbye: what ends it. It is told so also when the program ends without having closed it, before it is waited for:
    as a daemon it would be ended by force then, but daemons may have no helpers of their own, which read foreign files.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=serve, args=(theirs,), name=name)
    process.start()
    theirs.close()
    Finalize(process, _say, args=(ours, goodbye), exitpriority=1)
    return process, ours


def _say(connection: Connection, goodbye: Any) -> None:
    try:
        connection.send(goodbye)
    except OSError:
        return  # it has ended by itself
