"""Small files of every kind that can be dropped, each whole and right: to be read, and to be damaged."""

import bz2
import gzip
import importlib.util
import io
import json
import lzma
import struct
import tarfile
import zipfile

import numpy as np
from PIL import Image

from tests.data import midi_on_disk
from tests.data import sounds_on_disk as sounds

COUNT, SIDE = 6, 10


def shades(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, shape, np.uint8)


def smooth(count, side, channels=1, seed=0):
    """Images (count, channels, side, side) whose neighbouring pixels are alike, as those of photographs are."""
    random = np.random.default_rng(seed)
    down, across = np.mgrid[:side, :side] / side
    turn, phase = random.uniform(2, 5, (2, count, 1, 1, 1)), random.uniform(0, 6, (count, 1, 1, 1))
    wave = np.sin(turn[0] * down + phase) + np.cos(turn[1] * across - phase) * random.uniform(0.5, 1, (count, 1, 1, 1))
    shade = random.uniform(0.5, 1, (count, channels, 1, 1))
    return np.rint((wave + 2) / 4 * shade * 255).astype(np.uint8)


def picture(kind="PNG", mode="RGB", size=(SIDE, SIDE), seed=0, **options):
    file = io.BytesIO()
    bands = len(Image.new(mode, (1, 1)).getbands())
    values = shades(*size[::-1], bands, seed=seed)
    Image.fromarray(values.squeeze(-1) if bands == 1 else values, mode).save(file, kind, **options)
    return file.getvalue()


def animation(kind, count=COUNT, **options):
    file = io.BytesIO()
    frames = [Image.fromarray(shades(SIDE, SIDE, 3, seed=each)) for each in range(count)]
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], **options)
    return file.getvalue()


def zipped(files, compression=zipfile.ZIP_DEFLATED):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return file.getvalue()


def tarred(files, pack=bytes):
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w") as archive:
        for name, data in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(data)
            archive.addfile(member, io.BytesIO(data))
    return pack(file.getvalue())


def idx(values):
    return struct.pack(f">BBBB{values.ndim}I", 0, 0, 8, values.ndim, *values.shape) + values.tobytes()


def npy(values):
    file = io.BytesIO()
    np.save(file, values)
    return file.getvalue()


def npz(**arrays):
    file = io.BytesIO()
    np.savez_compressed(file, **arrays)
    return file.getvalue()


def cifar(count=COUNT, labels=1):
    records = shades(count, 3072 + labels)
    records[:, :labels] = (np.arange(count) % 10)[:, None]
    return records.tobytes()


def points_csv(delimiter=",", comma="."):
    rows = [
        f"{x:.3f}{delimiter}{y:.3f}".replace(".", comma) for x, y in np.random.default_rng(0).normal(size=(COUNT, 2))
    ]
    words = [f"{row}{delimiter}{'ab'[index % 2]}" for index, row in enumerate(rows)]
    return "\n".join([f"x{delimiter}y{delimiter}label", *words, ""]).encode()


def pixels_csv(side=SIDE):
    rows = [",".join(map(str, [index % 3, *row])) for index, row in enumerate(shades(COUNT, side * side).tolist())]
    return "\n".join([",".join(["label", *(f"pixel{each}" for each in range(side * side))]), *rows, ""]).encode()


def mat():
    from scipy.io import savemat

    file = io.BytesIO()
    savemat(file, {"X": shades(SIDE, SIDE, 3, COUNT), "y": np.arange(COUNT)[:, None] % 2 + 1.0}, do_compression=True)
    return file.getvalue()


def hdf5(before=b""):
    import h5py

    file = io.BytesIO()
    with h5py.File(file, "w", userblock_size=512 if before else 0) as store:
        values = shades(COUNT, SIDE, SIDE, 3)
        store.create_dataset("X" if before else "train/images", data=values.T if before else values, compression="gzip")
        store["y" if before else "train/labels"] = np.arange(COUNT) % 2
    data = file.getvalue()
    return before + data[len(before) :]


def parquet(columns, metadata=None):
    import pyarrow as pa
    import pyarrow.parquet as pq

    file = io.BytesIO()
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), file)
    return file.getvalue()


def parquet_pictures():
    rows = [{"bytes": picture(seed=each), "path": f"{each}.png"} for each in range(COUNT)]
    return parquet({"image": rows, "label": [each % 2 for each in range(COUNT)]})


def parquet_numbers():
    points = np.random.default_rng(0).normal(size=(COUNT, 2))
    return parquet({"x": points[:, 0], "y": points[:, 1], "species": ["ab"[each % 2] for each in range(COUNT)]})


def encoded_sound(kind, subtype):
    import soundfile

    file = io.BytesIO()
    soundfile.write(file, sounds.tone(0.4), sounds.RATE, format=kind, subtype=subtype)
    return file.getvalue()


SOUNDS = {f"{each % 2}_voice_{each}.wav": sounds.wav(sounds.hiss(0.3, each)) for each in range(COUNT)}
PICTURES = {f"{'ab'[each % 2]}/{each}.png": picture(seed=each) for each in range(COUNT)}


def sentences():
    """Eight hundred different ones."""
    words = (
        ("cat", "dog", "bird", "king", "robot"),
        ("sees", "likes", "finds", "hears"),
        ("small", "old", "red", "happy"),
    )
    return [
        f"The {one} {does} a {how} {other}{mark}"
        for one in words[0] for does in words[1] for how in words[2] for other in words[0] for mark in (".", "?")
    ]  # fmt: skip


PLAIN = {
    "grey.png": lambda: picture(mode="L"),
    "colour.png": picture,
    "clear.png": lambda: picture(mode="RGBA"),
    "photo.jpg": lambda: picture("JPEG"),
    "progressive.jpg": lambda: picture("JPEG", progressive=True),
    "web.webp": lambda: picture("WEBP"),
    "bitmap.bmp": lambda: picture("BMP"),
    "page.tif": lambda: picture("TIFF", compression="tiff_lzw"),
    "portable.ppm": lambda: picture("PPM"),
    "still.gif": lambda: picture("GIF", "L"),
    "moving.gif": lambda: animation("GIF"),
    "moving.webp": lambda: animation("WEBP", lossless=True),
    "moving.png": lambda: animation("PNG"),
    "pages.tif": lambda: animation("TIFF"),
    "images.zip": lambda: zipped(PICTURES),
    "images.tar": lambda: tarred(PICTURES),
    "images.tar.gz": lambda: tarred(PICTURES, gzip.compress),
    "images.tar.bz2": lambda: tarred(PICTURES, bz2.compress),
    "images.tar.xz": lambda: tarred(PICTURES, lzma.compress),
    "images-idx3-ubyte": lambda: idx(shades(COUNT, SIDE, SIDE)),
    "images-idx3-ubyte.gz": lambda: gzip.compress(idx(shades(COUNT, SIDE, SIDE))),
    "points.npy": lambda: npy(np.random.default_rng(0).normal(size=(COUNT, 2))),
    "images.npy": lambda: npy(shades(COUNT, SIDE, SIDE, 3)),
    "images.npz": lambda: npz(x=shades(COUNT, SIDE, SIDE), y=np.arange(COUNT) % 2),
    "data_batch_1.bin": cifar,
    "train.bin": lambda: cifar(labels=2),
    "cifar-10-binary.tar.gz": lambda: tarred({"cifar-10-batches-bin/data_batch_1.bin": cifar()}, gzip.compress),
    "points.csv": points_csv,
    "german.csv": lambda: points_csv(";", ","),
    "wide.csv": lambda: b"\xff\xfe" + points_csv("\t").decode().encode("utf-16-le"),
    "pixels.csv": pixels_csv,
    "tone.wav": lambda: sounds.wav(sounds.tone()),
    "stereo.wav": lambda: sounds.wav(np.stack([sounds.tone(), sounds.hiss()], 1), 44_100, 24),
    "floats.wav": lambda: sounds.wav(sounds.tone(), bits=0),
    "tone.aiff": lambda: sounds.aiff(sounds.tone()),
    "tone.flac": lambda: sounds.flac(sounds.tone(0.4)),
    "sounds.zip": lambda: zipped(SOUNDS),
    "tune.mid": midi_on_disk.tune,
    "tunes.zip": lambda: zipped({f"{each}.mid": midi_on_disk.tune(each) for each in range(COUNT)}),
    "sentences.txt": lambda: "\n".join(sentences()).encode(),
    "sentences.csv": lambda: "\n".join(["n,said", *(f'{n},"{one}"' for n, one in enumerate(sentences()))]).encode(),
    "sentences.jsonl": lambda: "\n".join(json.dumps({"said": one}) for one in sentences()).encode(),
    "together.json": lambda: json.dumps({"ganstudio-files": ["/nowhere/a.png"]}).encode(),
}
"""What needs no library beside those that are always there."""

BY_LIBRARY = {
    "images.mat": ("scipy", mat),
    "images.h5": ("h5py", hdf5),
    "new.mat": ("h5py", lambda: hdf5(b"MATLAB 7.3 MAT-file, Platform: GLNXA64".ljust(124) + b"\0\2IM" + bytes(384))),
    "pictures.parquet": ("pyarrow", parquet_pictures),
    "numbers.parquet": ("pyarrow", parquet_numbers),
    "tone.mp3": ("soundfile", lambda: encoded_sound("MP3", "MPEG_LAYER_III")),
    "tone.ogg": ("soundfile", lambda: encoded_sound("OGG", "VORBIS")),
    "tone.opus": ("soundfile", lambda: encoded_sound("OGG", "OPUS")),
}


def samples():
    """Every sample that can be made here: name and bytes."""
    made = {name: make() for name, make in PLAIN.items()}
    there = {name: make for name, (library, make) in BY_LIBRARY.items() if importlib.util.find_spec(library)}
    return made | {name: make() for name, make in there.items()}
