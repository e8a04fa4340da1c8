"""The settings panel switches what belongs together, and the window says what was switched along."""

import pytest

from ganstudio.experiment import Experiment, MLPDiscriminatorSpec
from ganstudio.gui.views.settings import SettingsPanel
from tests.gui.test_forms import choose

WIDE = Experiment(discriminator=MLPDiscriminatorSpec(width=77))


@pytest.fixture
def panel(qtbot):
    panel = SettingsPanel(WIDE)
    qtbot.addWidget(panel)
    panel.said, panel.told = [], []
    panel.edited.connect(lambda path, value: panel.said.append((path, value)))
    panel.switched.connect(panel.told.append)
    return panel


def kinds(experiment):
    return experiment.objective.kind, experiment.discriminator.kind


def test_before_a_run_both_change_at_once_and_back(panel):
    choose(panel.row_at("objective").editor, "energy")
    assert kinds(panel.experiment) == ("energy", "autoencoder")
    assert panel.row_at("discriminator").editor.current() == "autoencoder"
    assert panel.said == [("objective", {"kind": "energy"})]
    assert panel.told == ["The energy is an autoencoder's reconstruction error: D is now Autoencoder."]
    panel.set_experiment(panel.experiment, started=False)
    choose(panel.row_at("objective").editor, "hinge")
    assert panel.experiment.discriminator == WIDE.discriminator
    assert panel.row_at("discriminator.width").editor.current() == 77
    assert len(panel.told) == 2


def test_while_a_run_is_on_both_wait(panel):
    panel.set_experiment(WIDE, started=True)
    choose(panel.row_at("objective").editor, "energy")
    assert panel.said == []  # nothing that this D could not play is sent to it
    assert panel.experiment == WIDE
    assert kinds(panel.pending_experiment()) == ("energy", "autoencoder")
    assert panel.banner.words == "2 changes take effect when the run starts over"
    panel.row_at("objective.margin").editor.setValue(0.4)
    assert panel.pending_experiment().objective.margin == 0.4
    assert panel.experiment == WIDE
    choose(panel.row_at("objective").editor, "hinge")
    assert not panel.pending
    assert panel.said == [("objective", {"kind": "hinge"})]
    assert panel.experiment.objective.kind == "hinge"
    assert panel.experiment.discriminator == WIDE.discriminator


def test_an_autoencoder_that_waits_takes_the_energy_with_it(panel):
    panel.set_experiment(WIDE, started=True)
    choose(panel.row_at("discriminator").editor, "autoencoder")
    assert kinds(panel.pending_experiment()) == ("energy", "autoencoder")
    assert kinds(panel.experiment) == ("minimax", "mlp")
    panel.undo()
    assert panel.pending_experiment() == WIDE


def test_other_objectives_are_live_as_before(panel):
    panel.set_experiment(WIDE, started=True)
    choose(panel.row_at("objective").editor, "wasserstein")
    assert not panel.pending
    assert panel.said == [("objective", {"kind": "wasserstein"})]
    assert panel.told == []
