"""Settings that come and go together: an autoencoder as D and the energy objective."""

import pytest

from ganstudio.cli import _plan
from ganstudio.experiment import DCGANDiscriminatorSpec, Experiment, MLPDiscriminatorSpec
from ganstudio.presets import ExperimentError, check_game, partners, with_setting


def changed(experiment, path, value, before=None):
    """The experiment with a setting and what comes along with it, and the reasons."""
    experiment = with_setting(experiment, path, value)
    switches = partners(experiment, path, before)
    for switch in switches:
        experiment = with_setting(experiment, switch.path, switch.value)
    check_game(experiment)
    return experiment, [f"{switch.why}: {switch.path} {switch.now}" for switch in switches]


@pytest.mark.parametrize(
    ("discriminator", "encoder"),
    [(MLPDiscriminatorSpec(), "autoencoder"), (DCGANDiscriminatorSpec(), "conv_autoencoder")],
)
@pytest.mark.parametrize("path", ["objective", "objective.kind"])
def test_the_energy_brings_an_autoencoder_of_the_same_layers_and_takes_it_along(discriminator, encoder, path):
    experiment = Experiment(discriminator=discriminator)
    value = "energy" if path.endswith("kind") else {"kind": "energy"}
    energy, why = changed(experiment, path, value)
    assert energy.discriminator.kind == encoder
    assert why == [f"The energy is an autoencoder's reconstruction error: discriminator {encoder}"]
    back, why = changed(energy, path, "hinge" if path.endswith("kind") else {"kind": "hinge"})
    assert back.discriminator == discriminator
    assert why == [f"An autoencoder gives energies and no logits: discriminator {discriminator.kind}"]


def test_what_stood_there_before_comes_back_where_it_fits():
    wide = MLPDiscriminatorSpec(width=77)
    energy, _ = changed(Experiment(discriminator=wide), "objective", {"kind": "energy"})
    back, _ = changed(energy, "objective", {"kind": "minimax"}, before=wide)
    assert back.discriminator == wide
    other, _ = changed(energy, "objective", {"kind": "minimax"}, before=DCGANDiscriminatorSpec())
    assert other.discriminator == MLPDiscriminatorSpec()


@pytest.mark.parametrize("encoder", ["autoencoder", "conv_autoencoder"])
def test_an_autoencoder_brings_the_energy_and_takes_it_along(encoder):
    energy, why = changed(Experiment(), "discriminator.kind", encoder)
    assert energy.objective.kind == "energy"
    assert why == ["An autoencoder gives energies and no logits: objective energy"]
    back, why = changed(energy, "discriminator", {"kind": "dcgan"})
    assert back.objective.kind == "minimax"
    assert why == ["Only an autoencoder gives energies: objective minimax"]


def test_an_autoencoder_is_told_no_classes():
    told = with_setting(Experiment(), "conditioning.labels", "projection")
    energy, why = changed(told, "objective", {"kind": "energy"})
    assert energy.conditioning.labels == "off"
    assert why[1] == "An autoencoder can't be told the classes: conditioning.labels off"


@pytest.mark.parametrize("path", ["objective.margin", "discriminator.width", "seed", "schedule.steps"])
def test_nothing_else_brings_anything_along(path):
    assert partners(with_setting(Experiment(), "objective", {"kind": "energy"}), path) == ()


def test_a_pair_that_fits_is_left_alone():
    assert partners(with_setting(Experiment(), "objective.kind", "hinge"), "objective.kind") == ()


class Arguments:
    """A command line of ``train``."""

    experiment, data, steps, seed, device, out, resume = "ring", None, None, None, None, None, False
    at = changes = threads = None
    branch = False

    def __init__(self, *settings):
        self.settings = settings


def test_the_command_line_switches_along_and_says_so(capsys):
    made = _plan.plan(Arguments("objective.kind=energy", "discriminator.code_size=4")).start.experiment
    assert (made.discriminator.kind, made.discriminator.code_size) == ("autoencoder", 4)
    assert "reconstruction error: discriminator is now 'autoencoder'" in capsys.readouterr().err


def test_what_was_asked_for_is_not_switched(capsys):
    """A pair that can't be is the user's word against itself: an error says so where the game is made."""
    made = _plan.plan(Arguments("objective.kind=energy", "discriminator.kind=mlp")).start.experiment
    assert capsys.readouterr().err == ""
    with pytest.raises(ExperimentError, match="the energy objective needs"):
        check_game(made)


@pytest.mark.parametrize("turned", [False, True])
def test_settings_of_several_parts_come_in_any_order(capsys, turned):
    settings = ["dataset.kind=table", "dataset.path=p.csv", "objective.kind=energy", "discriminator.code_size=4"]
    made = _plan.plan(Arguments(*(settings[::-1] if turned else settings))).start.experiment
    assert (made.dataset.kind, made.discriminator.code_size, made.objective.kind) == ("table", 4, "energy")
    with pytest.raises(ExperimentError, match=r"dataset\.path: missing"):
        _plan.plan(Arguments("dataset.kind=table", "objective.kind=energy"))
