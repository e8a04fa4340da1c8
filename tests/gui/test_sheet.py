"""The traversal sheet: its latents, its picture, and when it is asked for."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from ganstudio.experiment import CategoricalCodeSpec, ContinuousCodeSpec, Experiment, LatentSpec, PlanesLatentSpec
from ganstudio.gui.gallery.sheet_state import axes, first_choice, nearest_cell, sheet_latents
from ganstudio.gui.gallery.view import GalleryView
from ganstudio.modalities import Images
from ganstudio.training.messages import Frame, Opened

SPEC = LatentSpec(
    prior="uniform",
    dimensions=5,
    codes=(CategoricalCodeSpec(name="digit"), ContinuousCodeSpec(name="slant"), ContinuousCodeSpec(prior="normal")),
)


def greys(count, size=8):
    """Images of one grey each: 0, 1, 2, ..."""
    return np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None], (count, size, size, 1)).copy()


def opened(spec):
    return Opened(
        experiment=Experiment(latent=spec),
        run=None,
        step=0,
        seconds=0.0,
        data_name="digits",
        data_count=9,
        modality=Images((1, 8, 8)),
        real=greys(9),
        latents=np.zeros((4, spec.width), np.float32),
        plane=None,
        skipped=(),
        skipped_count=0,
        generator_parameters=1,
        discriminator_parameters=1,
        device="cpu",
        threads=1,
    )


@pytest.fixture
def gallery(qtbot):
    view = GalleryView()
    qtbot.addWidget(view)
    view.resize(560, 560)
    with qtbot.waitExposed(view):
        view.show()
    view.open(opened(SPEC))
    view.set_latents(base())
    view.set_mode("sheet")
    return view


def base():
    latents = np.linspace(-0.5, 0.5, SPEC.width).astype(np.float32)
    latents[5:15] = np.eye(10)[3]
    return latents


def test_planes_of_noise_are_an_axis_as_a_whole():
    space = PlanesLatentSpec(dimensions=2 + 2 * 8 * 8, planes=((2, 8, 8),))
    found = axes(space)
    assert [one.name for one in found[:2]] == ["z₁", "z₂"]
    assert len(found) == 3
    assert found[2].values.shape[1] == 130
    assert first_choice(space) == (0, 1)


def test_rows_are_categories_and_columns_a_continuous_code():
    every = axes(SPEC)
    rows, columns = (every[k] for k in first_choice(SPEC))
    sheet = sheet_latents(base(), rows, columns).reshape(10, 10, -1)
    assert sheet.dtype == np.float32
    for row in range(10):
        np.testing.assert_array_equal(sheet[row, :, 5:15], np.tile(np.eye(10)[row], (10, 1)))
        np.testing.assert_allclose(sheet[row, :, 15], np.linspace(-1, 1, 10), atol=1e-6)
    others = [0, 1, 2, 3, 4, 16]
    assert (sheet[..., others] == base()[others]).all()
    assert (rows.name, columns.name) == ("digit", "slant")
    assert columns.heads[0] == "−1.00"
    assert every[2].values[-1] == pytest.approx(2)  # a normal one: 95 %


@pytest.mark.parametrize(
    ("codes", "names"),
    [
        ((CategoricalCodeSpec(),), ("c₁", "other z")),
        ((ContinuousCodeSpec(), ContinuousCodeSpec()), ("c₂", "c₁")),
        ((ContinuousCodeSpec(),), ("z₁", "c₁")),
        ((), ("z₁", "z₂")),
    ],
)
def test_what_is_shown_first(codes, names):
    spec = LatentSpec(dimensions=3, codes=codes)
    assert tuple(axes(spec)[k].name for k in first_choice(spec)) == names


def test_one_dimension_of_z_is_enough():
    spec = LatentSpec(dimensions=1)
    rows, columns = (axes(spec)[k] for k in first_choice(spec))
    assert sheet_latents(np.zeros(1, np.float32), rows, columns).shape == (100, 1)
    assert columns.name == "other z"
    assert nearest_cell(np.zeros(1, np.float32), columns) is None


def test_a_code_of_many_values_shows_the_first():
    spec = LatentSpec(dimensions=2, codes=(CategoricalCodeSpec(size=256),))
    axis = axes(spec)[0]
    assert len(axis) == 20
    assert axis.values.shape == (20, 256)


def test_the_sheet_is_all_that_is_watched(gallery):
    watch = gallery.watch()
    assert watch.layers == frozenset()
    np.testing.assert_array_equal(watch.sheet[37, 5:15], np.eye(10)[3])
    gallery.set_mode("generated")
    assert gallery.watch().sheet is None
    assert gallery.watch().layers == {"gallery"}


def test_every_image_stands_in_its_row_and_column(gallery):
    gallery.show_frame(Frame(step=5, layers={"sheet": greys(100)}))
    canvas = gallery.sheet.canvas
    shown = canvas.grab().toImage()
    assert canvas.isVisible()
    assert not gallery._generated.isVisible()
    for index in (0, 9, 10, 55, 99):
        assert QColor(shown.pixel(canvas.cell_rect(index).center().toPoint())).red() == index
    assert canvas.cell_rect(0).left() > 30  # heads stand beside it
    assert canvas.cell_rect(0).top() >= 38
    assert gallery._step.text() == "step 5"


def test_a_click_gives_the_cells_latents(gallery, qtbot):
    gallery.show_frame(Frame(step=5, layers={"sheet": greys(100)}))
    canvas = gallery.sheet.canvas
    with qtbot.waitSignal(gallery.picked) as caught:
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.cell_rect(48).center().toPoint())
    (latents,) = caught.args
    np.testing.assert_array_equal(latents, gallery.watch().sheet[48])
    with qtbot.assertNotEmitted(gallery.picked):
        qtbot.mouseClick(canvas, Qt.MouseButton.LeftButton, pos=canvas.rect().bottomRight())


def test_the_sliders_cell_is_outlined(gallery):
    gallery.show_frame(Frame(step=5, layers={"sheet": greys(100)}))
    assert gallery.sheet.canvas._mark == (3, nearest_cell(base(), axes(SPEC)[1]))


def test_another_choice_asks_at_once_and_leaves_older_sheets_aside(gallery, qtbot):
    gallery.show_frame(Frame(step=5, layers={"sheet": greys(100)}))
    spec = SPEC.model_copy(update={"codes": (CategoricalCodeSpec(size=4), ContinuousCodeSpec())})
    gallery.open(opened(spec))
    gallery.set_latents(np.zeros(spec.width, np.float32))
    gallery.show_frame(Frame(step=6, layers={"sheet": greys(100)}))
    assert gallery.sheet.canvas.image is None
    with qtbot.waitSignal(gallery.watch_changed) as caught:
        gallery.sheet.columns.setCurrentText("z₂")
    assert caught.args[0].sheet[:10, 1] == pytest.approx(np.linspace(-1, 1, 10), abs=1e-6)
    gallery.show_frame(Frame(step=7, layers={"sheet": greys(40)}))
    assert gallery.sheet.canvas.image is not None


def test_swap_exchanges_rows_and_columns(gallery):
    gallery.sheet._swap()
    assert (gallery.sheet.rows.currentText(), gallery.sheet.columns.currentText()) == ("slant", "digit")
    np.testing.assert_array_equal(gallery.watch().sheet[1, 5:15], np.eye(10)[1])


def test_a_drag_asks_at_once_then_now_and_again_and_ends_with_the_newest(gallery, qtbot):
    found = []
    gallery.watch_changed.connect(found.append)
    qtbot.waitUntil(lambda: not gallery.sheet._rest.isActive())
    began = time.perf_counter()
    latents = base()
    for share in np.linspace(0, 1, 50):
        latents[0] = share
        gallery.set_latents(latents)
    took = time.perf_counter() - began
    assert found[0].sheet[0, 0] == pytest.approx(0)
    assert len(found) <= 1 + took / 0.08
    qtbot.waitUntil(lambda: found[-1].sheet[0, 0] == pytest.approx(1))
    count = len(found)
    latents[15] = 0.3  # which the sheet's columns run over
    gallery.set_latents(latents)
    assert len(found) == count


def test_names_are_followed(gallery):
    codes = (SPEC.codes[0], SPEC.codes[1].model_copy(update={"name": "lean"}), SPEC.codes[2])
    gallery.follow(SPEC.model_copy(update={"codes": codes}))
    assert gallery.sheet.columns.currentText() == "lean"
    assert gallery.sheet.rows.currentText() == "digit"


@pytest.mark.parametrize("size", [(200, 200), (560, 300), (900, 900)])
def test_a_hundred_images_are_painted_well_within_the_budget(gallery, size):
    gallery.resize(*size)
    images = np.random.default_rng(0).integers(0, 255, (100, 32, 32, 1), np.uint8)
    took = []
    for step in range(5):
        began = time.thread_time()
        gallery.show_frame(Frame(step=step, layers={"sheet": images}))
        gallery.sheet.canvas.repaint()
        took.append(time.thread_time() - began)
    assert 0 < sorted(took)[2] < 0.08  # measured 0.002 to 0.008; of 0.25, the rest is for G


def test_a_cell_that_was_clicked_is_told_as_it_is_now(gallery, qtbot):
    count = gallery.sheet.canvas.cells
    gallery.show_frame(Frame(step=5, layers={"sheet": greys(count)}))
    told = []
    gallery.examined.connect(lambda image, kind: told.append((int(image[0, 0, 0]), kind)))
    qtbot.mouseClick(
        gallery.sheet.canvas, Qt.MouseButton.LeftButton, pos=gallery.sheet.canvas.cell_rect(4).center().toPoint()
    )
    assert told == [(4, "generated")]
    gallery.show_frame(Frame(step=6, layers={"sheet": greys(count) + 100}))
    assert told[-1] == (104, "generated")
