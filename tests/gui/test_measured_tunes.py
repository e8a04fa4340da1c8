"""Measured tunes in their room: grey lines of what is no GAN, histograms, and the nearest training tune to be heard."""

from __future__ import annotations

import json

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from ganstudio.data import build_dataset
from ganstudio.experiment import FolkSpec
from ganstudio.gui.rooms.measures.greys import GreyLegend, Ruler
from ganstudio.gui.rooms.measures.histogram import ShareBars
from ganstudio.gui.rooms.measures.tunes import NearestTunes
from ganstudio.gui.rooms.measures.view import MeasuresView
from ganstudio.gui.rooms.measures.words import KINDS
from ganstudio.measurements.figure import told
from ganstudio.measurements.record import Record
from ganstudio.measurements.tunes import controls, looks
from ganstudio.measurements.tunes.figures import CHAIN, SHUFFLED, Real, tune_figures
from ganstudio.modalities import Melody
from ganstudio.playing import Player, prepared
from ganstudio.scalars import percent
from tests.gui.test_hearing import Held, Listener


@pytest.fixture(scope="module")
def figures():
    """Of real tunes in place of G's, one of them copied; as a file has them."""
    real = Real.of(build_dataset(FolkSpec(count=300, held_out=60)), 0)
    made = build_dataset(FolkSpec(count=60, held_out=0, seed=7)).at(np.arange(60)).argmax(2).astype(np.int8)
    made[5] = real.training[11]
    others = {
        CHAIN: controls.markov(real.training, 100, 1, 0),
        SHUFFLED: controls.shuffled(real.training, 100, 0),
    }
    found = told(tune_figures(real, made, others), looks.histograms(real, made, others))
    found |= {"step": 800, "nearest_tunes": looks.nearest_tunes(real, made)}
    return json.loads(json.dumps(found)), real.training[11]


@pytest.fixture
def view(qtbot, figures) -> MeasuresView:
    made = MeasuresView()
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.open(KINDS["melody"], started=True)
    made.show_record(Record(figures[0]))
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_each_figure_stands_among_grey_lines_of_what_is_no_gan(view, figures):
    rulers = view.findChildren(Ruler)
    assert len(rulers) == len(figures[0]["measures"])
    (legend,) = [one for one in view.findChildren(GreyLegend) if len(one.entries) == 4]
    assert [name for name, _ in legend.entries] == ["G", "real, kept aside", CHAIN, SHUFFLED]
    assert legend.heightForWidth(120) > legend.heightForWidth(900) > 10
    (tonic,) = [one for one in rulers if one.accessibleName().startswith("Last note the tonic")]
    assert (tonic.value, tonic.floor, tonic.end) == (1, 1, 1)
    assert tonic.controls == [pytest.approx(0.3, abs=0.2)] * 2
    assert tonic.place_of(0) == 4
    assert tonic.place_of(0.5) == 75
    assert tonic.place_of(7) == 146
    (unique,) = [one for one in rulers if one.accessibleName().startswith("Pitches of a tune")]
    assert unique.end == max(unique.value, unique.floor, *unique.controls) > 5


def test_in_a_narrow_window_rulers_are_shorter_and_none_is_cut_off(view, qapp):
    rulers = view.findChildren(Ruler)
    table = rulers[0].parentWidget()
    least, natural = table.minimumSizeHint().width(), table.sizeHint().width()
    assert natural - least == 80
    for width in (natural + 100, least + 100):
        view.resize(width, 700)
        qapp.processEvents()
        for ruler in rulers:
            assert ruler.mapTo(view, QPoint(ruler.width(), 0)).x() <= view.width()
            assert 70 <= ruler.width() <= 150


def test_histograms_of_notes_have_the_real_ones_and_the_chain_beside_them(view):
    bars = {one.shares.title: one for one in view.findChildren(ShareBars)}
    assert list(bars) == ["Intervals", "Lengths of notes", "Pitches"]
    for one in bars.values():
        assert list(one.shares.controls) == [CHAIN]
        for side in (one.shares.made, one.shares.floor, one.shares.controls[CHAIN]):
            assert sum(side) == pytest.approx(1, abs=1e-4)
    pitches = bars["Pitches"]
    assert pitches.shares.labels[:3] == ["C4", "C#4", "D4"]
    assert pitches.shares.made[1] == pitches.shares.floor[1] == 0
    rect = pitches.bars_rect()
    first = QPoint(round(rect.left()) + 2, round(rect.center().y()))
    told_of = pitches.tip_at(first)
    made, real = percent(pitches.shares.made[0]), percent(pitches.shares.floor[0])
    assert told_of.startswith(f"C4: G {made}; real, kept aside {real}")
    assert CHAIN in told_of
    assert pitches.tip_at(QPoint(1, 1)).startswith("Pitches.")


def test_intervals_wider_than_an_octave_share_the_outermost_bars():
    counts = np.zeros(49)
    counts[[24 + 7, 24 + 12, 24 + 20, 24 - 13]] = [2, 1, 3, 4]
    inside = looks._within_octave(counts)
    assert (inside[0], inside[12 + 7], inside[-1], inside.sum()) == (4, 2, 4, 10)
    lengths = np.zeros(17)
    lengths[[1, 8, 16]] = [5, 1, 2]
    assert looks._up_to(lengths, 8).tolist() == [5, 0, 0, 0, 0, 0, 0, 3]


def test_a_copy_comes_first_and_both_are_heard(studio, figures):
    measured, copied = figures
    studio.window.sounds.player = Player(Held)
    listening = Listener(studio.window.sounds)
    view = studio.window._rooms.measures.view
    view.open(KINDS["melody"], started=True)
    view.show_record(Record(measured))
    studio.window._rooms.show_measures()
    (pairs,) = view.findChildren(NearestTunes)
    assert pairs.told.text().startswith("1 of 12: 0 of 32 steps differ. Tunes kept aside")
    np.testing.assert_array_equal(pairs.rolls["sample"].tune, copied)
    np.testing.assert_array_equal(pairs.rolls["training"].tune, copied)
    studio.qtbot.mouseClick(pairs.next, Qt.MouseButton.LeftButton)
    assert pairs.told.text().startswith("2 of 12: ")
    tunes = {name: roll.tune for name, roll in pairs.rolls.items()}
    assert 0 < (tunes["sample"] != tunes["training"]).sum() == pairs.pairs.different[1]
    for name, tune in tunes.items():
        studio.qtbot.mouseClick(pairs.buttons[name], Qt.MouseButton.LeftButton)
        np.testing.assert_allclose(listening.voices[-1].sound, prepared(*Melody().sound(tune[None])), atol=1e-6)
        listening.mix(44_100)
        studio.wait(lambda name=name: pairs.rolls[name].share is not None)
        assert pairs.rolls[name].share == pytest.approx(1 / 8, abs=0.02)
    studio.qtbot.mouseClick(pairs.buttons["training"], Qt.MouseButton.LeftButton)
    listening.mix(44_100)
    studio.wait(lambda: pairs.rolls["training"].share is None)
    studio.window.sounds.close()


@pytest.mark.parametrize(
    "wrong",
    [
        {"histograms": {"a": {"title": "a"}}, "nearest_tunes": {}},
        {"histograms": {"a": {"title": "a", "help": "", "labels": ["1"], "made": [2], "floor": [0], "controls": {}}}},
        {"histograms": {"a": {"title": "a", "help": "", "labels": ["1"], "made": [], "floor": [0], "controls": {}}}},
        {"histograms": [1], "nearest_tunes": [1]},
        {"nearest_tunes": {"modality": {"kind": "points"}, "made": [], "training": [], "different": [], "aside": []}},
        {"nearest_tunes": {"modality": {"kind": "melody"}, "made": [[1]], "training": [[1]], "different": [1],
                           "aside": [1, 1]}},
        {"nearest_tunes": {"modality": {"kind": "melody"}, "made": [[700] * 32], "training": [[1] * 32],
                           "different": [1], "aside": [1, 1]}},
    ],
    ids=["nothing", "no share", "lengths", "lists", "points", "short", "large"],
)  # fmt: skip
def test_what_a_file_tells_wrongly_is_left_out(qtbot, wrong):
    view = MeasuresView()
    qtbot.addWidget(view)
    view.show_record(Record({"step": 1, **wrong}))
    assert view.findChildren(ShareBars) == []
    assert view.findChildren(NearestTunes) == []
