"""Every kind of data trains within an address space of 4 GB: it works, or is refused in words."""

import gzip
import os
import subprocess
import sys

import numpy as np
import pytest
from PIL import Image

from ganstudio.data import build_dataset
from ganstudio.data.known import known
from ganstudio.experiment import SAMPLES, ScenesSpec
from tests import file_samples
from tests.file_samples import shades

resource = pytest.importorskip("resource")
pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

LIMIT = 4 * 2**30
FILES = {
    "images": "images.zip",
    "array": "images.npz",
    "table": "points.csv",
    "density": "grey.png",
    "idx": "images-idx3-ubyte",
    "clips": "sounds.zip",
    "midi": "tunes.zip",
    "texts": "sentences.txt",
}
"""A small file of each kind that is read from one."""
PUBLISHED = {
    "mnist": "mnist",
    "fashion_mnist": "mnist",
    "kmnist": "mnist",
    "cifar10": "cifar10",
    "dsprites": "dsprites",
}
MADE = {
    "digits": "digits",
    "glyphs": "infogan",
    "striped": "lapgan",
    "notes": "sound_notes",
    "folk": "folk",
    "scenes": "style_structure",
    "grammar": "text_small",
    "oracle": "seqgan",
}
"""A preset for each kind that is made here, where it is no distribution of the plane."""
KINDS = {spec.model_fields["kind"].default for spec in SAMPLES}


def train(folder, *words):
    """Exit status and what was said."""
    command = [sys.executable, "-m", "ganstudio", "train", *words, "--steps", "3", "--out", str(folder / "run")]
    done = subprocess.run(
        [*command, "--set", "schedule.batch_size=4", "--quiet"],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_AS, (LIMIT, LIMIT)),
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def published(name):
    """Files as the published ones are, small ones, where the program looks for them."""
    one = known.KNOWN[name]
    folder = known.folder_of(one)
    folder.mkdir(parents=True)
    labels = (np.arange(40) % 10).astype(np.uint8)
    if name == "cifar10":
        parts = {f"data_batch_{each}.bin": file_samples.cifar(10) for each in range(1, 6)}
        files = {
            f"cifar-10-batches-bin/{part}": data
            for part, data in (parts | {"test_batch.bin": file_samples.cifar()}).items()
        }
        (folder / one.files[0].name).write_bytes(file_samples.tarred(files, gzip.compress))
    elif name == "dsprites":
        factors = np.stack([np.ones(80), 1.0 + np.arange(80) % 3, *np.random.default_rng(0).random((4, 80))], axis=1)
        images = (shades(80, 64, 64) > 127).astype(np.uint8)
        (folder / one.files[0].name).write_bytes(file_samples.npz(imgs=images, latents_values=factors))
    else:
        for file, values in zip(one.files, (shades(40, 28, 28), labels, shades(40, 28, 28), labels), strict=True):
            (folder / file.name).write_bytes(gzip.compress(file_samples.idx(values)))


def pairs(folder):
    """Drawn scenes and the normals of what is in them, in two folders."""
    scenes = build_dataset(ScenesSpec(count=12, held_out=0))
    normals = scenes.partners.modality
    maps = normals.pictures(normals.to_people(scenes.partners.at(np.arange(12))))
    for name, images in (("A", scenes.feed.bytes_at(np.arange(12)).transpose(0, 2, 3, 1)), ("B", maps)):
        (folder / name).mkdir(parents=True)
        for number, image in enumerate(images):
            Image.fromarray(image).save(folder / name / f"{number}.png")
    return folder


def test_all_kinds_are_here():
    plane = {spec.model_fields["kind"].default for spec, samples in SAMPLES.items() if samples == "points"}
    assert plane | FILES.keys() | PUBLISHED.keys() | MADE.keys() | {"pairs"} == KINDS


@pytest.mark.parametrize("kind", sorted(KINDS))
def test_a_few_steps_of_each_kind(tmp_path, kind):
    if kind in FILES:
        path = tmp_path / FILES[kind]
        path.write_bytes(file_samples.PLAIN[FILES[kind]]())
        words = ["ring", "--data", str(path)]
    elif kind in PUBLISHED:
        published(kind)
        words = ["digits", "--set", f"dataset.kind={kind}"]
        words += ["--set", "dataset.count=60", "--set", "dataset.held_out=10"] if kind == "dsprites" else []
    elif kind == "pairs":
        words = ["style_structure", "--data", str(pairs(tmp_path / "pairs"))]
    elif kind in MADE:
        words = [MADE[kind]]
    else:
        words = ["ring", "--set", f"dataset.kind={kind}"]
    status, said = train(tmp_path, *words)
    assert status == 0, said
    assert (tmp_path / "run" / "checkpoints" / "step-00000003").is_dir()


@pytest.mark.parametrize("count", [10_000_000, 60_000_000])
def test_large_arrays_of_points_train_or_are_refused_in_words(tmp_path, count):
    path = tmp_path / "points.npy"
    values = np.lib.format.open_memmap(path, "w+", np.float32, (count, 2))
    random = np.random.default_rng(0)
    for first in range(0, count, 2_000_000):
        values[first : first + 2_000_000] = random.standard_normal((2_000_000, 2), np.float32)
    del values
    status, said = train(tmp_path, "ring", "--data", str(path))
    assert status in (0, 2), said
    assert "Traceback" not in said
    if status == 2:
        assert "memory" in said
