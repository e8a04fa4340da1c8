"""In the window, a pyramid: its levels in columns, each with its noise; the gallery a chip away."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt

from ganstudio.data.images.halving import enlarged, halved
from ganstudio.experiment import (
    PlanesLatentSpec,
)
from ganstudio.gui.parts.noise import VARIANTS, GroupedNoise
from ganstudio.gui.parts.one_picture import around_grey
from ganstudio.gui.rooms.pyramid.film import FADE, LEVEL_MS, film, save_film
from ganstudio.gui.rooms.pyramid.view import PyramidView
from ganstudio.measurements.record import Record
from ganstudio.modalities import Images
from ganstudio.training.messages import Notice
from tests.gui.fitting import faults

if TYPE_CHECKING:
    from ganstudio.training.messages import Walked

SPEC = PlanesLatentSpec(dimensions=3 + 2 * 25 + 2 * 81, planes=((2, 5, 5), (2, 9, 9)))
COLUMNS = (slice(0, 3), *SPEC.plane_columns)


@pytest.fixture
def view(studio, pyramid) -> PyramidView:
    studio.start(pyramid)
    studio.play(5)
    studio.pause()
    view = studio.scene.samples
    assert isinstance(view, PyramidView)
    walked(studio, view.draw.click)
    return view


def walked(studio, act) -> Walked:
    """The answer to the way that ``act`` asks for, not to one that was asked for before."""
    newest = lambda event: event.request == studio.bridge._walks  # noqa: E731
    with studio.qtbot.waitSignal(studio.game.walked, check_params_cb=newest) as blocker:
        act()
    return blocker.args[0]


# --- the noise ---


def test_every_angle_of_a_level_s_noise_is_as_likely() -> None:
    state = GroupedNoise(SPEC, COLUMNS)
    for angle in (-180, -30, 0, 77, 180):
        state.levels[2].angle = angle
        assert state.latents[COLUMNS[2]].std() == pytest.approx(1, abs=0.25)
    state.levels[2].angle = 0
    at_zero = state.latents
    state.levels[2].angle = 180
    np.testing.assert_allclose(state.latents[COLUMNS[2]], -at_zero[COLUMNS[2]], atol=1e-5)
    np.testing.assert_array_equal(state.latents[:53], at_zero[:53])


def test_strength_scales_and_locks_hold() -> None:
    state = GroupedNoise(SPEC, COLUMNS)
    before = state.latents
    state.levels[1].strength = 0.5
    np.testing.assert_allclose(state.latents[COLUMNS[1]], before[COLUMNS[1]] / 2, atol=1e-6)
    state.levels[0].locked = True
    state.throw_all()
    np.testing.assert_array_equal(state.latents[COLUMNS[0]], before[COLUMNS[0]])
    assert not np.allclose(state.latents[COLUMNS[2]], before[COLUMNS[2]])


def test_latents_that_are_set_elsewhere_move_only_the_levels_that_they_change() -> None:
    state = GroupedNoise(SPEC, COLUMNS)
    state.levels[1].angle = state.levels[2].angle = 40
    latents = state.latents.copy()
    latents[COLUMNS[2]] = 0.25
    state.take(latents)
    np.testing.assert_allclose(state.latents, latents, atol=1e-6)
    assert (state.levels[1].angle, state.levels[2].angle) == (40, 0)


def test_noise_of_a_uniform_prior_stays_within_it() -> None:
    spec = SPEC.model_copy(update={"prior": "uniform"})
    state = GroupedNoise(spec, COLUMNS)
    given = np.random.default_rng(1).uniform(-1, 1, spec.width).astype(np.float32)
    state.load(given)
    np.testing.assert_allclose(state.latents, given, atol=1e-4)
    state.levels[2].angle = 60
    turned = state.latents[COLUMNS[2]]
    assert np.abs(turned).max() <= 1
    assert turned.std() == pytest.approx(12**-0.5 * 2, abs=0.1)


def test_variants_differ_in_one_level_alone() -> None:
    state = GroupedNoise(SPEC, COLUMNS)
    variants = state.variants(1)
    assert variants.shape == (VARIANTS, SPEC.width)
    np.testing.assert_array_equal(variants[0], state.latents)
    others = np.delete(variants, np.arange(3, 53), axis=1)
    assert (others == others[0]).all()
    assert len(np.unique(variants[:, 10])) == VARIANTS


# --- in the window ---


def test_the_levels_are_what_is_seen_first(studio, view) -> None:
    assert [column.called for column in view.columns] == ["5 × 5", "9 × 9", "18 × 18"]
    assert [column.picture.image.width() for column in view.columns] == [5, 9, 18]
    assert view.columns[0].added.isHidden()
    assert view.columns[1].added.image.width() == 9
    assert view.columns[0].real.isHidden()
    assert len(studio.scene.latent.sliders) == 3


def test_what_was_measured_of_a_level_stands_in_its_column(studio, view, tmp_path) -> None:
    figures = {"step": 1200, "level_9_swd": 47.4, "level_9_swd_floor": 22.6, "level_18_swd": None}
    Record(figures).save(tmp_path / "measures.npz")
    lines = lambda: [column.title.text().split("\n")[2:] for column in view.columns]  # noqa: E731
    assert lines() == [[], [], []]
    studio.window._rooms.measures.measuring.done.emit(tmp_path / "measures.npz")
    assert lines() == [[" "], ["Patches 47, real 23"], [" "]]  # in all, so that what is below stands side by side
    assert "Measured at step 1,200" in view.columns[1].title.toolTip()
    assert view.columns[0].title.toolTip() == ""
    view.show_settings(studio.game.experiment)
    assert lines()[1] == ["Patches 47, real 23"]
    studio.wait(lambda: not faults(view))
    Record({"step": 3}).save(tmp_path / "measures.npz")
    studio.window._rooms.measures.measuring.done.emit(tmp_path / "measures.npz")
    assert lines() == [[], [], []]


def test_turning_a_level_redraws_it_and_all_finer_ones(studio, view) -> None:
    before = walked(studio, view.draw.click)
    after = walked(studio, lambda: view.columns[1].turn.setValue(90))
    assert np.array_equal(before.steps[0], after.steps[0])
    assert not np.array_equal(before.steps[1], after.steps[1])
    assert not np.array_equal(before.steps[2], after.steps[2])
    assert view.columns[1].turn.text == "90°"
    np.testing.assert_allclose(studio.scene.latent.latents, view.noise.latents, atol=1e-5)
    back = walked(studio, lambda: view.columns[1].turn.typed.emit(0.0))
    assert np.array_equal(before.steps[2], back.steps[2])


def test_a_base_slider_moves_the_base_s_noise_alone(studio, view) -> None:
    walked(studio, lambda: view.columns[2].turn.setValue(30))
    walked(studio, lambda: studio.scene.latent.sliders[1].setValue(500))
    assert view.noise.latents[1] == pytest.approx(1.5, abs=1e-3)
    assert view.noise.levels[2].angle == 30


def test_drawing_all_keeps_what_is_locked(studio, view) -> None:
    view.columns[0].lock.setChecked(True)
    before = walked(studio, lambda: view.columns[2].throw.click())
    after = walked(studio, view.draw.click)
    assert np.array_equal(before.steps[0], after.steps[0])
    assert not np.array_equal(before.steps[1], after.steps[1])


def test_a_real_image_below_shows_a_level_by_itself(studio, view) -> None:
    way = walked(studio, lambda: view.columns[2].real.setChecked(True))
    images = Images((1, 18, 18))
    real = images.to_model(studio.game.single.real[:1])
    below = enlarged(halved(real), 18, 18)
    made = np.clip(below + way.added[1].transpose(0, 3, 1, 2), -1, 1)
    np.testing.assert_allclose(images.to_model(way.steps[2]), made, atol=0.01)
    assert view.other.isVisible()
    another = walked(studio, view.other.click)
    assert not np.array_equal(way.steps[2], another.steps[2])
    assert np.array_equal(way.steps[1], another.steps[1])
    walked(studio, lambda: view.columns[2].real.setChecked(False))
    assert view.other.isHidden()


def test_the_real_image_below_is_seen_next_to_the_made_one(studio, view) -> None:
    assert view.columns[2].real_picture.isHidden()
    walked(studio, lambda: view.columns[2].real.setChecked(True))
    images = Images((1, 18, 18))
    real = images.to_model(studio.game.single.real[:1])
    truth = view.columns[2]._truth
    np.testing.assert_array_equal(truth.image, studio.game.single.real[0])
    np.testing.assert_allclose(truth.residual.transpose(2, 0, 1), (real - enlarged(halved(real), 18, 18))[0], atol=1e-6)
    assert view.columns[0].real_picture.image.width() == 5
    assert view.columns[0].real_added.isHidden()
    walked(studio, lambda: view.columns[2].real.setChecked(False))
    assert view.columns[2].real_picture.isHidden()


@pytest.mark.parametrize("mode", ["L", "RGB", "RGBA", "I;16", "P", "LA"])
def test_a_picture_that_is_dropped_is_taken_apart(studio, view, tmp_path, mode) -> None:
    drawn = np.random.default_rng(3).integers(0, 256, (40, 61, 3), np.uint8)
    image = Image.fromarray(drawn)
    if mode == "I;16":
        image = Image.fromarray(drawn[..., 0].astype(np.uint16) * 257)
    image = image if image.mode == mode else image.convert(mode)
    path = tmp_path / "own.png"
    image.save(path)
    way = walked(studio, lambda: studio.drop(path))
    assert studio.window._rooms.shown() is studio.scene  # it was not taken for data
    assert [column.real.isChecked() for column in view.columns] == [False, True, True]
    own = view.columns[2]._truth.image
    assert own.shape == (18, 18, 1)
    images = Images((1, 18, 18))
    below = enlarged(halved(images.to_model(own[None])), 18, 18)
    made = np.clip(below + way.added[1].transpose(0, 3, 1, 2), -1, 1)
    np.testing.assert_allclose(images.to_model(way.steps[2]), made, atol=0.01)
    assert "own.png, taken apart" in view.below.told.text()
    walked(studio, view.other.click)
    np.testing.assert_array_equal(view.columns[2]._truth.image, studio.game.single.real[0])
    assert view.below.told.isHidden()


def test_what_is_no_single_picture_is_data_as_ever(studio, view, tmp_path) -> None:
    frames = [Image.fromarray(np.full((9, 9), 20 * k, np.uint8)) for k in range(4)]
    frames[0].save(tmp_path / "film.gif", save_all=True, append_images=frames[1:])
    assert not view.take([tmp_path / "film.gif"])
    (tmp_path / "cut.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    assert not view.take([tmp_path / "cut.png"])
    assert not view.take([tmp_path])
    view._pages.button(1).click()
    frames[0].save(tmp_path / "one.png")
    assert not view.take([tmp_path / "one.png"])  # in the gallery there is nowhere to show it


def test_one_level_s_noise_is_swapped_with_another_sample(studio, view) -> None:
    walked(studio, lambda: view.below.chip.setChecked(True))
    before, other = view.noise.latents, view.below.others[3].copy()
    columns = view.noise.columns[1]
    view.below.wall.choose(3)
    way = walked(studio, view.columns[1].swap.click)
    after, given = view.noise.latents, view.below.others[3]
    np.testing.assert_allclose(after[columns], other[columns], atol=1e-5)
    np.testing.assert_allclose(given[columns], before[columns], atol=1e-5)
    rest = np.delete(np.arange(SPEC.width), np.arange(columns.start, columns.stop))
    np.testing.assert_allclose(after[rest], before[rest], atol=1e-5)
    np.testing.assert_array_equal(given[rest], other[rest])
    assert len(way.steps[2]) == 13
    np.testing.assert_allclose(studio.scene.latent.latents, after, atol=1e-5)
    walked(studio, lambda: view.below.chip.setChecked(False))
    assert view.columns[1].swap.isHidden()


def test_a_level_is_dragged_onto_a_sample_and_a_sample_onto_a_level(studio, view) -> None:
    walked(studio, lambda: view.below.chip.setChecked(True))
    studio.wait(lambda: view.below.wall.isVisible() and view.below.wall.mosaic is not None)
    picture, wall = view.columns[2].picture, view.below.wall
    finest = view.noise.columns[2]
    for source, start, target, end in (
        (picture, picture.rect().center(), wall, wall.place_of(5)),
        (wall, wall.place_of(5), picture, picture.rect().center()),
    ):
        mine, theirs = view.noise.latents, view.below.others[5].copy()
        drag(studio, source, start, source.mapFromGlobal(target.mapToGlobal(end)))
        np.testing.assert_allclose(view.noise.latents[finest], theirs[finest], atol=1e-5)
        np.testing.assert_allclose(view.below.others[5][finest], mine[finest], atol=1e-5)
    studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(2))
    assert wall.chosen == 2
    mine = view.noise.latents
    drag(studio, picture, picture.rect().center(), picture.rect().center() + QPoint(300, -300))
    np.testing.assert_array_equal(view.noise.latents, mine)  # it was let go over nothing


def drag(studio, widget, start: QPoint, end: QPoint) -> None:
    left = Qt.MouseButton.LeftButton
    studio.qtbot.mousePress(widget, left, pos=start)
    studio.qtbot.mouseMove(widget, end)
    studio.qtbot.mouseRelease(widget, left, pos=end)


def test_each_level_tells_its_steps_and_rests_and_learns(studio, view) -> None:
    base = view.columns[0]
    spec = studio.game.experiment.arrangement
    assert base.learns.isChecked()
    studio.wait(lambda: f"{spec.own_steps(studio.game.step)[0]:,} of 400,000 steps" in base.title.text())
    studio.wait_for(studio.game.adjusted, base.learns.click)
    studio.wait(lambda: not base.learns.isChecked())
    assert "rests" in base.title.text()
    assert studio.game.experiment.arrangement.shares(studio.game.step)[0] == 0
    studio.wait_for(studio.game.adjusted, base.learns.click)
    studio.wait(base.learns.isChecked)
    assert studio.game.experiment.arrangement.later == ()  # nothing was made meanwhile


def test_a_level_that_is_to_rest_is_a_step_of_undo(studio, view) -> None:
    history, level = studio.window.undo.history, view.columns[1]
    history.clear()
    studio.wait_for(studio.game.adjusted, level.learns.click)
    assert history.undoable == "Learning at 9 × 9"
    studio.wait_for(studio.game.adjusted, lambda: studio.trigger("undo"))
    studio.wait(level.learns.isChecked)
    assert (history.undoable, history.redoable) == (None, "Learning at 9 × 9")
    studio.wait_for(studio.game.adjusted, lambda: studio.trigger("redo"))
    studio.wait(lambda: not level.learns.isChecked())
    # That the last one rests is refused, and then there is nothing of it to be undone.
    studio.wait_for(studio.game.adjusted, view.columns[0].learns.click)
    studio.wait_for(studio.game.notice, view.columns[2].learns.click)
    assert view.columns[2].learns.isChecked()
    assert history.undoable == "Learning at 5 × 5"


def test_a_level_that_is_clicked_twice_before_the_answer_is_one_step_of_undo(studio, view) -> None:
    history, level, called = studio.window.undo.history, view.columns[1], "Learning at 9 × 9"
    history.clear()
    level.learns.click()
    level.learns.click()  # the chip still shows that it learns
    assert len(history) == 1
    studio.game.take(Notice("Of something else."))
    assert (history.undoable, history.redoable) == (called, None)
    studio.wait(lambda: not level.learns.isChecked())
    studio.trigger("undo")
    studio.game.take(Notice("Of something else."))
    assert (history.undoable, history.redoable) == (None, called)
    studio.wait(level.learns.isChecked)


def test_a_level_that_rests_in_a_game_that_is_opened_again_for_it_is_a_step_of_undo(studio, view, monkeypatch) -> None:
    history, called = studio.window.undo.history, "Learning at 9 × 9"
    history.clear()
    with monkeypatch.context() as broken:
        broken.setattr("ganstudio.training.step.trainer.Trainer.step", lambda *_: 1 / 0)
        studio.wait_for(studio.game.failed, lambda: studio.trigger("play"))
    studio.wait_for(studio.game.adjusted, view.columns[1].learns.click)
    studio.wait(lambda: not view.columns[1].learns.isChecked())
    assert history.undoable == called
    studio.wait_for(studio.game.adjusted, lambda: studio.trigger("undo"))
    studio.wait(view.columns[1].learns.isChecked)
    assert (history.undoable, history.redoable) == (None, called)


def test_levels_that_rest_before_the_first_step_are_shown_so(studio, pyramid) -> None:
    studio.start(pyramid)
    view = studio.scene.samples
    for place in (0, 1):
        studio.wait_for(studio.game.adjusted, view.columns[place].learns.click)
    assert [column.learns.isChecked() for column in view.columns] == [False, False, True]
    assert studio.game.experiment.arrangement.later == (1, 0, 0, 1)


def test_a_strip_that_opens_below_what_is_seen_is_scrolled_to(studio, view) -> None:
    studio.window.resize(1400, 900)
    bar, place = view._scrolled.verticalScrollBar(), view._scrolled.viewport()

    def seen() -> bool:
        shown = view.below.wall.visibleRegion().boundingRect()
        return shown.top() == 0 and shown.height() == min(view.below.wall.height(), place.height())

    for chip in (view.below.chip, view.columns[2].sheet):
        walked(studio, lambda chip=chip: chip.setChecked(True))
        studio.wait(seen)
        assert bar.value() > 0
        walked(studio, lambda chip=chip: chip.setChecked(False))
        bar.setValue(0)


def test_knobs_of_all_levels_stand_side_by_side(studio, view) -> None:
    def level() -> bool:
        tops = {column.turn.mapTo(view, QPoint()).y() for column in view.columns}
        return len(tops) == 1

    studio.wait(level)
    walked(studio, lambda: view.columns[1].real.setChecked(True))
    studio.wait(level)


def test_a_sheet_shows_one_image_with_other_details(studio, view) -> None:
    way = walked(studio, lambda: view.columns[2].sheet.setChecked(True))
    assert len(way.steps[2]) == VARIANTS
    assert (way.steps[1] == way.steps[1][0]).all()
    assert not (way.steps[2] == way.steps[2][0]).all()
    way = walked(studio, lambda: view.columns[1].sheet.setChecked(True))
    assert not view.columns[2].sheet.isChecked()
    assert not (way.steps[1] == way.steps[1][0]).all()
    way = walked(studio, lambda: view.columns[1].sheet.setChecked(False))
    assert len(way.steps[2]) == 1


def test_the_columns_follow_what_g_learns(studio, view) -> None:
    before = walked(studio, view.draw.click)
    shown = view.columns[2].picture.image
    studio.play(3)
    with studio.qtbot.waitSignal(studio.game.walked, check_params_cb=lambda event: event.step > before.step):
        pass
    studio.pause()
    assert view.columns[2].picture.image != shown


def test_the_gallery_is_a_chip_away_and_a_sample_of_it_comes_to_the_levels(studio, view) -> None:
    view._pages.button(1).click()
    studio.frame_with("gallery", lambda: studio.play(1))
    studio.pause()
    walked(studio, lambda: view.gallery.selected.emit(7))
    np.testing.assert_allclose(view.noise.latents, studio.game.single.latents[7], atol=1e-5)
    assert view.state()["page"] == "gallery"
    view.restore({"page": "levels", "gain": 4})
    assert (view.state()["page"], view.gain) == ("levels", 4)


def test_what_is_added_is_shown_around_grey() -> None:
    residual = np.array([[[0.0], [0.25]], [[-0.5], [3.0]]])
    assert around_grey(residual, 1)[..., 0].tolist() == [[128, 159], [64, 255]]
    assert around_grey(residual, 2)[..., 0].tolist() == [[128, 191], [0, 255]]


def test_a_film_goes_from_the_coarse_to_the_fine(studio, view, tmp_path) -> None:
    way = walked(studio, view.draw.click)
    pictures, durations = film(way, Images((1, 18, 18)))
    assert pictures.shape == (1 + 2 * FADE, 270, 270, 1)
    assert sum(durations) == pytest.approx(3 * LEVEL_MS + 2 * LEVEL_MS / 2, rel=0.1)
    np.testing.assert_array_equal(pictures[-1][::15, ::15], way.steps[-1][0])
    told, wrong = save_film(tmp_path / "film.gif", way, Images((1, 18, 18)))
    assert (told, wrong) == (f"Saved {tmp_path / 'film.gif'}.", False)
    with Image.open(tmp_path / "film.gif") as saved:
        assert saved.n_frames > 2 * FADE - 4  # frames that are alike are one
        assert saved.size == (270, 270)
    told, wrong = save_film(tmp_path / "no such" / "film.gif", way, Images((1, 18, 18)))
    assert wrong
    assert "can't be written" in told


def test_it_fits_a_small_screen(studio, view) -> None:
    studio.window.resize(911, 512)
    found = []

    def fits() -> bool:  # once the layouts have come to it
        found[:] = faults(studio.window)
        return studio.window.width() == 911 and not found

    try:
        studio.wait(fits)
    finally:
        assert found == []


def test_other_games_have_their_own_view(studio, view, tiny) -> None:
    studio.start(tiny)
    assert not isinstance(studio.scene.samples, PyramidView)
