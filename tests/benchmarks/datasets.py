"""How fast data become something to train on, how little memory that takes, and how fast minibatches come from it.

zip_*: 10,000 JPEGs of CIFAR-10 in a zip archive: the first thumbnails, all of it, memory above that of an idle process,
the second time. idx_ready: MNIST's first 10,000 digits. csv_ready: 1,000,000 points. feed_*: images a second as float
minibatches on one core, from a map that lies in memory and from one that does not. loader_ratio: the same 10,000 JPEGs,
a second epoch of our minibatches over one of a DataLoader with two workers, Pillow opening each file, as torchvision
does it. The archive and the digits are looked for in the folder GANSTUDIO_BENCHMARK_DATA.
"""

from __future__ import annotations

import contextlib
import json
import mmap
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tests.benchmarks.figures import data_folder, median, remark, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ganstudio.data import Dataset

TIMES = 3
BATCH = 64
DATA = data_folder()
ARCHIVE, DIGITS = "cifar-4x2500.zip", "mnist-10k"

# In a process of its own, as memory that was once taken is seldom given back. The thumbnails are kept, as a contact
# sheet does.
READ = """
import json, resource, sys, time
from pathlib import Path
from ganstudio.data.reading.reading import Watch, read
def now():  # KiB in memory
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() // 1024
class Sheet(Watch):
    first, kept = None, []
    def thumbnails(self, first, images, names):
        self.first = self.first or time.perf_counter() - began
        self.kept.append(images)
idle, began, used = now(), time.perf_counter(), time.process_time()
sheet = Sheet()
card, dataset = read(Path(sys.argv[1]), watch=sheet)
seconds, used = time.perf_counter() - began, time.process_time() - used
taken = (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - idle) / 1024
found = {"first": sheet.first or 0.0, "ready": seconds, "cpu": used, "mib": taken, "count": card.count}
print(json.dumps(found))
"""


def reading(path: Path, home: str) -> dict[str, float]:
    """What it takes to read what lies at a path."""
    done = subprocess.run(
        [sys.executable, "-c", READ, str(path)],
        env=os.environ | {"GANSTUDIO_HOME": home},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found


def archive_figures(path: Path) -> bool:
    """The zip, in new homes and in one where it was read before."""
    new, again = [], []
    for _ in range(TIMES):
        with tempfile.TemporaryDirectory() as home:
            new.append(reading(path, home))
            again.append(reading(path, home))
    assert new[0]["count"] == again[0]["count"] == 10_000
    used, later = (median([one["cpu"] for one in some]) for some in (new, again))
    remark(f"the archive takes {used:.2f} s of the processor, the second time {later:.2f} s")
    reached = report("zip_first_thumbnails", median([one["first"] for one in new]), "s", "<=", 0.5)
    reached &= report("zip_ready", median([one["ready"] for one in new]), "s", "<=", 6.0)
    reached &= report("zip_memory", median([one["mib"] for one in new]), "MiB", "<=", 150.0)
    return reached & report("zip_again", median([one["ready"] for one in again]), "s", "<=", 0.5)


def ready(name: str, path: Path, target: float) -> bool:
    """A source read for the first time."""
    found = []
    for _ in range(TIMES):
        with tempfile.TemporaryDirectory() as home:
            found.append(reading(path, home))
    remark(f"{path.name} takes {median([one['cpu'] for one in found]):.2f} s of the processor")
    return report(name, median([one["ready"] for one in found]), "s", "<=", target)


def table_figure() -> bool:
    """A CSV of a million points."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "points.csv"
        points = np.random.default_rng(0).standard_normal((1_000_000, 2))
        with path.open("w", encoding="utf-8") as file:
            file.write("x,y\n")
            file.writelines(f"{x:.6f},{y:.6f}\n" for x, y in points.tolist())
        return ready("csv_ready", path, 3.0)


# --- feeding ----------------------------------------------------------------------------------------------------------


def feeding_figures() -> bool:
    """Minibatches of grey and of colour images, warm and cold."""
    reached = True
    for name, channels, target in (("grey", 1, 200_000.0), ("colour", 3, 60_000.0)):
        with tempfile.TemporaryDirectory(dir=os.environ.get("TMPDIR")) as folder:
            path = Path(folder) / "images.npy"
            dataset = stored(path, channels)
            reached &= report(f"feed_{name}", drawn(dataset, 2.0), "images/s", ">=", target)
            del dataset  # what is mapped stays in memory
            if hasattr(os, "posix_fadvise"):
                reached &= report(f"feed_{name}_cold", drawn_cold(path), "images/s", ">=", target / 3)
    return reached


def stored(path: Path, channels: int, count: int = 1_200_000) -> Dataset:
    """1.2 GB of images of 32 x 32 in a file, mapped."""
    from ganstudio.data import build_dataset
    from ganstudio.experiment import ArraySpec

    count //= channels
    images = np.lib.format.open_memmap(path, "w+", np.uint8, (count, channels, 32, 32))
    random = np.random.default_rng(0)
    for first in range(0, count, 10_000):
        images[first : first + 10_000] = random.integers(0, 256, (10_000, channels, 32, 32), np.uint8)
    images.flush()
    del images
    dataset = build_dataset(ArraySpec(path=str(path)))
    assert dataset.feed is not None
    assert dataset.feed.is_mapped
    return dataset


def drawn(dataset: Dataset, seconds: float) -> float:
    """Images a second."""
    random, count, began = np.random.default_rng(1), 0, time.perf_counter()
    while (passed := time.perf_counter() - began) < seconds:
        count += len(dataset.draw(BATCH, random))
    return count / passed


def drawn_cold(path: Path) -> float:
    """Images a second, of a file that the system holds nothing of when each short turn begins."""
    from ganstudio.data import build_dataset, feeding
    from ganstudio.experiment import ArraySpec

    feeding.MAPPED_SHARE = 0.0  # as of a file that is larger than the memory
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    dataset = build_dataset(ArraySpec(path=str(path)))
    assert dataset.feed is not None
    rates, before = [], bytes_read()
    for _ in range(5):
        dataset.feed.images._mmap.madvise(mmap.MADV_DONTNEED)  # type: ignore[attr-defined]
        os.posix_fadvise(descriptor, 0, 0, os.POSIX_FADV_DONTNEED)
        rates.append(drawn(dataset, 0.5))
    os.close(descriptor)
    remark(f"cold: {(bytes_read() - before) / (sum(rates) * 0.5):,.0f} bytes came from the disk for each image")
    return median(rates)


def bytes_read() -> int:
    """What this process had the disk read so far, where the system tells."""
    with contextlib.suppress(OSError):
        return int(Path("/proc/self/io").read_text().split("\nread_bytes: ")[1].split()[0])
    return 0


@contextlib.contextmanager
def one_core() -> Iterator[None]:
    """Keep this process on one core, where the system can."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


# --- as torchvision does it -------------------------------------------------------------------------------------------


def loader_figure(archive: Path) -> bool:
    """Second epochs of the same pictures, ours and a DataLoader's."""
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as home:
        os.environ["GANSTUDIO_HOME"] = home
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        theirs = loader_epochs(Path(folder))
        ours = our_epochs(Path(folder))
    remark(f"epochs of a DataLoader {theirs[0]:.2f} and {theirs[1]:.2f} s; ours {ours[0]:.2f} and {ours[1]:.3f} s")
    return report("loader_ratio", theirs[1] / ours[1], "times as fast", ">=", 20.0)


class Files:
    """What torchvision's ImageFolder with ToTensor and Normalize comes to."""

    def __init__(self, folder: Path) -> None:
        self.paths = sorted(folder.rglob("*.jpg"))

    def __len__(self) -> int:
        return len(self.paths)

    def __getitem__(self, index: int):
        import torch
        from PIL import Image

        with self.paths[index].open("rb") as file:
            pixels = np.array(Image.open(file).convert("RGB"))
        image = torch.from_numpy(pixels).permute(2, 0, 1).contiguous().float().div(255)
        return image.sub_(0.5).div_(0.5)


def loader_epochs(folder: Path) -> list[float]:
    """Seconds of two epochs."""
    from torch.utils.data import DataLoader

    files = Files(folder)
    assert len(files) == 10_000
    loader = DataLoader(files, batch_size=BATCH, shuffle=True, num_workers=2, persistent_workers=True)  # type: ignore[arg-type]
    seconds = []
    for _ in range(2):
        began = time.perf_counter()
        assert sum(len(batch) for batch in loader) == 10_000
        seconds.append(time.perf_counter() - began)
    return seconds


def our_epochs(folder: Path) -> list[float]:
    """Seconds of as many images, the first time with reading them; as tensors, as the trainer takes them."""
    import torch

    from ganstudio.data.reading.reading import read

    seconds, random = [], np.random.default_rng(0)
    for _ in range(2):
        began = time.perf_counter()
        if not seconds:
            _, dataset = read(folder)
        done = 0
        while done < 10_000:
            done += len(torch.from_numpy(dataset.draw(BATCH, random)))
        seconds.append(time.perf_counter() - began)
    return seconds


def run() -> int:
    reached = True
    archive, digits = DATA / ARCHIVE, DATA / DIGITS
    if archive.is_file():
        reached &= archive_figures(archive)
        reached &= loader_figure(archive)
    else:
        remark(f"{ARCHIVE} is not in {DATA}: the figures of an archive, and beside a DataLoader, are left out")
    if digits.is_dir():
        reached &= ready("idx_ready", digits, 0.5)
    else:
        remark(f"{DIGITS} is not in {DATA}: idx_ready is left out")
    reached &= table_figure()
    with one_core():
        reached &= feeding_figures()
    return 0 if reached else 1
