import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage

from ganstudio.experiment import Experiment
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.ways_out import picture_of
from ganstudio.gui.plane.arrows import vanishing_text
from ganstudio.gui.plane.layers import Points as PointLayer
from ganstudio.gui.plane.plot import PlanePlot
from ganstudio.gui.plane.view import PlaneView
from ganstudio.modalities import Points
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
        modality=Points(),
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
    left, right, low, high = plane._plot.seen()
    assert left <= -1
    assert right >= 1
    box = plane._plot.getViewBox()
    pixel = box.viewPixelSize()
    assert pixel[0] == pytest.approx(pixel[1], rel=1e-6)
    box.setRange(xRange=(5, 5.1), yRange=(5, 5.1))
    assert plane._plot.seen()[0] > 4
    qtbot.mouseClick(plane._fit, Qt.MouseButton.LeftButton)
    assert plane._plot.seen() == pytest.approx((left, right, low, high), abs=1e-6)


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
    assert told[0].bounds == pytest.approx(plane._plot.seen())


def test_hover_tells_place_and_verdict(plane, qtbot):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    plane.show_frame(Frame(step=3, layers={"landscape": slope()}, bounds=BOUNDS))
    place = plane._plot.getViewBox().mapViewToScene(QPointF(0.51, -0.25))
    plane._on_mouse_moved(place)
    assert plane._hover.text() == "x = (0.51, −0.25)    D(x) = 0.76"
    plane.set_layer("landscape", False)
    plane._on_mouse_moved(place)
    assert plane._hover.text() == "x = (0.51, −0.25)"
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


@pytest.mark.parametrize("end", [0.5, 0.999, 3.0])
def test_a_path_s_end_says_which_slider_it_is_of_and_within_the_plane(plane, end):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    path = np.linspace([-end, 0], [end, 0], 33)
    plane.show_probe(np.zeros(2), path, "")
    bare = plane._plot.grab().toImage()
    plane.show_probe(np.zeros(2), path, "z₁")
    named = plane._plot.grab().toImage()
    ratio = named.devicePixelRatio()
    box = plane._plot.getViewBox().sceneBoundingRect()
    changed = [
        (x / ratio, y / ratio)
        for x in range(named.width())
        for y in range(named.height())
        if named.pixel(x, y) != bare.pixel(x, y)
    ]
    xs, ys = zip(*changed, strict=True)
    assert 12 < max(xs) - min(xs) < 60
    assert 12 < max(ys) - min(ys) < 40
    assert box.contains(QPointF(min(xs), min(ys)))
    assert box.contains(QPointF(max(xs), max(ys)))
    middle = plane._plot.getViewBox().mapViewToScene(QPointF(min(end, 1.0), 0))
    assert abs((min(ys) + max(ys)) / 2 - middle.y()) < 6
    assert (min(xs) + max(xs)) / 2 == pytest.approx(middle.x(), abs=45)


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


# --- the optimal D ---


def study(optimal, difference, step=3):
    return {"optimal": optimal, "difference": difference, "optimal_step": np.array(step)}


def test_the_heat_map_is_one_of_d_its_optimum_and_their_difference(plane, qtbot):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    assert plane.choices.heat_chip.text() == "D(x) ▾"
    with qtbot.waitSignal(plane.watch_changed) as caught:
        plane.set_layer("optimal", True)
    assert caught.args[0].layers == {"generated", "optimal"}
    assert plane.choices.heat_chip.text() == "D*(x) ▾"
    assert plane.judged.bar.heat.title == "D*(x)"
    plane.set_layer("difference", True)
    assert plane.watch().layers == {"generated", "optimal"}
    assert plane.judged.bar.heat.low == -plane.judged.bar.heat.high
    with qtbot.waitSignal(plane.watch_changed) as caught:
        plane.set_layer("difference", False)
    assert caught.args[0].layers == {"generated"}
    assert plane.choices.heat_chip.text() == "Heat map ▾"
    assert not plane.choices.heat_chip.isChecked()
    assert not plane.judged.bar.isVisible()


def test_changing_the_heat_map_is_told_once(plane):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    told = []
    plane.watch_changed.connect(told.append)
    plane.set_layer("optimal", True)
    assert len(told) == 1


def test_optimum_has_the_colours_of_d_and_stripes_where_nobody_is(plane):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    plane.set_layer("optimal", True)
    assert near(colour_at(plane, 0.9, 0.1), theme.BACKGROUND, 8)  # D's colours are gone at once
    optimal = slope()
    optimal[:32] = np.nan
    plane.show_frame(Frame(step=3, layers=study(optimal, optimal - 0.5), bounds=BOUNDS))
    left, right = colour_at(plane, -0.95, 0.5), colour_at(plane, 0.95, 0.5)
    assert left.red() > left.blue() + 60
    assert right.green() > right.red() + 60
    striped = {colour_at(plane, 0.9, y).name() for y in np.linspace(-0.9, -0.1, 20)}
    assert len(striped) > 2
    assert all(QColor(name).saturation() < 110 and QColor(name).value() < 70 for name in striped)


def test_difference_is_blue_where_d_trusts_too_much_and_red_where_too_little(plane):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    plane.set_layer("difference", True)
    plane.show_frame(Frame(step=3, layers=study(slope(), slope() - 0.5), bounds=BOUNDS))
    left, middle, right = (colour_at(plane, x, 0.1) for x in (-0.95, 0.0, 0.95))
    assert left.red() > left.green() + 60
    assert right.blue() > right.red() + 60
    assert near(middle, theme.BACKGROUND, 20)


def test_hover_tells_d_and_its_optimum_of_the_same_step(plane):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    plane.set_layer("optimal", True)
    optimal = np.full((64, 64), 0.25, np.float32)
    optimal[:32] = np.nan
    plane.show_frame(Frame(step=9, layers=study(optimal, optimal + 0.25, step=7), bounds=BOUNDS))
    scene = plane._plot.getViewBox().mapViewToScene
    plane._on_mouse_moved(scene(QPointF(0.51, 0.3)))
    assert plane._hover.text() == "x = (0.51, 0.30)    D = 0.75    D* = 0.25"
    plane._on_mouse_moved(scene(QPointF(0.51, -0.3)))
    assert plane._hover.text() == "x = (0.51, −0.30)    nobody here"
    assert plane._step.text() == "step 9 · D* of 7"
    plane.show_frame(Frame(step=9, layers=study(optimal, optimal, step=9), bounds=BOUNDS))
    assert plane._step.text() == "step 9"
    plane.open(opened(np.zeros((1, 2), np.float32)))
    plane._on_mouse_moved(scene(QPointF(0.51, 0.3)))
    assert plane._hover.text() == "x = (0.51, 0.30)"


# --- arrows ---


def arrows(saturating, other, count=5):
    points = np.stack([np.linspace(-0.8, 0.8, count), np.zeros(count)], 1)
    vectors = [np.tile((size, 0.0), (count, 1)) for size in (saturating, other, saturating + other)]
    return np.stack([points, *vectors]).astype(np.float32)


def arrow_frame(saturating, other):
    layers = {"arrows": arrows(saturating, other), "vanishing": np.array(saturating / other, np.float32)}
    return Frame(step=3, layers=layers, bounds=BOUNDS)


def test_arrows_are_asked_for_when_an_update_is_ticked(plane, qtbot):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    assert not plane._gauge.isVisible()
    assert not plane._legend.isVisible()
    with qtbot.waitSignal(plane.watch_changed) as caught:
        plane.set_layer("saturating", True)
    assert caught.args[0].layers == {"generated", "landscape", "arrows"}
    assert plane._gauge.isVisible()
    plane.set_layer("saturating", False)
    assert plane.watch().layers == {"generated", "landscape"}
    assert not plane._gauge.isVisible()


def test_arrows_have_one_scale_and_their_updates_colours(plane):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    for name in ("saturating", "non_saturating"):
        plane.set_layer(name, True)
    plane.show_frame(arrow_frame(0.5, 1.0))
    assert plane._arrows.unit == 2  # the sum's length, 1.5, rounded to 1, 2 or 5
    place = np.array([[100.0, -100.0], [0.0, 0.0]])
    for name, pixels in (("saturating", 10), ("non_saturating", 20), ("combined", 30)):
        shafts = plane._arrows.lines(name, place)[:5]
        assert shafts[:, 1, 0] - shafts[:, 0, 0] == pytest.approx(np.full(5, pixels), abs=1e-3)
    assert plane._legend.texts() == ["Saturating", "Non-saturating", "arrow of this length: 2 per unit"]
    place = plane._plot.mapFromScene(plane._plot.getViewBox().mapViewToScene(QPointF(0, 0)))
    image = plane._plot.grab().toImage()
    column = [QColor(image.pixel(place.x() + 4, place.y() + y)) for y in range(-5, 6)]
    assert any(colour.red() > colour.green() + 80 for colour in column)
    assert any(colour.green() > colour.blue() + 50 for colour in column)


def test_arrows_point_up_where_the_data_goes_up(plane):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    plane.set_layer("combined", True)
    vectors = arrows(0.5, 0.5)[..., ::-1].copy()
    plane.show_frame(Frame(step=3, layers={"arrows": vectors}, bounds=BOUNDS))
    shaft = plane._arrows.lines("combined", np.array([[100.0, -100.0], [0.0, 0.0]]))[0]
    assert shaft[1, 1] - shaft[0, 1] == pytest.approx(-40, abs=1e-3)


def test_another_objective_has_its_own_arrows_alone(plane):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    plane.set_layer("combined", True)
    plane.show_frame(arrow_frame(0.5, 1.0))
    assert plane.choices.arrow_chip.chosen() == {"combined"}
    plane.show_frame(Frame(step=4, layers={"arrows": arrows(0.5, 1.0)[:2]}, bounds=BOUNDS))
    assert plane.choices.arrow_chip.chosen() == {"own"}
    offered = [entry.text() for entry in plane.choices.arrow_chip.entries.values() if entry.isVisible()]
    assert offered == ["This objective's"]
    assert plane._legend.texts()[0] == "This objective's"
    assert not plane._gauge.isVisible()
    plane.show_frame(arrow_frame(0.5, 1.0))
    assert plane.choices.arrow_chip.chosen() == {"combined"}
    assert plane._gauge.isVisible()


def test_arrows_that_diverged_or_vanished_are_survived(plane):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    plane.set_layer("saturating", True)
    for vectors in (np.full((4, 3, 2), np.nan), np.zeros((4, 3, 2)), np.zeros((4, 0, 2)), np.full((4, 3, 2), 1e35)):
        plane.show_frame(
            Frame(step=3, layers={"arrows": vectors, "vanishing": np.array(np.nan, np.float32)}, bounds=BOUNDS)
        )
        plane.grab()
        assert plane._arrows.unit is None
    assert plane._gauge.text == "no gradient reaches the generated points"


@pytest.mark.parametrize(
    ("ratio", "words"),
    [
        (1e-6, "less than 0.01 % of the non-saturating: it vanishes"),
        (0.03, "3 % of the non-saturating: it vanishes"),
        (0.3, "30 % of the non-saturating: it is weak"),
        (0.9, "90 % of the non-saturating: both pull"),
        (4.4, "440 % of the non-saturating: D is fooled"),
    ],
)
def test_the_gauge_says_what_it_means(ratio, words):
    assert vanishing_text(ratio) == f"saturating gradient is {words}"


# --- the grid's density ---


def test_the_grid_fades_where_it_is_stretched(plane):
    plane.open(opened(np.zeros((0, 2), np.float32)))
    grid = np.stack(np.meshgrid([-0.5, -0.4, -0.3, 0.9], [-0.1, 0.0, 0.1], indexing="ij"), -1).astype(np.float32)
    density = np.array([[100.0, 100.0], [100.0, 100.0], [0.1, 0.1]], np.float32)
    plane.show_frame(Frame(step=1, layers={"manifold": grid, "manifold_density": density}, bounds=BOUNDS))
    segments, opacities = plane._manifold.segments, plane._manifold.opacities
    long = np.hypot(*(segments[:, 1] - segments[:, 0]).T) > 1
    assert long.sum() == 3
    assert opacities[long].max() < 0.2
    assert opacities[~long & (segments[..., 0].max(axis=1) < -0.35)].min() > 0.5
    line = np.linspace(-1, 1, 4)[:, None, None] * np.ones((1, 1, 2))
    plane.show_frame(
        Frame(step=1, layers={"manifold": line, "manifold_density": np.array([[5.0], [5.0], [0.01]])}, bounds=BOUNDS)
    )
    assert plane._manifold.opacities[2] < 0.1 < plane._manifold.opacities[0]


# --- the header ---


def test_the_header_fits_a_narrow_plane(plane, qtbot):
    plane.resize(420, 500)
    plane.open(opened(np.zeros((1, 2), np.float32)))
    chips = [*plane.choices.layers.values(), plane.choices.heat_chip, plane.choices.arrow_chip]
    for choice in ("optimal", "difference", ""):
        plane.choices.heat_chip.choose(choice)
        plane.layout().activate()
        assert plane.width() == 420
        assert all(chip.width() >= chip.sizeHint().width() - 12 for chip in chips)
        assert all(chip.geometry().right() <= 420 - theme.SPACING for chip in chips)


def test_a_menu_opens_by_click_and_key_and_that_alone_switches_nothing(plane, qtbot, monkeypatch):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    told, popped = [], []
    plane.watch_changed.connect(told.append)
    chip = plane.choices.heat_chip
    monkeypatch.setattr(chip._menu, "popup", popped.append)  # the offscreen platform can't hold the keyboard
    qtbot.mouseClick(chip, Qt.MouseButton.LeftButton)
    for key in (Qt.Key.Key_Down, Qt.Key.Key_Return, Qt.Key.Key_Space):
        qtbot.keyClick(chip, key)
    assert popped == [chip.mapToGlobal(QPoint(0, chip.height() + 2))] * 4
    assert chip.isChecked()
    assert told == []


def test_ticking_keeps_the_menu_open_so_that_more_can_be_ticked(plane, qtbot):
    plane.open(opened(np.zeros((1, 2), np.float32)))
    chip = plane.choices.arrow_chip
    closed = []
    chip._menu.aboutToHide.connect(lambda: closed.append(True))
    for name, tick in (
        ("saturating", lambda: qtbot.mouseRelease(chip._menu, Qt.MouseButton.LeftButton)),
        ("combined", lambda: qtbot.keyClick(chip._menu, Qt.Key.Key_Space)),
    ):
        chip._menu.setActiveAction(chip.entries[name])
        tick()
    assert chip.chosen() == {"saturating", "combined"}
    assert chip.isChecked()
    assert not closed


def test_on_a_stage_the_plane_is_seen_without_its_tools(studio):
    view = studio.scene.samples
    assert studio.scene.everything().size() == view.shown.size() * studio.window.devicePixelRatio()
    assert view.shown.height() < view.height() - 30


def test_its_axes_have_the_minus_that_all_numbers_have(qtbot):
    view = PlaneView()
    qtbot.addWidget(view)
    view.open(opened(np.zeros((4, 2), np.float32)))
    axes = [view._plot.getPlotItem().getAxis(side) for side in ("left", "bottom")]
    assert [axis.tickStrings([-1.0, -0.5, 0.0, 0.5], 1.0, 0.5) for axis in axes] == [["−1.0", "−0.5", "0", "0.5"]] * 2


def test_points_are_as_sharp_as_the_picture_that_they_are_drawn_into(qtbot):
    layer = PointLayer(1, "#ff0000", 4.2)
    plot = PlanePlot((layer,))
    qtbot.addWidget(plot)
    plot.resize(300, 200)
    with qtbot.waitExposed(plot):
        plot.show()
    layer.set_reach((-1, 1, -1, 1))
    plot.look_at((-1, 1, -1, 1))
    layer.set_points(np.zeros((1, 2)))
    picture = picture_of(plot, 4).toImage().convertToFormat(QImage.Format.Format_RGB32)
    wide, high = picture.width(), picture.height()
    seen = np.frombuffer(picture.constBits(), np.uint8).reshape(high, wide, 4).astype(int)
    red = (seen[:, :, 2] > 128) & (seen[:, :, 1] < 64)
    assert red.sum(axis=1).max() == pytest.approx(4 * 4.2, abs=3)  # as large as at one pixel a pixel
    edges = np.flatnonzero(np.diff(red.sum(axis=1)))
    assert len(edges) > 4  # and round, where a dot of few pixels that is made large has steps of four
