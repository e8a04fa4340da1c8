"""A virtual screen to use a program on as a person does: it is looked at, keys and the mouse are real X events."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy.typing as npt

SIZE = (1440, 900)
"""The window's own size: without a window manager its corner is the screen's."""
SCREEN = (1600, 1000)
"""On a smaller one the window would not open as large."""
_LOOK_SECONDS = 0.02


class TooLateError(AssertionError):
    """Something did not happen in time."""


def wait_for(what: str, look: Callable[[], object], seconds: float) -> object:
    """What ``look`` finds, as soon as it finds something. Raises TooLateError."""
    last = time.monotonic() + seconds
    while (found := look()) is None or found is False:
        if time.monotonic() > last:
            raise TooLateError(f"{what}: not within {seconds:g} s")
        time.sleep(_LOOK_SECONDS)
    return found


class Screen:
    """Xvfb, whose picture lies in a file, and xdotool, which types and points."""

    def __init__(self) -> None:
        if missing := [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]:
            raise FileNotFoundError(
                f"{' and '.join(missing)} is needed to try a window (Debian: apt-get install xvfb xdotool)"
            )
        self._folder = tempfile.TemporaryDirectory(prefix="screen")
        read, write = os.pipe()
        size = "x".join(map(str, SCREEN))
        # -noreset: a server that starts anew when its last window closes refuses the next one for a moment.
        command = ["Xvfb", "-displayfd", str(write), "-screen", "0", f"{size}x24", "-fbdir", self._folder.name]
        self._server = subprocess.Popen(
            [*command, "-nolisten", "tcp", "-noreset"], pass_fds=[write], stderr=subprocess.DEVNULL
        )
        os.close(write)
        with os.fdopen(read) as number:
            self.display = f":{number.readline().strip()}"
        self._pixels = _map(Path(self._folder.name) / "Xvfb_screen0")

    def __enter__(self) -> Screen:
        return self

    def __exit__(self, *_: object) -> None:
        del self._pixels
        self._server.terminate()
        self._server.wait()
        self._folder.cleanup()

    def pixels(self) -> npt.NDArray[np.uint8]:
        """What is on the screen now: (height, width, 3), red first."""
        return self._pixels[:, :, 2::-1].copy()

    def colours(self) -> int:
        """How many different colours are on the screen: a window that is painted has hundreds."""
        few = np.ascontiguousarray(self._pixels[::2, ::2]).view(np.uint32)  # letters show in a quarter of the points
        return len(np.unique(few))

    def xdotool(self, *words: str) -> str:
        """Run xdotool and return what it says. Raises CalledProcessError."""
        environment = os.environ | {"DISPLAY": self.display}
        done = subprocess.run(["xdotool", *words], env=environment, check=True, capture_output=True, text=True)
        return done.stdout.strip()

    def key(self, *names: str) -> None:
        """Press keys, one after another; a name as xdotool knows it, such as ctrl+s."""
        self.xdotool("key", "--clearmodifiers", *names)

    def click(self, x: int, y: int) -> None:
        """Click with the left button."""
        self.xdotool("mousemove", str(x), str(y), "click", "1")

    def drag(self, *points: tuple[int, int]) -> None:
        """Press the left button at the first point, move over the others and let go at the last."""
        (x, y), *others = points
        self.xdotool("mousemove", str(x), str(y))
        time.sleep(0.2)
        self.xdotool("mousedown", "1")
        for x, y in others:
            time.sleep(0.2)
            self.xdotool("mousemove", str(x), str(y))
        time.sleep(0.5)
        self.xdotool("mouseup", "1")

    def windows(self, name: str) -> list[str]:
        """The windows on the screen with that in their title."""
        try:
            return self.xdotool("search", "--onlyvisible", "--name", name).split()
        except subprocess.CalledProcessError:
            return []  # how it says that there is none

    def photograph(self, path: Path) -> None:
        """Keep what is on the screen as a picture."""
        from PIL import Image

        Image.fromarray(self.pixels()).save(path)


def _map(path: Path) -> npt.NDArray[np.uint8]:
    """The picture in an XWD file, four bytes a pixel: (height, width, 4), blue first."""
    header = np.fromfile(path, ">u4", 25)
    size, width, height, line, colours = (int(header[place]) for place in (0, 4, 5, 12, 19))
    whole = np.memmap(path, np.uint8, mode="r", offset=size + 12 * colours, shape=(height, line))
    return whole[:, : 4 * width].reshape(height, width, 4)
