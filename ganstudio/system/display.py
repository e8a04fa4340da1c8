"""Whether a window can open here: asked before Qt, which aborts the whole program when it can't."""

from __future__ import annotations

import ctypes
import os
import re
import socket
import sys
from pathlib import Path

X_SOCKETS = Path("/tmp/.X11-unix")
TIMEOUT = 1.0  # seconds; a display that answers later than this is no fun to paint on


def display_available() -> bool:
    """Whether Qt finds a display to open its window on.

    On Linux a server must answer behind DISPLAY or WAYLAND_DISPLAY: both outlive their server in a detached terminal,
    in a container and under sudo. A QT_QPA_PLATFORM that names something else, such as offscreen, is taken at its word.
    """
    if sys.platform in {"win32", "darwin"}:
        return True
    asked = {name.split(":")[0] for name in os.environ.get("QT_QPA_PLATFORM", "").split(";") if name}
    kinds = {"xcb" if name == "xcb" else "wayland" if name.startswith("wayland") else "other" for name in asked}
    if "other" in kinds:
        return True
    return any(_answers(kind) for kind in kinds or {"xcb", "wayland"})


def _answers(platform: str) -> bool:
    return _x_server_answers() if platform == "xcb" else _wayland_answers()


def _x_server_answers() -> bool:
    display = os.environ.get("DISPLAY", "")
    return any(_listens(address) for address in _x_addresses(display)) and _x_server_lets_us_in(display)


def _wayland_answers() -> bool:
    name = os.environ.get("WAYLAND_DISPLAY", "")
    if not name:
        return False
    # An absolute name stands for itself; any other lies in the session's folder.
    return _listens(str(Path(os.environ.get("XDG_RUNTIME_DIR", "/")) / name))


def _x_addresses(display: str) -> list[str | tuple[str, int]]:
    """Where the server of ``[protocol/][host]:number[.screen]`` may listen: socket names, or a host and its port."""
    if display.startswith("/") and Path(display).exists():
        return [display]
    if not (match := re.fullmatch(r"(?:(\w+)/)?(.*):(\d+)(?:\.\d+)?", display)):
        return []
    protocol, host, number = match[1], match[2].removesuffix("/unix").strip("[]"), match[3]
    if protocol == "unix" or host in {"", "unix"} or match[2].endswith("/unix"):
        path = str(X_SOCKETS / f"X{number}")
        return ["\0" + path, path]  # Linux's abstract socket, then the file that a container shares
    return [(host, 6000 + int(number))]


def _listens(address: str | tuple[str, int]) -> bool:
    try:
        if isinstance(address, tuple):
            socket.create_connection(address, TIMEOUT).close()
        else:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(TIMEOUT)
                client.connect(address)
    except (OSError, ValueError, OverflowError):  # refused, silent, an impossible name or port
        return False
    return True


def _x_server_lets_us_in(display: str) -> bool:
    """Whether the server takes this user, who may lack its cookie under sudo; libxcb reads the cookie as Qt would."""
    try:
        xcb = ctypes.CDLL("libxcb.so.1")
    except OSError:
        return True  # not known before the library is there; ``fix`` installs it
    xcb.xcb_connect.restype = ctypes.c_void_p
    xcb.xcb_connect.argtypes = [ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)]
    xcb.xcb_connection_has_error.argtypes = xcb.xcb_disconnect.argtypes = [ctypes.c_void_p]
    connection = xcb.xcb_connect(os.fsencode(display), None)
    refused = bool(xcb.xcb_connection_has_error(connection))
    xcb.xcb_disconnect(connection)
    return not refused
