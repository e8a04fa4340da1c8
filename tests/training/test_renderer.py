"""Latent renders beside training: each of them while nothing is trained, some of them while something is."""

import queue
import time

import numpy as np
import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.training.messages import Rendered, RenderLatent, Watch
from ganstudio.training.pictures import renderer as renderers
from ganstudio.training.pictures.renderer import Renderer
from ganstudio.training.step.trainer import Trainer


class Answers:
    """A renderer before which a game lies, and what it answers."""

    def __init__(self, trainer):
        self.trainer, self.found = trainer, queue.Queue()
        self.renderer = Renderer(lambda event: self.found.put(event) if isinstance(event, Rendered) else None)
        self.renderer.open(trainer)

    def ask(self, number):
        self.renderer.ask(RenderLatent(request=number, latents=np.full((1, 2), number / 100, np.float32)))

    def next(self):
        return self.found.get(timeout=60).request


@pytest.fixture
def slow(monkeypatch):
    """An answer is followed by a rest that no machine is too slow to see."""
    monkeypatch.setattr(renderers, "ANSWER_SECONDS", 20.0)
    monkeypatch.setattr(renderers, "IDLE", 1e9)


@pytest.fixture
def answers(slow, plane):
    made = Answers(Trainer(plane, build_dataset(plane.dataset), torch.device("cpu")))
    yield made
    made.renderer.close()


def test_while_nothing_is_trained_each_is_answered_at_once(answers):
    began = time.monotonic()
    for number in range(1, 6):
        answers.ask(number)
        while answers.next() != number:  # the one before comes once more with a frame
            pass
    assert time.monotonic() - began < renderers.ANSWER_SECONDS


def test_what_the_sliders_make_follows_g_while_frames_hold_nothing(answers):
    """As when only real samples are looked at."""
    answers.renderer.watch(Watch(layers=frozenset()))
    answers.ask(1)
    assert answers.next() == 1
    answers.trainer.step()
    answers.renderer.publish(answers.trainer, wait=True)
    while answers.found.get(timeout=60).step == 0:
        pass


def test_beside_training_the_first_is_answered_at_once_and_then_the_newest_of_many(answers, monkeypatch):
    monkeypatch.setattr(renderers, "ANSWER_SECONDS", 3.0)
    answers.renderer.publish(answers.trainer, wait=True)
    began = time.monotonic()
    answers.ask(1)
    found = [answers.next()]
    for number in range(2, 50):
        answers.ask(number)
    while found[-1] != 49:
        found.append(answers.next())
    assert found[0] == 1
    assert len(set(found)) < 10  # 1 comes once more with each frame; a machine that stands still may have some more
    assert time.monotonic() - began > renderers.ANSWER_SECONDS
