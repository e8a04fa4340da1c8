"""InfoGAN's codes in the user's hands: state, controls, names, the scene between them and the bridge."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest
from PySide6.QtCore import QObject, QPoint, Qt, Signal
from PySide6.QtGui import QColor

from ganstudio.experiment import CategoricalCodeSpec, ContinuousCodeSpec, Experiment, LatentSpec
from ganstudio.gui.game.model import Game
from ganstudio.gui.latent.state import LatentState, code_limit
from ganstudio.gui.latent.value_buttons import ValueButtons
from ganstudio.gui.latent.view import LatentView
from ganstudio.gui.looks import theme
from ganstudio.gui.window.scene import Scene
from ganstudio.modalities import Images, Points
from ganstudio.objectives.information import information_scalars
from ganstudio.scalars import COMMON
from ganstudio.training.messages import Adjust, Adjusted, Frame, Opened, Rendered, Scalars, Watch

CODES = (
    CategoricalCodeSpec(size=10, name="digit"),
    ContinuousCodeSpec(reach=1.5),
    ContinuousCodeSpec(prior="normal", reach=2.0),
)
SPEC = LatentSpec(prior="uniform", dimensions=62, codes=CODES)


def greys(count, size=8):
    """Images of one grey each: 0, 1, 2, ..."""
    return np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None], (count, size, size, 1)).copy()


def opened(spec, plane=None, count=64):
    real = greys(count) if plane is None else np.zeros((count, 2), np.float32)
    latents = np.zeros((count, spec.width), np.float32)
    for code, columns in zip(spec.codes, spec.code_columns, strict=True):
        if code.kind == "categorical":
            latents[:, columns] = np.eye(code.size)[np.arange(count) % code.size]
    return Opened(
        experiment=Experiment(latent=spec),
        run=None,
        step=0,
        seconds=0.0,
        data_name="digits",
        data_count=count,
        modality=Images((1, 8, 8)) if plane is None else Points(),
        real=real,
        latents=latents,
        plane=plane,
        skipped=(),
        skipped_count=0,
        generator_parameters=1,
        discriminator_parameters=1,
        device="cpu",
        threads=1,
        scalars=(*COMMON, *information_scalars(spec)),
    )


# --- state ------------------------------------------------------------------------------------------------------------


def test_reset_is_the_centre_and_the_first_values():
    state = LatentState(SPEC)
    state.randomise()
    state.reset()
    assert state.latents.shape == (74,)
    assert state.latents.dtype == np.float32
    assert np.flatnonzero(state.latents).tolist() == [62]
    assert [state.code(k) for k in range(3)] == [0, 0, 0]


def test_randomise_draws_codes_from_their_priors():
    state = LatentState(SPEC, seed=1)
    drawn = []
    for _ in range(4000):
        state.randomise()
        drawn.append([state.code(k) for k in range(3)])
    digit, uniform, normal = np.array(drawn).T
    assert np.bincount(digit.astype(int), minlength=10) == pytest.approx(np.full(10, 400), abs=90)  # 4.7 sigma
    assert np.abs(uniform).max() <= 1.5
    assert uniform.std() == pytest.approx(1.5 / np.sqrt(3), rel=0.05)
    assert np.abs(normal).max() <= 6
    assert normal.std() == pytest.approx(2 * 0.9866, rel=0.05)  # of a normal cut at three sigma
    before = [state.code(k) for k in range(3)]
    state.randomise_z()
    assert [state.code(k) for k in range(3)] == before


def test_truncation_leaves_the_codes_alone():
    state = LatentState(SPEC)
    state.randomise()
    z, codes = state.latents[:62], state.latents[62:]
    state.set_truncation(0.5)
    np.testing.assert_allclose(state.latents[:62], z / 2, rtol=1e-5)
    np.testing.assert_array_equal(state.latents[62:], codes)


def test_a_request_traverses_the_code_that_moved_and_pictures_every_value():
    state = LatentState(SPEC)
    state.set_code(0, 7)
    state.move_code(2, -1.0)
    request = state.request(9)
    assert request.shape == (10, 74)
    np.testing.assert_allclose(request[1:, 73], np.linspace(-6, 6, 9), atol=1e-6)
    np.testing.assert_array_equal(np.delete(request, 73, axis=1), np.delete(np.tile(state.latents, (10, 1)), 73, 1))
    pictures = state.pictures()
    assert pictures.shape == (10, 74)
    np.testing.assert_array_equal(pictures[:, 62:72], np.eye(10))
    assert (pictures[:, 73] == -1).all()


def test_codes_with_too_many_values_have_no_pictures():
    spec = LatentSpec(dimensions=2, codes=tuple(CategoricalCodeSpec(size=size) for size in (20, 100, 12, 2)))
    state = LatentState(spec)
    assert state.pictured() == [0, 2]
    assert state.pictures().shape == (32, spec.width)


def test_sliders_reach_beyond_what_is_trained():
    assert code_limit(CODES[1]) == pytest.approx(3.0)
    assert code_limit(CODES[2]) == pytest.approx(6.0)


# --- the view ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def view(qtbot):
    made = LatentView()
    qtbot.addWidget(made)
    made.resize(560, 620)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.fixture
def requests(view):
    found = []
    view.requested.connect(found.append)
    return found


def test_opening_asks_for_pictures_of_all_values(view, requests):
    view.open(SPEC, Images((1, 8, 8)), pictured=True)
    (latents,) = requests
    assert latents.shape == (1 + 9 + 10, 74)
    assert view.codes.isVisible()
    np.testing.assert_allclose(latents[1:10, 72], np.linspace(-3, 3, 9), atol=1e-6)  # the first continuous code
    assert view.z.shape == (62,)
    assert view.latents.shape == (74,)


def test_without_codes_nothing_of_them_is_seen(view, requests):
    view.open(SPEC, Images((1, 8, 8)), pictured=True)
    view.open(LatentSpec(dimensions=3), Images((1, 8, 8)), pictured=True)
    assert requests[-1].shape == (10, 3)
    assert not view.codes.isVisible()
    assert not view._noise.isVisible()
    assert not view.head.new_z.isVisible()
    assert view.head.readout.text() == "G(z)"


def test_the_pictures_are_those_of_the_values(view, qtbot, requests):
    view.open(SPEC, Images((1, 8, 8)), pictured=True)
    view.show_rendered(Rendered(request=1, step=5, samples=greys(20)))
    buttons = view.codes.buttons[0]
    assert [QColor(image.pixel(4, 4)).red() for image in buttons.images] == list(range(10, 20))
    qtbot.waitUntil(lambda: buttons.rect_of(9).right() < buttons.width() and buttons.rect_of(9).top() == 0)
    requests.clear()
    qtbot.mouseClick(buttons, Qt.MouseButton.LeftButton, pos=buttons.rect_of(7).center())
    (latents,) = requests
    assert len(latents) == 10  # the pictures of the values follow
    np.testing.assert_array_equal(latents[0, 62:72], np.eye(10)[7])
    assert view.strip._texts[1] == "c₂ = 0.00"  # still along the continuous code
    with qtbot.assertNotEmitted(buttons.chosen):
        qtbot.mouseClick(buttons, Qt.MouseButton.LeftButton, pos=buttons.rect_of(7).center())
    qtbot.waitUntil(lambda: len(requests) == 2)
    assert len(requests[1]) == 20


def test_pictures_follow_when_the_slider_has_come_to_rest(view, qtbot, requests):
    view.open(SPEC, Images((1, 8, 8)), pictured=True)
    view.show_rendered(Rendered(request=1, step=5, samples=greys(20)))
    requests.clear()
    for position in (100, 200, 300):
        view.sliders[0].setValue(position)
    assert [len(latents) for latents in requests] == [10, 10, 10]
    view.show_rendered(Rendered(request=2, step=6, samples=greys(10)))
    assert view.head.step.text() == "step 6"
    qtbot.waitUntil(lambda: len(requests) == 4)
    assert len(requests[3]) == 20
    assert (requests[3][10:, 0] == requests[2][0, 0]).all()
    assert not view._rest.isActive()


@pytest.mark.parametrize("size", [8, 28, 32, 64, 128])
def test_ten_pictures_stand_in_one_row(qtbot, size):
    buttons = ValueButtons(10)
    qtbot.addWidget(buttons)
    buttons.resize(330, 30)
    with qtbot.waitExposed(buttons):
        buttons.show()
    buttons.set_images(np.zeros((10, size, size), np.uint32))
    assert {buttons.rect_of(value).top() for value in range(10)} == {0}
    assert buttons.rect_of(9).right() < 330
    assert buttons.height() == buttons.rect_of(0).height()
    assert buttons.rect_of(0).width() >= 24


def test_keys_walk_through_the_values(qtbot):
    buttons = ValueButtons(256)
    qtbot.addWidget(buttons)
    buttons.resize(340, 30)
    with qtbot.waitExposed(buttons):
        buttons.show()
    assert buttons.height() == 26 * 26 + 3 * 25  # ten in a row
    found = []
    buttons.chosen.connect(found.append)
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_End, Qt.Key.Key_Right, Qt.Key.Key_Home):
        qtbot.keyClick(buttons, key)
    qtbot.keyClicks(buttons, "7")
    assert found == [1, 11, 1, 255, 0, 7]
    assert buttons.value_at(34, 31) == 11
    assert buttons.value_at(31, 5) is None  # the gap


def test_a_continuous_slider_goes_beyond_its_marked_range(view, qtbot, requests):
    view.open(SPEC, Images((1, 8, 8)), pictured=True)
    slider = view.codes.sliders[1]
    assert slider.trained == (-500, 500)
    qtbot.waitUntil(lambda: slider.track().width() > 100)
    track = slider.track()
    requests.clear()
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(track.right()), 13))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
    assert requests[-1][0, 72] == pytest.approx(3, abs=0.02)
    assert slider.text == "3.00"
    view.codes.sliders[2].setValue(-500)
    assert requests[-1][0, 73] == pytest.approx(-3)
    np.testing.assert_allclose(requests[-1][1:10, 73], np.linspace(-6, 6, 9), atol=1e-6)
    shown = slider.grab().toImage()
    post = slider._place(-500)
    assert QColor(shown.pixel(round(post), 8)) != QColor(shown.pixel(round(post) - 6, 8))


def test_the_strip_traverses_and_sets_the_code(view, qtbot, requests):
    view.open(SPEC, Images((1, 8, 8)), pictured=True)
    view.codes.sliders[1].setValue(100)
    view.show_rendered(Rendered(request=1, step=5, samples=greys(20)))
    assert view.strip.share == pytest.approx(0.1)
    qtbot.waitUntil(lambda: view.strip.height() > 30)
    qtbot.mouseClick(view.strip, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert requests[-1][0, 72] == pytest.approx(-3)
    assert view.codes.sliders[1].value() == -1000


def test_latents_are_taken_whole_or_z_alone(view):
    view.open(SPEC, Images((1, 8, 8)), pictured=True)
    given = np.linspace(-1, 1, 74).astype(np.float32)
    given[62:72] = np.eye(10)[4]
    view.set_latents(given)
    np.testing.assert_array_equal(view.latents, given)
    assert view.codes.buttons[0].value == 4
    view.set_z(np.zeros(62, np.float32))
    np.testing.assert_array_equal(view.latents[62:], given[62:])
    assert (view.z == 0).all()
    with pytest.raises(ValueError, match="74 dimensions"):
        view.set_latents(np.zeros(62))


def test_a_new_z_keeps_the_codes(view, qtbot):
    view.open(SPEC, Images((1, 8, 8)), pictured=True)
    view.draws.randomise()
    before = view.latents
    qtbot.mouseClick(view.head.new_z, Qt.MouseButton.LeftButton)
    np.testing.assert_array_equal(view.latents[62:], before[62:])
    assert np.abs(view.z - before[:62]).max() > 0.1


def test_a_name_is_typed_in_place(view, qtbot):
    view.open(SPEC, Images((1, 8, 8)), pictured=True)
    edit = view.codes.names[1]
    edit.setFocus()
    qtbot.keyClicks(edit, " slant ")
    with qtbot.waitSignal(view.renamed) as caught:
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert caught.args == [1, "slant"]
    qtbot.keyClicks(edit, "ed")
    with qtbot.assertNotEmitted(view.renamed):
        qtbot.keyClick(edit, Qt.Key.Key_Escape)
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert edit.text() == "slant"
    codes = (CODES[0].model_copy(update={"name": "class"}), CODES[1].model_copy(update={"name": "slant"}), CODES[2])
    view.follow(SPEC.model_copy(update={"codes": codes}))
    assert [each.text() for each in view.codes.names] == ["class", "slant", ""]
    assert view.strip._texts[1] == "slant = 0.00"


def test_information_stands_beside_its_ceiling(view):
    view.open(SPEC, Images((1, 8, 8)), pictured=True)
    assert [meter.text for meter in view.codes.meters] == ["not known yet"] * 3
    view.set_information([2.281, float("nan"), -0.5])
    assert [meter.text for meter in view.codes.meters] == [
        "I ≥ 2.28 of 2.30 nats",
        "not known yet",
        "I: says nothing yet",
    ]
    bar = view.codes.meters[0].grab().toImage()
    full = [QColor(bar.pixel(x, bar.height() - 5)).name() for x in (2, bar.width() - 1)]
    assert full == ["#e58be0", theme.OUTLINE]


def test_the_plane_has_number_buttons_and_no_pictures(view, qtbot, requests):
    view.open(LatentSpec(dimensions=2, codes=(CategoricalCodeSpec(size=8),)), Points(), pictured=False)
    assert requests[0].shape == (34, 10)
    buttons = view.codes.buttons[0]
    qtbot.mouseClick(buttons, Qt.MouseButton.LeftButton, pos=buttons.rect_of(3).center())
    np.testing.assert_array_equal(requests[-1][0], [0, 0, *np.eye(8)[3]])
    view.show_rendered(Rendered(request=1, step=7, samples=np.zeros((34, 2), np.float32)))
    assert view.head.readout.text() == "G(z, c) = (0.000, 0.000)"
    assert buttons.images == []


def test_all_of_it_can_be_scrolled_to_codes_first(view, qtbot):
    view.resize(520, 430)
    view.open(SPEC, Images((1, 8, 8)), pictured=True)
    view.show_rendered(Rendered(request=1, step=5, samples=greys(20, 32)))
    bar = view._scroll.verticalScrollBar()
    qtbot.waitUntil(lambda: bar.maximum() > 300)
    content = view._scroll.widget()
    places = [widget.mapTo(content, QPoint(0, 0)).y() for widget in (view.codes.buttons[0], view.codes.sliders[2])]
    assert 0 < places[0] < places[1] < view._sliders.y()
    assert view._sliders.geometry().bottom() <= content.height()
    assert view._sliders.y() + view.sliders[-1].geometry().bottom() <= bar.maximum() + view._scroll.viewport().height()


# --- the scene --------------------------------------------------------------------------------------------------------


class FakeBridge(QObject):
    """What the game and its scene have of the bridge: it keeps what was sent, and the test says what comes."""

    came = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.sent: list[object] = []
        self.asked: list[np.ndarray] = []

    def send(self, command: object) -> None:
        self.sent.append(command)

    def render(self, latents: np.ndarray, like: int = 0, *, nearest: bool = False) -> None:
        self.asked.append(latents)

    def walk(self, latents: np.ndarray, like: int = 0) -> None:
        raise AssertionError("this game has no levels")


@pytest.fixture
def stage(qtbot, tmp_path):
    bridge = FakeBridge()
    game = Game(bridge, tmp_path)
    scene = Scene(game)
    qtbot.addWidget(scene)
    scene.resize(1100, 900)
    with qtbot.waitExposed(scene):
        scene.show()
    return SimpleNamespace(scene=scene, game=game, bridge=bridge)


def test_the_scene_asks_shows_and_begins_with_a_real_draw(stage):
    stage.bridge.came.emit(opened(SPEC))
    asked = stage.bridge.asked[-1]
    assert asked.shape == (20, 74)
    stage.bridge.came.emit(Rendered(request=1, step=3, samples=greys(20)))
    assert len(stage.scene.latent.codes.buttons[0].images) == 10
    stage.scene.samples.selected.emit(7)
    np.testing.assert_array_equal(stage.bridge.asked[-1][0, 62:72], np.eye(10)[7])


def test_the_scene_hears_what_the_codes_tell(stage):
    stage.bridge.came.emit(opened(SPEC))
    steps = np.arange(1.0, 301.0)
    values = (*[0.5] * len(COMMON), 2.2, 1.0, 0.4)
    told = np.stack([steps, steps / 10, *(np.full(300, value) for value in values)], axis=1)
    names = tuple(scalar.name for scalar in stage.game.single.scalars)
    stage.bridge.came.emit(Scalars(told[:100], names))
    stage.bridge.came.emit(Scalars(told[100:], names))
    assert len(stage.game.history) == 300
    texts = [meter.text for meter in stage.scene.latent.codes.meters]
    assert texts == ["I ≥ 2.20 of 2.30 nats", "I ≥ 1.00 nats", "I ≥ 0.40 nats"]
    assert stage.scene.curves.plots["Information"].isVisible()
    stage.bridge.came.emit(opened(LatentSpec(dimensions=2)))
    assert len(stage.game.history) == 0
    assert "Information" not in stage.scene.curves.plots


def test_a_name_goes_to_the_run_and_comes_back_everywhere(stage):
    scene = stage.scene
    stage.bridge.came.emit(opened(SPEC))
    scene.latent.renamed.emit(1, "slant")
    assert stage.bridge.sent[-1] == Adjust("latent.codes.1.name", "slant")
    codes = (CODES[0], CODES[1].model_copy(update={"name": "slant"}), CODES[2])
    experiment = Experiment(latent=SPEC.model_copy(update={"codes": codes}))
    stage.bridge.came.emit(Adjusted(step=0, path="latent.codes.1.name", value="slant", experiment=experiment))
    assert scene.latent.codes.names[1].text() == "slant"
    assert scene.samples.sheet.columns.currentText() == "slant"
    assert [series.name for series in scene.curves.plots["Information"].series] == ["I(t; X)", "digit", "slant", "c₃"]
    assert scene.curves._marks == []
    stage.bridge.came.emit(Adjusted(step=0, path="latent.codes.1.weight", value=0.5, experiment=experiment))
    assert len(scene.curves._marks) == 1


def test_the_sheet_is_watched_follows_the_sliders_and_gives_its_cells(stage, qtbot):
    scene = stage.scene
    stage.bridge.came.emit(opened(SPEC))
    scene.samples.set_mode("sheet")
    watch = stage.bridge.sent[-1]
    assert isinstance(watch, Watch)
    assert watch.sheet.shape == (100, 74)
    stage.bridge.came.emit(Frame(step=9, layers={"sheet": greys(100)}))
    canvas = scene.samples.sheet.canvas
    assert QColor(canvas.grab().toImage().pixel(canvas.cell_rect(57).center().toPoint())).red() == 57
    sent = len(stage.bridge.sent)
    scene.latent.sliders[5].setValue(700)
    qtbot.waitUntil(lambda: len(stage.bridge.sent) > sent and (stage.bridge.sent[-1].sheet[:, 5] > 0.69).all())
    qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.cell_rect(57).center().toPoint())
    assert scene.latent.codes.buttons[0].value == 5
    assert scene.latent.latents[72] == pytest.approx(np.linspace(-1.5, 1.5, 10)[7], abs=1e-5)
    assert scene.latent.z[5] == pytest.approx(0.7)


def test_the_prior_keeps_to_z_and_the_codes_stay(stage, qtbot):
    spec = LatentSpec(dimensions=2, codes=(CategoricalCodeSpec(size=8),))
    stage.bridge.came.emit(opened(spec, plane=(-1.0, 1.0, -1.0, 1.0)))
    buttons = stage.scene.latent.codes.buttons[0]
    qtbot.mouseClick(buttons, Qt.MouseButton.LeftButton, pos=buttons.rect_of(5).center())
    stage.scene.prior.picked.emit(np.array([0.5, -0.5], np.float32))
    np.testing.assert_array_equal(stage.scene.latent.latents, np.float32([0.5, -0.5, *np.eye(8)[5]]))
    stage.scene.prior.hovered.emit(np.array([1.0, 1.0], np.float32))
    np.testing.assert_array_equal(stage.bridge.asked[-1][-1], np.float32([1, 1, *np.eye(8)[5]]))
