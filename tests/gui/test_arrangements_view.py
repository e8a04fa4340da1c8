"""In the window: two games in a chain, with a reader's stage; what G is given was entered in the tables alone."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pytest
import torch
from torch import nn

from ganstudio.data import GIVENS, Sampler
from ganstudio.experiment import (
    ChainSpec,
    DigitsSpec,
    Experiment,
    LatentSpec,
    MLPDiscriminatorSpec,
    MLPGeneratorSpec,
    ReaderStageSpec,
    Spec,
)
from ganstudio.gui.forms.lists import ListRow
from ganstudio.modalities import Images
from ganstudio.networks import GENERATORS, Generator
from ganstudio.presets import with_settings
from ganstudio.training.messages import SlowStep
from tests.entering import entered


class CoarseSpec(Spec):
    """Means of squares of four pixels."""

    kind: Literal["coarse"] = "coarse"
    judged: bool = True

    gives: ClassVar[bool] = True


class Coarse(Sampler):
    """Images with the means of 2 x 2 pixels."""

    def __init__(self, spec: CoarseSpec, dataset) -> None:
        self._dataset, (channels, height, width) = dataset, dataset.shape
        self._kind = Images((channels, height // 2, width // 2))

    @property
    def modality(self):
        return self._kind

    def draw(self, count, random, *, labelled=False):
        drawn = GIVENS[next(iter(GIVENS))](None, self._dataset).draw(count, random, labelled=labelled)
        n, c, h, w = drawn.x.shape
        return drawn._replace(given=drawn.x.reshape(n, c, h // 2, 2, w // 2, 2).mean((3, 5)))


class DetailSpec(Spec):
    """What is given, enlarged, and some detail."""

    kind: Literal["detail"] = "detail"
    width: int = 16


class Detail(Generator):
    """Small images (n, c, h, w) and z to images twice as large."""

    takes_given = True

    def __init__(self, spec: DetailSpec, dimensions: int, shape, given) -> None:
        super().__init__()
        size = int(np.prod(shape))
        self.shape = shape
        self.layers = nn.Sequential(
            nn.Linear(dimensions + int(np.prod(given)), spec.width), nn.ReLU(), nn.Linear(spec.width, size), nn.Tanh()
        )

    def forward(self, inputs):
        seen = torch.cat([inputs.latents, inputs.given.flatten(1)], 1)
        coarse = inputs.given.repeat_interleave(2, 2).repeat_interleave(2, 3)
        return coarse + 0.5 * self.layers(seen).view(-1, *self.shape)


@pytest.fixture
def chained(tiny) -> Experiment:
    with entered("given", CoarseSpec, GIVENS, Coarse), entered("generator", DetailSpec, GENERATORS, Detail):
        yield with_settings(
            tiny,
            [
                ("name", "chained"),
                ("dataset", DigitsSpec()),
                ("latent", LatentSpec(dimensions=2)),
                ("given", {"kind": "coarse"}),
                ("generator", {"kind": "detail"}),
                ("stages", [ReaderStageSpec(steps=4, width=8).model_dump()]),
                (
                    "arrangement",
                    ChainSpec(
                        steps=3,
                        dimensions=3,
                        generator=MLPGeneratorSpec(width=8, depth=1),
                        discriminator=MLPDiscriminatorSpec(width=8, depth=1),
                    ),
                ),
            ],
        )


def test_slow_motion_tells_the_stage_and_both_games(studio, chained) -> None:
    studio.start(with_settings(chained, [("arrangement.steps", 1)]))
    slow, told = studio.window._rooms.slow, []
    for _ in range(6):
        stages = studio.wait_for(studio.game.stages, lambda: studio.send(SlowStep()))
        slow.show_stages(stages)
        for index in range(len(stages.stages)):
            slow.go(index)
            slow.grab()
            told.append((slow._title.text(), slow._sentence.text(), slow._equation.text()))
    assert studio.notice == ""
    titles = [title for title, _, _ in told]
    assert titles[0] == "First game: Draw z"
    assert titles[13:17] == [
        "Last game: Draw x",
        "Last game: The reader's loss",
        "Last game: The reader's gradient",
        "Last game: The reader moves",
    ]
    assert told[13][1] == ("16 real images are drawn from the data, each with the image y that G is given with it.")
    assert "what it reads off real images" in told[14][1]
    assert told[14][2] == "L = E (F(x) − y)²"
    assert "The reader takes one step of Adam" in told[16][1]
    assert "Last game: D judges both" in titles
    assert titles[-1] == "Last game: G moves"
    losses = [equation for title, _, equation in told if title == "Last game: G's loss"]
    assert losses[-1].endswith("+ 1 E (F(G(z, y)) − y)²")


def test_stages_are_added_and_the_arrangement_chosen_in_the_settings(studio, chained) -> None:
    studio.start(with_settings(chained, [("stages", []), ("arrangement", {"kind": "single"})]))
    studio.play(1)
    studio.pause()
    settings = studio.window.settings
    settings.row_at("arrangement.kind")  # its group is made when it is first looked at
    (stages,) = [row for row in settings.findChildren(ListRow) if "judge" in row.add_buttons]
    stages.add_buttons["judge"].click()
    assert [stage.kind for stage in settings.pending_experiment().stages] == ["judge"]
    settings.row_at("stages.0.steps").editor.changed.emit(7)
    studio.edit("arrangement.kind", "chain")
    pending = settings.pending_experiment()
    assert pending.stages[0].steps == 7
    assert pending.arrangement == ChainSpec()
    opened = studio.wait_for(studio.game.opened, settings.start_over_requested.emit)
    assert opened.experiment.arrangement == ChainSpec()
    assert opened.latent.dimensions == 4
