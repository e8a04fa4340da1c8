import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication

from ganstudio.experiment import ContinuousCodeSpec, LatentSpec, PlanesLatentSpec
from ganstudio.gui.latent.state import LatentState
from ganstudio.gui.latent.view import LatentView
from ganstudio.gui.text.numbers import number
from ganstudio.gui.text.words import name_of
from ganstudio.modalities import Images, Points
from ganstudio.training.messages import Rendered


@pytest.fixture
def latent(qtbot):
    view = LatentView()
    qtbot.addWidget(view)
    view.resize(420, 600)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def requests(latent):
    found = []
    latent.requested.connect(found.append)
    return found


def test_opening_asks_for_the_centre(latent, requests):
    latent.open(LatentSpec(dimensions=2), Points(), pictured=False)
    (codes,) = requests
    assert codes.dtype == np.float32
    assert codes.shape == (34, 2)
    assert (codes[0] == 0).all()
    assert codes[1:, 0] == pytest.approx(np.linspace(-3, 3, 33), abs=1e-6)
    assert (codes[1:, 1] == 0).all()


def test_a_slider_asks_at_once_and_is_traversed(latent, requests):
    latent.open(LatentSpec(dimensions=5), Images((1, 8, 8)), pictured=True)
    requests.clear()
    latent.sliders[3].setValue(500)
    (codes,) = requests
    assert codes.shape == (10, 5)
    assert codes[0].tolist() == pytest.approx([0, 0, 0, 1.5, 0])
    assert codes[1:, 3] == pytest.approx(np.linspace(-3, 3, 9), abs=1e-6)
    assert (codes[1:, [0, 1, 2, 4]] == 0).all()
    assert latent.sliders[3].text == "1.50"


def test_keys_turn_a_slider(latent, qtbot):
    latent.open(LatentSpec(dimensions=2), Points(), pictured=False)
    qtbot.keyClick(latent.sliders[0], Qt.Key.Key_Right)
    assert latent.z[0] == pytest.approx(0.06, abs=1e-6)
    qtbot.keyClick(latent.sliders[0], Qt.Key.Key_End)
    assert latent.z[0] == pytest.approx(3)
    qtbot.keyClick(latent.sliders[0], Qt.Key.Key_Home)
    assert latent.z[0] == pytest.approx(-3)


def test_the_mouse_drags_and_a_double_click_on_the_name_resets(latent, qtbot):
    latent.open(LatentSpec(dimensions=2), Points(), pictured=False)
    slider = latent.sliders[1]
    track = slider.track()
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=QPoint(round(track.left()), 13))
    assert latent.z[1] == pytest.approx(-3, abs=0.05)
    qtbot.mouseMove(slider, QPoint(round(track.center().x()), 13))
    assert latent.z[1] == pytest.approx(0, abs=0.05)
    qtbot.mouseMove(slider, QPoint(round(track.right()), 13))
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton)
    assert latent.z[1] == pytest.approx(3, abs=0.05)
    qtbot.mouseDClick(slider, Qt.MouseButton.LeftButton, pos=QPoint(3, 13))
    assert latent.z[1] == 0


def test_buttons_randomise_and_reset(latent, requests, qtbot):
    latent.open(LatentSpec(dimensions=64), Images((1, 8, 8)), pictured=True)
    requests.clear()
    qtbot.mouseClick(latent.head.randomise, Qt.MouseButton.LeftButton)
    assert len(requests) == 1
    assert 0.6 < latent.z.std() < 1.4
    qtbot.mouseClick(latent.head.reset, Qt.MouseButton.LeftButton)
    assert len(requests) == 2
    assert (latent.z == 0).all()


def test_planes_of_noise_are_drawn_as_a_whole_and_have_no_sliders(latent, requests):
    space = PlanesLatentSpec(dimensions=3 + 2 * 8 * 8, planes=((2, 8, 8),))
    latent.open(space, Images((1, 16, 16)), pictured=True)
    assert len(latent.sliders) == space.turned == 3
    latent.draws.randomise()
    assert requests[-1].shape == (10, 131)
    assert 0.6 < latent.z[3:].std() < 1.4
    before = latent.z
    latent.sliders[1].setValue(500)
    assert latent.z[1] == pytest.approx(1.5)
    np.testing.assert_array_equal(np.delete(latent.z, 1), np.delete(before, 1))


def test_truncation_scales_and_comes_back(latent, requests):
    latent.open(LatentSpec(dimensions=8), Images((1, 8, 8)), pictured=True)
    latent.draws.randomise()
    whole = latent.z
    latent.head.truncation.setValue(40)
    assert latent.truncation == pytest.approx(0.4)
    assert latent.z == pytest.approx(0.4 * whole, rel=1e-5)
    assert requests[-1][1:, 0] == pytest.approx(np.linspace(-1.2, 1.2, 9), abs=1e-6)
    latent.head.truncation.setValue(100)
    assert latent.z == pytest.approx(whole, rel=1e-6)


def test_a_given_latent_is_taken_exactly_even_beyond_the_sliders(latent, requests):
    latent.open(LatentSpec(dimensions=3), Images((1, 8, 8)), pictured=True)
    latent.draws.set_truncation(0.2)
    given = np.array([0.1234567, -3.75, 2.5], np.float32)
    requests.clear()
    latent.set_latents(given)
    assert len(requests) == 1
    assert (latent.z == given).all()
    assert (requests[0][0] == given).all()
    assert latent.truncation == 1
    assert [slider.value() for slider in latent.sliders] == [41, -1000, 833]
    assert latent.sliders[1].text == "−3.75"


@pytest.mark.parametrize("wrong", [np.zeros(4), np.zeros((1, 3)), np.array([0, np.nan, 0])])
def test_a_latent_that_does_not_fit_is_refused(latent, wrong):
    latent.open(LatentSpec(dimensions=3), Images((1, 8, 8)), pictured=True)
    with pytest.raises(ValueError, match=r"latent code"):
        latent.set_latents(wrong)
    assert (latent.z == 0).all()


def test_the_plane_gets_a_readout_and_the_probe(latent, qtbot):
    latent.open(LatentSpec(dimensions=2), Points(), pictured=False)
    samples = np.linspace(-1, 1, 68, dtype=np.float32).reshape(34, 2)
    samples[0] = (0.934, -0.384)
    with qtbot.waitSignal(latent.probe_changed) as caught:
        latent.show_rendered(Rendered(request=1, step=1200, samples=samples))
    point, trace, _name = caught.args
    assert point == pytest.approx([0.934, -0.384], abs=1e-6)
    assert trace is None  # no slider is held
    assert latent.head.readout.text() == "G(z) = (0.934, −0.384)"
    assert latent.head.step.text() == "step 1,200"
    assert not latent.head.preview.isVisible()


@pytest.fixture
def probed(latent):
    found = []
    latent.probe_changed.connect(lambda _point, trace, name: found.append((trace, name)))
    return found


def answer(latent, to):
    samples = np.linspace(-1, 1, 68, dtype=np.float32).reshape(34, 2) + to[0, 0]
    latent.show_rendered(Rendered(request=1, step=1200, samples=samples))
    return samples[1:]


def test_the_path_is_shown_while_the_mouse_holds_a_slider(latent, qtbot, requests, probed):
    latent.open(LatentSpec(dimensions=2), Points(), pictured=False)
    answer(latent, requests[-1])
    assert probed[-1][0] is None
    slider = latent.sliders[1]
    knob = QPoint(round(slider.track().center().x()), 13)
    qtbot.mousePress(slider, Qt.MouseButton.LeftButton, pos=knob)  # which moves nothing
    assert requests[-1][1:, 1] == pytest.approx(np.linspace(-3, 3, 33), abs=1e-6)
    path = answer(latent, requests[-1])
    assert probed[-1][0] == pytest.approx(path)
    assert probed[-1][1] == name_of(1)
    qtbot.mouseRelease(slider, Qt.MouseButton.LeftButton, pos=knob)
    assert probed[-1][0] is None
    answer(latent, requests[-1])
    assert probed[-1][0] is None
    qtbot.mousePress(latent.sliders[0], Qt.MouseButton.LeftButton, pos=knob)
    assert probed[-1] == (None, name_of(0))  # what is known is the other slider's path
    answer(latent, requests[-1])
    assert probed[-1][0] is not None
    latent.open(LatentSpec(dimensions=2), Points(), pictured=False)
    answer(latent, requests[-1])
    assert probed[-1][0] is None  # another game


def test_the_path_is_shown_while_keys_turn_a_slider_and_a_moment_after(latent, qtbot, requests, probed):
    latent.open(LatentSpec(dimensions=2), Points(), pictured=False)
    qtbot.keyClick(latent.sliders[1], Qt.Key.Key_Right)
    answer(latent, requests[-1])
    assert probed[-1][0] is not None
    assert probed[-1][1] == name_of(1)
    qtbot.waitUntil(lambda: probed[-1][0] is None)
    assert not latent._trace.held


def test_a_code_s_path_has_the_name_that_it_was_given(latent, qtbot, requests, probed):
    spec = LatentSpec(dimensions=2, codes=(ContinuousCodeSpec(name="slant"),))
    latent.open(spec, Points(), pictured=False)
    qtbot.keyClick(latent.codes.sliders[0], Qt.Key.Key_Left)
    answer(latent, requests[-1])
    assert probed[-1][0] is not None
    assert probed[-1][1] == "slant"


def images(count=10, size=8):
    grey = np.arange(count, dtype=np.uint8) * 20
    return np.broadcast_to(grey[:, None, None, None], (count, size, size, 1)).copy()


@pytest.mark.parametrize("dimensions", [2, 16])
def test_directions_stand_where_they_stood_when_another_game_opens(latent, dimensions):
    places = []
    for _ in range(3):
        latent.open(LatentSpec(dimensions=dimensions), Images((1, 8, 8)), pictured=True)
        order = [latent._controls.indexOf(widget) for widget in (latent.along.controls, latent._sliders)]
        places.append(order)
    assert places[0] == places[1] == places[2]
    assert (places[0][0] < places[0][1]) == (dimensions == 16)  # above many sliders, below few


@pytest.mark.parametrize("size", [8, 28, 32, 100, 128])
def test_the_large_image_is_whole_and_large_enough(latent, size):
    latent.open(LatentSpec(dimensions=16), Images((1, 8, 8)), pictured=True)
    latent.show_rendered(Rendered(request=1, step=1, samples=images(size=size)))
    preview = latent.head.preview
    assert preview.width() >= 128
    assert preview.width() % size == 0
    assert QColor(preview.grab().toImage().pixel(20, 20)).red() == 0
    assert latent.strip.sizeHint().height() == latent.strip.height()


@pytest.mark.parametrize(("height", "width"), [(24, 128), (2, 16), (256, 16)])
def test_a_long_picture_leaves_its_place_to_what_stands_beside(latent, height, width):
    latent.open(LatentSpec(dimensions=16), Images((1, height, width)), pictured=True)
    pictures = np.zeros((10, height, width, 1), np.uint8)
    latent.show_rendered(Rendered(request=1, step=1, samples=pictures))
    head = latent.head
    assert head.preview.width() <= latent.width() * 0.6
    truncation = head.truncation
    assert truncation.width() >= truncation.minimumSizeHint().width()
    assert truncation.track().width() >= 30  # between its name and its value
    assert latent.minimumSizeHint().width() <= 420


def test_what_is_read_has_a_place_of_its_own(latent):
    latent.open(LatentSpec(dimensions=16), Images((1, 2, 16)), pictured=True)
    preview = latent.head.preview
    strips = np.zeros((10, 2, 16, 1), np.uint8)
    latent.show_rendered(Rendered(request=1, step=1, samples=strips))
    looked_at = preview.size()
    assert looked_at.height() < 128
    preview.set_sample(np.zeros((2, 16), np.uint32), "the cat sees two birds")
    assert preview.height() == 128
    preview.set_sample(np.zeros((2, 16), np.uint32))
    assert preview.size() == looked_at


def test_the_strip_shows_the_traversal_and_takes_clicks(latent, qtbot, requests):
    latent.open(LatentSpec(dimensions=16), Images((1, 8, 8)), pictured=True)
    latent.sliders[4].setValue(500)
    latent.show_rendered(Rendered(request=1, step=1, samples=images()))
    qtbot.waitUntil(lambda: latent.strip.height() > 40)
    strip = latent.strip
    assert strip.share == pytest.approx(0.5)
    cell = strip._strip().width() / 9
    shown = strip.grab().toImage()
    assert [QColor(shown.pixel(round((k + 0.5) * cell), 10)).red() for k in (0, 4, 8)] == [20, 100, 180]
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=QPoint(round(0.5 * cell), 10))
    assert latent.z[4] == pytest.approx(-3)
    assert latent.sliders[4].value() == -1000
    assert requests[-1][0, 4] == pytest.approx(-3)


def test_an_answer_of_another_number_of_samples_is_left_aside(latent, qtbot):
    latent.open(LatentSpec(dimensions=16), Images((1, 8, 8)), pictured=True)
    with qtbot.assertNotEmitted(latent.probe_changed):
        latent.show_rendered(Rendered(request=1, step=1, samples=images(34)))
    assert latent.head.preview.image is None
    assert latent.head.step.text() == ""


def test_before_an_experiment_nothing_is_asked(latent, requests):
    latent.request()
    latent.draws.randomise()
    latent.draws.reset()
    assert requests == []
    assert latent.z.shape == (0,)
    with pytest.raises(ValueError, match="no experiment is open"):
        latent.set_latents(np.zeros(2))


def test_dimensions_may_change_from_one_experiment_to_the_next(latent):
    for count in (2, 40, 3, 512, 1):
        latent.open(LatentSpec(dimensions=count), Points(), pictured=False)
        assert len(latent.sliders) == count
        assert latent.sliders[-1].name == name_of(count - 1)
        assert latent.z.shape == (count,)


def test_columns_follow_the_width(latent, qtbot):
    latent.open(LatentSpec(dimensions=30), Points(), pictured=False)

    def columns():
        return len({slider.x() for slider in latent.sliders})

    assert columns() == 1
    latent.resize(900, 600)
    qtbot.waitUntil(lambda: columns() == 3)
    right = max(slider.geometry().right() for slider in latent.sliders)
    assert 800 < right < 900


def test_a_hundred_and_twenty_eight_sliders_are_there_at_once(latent):
    began = time.thread_time()
    latent.open(LatentSpec(dimensions=128), Images((1, 8, 8)), pictured=True)
    took = time.thread_time() - began
    assert 0 < took < 0.1  # measured 0.025 on the slower of two cores


def test_an_answer_is_painted_within_a_few_milliseconds(latent):
    latent.open(LatentSpec(dimensions=128), Images((1, 8, 8)), pictured=True)
    latent.show_rendered(Rendered(request=0, step=0, samples=images()))
    QApplication.processEvents()
    took = []
    for k in range(15):
        latent.sliders[2].setValue(k * 10 + 1)
        began = time.thread_time()
        latent.show_rendered(Rendered(request=k, step=k, samples=images()))
        QApplication.processEvents()
        took.append(time.thread_time() - began)
    assert 0 < np.median(took) < 0.01  # measured 0.0008


@pytest.mark.parametrize(("prior", "reach"), [("normal", 3.0), ("uniform", 1.0)])
def test_the_prior_is_drawn_within_its_reach(prior, reach):
    state = LatentState(LatentSpec(prior=prior, dimensions=512), seed=3)
    state.set_truncation(0.5)
    draws = []
    for _ in range(20):
        state.randomise()
        draws.append(state.z)
    drawn = np.stack(draws)
    assert np.abs(drawn).max() <= reach / 2
    spread = {"normal": 0.4933, "uniform": 0.2887}[prior]  # of a normal cut at three sigma; 1 / sqrt(12)
    assert drawn.std() == pytest.approx(spread, rel=0.03)
    assert drawn.mean() == pytest.approx(0, abs=0.02)


def test_names_and_numbers():
    assert name_of(0) == "z₁"
    assert name_of(127) == "z₁₂₈"
    assert number(-0.001) == "0.00"
    assert number(-1.5) == "−1.50"
