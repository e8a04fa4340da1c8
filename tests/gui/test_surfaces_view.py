"""In the window, style and structure: normals, clay and picture; groups that are held; the sheet that crosses them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QPoint, Qt

from ganstudio.experiment import LatentSpec, ScenesSpec
from ganstudio.gui.parts.noise import GroupedNoise
from ganstudio.gui.surfaces.light import Light, angles, as_large, heat, lit
from ganstudio.gui.surfaces.maps import MapError, read_map
from ganstudio.gui.surfaces.sheet import LINES, Crossed
from ganstudio.gui.surfaces.view import SurfacesView
from ganstudio.modalities import Normals
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.messages import Play
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
    with studio.qtbot.waitSignal(studio.game.walked, timeout=30_000, check_params_cb=newest) as blocker:
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


def test_a_map_is_read_and_a_photograph_is_none(tmp_path) -> None:
    drawn = np.random.default_rng(0).standard_normal((1, 3, 8, 8)).astype(np.float32)
    drawn[:, 2] = np.abs(drawn[:, 2])
    kind = Normals((3, 8, 8))
    Image.fromarray(kind.pictures(kind.to_people(drawn))[0]).save(tmp_path / "map.png")
    found = read_map(str(tmp_path / "map.png"), 8, 8)
    assert angles(found, kind.to_people(drawn)[0]).max() < 1
    assert read_map(str(tmp_path / "map.png"), 4, 6).shape == (4, 6, 3)
    Image.new("RGB", (8, 8), (200, 60, 60)).save(tmp_path / "photo.png")
    with pytest.raises(MapError, match=r"is no normal map: red, green and blue .* photograph tells no normals"):
        read_map(str(tmp_path / "photo.png"), 8, 8)
    (tmp_path / "text.png").write_text("no")
    with pytest.raises(MapError, match="can't be read as a picture"):
        read_map(str(tmp_path / "text.png"), 8, 8)


# --- the view ---


def test_normals_clay_and_picture_are_of_one_sample(studio, view) -> None:
    answer = walked(studio, view.draw.click)
    normals, picture = (step[0] for step in answer.steps)
    np.testing.assert_allclose(np.linalg.norm(normals, axis=2), 1, atol=1e-5)
    np.testing.assert_array_equal(pixels(view.normals.image), Normals((3, 16, 16)).pictures(normals[None])[0])
    np.testing.assert_array_equal(pixels(view.picture.image), picture)
    np.testing.assert_array_equal(pixels(view.clay.image), lit(normals, Light()))
    assert faults(view) == []


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
    held = view.state_of_latents.latents
    view.shape.hold.click()
    answer = walked(studio, lambda: view.look.turn.setValue(90))
    turned = view.state_of_latents.latents
    np.testing.assert_array_equal(turned[:FIRST], held[:FIRST])
    assert np.abs(turned[FIRST:] - held[FIRST:]).max() > 0.1
    np.testing.assert_allclose(studio.scene.latent.latents, turned, atol=1e-6)
    walked(studio, view.draw.click)
    np.testing.assert_array_equal(view.state_of_latents.latents[:FIRST], held[:FIRST])
    other = view.state_of_latents.latents + 1
    walked(studio, lambda: view.picked.emit(other.astype(np.float32)))
    np.testing.assert_array_equal(view.state_of_latents.latents[:FIRST], held[:FIRST])
    np.testing.assert_allclose(studio.scene.latent.latents[:FIRST], held[:FIRST], atol=1e-6)
    assert not view.shape.turn.isEnabled()
    view.shape.hold.click()
    again = walked(studio, view.shape.throw.click)
    assert np.abs(again.steps[0] - answer.steps[0]).max() > 1e-4


def test_a_pixel_is_read_and_the_reader_is_heard_once_it_has_learnt(studio, view) -> None:
    assert not view.angle.isEnabled()
    assert "The reader" not in view._told.text()
    studio.send(Play())
    studio.wait(lambda: studio.state == "finished")
    answer = walked(studio, view.draw.click)
    assert view.angle.isEnabled()
    apart = angles(answer.steps[0][0], as_large(answer.added[0][0], 16, 16))
    assert f"The reader finds the picture {apart.mean():.0f}° off them" in view._told.text()
    view.normals.pointed.emit(3, 5)
    assert view._told.text().startswith("Pixel 6, 4: right ")
    assert view._told.text().endswith(f"{apart[3, 5]:.0f}° away")
    view.angle.click()
    np.testing.assert_array_equal(pixels(view.picture.image), heat(apart))
    view.normals.pointed.emit(3, 5)  # once more: all of them again
    assert "Colours of the normals" in view._told.text()


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


def test_a_map_of_one_s_own_is_painted(studio, view) -> None:
    own = Normals((3, 16, 16)).to_people(np.random.default_rng(1).standard_normal((1, 3, 16, 16)).astype(np.float32))[0]
    answer = walked(studio, lambda: view.set_map(own))
    np.testing.assert_allclose(answer.steps[0][0], own, atol=1e-5)
    assert not view.own.isHidden()
    other = walked(studio, view.own.click)
    assert np.abs(other.steps[0][0] - own).max() > 0.1
    assert view.own.isHidden()
