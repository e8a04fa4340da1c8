import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor

from ganstudio.experiment import Experiment
from ganstudio.gui import theme
from ganstudio.gui.views.plane import PlaneView
from ganstudio.training.messages import Frame, Opened, Watch

BOUNDS = (-1.0, 1.0, -1.0, 1.0)


def opened(real, plane=BOUNDS):
    return Opened(
        experiment=Experiment(),
        run=None,
        step=7,
        seconds=0.0,
        data_name="ring",
        data_count=None,
        data_shape=(2,),
        real=real,
        latents=np.zeros((4, 2), np.float32),
        plane=plane,
        skipped=(),
        skipped_count=0,
        generator_parameters=1,
        discriminator_parameters=1,
        device="cpu",
        threads=1,
    )


def slope(cells=64):
    """D(x) = (x + 1) / 2 over BOUNDS, at the cells' centres."""
    values = (np.arange(cells) + 0.5) / cells
    return np.tile(values, (cells, 1)).astype(np.float32)


@pytest.fixture
def plane(qtbot):
    view = PlaneView()
    qtbot.addWidget(view)
    view.resize(700, 700)
    with qtbot.waitExposed(view):
        view.show()
    return view


def colour_at(view, x, y):
    """Colour on the screen at a point of the plane."""
    box = view._plot.getViewBox()
    place = view._plot.mapFromScene(box.mapViewToScene(QPointF(x, y)))
    image = view._plot.grab().toImage()
    return QColor(image.pixel(place * image.devicePixelRatio()))


def near(colour, name, tolerance=40):
    other = QColor(name)
    return all(abs(a - b) <= tolerance for a, b in zip(colour.getRgb()[:3], other.getRgb()[:3], strict=True))


def test_points_stand_where_they_are_in_their_players_colour(plane):
    plane.open(opened(np.array([[0.5, 0.5]], np.float32)))
    plane.show_frame(Frame(step=3, layers={"generated": np.array([[-0.5, 0.25]], np.float32)}, bounds=BOUNDS))
    assert near(colour_at(plane, 0.5, 0.5), theme.REAL)
    assert near(colour_at(plane, -0.5, 0.25), theme.FAKE)
    assert near(colour_at(plane, -0.5, -0.25), theme.BACKGROUND, 8)


def test_a_layer_that_is_off_is_not_drawn(plane):
    plane.open(opened(np.array([[0.5, 0.5]], np.float32)))
    plane.set_layer("real", False)
    assert near(colour_at(plane, 0.5, 0.5), theme.BACKGROUND, 8)


def test_landscape_is_amber_left_and_teal_right_and_dark_between(plane):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    plane.show_frame(Frame(step=3, layers={"landscape": slope()}, bounds=BOUNDS))
    left, middle, right = (colour_at(plane, x, 0.1) for x in (-0.95, 0.0, 0.95))
    assert left.red() > left.blue() + 60
    assert right.green() > right.red() + 60
    assert near(middle, theme.BACKGROUND, 14)


def test_row_zero_of_the_landscape_lies_lowest(plane):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    plane.show_frame(Frame(step=3, layers={"landscape": slope().T.copy()}, bounds=BOUNDS))
    low, high = colour_at(plane, 0.1, -0.95), colour_at(plane, 0.1, 0.95)
    assert low.red() > low.blue() + 60
    assert high.green() > high.red() + 60


def test_the_aspect_stays_equal_and_fit_returns(plane, qtbot):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    left, right, low, high = plane.visible_bounds()
    assert left <= -1
    assert right >= 1
    box = plane._plot.getViewBox()
    pixel = box.viewPixelSize()
    assert pixel[0] == pytest.approx(pixel[1], rel=1e-6)
    box.setRange(xRange=(5, 5.1), yRange=(5, 5.1))
    assert plane.visible_bounds()[0] > 4
    qtbot.mouseClick(plane._fit, Qt.MouseButton.LeftButton)
    assert plane.visible_bounds() == pytest.approx((left, right, low, high), abs=1e-6)


def test_watch_follows_the_layers_at_once(plane, qtbot):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    with qtbot.waitSignal(plane.watch_changed) as caught:
        plane.set_layer("manifold", True)
    assert isinstance(caught.args[0], Watch)
    assert caught.args[0].layers == {"generated", "landscape", "manifold"}
    with qtbot.waitSignal(plane.watch_changed) as caught:
        plane.set_layer("landscape", False)
    assert caught.args[0].layers == {"generated", "manifold"}


def test_the_real_points_are_not_computed_so_not_watched(plane, qtbot):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    with qtbot.assertNotEmitted(plane.watch_changed):
        plane.set_layer("real", False)
    assert plane.watch().layers == {"generated", "landscape"}


def test_a_zoom_is_told_once_it_has_settled(plane, qtbot):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    box = plane._plot.getViewBox()
    told = []
    plane.watch_changed.connect(told.append)
    for _ in range(5):
        box.scaleBy((0.9, 0.9))
    assert told == []
    qtbot.waitUntil(lambda: len(told) == 1)
    assert told[0].bounds == pytest.approx(plane.visible_bounds())


def test_hover_tells_place_and_verdict(plane, qtbot):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    plane.show_frame(Frame(step=3, layers={"landscape": slope()}, bounds=BOUNDS))
    place = plane._plot.getViewBox().mapViewToScene(QPointF(0.5, -0.25))
    plane._on_mouse_moved(place)
    assert plane._hover.text() == "x = (0.50, −0.25)    D(x) = 0.76"
    plane.set_layer("landscape", False)
    plane._on_mouse_moved(place)
    assert plane._hover.text() == "x = (0.50, −0.25)"
    plane._on_mouse_moved(QPointF(-50, -50))
    assert plane._hover.text() == ""


def test_manifold_joins_neighbours_both_ways(plane):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    grid = np.stack(np.meshgrid(np.linspace(-1, 1, 4), np.linspace(-1, 1, 4)), -1).astype(np.float32)
    plane.show_frame(Frame(step=1, layers={"manifold": grid}, bounds=BOUNDS))
    assert plane._manifold.segments.shape == (2 * 4 * 3, 2, 2)
    plane.show_frame(Frame(step=1, layers={"manifold": grid[:, :1]}, bounds=BOUNDS))
    assert plane._manifold.segments.shape == (3, 2, 2)


def test_the_probe_shows_a_ring_and_goes_with_the_next_experiment(plane):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    plane.show_probe(np.array([0.2, 0.3], np.float32), np.array([[-0.5, 0], [0.5, 0]], np.float32))
    assert near(colour_at(plane, 0.2, 0.3), theme.FAKE)
    row = [colour_at(plane, 0.4, y).lightness() for y in np.linspace(-0.02, 0.02, 15)]
    assert 150 < max(row) <= 255
    plane.open(opened(np.zeros((0, 2), np.float32)))
    assert near(colour_at(plane, 0.2, 0.3), theme.BACKGROUND, 8)


def test_a_diverged_generator_is_survived(plane):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    plane.set_layer("manifold", True)
    wild = np.array([[np.nan, 0], [np.inf, 1], [1e30, -1e30], [0.1, 0.1]], np.float32)
    layers = {"generated": wild, "manifold": wild.reshape(2, 2, 2), "landscape": np.full((8, 8), np.nan, np.float32)}
    plane.show_frame(Frame(step=1, layers=layers, bounds=BOUNDS))
    assert len(plane._generated.points) == 2
    assert near(colour_at(plane, 0.1, 0.1), theme.FAKE, 80)
    plane.show_probe(np.array([np.nan, 1.0]), wild)
    colour_at(plane, 0.1, 0.1)
    assert plane._probe.point is None
    assert len(plane._probe.trace) == 2


def test_before_an_experiment_it_says_so_and_watches_no_bounds(plane):
    assert plane._empty.isVisible()
    assert plane.watch().bounds is None
    plane.open(opened(np.zeros((1, 2), np.float32)))
    assert not plane._empty.isVisible()
    assert plane._step.text() == "step 7"
    plane.show_frame(Frame(step=12000, layers={}))
    assert plane._step.text() == "step 12,000"


def test_leaving_the_plot_clears_the_readout(plane, qtbot):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    plane._on_mouse_moved(plane._plot.getViewBox().mapViewToScene(QPointF(0, 0)))
    assert plane._hover.text()
    qtbot.mouseMove(plane._plot.viewport(), QPoint(5, 5))
    plane._on_mouse_moved(QPointF(1, 1))
    assert plane._hover.text() == ""
