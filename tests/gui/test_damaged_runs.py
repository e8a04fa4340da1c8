"""A folder of runs that are damaged at random keeps no window from starting, nor from listing them, nor from a game."""

from __future__ import annotations

import shutil
import sys
import zipfile

import numpy as np
import pytest

from ganstudio.presets import load_experiment
from tests import fuzzing_runs, fuzzing_windows

RUNS = 24


@pytest.mark.skipif(sys.platform != "linux", reason="needs pipes and devices")
def test_a_window_before_damaged_runs_starts_lists_them_and_opens_or_refuses_each(open_studio, tmp_path):
    with zipfile.ZipFile(fuzzing_runs.OLD) as packed:
        packed.extractall(tmp_path / "whole")
    ring = load_experiment(tmp_path / "whole" / "ring" / "experiment.toml")
    for kind, seeds in fuzzing_runs.GROUPS.items():
        fuzzing_runs.train_group(tmp_path / "whole" / kind, ring, seeds)
    whole = [tmp_path / "whole" / kind for kind in ("ring", "ring", *fuzzing_runs.GROUPS)]
    runs = tmp_path / "runs"
    ways = fuzzing_windows.fill(runs, whole, RUNS, np.random.default_rng(4))
    listed = sorted(run for run in runs.iterdir() if fuzzing_windows.is_listed(run))
    assert len(listed) >= RUNS - 4, ways

    studio = open_studio()
    view = studio.window.shell.earlier_runs
    with studio.qtbot.waitSignal(view.whole):
        view.refresh()
    assert view.list.count() == len(listed)
    opened, refused = [], []
    studio.game.opened.connect(opened.append)
    studio.game.group_opened.connect(opened.append)
    studio.game.refused.connect(refused.append)
    for number, run in enumerate(listed[:4], start=1):
        studio.window.open_path(run)
        studio.wait(lambda number=number: len(opened) + len(refused) == number)
    assert opened, ways
    assert all(event.expected for event in refused), (refused, ways)
    shutil.rmtree(runs)
