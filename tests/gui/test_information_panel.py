"""The plot of the information: what is drawn and read out, and that a game without codes has none."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication

from ganstudio.experiment import CategoricalCodeSpec, ContinuousCodeSpec, Experiment, LatentSpec
from ganstudio.gui.looks import theme
from ganstudio.gui.looks.theme import code_colour
from ganstudio.gui.plots.series import blend
from ganstudio.gui.plots.view import CurvesView
from ganstudio.gui.text.words import short_name
from ganstudio.measurements import LOG2
from ganstudio.objectives.information import information_scalars
from ganstudio.scalars import COMMON
from ganstudio.training.messages import SCALARS
from ganstudio.training.records.history import History

CODES = (CategoricalCodeSpec(name="digit"), ContinuousCodeSpec(), CategoricalCodeSpec(size=10))


def scalars(count, value=-1.0):
    rows = np.full((count, 2 + len(SCALARS)), 0.7)
    rows[:, 0] = np.arange(1, count + 1)
    rows[:, 1] = rows[:, 0] / 100
    rows[:, 2 + SCALARS.index("value")] = value
    return rows


def told(count, *values, value=-1.0):
    return np.concatenate([scalars(count, value), np.tile(np.array(values), (count, 1))], axis=1)


def game(codes=CODES):
    return Experiment(latent=LatentSpec(codes=tuple(codes)))


def declared(codes=CODES):
    return (*COMMON, *information_scalars(LatentSpec(codes=tuple(codes))))


@pytest.fixture
def view(qtbot):
    made = CurvesView(History(50, [scalar.name for scalar in declared()]))
    qtbot.addWidget(made)
    made.resize(500, 760)
    with qtbot.waitExposed(made):
        made.show()
    made.open_game(declared(), game(), 0)
    made.history.append(told(400, 2.0, 1.25, 0.3))
    made.refresh()
    return made


def words(view):
    return {entry[1]: " ".join(entry[2:]) for entry in view.plots["Information"].readouts()}


def number(view, name):
    return float(words(view)[name].replace("−", "-"))


def test_values_are_read_out_beside_the_bound(view):
    shown = words(view)
    assert shown["digit"].strip() == "2.000"
    assert shown["c₂"].strip() == "1.250"
    assert shown["c₃"].strip() == "0.300"
    assert shown["I(t; X)"].strip() == f"≥ {LOG2 - 0.5:.3f}"


def test_bits_are_those_of_the_other_plots(view, qtbot):
    qtbot.mouseClick(view.controls.bits, Qt.MouseButton.LeftButton)
    assert words(view)["digit"].strip() == f"{2 / LOG2:.3f}"
    assert view.plots["Information"].unit == "bits"
    heights = [height for height, _, _ in view.plots["Information"].ceilings()]
    assert heights == pytest.approx([np.log2(10)])
    assert view.plots["Information"].y_range[1] >= np.log2(10)


def test_equal_ceilings_share_a_line_and_continuous_codes_have_none(view):
    ((height, text, colour),) = view.plots["Information"].ceilings()
    assert height == pytest.approx(np.log(10))
    assert text == "H(digit) = H(c₃) = 2.30"
    assert colour == code_colour(0)
    assert view.plots["Information"].levels == (0.0, height)
    low, high = view.plots["Information"].y_range
    assert low <= 0
    assert high > height


def test_the_crosshair_tells_the_cross_entropy(view):
    panel = view.plots["Information"]
    spot = QPointF(panel.position_of(200), 60)
    none, at = Qt.MouseButton.NoButton, QPointF(panel.mapToGlobal(spot.toPoint()))
    move = QMouseEvent(QMouseEvent.Type.MouseMove, spot, at, none, none, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(panel, move)
    assert words(view)["digit"] == f"2.000 (cross-entropy {np.log(10) - 2:.3f})"
    assert words(view)["c₂"] == f"1.250 (cross-entropy −{1.25 - np.log(2):.3f})"


def test_curves_are_where_their_values_are(view):
    pixels, panel = view.plots["Information"]._pixels, view.plots["Information"]
    low, high = panel.y_range
    for index, value in enumerate((2.0, 1.25, 0.3)):
        rows = np.flatnonzero((pixels == blend(code_colour(index), 1.0)).any(axis=1))
        expected = (high - value) / (high - low) * len(pixels)
        assert rows.mean() == pytest.approx(expected, abs=2)


def test_codes_that_were_not_recorded_have_no_curve(view):
    view.history.clear(SCALARS)
    view.history.append(scalars(200))
    view.history.append(told(400, 2.0, 1.25, 0.3)[200:], [scalar.name for scalar in declared()])
    view.refresh()
    columns = (view.plots["Information"]._pixels == blend(code_colour(0), 1.0)).any(axis=0)
    assert columns[: round(0.45 * len(columns))].sum() == 0
    assert columns[round(0.52 * len(columns)) :].mean() > 0.9
    assert words(view)["digit"].strip() == "2.000"


def test_new_rows_alone_are_drawn(view):
    seen = view._seen
    view.refresh()
    assert view._seen == seen
    view.history.append(told(410, 2.1, 1.2, 0.3)[400:])
    view.refresh()
    assert view._seen != seen


def test_a_bound_below_zero_says_nothing(view):
    view.history.clear()
    view.history.append(told(300, 2.0, 1.25, 0.3, value=-3.0))
    view.refresh()
    assert words(view)["I(t; X)"].strip() == "says nothing yet: below 0"


def test_an_untrained_q_does_not_flatten_the_plot(view):
    view.history.clear()
    view.history.append(told(400, -40.0, -1.0, 0.0))
    view.refresh()
    low, high = view.plots["Information"].y_range
    assert -2 < low < -0.9
    assert high > 2.3


def test_without_codes_neither_plot_nor_chip_is_there(view):
    chip = view.controls.shown["Information"]
    assert chip.text() == "Info"
    assert view.plots["Information"].isVisible()
    assert chip.isVisible()
    view.open_game(COMMON, Experiment(), 0)
    assert list(view.plots) == ["Losses", "Belief", "Value", "JSD", "Gradients"]
    assert view.plots["Gradients"].shows_x_axis
    assert not chip.isVisible()
    view.open_game(declared(), game(), 0)
    assert list(view.plots)[-1] == "Information"
    assert view.controls.shown["Information"] is chip
    assert view.plots["Information"].isVisible()
    chip.setChecked(False)
    assert not view.plots["Information"].isVisible()


def test_long_names_are_cut_short():
    assert short_name("digit") == "digit"
    assert short_name("the thickness of the stroke") == "the thickne…"


def test_two_codes_of_one_name_are_two_curves(view):
    view.follow_game(game(code.model_copy(update={"name": "same"}) for code in CODES), 0)
    pixels = view.plots["Information"]._pixels
    assert all((pixels == blend(code_colour(k), 1.0)).any() for k in range(3))


def test_a_long_run_is_painted_as_fast_as_a_short_one(view):
    count = 100_000
    view.history.append(told(count, 2.0, 1.2, 0.3)[400:])
    view.refresh()
    took = []
    for _ in range(5):
        began = time.thread_time()
        view.plots["Information"].render_curves(view.history, view.plots["Information"]._timeline)
        took.append(time.thread_time() - began)
    assert 0 < sorted(took)[2] < 0.03  # measured 0.001


# --- Huszár's reading ---


def test_the_reading_is_the_bit_less_the_weighted_codes_and_off_at_first(view, qtbot):
    name = "I(t; X) − λ I(c; G)"
    assert name not in words(view)
    weights = zip(CODES, (1, 0.1, 0.5), strict=True)
    view.follow_game(game(code.model_copy(update={"weight": weight}) for code, weight in weights), 0)
    qtbot.mouseClick(view.controls.reading, Qt.MouseButton.LeftButton)
    expected = LOG2 - 0.5 - (1 * 2.0 + 0.1 * 1.25 + 0.5 * 0.3)
    assert number(view, name) == pytest.approx(expected, abs=1e-3)
    assert number(view, "digit") == 2.0  # the others stay what they were
    panel = view.plots["Information"]
    low, high = panel.y_range
    assert low < expected < 0 < high
    rows = np.flatnonzero((panel._pixels == blend(theme.GENERATOR, 1.0)).any(axis=1))
    assert rows.mean() == pytest.approx((high - expected) / (high - low) * len(panel._pixels), abs=2)
    qtbot.mouseClick(view.controls.bits, Qt.MouseButton.LeftButton)
    assert number(view, name) == pytest.approx(expected / LOG2, abs=1e-3)


def test_the_reading_follows_lambda_and_counts_a_bound_below_zero_as_nothing(view):
    view.controls.reading.setChecked(True)
    view.follow_game(game(code.model_copy(update={"weight": 0.0}) for code in CODES), 0)
    name = "I(t; X) − λ I(c; G)"
    assert number(view, name) == pytest.approx(LOG2 - 0.5, abs=1e-3)
    view.history.clear()
    view.history.append(told(400, 2.0, 1.25, 0.3, value=-3.0))
    view.refresh()
    assert number(view, name) == pytest.approx(0, abs=1e-6)


def test_the_reading_belongs_to_codes(view):
    assert view.controls.reading.isVisible()
    view.open_game(COMMON, Experiment(), 0)
    assert not view.controls.reading.isVisible()
