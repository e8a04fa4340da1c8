"""Marks of G and of controls next to it: of which G they are, and when they are done."""

from __future__ import annotations

import pytest
import torch

from ganstudio.data import build_dataset
from ganstudio.presets import load_preset, repeated, with_settings
from ganstudio.training.messages.sentences import Compose, Composed
from ganstudio.training.pictures.composing import Composing
from ganstudio.training.step.trainer import Trainer

CPU = torch.device("cpu")
SMALL = [
    ("dataset.count", 300),
    ("dataset.held_out", 60),
    ("schedule.batch_size", 16),
    ("stages.0.steps", 3),
    ("stages.1.steps", 1),
    ("generator.state", 4),
    ("discriminator.state", 6),
]
ENDLESS = 1e6
"""Seconds that are not over in a test."""
SHORT = 1e-9
"""Seconds that are over after one step."""


@pytest.fixture
def trainer() -> Trainer:
    experiment = with_settings(load_preset("text_small"), SMALL)
    return Trainer(experiment, build_dataset(experiment.dataset), CPU)


def on_to(trainer: Trainer, composing: Composing, step: int) -> None:
    while trainer.step_count < step:
        trainer.step()
    composing.update(trainer)


def answer(trainer: Trainer, composing: Composing, seconds: float | None = None) -> Composed:
    return composing.answer(Compose(request=1, seconds=seconds), 0, trainer.step_count)


def test_marks_of_likelihood_on_its_way_end_with_it(trainer) -> None:
    composing = Composing(trainer)
    on_to(trainer, composing, 1)
    told = answer(trainer, composing)
    assert (set(told.curves["generator"]), told.marked_at) == ({1.0}, 1)
    on_to(trainer, composing, 5)
    told = answer(trainer, composing)
    assert (set(told.curves["before"]), told.curves["generator"], told.marked_at) == ({1.0}, {}, None)
    for _ in range(6):
        told = answer(trainer, composing)
    assert (len(told.curves["before"]), told.curves["generator"].keys(), told.marked_at) == (5, {1.0, 0.85}, 5)
    on_to(trainer, composing, 6)  # within the game they stay until they are made again
    assert answer(trainer, composing).curves["generator"].keys() >= {1.0, 0.85}


def test_controls_tell_when_they_are_done_and_end_where_they_are_not_wanted(trainer) -> None:
    composing = Composing(trainer)
    on_to(trainer, composing, 5)
    told = answer(trainer, composing, ENDLESS)
    assert (told.places.keys(), told.controls_seconds) == ({"real", "continued", "constant"}, None)
    told = answer(trainer, composing)
    assert (told.places.keys(), told.controls_seconds) == ({"real"}, None)
    for _ in range(8):
        told = answer(trainer, composing)
    assert not told.more  # nobody waits for controls that are not wanted
    assert answer(trainer, composing, ENDLESS).more
    told = answer(trainer, composing, SHORT)
    assert (told.places.keys(), told.controls_seconds) == ({"real", "continued", "constant"}, SHORT)
    assert not told.more


def test_controls_begin_anew_where_likelihood_does(trainer) -> None:
    composing = Composing(trainer)
    on_to(trainer, composing, 5)
    assert answer(trainer, composing, SHORT).controls_seconds == SHORT
    trainer.adjust(with_settings(trainer.experiment, list(repeated(trainer.experiment, 5, 0).items())))
    on_to(trainer, composing, 6)
    told = answer(trainer, composing, SHORT)
    assert (told.places.keys(), told.controls_seconds) == ({"real"}, None)
