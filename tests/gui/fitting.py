"""Tells what in a window overlaps, is cut, or has no room for its words.

``python -m tests.gui.fitting FOLDER [ROOM ...]`` holds each room, at the scale that the environment says, against all
screens.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, QRect, QSize, Qt, SignalInstance
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QLabel,
    QLineEdit,
    QMenuBar,
    QScrollArea,
    QTabBar,
    QTabWidget,
    QToolButton,
    QWidget,
)

from ganstudio.experiment import (
    AutoencoderDiscriminatorSpec,
    CategoricalCodeSpec,
    ContinuousCodeSpec,
    DeviceSpec,
    DigitsSpec,
    EnergySpec,
    Experiment,
    GridSpec,
    HingeSpec,
    LatentSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
)
from ganstudio.gui.parts.chips import Chip
from ganstudio.gui.parts.elided import ElidedLabel
from ganstudio.presets import load_preset, with_setting
from ganstudio.training.messages import Start, StartGroup, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

OVER = "lies_over"
"""The property of what lies over other things by design, such as a notice: it goes, and it may cover them."""


def faults(window: QWidget) -> list[str]:
    """All that does not fit in a window, or a part of it, as it is shown, a line each; empty where everything does."""
    found = []
    for widget in (window, *window.findChildren(QWidget)):
        if widget.isVisible() and widget.window() is window.window() and not _scrolled_away(widget):
            found += [f"{_called(widget)}: {fault}" for fault in _faults_of(widget)]
    return found


def _faults_of(widget: QWidget) -> Iterator[str]:
    yield from _overlapping(widget)
    if (cut := _cut(widget)) is not None:
        yield cut
    yield from _words(widget)


def _children(widget: QWidget) -> list[QWidget]:
    """What is seen of a widget's own parts, but for what lies over the others by design."""
    if isinstance(widget, QAbstractSpinBox | QComboBox | QTabBar | QMenuBar | QLineEdit):
        return []  # Qt's own, whose parts share the place
    return [
        child
        for child in widget.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly)
        if child.isVisible() and not child.isWindow() and not child.property(OVER) and not child.size().isEmpty()
    ]


def _overlapping(widget: QWidget) -> Iterator[str]:
    children = _children(widget)
    for k, one in enumerate(children):
        for other in children[k + 1 :]:
            shared = one.geometry() & other.geometry()
            if not shared.isEmpty() and not _handles(one, other):
                yield f"{_called(one)} {_box(one.geometry())} overlaps {_called(other)} {_box(other.geometry())}"


def _handles(one: QWidget, other: QWidget) -> bool:
    """A splitter's handle is wider than it looks, to be taken hold of."""
    return any(each.metaObject().className() == "QSplitterHandle" for each in (one, other))


def _cut(widget: QWidget) -> str | None:
    parent = widget.parentWidget()
    if parent is None or widget.isWindow() or _handles(widget, widget):
        return None
    if isinstance(parent.parentWidget(), QAbstractScrollArea):
        area = parent.parentWidget()
        if isinstance(area, QScrollArea) and area.horizontalScrollBarPolicy() == Qt.ScrollBarPolicy.ScrollBarAlwaysOff:
            return f"is {widget.width()} wide, its column {parent.width()}" if widget.width() > parent.width() else None
        return None  # it can be scrolled to
    box = widget.geometry()
    if parent.rect().contains(box) or box.isEmpty():
        return None
    return f"{_box(box)} reaches beyond {_called(parent)} {_box(parent.rect())}"


def _words(widget: QWidget) -> Iterator[str]:
    """Whether there is room for what is written on it."""
    size = widget.size()
    if isinstance(widget, ElidedLabel):
        if widget.text() != widget.whole and widget.whole not in widget.toolTip():
            yield f"{widget.text()!r} is cut and has no tooltip"
    elif isinstance(widget, QLabel) and widget.text():
        needed = QLabel.sizeHint(widget) if not widget.wordWrap() else QLabel.minimumSizeHint(widget)
        height = widget.heightForWidth(size.width()) if widget.wordWrap() else needed.height()
        if size.width() < needed.width() or size.height() < height:
            yield f"{widget.text()[:40]!r} needs {needed.width()} x {height}, has {size.width()} x {size.height()}"
    elif isinstance(widget, Chip | QToolButton) or (isinstance(widget, QAbstractButton) and widget.text()):
        needed = widget.sizeHint() if isinstance(widget, Chip) else widget.minimumSizeHint()
        if isinstance(widget, QToolButton) and widget.toolButtonStyle() == Qt.ToolButtonStyle.ToolButtonIconOnly:
            needed = widget.iconSize()  # no words are on it, then
        if size.width() < needed.width() or size.height() < needed.height():
            yield f"{widget.text()!r} needs {needed.toTuple()}, has {size.toTuple()}"
    elif isinstance(widget, QComboBox):
        arrow = 30
        needed = widget.fontMetrics().horizontalAdvance(widget.currentText()) + arrow
        if size.width() < needed and widget.currentText() not in widget.toolTip():
            yield f"{widget.currentText()!r} needs {needed}, has {size.width()}"
    elif isinstance(widget, QTabBar):
        for index in range(widget.count()):
            if widget.isTabVisible(index) and not widget.rect().contains(widget.tabRect(index)):
                yield f"the tab {widget.tabText(index)!r} is cut"


def _scrolled_away(widget: QWidget) -> bool:
    """Whether none of it is in what is seen of the scroll areas that it stands in."""
    return widget.visibleRegion().isEmpty() and any(isinstance(each, QAbstractScrollArea) for each in _above(widget))


def _above(widget: QWidget) -> Iterator[QWidget]:
    while (parent := widget.parentWidget()) is not None:
        widget = parent
        yield widget


def _called(widget: QWidget) -> str:
    name = widget.objectName() or widget.accessibleName() or getattr(widget, "text", lambda: "")()
    place = QRect(widget.mapTo(widget.window(), QPoint()), widget.size())
    return f"{type(widget).__name__} {str(name)[:40]!r} at {_box(place)}"


def _box(rect: QRect) -> str:
    return f"({rect.x()}, {rect.y()}, {rect.width()} x {rect.height()})"


class _Walk:
    """Goes with a real window from room to room, and holds each against all screens."""

    def __init__(self, folder: Path) -> None:
        from PySide6.QtCore import QElapsedTimer

        from ganstudio.gui.app import make_application
        from ganstudio.gui.seam.bridge import TrainingBridge
        from ganstudio.gui.window.main_window import MainWindow

        self.folder, self.amiss = folder, 0
        self.app, self._clock = make_application(), QElapsedTimer()
        self.window = MainWindow(folder / "runs", bridge=TrainingBridge(in_process=True))
        self.window.show()
        self.wait(lambda: self.window.game.single is not None and self.window.game.state == "paused")
        self.game = self.window.game
        assert self.window._rooms is not None
        self.rooms = self.window._rooms

    def wait(self, check: Callable[[], object], seconds: float = 60) -> None:
        self._clock.start()
        while not check() and self._clock.elapsed() < 1000 * seconds:
            self.app.processEvents()

    def come(self, signal: SignalInstance, act: Callable[[], object]) -> None:
        """Act, and wait for what comes of it."""
        came: list[object] = []
        signal.connect(came.append)
        act()
        self.wait(lambda: came, seconds=240)
        signal.disconnect(came.append)
        assert came

    def start(self, experiment: Experiment) -> None:
        start = Start(experiment=experiment, runs=self.game.runs)
        self.come(self.game.opened, lambda: self.game.start(start))
        self.wait(lambda: self.game.experiment is not None and self.game.experiment.dataset == experiment.dataset)

    def hold(self, name: str, dialog: QWidget | None = None) -> None:
        """Hold what is shown against each screen, and print what does not fit."""
        from ganstudio.gui.window.shell import FRAME

        for screen in SCREENS:
            self.window.resize(screen - FRAME)
            if dialog is not None:
                dialog.resize(dialog.sizeHint().boundedTo(screen - FRAME))
            shown = dialog or self.window
            found: list[str] = []

            def all_fits(found=found, shown=shown, wanted=screen - FRAME) -> bool:
                room, least = wanted - QSize(0, self.window.menuBar().height()), self.window.shell.minimumSizeHint()
                found[:] = faults(shown)
                found += [] if self.window.size() == wanted else [f"the window is {self.window.size().toTuple()}"]
                found += [] if least.boundedTo(room) == least else [f"the window needs {least.toTuple()}"]
                return not found

            self.wait(all_fits, seconds=20)
            self.amiss += len(found)
            said = "\n".join(["", *found]) if found else " fits"
            sys.stdout.write(f"{name}, {screen.width()}x{screen.height()} at {shown.devicePixelRatioF()}:{said}\n")


def _tiny(**changed: object) -> Experiment:
    small = {"generator": MLPGeneratorSpec(width=8, depth=1), "discriminator": MLPDiscriminatorSpec(width=8, depth=1)}
    return Experiment(name="tiny", device=DeviceSpec(kind="cpu", threads=1), **(small | changed))


def _plane(walk: _Walk) -> None:
    walk.start(_tiny(dataset=GridSpec()))
    for name in ("saturating", "combined", "manifold"):
        walk.rooms.scene.samples.set_layer(name, True)
    walk.come(walk.game.scalars, lambda: walk.game.act(Step("both")))
    walk.hold("plane")
    walk.window.teller.tell("There is much to say. " * 8, "file\n" * 9, wrong=True, offers={"Go Back": print})
    walk.hold("notice")
    walk.window.shell.notices.hide()


def _gallery(walk: _Walk) -> None:
    codes = (CategoricalCodeSpec(size=10, name="digit"), ContinuousCodeSpec(name="slant"))
    walk.start(_tiny(dataset=DigitsSpec(), latent=LatentSpec(dimensions=16, codes=codes)))
    walk.hold("gallery")
    walk.rooms.scene.samples.set_mode("sheet")
    walk.hold("sheet")


def _sounds(walk: _Walk) -> None:
    walk.start(with_setting(load_preset("sound_notes"), "dataset.count", 100))
    for mode in ("generated", "sheet"):
        walk.rooms.scene.samples.set_mode(mode)
        walk.hold(f"sounds, {mode}")


def _tunes(walk: _Walk) -> None:
    walk.start(with_setting(load_preset("folk"), "dataset.count", 100))
    walk.hold("tunes")
    walk.rooms.scene.samples.set_mode("both")
    walk.hold("tunes, both")


def _pyramid(walk: _Walk) -> None:
    walk.start(with_setting(load_preset("lapgan"), "dataset.count", 100))
    walk.hold("pyramid")


def _upscale(walk: _Walk) -> None:
    import numpy as np
    from PIL import Image

    walk.start(with_setting(load_preset("srgan"), "dataset.count", 100))
    walk.hold("images enlarged")
    walk.rooms.show_own()
    walk.hold("Upscale")
    picture = walk.folder / "photo.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (41, 60, 3), np.uint8)).save(picture)
    walk.come(walk.game.enlarged, lambda: walk.rooms.take([picture]))
    walk.hold("Upscale, a picture")
    walk.rooms.leave_room()
    walk.start(_tiny())


def _energies(walk: _Walk) -> None:
    d = AutoencoderDiscriminatorSpec(width=8, depth=1, code_size=4)
    walk.start(_tiny(dataset=DigitsSpec(), discriminator=d, objective=EnergySpec(margin=0.1, pulling_away=0.1)))
    sample = walk.game.single.real[0]
    walk.come(walk.game.inspected, lambda: walk.rooms.scene.samples.examined.emit(sample, "real"))
    walk.hold("energies")


def _side_by_side(walk: _Walk) -> None:
    games = (_tiny(), _tiny(objective=HingeSpec()))
    for name, start in (
        ("duel", StartGroup(experiments=games, runs=walk.game.runs)),
        ("band", StartGroup(experiments=games[:1], seeds=9, runs=walk.game.runs)),
    ):
        walk.come(walk.game.group_opened, lambda start=start: walk.game.start(start))
        walk.hold(name)
    walk.start(_tiny())


def _card(walk: _Walk) -> None:
    import numpy as np

    random, table, images = np.random.default_rng(0), walk.folder / "heights.csv", walk.folder / "images.npy"
    np.savetxt(table, random.normal(size=(90, 4)), delimiter=",", header="height,width,depth,weight", comments="")
    np.save(images, random.integers(0, 255, (40, 16, 16, 3), dtype=np.uint8))
    desk = walk.rooms.data.desk
    for path in (table, images):
        walk.window.open_path(path)
        walk.wait(lambda: desk.visible and desk.ready)
        walk.hold(f"card of {path.name}")
        desk.leave()


def _measures(walk: _Walk) -> None:
    from ganstudio.gui.rooms.measures.words import KINDS
    from tests.gui.test_measures import record

    walk.rooms.show_measures()
    walk.hold("measures, none yet")
    view = walk.rooms.measures.view
    view.open(KINDS["images"], started=True)
    view.show_record(record())
    walk.hold("measures")
    walk.rooms.leave_room()


def _slow_motion(walk: _Walk) -> None:
    walk.rooms.slow_motion()
    walk.hold("slow motion, none yet")
    walk.come(walk.game.stages, walk.rooms.slow.next)
    for _ in range(5):
        walk.rooms.slow.next()
    walk.hold("slow motion")
    walk.rooms.leave_room()


def _dialogs(walk: _Walk) -> None:
    from ganstudio.gui.rooms.draw.dialog import DrawDialog
    from ganstudio.gui.rooms.group.setup import DuelSetup
    from ganstudio.gui.window.help import About, shortcuts

    made = (DrawDialog(None, walk.window.shell), DuelSetup(walk.game.experiment, walk.window.shell))
    for dialog in (*made, shortcuts(walk.window), About(walk.folder, walk.window)):
        dialog.show()
        tabs = dialog.findChild(QTabWidget)
        for page in range(tabs.count() if tabs is not None else 1):
            if tabs is not None:
                tabs.setCurrentIndex(page)
            walk.hold(f"{dialog.windowTitle()}, page {page + 1}", dialog)
        dialog.close()


ROOMS = (
    _plane,
    _gallery,
    _sounds,
    _tunes,
    _pyramid,
    _upscale,
    _energies,
    _side_by_side,
    _card,
    _measures,
    _slow_motion,
    _dialogs,
)
SCREENS = (QSize(911, 512), QSize(1024, 640), QSize(1440, 900), QSize(2560, 1440))


def main(folder: str, *rooms: str) -> int:
    """Go through all rooms, or these, and print what does not fit on each screen; the exit status."""
    walk = _Walk(Path(folder))
    for room in ROOMS:
        if not rooms or room.__name__.strip("_") in rooms:
            room(walk)
    walk.window.leave()
    return int(walk.amiss > 0)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
