"""The room of sentences: written as one types, coloured by D, guessed, and held against what is no GAN."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRectF, Qt

from ganstudio.experiment import TextsSpec
from ganstudio.gui.card.choices import Choices
from ganstudio.gui.rooms.sentences.lines import TokenLines, colour_of
from ganstudio.gui.rooms.sentences.plane import QualityPlane, likelihood_told, spread
from ganstudio.gui.rooms.sentences.verdict import verdict_of
from ganstudio.gui.rooms.sentences.view import SentencesView
from ganstudio.modalities import Sentences
from ganstudio.presets import load_preset, with_settings
from ganstudio.training.messages import Composed, SkipStage, Step
from ganstudio.training.messages.sentences import Place
from tests.gui.test_contrast import pale
from tests.gui.test_fits import fit

KIND = Sentences(("", "today", "the", "cat", "sleeps", "."), 6)
TOKENS = np.array([[1, 2, 3, 4, 5, 0], [2, 2, 3, 5, 0, 0]], np.int32)


@pytest.fixture
def experiment():
    """A small game of sentences, whose likelihood is over after three steps."""
    return with_settings(
        load_preset("text_small"),
        [
            ("dataset.count", 300),
            ("dataset.held_out", 60),
            ("schedule.batch_size", 16),
            ("stages.0.steps", 3),
            ("stages.1.steps", 2),
            ("generator.state", 4),
            ("discriminator.state", 6),
            ("device", {"kind": "cpu", "threads": 1}),
        ],
    )


def answered(studio, room, act):
    """The answer to what ``act`` asks for."""
    newest = lambda event: event.request == room._asked  # noqa: E731
    with studio.qtbot.waitSignal(studio.game.composed, timeout=60_000, check_params_cb=newest) as blocker:
        act()
    return blocker.args[0]


@pytest.fixture
def room(studio, experiment):
    studio.start(experiment)
    room = studio.window._rooms.own
    answered(studio, room, lambda: studio.trigger("own_room"))
    return room


def test_a_game_of_sentences_is_read_and_has_a_room(studio, experiment) -> None:
    studio.start(experiment)
    action = studio.window.actions_by_id["own_room"]
    studio.wait(action.isVisible)
    assert action.text() == "Sentences"
    gallery = studio.scene.samples
    studio.wait(lambda: len(gallery._made.lines.lines()) == 40)
    assert gallery._listed.isChecked()
    assert gallery._made.wall.isHidden()
    gallery.set_mode("real")
    studio.wait(lambda: gallery._data.lines.lines()[0].startswith(("today", "yesterday", "perhaps")))


def test_what_is_typed_is_gone_on_with(studio, room) -> None:
    view = room.view
    assert studio.window._rooms.shown() is view
    assert len(view.written.lines()) == 16
    assert len(set(view.written.lines())) > 8
    view.prefix.setText("perhaps two")
    answered(studio, room, lambda: view.prefix.textEdited.emit("perhaps two"))
    assert all(line.startswith("perhaps two") for line in view.written.lines())
    assert view.prefix_told.isHidden()
    view.prefix.setText("perhaps purple cats")
    answered(studio, room, lambda: view.prefix.textEdited.emit("perhaps purple cats"))
    assert view.prefix_told.text() == "Not among the words that G knows: purple"
    assert all(line.startswith("perhaps") for line in view.written.lines())
    answered(studio, room, view.prefix.clear)
    assert len({tuple(line.split()[:1]) for line in view.written.lines()}) > 3


def test_temperature_dice_and_g_before_the_game(studio, room) -> None:
    view = room.view
    first = view.written.lines()
    answered(studio, room, lambda: view.temperature.typed.emit(0.2))
    assert view.heat == pytest.approx(0.2)
    cold = view.written.lines()
    assert cold != first
    answered(studio, room, lambda: view.temperature.typed.emit(1.0))
    assert view.written.lines() == first
    real = view.real.lines()
    answered(studio, room, view.draw.click)
    assert view.written.lines() != first
    assert view.real.lines() != real
    studio.play(9)
    studio.pause()
    now = answered(studio, room, lambda: view.changed.emit())
    before = answered(studio, room, view.before.click)
    assert (now.made != before.made).any()


def test_the_game_is_timed_from_where_the_rest_of_likelihood_was_skipped(studio, room) -> None:
    studio.send(Step())
    studio.wait(lambda: studio.game.step == 1)
    studio.wait_for(studio.game.adjusted, lambda: studio.send(SkipStage()))
    began = room._began
    for _ in range(2):
        studio.send(Step())
    studio.wait(lambda: studio.game.step == 3)
    assert room._seconds > room._began == began


def test_a_word_has_alternatives(studio, room) -> None:
    view = room.view
    assert view.alternatives.text().startswith("Click a word")
    told = answered(studio, room, lambda: view.written.choose(2, 1))
    assert len(told.alternatives) == 8
    assert sum(one.share for one in told.alternatives) <= 1 + 1e-5
    shares = [one.share for one in told.alternatives]
    assert shares == sorted(shares, reverse=True)
    assert all(one.part is not None for one in told.alternatives)
    assert view.alternatives.text().startswith("G there: ")
    row = view.written.tokens[2]
    in_place = next((one for one in told.alternatives if one.token == row[1]), None)
    if in_place is not None:  # what D says of the word that stands there is what it is coloured by
        assert in_place.part == pytest.approx(float(told.made_parts[2, 1]), abs=1e-4)


def test_the_plane_fills_and_controls_are_trained(studio, room) -> None:
    view = room.view
    studio.play(9)
    studio.pause()
    full = lambda: (  # noqa: E731
        len(view.plane.curves.get("before", {})) == len(view.plane.curves.get("generator", {})) == 5
    )
    studio.wait(full, 60)
    real = view.plane.places["real"]
    assert (real.quality, real.jsd) == (1.0, 0.0)
    for curve in view.plane.curves.values():
        assert curve[1.0].various > curve[0.4].various  # what is cooler is less various
        assert all(0 <= place.quality <= 1 and 0 < place.jsd < 0.6932 for place in curve.values())
    assert "Right: " in view.plane_told.text()
    view.controls.click()
    studio.wait(lambda: {"continued", "constant"} <= view.plane.places.keys(), 60)
    assert any(row.startswith("likelihood gone on with: ") for row in view.plane.rows())
    assert "with likelihood gone on with" in view.plane_told.text()


def test_whether_the_game_has_helped_is_told_once_it_has_begun(studio, room) -> None:
    view = room.view
    for step in range(1, 5):  # likelihood, and D alone
        studio.send(Step())
        studio.wait(lambda step=step: studio.game.step == step)
    studio.wait(lambda: 1.0 in view.plane.curves.get("before", {}) and 1.0 in view.plane.curves.get("generator", {}))
    assert view.verdict.text() == ""
    assert view.verdict.isHidden()
    studio.play(4)
    studio.pause()
    studio.wait(lambda: view.verdict.text().startswith("The game has "))
    assert view.verdict.isVisible()


def test_likelihood_on_its_way_is_not_held_against_where_it_ended(studio, room) -> None:
    plane, verdict = room.view.plane, room.view.verdict
    studio.send(Step())
    studio.wait(lambda: len(plane.curves.get("generator", {})) == 5, 60)
    early = plane.curves["generator"][1.0]
    studio.trigger("own_room")  # nothing is marked until the game has begun
    studio.wait(lambda: not room._shown)
    studio.play(8)
    studio.pause()
    told = []
    studio.game.composed.connect(lambda event: told.append((event.curves["generator"].get(1.0), verdict.text())))
    studio.trigger("own_room")
    studio.wait(lambda: told and told[-1][1], 60)
    assert all(text == "" for now, text in told if now in (None, early))
    assert told[-1][0] not in (None, early)
    assert told[0][1] == ""


def test_the_game_is_held_against_controls_of_its_length_alone(studio, room, monkeypatch) -> None:
    studio.play(9)
    studio.pause()
    view, told = room.view, " would have "
    room._controls = 0.01  # seconds: it was far shorter when they were asked for
    view.controls.click()
    studio.wait(lambda: view.verdict.text() and "continued" in view.plane.places, 60)
    assert told not in view.verdict.text()
    monkeypatch.setattr("ganstudio.gui.rooms.sentences.room._AS_LONG", 1e9)
    assert answered(studio, room, view.changed.emit).controls_seconds == 0.01
    assert told in view.verdict.text()
    assert answered(studio, room, view.controls.click).controls_seconds is None
    assert "continued" not in view.plane.places
    assert told not in view.verdict.text()


def test_guessing_keeps_a_score(studio, room) -> None:
    view = room.view
    view.pages.button(2).click()
    guessing = view.guessing
    assert not guessing.isHidden()
    assert view.written.isHidden()
    assert len(guessing.pair.lines()) == 2
    pair = guessing.pair.lines()
    answered(studio, room, lambda: view.changed.emit())
    assert guessing.pair.lines() == pair  # it stays till it is answered
    assert not guessing.next.isEnabled()
    guessing.pair.choose(guessing.real_row, 0)
    assert guessing.told.text().endswith("1 of 1 right; by guessing it would be half")
    guessing.pair.choose(1 - guessing.real_row, 0)  # once answered nothing counts any more
    assert (guessing.right, guessing.asked) == (1, 1)
    answered(studio, room, guessing.next.click)
    assert len(guessing.pair.lines()) == 2
    guessing.pair.choose(1 - guessing.real_row, 0)
    assert (guessing.right, guessing.asked) == (1, 2)
    assert guessing.told.text().startswith("No: the ")


def test_the_room_fits_and_can_be_read(studio, room) -> None:
    for page in range(3):
        room.view.pages.button(page).click()
        assert pale(studio.window) == []
    fit(studio)


def test_long_sentences_are_scrolled_and_push_nothing_out_of_sight(qtbot) -> None:
    view = SentencesView()
    qtbot.addWidget(view)
    view.resize(1000, 700)
    height = view.layout().heightForWidth(1000)
    view.written.setMinimumHeight(3000)
    view.layout().invalidate()
    assert view.layout().heightForWidth(1000) <= max(height, 700)


def test_a_card_offers_how_a_text_is_parted(qtbot) -> None:
    choices = Choices()
    qtbot.addWidget(choices)
    choices.show_spec(TextsSpec(path="own.txt"), None)
    assert {"split", "unit", "column", "encoding", "longest"} <= choices.form.rows.keys()


def composed(now: Place, before: Place | None = None, longer: Place | None = None, **how: bool) -> Composed:
    curves = {"generator": {1.0: now}} | ({} if before is None else {"before": {1.0: before}})
    none = np.empty((0, 6), np.int32)
    return Composed(
        request=1,
        step=9,
        made=none,
        made_parts=None,
        real=none,
        real_parts=None,
        faults=None,
        alternatives=(),
        curves=curves,
        places={} if longer is None else {"continued": longer},
        exact=now.jsd is not None,
        more=False,
        **how,
    )


def at(jsd: float | None, quality: float = 0.8, various: float = 13.0) -> Place:
    return Place(quality, various, jsd, 0.0 if jsd is None else 0.005)


WORSE = "The game has made G worse: it is further from the data than it was before"
BETTER = "The game has brought G nearer to the data than it was before"
SAME = "The game has brought G neither nearer to the data nor further away, as far as can be told"


@pytest.mark.parametrize(
    ("places", "told"),
    [
        pytest.param((at(0.10),), "", id="nothing to compare"),
        pytest.param((at(float("nan")), at(0.10)), "", id="numbers gone wrong"),
        pytest.param((at(0.12), at(0.10)), WORSE, id="worse"),
        pytest.param((at(0.08), at(0.10)), BETTER, id="better"),
        pytest.param((at(0.11), at(0.10)), SAME, id="within the error"),
        pytest.param((at(0.12, 0.9), at(0.10)), f"{WORSE}, though more of its sentences are right", id="right"),
        pytest.param(
            (at(0.08), at(0.10), at(0.05)),
            f"{BETTER}. Likelihood gone on with for as long would have come nearer",
            id="likelihood is better",
        ),
        pytest.param(
            (at(0.08), at(0.10), at(0.09)),
            f"{BETTER}. Likelihood gone on with for as long would have come as near",
            id="likelihood is as good",
        ),
        pytest.param(
            (at(0.08), at(0.10), at(0.11)),
            f"{BETTER}. Likelihood gone on with for as long would have stayed further away",
            id="likelihood is not as good",
        ),
        pytest.param(
            (at(None, 0.3, 0.5), at(None, 0.4, 0.6)),
            "The game has made G worse: its sentences are less like real ones, and more like each other, than before",
            id="worse in both",
        ),
        pytest.param(
            (at(None, 0.5, 0.5), at(None, 0.4, 0.6)),
            "Since before the game G's sentences are more like real ones, and more like each other",
            id="one for the other",
        ),
    ],
)
def test_the_game_is_held_against_g_before_it_in_words(places, told) -> None:
    assert verdict_of(composed(*places), as_long=True) == told


@pytest.mark.parametrize(
    ("longer", "as_long"),
    [pytest.param(0.05, False, id="not as long"), pytest.param(float("nan"), True, id="no number")],
)
def test_nothing_is_said_of_controls_that_tell_nothing(longer: float, as_long: bool) -> None:
    assert verdict_of(composed(at(0.08), at(0.10), at(longer)), as_long=as_long) == BETTER


def test_where_no_sentence_is_wrong_none_is_more_right() -> None:
    assert verdict_of(composed(at(0.12, -20.0), at(0.10, -25.0), graded=False)) == WORSE


# --- the widgets alone ------------------------------------------------------------------------------------------------


def test_words_are_chosen_by_mouse_and_keys(qtbot) -> None:
    lines = TokenLines("Some")
    qtbot.addWidget(lines)
    lines.resize(400, 100)
    lines.show_these(KIND, TOKENS, np.zeros((2, 6), np.float32), [6, 1])
    assert lines.lines() == ["today the cat sleeps.", "the the cat."]
    box = lines.box_of(0, 2)
    assert lines.box_of(0, 5) is None  # behind the end
    with qtbot.waitSignal(lines.chosen) as chosen:
        qtbot.mouseClick(lines, Qt.MouseButton.LeftButton, pos=box.center())
    assert chosen.args == [0, 2]
    for key, place in ((Qt.Key.Key_Right, (0, 3)), (Qt.Key.Key_Down, (1, 3)), (Qt.Key.Key_Down, (1, 3))):
        qtbot.keyClick(lines, key)
        assert lines.selected == place
    assert lines.at(QPoint(399, 99)) is None
    lines.resize(80, 200)
    lines.show_these(KIND, TOKENS)
    assert len({lines.box_of(0, place).top() for place in range(5)}) > 1  # long sentences go on below


def test_colours_say_which_way(qtbot) -> None:
    assert colour_of(2.0).blue() > colour_of(0.0).blue()
    assert colour_of(-2.0).red() > colour_of(0.0).red()
    assert colour_of(3.0) == colour_of(30.0)
    assert colour_of(float("nan")) == colour_of(0.0)  # D went wrong: nothing is said
    assert colour_of(float("-inf")) == colour_of(-3.0)
    pixels = {}
    for part in (-3.0, 0.0, 3.0, float("nan")):
        lines = TokenLines("Some")
        qtbot.addWidget(lines)
        lines.resize(300, 60)
        lines.show_these(KIND, TOKENS[:1], np.full((1, 6), part, np.float32))
        image = lines.grab().toImage()
        box = lines.box_of(0, 0)
        pixels[part] = image.pixelColor(box.left() + 2, box.center().y())
    for part, colour in pixels.items():
        wanted = colour_of(part)
        assert abs(colour.red() - wanted.red()) <= 2
        assert abs(colour.blue() - wanted.blue()) <= 2


def test_a_share_on_the_axis_stands_where_it_is(qtbot) -> None:
    plane, area = QualityPlane(), QRectF(0, 0, 100, 200)
    qtbot.addWidget(plane)
    plane.show_places({"generator": {1.0: Place(0.9, 14.0, 0.2)}}, {"real": Place(1.0, 13.9, 0.0)}, exact=True)
    up = plane._ranges()[1]
    (least, low), (most, high) = plane._ends(up, area)
    assert up.high > 1  # there is some room above the best
    assert (least, low) == (up.low, area.bottom())
    assert most == 1
    assert high == pytest.approx(200 * (up.high - 1) / (up.high - up.low))
    plane.grab()


def test_the_plane_tells_all_in_words(qtbot) -> None:
    plane = QualityPlane()
    qtbot.addWidget(plane)
    plane.resize(300, 260)
    plane.grab()
    curve = {1.0: Place(0.4, 15.0, 0.27), 0.5: Place(0.6, 13.5, 0.25)}
    plane.show_places({"before": curve}, {"real": Place(1.0, 13.9, 0.0)}, exact=True)
    assert plane.rows() == [
        "likelihood, by temperature 1: 40 % right, entropy 15.0 nats, JSD 0.270",
        "likelihood, by temperature 0.5: 60 % right, entropy 13.5 nats, JSD 0.250",
        "real: 100 % right, entropy 13.9 nats, JSD 0.000",
    ]
    plane.grab()
    for share in (0.5, 0.6):
        plane.show_places({"generator": {1.0: Place(share, 14.0, 0.2)}}, {}, exact=True)
    assert [place.quality for place in plane.trail] == [0.5, 0.6]
    plane.show_places({"generator": {1.0: Place(0.3, 0.2, None)}}, {}, exact=False)
    assert plane.rows() == ["G now, by temperature 1: BLEU-4 0.300, 1 − self-BLEU-4 0.200"]
    plane.grab()
    plane.show_places({"generator": {1.0: Place(-24.5, 22.0, 0.5)}}, {}, exact=True, graded=False)
    assert plane.rows() == ["G now, by temperature 1: log p −24.5 nats, entropy 22.0 nats, JSD 0.500"]
    plane.grab()
    gone = float("nan")
    places = {"real": Place(1.0, 13.9, 0.0), "constant": Place(0.0, float("inf"), gone)}
    plane.show_places({"generator": {1.0: Place(0.0, gone, gone), 0.5: Place(0.4, 3.0, 0.6)}}, places, exact=True)
    assert plane.rows() == [
        "G now, by temperature 0.5: 40 % right, entropy 3.0 nats, JSD 0.600",
        "real: 100 % right, entropy 13.9 nats, JSD 0.000",
    ]
    plane.grab()


def test_names_of_marks_that_lie_together_stand_below_each_other_within_the_plane():
    area = QRectF(0, 0, 200, 100)
    boxes = [QRectF(20, top, 60, 13) for top in (50, 52, 48, 90, 95)]
    placed = spread(boxes, area)
    assert placed[0] == boxes[0]  # who comes first stays
    for place, box in enumerate(placed):
        assert area.contains(box)
        assert box.left() == boxes[place].left()
        assert not any(box.intersects(other) for other in placed[:place])
    assert spread([QRectF(0, 0, 60, 13), QRectF(100, 0, 60, 13)], area) == [
        QRectF(0, 0, 60, 13),
        QRectF(100, 0, 60, 13),
    ]


def test_a_sentence_that_can_t_be_is_told_in_words():
    assert likelihood_told(-24.53) == "log p −24.5"
    assert likelihood_told(-np.inf) == "some that can't be"
