import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QColor, QMouseEvent

from ganstudio.experiment import LatentSpec
from ganstudio.gui.latent import prior_space as space
from ganstudio.gui.latent.prior import PriorView
from ganstudio.gui.latent.view import LatentView
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.nearest import nearest
from ganstudio.gui.plane.inspect import Reconstruction
from ganstudio.gui.plane.link import PriorLink
from ganstudio.latent import latent_grid
from ganstudio.modalities import Points
from ganstudio.training.pictures.plane import GRID_LINES

PRIORS = ("normal", "uniform")


def spec(prior="normal", dimensions=2):
    return LatentSpec(prior=prior, dimensions=dimensions)


def draw(latent, count=400, seed=0):
    random = np.random.default_rng(seed)
    shape = (count, latent.dimensions)
    drawn = random.standard_normal(shape) if latent.prior == "normal" else random.uniform(-1, 1, shape)
    return drawn.astype(np.float32)


@pytest.fixture
def prior(qtbot):
    view = PriorView()
    qtbot.addWidget(view)
    view.resize(260, 280)
    with qtbot.waitExposed(view):
        view.show()
    return view


@pytest.fixture
def told(prior):
    """What the view has said: (hovered, picked)."""
    hovered, picked = [], []
    prior.hovered.connect(hovered.append)
    prior.picked.connect(picked.append)
    return hovered, picked


def place(view, *z):
    return view._canvas.stage().place_of(np.array(z, float))


def below(view):
    """Pixels from the plot to the words below it."""
    return view._readout.y() - view._canvas.mapTo(view, view._canvas.stage().plot.bottomRight().toPoint()).y()


def mouse(view, kind, where, button=Qt.MouseButton.NoButton):
    """A mouse event at a place of the canvas, to the fraction of a pixel."""
    held = button if kind != QEvent.Type.MouseButtonRelease else Qt.MouseButton.NoButton
    event = QMouseEvent(kind, where, view._canvas.mapToGlobal(where), button, held, Qt.KeyboardModifier.NoModifier)
    view._canvas.event(event)


def move(view, where):
    mouse(view, QEvent.Type.MouseMove, where)


def press(view, where):
    mouse(view, QEvent.Type.MouseButtonPress, where, Qt.MouseButton.LeftButton)


def release(view, where):
    mouse(view, QEvent.Type.MouseButtonRelease, where, Qt.MouseButton.LeftButton)


def colour_at(view, *z):
    image = view._canvas.grab().toImage()
    return QColor(image.pixel((place(view, *z) * image.devicePixelRatio()).toPoint()))


def near(colour, name, tolerance=30):
    return all(abs(a - b) <= tolerance for a, b in zip(colour.getRgb()[:3], QColor(name).getRgb()[:3], strict=True))


# --- the space itself ---


@pytest.mark.parametrize("kind", PRIORS)
@pytest.mark.parametrize("dimensions", [1, 2])
def test_the_grid_is_the_one_that_the_frames_show(kind, dimensions):
    latent = spec(kind, dimensions)
    assert space.GRID_LINES == GRID_LINES
    assert space.grid_axis(latent) == pytest.approx(np.unique(latent_grid(latent, GRID_LINES)[:, 0]), abs=1e-6)


@pytest.mark.parametrize("kind", PRIORS)
def test_the_density_is_one_in_all(kind):
    z = np.linspace(-6, 6, 12001)
    density = space.density(spec(kind, 1), z)
    assert np.trapezoid(density, z) == pytest.approx(1, abs=1e-3)


def test_nearest_keeps_the_index_past_points_that_are_not_finite():
    points = np.array([[np.nan, 0], [1, 1], [np.inf, 0], [0.2, 0]], np.float32)
    assert nearest(points, (0, 0)) == 3
    assert nearest(points, (0.9, 0.9)) == 1
    assert nearest(points, (0, 0), reach=0.1) is None
    assert nearest(points, (0, 0), reach=0.21) == 3
    assert nearest(points[:1], (0, 0)) is None
    assert nearest(np.empty((0, 2)), (0, 0)) is None


def test_the_link_finds_the_latent_whose_image_is_under_the_mouse_and_marks_what_is_finite(qtbot):
    points, link = Reconstruction(1), PriorLink(2)
    assert points.near(0, 0, 1, "generated") is None
    points.set_points("generated", np.array([[np.nan, np.nan], [0.5, 0.5], [0.52, 0.5]], np.float32))
    assert [points.near(x, 0.5, 0.01, "generated")[0] for x in (0.5, 0.53)] == [1, 2]
    assert points.near(0.64, 0.5, 0.01, "generated") is None
    assert points.near(0.64, 0.5, 0.02, "generated")[0] == 2  # zoomed out, a pixel is more of the plane
    link.set_point(np.array([0.5, 0.25], np.float32))
    assert link.point.tolist() == [0.5, 0.25]
    link.set_point(np.array([np.inf, 0]))
    assert link.point is None


# --- the view ---


def test_before_an_experiment_and_in_many_dimensions_it_says_so(prior, told):
    assert prior._empty.isVisible()
    assert prior._empty.text() == "The prior of z comes with the game"
    prior.set_current(np.zeros(2, np.float32))
    prior.show_linked(3)
    assert [PriorView.available(spec(dimensions=d)) for d in (1, 2, 3, 64)] == [True, True, False, False]
    prior.open(spec(), draw(spec()))
    assert not prior._empty.isVisible()
    prior.open(spec(dimensions=64), draw(spec(dimensions=64)))
    assert prior._empty.isVisible()
    assert prior._empty.text() == "z has 64 dimensions: use the sliders"


@pytest.mark.parametrize("kind", PRIORS)
def test_hover_tells_the_z_under_the_mouse(prior, told, kind):
    prior.open(spec(kind), draw(spec(kind)))
    rest = prior._readout.text()
    move(prior, place(prior, 0.5, -0.75))
    (z,) = told[0]
    assert z.dtype == np.float32
    assert z == pytest.approx([0.5, -0.75], abs=1e-5)
    assert prior._readout.text() == "z = (0.50, −0.75)"
    prior._canvas.leaveEvent(QEvent(QEvent.Type.Leave))
    prior._canvas.leaveEvent(QEvent(QEvent.Type.Leave))
    assert told[0][1:] == [None]
    assert prior._readout.text() == rest
    assert told[1] == []


def test_outside_the_range_of_the_sliders_nothing_is_hovered(prior, told):
    prior.open(spec("uniform"), draw(spec("uniform")))
    move(prior, place(prior, 1.03, 0))
    press(prior, place(prior, 1.03, 0))
    assert told == ([], [])
    move(prior, place(prior, 0.99, 0.99))
    move(prior, place(prior, 0, 1.03))
    assert len(told[0]) == 2
    assert told[0][1] is None


def test_a_click_and_a_drag_pick_and_stay_within_the_sliders_range(prior, told):
    prior.open(spec(), draw(spec()))
    move(prior, place(prior, 1, 1))
    press(prior, place(prior, 1, 1))
    move(prior, place(prior, 1.5, -0.5))
    move(prior, place(prior, 9, -9))
    release(prior, place(prior, 9, -9))
    assert [z.tolist() for z in told[1]] == [
        pytest.approx([1, 1], abs=1e-5),
        pytest.approx([1.5, -0.5], abs=1e-5),
        [3, -3],
    ]
    assert len(told[0]) == 2
    assert told[0][1] is None  # what is dragged is not hovered
    assert prior._readout.text() == "z = (3.00, −3.00)"
    move(prior, place(prior, 0, 0))
    assert len(told[1]) == 3
    assert told[0][2] == pytest.approx([0, 0], abs=1e-5)


def test_one_dimension_is_a_line_and_the_height_of_the_mouse_means_nothing(prior, told):
    latent = spec(dimensions=1)
    prior.open(latent, draw(latent))
    plot = prior._canvas.stage().plot
    for y in (plot.top() + 1, plot.bottom() - 1):
        move(prior, QPointF(place(prior, -1.2).x(), y))
    assert [z.tolist() for z in told[0]] == [pytest.approx([-1.2], abs=1e-5)] * 2
    assert prior._readout.text() == "z = −1.20"
    press(prior, place(prior, 0.7))
    assert told[1][0] == pytest.approx([0.7], abs=1e-5)


def test_keys_walk_through_z(prior, told, qtbot):
    prior.open(spec("uniform"), draw(spec("uniform")))
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Left):
        qtbot.keyClick(prior._canvas, key)
    assert told[1][-1] == pytest.approx([-0.02, 0.04], abs=1e-6)
    assert prior._canvas.accessibleName() == "Prior of z"
    assert prior._canvas.accessibleDescription() == "z = (−0.02, 0.04)"
    qtbot.keyClick(prior._canvas, Qt.Key.Key_Home)
    assert told[1][-1].tolist() == [0, 0]
    prior.set_current(np.array([0.995, 0], np.float32))
    qtbot.keyClick(prior._canvas, Qt.Key.Key_Right)
    assert told[1][-1].tolist() == [1, 0]
    prior.open(spec(dimensions=1), draw(spec(dimensions=1)))
    count = len(told[1])
    qtbot.keyClick(prior._canvas, Qt.Key.Key_Up)
    assert len(told[1]) == count


def test_sliders_and_prior_move_each_other_without_end(prior, told, qtbot):
    latent = LatentView()
    qtbot.addWidget(latent)
    prior.picked.connect(latent.set_latents)
    latent.requested.connect(lambda codes: prior.set_current(codes[0]))
    prior.open(spec(), draw(spec()))
    latent.open(spec(), Points(), pictured=False)
    assert prior._canvas.current.tolist() == [0, 0]
    press(prior, place(prior, 1.5, -0.6))
    assert latent.z == pytest.approx([1.5, -0.6], abs=1e-5)
    latent.sliders[0].setValue(100)
    assert prior._canvas.current == pytest.approx([0.3, -0.6], abs=1e-5)
    assert len(told[1]) == 1


def test_a_code_of_another_experiment_is_left_aside(prior):
    prior.open(spec(dimensions=1), draw(spec(dimensions=1)))
    prior.set_current(np.array([0.5], np.float32))
    prior.set_current(np.zeros(2, np.float32))
    assert prior._canvas.current.tolist() == [0.5]
    prior.set_current(None)
    assert prior._canvas.current is None


def test_the_linked_latent_is_ringed_and_told(prior):
    latents = np.array([[0.5, 0.25], [-1, 2.5]], np.float32)
    prior.open(spec(), latents)
    rest, before = prior._readout.text(), prior._canvas.grab().toImage()
    prior.show_linked(1)
    assert prior._readout.text() == "z = (−1.00, 2.50)"
    rim = place(prior, -1, 2.5) + QPointF(5, 0)
    image = prior._canvas.grab().toImage()
    ratio = image.devicePixelRatio()
    assert near(QColor(image.pixel((rim * ratio).toPoint())), theme.TEXT, 60)
    prior.show_linked(None)
    assert prior._readout.text() == rest
    assert prior._canvas.grab().toImage() == before
    prior.show_linked(2)  # a frame of the experiment before may have had more
    assert prior._canvas.linked is None


def test_latents_stand_in_their_places(prior):
    latents = np.array([[1.5, 1], [-1.5, 1], [4.5, 0]], np.float32)
    prior.open(spec(), latents)
    assert near(colour_at(prior, 1.5, 1), theme.FAKE, 60)
    assert not near(colour_at(prior, 1.5, -1), theme.FAKE, 60)
    # One beyond the sliders' range is shown too.
    assert near(colour_at(prior, 4.5, 0), theme.FAKE, 60)
    assert near(colour_at(prior, -1.5, 1), theme.FAKE, 60)


def test_the_density_is_shaded_and_the_grid_drawn_on_it(prior):
    nothing = np.empty((0, 2), np.float32)
    prior.open(spec(), nothing)
    centre, tail = colour_at(prior, 0.08, 0.08), colour_at(prior, 2.6, 2.6)
    assert near(centre, theme.DENSEST, 6)
    assert near(tail, theme.BACKGROUND, 6)
    before = prior._canvas.grab().toImage()
    prior.show_grid(True)
    for x in (2, 1):
        assert (
            colour_at(prior, x, 0.08).red() > max(colour_at(prior, x + way, 0.08).red() for way in (-0.08, 0.08)) + 20
        )
    assert near(colour_at(prior, 2.1, 0.08), theme.BACKGROUND, 12)
    prior.show_grid(False)
    assert prior._canvas.grab().toImage() == before
    prior.open(spec("uniform"), nothing)
    for z in (0.08, 0.9):
        assert near(colour_at(prior, z, z), theme.DENSEST, 2)
    assert near(colour_at(prior, 1.03, 0), theme.BACKGROUND, 2)


def test_one_dimensional_latents_fill_the_area_under_the_curve(prior):
    latent = spec(dimensions=1)
    latents = draw(latent, 1000)
    prior.open(latent, latents)
    stage = prior._canvas.stage()
    dots = np.array([(dot.x(), dot.y()) for dot in stage.dots()])
    assert dots[:, 0] == pytest.approx(stage.across(latents[:, 0]), abs=1e-9)
    curve = stage.curve(latents[:, 0])
    shares = (stage.plot.bottom() - dots[:, 1]) / (stage.plot.bottom() - curve)
    assert np.sort(shares) == pytest.approx(np.linspace(0, 1, 1000), abs=0.01)
    assert stage.plot.bottom() - curve.min() == pytest.approx(0.92 * stage.plot.height(), rel=0.01)


@pytest.mark.parametrize("dimensions", [1, 2])
def test_it_stands_at_every_size(qtbot, prior, dimensions):
    latent = spec(dimensions=dimensions)
    prior.open(latent, draw(latent))
    for width, height in ((160, 160), (600, 170), (170, 600)):
        prior.resize(width, height)
        prior.grab()
        canvas, plot = prior._canvas, prior._canvas.stage().plot
        assert plot.left() >= 0
        assert plot.right() < canvas.width()
        assert plot.bottom() + 12 <= canvas.height()
        assert min(plot.width(), plot.height()) >= 95
        assert dimensions == 1 or plot.width() == plot.height()
        qtbot.waitUntil(lambda: below(prior) <= 36)  # pixels of the axis between them, and no empty room


def test_a_moving_mouse_does_not_paint_the_latents_again(prior, monkeypatch):
    from ganstudio.gui.latent import prior_canvas

    prior.open(spec(), draw(spec()))
    prior.grab()
    painted = []
    original = prior_canvas.paint_still
    monkeypatch.setattr(prior_canvas, "paint_still", lambda *a, **k: painted.append(1) or original(*a, **k))
    for x in np.linspace(-1, 1, 5):
        move(prior, place(prior, x, 0))
        prior.set_current(np.array([x, 0], np.float32))
        prior.show_linked(2)
        prior.grab()
    assert painted == []
    prior.show_grid(True)
    prior.grab()
    assert painted == [1]
