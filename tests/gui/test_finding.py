"""From a sample back to its latents, in the real window."""

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPointF, Qt
from PySide6.QtWidgets import QMenu

from ganstudio.experiment import DigitsSpec, LatentSpec, LowResolutionSpec
from ganstudio.gui.parts.ways_out import way_out_of
from ganstudio.presets import with_settings

IMAGES = [("dataset", DigitsSpec()), ("latent", LatentSpec(dimensions=5))]


@pytest.fixture
def opened(studio, tiny):
    studio.start(with_settings(tiny, IMAGES))
    return studio


def menu_of(widget, place):
    """The menu that a right click opens there; its entries by their words."""
    way = way_out_of(widget)
    way._offer(place)
    menu = widget.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly)[-1]
    menu.hide()
    return {entry.text().replace("&", ""): entry for entry in menu.actions()}


def ended(studio):
    """Wait for the end of a search: its last word."""
    with studio.qtbot.waitSignal(
        studio.game.found_latents, timeout=60_000, check_params_cb=lambda found: found.ended
    ) as blocker:
        pass
    return blocker.args[0]


def test_a_generated_sample_is_found_again_and_the_step_undone(opened):
    scene, latent, target = opened.scene, opened.scene.latent, opened.scene.latent.head.target
    wall = scene.samples._generated
    opened.wait(lambda: len(wall.samples) > 3)
    before = latent.latents.copy()
    assert target.isHidden()
    menu_of(wall, wall.place_of(3))["Find It in the Latent Space"].trigger()
    assert opened.notice.startswith("Looking for a sample of G in the latent space")
    assert target.pictured
    assert target.picture.image is not None
    found = ended(opened)
    assert 0 <= found.distance < 0.5 * found.of_random
    np.testing.assert_allclose(latent.latents, found.latents, atol=1e-6)
    ratio = f"{found.distance / found.of_random:.2f} times that of the best of 10,000 random samples"
    assert target.told.text() == f"distance {found.distance:.3f}, best random {found.of_random:.3f}"
    assert ratio in opened.notice
    opened.trigger("undo")
    np.testing.assert_allclose(latent.latents, before, atol=1e-6)
    target.back.click()
    np.testing.assert_allclose(latent.latents, found.latents, atol=1e-6)
    target.gone.click()
    assert target.isHidden()
    assert not target.pictured
    np.testing.assert_allclose(latent.latents, found.latents, atol=1e-6)


def test_a_real_sample_s_menu_has_no_groups_and_a_search_is_given_up(opened):
    scene, latent = opened.scene, opened.scene.latent
    scene.samples.set_mode("real")
    wall = scene.samples._real
    entries = menu_of(wall, wall.place_of(0))
    assert "Mark as A" not in entries
    before = latent.latents.copy()
    opened.wait_for(opened.game.found_latents, entries["Find It in the Latent Space"].trigger)
    (cancel,) = opened.window.shell.notices.offers
    cancel.click()
    assert latent.head.target.isHidden()
    opened.play(3)
    opened.pause()
    np.testing.assert_array_equal(latent.latents, before)


def test_the_menu_marks_samples_and_the_wall_shows_it(opened):
    scene = opened.scene
    wall, ways, fixed = scene.samples._generated, scene.latent.along.controls, opened.game.single.latents
    opened.wait(lambda: len(wall.samples) > 3)
    for index, group in ((0, "A"), (3, "B"), (2, "B")):
        menu_of(wall, wall.place_of(index))[f"Mark as {group}"].trigger()
    assert wall._letters[:5] == ("A", "", "B", "B", "")
    menu_of(wall, wall.place_of(2))["Unmark as B"].trigger()
    assert wall._letters[:5] == ("A", "", "", "B", "")
    ways.difference.click()
    truth = fixed[3] - fixed[0]
    np.testing.assert_allclose(scene.latent.directions.all[0].vector, truth / np.linalg.norm(truth), atol=1e-5)


def test_a_cell_of_a_sheet_is_found_and_marked(opened):
    scene = opened.scene
    scene.samples.set_mode("sheet")
    sheet = scene.samples._sheet
    opened.wait(lambda: sheet.samples is not None and sheet.canvas.image is not None)
    latents = sheet.latents[7].copy()
    place = sheet.canvas.cell_rect(7).center().toPoint()
    menu_of(sheet.canvas, place)["Mark as A"].trigger()
    np.testing.assert_array_equal(scene.latent.directions.marked("A")[0], latents)
    menu_of(sheet.canvas, place)["Find It in the Latent Space"].trigger()
    assert opened.notice.startswith("Looking for a sample of G in the latent space")
    assert ended(opened).distance >= 0
    assert "Find It in the Latent Space" not in menu_of(sheet.canvas, QPointF(1, 1).toPoint())


def test_a_picture_that_is_dropped_with_alt_is_looked_for(opened, tmp_path):
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (30, 50, 3), np.uint8)).save(tmp_path / "photo.png")
    opened.drop(tmp_path / "photo.png", held=Qt.KeyboardModifier.AltModifier)
    found = ended(opened)
    assert found.distance <= found.of_random
    assert opened.notice.startswith("The latents of photo.png are on the sliders: distance")
    (tmp_path / "text.png").write_text("no picture")
    opened.drop(tmp_path / "text.png", held=Qt.KeyboardModifier.AltModifier)
    opened.wait(lambda: opened.notice.startswith("text.png can't be looked for"))
    opened.drop(tmp_path / "text.png", tmp_path / "photo.png", held=Qt.KeyboardModifier.AltModifier)
    assert "One sample at a time" in opened.notice


def test_a_point_of_the_plane_is_found(studio, tiny):
    studio.start(tiny)
    scene = studio.scene
    scene.samples._plot.resize(400, 400)
    real = studio.game.single.real[0]
    box = scene.samples._plot.getViewBox()
    place = scene.samples._plot.mapFromScene(box.mapViewToScene(QPointF(*map(float, real))))
    menu_of(scene.samples._plot, place)["Find It in the Latent Space"].trigger()
    found = ended(studio)
    assert found.distance <= found.of_random
    assert not scene.latent.head.target.pictured
    assert "distance" in scene.latent.head.target.told.text()


def test_what_can_t_be_looked_for_is_told(studio, tiny):
    given = [("dataset", DigitsSpec()), ("given", LowResolutionSpec(factor=2))]
    studio.start(with_settings(tiny, given))
    studio.window.finding.find(studio.game.single.real[0], "a real sample")
    studio.wait(lambda: "of what it is given" in studio.notice)
    assert studio.scene.latent.head.target.isHidden()


def test_what_is_looked_for_when_the_game_ends_by_itself_is_looked_for_no_more(opened, monkeypatch):
    scene, target, ways = opened.scene, opened.scene.latent.head.target, opened.scene.latent.along.controls
    opened.wait(lambda: len(scene.samples._generated.samples) > 3)
    sample, asked = scene.samples._generated.samples[3], []
    for name in ("find_latents", "find_directions"):  # as where the process has died with the question
        monkeypatch.setattr(opened.bridge, name, lambda *what, **_how: asked.append(what) or len(asked))
    opened.window.finding.find(sample, "a sample")
    ways.search.click()
    assert (len(asked), target.told.text(), ways.search.text()) == (2, "Looking for a sample…", "Cancel Finding")
    monkeypatch.setattr("ganstudio.training.step.trainer.Trainer.step", lambda *_: 1 / 0)
    opened.wait_for(opened.game.failed, lambda: opened.trigger("step_both"))
    assert target.isHidden()
    assert ways.search.text() == "Find Directions"
    for ask in (lambda: opened.window.finding.find(sample, "a sample"), ways.search.click):
        opened.window.teller.tell("")
        ask()
        assert opened.notice == "The training has ended by itself: press Play to go on with it."
    assert len(asked) == 2
    assert target.isHidden()
    assert ways.search.text() == "Find Directions"
