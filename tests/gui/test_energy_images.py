"""An energy game in the window: the plot of energies against the margin, which follows the setting."""

import numpy as np
import pytest

from ganstudio.experiment import EnergySpec, Experiment
from ganstudio.gui.looks import theme
from ganstudio.gui.plots.view import CurvesView
from ganstudio.objectives.energy import ENERGY_FAKE, ENERGY_REAL
from ganstudio.scalars import COMMON, D_FAKE, D_REAL
from ganstudio.training.messages import SCALARS
from ganstudio.training.records.history import History

REAL, FAKE = (2 + SCALARS.index(name) for name in ("d_real", "d_fake"))

DECLARED = tuple({D_REAL: ENERGY_REAL, D_FAKE: ENERGY_FAKE}.get(each, each) for each in COMMON)


def energies(margin: float) -> Experiment:
    return Experiment(objective=EnergySpec(margin=margin))


@pytest.fixture
def view(qtbot) -> CurvesView:
    history = History(50)
    random = np.random.default_rng(0)
    rows = np.abs(random.normal(0.7, 0.1, (300, 2 + len(SCALARS))))
    rows[:, 0] = np.arange(1, 301)
    rows[:, 1] = rows[:, 0] / 50
    rows[:, REAL], rows[:, FAKE] = random.normal(0.02, 0.002, 300), random.normal(0.045, 0.002, 300)
    history.append(rows)
    view = CurvesView(history)
    view.declare(DECLARED)
    qtbot.addWidget(view)
    view.resize(500, 700)
    with qtbot.waitExposed(view):
        view.show()
    return view


def test_the_margin_is_a_level_among_the_energies(view):
    view.follow_game(energies(0.05), 0)
    panel = view.plots["Energy"]
    assert panel.title == panel.accessibleName() == "Energy"
    assert panel.levels == (0.05,)
    assert [entry[1] for entry in panel.readouts()] == ["E(x)", "E(G(z))", "m"]
    assert panel.readouts()[-1][2] == "0.05"
    picture, rect = panel.grab().toImage(), panel.plot_rect()
    row = round(panel._height_of(0.05, rect))
    dashes = [picture.pixelColor(x, row).name() == theme.DISABLED.lower() for x in range(rect.left(), rect.right())]
    assert 0.3 < np.mean(dashes) < 1


@pytest.mark.parametrize("margin", [0.001, 0.05, 0.2])
def test_the_margin_is_in_sight_wherever_the_energies_are(view, margin):
    view.follow_game(energies(margin), 0)
    low, high = view.plots["Energy"].y_range
    assert low <= margin <= high
    assert low <= 0.02 < 0.045 <= high
    assert high - low < 2 * max(margin, 0.05)


def test_the_first_steps_energies_do_not_press_the_rest_to_the_floor(view):
    rows = np.full((300, 2 + len(SCALARS)), 0.02)
    rows[:, 0] = np.arange(1, 301)
    rows[:, REAL] += 0.6 * np.exp(-np.arange(300) / 30)
    view.history.clear()
    view.history.append(rows)
    view.follow_game(energies(0.05), 0)
    assert 0.09 < view.plots["Energy"].y_range[1] < 0.13
    view.look_at(0, 60)
    assert view.plots["Energy"].y_range[1] > 0.2


def test_the_level_follows_the_margin_as_it_is_turned(view):
    view.follow_game(energies(0.05), 0)
    before = view.plots["Energy"].grab().toImage()
    view.follow_game(energies(0.06), 0)
    assert view.plots["Energy"].levels == (0.06,)
    assert view.plots["Energy"].grab().toImage() != before


def test_a_range_set_by_hand_outlives_a_turn_of_the_margin(view):
    view.follow_game(energies(0.05), 0)
    view.plots["Energy"].y_by_hand = (0.0, 0.03)
    view.follow_game(energies(0.06), 0)
    assert view.plots["Energy"].y_range == (0.0, 0.03)


def test_probabilities_have_no_margin(view):
    view.follow_game(energies(0.05), 0)
    view.open_game(COMMON, Experiment(), 0)
    panel = view.plots["Belief"]
    assert (panel.title, panel.levels, panel.y_range) == ("Belief", (0.5,), (-0.04, 1.04))
    assert [entry[1] for entry in panel.readouts()] == ["D(x)", "D(G(z))"]
    assert [label for _, label in panel.ticks] == ["0", "0.5", "1"]
    assert "Energy" not in view.plots
    assert "Codes alike" not in view.plots
