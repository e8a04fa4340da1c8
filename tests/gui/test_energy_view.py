"""An energy game in the real window: histograms against the margin, a clicked sample's reconstruction, codes alike."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QFontMetrics

from ganstudio.data import build_dataset
from ganstudio.experiment import (
    AutoencoderDiscriminatorSpec,
    ConvAutoencoderDiscriminatorSpec,
    DCGANGeneratorSpec,
    EnergySpec,
    GlyphsSpec,
)
from ganstudio.gui.gallery.inspection import Inspection
from ganstudio.gui.looks import theme
from ganstudio.gui.plots import paint
from ganstudio.gui.plots.energy_histogram import BINS, EnergyHistogram
from ganstudio.modalities import Images
from ganstudio.training.messages import SCALARS, Adjust, Step
from ganstudio.training.pictures.energies import COUNT


@pytest.fixture
def histogram(qtbot) -> EnergyHistogram:
    made = EnergyHistogram()
    qtbot.addWidget(made)
    made.resize(320, 150)
    made.set_margin(0.1)
    return made


def column(histogram, energy, colour):
    """How many pixels of a colour stand over an energy."""
    picture, x = histogram.grab().toImage(), round(histogram.place_of(energy))
    rect = histogram.plot_rect()
    return sum(
        picture.pixelColor(at, y).name() == colour.lower()
        for y in range(rect.top(), rect.bottom() + 1)
        for at in (x - 1, x, x + 1)
    )


def test_in_its_least_width_the_legend_still_names_both_sides(histogram):
    histogram.resize(histogram.minimumSize())
    histogram.set_energies(np.full(256, 0.05), np.full(256, 0.11))
    picture, above = histogram.grab().toImage(), paint.TOP // 2
    named = {picture.pixelColor(x, above).name() for x in range(picture.width())}
    assert {QColor(theme.REAL).name(), QColor(theme.FAKE).name()} <= named


def test_bars_are_shares_and_what_is_beyond_is_in_the_last(histogram):
    real = np.array([0.01, 0.011, 0.012, 0.2])
    histogram.set_energies(real, np.full(256, 0.11))
    assert 0.15 <= histogram.end <= 0.3
    shares = histogram.shares(real)
    assert shares.shape == (BINS,)
    assert shares.sum() == pytest.approx(1)
    assert shares[int(0.011 / histogram.end * BINS)] == pytest.approx(0.75)
    assert histogram.shares(np.array([5.0]))[-1] == 1
    assert histogram.shares(np.array([np.inf, 0.1]))[-1] == 0.5


def test_the_axis_stands_still_until_it_must_move(histogram):
    histogram.set_energies(np.full(9, 0.05), np.full(9, 0.1))
    before = histogram.end
    histogram.set_energies(np.full(9, 0.06), np.full(9, 0.12))
    assert histogram.end == before
    histogram.set_energies(np.full(9, 0.05), np.full(9, 2.0))
    assert 2 <= histogram.end <= 4
    histogram.set_energies(np.full(9, 0.05), np.full(9, 0.1))
    assert histogram.end == before


def test_the_margin_and_the_marked_sample_are_seen(histogram):
    histogram.set_energies(np.linspace(0.02, 0.06, 256), np.linspace(0.09, 0.13, 256))
    assert column(histogram, 0.1, theme.TEXT) > 10  # dashes
    assert column(histogram, 0.08, theme.TEXT) == 0
    unmarked = column(histogram, 0.075, theme.REAL)
    histogram.mark(0.075, theme.REAL)
    assert column(histogram, 0.075, theme.REAL) > unmarked + 10
    histogram.set_margin(0.2)
    assert column(histogram, 0.2, theme.TEXT) > 10


def test_energies_that_are_no_numbers_are_left_out(histogram):
    histogram.set_energies(np.array([np.nan, 0.05]), np.array([np.inf]))
    assert len(histogram.real) == 1
    assert len(histogram.fake) == 0
    histogram.grab()


def test_an_image_is_told_by_three_pictures_and_its_energy(qtbot):
    view = Inspection()
    view.modality = Images((1, 8, 8))
    qtbot.addWidget(view)
    view.resize(view.sizeHint())
    view.margin = 0.1
    empty = view.grab().toImage()
    sample = np.zeros((8, 8, 1), np.uint8)
    view.show_sample(sample, sample + 64, 0.252, "real")
    assert view.captions == ("x", "D's version", "error")
    assert view.words() == "E = 0.2520 = 2.52 m"
    colours = {image.pixelColor(3, 3).name() for _, image in view._pictures}
    assert colours == {"#000000", "#404040", "#ffffff"}  # an error of a quarter of the range is white
    assert view.grab().toImage() != empty
    view.clear()
    assert view.words() == ""


def test_names_are_whole_over_small_pictures(qtbot):
    view = Inspection()
    view.modality = Images((1, 8, 8))
    qtbot.addWidget(view)
    view.resize(view.sizeHint().width(), 60)
    view.show_sample(np.zeros((8, 8, 1), np.uint8), np.zeros((8, 8, 1), np.uint8), 0.1, "generated")
    picture = view.grab().toImage()
    metrics = QFontMetrics(paint.small(view.font()))
    band = range(paint.TOP - 3, paint.TOP - 3 + metrics.height())
    ground = picture.pixelColor(0, picture.height() - 1)
    middle = range(picture.width() // 3, 2 * picture.width() // 3)
    inked = [x for x in middle if any(picture.pixelColor(x, y) != ground for y in band)]
    assert inked[-1] - inked[0] > 0.85 * metrics.horizontalAdvance("D's version")


@pytest.fixture
def images(tiny):
    return tiny.model_copy(
        update={
            "dataset": GlyphsSpec(size=8, count=200, held_out=0),
            "generator": DCGANGeneratorSpec(width=4),
            "discriminator": ConvAutoencoderDiscriminatorSpec(width=4, code_size=4),
            "objective": EnergySpec(margin=0.1, pulling_away=0.1),
        }
    )


def test_images_are_inspected_by_a_click(studio, images):
    studio.start(images)
    scene = studio.scene
    assert scene.energy.isVisible()
    for _ in range(3):
        studio.send(Step())
    studio.wait(lambda: len(scene.energy.histogram.fake) == COUNT and len(studio.game.history) == 3)
    scene.curves.refresh()
    assert (studio.game.history.raw("likeness_real") > 0).all()
    assert (studio.game.history.raw("likeness_fake") <= 1).all()
    readouts = {entry[1]: entry[2] for entry in scene.curves.plots["Codes alike"].readouts()}
    assert float(readouts["PT(x)"]) == pytest.approx(studio.game.history.latest("likeness_real"), abs=1e-3)
    # A click on a generated image, and then on a real one.
    scene.samples.set_mode("both")
    for wall, kind, name in ((scene.samples._generated, "generated", "G(z)"), (scene.samples._real, "real", "x")):
        studio.wait(lambda wall=wall: wall.mosaic is not None)
        studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(5))
        studio.wait(lambda name=name: scene.energy.inspection.captions[:1] == (name,))
        marked = scene.energy.histogram.marked
        assert marked[1] == {"generated": theme.FAKE, "real": theme.REAL}[kind]
        assert marked[0] == scene.energy.inspection.energy > 0


def test_what_is_shown_is_what_d_makes_of_it(studio, images):
    studio.start(images)
    wall = studio.scene.samples._generated
    studio.wait(lambda: wall.mosaic is not None)
    click = lambda: studio.qtbot.mouseClick(wall, Qt.MouseButton.LeftButton, pos=wall.place_of(2))  # noqa: E731
    inspected = studio.wait_for(studio.game.inspected, click)
    off = inspected.samples.astype(float) - inspected.reconstructions.astype(float)
    # In model units, which span 2 where pixels span 255; a reconstruction beyond them is clipped to be shown.
    inside = (inspected.reconstructions > 0) & (inspected.reconstructions < 255)
    assert inspected.energies[0] >= ((off / 127.5) ** 2 * inside).mean() - 0.01
    assert inspected.reconstructions.shape == inspected.samples.shape == (1, 8, 8, 1)


def test_points_are_inspected_by_a_click(studio, tiny):
    changed = {
        "discriminator": AutoencoderDiscriminatorSpec(width=8, depth=1, code_size=4),
        "objective": EnergySpec(margin=0.5),
    }
    studio.start(tiny.model_copy(update=changed))
    plane, energy = studio.scene.samples, studio.scene.energy
    studio.wait(lambda: len(energy.histogram.fake) == COUNT)
    plane.set_layer("generated", False)
    point = plane._real.points[0]

    def click(x, y):
        place = plane._plot.mapFromScene(plane._plot.getViewBox().mapViewToScene(QPointF(x, y)))
        studio.qtbot.mouseClick(plane._plot.viewport(), Qt.MouseButton.LeftButton, pos=place)

    click(*point)
    studio.wait(lambda: energy.inspection.texts)
    way = plane._examined.way
    assert np.hypot(*(way[0] - point)) < 0.1
    scale = build_dataset(tiny.dataset).modality.scale
    assert energy.inspection.energy == pytest.approx(np.square((way[1] - way[0]) / scale).mean(), rel=1e-3)
    click(0.0, 0.0)  # beside all points
    studio.wait(lambda: plane._examined.way is None)


def test_the_margin_is_followed_and_other_games_have_no_energies(studio, images, tiny):
    studio.start(images)
    studio.send(Step())
    studio.send(Adjust("objective.margin", 0.3))
    studio.wait(lambda: studio.scene.energy.histogram.margin == 0.3)
    assert {"Energy", "Codes alike"} <= set(studio.scene.curves.plots)
    studio.start(tiny)
    assert not studio.scene.energy.isVisible()
    assert not {"Energy", "Codes alike"} & set(studio.scene.curves.plots)
    assert studio.game.history.names == SCALARS
