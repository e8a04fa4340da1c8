"""The sheet between four corners, and the walk that wanders on and on."""

import numpy as np
import pytest

from ganstudio.experiment import DigitsSpec, LatentSpec
from ganstudio.gui.gallery.corners import LINES
from ganstudio.presets import with_settings
from ganstudio.walks import corners, drawn

IMAGES = [("dataset", DigitsSpec()), ("latent", LatentSpec(dimensions=5))]


@pytest.fixture
def opened(studio, tiny):
    studio.start(with_settings(tiny, IMAGES))
    studio.scene.samples.set_mode("sheet")
    return studio


def test_a_sheet_between_four_corners_that_are_drawn_or_pins(opened):
    scene, sheet, space = opened.scene, opened.scene.samples.sheet, opened.scene.latent.spec
    assert sheet.others.isHidden()
    opened.frame_with("sheet", sheet.between.click)
    four = np.stack([drawn(space, seed) for seed in range(4)])
    np.testing.assert_allclose(sheet.latents, corners(space, four, LINES), atol=1e-6)
    opened.wait(lambda: sheet.samples is not None and len(sheet.samples) == LINES**2)
    assert sheet.rows.isHidden()
    sheet.others.click()
    np.testing.assert_allclose(sheet.latents[0], drawn(space, 4), atol=1e-6)
    scene.pins.wander(4)
    assert sheet.others.isHidden()
    pins = scene.pins.points
    for cell, pin in ((0, 0), (LINES - 1, 1), (-LINES, 2), (-1, 3)):
        np.testing.assert_allclose(sheet.latents[cell], pins[pin], atol=1e-6)
    scene.pins.order([1, 0, 2, 3])
    np.testing.assert_allclose(sheet.latents[0], pins[1], atol=1e-6)
    sheet.canvas.chosen.emit(LINES**2 // 2)
    np.testing.assert_allclose(scene.latent.latents, sheet.latents[LINES**2 // 2], atol=1e-6)
    opened.trigger("undo")
    sheet.between.click()
    assert not sheet.rows.isHidden()
    assert len(sheet.latents) == 100


def test_it_wanders_from_where_the_sliders_stand_and_what_is_locked_stays(opened):
    scene, latent, wanderer = opened.scene, opened.scene.latent, opened.scene.wanderer
    latent.set_latents(np.array([0.5, -0.5, 1.0, 0.0, 0.25]))
    latent.inputs.toggle_lock(2)
    latent.head.wander.click()
    assert wanderer.wandering
    before = latent.z.copy()
    opened.wait(lambda: np.abs(latent.z - before).max() > 0.05)
    for _ in range(7):
        wanderer.advance(0.9)
        assert latent.z[2] == pytest.approx(1.0, abs=1e-6)
        assert np.abs(latent.z).max() < 4
    assert opened.window.undo.history.undoable == "Chosen Sample"  # a walk is no step to be undone
    scene.pins.wander(2)
    scene.strip.play.click()  # one walk at a time
    assert not wanderer.wandering
    assert not latent.head.wander.isChecked()
    latent.head.wander.click()
    assert not scene.strip.player.playing
    latent.head.wander.click()
    stands = latent.latents.copy()
    wanderer.wander(False)
    np.testing.assert_array_equal(latent.latents, stands)
