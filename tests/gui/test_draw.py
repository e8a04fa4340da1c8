"""Drawing a distribution: the models, the brush, the mixture's modes, and what is trained on in the end."""

import math

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QEvent, QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from ganstudio.data import build_dataset
from ganstudio.data.points.picture_density import ink_of_rows
from ganstudio.experiment import (
    DensitySpec,
    DrawingSpec,
    Experiment,
    GaussianSpec,
    GridSpec,
    MixtureSpec,
    MoonsSpec,
    RingSpec,
)
from ganstudio.gui.looks import theme
from ganstudio.gui.rooms.draw.dialog import DrawDialog
from ganstudio.gui.rooms.draw.models import Brush, Ink, Modes, fitted
from ganstudio.modalities import Points
from ganstudio.presets import dumps, experiment_for, loads

LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton


@pytest.fixture
def opened(qtbot):
    def open_dialog(current=None):
        dialog = DrawDialog(current)
        qtbot.addWidget(dialog)
        dialog.show()
        dialog.activateWindow()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
        return dialog

    return open_dialog


@pytest.fixture
def drag(qtbot):
    """Press, move in steps and let go."""

    def drag(widget, *places, button=LEFT):
        places = [place.toPoint() if isinstance(place, QPointF) else QPoint(*place) for place in places]
        assert 0 < places[0].x() < widget.width()
        qtbot.mousePress(widget, button, pos=places[0])
        for place in places[1:]:
            move(widget, place, button)
        qtbot.mouseRelease(widget, button, pos=places[-1])

    return drag


def move(widget, place, button):
    # qtbot.mouseMove carries no buttons.
    where = QPointF(place)
    none = Qt.MouseButton.NoButton
    keys = Qt.KeyboardModifier.NoModifier
    QApplication.sendEvent(
        widget, QMouseEvent(QEvent.Type.MouseMove, where, widget.mapToGlobal(where), none, button, keys)
    )


def wheel(widget, place, up):
    event = QWheelEvent(
        QPointF(place),
        widget.mapToGlobal(QPointF(place)),
        QPoint(),
        QPoint(0, 120 if up else -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)


# --- ink --------------------------------------------------------------------------------------------------------------


def test_a_hard_stroke_inks_what_lies_under_it():
    ink = Ink(32)
    ink.stroke((4, 10), (20, 10), Brush(radius=3, soft=False))
    # A stadium: 16 long, 6 wide, with two half circles; its rim is shared out among the cells.
    assert ink.cells.sum() == pytest.approx(16 * 6 + math.pi * 9, rel=0.03)
    assert ink.cells[10, 4:20].min() == pytest.approx(1, abs=1e-12)
    assert not ink.cells[14:].any()


def test_a_soft_stroke_fades_and_the_eraser_takes_it_away():
    ink = Ink(32)
    ink.stroke((16, 16), (16, 16), Brush(radius=6, strength=0.5))
    assert ink.cells.max() == pytest.approx(0.5, abs=0.02)
    assert ink.cells[16, 21] == pytest.approx(0.5 * math.exp(-2 * (5.5**2 + 0.5**2) / 36), abs=1e-9)
    ink.stroke((0, 16), (32, 16), Brush(radius=16, soft=False, erases=True))
    assert ink.is_blank
    assert ink.spec() is None


def test_undo_goes_back_stroke_by_stroke():
    ink = Ink(16)
    assert not ink.undo()
    seen = [ink.cells]
    for place in ((3, 3), (12, 12)):
        ink.begin()
        for end in (place, (8, 8)):
            ink.stroke(place, end, Brush(radius=1))
        seen.append(ink.cells)
    ink.clear()
    assert ink.is_blank
    for before in reversed(seen):
        assert ink.undo()
        assert np.array_equal(ink.cells, before)
    assert not ink.can_undo


@pytest.mark.parametrize("shape", [(16, 16), (30, 90), (200, 120), (1, 1), (63, 64)])
def test_pictures_of_any_shape_fit_the_cells(shape):
    cells = fitted(np.ones(shape), 64)
    height, width = shape
    assert cells.shape == (64, 64)
    assert cells.mean() == pytest.approx(height * width / max(shape) ** 2, rel=0.05)
    assert cells == pytest.approx(cells[::-1], abs=1e-12)
    assert cells == pytest.approx(cells[:, ::-1], abs=1e-12)


def test_a_drawing_of_as_many_cells_is_kept_to_the_last():
    ink = ink_of_rows(DrawingSpec().rows)
    assert np.array_equal(fitted(ink, 16), ink)
    assert np.array_equal(fitted(ink, 64), np.kron(ink, np.ones((4, 4))))


# --- a mixture's model ------------------------------------------------------------------------------------------------


def test_modes_are_added_changed_and_removed():
    modes = Modes(MixtureSpec().components)
    assert modes.add(0.123456, 0.5)
    assert modes.selected == 3
    modes.change(sigma=1e9, weight=0)
    assert modes.chosen == GaussianSpec(x=0.1235, y=0.5, sigma=10, weight=0.01)
    assert sum(modes.shares) == pytest.approx(1, abs=1e-12)
    modes.remove()
    assert (modes.selected, len(modes.components)) == (None, 3)
    assert modes.undo()
    assert len(modes.components) == 4
    assert modes.undo()
    assert modes.components == MixtureSpec().components
    assert not modes.undo()


def test_evening_out_makes_the_modes_known():
    modes = Modes((GaussianSpec(sigma=0.1, weight=3), GaussianSpec(x=1, sigma=0.2), GaussianSpec(x=2, sigma=0.3)))
    modes.even_out()
    assert {(one.sigma, one.weight) for one in modes.components} == {(0.2, 1.0)}
    assert build_dataset(modes.spec()).modes is not None
    modes.undo()
    modes.selected = 0
    modes.even_out()
    assert {one.sigma for one in modes.components} == {0.1}


def test_a_mixture_has_an_end():
    modes = Modes((GaussianSpec(),) * 256)
    assert not modes.add(0, 0)
    assert len(modes.spec().components) == 256


def test_the_reach_holds_three_standard_deviations():
    x, y, half = Modes((GaussianSpec(x=-1, sigma=0.5), GaussianSpec(x=4, y=2, sigma=1))).reach()
    assert (x, y) == pytest.approx((2.25, 1.75), abs=1e-9)
    assert half == pytest.approx(1.15 * 9.5 / 2, abs=1e-9)


# --- the brush --------------------------------------------------------------------------------------------------------


def test_nothing_is_drawn_at_first(opened):
    dialog = opened()
    assert dialog.dataset_spec() is None
    assert not dialog.train_button.isEnabled()
    assert "Nothing is drawn yet" in dialog.reason.text()
    assert dialog.train_button.toolTip() == dialog.reason.text()
    assert not dialog.undo_button.isEnabled()
    assert not len(dialog.preview.points)


def test_painting_makes_a_density_where_the_hand_was(opened, drag, qtbot):
    dialog = opened()
    canvas = dialog.brush.canvas
    box = canvas.box()
    # The upper right quarter of the canvas: x and y of the plane are both positive.
    drag(canvas, box.center() + QPointF(60, -60), box.center() + QPointF(100, -120))
    spec = dialog.dataset_spec()
    assert isinstance(spec, DrawingSpec)
    assert (len(spec.rows), len(spec.rows[0])) == (64, 64)
    points = dialog.preview.points
    assert points.shape == (1000, 2)
    assert points.min() > 0
    scale = 2 / box.width()
    assert points.mean(axis=0) == pytest.approx([80 * scale, 90 * scale], abs=0.03)
    assert dialog.reason.text() == ""
    with qtbot.waitSignal(dialog.chosen) as chosen:
        qtbot.mouseClick(dialog.train_button, LEFT)
    assert chosen.args == [spec]
    experiment = experiment_for(spec, Points(), Experiment())
    assert loads(dumps(experiment)) == experiment


def test_right_erases_and_undo_brings_back(opened, drag, qtbot):
    dialog = opened()
    canvas = dialog.brush.canvas
    middle = canvas.box().center()
    drag(canvas, middle, middle + QPointF(40, 0))
    painted = dialog.dataset_spec()
    dialog.brush.size_slider.setValue(32)
    dialog.brush.hard_chip.click()
    drag(canvas, middle, middle + QPointF(40, 0), button=RIGHT)
    assert dialog.dataset_spec() is None
    assert dialog.focusWidget() is canvas
    qtbot.keyClick(canvas, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert dialog.dataset_spec() == painted
    dialog.brush.eraser_chip.click()
    drag(canvas, middle, middle + QPointF(40, 0))
    assert dialog.dataset_spec() is None
    qtbot.mouseClick(dialog.undo_button, LEFT)
    qtbot.mouseClick(dialog.brush.clear_button, LEFT)
    assert dialog.dataset_spec() is None
    for _ in range(2):
        qtbot.mouseClick(dialog.undo_button, LEFT)
    assert dialog.dataset_spec() is None
    assert not dialog.undo_button.isEnabled()


def test_the_wheel_and_the_sliders_set_the_brush(opened):
    dialog = opened()
    brush = dialog.brush
    wheel(brush.canvas, brush.canvas.box().center(), up=True)
    assert brush.canvas.brush.radius == pytest.approx(3.5, abs=1e-12)
    brush.strength_slider.setValue(40)
    brush.hard_chip.click()
    assert brush.canvas.brush == Brush(radius=3.5, strength=0.4, soft=False)


def test_a_picture_stays_itself_until_it_is_painted_over(opened, drag, tmp_path, qtbot):
    pixels = np.full((50, 100), 255, np.uint8)
    pixels[10:20, 20:30] = 0
    Image.fromarray(pixels).save(tmp_path / "square.png")
    file = DensitySpec(path=str(tmp_path / "square.png"))
    dialog = opened()
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(file.path)])
    keys = Qt.KeyboardModifier.NoModifier
    how = (Qt.DropAction.CopyAction, mime, LEFT, keys)
    QApplication.sendEvent(dialog, QDragEnterEvent(QPoint(100, 100), *how))
    QApplication.sendEvent(dialog, QDropEvent(QPointF(100, 100), *how))
    assert dialog.dataset_spec() == file
    assert "square.png is taken with its own pixels" in dialog.hint.text()
    assert dialog.preview.points.mean(axis=0) == pytest.approx([-0.5, 0.2], abs=0.02)
    middle = dialog.brush.canvas.box().center()
    drag(dialog.brush.canvas, middle, middle + QPointF(5, 5))
    assert isinstance(dialog.dataset_spec(), DrawingSpec)
    qtbot.mouseClick(dialog.undo_button, LEFT)
    assert dialog.dataset_spec() == file
    qtbot.mouseClick(dialog.undo_button, LEFT)
    assert dialog.dataset_spec() is None


def test_a_file_that_is_no_picture_says_so_and_changes_nothing(opened, tmp_path):
    (tmp_path / "words.png").write_text("only words")
    dialog = opened(DrawingSpec())
    before = dialog.dataset_spec()
    assert not dialog.brush.load(tmp_path / "words.png")
    assert dialog.error.text() == '"words.png" is not an image'
    assert dialog.dataset_spec() == before
    assert not dialog.undo_button.isEnabled()


# --- the mixture ------------------------------------------------------------------------------------------------------


@pytest.fixture
def two(opened):
    spec = MixtureSpec(components=(GaussianSpec(x=-1, sigma=0.2), GaussianSpec(x=1, sigma=0.1)))
    return opened(spec).mixture


def test_modes_are_dragged(two, drag):
    canvas = two.canvas
    start, end = canvas.pixel(-1, 0), canvas.pixel(0.2, 0.7)
    drag(canvas, start, (start + end) / 2, end)
    moved, other = two.spec().components
    tolerance = 2 / canvas.scale()
    assert (moved.x, moved.y) == pytest.approx((0.2, 0.7), abs=tolerance)
    assert (moved.sigma, other) == (0.2, GaussianSpec(x=1, sigma=0.1))
    two.undo()
    assert two.spec().components[0] == GaussianSpec(x=-1, sigma=0.2)
    assert not two.can_undo


def test_the_grip_widens_in_proportion(two, drag):
    canvas = two.canvas
    two.modes.selected = 0
    grip = canvas.grip(two.modes.chosen)
    drag(canvas, grip, grip + (grip - canvas.pixel(-1, 0)) / 2)
    assert two.spec().components[0].sigma == pytest.approx(0.3, abs=0.01)
    assert (two.modes.chosen.x, two.modes.chosen.y) == (-1, 0)


def test_wheel_widens_a_mode_and_zooms_the_empty_plane(two):
    canvas = two.canvas
    wheel(canvas, canvas.pixel(1, 0), up=True)
    assert two.modes.selected == 1
    assert two.spec().components[1].sigma == pytest.approx(0.115, abs=1e-9)
    before = canvas.frame_of_view
    corner = canvas.box().topLeft() + QPointF(8, 8)
    kept = canvas.point(corner)
    wheel(canvas, corner, up=True)
    assert canvas.frame_of_view[2] == pytest.approx(before[2] / 1.15, rel=1e-9)
    assert canvas.point(corner) == pytest.approx(kept, abs=1e-9)
    two.fit_button.click()
    assert canvas.frame_of_view == pytest.approx(two.modes.reach(), abs=1e-12)


def test_double_click_adds_delete_removes_and_arrows_move(two, qtbot):
    canvas = two.canvas
    place = canvas.pixel(0, 0.5).toPoint()
    qtbot.mouseDClick(canvas, LEFT, pos=place)
    assert len(two.spec().components) == 3
    added = two.spec().components[2]
    assert (added.x, added.y) == pytest.approx((0, 0.5), abs=1 / canvas.scale())
    assert added.sigma == 0.1
    qtbot.keyClick(canvas, Qt.Key.Key_Up)
    assert two.modes.chosen.y == pytest.approx(added.y + 0.01 * canvas.frame_of_view[2], abs=1e-3)
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert len(two.spec().components) == 2
    assert not two.remove_button.isEnabled()


def is_lit(slider):
    """Whether a slider has the colour of what can be moved."""
    picture = slider.grab().toImage()
    row = (picture.pixelColor(x, picture.height() // 2).name() for x in range(picture.width()))
    return theme.ACCENT.lower() in row


def test_sliders_set_the_selected_one(two, qtbot):
    assert not two.sigma_slider.isEnabled()
    assert not is_lit(two.sigma_slider)
    qtbot.mouseClick(two.canvas, LEFT, pos=two.canvas.pixel(1, 0).toPoint())
    assert two.readout.text() == "x 1.00, y 0.00"
    assert is_lit(two.sigma_slider)
    two.weight_slider.setValue(300)
    assert two.spec().components[1].weight == pytest.approx(10, rel=1e-3)
    assert two.weight_slider.text == "90.9 %"
    two.sigma_slider.setValue(400)
    assert two.spec().components[1].sigma == pytest.approx(10, rel=1e-9)
    two.undo()
    two.undo()
    assert two.spec().components[1] == GaussianSpec(x=1, sigma=0.1)


def test_an_empty_mixture_can_not_be_trained_on(opened, qtbot):
    dialog = opened(MixtureSpec(components=(GaussianSpec(),)))
    canvas = dialog.mixture.canvas
    qtbot.mouseClick(canvas, LEFT, pos=canvas.box().center().toPoint())
    qtbot.keyClick(canvas, Qt.Key.Key_Delete)
    assert dialog.dataset_spec() is None
    assert not dialog.train_button.isEnabled()
    assert "There is no Gaussian yet" in dialog.reason.text()
    dialog.mixture.add_button.click()
    assert dialog.train_button.isEnabled()


# --- the dialog -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("current", "tab", "count"),
    [
        (RingSpec(), "Mixture", 8),
        (GridSpec(side=2), "Mixture", 4),
        (MixtureSpec(), "Mixture", 3),
        (MoonsSpec(), "Brush", 3),
    ],
)
def test_it_opens_with_what_is_trained_on(opened, current, tab, count):
    dialog = opened(current)
    assert dialog.tabs.tabText(dialog.tabs.currentIndex()).replace("&", "") == tab
    assert len(dialog.mixture.spec().components) == count
    assert not dialog.undo_button.isEnabled()


def test_it_opens_with_a_drawing_and_says_when_a_file_is_gone(opened, tmp_path):
    dialog = opened(DrawingSpec())
    spec = dialog.dataset_spec()
    assert np.array_equal(ink_of_rows(spec.rows), np.kron(ink_of_rows(DrawingSpec().rows), np.ones((4, 4))))
    gone = opened(DensitySpec(path=str(tmp_path / "gone.png")))
    assert gone.dataset_spec() is None
    assert "there is nothing at" in gone.error.text()


def test_a_change_of_tabs_is_a_change_of_what_is_trained_on(opened):
    dialog = opened(DrawingSpec())
    assert isinstance(dialog.dataset_spec(), DrawingSpec)
    dialog.tabs.setCurrentWidget(dialog.mixture)
    assert dialog.dataset_spec() == MixtureSpec()
    dialog.name_field.setText("  mine ")
    assert dialog.name() == "mine"


def test_everything_paints(opened):
    for current in (None, DrawingSpec(), RingSpec(), MixtureSpec(components=(GaussianSpec(x=900, sigma=1e-4),))):
        dialog = opened(current)
        dialog.mixture.modes.selected = 0
        for tab in (dialog.brush, dialog.mixture):
            dialog.tabs.setCurrentWidget(tab)
            assert not dialog.grab().isNull()
