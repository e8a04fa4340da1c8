"""With default settings a run that was stopped and gone on with equals, to the bit, the one that never stopped."""

import numpy as np
import pytest
import torch

from ganstudio.data.known.known import missing
from ganstudio.presets import load_preset, with_setting
from ganstudio.run import RunFolder, latest_checkpoint
from ganstudio.training.messages import SCALARS, Closed, Opened, Quit, Start, StateChanged, Step
from ganstudio.training.session import devices
from ganstudio.training.session.session import Session


def trained(start, steps=0):
    """Train to the end, or by that many steps; with how many threads."""
    session, threads = Session(start), 0
    for command in [Step()] * steps + [Quit()] * (steps > 0):
        session.send(command)
    for event in session.run():
        if isinstance(event, Opened):
            threads = event.threads
        if isinstance(event, StateChanged) and event.state == "finished":
            session.send(Quit())
    assert isinstance(event, Closed), event
    return threads


def slow(name):
    return pytest.param(name, marks=pytest.mark.slow)


@pytest.mark.parametrize(
    "name", ["ring", "digits", slow("dcgan"), slow("infogan"), slow("ebgan_glyphs"), slow("conditional")]
)
def test_stopping_and_going_on_changes_no_bit(name, tmp_path, monkeypatch):
    """Threads are what sums of image games depend on: here a second measurement would find another number best."""
    plane = name == "ring"
    count = 1 if plane else 2
    found = iter([count, 3 - count])
    monkeypatch.setattr(devices, "measure_threads", lambda step: next(found))
    monkeypatch.setattr(devices, "cores", lambda: 2)
    before = torch.get_num_threads()
    steps = 60 if plane else 4
    experiment = with_setting(load_preset(name), "schedule.steps", steps)
    assert missing(experiment.dataset) is None
    try:
        assert trained(Start(experiment=experiment, run=tmp_path / "part", measure=False), steps // 2) == count
        assert trained(Start(resume=tmp_path / "part", play=True, measure=False)) == count
        whole = Start(experiment=experiment, run=tmp_path / "whole", play=True, threads=count, measure=False)
        assert trained(whole) == count
    finally:
        torch.set_num_threads(before)
    runs = tmp_path / "part", tmp_path / "whole"
    scalars = [RunFolder.open(run, read_only=True).scalars(SCALARS)[:, 2:] for run in runs]
    assert len(scalars[0]) == steps
    np.testing.assert_array_equal(*scalars)
    one, other = map(latest_checkpoint, runs)
    for path in sorted(one.glob("*.safetensors")):
        assert path.read_bytes() == (other / path.name).read_bytes(), path.name
