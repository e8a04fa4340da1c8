"""What is told of several games now and then: estimates in rounds, modes, alarms, and what their tiles show."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtWidgets import QApplication

from ganstudio.gui.looks import theme
from ganstudio.gui.plots.series import blend
from ganstudio.gui.rooms.group.camera import Camera
from ganstudio.gui.rooms.group.findings import MOST_ROUNDS, GroupFindings
from ganstudio.gui.rooms.group.history import GroupHistory
from ganstudio.gui.rooms.group.standing import gathered, measured_text, standings, standings_at
from ganstudio.gui.rooms.group.view import GroupView
from ganstudio.measurements.alerts import Alert
from ganstudio.measurements.coverage import ModeCoverage
from ganstudio.measurements.estimate import DivergenceEstimate
from ganstudio.presets import with_setting
from ganstudio.training.messages import Alerted, Covered, Estimated, Measured, OfMember
from tests.gui.test_group import band, colour_in, colours, duel, make_frame, make_rows, near, panel, wheel


def estimated(member: int, step: int, jsd: float, estimator: str = "histogram") -> OfMember:
    found = DivergenceEstimate(
        estimator=estimator,
        jsd=jsd,
        jsd_low=jsd - 0.01,
        jsd_high=jsd + 0.02,
        jsd_floor=0.005,
        kl_forward=3 * jsd,
        kl_forward_low=2 * jsd,
        samples=5000,
    )
    return OfMember(member, Measured((Estimated(step, step / 100, found),)))


def covered(member: int, step: int, modes: int = 6, quality: float = 0.915, spread: float | None = 0.25) -> OfMember:
    reached = ModeCoverage(
        modes=modes, modes_strict=modes, high_quality=quality, mode_kl=spread, counts=(9,) * modes + (0,) * (8 - modes)
    )
    return OfMember(member, Covered(step, reached))


def alarm(kind: str = "mode_collapse", title: str = "Mode collapse", step: int = 700, **words: str) -> Alert:
    return Alert(kind=kind, step=step, title=title, **{"evidence": "G reaches one mode", "advice": "noise", **words})


@pytest.fixture
def view(qtbot) -> GroupView:
    view = GroupView()
    qtbot.addWidget(view)
    view.resize(1100, 800)
    with qtbot.waitExposed(view):
        view.show()
    return view


def play(view: GroupView, message, *told: OfMember) -> GroupView:
    """A hundred steps and a frame on the screen, and what was told."""
    members = len(message.names)
    view.open(message)
    QApplication.processEvents()
    view.add_scalars(make_rows(members, 100))
    view.show_frame(make_frame(members))
    return tell(view, *told)


def tell(view: GroupView, *told: OfMember) -> GroupView:
    for each in told:
        view.hear(each)
    view.refresh()
    QApplication.processEvents()
    return view


def round_of(step: int, *jsds: float, estimator: str = "histogram") -> list[OfMember]:
    return [estimated(member, step, jsd, estimator) for member, jsd in enumerate(jsds)]


# --- what is kept -----------------------------------------------------------------------------------------------------


def test_the_games_of_a_round_stand_at_one_step():
    findings = GroupFindings(3)
    for told in (*round_of(10, 0.3, 0.2, 0.1), *round_of(50, 0.15, 0.12)):
        findings.hear(told)
    rounds = findings.estimated("histogram", "jsd")
    assert rounds.steps.tolist() == [10, 50]
    np.testing.assert_allclose(rounds.value, [[0.3, 0.15], [0.2, 0.12], [0.1, np.nan]])
    np.testing.assert_allclose(rounds.low[1], [0.19, 0.11])
    np.testing.assert_allclose(rounds.high[1], [0.22, 0.14])
    np.testing.assert_allclose(rounds.floor, [0.005, 0.005])
    np.testing.assert_allclose(findings.estimated("histogram", "kl_forward").value[0], [0.9, 0.45])
    assert np.isnan(findings.estimated("histogram", "kl_forward").floor).all()
    assert np.isnan(findings.estimated("histogram", "kl_reverse").value).all()
    assert findings.latest(2, "histogram").step == 10
    assert findings.latest(1, "histogram").step == 50
    assert not len(findings.estimated("probe", "jsd").steps)


def test_modes_are_kept_with_what_is_not_known():
    findings = GroupFindings(2)
    assert findings.total_modes == 0
    for told in (covered(0, 5), covered(1, 5, modes=0, quality=0.0, spread=None)):
        findings.hear(told)
    assert findings.total_modes == 8
    assert findings.covered("modes").value.tolist() == [[6], [0]]
    np.testing.assert_array_equal(findings.covered("mode_kl").value, [[0.25], [np.nan]])


def test_of_which_step_the_estimates_are():
    findings = GroupFindings(3)
    assert measured_text(findings, "histogram") == ""
    for told, words in zip(
        (*round_of(10, 0.3, 0.2, 0.1), *round_of(1500, 0.2, 0.1, 0.05)),
        ("10 (1 of 3)", "10 (2 of 3)", "10", "10", "1,500 (2 of 3)", "1,500"),
        strict=True,
    ):
        findings.hear(told)
        assert measured_text(findings, "histogram") == f"estimates of step {words}"


# --- alarms -----------------------------------------------------------------------------------------------------------


def test_an_alarm_names_the_games_that_it_holds_for():
    names = [f"seed {k}" for k in range(8)]
    alerts: list[tuple[Alert, ...]] = [()] * 8
    assert gathered(alerts, names) == ()
    alerts[2] = (alarm(step=900),)
    (one,) = gathered(alerts, names)
    assert (one.title, one.evidence) == ("Mode collapse: seed 2", "seed 2: G reaches one mode")
    for index in (3, 4, 5, 6, 7, 0):
        alerts[index] = (alarm(), alarm("oscillation", "Oscillation"))
    alerts[1] = (alarm("not_finite", "Not a finite number"),)
    gravest, collapse, oscillation = gathered(alerts, names)
    assert gravest.title == "Not a finite number: seed 1"
    assert collapse.title == "Mode collapse: seed 0, seed 2, seed 3 and 4 more"
    assert collapse.step == 700
    assert collapse.evidence.splitlines()[-1] == "and 1 more"
    assert collapse.advice == "noise"
    assert oscillation.title.startswith("Oscillation: seed 0, seed 3, seed 4 and 3 more")


def test_advice_that_differs_from_game_to_game_is_given_to_each():
    alerts = [(alarm(advice="lower rates"),), (alarm(),)]
    assert gathered(alerts, ("hinge", "minimax"))[0].advice == "hinge: lower rates\nminimax: noise"


def test_alarms_stand_above_the_curves_and_in_the_tile(view):
    play(view, duel())
    assert not view.alerts._pills
    plain = view.wall.tiles[1].grab().toImage()
    tell(view, OfMember(1, Alerted((alarm(), alarm("oscillation", "Oscillation")))))
    pill = view.alerts._pills["mode_collapse"]
    assert pill.text() == "Mode collapse: non-saturating"
    assert view.wall.tiles[1]._standing.alarms == ("Mode collapse", "Oscillation")
    assert "Mode collapse since step 700: G reaches one mode" in view.wall.tiles[1].toolTip()
    assert view.wall.tiles[1].grab().toImage() != plain
    corner = view.wall.tiles[1].picture_rect().topLeft()
    edge = view.wall.tiles[1].grab().toImage().pixelColor(corner.x() + 4, corner.y() + 10)
    assert near(edge, theme.FAKE, 12)
    assert not view.wall.tiles[0]._standing.alarms
    tell(view, OfMember(2, Alerted((alarm(),))))
    assert pill.text() == "Mode collapse: non-saturating, combined"
    tell(view, OfMember(1, Alerted(())), OfMember(2, Alerted(())))
    assert not view.alerts._pills
    assert view.wall.tiles[1].grab().toImage() == plain


def test_another_group_forgets_alarms_and_findings(view):
    play(view, duel(), *round_of(50, 0.3, 0.2, 0.1), OfMember(0, Alerted((alarm(),))), covered(0, 50))
    play(view, band(4))
    assert not view.alerts._pills
    assert view.findings.estimators == ()
    assert [entry[2] for entry in panel(view, "estimate").readouts()] == []
    assert view.wall.tiles[0]._standing.reached == ("", "")


# --- tiles ------------------------------------------------------------------------------------------------------------


def test_a_tile_tells_estimate_modes_and_quality(view):
    play(view, duel(), *round_of(100, 0.3, 0.2, 0.1), covered(1, 100))
    told = view.wall.tiles[1]._standing
    assert told.values[0] == ("JSD", "0.200")
    assert told.reached == ("6/8 modes · 91.5 % · rKL 0.250", "6/8 · 92 %")
    tip = view.wall.tiles[1].toolTip()
    assert "JSD 0.200 (0.190 to 0.220) by histogram, step 100" in tip
    assert "6 of 8 modes · 91.5 % high quality · rKL 0.250" in tip
    assert view.wall.tiles[0]._standing.reached == ("", "")
    assert view._place.text() == "estimates of step 100 · step 10"


def test_where_all_games_stand_is_read_from_each_table_once(monkeypatch):
    history, findings, read = GroupHistory(16, 1, spread=False), GroupFindings(16), []
    history.append(make_rows(16, 100))
    for step in (50, 100):
        for each in (*round_of(step, *(np.arange(16) / 100 + step / 1000)), *(covered(k, step) for k in range(16))):
            findings.hear(each)
    for name in ("estimated", "covered"):
        whole = getattr(findings, name)
        monkeypatch.setattr(findings, name, lambda *what, whole=whole: read.append(what) or whole(*what))
    then = standings_at(history, findings, "histogram", 60)
    assert sorted(read) == [("high_quality",), ("histogram", "jsd"), ("mode_kl",), ("modes",)]
    assert [each.values[0] for each in then] == [("JSD", f"{0.05 + k / 100:.3f}") for k in range(16)]
    read.clear()
    now = standings(history, findings, "histogram")
    assert read == [("histogram", "jsd")]
    assert [each.values[0] for each in now] == [("JSD", f"{0.1 + k / 100:.3f}") for k in range(16)]
    assert {each.reached for each in (*then, *now)} == {("6/8 modes · 91.5 % · rKL 0.250", "6/8 · 92 %")}


def test_small_tiles_have_the_short_of_it(view):
    play(view, band(16), *(covered(k, 100) for k in range(16)))
    tile = view.wall.tiles[5]
    assert not view.wall.plane.large
    corner = tile.picture_rect().bottomRight()
    assert near(tile.grab().toImage().pixelColor(corner.x() - 5, corner.y() - 5), theme.BACKGROUND, 4)


def test_what_the_camera_sees_is_where_its_pictures_points_stand():
    camera, size = Camera(), QSize(200, 120)
    camera.set_home((-2.0, 4.0, 1.0, 3.0))
    camera.zoom(3.0, QPointF(50, 20), size)
    low, high = camera.point_at(QPointF(0, 120), size), camera.point_at(QPointF(200, 0), size)
    assert camera.seen(size) == pytest.approx((low[0], high[0], low[1], high[1]))


def test_landscapes_are_asked_for_where_the_tiles_look(qtbot, view):
    with qtbot.waitSignal(view.plane_seen) as told:
        play(view, duel())
    tile = view.wall.tiles[0]
    assert told.args[0] == pytest.approx((-1, 1, -1, 1), abs=0.02)
    with qtbot.waitSignal(view.plane_seen) as told:
        wheel(tile, QPointF(tile.picture_rect().center()), -1200)
    left, right, low, high = told.args[0]
    assert left < -4 < 4 < right
    assert low < -4 < 4 < high
    frame = make_frame(3)
    view.show_frame(
        type(frame)(**{**vars(frame), "bounds": told.args[0], "landscapes": np.ones_like(frame.landscapes)})
    )
    view.refresh()
    assert colour_in(tile, -4, 4).green() > 60  # D's teal, far from the data
    view.wall._await_rest()
    with qtbot.assertNotEmitted(view.plane_seen, wait=200):  # it looks where it looked
        pass


# --- curves -----------------------------------------------------------------------------------------------------------


def test_each_game_of_a_duel_has_its_line_with_intervals_over_the_floor(view):
    play(view, duel(), *round_of(20, 0.3, 0.2, 0.1), *round_of(60, 0.25, 0.15, 0.05))
    plot = panel(view, "estimate")
    assert plot.title == "JSD by histogram"
    assert {blend(colour, 1.0) for colour in theme.GAMES[:3]} <= colours(plot)
    assert {blend(colour, 0.5) for colour in theme.GAMES[:3]} <= colours(plot)
    assert blend(theme.MUTED, 0.7) in colours(plot)
    assert plot.readouts()[1] == (theme.GAMES[1], "", "0.150", "(0.140 to 0.170)")
    view.curves._hover(30)
    assert plot.readouts()[1][2] == "0.200"
    assert plot.unit == "nats · step 20"
    view.curves._hover(5)
    assert plot.readouts() == []
    low, high = plot.y_range
    assert low == 0
    assert 0.3 < high < 0.6


def test_a_game_that_is_followed_stands_out(view):
    play(view, duel(), *round_of(20, 0.3, 0.2, 0.1))
    view.curves.follow(1)
    found = colours(panel(view, "estimate"))
    assert blend(theme.GAMES[1], 1.0) in found
    assert not {blend(theme.GAMES[0], 1.0), blend(theme.GAMES[2], 1.0)} & found


def test_divergence_and_estimator_are_chosen(qtbot, view):
    play(view, duel(), *round_of(20, 0.3, 0.2, 0.1))
    choices, plot = view.curves.choices, panel(view, "estimate")
    assert not any(chip.isVisible() for chip in choices.estimators.values())
    tell(view, *round_of(40, 0.31, 0.21, 0.11, estimator="probe"))
    assert choices.estimators["probe"].isVisible()
    assert not choices.estimators["neighbours"].isVisible()
    assert plot.title == "JSD by histogram"
    qtbot.mouseClick(choices.estimators["probe"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(choices.divergences["kl_forward"], Qt.MouseButton.LeftButton)
    assert plot.title == "KL(p ‖ g) by probe"
    assert plot.readouts()[0][2:] == ("≥ 0.620", "(95 %)")
    tell(view, *round_of(60, 0.1, 0.1, 0.1))  # of another estimator: the choice stays
    assert plot.title == "KL(p ‖ g) by probe"
    assert view.wall.tiles[0]._standing.values[0] == ("JSD", "0.310")
    qtbot.mouseClick(choices.divergences["kl_reverse"], Qt.MouseButton.LeftButton)
    assert [entry[2] for entry in plot.readouts()] == ["–"] * 3
    qtbot.mouseClick(choices.chips["estimate"], Qt.MouseButton.LeftButton)
    assert not plot.isVisible()
    assert not choices.divergences["jsd"].isVisible()


def test_a_band_has_median_middle_half_and_range(view):
    play(view, band(5), *round_of(20, 0.1, 0.2, 0.3, 0.4, 0.5))
    plot = panel(view, "estimate")
    assert plot.readouts() == [(plot.colour, "median", "0.300", "(0.200 to 0.400)")]
    assert {blend(theme.HISTOGRAM, 1.0), blend(theme.HISTOGRAM, 0.28)} <= colours(plot)
    assert blend(theme.CHOSEN, 1.0) not in colours(plot) or theme.CHOSEN == theme.HISTOGRAM
    view.curves.follow(4)
    assert plot.readouts()[1] == (theme.CHOSEN, "seed 4", "0.500", "")
    assert blend(theme.CHOSEN, 1.0) in colours(plot)


def test_a_turn_through_many_seeds_is_told_while_it_lasts(view):
    first = round_of(20, *np.linspace(0.1, 0.4, 16))
    play(view, band(16), *first[:7])
    plot = panel(view, "estimate")
    assert plot.hint == "Measuring step 20, 7 of 16 so far"
    assert not plot.readouts()
    assert view._place.text().startswith("estimates of step 20 (7 of 16)")
    tell(view, first[7])
    assert plot.hint == ""
    assert plot.unit == "nats · step 20, 8 of 16"
    tell(view, *first[8:], *round_of(90, 0.05, 0.05, 0.05))
    assert plot.note == "next: step 90, 3 of 16"
    assert plot.unit == "nats · step 20"
    assert plot.readouts()[0][2] == "0.250"
    assert view.wall.tiles[1]._standing.values[0] == ("JSD", "0.050 at 90")  # each tile has its newest
    assert view._place.text().startswith("estimates of step 20 ·")


def test_where_a_seed_went_wrong_the_others_make_the_median(view):
    play(view, band(5), *round_of(20, 0.1, 0.2, 0.3, 0.4, 0.5), *round_of(40, 0.2, 0.3, 0.4, 0.5))
    plot = panel(view, "estimate")
    assert plot.unit == "nats · step 40, 4 of 5"
    assert view._place.text().startswith("estimates of step 40 (4 of 5) ·")
    tell(view, OfMember(4, Alerted((alarm("not_finite", "Not a finite number"),))))
    assert plot.readouts()[0][2] == "0.350"
    assert view._place.text().startswith("estimates of step 40 ·")


def test_modes_and_quality_have_curves_where_modes_are_known(view):
    play(view, band(4))
    choices = view.curves.choices
    assert not choices.chips["modes"].isVisible()
    assert not panel(view, "modes").isVisible()
    tell(view, *(covered(k, 40, modes=5 + k, quality=0.8 + 0.05 * k) for k in range(4)))
    assert choices.chips["modes"].isVisible()
    assert panel(view, "modes").readouts()[0][1:] == ("median", "6.5", "(5.75 to 7.25)")
    assert panel(view, "high_quality").readouts()[0][1:] == ("median", "87.5 %", "(83.8 % to 91.3 %)")
    assert not panel(view, "mode_kl").isVisible()
    choices.chips["mode_kl"].setChecked(True)
    assert panel(view, "mode_kl").readouts()[0][2] == "0.250"
    assert panel(view, "modes").ticks[-1] == (8.0, "8")
    play(view, band(4))
    assert not panel(view, "modes").isVisible()


def test_a_duel_reads_out_modes(view):
    play(view, duel(), covered(0, 40), covered(1, 40, modes=8, quality=0.97), covered(2, 40, modes=0, spread=None))
    assert [entry[2] for entry in panel(view, "modes").readouts()] == ["6", "8", "0"]
    assert [entry[3] for entry in panel(view, "modes").readouts()] == [""] * 3
    view.curves.choices.chips["mode_kl"].setChecked(True)
    assert [entry[2] for entry in panel(view, "mode_kl").readouts()] == ["0.250", "0.250", "–"]


def test_estimates_that_are_switched_off_are_said_to_be(view):
    message = duel()
    off = tuple(with_setting(each, "measures.share", 0.0) for each in message.experiments)
    play(view, type(message)(**{**vars(message), "experiments": off}))
    assert "no share of the time" in panel(view, "estimate").hint
    play(view, message)
    assert panel(view, "estimate").hint == "Not measured yet"


def test_plots_stand_side_by_side_as_the_width_allows(view):
    play(view, duel(), covered(0, 40))
    visible = view.curves._visible()
    assert len({plot.x() for plot in visible}) == 3
    view.resize(700, 800)
    QApplication.processEvents()
    assert len({plot.x() for plot in visible}) == 2


def test_of_very_many_rounds_the_older_ones_stand_further_apart():
    findings = GroupFindings(1)
    for step in range(1, 3 * MOST_ROUNDS):
        findings.hear(covered(0, step))
    rounds = findings.covered("modes")
    assert MOST_ROUNDS / 2 < len(rounds.steps) <= MOST_ROUNDS
    assert rounds.steps[0] == 1
    assert rounds.steps[-MOST_ROUNDS // 2 :].tolist() == list(
        range(3 * MOST_ROUNDS - MOST_ROUNDS // 2, 3 * MOST_ROUNDS)
    )
    assert np.all(rounds.value == 6)
