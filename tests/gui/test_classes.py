"""The class under the user's hand: buttons by name, columns of a class, and heat maps that say what D judges."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt

from ganstudio.experiment import (
    CategoricalCodeSpec,
    ConditioningSpec,
    Experiment,
    LabelSpec,
    LatentSpec,
    MLPDiscriminatorSpec,
)
from ganstudio.gui.gallery.sheet_state import axes, first_choice
from ganstudio.gui.gallery.view import GalleryView
from ganstudio.gui.latent.state import LatentState
from ganstudio.gui.latent.value_buttons import ValueButtons
from ganstudio.gui.latent.view import LatentView
from ganstudio.gui.plane.heat import HEATS
from ganstudio.gui.plane.view import PlaneView
from ganstudio.gui.plots.view import CurvesView
from ganstudio.gui.rooms.slow_motion.words import tell
from ganstudio.modalities import Images, Points
from ganstudio.training.messages import Frame, Opened, Rendered, Stage
from ganstudio.training.records.history import History
from tests.gui.test_plane_energy import offered
from tests.gui.test_plane_energy import opened as opened_plane

LABEL = LabelSpec(size=3, names=("cat", "dog", "a very long name of a class indeed"), shares=(0.25, 0.75, 0.0))
SPEC = LatentSpec(dimensions=5)
TOLD = Experiment(latent=SPEC, conditioning=ConditioningSpec(labels="projection"))
PACKED = Experiment(discriminator=MLPDiscriminatorSpec(packing=3))


def greys(count, size=8):
    """Images of one grey each: 0, 1, 2, ..."""
    return np.broadcast_to(np.arange(count, dtype=np.uint8)[:, None, None, None], (count, size, size, 1)).copy()


@pytest.fixture
def told() -> Opened:
    images = opened_plane(TOLD)
    return replace(
        images,
        modality=Images((1, 8, 8)),
        plane=None,
        real=greys(24),
        latents=np.zeros((24, 8), np.float32),
        label=LABEL,
        columns=6,
    )


@pytest.fixture
def latent(qtbot):
    view = LatentView()
    view.asked = []
    view.requested.connect(view.asked.append)
    qtbot.addWidget(view)
    view.resize(700, 500)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_a_class_is_drawn_as_often_as_the_data_have_it():
    state = LatentState(SPEC.with_label(LABEL), seed=0)
    drawn = []
    for _ in range(2000):
        state.randomise()
        drawn.append(int(state.code(0)))
    assert np.bincount(drawn, minlength=3) / 2000 == pytest.approx([0.25, 0.75, 0], abs=0.04)


def test_the_class_is_chosen_by_a_button_with_its_name(qtbot, latent, told):
    latent.open(told.latent, Images((1, 8, 8)), pictured=True)
    (buttons,) = latent.codes.buttons.values()
    assert not latent.codes.names
    assert not latent.codes.meters
    assert latent.latents.tolist() == [0] * 5 + [1, 0, 0]
    qtbot.mouseClick(buttons, Qt.MouseButton.LeftButton, pos=buttons.rect_of(1).center())
    assert latent.latents.tolist() == [0] * 5 + [0, 1, 0]
    assert latent.asked[-1].shape == (1 + 9, 8)
    qtbot.waitUntil(lambda: len(latent.asked[-1]) == 1 + 9 + 3)  # with the pictures of the classes
    asked = latent.asked[-1]
    assert (asked[:10, 5:] == [0, 1, 0]).all()
    assert (asked[10:, 5:] == np.eye(3)).all()
    latent.show_rendered(Rendered(request=1, step=7, samples=greys(13)))
    assert [each.pixelColor(0, 0).red() for each in buttons.images] == [10, 11, 12]


def test_the_class_stands_before_the_codes_and_leaves_their_readouts_alone(latent):
    spec = LatentSpec(dimensions=2, codes=(CategoricalCodeSpec(size=4, name="shape"),)).with_label(LABEL)
    latent.open(spec, Points(), pictured=False)
    assert sorted(latent.codes.buttons) == [0, 1]
    assert latent.codes.buttons[1].y() < latent.codes.buttons[0].y()
    assert len(latent.codes.meters) == 1
    latent.set_information([0.5])
    assert "0.50" in latent.codes.meters[0].text
    latent.follow(spec.model_copy(update={"codes": (CategoricalCodeSpec(size=4, name="form"), LABEL)}))
    assert latent.codes.names[0].text() == "form"
    latent.show_rendered(Rendered(request=1, step=1, samples=np.zeros((34, 2), np.float32)))
    assert latent.head.readout.text().startswith("G(z, c, y) = ")


def test_names_are_written_as_far_as_there_is_room(qtbot):
    buttons = ValueButtons(3, LABEL.names)
    qtbot.addWidget(buttons)
    buttons.resize(500, 30)
    with qtbot.waitExposed(buttons):
        buttons.show()
    boxes = [buttons.rect_of(value) for value in range(3)]
    assert boxes[0].width() == 140
    assert all(box.right() < 500 for box in boxes)
    place = boxes[2].center()
    qtbot.mouseMove(buttons, boxes[1].center())
    qtbot.mouseMove(buttons, place)
    assert buttons.toolTip() == LABEL.names[2]


def test_the_gallery_stands_in_columns_of_a_class(qtbot, told):
    gallery = GalleryView()
    qtbot.addWidget(gallery)
    gallery.resize(700, 400)
    with qtbot.waitExposed(gallery):
        gallery.show()
    gallery.open(told)
    gallery.show_frame(Frame(step=1, layers={"gallery": greys(24)}))
    gallery.set_mode("both")
    for wall in (gallery._generated, gallery._real):
        assert (wall.mosaic.columns, wall.mosaic.rows) == (6, 4)
    gallery.open(replace(told, columns=0, label=None))
    gallery.show_frame(Frame(step=1, layers={"gallery": greys(20)}))
    assert gallery._generated.mosaic.columns != 6


def test_a_sheet_runs_over_the_classes_by_name():
    found = axes(SPEC.with_label(LABEL))
    assert (found[0].name, found[0].heads) == ("class", LABEL.names)
    assert (found[0].columns, found[0].values.tolist()) == (slice(5, 8), np.eye(3).tolist())
    assert first_choice(SPEC.with_label(LABEL)) == (0, 6)  # other z


# --- what D judges ---


@pytest.mark.parametrize(
    ("experiment", "title", "words"),
    [(TOLD, "D(x, y)", "no D* beside it"), (PACKED, "D(pack)", "beside it 2 real points")],
)
def test_the_heat_map_says_what_d_judges(qtbot, experiment, title, words):
    plane = PlaneView()
    qtbot.addWidget(plane)
    plane.open(opened_plane(experiment))
    assert offered(plane) == {"landscape"}
    assert plane.judged.bar.heat.title == title
    assert words in plane.choices.heat_chip.entries["landscape"].toolTip()
    assert plane.choices.heat_chip.text().startswith(title)
    plane.open(opened_plane(Experiment()))
    assert offered(plane) == set(HEATS)
    assert plane.judged.bar.heat == HEATS["landscape"]


def test_the_bound_says_what_it_is_of(qtbot):
    history = History()
    curves = CurvesView(history)
    qtbot.addWidget(curves)
    curves.resize(500, 700)
    with qtbot.waitExposed(curves):
        curves.show()
    row = np.array([[1, 0.1, 1, 1, 0.6, 0.4, -1.0, 1, 1]])
    for step in range(1, 30):
        row[0, 0] = step
        history.append(row)
    for experiment, note, name in (
        (PACKED, "D judges packs of 3 samples", "JSD of packs ≥"),
        (TOLD, "D judges pairs of a sample and its class", "JSD of pairs ≥"),
        (Experiment(), "", "JSD ≥"),
    ):
        curves.follow_game(experiment, 0)
        assert curves.plots["JSD"].note.startswith(note)
        assert bool(curves.plots["JSD"].note) == bool(curves.plots["Value"].note) == bool(note)
        curves.refresh()
        assert curves.plots["JSD"].describe(curves.plots["JSD"]._bound, 28)[0].startswith(name)


def test_slow_motion_says_that_packs_are_judged_and_classes_given():
    numbers = {"count": 4.0, "dimensions": 2.0, "noise": 0.0, "d_real": 0.5, "d_fake": 0.5}

    def sentence(name, experiment):
        stage = Stage(name=name, player="discriminator", round=1, numbers=numbers, layers={})
        return tell(stage, experiment, Points()).sentence

    assert sentence("judge", PACKED).endswith("It takes 3 of a kind at a time, as one.")
    assert sentence("draw_z", TOLD).endswith("Beside each stands its sample's class, as one-hot.")
    assert "one-hot" not in sentence("draw_z", PACKED)
    assert "at a time" not in sentence("judge", TOLD)
