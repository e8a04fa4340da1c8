"""In the window, style and structure: normals, clay and picture; groups that are held; the sheet that crosses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from ganstudio.data.images import maps
from ganstudio.data.images.maps import SurfaceMap, read_map
from ganstudio.experiment import LatentSpec, ScenesSpec
from ganstudio.gui.parts.noise import GroupedNoise
from ganstudio.gui.parts.ways_out import WaysOut
from ganstudio.gui.rooms.surfaces.angles import angles, as_large, heat
from ganstudio.gui.rooms.surfaces.canvas import MapCanvas
from ganstudio.gui.rooms.surfaces.own import MOST, OwnMap
from ganstudio.gui.rooms.surfaces.sheet import LINES, Crossed, Styles
from ganstudio.gui.rooms.surfaces.stamps import Stamp
from ganstudio.gui.rooms.surfaces.view import SurfacesView
from ganstudio.modalities import Normals
from ganstudio.modalities.light import Light, lit
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.messages import Play, SkipStage, Step
from tests.gui.fitting import faults

if TYPE_CHECKING:
    from ganstudio.training.messages import Walked

FIRST, WIDTH = 4, 7


@pytest.fixture
def view(studio) -> SurfacesView:
    small = [(f"{player}.width", 8) for player in ("generator", "discriminator", "stages.0")]
    small += [(f"arrangement.{player}.width", 8) for player in ("generator", "discriminator")]
    studio.start(
        with_settings(
            load_preset("style_structure"),
            [
                *small,
                ("dataset", ScenesSpec(size=16, count=40, held_out=0)),
                ("arrangement.steps", 1),
                ("arrangement.apart", 1),
                ("arrangement.dimensions", FIRST),
                ("latent.dimensions", WIDTH - FIRST),
                ("stages.0.steps", 2),
                ("device.threads", 1),
                ("schedule.steps", 8),
                ("schedule.batch_size", 4),
            ],
        )
    )
    view = studio.scene.samples
    assert isinstance(view, SurfacesView)
    walked(studio, view.draw.click)
    return view


def walked(studio, act) -> Walked:
    """The answer to what ``act`` asks for, not to what was asked for before."""
    newest = lambda event: event.request == studio.bridge._walks  # noqa: E731
    with studio.qtbot.waitSignal(studio.game.walked, check_params_cb=newest) as blocker:
        act()
    return blocker.args[0]


def pixels(image) -> np.ndarray:
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)
    return rows[..., 2::-1].copy()


# --- what is computed ---


def test_the_light_is_where_it_is_dragged() -> None:
    assert Light.over(0, 0).towards == pytest.approx((0, 0, 1), abs=1e-9)
    assert Light.over(0.6, 0).towards == pytest.approx((0.6, 0, 0.8), abs=1e-9)
    assert Light.over(0.3, -0.5).towards == pytest.approx((0.3, -0.5, 0.66**0.5), abs=1e-9)
    assert Light.over(3, 4).towards == pytest.approx((0.6, 0.8, 0), abs=1e-9)  # beyond the rim: on it
    assert Light(80, 0).turned(30, -100) == Light(90, -90)


def test_clay_is_as_bright_as_the_angle_to_the_light_says() -> None:
    ahead, up, away = [0.0, 0, 1], [0.0, 1, 0], [0.0, 0, -1]
    shown = lit(np.array([[ahead, up, away]]), Light(0, 0))[0].astype(float)
    assert shown[0].tolist() == [214, 196, 176]
    np.testing.assert_allclose(shown[1], 0.16 * shown[0], atol=1)
    np.testing.assert_array_equal(shown[1], shown[2])
    tilted = lit(np.array([[ahead]]), Light(60, 0))[0, 0].astype(float)
    np.testing.assert_allclose(tilted / shown[0], 0.16 + 0.84 * 0.5, atol=0.01)


def test_angles_and_their_colours() -> None:
    one, other = np.array([[[0.0, 0, 1], [0, 0, 1]]]), np.array([[[0.0, 0, 1], [0, 1, 0]]])
    np.testing.assert_allclose(angles(one, other), [[0, 90]], atol=1e-4)
    assert heat(angles(one, other)).tolist() == [[[24, 28, 40], [255, 166, 43]]]
    np.testing.assert_array_equal(as_large(np.arange(4.0).reshape(2, 2, 1), 4, 3)[..., 0][::2], [[0, 0, 1], [2, 2, 3]])


def test_rows_of_a_sheet_keep_the_structure_and_columns_the_style() -> None:
    state = GroupedNoise(LatentSpec(dimensions=WIDTH), (slice(0, FIRST), slice(FIRST, WIDTH)))
    crossed = Crossed(state, uniform=False)
    cells = crossed.latents.reshape(LINES, LINES, WIDTH)
    assert (cells[..., :FIRST] == cells[:, :1, :FIRST]).all()
    assert (cells[..., FIRST:] == cells[:1, :, FIRST:]).all()
    np.testing.assert_array_equal(cells[0, 0], state.latents)
    assert len(np.unique(cells.reshape(-1, WIDTH), axis=0)) == LINES**2
    np.testing.assert_allclose(crossed.at(2, 4), cells[2, 4], atol=1e-6)
    half = crossed.at(2.5, 4)
    np.testing.assert_allclose(half[FIRST:], cells[2, 4, FIRST:], atol=1e-6)
    np.testing.assert_allclose(half[:FIRST], (cells[2, 4] + cells[3, 4])[:FIRST] / 2**0.5, atol=1e-5)
    np.testing.assert_allclose(crossed.at(9, -3), cells[5, 0], atol=1e-6)


def test_styles_of_one_structure_are_draws_that_go_over_into_each_other() -> None:
    state = GroupedNoise(LatentSpec(dimensions=FIRST + 400), (slice(0, FIRST), slice(FIRST, FIRST + 400)))
    styles = Styles(state, uniform=False)
    np.testing.assert_allclose(styles.at(0, 0), state.latents, atol=1e-5)
    even = GroupedNoise(LatentSpec(dimensions=WIDTH, prior="uniform"), (slice(0, FIRST), slice(FIRST, WIDTH)))
    of_even = Styles(even, uniform=True)
    np.testing.assert_allclose(of_even.at(0, 0), even.latents, atol=1e-5)
    assert np.abs(of_even.latents).max() <= 1
    cells = styles.latents.reshape(LINES, LINES, -1)
    assert (cells[..., :FIRST] == state.latents[:FIRST]).all()
    assert len(np.unique(cells.reshape(LINES**2, -1), axis=0)) == LINES**2
    np.testing.assert_allclose(cells[..., FIRST:].std(-1), 1, atol=0.15)  # as wide as any draw
    np.testing.assert_allclose(styles.at(2.5, 1.5)[FIRST:].std(), 1, atol=0.15)
    assert np.abs(styles.at(2, 3.02) - cells[2, 3]).max() < 0.3


def ahead(height: int = 20, width: int = 20) -> np.ndarray:
    return np.broadcast_to(np.array([0, 0, 1], np.float32), (height, width, 3))


def test_a_ball_is_put_where_it_was_clicked() -> None:
    found = Stamp(form="sphere", x=8, y=12, size=0.5).on(ahead())
    np.testing.assert_allclose(np.linalg.norm(found, axis=2), 1, atol=1e-6)
    assert (np.abs(found - ahead()).max(-1) > 0).sum() == pytest.approx(np.pi * 5**2, abs=6)
    np.testing.assert_allclose(found[11, 11], [3.5 / 5, 0.5 / 5, (1 - 0.7**2 - 0.1**2) ** 0.5], atol=1e-5)
    assert found[8, 8, 1] > 0.6  # above its middle it faces up
    np.testing.assert_array_equal(found[0], ahead()[0])


def test_a_box_shows_three_faces_that_stand_on_each_other() -> None:
    found = Stamp(form="box", x=20, y=20, size=0.9, turn=30, tilt=40).on(np.full((40, 40, 3), 9, np.float32))
    faces = np.unique(found[found[..., 0] < 9].round(4), axis=0)
    assert len(faces) == 3
    np.testing.assert_allclose(faces @ faces.T, np.eye(3), atol=1e-3)
    assert (faces[:, 2] > 0).all()  # each towards the viewer
    top = max(faces.tolist(), key=lambda one: one[1])
    np.testing.assert_allclose(top, [0, np.cos(np.deg2rad(40)), np.sin(np.deg2rad(40))], atol=1e-3)
    assert found[4, 20, 0] != 9
    np.testing.assert_allclose(found[5, 20], top, atol=1e-3)  # the top is above
    straight = Stamp(form="box", x=20, y=20, size=0.9, turn=0, tilt=0).on(np.full((40, 40, 3), 9, np.float32))
    assert np.unique(straight[straight[..., 0] < 9].round(4), axis=0).tolist() == [[0, 0, 1]]


def test_planes_face_where_they_are_turned_and_a_room_has_three() -> None:
    found = Stamp(form="plane", x=10, y=10, size=0.5, turn=90, tilt=0).on(ahead())
    np.testing.assert_allclose(found[10, 10], [1, 0, 0], atol=1e-6)
    room = Stamp(form="room", turn=10, tilt=30).on(ahead(24, 32))
    planes = np.unique(room.reshape(-1, 3).round(4), axis=0)
    assert len(planes) == 3
    np.testing.assert_allclose(planes @ planes.T, np.eye(3), atol=1e-3)
    np.testing.assert_allclose(room[-1, 16], [0, np.cos(np.deg2rad(30)), np.sin(np.deg2rad(30))], atol=1e-5)


def test_strokes_are_led_moved_and_taken_back() -> None:
    own = OwnMap(ahead())
    own.begin(Stamp(form="plane", x=3, y=10, size=0.2, turn=40))
    own.lead(17, 10)
    facing = np.array(Light(40, 35).towards)
    np.testing.assert_allclose(own.normals[10, 3:17], np.broadcast_to(facing, (14, 3)), atol=1e-6)
    np.testing.assert_array_equal(own.normals[5], ahead()[5])
    kept = own.normals
    own.begin(Stamp(form="sphere", x=5, y=5))
    own.move(Stamp(form="sphere", x=15, y=15))
    np.testing.assert_array_equal(own.normals, Stamp(form="sphere", x=15, y=15).on(kept))
    own.undo()
    np.testing.assert_allclose(own.normals, kept, atol=1e-6)
    own.undo()
    assert not own.can_undo
    np.testing.assert_array_equal(own.normals, ahead())
    for place in range(600):
        own.begin(Stamp(form="sphere", x=place % 20, y=3))
    shown = own.normals
    own._drawn = None
    np.testing.assert_array_equal(own.normals, shown)  # the oldest are still there
    assert own.forgets
    for _ in range(MOST):
        own.undo()
    assert not own.can_undo
    assert (own.normals != ahead()).any()


def test_strokes_that_stay_are_on_top_of_a_map_that_is_read_otherwise() -> None:
    values = np.stack([np.full((20, 20), 0.0), np.full((20, 20), 0.6), np.full((20, 20), 0.8)], -1)
    own = OwnMap.of_file(SurfaceMap("map.png", "normals", values[None].astype(np.float32)), 20, 20)
    own.begin(Stamp(form="sphere", x=10, y=10))
    ball = own.normals[10, 10]
    for _ in range(MOST):
        own.begin(Stamp(form="sphere", x=3, y=3, size=0.1))
    own.read_as(green="down", near="bright", relief=0.5)
    np.testing.assert_allclose(own.normals[10, 10], ball, atol=1e-6)
    np.testing.assert_allclose(own.normals[19, 19], (0, -0.6, 0.8), atol=1e-6)


def test_the_wheel_of_a_touchpad_adds_up(studio, view) -> None:
    brushes = view.page.brushes
    brushes.sphere.click()
    before = brushes.size_slider.value()
    for _ in range(6):
        wheel(view.normals, 8)  # a fifteenth of a notch each
    assert brushes.size_slider.value() == before + 1
    wheel(view.normals, 120)
    assert brushes.size_slider.value() == before + 5
    wheel(view.normals, -32)
    assert brushes.size_slider.value() == before + 4


def wheel(widget, turn: int) -> None:
    """Turn the wheel by eighths of a degree over the middle of a widget."""
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, turn),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


# --- the view ---


def test_normals_clay_and_picture_are_of_one_sample(studio, view) -> None:
    answer = walked(studio, view.draw.click)
    normals, picture = (step[0] for step in answer.steps)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=2), 1, atol=1e-5)
    np.testing.assert_array_equal(pixels(view.normals.image), Normals((3, 16, 16)).pictures(normals[None])[0])
    np.testing.assert_array_equal(pixels(view.picture.image), picture)
    np.testing.assert_array_equal(pixels(view.clay.image), lit(normals, Light()))
    studio.wait(lambda: not faults(view))


def test_the_light_is_dragged_over_the_clay(studio, view) -> None:
    before = pixels(view.clay.image)
    target = view.clay.target()
    place = QPoint(round(target.right()) - 2, round(target.center().y()))
    studio.qtbot.mousePress(view.clay, Qt.MouseButton.LeftButton, pos=target.center().toPoint())
    assert view.clay.light.elevation == pytest.approx(0, abs=3)
    studio.qtbot.mouseMove(view.clay, place)
    studio.qtbot.mouseRelease(view.clay, Qt.MouseButton.LeftButton, pos=place)
    studio.qtbot.mouseClick(view.clay, Qt.MouseButton.LeftButton, pos=place)
    assert view.clay.light.azimuth > 60
    assert not np.array_equal(pixels(view.clay.image), before)
    normals = view._walked.steps[0][0]
    np.testing.assert_array_equal(pixels(view.clay.image), lit(normals, view.clay.light))
    studio.qtbot.keyClick(view.clay, Qt.Key.Key_Home)
    assert view.clay.light == Light()
    studio.qtbot.keyClick(view.clay, Qt.Key.Key_Up)
    assert view.clay.light == Light().turned(0, 5)
    kept = view.state()
    view.clay.light = Light(1, 2)
    view.restore(kept)
    assert view.clay.light == Light().turned(0, 5)


def test_what_is_held_stays_while_the_other_is_turned_or_drawn(studio, view) -> None:
    held = view.noise.latents
    view.shape.lock.click()
    answer = walked(studio, lambda: view.look.turn.setValue(90))
    turned = view.noise.latents
    np.testing.assert_array_equal(turned[:FIRST], held[:FIRST])
    assert np.abs(turned[FIRST:] - held[FIRST:]).max() > 0.1
    np.testing.assert_allclose(studio.scene.latent.latents, turned, atol=1e-6)
    walked(studio, view.draw.click)
    np.testing.assert_array_equal(view.noise.latents[:FIRST], held[:FIRST])
    other = view.noise.latents + 1
    walked(studio, lambda: view.picked.emit(other.astype(np.float32)))
    np.testing.assert_array_equal(view.noise.latents[:FIRST], held[:FIRST])
    np.testing.assert_allclose(studio.scene.latent.latents[:FIRST], held[:FIRST], atol=1e-6)
    assert not view.shape.turn.isEnabled()
    view.shape.lock.click()
    again = walked(studio, view.shape.throw.click)
    assert np.abs(again.steps[0] - answer.steps[0]).max() > 1e-4


def test_a_pixel_is_read_and_the_reader_is_heard_once_it_has_learnt(studio, view) -> None:
    assert not view.angle.isEnabled()
    assert "The reader" not in view.page.told.text()
    studio.send(Play())
    studio.wait(lambda: studio.state == "finished")
    answer = walked(studio, view.draw.click)
    assert view.angle.isEnabled()
    apart = angles(answer.steps[0][0], as_large(answer.added[0][0], 16, 16))
    assert f"The reader finds the picture {apart.mean():.0f}° off them" in view.page.told.text()
    view.normals.pointed.emit(3, 5)
    assert view.page.told.text().startswith("Pixel 6, 4: right ")
    assert view.page.told.text().endswith(f"{apart[3, 5]:.0f}° away")
    view.angle.click()
    np.testing.assert_array_equal(pixels(view.picture.image), heat(apart))
    view.normals.pointed.emit(3, 5)  # once more: all of them again
    assert "Colours of the normals" in view.page.told.text()


def test_the_reader_is_heard_at_once_where_the_rest_of_its_stage_is_skipped(studio, view) -> None:
    for _ in range(2):
        studio.send(Step())
    studio.wait(lambda: studio.game.step == 2)
    walked(studio, view.draw.click)
    assert not view.angle.isEnabled()
    studio.send(SkipStage())
    studio.wait(view.angle.isEnabled)


def test_the_sheet_crosses_them_and_a_drag_goes_from_one_to_the_next(studio, view) -> None:
    walked(studio, lambda: view._pages.button(1).click())
    assert view.sheet.image is not None
    cells = view._crossed.latents.reshape(LINES, LINES, WIDTH)
    view.sheet.went.emit(2.0, 3.0)
    np.testing.assert_allclose(studio.scene.latent.latents, cells[2, 3], atol=1e-6)
    studio.qtbot.keyClick(view.sheet, Qt.Key.Key_Down)
    assert view.sheet.place == (1, 0)
    target = view.sheet._target()
    side = target.width() / LINES
    place = QPoint(round(target.left() + 4.5 * side), round(target.top() + 1.5 * side))
    studio.qtbot.mouseClick(view.sheet, Qt.MouseButton.LeftButton, pos=place)
    assert view.sheet.place == (1, 4)
    np.testing.assert_allclose(studio.scene.latent.latents, cells[1, 4], atol=1e-6)
    walked(studio, view.renew.click)
    np.testing.assert_allclose(view._crossed.latents[0], cells[1, 4], atol=1e-5)
    opened, before = studio.game.single, view._crossed
    walked(studio, lambda: view.open(opened))  # another game, on the page where the last one was left
    assert view.sheet.image is not None
    assert view._crossed is not before
    view._pages.button(2).click()
    assert view.watch() == view.gallery.watch()


def drawn(side: int = 16) -> np.ndarray:
    """A map of a person's own, (side, side, 3)."""
    random = np.random.default_rng(1).standard_normal((1, 3, side, side)).astype(np.float32)
    random[:, 2] = np.abs(random[:, 2]) + 1
    return Normals((3, side, side)).to_people(random)[0]


def saved(path, normals: np.ndarray):
    Image.fromarray(Normals((3, *normals.shape[:2])).pictures(normals[None])[0]).save(path)
    return path


def test_a_map_that_is_dropped_is_painted_in_any_style(studio, view, tmp_path) -> None:
    path = saved(tmp_path / "map.png", drawn())
    answer = walked(studio, lambda: studio.window.take_drop([path]))
    assert angles(answer.steps[0][0], drawn()).max() < 1.5
    np.testing.assert_array_equal(pixels(view.clay.image), lit(view.drawing.normals, Light()))
    assert not view.own.isHidden()
    assert view.page.map.told.text() == "map.png"
    studio.wait(lambda: not faults(view))
    turned = walked(studio, lambda: view.look.turn.setValue(120))
    np.testing.assert_array_equal(turned.steps[0], answer.steps[0])
    assert (turned.steps[1] != answer.steps[1]).any()
    sheet = walked(studio, lambda: view._pages.button(1).click())
    assert (sheet.steps[0] == sheet.steps[0][0]).all()
    assert view.sheet.toolTip().startswith("Your map in many styles")
    assert len(np.unique(view._crossed.latents, axis=0)) == LINES**2
    view._pages.button(0).click()
    down = walked(studio, view.page.map.green.click)
    np.testing.assert_allclose(down.steps[0][..., 1], -answer.steps[0][..., 1], atol=1e-5)
    other = walked(studio, view.own.click)
    assert np.abs(other.steps[0][0] - answer.steps[0][0]).max() > 0.1
    assert view.own.isHidden()
    assert view.page.map.isHidden()


def test_depth_of_any_size_has_the_same_slopes() -> None:
    rows = np.linspace(-1, 1, 16, dtype=np.float32)[:, None] * np.ones((1, 16), np.float32)
    small, huge = (maps.slopes(rows * size, near="bright", relief=0.5, coarse=False) for size in (1, 3.3e38))
    np.testing.assert_allclose(huge, small, atol=1e-5)
    assert np.abs(small[1]).min() > 0.1


def test_a_stroke_that_is_taken_back_while_it_is_led_is_led_no_more(qtbot) -> None:
    canvas, led, undone = MapCanvas("Normals"), [], []
    qtbot.addWidget(canvas)
    canvas.resize(100, 100)
    canvas.show_image(np.zeros((16, 16, 3), np.uint8))
    canvas.set_brush(0.5)
    canvas.led.connect(lambda *place: led.append(place))
    canvas.undo_wanted.connect(lambda: undone.append(1))
    canvas.show()
    left = Qt.MouseButton.LeftButton
    qtbot.mousePress(canvas, left, pos=QPoint(50, 50))
    drag_to(canvas, QPointF(60, 50))
    assert len(led) == 1
    qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    drag_to(canvas, QPointF(70, 50))
    assert (len(led), len(undone)) == (1, 1)
    qtbot.mouseRelease(canvas, left, pos=QPoint(70, 50))


def drag_to(canvas: MapCanvas, place: QPointF) -> None:
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    moved = QMouseEvent(
        QEvent.Type.MouseMove, place, canvas.mapToGlobal(place), none, left, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(canvas, moved)


def test_of_many_maps_in_a_file_the_first_alone_is_made_to_fit(monkeypatch) -> None:
    calls, fitted = [], maps.fitted
    monkeypatch.setattr(maps, "fitted", lambda *asked: calls.append(asked) or fitted(*asked))
    many = np.stack([drawn(), *[ahead(16, 16)] * 40])
    own = OwnMap.of_file(maps.SurfaceMap("many.npy", "normals", many), 16, 16)
    own.read_as(green="down", near="bright", relief=0.5)
    assert len(calls) == 2 * 3
    np.testing.assert_allclose(own.normals, drawn() * [1, -1, 1], atol=1e-6)
    assert len(own.source.values) == 41


def test_depth_that_is_dropped_is_painted_with_as_much_relief_as_one_likes(studio, view, tmp_path) -> None:
    rows, columns = np.mgrid[:40, :40]
    np.save(tmp_path / "hill.npy", np.exp(-((rows - 20.0) ** 2 + (columns - 20.0) ** 2) / 90))
    answer = walked(studio, lambda: studio.window.take_drop([tmp_path / "hill.npy"]))
    assert view.page.map.told.text() == "hill.npy, taken as a map of depth"
    normals = answer.steps[0][0]
    assert normals[8, 3, 0] < -0.1 < 0.1 < normals[8, 12, 0]  # away from the hill's top
    assert normals[3, 8, 1] > 0.1
    steep = walked(studio, lambda: view.page.map.relief.typed.emit(2.0))
    assert steep.steps[0][0][..., 2].mean() < normals[..., 2].mean() - 0.05
    hollow = walked(studio, view.page.map.dark.click)
    np.testing.assert_allclose(hollow.steps[0][0][..., :2], -steep.steps[0][0][..., :2], atol=1e-5)


def test_what_is_no_map_is_refused_in_words_and_data_are_looked_at(studio, view, tmp_path) -> None:
    Image.effect_noise((40, 40), 60).convert("RGB").rotate(3, fillcolor="red").save(tmp_path / "photo.png")
    studio.drop(tmp_path / "photo.png", on=view.normals)
    assert '"photo.png" is no map of normals' in studio.notice
    assert studio.notice.endswith("Drop it on the gallery to look at it as data.")
    assert view.drawing.own is None
    for paths in ([tmp_path], [tmp_path / "photo.png", tmp_path / "photo.png"], [tmp_path / "nothing.png"]):
        assert not view.take(paths)
    np.save(tmp_path / "points.npy", np.zeros((50, 2)))
    assert not view.take([tmp_path / "points.npy"])
    view._pages.button(2).click()
    assert not view.take([tmp_path / "photo.png"])


def test_brushes_draw_on_what_g_made_and_the_picture_follows(studio, view) -> None:
    before = walked(studio, view.draw.click).steps[0][0]
    view.page.brushes.sphere.click()
    target = view.normals.target()
    cell = target.width() / 16
    at = lambda column, row: QPoint(  # noqa: E731
        round(target.left() + column * cell), round(target.top() + row * cell)
    )
    answer = walked(
        studio, lambda: studio.qtbot.mousePress(view.normals, Qt.MouseButton.LeftButton, pos=at(8, 8))
    ).steps[0][0]
    studio.qtbot.mouseRelease(view.normals, Qt.MouseButton.LeftButton, pos=at(8, 8))
    stamp = view.page.brushes.stamp(8, 8)
    np.testing.assert_allclose(answer, stamp.on(before), atol=0.05)  # as exact as a click is
    assert view.page.map.told.text() == "Drawn by you"
    moved = walked(studio, lambda: view.normals.led.emit(4.0, 4.0)).steps[0][0]
    np.testing.assert_allclose(moved, view.page.brushes.stamp(4, 4).on(before), atol=1e-5)
    view.page.brushes.plane.click()
    walked(studio, lambda: view.normals.begun.emit(2.0, 14.0))
    painted = walked(studio, lambda: view.normals.led.emit(14.0, 14.0)).steps[0][0]
    np.testing.assert_allclose(painted[14, 3:13], np.broadcast_to(Light(25, 35).towards, (10, 3)), atol=1e-5)
    view.normals.setFocus()
    again = walked(studio, lambda: studio.qtbot.keyClick(view.normals, "z", Qt.KeyboardModifier.ControlModifier))
    np.testing.assert_allclose(again.steps[0][0], moved, atol=1e-5)
    room = walked(studio, view.page.brushes.room.click).steps[0][0]
    assert len(np.unique(room.reshape(-1, 3).round(3), axis=0)) == 3
    walked(studio, view.page.brushes.undo.click)
    back = walked(studio, view.page.brushes.undo.click).steps[0][0]
    np.testing.assert_allclose(back, before, atol=1e-5)  # nothing is left of what was drawn
    assert view.own.isHidden()
    studio.wait(lambda: not faults(view))


def test_what_was_drawn_stays_with_the_next_game_of_its_size(studio, view) -> None:
    view.page.brushes.box.click()
    walked(studio, lambda: view.normals.begun.emit(8.0, 8.0))
    kept, opened = view.drawing.normals, studio.game.single
    walked(studio, lambda: view.open(opened))
    np.testing.assert_array_equal(view.drawing.normals, kept)
    view.drawing.open(Normals((3, 24, 24)))
    assert view.drawing.own is None


def test_a_map_is_saved_with_a_pixel_for_each_of_its_own(studio, view, tmp_path) -> None:
    walked(studio, lambda: view.drawing.set_map(OwnMap(drawn())))
    words, (_, ending, content) = next(iter(view.normals.ways_out.files().items()))
    assert (words, ending) == ("Save Normal &Map…", ".png")
    (tmp_path / "saved.png").write_bytes(content())
    shown = view.drawing.normals
    found = read_map(tmp_path / "saved.png").normals(16, 16)[0]
    assert angles(found, shown).max() < 1.5


def test_a_stage_shows_the_page_that_is_open_also_from_another_room(studio, view) -> None:
    for page, expected in enumerate((view.page, view.sheet, view.gallery.shown)):
        view._pages.button(page).setChecked(True)
        assert view.shown is expected
        studio.trigger("slow_motion")
        assert not view.isVisible()
        assert view.shown is expected
        studio.window._rooms.leave_room()
        assert view.isVisible()


def test_a_drag_over_clay_sheet_or_canvas_takes_no_picture_out(studio, view, monkeypatch) -> None:
    taken = []
    monkeypatch.setattr(WaysOut, "drag", lambda self: taken.append(self.title))
    walked(studio, lambda: view._pages.button(1).click())
    for widget in (view.clay, view.normals, view.sheet, view.picture):
        for kind, place, buttons in (
            (QEvent.Type.MouseButtonPress, QPointF(20, 20), Qt.MouseButton.LeftButton),
            (QEvent.Type.MouseMove, QPointF(90, 90), Qt.MouseButton.LeftButton),
            (QEvent.Type.MouseButtonRelease, QPointF(90, 90), Qt.MouseButton.NoButton),
        ):
            button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Qt.MouseButton.LeftButton
            event = QMouseEvent(kind, place, widget.mapToGlobal(place), button, buttons, Qt.KeyboardModifier.NoModifier)
            QApplication.sendEvent(widget, event)
    assert taken == ["Picture"]
