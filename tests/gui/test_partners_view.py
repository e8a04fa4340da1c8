"""The settings panel switches what belongs together, and the window says what was switched along."""

import pytest

from ganstudio.experiment import Experiment, MLPDiscriminatorSpec
from tests.gui.settings import PanelOf
from tests.gui.test_forms import choose

WIDE = Experiment(discriminator=MLPDiscriminatorSpec(width=77))


@pytest.fixture
def panel(qtbot):
    panel = PanelOf(WIDE)
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


# --- the real window ---


def test_the_window_opens_the_pair_and_says_what_was_switched(studio):
    panel = studio.window.settings
    opened = studio.wait_for(studio.game.opened, lambda: choose(panel.row_at("objective").editor, "energy"))
    assert kinds(opened.experiment) == ("energy", "autoencoder")
    studio.wait(lambda: panel.isEnabled() and studio.notice)
    assert studio.notice == "The energy is an autoencoder's reconstruction error: D is now Autoencoder."
    assert panel.experiment == opened.experiment
    opened = studio.wait_for(studio.game.opened, lambda: choose(panel.row_at("discriminator").editor, "mlp"))
    assert kinds(opened.experiment) == ("minimax", "mlp")
    assert studio.notice == "Only an autoencoder gives energies: the objective is now Minimax."


def test_while_training_the_pair_waits_and_starts_over_together(studio):
    studio.play(2)
    studio.pause()
    panel = studio.window.settings
    choose(panel.row_at("objective").editor, "energy")
    assert studio.notice.endswith("D is now Autoencoder.")
    opened = studio.wait_for(studio.game.opened, panel.banner.start_over.click)
    assert kinds(opened.experiment) == ("energy", "autoencoder")
    assert not panel.pending


def test_the_window_tells_the_classes(studio):
    panel, scene = studio.window.settings, studio.window.scene
    opened = studio.wait_for(
        studio.game.opened, lambda: choose(panel.row_at("conditioning.labels").editor, "projection")
    )
    assert opened.label.names == tuple("01234567")
    (buttons,) = scene.latent.codes.buttons.values()
    studio.wait(lambda: scene.latent.head.readout.text().startswith("G(z, y) = ("))
    place = scene.latent.head.readout.text()
    buttons.chosen.emit(3)
    studio.wait(lambda: scene.latent.head.readout.text() != place)
    assert scene.latent.latents[-8:].argmax() == 3
    studio.play(2)
    studio.pause()
