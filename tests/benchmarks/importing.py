"""Dropping data on the real window: how soon pictures are seen and it can be trained on, and whether it stays live.

import_gap: gaps between the ticks of a timer of 5 ms in the window, while a folder of PNGs of 32 x 32 is read with its
card open (100,000 of them with GANSTUDIO_BENCH_FILES=100000). import_first, import_ready: from the drop of a zip of
10,000 JPEGs to the first pictures painted, and to the card being complete; import_again: the latter a second time. The
zip is that of GANSTUDIO_BENCHMARK_DATA, where it is, else one like it.
"""

from __future__ import annotations

import os
import tempfile
import time
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
from PIL import Image
from PySide6.QtWidgets import QApplication

from ganstudio.gui.app import make_application
from ganstudio.gui.window.main_window import MainWindow
from ganstudio.gui.window.shell import SIZE
from tests.benchmarks.figures import data_folder, percentile, remark, report
from tests.benchmarks.live import _Ticks, spend, wait_until

FILES = int(os.environ.get("GANSTUDIO_BENCH_FILES", "20000"))
CIFAR = data_folder() / "cifar-4x2500.zip"


def run() -> int:
    app = make_application()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        os.environ["GANSTUDIO_HOME"] = str(folder / "home")
        archive = CIFAR if CIFAR.is_file() else make_zip(folder / "pictures.zip")
        pngs = make_folder(folder / "pngs", FILES)
        window = MainWindow(folder / "runs")
        window.resize(SIZE)
        window.show()
        wait_until(lambda: window.game.state == "paused")
        spend(1.0)
        reached = measure_zip(window, archive)
        reached &= measure_folder(window, pngs)
        window.close()
        app.processEvents()
    return 0 if reached else 1


def measure_zip(window: MainWindow, archive: Path) -> bool:
    first, ready = drop(window, archive)
    _, again = drop(window, archive)
    remark(f"{archive.name}: {archive.stat().st_size / 1e6:.1f} MB")
    reached = report("import_first", first, "s from the drop to pictures", "<=", 0.5)
    reached &= report("import_ready", ready, "s from the drop to training", "<=", 6)
    return reached & report("import_again", again, "s, the second time", "<=", 0.5)


def drop(window: MainWindow, path: Path) -> tuple[float, float]:
    """Seconds from a drop to the first pictures on the screen, and to all being read."""
    data = window._rooms.data
    began, painted = time.perf_counter(), 0.0
    window.open_paths([path])
    while not data.desk.ready:
        QApplication.processEvents()
        if not painted and data.desk.visible and data.view.sheet.shown:
            data.view.sheet.viewport().repaint()
            painted = time.perf_counter() - began
        time.sleep(0.001)
    ready = time.perf_counter() - began
    data.desk.leave()
    spend(0.3)
    return painted or ready, ready


def measure_folder(window: MainWindow, folder: Path) -> bool:
    """The window's own event loop, while pictures and cards come in and the sheet is scrolled."""
    data = window._rooms.data
    gaps: list[float] = []
    window.open_paths([folder])
    wait_until(lambda: data.desk.visible)
    ticks, began = _Ticks(gaps), time.perf_counter()
    while not data.desk.ready:
        spend(0.25)
        bar = data.view.sheet.verticalScrollBar()
        bar.setValue((bar.value() + 300) % max(bar.maximum(), 1))
    took = time.perf_counter() - began
    ticks.stop()
    data.desk.leave()
    remark(f"{FILES:,} PNGs in {took:.1f} s, {FILES / took:,.0f} a second; gap longest {max(gaps):.0f} ms")
    return report("import_gap", percentile(gaps, 0.99), "ms", "<=", 50)


def make_folder(folder: Path, count: int) -> Path:
    """PNGs of 32 x 32 in ten classes."""
    draw = np.random.default_rng(0)
    for number in range(count):
        part = folder / f"class {number % 10}"
        if number < 10:
            part.mkdir(parents=True)
        picture(draw).save(part / f"{number:06d}.png")
    return folder


def make_zip(path: Path, count: int = 10_000) -> Path:
    """JPEGs of 32 x 32 in four classes."""
    draw = np.random.default_rng(0)
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(count):
            data = BytesIO()
            picture(draw).save(data, "JPEG")
            archive.writestr(f"class {number % 4}/{number:05d}.jpg", data.getvalue())
    return path


def picture(draw: np.random.Generator) -> Image.Image:
    """A smooth picture in colour: noise would make files larger than those of photographs."""
    corners = Image.fromarray(draw.integers(0, 256, (5, 5, 3), np.uint8))
    return corners.resize((32, 32), Image.Resampling.BICUBIC)
