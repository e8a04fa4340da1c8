import shutil
import struct
import zlib
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication

from ganstudio.data import build_dataset
from ganstudio.gui.library import runs_reader, thumbnails
from ganstudio.gui.library.picture_list import DETAIL, PictureDelegate
from ganstudio.gui.library.presets import PresetsView
from ganstudio.gui.library.runs import EMPTY, LOOKING, RunsView, ago
from ganstudio.gui.library.runs_reader import picture_of
from ganstudio.gui.looks import theme
from ganstudio.presets import load_preset, preset_names
from ganstudio.resources import resource
from ganstudio.run import summarise


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


def listed(qtbot, runs):
    """A view in which all runs of a folder stand."""
    view = RunsView(runs)
    qtbot.addWidget(view, before_close_func=RunsView.stop)
    look_again(qtbot, view)
    return view


def look_again(qtbot, view):
    with qtbot.waitSignal(view.whole):
        view.refresh()


def picture(view, row):
    return view.list.item(row).data(Qt.ItemDataRole.DecorationRole)


def test_no_runs_is_said_in_words(qtbot, tmp_path):
    view = listed(qtbot, tmp_path / "nothing here")
    view.show()
    assert view.list.count() == 0
    assert not view.list.isVisible()
    assert "No runs yet" in EMPTY


def test_runs_are_listed_newest_first_and_chosen(qtbot, tmp_path):
    now = datetime.now()
    points = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    images = np.zeros((16, 8, 8, 1), np.uint8)
    older = make_run(tmp_path, "two_moons", now - timedelta(days=2), 1500, points)
    view = listed(qtbot, tmp_path)
    view.resize(300, 400)
    view.show()
    newer = make_run(tmp_path, "digits", now - timedelta(minutes=5), 300, images)
    view.list.setCurrentRow(0)
    look_again(qtbot, view)
    assert [view.list.item(row).text() for row in range(2)] == ["Digits", "Two moons"]
    assert view.list.currentItem().text() == "Two moons"
    qtbot.waitUntil(lambda: not any(picture(view, row).isNull() for row in range(2)))
    with qtbot.waitSignal(view.chosen) as chosen:
        place = view.list.visualItemRect(view.list.item(0)).center()
        qtbot.mouseClick(view.list.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert chosen.args == [newer]
    view.list.setCurrentRow(1)
    with qtbot.waitSignal(view.chosen) as chosen:
        qtbot.keyClick(view.list, Qt.Key.Key_Return)
    assert chosen.args == [older]


def test_a_runs_menu_offers_each_checkpoint(qtbot, tmp_path):
    run = make_run(tmp_path, "ring", datetime.now(), 1500)
    (run / "checkpoints" / "step-00012000").mkdir()
    view = listed(qtbot, tmp_path)
    view.resize(300, 400)
    view.show()
    view.list.setCurrentRow(0)
    nowhere = QPoint(20, 390)
    menu = view.menu_at(nowhere)  # as the menu key asks
    acts = {act.text(): act for act in menu.actions() if not act.isSeparator()}
    assert [*acts][:2] == ["Open at Step 12,000 (newest)", "Open at Step 1,500"]
    assert "kept aside" in acts["Open at Step 1,500"].toolTip()
    with qtbot.waitSignal(view.chosen) as chosen:
        acts["Open at Step 1,500"].trigger()
    assert chosen.args == [run / "checkpoints" / "step-00001500"]
    acts["Copy Its Path"].trigger()
    assert QApplication.clipboard().text() == str(run)
    view.list.setCurrentItem(None)
    assert view.menu_at(nowhere) is None


def test_a_broken_picture_does_not_hide_a_run(qtbot, tmp_path):
    run = make_run(tmp_path, "ring", datetime.now(), 5)
    (run / "samples" / "step-00000005.npy").write_bytes(b"not an array")
    view = listed(qtbot, tmp_path)
    view.stop()
    QApplication.processEvents()
    assert view.list.count() == 1
    assert picture(view, 0).isNull()


def test_a_damaged_run_is_a_row_that_says_why(qtbot, tmp_path):
    make_run(tmp_path, "ring", datetime.now(), 5)
    broken = tmp_path / "2026-01-01_00-00-00_broken"
    broken.mkdir()
    (broken / "experiment.toml").write_text("a = " + "[" * 3_000)
    view = listed(qtbot, tmp_path)
    row = view.list.item(1)
    assert row.text() == "2026-01-01_00-00-00_broken"
    assert row.data(DETAIL).startswith("damaged · step 0 · ")
    assert "experiment.toml: not valid TOML here: lists or tables are nested too deep" in row.toolTip()
    with qtbot.waitSignal(view.refused) as refused, qtbot.assertNotEmitted(view.chosen):
        view.list.chosen.emit(row)
    assert "nested too deep" in refused.args[0]
    (broken / "experiment.toml").write_text('name = "mended"')
    view.refresh_run(broken)
    qtbot.waitUntil(lambda: view.list.item(1).text() == "mended")
    with qtbot.waitSignal(view.chosen):
        view.list.chosen.emit(row)


def test_runs_are_looked_at_when_somebody_wants_to_see_them(qtbot, tmp_path):
    make_run(tmp_path, "ring", datetime.now(), 5)
    view = RunsView(tmp_path)
    qtbot.addWidget(view, before_close_func=RunsView.stop)
    with qtbot.waitSignal(view.whole):
        view.show()
    assert view.list.count() == 1
    with qtbot.assertNotEmitted(view.whole, wait=100):
        view.begin()


def test_until_the_folder_has_been_looked_at_the_list_says_that_it_is_being_looked_at(qtbot, tmp_path):
    view = RunsView(tmp_path)
    qtbot.addWidget(view, before_close_func=RunsView.stop)
    with qtbot.waitSignal(view.whole):
        view.show()
        assert view._empty.isVisible()
        assert view._empty.text() == LOOKING
    assert view._empty.text() == EMPTY
    assert view._empty.isVisible()


def test_how_long_ago_runs_were_begun_goes_on_while_they_are_seen(qtbot, tmp_path):
    make_run(tmp_path, "ring", datetime.now() - timedelta(minutes=3), 5)
    view = listed(qtbot, tmp_path)
    view.show()
    (item,) = view._items.values()
    assert item.data(DETAIL).endswith("3 minutes ago")
    summary = item.data(Qt.ItemDataRole.UserRole)
    item.setData(Qt.ItemDataRole.UserRole, replace(summary, when=summary.when - timedelta(minutes=1)))
    assert view._clock.interval() <= 60_000
    view._clock.setInterval(1)
    qtbot.waitUntil(lambda: item.data(DETAIL).endswith("4 minutes ago"))
    view.hide()
    assert not view._clock.isActive()


def test_runs_of_another_window_are_seen_and_those_that_are_removed_go(qtbot, tmp_path):
    make_run(tmp_path, "ring", datetime.now() - timedelta(days=1), 5)
    view = listed(qtbot, tmp_path)
    with qtbot.waitSignal(view.whole):
        view._settle.setInterval(50)
        view.show()
        other = make_run(tmp_path, "grid", datetime.now(), 7)
    qtbot.waitUntil(lambda: view.list.count() == 2)
    assert view.list.item(0).text() == "Grid"
    shutil.rmtree(other)
    qtbot.waitUntil(lambda: view.list.count() == 1)
    view.hide()
    make_run(tmp_path, "line", datetime.now(), 7)
    qtbot.waitUntil(lambda: view._stale)
    with qtbot.waitSignal(view.whole):
        view.show()
    assert view.list.count() == 2


def test_one_run_is_read_again_without_the_others(qtbot, tmp_path, monkeypatch):
    now = datetime.now()
    runs = [make_run(tmp_path, f"ring{number}", now - timedelta(days=number), 5) for number in range(3)]
    view = listed(qtbot, tmp_path)
    read = []
    monkeypatch.setattr(runs_reader, "summarise", lambda run: read.append(run) or summarise(run))
    (runs[1] / "checkpoints" / "step-00000007").mkdir()
    view.refresh_run(runs[1])
    newest = make_run(tmp_path, "newest", now + timedelta(days=1), 1)
    view.refresh_run(newest)
    view.refresh_run(tmp_path / "elsewhere" / "run")
    qtbot.waitUntil(lambda: view.list.count() == 4)
    assert [view.list.item(row).text() for row in range(4)] == ["newest", "ring0", "ring1", "ring2"]
    assert view.list.item(2).data(DETAIL).startswith("step 7")
    assert read == [runs[1], newest]
    shutil.rmtree(runs[0])
    look_again(qtbot, view)
    assert [view.list.item(row).text() for row in range(3)] == ["newest", "ring1", "ring2"]


def test_pictures_are_made_of_runs_that_are_seen(qtbot, tmp_path):
    now, points = datetime.now(), np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    runs = [make_run(tmp_path, f"ring{number:02d}", now - timedelta(days=number), 5, points) for number in range(60)]
    view = listed(qtbot, tmp_path)
    view.resize(300, 400)
    view.show()
    qtbot.waitUntil(lambda: not picture(view, 19).isNull())
    assert all(picture(view, row).isNull() for row in range(20, 60))
    view.list.scrollToBottom()
    qtbot.waitUntil(lambda: not picture(view, 59).isNull())
    assert all(picture(view, row).isNull() for row in range(20, 50))
    view.refresh_run(runs[40])  # as a game that is trained, whether somebody looks or not
    qtbot.waitUntil(lambda: not picture(view, 40).isNull())


def test_a_list_of_runs_is_laid_out_a_few_times_only(qtbot, tmp_path, monkeypatch):
    now, count = datetime.now(), 200
    points = np.random.default_rng(0).normal(size=(64, 2)).astype(np.float32)
    for number in range(count):
        make_run(tmp_path, f"ring{number:03d}", now - timedelta(days=number), 5, points)
    asked = []
    hint = PictureDelegate.sizeHint
    monkeypatch.setattr(
        PictureDelegate, "sizeHint", lambda own, option, index: asked.append(index.row()) or hint(own, option, index)
    )
    view = listed(qtbot, tmp_path)
    view.resize(300, 400)
    view.show()
    qtbot.waitUntil(lambda: not picture(view, 19).isNull())
    view._age(now + timedelta(days=1))
    QApplication.processEvents()
    # Once for each telling of some runs, and once more where it is shown; twenty pictures and new words add none.
    assert count <= len(asked) < 8 * count
    assert view.list.item(count - 1).data(DETAIL).startswith("step 5 · ")


def test_pictures_that_claim_gigabytes_are_not_decoded(tmp_path):
    png = QImage(8, 8, QImage.Format.Format_RGB32)
    png.fill(0)
    png.save(str(tmp_path / "a.png"))
    whole = (tmp_path / "a.png").read_bytes()
    assert not picture_of(tmp_path / "a.png").isNull()
    header = bytearray(whole[12:29])
    header[4:12] = struct.pack(">II", 60_000, 60_000)
    (tmp_path / "a.png").write_bytes(whole[:12] + header + struct.pack(">I", zlib.crc32(header)) + whole[33:])
    assert picture_of(tmp_path / "a.png").isNull()
    np.save(tmp_path / "far.npy", np.full((50, 2), 1e38, np.float32))
    np.save(tmp_path / "odd.npy", np.zeros((50, 2, 2, 2, 2), np.float32))
    assert not picture_of(tmp_path / "far.npy").isNull()
    assert picture_of(tmp_path / "odd.npy").isNull()


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
