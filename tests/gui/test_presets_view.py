from datetime import datetime, timedelta

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from ganstudio.data import build_dataset
from ganstudio.gui import theme, thumbnails
from ganstudio.gui.views.presets import PresetsView
from ganstudio.gui.views.runs import EMPTY, RunsView, ago
from ganstudio.presets import load_preset, preset_names
from ganstudio.resources import resource


@pytest.fixture
def presets(qtbot):
    view = PresetsView()
    view.resize(300, 600)
    qtbot.addWidget(view)
    view.show()
    view.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is view)
    return view


def test_every_preset_has_a_card_with_its_picture_and_sentence(presets):
    assert list(presets.cards) == preset_names()
    for name, card in presets.cards.items():
        assert card.toolTip() == load_preset(name).summary
        picture = QImage(str(resource("presets", "thumbnails", f"{name}.png")))
        assert (picture.width(), picture.height()) == (thumbnails.WIDTH, thumbnails.HEIGHT)


def test_a_click_chooses(qtbot, presets):
    with qtbot.waitSignal(presets.chosen) as chosen:
        qtbot.mouseClick(presets.cards["grid"], Qt.MouseButton.LeftButton)
    assert chosen.args == ["grid"]
    assert presets.selected == "grid"


def test_the_keyboard_chooses(qtbot, presets):
    presets.setFocus()
    qtbot.waitUntil(presets.cards["ring"].hasFocus)
    qtbot.keyClick(presets.cards["ring"], Qt.Key.Key_Right)
    assert presets.cards["grid"].hasFocus()
    qtbot.keyClick(presets.cards["grid"], Qt.Key.Key_Down)
    assert presets.cards["spiral"].hasFocus()
    qtbot.keyClick(presets.cards["spiral"], Qt.Key.Key_Left)
    assert presets.cards["two_moons"].hasFocus()
    with qtbot.waitSignal(presets.chosen) as chosen:
        qtbot.keyClick(presets.cards["two_moons"], Qt.Key.Key_Return)
    assert chosen.args == ["two_moons"]


def test_the_arrows_reach_every_card(qtbot, presets):
    presets.cards["ring"].setFocus()
    reached = {"ring"}
    for _ in preset_names():
        focused = next(card for card in presets.cards.values() if card.hasFocus())
        qtbot.keyClick(focused, Qt.Key.Key_Down)
        reached |= {name for name, card in presets.cards.items() if card.hasFocus()}
    assert "digits" in reached  # under another heading


def test_selecting_from_outside_says_nothing(qtbot, presets):
    with qtbot.assertNotEmitted(presets.chosen):
        presets.select("spiral")
        assert presets.selected == "spiral"
        presets.select("somebody's own")
        assert presets.selected is None


def test_the_drop_hint_asks_for_a_file(qtbot, presets):
    with qtbot.waitSignal(presets.open_requested):
        qtbot.mouseClick(presets.drop_hint, Qt.MouseButton.LeftButton)


@pytest.mark.parametrize("width", [180, 300, 380, 600])
def test_cards_lie_side_by_side_within_the_width(qtbot, presets, width):
    presets.resize(width, 600)
    last = presets.cards["digits"]
    qtbot.waitUntil(lambda: last.mapTo(presets, last.rect().bottomRight()).x() < width)
    rectangles = [card.rect().translated(card.mapTo(presets, card.rect().topLeft())) for card in presets.cards.values()]
    for index, one in enumerate(rectangles):
        assert one.left() >= 0
        assert one.right() < width
        assert not any(one.intersects(other) for other in rectangles[index + 1 :])


@pytest.mark.parametrize("name", ["ring", "digits"])
def test_thumbnails_are_drawn_from_the_data_in_the_window_s_colours(qapp, name):
    picture = thumbnails.of_dataset(build_dataset(load_preset(name).dataset))
    colours = {picture.pixelColor(x, y).name() for x in range(0, 320, 2) for y in range(0, 240, 2)}
    assert QColor(theme.SURFACE).name() in colours
    assert len(colours) > 4


def test_points_that_are_not_numbers_are_left_out(qapp):
    points = np.array([[0, 0], [np.nan, 1], [np.inf, 2], [1, 1]], np.float32)
    picture = thumbnails.of_points(points)
    assert {picture.pixelColor(x, y).name() for x in range(320) for y in range(240)} > {QColor(theme.SURFACE).name()}
    assert not thumbnails.of_points(np.empty((0, 2), np.float32)).isNull()


# --- runs -------------------------------------------------------------------------------------------------------------


def make_run(runs, name: str, when: datetime, step: int, samples: np.ndarray | None = None):
    run = runs / f"{when:%Y-%m-%d_%H-%M-%S}_{name}"
    (run / "samples").mkdir(parents=True)
    (run / "experiment.toml").write_text(f'name = "{name}"\n', encoding="utf-8")
    (run / "checkpoints" / f"step-{step:08d}").mkdir(parents=True)
    if samples is not None:
        np.save(run / "samples" / f"step-{step:08d}.npy", samples)
    return run


def test_no_runs_is_said_in_words(qtbot, tmp_path):
    view = RunsView(tmp_path / "nothing here")
    qtbot.addWidget(view)
    view.show()
    assert view.list.count() == 0
    assert not view.list.isVisible()
    assert "No runs yet" in EMPTY


def test_runs_are_listed_newest_first_and_chosen(qtbot, tmp_path):
    now = datetime.now()
    points = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    images = np.zeros((16, 8, 8, 1), np.uint8)
    older = make_run(tmp_path, "two_moons", now - timedelta(days=2), 1500, points)
    view = RunsView(tmp_path)
    view.resize(300, 400)
    qtbot.addWidget(view)
    view.show()
    newer = make_run(tmp_path, "digits", now - timedelta(minutes=5), 300, images)
    view.list.setCurrentRow(0)
    view.refresh()
    assert [view.list.item(row).text() for row in range(2)] == ["Digits", "Two moons"]
    assert view.list.currentItem().text() == "Two moons"
    pictures = [view.list.item(row).data(Qt.ItemDataRole.DecorationRole) for row in range(2)]
    assert not any(picture.isNull() for picture in pictures)
    with qtbot.waitSignal(view.chosen) as chosen:
        place = view.list.visualItemRect(view.list.item(0)).center()
        qtbot.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [newer]
    view.list.setCurrentRow(1)
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view.list, Qt.Key.Key_Return)
    assert chosen.args == [older]


def test_a_broken_picture_does_not_hide_a_run(qtbot, tmp_path):
    run = make_run(tmp_path, "ring", datetime.now(), 5)
    (run / "samples" / "step-00000005.npy").write_bytes(b"not an array")
    view = RunsView(tmp_path)
    qtbot.addWidget(view)
    assert view.list.count() == 1
    assert view.list.item(0).data(Qt.ItemDataRole.DecorationRole).isNull()


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (timedelta(seconds=3), "just now"),
        (timedelta(minutes=1), "1 minute ago"),
        (timedelta(minutes=59), "59 minutes ago"),
        (timedelta(hours=3), "3 hours ago"),
        (timedelta(hours=20), "yesterday"),
        (timedelta(days=4), "4 days ago"),
        (timedelta(days=30), "3 October 2026"),
    ],
)
def test_how_long_ago_in_words(before, words):
    now = datetime(2026, 11, 2, 16, 0)
    assert ago(now - before, now) == words
