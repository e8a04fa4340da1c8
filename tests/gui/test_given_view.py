"""In the window, a game whose G is given images and no z."""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.experiment import ContentStageSpec, DigitsSpec, Experiment, LatentSpec, LowResolutionSpec
from ganstudio.gui.gallery.wall import Wall
from ganstudio.gui.latent.state import LatentState
from ganstudio.presets import with_setting, with_settings
from ganstudio.training.messages import Frame, RenderLatent


@pytest.fixture
def enlarging(tiny) -> Experiment:
    return with_settings(
        tiny,
        [
            ("dataset", DigitsSpec()),
            ("latent", LatentSpec(dimensions=0)),
            ("given", LowResolutionSpec(factor=2)),
        ],
    )


def test_without_z_the_samples_are_those_of_what_is_given(studio, enlarging) -> None:
    studio.start(enlarging)
    assert studio.scene.latent.sliders == []
    head = studio.scene.latent.head
    assert not any(each.isVisible() for each in (head.randomise, head.new_z, head.reset, head.truncation))
    assert head.unmoved.isVisible()
    frame = studio.wait_for(studio.game.frame, lambda: studio.play(3))
    assert isinstance(frame, Frame)
    studio.pause()
    rendered = studio.rendered(lambda: studio.scene.samples.selected.emit(5))
    other = studio.rendered(lambda: studio.scene.samples.selected.emit(6))
    assert head.readout.text() == "G(what it is given)"
    studio.start(with_setting(enlarging, "latent.dimensions", 2))
    assert head.truncation.isVisible()
    assert head.randomise.isVisible()
    assert not head.unmoved.isVisible()
    assert not np.array_equal(rendered.samples[0], other.samples[0])
    assert studio.notice == ""


def test_the_header_tells_the_stage(studio, enlarging) -> None:
    staged = with_setting(enlarging, "stages", [ContentStageSpec(steps=3).model_dump()])
    studio.start(staged)
    told = studio.window.shell.transport._steps.text
    assert told() == "Content stage to 3 · step 0 of 1,000,000"
    studio.trigger("step_both")
    for step, stage in ((1, "Content stage to 3"), (2, "Content stage to 3"), (3, "Adversarial stage")):
        studio.wait(lambda step=step, stage=stage: told() == f"{stage} · step {step} of 1,000,000")
        studio.trigger("step_both")
    studio.start(enlarging)
    studio.wait(lambda: told() == "step 0 of 1,000,000")


def test_what_was_given_stands_next_to_what_g_made_of_it(studio, enlarging) -> None:
    studio.start(enlarging)
    studio.scene.samples.set_mode("given")
    studio.frame_with("gallery", lambda: studio.play(1))
    studio.pause()
    walls = [wall for wall in studio.scene.samples.findChildren(Wall) if wall.isVisible()]
    assert sorted((wall.accessibleName(), wall.mosaic.width, wall.mosaic.count) for wall in walls) == [
        ("Generated images", 8, 64),
        ("Given", 4, 64),
        ("Real images", 8, 64),
    ]


def test_the_sheet_is_given_what_the_chosen_sample_is(studio, enlarging) -> None:
    studio.start(enlarging)
    studio.scene.samples.set_mode("sheet")
    watched = studio.wait_for(studio.scene.samples.watch_changed, lambda: studio.scene.samples.selected.emit(9))
    assert watched.like == 9
    assert watched.sheet.shape[1] == 0


def test_what_is_given_is_a_setting_that_waits_for_a_new_start(studio, enlarging) -> None:
    studio.start(with_settings(enlarging, [("given", {"kind": "nothing"}), ("latent.dimensions", 2)]))
    studio.play(1)
    studio.pause()
    studio.edit("given.kind", "low_resolution")
    assert studio.window.settings.pending_experiment().given == LowResolutionSpec()
    studio.edit("given.factor", 2)
    opened = studio.wait_for(studio.game.opened, studio.window.settings.start_over_requested.emit)
    assert opened.experiment.given == LowResolutionSpec(factor=2)


def test_nothing_is_traversed_where_there_is_nothing_to_turn() -> None:
    state = LatentState(LatentSpec(dimensions=0))
    assert state.request(4).shape == (5, 0)
    state.randomise()
    state.load(np.empty(0))
    coded = LatentState(LatentSpec(dimensions=0, codes=[{"kind": "categorical", "size": 3}]))
    np.testing.assert_array_equal(coded.request(2), [[1, 0, 0]] * 3)
    assert RenderLatent(request=1, latents=coded.latents[None]).like == 0
