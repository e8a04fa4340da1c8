"""Which checkpoint of a run counts: damage is told, the one before is taken, and what is set aside is not lost."""

import itertools
import json
import math
import os
import random

import pytest

from ganstudio.presets import dumps, load_preset
from ganstudio.run import (
    Choice,
    RunError,
    RunFolder,
    broken_in,
    checkpoints_of,
    clear_unfinished,
    latest_checkpoint,
    run_and_step,
    seal,
    step_of_checkpoint,
    thin,
)
from ganstudio.run._checkpoints import free_for_replaced
from ganstudio.run._manifests import _manifest, fault_of


def checkpoint(run, step, seconds=None, content=b"weights" * 100, broken=()):
    folder = run / "checkpoints" / f"step-{step:08d}"
    folder.mkdir(parents=True)
    (folder / "average.safetensors").write_bytes(content)
    (folder / "experiment.toml").write_text(dumps(load_preset("ring")))
    if broken:
        (folder / "broken.json").write_text(json.dumps(broken))
    seal(folder, step=step, seconds=float(step if seconds is None else seconds))
    return folder


@pytest.fixture
def run(tmp_path):
    (tmp_path / "experiment.toml").write_text(dumps(load_preset("ring")))
    for step in (4000, 5000, 6000):
        checkpoint(tmp_path, step)
    return tmp_path


def flip(path, bit):
    data = bytearray(path.read_bytes())
    data[bit // 8] ^= 1 << bit % 8
    path.write_bytes(data)


def names(run):
    return sorted(path.name for path in (run / "checkpoints").iterdir())


def test_every_flipped_bit_is_told(tmp_path):
    folder = checkpoint(tmp_path, 7, content=random.Random(0).randbytes(4000))
    drawn = random.Random(1)
    for path in sorted(folder.iterdir()):
        for _ in range(100):
            bit = drawn.randrange(8 * path.stat().st_size)
            flip(path, bit)
            assert fault_of(folder), (path.name, bit)
            flip(path, bit)
    assert fault_of(folder) is None


def test_where_the_newest_is_damaged_the_one_before_is_taken_and_that_is_said(run):
    flip(run / "checkpoints/step-00006000/average.safetensors", 77)
    choice = Choice(run)
    assert choice.step == 5000
    assert choice.told() == (
        "The checkpoint of step 6,000 is damaged (average.safetensors: its checksum does not match): "
        "went back to step 5,000."
    )
    choice.set_aside()
    assert names(run) == ["damaged-step-00006000", "step-00004000", "step-00005000"]
    assert Choice(run).told() is None


def test_where_none_is_whole_all_are_listed(run):
    for path in checkpoints_of(run):
        (path / "average.safetensors").write_bytes(b"")
    with pytest.raises(RunError) as error:
        Choice(run)
    assert all(
        f"step {step} (average.safetensors: has 0 bytes, 700 were written)" in str(error.value)
        for step in ("6,000", "5,000", "4,000")
    )


def test_any_step_can_be_chosen_and_what_is_newer_is_kept_aside(run):
    choice = Choice(run, at=4000)
    assert (choice.path.name, choice.told()) == ("step-00004000", None)
    choice.set_aside()
    assert names(run) == ["left-step-00005000", "left-step-00006000", "step-00004000"]
    checkpoint(run, 5000)
    Choice(run, at=4000).set_aside()
    assert names(run)[:2] == ["left-step-00005000", "left-step-00005000-2"]


def test_a_step_that_is_not_there_names_those_that_are(run):
    with pytest.raises(RunError, match="no checkpoint of step 4,500: there are those of the steps 4,000; 5,000; 6,000"):
        Choice(run, at=4500)


def test_one_that_was_chosen_and_is_damaged_is_not_exchanged(run):
    (run / "checkpoints/step-00005000/average.safetensors").unlink()
    with pytest.raises(RunError, match=r"average.safetensors: is missing.*4,000; 6,000"):
        Choice(run, at=5000)


def test_a_run_without_checkpoints_has_its_own_settings(tmp_path):
    (tmp_path / "experiment.toml").write_text(dumps(load_preset("ring")))
    choice = Choice(tmp_path)
    assert (choice.path, choice.step, choice.experiment.name) == (None, 0, "ring")


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        (lambda m: {**m, "files": {"../../other": {"size": 3, "sha256": ""}}}, "no longer what was written"),
        (lambda m: {**m, "files": {"C:other": {"size": 3, "sha256": ""}}}, "no longer what was written"),
        (lambda m: {**m, "files": {"a": {"size": 10**15, "sha256": ""}}}, "no longer what was written"),
        (lambda m: {**m, "step": 5}, "is of step 5"),
        (lambda m: [m], "no longer what was written"),
    ],
)
def test_a_manifest_that_lies_is_told(tmp_path, damage, words):
    folder = checkpoint(tmp_path, 7)
    path = folder / "manifest.json"
    described = json.loads(path.read_text())
    described.pop("sha256_of_this")
    changed = damage(described)
    path.write_bytes(_manifest(changed) if isinstance(changed, dict) else json.dumps(changed).encode())
    assert words in fault_of(folder)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="Windows has no pipes of this kind")
@pytest.mark.parametrize("name", ["average.safetensors", "manifest.json"])
def test_a_pipe_in_place_of_a_file_is_told_at_once(tmp_path, name):
    folder = checkpoint(tmp_path, 7)
    (folder / name).unlink()
    os.mkfifo(folder / name)
    assert "named pipe" in fault_of(folder) or "no longer" in fault_of(folder)


def test_one_of_an_older_program_has_no_manifest(tmp_path):
    folder = checkpoint(tmp_path, 7)
    (folder / "manifest.json").unlink()
    assert fault_of(folder) is None
    (folder / "training.json").write_text("{}")  # which older ones did not write
    assert fault_of(folder) == "manifest.json: is missing"


def test_a_path_names_a_run_or_one_of_its_checkpoints(run, monkeypatch):
    assert run_and_step(run) == (run, None)
    assert run_and_step(run / "checkpoints" / "step-00005000") == (run, 5000)
    monkeypatch.chdir(run / "checkpoints" / "step-00005000")
    assert run_and_step(type(run)(".")) == (run, 5000)


def test_the_newest_two_stay_and_one_that_is_half_a_minute_older(tmp_path):
    for step in range(1, 40):
        checkpoint(tmp_path, step, seconds=5.0 * step)
        thin(tmp_path / "checkpoints")
        kept = [5 * int(path.name[5:]) for path in checkpoints_of(tmp_path)]
        newest = 5 * step
        assert kept[:2] == [each for each in (newest, newest - 5) if each > 0]
        assert len(kept) <= 9
        if step > 7:
            assert any(30 <= newest - each <= 65 for each in kept)


def test_of_the_older_ones_there_is_one_for_each_doubling_of_age(tmp_path):
    pauses, seconds = random.Random(0), 0.0
    for step in range(1, 200):
        seconds += pauses.uniform(5, 15)
        checkpoint(tmp_path, step, seconds=seconds, content=b"x")
        thin(tmp_path / "checkpoints")
    manifests = [json.loads((path / "manifest.json").read_text()) for path in checkpoints_of(tmp_path)]
    ages = [seconds - manifest["seconds"] for manifest in manifests]
    assert ages[-1] == seconds - manifests[-1]["seconds"] > 0.5 * seconds
    older = [age for age in ages if age >= 30]
    assert older[0] <= 90
    assert all(after <= 2 * before for before, after in itertools.pairwise(older))
    assert len(ages) <= 4 + 2 * math.log2(seconds / 30)


def test_of_games_side_by_side_the_newest_stays_in_which_each_was_right(tmp_path):
    broke = {1: 60.0, 5: 120.0, 2: 400.0}  # seconds at which each went wrong
    for step in range(1, 100):
        broken = [game for game, seconds in broke.items() if 5.0 * step >= seconds]
        checkpoint(tmp_path, step, seconds=5.0 * step, broken=broken)
        thin(tmp_path / "checkpoints")
        kept = [step_of_checkpoint(path) for path in checkpoints_of(tmp_path)]
        for game in broken:
            assert int(broke[game] / 5) - 1 in kept
        assert len(kept) <= 4 + len(broken) + 5
    assert broken_in(checkpoints_of(tmp_path)[0]) == {1, 2, 5}
    assert fault_of(checkpoints_of(tmp_path)[0]) is None


@pytest.mark.parametrize("text", ["", "[[", "null", '{"a": 1}', '["x", null, 1.5, true]', "[" * 10_000])
def test_what_says_nothing_of_games_gone_wrong_is_passed_over(tmp_path, text):
    folder = checkpoint(tmp_path, 1)
    (folder / "broken.json").write_text(text)
    assert broken_in(folder) == frozenset()


def test_what_a_program_that_died_left_half_written_is_cleared(run):
    folder = run / "checkpoints"
    (folder / ".writing-00007000").mkdir()
    (folder / "step-00006000").rename(folder / ".replaced-step-00006000")  # it died between two renamings
    (folder / ".replaced-step-00005000").mkdir()
    clear_unfinished(folder)
    assert names(run) == ["step-00004000", "step-00005000", "step-00006000"]
    assert latest_checkpoint(run).name == "step-00006000"


def test_of_several_that_were_replaced_the_newest_comes_back(run):
    """The system did not let the first one be removed; then the program died between two renamings."""
    folder = run / "checkpoints"
    (folder / ".replaced-step-00006000").mkdir()
    for _ in range(9):  # ".10" is newer than ".9"
        free_for_replaced(folder / "step-00006000").mkdir()
    (folder / "step-00006000").rename(free_for_replaced(folder / "step-00006000"))
    clear_unfinished(folder)
    assert names(run) == ["step-00004000", "step-00005000", "step-00006000"]
    assert fault_of(folder / "step-00006000") is None
    assert (folder / "step-00006000" / "manifest.json").exists()


def test_going_back_keeps_what_was_recorded_after(run):
    import numpy as np

    folder = RunFolder.open(run)
    rows = np.array([[step, step / 10, step * 2.0] for step in range(1, 11)])
    folder.record_scalars(["d_loss"], rows)
    folder.record_change(3, "schedule.batch_size", 4)
    folder.record_change(5, "schedule.batch_size", 8)
    folder.record_change(5, "step", "generator")
    folder.record_change(7, "schedule.batch_size", 16)
    kept = folder.truncate(5, keep=True)
    assert [path.name for path in kept] == ["changes-after-00000005.jsonl", "metrics-after-00000005.sqlite"]
    assert folder.scalars(["d_loss"])[:, 0].tolist() == [1, 2, 3, 4, 5]
    assert [(change.step, change.value) for change in folder.changes()] == [(3, 4), (5, 8)]
    assert [json.loads(line)["value"] for line in kept[0].read_text().splitlines()] == ["generator", 16]
    folder.close()
    (run / "metrics.sqlite").unlink()
    kept[1].rename(run / "metrics.sqlite")
    again = RunFolder.open(run, read_only=True)
    np.testing.assert_array_equal(again.scalars(["d_loss"]), rows[5:])
    again.close()
