"""The window played over the network: messages of OSC (Open Sound Control) in UDP packets.

Off until it is switched on, and then on this computer's own address unless another is chosen.
"""

from __future__ import annotations

import logging
import math
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSocketNotifier, Signal

from ganstudio.system import programs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

HOST, PORT = "127.0.0.1", 9000
_MOST_BYTES = 65_507  # of a UDP packet
_AT_ONCE = 200
"""Messages that are done before the window has its turn again: no packet is begun behind them."""
_MOST_MESSAGES = 1_024
"""Of a packet, which holds four thousand: a value for each slider, and more than hands can send at once."""


class OscError(ValueError):
    """It can't be listened to there; the message says why, in words."""


def available() -> bool:
    """Whether packets can be read: python-osc is an extra."""
    from importlib.util import find_spec

    return find_spec("pythonosc") is not None


class Osc(QObject):
    """Listens to one address. ``heard`` carries an OSC address and its numbers, a tuple of floats."""

    heard = Signal(str, object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._socket: socket.socket | None = None
        self._notifier: QSocketNotifier | None = None

    @property
    def listening(self) -> tuple[str, int] | None:
        """Where it listens; None: nowhere."""
        if self._socket is None:
            return None
        host, port = self._socket.getsockname()[:2]
        return str(host), int(port)

    def listen(self, host: str = HOST, port: int = PORT) -> None:
        """Listen to an address of this computer. Raises OscError."""
        self.stop()
        if not host:  # of which the system makes every address that this computer has
            raise OscError(f"OSC is listened to at an address of this computer, such as {HOST}")
        if not available():
            raise OscError(f"OSC takes python-osc, which is {programs.lacking('osc')}")
        made = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            made.setblocking(False)
            made.bind((host, port))
        except (OSError, UnicodeError, TypeError) as error:  # the latter of names that no computer can have
            made.close()
            why = (error.strerror if isinstance(error, OSError) else None) or error
            raise OscError(
                f"{host}:{port} can't be listened to: {why}. Choose another port, or an address that this computer has"
            ) from None
        self._socket = made
        self._notifier = QSocketNotifier(made.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._read)

    def stop(self) -> None:
        """Listen no more."""
        if self._notifier is not None:
            self._notifier.setEnabled(False)
            self._notifier.deleteLater()
            self._notifier = None
        if self._socket is not None:
            self._socket.close()
            self._socket = None

    def _read(self) -> None:
        done = 0
        while done < _AT_ONCE and self._socket is not None:
            try:
                data = self._socket.recv(_MOST_BYTES)
            except OSError:
                return
            found = messages_of(data)
            done += max(len(found), 1)
            for address, values in found:
                self.heard.emit(address, values)


def messages_of(data: bytes) -> list[tuple[str, tuple[float, ...]]]:
    """The first messages of a packet that hold finite numbers alone; what is no OSC holds none."""
    from pythonosc.osc_packet import OscPacket, ParseError

    try:
        with _quiet():
            found = [timed.message for timed in OscPacket(data).messages[:_MOST_MESSAGES]]
    except (ParseError, ValueError, IndexError, RecursionError, OverflowError):
        return []
    return [
        (message.address, tuple(float(value) for value in message.params))
        for message in found
        if all(isinstance(value, int | float) and math.isfinite(value) for value in message.params)
    ]


@contextmanager
def _quiet() -> Iterator[None]:
    """python-osc warns of every packet that it does not understand, in the root logger, which it may even set up."""
    root, silent = logging.getLogger(), logging.NullHandler()
    root.addFilter(_not_of_osc)
    root.addHandler(silent)
    try:
        yield
    finally:
        root.removeHandler(silent)
        root.removeFilter(_not_of_osc)


def _not_of_osc(record: logging.LogRecord) -> bool:
    return "pythonosc" not in record.pathname


class OscControls(QObject):
    """What each address does. An address may end in a number, counted from 1, which is handed on before the values."""

    def __init__(self, does: Mapping[str, Callable[..., object]], parent: QObject) -> None:
        super().__init__(parent)
        self._does = dict(does)

    @property
    def addresses(self) -> tuple[str, ...]:
        """All that there are."""
        return tuple(self._does)

    def take(self, address: str, values: tuple[float, ...]) -> None:
        """Do what a message asks for; what it does not know, or lacks a value for, is left."""
        head, _, last = address.rpartition("/")
        if (act := self._does.get(address)) is not None:
            act(*values[:1])
        elif last.isdecimal() and len(last) < 5 and int(last) and (act := self._does.get(f"{head}/N")) is not None:
            act(int(last) - 1, *values[:1])
