"""What names and folders may hold: no files, links in circles, depths without end, letters that no encoding has."""

import json
import os
import socket
import subprocess
import sys

import numpy as np
import pytest

from ganstudio import cli
from ganstudio.data import DatasetError, build_dataset, open_path
from ganstudio.data.reading import reading
from ganstudio.data.watching import Watch
from ganstudio.experiment import ArraySpec, Experiment, ImagesSpec, TableSpec
from ganstudio.experiment.places import place_of, text_of
from ganstudio.presets import dumps, loads
from tests.data.pictures_on_disk import folder_of

ODD = os.fsdecode(b"caf\xe9")  # no UTF-8
OTHER = os.fsdecode(b"caf\xe8")
on_linux = pytest.mark.skipif(sys.platform != "linux", reason="names of any bytes, pipes and devices are Linux's")


# --- what is no file ---


def pipe(path):
    os.mkfifo(path)


def device(path):
    path.symlink_to("/dev/zero")


def plug(path):
    with socket.socket(socket.AF_UNIX) as one:
        one.bind(os.path.relpath(path))


@on_linux
@pytest.mark.timeout(20)
@pytest.mark.parametrize(("make", "what"), [(pipe, "a pipe"), (device, "a device"), (plug, "a socket")])
@pytest.mark.parametrize("name", ["a.npy", "a.csv", "a.zip", "a.png", "a"])
def test_what_is_no_file_is_told_and_not_waited_for(tmp_path, monkeypatch, make, what, name):
    monkeypatch.chdir(tmp_path)  # a socket's path must be short
    make(tmp_path / name)
    with pytest.raises(DatasetError, match=f'"{name}" is {what}, not a file'):
        open_path(tmp_path / name)
    for spec in (ArraySpec(path=str(tmp_path / name)), TableSpec(path=str(tmp_path / name))):
        with pytest.raises(DatasetError, match="not a file"):
            build_dataset(spec)


@on_linux
@pytest.mark.timeout(20)
def test_a_folder_of_pipes_devices_and_circles_gives_its_pictures(tmp_path, monkeypatch):
    folder = folder_of(tmp_path / "set", 3)
    monkeypatch.chdir(folder)
    for name, make in {"p.png": pipe, "d.png": device, "s.png": plug}.items():
        make(folder / name)
    (folder / "loop").symlink_to(folder)
    (folder / "self.png").symlink_to("self.png")
    _, dataset = open_path(folder)
    assert dataset.count == 3
    told = {one.name: one.reason for one in dataset.skipped}
    assert told.keys() == {"p.png", "d.png", "s.png", "loop", "self.png"}
    assert told["loop"] == "is a link to a folder; drop that one"


def test_a_folder_deeper_than_calls_may_be_nested(tmp_path):
    folder = folder_of(tmp_path / "set", 2)
    before, depth = os.getcwd(), 1200
    try:
        os.chdir(folder)
        for _ in range(depth):
            os.mkdir("d")
            os.chdir("d")
        os.chdir(before)
        assert open_path(folder)[1].count == 2
    finally:
        # From within: pytest removes its folders by calls that are nested as deep as these.
        os.chdir(folder)
        for _ in range(depth):
            os.chdir("d")
        for _ in range(depth):
            os.chdir("..")
            os.rmdir("d")
        os.chdir(before)


# --- names ---


def test_texts_of_paths_stand_for_them():
    assert text_of(ODD) == r"caf\xe9"
    assert text_of("Größe 猫") == "Größe 猫"
    assert str(place_of(r"no\xe9where")) == r"no\xe9where"


@on_linux
def test_a_folder_whose_name_is_no_utf8_is_trained_on_like_any(tmp_path, capsys):
    folder = tmp_path / ODD
    for name in (ODD, OTHER):
        folder_of(folder / name, 3, seed=len(os.listdir(folder)) if folder.exists() else 0)
    spec, dataset = open_path(folder)
    assert isinstance(spec, ImagesSpec)
    assert (dataset.name, dataset.classes) == (r"caf\xe9", (r"caf\xe8", r"caf\xe9"))
    again = loads(dumps(Experiment(dataset=spec))).dataset
    assert build_dataset(again).count == 6
    assert cli.main(["datasets", str(folder), "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["name"] == r"caf\xe9"
    assert cli.main(["datasets", str(folder / "nothing"), "--quiet"]) == 2
    assert r"caf\xe9" in capsys.readouterr().err


@on_linux
@pytest.mark.parametrize("kind", ["npy", "csv", "npz"])
def test_files_whose_names_are_no_utf8_are_read_and_refused_in_words(tmp_path, kind):
    path = tmp_path / f"{ODD}.{kind}"
    points = np.random.default_rng(0).normal(size=(30, 2))
    with path.open("wb") as file:
        if kind == "csv":
            np.savetxt(file, points, delimiter=",")
        else:
            (np.save if kind == "npy" else np.savez)(file, points)
    spec, dataset = open_path(path)
    assert dataset.count == 30
    assert dataset.name.startswith(rf"caf\xe9.{kind}")
    dataset.name.encode()
    dataset.source.encode()
    assert build_dataset(loads(dumps(Experiment(dataset=spec))).dataset).count == 30
    path.write_bytes(path.read_bytes()[:20] if kind != "csv" else b"words alone\n")
    with pytest.raises(DatasetError) as refused:
        open_path(path)
    str(refused.value).encode()


def test_what_a_terminal_lacks_is_written_escaped(tmp_path):
    folder_of(tmp_path / "猫", 2)
    folder_of(tmp_path / "b", 2, seed=1)
    environment = os.environ | {"PYTHONIOENCODING": "cp1252", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "ganstudio", "datasets", str(tmp_path), "--quiet"]
    done = subprocess.run(command, capture_output=True, env=environment, check=False)
    assert (done.returncode, done.stderr) == (0, b"")
    assert rb"\u732b (2)" in done.stdout


# --- reading that nobody waits for ---


class Enough(Exception):
    pass


class Impatient(Watch):
    def go_on(self):
        raise Enough


@pytest.mark.parametrize("kind", ["npy", "npz", "csv"])
def test_reading_one_long_file_can_be_ended(tmp_path, kind):
    path, points = tmp_path / f"a.{kind}", np.random.default_rng(0).normal(size=(3000, 2))
    if kind == "csv":
        np.savetxt(path, points, delimiter=",")
    else:
        (np.save if kind == "npy" else np.savez)(path, points)
    spec, dataset = open_path(path)
    assert dataset.count == 3000
    with pytest.raises(Enough):
        reading.read(path, spec, watch=Impatient())
