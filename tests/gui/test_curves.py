"""The live curves: what is drawn, what is read out, and how the mouse moves it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QWheelEvent
from PySide6.QtWidgets import QApplication, QToolTip

from ganstudio.experiment import (
    Experiment,
    HingeSpec,
    LeastSquaresSpec,
    RelativisticSpec,
    ScheduleSpec,
    WassersteinSpec,
)
from ganstudio.gui.looks import theme
from ganstudio.gui.parts.number_field import number_of
from ganstudio.gui.plots import scale
from ganstudio.gui.plots.decimate import Extremes, fill, pixel_columns, robust_range
from ganstudio.gui.plots.log import LogAxis
from ganstudio.gui.plots.series import blend
from ganstudio.gui.plots.view import CurvesView
from ganstudio.measurements import LOG2
from ganstudio.measurements.estimate import DivergenceEstimate
from ganstudio.objectives.energy import ENERGY_FAKE, ENERGY_REAL
from ganstudio.presets import with_setting
from ganstudio.scalars import COMMON, D_FAKE, D_REAL
from ganstudio.training.messages import SCALARS, Estimated
from ganstudio.training.records.estimates import current_until
from ganstudio.training.records.history import History

VALUE = 2 + SCALARS.index("value")


def make_rows(count: int, first: int = 1, value: float = -1.0) -> np.ndarray:
    random = np.random.default_rng(first)
    rows = np.abs(random.normal(0.7, 0.1, (count, 2 + len(SCALARS))))
    rows[:, 0] = np.arange(first, first + count)
    rows[:, 1] = rows[:, 0] / 100.0
    rows[:, VALUE] = random.normal(value, 0.02, count)
    return rows


@pytest.fixture
def history() -> History:
    return History(50)


@pytest.fixture
def view(qtbot, history) -> CurvesView:
    view = CurvesView(history)
    qtbot.addWidget(view)
    view.resize(500, 700)
    with qtbot.waitExposed(view):
        view.show()
    return view


def colours(panel) -> set[int]:
    return set(np.unique(panel._pixels).tolist())


def words(panel) -> str:
    return " ".join(" ".join(entry[1:]) for entry in panel.readouts())


def wheel(panel, x: float, y: float, delta: int) -> None:
    spot = QPointF(x, y)
    event = QWheelEvent(
        spot,
        QPointF(panel.mapToGlobal(spot.toPoint())),
        QPoint(),
        QPoint(0, delta),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(panel, event)


# --- pixels -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("count", [1, 2, 7, 99, 100, 101, 5000, 12_800, 12_801, 70_000])
@pytest.mark.parametrize("part", [(0.0, 1.0), (0.3, 0.8), (0.5, 0.5003)])
def test_spans_hold_every_visible_row_and_no_other(count, part):
    """Against a loop over rows; beyond 12,800 rows, 128 a pixel, by blocks whose edges are off by half a pixel."""
    random = np.random.default_rng(count)
    x = np.cumsum(random.random(count))
    y = random.normal(size=count).astype(np.float32)
    y[random.random(count) < 0.1] = np.nan
    start, stop = x[0], max(x[-1], x[0] + 1.0)
    low, high = (start + share * (stop - start) for share in part)
    columns = pixel_columns(x, low, high, 100)
    found = Extremes().span(y, columns)
    size = (high - low) / 100
    slack = 64 if columns.blocks else 0
    for k in range(100):
        first, last = np.searchsorted(x, [low + k * size, low + (k + 1) * size])
        inside = y[first + slack : max(last - slack, first + slack)]
        around = y[max(first - 1 - slack, 0) : last + 1 + slack]
        if np.isfinite(inside).any():
            assert found[0][k] <= np.nanmin(inside) + 1e-6
            assert found[1][k] >= np.nanmax(inside) - 1e-6
        if np.isfinite(found[0][k]):
            assert found[0][k] >= np.nanmin(around) - 1e-6
            assert found[1][k] <= np.nanmax(around) + 1e-6
        else:
            assert not np.isfinite(inside).any()


def test_a_spike_of_one_step_among_a_million_is_seen():
    y = np.zeros(1_000_000, np.float32)
    y[654_321] = 5.0
    columns = pixel_columns(np.arange(1_000_000.0), 0.0, 1_000_000.0, 400)
    low, high = Extremes().span(y, columns)
    assert columns.blocks
    assert np.flatnonzero(high == 5.0).tolist() == [654_321 * 400 // 1_000_000]
    assert (low == 0.0).all()


def test_extremes_grow_with_their_column():
    y = np.random.default_rng(0).normal(size=200_000).astype(np.float32)
    x = np.arange(200_000.0)
    kept = Extremes()
    for count in (130_000, 130_001, 130_063, 130_064, 171_717, 200_000):
        columns = pixel_columns(x[:count], 0.0, float(count), 300)
        np.testing.assert_array_equal(kept.span(y[:count], columns), Extremes().span(y[:count], columns))


def test_a_sparse_curve_is_a_connected_line():
    columns = pixel_columns(np.array([0.0, 10.0]), 0.0, 10.0, 100)
    low, high = Extremes().span(np.array([0.0, 1.0], np.float32), columns)
    np.testing.assert_allclose(low, np.arange(100) / 100, atol=1e-6)
    np.testing.assert_allclose(high, np.arange(1, 101) / 100, atol=1e-6)


def test_infinite_values_draw_without_a_warning():
    y = np.array([0.0, np.inf, np.nan, -np.inf, 1.0], np.float32)
    low, high = Extremes().span(y, pixel_columns(np.arange(5.0), 0.0, 4.0, 40))
    pixels = np.zeros((20, 40), np.uint32)
    fill(pixels, (10 - high, 10 - low), 7)
    assert set(np.unique(pixels)) == {0, 7}


def test_a_spike_does_not_flatten_the_plot():
    low, high = np.zeros(500), np.ones(500)
    high[3] = 1e6
    assert robust_range([(low, high)]) == (0.0, 1.0)
    assert robust_range([]) is None
    assert robust_range([(np.full(5, np.nan), np.full(5, np.nan))]) is None


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("low", "high", "labels"),
    [
        (0.0, 1.0, ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]),
        (-1.0, 1.0, ["−1.0", "−0.5", "0.0", "0.5", "1.0"]),
        (0.0, 6000.0, ["0", "2,000", "4,000", "6,000"]),
        (0.0, 1.2e6, ["0", "0.5M", "1.0M"]),
    ],
)
def test_linear_ticks(low, high, labels):
    assert [label for _, label in scale.linear_ticks(low, high, 5)] == labels


def test_log_and_time_ticks():
    assert [label for _, label in scale.log_ticks(-2.0, 2.0, 5)] == ["0.01", "0.1", "1", "10", "100"]
    assert [label for _, label in scale.log_ticks(0.0, 1.0, 6)] == ["1", "2", "5", "10"]
    assert next(label for _, label in scale.log_ticks(0.0, 0.3, 4)) == "1.0"
    assert len(scale.log_ticks(-300.0, 30.0, 5)) in range(3, 8)
    assert [label for _, label in scale.time_ticks(0.0, 130.0, 5)] == ["0:00", "0:30", "1:00", "1:30", "2:00"]
    assert [label for _, label in scale.time_ticks(0.0, 2.0, 4)] == ["0.0 s", "0.5 s", "1.0 s", "1.5 s", "2.0 s"]
    assert scale.clock(3750) == "1:02:30"


def test_readouts():
    assert [scale.readout(v) for v in (0.5, 0.0, 1e-9, 123456.0, -2.0, math.nan)] == [
        "0.500",
        "0.000",
        "1.0e-09",
        "1.2e+05",
        "−2.000",
        "–",
    ]
    assert [scale.duration(s) for s in (8.44, 59.99, 750, 3750)] == ["8.4 s", "1 min 0 s", "12 min 30 s", "1 h 2 min"]


# --- the view ---------------------------------------------------------------------------------------------------------


def test_an_empty_history_says_what_to_do(view):
    view.refresh()
    assert view.plots["Losses"].hint == "Press Play: the losses of D and G appear here"
    assert not view.grab().isNull()


def test_curves_appear_in_their_players_colours(view, history):
    history.append(make_rows(3000))
    view.refresh()
    assert view.plots["Losses"].hint == ""
    for panel, pair in (
        (view.plots["Losses"], (theme.DISCRIMINATOR, theme.GENERATOR)),
        (view.plots["Belief"], (theme.REAL, theme.FAKE)),
        (view.plots["Gradients"], (theme.DISCRIMINATOR, theme.GENERATOR)),
    ):
        assert {blend(colour, 1.0) for colour in pair} <= colours(panel)
    assert blend(theme.DISCRIMINATOR, 1.0) in colours(view.plots["JSD"])
    image = view.grab().toImage()
    seen = {image.pixel(x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2)}
    assert QColor(theme.GENERATOR).rgb() in seen


def test_nothing_is_drawn_twice(view, history, monkeypatch):
    drawn = []
    history.append(make_rows(10))
    view.refresh()
    monkeypatch.setattr(view.plots["Losses"], "render_curves", lambda *_: drawn.append(len(history)))
    view.refresh()
    assert drawn == []
    history.append(make_rows(5, first=11))
    view.refresh()
    view.refresh()
    assert drawn == [15]


def test_a_hidden_view_waits_until_it_is_seen(view, history, monkeypatch):
    drawn = []
    monkeypatch.setattr(view.plots["Losses"], "render_curves", lambda *_: drawn.append(len(history)))
    view.hide()
    history.append(make_rows(10))
    view.refresh()
    assert drawn == []
    view.show()
    assert drawn[-1] == 10


def test_plots_are_hidden_and_the_lowest_has_the_axis(view, history, qtbot):
    history.append(make_rows(10))
    view.refresh()
    qtbot.mouseClick(view.controls.shown["Gradients"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(view.controls.shown["Losses"], Qt.MouseButton.LeftButton)
    assert [panel.isVisible() for panel in view.plots.values()] == [False, True, True, True, False]
    assert [panel.shows_x_axis for panel in view.plots.values()] == [False, False, False, True, False]
    assert "step 10" in view.plots["Belief"].caption
    for chip in view.controls.shown.values():
        chip.setChecked(False)
    history.append(make_rows(10, first=11))
    view.refresh()


def test_plots_line_up(view, history):
    history.append(make_rows(100))
    view.refresh()
    assert len({(panel.plot_rect().left(), panel.plot_rect().width()) for panel in view.plots.values()}) == 1


def test_the_mouse_over_any_plot_reads_out_all(view, history, qtbot):
    rows = make_rows(1000)
    history.append(rows)
    view.refresh()
    for panel in view.plots.values():
        x = round(panel.position_of(400.0))
        qtbot.mouseMove(panel, QPoint(x, panel.plot_rect().center().y()))
        qtbot.waitUntil(lambda: view.plots["Losses"]._row is not None)
        row = view.plots["Losses"]._row
        assert abs(row - 399) <= 3
        assert {other._row for other in view.plots.values()} == {row}
        assert f"step {row + 1} · {rows[row, 1]:.1f} s" == view.plots["Losses"].caption
        assert f"D {history.average('d_loss')[row]:.3f} ({history.raw('d_loss')[row]:.3f})" in words(
            view.plots["Losses"]
        )
        assert f"D(x) {history.average('d_real')[row]:.3f}" in words(view.plots["Belief"])
        panel.leaveEvent(None)
        assert view.plots["Losses"]._row is None
        assert "step 1,000" in view.plots["Losses"].caption


def test_wheel_zooms_all_plots_and_fit_returns(view, history, qtbot):
    history.append(make_rows(1000))
    view.refresh()
    panel = view.plots["Belief"]
    assert not view.controls.fit.isEnabled()
    wheel(panel, panel.position_of(500.0), 60, 120)
    low, high = panel._timeline.low, panel._timeline.high
    assert 850.0 - 2.0 < high - low < 850.0 + 2.0
    assert abs((500.0 - low) / (high - low) - 0.5) < 0.01
    assert {(other._timeline.low, other._timeline.high) for other in view.plots.values()} == {(low, high)}
    history.append(make_rows(1000, first=1001))
    view.refresh()
    assert (panel._timeline.low, panel._timeline.high) == (low, high)
    qtbot.mouseClick(view.controls.fit, Qt.MouseButton.LeftButton)
    assert (panel._timeline.low, panel._timeline.high) == (0.0, 2000.0)
    assert view.axis.following
    assert not view.controls.fit.isEnabled()


def test_dragging_pans(view, history, qtbot):
    history.append(make_rows(1000))
    view.look_at(400.0, 600.0)
    panel = view.plots["Gradients"]
    start = QPoint(round(panel.position_of(500.0)), 60)
    qtbot.mousePress(panel, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(panel, QPoint(round(panel.position_of(450.0)), 60))
    qtbot.waitUntil(lambda: panel._timeline.low > 440.0)
    qtbot.mouseRelease(panel, Qt.MouseButton.LeftButton, pos=start)
    assert 448.0 < panel._timeline.low < 452.0
    assert 199.9 < panel._timeline.high - panel._timeline.low < 200.1
    qtbot.mouseDClick(panel, Qt.MouseButton.LeftButton, pos=start)
    assert view.axis.following


@pytest.mark.parametrize("by", [-300, 300])
def test_nobody_drags_the_plots_to_where_no_step_is(view, history, qtbot, by):
    history.append(make_rows(1000))
    view.refresh()
    panel = view.plots["Gradients"]
    whole = (panel._timeline.low, panel._timeline.high)
    middle = round(panel.position_of(500.0))

    def drag():
        qtbot.mousePress(panel, Qt.MouseButton.LeftButton, pos=QPoint(middle, 60))
        qtbot.mouseMove(panel, QPoint(middle + by, 60))
        qtbot.mouseRelease(panel, Qt.MouseButton.LeftButton, pos=QPoint(middle + by, 60))

    drag()
    assert (panel._timeline.low, panel._timeline.high) == whole
    assert view.axis.following  # nothing else is seen: the run is followed as before
    view.look_at(400.0, 600.0)
    for _ in range(30):
        drag()
    assert not view.axis.following
    at = 0 if by > 0 else 1
    assert (panel._timeline.low, panel._timeline.high)[at] == pytest.approx(whole[at])
    assert panel._timeline.high - panel._timeline.low == pytest.approx(200.0)


def test_the_y_axis_is_scaled_by_itself(view, history):
    history.append(make_rows(1000))
    view.refresh()
    before = view.plots["Losses"].y_range
    wheel(view.plots["Losses"], 20, 70, 120)
    low, high = view.plots["Losses"].y_range
    assert high - low == pytest.approx(0.85 * (before[1] - before[0]))
    assert view.axis.following
    fixed = view.plots["Belief"].y_range
    wheel(view.plots["Belief"], 20, 70, 120)
    assert view.plots["Belief"].y_range == fixed
    view.fit()
    assert view.plots["Losses"].y_range == before


def test_zooming_stops_at_a_few_steps(view, history):
    history.append(make_rows(1000))
    view.refresh()
    for _ in range(200):
        wheel(view.plots["Losses"], view.plots["Losses"].position_of(500.0), 60, 120)
    assert view.plots["Losses"]._timeline.high - view.plots["Losses"]._timeline.low == pytest.approx(4.0)
    for _ in range(200):
        wheel(view.plots["Losses"], 200, 60, -120)
    assert view.plots["Losses"]._timeline.high - view.plots["Losses"]._timeline.low == pytest.approx(1000.0)
    assert view.axis.following  # all of the run is seen again


def test_time_on_the_x_axis(view, history, qtbot):
    history.append(make_rows(1000))
    view.refresh()
    qtbot.mouseClick(view.controls.time, Qt.MouseButton.LeftButton)
    assert (view.plots["Losses"]._timeline.low, view.plots["Losses"]._timeline.high) == (0.0, 10.0)
    qtbot.mouseClick(view.controls.time, Qt.MouseButton.LeftButton)
    assert view.plots["Losses"]._timeline.high == 1000.0
    view.look_at(200.0, 300.0)
    qtbot.mouseClick(view.controls.time, Qt.MouseButton.LeftButton)
    assert view.plots["Losses"]._timeline.low == pytest.approx(2.0)
    assert view.plots["Losses"]._timeline.high == pytest.approx(3.0)


def test_positive_losses_stand_on_powers_of_ten(view, history, qtbot):
    history.append(make_rows(300))
    view.refresh()
    qtbot.mouseClick(view.controls.log, Qt.MouseButton.LeftButton)
    low, high = view.plots["Losses"].y_range
    assert -2.0 < low < math.log10(0.5)
    assert math.log10(0.8) < high < 1.0
    assert "both sides" not in view.plots["Losses"].units()


def heights_of(panel, colour: str) -> list[float]:
    """The values at which a curve is drawn in the last column of pixels."""
    rows = np.flatnonzero(panel._pixels[:, -2] == blend(colour, 1.0))
    low, high = panel.y_range
    return [panel.axis.value(high - row / len(panel._pixels) * (high - low)) for row in (rows.min(), rows.max())]


@pytest.mark.parametrize("size", [1.0, 1e-3, 400.0])
def test_a_negative_loss_is_drawn_on_a_log_axis_where_its_ticks_say(view, history, qtbot, size):
    rows = make_rows(1000)
    rows[:, 2] = 0.7 * size
    rows[:, 3] = -12.0 * size
    history.append(rows)
    view.refresh()
    qtbot.mouseClick(view.controls.log, Qt.MouseButton.LeftButton)
    panel = view.plots["Losses"]
    for colour, value in ((theme.DISCRIMINATOR, 0.7 * size), (theme.GENERATOR, -12.0 * size)):
        below, above = sorted(heights_of(panel, colour))
        assert below - 0.2 * abs(value) < value < above + 0.2 * abs(value)
    ticks = panel._y_ticks()
    assert "0" in [label for _, label in ticks]
    for height, label in ticks:
        assert panel.axis.value(height) == pytest.approx(number_of(label), abs=1e-9, rel=1e-6)
    assert any(label.startswith("−") for _, label in ticks)
    assert any(number_of(label) > 0 for _, label in ticks)
    assert "both sides of 0" in panel.units()


def test_a_gradient_of_exactly_0_has_a_place(view, history):
    rows = make_rows(1000)
    rows[400:, 2 + SCALARS.index("g_gradient")] = 0.0
    history.append(rows)
    history.window = 1
    view.refresh()
    below, above = sorted(heights_of(view.plots["Gradients"], theme.GENERATOR))
    assert below - 1e-3 < 0.0 < above + 0.02


def test_a_range_set_by_hand_ends_with_the_axis_that_it_was_of(view, history, qtbot):
    history.append(make_rows(300))
    view.refresh()
    qtbot.mouseClick(view.controls.log, Qt.MouseButton.LeftButton)
    view.plots["Losses"]._see((-0.5, 0.5))
    assert view.plots["Losses"].y_range == (-0.5, 0.5)
    rows = make_rows(300, first=301)
    rows[:, 3] = -5.0
    history.append(rows)
    view.refresh()
    assert view.plots["Losses"].y_by_hand is None
    assert view.plots["Losses"].y_range[0] < float(view.plots["Losses"].axis.place(np.array(-4.0)))


@pytest.mark.parametrize("spread", [(-1e5, 1e5), (-3.0, 800.0), (-1e-4, 5.0), (-0.02, 0.03), (-7.0, -2.0), (0.0, 9.0)])
@pytest.mark.parametrize("count", [3, 6, 12])
def test_ticks_on_both_sides_of_0_are_right_and_apart(spread, count):
    values = np.linspace(*spread, 400)
    axis = LogAxis.of([(values, values)])
    assert axis.near is not None
    low, high = (float(axis.place(np.array(end))) for end in spread)
    ticks = axis.ticks(low, high, count)
    assert 2 <= len(ticks) <= 2 * count
    places = np.array([place for place, _ in ticks])
    assert np.all(np.diff(places) > 0.5 * (high - low) / count)
    for place, label in ticks:
        assert axis.value(place) == pytest.approx(number_of(label.replace(",", "")), rel=1e-5, abs=1e-9)
    assert [axis.value(float(axis.place(np.array(value)))) for value in spread] == pytest.approx(spread, rel=1e-9)


def test_the_bound_in_nats_and_bits(view, history, qtbot):
    history.append(make_rows(500, value=-1.0))
    view.refresh()
    nats = float(history.jsd_bound().average[-1])
    assert 0.18 < nats < 0.21
    assert f"JSD ≥ {nats:.3f} nats" in words(view.plots["JSD"])
    qtbot.mouseClick(view.controls.bits, Qt.MouseButton.LeftButton)
    assert f"JSD ≥ {nats / LOG2:.3f} bits" in words(view.plots["JSD"])
    assert view.plots["JSD"].levels == pytest.approx((0.0, 1.0))


def test_before_the_first_step_the_bound_says_what_it_will_be(view):
    assert words(view.plots["JSD"]).strip() == "JSD ≥ log 2 + V/2"


def test_a_bound_below_zero_is_not_shown_as_a_number(view, history):
    history.append(make_rows(500, value=-1.6))
    view.refresh()
    assert words(view.plots["JSD"]).strip() == "says nothing yet: below 0"
    assert blend(theme.DISCRIMINATOR, 1.0) not in colours(view.plots["JSD"])


def test_a_bound_that_is_not_known(view, history):
    rows = make_rows(5)
    rows[:, VALUE] = np.nan
    history.append(rows)
    view.refresh()
    assert words(view.plots["JSD"]).strip() == "not known yet"
    assert "nan" not in words(view.plots["JSD"])


@pytest.mark.parametrize("value", [-50.0, -1.4, -0.001, math.nan, math.inf])
def test_what_is_drawn_of_the_bound_can_be_true(view, history, value):
    rows = make_rows(200)
    rows[:, VALUE] = np.random.default_rng(0).normal(value if math.isfinite(value) else 0.0, 0.5, 200)
    rows[::3, VALUE] = value
    history.append(rows)
    view.refresh()
    averages, _, bands = view.plots["JSD"]._spans(history, view.plots["JSD"]._timeline.columns)
    for part in (*averages[0], *bands[0]):
        known = part[~np.isnan(part)]
        assert ((known >= 0.0) & (known <= LOG2)).all()


@pytest.mark.parametrize("objective", [LeastSquaresSpec(), HingeSpec(), WassersteinSpec(), RelativisticSpec()])
def test_objectives_whose_logit_is_no_log_odds(view, objective):
    view.follow_game(Experiment(objective=objective), 0)
    assert "loose" in view.plots["JSD"].note
    assert "does not maximise V" in view.plots["Value"].note
    view.follow_game(Experiment(schedule=ScheduleSpec(instance_noise=0.1)), 0)
    assert view.plots["JSD"].note == ""
    assert "blurred" in view.plots["Value"].note
    view.follow_game(Experiment(), 0)
    assert view.plots["Value"].note == ""


def test_an_autoencoders_energies_are_named_so_and_have_their_own_scale(view, history):
    rows = make_rows(300)
    rows[:, [2 + SCALARS.index(name) for name in ("d_real", "d_fake")]] = 3.0, 5.0
    history.append(rows)
    energies = {D_REAL: ENERGY_REAL, D_FAKE: ENERGY_FAKE}
    view.declare([energies.get(scalar, scalar) for scalar in COMMON])
    assert view.plots["Energy"].title == "Energy"
    assert [series.name for series in view.plots["Energy"].series] == ["E(x)", "E(G(z))"]
    low, high = view.plots["Energy"].y_range
    assert low <= 3 < 5 <= high < 10
    view.declare(COMMON)
    assert (view.plots["Belief"].title, view.plots["Belief"].y_range) == ("Belief", (-0.04, 1.04))


def estimate(jsd: float, estimator: str = "probe") -> DivergenceEstimate:
    return DivergenceEstimate(
        estimator=estimator,
        jsd=jsd,
        jsd_low=jsd - 0.02,
        jsd_high=jsd + 0.02,
        jsd_floor=0.01,
        kl_forward=3 * jsd,
        kl_forward_low=2.9 * jsd,
        kl_reverse=None,
        kl_reverse_low=None,
        samples=5000,
        clipped=False,
    )


def test_independent_estimates_have_their_place(view, history):
    history.append(make_rows(1000))
    view.estimates.add([Estimated(100, 1.0, estimate(0.3)), Estimated(500, 5.0, estimate(0.1))])
    view.estimates.add([Estimated(300, 3.0, estimate(0.2, "histogram"))])
    view.refresh()
    for colour in (theme.PROBE, theme.HISTOGRAM):
        assert blend(colour, 1.0) in colours(view.plots["JSD"])  # the value
        assert blend(colour, 0.5) in colours(view.plots["JSD"])  # its interval
        assert blend(colour, 0.7) in colours(view.plots["JSD"])  # the floor
    assert "Probe at 500 0.100 0.080 to 0.120 nats" in words(view.plots["JSD"])
    assert "Histogram at 300 0.200" in words(view.plots["JSD"])
    view.controls.time.click()
    assert blend(theme.PROBE, 1.0) in colours(view.plots["JSD"])


def test_a_kullback_leibler_divergence_is_told_as_what_it_is_at_least(view, history):
    history.append(make_rows(1000))
    told = estimate(0.1)
    older = replace(told, kl_forward_low=None)
    nothing = replace(told, kl_forward=0.001, kl_forward_low=0.0)
    view.controls.forward.click()
    for found, words_of_it in ((told, "≥ 0.290 nats 95 %"), (older, "about 0.300 nats"), (nothing, "says nothing yet")):
        view.estimates.clear()
        view.estimates.add([Estimated(500, 5.0, found)])
        view.refresh()
        assert f"Probe at 500 {words_of_it}" in words(view.plots["JSD"])
        assert blend(theme.PROBE, 1.0) in colours(view.plots["JSD"])


def test_an_old_estimate_says_of_which_step_it_is_and_is_greyed_past_its_round(view, history):
    history.append(make_rows(16_741))
    probe = [Estimated(step, step / 100, estimate(0.3)) for step in (900, 2900, 4900)]
    view.estimates.add(probe)
    view.estimates.add([Estimated(step, step / 100, estimate(0.1, "histogram")) for step in range(300, 16_741, 300)])
    view.refresh()
    entries = {entry[1]: entry for entry in view.plots["JSD"].readouts()}
    assert entries["Probe at 4,900"][0] == theme.STALE
    assert entries["Histogram at 16,500"][0] == theme.HISTOGRAM
    assert {entry[1]: entry[0] for entry in view.plots["Value"].readouts()}["C(G) at 4,900"] == theme.STALE
    assert blend(theme.STALE, 1.0) in colours(view.plots["JSD"])  # the line goes on in grey
    assert blend(theme.STALE, 1.0) in colours(view.plots["Value"])
    view.plots["JSD"].point(8000, "")  # at step 8,001 the next was not yet due
    assert {entry[1]: entry[0] for entry in view.plots["JSD"].readouts()}["Probe at 4,900"] == theme.PROBE
    view.estimates.add([Estimated(16_000, 160.0, estimate(0.2))])
    view.refresh()
    view.plots["JSD"].point(None, "")
    assert {entry[1]: entry[0] for entry in view.plots["JSD"].readouts()}["Probe at 16,000"] == theme.PROBE


def test_the_rates_that_steps_took_stand_with_the_gradients(view, history):
    experiment = with_setting(Experiment(), "schedule.steps", 1000)
    history.append(make_rows(1000))
    view.refresh()
    assert "rate" not in words(view.plots["Gradients"])
    view.follow_game(experiment, 0)
    assert words(view.plots["Gradients"]).endswith("rate 2e-6 ")  # the last but one of 500 steps of decay
    view.plots["Gradients"].point(249, "")
    assert words(view.plots["Gradients"]).endswith("rate 0.001 ")
    view.follow_game(with_setting(experiment, "optimisers.generator.learning_rate", 0.004), 600)
    view.plots["Gradients"].point(749, "")  # the 750th step: half way down, but for one
    assert words(view.plots["Gradients"]).endswith("rates 0.0005, 0.002 ")
    view.plots["Gradients"].point(599, "")
    assert words(view.plots["Gradients"]).endswith("rate 0.0008 ")
    view.open_game(COMMON, experiment, 1000)
    assert "rate" not in words(view.plots["Gradients"])


def test_how_long_an_estimate_counts_as_current():
    assert current_until(np.empty(0)).tolist() == []
    assert current_until(np.array([50.0])).tolist() == [2050.0]
    steps = np.array([1000.0, 2000.0, 3000.0, 4000.0, 7000.0, 7100.0])
    assert current_until(steps)[2:].tolist() == [5500.0, 6500.0, 14_500.0, 14_600.0]  # by the longest of three rounds


def test_the_slack_is_of_the_step_that_the_estimate_is_of(view, history):
    rows = make_rows(1000)
    rows[:, VALUE] = np.where(np.arange(1000) < 500, -1.2, -1.0)
    history.append(rows)
    view.estimates.add([Estimated(400, 4.0, estimate(0.3))])
    view.refresh()
    assert "slack of D there 0.414" in words(view.plots["Value"])  # not -.786 + 1.0


def test_a_bound_with_an_error_beyond_all_that_it_could_say_says_nothing(view, history):
    rows = make_rows(400)
    rows[:, VALUE] = np.where(np.arange(400) % 2, 100.0, -100.0)
    history.append(rows)
    view.refresh()
    assert words(view.plots["JSD"]).strip() == "says nothing yet: its error is beyond log 2"


def test_both_kl_divergences_can_be_shown(view, history, qtbot):
    history.append(make_rows(1000))
    view.estimates.add([Estimated(100, 1.0, estimate(0.3))])
    view.refresh()
    qtbot.mouseClick(view.controls.forward, Qt.MouseButton.LeftButton)
    assert view.plots["JSD"].title == "KL(p ‖ g)"
    assert "Probe at 100 ≥ 0.870 nats 95 %" in words(view.plots["JSD"])
    assert view.plots["JSD"].y_range[0] == 0
    assert 0.93 < view.plots["JSD"].y_range[1] < 1.5
    assert blend(theme.PROBE, 1.0) in colours(view.plots["JSD"])
    qtbot.mouseClick(view.controls.reverse, Qt.MouseButton.LeftButton)
    assert "Probe" not in words(view.plots["JSD"])  # which could not tell
    qtbot.mouseClick(view.controls.jsd, Qt.MouseButton.LeftButton)
    assert "Probe at 100 0.300" in words(view.plots["JSD"])


def test_the_slack_of_the_discriminator(view, history):
    """V = -1.2 on average; with JSD = .3 the best D would reach -log 4 + .6 = -.786."""
    rows = make_rows(1000)
    rows[:, VALUE] = -1.2
    history.append(rows)
    view.refresh()
    assert "slack" not in words(view.plots["Value"])
    view.estimates.add([Estimated(100, 1.0, estimate(0.3))])
    view.refresh()
    assert "V −1.200" in words(view.plots["Value"])
    assert "C(G) at 100 −0.786" in words(view.plots["Value"])
    assert "slack of D there 0.414" in words(view.plots["Value"])
    assert blend(theme.MUTED, 0.28) in colours(view.plots["Value"])


@pytest.mark.qt_log_ignore("does not support raise")  # a tooltip, on the offscreen platform
def test_marks_show_their_text(view, history, qtbot):
    history.append(make_rows(1000))
    view.mark(500, "learning rate of D: 0.001")
    assert view.plots["Losses"]._timeline.marks == ((500.0, "Step 500: learning rate of D: 0.001"),)
    qtbot.mouseMove(view.plots["JSD"], QPoint(round(view.plots["JSD"].position_of(500.0)), 60))
    qtbot.waitUntil(lambda: QToolTip.text() == "Step 500: learning rate of D: 0.001")
    view.controls.time.click()
    assert view.plots["Losses"]._timeline.marks[0][0] == pytest.approx(5.0)
    QToolTip.hideText()
    view.open_game(COMMON, Experiment(), 0)
    assert view.plots["Losses"]._timeline.marks == ()


def test_the_smoothing_window_is_the_models(view, history, qtbot):
    history.append(make_rows(1000))
    view.refresh()
    with qtbot.waitSignal(view.window_changed) as caught:
        view.controls.window_box.setValue(20)
    assert caught.args == [20]
    assert history.window == 20
    history.window = 300
    view.refresh()
    assert view.controls.window_box.value() == 300


def test_what_is_not_smoothed_is_told_once(view, history):
    history.append(make_rows(1000))
    view.refresh()
    plot = view.plots["Losses"]
    for window, twice in ((20, True), (1, False)):
        history.window = window
        view.refresh()
        plot._row = 500  # where the crosshair stands; the mouse would stay there for the next test
        entries = plot.readouts()
        assert all(entry[2] for entry in entries)
        assert [bool(entry[3]) for entry in entries] == [twice] * len(entries)


def test_a_cleared_history_starts_over(view, history, qtbot):
    history.append(make_rows(1000))
    view.refresh()
    qtbot.mouseMove(view.plots["Losses"], QPoint(400, 60))
    qtbot.waitUntil(lambda: view.plots["Losses"]._row is not None)
    history.clear()
    history.append(make_rows(3))
    assert not view.grab().isNull()
    view.refresh()
    assert view.plots["Losses"]._timeline.high == 10.0
    history.clear()
    view.refresh()
    assert view.plots["Losses"].hint


@pytest.mark.parametrize("size", [(420, 500), (900, 700), (240, 420)])
def test_other_sizes(view, history, qtbot, size):
    history.append(make_rows(500))
    view.refresh()
    view.resize(*size)
    qtbot.waitUntil(lambda: view.plots["Losses"]._pixels.shape[1] == view.plots["Losses"].pixel_width())
    assert view.width() <= max(size[0], 440)
    assert not view.grab().isNull()
