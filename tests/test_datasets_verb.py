"""``ganstudio datasets PATH``: the card in the terminal, its progress, and stopping it."""

import io
import json
import os
import shutil
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from ganstudio.cli import main
from ganstudio.cli._datasets import Progress
from ganstudio.data.cache import entries as cache
from ganstudio.experiment import DCGANDiscriminatorSpec, DCGANGeneratorSpec, Experiment, ImagesSpec, LatentSpec
from tests.data.pictures_on_disk import folder_of
from tests.running import PATIENCE, running


@pytest.fixture
def pictures(tmp_path):
    for seed, (name, count) in enumerate({"cat": 6, "dog": 9}.items()):
        folder_of(tmp_path / "pets" / name, count, seed=seed)
    (tmp_path / "pets" / "notes.txt").write_text("not a picture")
    return tmp_path / "pets"


@pytest.mark.parametrize(
    ("count", "told"),
    [
        (1, "1 image is little to learn from: D may learn it by heart"),
        (49, "49 images are few to learn from: D may learn them by heart"),
        (50, ""),
    ],
)
def test_few_pictures_are_told_as_such(count, told, tmp_path, capsys):
    folder_of(tmp_path / "pets", count)
    assert main(["datasets", str(tmp_path / "pets"), "--quiet"]) == 0
    found = [line.strip() for line in capsys.readouterr().out.splitlines() if "to learn from" in line]
    assert found == ([told] if told else [])


def test_few_are_not_told_before_it_is_chosen_what_they_are(tmp_path, capsys):
    ramp = np.linspace(0, 255, 24)
    np.save(tmp_path / "a.npy", (ramp[:, None] + ramp)[None].astype(np.uint8)[0] // 2)
    assert main(["datasets", str(tmp_path / "a.npy"), "--quiet", "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert card["question"]
    assert not [note for note in card["notes"] if "to learn from" in note]


@pytest.mark.parametrize("count", [49, 50])
def test_few_points_are_told_as_such(count, tmp_path, capsys):
    (tmp_path / "t.csv").write_text("x,y\n" + "".join(f"{(7 * k) % 50}.5,{(11 * k) % 50}.25\n" for k in range(count)))
    assert main(["datasets", str(tmp_path / "t.csv"), "--quiet"]) == 0
    told = "49 points are few to learn from: D may learn them by heart" in capsys.readouterr().out
    assert told == (count == 49)


def test_the_card_for_people(pictures, capsys):
    assert main(["datasets", str(pictures)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[:6] == [
        "pets",
        "  a folder of images: its files begin as PNG does",
        "  15 images of 16 × 16 pixels, in colour",
        "  size: 16 × 16, all of them",
        "  colour: in colour",
        "  2 classes: cat (6), dog (9)",
    ]
    assert lines[-2:] == ["  1 skipped:", "    notes.txt is not an image"]


def test_the_card_for_programs(pictures, tmp_path, capsys):
    assert main(["datasets", str(pictures), "--json", "--quiet"]) == 0
    said = capsys.readouterr()
    card = json.loads(said.out)
    assert said.err == ""
    assert card["dataset"] == ImagesSpec(path=str(pictures), size=16).model_dump(mode="json")
    assert (card["count"], card["shape"], card["skipped_count"]) == (15, [3, 16, 16], 1)
    assert card["classes"] == [{"name": "cat", "count": 6}, {"name": "dog", "count": 9}]
    assert np.array(card["histogram"]).sum() == 15 * 3 * 256
    np.savetxt(tmp_path / "a.csv", np.random.default_rng(0).normal(size=(30, 2)), delimiter=",")
    assert main(["datasets", str(tmp_path / "a.csv"), "--json"]) == 0
    card = json.loads(capsys.readouterr().out)
    assert (card["kind"], card["count"], "mean" in card, len(card["points"])) == ("points", 30, False, 2000)


def test_what_is_wrong_is_said(tmp_path, capsys):
    assert main(["datasets", str(tmp_path / "gone")]) == 2
    assert "there is nothing at" in capsys.readouterr().err


def test_the_list_says_what_data_may_take(capsys):
    assert main(["datasets"]) == 0
    assert "at most 4 GB of memory (GANSTUDIO_MEMORY_GB)" in capsys.readouterr().err


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_progress_says_files_rate_and_time_left(monkeypatch):
    stream = Terminal()
    monkeypatch.setattr(sys, "stderr", stream)
    clock = iter([100.0, 102.0, 102.05, 104.0, 106.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    progress = Progress(quiet=False)
    progress.files(1000, 5000)
    progress.files(1010, 5000)  # too soon to be shown
    progress.files(4000, 5000)
    progress.files(600, 0)
    progress.close()
    assert stream.getvalue().split("\r")[1:] == [
        "1,000 of 5,000 files  500 files/s  0:08 left",
        "4,000 of 5,000 files  1,000 files/s  0:01 left",
        f"{'600 files  100 files/s':<46}\n",
    ]


STOPPED = """
import signal, sys, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job begun in the background may have it ignored
from ganstudio.data.images import decoding
real = decoding.portions
def slow(*arguments, **options):
    for portion in real(*arguments, **options):
        print("reading", flush=True)
        time.sleep(30)
        yield portion
decoding.portions = slow
from ganstudio.cli import main
sys.exit(main(sys.argv[1:]))
"""


@pytest.mark.skipif(os.name == "nt", reason="signals are sent in another way there")
def test_control_c_leaves_nothing(pictures):
    command = [sys.executable, "-c", STOPPED, "datasets", str(pictures)]
    with running(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout.readline() == "reading\n"
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=PATIENCE)
    assert (process.returncode, errors) == (130, "")
    assert list(cache.folder().iterdir()) == []


def test_a_run_goes_on_where_its_data_were_prepared_and_are_gone(pictures, tmp_path, capsys):
    from ganstudio.presets import dumps

    experiment = Experiment(
        name="pets",
        dataset=ImagesSpec(path=str(pictures), size=8, flips=True),
        latent=LatentSpec(dimensions=4),
        generator=DCGANGeneratorSpec(width=4),
        discriminator=DCGANDiscriminatorSpec(width=4),
    )
    (tmp_path / "pets.toml").write_text(dumps(experiment), encoding="utf-8")
    train = ["train", str(tmp_path / "pets.toml"), "--out", str(tmp_path / "run"), "--device", "cpu"]
    assert main([*train, "--steps", "2"]) == 0
    shutil.rmtree(pictures)
    assert main(["train", str(tmp_path / "pets.toml"), "--out", str(tmp_path / "run"), "--resume", "--steps", "4"]) == 0
    assert "pets: the source can't be read any more; this was prepared of it on" in capsys.readouterr().err
