"""Plots that are made of what scalars declare alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from ganstudio.experiment import Experiment
from ganstudio.gui.looks import theme
from ganstudio.gui.plots.scalar import ScalarPanel, colours_of
from ganstudio.gui.plots.series import blend
from ganstudio.gui.plots.view import CurvesView
from ganstudio.presets import load_preset
from ganstudio.scalars import COMMON, D_LOSS, VALUE, Scalar
from ganstudio.training.records.history import History

SHARE = Scalar(
    name="share", plot="Shares", label="of D", role="discriminator", unit="%", about="Two shares", span=(0, 1)
)
OTHER = replace(SHARE, name="other", label="of nobody", role="other", span=None)
SPREAD = Scalar(name="spread", plot="Spread", label="s", log=True, tip="How far samples reach")
DECLARED = (*COMMON, SHARE, OTHER, SPREAD)


def table(count, *more):
    rows = np.full((count, 2 + len(COMMON) + len(more)), 0.5)
    rows[:, 0] = np.arange(1, count + 1)
    rows[:, 1] = rows[:, 0] / 100
    for place, value in enumerate(more):
        rows[:, 2 + len(COMMON) + place] = value
    return rows


@pytest.fixture
def view(qtbot):
    view = CurvesView(History(50, [scalar.name for scalar in DECLARED]))
    qtbot.addWidget(view)
    view.resize(500, 900)
    view.open_game(DECLARED, Experiment(), 0)
    with qtbot.waitExposed(view):
        view.show()
    view.history.append(table(300, 0.25, 0.75, 40.0))
    view.refresh()
    return view


def test_each_plot_that_scalars_name_is_there_behind_those_of_every_game(view):
    assert list(view.plots) == ["Losses", "Belief", "Value", "JSD", "Gradients", "Shares", "Spread"]
    assert list(view.controls.shown) == list(view.plots)
    assert all(panel.isVisible() for panel in view.plots.values())
    assert type(view.plots["Shares"]) is type(view.plots["Losses"]) is ScalarPanel


def test_more_plots_than_are_seen_at_once_are_readable_and_scrolled(view):
    def lowest(count):
        view.declare([replace(SHARE, plot=f"Plot {place}") for place in range(count)])
        QApplication.processEvents()
        return min(panel.height() for panel in view.plots.values())

    view.resize(500, 700)
    assert 62 <= lowest(8) < 110
    assert 110 <= lowest(13) < 160
    assert 62 <= lowest(8) < 110


def test_a_plot_has_what_its_scalars_declare(view):
    shares, spread = view.plots["Shares"], view.plots["Spread"]
    assert [(series.name, series.colour) for series in shares.series] == [
        ("of D", theme.DISCRIMINATOR),
        ("of nobody", theme.PROBE),
    ]
    assert (shares.unit, shares.y_range) == ("%", (-0.04, 1.04))
    assert shares.toolTip() == "Two shares"
    assert view.controls.shown["Shares"].toolTip() == "Show or hide: Two shares"
    assert [entry[1:3] for entry in shares.readouts()] == [("of D", "0.250"), ("of nobody", "0.750")]
    assert spread.log
    assert spread.toolTip() == "How far samples reach"
    assert spread.y_range[0] < np.log10(40) < spread.y_range[1]
    height = len(shares._pixels)
    for value, colour in ((0.25, theme.DISCRIMINATOR), (0.75, theme.PROBE)):
        rows = np.flatnonzero((shares._pixels == blend(colour, 1.0)).any(axis=1))
        assert rows.mean() == pytest.approx((1.04 - value) / 1.08 * height, abs=2)


def test_numbers_that_come_with_another_objective_get_their_plot_and_the_others_stay(view):
    view.open_game(COMMON, Experiment(), 0)
    losses = view.plots["Losses"]
    losses.y_by_hand = (0.0, 9.0)
    view.controls.shown["Belief"].setChecked(False)
    view.follow_game(Experiment(), 5, (*COMMON, SPREAD))
    assert view.plots["Losses"] is losses
    assert losses.y_range == (0.0, 9.0)
    assert view.plots["Spread"].isVisible()
    assert not view.plots["Belief"].isVisible()
    assert view.plots["Spread"].shows_x_axis
    view.follow_game(Experiment(), 6, COMMON)
    assert "Spread" not in view.plots
    assert view.plots["Gradients"].shows_x_axis


def test_another_name_is_shown_without_a_new_plot(view):
    shares = view.plots["Shares"]
    view.follow_game(Experiment(), 5, (*COMMON, replace(SHARE, label="of all"), OTHER, SPREAD))
    assert view.plots["Shares"] is shares
    assert [series.name for series in shares.series] == ["of all", "of nobody"]


def test_a_logarithmic_axis_is_for_losses_whatever_else_changes(view, qtbot):
    view.controls.log.setChecked(True)
    assert view.plots["Losses"].log
    view.follow_game(Experiment(), 5, (replace(D_LOSS, label="D of this"), *COMMON[1:]))
    assert view.plots["Losses"].log


def test_without_v_there_is_neither_value_nor_bound(view):
    view.follow_game(Experiment(), 0, [scalar for scalar in COMMON if scalar != VALUE])
    assert list(view.plots) == ["Losses", "Belief", "Gradients"]


def test_colours_are_those_of_roles_and_else_one_after_another():
    others = [replace(OTHER, name=str(k)) for k in range(5)]
    found = colours_of([others[0], SHARE, *others[1:]])
    assert found[1] == theme.DISCRIMINATOR
    assert len(set(found[:1] + found[2:5])) == 4
    assert found[5] == found[0]


def test_of_several_games_one_can_be_chosen(view, qtbot):
    assert view.controls.games == {}
    first = tuple(
        replace(each, name=f"first.{each.name}", plot=f"{each.plot} of the first game", game="first") for each in COMMON
    )
    view.history.expect([each.name for each in first])
    view.open_game((*COMMON, *first), Experiment(), 0)
    chips = view.controls.games
    assert [chip.text() for chip in chips.values()] == ["All games", "Last game", "First game"]

    def shown():
        return {name for name, panel in view.plots.items() if panel.isVisible()}

    everything = shown()
    assert everything == set(view.plots) == set(view.controls.shown)
    qtbot.mouseClick(chips["first"], Qt.MouseButton.LeftButton)
    assert shown() == set(view.controls.shown) == {name for name in everything if name.endswith("of the first game")}
    qtbot.mouseClick(view.controls.shown["Losses of the first game"], Qt.MouseButton.LeftButton)
    qtbot.mouseClick(chips[""], Qt.MouseButton.LeftButton)
    assert shown() == {"Losses", "Belief", "Value", "JSD", "Gradients"}
    qtbot.mouseClick(chips["*"], Qt.MouseButton.LeftButton)
    assert shown() == everything - {"Losses of the first game"}  # as it was set
    # A single game has no choice.
    view.open_game(COMMON, Experiment(), 0)
    assert view.controls.games == {}
    assert shown() == {"Losses", "Belief", "Value", "JSD", "Gradients"}


def test_the_plots_of_a_game_that_is_played_alone_stand_above_those_that_are_empty_still(view):
    first = tuple(
        replace(each, name=f"first.{each.name}", plot=f"{each.plot} of the structure", game="structure")
        for each in COMMON
    )
    experiment, names = load_preset("style_structure"), [each.name for each in (*COMMON, *first)]

    def from_above():
        QApplication.processEvents()
        return [panel.title for panel in sorted(view.plots.values(), key=lambda panel: panel.y())]

    def last_row(step):
        view.history.clear(names)
        view.history.append([step, step / 100.0, *[0.5] * len(names)])
        view.refresh()
        return from_above()

    view.history.clear(names)
    view.open_game((*COMMON, *first), experiment, 0)
    begun = from_above()
    of_style = [title for title in begun if not title.endswith("of the structure")]
    of_structure = [title for title in begun if title.endswith("of the structure")]
    assert begun == [panel.title for panel in view.all_panels()] == of_structure + of_style
    assert view.plots["Losses of the structure"].hint
    assert not view.plots["Losses"].hint
    assert view.plots["Gradients"].shows_x_axis
    assert last_row(999) == of_structure + of_style
    assert last_row(1000) == of_style + of_structure
    # A stage that is begun again brings them up again; another game has its own order.
    longer = experiment.model_copy(update={"arrangement": experiment.arrangement.model_copy(update={"steps": 1500})})
    view.follow_game(longer, 1000)
    assert from_above() == of_structure + of_style
    view.open_game(COMMON, Experiment(), 0)
    assert from_above() == ["Losses", "Belief", "Value", "JSD", "Gradients"]
