"""What fails inside the window is seen: written to a log, and told with a way to copy it. Nothing is sent anywhere."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from logging.handlers import RotatingFileHandler
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt, Signal

from ganstudio.system.logs import MOST_BYTES, log_file

if TYPE_CHECKING:
    from types import TracebackType

MOST = 20
"""Different faults that are written down and told in one sitting; what fails again and again fills no disk."""
OLDER = 2


class Faults(QObject):
    """Takes over Python's hooks for errors that nobody caught, in slots, threads and finalisers, until ``close``.

    ``told`` carries a sentence and the traceback, on the thread of this object, once for each place that fails.
    """

    told = Signal(str, str)
    _found = Signal(str, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._seen: set[str] = set()
        self._log = self._open_log()
        self._found.connect(self.told, Qt.ConnectionType.QueuedConnection)  # from whatever thread it failed in
        self._before = sys.excepthook, threading.excepthook, sys.unraisablehook
        sys.excepthook = self._uncaught
        threading.excepthook = lambda args: self._uncaught(args.exc_type, args.exc_value, args.exc_traceback)
        sys.unraisablehook = lambda args: self._uncaught(args.exc_type, args.exc_value, args.exc_traceback)

    def close(self) -> None:
        """Give the hooks back."""
        sys.excepthook, threading.excepthook, sys.unraisablehook = self._before
        if self._log is not None:
            self._log.close()
            self._log = None

    @staticmethod
    def _open_log() -> RotatingFileHandler | None:
        path = log_file()
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            handler = _Log(
                path, maxBytes=MOST_BYTES, backupCount=OLDER, encoding="utf-8", errors="backslashreplace", delay=True
            )
        except OSError:
            return None  # a disk that takes no log: what fails is told all the same
        handler.setFormatter(logging.Formatter("%(asctime)s %(message)s"))
        return handler

    def _uncaught(
        self, kind: type[BaseException], error: BaseException | None, trace: TracebackType | None, *_: Any
    ) -> None:
        if not issubclass(kind, Exception):  # Ctrl+C, or the end
            self._before[0](kind, error or kind(), trace)
            return
        details = "".join(traceback.format_exception(kind, error, trace))
        place = "".join(traceback.format_tb(trace)[-1:]) + kind.__name__
        if place in self._seen or len(self._seen) >= MOST:
            return
        self._seen.add(place)
        if self._log is not None:
            self._log.handle(logging.LogRecord("ganstudio", logging.ERROR, "", 0, details, None, None))
        if sys.stderr is not None:
            sys.stderr.write(details)
        said = str(error).split("\n")[0]
        self._found.emit(f"Something went wrong: {kind.__name__}{f': {said}' if said else ''}.", details)


class _Log(RotatingFileHandler):
    def handleError(self, record: logging.LogRecord) -> None:
        """A disk that takes no log is no reason to fail once more."""
