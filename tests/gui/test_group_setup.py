"""Setting up a duel or a seed band."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from ganstudio.experiment import DigitsSpec, Experiment, RelativisticSpec
from ganstudio.gui.rooms.group import options as duels
from ganstudio.gui.rooms.group.setup import DuelSetup
from ganstudio.gui.rooms.group.words import differing
from ganstudio.presets import load_preset, with_setting


@pytest.fixture
def make(qtbot):
    def open_one(experiment: Experiment | None = None) -> DuelSetup:
        dialog = DuelSetup(experiment or Experiment(seed=7))
        qtbot.addWidget(dialog)
        with qtbot.waitExposed(dialog):
            dialog.show()
        return dialog

    return open_one


def choose(dialog: DuelSetup, title: str):
    dialog.what.setCurrentIndex(dialog.what.findData(title))
    return dialog.pages.currentWidget()


def write(qtbot, dialog: DuelSetup, title: str, text: str) -> None:
    """Type other values for a setting that is a number."""
    line = choose(dialog, title).line
    line.selectAll()
    qtbot.keyClicks(line, text)


def games(dialog: DuelSetup) -> list[str]:
    return [dialog.preview.item(k).text() for k in range(dialog.preview.count())]


def test_it_opens_with_the_three_generator_updates(make):
    dialog = make()
    assert games(dialog) == ["saturating", "non-saturating – as it is now", "combined"]
    assert [each.objective.generator_update for each in dialog.experiments()] == [
        "saturating",
        "non_saturating",
        "combined",
    ]
    assert dialog.seeds() == 0
    assert dialog.ok.isEnabled()
    assert "same initial weights: they differ in the generator's update" in dialog.same.text()


def test_every_setting_makes_a_duel_that_differs_in_it_alone(make):
    dialog = make(load_preset("ring"))
    for index, option in enumerate(dialog.options):
        dialog.what.setCurrentIndex(index)
        made = dialog.experiments()
        assert 2 <= len(made) <= 4, dialog.error.text()
        assert len({each.model_dump_json() for each in made}) == len(made)
        owners = {path.rpartition(".")[0] for path in option.paths} | set(option.paths)
        assert all(any(path.startswith(owner.split(".")[0]) for owner in owners) for path in differing(made))


def test_a_choice_that_is_unticked_is_no_game(make):
    dialog = make()
    choose(dialog, "Generator's update").boxes["saturating"].setChecked(False)
    assert games(dialog) == ["non-saturating – as it is now", "combined"]
    choose(dialog, "Generator's update").boxes["combined"].setChecked(False)
    assert dialog.error.text() == "A duel has 2 to 4 games: 1 would be too few"
    assert not dialog.ok.isEnabled()
    assert dialog.experiments() == ()


def test_numbers_are_typed(qtbot, make):
    dialog = make()
    write(qtbot, dialog, "G's learning rate", "1e-4, 0.002")
    assert [each.optimisers.generator.learning_rate for each in dialog.experiments()] == pytest.approx(
        [1e-4, 2e-3], rel=1e-12
    )
    assert games(dialog) == ["G rate 0.0001", "G rate 0.002"]
    write(qtbot, dialog, "D steps (k)", "1;3 5,")
    assert [each.schedule.discriminator_steps for each in dialog.experiments()] == [1, 3, 5]
    assert games(dialog) == ["k = 1 – as it is now", "k = 3", "k = 5"]


@pytest.mark.parametrize(
    ("title", "text", "words"),
    [
        ("D steps (k)", "1, x", "x is not a whole number, such as 5"),
        ("D steps (k)", "1, 2.5", "2.5 is not a whole number, such as 5"),
        ("D steps (k)", "1, 1", "1 stands there twice"),
        ("D steps (k)", "", "none would be too few"),
        ("D steps (k)", "1,2,3,4,5", "5 would be too many"),
        ("D steps (k)", "1, 500", "D steps (k): found 500, allowed: a whole number of at least 1 and at most 100"),
        ("Gamma (γ)", "0, -1", "at least 0"),
        ("Instance noise", "0, nan", "Instance noise: found nan"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_can_be_started(qtbot, make, title, text, words):
    dialog = make()
    line = choose(dialog, title).line
    line.setText(text)
    line.textEdited.emit(text)
    assert words in dialog.error.text()
    assert not dialog.ok.isEnabled()
    choose(dialog, "Generator's update")
    assert dialog.error.text() == ""
    assert dialog.ok.isEnabled()


def test_only_settings_that_the_objective_has_are_offered(make):
    titles = [option.title for option in make(Experiment(objective=RelativisticSpec())).options]
    assert "Generator's update" not in titles
    assert {"Objective", "Gamma (γ)"} <= set(titles)
    hinge = with_setting(Experiment(), "objective.kind", "hinge")
    assert "Gamma (γ)" not in [option.title for option in duels.options(hinge)]


def test_a_band_is_one_experiment_and_a_number_of_seeds(qtbot, make):
    dialog = make()
    dialog.tabs.setCurrentIndex(1)
    assert (dialog.seeds(), dialog.experiments()) == (16, (Experiment(seed=7),))
    assert dialog.seeds_help.text() == "Seeds 7 to 22 of experiment"
    dialog.seed_box.setValue(1000)
    assert dialog.seeds() == 64
    assert dialog.ok.text() == "&Start 64 seeds"
    with qtbot.waitSignal(dialog.accepted):
        qtbot.mouseClick(dialog.ok, Qt.MouseButton.LeftButton)


def test_images_have_no_plane(make):
    dialog = make(Experiment(dataset=DigitsSpec()))
    for tab in (0, 1):
        dialog.tabs.setCurrentIndex(tab)
        assert "points of the plane" in dialog.error.text()
        assert not dialog.ok.isEnabled()


def test_a_band_needs_networks_that_stack(make):
    dialog = make(with_setting(Experiment(), "discriminator.kind", "dcgan"))
    assert dialog.ok.isEnabled()
    dialog.tabs.setCurrentIndex(1)
    assert "MLP" in dialog.error.text()
    assert not dialog.ok.isEnabled()
