"""The signals by which a person or the system asks a program to end."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_NAMES = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")
SIGNALS: tuple[signal.Signals, ...] = tuple(getattr(signal, name) for name in _NAMES if hasattr(signal, name))
"""Ctrl+C; what ``kill``, a shutdown and a service's stop send; a terminal that is closed, on POSIX and on Windows."""


@contextmanager
def asked_to_end(handle: Callable[[int], None]) -> Iterator[None]:
    """Have ``handle`` called with the number of each of these signals meanwhile, in the main thread; else no change.

    A hangup that is ignored, as under ``nohup``, stays ignored.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before: dict[signal.Signals, Any] = {}
    for each in SIGNALS:
        known = signal.getsignal(each)
        if each is signal.SIGINT or known is not signal.SIG_IGN:
            before[each] = known
            signal.signal(each, lambda number, _frame: handle(number))
    try:
        yield
    finally:
        for each, known in before.items():
            signal.signal(each, known)


def leave_it_to_others() -> None:
    """Ignore them: a terminal or a service sends them to all of a program's processes, and one of these decides."""
    for each in SIGNALS:
        signal.signal(each, signal.SIG_IGN)


def status_of(number: int) -> int:
    """The exit status of a program that one of them ended, as shells have it."""
    return 128 + number
