"""Makes the README's picture: opens the real window, trains in it for a while, and photographs it.

``python -m ganstudio.gui.screenshot [FILE]``; with no display it paints offscreen.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from ganstudio.gui.app import make_application
from ganstudio.gui.looks.pictures import as_png
from ganstudio.gui.window.main_window import MainWindow
from ganstudio.gui.window.shell import SIZE
from ganstudio.presets import load_preset
from ganstudio.system import display_available
from ganstudio.system.writing import write_out
from ganstudio.training.messages import Start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtGui import QPixmap

    from ganstudio.training.messages import Failed, Rendered

STEPS = 6000
"""Of the ring: G has found all the modes, and D's landscape still has hills."""

LOOK_MS = 100
SETTLE_MS = 600
"""From the slider's answer to the picture: the curves and the plane are painted once more in between."""

DETENTS = (420, -260)
"""Where the first sliders are put, of -1000 to 1000: a z off the centre."""


class Photographer(QObject):
    """Plays an experiment in a window to a step, turns the latent sliders and takes the picture.

    ``finished`` comes with an empty text when the picture is in ``picture``, or with what went wrong.
    """

    finished = Signal(str)

    def __init__(self, window: MainWindow, preset: str, steps: int, runs: Path) -> None:
        super().__init__(window)
        self.picture: QPixmap | None = None
        self._window = window
        self._steps = steps
        self._start = Start(experiment=load_preset(preset), runs=runs, play=True)
        self._looking = QTimer(self, interval=LOOK_MS)
        self._looking.timeout.connect(self._look)
        window.furnished.connect(self._play)
        window.game.failed.connect(self._fail)

    def _play(self) -> None:
        self._window.game.bridge.send(self._start)
        self._looking.start()

    def _look(self) -> None:
        scene = self._window.scene
        if scene is None or self._window.game.step < self._steps:
            return
        self._looking.stop()
        for slider, value in zip(scene.latent.sliders, DETENTS, strict=False):
            slider.setValue(value)
        self._window.game.rendered.connect(self._settle)

    def _settle(self, _rendered: Rendered) -> None:
        self._window.game.rendered.disconnect(self._settle)
        QTimer.singleShot(SETTLE_MS, self._take)

    def _take(self) -> None:
        self.picture = self._window.grab()
        self.finished.emit("")

    def _fail(self, failed: Failed) -> None:
        self.finished.emit(failed.message)


def save(picture: QPixmap, file: Path) -> None:
    """Write a picture as the smallest PNG without loss."""
    from PIL import Image

    file.parent.mkdir(parents=True, exist_ok=True)
    small = BytesIO()
    with Image.open(BytesIO(as_png(picture))) as image:
        image.convert("RGB").save(small, "PNG", optimize=True)
    write_out(file, small.getbuffer())


def take(preset: str, steps: int, seconds: float) -> tuple[QPixmap | None, str]:
    """Photograph a window that has trained ``preset`` for ``steps``: the picture, or None and the reason."""
    app = make_application()
    with tempfile.TemporaryDirectory() as folder:
        window = MainWindow(Path(folder))
        window.setFixedSize(SIZE)  # a window manager must not fit it to its screen
        body = window.centralWidget()
        assert body is not None
        body.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)  # the pointer lights up nothing
        photographer = Photographer(window, preset, steps, Path(folder))
        answers: list[str] = []
        photographer.finished.connect(answers.append)
        photographer.finished.connect(lambda _why: app.exit())  # quit would have the window ask first
        window.show()
        QTimer.singleShot(round(seconds * 1000), app.exit)
        app.exec()
        picture, reached = photographer.picture, window.game.step
        window.leave()
    return picture, "".join(answers) or f"after {seconds:g} s the training has only reached step {reached:,}"


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command; the exit status."""
    parser = argparse.ArgumentParser(prog="python -m ganstudio.gui.screenshot", description=__doc__)
    parser.add_argument(
        "file", nargs="?", type=Path, default=Path("resources/screenshot.png"), help="where to write it"
    )
    parser.add_argument("--preset", default="ring", help="what is trained (default: ring)")
    parser.add_argument("--steps", type=int, default=STEPS, help=f"step at which it is taken (default: {STEPS})")
    parser.add_argument("--seconds", type=float, default=300.0, help="give up after so long (default: 300)")
    options = parser.parse_args(argv)
    if not display_available():
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
    picture, why = take(options.preset, options.steps, options.seconds)
    if picture is None:
        sys.stderr.write(f"no picture was taken: {why}\n")
        return 1
    save(picture, options.file)
    sys.stdout.write(f"{options.file}: {picture.width()} × {picture.height()}, {options.file.stat().st_size:,} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
