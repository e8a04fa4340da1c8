"""The room Upscale: a dropped picture is enlarged beside the training, compared, and written to a file."""

from __future__ import annotations

import shutil
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog

from ganstudio.cli._upscale import ENDINGS
from ganstudio.gui.rooms.upscale import pictures
from ganstudio.gui.rooms.upscale.curtain import Curtain
from ganstudio.gui.rooms.upscale.plane import WIDTH, Plane, place_of
from ganstudio.gui.rooms.upscale.room import _WRITTEN
from ganstudio.gui.rooms.upscale.view import WAYS
from ganstudio.gui.window.own_rooms import OWN_ROOMS
from ganstudio.presets import with_setting
from ganstudio.training.checkpoints.loaded import load_enlarger
from ganstudio.training.messages import Notice, Step
from tests.gui.test_contrast import pale
from tests.gui.test_fits import fit

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def picture(tmp_path) -> Path:
    path = tmp_path / "photo.png"
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (41, 60, 3), np.uint8)).save(path)
    return path


@pytest.fixture
def room(studio, enlarging):
    """The room of an open game, shown, with its first pictures."""
    studio.start(enlarging)
    room = studio.window._rooms.own
    answered(studio, room, lambda: studio.trigger("own_room"))
    return room


def answered(studio, room, act) -> None:
    """The picture that ``act`` asks for is shown; the one before comes once more with a frame, maybe after that."""
    newest = lambda event: event.request == room._asked  # noqa: E731
    with studio.qtbot.waitSignal(studio.game.enlarged, check_params_cb=newest):
        act()


def shown(room) -> dict[str, tuple[int, ...]]:
    return {name: pixels.shape for name, pixels in room.view._pictures.items()}


def test_only_such_a_game_has_the_room(studio, enlarging) -> None:
    action = studio.window.actions_by_id["own_room"]
    assert studio.window._rooms.own is None
    assert not action.isVisible()
    studio.start(enlarging)
    studio.wait(action.isVisible)
    assert action.text() == "Upscale"
    assert [make.name for make in OWN_ROOMS].count("Upscale") == 1
    studio.start(with_setting(enlarging, "generator", {"kind": "mlp", "width": 8}))
    studio.wait(lambda: not action.isVisible())


def test_it_begins_with_images_of_the_data(studio, room) -> None:
    assert studio.window._rooms.shown() is room.view
    assert shown(room) == dict.fromkeys(("bicubic", "content", "generator", "original"), (96, 96, 3))
    np.testing.assert_array_equal(room.view._pictures["original"][:24, :24], studio.game.single.real[0])
    assert "Images of Striped digits" in room.view.told.text()
    assert not room.view.save.isEnabled()
    told = room.view.figures.text()
    assert "PSNR to the original: Bicubic" in told
    made, original = room.view._pictures["generator"], room.view._pictures["original"]
    assert f"G {pictures.agreement(made, 4, original=original):.1f} dB" in told.partition("small picture to: ")[2]
    studio.trigger("own_room")
    assert studio.window._rooms.shown() is studio.scene


def test_a_picture_that_is_dropped_is_tested_or_used(studio, room, picture) -> None:
    answered(studio, room, lambda: studio.drop(picture))
    assert studio.window._rooms.shown() is room.view  # it was not taken for data
    assert shown(room)["original"] == shown(room)["generator"] == (40, 60, 3)
    np.testing.assert_array_equal(room.view._pictures["original"], np.asarray(Image.open(picture))[:40])
    answered(studio, room, room.view.use.click)
    assert shown(room) == dict.fromkeys(("bicubic", "content", "generator"), (164, 240, 3))
    assert "photo.png, 60 × 41 pixels" in room.view.told.text()
    assert "Nobody knows" in room.view.figures.text()


def test_pictures_follow_the_training(studio, room, picture) -> None:
    answered(studio, room, lambda: studio.drop(picture))
    first = room.view._pictures["generator"]
    studio.play(20)
    studio.wait(lambda: not np.array_equal(room.view._pictures["generator"], first))
    studio.pause()
    # What is shown may still be of the content stage, in which the two are the same.
    studio.wait(lambda: not np.array_equal(room.view._pictures["generator"], room.view._pictures["content"]))


def test_invention_mixes_what_is_shown(studio, room) -> None:
    studio.play(20)
    studio.pause()
    view = room.view

    def turn(share: float) -> np.ndarray:
        answered(studio, room, lambda: view.invention.typed.emit(share))
        return view._pictures["generator"].astype(int)

    found = [turn(share) for share in (0.0, 0.5, 1.0)]
    np.testing.assert_array_equal(found[0], view._pictures["content"])
    assert (found[0] != found[1]).any()
    assert (found[1] != found[2]).any()
    assert view.invention.text == "1.00"


def test_a_game_without_a_kept_g_has_no_dial(studio, enlarging) -> None:
    studio.start(with_setting(enlarging, "stages", []))
    room = studio.window._rooms.own
    answered(studio, room, lambda: studio.trigger("own_room"))
    assert not room.view.invention.isEnabled()
    assert set(shown(room)) == {"bicubic", "generator", "original"}


def test_both_sides_of_the_curtain_are_chosen(studio, room) -> None:
    view = room.view
    assert (view.left.currentData(), view.right.currentData()) == ("bicubic", "generator")
    view.left.setCurrentIndex(view.left.findData("original"))
    left, right = view.curtain.pictures
    assert left == pictures.to_image(view._pictures["original"])
    assert right == pictures.to_image(view._pictures["generator"])
    answered(studio, room, view.use.click)
    assert view.left.currentData() == "bicubic"  # there is no original of what is used
    assert view.left.findData("original") == -1


def test_the_difference_from_the_original_is_one_of_the_ways(studio, room) -> None:
    view = room.view
    view.right.setCurrentIndex(view.right.findData("difference"))
    made, original = view._pictures["generator"], view._pictures["original"]
    off = np.minimum(4 * np.abs(made.astype(int) - original), 255).astype(np.uint8)
    assert view.curtain.pictures[1] == pictures.to_image(off)
    answered(studio, room, view.use.click)
    assert view.right.findData("difference") == -1
    assert view.right.currentData() == "generator"


def test_the_loupe_shows_the_same_pixels_of_all_ways(studio, room) -> None:
    view = room.view
    assert view.loupe.isHidden()
    view.loupe_chip.click()
    studio.wait(view.loupe.isVisible)
    assert view.loupe.accessibleDescription() == "Bicubic, Squared error alone, G, Original"
    assert view.loupe.source().getRect() == (32, 32, 32, 32)
    assert view.curtain.spot == view.loupe.source()
    place = view.curtain.place()
    studio.qtbot.mouseMove(view.curtain, QPoint(round(place.left() + 0.75 * place.width()), round(place.center().y())))
    studio.wait(lambda: view.loupe.source().left() > 50)
    view.curtain.point(QPointF(0.0, 1.2))  # beyond the edge it stays inside
    assert view.loupe.source().getRect() == (0, 64, 32, 32)
    studio.qtbot.keyClick(view.curtain, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    assert view.loupe.place == QPointF(0.02, 1.0)
    assert view.curtain.edge == 0.5
    view.loupe_chip.click()
    assert view.curtain.spot is None
    assert view.loupe.isHidden()


@pytest.mark.parametrize("mode", ["L", "LA", "RGBA", "I;16", "P", "1"])
def test_pictures_of_all_kinds_and_odd_sides_are_enlarged(studio, room, tmp_path, mode) -> None:
    drawn = np.random.default_rng(5).integers(0, 256, (37, 51, 3), np.uint8)
    image = Image.fromarray(drawn[..., 0].astype(np.uint16) * 257) if mode == "I;16" else Image.fromarray(drawn)
    image = image if image.mode == mode else image.convert(mode)
    image.save(tmp_path / "odd.png")
    answered(studio, room, lambda: studio.drop(tmp_path / "odd.png"))
    channels = {"L": 1, "I;16": 1, "1": 1, "LA": 4, "RGBA": 4, "P": 3}[mode]
    assert set(shown(room).values()) == {(36, 48, channels)}
    view = room.view
    view.right.setCurrentIndex(view.right.findData("difference"))
    assert view.curtain.pictures[1].width() == 48


def test_what_is_no_picture_is_told_and_the_last_one_stays(studio, room, tmp_path) -> None:
    (tmp_path / "note.txt").write_text("no picture")
    before = room.view._pictures
    studio.drop(tmp_path / "note.txt")
    assert "note.txt is not an image" in studio.notice
    Image.new("L", (5, 50)).save(tmp_path / "thin.png")
    studio.drop(tmp_path / "thin.png")
    assert "smaller than 8 × 8 pixels" in studio.notice
    assert room.view._pictures is before


def test_a_picture_is_at_least_as_large_as_g_makes_others_larger(studio, room, enlarging, tmp_path) -> None:
    Image.new("RGB", (10, 12), "red").save(tmp_path / "small.png")
    studio.drop(tmp_path / "small.png")
    studio.wait(lambda: shown(room).get("generator") == (12, 8, 3))
    large = with_setting(with_setting(enlarging, "dataset.size", 32), "given.factor", 16)
    studio.start(large)
    answered(studio, room, lambda: studio.trigger("own_room"))
    assert "Images of Striped digits" in room.view.told.text()
    studio.drop(tmp_path / "small.png")
    assert "smaller than 16 × 16 pixels" in studio.notice
    Image.new("RGB", (16, 40), "red").save(tmp_path / "enough.png")
    studio.drop(tmp_path / "enough.png")
    studio.wait(lambda: shown(room).get("generator") == (32, 16, 3))
    Image.new("RGB", (1200, 1100), "red").save(tmp_path / "large.png")
    studio.drop(tmp_path / "large.png")
    studio.wait(lambda: shown(room).get("generator") == (pictures.MOST_SHOWN, pictures.MOST_SHOWN, 3))


def test_the_picture_that_was_asked_for_is_written(studio, room, picture, tmp_path, monkeypatch) -> None:
    studio.play(4)
    studio.pause()
    studio.drop(picture)
    Image.new("RGB", (30, 30), "red").save(tmp_path / "other.png")
    begun: list[tuple[Path, Path, Path, float]] = []
    monkeypatch.setattr(room.upscaling, "start", lambda *asked: begun.append(asked))

    def ask() -> None:
        room.save(tmp_path / "out.png")
        room.open(tmp_path / "other.png")  # before the checkpoint is written

    studio.wait_for(studio.game.checkpointed, ask)
    assert [(source, out) for source, _, out, _ in begun] == [(picture, tmp_path / "out.png")]


def test_what_is_told_meanwhile_does_not_cancel_what_is_being_saved(
    studio, room, picture, tmp_path, monkeypatch
) -> None:
    studio.play(4)
    studio.pause()
    studio.drop(picture)
    begun: list[Path] = []
    monkeypatch.setattr(room.upscaling, "start", lambda _source, _checkpoint, out, _share: begun.append(out))

    def ask() -> None:
        room.save(tmp_path / "out.png")
        studio.game.take(Notice("k can't change while a run is going"))

    studio.wait_for(studio.game.checkpointed, ask)
    assert begun == [tmp_path / "out.png"]


def test_where_no_checkpoint_is_written_it_is_told_that_the_picture_is_not(studio, room, picture, tmp_path) -> None:
    studio.play(4)
    studio.wait_for(studio.game.checkpointed, studio.pause)  # which writes one behind the word that it is paused
    studio.drop(picture)
    checkpoints = studio.run_folder() / "checkpoints"
    shutil.rmtree(checkpoints)
    checkpoints.write_text("in the way")
    studio.send(Step("both"))
    studio.wait_for(studio.game.not_saved, lambda: room.save(tmp_path / "out.png"))
    assert studio.notice.startswith(f"{tmp_path / 'out.png'} was not written. The checkpoint of step ")
    assert room.view.save.isEnabled()
    checkpoints.unlink()
    checkpoints.mkdir()
    studio.wait_for(studio.game.saved, studio.game.save)  # closing would ask, else


def test_an_enlarged_picture_s_name_ends_as_one_that_can_be_written(studio, room, picture, monkeypatch) -> None:
    assert set(_WRITTEN) == set(ENDINGS)
    studio.play(4)
    studio.pause()
    studio.drop(picture)
    asked: list[Path] = []
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_how: (str(picture.with_name("my photo")), ""))
    monkeypatch.setattr(room, "save", asked.append)
    room.view.save.click()
    assert asked == [picture.with_name("my photo.png")]


def test_a_folder_is_data_as_ever(studio, room, tmp_path) -> None:
    folder = tmp_path / "images"
    folder.mkdir()
    for index in range(12):
        Image.new("RGB", (16, 16), (20 * index, 0, 0)).save(folder / f"{index}.png")
    studio.look(folder)
    assert studio.window._rooms.shown() is studio.card
    assert not room._shown


def test_pictures_to_train_on_are_chosen_in_the_room(studio, room, tmp_path, monkeypatch) -> None:
    paths = [tmp_path / f"{index}.png" for index in range(12)]
    for index, path in enumerate(paths):
        Image.new("RGB", (16, 16), (20 * index, 0, 0)).save(path)
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_how: ([], ""))
    room.view.train.click()
    assert studio.window._rooms.shown() is room.view
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_how: ([str(path) for path in paths], ""))
    room.view.train.click()
    studio.wait(lambda: studio.card.isVisible() and studio.card.sheet.count == 12)
    assert studio.card.choices.game.preset == ""  # the open game's, which is SRGAN's


def test_nothing_is_enlarged_while_the_room_is_not_seen(studio, room) -> None:
    studio.qtbot.keyClick(room.view, Qt.Key.Key_Escape)
    assert studio.window._rooms.shown() is studio.scene
    studio.wait_for(studio.game.frame, lambda: studio.play(3))  # by then what was on its way is there
    studio.pause()
    asked: list[object] = []
    studio.game.enlarged.connect(asked.append)
    studio.wait_for(studio.game.frame, lambda: studio.play(3))
    studio.pause()
    assert asked == []


def test_the_whole_picture_is_written(studio, room, picture, tmp_path) -> None:
    studio.play(6)
    studio.pause()
    answered(studio, room, lambda: studio.drop(picture))
    assert room.view.save.isEnabled()
    room.view.invention.typed.emit(0.25)
    out = tmp_path / "large.png"
    studio.wait_for(room.upscaling.done, lambda: room.save(out), seconds=60)
    assert str(out) in studio.notice
    with Image.open(out) as image:
        made = np.asarray(image)
    from ganstudio.cli._upscale import between
    from ganstudio.networks.enlarging import enlarged_picture

    enlarger = load_enlarger(studio.run_folder())
    with Image.open(picture) as image:
        source = np.asarray(image)
    expected = enlarged_picture(between(enlarger, 0.25), source, 4, enlarger.latents)
    np.testing.assert_array_equal(made, expected)


def test_a_picture_is_never_written_over(studio, room, picture) -> None:
    studio.play(4)
    studio.pause()
    before = picture.read_bytes()
    studio.drop(picture)
    studio.wait_for(room.upscaling.failed, lambda: room.save(picture), seconds=60)
    assert "never written over" in studio.notice
    assert picture.read_bytes() == before


def test_a_large_picture_is_shown_in_part(studio, room, tmp_path) -> None:
    Image.new("RGB", (900, 700), "red").save(tmp_path / "large.png")
    answered(studio, room, lambda: studio.drop(tmp_path / "large.png"))
    assert shown(room)["original"] == (512, 512, 3)
    assert "900 × 700 pixels, of which the middle is shown" in room.view.told.text()
    Image.new("RGB", (400, 300), "red").save(tmp_path / "medium.png")
    answered(studio, room, lambda: studio.drop(tmp_path / "medium.png"))
    assert "the middle" not in room.view.told.text()
    answered(studio, room, room.view.use.click)
    assert shown(room)["generator"] == (512, 512, 3)
    assert "the middle is shown" in room.view.told.text()


def test_it_fits_small_screens_and_can_be_read(studio, room, picture) -> None:
    answered(studio, room, lambda: studio.drop(picture))
    assert not (found := pale(studio.window)), found
    fit(studio)


# --- perception and distortion ----------------------------------------------------------------------------------------


def test_the_plane_has_marks_and_a_trail_of_g(studio, room, tmp_path) -> None:
    plane = room.view.plane
    assert set(plane.marks) == {"bicubic", "content", "generator"}
    assert len(plane.trail) == 1
    studio.play(20)
    studio.wait(lambda: len(plane.trail) > 2)
    studio.pause()
    before = list(plane.trail)
    Image.fromarray(np.random.default_rng(0).integers(0, 256, (64, 64, 3), np.uint8)).save(tmp_path / "other.png")
    answered(studio, room, lambda: studio.drop(tmp_path / "other.png"))
    assert len(plane.trail) == 1
    assert plane.trail[0] not in before
    assert room.view._as_text().splitlines()[1].startswith("Bicubic\t")
    answered(studio, room, room.view.use.click)
    assert not plane.isVisible()  # nothing to hold anything against


def test_the_dial_turns_by_itself_and_leaves_its_path(studio, room) -> None:
    for _ in range(8):
        studio.send(Step())  # the two networks are apart by then
    studio.wait(lambda: studio.game.step == 8)
    answered(studio, room, room.view.changed.emit)
    asked: list[float] = []
    room.view.changed.connect(lambda: asked.append(room.view.share))
    before = len(room.view.plane.trail)
    room.view.sweep.click()
    studio.wait(lambda: len(asked) == 21 and not room.view._still)
    assert asked == [place / 10 for place in (*range(10, -1, -1), *range(1, 11))]
    studio.wait(lambda: len(room.view.plane.trail) >= before + 10)
    room.view.sweep.click()
    room.view.invention.setValue(35)  # somebody takes the dial
    assert room.view._still == []
    room.view.clear(mixes=False)
    assert room.view.sweep.isHidden()


def test_the_dial_stands_still_once_the_room_is_left(studio, room) -> None:
    studio.wait(lambda: room.view.sweep.isVisible())
    room.view.sweep.click()
    assert room.view._still
    studio.qtbot.keyClick(room.view, Qt.Key.Key_Escape)
    assert studio.window._rooms.shown() is studio.scene
    moved: list[int] = []
    room.view.invention.valueChanged.connect(moved.append)
    answered(studio, room, lambda: studio.trigger("own_room"))
    assert moved == []
    assert not room.view._still


@pytest.mark.parametrize("spread", [0.0, 0.05, 1.0])
def test_names_of_marks_that_lie_close_together_do_not_overlap(qtbot, spread) -> None:
    plane = Plane()
    qtbot.addWidget(plane)
    plane.resize(WIDTH, 120)
    original = striped(0.0)
    made = {name: striped(1.0 + spread * k) for k, name in enumerate(("bicubic", "content", "generator"))}
    plane.show_pictures({**made, "original": original}, WAYS)
    labels = list(plane.labels().values())
    assert len(labels) == 3
    assert not any(one.intersects(other) for one, other in combinations(labels, 2))
    assert all(plane.rect().contains(label.toAlignedRect()) for label in labels)


def test_places_are_those_of_the_measures() -> None:
    original = striped(0.0)
    moved, even = place_of(striped(1.5), original), place_of(np.full_like(original, 128), original)
    assert place_of(original, original) == (99.0, 0.0)
    assert 0 < moved.texture < 0.1 < 0.9 < even.texture < 1.01
    assert moved.psnr < even.psnr
    assert place_of(original, np.full_like(original, 128)) is None  # it has no texture
    assert place_of(original[:12], original[:12]) is None


def striped(phase: float) -> np.ndarray:
    wave = np.sin(2 * np.pi * np.arange(32) / 4 + phase)
    return np.rint(127.5 + 80 * wave)[None, :, None].repeat(32, 0).astype(np.uint8)


# --- the curtain ------------------------------------------------------------------------------------------------------


@pytest.fixture
def curtain(qtbot) -> Curtain:
    curtain = Curtain()
    qtbot.addWidget(curtain)
    curtain.resize(200, 200)
    left, right = (QImage(50, 50, QImage.Format.Format_RGB32) for _ in range(2))
    left.fill("red")
    right.fill("blue")
    curtain.show_pictures(left, right, ("one", "other"))
    curtain.show()
    return curtain


def colours(curtain: Curtain) -> tuple[str, str]:
    """A little left and right of the edge."""
    image, edge = curtain.grab().toImage(), round(curtain.edge * 200)
    return tuple(image.pixelColor(x, 150).name() for x in (edge - 20, edge + 20))


def test_each_side_shows_its_own(curtain) -> None:
    for edge in (0.25, 0.75):
        curtain.set_edge(edge)
        assert colours(curtain) == ("#ff0000", "#0000ff")


def test_the_edge_is_drawn_by_mouse_and_keys(curtain, qtbot) -> None:
    with qtbot.waitSignal(curtain.moved):
        qtbot.mousePress(curtain, Qt.MouseButton.LeftButton, pos=QPointF(50, 100).toPoint())
    qtbot.mouseRelease(curtain, Qt.MouseButton.LeftButton, pos=QPointF(50, 100).toPoint())
    assert curtain.edge == pytest.approx(0.25, abs=0.01)
    for key, expected in ((Qt.Key.Key_Right, 0.27), (Qt.Key.Key_Left, 0.25)):
        qtbot.keyClick(curtain, key)
        assert curtain.edge == pytest.approx(expected, abs=0.011)
    curtain.set_edge(3.0)
    assert curtain.edge == 1.0


def test_zooming_keeps_what_is_under_the_mouse(curtain, qtbot) -> None:
    at, before = QPointF(150, 60), curtain.place()
    curtain.set_zoom(2.0, at)
    after = curtain.place()
    assert after.width() == pytest.approx(2 * before.width())
    shares = [(at.x() - place.left()) / place.width() for place in (before, after)]
    assert shares[0] == pytest.approx(shares[1], abs=1e-6)
    qtbot.keyClick(curtain, Qt.Key.Key_0)
    assert curtain.place() == before


# --- pictures ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_pixels_are_shown_as_they_are(channels: int) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (3, 5, channels), np.uint8)
    image = pictures.to_image(pixels)
    for y, x in ((0, 0), (2, 4)):
        colour = image.pixelColor(x, y)
        found = (colour.red(), colour.green(), colour.blue(), colour.alpha())
        expected = pixels[y, x].tolist()
        assert found[: min(channels, 3)] == tuple(expected[:3])
        assert channels < 4 or found[3] == expected[3]


@pytest.mark.parametrize("channels", [1, 3, 4])
def test_agreement_is_of_pictures_that_are_made_small_again(channels: int) -> None:
    random = np.random.default_rng(0)
    small = random.integers(60, 200, (8, 12, channels), np.uint8)
    large = small.repeat(4, 0).repeat(4, 1)
    same = pictures.agreement(large, 4, original=large)
    assert same == pytest.approx(106.0, abs=0.1)
    off = np.clip(large.astype(int) + 13, 0, 255).astype(np.uint8)
    assert pictures.agreement(off, 4, original=large) == pytest.approx(20 * np.log10(255 / 13), abs=0.01)
    flat = np.full_like(small, 100)
    assert pictures.agreement(np.full_like(large, 113), 4, small=flat) == pytest.approx(
        20 * np.log10(255 / 13), abs=0.01
    )


def test_psnr_is_in_decibels() -> None:
    black = np.zeros((4, 4, 1), np.uint8)
    assert pictures.psnr(black + np.uint8(51), black) == pytest.approx(20 * np.log10(5), abs=1e-6)
    assert pictures.psnr(black, black) == 99.0
    clear = np.full((4, 4, 4), 200, np.uint8)
    off = clear - np.array([51, 51, 51, 0], np.uint8)  # as transparent, and as far off as without that
    assert pictures.psnr(off, clear) == pytest.approx(20 * np.log10(5), abs=1e-6)
