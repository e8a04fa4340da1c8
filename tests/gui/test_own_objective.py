"""An objective that is entered in the tables is trained in the window as any other, with a plot of a number of its own.

What it takes is a spec, a class and a row in the table of builders (``tests/registering.py``); its plot is the one line
that hands out the number. Nothing of the window knows it.
"""

from __future__ import annotations

import numpy as np
import pytest

from ganstudio.gui.looks import theme
from ganstudio.gui.plots.series import blend
from ganstudio.gui.rooms.slow_motion.words import tell
from ganstudio.presets import with_setting
from ganstudio.run import RunFolder
from ganstudio.training.messages import SCALARS, Adjust, Save, SlowStep, Start, Step
from tests.registering import LEAD, RelativisticAverageSpec, registered


@pytest.fixture(autouse=True)
def own():
    with registered():
        yield


@pytest.fixture
def average(tiny):
    return with_setting(tiny, "objective", RelativisticAverageSpec().model_dump())


def test_it_trains_with_its_plot_its_equations_and_is_gone_on_with(studio, average):
    studio.start(average)
    curves = studio.scene.curves
    assert list(curves.plots) == ["Losses", "Belief", "Value", "JSD", "Gradients", "Lead"]
    for _ in range(4):
        studio.send(Step())
    studio.wait(lambda: studio.game.step == 4)
    curves.refresh()
    panel = curves.plots["Lead"]
    assert panel.isVisible()
    assert panel.toolTip() == LEAD.about
    assert blend(theme.REAL, 1.0) in panel._pixels
    run = studio.run_folder()
    studio.trigger("save")
    studio.wait(lambda: "is saved" in studio.notice)
    kept = RunFolder.open(run, read_only=True).scalars((*SCALARS, "lead"))
    np.testing.assert_allclose(kept[:, -1], studio.game.history.raw("lead"), rtol=1e-6)
    assert np.isfinite(kept[:, 2:]).all()
    # Slow motion writes its equations.
    told = studio.wait_for(studio.game.stages, lambda: studio.send(SlowStep()))
    equations = {
        stage.name: tell(stage, told.experiment, studio.game.single.modality).equation for stage in told.stages
    }
    assert average.objective.equations.discriminator in equations["discriminator_loss"]
    assert average.objective.equations.generator in equations["generator_loss"]
    studio.send(Save())
    studio.wait_for(studio.game.opened, lambda: studio.send(Start(resume=run, runs=studio.runs)))
    studio.wait(lambda: len(studio.game.history) == 5)
    assert studio.game.history.names[-1] == "lead"
    assert np.isfinite(studio.game.history.raw("lead")).all()
    assert "Lead" in studio.scene.curves.plots


def test_a_number_that_a_setting_brings_or_takes_away_has_its_plot_while_it_is_there(studio, average):
    studio.start(with_setting(average, "objective.leads", False))
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 1)
    curves, history = studio.scene.curves, studio.game.history
    losses = curves.plots["Losses"]
    assert "Lead" not in curves.plots
    studio.wait_for(studio.game.adjusted, lambda: studio.send(Adjust("objective.leads", True)))
    assert curves.plots["Lead"].isVisible()
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 2)
    assert curves.plots["Losses"] is losses
    assert np.isnan(history.raw("lead")[0])
    assert np.isfinite(history.raw("lead")[1])
    studio.wait_for(studio.game.adjusted, lambda: studio.send(Adjust("objective.leads", False)))
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 3)
    assert "Lead" not in curves.plots
    assert np.isfinite(history.raw("d_loss")).all()
    assert studio.state == "paused"
    run = studio.run_folder()
    studio.trigger("save")
    studio.wait(lambda: "is saved" in studio.notice)
    kept = RunFolder.open(run, read_only=True).scalars((*SCALARS, "lead"))
    assert np.isfinite(kept[:, -1]).tolist() == [False, True, False]
    assert np.isfinite(kept[:, :-1]).all()
