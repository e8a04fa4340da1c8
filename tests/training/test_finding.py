"""Searches of the latent space beside the training: directions of z, and the latents of a sample."""

import queue
import threading
import time

import numpy as np
import pytest
import torch

from ganstudio.experiment import LatentSpec, LowResolutionSpec, MLPGeneratorSpec, ScheduleSpec
from ganstudio.modalities import Points
from ganstudio.networks import build_generator
from ganstudio.presets import with_setting, with_settings
from ganstudio.training.host import Host
from ganstudio.training.messages import (
    Closed,
    Failed,
    FindDirections,
    FindLatents,
    FoundDirections,
    FoundLatents,
    Opened,
    Play,
    Quit,
    Rendered,
    RenderLatent,
    Scalars,
    Start,
    StateChanged,
    Step,
)
from ganstudio.training.pictures import finding


class Hosted:
    """A host in a thread, its events in a queue."""

    def __init__(self):
        self.events = queue.Queue()
        self.host = Host(self.events.put)
        self.thread = threading.Thread(target=self.host.run)
        self.thread.start()
        self.all = []

    def until(self, kind, check=lambda event: True):
        while True:
            event = self.events.get(timeout=60)
            self.all.append(event)
            assert not isinstance(event, Failed), event
            if isinstance(event, kind) and check(event):
                return event

    def ask(self, command, kind, check=lambda event: True):
        self.host.send(command)
        return self.until(kind, check)

    def close(self):
        self.ask(Quit(), Closed)
        self.thread.join(10)
        assert not self.thread.is_alive()


@pytest.fixture
def hosted():
    hosted = Hosted()
    yield hosted
    hosted.close()
    assert not [thread for thread in threading.enumerate() if thread.name == "finder"]


def ended(event):
    return event.ended


def test_directions_of_the_open_game_are_found(hosted, images, tmp_path):
    opened = hosted.ask(Start(experiment=images, run=tmp_path / "run"), Opened)
    found = hosted.ask(FindDirections(request=1, game=opened.game), FoundDirections)
    assert (found.request, found.game, found.step) == (1, opened.game, 0)
    vectors = np.stack([one.vector for one in found.directions])
    np.testing.assert_allclose(vectors @ vectors.T, np.eye(4), atol=1e-5)


def test_what_g_made_is_found_again(hosted, images, tmp_path):
    dense = with_setting(images, "generator", MLPGeneratorSpec(width=16, depth=1))
    opened = hosted.ask(Start(experiment=dense, run=tmp_path / "run"), Opened)
    hosted.ask(Step(), Scalars)
    wanted = np.array([[0.5, -1.0, 0.25, 1.5]], np.float32)
    sample = hosted.ask(RenderLatent(request=1, latents=wanted, game=opened.game), Rendered).samples[0]
    hosted.host.send(FindLatents(request=2, game=opened.game, sample=sample, starts=4, steps=120))
    found = hosted.until(FoundLatents, ended)
    assert (found.done, found.steps, found.request) == (120, 120, 2)
    assert 0 <= found.distance < 0.5 * found.of_random
    made = hosted.ask(RenderLatent(request=3, latents=found.latents[None], game=opened.game), Rendered).samples[0]
    apart = (made.astype(float) - sample.astype(float)) / 127.5
    assert np.sqrt((apart**2).mean()) == pytest.approx(found.distance, abs=0.004)  # samples are told as bytes


def test_a_search_is_given_up_and_another_takes_its_place(hosted, images, tmp_path):
    opened = hosted.ask(Start(experiment=images, run=tmp_path / "run"), Opened)
    endless = {"game": opened.game, "sample": opened.real[0], "steps": 10**6}
    hosted.ask(FindLatents(request=1, **endless), FoundLatents)
    hosted.ask(FindLatents(request=2, **endless), FoundLatents, lambda event: event.request == 2)
    hosted.host.send(FindLatents(request=3, game=opened.game, sample=None))
    deadline = time.monotonic() + 30
    while [thread for thread in threading.enumerate() if thread.name == "finder"]:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_can_t_be_searched_is_refused_in_words(hosted, images, tmp_path):
    given = with_settings(images, [("given", LowResolutionSpec(factor=2)), ("generator", MLPGeneratorSpec())])
    opened = hosted.ask(Start(experiment=given, run=tmp_path / "run"), Opened)
    found = hosted.ask(FindLatents(request=1, game=opened.game, sample=opened.real[0]), FoundLatents)
    assert found.ended
    assert "of what it is given" in found.refused
    none = with_setting(given, "latent", LatentSpec(dimensions=0))
    opened = hosted.ask(Start(experiment=none, run=tmp_path / "none"), Opened)
    found = hosted.ask(FindDirections(request=2, game=opened.game), FoundDirections)
    assert "no z to be turned" in found.refused


def test_searches_change_no_number_of_the_run(images, tmp_path):
    experiment = with_setting(images, "schedule", ScheduleSpec(steps=60, batch_size=8))
    rows = []
    for searches in (False, True):
        hosted = Hosted()
        opened = hosted.ask(Start(experiment=experiment, run=tmp_path / str(searches)), Opened)
        hosted.host.send(Play())
        if searches:
            hosted.host.send(FindLatents(request=1, game=opened.game, sample=opened.real[0], steps=10**6))
            hosted.host.send(FindDirections(request=2, game=opened.game))
        hosted.until(StateChanged, lambda event: event.state == "finished")
        if searches:
            hosted.until(FoundLatents) if not any(isinstance(one, FoundLatents) for one in hosted.all) else None
        hosted.close()
        rows.append(np.concatenate([event.rows for event in hosted.all if isinstance(event, Scalars)])[:, 2:])
    assert len(rows[0]) == 60
    np.testing.assert_array_equal(*rows)


@pytest.mark.parametrize(("request_of", "answer"), [(FindDirections, FoundDirections), (FindLatents, FoundLatents)])
def test_a_search_that_fails_says_so(monkeypatch, request_of, answer):
    def fail(*_, **__):
        raise torch.OutOfMemoryError("no memory is left on the device")

    monkeypatch.setattr(finding, "principal_directions", fail)
    monkeypatch.setattr(finding, "draw_latents", fail)
    network = build_generator(MLPGeneratorSpec(), 2, (2,))
    searched = finding.Searched(network, LatentSpec(dimensions=2), Points(), None, torch.device("cpu"), game=3, step=5)
    asked = {} if request_of is FindDirections else {"sample": np.zeros(2, np.float32)}
    told, finder = [], finding.Finder()
    finder.begin(request_of(request=1, **asked), searched, told.append)
    finder.close()
    (one,) = told
    assert isinstance(one, answer)
    assert (one.request, one.game, one.step) == (1, 3, 5)
    assert one.refused == "The search ended: no memory is left on the device."
