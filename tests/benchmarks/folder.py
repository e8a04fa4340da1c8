"""folder_ready: a folder of 100,000 PNG files of 32 x 32, from the drop to the complete card."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import numpy as np

from tests.benchmarks.datasets import reading
from tests.benchmarks.figures import remark, report

COUNT = 100_000


def make(folder: Path) -> None:
    """Different pictures in ten folders, each of soft shapes, so that they pack as pictures do."""
    from PIL import Image

    random = np.random.default_rng(0)
    for group in range(10):
        (folder / f"class {group}").mkdir()
        coarse = random.integers(0, 256, (COUNT // 10, 6, 6, 3), np.uint8)
        for index, one in enumerate(coarse):
            picture = Image.fromarray(one).resize((32, 32), Image.Resampling.BICUBIC)
            picture.save(folder / f"class {group}" / f"{index:05}.png", compress_level=1)


def run() -> int:
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        began = time.perf_counter()
        make(Path(folder))
        remark(f"made in {time.perf_counter() - began:.0f} s")
        new, again = reading(Path(folder), home), reading(Path(folder), home)
    assert new["count"] == again["count"] == COUNT
    remark(f"first thumbnails after {new['first']:.2f} s, {new['mib']:.0f} MiB above idle")
    remark(f"it takes {new['cpu']:.1f} s of the processor, later {again['cpu']:.2f} s")
    remark(f"later it is ready after {again['ready']:.1f} s: the files' names, lengths and times are looked at")
    return 0 if report("folder_ready", new["ready"], "s", "<=", 90.0) else 1
