"""The shared libraries that Qt takes from the system, and the packages that hold them.

PySide6's wheels bring Qt but not what Qt draws with: a new server or container has none of it, and Qt then aborts with
"could not load the Qt platform plugin". The table is what Qt's own files name as needed; a test reads those files.
"""

from __future__ import annotations

import ctypes
import os
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from typing import Literal

Part = Literal["qt", "xcb", "wayland"]


@dataclass(frozen=True, kw_only=True)
class Library:
    """A shared library, the part of Qt that needs it, and the package that holds it in each family of systems."""

    name: str
    part: Part
    apt: str
    pacman: str

    @property
    def dnf(self) -> str:
        """The capability that RPM derives from the library itself: names of packages differ between distributions."""
        return f"{self.name}()(64bit)"

    @property
    def zypper(self) -> str:
        """As for dnf."""
        return self.dnf

    def package(self, manager: str) -> str:
        """What ``manager`` (apt-get, dnf, zypper, pacman) is asked for."""
        return {"apt-get": self.apt, "dnf": self.dnf, "zypper": self.zypper, "pacman": self.pacman}[manager]


def _of(part: Part, *rows: str) -> tuple[Library, ...]:
    cells = (row.split() for row in rows)
    return tuple(Library(name=name, part=part, apt=apt, pacman=pacman) for name, apt, pacman in cells)


# Library, Debian's package, Arch's package.
LIBRARIES: tuple[Library, ...] = (
    *_of(
        "qt",  # libQt6Gui and libQt6DBus: without these not even the offscreen platform starts
        "libEGL.so.1 libegl1 libglvnd",
        "libGL.so.1 libgl1 libglvnd",
        "libX11.so.6 libx11-6 libx11",
        "libdbus-1.so.3 libdbus-1-3 dbus",
        "libfontconfig.so.1 libfontconfig1 fontconfig",
        "libfreetype.so.6 libfreetype6 freetype2",
        "libglib-2.0.so.0 libglib2.0-0 glib2",
        "libgthread-2.0.so.0 libglib2.0-0 glib2",
        "libxkbcommon.so.0 libxkbcommon0 libxkbcommon",
        "libz.so.1 zlib1g zlib",
    ),
    *_of(
        "xcb",  # libQt6XcbQpa, its plugin and its OpenGL integrations
        "libX11-xcb.so.1 libx11-xcb1 libx11",
        "libxcb.so.1 libxcb1 libxcb",
        "libxcb-cursor.so.0 libxcb-cursor0 xcb-util-cursor",
        "libxcb-glx.so.0 libxcb-glx0 libxcb",
        "libxcb-icccm.so.4 libxcb-icccm4 xcb-util-wm",
        "libxcb-image.so.0 libxcb-image0 xcb-util-image",
        "libxcb-keysyms.so.1 libxcb-keysyms1 xcb-util-keysyms",
        "libxcb-randr.so.0 libxcb-randr0 libxcb",
        "libxcb-render.so.0 libxcb-render0 libxcb",
        "libxcb-render-util.so.0 libxcb-render-util0 xcb-util-renderutil",
        "libxcb-shape.so.0 libxcb-shape0 libxcb",
        "libxcb-shm.so.0 libxcb-shm0 libxcb",
        "libxcb-sync.so.1 libxcb-sync1 libxcb",
        "libxcb-util.so.1 libxcb-util1 xcb-util",
        "libxcb-xfixes.so.0 libxcb-xfixes0 libxcb",
        "libxcb-xkb.so.1 libxcb-xkb1 libxcb",
        "libxkbcommon-x11.so.0 libxkbcommon-x11-0 libxkbcommon-x11",
    ),
    *_of(
        "wayland",
        "libwayland-client.so.0 libwayland-client0 wayland",
        "libwayland-cursor.so.0 libwayland-cursor0 wayland",
        "libwayland-egl.so.1 libwayland-egl1 wayland",
    ),
)

# How each package manager installs without asking; the first list, where there is one, refreshes what it knows.
MANAGERS: dict[str, tuple[list[str], list[str]]] = {
    "apt-get": (["update", "-q"], ["install", "-q", "-y", "--no-install-recommends"]),
    "dnf": ([], ["install", "-y"]),
    "zypper": ([], ["--non-interactive", "install"]),
    "pacman": ([], ["-S", "--needed", "--noconfirm"]),
}


def missing_libraries() -> list[Library]:
    """What Qt needs here and the system lacks: for the window's display, or for painting offscreen where there is none.

    Each library is opened as Qt would open it, symbols kept to itself; it stays mapped, as several of them (OpenGL
    drivers) may not be unloaded safely. Nothing is missing on Windows and macOS, where the wheels are complete.
    """
    if sys.platform != "linux":
        return []
    parts = _parts()
    return [library for library in LIBRARIES if library.part in parts and not _loads(library.name)]


def lacking() -> str | None:
    """In one line, what keeps Qt from opening a window here and what to do; None: nothing that is known."""
    missing = missing_libraries()
    if _can_start(missing):
        return None
    names = ", ".join(library.name for library in missing)
    how = "" if _manager() is None else f": {install_line(missing)}"  # which names them again
    return f"Qt needs libraries that are missing here: {names}; install them{how}"


def install_line(missing: list[Library]) -> str:
    """One line for a terminal that installs them; where no package manager is known, what to look for."""
    manager = _manager()
    if manager is None:
        return "install these libraries: " + " ".join(library.name for library in missing)
    sudo = [] if os.geteuid() == 0 else ["sudo"]
    return " && ".join(shlex.join([*sudo, *command]) for command in _commands(manager, missing))


def fix() -> int:
    """Install what is missing when the user may, else say in one line on standard error how; output goes there too.

    Returns 0 when Qt can start: with a display, on at least one of its platforms. Asks for no password.
    """
    missing = missing_libraries()
    if not missing:
        return 0
    manager, rights = _manager(), _rights()
    if manager is not None and rights is not None:
        _say(f"Installing {len(missing)} system libraries that Qt needs ...")
        for command in _commands(manager, missing):
            # A refresh may fail on somebody's third-party source and the installation still succeed.
            subprocess.run([*rights, "env", "DEBIAN_FRONTEND=noninteractive", *command], stdout=2, check=False)
        missing = missing_libraries()
        if not missing:
            return 0
    _say("Qt needs system libraries that are missing here. Copy this line to install them:")
    _say(install_line(missing))
    return 0 if _can_start(missing) else 1


def _parts() -> set[Part]:
    """Parts of Qt that this machine's displays call for."""
    parts: set[Part] = {"qt"}
    asked = os.environ.get("QT_QPA_PLATFORM", "")
    if asked.startswith("xcb") or (not asked and os.environ.get("DISPLAY")):
        parts.add("xcb")
    if asked.startswith("wayland") or (not asked and os.environ.get("WAYLAND_DISPLAY")):
        parts.add("wayland")
    return parts


def _can_start(missing: list[Library]) -> bool:
    broken = {library.part for library in missing}
    platforms = _parts() - {"qt"}
    return "qt" not in broken and (not platforms or bool(platforms - broken))


def _loads(name: str) -> bool:
    try:
        ctypes.CDLL(name, mode=os.RTLD_LAZY | os.RTLD_LOCAL)
    except OSError:
        return False
    return True


def _manager() -> str | None:
    return next((name for name in MANAGERS if shutil.which(name)), None)


def _rights() -> list[str] | None:
    """What to put before a command to run it as root without a password; None: the user may not."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    asked = subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False)
    return ["sudo", "-n"] if asked.returncode == 0 else None


def _commands(manager: str, missing: list[Library]) -> list[list[str]]:
    refresh, install = MANAGERS[manager]
    packages = sorted({library.package(manager) for library in missing})
    return [[manager, *words] for words in (refresh, [*install, *packages] if packages else []) if words]


def _say(line: str) -> None:
    sys.stderr.write(line + "\n")
    sys.stderr.flush()
