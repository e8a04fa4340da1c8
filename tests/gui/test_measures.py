"""The measures in the real window: made in a process of their own, shown as tables and pictures, kept with the run."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QLabel
from safetensors.numpy import load_file

from ganstudio.data.published.weights import INCEPTION
from ganstudio.experiment import (
    CategoricalCodeSpec,
    ContinuousCodeSpec,
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    GlyphsSpec,
    LatentSpec,
)
from ganstudio.gui.looks import theme
from ganstudio.gui.looks.theme import code_colour
from ganstudio.gui.plots.series import blend
from ganstudio.gui.rooms.measures.heat_table import STRONGEST, HeatTable
from ganstudio.gui.rooms.measures.picture_rows import PictureRows
from ganstudio.gui.rooms.measures.process import FILE, Measuring
from ganstudio.gui.rooms.measures.view import NO_RUN, MeasuresView
from ganstudio.gui.rooms.measures.words import KINDS
from ganstudio.measurements.record import Record
from ganstudio.run import latest_checkpoint
from ganstudio.training.messages import Notice, Save, Step

if TYPE_CHECKING:
    from pathlib import Path

FIGURES = {
    "step": 1234,
    "seconds": 25.0,
    "images_missing": None,
    "images_samples": 1000,
    "images_floor_from": "held out",
    "frechet_local": 3.884,
    "frechet_local_floor": 0.307,
    "fid_inception": None,
    "fid_inception_missing": "it needs the Inception weights: give their file with --inception FILE",
    "kernel_distance": -0.0035,
    "kernel_distance_se": 0.005,
    "precision": 0.289,
    "precision_floor": 0.991,
    "nearest_count": 2,
    "codes_missing": None,
    "codes_samples": 900,
    "codes_accuracy": {"digit": 0.59},
    "codes_matched": {"digit": {"0": "6", "1": "2"}},
    "codes_mig": 0.15,
    "codes_information_nats": {"digit": {"class": 2.25, "turn": 0.5}, "c2": {"class": 0.1, "turn": 1.5}},
    "codes_information_control_nats": {"digit": {"class": 0.01, "turn": 0.02}, "c2": {"class": 0.01, "turn": 0.04}},
    "factor_entropies_nats": {"class": 2.3, "turn": 3.0},
    "codes_rank_correlation": {"c2": {"turn": -0.9}},
    "codes_extremes": {
        "digit": {"0": {"images": [7, 8], "readings": [0.99, 0.5]}, "1": {"images": [], "readings": []}},
        "c2": {"lowest": {"images": [1], "readings": [-1.2]}, "highest": {"images": [2], "readings": [1.4]}},
    },
}


def record(**changed) -> Record:
    random = np.random.default_rng(0)
    pictures = {
        "nearest": random.integers(0, 255, (5, 10, 8, 8, 1), dtype=np.uint8),
        "extremes_0": random.integers(0, 255, (2, 4, 8, 8, 1), dtype=np.uint8),
        "extremes_1": random.integers(0, 255, (2, 4, 8, 8, 3), dtype=np.uint8),
    }
    return Record({**FIGURES, **changed}, pictures)


@pytest.fixture
def view(qtbot) -> MeasuresView:
    made = MeasuresView()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.open(KINDS["images"], started=True)
    with qtbot.waitExposed(made):
        made.show()
    return made


def words(view) -> list[str]:
    return [label.text() for label in view.findChildren(QLabel)]


def test_figures_stand_beside_their_floors(view):
    view.show_record(record())
    shown = words(view)
    at = shown.index("Frechet distance (local)")
    assert shown[at : at + 4] == ["Frechet distance (local)", "3.884", "0.307", "lower is better"]
    at = shown.index("Kernel distance")
    assert shown[at : at + 3] == ["Kernel distance", "−0.0035 ± 0.0050", "–"]
    assert shown[shown.index("Precision") : shown.index("Precision") + 3] == ["Precision", "28.9 %", "99.1 %"]
    assert "FID (Inception)" not in shown  # no row without a figure, but a sentence
    assert any(text.startswith("FID (Inception) was not measured. Tick it above") for text in shown)
    assert not any("--inception" in text for text in shown)  # the window has buttons for it
    assert view.told.text() == "Measured at step 1,234, 1,000 images a side, in 25.0 s"
    told = {"title": "Of none", "help": "h", "better": "low", "share": False, "controls": {"a chain": None, "b": 2.0}}
    measures = {"none": told, "some": told}
    view.show_record(record(none=None, none_floor=None, some=1.5, some_floor=None, measures=measures))
    assert words(view)[words(view).index("Of none") :][:3] == ["Of none", "1.500", "–"]
    assert next(one for one in view.findChildren(QLabel) if one.text() == "1.500").toolTip() == "h. B gets 2.000"
    view.show_record(record(fid_inception=31.5, fid_inception_floor=12.0, fid_inception_missing=None))
    shown = words(view)
    assert shown[shown.index("FID (Inception)") :][:3] == ["FID (Inception)", "31.500", "12.000"]


POINTS = {
    "step": 2000,
    "estimator": "probe",
    "estimate_samples": 20_000,
    "estimate_missing": None,
    "jsd_nats": 0.0312,
    "jsd_low": 0.0251,
    "jsd_high": 0.0404,
    "jsd_floor_nats": 0.0021,
    "kl_forward_nats": 0.2,
    "kl_forward_low": 0.1502,
    "kl_reverse_nats": 0.001,
    "kl_reverse_low": 0.0,
    "kl_kind": "lower bound",
    "jsd_bound_nats": 0.02,
    "jsd_bound_se_nats": 0.004,
    "jsd_bound_missing": None,
}


def test_divergences_of_points_tell_their_estimator_interval_and_bounds(view):
    view.show_record(Record(POINTS))
    shown = words(view)
    assert view.told.text() == "Measured at step 2,000, divergences by the probe, 20,000 samples a side"
    for name, told in (
        ("JSD", ["0.031 (0.025 to 0.040)", "0.002"]),
        ("KL(p_data ‖ p_g)", ["≥ 0.150", "–"]),
        ("KL(p_g ‖ p_data)", ["says nothing yet", "–"]),
        ("JSD by the game's value", ["≥ 0.020 ± 0.004", "–"]),
    ):
        at = shown.index(name)
        assert shown[at + 1 : at + 3] == told


def test_what_says_nothing_is_told_so_and_why(view):
    nothing = {"jsd_bound_nats": None, "jsd_bound_se_nats": None, "jsd_bound_missing": "it is at or below 0"}
    older = {key: value for key, value in POINTS.items() if key != "kl_kind"}
    view.show_record(Record({**older, **nothing, "jsd_nats": None, "estimate_missing": "the data has 9 samples"}))
    labels = view.findChildren(QLabel)
    shown = [label.text() for label in labels]
    at = shown.index("JSD by the game's value")
    assert shown[at + 1] == "says nothing yet"
    assert labels[at + 1].toolTip().endswith("Not known: it is at or below 0")
    assert not any(text.startswith("KL(") for text in shown)  # an older version's intervals did not hold
    assert "JSD by the probe: not known: the data has 9 samples." in shown


def test_codes_are_a_heat_map_with_its_control(view):
    view.show_record(record())
    told, turned = view.findChildren(HeatTable)
    assert told.rows == [("digit", code_colour(0)), ("c2", code_colour(1))]
    assert told.columns == [("class", "H = 2.30"), ("turn", "H = 3.00")]
    assert (told.cells[0][0].text, told.cells[0][0].detail) == ("2.25", "(0.01)")
    assert told.cells[1][1].share == pytest.approx(0.5)
    assert turned.cells[0][0].text == "−0.90"
    assert turned.rows == [("c2", code_colour(1))]
    colours = {told.grab().toImage().pixel(x, 38) for x in range(told.width())}
    assert blend(theme.ACCENT, STRONGEST * 2.25 / 2.3, theme.SURFACE) in colours
    pink = {turned.grab().toImage().pixel(x, 24) for x in range(turned.width())}
    assert blend(theme.GENERATOR, 0.9 * STRONGEST, theme.SURFACE) in pink
    shown = words(view)
    assert "digit as a classifier: 59.0 % right, its values matched one to one: 0 → 6, 1 → 2" in shown
    assert any(text.endswith("as a share of its H: 0.150") for text in shown)


def test_pictures_are_as_many_as_there_are(view):
    kept = record()
    view.show_record(kept)
    digit, other, near = view.findChildren(PictureRows)
    assert [(text, len(images)) for text, images in digit.rows] == [("0\nup to 0.99", 2), ("1", 0)]
    assert [text for text, _ in other.rows] == ["lowest\n−1.20 …", "highest\n+1.40 …"]
    assert [len(images) for _, images in near.rows] == [10] * 5
    assert near.rows[1][0] == "nearest by pixels"
    np.testing.assert_array_equal(digit.rows[0][1], kept.pictures["extremes_0"][0, :2])
    near.grab()


def test_without_factors_the_pictures_alone_tell_of_the_codes(view):
    nothing = {
        "codes_accuracy": {},
        "codes_mig": None,
        "factor_entropies_nats": {},
        "codes_rank_correlation": {"c2": {}},
    }
    view.show_record(record(codes_information_nats={"digit": {}, "c2": {}}, **nothing))
    assert view.findChildren(HeatTable) == []
    assert len(view.findChildren(PictureRows)) == 3


def test_what_is_not_known_is_told(view):
    view.show_record(record(images_missing="too few images", codes_missing="too few of them"))
    assert "Not known: too few images." in words(view)
    assert "Not known: too few of them." in words(view)


def test_it_says_what_to_do_when_there_is_nothing(view):
    assert KINDS["images"].empty in words(view)
    view.open(KINDS["points"], started=False)
    assert view.told.text() == NO_RUN
    assert not view.go.isEnabled()
    assert KINDS["points"].empty in words(view)
    view.set_started(True)
    assert view.go.isEnabled()
    view.show_running("learning features")
    assert (view.told.text(), view.go.isEnabled()) == ("Learning features…", False)
    assert view.stop.isVisible()
    view.show_failed("the disk is full")
    assert (view.told.text(), view.go.isEnabled()) == ("The disk is full", True)
    assert not view.stop.isVisible()


def test_the_fid_needs_its_weights(view, qtbot):
    view.set_weights(False)
    assert (view.fid.isEnabled(), view.weights.isVisible()) == (False, True)
    with qtbot.waitSignal(view.weights_wanted):
        qtbot.mouseClick(view.weights, Qt.MouseButton.LeftButton)
    view.set_weights(True)
    assert not view.weights.isVisible()
    with qtbot.waitSignal(view.wanted, check_params_cb=lambda fid: not fid):
        qtbot.mouseClick(view.go, Qt.MouseButton.LeftButton)
    view.fid.setChecked(True)
    with qtbot.waitSignal(view.wanted, check_params_cb=lambda fid: fid):
        qtbot.mouseClick(view.go, Qt.MouseButton.LeftButton)


# --- the process ---


def test_a_process_that_fails_says_why(qtbot, tmp_path, monkeypatch):
    owner = QObject()
    measuring = Measuring(owner)
    with qtbot.waitSignal(measuring.failed) as failed:
        measuring.start(tmp_path / "none", estimator="neighbours", inception=False)
        assert measuring.running
    assert "none" in failed.args[0]
    assert not failed.args[0].startswith("ganstudio:")
    assert not measuring.running
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    with qtbot.waitSignal(measuring.failed) as failed:
        measuring.start(tmp_path, estimator="neighbours", inception=False)
    assert failed.args[0].startswith("the measuring could not be started")


@pytest.fixture
def informed(tiny):
    codes = (CategoricalCodeSpec(name="digit", size=10), ContinuousCodeSpec())
    return tiny.model_copy(
        update={
            "dataset": GlyphsSpec(size=8, count=260, held_out=140),
            "latent": LatentSpec(dimensions=2, codes=codes),
            "generator": DCGANGeneratorSpec(width=4),
            "discriminator": DCGANDiscriminatorSpec(width=4),
        }
    )


def trained(studio, experiment, steps: int, pause: int = 0, between=lambda: None) -> Path:
    """Train so many steps, do something after ``pause`` of them, and save; the checkpoint."""
    studio.start(experiment)
    for step in range(1, steps + 1):
        studio.send(Step())
        if step == pause:
            studio.wait(lambda: studio.game.step == pause)
            between()
    studio.wait_for(studio.game.checkpointed, lambda: studio.send(Save()))
    found = latest_checkpoint(studio.run_folder())
    assert found is not None
    return found


def test_measuring_shows_what_it_found_and_changes_nothing(studio, informed):
    view = studio.window._rooms.measures.view

    def measure():
        studio.trigger("measures")
        assert studio.window.shell.middle() is view
        studio.qtbot.mouseClick(view.go, Qt.MouseButton.LeftButton)
        studio.wait(lambda: view.stop.isVisible())
        studio.wait(lambda: view.record is not None, seconds=90)

    measured = trained(studio, informed, 4, 2, measure)
    figures = view.record.figures
    assert (figures["step"], figures["images_samples"], figures["codes_samples"]) == (2, 140, 140)
    assert set(figures["codes_information_nats"]["digit"]) == {"class", "rotation", "thickness", "x", "y"}
    assert len(view.findChildren(PictureRows)) == 3
    assert (studio.run_folder() / FILE).is_file()
    plain = trained(studio, informed, 4)
    assert measured.parent != plain.parent
    for name in ("generator", "average", "discriminator", "recogniser"):
        one, other = (load_file(path / f"{name}.safetensors") for path in (measured, plain))
        assert one.keys() == other.keys()
        for key, values in one.items():
            np.testing.assert_array_equal(values, other[key])
    # The other run has no measures; where the first is opened again, they are there.
    assert view.record is None
    studio.window.open_path(measured.parent.parent)
    studio.wait(lambda: view.record is not None and view.record.figures == figures)


def test_it_can_be_given_up_and_left(studio, informed):
    studio.start(informed)
    room = studio.window._rooms.measures
    studio.trigger("measures")
    assert room.view.told.text() == NO_RUN
    studio.send(Step())
    studio.wait(room.view.go.isEnabled)
    studio.qtbot.mouseClick(room.view.go, Qt.MouseButton.LeftButton)
    studio.wait(lambda: room.measuring.running)
    studio.qtbot.mouseClick(room.view.stop, Qt.MouseButton.LeftButton)
    assert not room.measuring.running
    assert room.view.told.text().startswith("Given up")
    studio.qtbot.keyClick(room.view, Qt.Key.Key_Escape)
    assert studio.window.shell.middle() is studio.scene


def test_a_checkpoint_that_can_not_be_written_is_told(studio, informed):
    studio.start(informed)
    room = studio.window._rooms.measures
    studio.game.run = studio.runs  # a run whose session then says that it can't save
    room._begin(inception=False)
    studio.game.take(Notice("Something else is told."))
    assert "Something else" not in room.view.told.text()
    studio.game.take(Notice("The checkpoint could not be written: the disk is full.", no_checkpoint=True))
    assert room.view.told.text() == "The checkpoint could not be written: the disk is full."
    assert not room.measuring.running


def test_the_weights_are_offered_with_what_they_cost(studio, informed, monkeypatch):
    studio.start(informed)
    asked = []
    monkeypatch.setattr(studio.window.opener.fetcher, "_may_fetch", lambda wanted: asked.append(wanted))
    studio.window._rooms.measures.view.weights.click()
    assert asked == [INCEPTION]


def test_a_damaged_file_of_measures_does_no_harm(studio, informed):
    checkpoint = trained(studio, informed, 1)
    run = checkpoint.parent.parent
    (run / FILE).write_bytes(b"half a fi")
    studio.wait_for(studio.game.opened, lambda: studio.window.open_path(run))
    view = studio.window._rooms.measures.view
    assert "not a file of measures" in view.told.text()
    assert view.record is None
