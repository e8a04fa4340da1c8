"""Slow motion: the stages are walked through at the user's pace, in words and in pictures that fit them."""

import itertools
from dataclasses import replace
from types import SimpleNamespace
from typing import get_args

import numpy as np
import pytest
import torch
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtTest import QTest

from ganstudio.data import build_dataset
from ganstudio.experiment import (
    DCGANDiscriminatorSpec,
    DCGANGeneratorSpec,
    DigitsSpec,
    Experiment,
    HingeSpec,
    LatentSpec,
    LeastSquaresSpec,
    MinimaxSpec,
    ObjectiveSpec,
    RelativisticSpec,
    WassersteinSpec,
)
from ganstudio.gui.looks import theme
from ganstudio.gui.rooms.slow_motion.layers import Arrows, magnification
from ganstudio.gui.rooms.slow_motion.strip import LayerBars
from ganstudio.gui.rooms.slow_motion.view import STAGE_MS, SlowMotionView
from ganstudio.gui.rooms.slow_motion.words import WORDS, tell
from ganstudio.modalities import Images, Points, Sentences
from ganstudio.presets import with_setting
from ganstudio.training.messages import SlowStep, Stage
from ganstudio.training.pictures.slow_motion import slow_step
from ganstudio.training.step.trainer import Trainer

HOME = (-1.3, 1.3, -1.3, 1.3)
OBJECTIVES = [
    MinimaxSpec(gamma=0.5),
    MinimaxSpec(generator_update="saturating"),
    MinimaxSpec(generator_update="combined"),
    LeastSquaresSpec(),
    HingeSpec(),
    WassersteinSpec(),
    RelativisticSpec(),
]


def stages_of(experiment, bounds=HOME):
    trainer = Trainer(experiment, build_dataset(experiment.dataset), torch.device("cpu"))
    return slow_step(trainer, bounds)


@pytest.fixture
def digits(tiny):
    return tiny.model_copy(
        update={
            "dataset": DigitsSpec(),
            "latent": LatentSpec(dimensions=4),
            "generator": DCGANGeneratorSpec(width=4),
            "discriminator": DCGANDiscriminatorSpec(width=4),
        }
    )


@pytest.fixture
def slow(qtbot):
    view = SlowMotionView()
    qtbot.addWidget(view)
    view.resize(640, 600)
    with qtbot.waitExposed(view):
        view.show()
    return view


def opened(experiment, plane=HOME):
    modality = Points() if plane is not None else Images((1, 8, 8))
    return SimpleNamespace(experiment=experiment, plane=plane, modality=modality)


def at(view, name):
    view.go([stage.name for stage in view._stages.stages].index(name))


def visible(picture):
    layers = ("landscape", "real", "generated", "latents", "pull_real", "pull_fake", "arrows")
    return {name for name in layers if getattr(picture, name).isVisible()}


def test_before_the_first_step_it_says_what_it_is_and_asks_for_one(slow, tiny, qtbot):
    assert slow._empty.isVisible()
    assert not slow._back.isEnabled()
    slow.open(opened(tiny))
    with qtbot.waitSignal(slow.step_wanted) as asked:
        qtbot.mouseClick(slow._next, Qt.MouseButton.LeftButton)
    assert isinstance(asked.args[0], SlowStep)
    assert slow._next.text() == "One moment…"
    with qtbot.assertNotEmitted(slow.step_wanted, wait=0):
        qtbot.mouseClick(slow._next, Qt.MouseButton.LeftButton)
    slow.show_stages(stages_of(tiny))
    assert not slow._empty.isVisible()
    assert slow._next.text() == "Next ›"
    assert slow.stage().name == "draw_z"


def test_next_and_back_by_button_and_key(slow, tiny, qtbot):
    slow.show_stages(stages_of(tiny))
    slow.activateWindow()
    slow.setFocus()
    qtbot.waitUntil(slow.hasFocus)
    QTest.keyClick(slow, Qt.Key.Key_Right)
    assert slow.stage().name == "generate"
    qtbot.mouseClick(slow._next, Qt.MouseButton.LeftButton)
    assert slow.stage().name == "draw_x"
    QTest.keyClick(slow, Qt.Key.Key_Left)
    qtbot.mouseClick(slow._back, Qt.MouseButton.LeftButton)
    assert slow.stage().name == "draw_z"
    assert not slow._back.isEnabled()
    slow.back()
    assert slow.stage().name == "draw_z"
    with qtbot.waitSignal(slow.closed):
        QTest.keyClick(slow, Qt.Key.Key_Escape)


def test_after_the_last_stage_another_step_is_asked_for_once(slow, tiny):
    slow.show_stages(stages_of(tiny))
    asked = []
    slow.step_wanted.connect(asked.append)
    for _ in range(12):
        slow.next()
    assert slow.stage().name == "generator_moves"
    assert asked == []
    assert slow._next.text() == "Next step ›"
    for _ in range(3):
        slow.next()
    assert len(asked) == 1
    slow.show_stages(stages_of(tiny))
    assert slow.stage().name == "draw_z"


def test_play_goes_from_stage_to_stage_and_on_to_the_next_step(slow, tiny, qtbot):
    asked = []
    slow.step_wanted.connect(asked.append)
    slow.set_playing(True)
    assert len(asked) == 1
    assert not slow._timer.isActive()  # it waits for the step
    slow.show_stages(stages_of(tiny))
    assert slow._timer.isActive()
    assert slow._timer.interval() == STAGE_MS
    slow._speeds.button(2).click()
    assert slow._timer.interval() == STAGE_MS // 2
    slow._timer.setInterval(1)
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert slow.stage().name == "generator_moves"
    assert not slow._timer.isActive()
    slow.set_playing(False)
    slow.show_stages(stages_of(tiny))
    assert not slow._timer.isActive()


def test_it_stops_playing_when_it_is_left(slow, tiny):
    slow.show_stages(stages_of(tiny))
    slow.set_playing(True)
    assert slow._timer.isActive()
    slow.hide()
    assert not slow._timer.isActive()
    assert slow._playing.text() == "Play"


def test_a_cell_of_the_strip_is_its_stage_and_rounds_are_told(slow, tiny, qtbot):
    slow.show_stages(stages_of(with_setting(tiny, "schedule.discriminator_steps", 3)))
    strip = slow.strip
    assert [index for index, _ in strip.cells()] == [0, 1, 2, 3, 4, 5, 6, *range(21, 27)]
    assert strip._caption("discriminator") == "Discriminator, move 1 of 3"
    slow.go(7)
    assert [index for index, _ in strip.cells()][:7] == list(range(7, 14))
    assert strip._caption("discriminator") == "Discriminator, move 2 of 3"
    place = dict(strip.cells())[25].center().toPoint()
    qtbot.mouseClick(strip, Qt.MouseButton.LeftButton, pos=place)
    assert slow.stage().name == "generator_gradient"
    assert [index for index, _ in strip.cells()][:7] == list(range(14, 21))
    boxes = [box for _, box in strip.cells()]
    assert all(a.right() < b.left() for a, b in itertools.pairwise(boxes))
    assert boxes[-1].right() == pytest.approx(strip.width(), abs=1)


def test_each_stage_shows_the_layers_that_it_concerns(slow, tiny):
    slow.open(opened(tiny))
    slow.show_stages(stages_of(tiny))
    expected = {
        "draw_z": {"latents"},
        "generate": {"generated"},
        "draw_x": {"generated", "real"},
        "judge": {"generated", "real", "landscape"},
        "discriminator_gradient": {"landscape", "pull_real", "pull_fake"},
        "discriminator_moves": {"generated", "real", "landscape"},
        "g_judge": {"generated", "landscape"},
        "generator_gradient": {"generated", "landscape", "arrows"},
        "generator_moves": {"generated", "landscape", "arrows"},
    }
    for name, layers in expected.items():
        at(slow, name)
        assert visible(slow.picture) == layers, name
        assert slow._bars.isVisible() == name.endswith("gradient")
        assert slow._change.isVisible() == (name == "discriminator_moves")


def test_arrows_of_a_move_end_where_the_same_z_land(slow, tiny):
    slow.open(opened(tiny))
    slow.show_stages(stages_of(tiny))
    at(slow, "generator_moves")
    layers, arrows = slow.stage().layers, slow.picture.arrows
    ways = layers["moved"] - layers["generated"]
    factor = magnification(np.linalg.norm(ways, axis=1), 0.08 * 2.6)
    np.testing.assert_allclose(arrows.starts, layers["generated"], atol=1e-6)
    np.testing.assert_allclose(arrows.ends - arrows.starts, factor * ways, rtol=1e-3, atol=1e-5)


def test_the_change_is_shown_as_strong_as_it_goes_and_d_after_as_it_is(slow, tiny):
    slow.open(opened(tiny))
    slow.show_stages(stages_of(tiny))
    at(slow, "discriminator_moves")
    layers = slow.stage().layers
    change = layers["landscape"] - layers["landscape_before"]
    shown = slow.picture.landscape._values
    assert max(shown.max() - 0.5, 0.5 - shown.min()) == pytest.approx(0.5, abs=1e-5)
    assert np.sign(shown - 0.5)[change > 1e-4].min() == 1
    assert f"{np.abs(change).max():.2g}" in slow.picture.caption.text()
    slow._after.click()
    np.testing.assert_array_equal(slow.picture.landscape._values, layers["landscape"])


@pytest.mark.parametrize(
    ("lengths", "factor"),
    [([0.3] * 5, 1), ([0.06] * 5, 1), ([0.05] * 5, 2), ([0.019] * 5, 5), ([0.001] * 5, 100), ([0.0] * 5, 1), ([], 1)],
)
def test_small_moves_are_magnified_by_a_round_factor(lengths, factor):
    assert magnification(np.array(lengths), 0.1) == pytest.approx(factor)
    assert magnification(np.array([*lengths, np.nan]), 0.1) == pytest.approx(factor)


def test_the_landscape_that_is_asked_for_fills_the_picture(slow, tiny, qtbot):
    slow.open(opened(tiny))
    slow.show_stages(stages_of(tiny))
    at(slow, "judge")
    left, right, low, high = slow.picture.coverage()
    (x_low, x_high), (y_low, y_high) = slow.picture._plot.getViewBox().viewRange()
    assert left <= x_low
    assert right >= x_high
    assert low <= y_low
    assert high >= y_high
    assert (right - left) < 1.2 * (x_high - x_low)
    slow.open(opened(tiny, None))
    assert slow.picture.coverage() is None


def test_z_has_a_plane_of_its_own_and_the_data_keep_theirs(slow, tiny):
    slow.open(opened(tiny))
    slow.show_stages(stages_of(tiny))
    box = slow.picture._plot.getViewBox()
    assert box.viewRange()[1][1] > 3
    slow.next()
    assert box.viewRange()[1][1] == pytest.approx(1.3, rel=0.1)
    wide = with_setting(tiny, "latent.dimensions", 16)
    slow.show_stages(stages_of(wide))
    assert "the first two of 16 dimensions" in slow.picture.caption.text()
    slow.show_stages(stages_of(with_setting(tiny, "latent.dimensions", 1)))
    assert np.all(slow.picture.latents.points[:, 1] == 0)


def test_how_much_of_a_minibatch_is_shown_is_told_where_it_is_not_all(slow, digits):
    many = with_setting(digits, "schedule.batch_size", 40)
    slow.open(opened(many, None))
    slow.show_stages(stages_of(many, None))
    assert "z, 25 of 40" in slow.picture.caption.text()
    at(slow, "draw_x")
    assert slow._sentence.text() == "40 real images are drawn from the data, as many as G made."
    assert [caption.text() for caption in slow.picture._wall_captions] == ["Generated, 25 of 40", "Real, 25 of 40"]
    slow.show_stages(stages_of(with_setting(digits, "schedule.batch_size", 8), None))
    at(slow, "draw_x")
    assert [caption.text() for caption in slow.picture._wall_captions] == ["Generated", "Real"]


def test_sentences_are_read_as_lines_and_images_after_them_seen_again(slow, digits):
    slow.show_stages(stages_of(digits, None))
    at(slow, "draw_x")
    stage = slow.stage()
    numbers = np.array([[1, 2, 3]] * 25, np.int32)
    sentences = Sentences(vocabulary=("", "a", "cat", "sleeps"), length=3)
    shown = replace(stage, layers={"generated": numbers, "real": numbers})
    slow.picture.tell_kinds(sentences, None)
    slow.picture.show_stage(shown, None, change=False)
    for wall, lines in zip(slow.picture.walls, slow.picture.lines, strict=True):
        assert not wall.isVisible()
        assert lines.isVisible()
        assert lines.lines() == ["a cat sleeps"] * 25
    slow.picture.tell_kinds(Images((1, 8, 8)), None)
    slow.picture.show_stage(stage, None, change=False)
    assert [wall.isVisible() for wall in slow.picture.walls] == [True, True]
    assert not any(lines.isVisible() for lines in slow.picture.lines)


def test_the_strip_s_cells_fill_it_whoever_moves(slow, tiny):
    whole = stages_of(tiny)
    for player in ("discriminator", "generator", None):
        mine = [stage for stage in whole.stages if player in (None, stage.player)]
        slow.show_stages(replace(whole, stages=tuple(mine)))
        cells = slow.strip.cells()
        assert len(cells) == len(mine)
        assert cells[-1][1].right() == pytest.approx(slow.strip.width())


def test_the_numbers_below_the_bars_of_many_layers_stand_apart(slow):
    bars = LayerBars()
    bars.set_norms(np.ones(12), theme.FAKE)
    wide = QFontMetrics(bars._small()).horizontalAdvance("12")
    assert (bars.width() - 4) / 12 >= wide + 4


def test_images_stand_in_walls(slow, digits):
    slow.open(opened(digits, None))
    slow.show_stages(stages_of(digits, None))
    generated, second = slow.picture.walls
    assert visible(slow.picture) == {"latents"}
    at(slow, "generate")
    assert generated.isVisible()
    assert not second.isVisible()
    at(slow, "judge")
    assert second.isVisible()
    assert slow.picture._wall_captions[1].text().startswith("Real, by D's verdict: 0.")
    for name, caption in (("discriminator_gradient", "Real, the hardest pull"), ("generator_moves", "The same z")):
        at(slow, name)
        assert slow.picture._wall_captions[1].text().startswith(caption)
    at(slow, "generator_moves")
    assert "grey levels" in slow._sentence.text()


@pytest.mark.parametrize("objective", OBJECTIVES, ids=lambda spec: spec.kind)
@pytest.mark.parametrize("kind", ["tiny", "digits"])
def test_every_stage_of_every_game_is_told_whole(objective, kind, slow, request):
    """No hole in a template is left, the numbers are there, and the sentence fits in a narrow window."""
    experiment = request.getfixturevalue(kind).model_copy(update={"objective": objective})
    experiment = with_setting(experiment, "schedule.instance_noise", 0.3)
    if kind == "digits" and objective.kind in ("wasserstein", "relativistic"):
        experiment = with_setting(experiment, "discriminator.normalisation", "none")
    plane = HOME if kind == "tiny" else None
    slow.resize(420, 520)
    slow.open(opened(experiment, plane))
    slow.show_stages(stages_of(experiment, plane))
    for index, stage in enumerate(slow._stages.stages):
        slow.go(index)
        told = tell(stage, experiment, opened(experiment, plane).modality)
        assert told.sentence.endswith(".")
        assert told.equation
        assert not any(hole in told.sentence + told.equation + told.title for hole in ("{", "}", "None", "-", "  "))
        assert slow._sentence.heightForWidth(400) <= slow._sentence.height()
        assert ("D(x)" in dict(told.readouts)) == (
            objective.kind == "minimax" and stage.name in ("judge", "discriminator_moves")
        )
        slow.grab()
    assert slow.width() == 420


def test_the_sentences_quote_the_stages_numbers(tiny):
    stages = {stage.name: stage for stage in stages_of(tiny).stages}
    numbers = stages["judge"].numbers
    told = tell(stages["judge"], tiny, Points())
    assert told.sentence == (
        f"D judges both: it gives real points {numbers['d_real']:.2f} on average and generated ones "
        f"{numbers['d_fake']:.2f}."
    )
    assert told.readouts == (("D(x)", f"{numbers['d_real']:.2f}"), ("D(G(z))", f"{numbers['d_fake']:.2f}"))
    assert "16 latent codes" in tell(stages["draw_z"], tiny, Points()).sentence
    assert "Adam" in tell(stages["generator_moves"], tiny, Points()).sentence


@pytest.mark.parametrize("objective", get_args(get_args(ObjectiveSpec)[0]))
def test_every_objective_s_equations_are_shown(objective):
    experiment = Experiment(objective=objective())
    equations = experiment.objective.equations

    def shown(player, **numbers):
        numbers = {"count": 4.0, "dimensions": 2.0, "noise": 0.0, "loss": 1.0, **numbers}
        stage = Stage(name=f"{player}_loss", player=player, round=1, numbers=numbers, layers={})
        return tell(stage, experiment, Points()).equation

    assert shown("generator").endswith(f"= {equations.generator}")
    assert shown("discriminator", penalty=0.0).endswith(f"= {equations.discriminator}")
    added = f" + {equations.penalty}" if equations.penalty else ""
    assert shown("discriminator", penalty=0.3).endswith(f"= {equations.discriminator}{added}")


@pytest.mark.parametrize(
    ("dimensions", "drawn", "made"),
    [
        (
            3.0,
            "4 latent codes are drawn from the prior, a standard normal in 3 dimensions, and with each an image y.",
            "z",
        ),
        (0.0, "4 real images are drawn, each with the image y that G is given with it: there is no z.", "image y"),
    ],
    ids=["with z", "without z"],
)
def test_what_g_is_given_is_told(dimensions, drawn, made):
    numbers = {"count": 4.0, "dimensions": dimensions, "noise": 0.0}

    def told(name):
        stage = Stage(name=name, player="discriminator", round=1, numbers=numbers, layers={})
        return tell(stage, Experiment(), Images((1, 8, 8)), Images((1, 4, 4)))

    assert told("draw_z").sentence == drawn
    assert told("draw_z").equation.endswith("y ~ p<sub>data</sub>")
    assert told("generate").sentence.startswith(f"G turns each {made}")
    assert "without a look" not in told("generate").sentence
    assert told("generate").equation == ("G(z, y)" if dimensions else "G(y)")


def test_numbers_that_are_not_finite_are_survived(slow, tiny):
    stages = stages_of(tiny)
    broken = [
        Stage(
            name=stage.name,
            player=stage.player,
            round=stage.round,
            numbers={
                name: value if name in ("count", "dimensions") else np.nan for name, value in stage.numbers.items()
            },
            layers={name: np.full_like(layer, np.nan) for name, layer in stage.layers.items()},
        )
        for stage in stages.stages
    ]
    slow.open(opened(tiny))
    slow.show_stages(replace(stages, stages=tuple(broken)))
    for index in range(len(broken)):
        slow.go(index)
        slow.grab()
    assert "nan" in slow._sentence.text()


def test_another_experiment_forgets_the_step(slow, tiny):
    slow.show_stages(stages_of(tiny))
    slow.go(5)
    slow.set_playing(True)
    slow.open(opened(tiny))
    assert slow.stage() is None
    assert slow._empty.isVisible()
    assert not slow._timer.isActive()
    assert slow._next.text() == "Make a step ›"


def test_arrows_stand_out_from_the_plane(slow, tiny):
    slow.open(opened(tiny))
    slow.show_stages(stages_of(tiny))
    at(slow, "generator_gradient")
    arrows = slow.picture.arrows
    assert isinstance(arrows, Arrows)
    assert len(arrows.starts) == 16
    image = slow.picture._plot.grab().toImage()
    places = ((x, y) for x in range(0, image.width(), 2) for y in range(0, image.height(), 2))
    bright = sum(image.pixelColor(x, y).lightness() > 200 for x, y in places)
    assert bright > 20
    without_d = {"draw", "make", "loss", "gradient", "moves"}
    assert set(WORDS) - without_d == {stage.name for stage in slow._stages.stages}
    assert slow.picture.arrows._colour.name() == theme.TEXT
