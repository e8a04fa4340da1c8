"""Arrays of the same images in every layout, type, range, order and kind of file, made from what is told of them."""

from __future__ import annotations

import importlib.util
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from ganstudio.data.files import layouts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GREY = ("n,h,w", "h,w,n", "n,hw", "hw,n", "n,h,w,c", "n,c,h,w")
COLOUR = (
    "n,h,w,c", "n,c,h,w", "h,w,c,n", "h,w,n,c", "c,h,w,n", "n,hwc", "n,chw", "hwc,n", "chw,n", "n,hw,c", "n,c,hw",
)  # fmt: skip
CLEAR = ("n,h,w,c", "n,c,h,w", "h,w,c,n")
MATLABS = {"n,h,w": "h,w,n", "hw,n": "wh,n", "n,h,w,c": "h,w,c,n", "hwc,n": "cwh,n", "chw,n": "cwh,n"}
"""Layouts that MATLAB's users choose in place of others."""
SIDES = ((16, 16), (8, 8), (28, 28), (32, 32), (24, 16), (12, 20), (16, 11))
COUNTS = (40, 64, 100, 36, 25, 49)
TYPES: dict[str, Callable[[np.ndarray], np.ndarray]] = {
    "uint8": lambda v: v,
    "float32 0..1": lambda v: (v / 255).astype(np.float32),
    "uint16 12 bits": lambda v: (v.astype(np.uint32) * 4095 // 255).astype(np.uint16),
    "float64 -1..1": lambda v: v / 127.5 - 1,
    "float32 0..255": lambda v: v.astype(np.float32),
    "int64": lambda v: v.astype(np.int64),
    "uint16 16 bits": lambda v: v.astype(np.uint16) * 257,
    "float16 0..1": lambda v: (v / 255).astype(np.float16),
    "float64 10 bits": lambda v: np.floor(v.astype(np.float64) * 1023 / 255),
}
FILES = tuple(
    name
    for name, library in {
        "npy": "numpy", "npz": "numpy", "npz with labels": "numpy", "mat": "scipy", "h5": "h5py", "new mat": "h5py",
        "parquet": "pyarrow",
    }.items()
    if importlib.util.find_spec(library)
)  # fmt: skip


@dataclass(frozen=True)
class Variant:
    """images: uint8 (n, c, h, w). code: how the file's array is laid out. noise: whether its pixels tell nothing."""

    name: str
    images: np.ndarray
    code: str
    values: np.ndarray
    kind: str
    noise: bool

    def save(self, folder: Path) -> Path:
        """Write the file."""
        return _SAVED[self.kind](folder, self)


# --- images -----------------------------------------------------------------------------------------------------------


def blobs(random, count, height, width, channels):
    """A bright spot on a ramp, as faces and fruits are."""
    down, across = np.mgrid[:height, :width] / np.array([height, width]).reshape(2, 1, 1)
    place, size = random.random((2, count, 1, 1)), 0.02 + 0.1 * random.random((count, 1, 1))
    spot = np.exp(-((across - place[0]) ** 2 + (down - place[1]) ** 2) / size)
    return spot[:, None] * (0.3 + 0.7 * random.random((count, channels, 1, 1))) * 200 + across * 50


def textures(random, count, height, width, channels):
    """Noise whose spectrum falls as that of photographs does, its colours mostly alike."""
    far = np.fft.fftfreq(height)[:, None] ** 2 + np.fft.fftfreq(width) ** 2 + 1e-3
    shape = (count, 1 + channels, height, width)
    waves = random.normal(size=shape) + 1j * random.normal(size=shape)
    found = np.fft.ifft2(waves / far**0.6).real
    found = found[:, :1] + 0.3 * found[:, 1:]
    low, high = found.min(axis=(1, 2, 3), keepdims=True), found.max(axis=(1, 2, 3), keepdims=True)
    return (found - low) / (high - low) * 255


def strokes(random, count, height, width, channels):
    """Bright lines on black, as digits are: most pixels are the same in all."""
    down, across = np.mgrid[:height, :width]
    ends = random.uniform(0.2, 0.8, (count, 4, 1, 1)) * np.array([height, width, height, width]).reshape(4, 1, 1)
    from_down, from_across, by_down, by_across = ends[:, 0], ends[:, 1], *(ends[:, 2:] - ends[:, :2]).swapaxes(0, 1)
    along = ((down - from_down) * by_down + (across - from_across) * by_across) / (by_down**2 + by_across**2 + 1e-6)
    along = np.clip(along, 0, 1)
    away = np.hypot(down - from_down - along * by_down, across - from_across - along * by_across)
    ink = np.clip(255 - 255 * np.maximum(0, away - 0.06 * width), 0, 255)
    return ink[:, None] * random.uniform(0.5, 1, (count, channels, 1, 1))


def noise(random, count, height, width, channels):
    """Every pixel by itself."""
    return random.integers(0, 256, (count, channels, height, width)).astype(float)


CONTENTS = (blobs, textures, strokes)


def images(content, seed, count, height, width, channels):
    """uint8 (n, c, h, w), from black to white."""
    found = np.clip(content(np.random.default_rng(seed), count, height, width, min(channels, 3)), 0, 255)
    found = np.rint(found).astype(np.uint8)
    found[0, :, 0, 0], found[0, :, 0, 1] = 0, 255
    if channels == 4:
        coarse = (count, 1, -(-height // 4), -(-width // 4))
        alpha = np.random.default_rng(seed).integers(0, 2, coarse, np.uint8) * 127 + 128
        found = np.concatenate([found, np.kron(alpha, np.ones((4, 4), np.uint8))[..., :height, :width]], axis=1)
    return found


def laid_out(found, code):
    """An array of images (n, c, h, w), laid out so."""
    axes = code.split(",")
    letters = "".join(axes)
    sizes = dict(zip("nchw", found.shape, strict=True))
    kept = found if "c" in letters else found[:, 0]
    order = "nchw" if "c" in letters else "nhw"
    turned = kept.transpose([order.index(letter) for letter in letters])
    return turned.reshape([int(np.prod([sizes[letter] for letter in axis])) for axis in axes])


# --- files ------------------------------------------------------------------------------------------------------------


def _npy(folder, variant):
    np.save(folder / "a.npy", variant.values)
    return folder / "a.npy"


def _npz(folder, variant):
    np.savez_compressed(folder / "a.npz", variant.values)
    return folder / "a.npz"


def _labelled(folder, variant):
    np.savez(folder / "a.npz", x=variant.values, y=np.arange(len(variant.images)) % 3)
    return folder / "a.npz"


def _mat(folder, variant):
    from scipy.io import savemat

    savemat(folder / "a.mat", {"X": variant.values})
    return folder / "a.mat"


def _h5(folder, variant):
    import h5py

    with h5py.File(folder / "a.h5", "w") as file:
        file["images"] = variant.values
    return folder / "a.h5"


def _new_mat(folder, variant):
    import h5py

    with h5py.File(folder / "a.mat", "w", userblock_size=512) as file:
        file["X"] = variant.values.T
    data = bytearray((folder / "a.mat").read_bytes())
    head = b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\0\2IM"
    data[: len(head)] = head
    (folder / "a.mat").write_bytes(data)
    return folder / "a.mat"


def _parquet(folder, variant):
    import pyarrow as pa
    import pyarrow.parquet as pq

    rows = variant.values.reshape(len(variant.values), -1)
    table = pa.table({f"p{each:04}": np.ascontiguousarray(rows[:, each]) for each in range(rows.shape[1])})
    pq.write_table(table, folder / "a.parquet")
    return folder / "a.parquet"


_SAVED: dict[str, Callable[[Path, Variant], Path]] = {
    "npy": _npy, "npz": _npz, "npz with labels": _labelled, "mat": _mat, "h5": _h5, "new mat": _new_mat,
    "parquet": _parquet,
}  # fmt: skip


# --- the lot ----------------------------------------------------------------------------------------------------------


def variants(sides: tuple[int, int]) -> Iterator[Variant]:
    """Every layout of images of this height and width; contents, types, orders and files take turns."""
    turn = 60 * SIDES.index(sides)
    counts, types, kinds = (
        itertools.islice(itertools.cycle(each), turn % len(each), None) for each in (COUNTS, tuple(TYPES), FILES)
    )
    for channels, codes in ((1, GREY), (3, COLOUR), (4, CLEAR)):
        for code in codes:
            for content in (CONTENTS[turn % 3], CONTENTS[(turn + 1) % 3], noise):
                turn += 1
                yield _variant(turn, content, next(counts), sides, channels, code, next(types), next(kinds))


def _variant(turn, content, count, sides, channels, code, kind_of_values, file) -> Variant:
    if file == "parquet":
        code = {"n,h,w": "n,hw", "h,w,n": "n,hw"}.get(code, code)
        if not code.startswith("n,") or code.count(",") > 1:
            file = "npy"
    if file in ("mat", "new mat"):
        code = MATLABS.get(code, code) if channels < 4 else code
    found = images(content, turn, count, *sides, channels)
    if channels == 4 and kind_of_values.startswith("float64"):
        kind_of_values = "uint8"
    values = TYPES[kind_of_values](laid_out(found, code))
    if turn % 2 and file == "npy":
        values = np.asfortranarray(values)
    name = f"{content.__name__} {count} of {sides[0]}x{sides[1]}x{channels} {code} {kind_of_values} {file}"
    return Variant(name, found, code, values, file, content is noise)


def seen(variant: Variant) -> np.ndarray:
    """The images as they are to be read: uint8 (n, 1 or 3, h, w), alpha over white."""
    found = variant.images.astype(float)
    if found.shape[1] == 4:
        alpha = found[:, 3:] / 255
        found = found[:, :3] * alpha + 255 * (1 - alpha)
    return np.rint(found).astype(np.uint8)


def with_sizes(variant: Variant) -> str:
    """The layout's code with what can't be told from the array's shape."""
    _, channels, height, width = variant.images.shape
    written = variant.code
    for axis in [one for one in written.split(",") if "h" in one and "w" in one]:
        sized = axis if height == width else axis.replace("h", f"h{height}").replace("w", f"w{width}")
        written = written.replace(axis, sized.replace("c", "c" if channels == 3 else f"c{channels}"))
    layouts.parse(written, variant.values.shape)
    return written
