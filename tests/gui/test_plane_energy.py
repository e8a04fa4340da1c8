"""The plane where D is an autoencoder: its energy is the heat map, and nothing is offered that energies don't have."""

import numpy as np
import pytest
from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor

from ganstudio.experiment import AutoencoderDiscriminatorSpec, EnergySpec, Experiment
from ganstudio.gui.plane.heat import HEATS, VERDICT, energy_heat
from ganstudio.gui.plane.view import PlaneView
from ganstudio.modalities import Points
from ganstudio.training.messages import Frame, Opened

BOUNDS = (-1.0, 1.0, -1.0, 1.0)
ENERGIES = Experiment(discriminator=AutoencoderDiscriminatorSpec(), objective=EnergySpec(margin=0.4))


def opened(experiment):
    return Opened(
        experiment=experiment,
        run=None,
        step=0,
        seconds=0.0,
        data_name="ring",
        data_count=None,
        modality=Points(),
        real=np.array([[5, 5]], np.float32),
        latents=np.zeros((4, 2), np.float32),
        plane=BOUNDS,
        skipped=(),
        skipped_count=0,
        generator_parameters=1,
        discriminator_parameters=1,
        device="cpu",
        threads=1,
    )


def slope(margin=0.4, cells=64):
    """Energies from 0 at the left to twice the margin at the right."""
    return np.tile((np.arange(cells) + 0.5) / cells * 2 * margin, (cells, 1)).astype(np.float32)


def frame(margin=0.4):
    return Frame(step=3, layers={"landscape": slope(), "margin": np.array(margin)}, bounds=BOUNDS)


@pytest.fixture
def plane(qtbot):
    view = PlaneView()
    qtbot.addWidget(view)
    view.resize(700, 700)
    with qtbot.waitExposed(view):
        view.show()
    return view


def offered(plane):
    return {key for key, entry in plane.choices.heat_chip.entries.items() if entry.isVisible() and key}


def colour_at(view, x, y):
    place = view._plot.mapFromScene(view._plot.getViewBox().mapViewToScene(QPointF(x, y)))
    image = view._plot.grab().toImage()
    return QColor(image.pixel(place * image.devicePixelRatio()))


def near(colour, name, tolerance=14):
    pairs = zip(colour.getRgb()[:3], QColor(name).getRgb()[:3], strict=True)
    return all(abs(a - b) <= tolerance for a, b in pairs)


def test_only_the_energy_is_offered_and_it_is_the_landscape_that_is_asked_for(plane):
    assert offered(plane) == set(HEATS)
    plane.choices.heat_chip.choose("optimal")
    plane.open(opened(ENERGIES))
    assert offered(plane) == {"energy"}
    assert plane.choices.heat_chip.choice == "energy"
    assert plane.choices.heat_chip.text() == "Energy ▾"
    assert plane.watch().layers == {"generated", "landscape"}
    assert not plane.choices.arrow_chip.entries["saturating"].isVisible()
    assert plane.choices.arrow_chip.entries["own"].isVisible()
    plane.open(opened(Experiment()))
    assert offered(plane) == set(HEATS)
    assert plane.choices.heat_chip.choice == "landscape"


def test_no_heat_map_stays_none(plane):
    plane.set_layer("landscape", False)
    plane.open(opened(ENERGIES))
    assert plane.choices.heat_chip.choice == ""
    plane.set_layer("energy", True)
    assert plane.choices.heat_chip.choice == "energy"


def test_low_energy_has_the_real_datas_colour_and_the_margin_gs(plane):
    plane.open(opened(ENERGIES))
    plane.show_frame(frame())
    amber, dark, teal = VERDICT
    assert near(colour_at(plane, -0.97, 0), teal)
    assert near(colour_at(plane, -0.5, 0), dark)
    assert near(colour_at(plane, 0.03, 0), amber)
    assert near(colour_at(plane, 0.9, 0), amber)


def test_the_bar_goes_from_0_to_the_margin_and_follows_it(plane):
    plane.open(opened(ENERGIES))
    assert plane.judged.bar.heat == energy_heat(0.4)
    assert [text for _, text in plane.judged.bar.heat.ticks] == ["≥ 0.4", "0.2", "0"]
    plane.show_frame(frame(margin=0.8))
    assert plane.judged.bar.heat == energy_heat(0.8)
    assert near(colour_at(plane, 0, 0), VERDICT[1])


def test_the_readout_tells_the_energy_and_the_margin(plane):
    plane.open(opened(ENERGIES))
    plane.show_frame(frame())
    box = plane._plot.getViewBox()
    plane._on_mouse_moved(box.mapViewToScene(QPointF(-0.51, 0.25)))
    assert plane._hover.text() == "x = (−0.51, 0.25)    energy 0.194 (m = 0.4)"


def test_the_header_fits_a_narrow_plane(plane):
    plane.resize(420, 500)
    plane.open(opened(ENERGIES))
    plane.layout().activate()
    assert plane.width() == 420
    assert plane.choices.heat_chip.width() >= plane.choices.heat_chip.sizeHint().width() - 12
