"""Runs whose data changed or are gone: gone on with, sampled and measured."""

import shutil

import numpy as np
import pytest

from ganstudio import cli
from ganstudio.data import open_path
from ganstudio.experiment import ConditioningSpec
from ganstudio.presets import with_setting
from ganstudio.run import kept_data
from ganstudio.training.checkpoints.loaded import load_generator
from ganstudio.training.messages import Failed, Opened, Play, Quit, Start, StateChanged
from ganstudio.training.session.session import Session
from tests.data.pictures_on_disk import folder_of


@pytest.fixture
def trained(images, tmp_path):
    """A conditional run on three folders, three steps long."""
    for seed, name in enumerate("abc"):
        folder_of(tmp_path / "set" / name, 4, seed=seed)
    spec, _ = open_path(tmp_path / "set", size=8)
    changed = {"dataset": spec, "conditioning": ConditioningSpec(labels="projection")}
    experiment = with_setting(images.model_copy(update=changed), "schedule.steps", 3)
    events = run(Start(experiment=experiment, run=tmp_path / "run", measure=False), play=True)
    assert isinstance(events[-2], StateChanged)
    return tmp_path / "set", tmp_path / "run"


def run(start, *, play):
    session = Session(start)
    session.send(Play() if play else Quit())
    events = []
    for event in session.run():
        events.append(event)
        if isinstance(event, StateChanged) and event.state == "finished":
            session.send(Quit())
    return events


def resumed(folder):
    return run(Start(resume=folder, measure=False), play=False)


def test_the_run_keeps_its_classes(trained):
    _, folder = trained
    assert kept_data(folder).names == ("a", "b", "c")
    assert not any(event.notes for event in resumed(folder) if isinstance(event, Opened))


def test_a_renamed_class_is_refused_in_words(trained):
    data, folder = trained
    (data / "a").rename(data / "z")
    failed = next(event for event in resumed(folder) if isinstance(event, Failed))
    assert failed.expected
    assert "what was class 'a' is called 'z' now" in failed.message


def test_changed_images_are_told_with_the_game(trained):
    data, folder = trained
    folder_of(data / "b", 6, seed=50)
    opened = next(event for event in resumed(folder) if isinstance(event, Opened))
    assert "14 samples in place of 12 samples; the samples of class 'b' are others" in opened.notes[0]
    assert opened.label.names == ("a", "b", "c")


def test_samples_need_no_data(trained, tmp_path, monkeypatch, capsys):
    data, folder = trained
    command = ["sample", str(folder), "--count", "5", "--class", "b", "--out"]
    assert cli.main([*command, str(tmp_path / "before.npy")]) == 0
    (data / "a").rename(data / "z")
    assert cli.main([*command, str(tmp_path / "renamed.npy")]) == 0
    shutil.rmtree(data)
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "another"))  # where nothing was prepared
    assert cli.main([*command, str(tmp_path / "gone.npy")]) == 0
    before, renamed, gone = (np.load(tmp_path / f"{name}.npy") for name in ("before", "renamed", "gone"))
    np.testing.assert_array_equal(before, renamed)
    np.testing.assert_array_equal(before, gone)
    assert cli.main([*command[:-3], "--class", "z", "--out", str(tmp_path / "z.npy")]) == 2
    assert "there is no class 'z': the classes are 'a', 'b', 'c'" in capsys.readouterr().err


def test_measuring_without_data_says_that_they_are_needed(trained, monkeypatch, tmp_path, capsys):
    data, folder = trained
    shutil.rmtree(data)
    monkeypatch.setenv("GANSTUDIO_HOME", str(tmp_path / "another"))
    assert cli.main(["measure", str(folder), "--quiet"]) == 2
    assert "measuring needs the data that the run was trained on" in capsys.readouterr().err


def test_a_run_of_before_takes_the_classes_from_its_data_and_keeps_them_once_it_is_gone_on_with(trained):
    _, folder = trained
    (folder / "data.json").unlink()
    assert load_generator(folder, with_data=False).dataset.classes == ("a", "b", "c")
    resumed(folder)
    assert not (folder / "data.json").exists()  # looking at it changes nothing
    run(Start(resume=folder, measure=False), play=True)
    assert kept_data(folder).names == ("a", "b", "c")


def test_damage_is_told_where_classes_matter_and_noted_where_not(trained, images, tmp_path):
    _, folder = trained
    (folder / "data.json").write_text("{")
    failed = next(event for event in resumed(folder) if isinstance(event, Failed))
    assert "data.json: is damaged" in failed.message
    plain = with_setting(images, "schedule.steps", 2)
    run(Start(experiment=plain, run=tmp_path / "plain", measure=False), play=True)
    (tmp_path / "plain" / "data.json").write_text("{")
    opened = next(event for event in resumed(tmp_path / "plain") if isinstance(event, Opened))
    assert "data.json: is damaged" in opened.notes[0]
